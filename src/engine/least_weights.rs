//! What weights take at the very least, which spares the rest of a budget where they alone are over a limit.

use super::memory::{Placement, weights};
use crate::spec::{GpuLayers, Quantization, Scenario, TensorType};
use crate::units::Bytes;

/// Share of the bits that a format is named by which its recipes go down to over a whole model.
const RECIPE: f64 = 0.85;

/// Bits of a value that a format has at least over a whole model. Recipes of llama.cpp's K-quants and of the formats before
/// them give no matrix less than the format that no rule singles out; those with an importance matrix do.
fn least_bits(quantization: Quantization) -> f64 {
    let plain = match quantization {
        Quantization::Gguf(file_type) => Some(file_type.default_tensor()),
        _ => None,
    };
    let never_less = |tensor: &TensorType| {
        matches!(
            tensor,
            TensorType::Q8_0
                | TensorType::Q6K
                | TensorType::Q5K
                | TensorType::Q5_0
                | TensorType::Q4K
                | TensorType::Q4_0
                | TensorType::Q3K
        )
    };
    match plain.filter(never_less) {
        Some(tensor) => {
            let (values, bytes) = tensor.block();
            f64::from(bytes) * 8.0 / f64::from(values)
        }
        None => f64::from(quantization.bits()) * RECIPE,
    }
}

/// What the weights of a model take at least on a device that has all of them: parameters without the embedding, which may
/// lie in system memory, at the least bits of their format. 0 where some may lie elsewhere, or where how a file
/// stores them is its own.
pub(super) fn least_weights(scenario: &Scenario) -> Bytes {
    let Some((language, inference)) = scenario.language().zip(scenario.inference()) else {
        return Bytes::ZERO;
    };
    let model = &*language.model;
    let all_there = inference.gpu_layers == GpuLayers::Auto
        && inference.cpu_experts == 0
        && inference.cpu_offload_gb <= 0.0;
    if !all_there || model.file.is_some() {
        return Bytes::ZERO;
    }
    let tower = model.vision.as_ref().map_or(0.0, |vision| *vision.parameters.value());
    let of_layers = model
        .layer_embedding
        .map_or(0.0, |own| f64::from(own.rows) * f64::from(own.width) * f64::from(model.layer_count()));
    let embedding = f64::from(model.vocabulary) * f64::from(model.hidden) * 2.0 + of_layers;
    let bits = least_bits(inference.quantization);
    // Experts that are published in 4 bit stay so in files of more.
    let packed = Quantization::published(model, language.runtime).is_some();
    let bits = if packed { bits.min(4.0 * RECIPE) } else { bits };
    Bytes::new((model.parameters.value() - tower - embedding).max(0.0) * bits / 8.0)
}

/// What the weights of a model take on a device that has all of them.
pub(super) fn stored_weights(scenario: &Scenario, placement: Placement) -> Option<Bytes> {
    let (language, inference) = scenario.language().zip(scenario.inference())?;
    Some(weights(&language.model, inference.quantization, placement, inference.gpu_layers).device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Inference, LanguageModel, Model, Runtime, Workload};
    use std::sync::Arc;

    fn asked(model: Model, set: impl Fn(&mut Inference)) -> Scenario {
        let model = Arc::new(model);
        let mut inference = Inference::usual(Runtime::LlamaCpp, 8192);
        set(&mut inference);
        let language = LanguageModel::named(model, Runtime::LlamaCpp);
        Scenario::new("", Workload::Inference(language, inference))
    }

    /// Llama 3.1 8B in 16 bit: 8,030,261,248 parameters, of which 128,256 × 4,096 are the embedding and as many the output.
    #[test]
    fn the_least_is_most_of_all_but_the_embedding() {
        let of = |set: fn(&mut Inference)| {
            let wide = |inference: &mut Inference| {
                inference.quantization = Quantization::parse("F16").expect("a format");
                set(inference);
            };
            least_weights(&asked(Model::llama_8b(), wide)).get()
        };
        let least = of(|_| {});
        let all = (8_030_261_248.0 - 128_256.0 * 4096.0 * 2.0) * 2.0;
        assert!((0.8..=1.0).contains(&(least / all)), "{least} of {all}");
        assert!(of(|inference| inference.gpu_layers = GpuLayers::Count(8)) <= 0.0);
        assert!(of(|inference| inference.cpu_experts = 2) <= 0.0);
        assert!(of(|inference| inference.cpu_offload_gb = 1.0) <= 0.0, "they may lie elsewhere");
    }

    #[test]
    fn the_least_is_never_more_than_what_is_stored_and_not_much_less() {
        let tied = Model { tied_embeddings: true, ..Model::llama_8b() };
        for model in [Model::llama_8b(), tied] {
            for format in ["Q4_K_M", "Q8_0", "Q6_K", "IQ2_XS", "BF16"] {
                let quantization = Quantization::parse(format).expect("a format");
                let scenario = asked(model.clone(), |inference| inference.quantization = quantization);
                let least = least_weights(&scenario);
                let stored = stored_weights(&scenario, Placement::Gpu).expect("weights");
                let share = (least / stored).get();
                assert!((0.5..=1.0).contains(&share), "{format}, tied: {}: {share}", model.tied_embeddings);
            }
        }
    }
}
