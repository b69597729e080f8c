//! The settings of each family.

use super::labels;
use super::lines::{Lines, Setting};
use crate::spec::{
    Diffusion, DiffusionMode, FeedForward, FineTune, Gnn, GnnArchitecture, GraphTask, Inference,
    LanguageModel, Link, Method, Named as _, Optimizer, Pipeline, Runtime, Sampling, Scenario, Split,
    Targets, Workload,
};

/// The settings a form shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    /// Above the sliders: what the sliders are of.
    pub head: Vec<Setting>,
    /// Below them.
    pub main: Vec<Setting>,
    /// What few need, folded away.
    pub advanced: Vec<Setting>,
}

/// The settings of a scenario with their values.
pub(crate) fn settings(scenario: &Scenario) -> Settings {
    let mut lines = Lines::of(scenario);
    let mut settings = of_family(scenario, &mut lines);
    devices(scenario, &mut lines);
    settings.main.extend(lines.take());
    settings
}

/// How many devices, and once there are several, how they share the work.
fn devices(scenario: &Scenario, lines: &mut Lines) {
    lines.field((
        "devices",
        "Devices",
        "Cards or machines that share the work; auto for as many as the machine has",
    ));
    if scenario.devices.count.unwrap_or(1) < 2 {
        return;
    }
    let splits: Vec<(String, String)> = std::iter::once(Split::Auto)
        .chain(Split::of(&scenario.workload).iter().copied())
        .map(|split| {
            let said = labels::split(split.meant(&scenario.workload), &scenario.workload);
            let said = if split == Split::Auto { format!("{said} (usual)") } else { said.to_owned() };
            (split.key().to_owned(), said)
        })
        .collect();
    lines.among(("split", "Shared out", "What each device holds"), &splits);
    lines.choice(("link", "Link", "What connects the devices"), Link::label);
}

fn of_family(scenario: &Scenario, lines: &mut Lines) -> Settings {
    match &scenario.workload {
        Workload::Inference(language, inference) => read(lines, language, inference),
        Workload::FineTune(language, tune) => {
            lines.choice(("method", "Method", "What is trained of the model"), Method::label);
            let head = lines.take();
            train(lines, language, tune, head)
        }
        Workload::GraphSequence(language, sequence) => {
            let modes = [("train", "train on graphs"), ("infer", "read one graph")];
            lines.among(("mode", "Task", "Graphs to learn from, or one to answer about"), &options(&modes));
            match &sequence.task {
                GraphTask::Train(tune) => {
                    lines.choice(("method", "Method", "What is trained of the model"), Method::label);
                    let head = lines.take();
                    graph(lines);
                    train(lines, language, tune, head)
                }
                GraphTask::Read(inference) => {
                    let head = lines.take();
                    graph(lines);
                    let rest = read(lines, language, inference);
                    Settings { head, ..rest }
                }
            }
        }
        Workload::Gnn(gnn) => network(lines, gnn),
        Workload::Diffusion(diffusion) => pictures(lines, diffusion),
    }
}

fn options(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, label)| ((*name).to_owned(), (*label).to_owned())).collect()
}

fn runtimes(lines: &mut Lines, among: &[Runtime]) {
    let names: Vec<(String, String)> =
        among.iter().map(|runtime| (runtime.key().to_owned(), runtime.name().to_owned())).collect();
    lines.among(
        ("runtime", "Runtime", "The program that runs the model; each allocates by its own rules"),
        &names,
    );
}

fn graph(lines: &mut Lines) {
    lines.field(("truncation", "Cut long graphs at", "Tokens at which longer graphs are cut, or none"));
    lines.switch(("packing", "Short graphs share a sequence", "Instead of being padded to the longest"));
}

