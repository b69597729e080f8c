//! The pass forward of a heterogeneous graph transformer.

use super::graph::{INDEX, LOGITS, Pass};
use super::hgt::{
    ACTIVATED, DIVISORS, EXPONENTIALS, Hgt, INDICES, KEYS, MAPPED, PRIORS, READ, SCORES, SHARES, STATE,
    SUMMED, Sizes, VALUES,
};
use super::trace::{Kind, Trace};

impl Hgt {
    /// From features to logits of one type.
    pub fn forward(&self, trace: &mut Trace, pass: &Pass) {
        let of = self.sizes(pass);
        trace.take(Kind::Nodes, STATE, of.nodes);
        trace.repeat(self.layers, |trace| self.layer(trace, pass));
        trace.take(Kind::Logits, LOGITS, pass.element * self.output * pass.scored);
        let others = of.nodes - of.of_type;
        if pass.train {
            // What only other types' results needed.
            let gone = [(ACTIVATED, others), (MAPPED, others), (STATE, others)];
            trace.free_all(Kind::Nodes, 3.0 * others, &gone);
        } else {
            trace.free(Kind::Nodes, STATE, of.nodes);
        }
    }

    fn layer(&self, trace: &mut Trace, pass: &Pass) {
        const PROJECTED: &str = "keys, queries and values of nodes";
        const QUERIES: &str = "queries of nodes";
        const BY_RELATION: &str = "keys and values mapped by relations";
        let of = self.sizes(pass);
        trace.take(Kind::Nodes, PROJECTED, 3.0 * of.nodes);
        trace.take(Kind::Nodes, QUERIES, of.nodes);
        let numbers = INDEX * self.heads * pass.nodes / self.types;
        let types = "types of sources and heads";
        trace.repeat(self.relations, |trace| {
            trace.take(Kind::Nodes, types, 2.0 * numbers);
            trace.free(Kind::Nodes, types, numbers);
            trace.take(Kind::Nodes, types, numbers);
            trace.free(Kind::Nodes, types, numbers);
        });
        for name in [KEYS, VALUES] {
            trace.take(Kind::Nodes, "rows of sources joined", of.sources);
            trace.take(Kind::Nodes, name, of.sources);
            trace.free(Kind::Nodes, "rows of sources joined", of.sources);
        }
        let joined = numbers * self.relations;
        trace.take(Kind::Nodes, types, joined);
        for _ in 0..2 {
            trace.take(Kind::Nodes, BY_RELATION, of.sources);
            trace.pass(Kind::Nodes, "rows of one relation and head", of.piece);
        }
        if !pass.train {
            trace.free_all(Kind::Nodes, 2.0 * of.sources, &[(KEYS, of.sources), (VALUES, of.sources)]);
        }
        trace.free(Kind::Nodes, types, 2.0 * joined);
        Self::attend(trace, pass, &of);
        self.leave(trace, pass, &of);
        let gone = [(PROJECTED, 3.0 * of.nodes), (QUERIES, of.nodes), (BY_RELATION, 2.0 * of.sources)];
        trace.free_all(Kind::Nodes, 4.0 * of.nodes + 2.0 * of.sources, &gone);
        if !pass.train {
            let pairs = 2.0 * INDEX * pass.edges;
            trace.free_all(Kind::Edges, pairs + of.scores, &[(INDICES, pairs), (PRIORS, of.scores)]);
            let gone = [(SUMMED, of.nodes), (MAPPED, of.nodes), (STATE, of.nodes)];
            trace.free_all(Kind::Nodes, 3.0 * of.nodes, &gone);
        }
    }

    /// Attention over all relations' edges together.
    fn attend(trace: &mut Trace, pass: &Pass, of: &Sizes) {
        let pairs = 2.0 * INDEX * pass.edges;
        let (copies, products, scaled) =
            ("edge indices of one relation, moved", "products, one an edge", "scores times priors");
        let (shifted, largest, total) =
            ("scores less the largest", "largest score of a node", "sums of exponentials");
        trace.take(Kind::Edges, copies, pairs);
        trace.take(Kind::Edges, INDICES, pairs);
        trace.take(Kind::Edges, PRIORS, of.scores);
        trace.free(Kind::Edges, copies, pairs);
        trace.take(Kind::Edges, READ, 3.0 * of.edges);
        trace.take(Kind::Edges, products, of.edges);
        trace.take(Kind::Edges, SCORES, of.scores);
        trace.free(Kind::Edges, products, of.edges);
        trace.take(Kind::Edges, scaled, of.scores);
        if !pass.train {
            trace.free(Kind::Edges, SCORES, of.scores);
        }
        trace.take(Kind::Edges, scaled, of.scores);
        trace.free(Kind::Edges, scaled, of.scores);
        trace.take(Kind::Nodes, largest, of.sums);
        trace.take(Kind::Edges, shifted, 2.0 * of.scores);
        trace.free(Kind::Edges, shifted, of.scores);
        trace.take(Kind::Edges, EXPONENTIALS, of.scores);
        trace.free(Kind::Edges, shifted, of.scores);
        trace.take(Kind::Nodes, total, 2.0 * of.sums);
        trace.free(Kind::Nodes, total, of.sums);
        trace.take(Kind::Edges, DIVISORS, of.scores);
        trace.free(Kind::Nodes, total, of.sums);
        trace.take(Kind::Edges, SHARES, of.scores);
        trace.free(Kind::Nodes, largest, of.sums);
        trace.free(Kind::Edges, scaled, of.scores);
        if !pass.train {
            let gone = [(EXPONENTIALS, of.scores), (DIVISORS, of.scores)];
            trace.free_all(Kind::Edges, 2.0 * of.scores, &gone);
        }
        trace.take(Kind::Edges, products, of.edges);
        if !pass.train {
            trace.free(Kind::Edges, SHARES, of.scores);
        }
        trace.take(Kind::Nodes, SUMMED, of.nodes);
        trace.free(Kind::Edges, products, of.edges);
        if !pass.train {
            trace.free(Kind::Edges, READ, 3.0 * of.edges);
        }
    }

    /// The map of the sums, weighed with the state that was there.
    fn leave(&self, trace: &mut Trace, pass: &Pass, of: &Sizes) {
        let weighed = "states weighed by the skip";
        trace.take(Kind::Nodes, ACTIVATED, of.nodes);
        trace.take(Kind::Nodes, MAPPED, of.nodes);
        if !pass.train {
            trace.free(Kind::Nodes, ACTIVATED, of.nodes);
        }
        trace.repeat(self.types, |trace| {
            trace.take(Kind::Nodes, weighed, 2.0 * of.of_type);
            trace.take(Kind::Nodes, STATE, of.of_type);
            trace.free(Kind::Nodes, weighed, 2.0 * of.of_type);
        });
    }
}
