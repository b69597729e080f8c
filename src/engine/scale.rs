//! A model's shape scaled to another size: "a 34B of this family".

use super::memory::parameter_count;
use crate::spec::{
    Attention, Block, Experts, FeedForward, GatedDelta, Listed, Mamba2, Mixer, Mla, Model, Run,
};
use crate::units::{count, whole};

/// Parameters of a model, everything counted once, from its shapes.
pub fn parameters(model: &Model) -> f64 {
    count(parameter_count(model))
}

/// The model's shape with about that many parameters.
///
/// Width and depth grow together (both by the cube root), head size, vocabulary and the number of experts stay,
/// as the families themselves do it; depth then takes up what rounding left, and the inner width of the
/// feed-forward network the rest. The result says its own parameter count.
pub fn scaled(model: &Model, target: f64) -> Model {
    let target = target.clamp(1e6, 1e13);
    let embedding = embedding(model, model.hidden);
    let body = (parameters(model) - embedding).max(1.0);
    // The embedding grows with the width only, so the body's factor is found with the embedding taken off twice.
    let mut factor = (target / parameters(model)).cbrt();
    for _ in 0..8 {
        let wanted = (target - embedding * factor).max(target * 0.05);
        factor = (wanted / body).cbrt();
    }
    let hidden = round_to(count(u64::from(model.hidden)) * factor, 64);
    let width = f64::from(hidden) / f64::from(model.hidden.max(1));
    let mut grown = with_width(model, hidden, width);
    let per_layer =
        (parameters(&grown) - self::embedding(&grown, hidden)) / f64::from(grown.layer_count().max(1));
    let layers = ((target - self::embedding(&grown, hidden)) / per_layer.max(1.0)).max(1.0);
    let depth = layers / f64::from(model.layer_count().max(1));
    grown.stack = grown.stack.iter().map(|run| deeper(run, depth)).collect();
    trim_feed_forward(&mut grown, target);
    grown.parameters.0 = parameters(&grown);
    grown.active_parameters = None;
    grown
}

/// Parameters of token embedding and output matrix.
fn embedding(model: &Model, hidden: u32) -> f64 {
    let matrices = if model.tied_embeddings { 1.0 } else { 2.0 };
    matrices * f64::from(model.vocabulary) * f64::from(hidden)
}

/// To the nearest multiple, at least one of it.
fn round_to(value: f64, multiple: u32) -> u32 {
    let multiples = whole(value / f64::from(multiple)).max(1);
    u32::try_from(multiples).unwrap_or(u32::MAX / multiple).saturating_mul(multiple)
}

/// A count scaled, at least one.
fn times(value: u32, factor: f64) -> u32 {
    round_to(f64::from(value) * factor, 1)
}

/// Every width of the model scaled; head sizes stay.
fn with_width(model: &Model, hidden: u32, factor: f64) -> Model {
    let mut grown = model.without_file();
    grown.hidden = hidden;
    for run in &mut grown.stack {
        for block in &mut run.blocks {
            block.mixer = wider_mixer(&block.mixer, factor, (model.hidden, hidden));
            block.feed_forward = wider_feed_forward(&block.feed_forward, factor);
            if let FeedForward::Experts(experts) = &mut block.feed_forward
                && experts.latent > 0
            {
                experts.latent = round_to(f64::from(experts.latent) * factor, 32);
            }
        }
    }
    grown
}

/// More heads of the same size; key and value heads keep dividing them.
fn wider_mixer(mixer: &Mixer, factor: f64, hidden: (u32, u32)) -> Mixer {
    match mixer {
        Mixer::Attention(attention) => Mixer::Attention(wider_attention(attention, factor)),
        Mixer::Mla(mla) => Mixer::Mla(Mla { heads: times(mla.heads, factor), ..mla.clone() }),
        Mixer::Mamba2(mamba) => Mixer::Mamba2(wider_mamba(mamba, factor)),
        Mixer::Parallel(attention, mamba) => {
            Mixer::Parallel(wider_attention(attention, factor), wider_mamba(mamba, factor))
        }
        Mixer::GatedDelta(delta) => {
            let groups = (delta.value_heads / delta.key_heads.max(1)).max(1);
            let key_heads = times(delta.key_heads, factor);
            Mixer::GatedDelta(GatedDelta { key_heads, value_heads: key_heads * groups, ..delta.clone() })
        }
        Mixer::Listed(listed) => {
            let wider = |width: u32| round_to(f64::from(width) * factor, 32.min(width.max(1)));
            Mixer::Listed(Listed { heads: times(listed.heads, factor), ..listed.resized(hidden, wider) })
        }
    }
}

