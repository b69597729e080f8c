//! Speeds: errors leave-one-machine-out, and what no speed may exceed.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::speed::{
    Bound, Build, Chip, InferenceSpeed, Prompt, Reads, SpeedEngine, Together, aggregate_throughput,
    decode_terms, prefill_terms,
};
use plimsoll::engine::{Assumptions, Estimate, Question, Speed, Verdict, estimate};
use plimsoll::evidence::{
    SpeedErrors, TrainingRuns, Validation, calibrate, speed_errors, speed_rows, tensor_errors,
};
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{
    AgentLoop, Figure, Inference, Kind, LanguageModel, Machine, Makes, Memory, Quantization, Runtime,
    Scenario, Speculation, Workload,
};
use plimsoll::units::{Band, Bytes};

use plimsoll::units::BytesPerSecond;

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);

fn chip(id: &str) -> Option<Arc<Machine>> {
    let with_memory = format!("{id}-");
    let named = |machine: &&Arc<Machine>| machine.id == id || machine.id.starts_with(&with_memory);
    CATALOG.machines.iter().find(named).map(Arc::clone)
}

/// The published errors, made once.
static ERRORS: LazyLock<Vec<SpeedErrors>> = LazyLock::new(|| {
    let mut errors = speed_errors(&speed_rows(&CATALOG).expect("a readable table"), calibration());
    errors.extend(tensor_errors(&CATALOG, calibration()).expect("readable tables"));
    errors
        .extend(TrainingRuns::read(&CATALOG, calibration()).expect("readable tables").errors(calibration()));
    errors
});

fn line(name: &str) -> &'static SpeedErrors {
    ERRORS.iter().find(|error| error.name == name).expect("a line")
}

#[test]
fn machines_left_out_are_predicted() {
    let all = line("decode");
    assert!(all.rows >= 470, "{all:?}");
    assert!(all.median <= 0.08 && line("decode, mixtures of experts").median <= 0.12, "{all:?}");
    assert!(line("decode, published file size").median <= 0.069);
    for name in ["decode", "decode, dense", "decode, mixtures of experts", "prefill", "training"] {
        assert!((0.80..=0.95).contains(&line(name).inside), "{:?}", line(name));
    }
    assert!(all.width <= 1.7 && line("prefill").width <= 2.2 && line("training").width <= 2.5);
    let (simple, _) = all.simple.expect("the peer's formula on the same rows");
    assert!(all.median < simple / 2.0, "{all:?}");
    assert!(line("prefill").median <= 0.12, "{:?}", line("prefill"));
    assert!(line("prefill").simple.is_none(), "that formula is of decoding");
    assert!(line("prefill, Apple M1 to M4").median <= 0.05);
}

/// What the first public measurements after the coefficients said, and what is said now without their rows.
#[test]
fn rows_that_were_new_are_predicted_better_than_before() {
    let fresh: Vec<&SpeedErrors> = ERRORS.iter().filter(|line| line.before.is_some()).collect();
    assert!(fresh.len() >= 9, "{} groups", fresh.len());
    for line in fresh {
        let (before, _) = line.before.expect("it is filtered so");
        assert!(line.median < before, "{line:?}");
    }
    assert!(line("tensor parallel over PCIe, prefill").median <= 0.3);
    assert!(line("tensor parallel over PCIe, several requests on 4 cards").median <= 0.35);
}

/// No choice saw them; they steer nothing and are no worse than what was seen.
#[test]
fn rows_set_aside_are_predicted_as_the_others_are() {
    assert!(line("decode, rows set aside").median <= 0.08, "{:?}", line("decode, rows set aside"));
    assert!(line("prefill, rows set aside").median <= 0.12, "{:?}", line("prefill, rows set aside"));
    assert!(line("training, rows set aside").median <= 0.3, "{:?}", line("training, rows set aside"));
    for name in ["prefill, rows set aside", "prefill, rows set aside, mixtures of experts"] {
        assert!((0.80..=0.95).contains(&line(name).inside) && line(name).width < 3.0, "{:?}", line(name));
    }
}

