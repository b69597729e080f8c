//! Plans find what there is to find: a step that is enough alone, the second card, a machine behind what is not enough here;
//! and every step is one of the program that is started.

use plimsoll::catalog::calibration;
use plimsoll::engine::estimate::fit;
use plimsoll::engine::plan::{Plan, Step, Why, plan};
use plimsoll::engine::solve::{Change, Variants as _, fits, largest};
use plimsoll::engine::{Assumptions, Verdict};
use plimsoll::report::{plan_command, start_command, step_words};
use plimsoll::spec::Setting;
use plimsoll::units::whole;

use crate::decide::{CONTEXT, asked, machine, planned};

fn ways(found: &Plan) -> impl Iterator<Item = &Step> {
    found.steps.iter().chain(found.alternatives.iter().flat_map(|other| &other.steps))
}

fn keys(steps: &[Step]) -> Vec<&'static str> {
    steps.iter().flat_map(|step| step.changes.iter().map(|change| change.key)).collect()
}

/// Fewer layers on the device ask more of the host, which may have no room for them: what fits lies between.
#[test]
fn what_moves_to_the_host_is_found_wherever_it_fits() {
    let mut between = 0;
    for (preset, key, cards) in [
        ("mixtral-8x22b", "cpu_experts", &["rtx-4090", "rtx-3090", "rx-7900xtx-24gb", "rtx-5090"][..]),
        ("mixtral-8x22b", "gpu_layers", &["rtx-4090", "rtx-5090", "rtx-3060-12gb"]),
        ("deepseek-r1-671b", "cpu_experts", &["rtx-5090", "a100-80gb-sxm"]),
        ("chat-70b", "gpu_layers", &["rtx-4090", "apple-m4-10c-16gb", "rtx-2060-6gb"]),
        ("gpt-oss-120b", "cpu_experts", &["rtx-4090", "rtx-3060-12gb"]),
    ] {
        for on in cards {
            let (asked, on) = (asked(preset, &[("runtime", "llama.cpp")]), machine(on));
            let scenario = asked.with(&[]).expect("a preset");
            let setting = Setting::find(&scenario, key).expect("a setting");
            let solved = largest(&scenario, setting, &asked, &mut |asked| fit(asked, &on)).expect("solved");
            let holds = |text: &str| {
                let asked = asked.with(&[Change::new(key, text)]).expect("a scenario");
                fits(&fit(&asked, &on))
            };
            let slider = setting.slider.expect("it slides");
            // The most that fits of a number that is slid along the other way is the least.
            let mut all: Vec<u64> = (0..=whole((slider.range)(&scenario).1)).collect();
            if key == "gpu_layers" {
                all.reverse();
            }
            let most = all.iter().map(u64::to_string).find(|text| holds(text));
            let found = solved.best.map(|best| best.text);
            assert_eq!(found, most, "{preset} {key} on {}", on.id);
            between += u32::from(most.is_some() && !holds(if key == "gpu_layers" { "0" } else { "all" }));
        }
    }
    assert!(between >= 4, "{between} are found between what is too much for either");
}

#[test]
fn a_step_that_is_enough_alone_is_the_plan() {
    // All experts elsewhere are more than a usual computer holds, and 46 layers of them are not.
    for (on, layers) in [("rtx-4090", 40..=55), ("rtx-3090", 40..=55), ("rtx-5090", 35..=47)] {
        let found = planned("mixtral-8x22b", &[], on);
        assert_eq!(keys(&found.steps), ["cpu_experts"], "{on}: {found:?}");
        let moved: u64 = found.steps[0].changes[0].value.parse().expect("a number of layers");
        assert!(layers.contains(&moved) && found.reaches.fits(), "{on}: {moved}");
    }
    // Tiles of the VAE come first and do not reach it; one image at a time does without them.
    let many = [("resolution", "4096x4096"), ("batch", "32")];
    let on = plimsoll::spec::Machine::named_with_devices(&machine("apple-m4pro-20c-64gb"), 2);
    let asked = asked("sd-1.5", &many);
    let found = plan(&asked, &std::sync::Arc::new(on), &Assumptions::new(calibration())).expect("a plan");
    assert_eq!(keys(&found.steps), ["batch"], "{found:?}");
}

