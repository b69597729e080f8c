//! What must hold for every graph network, not only for those measured.

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::memory::gnn::{budget, sampled};
use plimsoll::engine::memory::{Budget, Part, PartName, Phase, PhaseName, Place, Placement, Want};
use plimsoll::engine::working::{Detail, How};
use plimsoll::engine::{Assumptions, Speed, estimate};
use plimsoll::spec::{Gnn, GnnArchitecture, GnnMode, GnnPrecision, MessagePassing, Sampling};
use plimsoll::units::{Bytes, count};
use proptest::prelude::*;

const ARCHITECTURES: [GnnArchitecture; 11] = [
    GnnArchitecture::Gcn,
    GnnArchitecture::Sage,
    GnnArchitecture::Gat,
    GnnArchitecture::Gatv2,
    GnnArchitecture::Gin,
    GnnArchitecture::NnConv,
    GnnArchitecture::Rgcn,
    GnnArchitecture::Hgt,
    GnnArchitecture::DenseGcn,
    GnnArchitecture::Ggnn,
    GnnArchitecture::Code2vec,
];

fn placement() -> impl Strategy<Value = Placement> {
    prop_oneof![Just(Placement::Cpu), Just(Placement::Gpu), Just(Placement::Metal)]
}

prop_compose! {
    fn gnn()(
        architecture in 0..ARCHITECTURES.len(),
        nodes in 1_u64..2_000_000,
        edges in 1_u64..50_000_000,
        widths in (1_u64..600, 1_u64..600, 1_u64..600),
        layers in 1_u64..12,
        heads in 1_u64..9,
        sparse in any::<bool>(),
        train in any::<bool>(),
        half in any::<bool>(),
        cached in any::<bool>(),
        dropout in any::<bool>(),
        epochs in 1_u32..4,
        batch_nodes in 1_u64..5000,
        batch_graphs in prop_oneof![Just(0_u64), 1_u64..300],
    ) -> Gnn {
        let architecture = ARCHITECTURES[architecture];
        // A method has hundreds of paths, not millions.
        let code2vec = architecture == GnnArchitecture::Code2vec;
        let (nodes, edges) = if code2vec { (1 + nodes % 4096, 1 + edges % 500) } else { (nodes, edges) };
        Gnn {
            architecture,
            nodes,
            edges,
            in_width: widths.0,
            hidden: widths.1,
            out_width: widths.2,
            layers,
            heads,
            message_passing: if sparse { MessagePassing::Sparse } else { MessagePassing::Scatter },
            sampling: Sampling::Full,
            batch_nodes,
            batch_graphs,
            mode: if train { GnnMode::Train } else { GnnMode::Infer },
            precision: if half { GnnPrecision::Fp16 } else { GnnPrecision::Fp32 },
            epochs: f64::from(epochs),
            normalization_cached: cached,
            dropout,
            token_vocabulary: 100_000,
            path_vocabulary: 50_000,
            ..Gnn::default()
        }
    }
}

fn fan_outs() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(1_u64..50, 1..5)
}

/// What the peak phase needs; process and driver aside.
fn need(gnn: &Gnn, placement: Placement) -> f64 {
    let budget = budget(gnn, placement);
    let of = |phase: &Phase| phase.total().best.get() - phase.named(PartName::Overhead).best.get();
    budget.phases.iter().map(of).fold(0.0, f64::max)
}

/// Not less, but for the rounding of sums.
fn not_less(more: f64, less: f64) -> Result<(), TestCaseError> {
    prop_assert!(more >= less * (1.0 - 1e-9), "{more} is less than {less}");
    Ok(())
}

