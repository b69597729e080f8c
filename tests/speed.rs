//! Speeds: errors on machines that were left out of the fit, and what no speed may exceed.

use std::sync::{Arc, LazyLock};

use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::{Estimate, Speed, estimate, speed};
use plimsoll::evidence::{
    SpeedErrors, SpeedRow, calibrate, hand_over, handed_on, peak_shares, speed_errors, speed_rows,
};
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{
    AgentLoop, Inference, LanguageModel, Machine, Quantization, Runtime, Scenario, Speculation, Workload,
};

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);

fn chip(id: &str) -> Option<Arc<Machine>> {
    let with_memory = format!("{id}-");
    let named = |machine: &&Arc<Machine>| machine.id == id || machine.id.starts_with(&with_memory);
    CATALOG.machines.iter().find(named).map(Arc::clone)
}

fn rows() -> Vec<SpeedRow> {
    speed_rows(|id| CATALOG.model(id).ok().map(Arc::clone), chip).expect("a readable table")
}

fn line<'a>(errors: &'a [SpeedErrors], start: &str, name: &str) -> &'a SpeedErrors {
    let from = errors.iter().position(|error| error.name.starts_with(start)).expect("a kind");
    errors[from..].iter().find(|error| error.name.trim() == name).expect("a line")
}

#[test]
fn machines_left_out_are_foretold() {
    let errors = speed_errors(&rows(), calibration());
    let decode = |name| line(&errors, "decode", name);
    let all = decode("decode, machine left out");
    assert_eq!(all.rows, 605);
    assert!(all.median <= 0.09 && all.p90 <= 0.30, "{all:?}");
    assert!(decode("mixtures of experts").median <= 0.14, "{:?}", decode("mixtures of experts"));
    assert!(decode("published file size").median <= 0.075, "{:?}", decode("published file size"));
    assert!((0.80..=0.95).contains(&all.inside), "{all:?}");
    for kind in ["dense", "mixtures of experts", "published file size"] {
        assert!((0.80..=0.95).contains(&decode(kind).inside), "{:?}", decode(kind));
    }
    let (simple, _) = all.simple.expect("the peer's formula on the same rows");
    assert!(all.median < simple / 2.0, "{all:?}");
    let prefill = |name| line(&errors, "prefill", name);
    assert!(prefill("prefill, machine left out").median <= 0.12);
    assert!((0.80..=0.95).contains(&prefill("prefill, machine left out").inside));
    assert!(prefill("Apple M1 to M4").median <= 0.05, "{:?}", prefill("Apple M1 to M4"));
}

