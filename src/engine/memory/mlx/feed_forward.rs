//! The operations of a feed-forward network, dense or a mixture of experts.

use super::pass::{HALF, Pass};
use super::tape::Tape;
use crate::spec::{Experts, FeedForward};

/// Bytes of an index.
const INDEX: f64 = 4.0;
/// Choices of experts from which tokens are sorted by expert first.
const SORTED_FROM: f64 = 64.0;

/// A feed-forward network with its norm and residual sum.
pub(super) fn layer(tape: &mut Tape, hidden: f64, feed_forward: &FeedForward, pass: &Pass) {
    let normed = pass.wide(hidden);
    match feed_forward {
        FeedForward::None => return,
        FeedForward::Dense { width, gated, .. } => {
            tape.op(normed, 0.0);
            dense(tape, hidden, f64::from(*width), *gated, normed, pass);
        }
        FeedForward::Experts(experts) => mixture(tape, hidden, experts, pass),
    }
    tape.op(0.0, normed);
}

/// Up, gate, their product, down; the last to read the norm frees `frees`.
fn dense(tape: &mut Tape, hidden: f64, width: f64, gated: bool, frees: f64, pass: &Pass) {
    let inner = pass.wide(width);
    tape.views(pass.transposed);
    if gated {
        tape.op(inner, 0.0);
        tape.views(pass.transposed);
        tape.op(inner, frees);
        tape.views(pass.transposed);
        tape.op(0.0, inner);
    } else {
        tape.op(inner, frees);
        tape.op(0.0, 0.0);
    }
    tape.op(pass.wide(hidden), inner);
}

/// A router, the tokens gathered expert by expert, and their sum.
fn mixture(tape: &mut Tape, hidden: f64, experts: &Experts, pass: &Pass) {
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

    tape.views(1);
    tape.op(normed, 0.0);
    tape.op(scores, 0.0);
    tape.op(0.0, 0.0);
    tape.op(order, 0.0);
    tape.views(1);
    if sorts {
        tape.op(indices, 0.0);
        tape.op(indices, 0.0);
        tape.views(1);
        tape.op(indices, 0.0);
        tape.views(1);
        tape.op(indices, indices);
        tape.op(gathered, indices + keeps_norm);
    }
    let read = if sorts { gathered } else { keeps_norm };
    tape.op(inner + biases, biases);
    tape.op(inner + biases, biases + read);
    tape.op(0.0, inner);
    tape.op(gathered, inner);
    if sorts {
        tape.op(gathered, gathered + 2.0 * indices);
    }
    if beside > 0.0 {
        dense(tape, hidden, beside, true, normed, pass);
    }
    tape.op(HALF * choices, scores + order);
    tape.views(3);
    // The corrected scores of DeepSeek V3 are 32 bit, and so is their product with the outputs.
    let product = if experts.score_correction { 2.0 * gathered } else { 0.0 };
    let weighted = if experts.score_correction { gathered } else { 0.0 };
    tape.op(product, weighted);
    tape.op(normed, if experts.score_correction { product } else { gathered } + HALF * choices);
    if beside > 0.0 {
        tape.op(0.0, normed);
    }
}
