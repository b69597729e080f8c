//! A model on disk as a [`Model`](crate::spec::Model): GGUF, Hugging Face `config.json`, safetensors.
//!
//! Only headers are read, never tensors, so a file of 40 GB takes milliseconds. Files are not trusted: every
//! count is checked against what the file holds before anything is allocated for it.

mod adapter;
mod alike;
mod bounded;
mod checkpoint_parts;
mod error;
mod folder;
mod gguf;
mod hugging_face;
mod image;
mod imported;
mod limits;
mod name;
mod note;
mod of_configuration;
mod open;
mod parameters;
mod placeholder;
mod safetensors;
mod stack;
pub mod stores;
mod unknown;
mod weigh;

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

pub use error::{ImportError, Problem};
pub use imported::{Imported, StoredTensor};
pub use note::Note;

use self::folder::Contents;
use self::hugging_face::Described;
use self::of_configuration::{import_config, imported, unknown_type};
use self::safetensors::Totals;
use self::weigh::{compare_layers, weigh_promised, weigh_totals};
use crate::spec::preset::NoModel;
use crate::spec::{Container, FileWeights, ImageFile, ModelFile, Quantization, Vision};
use crate::units::{Bytes, count};

/// Reads the model at a path: a `.gguf`, a `config.json`, a `.safetensors`, or a folder that holds one model.
///
/// # Errors
/// When nothing there is a model, or what is there is damaged; the error says where and what would be right.
pub fn import(path: &Path) -> Result<Imported, ImportError> {
    if path.is_dir() {
        return import_folder(path);
    }
    match sniff(path).map_err(|problem| problem.at(path))? {
        File::Gguf => gguf::import(path),
        _ if is_of_adapter(path) => adapter::import_folder(path.parent().unwrap_or(Path::new("."))),
        File::Safetensors => import_safetensors(path),
        File::Json
            if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(".index.json")) =>
        {
            import_folder(path.parent().unwrap_or(Path::new(".")))
        }
        File::Json => import_config(path),
    }
}

/// Whether a file is one of the two that PEFT writes.
fn is_of_adapter(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let written = name == adapter::CONFIG || name.starts_with("adapter_model.");
    written && path.with_file_name(adapter::CONFIG).is_file()
}

/// What the first bytes of a file say it is.
enum File {
    Gguf,
    Safetensors,
    Json,
}

/// Looks at the first bytes; endings of names lie more often.
fn sniff(path: &Path) -> Result<File, Problem> {
    let (file, _) = open::open(path)?;
    let mut start = Vec::new();
    file.take(placeholder::START).read_to_end(&mut start)?;
    placeholder::refuse(&start)?;
    let has_ending = |ending: &str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending));
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    if start.starts_with(b"GGUF") || has_ending("gguf") {
        Ok(File::Gguf)
    } else if start.get(8) == Some(&b'{') && first != Some(&b'{') || has_ending("safetensors") {
        Ok(File::Safetensors)
    } else if first == Some(&b'{') || has_ending("json") {
        Ok(File::Json)
    } else if start.starts_with(b"PK") || start.starts_with(&[0x80]) {
        Err(Problem::binary(
            "a PyTorch or zip archive",
            0,
            "give its safetensors or GGUF form, or the folder's `config.json`",
        ))
    } else {
        Err(Problem::binary(
            "neither GGUF, safetensors nor JSON",
            0,
            "give a `.gguf`, a `.safetensors`, a `config.json`, or a folder that holds one",
        ))
    }
}

/// A folder: its configuration and tensors, or its one GGUF file.
fn import_folder(folder: &Path) -> Result<Imported, ImportError> {
    let contents = folder::contents(folder).map_err(|problem| problem.at(folder))?;
    if contents.config.is_none() && folder.join(adapter::CONFIG).is_file() {
        return adapter::import_folder(folder);
    }
    if let Some((read, tensors)) = image::import_folder(folder, &contents)? {
        return Ok(for_images(read, folder, &format!("folder of models, {tensors} tensors")));
    }
    if let Some(config) = &contents.config {
        let described = hugging_face::describe(config).map_err(|problem| problem.at(config))?;
        return with_tensors(described, folder, &contents);
    }
    match contents.gguf.as_slice() {
        [] => {}
        [one] => return gguf::import(one),
        several => {
            let names: Vec<_> = several.iter().take(8).filter_map(|path| path.file_name()).collect();
            let names: Vec<_> = names.iter().map(|name| name.to_string_lossy()).collect();
            return Err(Problem::content(
                format!("the folder holds {} GGUF models", several.len()),
                format!("give one of them: {}", names.join(", ")),
            )
            .at(folder));
        }
    }
    let mut notes = Vec::new();
    match folder::totals(folder, &contents, None, &mut notes)? {
        Some(totals) => Ok(only_tensors(&totals, notes, folder)),
        None => Err(Problem::content(
            "the folder holds no `config.json`, GGUF or safetensors file",
            "give the folder the model itself is in",
        )
        .at(folder)),
    }
}

