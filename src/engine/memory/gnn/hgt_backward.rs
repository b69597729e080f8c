//! Back through the layers of a heterogeneous graph transformer.

use super::graph::{GRADIENT, INDEX, Pass};
use super::hgt::{
    ACTIVATED, DIVISORS, EXPONENTIALS, Hgt, INDICES, KEYS, MAPPED, PRIORS, READ, SCORES, SHARES, STATE,
    SUMMED, Sizes, VALUES,
};
use super::trace::{Kind, Trace};

/// The gradient of what a layer gives.
const OUTPUT: &str = "gradient of the layer's output";
/// The gradient that reaches a state past its layer.
const SKIPPED: &str = "gradient through the skip";
const OF_SUM: &str = "gradient of the sum over neighbors";
const OF_KEYS: &str = "gradient of the keys for each relation";
const OF_VALUES: &str = "gradient of the values for each relation";
const OF_QUERIES: &str = "gradient of the queries";

impl Hgt {
    /// From the gradient of the logits to those of all parameters.
    pub fn backward(&self, trace: &mut Trace, pass: &Pass) {
        let of = self.sizes(pass);
        let classes = pass.element * (self.hidden + 1.0) * self.output;
        trace.take(Kind::Nodes, OUTPUT, of.of_type);
        trace.take(Kind::Gradients, "gradients of the linear map to the classes", classes);
        trace.free(Kind::Logits, GRADIENT, pass.element * self.output * pass.scored);
        trace.free(Kind::Nodes, STATE, of.of_type);
        layers(self, trace, pass);
    }
}

/// From the gradient of the last layer's result for one type to those of all parameters.
fn layers(hgt: &Hgt, trace: &mut Trace, pass: &Pass) {
    let of = hgt.sizes(pass);
    layer(hgt, trace, pass, 1.0);
    if hgt.layers >= 2.0 {
        // Of the layers before, all types reach the loss.
        drop_states(trace, &of);
        trace.repeat(hgt.layers - 2.0, |trace| {
            layer(hgt, trace, pass, hgt.types);
            drop_states(trace, &of);
        });
        layer(hgt, trace, pass, hgt.types);
    }
    let features = pass.element * (hgt.input + 1.0) * hgt.hidden;
    trace.repeat(hgt.types, |trace| {
        trace.take(Kind::Nodes, "gradient of the linear map", of.of_type);
        trace.free_all(Kind::Nodes, 2.0 * of.of_type, &[(OUTPUT, of.of_type), (STATE, of.of_type)]);
        trace.take(Kind::Gradients, "gradients of the linear maps of the features", features);
        trace.free(Kind::Nodes, "gradient of the linear map", of.of_type);
    });
}

/// A layer that is not the first no longer needs what it read.
fn drop_states(trace: &mut Trace, of: &Sizes) {
    trace.free(Kind::Nodes, STATE, of.nodes);
}

/// Back through one layer, of whose result so many types have a gradient.
fn layer(hgt: &Hgt, trace: &mut Trace, pass: &Pass, active: f64) {
    let of = hgt.sizes(pass);
    leave(hgt, trace, pass, &of, active);
    attend(trace, pass, &of);
    by_relation(hgt, trace, &of, [OF_VALUES, VALUES]);
    by_relation(hgt, trace, &of, [OF_KEYS, KEYS]);
    project(hgt, trace, pass, &of, active);
}

