//! The knobs that are plotted against, slid along and solved for: read, set, and their range.

mod available;
mod get;
mod ladder;
mod set;
mod words;

use super::graph;
use crate::spec::Scenario;
use crate::units::{count, whole};

/// A knob of a scenario that memory can be shown against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Axis {
    /// Tokens of context in all.
    Context,
    /// Parameters of the model, its shape scaled.
    ModelSize,
    /// How the weights are stored; steps of the runtime's ladder from small to large.
    Quantization,
    /// Requests in flight at once.
    Concurrency,
    /// How keys and values are kept; steps from small to large.
    KvPrecision,
    /// Tokens of a prompt.
    Prompt,
    /// Tokens computed at once.
    Ubatch,
    /// Layers on the accelerator, the output counted as one more (llama.cpp).
    GpuLayers,
    /// Layers whose routed experts are on the accelerator (llama.cpp).
    GpuExperts,
    /// How the base of a fine-tune is held; steps from small to large.
    BasePrecision,
    /// Tokens of a training sequence.
    Sequence,
    /// Sequences of one pass.
    MicroBatch,
    /// Rank of the adapters.
    Rank,
    /// Layers that are trained, counted from the last.
    TunedLayers,
    /// Tokens at which longer graphs are cut.
    Truncation,
    /// Nodes of a graph.
    Nodes,
    /// Edges of a graph.
    Edges,
    /// How unlike the sizes of graphs are.
    SizeSpread,
    /// Width of a node's features.
    InWidth,
    /// Width between the layers of a graph network.
    Hidden,
    /// Layers of a graph network.
    GnnLayers,
    /// Attention heads of a graph network.
    Heads,
    /// Nodes whose loss is computed at once.
    BatchNodes,
    /// Side of a square picture of as many pixels; both sides move together.
    Resolution,
    /// Frames of a clip.
    Frames,
    /// Pictures made at once.
    Pictures,
    /// How a pipeline's models are held; steps from small to large.
    PicturePrecision,
}

impl Axis {
    /// Whether its range spans decades.
    pub const fn is_log(self) -> bool {
        !self.is_stepped()
            && !matches!(
                self,
                Self::TunedLayers
                    | Self::GnnLayers
                    | Self::Resolution
                    | Self::SizeSpread
                    | Self::GpuLayers
                    | Self::GpuExperts
            )
    }

    /// Whether only its whole steps exist, each with a name.
    pub const fn is_stepped(self) -> bool {
        matches!(self, Self::Quantization | Self::KvPrecision | Self::BasePrecision | Self::PicturePrecision)
    }

    /// Whether values between whole numbers mean something.
    pub const fn is_fractional(self) -> bool {
        matches!(self, Self::SizeSpread)
    }

    /// Least and most that make sense here.
    pub fn range(self, scenario: &Scenario) -> (f64, f64) {
        let context_max = scenario.language().map_or(0, |language| language.model.context_max);
        let layers = scenario.language().map_or(1, |language| language.model.layer_count());
        match self {
            Self::Prompt => {
                let room =
                    graph::inference(&scenario.workload).map_or(0.0, |inference| prompt_room(&inference));
                (16.0, room.max(32.0))
            }
            Self::Context => (512.0, f64::from(context_max).max(131_072.0)),
            Self::Sequence | Self::Truncation => (128.0, f64::from(context_max).max(131_072.0)),
            Self::ModelSize => (0.1e9, 1000e9),
            Self::Concurrency | Self::MicroBatch => (1.0, 256.0),
            Self::Ubatch => (32.0, 8192.0),
            Self::Rank => (1.0, 512.0),
            Self::GpuLayers => (0.0, f64::from(layers) + 1.0),
            Self::GpuExperts => (0.0, f64::from(layers)),
            Self::TunedLayers => (1.0, f64::from(layers).max(2.0)),
            Self::Nodes | Self::Edges => (100.0, 1e9),
            Self::SizeSpread => (1.0, 10.0),
            Self::InWidth | Self::Hidden => (8.0, 4096.0),
            Self::GnnLayers | Self::Heads => (1.0, 16.0),
            Self::BatchNodes => (32.0, 1_048_576.0),
            Self::Resolution => (256.0, 2048.0),
            Self::Frames => (1.0, 257.0),
            Self::Pictures => (1.0, 64.0),
            Self::Quantization | Self::KvPrecision | Self::BasePrecision | Self::PicturePrecision => {
                (0.0, last_step(ladder::steps(self, scenario)))
            }
        }
    }

    /// The name of a step on a stepped axis, else `None`.
    pub fn step_name(self, scenario: &Scenario, step: f64) -> Option<&'static str> {
        ladder::name(self, scenario, usize::try_from(whole(step.max(0.0))).ok()?)
    }
}

/// Tokens that a slot leaves to the prompt beside its answer.
fn prompt_room(inference: &crate::spec::Inference) -> f64 {
    let slot = inference.context / inference.concurrency.max(1);
    count(slot.saturating_sub(inference.generate))
}

/// The last index of a ladder.
fn last_step(steps: usize) -> f64 {
    count(u64::try_from(steps.saturating_sub(1)).unwrap_or(0))
}
