//! A machine of the catalog in place of the one that was detected.

use super::finding::Notes;
use super::overrides::SET_BY_YOU;
use super::reading::show_bandwidth;
use super::{Detected, THIS};
use crate::spec::{Availability, Figure, Machine};
use crate::units::show_gib;

impl Detected {
    /// The same as if it were that machine. What was read of the one that runs now, as its free memory and its rates,
    /// says nothing of it; the system is kept where the maker is the same.
    #[must_use]
    pub fn as_if(&self, known: &Machine) -> Self {
        let same_maker = known.vendor == self.machine.vendor;
        let mut notes = Notes::default();
        let of_catalog = |source: &str| format!("catalog {} ({source})", known.id);
        notes.found("Machine", known.name.clone(), SET_BY_YOU);
        if let Some(capacity) = known.memory.value().capacity() {
            notes.found("Memory", show_gib(capacity), of_catalog(&known.memory.2));
        }
        if let Some(Figure(bandwidth, _, source, _)) = &known.bandwidth {
            notes.found("Bandwidth", show_bandwidth(*bandwidth), of_catalog(source));
        }
        let os = self.machine.os.clone().filter(|_| same_maker);
        if let Some(os) = &os {
            notes.found("Operating system", os.name.clone(), "as detected");
        }
        Self {
            machine: Machine {
                id: THIS.to_owned(),
                aliases: Vec::new(),
                availability: Availability::Owned,
                runs: Vec::new(),
                now: None,
                os,
                ..known.clone()
            },
            processor: self.processor.clone(),
            findings: notes.findings,
            warnings: notes.warnings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::detect::{ThisMachine, detect};

    #[test]
    fn another_machine_takes_its_place_with_nothing_of_this_one() {
        let catalog = Catalog::built_in();
        let here = detect(&ThisMachine::default(), &catalog.machines);
        let known = catalog.machine("rtx-4090").expect("it is listed");
        let there = here.as_if(known);
        assert_eq!((there.machine.id.as_str(), &there.machine.name), (THIS, &known.name));
        assert!(there.machine.now.is_none() && there.machine.runs.is_empty());
        assert_eq!(there.findings.first().map(|finding| finding.origin.as_str()), Some(SET_BY_YOU));
    }
}