/// Tokens that write a graph, and how many graphs there are.
fn written(lines: &mut Lines) {
    lines.field(("tokens_per_node", "Tokens per node", "Tokens that write one node"));
    lines.field(("tokens_per_edge", "Tokens per edge", "Tokens that write one edge"));
    lines.field(("graphs", "Graphs", "Graphs of the data set; the more, the larger the largest"));
}

fn read(lines: &mut Lines, language: &LanguageModel, inference: &Inference) -> Settings {
    let llama = language.runtime == Runtime::LlamaCpp;
    runtimes(lines, &Runtime::ALL);
    let main = lines.take();
    written(lines);
    lines.field(("generate", "Answer tokens", "Tokens of an answer"));
    if llama {
        lines.field(("ubatch", "Micro-batch", "Tokens computed at once (ubatch)"));
    } else {
        lines.field(("prefill_step", "Prefill step", "Tokens of the prompt computed at once"));
    }
    if inference.concurrency > 1 {
        lines.share((
            "prefix_share",
            "Shared prefix",
            "Share of the prompt that all requests have in common",
        ));
    }
    lines.field((
        "speculative",
        "Tokens guessed ahead",
        "Checked at once; guessed without a second model, or none",
    ));
    if inference.speculation.drafted > 0 {
        lines.share(("acceptance", "Guesses that hold", "Share of the guessed tokens that are taken"));
    }
    lines.field(("calls", "Calls a task", "Calls of the model that one task of an agent takes"));
    if inference.turn.calls > 1 {
        lines.field(("tool_tokens", "Tokens of a tool", "Tokens that each tool's answer adds"));
        lines.switch(("prefix_cached", "Keep what was read", "For the next call of the same task"));
    }
    if llama {
        lines.field(("gpu_layers", "GPU layers", "Layers on the accelerator: auto for all, or a number"));
        let mut blocks = language.model.stack.iter().flat_map(|run| &run.blocks);
        if blocks.any(|block| matches!(block.feed_forward, FeedForward::Experts(_))) {
            lines.field((
                "cpu_experts",
                "Experts in system memory",
                "Of how many layers, from the first on: none, a number, or all",
            ));
        }
    }
    lines.choice(("attention", "Attention", "Eager writes the score matrix out"), labels::attention);
    if llama {
        lines.choice(("logits", "Logits", "For which tokens scores are reserved"), labels::logits);
        lines.switch(("unified_kv", "One KV pool for all requests", "Instead of an equal part each"));
    }
    if language.model.vision.is_some() {
        lines.switch(("vision", "Vision projector", "Loaded beside the model"));
    }
    Settings { head: Vec::new(), main, advanced: lines.take() }
}

fn train(lines: &mut Lines, language: &LanguageModel, tune: &FineTune, head: Vec<Setting>) -> Settings {
    let pytorch = language.runtime == Runtime::PyTorch;
    let adapters = tune.method != Method::Full;
    runtimes(lines, &[Runtime::PyTorch, Runtime::Mlx]);
    lines.choice(("optimizer", "Optimiser", "What it keeps for each trained parameter"), Optimizer::label);
    if adapters {
        lines.choice(("targets", "Adapters on", "Matrices that get adapters"), Targets::label);
    }
    lines.switch((
        "checkpointing",
        "Recompute activations",
        "Gradient checkpointing: less memory, a third more time",
    ));
    if pytorch {
        lines.switch(("fused_loss", "Loss in chunks", "Without all logits at once, as Liger computes it"));
        lines.choice(("attention", "Attention", "Eager writes the score matrix out"), labels::attention);
    }
    let main = lines.take();
    lines.field((
        "accumulation",
        "Passes a step",
        "Gradient accumulation: passes before the optimiser steps",
    ));
    if pytorch {
        lines.switch(("padded", "Padding mask", "Sequences of a batch differ in length"));
        if adapters {
            lines.switch(("adapters_fp32", "Adapters in 32 bit", "As PEFT holds them unless told otherwise"));
        } else {
            lines.switch(("master_weights", "32-bit master weights", "Beside 16-bit weights"));
        }
        if tune.precision.is_quantized() {
            lines.switch((
                "kbit_preparation",
                "Raise norms and head to 32 bit",
                "prepare_model_for_kbit_training of PEFT",
            ));
        }
        lines.switch((
            "autocast",
            "Autocast to 16 bit",
            "Matrix products in 16 bit whatever the parameters are held in",
        ));
        lines.switch(("keeps_logits", "Loop holds the logits", "While gradients are computed"));
    }
    written(lines);
    lines.field(("examples", "Examples", "Sequences of the data set"));
    lines.field((
        "tokens_per_example",
        "Tokens per example",
        "Of an average sequence; the longest decides the peak",
    ));
    lines.field(("epochs", "Epochs", "Times the data set is gone through"));
    Settings { head, main, advanced: lines.take() }
}

