//! Folders as diffusers writes them: `model_index.json` and a folder a model.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::super::folder::{Contents, contents};
use super::super::open::read_text;
use super::super::safetensors::{self, Totals};
use super::super::{ImportError, Problem, name};
use super::{Read, Seen, assemble, denoiser};
use crate::spec::ImagePart;

/// What says which models a folder holds.
const INDEX: &str = "model_index.json";
/// The largest such file that is read.
const LARGEST: u64 = 1 << 20;

/// The models of a folder; `None` where it is none for images. Returns too how many tensors were seen.
///
/// # Errors
/// When a header is damaged.
pub(in crate::import) fn import_folder(
    folder: &Path,
    listed: &Contents,
) -> Result<Option<(Read, u64)>, ImportError> {
    let index = folder.join(INDEX);
    if index.is_file() {
        return pipeline(folder, &index).map(Some);
    }
    let class = listed.config.as_deref().and_then(class_of);
    let no_configuration = listed.config.is_none() && listed.gguf.is_empty();
    if class.is_none() && !no_configuration {
        return Ok(None);
    }
    let Some((totals, _)) = of_folder(folder, listed)? else { return Ok(None) };
    Ok(super::read(&totals.seen, folder).map(|read| (read, totals.tensors)))
}

/// The class that a model's configuration names, where it is one of diffusers.
fn class_of(config: &Path) -> Option<String> {
    let value: Value = serde_json::from_str(&read_text(config, LARGEST).ok()?).ok()?;
    value.get("_class_name")?.as_str().map(ToOwned::to_owned)
}

/// A whole pipeline.
fn pipeline(folder: &Path, index: &Path) -> Result<(Read, u64), ImportError> {
    let text = read_text(index, LARGEST).map_err(|problem| problem.at(index))?;
    let listed: Map<String, Value> = serde_json::from_str(&text)
        .map_err(|error| Problem::json(&error, "it names the models of the folder").at(index))?;
    let mut parts: BTreeMap<ImagePart, u64> = BTreeMap::new();
    let (mut seen, mut tensors, mut skipped) = (Seen::default(), 0_u64, Vec::new());
    for (model, class) in listed.iter().filter(|(model, _)| !model.starts_with('_')) {
        let inside = folder.join(model);
        if model.contains(['/', '\\', '.']) || !inside.is_dir() {
            continue;
        }
        let class = class.get(1).and_then(Value::as_str).unwrap_or_default();
        let own = contents(&inside).map_err(|problem| problem.at(&inside))?;
        let Some((totals, left_out)) = of_folder(&inside, &own)? else { continue };
        let Some(part) = part(model, class) else {
            skipped.push(format!("{model} is not counted"));
            continue;
        };
        if left_out > 0 {
            skipped.push(format!("of {model} {left_out} files of other variants are left out"));
        }
        tensors = tensors.saturating_add(totals.tensors);
        let sum = parts.entry(part).or_default();
        // The second expert of a pair has the size of the first.
        *sum = if part == ImagePart::Denoiser {
            (*sum).max(totals.bytes)
        } else {
            sum.saturating_add(totals.bytes)
        };
        if part == ImagePart::Denoiser {
            seen = seen.plus(totals.seen);
        }
    }
    let title = name::folder_name(folder);
    let known = denoiser(&seen.marks, &title);
    let nothing = || {
        Problem::content(
            "the folders that it names hold no safetensors",
            "give the folder of a whole pipeline; PyTorch archives (`.bin`) are not read",
        )
        .at(index)
    };
    if parts.is_empty() {
        return Err(nothing());
    }
    let read = assemble(&seen, folder, title, parts, known).ok_or_else(nothing)?;
    Ok((with_notes(read, &skipped), tensors))
}

/// The same with what was left out said.
fn with_notes(read: Read, notes: &[String]) -> Read {
    match read {
        Read::File(mut file) => {
            file.notes.extend(notes.iter().cloned());
            Read::File(file)
        }
        unknown @ Read::Unknown { .. } => unknown,
    }
}

/// What a model of a pipeline is, by its place and class.
fn part(model: &str, class: &str) -> Option<ImagePart> {
    Some(match (model, class) {
        ("transformer" | "transformer_2" | "unet" | "prior", _) => ImagePart::Denoiser,
        ("vae" | "vqvae" | "movq", _) => ImagePart::Vae,
        ("controlnet", _) => ImagePart::Control,
        ("text_encoder", "CLIPTextModelWithProjection") | (_, "CLIPTextModel") => ImagePart::ClipL,
        (_, "CLIPTextModelWithProjection") => ImagePart::ClipG,
        (_, "T5EncoderModel" | "UMT5EncoderModel") => ImagePart::T5,
        (model, _) if model.starts_with("text_encoder") => ImagePart::LanguageModel,
        _ => return None,
    })
}

/// The tensors of a model's folder, and how many of its files are other variants of the same.
fn of_folder(folder: &Path, listed: &Contents) -> Result<Option<(Totals, usize)>, ImportError> {
    // `model.fp16.safetensors` is a variant of `model.safetensors`.
    let variant = |path: &PathBuf| {
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        stem.split_once('.').map(|(_, variant)| variant.to_owned())
    };
    let plain: Vec<&PathBuf> = listed.safetensors.iter().filter(|path| variant(path).is_none()).collect();
    let files = if plain.is_empty() {
        let first = listed.safetensors.first().and_then(variant);
        listed.safetensors.iter().filter(|path| variant(path) == first).collect()
    } else {
        plain
    };
    let mut all: Option<Totals> = None;
    for path in &files {
        let totals = safetensors::read(path, None).map_err(|problem| problem.at(folder.join(path)))?;
        all = Some(match all {
            Some(all) => all.plus(totals),
            None => totals,
        });
    }
    Ok(all.map(|all| (all, listed.safetensors.len() - files.len())))
}
