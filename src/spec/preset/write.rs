//! From a scenario to the text of a preset that reads back the same.

use std::fmt::Write as _;

use super::entries::{Entry, entries};
use crate::spec::Scenario;

/// The text of a preset file.
pub fn write(scenario: &Scenario, machine: Option<&str>) -> String {
    let mut out = String::from("(\n");
    let machine = machine.map(|machine| ("machine", Entry::from(machine)));
    for (key, value) in entries(scenario).into_iter().chain(machine) {
        let line = match value {
            Entry::Text(text) => writeln!(out, "    {key}: {},", quoted(&text)),
            Entry::Count(count) => writeln!(out, "    {key}: {count},"),
            Entry::Number(number) => writeln!(out, "    {key}: {number},"),
            Entry::Flag(flag) => writeln!(out, "    {key}: {flag},"),
            Entry::List(list) => writeln!(out, "    {key}: {list:?},"),
        };
        debug_assert!(line.is_ok(), "a String takes any text");
    }
    out.push_str(")\n");
    out
}

/// A text in quotes, its own ones escaped.
fn quoted(text: &str) -> String {
    ron::to_string(text).unwrap_or_else(|_| format!("{text:?}"))
}