fn network(lines: &mut Lines, gnn: &Gnn) -> Settings {
    lines.choice(("architecture", "Network", "How a node hears from its neighbours"), GnnArchitecture::label);
    let head = lines.take();
    lines.choice(("mode", "Task", "With gradients, or without"), labels::gnn_mode);
    let sampled = match &gnn.sampling {
        Sampling::Full => "15, 10".to_owned(),
        Sampling::FanOuts(hops) => hops.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
    };
    let ways = [("full", "the whole graph"), (sampled.as_str(), "drawn neighbours")];
    lines.among(
        ("sampling", "At once", "The whole graph, or neighbours drawn around a batch"),
        &options(&ways),
    );
    if gnn.sampling != Sampling::Full {
        lines.field(("sampling", "Neighbours per hop", "Nearest hop first: 15, 10"));
    }
    if gnn.architecture != GnnArchitecture::Gat {
        lines.choice(
            ("message_passing", "Messages", "Written out for each edge, or a sparse matrix product"),
            labels::message_passing,
        );
    }
    lines.choice(("precision", "Precision", "Width of a number"), labels::gnn_precision);
    let main = lines.take();
    lines.field(("out_width", "Output width", "Classes, or width of what comes out"));
    lines.switch(("dropout", "Dropout between layers", "While training"));
    if gnn.architecture == GnnArchitecture::Gcn && gnn.sampling == Sampling::Full {
        lines.switch(("normalization_cached", "Keep normalised edges", "From the first pass on"));
    }
    if gnn.architecture == GnnArchitecture::Code2vec {
        lines.field(("token_vocabulary", "Tokens known", "Distinct tokens at the ends of paths"));
        lines.field(("path_vocabulary", "Paths known", "Distinct paths"));
    }
    lines.field(("epochs", "Epochs", "Times every node is gone through"));
    Settings { head, main, advanced: lines.take() }
}

fn pictures(lines: &mut Lines, diffusion: &Diffusion) -> Settings {
    lines.choice(("pipeline", "Pipeline", "The models that work together"), Pipeline::label);
    let head = lines.take();
    lines.choice(("mode", "Task", "Pictures, or a low-rank adapter for them"), labels::diffusion_mode);
    lines.choice(("residency", "Kept on device", "Which models are there at once"), labels::residency);
    lines.switch(("guidance", "Guidance", "Each step with and without the prompt"));
    lines.switch(("vae_tiling", "Decode in tiles", "The picture is decoded tile by tile"));
    if diffusion.mode == DiffusionMode::Lora {
        lines.switch(("checkpointing", "Recompute activations", "Less memory, a third more time"));
    }
    let main = lines.take();
    lines.field(("width", "Width", "Pixels"));
    lines.field(("height", "Height", "Pixels"));
    let of_what = match diffusion.mode {
        DiffusionMode::Lora => "Of the training run; they take time, not memory",
        DiffusionMode::Generate => "Of denoising; they take time, not memory",
    };
    lines.field(("steps", "Steps", of_what));
    Settings { head, main, advanced: lines.take() }
}
