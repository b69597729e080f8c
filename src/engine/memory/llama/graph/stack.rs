//! Embedding, layers and output of one graph.

use super::attention::Mixed;
use super::build::{Build, size};
use super::peak::{Buffer, Buffers};
use super::sample::{Side, sample};
use super::trace::{Id, Reuse};
use crate::engine::memory::llama::settings::Settings;
use crate::engine::memory::multi_device::slice;
use crate::engine::memory::weights::matrices;
use crate::engine::memory::{Place, Placement};
use crate::engine::working::Detail;
use crate::spec::architecture::Rows;
use crate::spec::{Attention, Block, FeedForward, Mamba2, Mixer, Model, NormStyle, Quantization};

/// Every tensor starts at a multiple of this many bytes.
const ALIGNMENT: u64 = 32;
/// From this many tokens on, the device also computes with weights that lie on the host.
const WORTH_COPYING: u64 = 32;

/// Which layers lie on the device, and what a weight takes that has to be copied there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// What kind of buffers there are.
    pub(crate) placement: Placement,
    /// The first layer on any device; those before are on the host.
    pub(crate) first_on_any: u64,
    /// The first layer on this device; the output counts as one after the last.
    pub(crate) first_on_device: u64,
    /// The first layer behind this device's.
    pub(crate) behind_device: u64,
    /// The first layer whose routed experts are on its device.
    pub(crate) first_experts: u64,
    /// Bytes of a weight into a routed expert, and out of it.
    pub(crate) expert_bytes: [f64; 2],
    /// Chunks of a prompt that are in flight at once, from device to device.
    pub(crate) in_flight: u64,
    /// How the weights are stored.
    pub(crate) quantization: Quantization,
    /// Bytes of one weight on average.
    pub(crate) weight_bytes: f64,
}

/// The compute buffers of a model under these settings, on the host and on the device of the layout.
pub(crate) fn buffers(model: &Model, settings: &Settings, layout: Layout, detail: Detail) -> Buffers {
    let layers = u64::from(model.layer_count());
    let alone = Layout { first_on_device: layout.first_on_any, behind_device: layers + 1, ..layout };
    let whole = simulate_part(model, settings, alone, (true, true), detail);
    if layout.first_on_device == alone.first_on_device && layout.behind_device > layers {
        return whole;
    }
    Buffers { device: device_buffer(model, settings, layout, detail), host: whole.host }
}

/// The compute buffer on the device of the layout, one of several.
pub(crate) fn device_buffer(model: &Model, settings: &Settings, layout: Layout, detail: Detail) -> Buffer {
    let layers = u64::from(model.layer_count());
    let end = layout.behind_device.min(layers);
    let begins = layout.first_on_device == layout.first_on_any;
    let ends = layout.behind_device > layers;
    let shapes = &model.without_file();
    let simulated = if begins {
        let first = slice(shapes, 0..end);
        let layout = Layout { first_on_device: layout.first_on_any, ..layout };
        simulate_part(&first, settings, layout, (true, ends), detail)
    } else {
        let first = layout.first_on_device.min(layers);
        let vocabulary = if ends { model.vocabulary } else { 0 };
        let part = Model { vocabulary, ..slice(shapes, first..end) };
        let first_experts = layout.first_experts.saturating_sub(first);
        let layout = Layout { first_on_device: 0, first_experts, ..layout };
        simulate_part(&part, settings, layout, (false, ends), detail)
    };
    simulated.device
}

