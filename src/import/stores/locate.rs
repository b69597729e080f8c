//! From a name as a store gives it, `ollama:llama3.1:8b`, to the file or folder.

use std::path::PathBuf;

use super::disk::Disk;
use super::found::{Found, Store};
use super::look::Step;
use super::roots::roots;
use super::search::Search;
use crate::import::error::bounded;

/// Near names that are told.
const NEAR: usize = 5;
/// How alike a name must be to be told, 1 for the same.
const ALIKE: f64 = 0.6;

/// Why a store's name leads to no model, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    /// The store has none of that name.
    #[error("{} has no model `{name}` here{}", store.label(), meant(near, *models))]
    Unknown {
        /// The store.
        store: Store,
        /// What was asked for.
        name: String,
        /// What it may have meant, nearest first.
        near: Vec<String>,
        /// How many it has.
        models: usize,
    },
    /// It has several.
    #[error("{} has several models `{name}`; name one of them: {}", store.label(), keys.join(", "))]
    Several {
        /// The store.
        store: Store,
        /// What was asked for.
        name: String,
        /// Those it may have meant.
        keys: Vec<String>,
    },
    /// The store is not there.
    #[error("{} keeps no models here; looked in {}", store.label(), looked(folders))]
    Nothing {
        /// The store.
        store: Store,
        /// The folders that were looked for.
        folders: Vec<PathBuf>,
    },
    /// The model is there and cannot be opened.
    #[error("`{name}` of {} cannot be opened: {why}", store.label())]
    Broken {
        /// The store.
        store: Store,
        /// The model.
        name: String,
        /// Why not.
        why: String,
    },
}

fn meant(near: &[String], models: usize) -> String {
    let all = format!("`plimsoll models` lists all {models}");
    if near.is_empty() { format!("; {all}") } else { format!("; did you mean {}? {all}", near.join(", ")) }
}

fn looked(folders: &[PathBuf]) -> String {
    let folders: Vec<_> = folders.iter().map(|folder| folder.display().to_string()).collect();
    if folders.is_empty() { "no folder, as the user has none".to_owned() } else { folders.join(", ") }
}

/// The file or folder of a store's name; `None` for what names no store.
///
/// # Errors
/// When the store has no such model: the names that are near.
pub fn locate(disk: &dyn Disk, key: &str) -> Option<Result<PathBuf, NotStored>> {
    let (prefix, name) = key.trim().split_once(':')?;
    let named = |store: &Store| store.has_names() && store.key().eq_ignore_ascii_case(prefix);
    let store = Store::ALL.into_iter().find(named)?;
    Some(find(disk, store, name.trim()))
}

fn find(disk: &dyn Disk, store: Store, name: &str) -> Result<PathBuf, NotStored> {
    let models: Vec<Found> = Search::of_store(disk, store)
        .filter_map(|step| match step {
            Step::Model(found) if found.key.is_some() => Some(*found),
            _ => None,
        })
        .collect();
    if models.is_empty() {
        let roots = roots(disk).into_iter().filter(|root| root.store == store);
        return Err(NotStored::Nothing { store, folders: roots.map(|root| root.path).collect() });
    }
    let shown = || bounded(name);
    let matching: Vec<&Found> = [exact, by_tag, by_start]
        .iter()
        .map(|by| by(&models, store, name))
        .find(|found| !found.is_empty())
        .unwrap_or_default();
    match matching.as_slice() {
        [] => {
            Err(NotStored::Unknown { store, name: shown(), near: near(&models, name), models: models.len() })
        }
        [one] if one.opens() => Ok(one.path.clone()),
        [one] => {
            let why = one.trouble.as_ref().map_or_else(|| one.format.label().to_owned(), ToString::to_string);
            Err(NotStored::Broken { store, name: shown(), why })
        }
        several => {
            let keys = several.iter().take(NEAR).filter_map(|found| found.key.clone()).collect();
            Err(NotStored::Several { store, name: shown(), keys })
        }
    }
}

/// A model's name without its store.
fn own(found: &Found) -> &str {
    found.key.as_deref().and_then(|key| key.split_once(':')).map_or("", |(_, name)| name)
}

/// The model of that very name, in any case.
fn exact<'m>(models: &'m [Found], _store: Store, name: &str) -> Vec<&'m Found> {
    let same = |found: &&Found| own(found).eq_ignore_ascii_case(name);
    models.iter().filter(same).take(1).collect()
}

/// Ollama's `name` is `name:latest`; `org/name:Q4_K_M` is the file of that format, as llama.cpp has it.
fn by_tag<'m>(models: &'m [Found], store: Store, name: &str) -> Vec<&'m Found> {
    if store == Store::Ollama {
        return exact(models, store, &format!("{name}:latest"));
    }
    let Some((repository, tag)) = name.rsplit_once(':') else { return Vec::new() };
    let tag = tag.to_lowercase();
    let ends = |found: &&Found| {
        let own = own(found).to_lowercase();
        let inside = own.strip_prefix(&repository.to_lowercase()).and_then(|rest| rest.strip_prefix('/'));
        inside.is_some_and(|file| holds(file, &tag))
    };
    models.iter().filter(ends).collect()
}

/// Whether a file's name has a word of its own that is the tag: `Qwen3-8B-UD-Q4_K_XL.gguf`.
fn holds(file: &str, tag: &str) -> bool {
    let ends = |sign: Option<char>| sign.is_none_or(|sign| matches!(sign, '-' | '.' | '/'));
    let mut places = file.match_indices(tag);
    !tag.is_empty()
        && places.any(|(at, found)| {
            let (before, rest) = (file.get(..at), file.get(at + found.len()..));
            ends(before.and_then(|text| text.chars().last()))
                && ends(rest.and_then(|text| text.chars().next()))
        })
}

/// Models whose name goes on after what was asked, or that another publisher has.
fn by_start<'m>(models: &'m [Found], _store: Store, name: &str) -> Vec<&'m Found> {
    let name = name.to_lowercase();
    let starts = |found: &&Found| {
        let own = own(found).to_lowercase();
        let goes_on = |text: &str| {
            text.strip_prefix(&name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']))
        };
        goes_on(&own) || own.split_once('/').is_some_and(|(_, rest)| goes_on(rest))
    };
    if name.is_empty() { Vec::new() } else { models.iter().filter(starts).collect() }
}

/// Names that are spelt nearly like it, or hold it, nearest first.
fn near(models: &[Found], name: &str) -> Vec<String> {
    let name: String = name.to_lowercase().chars().take(100).collect();
    let likeness = |own: &str| {
        let own = own.to_lowercase();
        let alike = |part: &str| strsim::normalized_damerau_levenshtein(&name, part);
        let parts = own.split(['/', ':']).map(alike).fold(alike(&own), f64::max);
        if !name.is_empty() && own.contains(&name) { parts.max(0.9) } else { parts }
    };
    let mut scored: Vec<(f64, &Found)> = models
        .iter()
        .map(|found| (likeness(own(found)), found))
        .filter(|(alike, _)| *alike >= ALIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.key.cmp(&b.1.key)));
    scored.into_iter().take(NEAR).filter_map(|(_, found)| found.key.clone()).collect()
}
