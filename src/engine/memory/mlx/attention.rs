//! The operations of an attention layer.

use super::cache::Format;
use super::pass::{CacheStep, HALF, Pass};
use super::tape::Tape;
use crate::spec::{Attention, Mla};

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
        }
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
        }
    }
}

/// Norm, projections, and the new keys and values put into the cache: all a chunk needs of the last layer.
pub(super) fn fill(tape: &mut Tape, heads: &Heads, step: &CacheStep, pass: &Pass, last: bool) {
    let normed = pass.wide(heads.hidden);
    let (key, value) = (pass.wide(heads.key), pass.wide(heads.value));
    let query = if last { 0.0 } else { pass.wide(heads.query + heads.gate) };
    let parts = if pass.cache.grouped { 3 } else { 1 };
    let element = pass.cache.element();
    tape.op(normed, 0.0);
    tape.views(pass.transposed);
    tape.op(key, 0.0);
    tape.op(value, 0.0);
    tape.views(2 + parts + pass.transposed);
    step.lay_zeros(tape, heads.value * element);
    tape.views(parts);
    step.lay_zeros(tape, heads.key * element);
    tape.op(query, normed);
    tape.views(1);
    if pass.cache.grouped {
        tape.op(value / HALF * element, value);
        step.join(tape, heads.value * element);
        tape.op(key, key);
        tape.op(key / HALF * element, key);
        step.join(tape, heads.key * element);
    } else {
        step.join(tape, heads.value * element);
        tape.op(key, key);
        step.join(tape, heads.key * element);
    }
    tape.views(1 + usize::from(heads.norms));
    let kept = |width: f64| if pass.cache.grouped { width / HALF * element } else { width };
    tape.op(0.0, kept(value));
    tape.op(0.0, kept(key));
    tape.views(2 * parts - 1);
}

/// A whole attention layer with its residual sum.
pub(super) fn layer(tape: &mut Tape, heads: &Heads, step: &CacheStep, pass: &Pass) {
    fill(tape, heads, step, pass, false);
    let (query, output) = (pass.wide(heads.query), pass.wide(heads.output));
    tape.op(query, query);
    let fused = if pass.is_chunk() { heads.fused_chunk } else { heads.fused_query };
    if pass.cache.grouped {
        let spare = step.after > pass.seen * pass.batch;
        scores(tape, heads, pass, spare);
        tape.views(2);
        tape.op(output, output);
    } else if fused {
        tape.op(output, query);
        tape.views(2);
    } else {
        scores(tape, heads, pass, false);
        tape.views(1);
        tape.op(output, output);
    }
    if heads.gate > 0.0 {
        tape.op(0.0, pass.wide(heads.gate));
    }
    tape.views(pass.transposed);
    tape.op(pass.wide(heads.hidden), output);
    tape.op(0.0, pass.wide(heads.hidden));
}

/// Attention with the matrix of scores written out, for quantised caches and for heads without a kernel.
///
/// A quantised product on the processor copies what it reads when several heads share a key, or when the
/// cache has room to spare; Metal reads it in place.
fn scores(tape: &mut Tape, heads: &Heads, pass: &Pass, spare: bool) {
    let matrix = HALF * heads.count * pass.tokens * pass.seen * pass.batch;
    let mask = if pass.is_chunk() { pass.tokens * pass.seen } else { 0.0 };
    let copied = pass.cache.grouped && (heads.shared_by > 1.0 || spare);
    let copy = |width: f64| {
        if copied { heads.shared_by * width * pass.cache.element() * pass.seen * pass.batch } else { 0.0 }
    };
    tape.op(0.0, 0.0);
    tape.op(mask, 0.0);
    tape.copying(matrix, copy(heads.key), pass.wide(heads.query));
    tape.op(0.0, mask);
    tape.op(0.0, 0.0);
    tape.copying(pass.wide(heads.output), copy(heads.value), matrix);
}

/// Latent attention that keeps the latent and expands a layer's keys and values in each pass (DeepSeek V3).
pub(super) fn latent(tape: &mut Tape, hidden: f64, mla: &Mla, step: &CacheStep, pass: &Pass) {
    let heads = f64::from(mla.heads);
    let (nope, rope, rank) = (f64::from(mla.nope), f64::from(mla.rope), f64::from(mla.kv_rank));
    let element = Format::PLAIN.element();
    let normed = pass.wide(hidden);
    let query = pass.wide(heads * (nope + rope));
    let compressed = pass.wide(rank + rope);
    let positions = HALF * heads * pass.tokens * pass.seen * pass.batch;
    let seen = HALF * heads * pass.seen * pass.batch;
    let output = pass.wide(heads * f64::from(mla.value));
    tape.op(normed, 0.0);
    tape.op(pass.wide(mla.q_rank.map_or(0.0, f64::from)), 0.0);
    tape.op(compressed, 0.0);
    tape.op(query, normed + pass.wide(mla.q_rank.map_or(0.0, f64::from)));
    step.lay_zeros(tape, step.kept.key * element);
    step.join(tape, step.kept.key * element);
    step.lay_zeros(tape, step.kept.value * element);
    step.join(tape, step.kept.value * element);
    tape.op(0.0, compressed);
    tape.op(positions, 0.0);
    tape.op(0.0, 0.0);
    if pass.is_chunk() {
        let (keys, values) = (seen * nope, seen * f64::from(mla.value));
        tape.op(keys, 0.0);
        tape.op(values, 0.0);
        tape.op(output, query + positions + keys + values);
    } else {
        let absorbed = pass.wide(heads * rank);
        tape.op(absorbed, query);
        tape.op(positions, 0.0);
        tape.op(absorbed, absorbed + 2.0 * positions);
        tape.op(output, absorbed);
    }
    tape.views(2);
    tape.op(normed, output);
    tape.op(0.0, normed);
}
