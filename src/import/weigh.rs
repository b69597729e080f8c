//! What the weights of a model take, by its files or by what their index says of them.

use super::safetensors::Totals;
use super::{Imported, Note};
use crate::spec::{Container, FileTensor, FileWeights, Model, ModelFile, Quantization, Role, Tensor, Wide};
use crate::units::{Bytes, count};

/// The files' own tensors decide what the weights take; what sees or hears is apart where something `sees`.
pub(super) fn weigh_totals(imported: &mut Imported, totals: &Totals, (tied, sees): (bool, bool)) {
    let before = imported.file.as_ref();
    let was_wide = before.is_some_and(|file| file.wide != Wide::No);
    let reader = before.and_then(|file| file.reader);
    let said = imported.file_type.filter(|_| before.is_none_or(|file| file.stated) && !was_wide);
    let stored = said.unwrap_or_else(|| of_tensors(totals));
    let is_wide = !totals.packed && is_mostly(totals, &["F32"]);
    let wide = match said {
        _ if !is_wide => Wide::No,
        Some(Quantization::Bf16) => Wide::Despite,
        _ => Wide::Yes,
    };
    imported.file_type = Some(stored);
    // A tied output matrix may be stored beside the embedding it equals; it is loaded once.
    let loaded = |tensor: &FileTensor| !(tied && tensor.tensor.role == Role::Output);
    let vision = totals.parts.vision;
    // What is called like a tower in a model that has none is weights like others.
    let others = (vision > 0 && !sees).then(|| all(vision));
    let tensors = totals.parts.tensors().into_iter().filter(loaded).chain(others).collect();
    imported.file = Some(ModelFile {
        wide,
        reader,
        prediction: totals.parts.prediction,
        vision: if sees { vision } else { 0 },
        bytes: Some(totals.bytes),
        ..ModelFile::of(stored, FileWeights::Tensors(tensors))
    });
    imported.notes.retain(|note| {
        !matches!(note, Note::PrecisionAssumed(_) | Note::OnlyEmbedding | Note::WideFloats { .. })
    });
    imported.notes.extend(is_wide.then_some(Note::WideFloats { despite: wide == Wide::Despite }));
    imported.notes.extend((was_wide && !is_wide).then(|| {
        let said = "The configuration says 32 bit and the tensors do not: they are weighed as they lie; Transformers \
                    loads them in 32 bit unless it is given a dtype";
        Note::Assumed(said.to_owned())
    }));
    if totals.parts.prediction > 0 {
        imported.notes.push(Note::PredictionBytes { bytes: totals.parts.prediction });
    }
}

/// Says so where files hold other layers than the configuration says; those that no program runs are left out.
pub(super) fn compare_layers(imported: &mut Imported, held: u64, said: Option<(u64, u64)>) {
    let Some((said, drafting)) = said.filter(|_| held > 0) else { return };
    let differs = held < said || held > said.saturating_add(drafting);
    if !differs || imported.model.is_none() {
        return;
    }
    imported.notes.push(Note::LayersDiffer { held, said });
    if let Some(file) = imported.file.as_mut().filter(|_| held > said && drafting == 0) {
        file.prediction = 0;
        imported.notes.retain(|note| !matches!(note, Note::PredictionBytes { .. }));
    }
}

/// Whether more than half of the bytes are in these formats.
fn is_mostly(totals: &Totals, formats: &[&str]) -> bool {
    let tensors = totals.parts.tensors();
    let sum = |all: bool| -> u64 {
        tensors
            .iter()
            .filter(|tensor| all || formats.contains(&tensor.format))
            .map(|tensor| tensor.bytes)
            .sum()
    };
    sum(false) > sum(true) / 2
}

/// The format of files whose configuration says none: 16 bit where most of their bytes are.
fn of_tensors(totals: &Totals) -> Quantization {
    if !totals.packed && is_mostly(totals, &["BF16", "F16"]) {
        return Quantization::Bf16;
    }
    Quantization::Own(Container::Checkpoint)
}

/// What an index promises, where its files are not there: of what is not known otherwise it is all that there is, and
/// where it disagrees with the shapes it decides.
pub(super) fn weigh_promised(imported: &mut Imported, promised: Option<u64>, unknown_packing: bool) {
    let Some(bytes) = promised else { return };
    imported.exact_bytes = Some(Bytes::new(count(bytes)));
    let agrees = imported.model.as_ref().is_some_and(|model| agrees(imported, model, bytes));
    let is_stated = imported.file.as_ref().is_none_or(|file| file.stated);
    if agrees && !unknown_packing {
        imported.notes.push(Note::IndexBeside { bytes });
        // What the configuration does not say follows from the bytes of a value.
        let is_told =
            !is_stated && imported.model.as_ref().is_some_and(|model| is_of_width(model, bytes, 2.0));
        imported.notes.retain(|note| !is_told || !matches!(note, Note::PrecisionAssumed(_)));
        return;
    }
    let is_wide = imported.model.as_ref().is_some_and(|model| is_of_width(model, bytes, 4.0))
        && imported.file_type == Some(Quantization::Bf16);
    let own = Quantization::Own(Container::Checkpoint);
    let stored = imported.file_type.filter(|_| is_stated).unwrap_or(own);
    imported.file_type = Some(stored);
    imported.notes.retain(|note| !matches!(note, Note::PrecisionAssumed(_) | Note::OnlyEmbedding));
    imported.notes.push(Note::IndexDecides { bytes });
    imported.notes.extend(is_wide.then_some(Note::WideFloats { despite: is_stated }));
    let wide = match (is_wide, is_stated) {
        (false, _) => Wide::No,
        (true, true) => Wide::Despite,
        (true, false) => Wide::Yes,
    };
    let weights = FileWeights::Tensors(vec![FileTensor {
        format: if is_wide { "F32" } else { "as stored" },
        ..all(bytes)
    }]);
    let reader = imported.file.as_ref().and_then(|file| file.reader);
    imported.file = Some(ModelFile { wide, reader, bytes: Some(bytes), ..ModelFile::of(stored, weights) });
}

/// Whether the shapes make as many bytes as an index promises, or nothing says that they must: where matrices are packed,
/// or files hold more than the language model.
fn agrees(imported: &Imported, model: &Model, bytes: u64) -> bool {
    let rules = imported.file.as_ref().map(|file| &file.weights);
    let plain = match rules {
        None => 2.0,
        Some(FileWeights::Rules(rules)) if rules.kinds.is_empty() && rules.layers.is_empty() => {
            f64::from(rules.plain)
        }
        Some(_) => return true,
    };
    let holds_more = imported.notes.iter().any(Note::holds_more);
    holds_more || is_of_width(model, bytes, plain)
}

/// Whether so many bytes are all values of a model in so many bytes each.
fn is_of_width(model: &Model, bytes: u64, width: f64) -> bool {
    (count(bytes) / (model.parameters.value() * width) - 1.0).abs() < AGREES
}

/// How near an index and the shapes are where both are right: norms and buffers aside.
const AGREES: f64 = 0.01;

/// Everything of a file in one.
pub(super) fn all(bytes: u64) -> FileTensor {
    let tensor = Tensor { role: Role::Other, columns: 0, rows: 0, stack: 1 };
    FileTensor { tensor, layer: None, format: "as stored", count: 1, bytes }
}
