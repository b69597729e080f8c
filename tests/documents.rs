//! The capacity statements of the documents this need came from, asked of the engine: which hold, and why not.
//!
//! Each statement is a preset with the machine it names. The snapshot shows what the engine answers; the tests say
//! whether the statement holds.

use plimsoll::catalog::Catalog;
use plimsoll::cli::Context;
use plimsoll::engine::memory::gnn::sampled;
use plimsoll::engine::{Estimate, PartName, Verdict, estimate};
use plimsoll::report::sentence;
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{Scenario, Workload};
use plimsoll::units::Bytes;
use std::fmt::Write as _;

fn context() -> Context {
    Context { catalog: Catalog::built_in() }
}

/// A preset with some keys set over it.
fn asked(context: &Context, preset: &str, set: &[(&str, &str)]) -> Scenario {
    let preset = context.catalog.preset(preset).expect("a preset");
    let below = parse(&preset.text, &preset.file).expect("keys").remove(0);
    let mut over = PresetKeys::default();
    for (key, value) in set {
        over.set(key, value).expect("a key");
    }
    resolve(over.over(below), context).expect("a scenario").scenario
}

/// What the engine answers to a preset with some keys set, on a machine.
fn answer(preset: &str, set: &[(&str, &str)], machine: &str) -> Estimate {
    let context = context();
    estimate(&asked(&context, preset, set), context.catalog.machine(machine).expect("a machine"), None)
}

fn need(estimate: &Estimate) -> Bytes {
    estimate.fit.deciding().expect("a ceiling decides").need.best
}

/// The best estimate of a part at the peak, in GiB.
fn part(estimate: &Estimate, name: PartName) -> f64 {
    estimate.budget.peak().map_or(0.0, |phase| phase.named(name).best.as_gib())
}

const RTX_4090: &str = "rtx-4090-24gb";
const A100: &str = "a100-80gb-sxm";
const M5_MAX: &str = "apple-m5max-40c-128gb";
const M5_ULTRA_256: &str = "apple-m5ultra-80c-256gb";
const M5_ULTRA_512: &str = "apple-m5ultra-80c-512gb";

/// Claim numbers with what is asked: preset, keys over it, machines.
type Asked = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

const ASKED: &[Asked] = &[
    ("C016 8B QLoRA takes 8 to 12 GB", "tool-calling-qlora-8b", &[], &[RTX_4090, M5_MAX]),
    (
        "C016 the same with the loss in chunks",
        "tool-calling-qlora-8b",
        &[("fused_loss", "true")],
        &[RTX_4090],
    ),
    (
        "C016 the same on MLX",
        "tool-calling-qlora-8b",
        &[("runtime", "mlx"), ("optimizer", "adamw")],
        &[M5_MAX],
    ),
    ("C017 13B QLoRA fits 24 GB", "qlora-13b", &[], &[RTX_4090]),
    ("C027 70B LoRA in 16 bit takes 140 GB and more", "lora-70b-16bit", &[], &[M5_MAX, M5_ULTRA_256]),
    ("C027 the same on MLX", "lora-70b-16bit", &[("runtime", "mlx")], &[M5_MAX, M5_ULTRA_256]),
    ("C032 16K tokens on an 8B in 128 GB", "parse-trees-16k-8b", &[], &[RTX_4090, A100, M5_MAX]),
    ("C032 32K tokens on an 8B in 128 GB", "parse-trees-32k-8b", &[], &[RTX_4090, A100, M5_MAX]),
    ("C032 16K tokens on MLX", "parse-trees-16k-8b", &[("runtime", "mlx")], &[M5_MAX]),
    ("C032 32K tokens on MLX", "parse-trees-32k-8b", &[("runtime", "mlx")], &[M5_MAX, M5_ULTRA_512]),
    ("C032 32K tokens, eager attention", "parse-trees-32k-8b", &[("attention", "eager")], &[A100, M5_MAX]),
    ("C037 function-level trees", "function-trees-8b", &[], &[RTX_4090, M5_MAX]),
    (
        "C030 whole-program graphs of millions of edges",
        "whole-program-gnn",
        &[],
        &[A100, M5_MAX, M5_ULTRA_512],
    ),
    (
        "C034 the same, large enough for four A100",
        "whole-program-gnn",
        &[("nodes", "5M"), ("edges", "30M")],
        &[A100, M5_ULTRA_512],
    ),
    ("C030 the same, neighbours sampled", "whole-program-gnn-sampled", &[], &[RTX_4090, A100]),
];

#[test]
fn what_the_engine_answers() {
    let context = context();
    let mut said = String::new();
    for (claim, preset, set, machines) in ASKED {
        let scenario = asked(&context, preset, set);
        writeln!(said, "{claim}").expect("a String takes any text");
        for id in *machines {
            let machine = context.catalog.machine(id).expect("a machine");
            let estimate = estimate(&scenario, machine, None);
            let words = sentence(&scenario, &estimate, &machine.name);
            let verdict = estimate.fit.verdict.label();
            writeln!(said, "  {verdict}: {}\n    {}", words.headline, words.detail)
                .expect("a String takes any text");
        }
    }
    insta::assert_snapshot!(said);
}

/// C030, C034: full passes over graphs of millions of edges are beyond one card of 80 GB, and within 512 GB.
#[test]
fn whole_program_graphs_need_several_cards_only_where_the_whole_graph_is_computed_at_once() {
    let one_card = answer("whole-program-gnn", &[], A100);
    assert_eq!(one_card.fit.verdict, Verdict::DoesNotFit, "12 million edges at once");
    let cards = need(&one_card).as_gib() / 79.4;
    assert!((1.0..2.0).contains(&cards), "two cards would hold it if it could be cut in two: {cards}");
    assert!(
        part(&one_card, PartName::EdgeMessages) + part(&one_card, PartName::Activations)
            > 0.9 * need(&one_card).as_gib(),
        "the messages are the memory, not the network"
    );
    let large = [("nodes", "5M"), ("edges", "30M")];
    let gib = need(&answer("whole-program-gnn", &large, M5_ULTRA_512)).as_gib();
    assert!((149.0..298.0).contains(&gib), "160 to 320 GB of cards: {gib}");
    assert!(answer("whole-program-gnn", &large, M5_ULTRA_512).fit.verdict <= Verdict::Tight);

    // Where the document is wrong: batches of sampled neighbours train the same network on any card.
    let sampled_fit = answer("whole-program-gnn-sampled", &[], RTX_4090);
    assert_eq!(sampled_fit.fit.verdict, Verdict::Fits);
    let context = context();
    let Workload::Gnn(gnn) = asked(&context, "whole-program-gnn-sampled", &[]).workload else {
        panic!("a graph network")
    };
    let reached = sampled(&gnn);
    assert!(reached.nodes.high < 2_000_000.0 && reached.edges.high < 12_000_000.0, "{reached:?}");
}
