//! Choices by their names in presets: one table a choice, for reading and for writing.

use super::{
    AttentionKernel, BasePrecision, DiffusionMode, DiffusionPrecision, Family, GnnArchitecture, GnnMode,
    GnnPrecision, Logits, MessagePassing, Method, Optimizer, Pipeline, Residency, Targets,
};

/// A choice among a few, each with its name.
pub trait Named: Copy + PartialEq + 'static {
    /// Every name with what it means; the first name of a meaning is the one that is written.
    const NAMES: &'static [(&'static str, Self)];

    /// The choice of a name, whatever its case.
    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }

    /// Its name in presets.
    fn key(self) -> &'static str {
        Self::NAMES.iter().find(|(_, value)| *value == self).map_or("", |(name, _)| name)
    }
}

impl Named for Family {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("inference", Self::Inference),
        ("fine-tune", Self::FineTune),
        ("graph-sequence", Self::GraphSequence),
        ("gnn", Self::Gnn),
        ("diffusion", Self::Diffusion),
    ];
}

impl Named for AttentionKernel {
    const NAMES: &'static [(&'static str, Self)] = &[("fused", Self::Fused), ("eager", Self::Eager)];
}

impl Named for Logits {
    const NAMES: &'static [(&'static str, Self)] = &[("last", Self::Last), ("all", Self::All)];
}

impl Named for Method {
    const NAMES: &'static [(&'static str, Self)] =
        &[("full", Self::Full), ("lora", Self::Lora), ("qlora", Self::Qlora), ("dora", Self::Dora)];
}

impl Named for BasePrecision {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("bf16", Self::Bf16),
        ("fp16", Self::Fp16),
        ("fp32", Self::Fp32),
        ("nf4", Self::Nf4),
        ("mlx-4bit", Self::Mlx4),
        ("mlx-8bit", Self::Mlx8),
    ];
}

impl Named for Targets {
    const NAMES: &'static [(&'static str, Self)] =
        &[("query-value", Self::QueryValue), ("attention", Self::Attention), ("all-linear", Self::AllLinear)];
}

impl Named for Optimizer {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("adamw", Self::AdamW),
        ("adamw-foreach", Self::AdamWForeach),
        ("adamw-8bit", Self::AdamW8bit),
        ("paged-adamw-8bit", Self::PagedAdamW8bit),
        ("adafactor", Self::Adafactor),
        ("lion", Self::Lion),
        ("sgd", Self::Sgd),
    ];
}

impl Named for GnnArchitecture {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("gcn", Self::Gcn),
        ("sage", Self::Sage),
        ("graphsage", Self::Sage),
        ("gat", Self::Gat),
        ("gin", Self::Gin),
        ("ggnn", Self::Ggnn),
        ("code2vec", Self::Code2vec),
    ];
}

impl Named for MessagePassing {
    const NAMES: &'static [(&'static str, Self)] = &[("scatter", Self::Scatter), ("sparse", Self::Sparse)];
}

impl Named for GnnMode {
    const NAMES: &'static [(&'static str, Self)] = &[("train", Self::Train), ("infer", Self::Infer)];
}

impl Named for GnnPrecision {
    const NAMES: &'static [(&'static str, Self)] = &[("fp32", Self::Fp32), ("fp16", Self::Fp16)];
}

impl Named for Pipeline {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("sd1.5", Self::Sd15),
        ("sdxl", Self::Sdxl),
        ("flux.1-dev", Self::Flux1Dev),
        ("wan2.2-5b", Self::Wan22Small),
        ("wan2.2-14b", Self::Wan22Large),
    ];
}

impl Named for DiffusionPrecision {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("bf16", Self::Bf16),
        ("fp16", Self::Bf16),
        ("fp32", Self::Fp32),
        ("fp8", Self::Fp8),
        ("q8_0", Self::Q8_0),
        ("q4_0", Self::Q4_0),
        ("nf4", Self::Nf4),
    ];
}

impl Named for Residency {
    const NAMES: &'static [(&'static str, Self)] =
        &[("all", Self::All), ("component", Self::Component), ("sequential", Self::Sequential)];
}

impl Named for DiffusionMode {
    const NAMES: &'static [(&'static str, Self)] = &[("generate", Self::Generate), ("lora", Self::Lora)];
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads_back<T: Named + std::fmt::Debug>() {
        for (name, value) in T::NAMES {
            assert_eq!(T::named(&name.to_uppercase()), Some(*value), "{name}");
            assert_eq!(T::named(value.key()), Some(*value), "{name}");
        }
    }

    #[test]
    fn every_name_reads_back() {
        reads_back::<Family>();
        reads_back::<AttentionKernel>();
        reads_back::<Logits>();
        reads_back::<Method>();
        reads_back::<BasePrecision>();
        reads_back::<Targets>();
        reads_back::<Optimizer>();
        reads_back::<GnnArchitecture>();
        reads_back::<MessagePassing>();
        reads_back::<GnnMode>();
        reads_back::<GnnPrecision>();
        reads_back::<Pipeline>();
        reads_back::<DiffusionPrecision>();
        reads_back::<Residency>();
        reads_back::<DiffusionMode>();
    }
}
