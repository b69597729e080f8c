//! The operations of layers with a state of fixed size.

use super::pass::{HALF, Pass};
use super::tape::Tape;
use crate::spec::{GatedDelta, Mamba2};

/// Bytes of a 32-bit value, in which the delta rule keeps its state.
const SINGLE: f64 = 4.0;
/// Tokens a state-space layer computes as one block of pairs.
const SCAN: f64 = 256.0;

/// Bytes one Mamba-2 layer keeps of a sequence: the last taps of the convolution and the state.
pub(super) fn mamba_state(mamba: &Mamba2) -> f64 {
    let taps = f64::from(mamba.conv.saturating_sub(1));
    HALF * taps * convolved(mamba) + SINGLE * f64::from(mamba.inner) * f64::from(mamba.state)
}

/// Bytes one delta-rule layer keeps of a sequence.
pub(super) fn delta_state(delta: &GatedDelta) -> f64 {
    let (key, value) = delta_widths(delta);
    let taps = f64::from(delta.conv.saturating_sub(1));
    HALF * taps * (2.0 * key + value) + SINGLE * value * f64::from(delta.key_head)
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

/// A Mamba-2 mixer up to its output projection; the state is made anew in each pass.
pub(super) fn mamba(tape: &mut Tape, hidden: f64, mamba: &Mamba2, pass: &Pass) {
    let normed = pass.wide(hidden);
    let inner = pass.wide(f64::from(mamba.inner));
    let mixed = pass.wide(convolved(mamba));
    let projected = inner + mixed + pass.wide(f64::from(mamba.heads));
    let state = mamba_state(mamba) * pass.batch;
    let block = pass.tokens.min(SCAN);
    let pairs = HALF * f64::from(mamba.heads) * block * block * pass.batch;
    tape.op(normed, 0.0);
    tape.views(pass.transposed);
    tape.op(projected, normed);
    tape.op(mixed, 0.0);
    tape.op(mixed, mixed);
    tape.op(0.0, 0.0);
    tape.op(inner, 0.0);
    tape.op(3.0 * pairs, 0.0);
    tape.op(state, state + 3.0 * pairs);
    tape.op(inner, 0.0);
    tape.op(inner, inner);
    tape.op(0.0, mixed + inner + projected);
    tape.views(pass.transposed);
    tape.op(normed, inner);
    tape.op(0.0, normed);
}

/// A gated delta-rule mixer up to its output projection.
pub(super) fn delta(tape: &mut Tape, hidden: f64, delta: &GatedDelta, pass: &Pass) {
    let normed = pass.wide(hidden);
    let (key, value) = delta_widths(delta);
    let mixed = pass.wide(2.0 * key + value);
    let projected = pass.wide(2.0 * key + 2.0 * value);
    let (keys, values) = (pass.wide(2.0 * key), pass.wide(value));
    let state = delta_state(delta) * pass.batch;
    tape.op(normed, 0.0);
    tape.views(pass.transposed);
    tape.op(projected, normed);
    tape.op(mixed, 0.0);
    tape.op(mixed, mixed);
    tape.op(mixed, mixed);
    tape.op(0.0, 0.0);
    tape.op(keys, 0.0);
    tape.op(values + state, state + mixed + keys);
    tape.op(values, values);
    tape.op(0.0, projected);
    tape.views(pass.transposed);
    tape.op(normed, values);
    tape.op(0.0, normed);
}
