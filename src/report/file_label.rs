//! The name of a file's format, held against its tensors.

use crate::engine::Placement;
use crate::engine::memory::weights;
use crate::spec::{GpuLayers, Model, Quantization, Scenario};
use crate::units::show_gb;

/// A file whose tensors are not what the name of its format says.
pub(super) fn label_beside_file(scenario: &Scenario) -> Option<String> {
    let (language, inference) = (scenario.language()?, scenario.inference()?);
    let (model, stored) = (&language.model, inference.quantization);
    if model.is_unknown() || !matches!(stored, Quantization::Gguf(_)) {
        return None;
    }
    model.file_as(stored)?;
    let size = |model: &Model| weights(model, stored, Placement::Cpu, GpuLayers::Auto).total();
    let (own, usual) = (size(model), size(&model.without_file()));
    let differs = ((own / usual).get() - 1.0).abs() > 0.01;
    differs.then(|| {
        format!(
            "The file calls itself {}, which is usually {} of this model; its own tensors are {}, and they are counted",
            stored.key(),
            show_gb(usual),
            show_gb(own)
        )
    })
}