#[test]
fn several_requests_are_predicted_from_the_speed_of_one() {
    let together = line("several requests on one device");
    assert!(together.median <= 0.2 && together.rows >= 20, "{together:?}");
    assert_eq!(together.validation, Validation::Chosen { constants: 2 });
}

/// Some requests while all are generated.
const fn writing(depth: f64, requests: f64) -> Together {
    Together { requests, depth, prompt_and_answer: None, chunk: 512.0 }
}

/// A server draws a token for each request from its scores, which benchmarks of one request do not: 0.35 ms each.
#[test]
fn several_requests_each_take_the_time_of_sampling() {
    let card = CATALOG.machine("rtx-4090-24gb").expect("a machine");
    let chip = Chip::of(card).expect("its rates are known");
    let nothing = Reads {
        bytes: Bytes::new(1.0),
        file: Bytes::new(1.0),
        parameters: 1.0,
        active: 1.0,
        layers: 1.0,
        ..Reads::default()
    };
    let step = |requests: f64| {
        let speed =
            aggregate_throughput(nothing, chip, SpeedEngine::LlamaCpp, calibration(), writing(0.0, requests));
        requests / speed.expect("a fitted chip").get()
    };
    for requests in [2.0, 8.0, 32.0] {
        let more = step(requests) - step(1.0);
        assert!((more / (requests * 0.35e-3) - 1.0).abs() < 0.05, "{requests} requests: {more} s more");
    }
}

/// Where a machine does not say how fast its system memory is, two channels of DDR5 are taken.
#[test]
fn layers_on_the_host_are_read_at_the_rate_of_its_memory() {
    let speed = |gigabytes: Option<f64>| {
        let mut machine = Machine::clone(CATALOG.machine("rtx-4090-24gb").expect("a machine"));
        let rate = |gb: f64| {
            let rate = BytesPerSecond::new(gb * 1e9);
            Figure(rate, Kind::Datasheet, "test".to_owned(), "2026-11-27".to_owned())
        };
        machine.system_bandwidth = gigabytes.map(rate);
        let model = CATALOG.model("llama-3.3-70b").expect("a model");
        let quantization = Quantization::parse("Q4_K_M").expect("a format");
        let scenario = scenario(model, Runtime::LlamaCpp, quantization, 1);
        speeds(&on(&scenario, &Arc::new(machine))).expect("a speed").decode.best.get()
    };
    let unsaid = speed(None);
    assert!(
        speed(Some(30.0)) < 0.75 * unsaid && speed(Some(120.0)) > 1.25 * unsaid,
        "{unsaid} where nothing is said"
    );
    assert!((2.2..2.8).contains(&unsaid), "{unsaid} tokens a second where nothing is said");
}

#[test]
fn published_training_runs_are_predicted() {
    let training = line("training");
    assert!(training.rows == 84 && training.median <= 0.30, "{training:?}");
    let held = line("training, not fitted: a log whose next report is above the peak");
    assert_eq!(held.rows, 1, "{held:?}");
    for run in &training.points {
        let (_, sequence) = run.name.split_once(", ").expect("a model and its tokens");
        let tokens: u64 = sequence.split(' ').next().and_then(|tokens| tokens.parse().ok()).expect("tokens");
        let factor = (run.predicted / run.measured).max(run.measured / run.predicted);
        assert!(!(256..=8192).contains(&tokens) || factor <= 1.6, "{run:?}");
    }
    assert!(line("training, new rows of November 2026: every parameter, fused kernels").median <= 0.30);
}

