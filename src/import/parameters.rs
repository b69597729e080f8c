//! Learnt numbers of a model, counted from its shapes.

use crate::spec::{
    Attention, Experts, FeedForward, Figure, GatedDelta, Kind, Mamba2, Mixer, Mla, Model, NormStyle,
};
use crate::units::count;

/// Where every figure of an imported model comes from.
pub(super) const SOURCE: &str = "read from the file";

/// A count that follows from the file; whoever imports says the day it was read, [`Imported::read_on`].
///
/// [`Imported::read_on`]: super::Imported::read_on
pub(super) fn read(parameters: f64) -> Figure<f64> {
    Figure(parameters, Kind::Derived, SOURCE.to_owned(), String::new())
}

/// Parameters used for one token, where experts lie idle.
pub(super) fn active(model: &Model) -> Option<Figure<f64>> {
    let idle: f64 = model
        .layers()
        .map(|block| match &block.feed_forward {
            FeedForward::Experts(experts) => {
                n(experts.count.saturating_sub(experts.used)) * expert(experts, n(model.hidden))
            }
            FeedForward::Dense { .. } | FeedForward::None => 0.0,
        })
        .sum();
    (idle > 0.0).then(|| read(model.parameters.value() - idle))
}

/// All parameters, a tied embedding counted once.
pub(super) fn counted(model: &Model) -> f64 {
    let hidden = n(model.hidden);
    let vocabulary = n(model.vocabulary);
    let embeddings = if model.tied_embeddings { 1.0 } else { 2.0 } * vocabulary * hidden;
    let norm = hidden * if model.norm_bias { 2.0 } else { 1.0 };
    let norms = norm
        * match model.norms {
            NormStyle::Pre | NormStyle::Post => 2.0,
            NormStyle::Shared => 1.0,
            NormStyle::PreAndPost => 4.0,
        };
    let layers: f64 = model
        .layers()
        .map(|block| {
            // A layer without a network has no norm for one.
            let alone = block.feed_forward == FeedForward::None && model.norms != NormStyle::Shared;
            let norms = if alone { norms / 2.0 } else { norms };
            norms + mixer(&block.mixer, hidden) + feed_forward(&block.feed_forward, hidden)
        })
        .sum();
    let of_layers =
        model.layer_embedding.map_or(0.0, |own| n(own.rows) * n(own.width) * n(model.layer_count()));
    embeddings + of_layers + if model.output_bias { vocabulary } else { 0.0 } + norm + layers
}

/// A count as a number to multiply.
fn n(value: u32) -> f64 {
    count(u64::from(value))
}

/// `value` where something is there.
fn when(there: bool, value: f64) -> f64 {
    if there { value } else { 0.0 }
}

/// The matrices with which tokens see one another.
fn mixer(mixer: &Mixer, hidden: f64) -> f64 {
    match mixer {
        Mixer::Attention(part) => attention(part, hidden),
        Mixer::Mla(part) => mla(part, hidden),
        Mixer::Mamba2(part) => mamba2(part, hidden),
        Mixer::Parallel(first, second) => attention(first, hidden) + mamba2(second, hidden),
        Mixer::GatedDelta(part) => gated_delta(part, hidden),
        Mixer::Listed(part) => {
            let matrices = part.matrices.iter().map(|(_, columns, rows)| n(*columns) * n(*rows));
            matrices.sum::<f64>() + n(part.vectors)
        }
    }
}

fn attention(part: &Attention, hidden: f64) -> f64 {
    let queries = n(part.heads) * n(part.head);
    let keys = n(part.kv_heads) * n(part.head);
    let kept = if part.values_are_keys { 1.0 } else { 2.0 };
    let projected = queries * if part.output_gate { 2.0 } else { 1.0 } + kept * keys;
    hidden * (projected + queries)
        + when(part.qkv_bias, projected)
        + when(part.output_bias, hidden)
        + when(part.qk_norm, 2.0 * n(part.head))
        + when(part.qk_norm_wide, queries + keys)
        + when(part.sinks, n(part.heads))
        + part.indexer.map_or(0.0, |own| hidden * n(own.head) * (n(own.heads) + 1.0) + 2.0 * n(own.head))
}

fn mla(part: &Mla, hidden: f64) -> f64 {
    let key = n(part.nope) + n(part.rope);
    let queries = n(part.heads) * key;
    let latent = n(part.kv_rank);
    let query = part.q_rank.map_or(hidden * queries, |rank| n(rank) * (hidden + 1.0 + queries));
    query
        + hidden * (latent + n(part.rope))
        + latent
        + latent * n(part.heads) * (n(part.nope) + n(part.value))
        + n(part.heads) * n(part.value) * hidden
        + part.indexer.map_or(0.0, |own| {
            let queries = part.q_rank.map_or(hidden, n) * n(own.heads) * n(own.head);
            queries + hidden * (n(own.head) + n(own.heads)) + 2.0 * n(own.head)
        })
}

fn mamba2(part: &Mamba2, hidden: f64) -> f64 {
    let inner = n(part.inner);
    let convolved = inner + 2.0 * n(part.groups) * n(part.state);
    hidden * (inner + convolved + n(part.heads))
        + convolved * (n(part.conv) + when(part.conv_bias, 1.0))
        // A, D and the bias of the time step, one each a head.
        + 3.0 * n(part.heads)
        + when(part.norm, inner)
        + inner * hidden
}

fn gated_delta(part: &GatedDelta, hidden: f64) -> f64 {
    let keys = n(part.key_heads) * n(part.key_head);
    let values = n(part.value_heads) * n(part.value_head);
    let convolved = 2.0 * keys + values;
    // Queries, keys, values, the gate; then two numbers a value head: decay and learning rate.
    hidden * (convolved + values + 2.0 * n(part.value_heads))
        + convolved * n(part.conv)
        + 2.0 * n(part.value_heads)
        + n(part.value_head)
        + values * hidden
}

/// The matrices that each token passes alone.
fn feed_forward(part: &FeedForward, hidden: f64) -> f64 {
    match part {
        FeedForward::Dense { width, gated, bias } => {
            let inputs = if *gated { 2.0 } else { 1.0 };
            hidden * n(*width) * (inputs + 1.0) + when(*bias, inputs * n(*width) + hidden)
        }
        FeedForward::Experts(experts) => {
            n(experts.count) * (expert(experts, hidden) + hidden)
                + 2.0 * hidden * n(experts.latent)
                + when(experts.bias || experts.score_correction, n(experts.count))
                + hidden * (matrices(experts) * n(experts.shared_width) + 3.0 * n(experts.dense_width))
                + when(experts.shared_gate, hidden)
        }
        FeedForward::None => 0.0,
    }
}

/// Matrices of an expert: one out, one in, and one that gates it.
const fn matrices(experts: &Experts) -> f64 {
    if experts.ungated { 2.0 } else { 3.0 }
}

/// One routed expert: its matrices, and their biases.
fn expert(experts: &Experts, hidden: f64) -> f64 {
    let inside = if experts.latent > 0 { n(experts.latent) } else { hidden };
    matrices(experts) * inside * n(experts.width) + when(experts.bias, 2.0 * n(experts.width) + hidden)
}
