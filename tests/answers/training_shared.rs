//! What training on several devices keeps on each and in system memory, what its programs refuse, and their defaults.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::memory::{PartName, PhaseName, Place};
use plimsoll::engine::runtime::{Cause, Ignored, Instead, Note};
use plimsoll::engine::{Assumptions, Estimate, Verdict, estimate};
use plimsoll::spec::{BasePrecision, Named as _, TrainingOffload, ZeroStage};

const H100: &str = "h100-sxm-80gb";

fn on(set: &[(&str, &str)], id: &str, devices: u32) -> Estimate {
    on_preset("lora-13b", set, id, devices)
}

fn on_preset(preset: &str, set: &[(&str, &str)], id: &str, devices: u32) -> Estimate {
    let machine = CONTEXT.catalog.machine(id).expect("a machine");
    let machine = if devices > 1 { Arc::new(machine.with_devices(devices)) } else { Arc::clone(machine) };
    estimate(&asked(preset, set), &machine, &Assumptions::new(calibration()))
}

/// Bytes of some parts in a place.
fn held(estimate: &Estimate, phase: PhaseName, place: Place, names: &[PartName]) -> f64 {
    let phase = estimate.budget.phases.iter().find(|found| found.name == phase).expect("the phase");
    let parts = phase.parts.iter().filter(|part| part.place == place && names.contains(&part.name));
    parts.map(|part| part.bytes.best.get()).sum()
}

const ALL: [PartName; 4] =
    [PartName::Weights, PartName::MasterWeights, PartName::Gradients, PartName::OptimizerState];

fn near(is: f64, right: f64, what: &str) {
    assert!((is / right - 1.0).abs() < 0.01, "{what}: {is} is not {right}");
}

fn parameters(model: &str) -> f64 {
    *CONTEXT.catalog.model(model).expect("a model").parameters.value()
}

fn full<'a>(model: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let set = [("model", model), ("method", "full"), ("precision", "bf16"), ("sequence", "1024")];
    [&set[..], more].concat()
}

/// FSDP has a shard on each device; offloaded, all shards lie in the one host's memory: 16 bytes a parameter.
#[test]
fn what_fsdp_moves_to_the_host_is_that_of_all_ranks() {
    for (model, devices) in [("qwen2.5-72b", 8), ("llama-3.1-8b", 2), ("llama-3.2-1b", 4)] {
        let answer = on(&full(model, &[("training_offload", "all")]), "a100-80gb-sxm", devices);
        let host = held(&answer, PhaseName::OptimizerStep, Place::Host, &ALL);
        near(host, 16.0 * parameters(model), model);
        let gathering = held(&answer, PhaseName::Backward, Place::Host, &ALL);
        assert!(gathering <= host * 1.001, "what is gathered lies on the device: {gathering}");
    }
}

/// Layers that are gathered lie on the device, and the host has the shards.
#[test]
fn what_a_pass_gathers_is_on_the_device_and_no_part_of_the_host() {
    let model = CONTEXT.catalog.model("llama-3.1-8b").expect("a model");
    let head = 2.0 * f64::from(model.vocabulary) * f64::from(model.hidden);
    let answer = |more: &[(&'static str, &'static str)]| {
        on(&full("llama-3.1-8b", &[&[("zero_stage", "3")], more].concat()), H100, 8)
    };
    let offloaded = answer(&[("training_offload", "all")]);
    for phase in [PhaseName::Load, PhaseName::Forward, PhaseName::Backward, PhaseName::OptimizerStep] {
        let host = held(&offloaded, phase, Place::Host, &[PartName::Weights]);
        near(host, 2.0 * parameters("llama-3.1-8b"), "the parameters once");
    }
    let host = held(&offloaded, PhaseName::OptimizerStep, Place::Host, &ALL);
    near(host, 18.0 * parameters("llama-3.1-8b"), "18 bytes a parameter");
    let [kept, gathered] = [&answer(&[]), &offloaded]
        .map(|answer| held(answer, PhaseName::Forward, Place::Device, &[PartName::Weights]));
    assert!(gathered > head && gathered < kept, "{gathered} is more than the head, and less than {kept}");
    let alone = on(&full("llama-3.1-8b", &[("training_offload", "all")]), H100, 1);
    assert!(
        held(&alone, PhaseName::Forward, Place::Device, &[PartName::Weights]) > head,
        "on one device too"
    );
}

