//! Further figures by hand: passes, batches, links and costs. Each test names the rule that it would notice missing.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::runtime::Note;
use plimsoll::engine::speed::{GnnSpeed, InferenceSpeed, TrainingSpeed, denoising};
use plimsoll::engine::{
    Assumptions, Estimate, FigureName, PartName, PhaseName, Place, Speed, as_asked, estimate,
};
use plimsoll::report::cost_figures;
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{
    Diffusion, DiffusionMode, FineTune, Inference, Machine, Method, Pipeline, Runtime, Server,
};

fn machine(id: &str) -> Arc<Machine> {
    Arc::clone(CONTEXT.catalog.machine(id).expect("a machine"))
}

fn answer(preset: &str, set: &[(&str, &str)], id: &str) -> Estimate {
    let scenario = asked(preset, set);
    estimate(&scenario, &as_asked(&scenario, &machine(id)), &Assumptions::new(calibration()))
}

fn inference(preset: &str, set: &[(&str, &str)], id: &str) -> InferenceSpeed {
    match answer(preset, set, id).speed {
        Some(Speed::Inference(speed)) => speed,
        other => panic!("{preset} {set:?}: {other:?}"),
    }
}

fn training(preset: &str, set: &[(&str, &str)], id: &str) -> TrainingSpeed {
    match answer(preset, set, id).speed {
        Some(Speed::Training(speed)) => speed,
        other => panic!("{preset} {set:?}: {other:?}"),
    }
}

fn graphs(preset: &str, set: &[(&str, &str)], id: &str) -> GnnSpeed {
    match answer(preset, set, id).speed {
        Some(Speed::Gnn(speed)) => speed,
        other => panic!("{preset} {set:?}: {other:?}"),
    }
}

fn near(is: f64, right: f64, within: f64) {
    assert!((is / right - 1.0).abs() < within, "{is} is not {right}");
}

const A100: &str = "a100-80gb-sxm";

/// The lengths and steps of the model cards: an image is one frame, clips of Wan have 81 at 16 a second or 121 at 24.
#[test]
fn usual_lengths_and_steps_are_those_of_the_model_cards() {
    for (pipeline, frames, steps) in [
        (Pipeline::Sd15, 1, 50),
        (Pipeline::Sdxl, 1, 50),
        (Pipeline::Sd35Medium, 1, 40),
        (Pipeline::Sd35Large, 1, 28),
        (Pipeline::Flux1Dev, 1, 28),
        (Pipeline::Flux1Schnell, 1, 4),
        (Pipeline::Flux2Dev, 1, 50),
        (Pipeline::Flux2Klein4b, 1, 4),
        (Pipeline::QwenImage, 1, 50),
        (Pipeline::ZImage, 1, 50),
        (Pipeline::ZImageTurbo, 1, 9),
        (Pipeline::Wan21Small, 81, 50),
        (Pipeline::Wan21Large, 81, 50),
        (Pipeline::Wan22Large, 81, 40),
        (Pipeline::Wan22Small, 121, 50),
        (Pipeline::HunyuanVideo, 129, 50),
        (Pipeline::Ltx2, 121, 40),
    ] {
        let usual = Diffusion::usual(pipeline, DiffusionMode::Generate);
        assert_eq!((usual.frames, usual.steps), (frames, steps), "{pipeline:?}");
        assert!(frames % 4 == 1, "a first frame, and four in each further latent");
        assert_eq!(Diffusion::usual(pipeline, DiffusionMode::Lora).steps, 1500, "{pipeline:?}");
    }
}

/// What generates has a price for what is read and for what is written; what trains one for a million tokens and one for
/// a run; what is electricity is of what is owned.
#[test]
fn costs_that_are_listed_are_those_of_the_work() {
    use FigureName::{
        Electricity, Energy, Hour, InputMillion, MillionTokens, OutputMillion, Residual, RunDollars, Total,
    };
    let names = |preset: &str, id: &str| -> Vec<FigureName> {
        let answer = answer(preset, &[], id);
        let cost = answer.cost.expect("a price");
        cost_figures(&cost, answer.work_cost.as_ref()).into_iter().map(|(name, _)| name).collect()
    };
    assert_eq!(
        names("chat-8b", "rtx-4090"),
        [Total, Electricity, Residual, Hour, InputMillion, OutputMillion, Energy]
    );
    assert_eq!(
        names("tool-calling-qlora-8b", "rtx-4090"),
        [Total, Electricity, Residual, Hour, MillionTokens, RunDollars, Energy]
    );
    let rented = names("chat-8b", "rent-a100-80gb");
    assert!(!rented.contains(&Electricity) && !rented.contains(&Residual), "{rented:?}");
}

