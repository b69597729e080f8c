//! `GatedGraphConv`: one gated recurrent unit that steps along the edges, between two linear maps.

use super::aggregate::{SUM, THROUGH_NEIGHBORS, gather_and_sum, gather_and_sum_backward};
use super::graph::{GRADIENT, LOGITS, Pass};
use super::trace::{Kind, Trace};

/// Widths of the network and how often it steps.
#[derive(Clone, Copy, Debug)]
pub struct Gated {
    /// Width of a node's features.
    pub input: f64,
    /// Width of a node's state.
    pub state: f64,
    /// Classes.
    pub output: f64,
    /// Steps, each with a matrix of its own.
    pub steps: f64,
}

impl Gated {
    /// Parameters: a map in, a matrix a step, the unit's two of three gates, a map out.
    pub const fn parameters(&self) -> f64 {
        (self.input + 1.0) * self.state
            + self.steps * self.state * self.state
            + 6.0 * self.state * (self.state + 1.0)
            + (self.state + 1.0) * self.output
    }

    /// What the parameters are.
    pub const fn matrices(&self) -> [(&'static str, f64); 4] {
        [
            ("linear map of the features", (self.input + 1.0) * self.state),
            ("matrices of the steps", self.steps * self.state * self.state),
            ("gates of the unit", 6.0 * self.state * (self.state + 1.0)),
            ("linear map to the classes", (self.state + 1.0) * self.output),
        ]
    }

    /// From features to logits.
    pub fn forward(&self, trace: &mut Trace, pass: &Pass) {
        let state = pass.node(self.state);
        trace.take(Kind::Nodes, STATE, state);
        self.step(trace, pass, false);
        trace.repeat(self.steps - 1.0, |trace| self.step(trace, pass, true));
        if !pass.train {
            trace.free_all(Kind::Nodes, 2.0 * state, &[(SUM, state), (STATE, state)]);
        }
        trace.take(Kind::Logits, LOGITS, pass.node(self.output));
        if !pass.train {
            trace.free(Kind::Nodes, STATE, state);
        }
    }

    /// Messages, and the unit's gates (`GRUCell`). What stays: the messages and the new state; for a gradient, the
    /// candidate's pre-activation, two gates, and the three gates of the state.
    ///
    /// Without gradients, the messages and the state of a step before stay until they are named anew.
    fn step(&self, trace: &mut Trace, pass: &Pass, again: bool) {
        let state = pass.node(self.state);
        let replaced = if again && !pass.train { state } else { 0.0 };
        trace.take(Kind::Nodes, "messages before they are summed", state);
        trace.free(Kind::Nodes, SUM, replaced);
        gather_and_sum(trace, pass, self.state);
        trace.free(Kind::Nodes, "messages before they are summed", state);
        let gates = [(MESSAGE_GATES, 3.0 * state), (STATE_GATES, 3.0 * state)];
        trace.take_all(Kind::Nodes, 6.0 * state, &gates);
        if pass.train {
            let kept = [(GATES, 2.0 * state), (CANDIDATE, state), (STATE, state)];
            trace.take_all(Kind::Nodes, 4.0 * state, &kept);
            trace.free(Kind::Nodes, MESSAGE_GATES, 3.0 * state);
        } else {
            trace.take_all(Kind::Nodes, 2.0 * state, &[(GATES, state), (STATE, state)]);
            let [messages, states] = gates;
            let gone = [messages, states, (GATES, state), (STATE, replaced)];
            trace.free_all(Kind::Nodes, 7.0 * state + replaced, &gone);
        }
    }

    /// From the gradient of the logits to those of all parameters.
    pub fn backward(&self, trace: &mut Trace, pass: &Pass) {
        let state = pass.node(self.state);
        trace.take(Kind::Nodes, STATE_GRADIENT, state);
        let output = pass.element * (self.state + 1.0) * self.output;
        trace.take(Kind::Gradients, "gradients of the linear map to the classes", output);
        trace.free(Kind::Logits, GRADIENT, pass.node(self.output));
        trace.free(Kind::Nodes, STATE, state);
        self.step_backward(trace, pass, false);
        trace.repeat(self.steps - 1.0, |trace| self.step_backward(trace, pass, true));
        let input = pass.element * (self.input + 1.0) * self.state;
        trace.take(Kind::Gradients, "gradients of the linear map of the features", input);
        trace.free(Kind::Nodes, STATE_GRADIENT, state);
    }

    /// Back through one step; the gradients of parameters are `added` to what later steps left.
    fn step_backward(&self, trace: &mut Trace, pass: &Pass, added: bool) {
        const INSIDE: &str = "gradients inside the gated unit";
        const OF_GATES: &str = "gradients of the unit's gates";
        const OF_MATRIX: &str = "gradient of a step's matrix";
        const OF_MATRICES: &str = "gradients of the matrices of all steps";
        let state = pass.node(self.state);
        let gates = pass.element * 3.0 * self.state * (self.state + 1.0);
        // Some states' worth of gradients come, some go, and with them what was kept and has been read.
        let nodes = |trace: &mut Trace, taken: f64, freed: f64, read: &[(&'static str, f64)]| {
            trace.take(Kind::Nodes, INSIDE, taken * state);
            let mut gone = [(INSIDE, freed * state); 3];
            let mut all = freed;
            for (place, (name, states)) in gone.iter_mut().skip(1).zip(read) {
                *place = (name, states * state);
                all += states;
            }
            let tensors = gone.get(..=read.len()).unwrap_or(&gone);
            trace.free_all(Kind::Nodes, all * state, tensors);
        };
        // To the update gate and the candidate.
        nodes(trace, 2.0, 0.0, &[(STATE_GRADIENT, 1.0)]);
        nodes(trace, 2.0, 1.0, &[(GATES, 1.0)]);
        nodes(trace, 1.0, 1.0, &[(CANDIDATE, 1.0)]);
        // Through the reset gate to the gates of the state.
        nodes(trace, 2.0, 1.0, &[]);
        nodes(trace, 1.0, 1.0, &[]);
        nodes(trace, 1.0, 0.0, &[(GATES, 1.0), (STATE_GATES, 3.0)]);
        nodes(trace, 3.0, 1.0, &[]);
        nodes(trace, 1.0, 0.0, &[]);
        trace.take(Kind::Gradients, OF_GATES, gates);
        nodes(trace, 0.0, 3.0, &[]);
        nodes(trace, 1.0, 2.0, &[]);
        if added {
            accumulate(trace, OF_GATES, gates);
        }
        // To the gates of the messages.
        nodes(trace, 3.0, 3.0, &[]);
        nodes(trace, 1.0, 0.0, &[]);
        trace.take(Kind::Gradients, OF_GATES, gates);
        nodes(trace, 0.0, 3.0, &[(SUM, 1.0)]);
        if added {
            accumulate(trace, OF_GATES, gates);
        }
        gather_and_sum_backward(trace, pass, self.state, INSIDE);
        // To the state before and to the step's matrix; its gradient is laid into one of all steps.
        let matrix = pass.element * self.state * self.state;
        trace.take(Kind::Gradients, OF_MATRIX, matrix);
        nodes(trace, 1.0, 0.0, &[(THROUGH_NEIGHBORS, 1.0), (STATE, 1.0)]);
        trace.take(Kind::Nodes, STATE_GRADIENT, state);
        nodes(trace, 0.0, 2.0, &[]);
        trace.take(Kind::Gradients, OF_MATRICES, matrix * self.steps);
        trace.free(Kind::Gradients, OF_MATRIX, matrix);
        if added {
            accumulate(trace, OF_MATRICES, matrix * self.steps);
        }
    }
}

/// Names of what lives from the forward pass to the backward pass.
const STATE: &str = "states of nodes";
const STATE_GRADIENT: &str = "gradient of the states of nodes";
const MESSAGE_GATES: &str = "gates of the messages";
const STATE_GATES: &str = "gates of the state";
const GATES: &str = "reset and update gates";
const CANDIDATE: &str = "candidate state before its activation";

/// Two gradients of one parameter become one, and not in place.
fn accumulate(trace: &mut Trace, name: &'static str, bytes: f64) {
    trace.take(Kind::Gradients, name, bytes);
    trace.free(Kind::Gradients, name, 2.0 * bytes);
}
