//! Embedding, layers and output of one graph.

use super::attention::Mixed;
use super::build::{Build, size};
use super::sample::{Side, sample};
use super::tape::{Id, Reuse};
use super::traits::Rows;
use crate::engine::memory::llama::settings::Settings;
use crate::engine::memory::several::slice;
use crate::engine::memory::weights::matrices;
use crate::engine::memory::{Place, Placement};
use crate::spec::{Attention, Block, FeedForward, Mamba2, Mixer, Model, NormStyle, Quantization};

/// What llama.cpp reserves for intermediate values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::engine::memory::llama) struct Buffers {
    /// In memory the accelerator allocates.
    pub(in crate::engine::memory::llama) device: u64,
    /// In the memory of the process.
    pub(in crate::engine::memory::llama) host: u64,
}

/// Every tensor starts at a multiple of this many bytes.
const ALIGNMENT: u64 = 32;
/// From this many tokens on, the device also computes with weights that lie on the host.
const WORTH_FETCHING: u64 = 32;

/// Which layers lie on the device, and what a weight takes that has to be brought there.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::memory::llama) struct Layout {
    /// What kind of buffers there are.
    pub(in crate::engine::memory::llama) placement: Placement,
    /// The first layer on any device; those before are on the host.
    pub(in crate::engine::memory::llama) first_on_any: u64,
    /// The first layer on this device; the output counts as one after the last.
    pub(in crate::engine::memory::llama) first_on_device: u64,
    /// The first layer behind this device's.
    pub(in crate::engine::memory::llama) behind_device: u64,
    /// The first layer whose routed experts are on its device.
    pub(in crate::engine::memory::llama) first_experts: u64,
    /// Bytes of a weight into a routed expert, and out of it.
    pub(in crate::engine::memory::llama) expert_bytes: [f64; 2],
    /// Chunks of a prompt that are on their way at once, from device to device.
    pub(in crate::engine::memory::llama) in_flight: u64,
    /// How the weights are stored.
    pub(in crate::engine::memory::llama) quantization: Quantization,
    /// Bytes of one weight on average.
    pub(in crate::engine::memory::llama) weight_bytes: f64,
}

/// The compute buffers of a model under these settings, on the host and on the device of the layout.
pub(in crate::engine::memory::llama) fn buffers(
    model: &Model,
    settings: &Settings,
    layout: Layout,
) -> Buffers {
    let layers = u64::from(model.layer_count());
    let alone = Layout { first_on_device: layout.first_on_any, behind_device: layers + 1, ..layout };
    let whole = play(model, settings, alone);
    if layout.first_on_device == alone.first_on_device && layout.behind_device > layers {
        return whole;
    }
    Buffers { device: device_buffer(model, settings, layout), host: whole.host }
}

/// The compute buffer on the device of the layout, one of several.
pub(in crate::engine::memory::llama) fn device_buffer(
    model: &Model,
    settings: &Settings,
    layout: Layout,
) -> u64 {
    let layers = u64::from(model.layer_count());
    let end = layout.behind_device.min(layers);
    let begins = layout.first_on_device == layout.first_on_any;
    let ends = layout.behind_device > layers;
    let played = if begins {
        let first = slice(model, 0..end);
        play_part(&first, settings, Layout { first_on_device: layout.first_on_any, ..layout }, (true, ends))
    } else {
        let first = layout.first_on_device.min(layers);
        let vocabulary = if ends { model.vocabulary } else { 0 };
        let part = Model { vocabulary, ..slice(model, first..end) };
        let first_experts = layout.first_experts.saturating_sub(first);
        play_part(&part, settings, Layout { first_on_device: 0, first_experts, ..layout }, (false, ends))
    };
    played.device
}

/// The buffers of a whole model on one device.
fn play(model: &Model, settings: &Settings, layout: Layout) -> Buffers {
    play_part(model, settings, layout, (true, true))
}

