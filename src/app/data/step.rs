//! The working of a figure as steps to read.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::engine::working::{How, Working, show_number};

/// One step of a working.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// What is computed.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The formula in words; empty where there is none.
    pub formula: String,
    /// The formula with the numbers in it and what it comes to; empty where there is none.
    pub numbers: String,
    /// The numbers in it.
    pub inputs: Vec<(String, String)>,
    /// Whether what is summed is a list of its own, a line each.
    pub is_list: bool,
    /// What it rests on, and its source.
    pub basis: String,
    /// How deep it lies in what it is an input of.
    pub depth: usize,
}

impl Step {
    /// A computation as one step; a number that was found is its own formula, so that its value and source say it all.
    pub(crate) fn of(name: String, value: String, working: &Working, depth: usize) -> Self {
        let found = working.is_found();
        let is_list = !matches!(working.how, How::Expression { .. });
        let items = working.items();
        Self {
            name,
            value,
            formula: if found { String::new() } else { working.text() },
            numbers: if found { String::new() } else { numbers(working) },
            inputs: if found { Vec::new() } else { items },
            is_list,
            basis: working.source.to_string(),
            depth,
        }
    }
}

/// The expression with its numbers, or a list, and what it comes to.
fn numbers(working: &Working) -> String {
    let value = show_number(working.value);
    working.in_numbers().map_or_else(|| format!("= {value}"), |numbers| format!("{numbers} = {value}"))
}

/// A working.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct WorkingData {
    /// Its heading.
    pub title: String,
    /// The figure.
    pub value: String,
    /// How it came about.
    pub steps: Vec<Step>,
    /// The sources that steps name: the id, then title, date and address.
    pub sources: Vec<(String, String)>,
}

impl WorkingData {
    /// With the sources of the catalog that its steps name.
    pub(crate) fn sourced(self, catalog: &Catalog) -> Self {
        let mut found = BTreeMap::new();
        for id in self.steps.iter().flat_map(|step| source_ids(&step.basis)) {
            if let Some(source) = catalog.sources.get(id) {
                let url = source.url.as_ref().map_or_else(String::new, |url| format!(", {url}"));
                found.insert(id.to_owned(), format!("{}, {}{url}", source.title, source.date));
            }
        }
        Self { sources: found.into_iter().collect(), ..self }
    }

    /// All of it as text.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![format!("{}: {}", self.title, self.value)];
        for step in &self.steps {
            let indent = "  ".repeat(step.depth);
            lines.push(format!("{indent}{}: {}", step.name, step.value));
            lines.extend(
                [&step.formula, &step.numbers]
                    .iter()
                    .filter(|text| !text.is_empty())
                    .map(|text| format!("{indent}  {text}")),
            );
            lines.extend(step.inputs.iter().map(|(name, value)| format!("{indent}    {name}: {value}")));
            if !step.basis.is_empty() {
                lines.push(format!("{indent}  ({})", step.basis));
            }
        }
        lines.extend(self.sources.iter().map(|(id, source)| format!("{id}: {source}")));
        lines.join("\n")
    }
}

/// The ids of sources that a text names: `E1` of `datasheet, source E1, 2026-09-30`.
fn source_ids(basis: &str) -> impl Iterator<Item = &str> {
    basis.match_indices("source ").filter_map(|(at, word)| {
        let rest = basis.get(at + word.len()..)?;
        rest.split([',', ')', ';']).next().filter(|id| !id.is_empty())
    })
}
