//! What PyTorch and what is built on it keep and compute for each layer, in values.

use crate::spec::{Attention, Block, Experts, FeedForward, GatedDelta, Mamba2, Mixer, Model};

/// More tokens than any machine can hold; larger inputs are taken as this.
pub(super) const MOST_TOKENS: u64 = 1 << 50;

/// Bytes of a 16-bit value.
pub(super) const HALF: f64 = 2.0;
/// Bytes of a 32-bit value.
pub(super) const SINGLE: f64 = 4.0;

/// Sums over all layers.
pub(super) fn each_layer(model: &Model, mut of: impl FnMut(&Block) -> f64) -> f64 {
    let runs = model.stack.iter().map(|run| {
        let round: f64 = run.blocks.iter().map(|block| f64::from(block.times) * of(block)).sum();
        f64::from(run.repeat) * round
    });
    runs.sum()
}

/// The largest over all kinds of layers.
pub(super) fn widest_layer(model: &Model, of: impl FnMut(&Block) -> f64) -> f64 {
    model.stack.iter().flat_map(|run| &run.blocks).map(of).fold(0.0, f64::max)
}

/// The attention of a layer that has one with keys and values for each head.
pub(super) const fn attention(block: &Block) -> Option<&Attention> {
    match &block.mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => Some(attention),
        Mixer::Mla(_) | Mixer::Mamba2(_) | Mixer::GatedDelta(_) => None,
    }
}

/// Values of queries and of one of keys or values, a token.
pub(super) fn projections(block: &Block) -> (f64, f64) {
    match &block.mixer {
        Mixer::Attention(shape) | Mixer::Parallel(shape, _) => {
            let head = f64::from(shape.head);
            (f64::from(shape.heads) * head, f64::from(shape.kv_heads) * head)
        }
        Mixer::Mla(mla) => {
            let width = f64::from(mla.heads) * (f64::from(mla.nope) + f64::from(mla.rope));
            (width, width)
        }
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => (0.0, 0.0),
    }
}

/// Values a layer computes between its own input and output projections where it has no attention.
pub(super) fn recurrent_width(block: &Block) -> f64 {
    match &block.mixer {
        Mixer::Mamba2(mamba) | Mixer::Parallel(_, mamba) => {
            2.0 * f64::from(mamba.inner) + 2.0 * convolved(mamba)
        }
        Mixer::GatedDelta(delta) => {
            let (key, value) = delta_widths(delta);
            2.0 * (2.0 * key + value) + 2.0 * value
        }
        Mixer::Attention(_) | Mixer::Mla(_) => 0.0,
    }
}

/// Bytes of the state a layer keeps of a sequence, whatever its length: 16-bit taps, a 32-bit state.
pub(super) fn state(block: &Block) -> f64 {
    match &block.mixer {
        Mixer::Mamba2(mamba) | Mixer::Parallel(_, mamba) => {
            HALF * f64::from(mamba.conv) * convolved(mamba)
                + SINGLE * f64::from(mamba.inner) * f64::from(mamba.state)
        }
        Mixer::GatedDelta(delta) => {
            let (key, value) = delta_widths(delta);
            HALF * f64::from(delta.conv) * (2.0 * key + value) + SINGLE * value * f64::from(delta.key_head)
        }
        Mixer::Attention(_) | Mixer::Mla(_) => 0.0,
    }
}

fn convolved(mamba: &Mamba2) -> f64 {
    f64::from(mamba.inner) + 2.0 * f64::from(mamba.groups) * f64::from(mamba.state)
}

fn delta_widths(delta: &GatedDelta) -> (f64, f64) {
    (
        f64::from(delta.key_heads) * f64::from(delta.key_head),
        f64::from(delta.value_heads) * f64::from(delta.value_head),
    )
}

/// Widths of a feed-forward network: of what every token passes, and of its experts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Inner {
    /// Inner width of the part each token passes.
    pub(super) dense: f64,
    /// Experts a token uses.
    pub(super) used: f64,
    /// Inner width of one expert.
    pub(super) expert: f64,
}

/// Widths of a layer's feed-forward network.
pub(super) fn inner(block: &Block) -> Inner {
    match &block.feed_forward {
        FeedForward::Dense { width, .. } => Inner { dense: f64::from(*width), ..Inner::default() },
        FeedForward::Experts(Experts { used, width, shared_width, dense_width, .. }) => Inner {
            dense: f64::from(*shared_width) + f64::from(*dense_width),
            used: f64::from(*used),
            expert: f64::from(*width),
        },
        FeedForward::None => Inner::default(),
    }
}
