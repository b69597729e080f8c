//! What was asked, in words: one line a subject.

use crate::engine::graph;
use crate::spec::{
    Diffusion, DiffusionMode, FineTune, Gnn, Graph, Inference, LanguageModel, Named as _, Residency,
    Sampling, Scenario, TunedLayers, Workload,
};
use crate::units::{show_grouped, whole};

/// What was asked, a line a subject, without full stops.
pub fn asked(scenario: &Scenario) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(language) = scenario.language() {
        lines.extend(of_model(language));
    }
    match &scenario.workload {
        Workload::GraphSequence(_, sequence) => lines.extend(of_graphs(&sequence.graph)),
        Workload::Gnn(gnn) => lines.extend(of_gnn(gnn)),
        Workload::Diffusion(diffusion) => lines.extend(of_diffusion(diffusion)),
        Workload::Inference(..) | Workload::FineTune(..) => {}
    }
    if let Some(inference) = graph::inference(&scenario.workload) {
        lines.extend(of_inference(&inference));
    }
    if let Some(tune) = graph::fine_tune(&scenario.workload) {
        lines.extend(of_tune(&tune));
    }
    lines
}

fn of_model(language: &LanguageModel) -> [String; 2] {
    let parameters = language.model.parameters.value() / 1e9;
    [
        format!("Model: {} ({parameters:.2} B parameters)", language.model.name),
        format!("Runtime: {}", language.runtime.name()),
    ]
}

fn of_inference(inference: &Inference) -> [String; 2] {
    [
        format!("Weights {}, KV cache {}", inference.quantization.key(), inference.kv_precision.key()),
        format!(
            "Context {} tokens in all, prompt {}, answer {}, {} at once",
            show_grouped(inference.context),
            show_grouped(inference.prompt),
            show_grouped(inference.generate),
            show_grouped(inference.concurrency)
        ),
    ]
}

fn of_tune(tune: &FineTune) -> Vec<String> {
    let layers = match tune.tuned_layers {
        TunedLayers::All => "all layers".to_owned(),
        TunedLayers::Last(layers) => format!("the last {layers} layers"),
    };
    let adapters = if tune.method == crate::spec::Method::Full {
        String::new()
    } else {
        format!(", adapters of rank {} on {}", tune.rank, tune.targets.label())
    };
    vec![
        format!(
            "Training: {} of {layers}, base {}{adapters}, optimiser {}",
            tune.method.label(),
            tune.precision.key(),
            tune.optimizer.label()
        ),
        format!(
            "{} of up to {} tokens at once, {} a step",
            counted(tune.micro_batch, "sequence", "sequences"),
            show_grouped(tune.sequence),
            counted(tune.accumulation, "pass", "passes"),
        ),
        format!(
            "Activations {}, {} attention, loss {}",
            if tune.checkpointing { "recomputed" } else { "kept" },
            tune.attention.key(),
            if tune.fused_loss { "in chunks" } else { "over all logits at once" },
        ),
        format!(
            "Data: {} of {} tokens on average, {} epochs",
            counted(tune.examples, "example", "examples"),
            show_grouped(tune.tokens_per_example),
            tune.epochs
        ),
    ]
}

/// `1 pass`, `16 passes`.
fn counted(amount: u64, one: &str, more: &str) -> String {
    format!("{} {}", show_grouped(amount), if amount == 1 { one } else { more })
}

fn of_graphs(graph: &Graph) -> Vec<String> {
    let lengths = graph::lengths(graph);
    let tokens = |tokens: crate::units::Tokens| show_grouped(whole(tokens.get().ceil()));
    let mut lines = vec![format!(
        "Graph: {} nodes × {} tokens + {} edges × {} tokens = {} tokens",
        show_grouped(graph.nodes),
        graph.tokens_per_node,
        show_grouped(graph.edges),
        graph.tokens_per_edge,
        show_grouped(whole(graph::tokens(graph).get())),
    )];
    if graph.graphs > 1 {
        lines.push(format!(
            "{} graphs: median {} tokens, 95th percentile {}, longest {}, mean {}{}{}",
            show_grouped(graph.graphs),
            tokens(lengths.median),
            tokens(lengths.p95),
            tokens(lengths.longest),
            tokens(lengths.mean),
            graph.truncation.map_or_else(String::new, |cut| format!(", cut at {}", show_grouped(cut))),
            if graph.packing { ", packed" } else { "" },
        ));
    }
    lines
}

fn of_gnn(gnn: &Gnn) -> [String; 3] {
    let sampling = match &gnn.sampling {
        Sampling::Full => "the whole graph at once".to_owned(),
        Sampling::FanOuts(hops) => {
            let hops: Vec<String> = hops.iter().map(ToString::to_string).collect();
            format!("batches of {} nodes, fan-outs {}", show_grouped(gnn.batch_nodes), hops.join(", "))
        }
    };
    [
        format!(
            "Network: {}, {}, {} features in, {} wide, {} out, {}",
            gnn.architecture.label(),
            counted(gnn.layers, "layer", "layers"),
            show_grouped(gnn.in_width),
            show_grouped(gnn.hidden),
            show_grouped(gnn.out_width),
            gnn.precision.key()
        ),
        if gnn.architecture == crate::spec::GnnArchitecture::Code2vec {
            format!("Data: {} methods of {} paths", show_grouped(gnn.nodes), show_grouped(gnn.edges))
        } else {
            format!("Graph: {} nodes, {} edges", show_grouped(gnn.nodes), show_grouped(gnn.edges))
        },
        format!("{}: {sampling}, messages by {}", mode(gnn.mode), gnn.message_passing.key()),
    ]
}

const fn mode(mode: crate::spec::GnnMode) -> &'static str {
    match mode {
        crate::spec::GnnMode::Train => "Training",
        crate::spec::GnnMode::Infer => "Inference",
    }
}

fn of_diffusion(diffusion: &Diffusion) -> Vec<String> {
    let size = format!("{} × {} pixels", show_grouped(diffusion.width), show_grouped(diffusion.height));
    let frames = if diffusion.pipeline.makes_video() {
        format!(", {} frames", show_grouped(diffusion.frames))
    } else {
        String::new()
    };
    let residency = match diffusion.residency {
        Residency::All => "all models on the device",
        Residency::Component => "one model on the device at a time",
        Residency::Sequential => "one layer on the device at a time",
    };
    let mut lines = vec![
        format!("Pipeline: {}, {}, {residency}", diffusion.pipeline.label(), diffusion.precision.key()),
        format!(
            "{size}{frames}, {} at once, {} steps",
            show_grouped(diffusion.batch),
            show_grouped(diffusion.steps)
        ),
    ];
    if diffusion.mode == DiffusionMode::Lora {
        lines.push(format!("Training an adapter of rank {}", diffusion.rank));
    }
    lines
}