/// torchtune on an RTX 4090, by its README: 3,083 tokens a second with LoRA, 2,413 with QLoRA.
#[test]
fn torchtune_on_an_rtx_4090_lies_inside_the_band() {
    for (method, measured) in [("lora", 3083.0), ("qlora", 2413.0)] {
        let set = [("model", "llama-3.1-8b"), ("method", method), ("sequence", "2048"), ("micro_batch", "2")];
        let (estimate, _) = on_card("tool-calling-qlora-8b", &set, "rtx-4090-24gb");
        let Some(Speed::Training(speed)) = estimate.speed else {
            panic!("no speed of {method}: {:?}", estimate.fit.verdict);
        };
        let (low, high) = (speed.tokens.low.get(), speed.tokens.high.get());
        assert!(low <= measured && measured <= high, "{method}: {low} to {high}");
    }
}

/// No training and no image beats its roofline on any machine, and bands are in order.
#[test]
fn no_training_and_no_image_is_above_its_roofline() {
    for preset in ["tool-calling-qlora-8b", "sdxl", "flux-1-dev"] {
        let mut checked = 0_u32;
        for machine in &CATALOG.machines {
            let machine = roomy(machine);
            let scenario = preset_scenario(preset, &[]);
            match on(&scenario, &machine).speed {
                Some(Speed::Training(speed)) => {
                    let Band { low, best, high } = speed.tokens;
                    assert!(
                        low <= best && best <= high && high <= speed.roofline,
                        "{}: {speed:?}",
                        machine.id
                    );
                    assert!(speed.share.high.get() <= 1.0, "{}: {speed:?}", machine.id);
                }
                Some(Speed::Images(speed)) => {
                    let Band { low, best, high } = speed.image;
                    assert!(
                        speed.roofline <= low && low <= best && best <= high,
                        "{}: {speed:?}",
                        machine.id
                    );
                }
                _ => continue,
            }
            checked += 1;
        }
        assert!(checked > 50, "{preset}: {checked}");
    }
}

/// The band of prompts of dense models on the Mac below, high over low.
fn calibration_spread() -> f64 {
    let mac = chip("apple-m4max-40c-128gb").expect("it is known");
    let group = Chip::of(&mac).expect("its rates are known").prefill_group(SpeedEngine::LlamaCpp);
    let (low, high) = calibration().prefill(group).expect("it was measured").band;
    high / low
}

/// The more of the time is attention's, the further measurements lie from what is predicted.
#[test]
fn prompts_behind_more_context_have_wider_bands() {
    let spread = |depth: &str| {
        let set = [("depth", depth), ("context", "131072"), ("prompt", "512")];
        let (_, speed) = on_card("chat-8b", &set, "apple-m4max-40c-128gb");
        let Band { low, high, .. } = speed.expect("it runs").prefill;
        high.get() / low.get()
    };
    let attention = calibration().attention_band;
    let (start, end) = (spread("0"), spread("120000"));
    assert!(
        start < 1.02 * calibration_spread() && start < spread("16000") && spread("16000") < end,
        "{start} {end}"
    );
    assert!(end < 1.001 * calibration_spread() * attention.high / attention.low, "{end}");
}

/// A prompt behind more context is never read faster, nor an answer generated faster; and what is fused is never slower.
#[test]
fn depth_never_speeds_up() {
    let at = |depth: &str| {
        let (_, speed) =
            on_card("chat-8b", &[("depth", depth), ("context", "131072")], "apple-m4max-40c-128gb");
        speed.expect("it runs")
    };
    let mut before = at("0");
    for depth in ["1000", "8000", "64000"] {
        let now = at(depth);
        assert!(now.decode.best <= before.decode.best && now.prefill.best <= before.prefill.best, "{depth}");
        before = now;
    }
}

#[test]
fn kernels_that_are_known_narrow_the_band() {
    let of = |kernels: &str| {
        let set = [("kernels", kernels), ("method", "lora")];
        match on_card("tool-calling-qlora-8b", &set, "rtx-4090-24gb").0.speed {
            Some(Speed::Training(speed)) => speed.tokens,
            other => panic!("{other:?}"),
        }
    };
    let (auto, plain, fused) = (of("auto"), of("plain"), of("fused"));
    assert!(plain.best < auto.best && auto.best < fused.best, "{plain:?} {auto:?} {fused:?}");
    let wide = |band: Band<plimsoll::units::TokensPerSecond>| band.high.get() / band.low.get();
    assert!(wide(plain) < wide(auto) && wide(fused) < wide(auto));
}

