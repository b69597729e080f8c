//! Several devices: what holds whatever the model, what is refused, and published runs that were no part of a fit.

use std::sync::{Arc, LazyLock};

use plimsoll::catalog::calibration;
use plimsoll::cli::Context;
use plimsoll::engine::{
    Assumptions, Basis, Cost, Estimate, PartName, Place, Speed, Unknown, as_asked, estimate,
};
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{Machine, Scenario, Split};
use proptest::prelude::*;

static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context::built_in(""));

fn try_asked(preset: &str, set: &[(&str, &str)]) -> Result<Scenario, String> {
    let preset = CONTEXT.catalog.preset(preset).expect("a preset");
    let below = parse(&preset.text, &preset.file).expect("keys").remove(0);
    let mut over = PresetKeys::default();
    for (key, value) in set {
        over.set(key, value).map_err(|error| error.to_string())?;
    }
    resolve(over.over(below), &*CONTEXT).map(|preset| preset.scenario).map_err(|error| error.to_string())
}

fn asked(preset: &str, set: &[(&str, &str)]) -> Scenario {
    try_asked(preset, set).expect("a scenario")
}

fn machine(id: &str) -> Arc<Machine> {
    Arc::clone(CONTEXT.catalog.machine(id).expect("a machine"))
}

/// Memory, speed and cost of a scenario on as many of a machine as it says.
fn answer(scenario: &Scenario, id: &str) -> (Estimate, Option<Speed>, Option<Cost>) {
    let machine = as_asked(scenario, &machine(id));
    let estimate = estimate(scenario, &machine, &Assumptions::new(calibration()));
    let (speed, cost) = (estimate.speed.clone(), estimate.cost);
    (estimate, speed, cost)
}

fn on_device(estimate: &Estimate) -> f64 {
    let peak = estimate.budget.peak_in(Place::Device).expect("a phase");
    peak.in_place(Place::Device).best.as_gib()
}

fn decode(speed: Option<&Speed>) -> (f64, f64, f64, f64) {
    let figures = match speed {
        Some(Speed::Inference(speed)) => {
            let tokens = speed.decode;
            Some((tokens.low.get(), tokens.best.get(), tokens.high.get(), speed.aggregate.best.get()))
        }
        _ => None,
    };
    figures.expect("a language model that runs")
}

const RTX_3090: &str = "rtx-3090-24gb";
const A100: &str = "a100-80gb-sxm";
const M5_ULTRA: &str = "apple-m5ultra-80c-512gb";

#[test]
fn two_cards_hold_what_one_cannot() {
    let (one, ..) = answer(&asked("chat-70b", &[("devices", "1")]), RTX_3090);
    let (two, ..) = answer(&asked("chat-70b", &[("devices", "2")]), RTX_3090);
    assert_eq!(one.fit.verdict.key(), "does-not-fit");
    assert_eq!(two.fit.verdict.key(), "tight", "two cards of 24 GB run 70B at 4 bit, as people do");
    assert_eq!(two.budget.devices, 2);
    let (box_of_two, ..) = {
        let mut machine = Machine::clone(&machine(RTX_3090));
        machine.devices = 2;
        let scenario = asked("chat-70b", &[]);
        (estimate(&scenario, &Arc::new(machine), &Assumptions::new(calibration())), ())
    };
    assert_eq!(box_of_two.fit, two.fit, "a box with two cards is the same as two cards");
}

#[test]
fn more_devices_hold_less_each() {
    for preset in ["chat-8b", "chat-70b", "mixtral-8x22b", "gpt-oss-120b", "lora-70b", "lora-70b-16bit"] {
        for split in ["layers", "tensor"] {
            let mut before = f64::INFINITY;
            for devices in ["1", "2", "3", "4", "8", "16"] {
                let (estimate, ..) = answer(&asked(preset, &[("devices", devices), ("split", split)]), A100);
                let held = on_device(&estimate);
                assert!(held < before, "{preset} on {devices} by {split}: {held} after {before} GiB");
                before = held;
            }
        }
    }
}

