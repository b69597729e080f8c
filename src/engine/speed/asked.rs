//! What is asked of a language model on a machine.

use super::devices::Sharing;
use crate::engine::{Budget, Fit};
use crate::spec::{Inference, LanguageModel, Machine};

/// A model, what it is to do, and where.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) language: &'a LanguageModel,
    pub(super) inference: &'a Inference,
    pub(super) machine: &'a Machine,
    pub(super) budget: &'a Budget,
    pub(super) fit: &'a Fit,
    pub(super) sharing: Sharing,
}