#[test]
fn more_devices_are_another_way() {
    for (preset, over, on, count) in [
        ("chat-70b", &[][..], "rtx-3090", "2"),
        ("chat-70b", &[], "rtx-4090", "2"),
        ("chat-70b", &[], "rx-7900xtx-24gb", "2"),
        ("coding-agent-32b", &[], "rtx-4090", "2"),
        ("chat-8b", &[("runtime", "vllm"), ("quantization", "bf16"), ("context", "131072")], "rtx-4090", "2"),
    ] {
        let found = planned(preset, over, on);
        let way = found.alternatives.iter().find(|other| other.name == "more devices");
        let way = way.unwrap_or_else(|| panic!("{preset} on {on}: {found:?}"));
        assert_eq!(way.steps[0].changes, [Change::new("devices", count)], "{preset} on {on}");
        assert!(way.reaches.fits() && way.steps[0].pace.is_some(), "{preset} on {on}");
        let words = step_words(&way.steps[0], &way.steps[0].after.scenario);
        assert!(words.contains("2 devices, $"), "with the price of each: {words}");
    }
    // No second card goes into a laptop, and two processors are not modelled.
    for machine in CONTEXT.catalog.machines.iter().filter(|machine| machine.id.contains("laptop")).take(2) {
        let found = planned("chat-70b", &[], &machine.id);
        assert!(ways(&found).all(|step| keys(std::slice::from_ref(step)) != ["devices"]), "{found:?}");
    }
}

/// What helps and is not enough stands before the machine on which it is.
#[test]
fn a_machine_stands_behind_what_is_not_enough_here() {
    for (preset, over, on, first) in [
        (
            "parse-trees-32k-8b",
            &[("gradient_checkpointing", "false")][..],
            "apple-m5ultra-64c-96gb",
            "gradient_checkpointing",
        ),
        ("function-trees-8b", &[("micro_batch", "32"), ("method", "lora")], "apple-m3-8c-8gb", "micro_batch"),
    ] {
        let found = planned(preset, over, on);
        let moved = keys(&found.steps);
        assert_eq!(moved.first(), Some(&first), "{preset}: {found:?}");
        assert_eq!(moved.last(), Some(&"machine"), "{preset}: {found:?}");
        assert!(found.reaches.fits(), "{preset}: {found:?}");
    }
    // Where nothing that is sold holds it, what was sold does.
    let found =
        planned("deepseek-r1-671b", &[("concurrency", "64"), ("runtime", "mlx")], "apple-m4-10c-16gb");
    let best = ways(&found).find(|step| step.changes.iter().any(|change| change.key == "machine"));
    let shown = best.and_then(|step| step.shown.as_deref()).unwrap_or_default();
    assert!(shown.contains("512 GB") && shown.contains("no longer made"), "{shown}");
}

#[test]
fn a_smaller_model_is_said_with_the_format_that_it_is_in() {
    let over = [("context", "4096"), ("concurrency", "16"), ("quantization", "Q4_K_M")];
    let found = planned("gpt-oss-120b", &over, "apple-m5ultra-64c-96gb");
    let way = found.alternatives.iter().find(|other| other.name == "smaller model").expect("gpt-oss-20b");
    let changes = &way.steps[0].changes;
    assert_eq!(changes[0], Change::new("model", "gpt-oss-20b"));
    assert!(changes.contains(&Change::new("quantization", "MXFP4_MOE")), "{changes:?}");
    // Models that it taught are smaller ones of it.
    let found = planned("deepseek-r1-671b", &[], "rtx-4090");
    let model = ways(&found).flat_map(|step| &step.changes).find(|change| change.key == "model");
    assert_eq!(model.map(|change| change.value.as_str()), Some("deepseek-r1-distill-qwen-32b"), "{found:?}");
}

