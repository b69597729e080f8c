//! The operations of an attention layer.

use super::cache::Format;
use super::pass::{CacheStep, HALF, Pass};
use super::trace::{CACHED, RESIDUAL, Trace};
use crate::spec::{Attention, Mla};

/// The norm before a mixer.
const NORM: &str = "input_layernorm";
/// Where attention was written out.
const SCORES: &str = "scores";
/// What attention gives.
const MIXED: &str = "attention";

/// Head widths for which Metal has a kernel that reads a chunk of queries without a score matrix.
const FUSED_CHUNK: [u32; 5] = [64, 72, 80, 96, 128];
/// The same for a single query.
const FUSED_QUERY: [u32; 6] = [64, 96, 128, 192, 256, 512];

/// Widths of one attention layer, in values a token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Heads {
    hidden: f64,
    count: f64,
    shared_by: f64,
    query: f64,
    key: f64,
    value: f64,
    output: f64,
    gate: f64,
    norms: bool,
    fused_chunk: bool,
    fused_query: bool,
    writes_scores: bool,
}

impl Heads {
    /// Of grouped or plain attention; `writes_scores` where no kernel is used (Gemma 2, the processor).
    pub(super) fn attention(hidden: f64, attention: &Attention, writes_scores: bool) -> Self {
        let (count, head) = (f64::from(attention.heads), f64::from(attention.head));
        let kv_heads = f64::from(attention.kv_heads);
        Self {
            hidden,
            count,
            shared_by: count / kv_heads.max(1.0),
            query: count * head,
            key: kv_heads * head,
            value: kv_heads * head,
            output: count * head,
            gate: if attention.output_gate { count * head } else { 0.0 },
            norms: attention.qk_norm,
            fused_chunk: !writes_scores && FUSED_CHUNK.contains(&attention.head),
            fused_query: !writes_scores && FUSED_QUERY.contains(&attention.head),
            writes_scores,
        }
    }

    /// Whether each layer compares positions anew to mask a chunk: MLX's own fallback, not what a model writes out itself.
    pub(super) const fn compares_positions(&self) -> bool {
        !self.fused_chunk && !self.writes_scores
    }

    /// Of latent attention whose heads are expanded before they are kept (DeepSeek V2).
    pub(super) fn expanded(hidden: f64, mla: &Mla) -> Self {
        let (count, width) = (f64::from(mla.heads), mla.nope.saturating_add(mla.rope));
        let fused = width == mla.value;
        Self {
            hidden,
            count,
            shared_by: 1.0,
            query: count * f64::from(width),
            key: count * f64::from(width),
            value: count * f64::from(mla.value),
            output: count * f64::from(mla.value),
            gate: 0.0,
            norms: false,
            fused_chunk: fused && FUSED_CHUNK.contains(&width),
            fused_query: (fused && FUSED_QUERY.contains(&width)) || (width == 192 && mla.value == 128),
            writes_scores: false,
        }
    }
}

/// Norm, projections, and the new keys and values put into the cache: all a chunk needs of the last layer.
pub(super) fn fill(trace: &mut Trace, heads: &Heads, step: &CacheStep, pass: &Pass, last: bool) {
    let normed = pass.wide(heads.hidden);
    let (key, value) = (pass.wide(heads.key), pass.wide(heads.value));
    let query = if last { 0.0 } else { pass.wide(heads.query + heads.gate) };
    let parts = if pass.cache.grouped { 3 } else { 1 };
    let element = pass.cache.element();
    trace.op(NORM, normed, &[]);
    trace.views(pass.transposed);
    trace.op("k_proj", key, &[]);
    trace.op("v_proj", value, &[]);
    trace.views(2 + parts + pass.transposed);
    step.lay_zeros(trace, heads.value * element);
    trace.views(parts);
    step.lay_zeros(trace, heads.key * element);
    trace.op("q_proj", query, &[(NORM, normed)]);
    trace.views(1);
    if pass.cache.grouped {
        trace.op("quantized values", value / HALF * element, &[("v_proj", value)]);
        step.join(trace, heads.value * element);
        trace.op("k rotated", key, &[("k_proj", key)]);
        trace.op("quantized keys", key / HALF * element, &[("k rotated", key)]);
        step.join(trace, heads.key * element);
    } else {
        step.join(trace, heads.value * element);
        trace.op("k rotated", key, &[("k_proj", key)]);
        step.join(trace, heads.key * element);
    }
    trace.views(1 + usize::from(heads.norms));
    let kept = |width: f64| if pass.cache.grouped { width / HALF * element } else { width };
    let (keys, values) =
        if pass.cache.grouped { ("quantized keys", "quantized values") } else { ("k rotated", "v_proj") };
    trace.op(CACHED, 0.0, &[(values, kept(value))]);
    trace.op(CACHED, 0.0, &[(keys, kept(key))]);
    trace.views(2 * parts - 1);
}

