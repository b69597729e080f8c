//! The model of a known type, from the numbers of its configuration.

use std::path::Path;

use super::super::limits::{CONTEXT, HIDDEN, VOCABULARY};
use super::super::{Note, Problem, name, parameters, stack, unknown};
use super::config::{Keys, RopeScaling, Source};
use super::family::Family;
use super::{layers, nemotron};
use crate::spec::Model;
use crate::spec::architecture::{Class, Shape};
use crate::units::{count, show_grouped};

/// The model of a known type.
pub(super) fn model(
    source: &mut Source<'_>,
    family: Family,
    outer: &Keys,
    path: &Path,
) -> Result<Model, Problem> {
    let (config, class) = (source.config, family.class);
    let hidden = source.required("hidden_size", config.hidden_size, HIDDEN)?;
    let layers = match class.shape {
        Shape::Nemotron => nemotron::layers(source, class, hidden)?,
        _ => layers::layers(source, class, hidden)?,
    };
    let left_out = class.left_out();
    let vocabulary = source.or_default(
        "vocab_size",
        config.vocab_size.or(config.padded_vocab_size),
        VOCABULARY,
        left_out.map(|class| class.vocabulary),
    )?;
    let context = config.max_position_embeddings.or(config.seq_length);
    let context_max = if context.is_none() && left_out.is_none() {
        let said = format!(
            "The configuration does not say for how many tokens the model is made; up to {} are asked of it",
            show_grouped(u64::from(unknown::CONTEXT))
        );
        source.note(Note::Assumed(said));
        unknown::CONTEXT
    } else {
        source.or_default("max_position_embeddings", context, CONTEXT, left_out.map(|class| class.context))?
    };
    let prediction_layers = config.prediction_layers();
    if prediction_layers > 0 {
        source.note(Note::PredictionLayers { layers: prediction_layers });
    }
    let name = name::name(path);
    let mut model = Model {
        id: name::id(&name),
        name,
        family: class.publisher.to_owned(),
        architecture: family.architecture.name.to_owned(),
        parameters: parameters::read(0.0),
        active_parameters: None,
        source: parameters::SOURCE.to_owned(),
        hidden,
        vocabulary,
        // Of a wrapper the outer word counts, as its class ties by it.
        tied_embeddings: outer.tie_word_embeddings.or(config.tie_word_embeddings).unwrap_or(class.tied),
        context_max,
        norms: family.architecture.norms,
        norm_bias: class.biased,
        layer_embedding: None,
        makes: crate::spec::Makes::Text,
        rope_factors: rope_factors(config, hidden),
        output_bias: class.head_bias_asked && config.use_bias.unwrap_or(false),
        stack: stack::stack(&layers),
        vision: None,
        prediction_layers,
        file: None,
        sketch: None,
    };
    model.parameters = parameters::read(parameters::counted(&model) + beside_shapes(class, config, &model));
    model.active_parameters = parameters::active(&model);
    Ok(model)
}

/// Learnt numbers that no tensor of the usual layers holds: of Gemma 4 with experts three
/// more norms, a scale of the router's input and one of each expert; of Apertus two of the function in each network.
fn beside_shapes(class: &Class, config: &Keys, model: &Model) -> f64 {
    let experts = config.num_experts.filter(|_| class.dense_beside_experts);
    let experts = experts.map_or(0, |experts| 4 * u64::from(model.hidden) + u64::from(experts));
    let numbers = experts + u64::from(class.layer_numbers);
    count(u64::from(model.layer_count()).saturating_mul(numbers))
}

/// Elements of the frequency tensors that a converter writes for stretched rotary positions.
fn rope_factors(config: &Keys, hidden: u32) -> u32 {
    let scaling = config.rope_scaling.as_ref().or(config.rope_parameters.as_ref());
    let list = |list: Option<&Vec<f64>>| list.map_or(0, |list| u32::try_from(list.len()).unwrap_or(0));
    if let Some(RopeScaling { long_factor, short_factor, .. }) = scaling
        && long_factor.is_some()
    {
        return list(long_factor.as_ref()) + list(short_factor.as_ref());
    }
    let llama3 = scaling.is_some_and(|scaling| {
        [&scaling.rope_type, &scaling.former_type].into_iter().flatten().any(|kind| kind == "llama3")
    });
    if let Some(head) = config.global_head_dim {
        // Gemma 4's converter writes the frequencies of its global layers.
        return head / 2;
    }
    if !llama3 && !config.rope_freqs.unwrap_or(false) {
        return 0;
    }
    let heads = config.num_attention_heads.filter(|heads| *heads > 0).unwrap_or(1);
    config.head_dim.unwrap_or(hidden / heads) / 2
}