#[test]
fn the_shipped_coefficients_are_those_of_the_shipped_measurements() {
    let fitted = calibrate(
        &rows(),
        peak_shares(chip).expect("a readable table"),
        hand_over(&handed_on(chip).expect("a readable table")),
    );
    let shipped = calibration();
    let terms = |of: &plimsoll::spec::Calibration| -> Vec<f64> {
        let decode = of.decode.iter().flat_map(|group| group.terms.to_array());
        let bands = of.decode.iter().flat_map(|group| [group.band.0, group.band.1]);
        let experts = of.decode.iter().flat_map(|group| [group.band_experts.0, group.band_experts.1]);
        let prefill = of.prefill.iter().flat_map(|group| group.terms.to_array());
        let training = of.training.iter().flat_map(|group| [group.share.0, group.share.1, group.share.2]);
        let pictures = of.pictures.iter().flat_map(|group| [group.share.0, group.share.1, group.share.2]);
        decode.chain(bands).chain(experts).chain(prefill).chain(training).chain(pictures).collect()
    };
    assert_eq!(fitted.hand_over, shipped.hand_over, "run `plimsoll accuracy --fit` again");
    let (fresh, shipped) = (terms(&fitted), terms(shipped));
    assert_eq!(fresh.len(), shipped.len(), "run `plimsoll accuracy --fit` again");
    for (at, (fresh, shipped)) in fresh.iter().zip(&shipped).enumerate() {
        // Another machine's logarithms may turn the last figure.
        let near = (fresh - shipped).abs() <= 0.01 * shipped.abs() + 0.002;
        assert!(near, "term {at}: {fresh} is shipped as {shipped}; run `plimsoll accuracy --fit` again");
    }
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

fn speeds(
    scenario: &Scenario,
    machine: &Machine,
    estimate: &Estimate,
) -> Option<plimsoll::engine::speed::InferenceSpeed> {
    match speed(scenario, machine, estimate, calibration()) {
        Some(Speed::Inference(speed)) => Some(speed),
        _ => None,
    }
}

#[test]
fn no_speed_is_above_its_roofline() {
    let mut checked = 0_u32;
    // One machine for each chip: memory changes what fits, not how fast it is read.
    let mut chips: Vec<(String, Option<u64>)> = Vec::new();
    let machines: Vec<&Arc<Machine>> = CATALOG
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
        .collect();
    for model in &CATALOG.models {
        for (runtime, requests) in [(Runtime::LlamaCpp, 1), (Runtime::LlamaCpp, 8), (Runtime::Mlx, 1)] {
            for format in formats(runtime) {
                let scenario = scenario(model, runtime, *format, requests);
                let first = estimate(&scenario, machines[0], None);
                for machine in &machines {
                    let unlimited =
                        Estimate { fit: plimsoll::engine::judge(&first.budget, &[]), ..first.clone() };
                    let Some(speed) = speeds(&scenario, machine, &unlimited) else { continue };
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
                    assert!(
                        speed.prefill.low <= speed.prefill.best && speed.prefill.best <= speed.prefill.high
                    );
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 100_000, "{checked} estimates");
}

#[test]
fn more_requests_together_are_never_slower_in_all_nor_faster_each() {
    let model = CATALOG.model("llama-3.1-8b").expect("a model");
    let mixture = CATALOG.model("qwen3-30b-a3b").expect("a model");
    for model in [model, mixture] {
        for id in ["rtx-4090-24gb", "apple-m4max-40c-128gb", "dgx-spark-gb10-128gb", "a100-80gb-sxm"] {
            let machine = CATALOG.machine(id).expect("a machine");
            let quantization = Quantization::ladder(Runtime::LlamaCpp)[4];
            let mut before: Option<plimsoll::engine::speed::InferenceSpeed> = None;
            for requests in [1, 2, 4, 8, 16, 32] {
                let scenario = scenario(model, Runtime::LlamaCpp, quantization, requests);
                let estimate = Estimate {
                    fit: plimsoll::engine::judge(&estimate(&scenario, machine, None).budget, &[]),
                    ..estimate(&scenario, machine, None)
                };
                let now = speeds(&scenario, machine, &estimate).expect("a speed");
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
        let estimate = estimate(&scenario, machine, None);
        let speed = speeds(&scenario, machine, &estimate).expect("a speed");
        assert!(speed.decode.best.get() < before, "{id} {speed:?}");
        before = speed.decode.best.get();
        if id == "llama-3.3-70b" {
            assert!(speed.offloaded > 0.3, "{speed:?}");
            assert!((1.0..5.0).contains(&before), "{speed:?}");
        }
    }
}

/// An 8B model in 4 bit with other knobs, on a card.
fn changed(change: impl Fn(Inference) -> Inference) -> plimsoll::engine::speed::InferenceSpeed {
    let model = CATALOG.model("llama-3.1-8b").expect("it is known");
    let usual = Inference::usual(Runtime::LlamaCpp, model.context_max).quantization;
    let plain = scenario(model, Runtime::LlamaCpp, usual, 1);
    let Workload::Inference(language, inference) = plain.workload else { unreachable!("it is made so") };
    let workload = Workload::Inference(language, change(inference));
    let scenario = Scenario::new("test", workload);
    let card = chip("rtx-4090-24gb").expect("it is known");
    speeds(&scenario, &card, &estimate(&scenario, &card, None)).expect("its speed is known")
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

/// A preset on a card, with some keys set over it.
fn on_card(
    preset: &str,
    set: &[(&str, &str)],
    card: &str,
) -> (Estimate, Option<plimsoll::engine::speed::InferenceSpeed>) {
    let context = plimsoll::cli::Context { catalog: Catalog::built_in(), measured: None };
    let preset = context.catalog.preset(preset).expect("a preset");
    let below = parse(&preset.text, &preset.file).expect("keys").remove(0);
    let mut over = PresetKeys::default();
    for (key, value) in set {
        over.set(key, value).expect("a key");
    }
    let scenario = resolve(over.over(below), &context).expect("a scenario").scenario;
    let machine = CATALOG.machine(card).expect("a machine");
    let estimate = estimate(&scenario, machine, None);
    let speed = speeds(&scenario, machine, &estimate);
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
    assert!(auto.decode.best.get() < 6.0, "held back by the system's memory");
}

#[test]
fn experts_leave_a_card_first() {
    let (_, none) = on_card("gpt-oss-120b", &[("cpu_experts", "none")], "rtx-4090-24gb");
    let (fits, all) = on_card("gpt-oss-120b", &[("cpu_experts", "all")], "rtx-4090-24gb");
    let (_, layers) = on_card("gpt-oss-120b", &[("gpu_layers", "0")], "rtx-4090-24gb");
    assert!(fits.fit.verdict <= plimsoll::engine::Verdict::Tight, "attention and caches fit a card");
    let decode =
        |speed: Option<plimsoll::engine::speed::InferenceSpeed>| speed.expect("it runs").decode.best.get();
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
        let estimate = estimate(&scenario, machine, None);
        speeds(&scenario, machine, &estimate).expect("it runs")
    };
    let (small, large) = (with(&mut machine, 32.0), with(&mut machine, 128.0));
    assert!(
        small.bound == plimsoll::engine::speed::Bound::Disk
            && small.on_disk > 0.0
            && large.bound == plimsoll::engine::speed::Bound::Link
    );
    assert!(large.on_disk.abs() < f64::EPSILON && small.offloaded < 1.0);
    let (small, large) = (small.decode, large.decode);
    assert!(small.best.get() < 0.2 * large.best.get(), "{small:?} with 32 GiB, {large:?} with 128");
    assert!(small.low > plimsoll::units::TokensPerSecond::new(0.0) && small.low < small.best);
}