/// The buffers of a part of a model, which has the embedding, or the output matrix, or neither.
fn simulate_part(
    model: &Model,
    settings: &Settings,
    layout: Layout,
    (begins, ends): (bool, bool),
    detail: Detail,
) -> Buffers {
    let metal = layout.placement == Placement::Metal;
    let mut build = Build::new(model, settings, (Place::Host, layout.in_flight), metal, detail);
    build.widest_values = widest_values(model);
    let tokens = build.trace.input("inp_tokens", size(&[4, settings.tokens]));
    let wide = build.hidden * (1 + build.habits.deep_rows);
    build.trace.input("inp_embd", size(&[4, wide, settings.tokens]));
    let mut stream = build.product("inp_embd", build.hidden, tokens);
    let layers = sample(model, layout.first_on_device, layout.first_experts);
    if !begins && build.rows >= WORTH_COPYING {
        // The first norm has no weights that would draw it to its layer's device, so the one before computes it.
        build.norm_before_copy = true;
    }
    compute_at(&mut build, layout, layers.first().is_none_or(|(_, side)| *side != Side::Host));
    if build.habits.scaled_embedding {
        let bytes = build.trace.bytes(stream);
        stream = build.trace.compute("inp_scaled", bytes, &[stream], Reuse::First);
    }
    let embedding = (wide > build.hidden).then(|| {
        let padded = build.floats(wide);
        build.trace.compute("inp_embd", padded, &[stream], Reuse::No)
    });
    if let Some(embedding) = embedding {
        let bytes = build.floats(build.hidden);
        stream = build.trace.part(embedding, bytes);
    }
    let last = layers.len().saturating_sub(1);
    for (index, (block, side)) in layers.into_iter().enumerate() {
        compute_at(&mut build, layout, side != Side::Host);
        let copies = build.rows >= WORTH_COPYING;
        if build.copied.is_some() {
            build.matrices = matrices(model, block, layout.quantization);
        }
        let without_experts = side == Side::WithoutExperts || build.copied.is_some();
        build.copied_experts = (without_experts && copies).then_some(layout.expert_bytes);
        build.experts_on_host = side == Side::WithoutExperts && !copies;
        let cut = ends && index == last && !model.is_encoder();
        stream = layer(&mut build, model.norms, block, stream, cut);
        if let Some(embedding) = embedding.filter(|_| (index as u64) < build.habits.deep_rows) {
            let bytes = build.floats(build.hidden);
            let deep = build.trace.part(embedding, bytes);
            stream = build.trace.compute("deepstack_out", bytes, &[stream, deep], Reuse::First);
        }
    }
    if ends {
        compute_at(&mut build, layout, u64::from(model.layer_count()) >= layout.first_on_device);
        if model.is_encoder() {
            // What is pooled are the rows of the last layer.
            build.trace.keep(stream);
        } else {
            output(&mut build, u64::from(model.vocabulary), stream);
        }
    } else if build.rows >= WORTH_COPYING {
        // The next device's first norm.
        let normed = build.norm("attn_norm", stream);
        build.trace.store(&[stream, normed]);
    }
    build.trace.reserve(ALIGNMENT)
}

/// Computes what follows where its weights are, or copies them to the device where that pays.
fn compute_at(build: &mut Build<'_>, layout: Layout, on_device: bool) {
    let copied = layout.placement != Placement::Cpu && !on_device && build.rows >= WORTH_COPYING;
    build.copied = copied.then_some(layout.weight_bytes);
    build.trace.compute_in(if on_device || copied { Place::Device } else { Place::Host });
}

fn widest_values(model: &Model) -> u64 {
    model
        .stack
        .iter()
        .flat_map(|run| &run.blocks)
        .map(|block| match &block.mixer {
            Mixer::Attention(attention) | Mixer::Parallel(attention, _) => values(attention),
            Mixer::Listed(listed) => listed.looks_at().map_or(0, |keep| u64::from(keep.values)),
            Mixer::Mla(_) | Mixer::Mamba2(_) | Mixer::GatedDelta(_) => 0,
        })
        .max()
        .unwrap_or(0)
}

const fn values(attention: &Attention) -> u64 {
    attention.kv_heads as u64 * attention.head as u64
}

fn layer(build: &mut Build<'_>, norms: NormStyle, block: &Block, stream: Id, last: bool) -> Id {
    let cut = last && build.habits.rows == Rows::InLastLayer;
    if norms == NormStyle::Shared {
        return side_by_side(build, block, stream, cut);
    }
    if let Mixer::Parallel(attention, mamba) = &block.mixer {
        return both_mixers(build, (attention, mamba), &block.feed_forward, stream, cut);
    }
    let mut residual = stream;
    let mixed = mix(build, &block.mixer, norms, stream);
    let mut mixed = build.output_projection(mixed);
    if matches!(block.mixer, Mixer::GatedDelta(_)) {
        mixed = build.trace.view(mixed);
    }
    if cut {
        mixed = build.cut("attn_out", mixed);
        residual = build.cut("inpSA", residual);
        build.rows = build.settings.outputs;
    }
    if matches!(norms, NormStyle::PreAndPost | NormStyle::Post) {
        mixed = build.norm("attn_post_norm", mixed);
    }
    let sum = build.add("ffn_inp", mixed, residual);
    feed_forward(build, norms, &block.feed_forward, sum)
}