/// A configuration together with the tensors beside it.
fn with_tensors(described: Described, folder: &Path, contents: &Contents) -> Result<Imported, ImportError> {
    let layers = described.layers;
    let drafting = described.model.as_ref().map_or(0, |model| u64::from(model.prediction_layers));
    let mut notes = Vec::new();
    let totals = folder::totals(folder, contents, layers, &mut notes)?;
    let promised = folder::promised(folder, contents);
    let says = described.model.is_some() || described.outline.is_some();
    if (!says || described.model_type.is_empty()) && totals.is_none() && promised.is_none() {
        return Err(unknown_type(&described).at(folder.join("config.json")));
    }
    let complete = !notes.iter().any(|note| matches!(note, Note::MissingParts { .. } | Note::NoParts { .. }));
    let (sees, tokens_per_image) = (described.sees, described.tokens_per_image);
    let has_tower = sees || described.tower.is_some();
    let (unknown_packing, tied) =
        (described.published.unknown, described.model.as_ref().is_some_and(|model| model.tied_embeddings));
    let mut imported = imported(described, folder.join("config.json").as_path());
    imported.notes.append(&mut notes);
    if totals.is_none() || !complete {
        weigh_promised(&mut imported, promised, unknown_packing);
    }
    let Some(totals) = totals else { return Ok(imported) };
    imported.exact_bytes = Some(Bytes::new(count(totals.bytes)));
    imported.what = format!("{}, {} tensors", imported.what, totals.tensors);
    // Of what is not known otherwise the files that are there are a lower bound.
    if complete || (promised.is_none() && imported.model.is_none()) {
        weigh_totals(&mut imported, &totals, (tied, has_tower));
        let said = layers.map(|layers| (u64::from(layers), drafting)).filter(|_| complete);
        compare_layers(&mut imported, totals.parts.layers, said);
    }
    let vision = if sees { totals.vision } else { 0 };
    for model in [&mut imported.model, &mut imported.weighed].into_iter().flatten().filter(|_| vision > 0) {
        let tower = model.vision.as_ref().and_then(|vision| vision.tower);
        let parameters = parameters::read(count(vision));
        model.vision = Some(Vision { parameters, tokens_per_image: tokens_per_image.unwrap_or(0), tower });
    }
    if vision > 0 {
        imported.notes.retain(|note| !note.is_about_a_tower());
    }
    if let Some(model) = &mut imported.model {
        if totals.packed {
            imported.notes.push(Note::CountedFromShapes);
        } else if complete && totals.elements > 0 {
            model.parameters = parameters::read(count(totals.elements.saturating_add(totals.vision)));
            model.active_parameters = parameters::active(model);
        }
    }
    Ok(imported)
}

/// One safetensors file: bytes, and no shapes to go by.
fn import_safetensors(path: &Path) -> Result<Imported, ImportError> {
    let totals = safetensors::read(path, None).map_err(|problem| problem.at(path))?;
    let mut notes = Vec::new();
    if totals.present < totals.needed {
        notes.push(Note::EndsEarly { present: totals.present, needed: totals.needed });
    }
    if let Some(read) = image::read(&totals.seen, path) {
        let mut imported = for_images(read, path, &format!("safetensors, {} tensors", totals.tensors));
        imported.exact_bytes = imported.exact_bytes.or_else(|| Some(Bytes::new(count(totals.bytes))));
        if imported.image.is_none() {
            imported.weighed = Some(unknown::model(path, "unknown", totals.elements, None));
            imported.file_type = None;
            imported.file = None;
            weigh_totals(&mut imported, &totals, (false, false));
        }
        imported.notes.append(&mut notes);
        return Ok(imported);
    }
    Ok(only_tensors(&totals, notes, path))
}

/// A file of models for images; where its pipeline is not known here, its bytes are a lower bound.
fn for_images(read: image::Read, path: &Path, what: &str) -> Imported {
    let unread = |notes| Imported {
        model: None,
        exact_bytes: None,
        file_type: None,
        file: None,
        weighed: None,
        image: None,
        tensors: Vec::new(),
        notes,
        what: what.to_owned(),
    };
    match read {
        image::Read::File(file) => Imported {
            exact_bytes: Some(Bytes::new(count(file.bytes()))),
            image: Some(Arc::new(file)),
            ..unread(Vec::new())
        },
        image::Read::Unknown { name, bytes } => {
            let why = format!("The file is of {name}, whose pipeline has no record here");
            let stored = Quantization::Own(Container::Checkpoint);
            let weights = FileWeights::Tensors(vec![weigh::all(bytes)]);
            Imported {
                exact_bytes: Some(Bytes::new(count(bytes))),
                file_type: Some(stored),
                file: Some(ModelFile { bytes: Some(bytes), ..ModelFile::of(stored, weights) }),
                weighed: Some(unknown::model(path, "unknown", 0, None)),
                ..unread(vec![Note::NotExpressible { why }])
            }
        }
    }
}

/// The file of a pipeline for images at a path.
///
/// # Errors
/// In a sentence: that it is none, or why it cannot be read.
pub fn find_image(key: &str) -> Result<Arc<ImageFile>, NoModel> {
    let imported = import(Path::new(key)).map_err(|error| NoModel(error.to_string()))?;
    let notes = imported.notes.iter().map(ToString::to_string).collect::<Vec<_>>();
    let file = imported.image.as_deref().cloned();
    file.map(|file| Arc::new(ImageFile { notes: [file.notes.clone(), notes].concat(), ..file }))
        .ok_or_else(|| NoModel(format!("`{}` holds no model of a pipeline for images", error::bounded(key))))
}

/// Tensors with no configuration beside them.
fn only_tensors(totals: &Totals, mut notes: Vec<Note>, path: &Path) -> Imported {
    notes.push(Note::NotExpressible {
        why: "safetensors files do not say what the model is; give the folder with its `config.json`"
            .to_owned(),
    });
    let mut imported = Imported {
        model: None,
        exact_bytes: Some(Bytes::new(count(totals.bytes))),
        file_type: None,
        file: None,
        weighed: Some(unknown::model(path, "unknown", totals.elements, None)),
        image: None,
        tensors: Vec::new(),
        notes,
        what: format!("safetensors, {} tensors", totals.tensors),
    };
    weigh_totals(&mut imported, totals, (false, false));
    imported
}
