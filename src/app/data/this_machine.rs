//! The page of this machine: what was found, how, and what stands in its place.

use crate::app::text;
use crate::detect::{Detected, Overrides};
use crate::engine::speed::Chip;
use crate::spec::Memory;

/// A value in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// What it is.
    pub name: String,
    /// The value that is used.
    pub value: String,
    /// The command, file or record it comes from; `set by you`.
    pub how: String,
    /// What was detected, where that is something else.
    pub detected: Option<String>,
}

/// Whose memory there is, which decides what can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Has {
    /// A card with memory of its own.
    Card,
    /// One memory for GPU and processor.
    Shared,
    /// A processor alone.
    Processor,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThisMachineData {
    /// Its name.
    pub name: String,
    /// Values, in the order they were found.
    pub values: Vec<Found>,
    /// What is missing or not what it seems, each with what to do about it.
    pub warnings: Vec<String>,
    /// Which figure is missing for a speed; nothing where none is.
    pub lacks: Option<&'static str>,
    /// Whose memory there is.
    pub has: Has,
    /// Whether a machine of the catalog stands in its place.
    pub stands_in: bool,
}

/// Builds the page of a machine as it is used, and as it was detected.
pub(crate) fn build(used: &Detected, detected: &Detected, overrides: &Overrides) -> ThisMachineData {
    let values = used
        .findings
        .iter()
        .map(|finding| {
            let before = detected.findings.iter().find(|other| other.name == finding.name);
            let before = before.filter(|before| before.value != finding.value);
            Found {
                name: finding.name.clone(),
                value: finding.value.clone(),
                how: finding.origin.clone(),
                detected: before.map(|before| format!("{}, {}", before.value, before.origin)),
            }
        })
        .collect();
    let machine = &used.machine;
    ThisMachineData {
        name: machine.name.clone(),
        values,
        warnings: used.warnings.iter().map(ToString::to_string).collect(),
        lacks: lacks(used),
        has: match machine.memory.value() {
            Memory::Discrete { .. } => Has::Card,
            Memory::Unified { .. } => Has::Shared,
            Memory::System { .. } => Has::Processor,
        },
        stands_in: overrides.machine.is_some(),
    }
}

/// Which figure is missing for a speed.
fn lacks(used: &Detected) -> Option<&'static str> {
    let machine = &used.machine;
    match (Chip::of(machine), &machine.bandwidth) {
        (Some(_), _) => None,
        (None, None) => Some(text::how_fast_its_memory()),
        (None, Some(_)) => Some(text::how_much_it_computes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::detect::{SET_BY_YOU, ThisMachine, detect};
    use crate::units::Bytes;

    #[test]
    fn a_value_that_was_set_stands_beside_the_detected_one() {
        let detected = detect(&ThisMachine::default(), &Catalog::built_in().machines);
        let overrides = Overrides { memory: Some(Bytes::gib(3.0)), ..Overrides::default() };
        let data = build(&overrides.apply(&detected), &detected, &overrides);
        let memory = data.values.iter().find(|value| value.name == "Memory").expect("there is memory");
        assert_eq!((memory.value.as_str(), memory.how.as_str()), ("3.0 GiB", SET_BY_YOU));
        assert!(memory.detected.is_some(), "{memory:?}");
        assert!(!data.stands_in);
    }
}
