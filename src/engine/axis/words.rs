//! What an axis is called and what it counts.

use super::Axis;

impl Axis {
    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::ModelSize => "model size",
            Self::Quantization => "quantisation",
            Self::Concurrency => "concurrent requests",
            Self::KvPrecision => "KV precision",
            Self::Prompt => "prompt",
            Self::Ubatch => "tokens at once",
            Self::GpuLayers => "GPU layers",
            Self::GpuExperts => "expert layers on the GPU",
            Self::BasePrecision => "base precision",
            Self::Sequence => "sequence length",
            Self::MicroBatch => "micro-batch",
            Self::Rank => "adapter rank",
            Self::TunedLayers => "tuned layers",
            Self::Truncation => "cut at",
            Self::Nodes => "graph nodes",
            Self::Edges => "graph edges",
            Self::SizeSpread => "spread of sizes",
            Self::InWidth => "feature width",
            Self::Hidden => "hidden width",
            Self::GnnLayers => "layers",
            Self::Heads => "heads",
            Self::BatchNodes => "nodes of a batch",
            Self::Resolution => "resolution",
            Self::Frames => "frames",
            Self::Pictures => "pictures at once",
            Self::PicturePrecision => "precision",
        }
    }

    /// What it counts; empty where its steps have names.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Context | Self::Prompt | Self::Ubatch | Self::Sequence | Self::Truncation => "tokens",
            Self::ModelSize => "parameters",
            Self::Concurrency => "requests",
            Self::MicroBatch => "sequences",
            Self::Rank | Self::InWidth | Self::Hidden => "wide",
            Self::TunedLayers | Self::GnnLayers | Self::GpuLayers | Self::GpuExperts => "layers",
            Self::Nodes | Self::BatchNodes => "nodes",
            Self::Edges => "edges",
            Self::SizeSpread => "times the median",
            Self::Heads => "heads",
            Self::Resolution => "pixels a side",
            Self::Frames => "frames",
            Self::Pictures => "pictures",
            Self::Quantization | Self::KvPrecision | Self::BasePrecision | Self::PicturePrecision => "",
        }
    }
}
