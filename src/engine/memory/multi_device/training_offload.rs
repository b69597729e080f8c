//! What of training waits in system memory, of all processes of one host together: `DeepSpeed`'s offload, and FSDP's own.
//!
//! Read in DeepSpeed 0.19.6 (git edaa7221), `runtime/zero/stage_1_and_2.py` and `stage3.py`: each rank's optimizer on the host
//! has the states, the master weights and a gradient in 32 bit of its own partition, at every stage. PyTorch's
//! `CPUOffloadPolicy` keeps parameters, gradients and states of a rank's shard there as they are.

use super::sharded_training::{gathered, whole_for_a_while};
use crate::engine::memory::{Budget, Part, PartName, PhaseName, Place};
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{BasePrecision, FineTune, Method, Model, TrainingOffload, ZeroStage};

/// Bytes of a bucket of gradients that leaves the device at once: 5e8 values in 16 bit (`reduce_bucket_size`).
const BUCKET: f64 = 1e9;
/// Bytes of a 32-bit value.
const SINGLE: f64 = 4.0;
/// Bytes of a 16-bit value.
const HALF: f64 = 2.0;

/// Processes that train together, one a device.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::memory) struct Ranks {
    /// All of them.
    pub devices: u32,
    /// Those that share one host's memory.
    pub on_host: u32,
    /// Whether workings are wanted.
    pub detail: Detail,
}

impl Ranks {
    /// One process.
    pub const fn alone(detail: Detail) -> Self {
        Self { devices: 1, on_host: 1, detail }
    }

    /// Whether `DeepSpeed` trains: by its stage, or because it is what offloads on one device.
    fn is_deep_speed(self, tune: &FineTune) -> bool {
        tune.zero_stage != ZeroStage::None || self.devices <= 1
    }

    /// Figures of one process, of all on the host.
    fn on_host(self, of_one: Figure) -> Figure {
        formula!(
            self.detail, "in pinned system memory, of all processes of the host";
            of_one = of_one, processes = f64::from(self.on_host.max(1)) => of_one * processes
        )
    }

    /// What a device has a shard of.
    fn whole(self, shard: Figure) -> Figure {
        formula!(
            self.detail, "the shards of all devices";
            shard = shard, devices = f64::from(self.devices.max(1)) => shard * devices
        )
    }

    fn nothing(self, of: Figure) -> Figure {
        formula!(self.detail, "it waits in system memory"; bytes = of => bytes * 0.0)
    }

    /// What is whole on a device for a while.
    fn gathered(self, shard: Figure, model: &Model, layers: f64) -> Figure {
        whole_for_a_while(&self.whole(shard), gathered(model, layers), self.detail)
    }
}

/// What waits in system memory. Of what a device gathers while it computes, it has been given the shard alone.
pub(in crate::engine::memory) fn offloaded(
    budget: &mut Budget,
    model: &Model,
    tune: &FineTune,
    ranks: Ranks,
) {
    if tune.training_offload == TrainingOffload::None {
        return;
    }
    for phase in &mut budget.phases {
        let mut host = Vec::new();
        for part in phase.parts.iter_mut().filter(|part| part.place == Place::Device) {
            match part.name {
                PartName::OptimizerState | PartName::MasterWeights => {
                    host.push(moved(part, |of| ranks.on_host(of)));
                    part.rework(|of| ranks.nothing(of));
                }
                PartName::Gradients => {
                    host.push(moved(part, |of| ranks.on_host(for_the_optimizer(of, tune, ranks))));
                    part.rework(|of| until_moved(of, model, tune, (phase.name, ranks)));
                }
                PartName::Weights if tune.training_offload == TrainingOffload::All => {
                    host.push(moved(part, |of| ranks.on_host(of)));
                    part.rework(|of| in_use(of, model, tune, (phase.name, ranks)));
                }
                _ => {}
            }
        }
        phase.parts.extend(host);
        phase.parts.retain(|part| part.bytes.high.get() > 0.0);
    }
}

/// The part that lies on the host instead.
fn moved(part: &Part, there: impl Fn(Figure) -> Figure) -> Part {
    let mut copy = part.clone();
    copy.place = Place::Host;
    copy.rework(there);
    copy
}

/// The gradients that one process's optimizer reads on the host: those of its partition.
fn for_the_optimizer(gradients: Figure, tune: &FineTune, ranks: Ranks) -> Figure {
    if !ranks.is_deep_speed(tune) {
        return gradients;
    }
    let partitions = if tune.zero_stage == ZeroStage::One { f64::from(ranks.devices.max(1)) } else { 1.0 };
    formula!(
        ranks.detail, "DeepSpeed's CPU Adam reads the gradients of its partition in 32 bit";
        gradients = gradients, wider = SINGLE / width(tune), partitions = partitions
        => gradients * wider / partitions
    )
}

/// Bytes of a gradient's value on the device.
fn width(tune: &FineTune) -> f64 {
    let single =
        if tune.method == Method::Full { tune.precision == BasePrecision::Fp32 } else { tune.adapters_fp32 };
    if single { SINGLE } else { HALF }
}

/// Gradients on a device until they are on the host.
fn until_moved(
    gradients: Figure,
    model: &Model,
    tune: &FineTune,
    (phase, ranks): (PhaseName, Ranks),
) -> Figure {
    if !ranks.is_deep_speed(tune) {
        return if phase == PhaseName::Backward {
            ranks.gathered(gradients, model, 1.0)
        } else {
            ranks.nothing(gradients)
        };
    }
    if tune.zero_stage == ZeroStage::One {
        return formula!(
            ranks.detail, "stage 1 moves the gradients of its own partition, and keeps those of the others until the step";
            gradients = gradients, devices = f64::from(ranks.devices.max(1)), bucket_bytes = BUCKET
            => min(gradients, max(gradients * (1.0 - 1.0 / devices), bucket_bytes))
        );
    }
    formula!(
        ranks.detail, "DeepSpeed's bucket of gradients, which leaves for the host when it is full";
        gradients = gradients, bucket_bytes = BUCKET => min(gradients, bucket_bytes)
    )
}

/// Parameters on a device, whose own shard lies on the host: what a pass gathers.
fn in_use(shard: Figure, model: &Model, tune: &FineTune, (phase, ranks): (PhaseName, Ranks)) -> Figure {
    match phase {
        // TRL gathers all of them before it lets the model write (`ds3_gather_for_generation`).
        PhaseName::Decode if ranks.is_deep_speed(tune) => ranks.whole(shard),
        pass if pass.passes_layers() => ranks.gathered(shard, model, 2.0),
        _ => ranks.nothing(shard),
    }
}