/// No measurement of a machine's own is of training, so none corrects it.
#[test]
fn no_training_is_called_measured_here() {
    for id in [A100, "apple-m5max-40c-128gb", "rtx-4090"] {
        assert!(!training("tool-calling-qlora-8b", &[], id).basis.measured_here, "{id}");
    }
    assert!(!graphs("whole-program-gnn-sampled", &[], A100).basis.measured_here);
}

/// A prompt whose half all requests share is half as long to each but the first.
#[test]
fn what_requests_share_of_their_prompts_is_read_once() {
    let first = |share: &str| {
        let set = [
            ("runtime", "vllm"),
            ("concurrency", "8"),
            ("context", "65536"),
            ("prompt", "4096"),
            ("prefix_share", share),
        ];
        inference("chat-8b", &set, A100).time_to_first_token.best.get()
    };
    let (none, half) = (first("0"), first("0.5"));
    assert!((0.4..0.7).contains(&(half / none)), "{half} of {none}");
}

/// Forward once; training goes back twice as far as it came.
#[test]
fn a_graph_network_that_is_used_passes_once_and_one_that_learns_three_times() {
    let epoch = |mode: &str| {
        graphs("whole-program-gnn", &[("nodes", "200000"), ("edges", "1200000"), ("mode", mode)], A100)
            .roofline
            .get()
    };
    near(epoch("train"), 3.0 * epoch("infer"), 1e-6);
}

/// Of a graph on two devices each has half of the nodes, and between none and all of the other half as copies: with many
/// edges three quarters at best, so a row of each node is two thirds to four thirds of the best estimate.
#[test]
fn a_shard_of_a_graph_has_its_own_nodes_at_least_and_all_at_most() {
    let set = [
        ("architecture", "gcn"),
        ("nodes", "1000000"),
        ("edges", "20000000"),
        ("in_width", "4096"),
        ("devices", "2"),
        ("split", "tensor"),
        ("message_passing", "scatter"),
    ];
    let answer = answer("whole-program-gnn", &set, A100);
    for phase in &answer.budget.phases {
        for part in phase.parts.iter().filter(|part| part.place == Place::Device) {
            let band = part.bytes;
            assert!(band.low <= band.best && band.best <= band.high, "{part:?}");
        }
    }
    let forward = answer.budget.phases.iter().find(|phase| phase.name == PhaseName::Forward);
    let nodes = forward.expect("a phase").named(PartName::Features);
    near(nodes.low.get() / nodes.best.get(), 2.0 / 3.0, 0.02);
    near(nodes.high.get() / nodes.best.get(), 4.0 / 3.0, 0.02);
}

/// What several devices do not share out by experts is said where it does not fit, and only of a mixture.
#[test]
fn experts_that_are_left_on_several_devices_are_said_where_they_do_not_fit() {
    let said = |model: &str, quantization: &str, context: &str, devices: &str| {
        let set = [
            ("model", model),
            ("server", "llama-server"),
            ("runtime", "llama.cpp"),
            ("quantization", quantization),
            ("context", context),
            ("devices", devices),
        ];
        let answer = answer("chat-8b", &set, "rtx-4090");
        (answer.fit.verdict.fits(), answer.resolved.notes.contains(&Note::ExpertsNotPlaced))
    };
    assert_eq!(said("qwen3-30b-a3b", "Q4_K_M", "8192", "2"), (true, false), "it fits");
    assert_eq!(said("llama-3.3-70b", "Q8_0", "8192", "2"), (false, false), "it has no experts");
    assert_eq!(said("mixtral-8x22b", "Q8_0", "8192", "2"), (false, true));
}