#[test]
fn the_shipped_coefficients_are_those_of_the_shipped_measurements() {
    const AGAIN: &str = "run `cargo run --example fit_speed > assets/catalog/calibration.ron`";
    let fitted = calibrate(&CATALOG).expect("readable tables");
    let shipped = calibration();
    let terms = |of: &plimsoll::spec::Calibration| -> Vec<f64> {
        let decode = of.decode.iter().flat_map(|group| group.terms.to_array());
        let bands = of.decode.iter().flat_map(|group| [group.band.0, group.band.1]);
        let experts = of.decode.iter().flat_map(|group| [group.band_experts.0, group.band_experts.1]);
        let prefill = of.prefill.iter().flat_map(|group| group.terms.to_array());
        let training = of.training.bands.iter().flat_map(|band| [band.band.0, band.band.1]);
        let training = training.chain(of.training.terms.to_array());
        let images = of.images.iter().flat_map(|group| [group.share.0, group.share.1, group.share.2]);
        decode.chain(bands).chain(experts).chain(prefill).chain(training).chain(images).collect()
    };
    assert_eq!(fitted.transfer, shipped.transfer, "{AGAIN}");
    let (fresh, shipped) = (terms(&fitted), terms(shipped));
    assert_eq!(fresh.len(), shipped.len(), "{AGAIN}");
    for (at, (fresh, shipped)) in fresh.iter().zip(&shipped).enumerate() {
        // Another machine's logarithms may turn the last figure.
        let near = (fresh - shipped).abs() <= 0.01 * shipped.abs() + 0.002;
        assert!(near, "term {at}: {fresh} is shipped as {shipped}; {AGAIN}");
    }
}

/// The file is what the command prints, to the byte.
#[test]
fn the_refit_is_reproducible() {
    let text = plimsoll::evidence::calibration_text(&CATALOG).expect("readable tables");
    assert!(
        text == include_str!("../../assets/catalog/calibration.ron"),
        "run `cargo run --example fit_speed`"
    );
}

/// Every way to store a model's weights on the runtimes that speeds are known of.
fn formats(runtime: Runtime) -> &'static [Quantization] {
    Quantization::ladder(runtime)
}

fn scenario(
    model: &Arc<plimsoll::spec::Model>,
    runtime: Runtime,
    quantization: Quantization,
    requests: u64,
) -> Scenario {
    let plain = Inference::usual(runtime, model.context_max);
    let inference =
        Inference { quantization, concurrency: requests, context: plain.context * requests, ..plain };
    let language = LanguageModel::named(Arc::clone(model), runtime);
    Scenario::new("test", Workload::Inference(language, inference))
}

/// The speeds of a language model that answers.
fn speeds(estimate: &Estimate) -> Option<InferenceSpeed> {
    match &estimate.speed {
        Some(Speed::Inference(speed)) => Some(speed.clone()),
        _ => None,
    }
}

fn on(scenario: &Scenario, machine: &Arc<Machine>) -> Estimate {
    estimate(scenario, machine, &Assumptions::new(calibration()))
}

/// The machine with memory for anything, so that nothing is offloaded.
fn roomy(machine: &Machine) -> Arc<Machine> {
    let mut roomy = machine.clone();
    let much = Bytes::gib(1e6);
    match &mut roomy.memory.0 {
        Memory::Unified { total, gpu_limit } => (*total, *gpu_limit) = (much, None),
        Memory::Discrete { vram, system, .. } => (*vram, *system) = (much, Some(much)),
        Memory::System { total } => *total = much,
    }
    Arc::new(roomy)
}

/// Of so many machines one is asked a question, and another the next, so that every machine meets every model, each in
/// some of its formats, and every format of every model meets machines of all kinds.
const ONE_OF: usize = 6;

