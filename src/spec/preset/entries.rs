//! A scenario as keys with their values: what a preset file, JSON and reports write.

use crate::spec::{
    Devices, Diffusion, FineTune, Gnn, GpuLayers, Graph, GraphTask, Inference, Named, Sampling, Scenario,
    TunedLayers, Workload,
};

/// The value of a key.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A name or a text.
    Text(String),
    /// A whole number.
    Count(u64),
    /// A number with a fraction.
    Number(f64),
    /// Yes or no.
    Flag(bool),
    /// Whole numbers in order.
    List(Vec<u64>),
}

impl Entry {
    /// As it is typed after `--set key=`.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::List(hops) => hops.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
        }
    }
}

impl From<&str> for Entry {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for Entry {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<f64> for Entry {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Entry {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// Every key of a scenario in the order it is written; reading them back gives the same scenario.
pub fn entries(scenario: &Scenario) -> Vec<(&'static str, Entry)> {
    let mut out = Entries(Vec::new());
    out.choice("family", scenario.workload.family());
    out.add("name", scenario.name.as_str());
    if let Some(language) = scenario.language() {
        out.add("model", language.key.as_str());
        if let Some(parameters) = language.size {
            out.add("model_size", parameters);
        }
        out.add("runtime", language.runtime.key());
    }
    out.devices(&scenario.devices);
    match &scenario.workload {
        Workload::Inference(_, inference) => out.inference(inference, true),
        Workload::FineTune(_, tune) => out.fine_tune(tune, true),
        Workload::GraphSequence(_, sequence) => {
            out.graph(&sequence.graph);
            match &sequence.task {
                GraphTask::Train(tune) => {
                    out.add("mode", "train");
                    out.fine_tune(tune, false);
                }
                GraphTask::Read(inference) => {
                    out.add("mode", "infer");
                    out.inference(inference, false);
                }
            }
        }
        Workload::Gnn(gnn) => out.gnn(gnn),
        Workload::Diffusion(diffusion) => out.diffusion(diffusion),
    }
    out.0
}

/// Collects keys with their values.
struct Entries(Vec<(&'static str, Entry)>);

impl Entries {
    fn add(&mut self, key: &'static str, value: impl Into<Entry>) {
        self.0.push((key, value.into()));
    }

    fn choice<T: Named>(&mut self, key: &'static str, value: T) {
        self.add(key, value.key());
    }

    fn devices(&mut self, devices: &Devices) {
        match devices.count {
            None => self.add("devices", "auto"),
            Some(count) => self.add("devices", u64::from(count)),
        }
        self.choice("link", devices.link);
        self.choice("split", devices.split);
    }

    fn inference(&mut self, inference: &Inference, own_context: bool) {
        self.add("quantization", inference.quantization.key());
        self.add("kv_precision", inference.kv_precision.key());
        if own_context {
            self.add("context", inference.context);
            self.add("prompt", inference.prompt);
        }
        self.add("generate", inference.generate);
        self.add("concurrency", inference.concurrency);
        self.add("unified_kv", inference.unified_kv);
        self.add("prefix_share", inference.prefix_share);
        self.add("ubatch", inference.ubatch);
        self.add("prefill_step", inference.prefill_step);
        self.choice("attention", inference.attention);
        self.choice("logits", inference.logits);
        match inference.gpu_layers {
            GpuLayers::Auto => self.add("gpu_layers", "auto"),
            GpuLayers::Count(layers) => self.add("gpu_layers", layers),
        }
        match inference.cpu_experts {
            0 => self.add("cpu_experts", "none"),
            Inference::ALL_LAYERS => self.add("cpu_experts", "all"),
            layers => self.add("cpu_experts", layers),
        }
        self.add("vision", inference.vision);
        match inference.speculation.drafted {
            0 => self.add("speculative", "none"),
            drafted => self.add("speculative", drafted),
        }
        self.add("acceptance", inference.speculation.acceptance);
        self.add("calls", inference.turn.calls);
        self.add("tool_tokens", inference.turn.tool_tokens);
        self.add("prefix_cached", inference.turn.prefix_cached);
    }

    fn graph(&mut self, graph: &Graph) {
        self.add("nodes", graph.nodes);
        self.add("edges", graph.edges);
        self.add("tokens_per_node", graph.tokens_per_node);
        self.add("tokens_per_edge", graph.tokens_per_edge);
        self.add("graphs", graph.graphs);
        self.add("size_spread", graph.size_spread);
        match graph.truncation {
            None => self.add("truncation", "none"),
            Some(tokens) => self.add("truncation", tokens),
        }
        self.add("packing", graph.packing);
    }

    /// A fine-tune; without what follows from graphs where those decide.
    fn fine_tune(&mut self, tune: &FineTune, own_lengths: bool) {
        self.choice("method", tune.method);
        self.choice("precision", tune.precision);
        self.add("rank", tune.rank);
        self.choice("targets", tune.targets);
        match tune.tuned_layers {
            TunedLayers::All => self.add("tuned_layers", "all"),
            TunedLayers::Last(layers) => self.add("tuned_layers", layers),
        }
        self.choice("optimizer", tune.optimizer);
        self.add("master_weights", tune.master_weights);
        self.add("micro_batch", tune.micro_batch);
        self.add("accumulation", tune.accumulation);
        self.add("checkpointing", tune.checkpointing);
        self.choice("attention", tune.attention);
        self.add("padded", tune.padded);
        self.add("fused_loss", tune.fused_loss);
        self.add("keeps_logits", tune.keeps_logits);
        self.add("autocast", tune.autocast);
        self.add("adapters_fp32", tune.adapters_fp32);
        self.add("kbit_preparation", tune.kbit_preparation);
        if own_lengths {
            self.add("sequence", tune.sequence);
            self.add("examples", tune.examples);
            self.add("tokens_per_example", tune.tokens_per_example);
        }
        self.add("epochs", tune.epochs);
    }

    fn gnn(&mut self, gnn: &Gnn) {
        self.choice("architecture", gnn.architecture);
        self.add("nodes", gnn.nodes);
        self.add("edges", gnn.edges);
        self.add("in_width", gnn.in_width);
        self.add("hidden", gnn.hidden);
        self.add("out_width", gnn.out_width);
        self.add("layers", gnn.layers);
        self.add("heads", gnn.heads);
        self.choice("message_passing", gnn.message_passing);
        match &gnn.sampling {
            Sampling::Full => self.add("sampling", "full"),
            Sampling::FanOuts(hops) => self.add("sampling", Entry::List(hops.clone())),
        }
        self.add("batch_nodes", gnn.batch_nodes);
        self.choice("mode", gnn.mode);
        self.choice("precision", gnn.precision);
        self.add("epochs", gnn.epochs);
        self.add("normalization_cached", gnn.normalization_cached);
        self.add("dropout", gnn.dropout);
        self.add("token_vocabulary", gnn.token_vocabulary);
        self.add("path_vocabulary", gnn.path_vocabulary);
    }

    fn diffusion(&mut self, diffusion: &Diffusion) {
        self.choice("pipeline", diffusion.pipeline);
        self.choice("precision", diffusion.precision);
        self.add("width", diffusion.width);
        self.add("height", diffusion.height);
        self.add("frames", diffusion.frames);
        self.add("steps", diffusion.steps);
        self.add("batch", diffusion.batch);
        self.add("guidance", diffusion.guidance);
        self.choice("residency", diffusion.residency);
        self.add("vae_tiling", diffusion.vae_tiling);
        self.choice("mode", diffusion.mode);
        self.add("rank", diffusion.rank);
        self.add("checkpointing", diffusion.checkpointing);
    }
}
