//! The capacity statements of the documents this need came from, asked of the engine: which hold, and why not.
//!
//! Each statement is a preset with the machine it names. The snapshot shows what the engine answers; the tests say
//! whether the statement holds.

use plimsoll::catalog::calibration;
use plimsoll::cli::Context;
use plimsoll::engine::memory::gnn::sampled;
use plimsoll::engine::{Assumptions, Estimate, PartName, Verdict, as_asked, estimate};
use plimsoll::report::sentence;
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{Scenario, Workload};
use plimsoll::units::Bytes;
use std::fmt::Write as _;

fn context() -> Context {
    Context::built_in("")
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
    let machine = context.catalog.machine(machine).expect("a machine");
    estimate(&asked(&context, preset, set), machine, &Assumptions::new(calibration()))
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
        &[("chunked_loss", "true")],
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
    ("C034 the same in two parts", "whole-program-gnn", &[("devices", "2")], &[A100]),
    (
        "C034 the large one in four parts",
        "whole-program-gnn",
        &[("nodes", "5M"), ("edges", "30M"), ("devices", "4")],
        &[A100],
    ),
    (
        "C118 M5 Max cannot be linked: DeepSeek-R1 in 4 bit, parted between four",
        "deepseek-r1-671b",
        &[("runtime", "mlx"), ("quantization", "mlx-4bit"), ("devices", "4"), ("link", "thunderbolt5")],
        &[M5_MAX],
    ),
    (
        "C118 the same of Qwen3 235B between two",
        "chat-70b",
        &[("model", "qwen3-235b-a22b"), ("runtime", "mlx"), ("quantization", "mlx-4bit"), ("devices", "2")],
        &[M5_MAX],
    ),
    ("C027 70B LoRA in 16 bit on four cards of 80 GB", "lora-70b-16bit", &[("devices", "4")], &[A100]),
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
            let machine = as_asked(&scenario, context.catalog.machine(id).expect("a machine"));
            let estimate = estimate(&scenario, &machine, &Assumptions::new(calibration()));
            let words = sentence(&estimate, &machine.name);
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

/// What a fine-tune needs at its peak, in GB.
fn gigabytes(preset: &str, set: &[(&str, &str)], machine: &str) -> f64 {
    need(&answer(preset, set, machine)).get() / 1e9
}

/// C016: an 8B QLoRA in 8 to 12 GB is right where the loss is computed in chunks or one sequence at a time without
/// k-bit preparation. PEFT's usual recipe with two sequences of 2,048 tokens takes more, for Llama 3.1's
/// vocabulary of 128,256: the document counts no logits.
#[test]
fn an_8b_qlora_takes_8_to_12_gb_only_without_all_logits_at_once() {
    let usual = gigabytes("tool-calling-qlora-8b", &[], RTX_4090);
    assert!((17.0..19.0).contains(&usual), "PEFT's usual recipe: {usual}");
    let logits = part(&answer("tool-calling-qlora-8b", &[], RTX_4090), PartName::Logits);
    assert!(logits > 5.5, "of which logits and their gradients: {logits} GiB");
    let chunked = [("chunked_loss", "true"), ("kbit_preparation", "false")];
    let gb = gigabytes("tool-calling-qlora-8b", &chunked, RTX_4090);
    assert!((8.0..12.0).contains(&gb), "in chunks, norms and head left in 16 bit: {gb}");
    let single = [("micro_batch", "1"), ("kbit_preparation", "false")];
    let gb = gigabytes("tool-calling-qlora-8b", &single, RTX_4090);
    assert!((8.0..12.0).contains(&gb), "one sequence at a time: {gb}");
}

/// An independent measurement: torchtune reports 7.4 GiB for this model with two sequences of 2,048 tokens, the loss
/// in chunks and adapters in 16 bit.
#[test]
fn an_8b_qlora_agrees_with_a_published_measurement() {
    let recipe = [
        ("chunked_loss", "true"),
        ("kbit_preparation", "false"),
        ("adapters_fp32", "false"),
        ("optimizer", "adamw"),
        ("gradient_accumulation_steps", "1"),
    ];
    let estimate = answer("tool-calling-qlora-8b", &recipe, RTX_4090);
    let tensors = need(&estimate).as_gib() - part(&estimate, PartName::Overhead);
    assert!((tensors / 7.4 - 1.0).abs() < 0.03, "{tensors} GiB of tensors");
}

/// C019 contradicts C016: of 128 GB, 8 to 12 GB are a 10th to a 16th. Of what a Mac's GPU may use, the usual recipe
/// takes a 6th, so the ratio of 5 to 10 is right, for another reason than the document's.
#[test]
fn a_mac_of_128_gb_holds_an_8b_qlora_six_times() {
    let estimate = answer("tool-calling-qlora-8b", &[], M5_MAX);
    let deciding = estimate.fit.deciding().expect("a ceiling decides");
    let ratio = deciding.ceiling.bytes.best.get() / deciding.need.best.get();
    assert!((5.0..10.0).contains(&ratio), "{ratio}");
}

/// C017: right.
#[test]
fn a_13b_qlora_fits_a_card_of_24_gb() {
    let estimate = answer("qlora-13b", &[], RTX_4090);
    assert_eq!(estimate.fit.verdict, Verdict::Fits);
    assert!((11.0..13.0).contains(&(need(&estimate).get() / 1e9)), "{}", need(&estimate).as_gib());
}

/// C027: 140 GB are the weights alone; with what training adds it is more, and no Mac of 128 GB holds it. One of
/// 256 GB does.
#[test]
fn a_70b_lora_in_16_bit_needs_more_than_a_mac_of_128_gb_has() {
    for runtime in ["pytorch", "mlx"] {
        let set = [("runtime", runtime)];
        let small = answer("lora-70b-16bit", &set, M5_MAX);
        assert_eq!(small.fit.verdict, Verdict::DoesNotFit, "{runtime}");
        assert!(small.fit.deciding().expect("a ceiling").weights_alone_too_large, "{runtime}");
        assert!((141.0..160.0).contains(&(need(&small).get() / 1e9)), "{runtime}");
        assert_eq!(answer("lora-70b-16bit", &set, M5_ULTRA_256).fit.verdict, Verdict::Fits, "{runtime}");
    }
}

/// C028, C029, C032, C033: sequences of 16K tokens do not need an A100-80GB, and attention memory is not quadratic,
/// where a fused kernel runs; on a Mac it is, for neither MLX nor PyTorch trains with a fused kernel there. 128 GB
/// hold 16K tokens of an 8B just so, and 32K not at all.
#[test]
fn long_sequences_are_quadratic_only_where_scores_are_written_out() {
    let at = |length: &'static str, attention: &'static str, machine: &str| {
        gigabytes("parse-trees-16k-8b", &[("max_sequence", length), ("attention", attention)], machine)
    };
    // What doubling the length adds, over what doubling it before that added: 2 where memory is linear, 4 where it
    // is quadratic.
    let growth = |attention: &'static str| {
        let [short, middle, long] = ["8192", "16384", "32768"].map(|length| at(length, attention, A100));
        (long - middle) / (middle - short)
    };
    assert!((1.9..2.1).contains(&growth("fused")), "{}", growth("fused"));
    assert!((3.5..4.1).contains(&growth("eager")), "{}", growth("eager"));
    assert!(answer("parse-trees-16k-8b", &[], A100).fit.verdict <= Verdict::Tight);
    let chunked = [("chunked_loss", "true")];
    assert!(
        (24.0..28.0).contains(&gigabytes("parse-trees-16k-8b", &chunked, A100)),
        "a card of 32 GB would do"
    );

    let mlx = |preset| answer(preset, &[("runtime", "mlx")], M5_MAX).fit.verdict;
    assert_eq!(mlx("parse-trees-16k-8b"), Verdict::Tight);
    assert_eq!(mlx("parse-trees-32k-8b"), Verdict::DoesNotFit);
}

/// C037: functions of hundreds of nodes are a few thousand tokens each, and train on a card of 32 GB.
#[test]
fn trees_of_functions_train_on_one_card() {
    let gb = gigabytes("function-trees-8b", &[], RTX_4090);
    assert!((24.0..32.0).contains(&gb), "all logits of 8,192 tokens at once: {gb}");
    let chunked = answer("function-trees-8b", &[("chunked_loss", "true")], RTX_4090);
    assert_eq!(chunked.fit.verdict, Verdict::Fits, "with the loss in chunks a card of 24 GB does");
}
