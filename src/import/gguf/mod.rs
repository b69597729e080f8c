//! GGUF files: the header is read, the tensors themselves never are.

mod caches;
mod header;
mod impossible;
mod kinds;
mod layer;
mod metadata;
mod model;
mod reader;
mod source;
mod split;
mod types;
mod weigh;

use std::io;
use std::path::Path;
use std::sync::Arc;

pub(super) use split::part_of;

use self::header::Header;
use self::weigh::Weighed;
use super::image::{self, Read, Seen};
use super::name;
use super::open::open;
use super::{ImportError, Imported, Note, Problem};
use crate::spec::{Container, FileWeights, ModelFile, Quantization, Vision};
use crate::units::{Bytes, count, quoted};

/// Reads a GGUF file, and its other parts if it is one of several.
///
/// # Errors
/// When a part that is there is damaged. Parts that are not there are noted.
pub(super) fn import(path: &Path) -> Result<Imported, ImportError> {
    let mut parts = Vec::new();
    let paths = split::parts(path);
    for part in &paths {
        match read_header(part) {
            Ok(header) => parts.push(header),
            Err(Problem::Read(error)) if part != path && error.kind() == io::ErrorKind::NotFound => {}
            Err(problem) => return Err(problem.at(part)),
        }
    }
    let mut notes = Vec::new();
    let missing = paths.len() - parts.len();
    if missing > 0 {
        notes.push(Note::MissingParts { missing, of: paths.len() });
    }
    notes.extend(
        parts
            .iter()
            .filter(|part| part.present < part.needed)
            .map(|part| Note::EndsEarly { present: part.present, needed: part.needed }),
    );
    assemble(parts, path, missing == 0, notes).map_err(|problem| problem.at(path))
}

/// The header of one file.
fn read_header(path: &Path) -> Result<Header, Problem> {
    let (file, length) = open(path)?;
    header::read(file, length)
}

/// The file as one of a pipeline for images; `None` where it is none, or of a pipeline that is not known here.
fn for_images(header: &Header, architecture: &str, path: &Path, notes: &[Note]) -> Option<Imported> {
    if model::read(architecture).is_some() {
        return None;
    }
    let mut seen = Seen::default();
    for tensor in &header.tensors {
        let rows_first: Vec<u64> = tensor.dimensions.iter().rev().copied().collect();
        seen.look(&tensor.name, tensor.kind, &rows_first, tensor.bytes);
    }
    let read @ Read::File(_) = image::read(&seen, path)? else { return None };
    let what = format!("GGUF v{}, {architecture}, {} tensors", header.version, header.tensors.len());
    let mut imported = super::for_images(read, path, &what);
    imported.notes.extend(notes.iter().cloned());
    Some(imported)
}

/// All parts together: the first one holds the settings, every one holds tensors.
fn assemble(
    parts: Vec<Header>,
    path: &Path,
    complete: bool,
    mut notes: Vec<Note>,
) -> Result<Imported, Problem> {
    let mut parts = parts.into_iter();
    let Some(mut first) = parts.next() else {
        return Err(Problem::content("no part of the model is there", "give a GGUF file"));
    };
    for part in parts {
        first.tensors.extend(part.tensors);
        first.tensor_bytes = first.tensor_bytes.saturating_add(part.tensor_bytes);
    }
    let architecture = first.metadata.text("general.architecture").unwrap_or("no architecture").to_owned();
    if let Some(imported) = for_images(&first, &architecture, path, &notes) {
        return Ok(imported);
    }
    kinds::refuse(&first, &architecture, complete)?;
    let number = first.metadata.whole("general.file_type", u32::MAX)?;
    let file_type = number.and_then(types::file_type);
    let type_name = match (file_type, number) {
        (Some(file_type), _) => file_type.key().to_owned(),
        (None, Some(number)) => format!("file type {}", types::other_file_type(number)),
        (None, None) => "file type not said".to_owned(),
    };
    if file_type.is_none() {
        notes.push(Note::OtherFileType { name: type_name.clone() });
    }
    let stored = file_type.map_or(Quantization::Own(Container::Gguf), Quantization::Gguf);
    let layers = model::layers_used(&first, &architecture)?;
    let Weighed { mut tensors, prediction, mut vision, twice } = weigh::weigh(&first.tensors, layers);
    let alone = kinds::is_projector(&first, &architecture);
    if alone {
        (tensors, vision) = (vec![super::weigh::all(first.tensor_bytes)], 0);
    }
    notes.extend(twice.map(|name| Note::Twice { name }));
    let mut model = if complete { model::model(&first, &architecture, path, &mut notes)? } else { None };
    if let Some(model) = model.as_mut().filter(|_| vision > 0) {
        let parameters = super::parameters::read(count(weigh::tower(&first.tensors)));
        model.vision = Some(Vision { parameters, tokens_per_image: 0, tower: None });
    }
    let is_known = model::read(&architecture).is_some();
    let differs = impossible::layers(&first, &architecture).filter(|_| complete && is_known);
    let drafts = prediction > 0 && differs.is_none();
    notes.extend(differs);
    if drafts {
        notes.push(Note::PredictionBytes { bytes: prediction });
    }
    if vision > 0 {
        notes.push(Note::TowerInFile { bytes: vision });
    }
    let bytes = Some(first.tensor_bytes);
    let file =
        ModelFile { prediction, vision, bytes, ..ModelFile::of(stored, FileWeights::Tensors(tensors)) };
    let mut weighed = model.is_none().then(|| model::weighed(&first, &architecture, path));
    if let (Some(weighed), Some(kept)) = (&mut weighed, caches::kept(&first, &architecture, layers)) {
        weighed.sketch = Some(Arc::new(kept));
        notes.retain(|note| !matches!(note, Note::UnknownArchitecture { .. } | Note::NotExpressible { .. }));
        notes.push(Note::SketchOnly { name: architecture.clone() });
    }
    if alone {
        notes.retain(|note| !matches!(note, Note::UnknownArchitecture { .. } | Note::OtherFileType { .. }));
        notes.push(kinds::projector());
    }
    let other = kinds::other_use(&architecture).map(|words| Note::Assumed(words.to_owned()));
    notes.extend(other.or_else(|| kinds::pooled(&first, &architecture)));
    // A blob of Ollama's is called by its digest, which names no model to anyone.
    let said = first.metadata.text("general.name").filter(|said| !said.trim().is_empty());
    if let Some(said) = said.filter(|_| name::is_digest(path)) {
        for model in [&mut model, &mut weighed].into_iter().flatten() {
            model.name = quoted(said);
            model.id = name::id(&model.name);
        }
    }
    Ok(Imported {
        model,
        exact_bytes: Some(Bytes::new(count(first.tensor_bytes))),
        file_type: Some(stored),
        file: Some(file),
        weighed,
        image: None,
        what: format!(
            "GGUF v{}{}, {architecture}, {type_name}, {} tensors",
            first.version,
            if first.big_endian { " big-endian" } else { "" },
            first.tensors.len()
        ),
        tensors: first.tensors,
        notes,
    })
}