#[test]
fn parts_sum_to_the_weights_of_all_devices() {
    for runtime in ["llama.cpp", "mlx", "vllm", "pytorch"] {
        let alone = asked("chat-8b", &[("runtime", runtime)]);
        let machine = if runtime == "mlx" { M5_ULTRA } else { A100 };
        let (one, ..) = answer(&alone, machine);
        let weights = |estimate: &Estimate| {
            let peak = estimate.budget.peak_in(Place::Device).expect("a phase");
            let own = peak.parts.iter().filter(|part| part.place == Place::Device);
            own.filter(|part| part.name == PartName::Weights)
                .map(|part| part.bytes.best.as_gib())
                .sum::<f64>()
        };
        for split in ["layers", "tensor"] {
            let set = [("runtime", runtime), ("devices", "4"), ("split", split)];
            let (four, ..) = answer(&asked("chat-8b", &set), machine);
            let share = weights(&four) * 4.0 / weights(&one);
            // The embedding and the output matrix stay whole on PyTorch, and are a third of a 4-bit model.
            assert!(
                (0.99..2.2).contains(&share),
                "{runtime} by {split}: the fullest of four holds {share} / 4"
            );
        }
    }
}

#[test]
fn experts_on_the_host_leave_every_device() {
    let stored = |set: &[(&str, &str)]| {
        let (estimate, ..) = answer(&asked("gpt-oss-120b", set), A100);
        let held = |place| {
            let peak = estimate.budget.peak_in(place).expect("a phase");
            let own = peak.parts.iter().filter(|part| part.place == place && part.name == PartName::Weights);
            own.map(|part| part.bytes.best.as_gib()).sum::<f64>()
        };
        (held(Place::Device), held(Place::Host))
    };
    let (one, host) = stored(&[("devices", "1"), ("cpu_experts", "all")]);
    for split in ["layers", "tensor"] {
        let (two, beside) = stored(&[("devices", "2"), ("cpu_experts", "all"), ("split", split)]);
        assert!(two < one && two >= 0.5 * one, "{split}: {two} GiB on each of two, {one} on one");
        assert!((beside - host).abs() < 1e-9, "{split}: {beside} and {host} GiB beside");
    }
    let (half, _) = stored(&[("devices", "2"), ("cpu_experts", "18")]);
    let (without, _) = stored(&[("devices", "2"), ("cpu_experts", "none")]);
    assert!(
        (half - without).abs() < 0.1 * without,
        "the second device keeps its experts: {half} of {without}"
    );
}

#[test]
fn copies_hold_as_much_each_and_answer_side_by_side() {
    let one = asked("five-agents-8b", &[("concurrency", "1"), ("context", "16k")]);
    let many = [("devices", "4"), ("split", "copies"), ("concurrency", "4"), ("context", "64k")];
    let ((alone, alone_speed, alone_cost), (four, four_speed, four_cost)) =
        (answer(&one, RTX_3090), answer(&asked("five-agents-8b", &many), RTX_3090));
    assert!((on_device(&alone) - on_device(&four)).abs() < 1e-9);
    let ((.., aggregate), (.., all)) = (decode(alone_speed.as_ref()), decode(four_speed.as_ref()));
    assert!((all / aggregate - 4.0).abs() < 1e-6, "{all} of {aggregate}");
    let price = |cost: Option<Cost>| cost.and_then(|cost| cost.price).expect("a price").get();
    assert!((price(four_cost) - 4.0 * price(alone_cost)).abs() < 1e-6);
    let work = |estimate: &Estimate| estimate.work_cost.expect("a price and a speed").work_per_hour;
    assert!((work(&four) / work(&alone) - 4.0).abs() < 1e-6);
}

#[test]
fn layers_take_turns_and_parts_of_matrices_work_at_once() {
    let of = |devices, split| {
        decode(answer(&asked("chat-70b", &[("devices", devices), ("split", split)]), A100).1.as_ref()).1
    };
    let (one, layers, tensor) = (of("1", "layers"), of("4", "layers"), of("4", "tensor"));
    assert!(layers < one && layers > 0.9 * one, "{layers} of {one}");
    assert!(tensor > 1.5 * one && tensor < 4.0 * one, "{tensor} of {one}");
    let over = |link| {
        let set = [("devices", "4"), ("split", "tensor"), ("link", link)];
        decode(answer(&asked("chat-70b", &set), A100).1.as_ref()).1
    };
    assert!(over("nvlink") > over("pcie") && over("pcie") > over("thunderbolt5"));
}

