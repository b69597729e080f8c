//! What several linked computers cannot do that one can.

use super::{Note, Resolved};
use crate::spec::architecture::Architecture;
use crate::spec::{Runtime, Split};

/// That mlx-lm does not share a model among several Macs: `sharded_load` raises where the model's class has neither `shard`
/// nor `pipeline`.
pub fn not_shared(resolved: &Resolved) -> Option<Note> {
    let scenario = &*resolved.scenario;
    scenario.inference().filter(|_| resolved.runtime == Runtime::Mlx && resolved.computers > 1)?;
    let habits = Architecture::of(&scenario.language()?.model).mlx;
    let split = scenario.devices.split.meant(&scenario.workload);
    let shared = match split {
        Split::Tensor => habits.shards,
        Split::Layers => habits.pipelines,
        Split::Auto | Split::Experts | Split::Copies => true,
    };
    (!shared).then_some(Note::NotShared { split })
}
