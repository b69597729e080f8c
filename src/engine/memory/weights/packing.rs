//! How the formats outside llama.cpp pack a tensor.

use crate::spec::{MlxFloat, Packing, Quantization, Scales};
use crate::spec::{Role, Tensor};

/// Bytes of a tensor in an MLX or Hugging Face format; a GGUF file type has its own rules.
pub fn packed(quantization: Quantization, tensor: Tensor) -> u64 {
    if tensor.role == Role::RopeFactors {
        return 0;
    }
    match quantization {
        Quantization::Mlx { bits, group } if is_mlx_quantized(tensor, group) => affine(tensor, bits, group),
        Quantization::MlxFloat(float) if is_mlx_quantized(tensor, float.group()) => {
            float_groups(tensor, float)
        }
        Quantization::Exl { hundredths, third } if is_linear(tensor) || tensor.role == Role::Output => {
            let head = if tensor.role == Role::Output { HEAD_BITS } else { hundredths };
            exl(f64::from(head) / 100.0, third).bytes(tensor)
        }
        Quantization::Fp8 if is_linear(tensor) => fp8(tensor),
        Quantization::Awq if is_linear(tensor) && tensor.columns.is_multiple_of(128) => grouped(tensor, 0),
        Quantization::Gptq if is_linear(tensor) && tensor.columns.is_multiple_of(128) => grouped(tensor, 4),
        Quantization::Nf4 if is_linear(tensor) => nf4(tensor),
        Quantization::NvFp4 if is_linear(tensor) => nvfp4(tensor),
        Quantization::MxFp4 if is_linear(tensor) && tensor.stack > 1 => mxfp4(tensor),
        _ => tensor.elements().saturating_mul(2),
    }
}

/// MLX quantizes every linear and embedding layer whose rows are whole groups; a router stays as it is.
const fn is_mlx_quantized(tensor: Tensor, group: u32) -> bool {
    tensor.role.is_quantized() && group > 0 && tensor.columns.is_multiple_of(group)
}

/// The Hugging Face formats leave embeddings, the output matrix and routers alone.
const fn is_linear(tensor: Tensor) -> bool {
    tensor.role.is_quantized()
        && !matches!(tensor.role, Role::TokenEmbedding | Role::LayerEmbedding | Role::Output)
}

/// MLX: `bits` a weight in 32-bit words, and a 16-bit scale and bias a group.
const fn affine(tensor: Tensor, bits: u32, group: u32) -> u64 {
    let elements = tensor.elements();
    (elements / 8).saturating_mul(bits as u64).saturating_add((elements / group as u64).saturating_mul(4))
}

/// MLX's floats: their bits, and a scale of 8 bits a group (`quantize` with a `mode`).
const fn float_groups(tensor: Tensor, float: MlxFloat) -> u64 {
    let elements = tensor.elements();
    (elements / 8).saturating_mul(float.bits() as u64).saturating_add(elements / float.group() as u64)
}

/// Hundredths of a bit of `ExLlama`'s output matrix unless it is converted with another `head_bits`.
const HEAD_BITS: u32 = 600;

/// EXL3 has a vector of 16-bit signs on either side of a matrix (`suh`, `svh` of `LinearEXL3`).
fn exl(bits: f64, third: bool) -> Packing {
    if third {
        Packing { column_bits: 16, ..Packing::plain("exl3", bits).with(Scales::Rows, 16.0) }
    } else {
        Packing::plain("exl2", bits)
    }
}

/// AWQ and GPTQ: 4 bits a weight, a 16-bit scale and a 4-bit zero for 128 of them; GPTQ adds a 32-bit
/// group index for each column.
const fn grouped(tensor: Tensor, index: u64) -> u64 {
    let groups = tensor.elements() / 128;
    let indices = (tensor.columns as u64 * index).saturating_mul(tensor.stack as u64);
    (tensor.elements() / 2).saturating_add(groups.saturating_mul(5) / 2).saturating_add(indices)
}

/// One byte a weight and a 32-bit scale for each row; scales of 128 × 128 blocks (DeepSeek) take 0.03 % less.
const fn fp8(tensor: Tensor) -> u64 {
    let scales = (tensor.rows as u64).saturating_mul(tensor.stack as u64);
    tensor.elements().saturating_add(scales.saturating_mul(4))
}

/// bitsandbytes with double quantization: 4 bits a weight, one byte for 64 of them, a 32-bit float for 256 of
/// those bytes; 16 + 256 code points and an offset in 32-bit floats for each matrix.
const fn nf4(tensor: Tensor) -> u64 {
    let elements = tensor.elements();
    let blocks = elements.div_ceil(64);
    let tables = (tensor.stack as u64).saturating_mul(4 * (16 + 256 + 1));
    elements
        .div_ceil(2)
        .saturating_add(blocks)
        .saturating_add(blocks.div_ceil(256).saturating_mul(4))
        .saturating_add(tables)
}

/// MXFP4: 4 bits a weight, an 8-bit scale for 32 of them.
const fn mxfp4(tensor: Tensor) -> u64 {
    let elements = tensor.elements();
    elements.div_ceil(2).saturating_add(elements.div_ceil(32))
}

/// NVFP4: 4 bits a weight, an 8-bit scale for 16 of them, two 32-bit scales for each matrix.
const fn nvfp4(tensor: Tensor) -> u64 {
    let elements = tensor.elements();
    elements.div_ceil(2).saturating_add(elements.div_ceil(16)).saturating_add(tensor.stack as u64 * 8)
}
