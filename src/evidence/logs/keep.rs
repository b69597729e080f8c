//! A figure of a log as a machine keeps it.

use super::beside::Beside;
use super::run::LogQuantity;
use crate::spec::{KeptQuantity, KeptRun, Machine, Runtime, Scenario};

/// A speed of one request as it is kept; nothing for other figures, and for what has no estimate to correct.
pub fn kept(
    figure: &Beside,
    runtime: Runtime,
    scenario: &Scenario,
    machine: &Machine,
    today: &str,
) -> Option<KeptRun> {
    let own = &figure.measured;
    let quantity = match own.quantity {
        LogQuantity::Decode if own.requests.is_none_or(|requests| requests == 1) => KeptQuantity::Decode,
        LogQuantity::Prefill => KeptQuantity::Prefill,
        _ => return None,
    };
    let run = KeptRun {
        kept_on: today.to_owned(),
        machine: machine.name.clone(),
        runtime: runtime.key().to_owned(),
        model: scenario.language()?.model.id.clone(),
        quantization: scenario.inference()?.quantization.key().to_owned(),
        quantity,
        tokens: own.tokens,
        depth: own.depth,
        tokens_per_s: own.value,
        deviation: own.deviation,
        estimated_tokens_per_s: figure.estimated?.best,
    };
    run.is_believable().then_some(run)
}