fn sums_and_is_finite(budget: &Budget) -> Result<(), TestCaseError> {
    prop_assert!(!budget.phases.is_empty(), "a phase at least");
    for phase in &budget.phases {
        let total = phase.total();
        let both = phase.in_place(Place::Device).best.get() + phase.in_place(Place::Host).best.get();
        prop_assert!((both - total.best.get()).abs() <= 1e-9 * both, "places sum to {total:?}");
        for part in &phase.parts {
            let [low, best, high] = [part.bytes.low, part.bytes.best, part.bytes.high].map(Bytes::get);
            prop_assert!(high.is_finite() && low >= 0.0, "{part:?}");
            prop_assert!(low <= best && best <= high, "{part:?}");
            let Some(workings) = &part.workings else {
                return Err(TestCaseError::fail(format!("no working of {part:?}")));
            };
            let ends = [Some(&workings.best), workings.low.as_ref(), workings.high.as_ref()];
            for working in ends.into_iter().flatten() {
                prop_assert!(!working.source.is_empty() && working.value.is_finite(), "{part:?}");
                if let How::Expression { inputs, .. } = &working.how {
                    prop_assert!(inputs.iter().all(|input| input.value.is_finite()), "{part:?}");
                }
            }
        }
    }
    Ok(())
}

/// The same cases every time; raise `cases` to look further.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_121),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn parts_sum_and_bands_are_in_order(gnn in gnn(), placement in placement(), fans in fan_outs(), whole in any::<bool>()) {
        let sampling = if whole { Sampling::Full } else { Sampling::FanOuts(fans) };
        let gnn = Gnn { sampling, ..gnn };
        let budget = budget(&gnn, Want { placement, detail: Detail::Workings });
        sums_and_is_finite(&budget)?;
        let names: Vec<PhaseName> = budget.phases.iter().map(|phase| phase.name).collect();
        let expected: &[PhaseName] = if gnn.mode == GnnMode::Train {
            &[PhaseName::Forward, PhaseName::Backward, PhaseName::OptimizerStep]
        } else {
            &[PhaseName::Forward]
        };
        prop_assert_eq!(names, expected);
    }

    #[test]
    fn a_larger_graph_or_network_never_needs_less(gnn in gnn(), placement in placement(), more in 1_u64..1000) {
        let start = need(&gnn, placement);
        not_less(need(&Gnn { nodes: gnn.nodes + more, ..gnn.clone() }, placement), start)?;
        not_less(need(&Gnn { edges: gnn.edges + more, ..gnn.clone() }, placement), start)?;
        not_less(need(&Gnn { in_width: gnn.in_width + more, ..gnn.clone() }, placement), start)?;
        not_less(need(&Gnn { hidden: gnn.hidden + more, ..gnn.clone() }, placement), start)?;
        not_less(need(&Gnn { out_width: gnn.out_width + more, ..gnn.clone() }, placement), start)?;
        // More heads of a heterogeneous transformer have smaller matrices for each relation.
        if gnn.architecture != GnnArchitecture::Hgt {
            not_less(need(&Gnn { heads: gnn.heads + more, ..gnn.clone() }, placement), start)?;
        }
        not_less(need(&Gnn { token_vocabulary: gnn.token_vocabulary + more, ..gnn.clone() }, placement), start)?;
    }

    /// From two on: a narrow layer put before a single wide one makes the whole smaller.
    #[test]
    fn more_layers_never_need_less(gnn in gnn(), placement in placement(), more in 1_u64..100) {
        let gnn = Gnn { layers: gnn.layers + 1, ..gnn };
        not_less(need(&Gnn { layers: gnn.layers + more, ..gnn.clone() }, placement), need(&gnn, placement))?;
    }

    #[test]
    fn running_needs_no_more_than_training(gnn in gnn(), placement in placement()) {
        let train = need(&Gnn { mode: GnnMode::Train, ..gnn.clone() }, placement);
        not_less(train, need(&Gnn { mode: GnnMode::Infer, ..gnn }, placement))?;
    }

    #[test]
    fn half_precision_and_fewer_passes_need_no_more(gnn in gnn(), placement in placement()) {
        let full = need(&Gnn { precision: GnnPrecision::Fp32, ..gnn.clone() }, placement);
        not_less(full, need(&Gnn { precision: GnnPrecision::Fp16, ..gnn.clone() }, placement))?;
        not_less(need(&Gnn { epochs: 2.0, ..gnn.clone() }, placement), need(&Gnn { epochs: 1.0, ..gnn }, placement))?;
    }

    /// Where rows are wide enough that messages weigh more than sorting the matrix; but for its values and the starts
    /// of its rows, which pairs of indices do not have.
    #[test]
    fn a_sparse_matrix_needs_no_more_than_messages(gnn in gnn(), placement in placement()) {
        let gnn = Gnn {
            hidden: gnn.hidden.max(32),
            in_width: gnn.in_width.max(32),
            out_width: gnn.out_width.max(32),
            edges: gnn.edges.max(2 * gnn.nodes),
            batch_graphs: 0,
            ..gnn
        };
        let scatter = need(&Gnn { message_passing: MessagePassing::Scatter, ..gnn.clone() }, placement);
        let sparse = need(&Gnn { message_passing: MessagePassing::Sparse, ..gnn.clone() }, placement);
        let starts = count(8 * (gnn.nodes + 1) * (gnn.layers + 1));
        not_less(scatter + starts + count(4 * gnn.edges), sparse)?;
    }

    #[test]
    fn a_sample_is_no_larger_than_the_graph(gnn in gnn(), fans in fan_outs()) {
        let sample = Gnn { sampling: Sampling::FanOuts(fans), normalization_cached: false, ..gnn.clone() };
        let whole = Gnn { sampling: Sampling::Full, normalization_cached: false, ..gnn };
        let (reached, all) = (sampled(&sample), sampled(&whole));
        for (part, bound) in [(reached.nodes, all.nodes.best), (reached.edges, all.edges.best)] {
            prop_assert!(part.low <= part.best && part.best <= part.high && part.high <= bound, "{part:?}, {bound}");
        }
        prop_assert!(reached.labeled <= reached.nodes.low * (1.0 + 1e-12), "the batch is part of the sample");
        // What passes through the device; a batch says which nodes and edges it holds, the graph does not.
        let device = |gnn: &Gnn| {
            let moving = |part: &&Part| {
                part.place == Place::Device && !matches!(part.name, PartName::Overhead | PartName::Features)
            };
            let of = |phase: &Phase| phase.parts.iter().filter(moving).map(|part| part.bytes.best.get()).sum();
            budget(gnn, Placement::Gpu).phases.iter().map(of).fold(0.0, f64::max)
        };
        not_less(device(&whole), device(&sample))?;
    }

    /// Fan-outs fall from hop to hop, as they do in use: else a node that is reached earlier may draw fewer edges.
    #[test]
    fn more_of_a_sample_never_needs_less(gnn in gnn(), placement in placement(), fans in fan_outs(), more in 1_u64..40) {
        let mut fans = fans;
        fans.sort_unstable_by_key(|fan| std::cmp::Reverse(*fan));
        let gnn = Gnn { sampling: Sampling::FanOuts(fans.clone()), ..gnn };
        let start = need(&gnn, placement);
        not_less(need(&Gnn { batch_nodes: gnn.batch_nodes + more, ..gnn.clone() }, placement), start)?;
        let wider = fans.iter().map(|fan| fan + more).collect();
        not_less(need(&Gnn { sampling: Sampling::FanOuts(wider), ..gnn.clone() }, placement), start)?;
        let mut deeper = fans;
        deeper.push(1);
        not_less(need(&Gnn { sampling: Sampling::FanOuts(deeper), ..gnn }, placement), start)?;
    }

    #[test]
    fn absurd_numbers_do_no_harm(
        architecture in 0..ARCHITECTURES.len(),
        numbers in prop::array::uniform9(prop_oneof![Just(0), Just(1), Just(1_000_000_000_000_000), Just(u64::MAX), any::<u64>()]),
        epochs in prop_oneof![Just(f64::NAN), Just(-1.0), Just(f64::INFINITY), Just(0.0)],
        flags in prop::array::uniform5(any::<bool>()),
        placement in placement(),
        fans in prop::option::of(prop::collection::vec(prop_oneof![Just(0), Just(u64::MAX), any::<u64>(), 0_u64..30], 0..6)),
    ) {
        let [nodes, edges, in_width, hidden, out_width, layers, heads, batch_nodes, vocabulary] = numbers;
        let gnn = Gnn {
            architecture: ARCHITECTURES[architecture],
            nodes, edges, in_width, hidden, out_width, layers, heads, batch_nodes,
            message_passing: if flags[0] { MessagePassing::Sparse } else { MessagePassing::Scatter },
            sampling: fans.map_or(Sampling::Full, Sampling::FanOuts),
            mode: if flags[1] { GnnMode::Train } else { GnnMode::Infer },
            precision: if flags[2] { GnnPrecision::Fp32 } else { GnnPrecision::Fp16 },
            epochs,
            normalization_cached: flags[3],
            dropout: flags[4],
            token_vocabulary: vocabulary,
            path_vocabulary: vocabulary,
            ..Gnn::default()
        };
        sums_and_is_finite(&budget(&gnn, Want { placement, detail: Detail::Workings }))?;
    }
}

