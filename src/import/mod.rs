//! A model on disk as a [`Model`](crate::spec::Model): GGUF, Hugging Face `config.json`, safetensors.
//!
//! Only headers are read, never tensors, so a file of 40 GB takes milliseconds. Files are not trusted: every
//! count is checked against what the file holds before anything is allocated for it.

mod adapter;
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
mod open;
mod parameters;
mod safetensors;
mod stack;
pub mod stores;
mod unknown;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

pub use error::{ImportError, Problem};
pub use imported::{Imported, Note, StoredTensor};

use self::folder::Contents;
use self::hugging_face::{Described, Sketched};
use self::safetensors::Totals;
use crate::spec::preset::NoModel;
use crate::spec::{
    Container, FileTensor, FileWeights, ImageFile, ModelFile, Packing, Quantization, Role, Rules, Runtime,
    Tensor, Vision,
};
use crate::units::{Bytes, count, show_grouped};

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
    file.take(16).read_to_end(&mut start)?;
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
    let layers = described.model.as_ref().map(crate::spec::Model::layer_count);
    let mut notes = Vec::new();
    let totals = folder::totals(folder, contents, layers, &mut notes)?;
    let promised = folder::promised(folder, contents);
    if described.model.is_none() && described.outline.is_none() && totals.is_none() && promised.is_none() {
        return Err(unknown_type(&described).at(folder.join("config.json")));
    }
    let complete = !notes.iter().any(|note| matches!(note, Note::MissingParts { .. }));
    let (sees, tokens_per_image) = (described.sees, described.tokens_per_image);
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
    if complete {
        weigh_totals(&mut imported, &totals, tied);
    }
    if let Some(model) = &mut imported.model {
        if sees && totals.vision > 0 {
            let tokens_per_image = tokens_per_image.unwrap_or(0);
            let parameters = parameters::read(count(totals.vision));
            model.vision = Some(Vision { parameters, tokens_per_image, tower: None });
            imported.notes.retain(|note| *note != Note::VisionNotCounted);
        }
        if totals.packed {
            imported.notes.push(Note::CountedFromShapes);
        } else if complete && totals.elements > 0 {
            model.parameters = parameters::read(count(totals.elements.saturating_add(totals.vision)));
            model.active_parameters = parameters::active(model);
        }
    }
    Ok(imported)
}

/// The files' own tensors decide what the weights take.
fn weigh_totals(imported: &mut Imported, totals: &Totals, tied: bool) {
    let stored = imported.file.as_ref().map(|file| file.stored).or(imported.file_type);
    let stored = stored.unwrap_or(Quantization::Own(Container::Checkpoint));
    imported.file_type = Some(stored);
    // A tied output matrix may be stored beside the embedding it equals; it is loaded once.
    let loaded = |tensor: &FileTensor| !(tied && tensor.tensor.role == Role::Output);
    let tensors = totals.parts.tensors().into_iter().filter(loaded).collect();
    imported.file = Some(ModelFile {
        stored,
        weights: FileWeights::Tensors(tensors),
        prediction: totals.parts.prediction,
        vision: totals.parts.vision,
        bytes: Some(totals.bytes),
        adapter: None,
        notes: Vec::new(),
    });
    imported.notes.retain(|note| !matches!(note, Note::PrecisionAssumed(_)));
    if totals.parts.prediction > 0 {
        imported.notes.push(Note::PredictionBytes { bytes: totals.parts.prediction });
    }
}

