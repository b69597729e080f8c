//! Training with DeepSpeed: what each stage of ZeRO shards over the devices, and its communication buckets.
//!
//! Read in DeepSpeed 0.19.6 (git edaa7221): `runtime/zero/config.py` for the buckets, `runtime/bf16_optimizer.py`,
//! `stage_1_and_2.py` and `stage3.py` for what is kept. Master weights and moments are 32 bit unless
//! `bf16_master_weights_and_grads` is set.

use super::sharded_training::{add_buckets, gathered, shard};
use crate::engine::memory::{Basis, Budget, Part, PartName, PhaseName, Place};
use crate::engine::working::{Detail, Worked};
use crate::formula;
use crate::spec::{FineTune, Method, Model, TrainingOffload, ZeroStage};

/// Elements of a bucket that is reduced at once (`reduce_bucket_size`), and of one that is gathered ahead in stage 3
/// (`stage3_prefetch_bucket_size`).
const REDUCED: f64 = 5e8;
const AHEAD: f64 = 5e7;

/// How many of the devices share each kind of part at a stage.
const fn is_sharded(name: PartName, stage: ZeroStage) -> bool {
    match name {
        PartName::OptimizerState | PartName::MasterWeights => {
            matches!(stage, ZeroStage::One | ZeroStage::Two | ZeroStage::Three)
        }
        PartName::Gradients => matches!(stage, ZeroStage::Two | ZeroStage::Three),
        PartName::Weights | PartName::Adapters | PartName::ReferenceWeights => {
            matches!(stage, ZeroStage::Three)
        }
        _ => false,
    }
}

/// The budget of one of so many devices.
pub(super) fn sharded(
    mut budget: Budget,
    model: &Model,
    tune: &FineTune,
    (devices, detail): (u32, Detail),
) -> Budget {
    let stage = tune.zero_stage;
    if stage == ZeroStage::Zero {
        add_buckets(&mut budget, detail);
        return budget;
    }
    for phase in &mut budget.phases {
        let runs = phase.name.passes_layers();
        let parts = phase.parts.iter_mut();
        for part in parts.filter(|part| part.place == Place::Device && is_sharded(part.name, stage)) {
            part.basis = Basis::Modelled;
            let offloads = tune.training_offload == TrainingOffload::All;
            let parameters = matches!(part.name, PartName::Weights | PartName::Adapters);
            // TRL gathers all parameters before it lets the model write (`ds3_gather_for_generation`).
            if phase.name == PhaseName::Decode && parameters && !(offloads && part.name == PartName::Weights)
            {
                continue;
            }
            let gathers = runs && part.name == PartName::Weights && !offloads;
            let at_once = if gathers { 2.0 } else { 0.0 };
            part.rework(|whole| shard(whole, gathered(model, at_once), devices, detail));
        }
        if phase.name == PhaseName::Backward {
            phase.parts.push(bucket(model, tune, detail));
        }
    }
    budget
}

/// What gradients are reduced in, or parameters gathered ahead in.
fn bucket(model: &Model, tune: &FineTune, detail: Detail) -> Part {
    let most = if tune.zero_stage == ZeroStage::Three { REDUCED.min(AHEAD * 10.0) } else { REDUCED };
    let trained = if tune.method == Method::Full { *model.parameters.value() } else { AHEAD };
    let figure = |times: f64| {
        formula!(
            detail, "DeepSpeed's buckets: up to 5e8 values in 16 bit that are reduced at once, twice where reducing overlaps";
            bucket = most, trained_values = trained, bytes = 2.0, buckets = times
            => min(bucket, trained_values) * bytes * buckets
        )
    };
    let worked = Worked::band(figure(0.5), figure(1.0), figure(2.0));
    Part::worked(PartName::ComputeBuffer, Place::Device, Basis::Modelled, worked)
}