/// The buffers of a part of a model, which has the embedding, or the output matrix, or neither.
fn play_part(model: &Model, settings: &Settings, layout: Layout, (begins, ends): (bool, bool)) -> Buffers {
    let metal = layout.placement == Placement::Metal;
    let mut build = Build::new(model, settings, (Place::Host, layout.in_flight), metal);
    build.widest_values = widest_values(model);
    let tokens = build.tape.input(size(&[4, settings.tokens]));
    let wide = build.hidden * (1 + build.traits.deep_rows);
    build.tape.input(size(&[4, wide, settings.tokens]));
    let mut stream = build.product(build.hidden, tokens);
    let layers = sample(model, layout.first_on_device, layout.first_experts);
    if !begins && build.rows >= WORTH_FETCHING {
        // The first norm has no weights that would draw it to its layer's device, so the one before computes it.
        build.norm_comes_along = true;
    }
    move_to(&mut build, layout, layers.first().is_none_or(|(_, side)| *side != Side::Host));
    if build.traits.scaled_embedding {
        let bytes = build.tape.bytes(stream);
        stream = build.tape.compute(bytes, &[stream], Reuse::First);
    }
    let embedding = (wide > build.hidden).then(|| {
        let padded = build.floats(wide);
        build.tape.compute(padded, &[stream], Reuse::No)
    });
    if let Some(embedding) = embedding {
        let bytes = build.floats(build.hidden);
        stream = build.tape.part(embedding, bytes);
    }
    let last = layers.len().saturating_sub(1);
    for (index, (block, side)) in layers.into_iter().enumerate() {
        move_to(&mut build, layout, side != Side::Host);
        let brings = build.rows >= WORTH_FETCHING;
        if build.fetched.is_some() {
            build.matrices = matrices(model, block, layout.quantization);
        }
        let without_experts = side == Side::WithoutExperts || build.fetched.is_some();
        build.fetched_experts = (without_experts && brings).then_some(layout.expert_bytes);
        build.experts_on_host = side == Side::WithoutExperts && !brings;
        stream = layer(&mut build, model.norms, block, stream, ends && index == last);
        if let Some(embedding) = embedding.filter(|_| (index as u64) < build.traits.deep_rows) {
            let bytes = build.floats(build.hidden);
            let deep = build.tape.part(embedding, bytes);
            stream = build.tape.compute(bytes, &[stream, deep], Reuse::First);
        }
    }
    if ends {
        move_to(&mut build, layout, u64::from(model.layer_count()) >= layout.first_on_device);
        output(&mut build, u64::from(model.vocabulary), stream);
    } else if build.rows >= WORTH_FETCHING {
        // The next device's first norm.
        let normed = build.norm(stream);
        build.tape.store(&[stream, normed]);
    }
    let reserved = build.tape.reserve(ALIGNMENT);
    Buffers { device: reserved.device, host: reserved.host }
}

/// Computes what follows where its weights are, or brings them to the device where that pays.
fn move_to(build: &mut Build<'_>, layout: Layout, on_device: bool) {
    let brought = layout.placement != Placement::Cpu && !on_device && build.rows >= WORTH_FETCHING;
    build.fetched = brought.then_some(layout.weight_bytes);
    build.tape.compute_in(if on_device || brought { Place::Device } else { Place::Host });
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
    let mixed = mix(build, &block.mixer, norms, stream);
    let mut mixed = build.speak(mixed);
    if matches!(block.mixer, Mixer::GatedDelta(_)) {
        mixed = build.tape.view(mixed);
    }
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
fn mix(build: &mut Build<'_>, mixer: &Mixer, norms: NormStyle, stream: Id) -> Mixed {
    let norm = |build: &mut Build<'_>| if norms == NormStyle::Post { stream } else { build.norm(stream) };
    if let Mixer::Mamba2(mamba) = mixer {
        let scanned = build.scan(mamba, norm);
        return Mixed::plain(build.skip_and_gate(&scanned));
    }
    let normed = norm(build);
    mix_normed(build, mixer, normed)
}

fn mix_normed(build: &mut Build<'_>, mixer: &Mixer, normed: Id) -> Mixed {
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
    let mixed = mix_normed(build, &block.mixer, normed);
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
    // Between two stretches of work on the host's caches nothing draws attention to the device.
    build.attends_on_host = true;
    let seen = build.attention(attention, normed);
    build.attends_on_host = false;
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
    if build.traits.stream_first { build.add(sum, spoken) } else { build.add(spoken, sum) }
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
