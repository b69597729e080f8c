//! Every working of training, of graph networks and of diffusion comes to the bytes that are shown beside it.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use crate::evaluate::evaluate;

use plimsoll::cli::Context;
use plimsoll::engine::memory::{Part, Phase, Placement, Want, budget};
use plimsoll::engine::working::{Detail, How, Working};
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{Scenario, Workload};
use plimsoll::units::{Band, Bytes};

#[test]
fn expressions_are_evaluated_with_the_usual_precedence() {
    let inputs = [("layers", 32.0), ("bytes_per_value", 2.0), ("a", 3.0)];
    let is = |text: &str, value: f64| assert_eq!(evaluate(text, &inputs), Some(value), "{text}");
    is("layers * bytes_per_value + 1.0", 65.0);
    is("1.0 + layers * bytes_per_value", 65.0);
    is("layers / bytes_per_value / 4.0", 4.0);
    is("10.0 - 3.0 - 2.0", 5.0);
    is("-(a - 10.0) * 2.0", 14.0);
    is("max(a, min(layers, 8.0)) ^ 2.0", 64.0);
    is("ceil(a / 2.0) + floor(a / 2.0) + sqrt(4.0) + exp(0.0) + ln(1.0)", 6.0);
    is("1_000.5 * 2.0", 2001.0);
    for wrong in ["", "unknown", "1.0 +", "(1.0", "1.0)", "max(1.0)", "a.sqrt()"] {
        assert_eq!(evaluate(wrong, &inputs), None, "{wrong}");
    }
}