/// Each rank's optimizer reads the gradients of its partition in 32 bit, at every stage (`stage_1_and_2.py`).
#[test]
fn gradients_on_the_host_are_those_of_each_partition() {
    for stage in ["1", "2", "3"] {
        let set = full("llama-3.1-8b", &[("zero_stage", stage), ("training_offload", "optimizer")]);
        let answer = on(&set, H100, 8);
        let host = held(&answer, PhaseName::OptimizerStep, Place::Host, &[PartName::Gradients]);
        near(host, 4.0 * parameters("llama-3.1-8b"), stage);
    }
    // Adapters in 32 bit have gradients in 32 bit already.
    let adapters = |more: &[(&str, &str)]| {
        let set = [("model", "llama-3.1-8b"), ("method", "lora"), ("zero_stage", "2")];
        on(&[&set[..], more].concat(), H100, 2)
    };
    let kept = adapters(&[]);
    let moved = adapters(&[("training_offload", "optimizer")]);
    let [trained, gradients] = [
        held(&kept, PhaseName::OptimizerStep, Place::Device, &[PartName::Adapters]),
        held(&moved, PhaseName::OptimizerStep, Place::Host, &[PartName::Gradients]),
    ];
    near(gradients, trained, "a gradient of four bytes for an adapter of four");
}

/// Copies of everything by DeepSpeed, layers on each of several devices, and inputs that wait for recomputing.
#[test]
fn the_host_is_counted_once_for_each_process_and_no_more() {
    let host = |more: &[(&'static str, &'static str)], names: &[PartName]| {
        held(&on(&full("llama-3.1-8b", more), H100, 4), PhaseName::Backward, Place::Host, names)
    };
    let stage = [("zero_stage", "3"), ("training_offload", "all")];
    let copies = [&stage[..], &[("split", "copies")]].concat();
    near(host(&copies, &ALL), host(&stage, &ALL), "zero_stage decides");
    let layers = [("split", "layers"), ("training_offload", "all"), ("master_weights", "false")];
    let alone = [("devices", "1"), ("training_offload", "all"), ("master_weights", "false")];
    near(host(&layers, &ALL), host(&alone, &ALL), "the parts of all layers");
    let checkpoints = [("checkpoint_offload", "true")];
    let one = [("checkpoint_offload", "true"), ("devices", "1")];
    let inputs = [PartName::Activations];
    near(host(&checkpoints, &inputs), 4.0 * host(&one, &inputs), "inputs of each process");
}

#[test]
fn offload_that_deepspeed_has_not_is_refused() {
    let cause = |stage, offload| Some(Cause::Offload { stage, offload });
    let (all, optimizer) = (TrainingOffload::All, TrainingOffload::Optimizer);
    for (stage, offload, refused, instead) in [
        ("1", "all", cause(ZeroStage::One, all), "3"),
        ("2", "all", cause(ZeroStage::Two, all), "3"),
        ("0", "all", cause(ZeroStage::Zero, all), "3"),
        ("0", "optimizer", cause(ZeroStage::Zero, optimizer), "2"),
        ("1", "optimizer", None, ""),
        ("3", "all", None, ""),
        ("none", "all", None, ""),
    ] {
        let answer =
            on(&full("llama-3.1-8b", &[("zero_stage", stage), ("training_offload", offload)]), H100, 8);
        let refusal = answer.resolved.refusal.as_ref();
        assert_eq!(refusal.map(|refusal| refusal.cause), refused, "{stage} {offload}");
        if let Some(refusal) = refusal {
            assert_eq!(refusal.instead, Instead::Setting { key: "zero_stage", value: instead });
            assert_eq!(answer.fit.verdict, Verdict::CannotRun);
        }
    }
}

