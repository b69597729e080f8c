//! Embedding, layers and output of one graph.

use super::attention::Mixed;
use super::build::{Build, size};
use super::tape::{Id, Reuse};
use super::traits::Rows;
use crate::engine::memory::llama::settings::Settings;
use crate::engine::memory::{Place, Placement};
use crate::spec::{Attention, Block, FeedForward, Mamba2, Mixer, Model, NormStyle};

/// What llama.cpp reserves for intermediate values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine::memory::llama) struct Buffers {
    /// In memory the accelerator allocates.
    pub(in crate::engine::memory::llama) device: u64,
    /// In the memory of the process.
    pub(in crate::engine::memory::llama) host: u64,
}

/// Rounds of a run, and layers of one block, after which a buffer has reached its peak.
const ENOUGH: u32 = 4;
/// Every tensor starts at a multiple of this many bytes.
const ALIGNMENT: u64 = 32;

/// The compute buffers of a model under these settings.
pub(in crate::engine::memory::llama) fn buffers(
    model: &Model,
    settings: &Settings,
    placement: Placement,
) -> Buffers {
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let mut build = Build::new(model, settings, Place::Host, placement == Placement::Metal);
    build.widest_values = widest_values(model);
    let tokens = build.tape.input(size(&[4, settings.tokens]));
    build.tape.input(size(&[4, u64::from(model.hidden), settings.tokens]));
    let mut stream = build.product(u64::from(model.hidden), tokens);
    build.tape.compute_in(place);
    if build.traits.scaled_embedding {
        let bytes = build.tape.bytes(stream);
        stream = build.tape.compute(bytes, &[stream], Reuse::First);
    }
    let mut layers = sample(model).peekable();
    while let Some(block) = layers.next() {
        let last = layers.peek().is_none();
        stream = layer(&mut build, model.norms, block, stream, last);
    }
    output(&mut build, u64::from(model.vocabulary), stream);
    let reserved = build.tape.reserve(ALIGNMENT);
    Buffers { device: reserved.device, host: reserved.host }
}

/// A few layers that stand for all: up to two rounds of each run, and up to two layers of each block.
fn sample(model: &Model) -> impl Iterator<Item = &Block> {
    model.stack.iter().flat_map(|run| {
        (0..run.repeat.min(ENOUGH)).flat_map(|_| {
            run.blocks.iter().flat_map(|block| std::iter::repeat_n(block, block.times.min(ENOUGH) as usize))
        })
    })
}

fn widest_values(model: &Model) -> u64 {
    model
        .stack
        .iter()
        .flat_map(|run| &run.blocks)
        .map(|block| match &block.mixer {
            Mixer::Attention(attention) | Mixer::Parallel(attention, _) => values(attention),
            Mixer::Mla(_) | Mixer::Mamba2(_) | Mixer::GatedDelta(_) => 0,
        })
        .max()
        .unwrap_or(0)
}

const fn values(attention: &Attention) -> u64 {
    attention.kv_heads as u64 * attention.head as u64
}

fn layer(build: &mut Build<'_>, norms: NormStyle, block: &Block, stream: Id, last: bool) -> Id {
    let cut = last && build.traits.rows == Rows::InLastLayer;
    if norms == NormStyle::Shared {
        return side_by_side(build, block, stream, cut);
    }
    if let Mixer::Parallel(attention, mamba) = &block.mixer {
        return both_mixers(build, (attention, mamba), &block.feed_forward, stream, cut);
    }
    let mut residual = stream;
    let normed = if norms == NormStyle::Post { stream } else { build.norm(stream) };
    let mixed = mix(build, &block.mixer, normed);
    let mut mixed = build.speak(mixed);
    if cut {
        mixed = build.cut(mixed);
        residual = build.cut(residual);
        build.rows = build.settings.outputs;
    }
    if matches!(norms, NormStyle::PreAndPost | NormStyle::Post) {
        mixed = build.norm(mixed);
    }
    let sum = build.add(mixed, residual);
    feed_forward(build, norms, &block.feed_forward, sum)
}

/// What the mixer hands to its output projection.
fn mix(build: &mut Build<'_>, mixer: &Mixer, normed: Id) -> Mixed {
    match mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => build.attention(attention, normed),
        Mixer::Mla(mla) => Mixed::plain(build.latent_attention(mla, normed)),
        Mixer::GatedDelta(delta) => Mixed::plain(build.gated_delta(delta, normed)),
        Mixer::Mamba2(mamba) => {
            let scanned = build.scan(mamba, |_| normed);
            Mixed::plain(build.skip_and_gate(&scanned))
        }
    }
}

/// One norm for attention and feed-forward network, which is computed before attention's projection.
fn side_by_side(build: &mut Build<'_>, block: &Block, stream: Id, cut: bool) -> Id {
    let all = build.rows;
    let mut normed = build.norm(stream);
    let mixed = mix(build, &block.mixer, normed);
    let mut residual = stream;
    if cut {
        normed = build.cut(normed);
        build.rows = build.settings.outputs;
    }
    let spoken = build.feed_forward(&block.feed_forward, normed);
    if cut {
        residual = build.cut(residual);
    }
    let sum = spoken.map_or(residual, |spoken| build.add(spoken, residual));
    build.rows = all;
    let mut mixed = build.speak(mixed);
    if cut {
        mixed = build.cut(mixed);
        build.rows = build.settings.outputs;
    }
    build.add(sum, mixed)
}

/// Attention and a state-space layer on one input; rows without logits are dropped after both.
fn both_mixers(
    build: &mut Build<'_>,
    (attention, mamba): (&Attention, &Mamba2),
    network: &FeedForward,
    stream: Id,
    cut: bool,
) -> Id {
    let normed = build.norm(stream);
    let seen = build.attention(attention, normed);
    let scanned = build.scan(mamba, |build| build.norm(stream));
    let seen = build.speak(seen);
    let remembered = build.skip_and_gate(&scanned);
    let remembered = build.product(build.hidden, remembered);
    let both = build.add(seen, remembered);
    let mut sum = build.add(both, stream);
    if cut {
        sum = build.cut(sum);
        build.rows = build.settings.outputs;
    }
    feed_forward(build, NormStyle::Pre, network, sum)
}

fn feed_forward(build: &mut Build<'_>, norms: NormStyle, network: &FeedForward, sum: Id) -> Id {
    if matches!(network, FeedForward::None) {
        return sum;
    }
    let normed = if norms == NormStyle::Post { sum } else { build.norm(sum) };
    let Some(mut spoken) = build.feed_forward(network, normed) else { return sum };
    if matches!(norms, NormStyle::PreAndPost | NormStyle::Post) {
        spoken = build.norm(spoken);
    }
    build.add(spoken, sum)
}

fn output(build: &mut Build<'_>, vocabulary: u64, stream: Id) {
    let normed = match build.traits.rows {
        Rows::InLastLayer => build.norm(stream),
        Rows::BeforeNorm => {
            build.tape.keep(stream);
            let stream = build.cut(stream);
            build.norm(stream)
        }
        Rows::AfterNorm => {
            let normed = build.norm(stream);
            build.tape.keep(normed);
            build.cut(normed)
        }
    };
    build.rows = build.settings.outputs;
    build.tape.keep(normed);
    let logits = build.product(vocabulary, normed);
    build.tape.keep(logits);
}
