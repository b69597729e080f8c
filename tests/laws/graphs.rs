//! What must hold for the lengths of every data set of graphs.

use plimsoll::engine::graph::{Lengths, as_fine_tune, as_inference, lengths};
use plimsoll::spec::{FineTune, Graph, Inference, Method, Runtime};
use plimsoll::units::{Tokens, count};
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 400,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_121),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

prop_compose! {
    fn graph()(
        nodes in 1_u64..1_000_000_000_000_000,
        edges in 1_u64..1_000_000_000_000_000,
        per_node in 0.0..100.0_f64,
        per_edge in 0.0..100.0_f64,
        graphs in 1_u64..1_000_000_000,
        size_spread in 1.0..50.0_f64,
        max_sequence in prop::option::of(1_u64..10_000_000),
        packing in any::<bool>(),
    ) -> Graph {
        Graph {
            nodes,
            edges,
            tokens_per_node: per_node,
            tokens_per_edge: per_edge,
            graphs,
            size_spread,
            max_sequence,
            packing,
        }
    }
}

/// The same number up to rounding.
fn at_most(a: Tokens, b: Tokens) -> bool {
    a.get() <= b.get() * (1.0 + 1e-6) + 1e-6
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn lengths_are_in_order_and_finite(graph in graph()) {
        let Lengths { median, p95, longest, mean } = lengths(&graph);
        for each in [median, p95, longest, mean] {
            prop_assert!(each.get().is_finite() && each.get() >= 0.0, "{each:?}");
        }
        prop_assert!(at_most(median, p95) && at_most(p95, longest) && at_most(mean, longest), "{:?}", lengths(&graph));
        if let Some(cut) = graph.max_sequence {
            prop_assert!(longest.get() <= count(cut), "{longest:?}");
        }
    }

    #[test]
    fn more_of_a_graph_is_never_shorter(graph in graph(), more in 1_u64..1_000_000, wider in 0.0..5.0_f64) {
        let before = lengths(&graph);
        let grown = [
            Graph { nodes: graph.nodes + more, ..graph },
            Graph { edges: graph.edges + more, ..graph },
            Graph { graphs: graph.graphs + more, ..graph },
            Graph { max_sequence: graph.max_sequence.map(|cut| cut + more), ..graph },
            Graph { max_sequence: None, ..graph },
        ];
        // Cut where they are, graphs of wider spread may be shorter on average, but never at the longest.
        let spread = lengths(&Graph { size_spread: graph.size_spread + wider, ..graph });
        prop_assert!(at_most(before.longest, spread.longest), "{before:?} {spread:?}");
        for after in grown.map(|graph| lengths(&graph)) {
            prop_assert!(at_most(before.longest, after.longest), "{before:?} {after:?}");
            prop_assert!(at_most(before.mean, after.mean), "{before:?} {after:?}");
        }
    }

    #[test]
    fn the_longest_decides_what_a_model_must_hold(graph in graph()) {
        let longest = lengths(&graph).longest.get();
        let tune = as_fine_tune(&graph, &FineTune::usual(Method::Lora, Runtime::PyTorch, 131_072));
        prop_assert!(count(tune.sequence) >= longest.floor(), "{tune:?}");
        prop_assert!((1..=tune.sequence).contains(&tune.tokens_per_example), "{tune:?}");
        prop_assert!(tune.examples >= 1 && tune.examples <= graph.graphs, "{tune:?}");
        let read = as_inference(&graph, &Inference::usual(Runtime::LlamaCpp, 131_072));
        prop_assert!(read.context >= read.prompt && count(read.prompt) >= longest.floor(), "{read:?}");
    }
}
