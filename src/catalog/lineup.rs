//! Machines in their order, found by what they answer to.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::spec::Machine;

/// Machines while the catalog is put together; quick however many a user's folder brings.
#[derive(Default)]
pub(super) struct Lineup {
    machines: Vec<Arc<Machine>>,
    ids: BTreeMap<String, usize>,
    aliases: BTreeMap<String, usize>,
}

impl Lineup {
    /// Adds a machine; the user's own takes the place of one with its id, and answers to its names.
    pub(super) fn put(&mut self, mut machine: Machine, own: bool) {
        let id = machine.id.to_lowercase();
        let known = self.ids.get(&id).copied().filter(|_place| own);
        let place = known.unwrap_or(self.machines.len());
        self.ids.entry(id).or_insert(place);
        for alias in &machine.aliases {
            self.aliases.entry(alias.to_lowercase()).or_insert(place);
        }
        match self.machines.get_mut(place) {
            Some(old) => {
                machine.aliases.extend(old.aliases.iter().cloned());
                machine.aliases.sort();
                machine.aliases.dedup();
                *old = Arc::new(machine);
            }
            None => self.machines.push(Arc::new(machine)),
        }
    }

    /// The machine with that id, or else with that alias.
    pub(super) fn find(&self, name: &str) -> Option<Arc<Machine>> {
        let name = name.trim().to_lowercase();
        let place = self.ids.get(&name).or_else(|| self.aliases.get(&name))?;
        self.machines.get(*place).cloned()
    }

    /// The machines in their order.
    pub(super) fn finish(self) -> Vec<Arc<Machine>> {
        self.machines
    }
}
