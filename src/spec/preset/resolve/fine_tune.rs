//! The knobs of a fine-tune, and which of them go together.

use super::super::defaults::default_fine_tune;
use super::super::keys::PresetKeys;
use super::inference::at_most;
use super::{choice, given};
use crate::spec::{BasePrecision, FineTune, LanguageModel, Method, Named as _, Runtime};

/// Each knob the given one or its default.
///
/// # Errors
/// In a sentence: a runtime that does not train, or a base that the method or runtime does not know.
pub(super) fn fine_tune(
    keys: &PresetKeys,
    language: &LanguageModel,
    notes: &mut Vec<String>,
) -> Result<FineTune, String> {
    if !matches!(language.runtime, Runtime::PyTorch | Runtime::Mlx) {
        return Err(format!("runtime {} does not train; use pytorch or mlx", language.runtime.key()));
    }
    let method = given(keys.method.as_ref()).unwrap_or(Method::Lora);
    let defaults = default_fine_tune(method, language.runtime, language.model.context_max);
    let precision = match given(keys.precision.as_ref()) {
        Some(name) => choice::<BasePrecision>("precision", &name.0)?,
        None => defaults.precision,
    };
    goes_together(method, precision, language.runtime)?;
    let sequence =
        given(keys.sequence.as_ref()).map_or(defaults.sequence, |value| at_most("sequence", value.0, notes));
    let mean = given(keys.tokens_per_example.as_ref()).map_or(sequence, |value| value.0);
    if mean > sequence {
        notes.push(format!(
            "tokens_per_example {mean} is more than a sequence holds and was lowered to {sequence}"
        ));
    }
    Ok(FineTune {
        method,
        precision,
        rank: given(keys.rank.as_ref()).map_or(defaults.rank, |value| value.0),
        targets: given(keys.targets.as_ref()).unwrap_or(defaults.targets),
        tuned_layers: given(keys.tuned_layers.as_ref()).unwrap_or(defaults.tuned_layers),
        optimizer: given(keys.optimizer.as_ref()).unwrap_or(defaults.optimizer),
        master_weights: given(keys.master_weights.as_ref()).unwrap_or(defaults.master_weights),
        micro_batch: given(keys.micro_batch.as_ref()).map_or(defaults.micro_batch, |value| value.0),
        accumulation: given(keys.accumulation.as_ref()).map_or(defaults.accumulation, |value| value.0),
        sequence,
        checkpointing: given(keys.checkpointing.as_ref()).unwrap_or(defaults.checkpointing),
        attention: given(keys.attention.as_ref()).unwrap_or(defaults.attention),
        padded: given(keys.padded.as_ref()).unwrap_or(defaults.padded),
        fused_loss: given(keys.fused_loss.as_ref()).unwrap_or(defaults.fused_loss),
        keeps_logits: given(keys.keeps_logits.as_ref()).unwrap_or(defaults.keeps_logits),
        autocast: given(keys.autocast.as_ref()).unwrap_or(defaults.autocast),
        adapters_fp32: given(keys.adapters_fp32.as_ref()).unwrap_or(defaults.adapters_fp32),
        kbit_preparation: given(keys.kbit_preparation.as_ref()).unwrap_or(defaults.kbit_preparation),
        examples: given(keys.examples.as_ref()).map_or(defaults.examples, |value| value.0),
        tokens_per_example: mean.min(sequence),
        epochs: given(keys.epochs.as_ref()).map_or(defaults.epochs, |value| value.0),
    })
}

/// A base that the method trains on and the runtime knows.
fn goes_together(method: Method, precision: BasePrecision, runtime: Runtime) -> Result<(), String> {
    let name = precision.key();
    match (precision, runtime) {
        (BasePrecision::Nf4, Runtime::Mlx) => {
            return Err(format!("precision {name} is of pytorch; mlx has mlx-4bit and mlx-8bit"));
        }
        (BasePrecision::Mlx4 | BasePrecision::Mlx8, Runtime::PyTorch) => {
            return Err(format!("precision {name} is of mlx; pytorch has nf4"));
        }
        _ => {}
    }
    match (method, precision.is_quantized()) {
        (Method::Full, true) => {
            Err(format!("method full trains every weight, and {name} cannot be trained; use qlora or bf16"))
        }
        (Method::Qlora, false) => Err(format!(
            "method qlora has a quantised base, and {name} is none; use lora, or leave precision out"
        )),
        _ => Ok(()),
    }
}
