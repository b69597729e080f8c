//! What PyTorch and what is built on it keep and compute for each layer, in values.

use super::kinds::State;
use super::weights::{projector, terms};
use crate::engine::working::{Detail, Figure, Term};
use crate::spec::{
    Attention, Block, Experts, FeedForward, GatedDelta, Keep, Mamba2, Mixer, Model, Quantization,
};
use crate::units::Bytes;

/// More tokens than any machine can hold; larger inputs are taken as this.
pub(super) const MOST_TOKENS: u64 = 1 << 50;

/// Bytes of a 16-bit value.
pub(super) const HALF: f64 = 2.0;

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
        Mixer::Mla(_) | Mixer::Mamba2(_) | Mixer::GatedDelta(_) | Mixer::Listed(_) => None,
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
        Mixer::Listed(listed) => {
            let query = f64::from(listed.heads) * f64::from(listed.head);
            (query, listed.looks_at().map_or(0.0, |keep| keep.numbers() / 2.0))
        }
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => (0.0, 0.0),
    }
}

/// Values that a layer keeps of a token for what chooses the tokens it attends to.
pub(super) fn index_key(block: &Block) -> f64 {
    let indexer = match &block.mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => attention.indexer,
        Mixer::Mla(mla) => mla.indexer,
        Mixer::Listed(listed) => return listed.indexer().map_or(0.0, Keep::of_a_token),
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => None,
    };
    indexer.map_or(0.0, |indexer| f64::from(indexer.head))
}

/// Whether small heads choose what any layer of a model attends to.
pub(super) fn has_indexer(model: &Model) -> bool {
    model.stack.iter().flat_map(|run| &run.blocks).any(|block| index_key(block) > 0.0)
}

/// Whether any layer of a model is one by the list of what it has.
pub(super) fn has_listed(model: &Model) -> bool {
    model.stack.iter().flat_map(|run| &run.blocks).any(|block| matches!(block.mixer, Mixer::Listed(_)))
}

/// The same in bytes as vLLM and `SGLang` keep it: 8 bit each, with a 32-bit scale for 128 of them.
pub(super) fn index_bytes(block: &Block) -> f64 {
    let values = index_key(block);
    values + 4.0 * (values / 128.0).ceil()
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
        Mixer::Listed(listed) => 2.0 * listed.rows(),
        Mixer::Attention(_) | Mixer::Mla(_) => 0.0,
    }
}

/// What a recurrent layer keeps of a sequence, whatever its length: as many 16-bit inputs as its convolution has taps
/// (`Mamba2Cache` of Transformers), and a 32-bit state.
pub(super) fn state(block: &Block) -> Option<State> {
    state_of(block, 0)
}

/// The same in vLLM (`MambaStateShapeCalculator`) and `SGLang` (`Mamba2StateShape`): the last tap is of the token itself.
pub(super) fn served_state(block: &Block) -> Option<State> {
    state_of(block, 1)
}

fn state_of(block: &Block, fewer: u32) -> Option<State> {
    let taps = |convolution: u32| f64::from(convolution.saturating_sub(fewer));
    match &block.mixer {
        Mixer::Mamba2(mamba) | Mixer::Parallel(_, mamba) => Some(State {
            convolution: taps(mamba.conv) * convolved(mamba),
            state: f64::from(mamba.inner) * f64::from(mamba.state),
        }),
        Mixer::GatedDelta(delta) => {
            let (key, value) = delta_widths(delta);
            Some(State {
                convolution: taps(delta.conv) * (2.0 * key + value),
                state: value * f64::from(delta.key_head),
            })
        }
        Mixer::Listed(listed) => listed.state().map(listed_state),
        Mixer::Attention(_) | Mixer::Mla(_) => None,
    }
}

/// The state of a layer by what it lists.
pub(super) fn listed_state(keep: &Keep) -> State {
    State { convolution: f64::from(keep.keys), state: f64::from(keep.values) }
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

/// The weights of a checkpoint in the format a runtime holds it in, with the vision tower where it is loaded.
pub(super) fn stored(
    detail: Detail,
    model: &Model,
    quantization: Quantization,
    weights: Bytes,
    with_vision: bool,
) -> Figure {
    let tower = if with_vision { projector(model).get() } else { 0.0 };
    Figure::terms(detail, CHECKPOINT, weights.get() + tower, || {
        let mut terms = terms(model, quantization, &|_| true);
        if tower > 0.0 {
            let name = "vision tower and projector".into();
            terms.push(Term { name, count: 1.0, value: tower });
        }
        terms
    })
}

/// Where the tensors of a checkpoint and their formats come from.
const CHECKPOINT: &str = "the checkpoint's own tensors, packed as the format packs them";

#[cfg(test)]
mod tests {
    use super::*;

    /// A Mamba-2 layer of Granite 4.0 H Micro: its gate and what leads out are 4,096 wide, and what is convolved, before and
    /// after, has the 128 numbers of the state for keys and for queries beside those.
    #[test]
    fn a_recurrent_layer_computes_its_gate_its_output_and_what_is_convolved_twice() {
        let mamba =
            Mamba2 { inner: 4096, heads: 64, state: 128, groups: 1, conv: 4, conv_bias: true, norm: true };
        let block = |mixer| Block { times: 1, mixer, feed_forward: FeedForward::None };
        let width = recurrent_width(&block(Mixer::Mamba2(mamba)));
        assert!((width - (2.0 * 4096.0 + 2.0 * (4096.0 + 256.0))).abs() < 0.5, "{width}");
        let attention =
            block(Mixer::Attention(Attention { heads: 8, kv_heads: 2, head: 64, ..Attention::default() }));
        assert!(recurrent_width(&attention).abs() < f64::EPSILON);
    }
}
