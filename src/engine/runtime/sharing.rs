//! What of training cannot be shared out as it was asked: offload that a stage of ZeRO has not, and devices or heads that
//! those that share a sequence do not divide.

use super::refusal::{Cause, Instead};
use crate::spec::{FineTune, Mixer, Named as _, Scenario, TrainingOffload, ZeroStage};

/// Devices that may share a sequence, from the most to the fewest.
const SHARING: [(u64, &str); 8] =
    [(128, "128"), (64, "64"), (32, "32"), (16, "16"), (8, "8"), (4, "4"), (2, "2"), (1, "1")];

/// What cannot be shared out so, and what to choose.
pub(super) fn refused(scenario: &Scenario, tune: &FineTune, devices: u32) -> Option<(Cause, Instead)> {
    offload(tune).or_else(|| sequence(scenario, tune, devices))
}

/// `DeepSpeed` has the optimizer in system memory from stage 1 on, and parameters at stage 3 alone. Without a stage FSDP
/// shards, which has its own.
fn offload(tune: &FineTune) -> Option<(Cause, Instead)> {
    let (stage, offload) = (tune.zero_stage, tune.training_offload);
    let least = match (stage, offload) {
        (ZeroStage::Zero | ZeroStage::One | ZeroStage::Two, TrainingOffload::All) => ZeroStage::Three,
        (ZeroStage::Zero, TrainingOffload::Optimizer) => ZeroStage::Two,
        _ => return None,
    };
    let instead = Instead::Setting { key: "zero_stage", value: least.key() };
    Some((Cause::Offload { stage, offload }, instead))
}

/// Groups of devices share each sequence: all in groups of as many, and with `DeepSpeed` (Ulysses) each with as many heads.
/// Accelerate's context parallelism with FSDP passes keys and values around, and shares out no heads.
fn sequence(scenario: &Scenario, tune: &FineTune, devices: u32) -> Option<(Cause, Instead)> {
    let sharing = tune.sequence_parallel;
    if sharing <= 1 || devices <= 1 {
        return None;
    }
    let ulysses = tune.zero_stage != ZeroStage::None;
    let cut = |sharing| ulysses.then(|| cut_unevenly(scenario, sharing)).flatten();
    let whole = |sharing| u64::from(devices).is_multiple_of(sharing);
    let cause = if whole(sharing) {
        Cause::UnevenSequence { heads: cut(sharing)?, sharing }
    } else {
        Cause::UnevenGroups { sharing, devices }
    };
    let fits = |of: u64| of < sharing && whole(of) && cut(of).is_none();
    let value = SHARING.into_iter().find(|(of, _)| fits(*of)).map_or("1", |(_, value)| value);
    Some((cause, Instead::Setting { key: "sequence_parallel", value }))
}

/// Query heads, and those of keys and values, of a layer whose heads so many devices cannot share evenly: the former have to
/// be divided by the devices, the latter by them or they by the latter (`UlyssesSPAttentionHF`).
fn cut_unevenly(scenario: &Scenario, sharing: u64) -> Option<(u32, u32)> {
    let heads = scenario.language()?.model.layers().filter_map(|block| match &block.mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => {
            Some((attention.heads, attention.kv_heads))
        }
        Mixer::Mla(latent) => Some((latent.heads, latent.heads)),
        Mixer::Listed(listed) if listed.heads > 0 => Some((listed.heads, listed.heads)),
        Mixer::Listed(_) | Mixer::Mamba2(_) | Mixer::GatedDelta(_) => None,
    });
    heads.into_iter().find(|(query, key)| {
        let (query, key) = (u64::from(*query), u64::from((*key).max(1)));
        let shared = key.is_multiple_of(sharing) || sharing.is_multiple_of(key);
        !(query.is_multiple_of(sharing) && shared)
    })
}
