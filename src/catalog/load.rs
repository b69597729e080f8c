//! Reading catalog files: those of the program, and a user's folder laid over them.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use super::check::{self, Report};
use super::entry::{Record, Written};
use super::machines::Machines;
use super::prices::{prices_file, read_prices};
use super::problem::{CatalogProblem, parse};
use super::record::{Chip, MachineFile, Product};
use super::records::Records;
use super::sources::Sources;
use super::{Catalog, built_in};
use crate::spec::{Model, preset};

/// The largest catalog file that is read.
const LIMIT_MIB: u64 = 4;
/// The most files of one folder that are read.
const LIMIT_FILES: usize = 200;
/// The most text of a user's whole folder that is read.
const LIMIT_ALL_MIB: u64 = 64;

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

impl Record for PresetText {
    fn id(&self) -> &str {
        &self.id
    }

    fn read(written: &Written) -> Result<Self, CatalogProblem> {
        Ok(Self::new(written.id, written.file.to_owned(), written.text.to_owned()))
    }

    fn check(&self, _report: &mut Report<'_>) {}
}

impl PresetText {
    fn new(id: &str, file: String, text: String) -> Self {
        let keys = preset::parse(&text, &file).unwrap_or_default();
        let name = keys.first().and_then(preset::PresetKeys::name).unwrap_or(id).to_owned();
        Self { id: id.to_owned(), name, file, text }
    }
}

/// A catalog while files are laid over one another.
pub(super) struct Layers {
    chips: Records<Chip>,
    products: Records<Product>,
    models: Records<Model>,
    sources: Sources,
    presets: Records<PresetText>,
    problems: Vec<CatalogProblem>,
    /// The user's table of prices, and its file.
    prices: Option<Text>,
    /// Bytes of the user's files that were read.
    read: u64,
}

impl Layers {
    /// Nothing but the sources that ship with Plimsoll.
    pub(super) fn sources_alone() -> Self {
        Self {
            chips: Records::default(),
            products: Records::default(),
            models: Records::default(),
            sources: Sources::default(),
            presets: Records::default(),
            problems: Vec::new(),
            prices: None,
            read: 0,
        }
    }

    /// What ships with Plimsoll.
    pub(super) fn built_in() -> Self {
        Self {
            chips: Records::built_in(built_in::CHIPS),
            products: Records::built_in(built_in::PRODUCTS),
            models: Records::built_in(built_in::MODELS),
            presets: Records::built_in(built_in::PRESETS),
            ..Self::sources_alone()
        }
    }

    /// The catalog they are together, and what could not be read or cannot be.
    pub(super) fn finish(mut self) -> (Catalog, Vec<CatalogProblem>) {
        let mut machines = Machines::new(self.chips, self.products, &mut self.problems);
        if let Some((file, text)) = &self.prices {
            // A line that says no day is of the day the file was written, which nobody noted.
            match read_prices(text, &machines, "") {
                Ok(prices) => machines.lay_over(&prices),
                Err(error) => {
                    let (file, reason) = (file.clone(), error.to_string());
                    self.problems.push(CatalogProblem::Prices { file, reason });
                }
            }
        }
        let catalog = Catalog { models: self.models, machines, sources: self.sources, presets: self.presets };
        (catalog, self.problems)
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
            let wrong = preset::parse_each(&text, &file)
                .map_or_else(Some, |entries| entries.into_iter().find_map(|entry| entry.keys.err()));
            self.problems.extend(wrong.map(|error| CatalogProblem::Preset(error.to_string())));
            // The later of two with one name counts, and only names that differ in case can be two.
            let preset = PresetText::new(&id, file.clone(), text);
            self.presets.lay_over((&file, true), vec![preset], &mut Vec::new());
        }
        self.prices(folder);
        let sources = folder.join("sources.ron");
        if sources.is_file() {
            let file = sources.display().to_string();
            match read(&sources).and_then(|text| parse(&file, &text)) {
                Ok(own) => self.sources.lay_over(own),
                Err(problem) => self.problems.push(problem),
            }
        }
    }

    /// Takes the table of prices, where there is one.
    fn prices(&mut self, folder: &Path) {
        let path = prices_file(folder);
        if path.is_file() {
            match read(&path) {
                Ok(text) => self.prices = Some((path.display().to_string(), text)),
                Err(problem) => self.problems.push(problem),
            }
        }
    }

    /// Takes the chips and products of one file.
    pub(super) fn machines(&mut self, file: &str, text: &str, own: bool) {
        let Some(MachineFile { chips, products }) = self.parsed(file, text) else { return };
        let (chips, products) =
            (self.possible((file, text, own), chips), self.possible((file, text, own), products));
        self.chips.lay_over((file, own), chips, &mut self.problems);
        self.products.lay_over((file, own), products, &mut self.problems);
    }

    /// Takes the models of one file.
    pub(super) fn models(&mut self, file: &str, text: &str, own: bool) {
        let Some(models) = self.parsed(file, text) else { return };
        let models = self.possible((file, text, own), models);
        self.models.lay_over((file, own), models, &mut self.problems);
    }

    /// Those records that an estimate can be made with; what is wrong with the others is said, and of the user's own what
    /// is not as any machine or model is.
    fn possible<T: Record>(&mut self, (file, text, own): (&str, &str, bool), mut records: Vec<T>) -> Vec<T> {
        records.retain(|record| {
            let (possible, problems) = if own {
                check::own(file, text, record)
            } else {
                let problems = check::impossible(file, record);
                (problems.is_empty(), problems)
            };
            self.problems.extend(problems);
            possible
        });
        records
    }

    fn parsed<T: DeserializeOwned>(&mut self, file: &str, text: &str) -> Option<T> {
        parse(file, text).map_err(|problem| self.problems.push(problem)).ok()
    }

    /// The texts of a folder's `.ron` files by name; a folder that is not there has none.
    fn texts(&mut self, folder: &Path) -> Vec<Text> {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => Some(entries),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => {
                let (file, reason) = (folder.display().to_string(), error.to_string());
                self.problems.push(CatalogProblem::Unreadable { file, reason });
                None
            }
        };
        let mut paths: Vec<PathBuf> = entries
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
            if self.read >= LIMIT_ALL_MIB << 20 {
                let (file, limit_mib) = (path.display().to_string(), LIMIT_ALL_MIB);
                self.problems.push(CatalogProblem::TooMuch { file, limit_mib });
                break;
            }
            match read(&path) {
                Ok(text) => {
                    self.read += text.len() as u64;
                    texts.push((path.display().to_string(), text));
                }
                Err(problem) => self.problems.push(problem),
            }
        }
        texts
    }
}

/// A file's name and text.
type Text = (String, String);

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
