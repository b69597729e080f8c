//! The operations of a feed-forward network, dense or a mixture of experts.

use super::pass::{HALF, Pass};
use super::trace::{RESIDUAL, Trace};
use crate::spec::{Experts, FeedForward};

/// The norm before a feed-forward network.
const NORM: &str = "post_attention_layernorm";
/// Which row goes to which expert, and back.
const INDICES: &str = "order of rows";
/// What the experts give.
const EXPERTS: &str = "experts.down_proj";

/// Bytes of an index.
const INDEX: f64 = 4.0;
/// Choices of experts from which tokens are sorted by expert first.
const SORTED_FROM: f64 = 64.0;

/// A feed-forward network with its norm and residual sum.
pub(super) fn layer(trace: &mut Trace, hidden: f64, feed_forward: &FeedForward, pass: &Pass) {
    let normed = pass.wide(hidden);
    match feed_forward {
        FeedForward::None => {}
        FeedForward::Dense { width, gated, .. } => {
            trace.op(NORM, normed, &[]);
            dense(trace, hidden, f64::from(*width), *gated, normed, pass);
            trace.op(RESIDUAL, 0.0, &[("down_proj", normed)]);
        }
        FeedForward::Experts(experts) => {
            mixture(trace, hidden, experts, pass);
            trace.op(RESIDUAL, 0.0, &[("sum of experts", normed)]);
        }
    }
}

/// Up, gate, their product, down; the last to read the norm frees `frees`.
fn dense(trace: &mut Trace, hidden: f64, width: f64, gated: bool, frees: f64, pass: &Pass) {
    let inner = pass.wide(width);
    trace.views(pass.transposed);
    if gated {
        trace.op("gate_proj", inner, &[]);
        trace.views(pass.transposed);
        trace.op("up_proj", inner, &[(NORM, frees)]);
        trace.views(pass.transposed);
        trace.op("up_proj", 0.0, &[("gate_proj", inner)]);
    } else {
        trace.op("up_proj", inner, &[(NORM, frees)]);
        trace.op("up_proj", 0.0, &[]);
    }
    trace.op("down_proj", pass.wide(hidden), &[("up_proj", inner)]);
}

/// A router, the tokens gathered expert by expert, and their sum.
fn mixture(trace: &mut Trace, hidden: f64, experts: &Experts, pass: &Pass) {
    let normed = pass.wide(hidden);
    let choices = f64::from(experts.used) * pass.rows();
    let scores = pass.wide(f64::from(experts.count));
    let order = INDEX * f64::from(experts.count) * pass.rows();
    let (gathered, inner) = (HALF * choices * hidden, HALF * choices * f64::from(experts.width));
    let indices = INDEX * choices;
    let beside = f64::from(experts.shared_width) + f64::from(experts.dense_width);
    let keeps_norm = if beside > 0.0 { 0.0 } else { normed };
    let biases = if experts.bias { inner } else { 0.0 };
    let sorts = choices >= SORTED_FROM;

    trace.views(1);
    trace.op(NORM, normed, &[]);
    trace.op("router", scores, &[]);
    trace.op("router", 0.0, &[]);
    trace.op("ranking of experts", order, &[]);
    trace.views(1);
    if sorts {
        trace.op(INDICES, indices, &[]);
        trace.op(INDICES, indices, &[]);
        trace.views(1);
        trace.op(INDICES, indices, &[]);
        trace.views(1);
        trace.op(INDICES, indices, &[(INDICES, indices)]);
        trace.op("gathered rows", gathered, &[(INDICES, indices), (NORM, keeps_norm)]);
    }
    let read = if sorts { ("gathered rows", gathered) } else { (NORM, keeps_norm) };
    trace.op("experts.up_proj", inner + biases, &[("experts.up_proj", biases)]);
    trace.op("experts.gate_proj", inner + biases, &[("experts.gate_proj", biases), read]);
    trace.op("experts.gate_proj", 0.0, &[("experts.up_proj", inner)]);
    trace.op(EXPERTS, gathered, &[("experts.gate_proj", inner)]);
    if sorts {
        trace.op(EXPERTS, gathered, &[(EXPERTS, gathered), (INDICES, 2.0 * indices)]);
    }
    if beside > 0.0 {
        dense(trace, hidden, beside, true, normed, pass);
    }
    trace.op("expert weights", HALF * choices, &[("router", scores), ("ranking of experts", order)]);
    trace.views(3);
    // The corrected scores of DeepSeek V3 are 32 bit, and so is their product with the outputs.
    let product = if experts.score_correction { 2.0 * gathered } else { 0.0 };
    let weighted = if experts.score_correction { gathered } else { 0.0 };
    trace.op("weighted rows", product, &[(EXPERTS, weighted)]);
    let rows = if experts.score_correction { ("weighted rows", product) } else { (EXPERTS, gathered) };
    trace.op("sum of experts", normed, &[rows, ("expert weights", HALF * choices)]);
    if beside > 0.0 {
        trace.op("sum of experts", 0.0, &[("down_proj", normed)]);
    }
}
