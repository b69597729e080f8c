//! What weights take at the very least, which spares the rest of a budget where they alone are over a limit.

use crate::spec::{GpuLayers, Scenario};
use crate::units::Bytes;

/// Share of the bits that a format is named by which its recipes go down to over a whole model.
const RECIPE: f64 = 0.85;

/// What the weights of a model take at least on a device that has all of them: parameters without the embedding, which may
/// lie in system memory, at the bits that their format is named by. 0 where some may lie elsewhere, or where how a file
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
    let embedding = f64::from(model.vocabulary) * f64::from(model.hidden) * 2.0;
    let bits = f64::from(inference.quantization.bits());
    // Experts may be published in 4 bit and stay so in files of more.
    let bits = if model.active_parameters.is_some() { bits.min(4.0) } else { bits };
    Bytes::new((model.parameters.value() - tower - embedding).max(0.0) * bits / 8.0 * RECIPE)
}