/// Heads in whole groups: as many key and value heads as before where the group only grows, else both scale.
fn wider_attention(attention: &Attention, factor: f64) -> Attention {
    let kv_heads = attention.kv_heads.max(1);
    let heads = round_to(f64::from(attention.heads) * factor, kv_heads);
    let kv_heads = if attention.heads == attention.kv_heads { heads } else { kv_heads };
    Attention { heads, kv_heads, ..attention.clone() }
}

/// More heads of the same size; groups keep dividing them.
fn wider_mamba(mamba: &Mamba2, factor: f64) -> Mamba2 {
    let head = (mamba.inner / mamba.heads.max(1)).max(1);
    let heads = round_to(f64::from(mamba.heads) * factor, mamba.groups.max(1));
    Mamba2 { heads, inner: heads.saturating_mul(head), ..mamba.clone() }
}

/// Wider inner layers, in multiples that quantized blocks divide; narrow experts in finer steps.
fn wider_feed_forward(feed_forward: &FeedForward, factor: f64) -> FeedForward {
    let wider = |width: u32| {
        if width == 0 {
            0
        } else {
            round_to(f64::from(width) * factor, if width >= 4096 { 256 } else { 32.min(width) })
        }
    };
    match feed_forward {
        FeedForward::Dense { width, gated, bias } => {
            FeedForward::Dense { width: wider(*width), gated: *gated, bias: *bias }
        }
        FeedForward::Experts(experts) => FeedForward::Experts(Experts {
            width: wider(experts.width),
            shared_width: wider(experts.shared_width),
            dense_width: wider(experts.dense_width),
            ..experts.clone()
        }),
        FeedForward::None => FeedForward::None,
    }
}

/// More rounds of the same blocks; a run of one round grows its longest block.
fn deeper(run: &Run, factor: f64) -> Run {
    if run.repeat > 1 {
        return Run { repeat: times(run.repeat, factor), blocks: run.blocks.clone() };
    }
    let longest = run.blocks.iter().map(|block| block.times).max().unwrap_or(1);
    let all = run.blocks.iter().fold(0_u32, |all, block| all.saturating_add(block.times));
    if longest.saturating_mul(4) < all {
        return irregular(run, times(all, factor), times(1, factor));
    }
    let grow = |block: &Block| {
        let grows = block.times == longest && longest > 1;
        Block { times: if grows { times(block.times, factor) } else { block.times }, ..block.clone() }
    };
    Run { repeat: run.repeat, blocks: run.blocks.iter().map(grow).collect() }
}

/// A run of which no block is the most part: repeated, or its first layers alone.
fn irregular(run: &Run, layers: u32, repeat: u32) -> Run {
    let mut left = layers;
    let first = run.blocks.iter().map_while(|block| {
        let times = block.times.min(left);
        left -= times;
        (times > 0).then(|| Block { times, ..block.clone() })
    });
    Run { repeat, blocks: first.collect() }
}

/// Takes up what whole layers left over: feed-forward widths move by the missing share.
fn trim_feed_forward(model: &mut Model, target: f64) {
    let before = parameters(model);
    let mut without = model.clone();
    for block in without.stack.iter_mut().flat_map(|run| &mut run.blocks) {
        block.feed_forward = FeedForward::None;
    }
    let in_feed_forward = before - parameters(&without);
    if in_feed_forward <= 0.0 {
        return;
    }
    let factor = (1.0 + (target - before) / in_feed_forward).clamp(0.25, 4.0);
    for block in model.stack.iter_mut().flat_map(|run| &mut run.blocks) {
        block.feed_forward = wider_feed_forward(&block.feed_forward, factor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run of one round becomes deeper by its longest block; a block that is alone in its round stays one layer.
    #[test]
    fn the_longest_block_of_a_run_grows() {
        let block = |times| Block {
            times,
            mixer: Mixer::Attention(Attention { heads: 8, kv_heads: 2, head: 64, ..Attention::default() }),
            feed_forward: FeedForward::Dense { width: 100, gated: true, bias: false },
        };
        let grown = |repeat, layers: &[u32], factor| {
            let run = Run { repeat, blocks: layers.iter().map(|times| block(*times)).collect() };
            let deep = deeper(&run, factor);
            (deep.repeat, deep.blocks.iter().map(|block| block.times).collect::<Vec<_>>())
        };
        assert_eq!(grown(1, &[32], 2.0), (1, vec![64]));
        assert_eq!(grown(1, &[2, 1], 3.0), (1, vec![6, 1]));
        assert_eq!(grown(8, &[5, 1], 2.0), (16, vec![5, 1]), "a round repeats more often");
    }
}
