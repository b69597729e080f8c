//! The knobs of inference.

use super::super::defaults::{MOST_TOKENS, default_generate, default_inference};
use super::super::keys::PresetKeys;
use super::given;
use crate::spec::{Inference, LanguageModel, Speculation, Turn};
use crate::units::show_grouped;

/// Each knob the given one or its default; a prompt and an answer that overfill their slot are said.
pub(super) fn inference(keys: &PresetKeys, language: &LanguageModel, notes: &mut Vec<String>) -> Inference {
    let inference = knobs(keys, language, notes);
    let slot = (inference.context / inference.concurrency.max(1)).max(1);
    let Turn { calls, tool_tokens, .. } = inference.turn;
    let answers =
        inference.generate.saturating_mul(calls).saturating_add(tool_tokens.saturating_mul(calls - 1));
    let taken = inference.prompt.saturating_add(answers);
    if taken > slot {
        let what = if calls > 1 { "prompt, answers and tools" } else { "prompt and answer" };
        notes.push(format!(
            "{what} take {} tokens and a slot holds {}; raise context or lower them",
            show_grouped(taken),
            show_grouped(slot)
        ));
    }
    inference
}

/// Each knob the given one or its default.
pub(super) fn knobs(keys: &PresetKeys, language: &LanguageModel, notes: &mut Vec<String>) -> Inference {
    let defaults = default_inference(language.runtime, language.model.context_max);
    let concurrency = given(keys.concurrency.as_ref()).map_or(defaults.concurrency, |value| value.0);
    let mut tokens = |key: &str, value: Option<u64>| value.map(|value| at_most(key, value, notes));
    let context = tokens("context", given(keys.context.as_ref()).map(|value| value.0));
    let prompt = tokens("prompt", given(keys.prompt.as_ref()).map(|value| value.0));
    let generate = tokens("generate", given(keys.generate.as_ref()).map(|value| value.0));
    let ubatch = tokens("ubatch", given(keys.ubatch.as_ref()).map(|value| value.0));
    let step = tokens("prefill_step", given(keys.prefill_step.as_ref()).map(|value| value.0));
    let context = context.unwrap_or(defaults.context);
    let slot = (context / concurrency.max(1)).max(1);
    let generate = generate.unwrap_or_else(|| {
        let left = slot.saturating_sub(prompt.unwrap_or(0)).max(1);
        default_generate(slot).min(left)
    });
    Inference {
        quantization: given(keys.quantization.as_ref()).unwrap_or(defaults.quantization),
        kv_precision: given(keys.kv_precision.as_ref()).unwrap_or(defaults.kv_precision),
        context,
        prompt: prompt.unwrap_or_else(|| slot.saturating_sub(generate).max(1)),
        generate,
        concurrency,
        unified_kv: given(keys.unified_kv.as_ref()).unwrap_or(defaults.unified_kv),
        prefix_share: given(keys.prefix_share.as_ref()).map_or(defaults.prefix_share, |share| share.0),
        ubatch: ubatch.unwrap_or(defaults.ubatch),
        prefill_step: step.unwrap_or(defaults.prefill_step),
        attention: given(keys.attention.as_ref()).unwrap_or(defaults.attention),
        logits: given(keys.logits.as_ref()).unwrap_or(defaults.logits),
        gpu_layers: given(keys.gpu_layers.as_ref()).unwrap_or(defaults.gpu_layers),
        cpu_experts: given(keys.cpu_experts.as_ref()).map_or(defaults.cpu_experts, |layers| layers.0),
        vision: given(keys.vision.as_ref()).unwrap_or(defaults.vision),
        speculation: speculation(keys, notes),
        turn: turn(keys),
    }
}

/// More guesses than this no engine checks at once.
const MOST_DRAFTED: u64 = 64;

fn speculation(keys: &PresetKeys, notes: &mut Vec<String>) -> Speculation {
    let defaults = Speculation::default();
    let drafted = given(keys.speculative.as_ref()).and_then(|bound| bound.0).unwrap_or(defaults.drafted);
    if drafted > MOST_DRAFTED {
        notes.push(format!(
            "speculative {} was lowered to {MOST_DRAFTED}, the most that is checked at once",
            show_grouped(drafted)
        ));
    }
    let acceptance = given(keys.acceptance.as_ref()).map_or(defaults.acceptance, |share| share.0);
    Speculation { drafted: drafted.min(MOST_DRAFTED), acceptance }
}

fn turn(keys: &PresetKeys) -> Turn {
    let defaults = Turn::default();
    Turn {
        calls: given(keys.calls.as_ref()).map_or(defaults.calls, |calls| calls.0).max(1),
        tool_tokens: given(keys.tool_tokens.as_ref())
            .map_or(defaults.tool_tokens, |tokens| tokens.0.min(MOST_TOKENS)),
        prefix_cached: given(keys.prefix_cached.as_ref()).unwrap_or(defaults.prefix_cached),
    }
}

/// A number of tokens, lowered to the most that is computed with; that is said.
pub(super) fn at_most(key: &str, value: u64, notes: &mut Vec<String>) -> u64 {
    if value > MOST_TOKENS {
        notes.push(format!(
            "{key} {} was lowered to {}, the most that is computed with",
            show_grouped(value),
            show_grouped(MOST_TOKENS)
        ));
    }
    value.min(MOST_TOKENS)
}
