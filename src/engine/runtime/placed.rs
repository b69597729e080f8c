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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Inference, LanguageModel, Model, Runtime, Server, Workload};
    use std::sync::Arc;

    fn placed(inference: Inference, context: u64) -> Inference {
        let language = LanguageModel::named(Arc::new(Model::llama_8b()), Runtime::LlamaCpp);
        let mut scenario = Scenario::new("", Workload::Inference(language, inference));
        let opened = Placed { context: Some(context), layers: Some(20), experts: Some(7) };
        place(&mut scenario, &opened);
        *scenario.inference().expect("an inference")
    }

    #[test]
    fn a_request_has_its_slot_and_the_answer_no_more_than_half_of_it() {
        let asked = Inference { prompt: 30_000, generate: 10_000, ..Inference::default() };
        let apart = Inference { server: Server::LlamaServer, parallel: Some(1), unified_kv: false, ..asked };
        let shared = Inference { server: Server::LlamaServer, parallel: None, ..asked };
        for (inference, prompt, generate) in [
            // One request has all of 8,192 tokens, in a slot of its own or in cells that all slots share.
            (Inference { concurrency: 1, ..apart }, 4096, 4096),
            (Inference { concurrency: 1, ..shared }, 4096, 4096),
            (Inference { concurrency: 4, ..apart }, 1024, 1024),
            (Inference { concurrency: 4, generate: 100, ..apart }, 1948, 100),
            (Inference { concurrency: 4, prompt: 200, generate: 100, ..apart }, 200, 100),
        ] {
            let is = placed(inference, 8192);
            assert_eq!((is.context, is.prompt, is.generate), (8192, prompt, generate), "{inference:?}");
            assert_eq!((is.gpu_layers, is.cpu_experts), (GpuLayers::Count(20), 7));
        }
    }
}
