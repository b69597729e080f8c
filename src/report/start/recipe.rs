//! What trainers are told alike of a fine-tune.

use super::fsdp::waits;
use super::longest;
use crate::engine::Resolved;
use crate::spec::{
    FineTune, Method, Objective, Scenario, Setting, Split, Targets, Trainer, TrainerDefault, TunedLayers,
    ZeroStage,
};

/// A fine-tune as every trainer here can be told it.
pub(super) struct Recipe {
    /// Tokens of the longest sequence.
    pub(super) longest: u64,
    /// Whether short examples share a sequence.
    pub(super) packs: bool,
    /// Devices that each hold a copy, or share it by the stages of ZeRO.
    pub(super) devices: u32,
}

impl Recipe {
    /// Of examples to continue, with all layers trained; nothing of what takes a program or files of one's own.
    pub(super) fn of(resolved: &Resolved, tune: &FineTune) -> Option<Self> {
        let scenario = &*resolved.scenario;
        let several = resolved.devices > 1;
        let copies = scenario.devices.split.meant(&scenario.workload) == Split::Copies;
        let told = tune.objective == Objective::Sft
            && tune.tuned_layers == TunedLayers::All
            && tune.sequence_parallel <= 1
            && !tune.return_logits
            && is_as_it_does(tune)
            && !waits(resolved, tune)
            && (!several || copies || tune.zero_stage != ZeroStage::None);
        told.then(|| Self {
            longest: longest(scenario, tune),
            packs: packs(scenario),
            devices: resolved.devices,
        })
    }
}

/// Whether what a trainer has no argument for is as it does it by itself.
fn is_as_it_does(tune: &FineTune) -> bool {
    let packed = tune.precision.is_quantized();
    let adapters = tune.method != Method::Full;
    // Each with whether it is asked for, what it is where nothing else is known, and who is told it.
    let settings = [
        ("kbit_preparation", packed, tune.kbit_preparation, packed, None),
        ("adapters_fp32", adapters, tune.adapters_fp32, true, Some(Trainer::Axolotl)),
        (
            "checkpoint_offload",
            tune.gradient_checkpointing,
            tune.checkpoint_offload,
            false,
            Some(Trainer::Unsloth),
        ),
        ("optimizer_in_backward", true, tune.optimizer_in_backward, false, Some(Trainer::Torchtune)),
    ];
    settings.into_iter().all(|(key, asked, is, usual, told)| {
        let of = |default: &&TrainerDefault| default.key == key && default.is_of(tune, packed);
        let own = tune.trainer.defaults().iter().rfind(of);
        !asked || told == Some(tune.trainer) || is == own.map_or(usual, |default| default.value == "true")
    }) && (tune.chunked_loss || !matches!(tune.trainer, Trainer::Unsloth))
        && (!tune.chunked_loss || !matches!(tune.trainer, Trainer::Torchtune))
}

/// Whether short examples share a sequence.
pub(super) fn packs(scenario: &Scenario) -> bool {
    let entry = Setting::find(scenario, "packing").and_then(|setting| setting.entry(scenario));
    entry.is_some_and(|entry| entry.text() == "true")
}

/// Matrices that get adapters, as Transformers names them.
pub(super) const fn projections(targets: Targets) -> &'static [&'static str] {
    match targets {
        Targets::QueryValue => &["q_proj", "v_proj"],
        Targets::Attention => &["q_proj", "k_proj", "v_proj", "o_proj"],
        Targets::AllLinear => &["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    }
}