/// Every trained value has one gradient of its width, and when the optimizer steps all of them are there. Of several types
/// of nodes the last layer's loss reaches one alone, so here they are of one.
#[test]
fn gradients_are_as_large_as_the_weights() {
    for architecture in ARCHITECTURES {
        for layers in 1..=4 {
            let gnn = Gnn {
                architecture,
                nodes: 900,
                edges: 4000,
                in_width: 24,
                hidden: 48,
                out_width: 5,
                layers,
                heads: 4,
                node_types: 1,
                relations: 1,
                mode: GnnMode::Train,
                token_vocabulary: 1000,
                path_vocabulary: 500,
                ..Gnn::default()
            };
            let budget = budget(&gnn, Placement::Gpu);
            let step = budget.phases.iter().find(|phase| phase.name == PhaseName::OptimizerStep);
            let of = |name| step.expect("it trains").named(name).best.get();
            let (gradients, weights) = (of(PartName::Gradients), of(PartName::Weights));
            assert!(weights > 0.0, "{architecture:?}");
            // What weighs a skip and what weighs a relation for each head are single numbers, which are not followed.
            let single =
                if architecture == GnnArchitecture::Hgt { count(layers) * (1.0 + 4.0) * 4.0 } else { 0.0 };
            let off = ((gradients + single) / weights - 1.0).abs();
            assert!(off < 1e-9, "{architecture:?} of {layers} layers: {gradients} of {weights}");
        }
    }
}

