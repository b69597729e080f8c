//! What a configuration alone gives.

use std::collections::BTreeMap;
use std::path::Path;

use super::hugging_face::{self, Described, Seen, Sketched};
use super::{ImportError, Imported, Note, Problem, error, parameters, unknown};
use crate::spec::{
    FileTensor, FileWeights, Model, ModelFile, Packing, Quantization, Role, Rules, Runtime, Tensor, Vision,
    Wide,
};
use crate::units::count;

/// A configuration alone.
pub(super) fn import_config(path: &Path) -> Result<Imported, ImportError> {
    let described = hugging_face::describe(path).map_err(|problem| problem.at(path))?;
    let is_known = described.model.is_some() || described.outline.is_some();
    if !is_known || described.model_type.is_empty() {
        return Err(unknown_type(&described).at(path));
    }
    Ok(imported(described, path))
}

/// An unknown type with no tensors to fall back on.
pub(super) fn unknown_type(described: &Described) -> Problem {
    let name = &described.model_type;
    if name.is_empty() {
        let remedy = "give the `config.json` of a Hugging Face model";
        return Problem::content("the file has no `model_type`", remedy);
    }
    let remedy = "give the folder with its safetensors files or their index, which are weighed as they are";
    let shown = error::bounded(name);
    if hugging_face::is_known(name) {
        let what = format!("the configuration of `{shown}` lacks numbers that its layers follow from");
        return Problem::content(
            what,
            format!("give the `config.json` that came with the model; or {remedy}"),
        );
    }
    let what = format!("model_type `{shown}` is not known here{}", hugging_face::near(name));
    let lacks = "the file gives no width and vocabulary, which its embedding would follow from";
    Problem::content(format!("{what}; {lacks}"), remedy)
}

/// What a configuration alone gives.
pub(super) fn imported(described: Described, path: &Path) -> Imported {
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
        layers: _,
    } = described;
    let taken = match (published.stored, &model) {
        (Some(_), _) => "",
        // The layers of a known model are weighed in any format, the tensors of another only as they are.
        (None, Some(_)) => "; 16 bit is taken, as models are published, unless quantization is set",
        (None, None) => "; 16 bit is taken",
    };
    notes.extend(published.notes.iter().map(|note| Note::PrecisionAssumed(format!("{note}{taken}"))));
    notes.extend(published.wide.then_some(Note::WideFloats { despite: false }));
    if sketched.is_some() {
        notes.push(Note::SketchOnly { name: model_type.clone() });
    } else if model.is_none() && !notes.iter().any(|note| matches!(note, Note::NotExpressible { .. })) {
        notes.push(Note::UnknownArchitecture {
            name: model_type.clone(),
            near: hugging_face::near(&model_type),
        });
    }
    notes.extend(tower_notes(tower, sees));
    let outline = outline.filter(|_| model.is_none());
    let mut weighed = model
        .is_none()
        .then(|| outline.as_ref().map_or_else(|| unknown::model(path, &model_type, 0, None), Clone::clone));
    if let Some(tower) = tower {
        for model in [&mut model, &mut weighed].into_iter().flatten() {
            add_tower(model, tower, tokens_per_image);
        }
    }
    let wide = if published.wide { Wide::Yes } else { Wide::No };
    let reader = published.reader;
    // Experts may be packed where the rest says no form of its own.
    let says = |rules: &Rules| published.stored.is_some() || !rules.kinds.is_empty();
    let rules = published.rules.clone().filter(says);
    let rules = rules.map(|rules| (rules, published.stored.unwrap_or(Quantization::Bf16)));
    let mut file = rules.map(|(rules, stored)| ModelFile {
        stated: published.stored.is_some(),
        wide,
        reader,
        ..ModelFile::of(stored, FileWeights::Rules(rules))
    });
    // Where nothing is said and nothing lies beside it, vLLM loads 16 bit (`_find_dtype`, `_resolve_auto_dtype`).
    let (stored, stated) = (published.stored.unwrap_or(Quantization::Bf16), published.stored.is_some());
    if let Some(sketched) = &sketched {
        let rules = published.rules.clone().unwrap_or_else(|| Rules::plain(2));
        file = Some(ModelFile { stated, wide, reader, ..of_sketch(sketched, &rules, stored) });
    } else if let Some(outline) = &outline {
        notes.push(Note::OnlyEmbedding);
        let weights = FileWeights::Tensors(vec![embedding(outline, published.stored)]);
        file = Some(ModelFile { stated, ..ModelFile::of(stored, weights) });
    }
    // Notes reach people with the model's file, so there is one where anything is to be said.
    let of_notes = || ModelFile { stated, ..ModelFile::of(stored, FileWeights::Rules(Rules::plain(2))) };
    let file = file.or_else(|| (!notes.is_empty()).then(of_notes));
    Imported {
        model,
        exact_bytes: None,
        file_type: Some(stored),
        file,
        weighed,
        image: None,
        tensors: Vec::new(),
        notes,
        what: format!("Hugging Face configuration, {}", error::bounded(&model_type)),
    }
}

/// What sees or hears beside the language model; of a model that sees, the published count has the tower in it.
fn add_tower(model: &mut Model, tower: Seen, tokens_per_image: Option<u32>) {
    let parameters = parameters::read(count(tower.parameters));
    let tokens_per_image = tokens_per_image.unwrap_or(0);
    model.vision = Some(Vision { parameters, tokens_per_image, tower: tower.shape });
    model.parameters = parameters::read(model.parameters.value() + count(tower.parameters));
}

/// The embedding, which is in every model, and in 16 bit in all formats but MLX's.
fn embedding(outline: &Model, stored: Option<Quantization>) -> FileTensor {
    let mlx = stored.is_some_and(|stored| stored.runs_on(Runtime::Mlx) && stored != Quantization::Bf16);
    let tensor =
        Tensor { role: Role::TokenEmbedding, columns: outline.hidden, rows: outline.vocabulary, stack: 1 };
    let bytes = Packing::plain("16 bit", if mlx { 2.0 } else { 16.0 }).bytes(tensor);
    FileTensor { tensor, layer: None, format: "at least", count: 1, bytes }
}

/// What is said of the tower that sees or hears.
fn tower_notes(tower: Option<Seen>, sees: bool) -> Vec<Note> {
    let Some(tower) = tower else { return sees.then_some(Note::VisionNotCounted).into_iter().collect() };
    let parameters = tower.parameters;
    if tower.at_least {
        return vec![Note::VisionAtLeast { parameters }];
    }
    let tiles = (tower.tiles && tower.shape.is_some()).then_some(Note::VisionTiles);
    [Note::VisionByClass { parameters }].into_iter().chain(tiles).collect()
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
        format: rules.packing(tensor.role, layer).map_or(rules.plain_name(), |packing| packing.name),
        count: times,
        bytes: rules.bytes(tensor, layer).saturating_mul(times),
    });
    ModelFile::of(stored, FileWeights::Tensors(tensors.collect()))
}