#[test]
fn no_speed_is_above_its_roofline() {
    let mut checked = 0_u32;
    let mut questions = 0_usize;
    // One machine for each chip: memory changes what fits, not how fast it is read.
    let mut chips: Vec<(String, Option<u64>)> = Vec::new();
    let machines: Vec<Arc<Machine>> = CATALOG
        .machines
        .iter()
        .filter(|machine| {
            let key = (
                machine.chip.clone(),
                machine.bandwidth.as_ref().map(|figure| figure.value().get().to_bits()),
            );
            let new = !chips.contains(&key);
            chips.push(key);
            new
        })
        .map(|machine| roomy(machine))
        .collect();
    let mut met: Vec<BTreeSet<&String>> = vec![BTreeSet::new(); machines.len()];
    for model in &CATALOG.models {
        for (runtime, requests) in [(Runtime::LlamaCpp, 1), (Runtime::LlamaCpp, 8), (Runtime::Mlx, 1)] {
            for format in formats(runtime) {
                let scenario = scenario(model, runtime, *format, requests);
                let mut question = Question::new(&scenario);
                questions += 1;
                let mut has_met = false;
                for (index, machine) in machines.iter().enumerate().skip(questions % ONE_OF).step_by(ONE_OF) {
                    let estimate = question.on(machine, &Assumptions::new(calibration()));
                    if let Some(Speed::Reading(speed)) = &estimate.speed {
                        let (tokens, roof) = (speed.tokens, speed.roofline);
                        assert!(
                            0.0 < tokens.low.get() && tokens.low <= tokens.best && tokens.high <= roof,
                            "{} {} on {}: {tokens:?} over {roof:?}",
                            model.id,
                            format.key(),
                            machine.id
                        );
                        checked += 1;
                        has_met = true;
                        met[index].insert(&model.id);
                        continue;
                    }
                    let Some(speed) = speeds(&estimate) else { continue };
                    let (decode, roof) = (speed.decode, speed.roofline);
                    assert!(
                        decode.low <= decode.best && decode.best <= decode.high && decode.high <= roof,
                        "{} {} on {}: {decode:?} over {roof:?}",
                        model.id,
                        format.key(),
                        machine.id
                    );
                    assert!(
                        decode.low.get() > 0.0 && speed.prefill.low.get() > 0.0,
                        "{} {}",
                        model.id,
                        machine.id
                    );
                    let (prefill, roof) = (speed.prefill, speed.prefill_roofline);
                    assert!(
                        prefill.low <= prefill.best && prefill.best <= prefill.high && prefill.high <= roof,
                        "{} {} on {}: {prefill:?} over {roof:?}",
                        model.id,
                        format.key(),
                        machine.id
                    );
                    for point in [speed.under_roof.decode, speed.under_roof.prefill] {
                        assert!(
                            point.flops <= speed.under_roof.at(point.intensity) * 1.000_001,
                            "{} {} on {}: {:?}",
                            model.id,
                            format.key(),
                            machine.id,
                            speed.under_roof
                        );
                    }
                    checked += 1;
                    has_met = true;
                    met[index].insert(&model.id);
                }
                assert!(has_met || runtime == Runtime::Mlx, "{} {} is nowhere", model.id, format.key());
            }
        }
    }
    assert!(checked > 100_000, "{checked} estimates");
    let most = met.iter().map(BTreeSet::len).max();
    assert_eq!(most, Some(CATALOG.models.len()), "models that have a speed");
    for (machine, met) in machines.iter().zip(&met) {
        assert!(met.is_empty() || Some(met.len()) == most, "{} met {} models", machine.id, met.len());
    }
}