/// What fewer labeled nodes change: the loss of a whole graph whose classes are many, and the batches of an epoch.
#[test]
fn the_labeled_share_is_heard() {
    let classes = Gnn {
        nodes: 1_000_000,
        edges: 2_000_000,
        hidden: 8,
        in_width: 8,
        out_width: 512,
        mode: GnnMode::Train,
        ..Gnn::default()
    };
    let peak = |labeled_share| {
        let gnn = Gnn { labeled_share, ..classes.clone() };
        budget(&gnn, Want { placement: Placement::Gpu, detail: Detail::Figures })
            .peak()
            .expect("a phase")
            .total()
            .best
            .get()
    };
    assert!(peak(0.1) < 0.8 * peak(1.0), "{} against {}", peak(0.1), peak(1.0));

    let epoch = |share: &str| {
        let scenario = asked("whole-program-gnn-sampled", &[("labeled_share", share)]);
        let machine = CONTEXT.catalog.machine("a100-80gb-sxm").expect("the catalog has it");
        match estimate(&scenario, machine, &Assumptions::new(calibration())).speed {
            Some(Speed::Gnn(speed)) => speed.epoch.best.get(),
            other => unreachable!("a graph network has an epoch: {other:?}"),
        }
    };
    let left = epoch("0.25") / epoch("1");
    assert!((0.24..0.26).contains(&left), "a quarter of the batches: {left}");
}