/// `ds3_gather_for_generation` of TRL: the whole policy lies on each card while it writes.
#[test]
fn stage_three_gathers_the_model_to_write_answers() {
    let set = full("llama-3.1-8b", &[("objective", "grpo"), ("zero_stage", "3"), ("micro_batch", "1")]);
    let weights =
        |set: &[(&str, &str)], phase| held(&on(set, H100, 8), phase, Place::Device, &[PartName::Weights]);
    near(weights(&set, PhaseName::Decode), 2.0 * parameters("llama-3.1-8b"), "all of it");
    assert!(weights(&set, PhaseName::Forward) < parameters("llama-3.1-8b"));
    let offloaded = [&set[..], &[("training_offload", "all")]].concat();
    near(weights(&offloaded, PhaseName::Decode), 2.0 * parameters("llama-3.1-8b"), "from the host too");
}

#[test]
fn a_sequence_is_shared_by_whole_groups_of_devices_and_of_heads() {
    let answer = |model: &str, sharing: &str, stage: &str| {
        on(&full(model, &[("sequence_parallel", sharing), ("zero_stage", stage)]), H100, 8)
    };
    // Qwen2.5 7B has 28 heads and 4 of keys and values.
    for (sharing, stage, cause, instead) in [
        ("3", "none", Some(Cause::UnevenGroups { sharing: 3, devices: 8 }), "2"),
        ("16", "none", Some(Cause::UnevenGroups { sharing: 16, devices: 8 }), "8"),
        ("3", "3", Some(Cause::UnevenGroups { sharing: 3, devices: 8 }), "2"),
        ("8", "3", Some(Cause::UnevenSequence { heads: (28, 4), sharing: 8 }), "4"),
        ("8", "none", None, ""),
        ("4", "3", None, ""),
    ] {
        let found = answer("qwen2.5-7b", sharing, stage);
        let refusal = found.resolved.refusal.as_ref();
        assert_eq!(refusal.map(|refusal| refusal.cause), cause, "{sharing} {stage}");
        if let Some(refusal) = refusal {
            assert_eq!(refusal.instead, Instead::Setting { key: "sequence_parallel", value: instead });
        }
    }
}

#[test]
fn a_split_of_training_says_what_it_is_counted_as() {
    let note = |set: &[(&str, &str)]| {
        on(set, H100, 8).resolved.notes.iter().find_map(|note| match note {
            Note::TrainingSplit { deep_speed } => Some(*deep_speed),
            _ => None,
        })
    };
    assert_eq!(note(&full("llama-3.1-8b", &[("split", "tensor")])), Some(false));
    assert_eq!(note(&full("llama-3.1-8b", &[])), None);
    let stage = [("split", "layers"), ("zero_stage", "3")];
    assert_eq!(note(&full("llama-3.1-8b", &stage)), Some(true), "the stage decides");
}

/// A base in 8 bit is prepared as one in 4 is, whichever method names it (`prepare_model_for_kbit_training`).
#[test]
fn adapters_on_eight_bit_are_one_setup_by_either_name() {
    for trainer in ["none", "transformers", "trl", "unsloth", "llama-factory"] {
        let of = |method: &'static str| {
            let set =
                [("model", "llama-3.1-8b"), ("trainer", trainer), ("method", method), ("precision", "int8")];
            *on(&set, H100, 1).resolved.scenario.tune().expect("a tune")
        };
        let (lora, qlora) = (of("lora"), of("qlora"));
        assert_eq!(lora.kbit_preparation, qlora.kbit_preparation, "{trainer}");
        assert_eq!(lora.gradient_checkpointing, qlora.gradient_checkpointing, "{trainer}");
        assert_eq!(lora.adapters_fp32, qlora.adapters_fp32, "{trainer}");
        let prepared = ["none", "transformers"].contains(&trainer);
        assert_eq!(lora.kbit_preparation, prepared, "{trainer}");
    }
    let scenario = asked("lora-13b", &[("trainer", "transformers")]);
    let (eight, _) = scenario.with("precision", "int8").expect("a base");
    assert!(eight.tune().expect("a tune").kbit_preparation, "as the form changes it");
    let (back, _) = eight.with("precision", "bf16").expect("a base");
    assert!(!back.tune().expect("a tune").kbit_preparation);
}

/// Unsloth: "Using bfloat16 full finetuning which cuts memory usage by 50%."
#[test]
fn unsloth_trains_all_in_16_bit() {
    let set = [("model", "llama-3.1-8b"), ("trainer", "unsloth"), ("method", "full")];
    let answer = on(&set, H100, 1);
    assert_eq!(answer.resolved.scenario.tune().expect("a tune").precision, BasePrecision::Bf16);
}