#[test]
fn published_clusters_of_macs_lie_inside_the_band() {
    // gpt-oss-120b with MLX, parted by tensor over Thunderbolt 5 between two 128 GB MacBook Pros, M4 Max and M5 Max:
    // 98 tokens a second (github.com/exo-explore/exo/issues/2070, 2026-05). Both of the slower kind here.
    let set = [
        ("runtime", "mlx"),
        ("quantization", "mlx-4bit"),
        ("devices", "2"),
        ("split", "tensor"),
        ("link", "thunderbolt5"),
        ("context", "2k"),
        ("prompt", "100"),
        ("generate", "300"),
    ];
    let (_, speed, _) = answer(&asked("gpt-oss-120b", &set), "apple-m4max-40c-128gb");
    let (low, best, high, _) = decode(speed.as_ref());
    assert!((low..=high).contains(&98.0), "98 measured, {low} to {high} said, {best} at best");
}

#[test]
fn what_is_not_there_is_said() {
    let error = try_asked("sdxl", &[("devices", "2"), ("split", "tensor")]).expect_err("no such split");
    assert_eq!(error, "split tensor is not there for this workload; known here are auto, copies");
    let error = try_asked("chat-8b", &[("devices", "some")]).expect_err("no number");
    assert!(error.contains("is not a number of devices; write auto or"), "{error}");
    let none = asked("chat-8b", &[("devices", "0")]);
    assert_eq!(none.devices.count, Some(1), "what is out of range is moved into it");
    let error = try_asked("chat-8b", &[("link", "string")]).expect_err("no such link");
    assert!(error.contains("known are auto, pcie, nvlink, thunderbolt5, 200g"), "{error}");
    let deepseek = asked("deepseek-r1-671b", &[("devices", "8"), ("split", "tensor")]);
    let (estimate, ..) = answer(&deepseek, A100);
    assert!(estimate.budget.unknown.contains(&Unknown::SplitUnsupported), "llama.cpp parts no MLA by tensor");
}

#[test]
fn what_is_taken_by_layers_has_the_memory_and_speed_of_layers() {
    let of = |split| answer(&asked("deepseek-r1-671b", &[("devices", "8"), ("split", split)]), A100);
    let ((tensor, tensor_speed, _), (layers, layers_speed, _)) = (of("tensor"), of("layers"));
    assert_eq!(tensor.budget.phases, layers.budget.phases);
    assert_eq!(tensor_speed, layers_speed);
    // vLLM shards its heads, but each device reads all that latent attention keeps: twice as many devices do not halve
    // what depth costs.
    let depth_costs = |devices| {
        let seconds = |prompt| {
            let set = [
                ("runtime", "vllm"),
                ("quantization", "fp8"),
                ("devices", devices),
                ("split", "tensor"),
                ("context", "64k"),
                ("prompt", prompt),
                ("generate", "500"),
            ];
            1.0 / decode(answer(&asked("deepseek-r1-671b", &set), "b200-180gb").1.as_ref()).1
        };
        seconds("60k") - seconds("1k")
    };
    let (eight, sixteen) = (depth_costs("8"), depth_costs("16"));
    assert!(sixteen > 0.6 * eight, "{sixteen} s on 16, {eight} s on 8");
}

#[test]
fn caches_of_all_devices_are_the_cache_of_one() {
    let cache = |estimate: &Estimate| {
        let peak = estimate.budget.peak_in(Place::Device).expect("a phase");
        peak.named(PartName::KvCache).best.as_gib()
    };
    let alone = cache(&answer(&asked("chat-70b", &[("devices", "1")]), RTX_3090).0);
    for (devices, split, share) in [("2", "layers", 0.5), ("4", "tensor", 0.25), ("3", "layers", 27.0 / 80.0)]
    {
        let set = [("devices", devices), ("split", split)];
        let held = cache(&answer(&asked("chat-70b", &set), RTX_3090).0);
        assert!((held / alone - share).abs() < 0.02, "{devices} by {split}: {held} of {alone} GiB");
    }
}

