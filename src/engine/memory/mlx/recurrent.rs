//! The operations of layers with a state of fixed size.

use super::pass::{HALF, Pass};
use super::trace::{RESIDUAL, STATE, Trace};
use crate::engine::memory::kinds::State;
use crate::spec::{GatedDelta, Listed, Mamba2};

/// The norm before a mixer.
const NORM: &str = "input_layernorm";

/// Tokens a state-space layer computes as one block of pairs.
const SCAN: f64 = 256.0;

/// What one Mamba-2 layer keeps of a sequence: the last taps of the convolution and the state.
pub(super) fn mamba_state(mamba: &Mamba2) -> State {
    let taps = f64::from(mamba.conv.saturating_sub(1));
    State { convolution: taps * convolved(mamba), state: f64::from(mamba.inner) * f64::from(mamba.state) }
}

/// What one delta-rule layer keeps of a sequence.
pub(super) fn delta_state(delta: &GatedDelta) -> State {
    let (key, value) = delta_widths(delta);
    let taps = f64::from(delta.conv.saturating_sub(1));
    State { convolution: taps * (2.0 * key + value), state: value * f64::from(delta.key_head) }
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

/// What the state of a Mamba-2 layer is computed from once all else of a chunk is: the convolution's input, of which the
/// cache holds the end without a copy, its result, and in 32 bit the steps and the values times them (`ssm_attn`).
pub(super) fn put_off(mamba: &Mamba2, pass: &Pass) -> f64 {
    let single = f64::from(mamba.inner) + 2.0 * f64::from(mamba.heads);
    pass.wide(2.0 * convolved(mamba)) + 2.0 * pass.wide(single)
}

/// A Mamba-2 mixer up to its output projection; the state is made anew in each pass.
pub(super) fn mamba(trace: &mut Trace, hidden: f64, mamba: &Mamba2, pass: &Pass) {
    let normed = pass.wide(hidden);
    let inner = pass.wide(f64::from(mamba.inner));
    let mixed = pass.wide(convolved(mamba));
    let projected = inner + mixed + pass.wide(f64::from(mamba.heads));
    let state = mamba_state(mamba).bytes() * pass.batch;
    let block = pass.tokens.min(SCAN);
    let pairs = HALF * f64::from(mamba.heads) * block * block * pass.batch;
    trace.op(NORM, normed, &[]);
    trace.views(pass.transposed);
    trace.op("in_proj", projected, &[(NORM, normed)]);
    trace.op("conv1d", mixed, &[]);
    trace.op("conv1d", mixed, &[("conv1d", mixed)]);
    trace.op("dt", 0.0, &[]);
    trace.op("x * dt", inner, &[]);
    trace.op("pairs of tokens", 3.0 * pairs, &[]);
    trace.op(STATE, state, &[(STATE, state), ("pairs of tokens", 3.0 * pairs)]);
    trace.op("y", inner, &[]);
    trace.op("y", inner, &[("y", inner)]);
    trace.op("y", 0.0, &[("conv1d", mixed), ("x * dt", inner), ("in_proj", projected)]);
    trace.views(pass.transposed);
    trace.op("out_proj", normed, &[("y", inner)]);
    trace.op(RESIDUAL, 0.0, &[("out_proj", normed)]);
}

/// A mixer by what it lists, up to its output projection: the product with each matrix, and one result of all.
pub(super) fn listed(trace: &mut Trace, hidden: f64, listed: &Listed, pass: &Pass) {
    let normed = pass.wide(hidden);
    let (projected, inner) = (pass.wide(listed.rows()), pass.wide(f64::from(listed.inner())));
    trace.op(NORM, normed, &[]);
    trace.views(pass.transposed);
    trace.op("projections", projected, &[(NORM, normed)]);
    trace.op("mixed", inner, &[]);
    trace.op("mixed", 0.0, &[("projections", projected)]);
    trace.views(pass.transposed);
    trace.op("out_proj", normed, &[("mixed", inner)]);
    trace.op(RESIDUAL, 0.0, &[("out_proj", normed)]);
}

/// A gated delta-rule mixer up to its output projection.
pub(super) fn delta(trace: &mut Trace, hidden: f64, delta: &GatedDelta, pass: &Pass) {
    let normed = pass.wide(hidden);
    let (key, value) = delta_widths(delta);
    let mixed = pass.wide(2.0 * key + value);
    let projected = pass.wide(2.0 * key + 2.0 * value);
    let (keys, values) = (pass.wide(2.0 * key), pass.wide(value));
    let state = delta_state(delta).bytes() * pass.batch;
    trace.op(NORM, normed, &[]);
    trace.views(pass.transposed);
    trace.op("in_proj", projected, &[(NORM, normed)]);
    trace.op("conv1d", mixed, &[]);
    trace.op("conv1d", mixed, &[("conv1d", mixed)]);
    trace.op("conv1d", mixed, &[("conv1d", mixed)]);
    trace.op("decay and beta", 0.0, &[]);
    trace.op("q and k normed", keys, &[]);
    let read = [(STATE, state), ("conv1d", mixed), ("q and k normed", keys)];
    trace.op("delta rule: values and new state", values + state, &read);
    trace.op("values normed", values, &[("delta rule: values and new state", values)]);
    trace.op("values normed", 0.0, &[("in_proj", projected)]);
    trace.views(pass.transposed);
    trace.op("out_proj", normed, &[("values normed", values)]);
    trace.op(RESIDUAL, 0.0, &[("out_proj", normed)]);
}
