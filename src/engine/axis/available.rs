//! Which axes mean something for a scenario.

use super::{Axis, has_heads};
use crate::spec::{Diffusion, DiffusionMode, GraphTask, Sampling, Scenario, Workload};

impl Axis {
    /// The axes that mean something for a scenario, the most telling one first.
    pub fn available(scenario: &Scenario) -> &'static [Self] {
        match &scenario.workload {
            Workload::Inference(..) => &[
                Self::Context,
                Self::ModelSize,
                Self::Quantization,
                Self::Concurrency,
                Self::KvPrecision,
                Self::Ubatch,
            ],
            Workload::FineTune(..) => &[
                Self::Sequence,
                Self::MicroBatch,
                Self::Rank,
                Self::TunedLayers,
                Self::ModelSize,
                Self::BasePrecision,
            ],
            Workload::GraphSequence(_, sequence) => match sequence.task {
                GraphTask::Read(_) => &[
                    Self::Edges,
                    Self::Nodes,
                    Self::SizeSpread,
                    Self::ModelSize,
                    Self::Quantization,
                    Self::Concurrency,
                    Self::KvPrecision,
                    Self::Ubatch,
                ],
                GraphTask::Train(_) => &[
                    Self::Edges,
                    Self::Nodes,
                    Self::SizeSpread,
                    Self::MicroBatch,
                    Self::Rank,
                    Self::TunedLayers,
                    Self::ModelSize,
                    Self::BasePrecision,
                ],
            },
            Workload::Gnn(gnn) => match (has_heads(scenario), gnn.sampling == Sampling::Full) {
                (true, true) => {
                    &[Self::Edges, Self::Nodes, Self::InWidth, Self::Hidden, Self::GnnLayers, Self::Heads]
                }
                (false, true) => &[Self::Edges, Self::Nodes, Self::InWidth, Self::Hidden, Self::GnnLayers],
                (true, false) => &[
                    Self::Edges,
                    Self::Nodes,
                    Self::InWidth,
                    Self::Hidden,
                    Self::GnnLayers,
                    Self::Heads,
                    Self::BatchNodes,
                ],
                (false, false) => &[
                    Self::Edges,
                    Self::Nodes,
                    Self::InWidth,
                    Self::Hidden,
                    Self::GnnLayers,
                    Self::BatchNodes,
                ],
            },
            Workload::Diffusion(diffusion) => of_pipeline(diffusion),
        }
    }
}

/// Clips have frames, adapters a rank.
const fn of_pipeline(diffusion: &Diffusion) -> &'static [Axis] {
    match (diffusion.pipeline.makes_video(), diffusion.mode) {
        (true, DiffusionMode::Generate) => {
            &[Axis::Resolution, Axis::Frames, Axis::Pictures, Axis::PicturePrecision]
        }
        (true, DiffusionMode::Lora) => {
            &[Axis::Resolution, Axis::Frames, Axis::Pictures, Axis::PicturePrecision, Axis::Rank]
        }
        (false, DiffusionMode::Generate) => &[Axis::Resolution, Axis::Pictures, Axis::PicturePrecision],
        (false, DiffusionMode::Lora) => {
            &[Axis::Resolution, Axis::Pictures, Axis::PicturePrecision, Axis::Rank]
        }
    }
}