#[test]
fn sharded_training_gathers_and_says_so() {
    let set = |devices: &'static str| {
        // Pages of a paged optimizer lie in system memory.
        [
            ("devices", devices),
            ("split", "tensor"),
            ("method", "full"),
            ("precision", "bf16"),
            ("optimizer", "adamw-8bit"),
        ]
    };
    let (one, ..) = answer(&asked("tool-calling-qlora-8b", &set("1")), A100);
    let (eight, speed, _) = answer(&asked("tool-calling-qlora-8b", &set("8")), A100);
    let of = |estimate: &Estimate, name| {
        let phase =
            estimate.budget.phases.iter().find(|phase| phase.name.key() == "backward").expect("a phase");
        phase.named(name).best.as_gib()
    };
    let states = of(&one, PartName::OptimizerState) / of(&eight, PartName::OptimizerState);
    assert!((states - 8.0).abs() < 1e-6, "optimiser states are shared out: {states}");
    let weights = of(&one, PartName::Weights) / of(&eight, PartName::Weights);
    assert!((2.0..8.0).contains(&weights), "of weights what computes is gathered: {weights}");
    let modelled = eight.budget.phases.iter().flat_map(|phase| &phase.parts);
    let shared = modelled.filter(|part| part.name == PartName::OptimizerState);
    assert!(shared.into_iter().all(|part| part.basis == Basis::Modelled));
    assert!(matches!(speed, Some(Speed::Training(_))));
}

#[test]
fn a_graph_in_parts_is_smaller_and_its_halo_is_a_band() {
    let (whole, ..) = answer(&asked("whole-program-gnn", &[("devices", "1")]), A100);
    let (four, ..) = answer(&asked("whole-program-gnn", &[("devices", "4")]), A100);
    assert!(on_device(&four) < on_device(&whole));
    let peak = four.budget.peak_in(Place::Device).expect("a phase").in_place(Place::Device);
    assert!(peak.low.as_gib() > on_device(&whole) / 4.5 && peak.high.as_gib() <= on_device(&whole) * 1.05);
}

#[test]
fn several_of_a_machine_are_named_by_their_number() {
    let two = machine(RTX_3090).with_devices(2);
    assert_eq!(two.name, "2 × GeForce RTX 3090");
    assert_eq!(two.with_devices(1).devices, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is asked of however many devices: figures are finite, sum, and no speed exceeds its roofline.
    #[test]
    fn any_number_of_devices_gives_figures_that_hold(
        preset in prop::sample::select(vec![
            "chat-8b", "coding-agent-32b", "mixtral-8x22b", "five-agents-8b", "qlora-13b", "parse-trees-16k-8b",
            "whole-program-gnn", "whole-program-gnn-sampled", "sdxl", "sdxl-lora",
        ]),
        devices in 1_u32..200,
        split in prop::sample::select(vec![Split::Auto, Split::Layers, Split::Tensor, Split::Copies]),
        id in prop::sample::select(vec![RTX_3090, A100, "apple-m5max-40c-128gb", "dgx-spark-gb10-128gb"]),
    ) {
        let mut scenario = asked(preset, &[]);
        scenario.devices.count = Some(devices);
        scenario.devices.split = split;
        let (estimate, speed, _) = answer(&scenario, id);
        for phase in &estimate.budget.phases {
            let total = phase.total();
            prop_assert!(total.low <= total.best && total.best <= total.high, "{:?}", phase.name);
            prop_assert!(total.high.get().is_finite() && total.low.get() >= 0.0);
            for part in &phase.parts {
                prop_assert!(part.bytes.low <= part.bytes.best && part.bytes.best <= part.bytes.high, "{part:?}");
            }
        }
        match speed {
            Some(Speed::Inference(speed)) => {
                prop_assert!(speed.decode.high <= speed.roofline * 1.000_001, "{speed:?}");
                prop_assert!(speed.decode.low <= speed.decode.best && speed.decode.best <= speed.decode.high);
                prop_assert!(speed.time_to_first_token.low <= speed.time_to_first_token.high);
            }
            Some(Speed::Reading(speed)) => prop_assert!(speed.tokens.high <= speed.roofline * 1.000_001),
            Some(Speed::Training(speed)) => prop_assert!(speed.tokens.high <= speed.roofline * 1.000_001),
            Some(Speed::Gnn(speed)) => prop_assert!(speed.epoch.low * 1.000_001 >= speed.roofline),
            Some(Speed::Images(speed)) => prop_assert!(speed.image.low * 1.000_001 >= speed.roofline),
            None => {}
        }
    }
}
