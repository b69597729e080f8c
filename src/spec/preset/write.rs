//! From a scenario to the keys and the text of a preset that reads back the same.

use crate::spec::settings::Entry;
use crate::spec::{Scenario, Setting};

/// Every key of a scenario in the order it is written; reading them back gives the same scenario.
pub fn entries(scenario: &Scenario) -> Vec<(&'static str, Entry)> {
    // What the server opens by itself is left to it, on each machine.
    let asked = |setting: &&Setting| setting.key != "context" || !scenario.opens_by_itself();
    let written = Setting::of(scenario).filter(|setting| setting.written).filter(asked);
    written.filter_map(|setting| Some((setting.key, setting.entry(scenario)?))).collect()
}

/// The text of a preset file.
pub fn write(scenario: &Scenario, machine: Option<&str>) -> String {
    let machine = machine.map(|machine| ("machine", Entry::from(machine)));
    let line = |(key, value): (&str, Entry)| match value {
        Entry::Text(text) => format!("    {key}: {},\n", quoted(&text)),
        Entry::List(list) => format!("    {key}: {list:?},\n"),
        plain => format!("    {key}: {},\n", plain.text()),
    };
    let lines: String = entries(scenario).into_iter().chain(machine).map(line).collect();
    format!("(\n{lines})\n")
}

/// A text in quotes, its own ones escaped.
fn quoted(text: &str) -> String {
    ron::to_string(text).unwrap_or_else(|_| format!("{text:?}"))
}