/// torchtune's recipe for one device trains all of Llama 3.1 8B on 24 GB with 18.9 GB at its peak (its README): the pages
/// of its optimizer lie in system memory.
#[test]
fn a_paged_optimizer_waits_in_system_memory() {
    let set = [
        ("model", "llama-3.1-8b"),
        ("trainer", "torchtune"),
        ("method", "full"),
        ("precision", "bf16"),
        ("gradient_accumulation_steps", "1"),
        ("sequence", "512"),
    ];
    let answer = on(&set, "rtx-4090", 1);
    let device = answer.budget.peak_in(Place::Device).expect("a peak").in_place(Place::Device).best.get();
    assert!((16.0e9..22.0e9).contains(&device), "{device}");
    assert!(answer.fit.verdict <= Verdict::Tight, "it is documented to run: {:?}", answer.fit.verdict);
    let state = held(&answer, PhaseName::OptimizerStep, Place::Host, &[PartName::OptimizerState]);
    let right = 2.0 * (1.0 + 4.0 / 256.0) * parameters("llama-3.1-8b");
    near(state, right, "two bytes a parameter on the host");
    let plain = on(&[&set[..], &[("optimizer", "adamw-8bit")]].concat(), "rtx-4090", 1);
    let kept = held(&plain, PhaseName::OptimizerStep, Place::Device, &[PartName::OptimizerState]);
    near(kept, right, "without pages on the device");
}

/// Each process of a loader has two batches ready (`prefetch_factor`).
#[test]
fn processes_of_a_loader_hold_batches() {
    let host = |workers: &str| {
        let set = [
            ("architecture", "sage"),
            ("nodes", "1000000"),
            ("edges", "10000000"),
            ("sampling", "15,10"),
            ("loader_workers", workers),
        ];
        let answer = on_preset("whole-program-gnn-sampled", &set, H100, 1);
        held(&answer, PhaseName::Forward, Place::Host, &[PartName::HostBuffer, PartName::Overhead])
    };
    let [none, one, sixteen] = ["0", "1", "16"].map(host);
    assert!(none < one && one < sixteen, "{none} {one} {sixteen}");
    near((sixteen - none) / (one - none), 16.0, "each as much as the first");
}

#[test]
fn adapters_of_pipelines_that_are_not_modelled_are_never_said_to_fit() {
    for pipeline in ["z-image", "sd3.5-large", "flux.2-dev", "wan2.1-14b", "hunyuan-video", "ltx-2"] {
        let set = [("pipeline", pipeline), ("mode", "lora")];
        let answer = on_preset("sdxl", &set, "b200", 1);
        assert!(answer.fit.verdict >= Verdict::Uncertain, "{pipeline}: {:?}", answer.fit.verdict);
        let small = on_preset("sdxl", &set, "rtx-3050", 1);
        assert!(small.fit.verdict >= Verdict::Uncertain);
    }
    let modelled = on_preset("sdxl", &[("mode", "lora")], H100, 1);
    assert_eq!(modelled.fit.verdict, Verdict::Fits);
}

/// diffusers' `ZImagePipeline` starts with 50 steps and guidance; its Turbo needs neither.
#[test]
fn z_image_is_guided_and_its_turbo_is_not() {
    let of = |pipeline: &str| asked("sdxl", &[("pipeline", pipeline)]).diffusion().expect("images").clone();
    let (base, turbo) = (of("z-image"), of("z-image-turbo"));
    assert_eq!((base.steps, base.guidance), (50, true));
    assert_eq!((turbo.steps, turbo.guidance), (9, false));
    assert_eq!(base.pipeline.key(), "z-image");
    let ignored = |pipeline: &str| {
        let answer = on_preset("sdxl", &[("pipeline", pipeline), ("guidance", "true")], H100, 1);
        answer.resolved.notes.contains(&Note::Ignored(Ignored { key: "guidance", runtime: None }))
    };
    assert!(ignored("flux.1-dev") && ignored("z-image-turbo") && !ignored("z-image") && !ignored("sdxl"));
}
