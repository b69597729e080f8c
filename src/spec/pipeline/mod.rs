//! Pipelines for images and clips: one declaration each, with everything that is given of it.
//!
//! What its models allocate is its record in `engine/memory/diffusion/records.rs`, which the engine's own types make up.

mod record;
mod records;

pub use record::{
    Diffusers, DiffusersScript, Operations, Passing, PipelineRecord, PipelineSize, Sound, Video,
};
pub use records::Pipeline;

impl Pipeline {
    /// Whether it makes clips of several frames.
    pub const fn makes_video(self) -> bool {
        self.record().video.is_some()
    }

    /// Frames that it makes where some are asked for: pipelines of Wan make one and four for each more, and round to the
    /// next (`pipeline_wan.py` of diffusers).
    pub const fn frames_made(self, asked: u64) -> u64 {
        match self.record().video {
            Some(Video { rounds_to_fours: true, .. }) if asked % 4 != 1 => {
                (asked / 4).saturating_mul(4).saturating_add(1)
            }
            _ => asked,
        }
    }

    /// Whether guidance was distilled into the denoiser, which then runs once a step.
    pub const fn is_distilled(self) -> bool {
        self.record().distilled
    }

    /// Pixels that both sides are multiples of.
    pub const fn patch(self) -> u64 {
        self.record().patch
    }
}
