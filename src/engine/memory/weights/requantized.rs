//! The tensors of a file in another format than the file has them in, where how its passes run is not known.

use std::sync::Arc;

use super::packed;
use crate::spec::{FileTensor, FileWeights, Model, ModelFile, Quantization, Tensor};

/// The same model as a file of that format has it at least: each matrix in the plain type of the format, where llama.cpp's
/// quantizer gives some a better one (`llama_tensor_get_type`). Nothing where the shapes are not known.
pub fn requantized(model: &Model, to: Quantization) -> Option<Model> {
    let file = model.file.as_deref().filter(|file| file.has_shapes())?;
    let FileWeights::Tensors(tensors) = &file.weights else { return None };
    let tensors = tensors.iter().map(|one| FileTensor {
        format: "at least",
        bytes: at_least(one.tensor, to).saturating_mul(one.count),
        ..one.clone()
    });
    let weights = FileWeights::Tensors(tensors.collect());
    let file = ModelFile { stored: to, weights, bytes: None, ..file.clone() };
    Some(Model { file: Some(Arc::new(file)), ..model.clone() })
}

/// Bytes of a tensor in the plain type of a format; what is no matrix stays in 32 bit in a GGUF file.
fn at_least(tensor: Tensor, to: Quantization) -> u64 {
    let Quantization::Gguf(file_type) = to else { return packed(to, tensor) };
    let (values, bytes) = file_type.default_tensor().block();
    let is_matrix = tensor.rows > 1 && tensor.role.is_quantized() && tensor.columns.is_multiple_of(values);
    if is_matrix {
        tensor.elements() / u64::from(values) * u64::from(bytes)
    } else {
        tensor.elements().saturating_mul(4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{FileType, Role};

    #[test]
    fn matrices_take_the_plain_type_and_norms_stay_wide() {
        let matrix = Tensor { role: Role::AttentionOutput, columns: 4096, rows: 4096, stack: 1 };
        let norm = Tensor { role: Role::Norm, columns: 4096, rows: 1, stack: 1 };
        let q4 = Quantization::Gguf(FileType::Q4KM);
        assert_eq!(at_least(matrix, q4), 4096 * 4096 / 256 * 144, "4.5 bits a weight");
        assert_eq!(at_least(norm, q4), 4096 * 4);
        assert_eq!(at_least(matrix, Quantization::Bf16), 4096 * 4096 * 2);
    }
}