#[test]
fn more_requests_together_are_never_slower_in_all_nor_faster_each() {
    let model = CATALOG.model("llama-3.1-8b").expect("a model");
    let mixture = CATALOG.model("qwen3-30b-a3b").expect("a model");
    for model in [model, mixture] {
        for id in ["rtx-4090-24gb", "apple-m4max-40c-128gb", "dgx-spark-gb10-128gb", "a100-80gb-sxm"] {
            let machine = CATALOG.machine(id).expect("a machine");
            let quantization = Quantization::ladder(Runtime::LlamaCpp)[4];
            let mut before: Option<InferenceSpeed> = None;
            for requests in [1, 2, 4, 8, 16, 32] {
                let scenario = scenario(model, Runtime::LlamaCpp, quantization, requests);
                let now = speeds(&on(&scenario, &roomy(machine))).expect("a speed");
                if let Some(before) = before {
                    assert!(
                        now.aggregate.best.get() >= before.aggregate.best.get() * 0.999,
                        "{id} {requests}"
                    );
                    assert!(now.decode.best <= before.decode.best, "{id} {requests}");
                }
                before = Some(now);
            }
        }
    }
}

#[test]
fn a_card_that_is_too_small_slows_down_as_more_lies_beside_it() {
    let machine = CATALOG.machine("rtx-4090-24gb").expect("a machine");
    let mut before = f64::MAX;
    for id in ["qwen2.5-14b", "qwen2.5-32b", "llama-3.3-70b"] {
        let model = CATALOG.model(id).expect("a model");
        let quantization = Quantization::parse("Q4_K_M").expect("a format");
        let scenario = scenario(model, Runtime::LlamaCpp, quantization, 1);
        let speed = speeds(&on(&scenario, machine)).expect("a speed");
        assert!(speed.decode.best.get() < before, "{id} {speed:?}");
        before = speed.decode.best.get();
        if id == "llama-3.3-70b" {
            assert!(speed.offloaded > 0.3, "{speed:?}");
            assert!((1.0..5.0).contains(&before), "{speed:?}");
        }
    }
}

/// An 8B model in 4 bit with other settings, on a card.
fn changed(change: impl Fn(Inference) -> Inference) -> InferenceSpeed {
    let model = CATALOG.model("llama-3.1-8b").expect("it is known");
    let usual = Inference::usual(Runtime::LlamaCpp, model.context_max).quantization;
    let plain = scenario(model, Runtime::LlamaCpp, usual, 1);
    let Workload::Inference(language, inference) = plain.workload else { unreachable!("it is made so") };
    let workload = Workload::Inference(language, change(inference));
    let scenario = Scenario::new("test", workload);
    let card = chip("rtx-4090-24gb").expect("it is known");
    speeds(&on(&scenario, &card)).expect("its speed is known")
}

#[test]
fn guesses_pay_as_they_hold() {
    let with = |draft_tokens, acceptance_rate| {
        changed(|plain| Inference { speculation: Speculation { draft_tokens, acceptance_rate }, ..plain })
    };
    let plain = with(0, 0.7);
    assert_eq!(plain.decode, changed(|plain| plain).decode);
    assert!(with(4, 0.0).decode.best < plain.decode.best, "guesses that never hold cost time");
    let mut before = plain.decode.best;
    for acceptance_rate in [0.5, 0.7, 0.9, 1.0] {
        let speed = with(4, acceptance_rate);
        assert!(speed.decode.best > before, "{acceptance_rate}");
        let (decode, roof) = (speed.decode, speed.roofline);
        assert!(decode.low <= decode.best && decode.best <= decode.high && decode.high <= roof, "{speed:?}");
        assert!(roof.get() <= plain.roofline.get() * 5.0 * 1.001, "no pass yields more than it checks");
        before = decode.best;
    }
    for (draft_tokens, acceptance_rate, tokens) in
        [(0, 0.7, 1.0), (1, 0.5, 1.5), (3, 1.0, 4.0), (2, 0.5, 1.75)]
    {
        let speculation = Speculation { draft_tokens, acceptance_rate };
        assert!((speculation.yielded(acceptance_rate) - tokens).abs() < 1e-12, "{speculation:?}");
    }
}

