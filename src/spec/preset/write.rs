//! From a scenario to the text of a preset that reads back the same.

use std::fmt::Write as _;

use crate::spec::{AttentionKernel, GpuLayers, Graph, Inference, Logits, Scenario, Workload};

/// The text of a preset file.
pub fn write(scenario: &Scenario, machine: Option<&str>) -> String {
    let mut out = Writer(String::from("(\n"));
    let (family, inference, graph) = match &scenario.workload {
        Workload::Inference(inference) => ("inference", inference, None),
        Workload::GraphSequence(sequence) => ("graph-sequence", &sequence.inference, Some(&sequence.graph)),
    };
    out.text("family", family);
    out.text("name", &scenario.name);
    out.text("model", &scenario.model_key);
    if let Some(parameters) = scenario.model_size {
        out.bare("model_size", parameters);
    }
    out.text("runtime", scenario.runtime.key());
    if let Some(machine) = machine {
        out.text("machine", machine);
    }
    out.inference(inference, graph.is_none());
    if let Some(graph) = graph {
        out.graph(graph);
    }
    out.0.push_str(")\n");
    out.0
}

/// Collects `key: value` lines.
struct Writer(String);

impl Writer {
    fn text(&mut self, key: &str, value: &str) {
        let quoted = ron::to_string(value).unwrap_or_else(|_| format!("{value:?}"));
        self.bare(key, quoted);
    }

    fn bare(&mut self, key: &str, value: impl std::fmt::Display) {
        // Writing to a String cannot fail.
        let written = writeln!(self.0, "    {key}: {value},");
        debug_assert!(written.is_ok(), "a String takes any text");
    }

    fn inference(&mut self, inference: &Inference, own_context: bool) {
        self.text("quantization", inference.quantization.key());
        self.text("kv_precision", inference.kv_precision.key());
        if own_context {
            self.bare("context", inference.context);
            self.bare("prompt", inference.prompt);
        }
        self.bare("generate", inference.generate);
        self.bare("concurrency", inference.concurrency);
        self.bare("unified_kv", inference.unified_kv);
        self.bare("prefix_share", inference.prefix_share);
        self.bare("ubatch", inference.ubatch);
        self.bare("prefill_step", inference.prefill_step);
        self.text(
            "attention",
            match inference.attention {
                AttentionKernel::Fused => "fused",
                AttentionKernel::Eager => "eager",
            },
        );
        self.text(
            "logits",
            match inference.logits {
                Logits::Last => "last",
                Logits::All => "all",
            },
        );
        match inference.gpu_layers {
            GpuLayers::Auto => self.text("gpu_layers", "auto"),
            GpuLayers::Count(layers) => self.bare("gpu_layers", layers),
        }
        self.bare("vision", inference.vision);
    }

    fn graph(&mut self, graph: &Graph) {
        self.bare("nodes", graph.nodes);
        self.bare("edges", graph.edges);
        self.bare("tokens_per_node", graph.tokens_per_node);
        self.bare("tokens_per_edge", graph.tokens_per_edge);
    }
}