/// What an index promises, where its files are not there: of what is not known otherwise it is all that there is.
fn weigh_promised(imported: &mut Imported, promised: Option<u64>, unknown_packing: bool) {
    let Some(bytes) = promised else { return };
    imported.exact_bytes = Some(Bytes::new(count(bytes)));
    let only_bytes = imported.model.is_none() || unknown_packing;
    if !only_bytes {
        return;
    }
    let stored = imported.file_type.unwrap_or(Quantization::Own(Container::Checkpoint));
    imported.file_type = Some(stored);
    imported.notes.retain(|note| !matches!(note, Note::PrecisionAssumed(_)));
    imported
        .notes
        .push(Note::Assumed("The weights are what the index says of all its files together".to_owned()));
    imported.file = Some(ModelFile {
        stored,
        weights: FileWeights::Tensors(vec![all(bytes)]),
        prediction: 0,
        vision: 0,
        bytes: Some(bytes),
        adapter: None,
        notes: Vec::new(),
    });
}

/// Everything of a file in one.
fn all(bytes: u64) -> FileTensor {
    let tensor = Tensor { role: Role::Other, columns: 0, rows: 0, stack: 1 };
    FileTensor { tensor, layer: None, format: "as stored", count: 1, bytes }
}

/// A configuration alone.
fn import_config(path: &Path) -> Result<Imported, ImportError> {
    let described = hugging_face::describe(path).map_err(|problem| problem.at(path))?;
    if described.model.is_none() && described.outline.is_none() {
        return Err(unknown_type(&described).at(path));
    }
    Ok(imported(described, path))
}

/// An unknown type with no tensors to fall back on.
fn unknown_type(described: &Described) -> Problem {
    Problem::content(
        format!("unknown model_type `{}`", error::bounded(&described.model_type)),
        format!("known are {}", hugging_face::known()),
    )
}

/// What a configuration alone gives.
fn imported(described: Described, path: &Path) -> Imported {
    let Described {
        mut model,
        outline,
        sketched,
        model_type,
        published,
        mut notes,
        sees,
        tower,
        tokens_per_image,
    } = described;
    notes.extend(published.notes.into_iter().map(Note::PrecisionAssumed));
    if sketched.is_some() {
        notes.push(Note::SketchOnly { name: model_type.clone() });
        notes.extend(tower_words(tower, sees));
    } else if model.is_none() && !notes.iter().any(|note| matches!(note, Note::NotExpressible { .. })) {
        notes.push(Note::UnknownArchitecture { name: model_type.clone(), known: hugging_face::known() });
    } else {
        notes.extend(tower_words(tower, sees));
    }
    if let (Some(model), Some(tower)) = (&mut model, tower) {
        let parameters = parameters::read(count(tower));
        model.vision =
            Some(Vision { parameters, tokens_per_image: tokens_per_image.unwrap_or(0), tower: None });
        // Of a model that sees, the published count has the tower in it.
        model.parameters = parameters::read(model.parameters.value() + count(tower));
    }
    let rules = published.rules.clone().zip(published.stored);
    let mut file = rules.map(|(rules, stored)| ModelFile {
        stored,
        weights: FileWeights::Rules(rules),
        prediction: 0,
        vision: 0,
        bytes: None,
        adapter: None,
        notes: Vec::new(),
    });
    let mut file_type = published.stored;
    let outline = outline.filter(|_| model.is_none());
    let weighed = model
        .is_none()
        .then(|| outline.as_ref().map_or_else(|| unknown::model(path, &model_type, 0, None), Clone::clone));
    if let Some(sketched) = &sketched {
        let rules = published.rules.clone().unwrap_or_else(|| Rules::plain(2));
        let stored = file_type.unwrap_or(Quantization::Own(Container::Checkpoint));
        file_type = Some(stored);
        file = Some(of_sketch(sketched, &rules, stored));
    } else if let Some(outline) = &outline {
        // The embedding is in every model, and in 16 bit in all formats but MLX's.
        let plain =
            if file_type.is_some_and(|stored| stored.runs_on(Runtime::Mlx) && stored != Quantization::Bf16) {
                2.0
            } else {
                16.0
            };
        let tensor = Tensor {
            role: Role::TokenEmbedding,
            columns: outline.hidden,
            rows: outline.vocabulary,
            stack: 1,
        };
        let bytes = Packing::plain("16 bit", plain).bytes(tensor);
        let stored = file_type.unwrap_or(Quantization::Own(Container::Checkpoint));
        file_type = Some(stored);
        notes.push(Note::Assumed(
            "Without files nothing but the token embedding is known of it; give the folder with its safetensors index for all of its weights".to_owned(),
        ));
        file = Some(ModelFile {
            stored,
            weights: FileWeights::Tensors(vec![FileTensor {
                tensor,
                layer: None,
                format: "at least",
                count: 1,
                bytes,
            }]),
            prediction: 0,
            vision: 0,
            bytes: None,
            adapter: None,
            notes: Vec::new(),
        });
    }
    let file = file.or_else(|| noted(&notes, file_type));
    Imported {
        model,
        exact_bytes: None,
        file_type,
        file,
        weighed,
        image: None,
        tensors: Vec::new(),
        notes,
        what: format!("Hugging Face configuration, {}", error::bounded(&model_type)),
    }
}