#[test]
fn a_task_takes_as_long_as_its_calls() {
    let with = |turns, tool_output_tokens, prefix_caching| {
        let speed = changed(|plain| Inference {
            agent_loop: AgentLoop { turns, tool_output_tokens, prefix_caching },
            ..plain
        });
        speed.task.map(|task| task.map(plimsoll::units::Seconds::get))
    };
    assert_eq!(with(1, 500, true), None);
    let request = changed(|plain| plain).request.map(plimsoll::units::Seconds::get);
    let (two, ten) = (with(2, 500, true).expect("calls"), with(10, 500, true).expect("calls"));
    assert!(two.best > request.best && two.low <= two.best && two.best <= two.high, "{two:?}");
    // Ten calls write ten answers; the growing conversation makes each a little slower.
    assert!(ten.best > 4.0 * two.best && ten.best < 12.0 * request.best, "{ten:?} {two:?} {request:?}");
    assert!(with(10, 2000, true).expect("calls").best > ten.best, "longer answers of tools are read");
    assert!(with(10, 500, false).expect("calls").best > ten.best, "all is read anew");
}

/// A preset with some keys set over it.
fn preset_scenario(preset: &str, set: &[(&str, &str)]) -> Scenario {
    let context = plimsoll::cli::Context::built_in("");
    let preset = context.catalog.preset(preset).expect("a preset");
    let below = parse(&preset.text, &preset.file).expect("keys").remove(0);
    let mut over = PresetKeys::default();
    for (key, value) in set {
        over.set(key, value).expect("a key");
    }
    resolve(over.over(below), &context).expect("a scenario").scenario
}

/// A preset on a card, with some keys set over it.
fn on_card(preset: &str, set: &[(&str, &str)], card: &str) -> (Estimate, Option<InferenceSpeed>) {
    let scenario = preset_scenario(preset, set);
    let machine = CATALOG.machine(card).expect("a machine");
    let estimate = on(&scenario, machine);
    let speed = speeds(&estimate);
    (estimate, speed)
}

#[test]
fn the_cliff_of_a_full_card_is_a_curve() {
    // What does not fit is moved anyway, so that asking for more layers than fit is no faster.
    let mut before = 0.0;
    for layers in ["0", "10", "20", "30", "40"] {
        let (_, speed) = on_card("chat-70b", &[("gpu_layers", layers)], "rtx-4090-24gb");
        let speed = speed.expect("it runs").decode.best.get();
        assert!(speed > before, "{layers} layers on the card: {speed} after {before}");
        before = speed;
    }
    let (_, all) = on_card("chat-70b", &[("gpu_layers", "81")], "rtx-4090-24gb");
    let (_, auto) = on_card("chat-70b", &[], "rtx-4090-24gb");
    let (all, auto) = (all.expect("it runs"), auto.expect("it runs"));
    assert!((all.decode.best.get() / auto.decode.best.get() - 1.0).abs() < 0.02, "{all:?}");
    assert!((0.35..0.55).contains(&auto.offloaded), "{}", auto.offloaded);
    assert!(auto.decode.best.get() < 6.0, "bound by the system's memory");
}

#[test]
fn experts_leave_a_card_first() {
    let (_, none) = on_card("gpt-oss-120b", &[("cpu_experts", "none")], "rtx-4090-24gb");
    let (fits, all) = on_card("gpt-oss-120b", &[("cpu_experts", "all")], "rtx-4090-24gb");
    let (_, layers) = on_card("gpt-oss-120b", &[("gpu_layers", "0")], "rtx-4090-24gb");
    assert!(fits.fit.verdict <= Verdict::Tight, "attention and caches fit a card");
    let decode = |speed: Option<InferenceSpeed>| speed.expect("it runs").decode.best.get();
    let (none, all, layers) = (decode(none), decode(all), decode(layers));
    assert!(
        none > all && all > layers,
        "{none} with what fits, {all} without experts, {layers} without layers"
    );
}

