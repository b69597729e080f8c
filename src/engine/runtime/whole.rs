//! Texts that are computed whole, because each of their tokens looks at all the others.

use crate::spec::{Runtime, Scenario};

/// Makes the tokens that a program computes at once as many as a text of an encoder has: llama-server refuses a longer text
/// (`server.cpp`), and vLLM and `SGLang` put no part of one into a batch.
pub(super) fn texts(scenario: &mut Scenario, runtime: Runtime) {
    if !scenario.language().is_some_and(|language| language.model.is_encoder()) {
        return;
    }
    let Some(inference) = scenario.inference_mut() else { return };
    let text = inference.prompt;
    match runtime {
        Runtime::LlamaCpp => inference.ubatch = inference.ubatch.max(text),
        Runtime::Vllm | Runtime::Sglang => {
            let most = inference.batched_tokens().max(text);
            inference.max_num_batched_tokens = u32::try_from(most).ok().or(inference.max_num_batched_tokens);
        }
        Runtime::Mlx | Runtime::PyTorch | Runtime::ExLlama => {
            inference.prefill_step = inference.prefill_step.max(text);
        }
    }
}