/// A key and the values it is moved to.
type Setting = (&'static str, &'static [&'static str]);

const SWITCH: &[&str] = &["true", "false"];

const TRAINING: &[Setting] = &[
    ("method", &["full", "lora", "qlora", "dora"]),
    ("precision", &["bf16", "fp16", "fp32", "nf4", "int8", "mlx-4bit", "mlx-8bit"]),
    ("trainer", &["trl", "torchtune", "unsloth", "mlx-lm"]),
    ("objective", &["sft", "dpo", "grpo"]),
    ("zero_stage", &["none", "2", "3"]),
    ("training_offload", &["none", "optimizer", "all"]),
    ("optimizer_in_backward", SWITCH),
    ("checkpoint_offload", SWITCH),
    ("rank", &["4", "16", "64"]),
    ("targets", &["query-value", "attention", "all-linear"]),
    ("tuned_layers", &["8", "all"]),
    (
        "optimizer",
        &[
            "adamw",
            "adamw-foreach",
            "adamw-8bit",
            "paged-adamw-8bit",
            "adafactor",
            "lion",
            "sgd",
            "muon",
            "galore",
            "lion-8bit",
            "paged-adamw",
        ],
    ),
    ("master_weights", SWITCH),
    ("micro_batch", &["1", "2", "5"]),
    ("accumulation", &["1", "4"]),
    ("checkpointing", SWITCH),
    ("attention", &["fused", "eager"]),
    ("padded", SWITCH),
    ("fused_loss", SWITCH),
    ("keeps_logits", SWITCH),
    ("autocast", SWITCH),
    ("adapters_fp32", SWITCH),
    ("kbit_preparation", SWITCH),
    ("runtime", &["pytorch", "mlx"]),
    ("packing", SWITCH),
    ("nodes", &["400", "3000"]),
];

/// What graph sequences have beside it, and what they have not.
const SEQUENCE: Setting = ("sequence", &["100", "2048", "8192"]);

const GRAPHS: &[Setting] = &[
    ("architecture", &["gcn", "sage", "gat", "gin", "ggnn", "code2vec", "rgcn", "hgt", "dense-gcn"]),
    ("relations", &["1", "2", "5"]),
    ("node_types", &["1", "3"]),
    ("batch_graphs", &["0", "32"]),
    ("message_passing", &["scatter", "sparse"]),
    ("sampling", &["full", "15/10/5", "25/10", "3"]),
    ("mode", &["train", "infer"]),
    ("precision", &["fp32", "fp16"]),
    ("layers", &["1", "2", "3", "7"]),
    ("heads", &["1", "4"]),
    ("hidden", &["16", "255"]),
    ("nodes", &["2000", "131071"]),
    ("edges", &["300", "1234567"]),
    ("batch_nodes", &["64", "1024"]),
    ("epochs", &["1", "50"]),
    ("normalization_cached", SWITCH),
    ("dropout", SWITCH),
];

const IMAGES: &[Setting] = &[
    ("pipeline", &["sd1.5", "sdxl", "flux.1-dev", "wan2.2-5b", "wan2.2-14b"]),
    ("precision", &["bf16", "fp32", "fp8", "q8_0", "q4_0", "nf4"]),
    ("width", &["512", "832", "1024", "1280", "2048"]),
    ("height", &["480", "512", "720", "1536"]),
    ("frames", &["1", "5", "9", "81"]),
    ("batch", &["1", "4"]),
    ("guidance", &["true", "false"]),
    ("residency", &["all", "component", "sequential"]),
    ("vae_tiling", SWITCH),
    ("mode", &["generate", "lora"]),
    ("rank", &["4", "64"]),
    ("checkpointing", SWITCH),
];

/// Workings that were evaluated, by what they are.
#[derive(Debug, Default)]
struct Counts {
    budgets: usize,
    expressions: usize,
    terms: usize,
    alive: usize,
}

struct Check {
    catalog: Context,
    counts: Counts,
}

impl Check {
    fn new() -> Self {
        Self { catalog: Context::built_in("2026-11-27"), counts: Counts::default() }
    }

    /// A preset with keys set over it; nothing where the keys do not go together.
    fn scenario(&self, preset: &str, set: &[(&str, &str)]) -> Option<Scenario> {
        let preset = self.catalog.catalog.preset(preset).expect("a preset");
        let below = parse(&preset.text, &preset.file).expect("keys").remove(0);
        let mut over = PresetKeys::default();
        for (key, value) in set {
            over.set(key, value).ok()?;
        }
        resolve(over.over(below), &self.catalog).ok().map(|preset| preset.scenario)
    }

    /// The budgets of a scenario on every kind of memory.
    fn scenario_is_worked(&mut self, scenario: &Scenario, what: &str) {
        let language = matches!(scenario.workload, Workload::Inference(..));
        let reads = plimsoll::engine::graph::inference(&scenario.workload).is_some();
        if language || reads {
            return;
        }
        for placement in [Placement::Cpu, Placement::Gpu, Placement::Metal] {
            let plain = budget(scenario, placement);
            let worked = budget(scenario, Want { placement, detail: Detail::Workings });
            self.counts.budgets += 1;
            assert_eq!(plain.phases.len(), worked.phases.len(), "{what}");
            for (plain, phase) in plain.phases.iter().zip(&worked.phases) {
                let what = format!("{what}, {placement:?}, {:?}", phase.name);
                let names = |phase: &Phase| phase.parts.iter().map(|part| part.name).collect::<Vec<_>>();
                assert_eq!(names(plain), names(phase), "{what}");
                for (plain, part) in plain.parts.iter().zip(&phase.parts) {
                    let what = format!("{what}, {:?} on {:?}", part.name, part.place);
                    assert_eq!(plain.bytes, part.bytes, "figures alone are the same: {what}");
                    assert!(plain.workings.is_none(), "{what}");
                    self.part_is_worked(part, &what);
                }
            }
        }
    }

    fn part_is_worked(&mut self, part: &Part, what: &str) {
        let workings = part.workings.as_ref().unwrap_or_else(|| panic!("no working: {what}"));
        let Band { low, best, high } = part.bytes.map(Bytes::get);
        self.comes_to(&workings.best, best, what);
        for (end, working) in [(low, &workings.low), (high, &workings.high)] {
            match working {
                Some(working) => self.comes_to(working, end, what),
                None => assert_eq!(end.to_bits(), best.to_bits(), "an end without a working: {what}"),
            }
        }
    }

    fn comes_to(&mut self, working: &Working, bytes: f64, what: &str) {
        assert_eq!(working.value.to_bits(), bytes.to_bits(), "{what}: {working:?}");
        assert!(!working.source.is_empty(), "{what}");
        match &working.how {
            How::Expression { text, inputs } => {
                self.counts.expressions += 1;
                let named: Vec<(&str, f64)> = inputs.iter().map(|input| (input.name, input.value)).collect();
                let value = evaluate(text, &named).unwrap_or_else(|| panic!("{what}: {text} over {named:?}"));
                assert_eq!(
                    value.to_bits(),
                    bytes.to_bits(),
                    "{what}: {value}, not {bytes}: {text}, {named:?}"
                );
            }
            How::Terms(terms) => {
                self.counts.terms += 1;
                assert!(!terms.is_empty() || bytes == 0.0, "{what}");
                assert!(
                    terms.iter().all(|term| !term.name.is_empty() && term.count >= 1.0),
                    "{what}: {terms:?}"
                );
                sums(
                    &terms.iter().map(|term| term.value).collect::<Vec<_>>(),
                    bytes,
                    &format!("{what}: {terms:?}"),
                );
            }
            How::Alive(alive) => {
                self.counts.alive += 1;
                assert!(!alive.is_empty() || bytes == 0.0, "{what}");
                assert!(
                    alive.iter().all(|tensor| !tensor.name.is_empty() && tensor.bytes > 0.0),
                    "{what}: {alive:#?}"
                );
                sums(
                    &alive.iter().map(|tensor| tensor.bytes).collect::<Vec<_>>(),
                    bytes,
                    &format!("{what}: {alive:#?}"),
                );
            }
        }
    }

    /// A preset as it is, each setting moved once, and some moved together.
    fn preset_is_worked(
        &mut self,
        preset: &str,
        always: &[(&str, &str)],
        settings: &[Setting],
        together: usize,
    ) {
        let as_it_is = self.scenario(preset, always).expect("a preset resolves");
        self.scenario_is_worked(&as_it_is, preset);
        for (key, values) in settings {
            for value in *values {
                if let Some(scenario) = self.scenario(preset, &[always, &[(key, value)]].concat()) {
                    self.scenario_is_worked(&scenario, &format!("{preset} with {key} {value}"));
                }
            }
        }
        let mut chance = Chance(preset.bytes().map(u64::from).sum());
        let mut tried = 0;
        for _ in 0..40 * together {
            if tried == together {
                break;
            }
            let some = settings.iter().filter_map(|(key, values)| {
                values.get(chance.below(2 * values.len())).map(|value| (*key, *value))
            });
            let set: Vec<(&str, &str)> = always.iter().copied().chain(some).collect();
            if let Some(scenario) = self.scenario(preset, &set) {
                tried += 1;
                self.scenario_is_worked(&scenario, &format!("{preset} with {set:?}"));
            }
        }
        assert!(tried > together / 2, "{preset}: {tried} of {together} combinations resolve");
    }
}

/// Items sum to the figure, to the last bit.
fn sums(items: &[f64], bytes: f64, what: &str) {
    let sum = items.iter().sum::<f64>() + 0.0;
    assert_eq!(sum.to_bits(), bytes.to_bits(), "{sum}, not {bytes}: {what}");
}

/// The same numbers every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % end
    }
}

