//! A folder that holds a model, and which of its files belong to it.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};

use super::bounded::Bounded;
use super::error::bounded;
use super::open::open;
use super::placeholder::is_pointer;
use super::safetensors::{self, Totals};
use super::{ImportError, Note, Problem};
use crate::units::whole;

/// Most entries of a folder that are looked at.
const MOST_ENTRIES: usize = 100_000;
/// Most files of one model.
const MOST_SHARDS: usize = 4096;
/// The longest index that is read.
const LARGEST_INDEX: u64 = 64 << 20;
/// The longest name of a file.
const LONGEST_NAME: usize = 255;
/// The index of a model in several files.
const INDEX: &str = "model.safetensors.index.json";

/// Files of a folder by kind, in order of name.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// GGUF files, of a model in parts only the first.
    pub gguf: Vec<PathBuf>,
    /// safetensors files.
    pub safetensors: Vec<PathBuf>,
    /// `config.json`, or where there is none `params.json`.
    pub config: Option<PathBuf>,
    /// Whether there is an index of safetensors files.
    pub index: bool,
}

/// Looks at a folder, not below it.
///
/// # Errors
/// When it cannot be listed.
pub(super) fn contents(folder: &Path) -> Result<Contents, Problem> {
    let mut contents = Contents::default();
    let mut params = None;
    for entry in std::fs::read_dir(folder)?.take(MOST_ENTRIES) {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match (name, ending) {
            ("config.json", _) => contents.config = Some(path),
            ("params.json", _) => params = Some(path),
            (INDEX, _) => contents.index = true,
            (_, "gguf") => contents.gguf.push(path),
            (_, "safetensors") => contents.safetensors.push(path),
            _ => {}
        }
    }
    contents.config = contents.config.or(params);
    contents.safetensors.sort();
    contents.gguf.sort();
    let mut models = BTreeSet::new();
    contents.gguf.retain(|path| {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        super::gguf::part_of(stem).is_none_or(|part| models.insert(part.base.to_owned()))
    });
    Ok(contents)
}

/// All safetensors files of a folder's model added up; `None` where there are none.
///
/// # Errors
/// When the index or a header is damaged.
pub(super) fn totals(
    folder: &Path,
    contents: &Contents,
    layers: Option<u32>,
    notes: &mut Vec<Note>,
) -> Result<Option<Totals>, ImportError> {
    let files: Vec<PathBuf> = if contents.index {
        let index = folder.join(INDEX);
        let names = shards(&index).map_err(|problem| problem.at(&index))?;
        names.into_iter().map(|name| folder.join(name)).collect()
    } else {
        let whole = folder.join("model.safetensors");
        if contents.safetensors.contains(&whole) { vec![whole] } else { contents.safetensors.clone() }
    };
    let pointers = files.iter().filter(|path| is_pointer(path)).count();
    let (there, missing): (Vec<&PathBuf>, Vec<&PathBuf>) =
        files.iter().partition(|path| path.is_file() && (pointers == 0 || !is_pointer(path)));
    notes.extend((pointers > 0).then(|| {
        Note::Assumed(format!(
            "{pointers} of its files are pointers that Git LFS keeps in place of them; `git lfs pull` brings the files"
        ))
    }));
    match (there.len(), missing.len()) {
        (_, 0) => {}
        (0, of) => notes.push(Note::NoParts { of }),
        (_, missing) => notes.push(Note::MissingParts { missing, of: files.len() }),
    }
    if !contents.index
        && let Some(of) = files.iter().find_map(|path| promised_parts(path))
        && of > there.len()
    {
        notes.push(Note::MissingParts { missing: of - there.len(), of });
    }
    let left_out = contents.safetensors.iter().filter(|path| !files.contains(path)).count();
    if left_out > 0 {
        notes.push(Note::LeftOut { files: left_out });
    }
    let mut all: Option<Totals> = None;
    for path in there {
        let totals = safetensors::read(path, layers).map_err(|problem| problem.at(path))?;
        if totals.present < totals.needed {
            notes.push(Note::EndsEarly { present: totals.present, needed: totals.needed });
        }
        all = Some(match all {
            Some(all) => all.plus(totals),
            None => totals,
        });
    }
    Ok(all)
}

/// How many files a model comes in, as the name of one says: 2 of `model-00001-of-00002.safetensors`.
fn promised_parts(path: &Path) -> Option<usize> {
    let (rest, of) = path.file_stem()?.to_str()?.rsplit_once("-of-")?;
    let number = rest.rsplit_once('-')?.1;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
    if digits(number) && digits(of) { of.parse().ok() } else { None }
}

/// Bytes of all tensors as the index says them; `None` where there is no index, or it does not say.
pub(super) fn promised(folder: &Path, contents: &Contents) -> Option<u64> {
    /// The other part of an index.
    #[derive(Deserialize)]
    struct Index {
        metadata: Option<Metadata>,
    }
    /// What it says of all files together.
    #[derive(Deserialize)]
    struct Metadata {
        total_size: Option<serde_json::Number>,
    }
    if !contents.index {
        return None;
    }
    let (file, length) = open(&folder.join(INDEX)).ok()?;
    let limited = BufReader::new(Bounded::new(file)).take(length.min(LARGEST_INDEX));
    let index: Index = serde_json::from_reader(limited).ok()?;
    let size = index.metadata?.total_size?;
    size.as_u64().or_else(|| size.as_f64().filter(|size| *size >= 0.0).map(whole)).filter(|size| *size > 0)
}

/// The files an index names, each once.
fn shards(index: &Path) -> Result<BTreeSet<String>, Problem> {
    /// The one part of an index that is read.
    #[derive(Deserialize)]
    struct Index {
        weight_map: Shards,
    }
    let (file, length) = open(index)?;
    if length > LARGEST_INDEX {
        return Err(Problem::content(
            format!("an index of {length} bytes"),
            format!("at most {LARGEST_INDEX} are read; real ones have a few million"),
        ));
    }
    let read: Result<Index, serde_json::Error> = serde_json::from_reader(BufReader::new(Bounded::new(file)));
    read.map(|index| index.weight_map.0)
        .map_err(|error| Problem::json(&error, "an index has a `weight_map` from tensors to files beside it"))
}

/// The values of a `weight_map`.
struct Shards(BTreeSet<String>);

impl<'de> Deserialize<'de> for Shards {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Shards;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object from tensors to files")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shards, A::Error> {
                let mut names = BTreeSet::new();
                while let Some((_tensor, file)) = map.next_entry::<serde::de::IgnoredAny, String>()? {
                    if file.len() > LONGEST_NAME {
                        return Err(A::Error::custom(format!("`{}` is no name of a file", bounded(&file))));
                    }
                    // A name with a folder in it would lead out of what the user gave.
                    if file.contains(['/', '\\']) || !file.ends_with(".safetensors") {
                        return Err(A::Error::custom(format!("`{file}` is no safetensors file beside it")));
                    }
                    names.insert(file);
                    if names.len() > MOST_SHARDS {
                        return Err(A::Error::custom(format!("more than {MOST_SHARDS} files")));
                    }
                }
                Ok(Shards(names))
            }
        }
        deserializer.deserialize_map(Names)
    }
}
