//! MLX inference against peaks measured with its own allocator and graph.

use plimsoll::engine::memory::{Budget, PartName, PhaseName, Placement, budget};
use plimsoll::spec::{
    Attention, AttentionKernel, Block, Experts, FeedForward, Figure, GpuLayers, Inference, Kind, KvPrecision,
    Logits, Mixer, Model, NormStyle, Quantization, Run, Runtime, Scenario, Workload,
};
use std::sync::Arc;

const ROWS: &str = include_str!("../assets/evidence/measurements/mlx_inference.csv");

struct Row<'a>(Vec<&'a str>, Vec<&'a str>);

impl Row<'_> {
    fn text(&self, name: &str) -> &str {
        let place = self.0.iter().position(|column| *column == name).expect("a column of that name");
        self.1[place]
    }

    fn number(&self, name: &str) -> u64 {
        self.text(name).parse().expect("a whole number")
    }

    fn width(&self, name: &str) -> u32 {
        u32::try_from(self.number(name)).expect("a width")
    }

    fn model(&self) -> Model {
        let architecture = self.text("architecture").to_owned();
        let attention = Attention {
            heads: self.width("heads"),
            kv_heads: self.width("kv_heads"),
            head: self.width("head"),
            qkv_bias: architecture == "qwen2",
            qk_norm: architecture.starts_with("qwen3"),
            ..Attention::default()
        };
        let width = self.width("ff");
        let feed_forward = match self.width("experts") {
            0 => FeedForward::Dense { width, gated: true, bias: false },
            count => FeedForward::Experts(Experts {
                count,
                used: self.width("experts_used"),
                width,
                ..Experts::default()
            }),
        };
        Model {
            id: self.text("model").to_owned(),
            name: self.text("model").to_owned(),
            family: String::new(),
            architecture,
            parameters: Figure(self.number("parameters") as f64, Kind::Derived, String::new(), String::new()),
            active_parameters: None,
            source: String::new(),
            hidden: self.width("hidden"),
            vocabulary: self.width("vocabulary"),
            tied_embeddings: self.number("tied") == 1,
            context_max: 131_072,
            norms: NormStyle::Pre,
            norm_bias: false,
            rope_factors: 0,
            output_bias: false,
            stack: vec![Run {
                repeat: self.width("layers"),
                blocks: vec![Block { times: 1, mixer: Mixer::Attention(attention), feed_forward }],
            }],
            vision: None,
        }
    }

    fn inference(&self) -> Inference {
        const ANSWER: u64 = 4;
        Inference {
            quantization: match self.width("weight_bits") {
                0 => Quantization::Bf16,
                bits => Quantization::Mlx { bits, group: self.width("weight_group") },
            },
            kv_precision: match self.number("kv_bits") {
                0 => KvPrecision::F16,
                4 => KvPrecision::Mlx4,
                _ => KvPrecision::Mlx8,
            },
            context: self.number("prompt") + ANSWER,
            prompt: self.number("prompt"),
            generate: ANSWER,
            concurrency: self.number("sequences"),
            unified_kv: false,
            prefix_share: 0.0,
            ubatch: 512,
            prefill_step: self.number("step"),
            attention: AttentionKernel::Fused,
            logits: Logits::Last,
            gpu_layers: GpuLayers::Auto,
            vision: false,
        }
    }

    fn budget(&self) -> Budget {
        let scenario = Scenario {
            name: String::new(),
            model: Arc::new(self.model()),
            model_key: String::new(),
            model_size: None,
            runtime: Runtime::Mlx,
            workload: Workload::Inference(self.inference()),
        };
        budget(&scenario, Placement::Metal)
    }
}

fn rows(text: &str) -> Vec<Row<'_>> {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines.map(|line| Row(header.clone(), line.split(',').collect())).collect()
}

/// Errors of the rows that follow Metal's rules, those that trail by `ahead` operations.
fn errors(ahead: &str) -> Vec<f64> {
    let mut errors = Vec::new();
    for row in rows(ROWS).iter().filter(|row| row.text("rules") == "metal" && row.text("ahead") == ahead) {
        let budget = row.budget();
        assert_eq!(budget.unknown, [], "{} runs on MLX", row.text("model"));
        for (name, column) in [(PhaseName::Prefill, "prefill_peak"), (PhaseName::Decode, "decode_peak")] {
            let phase = budget.phases.iter().find(|phase| phase.name == name).expect("a phase");
            let total = phase.total();
            let measured = row.number(column) as f64;
            let error = total.best.get() / measured - 1.0;
            println!(
                "{:14} {}bit {:>6} kv{} step {:>5} ahead {:>2} {:8} {:>12} {:+.3} % [{:+.2} {:+.2}]",
                row.text("model"),
                row.text("weight_bits"),
                row.text("prompt"),
                row.text("kv_bits"),
                row.text("step"),
                ahead,
                name.key(),
                measured,
                error * 100.0,
                (total.low.get() / measured - 1.0) * 100.0,
                (total.high.get() / measured - 1.0) * 100.0,
            );
            assert!(
                total.low.get() <= measured * 1.0001 && measured <= total.high.get() * 1.0001,
                "{} {name:?}: {measured} lies outside {total:?}",
                row.text("model"),
            );
            let weights = phase.named(PartName::Weights).best.get();
            assert!((weights - row.number("weights") as f64).abs() < 64.0, "weights {weights}");
            let cache = phase.named(PartName::KvCache).best.get();
            assert_eq!(cache, row.number("kv_bytes") as f64, "KV cache of {}", row.text("model"));
            errors.push(error.abs());
        }
    }
    errors.sort_by(f64::total_cmp);
    errors
}

#[test]
fn peaks_with_the_host_ahead_are_met() {
    let errors = errors("11");
    let (median, worst) = (errors[errors.len() / 2], errors[errors.len() - 1]);
    println!("{} peaks: median {:.3} %, worst {:.3} %", errors.len(), median * 100.0, worst * 100.0);
    assert_eq!(errors.len(), 70, "every row with the host ahead, two phases each");
    assert!(median <= 0.02 && worst <= 0.06, "median {median}, worst {worst}");
}

#[test]
fn peaks_of_a_device_that_keeps_pace_lie_in_the_band() {
    let errors = errors("0");
    println!("{} peaks: worst of the best figure {:.3} %", errors.len(), errors[errors.len() - 1] * 100.0);
    assert_eq!(errors.len(), 74, "every row without a lead, two phases each");
}
