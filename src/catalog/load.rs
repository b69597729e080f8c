//! Reading catalog files: those of the program, and a user's folder laid over them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::built_in;
use super::problem::{CatalogProblem, parse};
use super::record::{Chip, MachineFile, Product, Source};
use crate::spec::{Model, preset};

/// The largest catalog file that is read.
const LIMIT_MIB: u64 = 4;
/// The most files of one folder that are read.
const LIMIT_FILES: usize = 200;

/// A record with the file it stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<T> {
    /// Name of the file.
    pub file: String,
    /// Whether it is the user's own.
    pub own: bool,
    /// The record.
    pub record: T,
}

/// A preset's text with its origin; what it means is read when it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresetText {
    /// Name of the file without its ending.
    pub id: String,
    /// As it is listed: the name in it, or the id where it has none or cannot be read.
    pub name: String,
    /// Path of the file.
    pub file: String,
    /// What stands in it.
    pub text: String,
}

/// All records, before they become machines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Records {
    /// Chips and cards.
    pub chips: Vec<Entry<Chip>>,
    /// Products and rentals.
    pub products: Vec<Entry<Product>>,
    /// Models.
    pub models: Vec<Entry<Model>>,
    /// Sources by id.
    pub sources: BTreeMap<String, Source>,
    /// Presets, those of the user in the place of ours.
    pub presets: Vec<PresetText>,
    /// What could not be read.
    pub problems: Vec<CatalogProblem>,
}

impl Records {
    /// Nothing but the sources that ship with Plimsoll.
    pub(super) fn sources_alone() -> Self {
        let mut records = Self::default();
        for &(file, text) in built_in::SOURCES {
            records.sources(file, text);
        }
        records
    }

    /// Those that ship with Plimsoll.
    pub(super) fn built_in() -> Self {
        let mut records = Self::sources_alone();
        for &(file, text) in built_in::MACHINES {
            records.machines(file, text, false);
        }
        for &(file, text) in built_in::MODELS {
            records.models(file, text, false);
        }
        for &(id, text) in built_in::PRESETS {
            records.preset(id, format!("<built-in>/presets/{id}.ron"), text.to_owned());
        }
        records
    }

    /// Lays a user's folder over them: a record with a known id takes the place of that one.
    pub(super) fn lay_over(&mut self, folder: &Path) {
        for (file, text) in self.texts(&folder.join("machines")) {
            self.machines(&file, &text, true);
        }
        for (file, text) in self.texts(&folder.join("models")) {
            self.models(&file, &text, true);
        }
        for (file, text) in self.texts(&folder.join("presets")) {
            let id = Path::new(&file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            self.preset(&id, file, text);
        }
        let sources = folder.join("sources.ron");
        if sources.is_file() {
            match read(&sources) {
                Ok(text) => self.sources(&sources.display().to_string(), &text),
                Err(problem) => self.problems.push(problem),
            }
        }
    }

    /// Takes the chips and products of one file.
    pub(super) fn machines(&mut self, file: &str, text: &str, own: bool) {
        let Some(MachineFile { chips, products }) = self.parsed(file, text) else { return };
        take(&mut self.chips, &mut self.problems, (file, own), chips, |chip| &chip.id);
        take(&mut self.products, &mut self.problems, (file, own), products, |product| &product.id);
    }

    /// Takes the models of one file.
    pub(super) fn models(&mut self, file: &str, text: &str, own: bool) {
        let Some(models) = self.parsed::<Vec<Model>>(file, text) else { return };
        take(&mut self.models, &mut self.problems, (file, own), models, |model| &model.id);
    }

    /// Takes a preset; one with a known id takes the place of that one.
    fn preset(&mut self, id: &str, file: String, text: String) {
        let keys = preset::parse(&text, &file).unwrap_or_default();
        let name = keys.first().and_then(preset::PresetKeys::name).unwrap_or(id).to_owned();
        let preset = PresetText { id: id.to_owned(), name, file, text };
        match self.presets.iter_mut().find(|known| known.id == preset.id) {
            Some(known) => *known = preset,
            None => self.presets.push(preset),
        }
    }

    /// Takes the sources of one file.
    pub(super) fn sources(&mut self, file: &str, text: &str) {
        if let Some(mut sources) = self.parsed::<BTreeMap<String, Source>>(file, text) {
            self.sources.append(&mut sources);
        }
    }

    fn parsed<T: DeserializeOwned>(&mut self, file: &str, text: &str) -> Option<T> {
        parse(file, text).map_err(|problem| self.problems.push(problem)).ok()
    }

    /// The texts of a folder's `.ron` files by name; a folder that is not there has none.
    fn texts(&mut self, folder: &Path) -> Vec<Text> {
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "ron"))
            .take(LIMIT_FILES + 1)
            .collect();
        paths.sort();
        if paths.len() > LIMIT_FILES {
            paths.truncate(LIMIT_FILES);
            let folder = folder.display().to_string();
            self.problems.push(CatalogProblem::TooManyFiles { folder, limit: LIMIT_FILES });
        }
        let mut texts = Vec::new();
        for path in paths {
            match read(&path) {
                Ok(text) => texts.push((path.display().to_string(), text)),
                Err(problem) => self.problems.push(problem),
            }
        }
        texts
    }
}

/// A file's name and text.
type Text = (String, String);

/// Puts records in; the user's take the place of ours with their id. Twins of ours stay, for the audit to
/// find; of the user's, the later one counts, and that is said.
fn take<T>(
    entries: &mut Vec<Entry<T>>,
    problems: &mut Vec<CatalogProblem>,
    from: (&str, bool),
    records: Vec<T>,
    id: fn(&T) -> &str,
) {
    let (file, own) = from;
    let mut places: BTreeMap<String, usize> =
        entries.iter().enumerate().map(|(place, entry)| (id(&entry.record).to_lowercase(), place)).collect();
    for record in records {
        let place = *places.entry(id(&record).to_lowercase()).or_insert(entries.len());
        let Some(old) = entries.get_mut(place).filter(|_old| own) else {
            entries.push(Entry { file: file.to_owned(), own, record });
            continue;
        };
        if old.own {
            problems.push(CatalogProblem::Twice {
                file: file.to_owned(),
                record: id(&record).to_owned(),
                other: old.file.clone(),
            });
        }
        *old = Entry { file: file.to_owned(), own, record };
    }
}

/// Reads a file of bounded size; never a pipe or a device, which might not end.
fn read(path: &Path) -> Result<String, CatalogProblem> {
    let file = path.display().to_string();
    let unreadable = |reason: String| CatalogProblem::Unreadable { file: file.clone(), reason };
    let about = fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !about.is_file() {
        return Err(unreadable("not a plain file".to_owned()));
    }
    let limit = LIMIT_MIB << 20;
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|open| open.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(error.to_string()))?;
    if bytes.len() as u64 > limit {
        return Err(CatalogProblem::TooLarge { file, limit_mib: LIMIT_MIB });
    }
    String::from_utf8(bytes).map_err(|_bytes| unreadable("not UTF-8 text".to_owned()))
}