/// What the mixer hands to its output projection.
fn mix(build: &mut Build<'_>, mixer: &Mixer, norms: NormStyle, stream: Id) -> Mixed {
    let norm = |build: &mut Build<'_>| {
        if norms == NormStyle::Post { stream } else { build.norm("attn_norm", stream) }
    };
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
        Mixer::Listed(listed) => Mixed::plain(build.listed(listed, normed)),
        Mixer::Mamba2(mamba) => {
            let scanned = build.scan(mamba, |_| normed);
            Mixed::plain(build.skip_and_gate(&scanned))
        }
    }
}

/// One norm for attention and feed-forward network, which is computed before attention's projection.
fn side_by_side(build: &mut Build<'_>, block: &Block, stream: Id, cut: bool) -> Id {
    let all = build.rows;
    let mut normed = build.norm("attn_norm", stream);
    let mixed = mix_normed(build, &block.mixer, normed);
    let mut residual = stream;
    if cut {
        normed = build.cut("attn_norm", normed);
        build.rows = build.settings.outputs;
    }
    let network = build.feed_forward(&block.feed_forward, normed);
    if cut {
        residual = build.cut("inpL", residual);
    }
    let sum = network.map_or(residual, |network| build.add("ffn_out", network, residual));
    build.rows = all;
    let mut mixed = build.output_projection(mixed);
    if cut {
        mixed = build.cut("attn_out", mixed);
        build.rows = build.settings.outputs;
    }
    build.add("l_out", sum, mixed)
}

/// Attention and a state-space layer on one input; rows without logits are dropped after both.
fn both_mixers(
    build: &mut Build<'_>,
    (attention, mamba): (&Attention, &Mamba2),
    network: &FeedForward,
    stream: Id,
    cut: bool,
) -> Id {
    let normed = build.norm("attn_norm", stream);
    // Between two graph splits on the host's caches nothing draws attention to the device.
    build.attends_on_host = true;
    let attended = build.attention(attention, normed);
    build.attends_on_host = false;
    let scanned = build.scan(mamba, |build| build.norm("attn_norm", stream));
    let attended = build.output_projection(attended);
    let recurrent = build.skip_and_gate(&scanned);
    let recurrent = build.product("ssm_out", build.hidden, recurrent);
    let both = build.add("layer_out", attended, recurrent);
    let mut sum = build.add("ffn_inp", both, stream);
    if cut {
        sum = build.cut("ffn_inp", sum);
        build.rows = build.settings.outputs;
    }
    feed_forward(build, NormStyle::Pre, network, sum)
}

fn feed_forward(build: &mut Build<'_>, norms: NormStyle, network: &FeedForward, sum: Id) -> Id {
    if matches!(network, FeedForward::None) {
        return sum;
    }
    let normed = if norms == NormStyle::Post { sum } else { build.norm("ffn_norm", sum) };
    let Some(mut out) = build.feed_forward(network, normed) else { return sum };
    if matches!(norms, NormStyle::PreAndPost | NormStyle::Post) {
        out = build.norm("ffn_post_norm", out);
    }
    if build.habits.stream_first { build.add("l_out", sum, out) } else { build.add("l_out", out, sum) }
}

fn output(build: &mut Build<'_>, vocabulary: u64, stream: Id) {
    let normed = match build.habits.rows {
        Rows::InLastLayer => build.norm("result_norm", stream),
        Rows::BeforeNorm => {
            build.trace.keep(stream);
            let stream = build.cut("l_out", stream);
            build.norm("result_norm", stream)
        }
        Rows::AfterNorm => {
            let normed = build.norm("result_norm", stream);
            build.trace.keep(normed);
            build.cut("result_norm", normed)
        }
    };
    build.rows = build.settings.outputs;
    build.trace.keep(normed);
    let logits = build.product("result_output", vocabulary, normed);
    build.trace.keep(logits);
}
