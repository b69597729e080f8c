//! What a server opens and places by itself, put into a scenario.

use super::Note;
use crate::spec::support::Placed;
use crate::spec::{GpuLayers, Scenario};

/// Sets what a server opens and places.
pub(in crate::engine) fn place(scenario: &mut Scenario, placed: &Placed) {
    let Some(inference) = scenario.inference_mut() else { return };
    if let Some(context) = placed.context {
        inference.context = context;
        let slots = if inference.slots().1 { 1 } else { inference.concurrency.max(1) };
        let slot = (context / slots).max(2);
        inference.generate = inference.generate.min(slot / 2).max(1);
        inference.prompt = inference.prompt.min(slot - inference.generate).max(1);
    }
    if let Some(layers) = placed.layers {
        inference.gpu_layers = GpuLayers::Count(layers);
    }
    if let Some(experts) = placed.experts {
        inference.cpu_experts = experts;
    }
}

/// Sets what a server opens and places, and says it; the asked context and all layers beside what became of them.
pub(super) fn note(scenario: &mut Scenario, placed: Placed) -> Option<Note> {
    let server = scenario.inference()?.server;
    let asked = scenario.inference()?.context;
    let layers = u64::from(scenario.language()?.model.layer_count());
    place(scenario, &placed);
    Some(Note::Placed { server, placed, asked, layers })
}
