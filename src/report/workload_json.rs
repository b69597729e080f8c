//! What was asked, as JSON: the keys of a preset, and what followed from them.

use serde::ser::{Serialize, SerializeMap as _, Serializer};

use crate::engine::graph;
use crate::spec::preset::entries;
use crate::spec::settings::Entry;
use crate::spec::{Scenario, Workload};
use crate::units::count;

/// The keys of a scenario with their values, numbers plain.
#[derive(Clone, Debug)]
pub(super) struct WorkloadJson(Vec<(&'static str, Entry)>);

impl WorkloadJson {
    /// The keys as a preset writes them, then what follows from a graph or a scaled shape.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let mut keys = entries(scenario);
        if let Some(language) = scenario.language() {
            keys.push(("parameters", Entry::Number(*language.model.parameters.value())));
        }
        if let Workload::GraphSequence(_, sequence) = &scenario.workload {
            let lengths = graph::lengths(&sequence.graph);
            keys.push(("tokens_median", Entry::Number(lengths.median.get())));
            keys.push(("tokens_p95", Entry::Number(lengths.p95.get())));
            keys.push(("tokens_longest", Entry::Number(lengths.longest.get())));
            keys.push(("tokens_mean", Entry::Number(lengths.mean.get())));
            if let Some(inference) = graph::inference(&scenario.workload) {
                keys.push(("context", Entry::Count(inference.context)));
                keys.push(("prompt", Entry::Count(inference.prompt)));
            }
            if let Some(tune) = graph::fine_tune(&scenario.workload) {
                keys.push(("sequence", Entry::Count(tune.sequence)));
                keys.push(("examples", Entry::Count(tune.examples)));
                keys.push(("tokens_per_example", Entry::Count(tune.tokens_per_example)));
            }
        }
        Self(keys)
    }
}

impl Serialize for WorkloadJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            match value {
                Entry::Text(text) => map.serialize_entry(key, text)?,
                Entry::Count(whole) => map.serialize_entry(key, &count(*whole))?,
                Entry::Number(number) => map.serialize_entry(key, number)?,
                Entry::Flag(flag) => map.serialize_entry(key, flag)?,
                Entry::List(list) => map.serialize_entry(key, list)?,
            }
        }
        map.end()
    }
}