/// Papers that speed FLUX.1-dev up count 3,719.5 TFLOP for 50 steps at 1024 × 1024 (TaylorSeer, 2025).
#[test]
fn a_step_of_flux_is_as_many_operations_as_papers_count() {
    near(denoising(Pipeline::Flux1Dev, 1024.0 * 1024.0, 1.0, 512.0), 3719.5e12 / 50.0, 0.01);
    // Of transformers each token passes all weights and looks at all tokens: four times the pixels are more than four
    // times the operations, and fewer than sixteen times.
    for pipeline in [Pipeline::Flux1Dev, Pipeline::QwenImage, Pipeline::ZImage, Pipeline::Sd35Large] {
        let [small, large] = [512.0, 1024.0].map(|side| denoising(pipeline, side * side, 1.0, 0.0));
        assert!((3.0..16.0).contains(&(large / small)), "{pipeline:?}: {}", large / small);
    }
}

/// A machine whose kind was never measured rests on no machine, and says so.
#[test]
fn what_was_not_measured_rests_on_nothing() {
    for (preset, id) in
        [("sdxl", "mi300x-192gb"), ("sdxl", "rtx-4090"), ("flux-1-dev", "apple-m5max-40c-128gb")]
    {
        let Some(speed) = answer(preset, &[], id).speed else { panic!("{preset} on {id}") };
        let basis = speed.basis();
        assert_eq!(basis.rows == 0, basis.machines == 0, "{preset} on {id}: {basis:?}");
        assert!(basis.machines <= basis.rows, "a machine has a row: {basis:?}");
    }
}

/// Adapters of rank 16 on sequences of 2,048 tokens, or as many as the model is trained on.
#[test]
fn a_usual_fine_tune_is_no_longer_than_its_model() {
    for (trained_on, sequence) in [(131_072, 2048), (2048, 2048), (1024, 1024), (0, 256)] {
        let usual = FineTune::usual(Method::Lora, Runtime::PyTorch, trained_on);
        assert_eq!((usual.sequence, usual.tokens_per_example), (sequence, sequence), "{trained_on}");
    }
}

/// ExLlamaV3 has kernels from Ampere on; llama.cpp has a format of as many bits for what is older, and PyTorch has none.
#[test]
fn what_exllama_does_not_run_on_is_answered_by_llama_cpp() {
    let runtime = |id: &str| answer("chat-8b", &[("quantization", "exl3-4bpw")], id).resolved.runtime;
    assert_eq!(runtime("rtx-4090"), Runtime::ExLlama);
    assert_eq!(runtime("gtx-1080ti"), Runtime::LlamaCpp);
}

fn notes(preset: &str, set: &[(&str, &str)]) -> Vec<String> {
    let preset = CONTEXT.catalog.preset(preset).expect("a preset");
    let below = parse(&preset.text, &preset.file).expect("keys").remove(0);
    let mut over = PresetKeys::default();
    for (key, value) in set {
        over.set(key, value).expect("a key");
    }
    resolve(over.over(below), &*CONTEXT).expect("a scenario").notes
}

/// What is replaced is said, and what is not is not.
#[test]
fn a_format_that_is_not_the_programs_is_replaced_and_said() {
    let replaced =
        |runtime| notes("chat-8b", &[("runtime", runtime)]).iter().any(|note| note.contains("so it is"));
    assert!(replaced("mlx"), "a file of llama.cpp is none of MLX's");
    assert!(!replaced("llama.cpp"));
}

/// Tokens are drafted from the text only where nothing else drafts them.
#[test]
fn tokens_come_from_the_text_where_no_model_drafts() {
    let from_text = |set: &[(&str, &str)]| {
        notes("chat-8b", &[&[("draft_tokens", "4")], set].concat())
            .iter()
            .any(|note| note.contains("n-grams"))
    };
    assert!(from_text(&[]));
    assert!(!from_text(&[("draft_model", "llama-3.2-1b")]));
    assert!(!from_text(&[("model", "deepseek-r1")]), "it has a layer that drafts");
}

/// llama-server has four slots of one pool where nothing is said, and as many of their own as `-np` gives it.
#[test]
fn a_server_has_four_slots_unless_it_is_told_of_more() {
    let of = |server: Server, parallel: Option<u32>, concurrency: u64| {
        Inference { server, parallel, concurrency, ..Inference::default() }.slots()
    };
    assert_eq!(of(Server::LlamaServer, None, 1), (4, true));
    assert_eq!(of(Server::LlamaServer, None, 2), (2, false));
    assert_eq!(of(Server::LlamaServer, Some(1), 1), (1, false));
    assert_eq!(of(Server::LlamaServer, Some(8), 2), (8, false));
    assert_eq!(of(Server::Ollama, None, 1), (1, false));
    assert_eq!(of(Server::None, None, 3), (3, false));
}
