//! `GatedGraphConv`: one gated recurrent unit that steps along the edges, between two linear maps.

use super::aggregate::{gather_and_sum, gather_and_sum_backward};
use super::graph::Pass;
use super::trace::{Kind, Trace};

/// Widths of the network and how often it steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gated {
    /// Width of a node's features.
    pub(super) input: f64,
    /// Width of a node's state.
    pub(super) state: f64,
    /// Classes.
    pub(super) output: f64,
    /// Steps, each with a matrix of its own.
    pub(super) steps: f64,
}

impl Gated {
    /// Parameters: a map in, a matrix a step, the unit's two of three gates, a map out.
    pub(super) const fn parameters(&self) -> f64 {
        (self.input + 1.0) * self.state
            + self.steps * self.state * self.state
            + 6.0 * self.state * (self.state + 1.0)
            + (self.state + 1.0) * self.output
    }

    /// From features to logits.
    pub(super) fn forward(&self, trace: &mut Trace, pass: &Pass) {
        let state = pass.node(self.state);
        trace.take(Kind::Nodes, state);
        self.step(trace, pass, false);
        trace.repeat(self.steps - 1.0, |trace| self.step(trace, pass, true));
        if !pass.train {
            trace.free(Kind::Nodes, 2.0 * state);
        }
        trace.take(Kind::Logits, pass.node(self.output));
        if !pass.train {
            trace.free(Kind::Nodes, state);
        }
    }

    /// Messages, and the unit's gates. What stays: the messages and the new state; for a gradient, the
    /// candidate's pre-activation, two gates, the state's share, and the three gates of the state.
    ///
    /// Without gradients, the messages and the state of a step before stay until they are named anew.
    fn step(&self, trace: &mut Trace, pass: &Pass, again: bool) {
        let state = pass.node(self.state);
        let replaced = if again && !pass.train { state } else { 0.0 };
        trace.take(Kind::Nodes, state);
        trace.free(Kind::Nodes, replaced);
        gather_and_sum(trace, pass, self.state);
        trace.free(Kind::Nodes, state);
        trace.take(Kind::Nodes, 6.0 * state);
        if pass.train {
            trace.take(Kind::Nodes, 4.0 * state);
            trace.free(Kind::Nodes, 3.0 * state);
        } else {
            trace.take(Kind::Nodes, 2.0 * state);
            trace.free(Kind::Nodes, 7.0 * state + replaced);
        }
    }

    /// From the gradient of the logits to those of all parameters.
    pub(super) fn backward(&self, trace: &mut Trace, pass: &Pass) {
        let state = pass.node(self.state);
        trace.take(Kind::Nodes, state);
        trace.take(Kind::Gradients, pass.element * (self.state + 1.0) * self.output);
        trace.free(Kind::Logits, pass.node(self.output));
        trace.free(Kind::Nodes, state);
        self.step_backward(trace, pass, false);
        trace.repeat(self.steps - 1.0, |trace| self.step_backward(trace, pass, true));
        trace.take(Kind::Gradients, pass.element * (self.input + 1.0) * self.state);
        trace.free(Kind::Nodes, state);
    }

    /// Back through one step; the gradients of parameters are `added` to what later steps left.
    fn step_backward(&self, trace: &mut Trace, pass: &Pass, added: bool) {
        let state = pass.node(self.state);
        let gates = pass.element * 3.0 * self.state * (self.state + 1.0);
        let nodes = |trace: &mut Trace, taken: f64, freed: f64| {
            trace.take(Kind::Nodes, taken * state);
            trace.free(Kind::Nodes, freed * state);
        };
        // To the update gate and the candidate.
        nodes(trace, 2.0, 1.0);
        nodes(trace, 2.0, 2.0);
        nodes(trace, 1.0, 2.0);
        // Through the reset gate to the gates of the state.
        nodes(trace, 2.0, 1.0);
        nodes(trace, 1.0, 1.0);
        nodes(trace, 1.0, 4.0);
        nodes(trace, 3.0, 1.0);
        nodes(trace, 1.0, 0.0);
        trace.take(Kind::Gradients, gates);
        nodes(trace, 0.0, 3.0);
        nodes(trace, 1.0, 2.0);
        if added {
            accumulate(trace, gates);
        }
        // To the gates of the messages.
        nodes(trace, 3.0, 3.0);
        nodes(trace, 1.0, 0.0);
        trace.take(Kind::Gradients, gates);
        nodes(trace, 0.0, 4.0);
        if added {
            accumulate(trace, gates);
        }
        gather_and_sum_backward(trace, pass, self.state);
        // To the state before and to the step's matrix; its gradient is laid into one of all steps.
        let matrix = pass.element * self.state * self.state;
        trace.take(Kind::Gradients, matrix);
        nodes(trace, 1.0, 2.0);
        nodes(trace, 1.0, 2.0);
        trace.take(Kind::Gradients, matrix * self.steps);
        trace.free(Kind::Gradients, matrix);
        if added {
            accumulate(trace, matrix * self.steps);
        }
    }
}

/// Two gradients of one parameter become one, and not in place.
fn accumulate(trace: &mut Trace, bytes: f64) {
    trace.take(Kind::Gradients, bytes);
    trace.free(Kind::Gradients, 2.0 * bytes);
}