#[test]
fn workings_of_diffusion_come_to_their_bytes() {
    let mut check = Check::new();
    for preset in ["sd-1.5", "sdxl", "sdxl-lora", "flux-1-dev", "wan-2.2-5b", "wan-2.2-a14b"] {
        check.preset_is_worked(preset, &[], IMAGES, 60);
    }
    println!("diffusion: {:?}", check.counts);
    assert!(check.counts.budgets > 1500, "{:?}", check.counts);
}

#[test]
fn workings_of_graph_networks_come_to_their_bytes() {
    let mut check = Check::new();
    for preset in ["code2vec", "whole-program-gnn", "whole-program-gnn-sampled"] {
        check.preset_is_worked(preset, &[], GRAPHS, 150);
    }
    println!("graph networks: {:?}", check.counts);
    assert!(check.counts.budgets > 1000, "{:?}", check.counts);
}

/// Presets of fine-tunes, and those of graphs that are trained on.
const TUNED: [&str; 6] =
    ["lora-13b", "lora-30b", "lora-70b-16bit", "lora-70b", "qlora-13b", "tool-calling-qlora-8b"];
const SEQUENCES: [&str; 3] = ["function-trees-8b", "parse-trees-16k-8b", "parse-trees-32k-8b"];

#[test]
fn workings_of_fine_tunes_come_to_their_bytes() {
    let mut check = Check::new();
    for preset in TUNED {
        check.preset_is_worked(preset, &[], &[TRAINING, &[SEQUENCE]].concat(), 40);
    }
    for preset in SEQUENCES {
        check.preset_is_worked(preset, &[("mode", "train")], TRAINING, 40);
    }
    println!("fine-tunes: {:?}", check.counts);
    assert!(check.counts.budgets > 1500, "{:?}", check.counts);
}

/// Every model of the catalog, whose layers are of many kinds, by both runtimes.
#[test]
fn workings_of_every_architecture_come_to_their_bytes() {
    let mut check = Check::new();
    let models: Vec<String> = check.catalog.catalog.models.iter().map(|model| model.id.clone()).collect();
    let full = [("method", "full"), ("precision", "bf16"), ("checkpointing", "false")];
    let padded = [("padded", "true"), ("attention", "eager"), ("checkpointing", "false")];
    let settings: [(&str, &[(&str, &str)]); 3] =
        [("lora-13b", &[]), ("qlora-13b", &full), ("tool-calling-qlora-8b", &padded)];
    for model in &models {
        for runtime in ["pytorch", "mlx"] {
            for (preset, more) in settings {
                let of = [("model", model.as_str()), ("runtime", runtime)];
                if let Some(scenario) = check.scenario(preset, &[&of, more].concat()) {
                    check.scenario_is_worked(&scenario, &format!("{preset} with {of:?}, {more:?}"));
                }
            }
        }
    }
    println!("architectures: {:?}", check.counts);
    assert!(check.counts.budgets > models.len() * 6, "{:?}", check.counts);
}
