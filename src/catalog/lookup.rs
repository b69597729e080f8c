//! Finding a machine or a model by what a person typed, and near misses.

use std::sync::Arc;

use super::{Catalog, PresetText};
use crate::spec::{Machine, Model};

/// The most near misses that are named.
const NEAR: usize = 3;
/// How alike an id must be to be named, 1 for the same.
const ALIKE: f64 = 0.8;

/// No such id, and what may have been meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no {kind} `{id}`{}", meant(near))]
pub struct UnknownId {
    /// `machine` or `model`.
    pub kind: &'static str,
    /// What was asked for.
    pub id: String,
    /// Ids that are near, nearest first.
    pub near: Vec<String>,
}

fn meant(near: &[String]) -> String {
    if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) }
}

impl Catalog {
    /// The machine with that id or alias, whatever its case.
    ///
    /// # Errors
    /// When there is none: the nearest ids.
    pub fn machine(&self, id: &str) -> Result<&Arc<Machine>, UnknownId> {
        let asked = id.trim();
        let by_id = self.machines.iter().find(|machine| machine.id.eq_ignore_ascii_case(asked));
        by_id
            .or_else(|| self.machines.iter().find(|machine| answers_to(machine, asked)))
            .ok_or_else(|| unknown("machine", asked, self.machines.iter().map(|machine| machine.id.as_str())))
    }

    /// The model with that id, whatever its case and with or without hyphens (`Qwen-2.5-14B`).
    ///
    /// # Errors
    /// When there is none: the nearest ids.
    pub fn model(&self, id: &str) -> Result<&Arc<Model>, UnknownId> {
        let asked = id.trim();
        let exact = self.models.iter().find(|model| model.id.eq_ignore_ascii_case(asked));
        exact
            .or_else(|| self.models.iter().find(|model| letters(&model.id).eq(letters(asked))))
            .ok_or_else(|| unknown("model", asked, self.models.iter().map(|model| model.id.as_str())))
    }

    /// The preset with that name.
    ///
    /// # Errors
    /// When there is none: the nearest names.
    pub fn preset(&self, id: &str) -> Result<&PresetText, UnknownId> {
        let asked = id.trim();
        self.presets
            .iter()
            .find(|preset| preset.id.eq_ignore_ascii_case(asked))
            .ok_or_else(|| unknown("preset", asked, self.presets.iter().map(|preset| preset.id.as_str())))
    }

    /// Day of the newest source, `YYYY-MM-DD`: how fresh the facts are.
    pub fn data_of(&self) -> &str {
        self.sources.values().map(|source| source.date.as_str()).max().unwrap_or("unknown")
    }
}

/// An id without its hyphens, in lower case.
fn letters(id: &str) -> impl Iterator<Item = char> {
    id.chars().filter(|sign| !matches!(sign, '-' | '_' | ' ')).map(|sign| sign.to_ascii_lowercase())
}

fn answers_to(machine: &Machine, asked: &str) -> bool {
    machine.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(asked))
}

fn unknown<'a>(kind: &'static str, asked: &str, ids: impl Iterator<Item = &'a str>) -> UnknownId {
    UnknownId { kind, id: asked.to_owned(), near: near(asked, ids) }
}

/// Ids that begin with what was asked, or are spelt nearly like it.
fn near<'a>(asked: &str, ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let asked: String = asked.to_lowercase().chars().take(100).collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(f64, &str)> = ids
        .map(|id| {
            let begins = id.strip_prefix(asked.as_str()).is_some_and(|rest| rest.starts_with('-'));
            (if begins { 1.0 } else { strsim::normalized_damerau_levenshtein(&asked, id) }, id)
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.into_iter().take(NEAR).map(|(_, id)| id.to_owned()).collect()
}
