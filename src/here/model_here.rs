//! A model on disk as it runs on a machine: its verdict, how much context fits, and how fast it decodes.

use std::sync::Arc;

use crate::engine::axis::Axis;
use crate::engine::solve::{Most, most_that_fits};
use crate::engine::{Assumptions, Estimate, Speed, Verdict, as_asked, estimate};
use crate::spec::preset::{Models, PresetKeys, ResolveError, resolve};
use crate::spec::{Machine, Scenario};
use crate::units::{Band, TokensPerSecond, whole};

/// What follows for a model of one machine, asked as most people would ask it: one person chats.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelHere {
    /// What is asked.
    pub scenario: Scenario,
    /// What follows.
    pub estimate: Estimate,
    /// The largest context that fits, tokens; `None` where none does, or where it is not known.
    pub largest_context: Option<LargestContext>,
}

/// How much context fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LargestContext {
    /// Tokens.
    pub tokens: u64,
    /// Whether the model takes no more, so that memory is not what ends it.
    pub ends: bool,
}

impl ModelHere {
    /// Asks a machine about a model that was read, as `keys` name it; `models` has it.
    ///
    /// # Errors
    /// When the model does not go with what is usual.
    pub fn new(
        keys: &PresetKeys,
        models: &dyn Models,
        machine: &Arc<Machine>,
        assumptions: &Assumptions<'_>,
    ) -> Result<Self, ResolveError> {
        let scenario = resolve(keys, models)?.scenario;
        let machine = as_asked(&scenario, machine);
        let estimate = estimate(&scenario, &machine, assumptions);
        let known = scenario.language().is_some_and(|language| !language.model.is_unknown());
        let runs = estimate.fit.verdict != Verdict::CannotRun;
        let largest = (known && runs).then(|| most_that_fits(&scenario, &machine, Axis::CONTEXT)).flatten();
        let largest_context =
            largest.map(|Most { value, ends }| LargestContext { tokens: whole(value), ends });
        Ok(Self { scenario, estimate, largest_context })
    }

    /// Tokens a second of one request.
    pub const fn decode(&self) -> Option<Band<TokensPerSecond>> {
        match &self.estimate.speed {
            Some(Speed::Inference(speed)) => Some(speed.decode),
            _ => None,
        }
    }
}