/// A layer that no hop is sampled for sees nothing new.
#[test]
fn neighbors_are_sampled_for_every_layer() {
    for layers in ["2", "3", "6"] {
        let found = planned("whole-program-gnn", &[("layers", layers)], "rtx-3060-12gb");
        let mut sampled = 0;
        for change in ways(&found).flat_map(|step| &step.changes).filter(|change| change.key == "sampling") {
            let hops = change.value.split(',').count();
            assert_eq!(hops.to_string(), layers, "{}", change.value);
            sampled += 1;
        }
        assert!(sampled > 0, "{layers} layers: {found:?}");
    }
    let two = planned("whole-program-gnn", &[("layers", "2")], "rtx-3060-12gb");
    assert!(ways(&two).flat_map(|step| &step.changes).any(|change| change.value == "15, 10"), "{two:?}");
}

#[test]
fn every_step_is_one_of_the_program_that_is_started() {
    // diffusers unpacks text encoders of a GGUF file; ComfyUI-GGUF does not, and loads no denoiser of bitsandbytes.
    for on in ["apple-m4-10c-16gb", "mac-mini-m4-16gb", "rtx-3060-12gb", "rtx-4060", "rtx-4090"] {
        let found = planned("flux-1-dev", &[], on);
        for steps in [&found.steps].into_iter().chain(found.alternatives.iter().map(|other| &other.steps)) {
            let Some(last) = steps.last() else { continue };
            let start = start_command(&last.after);
            assert!(start.is_some(), "{on}: {steps:?}");
            let comfy = start.is_some_and(|start| start.starts_with("python main.py"));
            let machine = machine(on);
            for step in steps.iter().filter(|step| step.changes.iter().all(|each| each.key != "machine")) {
                let command = plan_command(step, &machine).unwrap_or_default();
                let of_comfy = ["GGUF", "--"].iter().any(|part| command.contains(part));
                assert!(!command.is_empty() && (!comfy || of_comfy), "{on}: `{command}` of {step:?}");
            }
        }
    }
    // The scripts that train adapters for images hold their base in 16 bit.
    let found = planned("sdxl-lora", &[], "rtx-2060-6gb");
    assert!(
        !ways(&found).flat_map(|step| &step.changes).any(|change| change.key == "precision"),
        "{found:?}"
    );
    assert!(found.not_offered.iter().any(|not| not.why == Why::NotInScript), "{found:?}");
    // Methods have paths, and no neighbors.
    let on = machine("rtx-2060-6gb");
    let found = planned("code2vec", &[], "rtx-2060-6gb");
    let commands: Vec<String> = ways(&found).filter_map(|step| plan_command(step, &on)).collect();
    assert!(!commands.iter().any(|command| command.contains("NeighborLoader")), "{commands:?}");
    let mut sampled = ways(&found).flat_map(|step| &step.changes).filter(|change| change.key == "sampling");
    assert!(sampled.all(|change| change.value == "100"), "half of its paths at most: {found:?}");
}

