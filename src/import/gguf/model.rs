//! The architecture of a GGUF file, from its settings and the shapes of its tensors.

use std::path::Path;

use super::super::error::bounded;
use super::super::limits::{CONTEXT, HIDDEN, LAYERS, VOCABULARY};
use super::super::stack::stack;
use super::super::{Note, Problem, StoredTensor, alike, name, parameters, unknown};
use super::header::Header;
use super::impossible;
use super::layer::layer;
use super::source::{Source, Stop};
use crate::spec::{Architecture, Makes, Mixer, Model};
use crate::units::count;

/// The architecture of a file whose layers are read.
pub(super) fn read(name: &str) -> Option<&'static Architecture> {
    Architecture::named(name).filter(|one| one.gguf.layers.is_some())
}

/// The model, or `None` with a note where it is unknown or cannot be expressed.
///
/// # Errors
/// When a setting that it needs is missing or impossible.
pub(super) fn model(
    header: &Header,
    name: &str,
    path: &Path,
    notes: &mut Vec<Note>,
) -> Result<Option<Model>, Problem> {
    let Some(architecture) = read(name) else {
        let read = Architecture::all().filter(|one| one.gguf.layers.is_some());
        let known: Vec<&str> = read.map(|one| one.name).collect();
        notes.push(Note::UnknownArchitecture { name: name.to_owned(), near: alike::near(name, &known) });
        notes.extend(impossible::of(header, name));
        return Ok(None);
    };
    match build(&Source::new(architecture, header), header, path, notes) {
        Ok(model) => Ok(Some(model)),
        Err(Stop::Inexpressible(why)) => {
            notes.push(Note::NotExpressible { why });
            Ok(None)
        }
        Err(Stop::Impossible(note)) => {
            notes.push(note);
            Ok(None)
        }
        Err(Stop::Wrong(problem)) => Err(problem),
    }
}

/// Layers that every use loads: those behind them only draft tokens.
///
/// # Errors
/// When a setting is no number.
pub(super) fn layers_used(header: &Header, architecture: &str) -> Result<u64, Problem> {
    let number = |name: &str| header.metadata.whole(&format!("{architecture}.{name}"), LAYERS);
    let Some(all) = number("block_count")? else { return Ok(u64::MAX) };
    Ok(u64::from(all.saturating_sub(number("nextn_predict_layers")?.unwrap_or(0))))
}

/// What is known of a model whose layers are not: its name and its parameters.
pub(super) fn weighed(header: &Header, architecture: &str, path: &Path) -> Model {
    let number = |name: &str, most| {
        header
            .metadata
            .whole(&format!("{architecture}.{name}"), most)
            .ok()
            .flatten()
            .filter(|number| *number > 0)
    };
    let used = layers_used(header, architecture).ok().and_then(|layers| u32::try_from(layers).ok());
    let title = header.metadata.text("general.name").filter(|title| !title.trim().is_empty());
    Model {
        name: bounded(title.unwrap_or(&name::name(path))),
        ..unknown::model(
            path,
            architecture,
            elements(header, used.unwrap_or(u32::MAX)),
            number("context_length", CONTEXT),
        )
    }
}

/// The model of a known architecture.
fn build(source: &Source<'_>, header: &Header, path: &Path, notes: &mut Vec<Note>) -> Result<Model, Stop> {
    let hidden = source.required("embedding_length", HIDDEN)?;
    let all_layers = source.required("block_count", LAYERS)?;
    let prediction = source.optional("nextn_predict_layers", LAYERS)?.unwrap_or(0);
    if prediction > 0 {
        notes.push(Note::PredictionLayers { layers: prediction });
    }
    let used_layers = all_layers.saturating_sub(prediction);
    if let Some(window) = source.ignored_window()? {
        notes.push(Note::WindowIgnored { window });
    }
    let layers = (0..used_layers).map(|index| layer(source, index, hidden)).collect::<Result<Vec<_>, _>>()?;
    let mut attention = layers.iter().filter_map(|(mixer, _)| match mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => Some(attention),
        _ => None,
    });
    if let Some(own) = attention.find(|own| !own.heads.is_multiple_of(own.kv_heads.max(1))) {
        return Err(Stop::Impossible(Note::ImpossibleHeads { heads: own.heads, kv_heads: own.kv_heads }));
    }
    let embedding = source
        .tensor("token_embd.weight")
        .ok_or_else(|| Stop::Inexpressible("the file has no token embedding".to_owned()))?;
    let [width, rows] = embedding.dimensions.as_slice() else {
        return Err(Stop::Inexpressible("the token embedding is no matrix".to_owned()));
    };
    if *width != u64::from(hidden) {
        return Err(Stop::Inexpressible(format!("the token embedding is {width} wide, the model {hidden}")));
    }
    let vocabulary = u32::try_from(*rows).ok().filter(|rows| *rows <= VOCABULARY);
    let title = header.metadata.text("general.name").filter(|title| !title.trim().is_empty());
    let file_name = name::name(path);
    let mut model = Model {
        id: name::id(&file_name),
        name: bounded(title.unwrap_or(&file_name)),
        family: bounded(header.metadata.text("general.organization").unwrap_or("Imported")),
        architecture: source.architecture.name.to_owned(),
        parameters: parameters::read(count(elements(header, used_layers))),
        active_parameters: None,
        source: parameters::SOURCE.to_owned(),
        hidden,
        vocabulary: vocabulary
            .ok_or_else(|| Stop::Inexpressible(format!("the token embedding has {rows} rows")))?,
        tied_embeddings: source.tensor("output.weight").is_none(),
        context_max: source.required("context_length", CONTEXT)?,
        norms: source.architecture.norms,
        norm_bias: source.has(0, "attn_norm.bias"),
        layer_embedding: None,
        makes: makes(source)?,
        rope_factors: header.tensors.iter().filter(|tensor| is_rope(tensor)).fold(0, |sum, tensor| {
            u32::try_from(tensor.elements()).map_or(u32::MAX, |elements| sum.saturating_add(elements))
        }),
        output_bias: source.tensor("output.bias").is_some(),
        stack: stack(&layers),
        vision: None,
        prediction_layers: prediction,
        file: None,
        sketch: None,
    };
    model.active_parameters = parameters::active(&model);
    Ok(model)
}

/// Frequencies of the rotary positions: stored, but not learnt.
fn is_rope(tensor: &StoredTensor) -> bool {
    tensor.name.starts_with("rope_f")
}

/// Learnt numbers of the file, without layers that predict several tokens ahead.
fn elements(header: &Header, layers: u32) -> u64 {
    let used = |tensor: &&StoredTensor| {
        let layer = tensor.name.strip_prefix("blk.").and_then(|rest| rest.split('.').next());
        !is_rope(tensor)
            && layer.and_then(|layer| layer.parse::<u32>().ok()).is_none_or(|layer| layer < layers)
    };
    header.tensors.iter().filter(used).fold(0, |sum, tensor| sum.saturating_add(tensor.elements()))
}

/// What a file says that is made of a text (`enum llama_pooling_type`): a vector of the mean, the first or the last token, or a
/// score.
fn makes(source: &Source<'_>) -> Result<Makes, Stop> {
    Ok(match source.optional("pooling_type", 4)? {
        Some(1..=3) => Makes::Embeddings,
        Some(4) => Makes::Scores,
        _ => Makes::Text,
    })
}