/// A whole attention layer with its residual sum.
pub(super) fn layer(trace: &mut Trace, heads: &Heads, step: &CacheStep, pass: &Pass) {
    fill(trace, heads, step, pass, false);
    let (query, output) = (pass.wide(heads.query), pass.wide(heads.output));
    trace.op("q rotated", query, &[("q_proj", query)]);
    let fused = if pass.is_chunk() { heads.fused_chunk } else { heads.fused_query };
    if pass.cache.grouped {
        let spare = step.after > pass.seen * pass.batch;
        scores(trace, heads, pass, spare);
        trace.views(2);
        trace.op(MIXED, output, &[(MIXED, output)]);
    } else if fused {
        trace.op(MIXED, output, &[("q rotated", query)]);
        trace.views(2);
    } else {
        scores(trace, heads, pass, false);
        trace.views(1);
        trace.op(MIXED, output, &[(MIXED, output)]);
    }
    if heads.gate > 0.0 {
        trace.op(MIXED, 0.0, &[("q_proj", pass.wide(heads.gate))]);
    }
    trace.views(pass.transposed);
    trace.op("o_proj", pass.wide(heads.hidden), &[(MIXED, output)]);
    trace.op(RESIDUAL, 0.0, &[("o_proj", pass.wide(heads.hidden))]);
}

/// Attention with the matrix of scores written out, for quantized caches and for heads without a kernel.
///
/// A quantized product on the processor copies what it reads when several heads share a key, or when the
/// cache has room to spare; Metal reads it in place.
fn scores(trace: &mut Trace, heads: &Heads, pass: &Pass, spare: bool) {
    let matrix = HALF * heads.count * pass.tokens * pass.seen * pass.batch;
    let mask = if pass.is_chunk() { pass.tokens * pass.seen } else { 0.0 };
    let copied = pass.cache.grouped && (heads.shared_by > 1.0 || spare);
    let copy = |width: f64| {
        if copied { heads.shared_by * width * pass.cache.element() * pass.seen * pass.batch } else { 0.0 }
    };
    trace.op("q scaled", 0.0, &[]);
    trace.op("mask", mask, &[]);
    trace.copying(SCORES, (matrix, copy(heads.key)), &[("q rotated", pass.wide(heads.query))]);
    trace.op(SCORES, 0.0, &[("mask", mask)]);
    trace.op(SCORES, 0.0, &[]);
    trace.copying(MIXED, (pass.wide(heads.output), copy(heads.value)), &[(SCORES, matrix)]);
}

/// Latent attention that keeps the latent and expands a layer's keys and values in each pass (DeepSeek V3).
pub(super) fn latent(trace: &mut Trace, hidden: f64, mla: &Mla, step: &CacheStep, pass: &Pass) {
    let heads = f64::from(mla.heads);
    let (nope, rope, rank) = (f64::from(mla.nope), f64::from(mla.rope), f64::from(mla.kv_rank));
    let element = Format::PLAIN.element();
    let normed = pass.wide(hidden);
    let query = pass.wide(heads * (nope + rope));
    let compressed = pass.wide(rank + rope);
    let positions = HALF * heads * pass.tokens * pass.seen * pass.batch;
    let seen = HALF * heads * pass.seen * pass.batch;
    let output = pass.wide(heads * f64::from(mla.value));
    let low_rank = pass.wide(mla.q_rank.map_or(0.0, f64::from));
    trace.op(NORM, normed, &[]);
    trace.op("q_a_proj", low_rank, &[]);
    trace.op("kv_a_proj_with_mqa", compressed, &[]);
    trace.op("q_b_proj", query, &[(NORM, normed), ("q_a_proj", low_rank)]);
    step.lay_zeros(trace, step.kept.key * element);
    step.join(trace, step.kept.key * element);
    step.lay_zeros(trace, step.kept.value * element);
    step.join(trace, step.kept.value * element);
    trace.op(CACHED, 0.0, &[("kv_a_proj_with_mqa", compressed)]);
    trace.op("scores of positions", positions, &[]);
    trace.op("scores of positions", 0.0, &[]);
    if pass.is_chunk() {
        let (keys, values) = (seen * nope, seen * f64::from(mla.value));
        trace.op("keys expanded", keys, &[]);
        trace.op("values expanded", values, &[]);
        let read = [
            ("q_b_proj", query),
            ("scores of positions", positions),
            ("keys expanded", keys),
            ("values expanded", values),
        ];
        trace.op(MIXED, output, &read);
    } else {
        let absorbed = pass.wide(heads * rank);
        trace.op("q absorbed", absorbed, &[("q_b_proj", query)]);
        trace.op(SCORES, positions, &[]);
        let read = [("q absorbed", absorbed), ("scores of positions", positions), (SCORES, positions)];
        trace.op("latent values", absorbed, &read);
        trace.op(MIXED, output, &[("latent values", absorbed)]);
    }
    trace.views(2);
    trace.op("o_proj", normed, &[(MIXED, output)]);
    trace.op(RESIDUAL, 0.0, &[("o_proj", normed)]);
}