#[test]
fn a_file_larger_than_memory_is_read_from_disk() {
    let mut machine = Machine::clone(CATALOG.machine("rtx-4090-24gb").expect("a machine"));
    let with = |machine: &mut Machine, gib: f64| {
        if let plimsoll::spec::Memory::Discrete { system, .. } = &mut machine.memory.0 {
            *system = Some(plimsoll::units::Bytes::gib(gib));
        }
        let model = CATALOG.model("llama-3.3-70b").expect("a model");
        let scenario = scenario(model, Runtime::LlamaCpp, Quantization::parse("Q8_0").expect("a format"), 1);
        speeds(&on(&scenario, &Arc::new(machine.clone()))).expect("it runs")
    };
    let (small, large) = (with(&mut machine, 32.0), with(&mut machine, 128.0));
    assert!(small.bound == Bound::Disk && small.on_disk > 0.0 && large.bound == Bound::Link);
    assert!(large.on_disk.abs() < f64::EPSILON && small.offloaded < 1.0);
    let (small, large) = (small.decode, large.decode);
    assert!(small.best.get() < 0.2 * large.best.get(), "{small:?} with 32 GiB, {large:?} with 128");
    assert!(small.low > plimsoll::units::TokensPerSecond::new(0.0) && small.low < small.best);
}

/// What is shown is what was fitted: the terms of `decode_terms` and `prefill_terms`, whose coefficients come from the
/// measurements, sum to the seconds that the workings multiply out.
#[test]
fn the_formulas_that_are_shown_are_those_that_were_fitted() {
    let mut checked = 0_u32;
    let writes = CATALOG.models.iter().filter(|model| model.makes == Makes::Text);
    for (model, format, chip) in writes.flat_map(|model| {
        let formats = ["Q4_K_M", "Q4_0", "F16"].map(|format| Quantization::parse(format).expect("a format"));
        formats.into_iter().flat_map(move |format| CHIPS.map(|chip| (model, format, chip)))
    }) {
        let machine = roomy(CATALOG.machine(chip).expect("a machine"));
        let reads = Reads::of(model, format);
        let chip = Chip::of(&machine).expect("its rates are known");
        let decode = calibration().decode(chip.decode_group(SpeedEngine::LlamaCpp)).expect("it was fitted");
        let fitted = decode_terms(&reads, &chip, 1024.0, Build::Now).times(decode.terms).sum();
        let least = (reads.bytes / chip.bandwidth).get();
        let shown =
            aggregate_throughput(reads, chip, SpeedEngine::LlamaCpp, calibration(), writing(1024.0, 1.0))
                .expect("a speed");
        assert!((shown.get() * fitted.max(least) - 1.0).abs() < 1e-9, "{} on {}", model.id, machine.id);
        let prefill =
            calibration().prefill(chip.prefill_group(SpeedEngine::LlamaCpp)).expect("it was fitted");
        let plain = Inference::usual(Runtime::LlamaCpp, model.context_max);
        let inference = Inference { quantization: format, prompt: 1024, ..plain };
        let language = LanguageModel::named(Arc::clone(model), Runtime::LlamaCpp);
        let scenario = Scenario::new("test", Workload::Inference(language, inference));
        let speed = speeds(&on(&scenario, &machine)).expect("a speed");
        let chunk = plimsoll::units::count(inference.ubatch);
        let prompt =
            Prompt { tokens: 1024.0, depth: 0.0, chunk, older: false, one_model: false, folded: true };
        let fitted = prefill_terms(&reads, &chip, &prompt).times(prefill.terms).sum();
        let expected = (1.0 / fitted).min(speed.prefill_roofline.get());
        assert!((speed.prefill.best.get() / expected - 1.0).abs() < 1e-9, "{} on {}", model.id, machine.id);
        checked += 1;
    }
    assert!(checked > 100, "{checked}");
}

/// One chip of each kind.
const CHIPS: [&str; 4] =
    ["rtx-4090-24gb", "apple-m2ultra-76c-192gb", "a100-80gb-sxm", "dgx-spark-gb10-128gb"];
