//! Training with DeepSpeed: what each stage of ZeRO shards over the devices, its communication buckets, and what it
//! keeps in system memory.
//!
//! Read in DeepSpeed 0.19.6 (git edaa7221): `runtime/zero/config.py` for the buckets, `runtime/bf16_optimizer.py`,
//! `stage_1_and_2.py` and `stage3.py` for what is kept. Master weights and moments are 32 bit unless
//! `bf16_master_weights_and_grads` is set.

use super::sharded_training::{add_buckets, gathered, shard};
use crate::engine::memory::{Basis, Budget, Part, PartName, PhaseName, Place};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{FineTune, Method, Model, TrainingOffload, ZeroStage};

const SOURCE: &str = "analytical, from DeepSpeed's source (0.19.6); no run on several devices was measured";

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
        let runs = matches!(phase.name, PhaseName::Forward | PhaseName::Backward | PhaseName::Decode);
        let parts = phase.parts.iter_mut();
        for part in parts.filter(|part| part.place == Place::Device && is_sharded(part.name, stage)) {
            let at_once = if runs && part.name == PartName::Weights { 2.0 } else { 0.0 };
            part.rework(|whole| shard(whole, gathered(model, at_once), devices, detail));
            part.basis = Basis::Modelled;
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

/// What waits in system memory: of all devices of one host together.
pub(in crate::engine::memory) fn offloaded(
    budget: &mut Budget,
    model: &Model,
    tune: &FineTune,
    (devices, detail): (u32, Detail),
) {
    if tune.training_offload == TrainingOffload::None {
        return;
    }
    let devices = f64::from(devices.max(1));
    let shared = !matches!(tune.zero_stage, ZeroStage::None | ZeroStage::Zero);
    // What is sharded comes to the whole on the host; what is not lies there once for each device.
    let times = if shared || devices <= 1.0 { devices } else { 1.0 };
    for phase in &mut budget.phases {
        let mut host = Vec::new();
        for part in phase.parts.iter_mut().filter(|part| part.place == Place::Device) {
            let here = |of: Figure| formula!(detail, "it waits in system memory"; bytes = of => bytes * 0.0);
            let there = |of: Figure| {
                formula!(
                    detail, "in pinned system memory, the shards of all devices";
                    bytes = of, devices = times => bytes * devices
                )
            };
            let copied = |part: &Part| {
                let mut copy = part.clone();
                copy.place = Place::Host;
                copy.rework(there);
                copy
            };
            match part.name {
                PartName::OptimizerState | PartName::MasterWeights => {
                    host.push(copied(part));
                    part.rework(here);
                }
                // The device keeps what is reduced; the optimizer on the host reads gradients in 32 bit.
                PartName::Gradients => {
                    let mut copy = copied(part);
                    copy.rework(|of| {
                        formula!(detail, "DeepSpeed's CPU Adam reads gradients in 32 bit"; bytes = of => bytes * 2.0)
                    });
                    host.push(copy);
                    part.rework(|of| {
                        formula!(
                            detail, SOURCE;
                            gradients = of, bucket_bytes = REDUCED * 2.0 => min(gradients, bucket_bytes)
                        )
                    });
                }
                PartName::Weights if tune.training_offload == TrainingOffload::All => {
                    host.push(copied(part));
                    let runs =
                        matches!(phase.name, PhaseName::Forward | PhaseName::Backward | PhaseName::Decode);
                    let layers = f64::from(model.layer_count().max(1));
                    let at_once = if runs { 2.0 } else { 0.0 };
                    part.rework(|of| {
                        formula!(
                            detail, "parameters lie in system memory and are gathered two layers at a time, with the embeddings";
                            weights = of, layers = layers, layers_at_once = at_once
                            => layers_at_once * 1.5 * (weights / layers)
                        )
                    });
                }
                _ => {}
            }
        }
        phase.parts.extend(host);
        phase.parts.retain(|part| part.bytes.high.get() > 0.0);
    }
}
