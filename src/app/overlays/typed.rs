//! What can be done with what is typed into the palette: a setting and its value, or a claim to be checked.

use std::sync::Arc;

use crate::app::command::Command;
use crate::app::sort::Sort;
use crate::app::state::Change;
use crate::app::text;
use crate::app::{Plimsoll, names};
use crate::spec::{Machine, Scenario, Setting};
use crate::units::read_number;

/// What begins a claim.
const CLAIM: &str = "claim ";

/// What begins a machine.
const EVALUATE: &str = "evaluate on ";

/// Commands that the typed words themselves are.
pub(super) fn of_words(
    scenario: &Scenario,
    written: &dyn Fn(&str) -> Option<Arc<Machine>>,
    text: &str,
) -> Vec<(Command, String)> {
    let text = text.trim();
    if let Some(claim) = text.get(..CLAIM.len()).filter(|start| start.eq_ignore_ascii_case(CLAIM)) {
        let claim = text.get(claim.len()..).unwrap_or_default().trim().to_owned();
        let label = text::check_the_claim(&claim);
        return if claim.is_empty() { Vec::new() } else { vec![(Command::CheckClaim(claim), label)] };
    }
    let machine = machine(written, text);
    if machine.is_some() {
        return machine.into_iter().collect();
    }
    setting(scenario, text).into_iter().collect()
}

/// `evaluate on 2x rtx-3090`, or without the first words: a machine that is in no list and is written so.
fn machine(written: &dyn Fn(&str) -> Option<Arc<Machine>>, text: &str) -> Option<(Command, String)> {
    let start = text.get(..EVALUATE.len()).filter(|start| start.eq_ignore_ascii_case(EVALUATE));
    let id = start.map_or(text, |start| text.get(start.len()..).unwrap_or_default());
    let machine = written(id.trim())?;
    let label = text::evaluate_on(&names::short(&machine));
    Some((Command::Change(Change::Machine(machine.id.clone())), label))
}

/// `context 32k`, `KV precision q8_0` or `edges=5M`: a setting by its key or label, and the value it is given.
fn setting(scenario: &Scenario, text: &str) -> Option<(Command, String)> {
    let (name, value) = text.split_once('=').or_else(|| text.rsplit_once(char::is_whitespace))?;
    let read = read_number(value.trim());
    let (name, value) = (name.trim(), read.as_str());
    let letters = |name: &str| -> String {
        name.chars().filter(|sign| sign.is_alphanumeric()).map(|sign| sign.to_ascii_lowercase()).collect()
    };
    let asked = letters(name);
    let named = |setting: &&'static Setting| letters(setting.key) == asked || letters(setting.label) == asked;
    let found = Setting::of(scenario).find(named).filter(|_| !asked.is_empty() && !value.is_empty())?;
    // A word that is no value of it is the name of something else.
    scenario.with(found.key, value).ok()?;
    Some((Command::Set(found.key, value.to_owned()), text::set_to(&found.label.to_lowercase(), &value)))
}

impl Plimsoll {
    /// For each slider the largest that fits here, as far as its end is known.
    pub(super) fn largest_entries(&self) -> impl Iterator<Item = (Command, String)> {
        let scenario = &self.state.scenario;
        self.answers.largest.iter().filter_map(move |(axis, value)| {
            let value = (*value)?;
            let label = axis.label(scenario).to_lowercase();
            let text = text::set_to_the_largest(&label, &axis.in_full(value));
            Some((Command::Change(Change::Axis(*axis, value)), text))
        })
    }

    /// Orders of the machine list.
    pub(super) fn sort_entries() -> impl Iterator<Item = (Command, String)> {
        Sort::ALL.into_iter().map(|sort| {
            (Command::Change(Change::Sort(sort)), text::sort_machines(&sort.label().to_lowercase()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::files::{first_scenario, unlisted};
    use crate::catalog::Catalog;
    use crate::spec::Machine;

    #[test]
    fn settings_and_claims_are_typed_as_they_are_read() {
        let scenario = first_scenario(&Catalog::built_in()).expect("the catalog has the first model");
        let catalog = Catalog::built_in();
        let card = catalog.machine("rtx-4090").expect("a card");
        let this = Arc::new(Machine { id: "this".to_owned(), ..Machine::clone(card) });
        let written = |id: &str| unlisted(&catalog, Some(&this), id, "2026-11-28");
        let said = |text: &str| of_words(&scenario, &written, text).pop().map(|(_, label)| label);
        assert_eq!(said("evaluate on 2x rtx-3090").as_deref(), Some("Evaluate on 2 × GeForce RTX 3090"));
        assert_eq!(
            said("rtx-5080 + rtx-3090").as_deref(),
            Some("Evaluate on GeForce RTX 5080 + GeForce RTX 3090")
        );
        assert_eq!(
            said("this + rtx-3090").as_deref(),
            Some("Evaluate on GeForce RTX 4090 + GeForce RTX 3090"),
            "one more in this machine"
        );
        assert_eq!(said("evaluate on rtx-3090"), None, "it is in the list");
        assert_eq!(said("evaluate on 2x of what"), None);
        assert_eq!(said("context 32k").as_deref(), Some("Set context to 32k"));
        assert_eq!(said("Context=32k").as_deref(), Some("Set context to 32k"));
        assert_eq!(said("quantization q8_0").as_deref(), Some("Set quantization to q8_0"));
        assert_eq!(said("context window"), None, "it is no value");
        assert_eq!(said("evaluate on m4"), None);
        assert_eq!(said("context"), None);
        let claim = said("claim M5 Max, 70B Q4, 35 tok/s");
        assert_eq!(claim.as_deref(), Some("Check the claim: M5 Max, 70B Q4, 35 tok/s"));
        assert_eq!(said("claim "), None);
    }
}