/// Through the skip, the map of the sums and GELU.
fn leave(hgt: &Hgt, trace: &mut Trace, pass: &Pass, of: &Sizes, active: f64) {
    let (product, of_map, of_gelu) = (
        "product for the skip's gradient",
        "gradient of the linear map of the sum",
        "gradient of GELU's output",
    );
    let rows = of.of_type;
    trace.repeat(active, |trace| {
        trace.take(Kind::Nodes, SKIPPED, rows);
        trace.pass(Kind::Nodes, product, rows);
        trace.take(Kind::Nodes, of_map, rows);
        trace.pass(Kind::Nodes, product, rows);
        trace.free_all(Kind::Nodes, 2.0 * rows, &[(OUTPUT, rows), (MAPPED, rows)]);
    });
    let matrix = pass.element * (hgt.hidden + 1.0) * hgt.hidden;
    trace.repeat(active, |trace| {
        trace.take(Kind::Nodes, of_gelu, rows);
        trace.take(Kind::Gradients, "gradients of the maps of the sum", matrix);
        trace.free_all(Kind::Nodes, 2.0 * rows, &[(of_map, rows), (ACTIVATED, rows)]);
    });
    let through = "gradient of GELU's input";
    trace.repeat(active, |trace| {
        trace.take(Kind::Nodes, through, rows);
        trace.free(Kind::Nodes, of_gelu, rows);
    });
    trace.free(Kind::Nodes, SUMMED, of.nodes);
    trace.take(Kind::Nodes, OF_SUM, of.nodes);
    trace.free(Kind::Nodes, through, rows);
    trace.repeat(active - 1.0, |trace| {
        trace.take(Kind::Nodes, OF_SUM, of.nodes);
        trace.free(Kind::Nodes, through, rows);
        trace.take(Kind::Nodes, OF_SUM, of.nodes);
        trace.free(Kind::Nodes, OF_SUM, 2.0 * of.nodes);
    });
}

/// Through the attention over edges.
fn attend(trace: &mut Trace, pass: &Pass, of: &Sizes) {
    let (messages, values) = ("gradient of the messages", "gradient of the values, one an edge");
    let (both, inside) = ("gradients of queries and keys, one an edge", "gradients inside the softmax");
    let (sums, priors) = ("gradient of the sums of exponentials", "gradient of the priors");
    let edges = |trace: &mut Trace, name: &'static str, taken: f64, freed: f64| {
        trace.take(Kind::Edges, name, taken);
        trace.free(Kind::Edges, name, freed);
    };
    let score = of.scores;
    edges(trace, messages, of.edges, 0.0);
    trace.free(Kind::Nodes, OF_SUM, of.nodes);
    edges(trace, messages, of.edges, 0.0);
    edges(trace, values, of.edges, 0.0);
    edges(trace, inside, score, 0.0);
    edges(trace, messages, 0.0, 2.0 * of.edges);
    trace.free_all(Kind::Edges, score + of.edges, &[(SHARES, score), (READ, of.edges)]);
    edges(trace, inside, 4.0 * score, 3.0 * score);
    edges(trace, inside, score, score);
    trace.free(Kind::Edges, DIVISORS, score);
    trace.take(Kind::Nodes, sums, 2.0 * of.sums);
    trace.free(Kind::Nodes, sums, of.sums);
    edges(trace, inside, 0.0, score);
    edges(trace, inside, score, 0.0);
    trace.free(Kind::Nodes, sums, of.sums);
    edges(trace, inside, score, 2.0 * score);
    edges(trace, inside, score, score);
    trace.free(Kind::Edges, EXPONENTIALS, score);
    edges(trace, inside, score, score);
    trace.take(Kind::Edges, priors, score);
    edges(trace, inside, score, score);
    trace.free_all(Kind::Edges, 2.0 * score, &[(PRIORS, score), (SCORES, score)]);
    edges(trace, both, 2.0 * of.edges, 0.0);
    edges(trace, inside, 0.0, score);
    trace.free(Kind::Edges, READ, 2.0 * of.edges);
    for (name, rows, from) in
        [(OF_VALUES, of.sources, values), (OF_QUERIES, of.nodes, both), (OF_KEYS, of.sources, both)]
    {
        trace.take(Kind::Nodes, "zeros to add to", rows);
        trace.take(Kind::Nodes, name, rows);
        trace.free(Kind::Nodes, "zeros to add to", rows);
        trace.free(Kind::Edges, from, of.edges);
    }
    trace.free(Kind::Edges, INDICES, 2.0 * INDEX * pass.edges);
    trace.free(Kind::Edges, priors, score);
}