#[test]
fn what_people_reach_for_is_a_step_or_has_its_reason() {
    for (preset, over, on, expected) in [
        (
            "chat-70b",
            &[][..],
            "apple-m4-10c-16gb",
            &["raised_limit", "kv_precision", "quantization", "runtime", "gpu_layers", "model", "devices"][..],
        ),
        ("chat-70b", &[], "rtx-4090", &["quantization", "kv_precision", "model", "devices", "runtime"]),
        ("deepseek-r1-671b", &[], "rtx-4090", &["cpu_experts", "quantization", "model", "devices"]),
        ("deepseek-r1-671b", &[], "rtx-5090", &["cpu_experts", "quantization", "model"]),
        ("sdxl-lora", &[], "rtx-2060-6gb", &["cached_latents", "gradient_checkpointing", "precision"]),
    ] {
        let found = planned(preset, over, on);
        let moved = ways(&found).flat_map(|step| &step.changes).map(|change| change.key);
        let said: Vec<&str> = moved.chain(found.not_offered.iter().map(|not| not.key)).collect();
        for key in expected {
            assert!(said.contains(key), "{preset} on {on}: {key} is neither taken nor named: {said:?}");
        }
    }
    // The usual way at home, of which nobody knows here whether the computer has the memory.
    let found = planned("deepseek-r1-671b", &[], "rtx-4090");
    let experts = found.not_offered.iter().find(|not| not.key == "cpu_experts").expect("it is named");
    let Why::UnknownHost(bytes) = experts.why else { panic!("{experts:?}") };
    assert!((300.0..420.0).contains(&bytes.as_gib()), "{bytes:?}");
}

#[test]
fn a_few_layers_elsewhere_cost_less_than_a_worse_file() {
    for on in ["rtx-4090", "rx-7900xtx-24gb"] {
        let found = planned("coding-agent-32b", &[], on);
        assert_eq!(keys(&found.steps), ["gpu_layers"], "{on}: {found:?}");
        assert!(found.steps[0].speed.is_some_and(|speed| speed > 0.5), "{found:?}");
        let faster = found.alternatives.iter().find(|other| other.name == "faster").expect("in fewer bits");
        assert_eq!(keys(&faster.steps), ["quantization"], "{faster:?}");
    }
}

#[test]
fn whatever_fits_after_a_step_says_how_fast_it_is() {
    let mut said = 0;
    for preset in ["chat-70b", "lora-13b", "flux-1-dev", "whole-program-gnn", "parse-trees-16k-8b"] {
        for on in ["rtx-2060-6gb", "rtx-4090", "apple-m4-10c-16gb"] {
            for step in ways(&planned(preset, &[], on)).filter(|step| step.verdict <= Verdict::Tight) {
                assert!(step.pace.is_some(), "{preset} on {on}: {step:?}");
                said += 1;
            }
        }
    }
    assert!(said > 20, "{said} steps");
}

/// `iogpu.wired_limit_mb` is in MiB: 110 GiB are 112,640, whatever changes beside it; a card has no such limit.
#[test]
fn a_limit_is_raised_by_a_command_whatever_changes_beside_it() {
    let found = planned("chat-70b", &[], "apple-m4max-32c-36gb");
    let any = found.steps.first().expect("a step").clone();
    let with = |keys: &[(&'static str, &str)], on: &str| {
        let changes = keys.iter().map(|(key, value)| Change::new(key, *value)).collect();
        plan_command(&Step { changes, ..any.clone() }, &machine(on)).unwrap_or_default()
    };
    for beside in [&[][..], &[("context", "4096")]] {
        let all = [beside, &[("raised_limit", "110GiB")]].concat();
        let typed = with(&all, "apple-m4max-40c-128gb");
        assert!(typed.contains("sysctl iogpu.wired_limit_mb=112640"), "{typed}");
        assert!(!with(&all, "rtx-4090").contains("sysctl"), "it has no such limit");
    }
    assert!(!with(&[("context", "4096")], "apple-m4max-40c-128gb").contains("sysctl"));
}

/// The step to a smaller model of a script reads the model, not the tokenizer that is read before it.
#[test]
fn a_smaller_model_of_a_script_is_read_by_the_line_that_loads_its_weights() {
    let found = planned("parse-trees-32k-8b", &[], "rtx-3090");
    let moves = |step: &&Step| step.changes.iter().any(|change| change.key == "model");
    let step = ways(&found).find(moves).expect("a smaller model is a way");
    let line = plan_command(step, &machine("rtx-3090")).expect("a line");
    assert!(line.contains("AutoModelForCausalLM.from_pretrained(") && !line.contains("Tokenizer"), "{line}");
}