/// Notes reach people with the model's file, so there is one where anything is to be said.
fn noted(notes: &[Note], file_type: Option<Quantization>) -> Option<ModelFile> {
    (!notes.is_empty()).then(|| ModelFile {
        stored: file_type.unwrap_or(Quantization::Bf16),
        weights: FileWeights::Rules(Rules::plain(2)),
        prediction: 0,
        vision: 0,
        bytes: None,
        adapter: None,
        notes: Vec::new(),
    })
}

/// What is said of the tower that sees or hears.
fn tower_words(tower: Option<u64>, sees: bool) -> Option<Note> {
    match tower {
        Some(parameters) => Some(Note::Assumed(format!(
            "What sees or hears has {} parameters by its class, its projector included; they are counted where vision is on",
            show_grouped(parameters)
        ))),
        None => sees.then_some(Note::VisionNotCounted),
    }
}

/// The weights of a class whose tensors are known, as a configuration packs them.
fn of_sketch(sketched: &Sketched, rules: &Rules, stored: Quantization) -> ModelFile {
    let mut sums: BTreeMap<(Option<u64>, Tensor), u64> = BTreeMap::new();
    for (layer, tensor) in &sketched.tensors {
        *sums.entry((*layer, *tensor)).or_default() += 1;
    }
    let tensors = sums.into_iter().map(|((layer, tensor), times)| FileTensor {
        tensor,
        layer,
        format: rules.packing(tensor.role, layer).map_or("plain", |packing| packing.name),
        count: times,
        bytes: rules.bytes(tensor, layer).saturating_mul(times),
    });
    ModelFile {
        stored,
        weights: FileWeights::Tensors(tensors.collect()),
        prediction: 0,
        vision: 0,
        bytes: None,
        adapter: None,
        notes: Vec::new(),
    }
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
            weigh_totals(&mut imported, &totals, false);
        }
        imported.notes.append(&mut notes);
        return Ok(imported);
    }
    Ok(only_tensors(&totals, notes, path))
}

/// A file of models for images; where its pipeline is not known here, its bytes are weighed by who calls this.
fn for_images(read: image::Read, path: &Path, what: &str) -> Imported {
    let (file, notes) = match read {
        image::Read::File(file) => (Some(Arc::new(file)), Vec::new()),
        image::Read::Unknown(name) => {
            let why = format!("The file is of {name}, whose pipeline has no record here");
            (None, vec![Note::NotExpressible { why }])
        }
    };
    Imported {
        model: None,
        exact_bytes: file.as_ref().map(|file| Bytes::new(count(file.bytes()))),
        file_type: None,
        file: None,
        weighed: file.is_none().then(|| unknown::model(path, "unknown", 0, None)),
        image: file,
        tensors: Vec::new(),
        notes,
        what: what.to_owned(),
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
    weigh_totals(&mut imported, totals, false);
    imported
}