/// Through the matrices of each relation and head, whose results were written into one tensor.
fn by_relation(hgt: &Hgt, trace: &mut Trace, of: &Sizes, [gradient, kept]: [&'static str; 2]) {
    const REST: &str = "gradient that other relations have yet to read";
    const PIECE: &str = "gradient of one relation and head";
    const OF_MATRICES: &str = "gradients of the matrices of relations";
    let rounds = hgt.relations * hgt.heads;
    let round = |trace: &mut Trace, first: bool, last: bool| {
        trace.take(Kind::Nodes, REST, of.sources);
        trace.take(Kind::Nodes, PIECE, of.piece);
        if last {
            trace.free(Kind::Nodes, REST, of.sources);
        } else {
            trace.pass(Kind::Nodes, "zeros", of.piece);
        }
        trace.free(Kind::Nodes, REST, of.sources);
        trace.take(Kind::Nodes, PIECE, of.piece);
        trace.free(Kind::Nodes, PIECE, of.piece);
        if last {
            trace.free(Kind::Nodes, kept, of.sources);
        }
        trace.take(Kind::Gradients, OF_MATRICES, of.matrices);
        if !first {
            trace.take(Kind::Gradients, OF_MATRICES, of.matrices);
            trace.free(Kind::Gradients, OF_MATRICES, 2.0 * of.matrices);
        }
        trace.take(Kind::Nodes, gradient, of.sources);
        trace.free(Kind::Nodes, PIECE, of.piece);
        if !first {
            trace.take(Kind::Nodes, gradient, of.sources);
            trace.free(Kind::Nodes, gradient, 2.0 * of.sources);
        }
    };
    trace.take(Kind::Nodes, REST, of.sources);
    trace.free(Kind::Nodes, gradient, of.sources);
    if rounds < 2.0 {
        return round(trace, true, true);
    }
    round(trace, true, false);
    // Each between leaves what it found.
    if rounds > 2.0 {
        round(trace, false, false);
    }
    round(trace, false, true);
}

/// To the states that the layer read.
fn project(hgt: &Hgt, trace: &mut Trace, pass: &Pass, of: &Sizes, active: f64) {
    const JOINED: &str = "gradient of keys, queries and values";
    const ROWS: &str = "gradient of one type's keys and values";
    let rows = of.of_type;
    // Types that are the source of several relations add what comes from each.
    let several = (hgt.relations - hgt.types).clamp(0.0, hgt.types);
    trace.take(Kind::Nodes, ROWS, 2.0 * several * rows);
    let of_type = |trace: &mut Trace, first: bool| {
        trace.take(Kind::Nodes, ROWS, rows);
        if first {
            trace.free(Kind::Nodes, OF_VALUES, of.sources);
        }
        trace.take(Kind::Nodes, ROWS, rows);
        if first {
            trace.free(Kind::Nodes, OF_KEYS, of.sources);
        }
        trace.take(Kind::Nodes, JOINED, 3.0 * rows);
        trace.free(Kind::Nodes, ROWS, rows);
        trace.take(Kind::Nodes, JOINED, 6.0 * rows);
        trace.free(Kind::Nodes, JOINED, 6.0 * rows);
        trace.take(Kind::Nodes, JOINED, 3.0 * rows);
        trace.free(Kind::Nodes, ROWS, rows);
        trace.take(Kind::Nodes, JOINED, 3.0 * rows);
        trace.free(Kind::Nodes, JOINED, 6.0 * rows);
    };
    of_type(trace, true);
    trace.repeat(hgt.types - 1.0, |trace| of_type(trace, false));
    trace.free(Kind::Nodes, ROWS, 2.0 * several * rows);
    trace.free(Kind::Nodes, OF_QUERIES, of.nodes);
    let matrix = pass.element * 3.0 * (hgt.hidden + 1.0) * hgt.hidden;
    let to_state = |trace: &mut Trace, skipped: bool| {
        trace.take(Kind::Nodes, OUTPUT, rows);
        trace.take(Kind::Gradients, "gradients of keys', queries' and values' maps", matrix);
        trace.free(Kind::Nodes, JOINED, 3.0 * rows);
        if skipped {
            trace.take(Kind::Nodes, OUTPUT, rows);
            trace.free_all(Kind::Nodes, 2.0 * rows, &[(OUTPUT, rows), (SKIPPED, rows)]);
        }
    };
    trace.repeat(hgt.types - active, |trace| to_state(trace, false));
    trace.repeat(active, |trace| to_state(trace, true));
}
