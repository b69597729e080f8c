//! Which pipelines have a recorded step of training.

use super::training::RecordedStep;
use super::{train_flux1_dev, train_qwen_image};
use crate::spec::Pipeline;

/// The recorded step of a pipeline.
pub fn recorded(pipeline: Pipeline) -> Option<&'static RecordedStep> {
    match pipeline {
        Pipeline::Flux1Dev => Some(&train_flux1_dev::STEP),
        Pipeline::QwenImage => Some(&train_qwen_image::STEP),
        _ => None,
    }
}
