//! A model on disk as it runs on a machine: its verdict, how much context fits, and how fast it decodes.

use std::sync::Arc;

use crate::engine::axis::Axis;
use crate::engine::scale::scaled;
use crate::engine::solve::{Most, most_that_fits};
use crate::engine::{Assumptions, Estimate, Speed, Verdict, as_asked, estimate};
use crate::spec::preset::{KeyError, Models, NoModel, PresetKeys, ResolveError, resolve};
use crate::spec::{Machine, Model, Scenario};
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

/// Why nothing can be asked of a model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// Its key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It does not go with what is usual.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
}

/// The one model that was read.
struct Single<'a>(&'a Arc<Model>);

impl Models for Single<'_> {
    fn find(&self, _key: &str) -> Result<Arc<Model>, NoModel> {
        Ok(Arc::clone(self.0))
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        scaled(model, parameters)
    }
}

impl ModelHere {
    /// Asks a machine about a model that was read; `key` is how presets name it.
    ///
    /// # Errors
    /// When the model does not go with what is usual.
    pub fn new(
        key: &str,
        model: &Arc<Model>,
        machine: &Arc<Machine>,
        assumptions: &Assumptions<'_>,
    ) -> Result<Self, NotAsked> {
        let mut keys = PresetKeys::default();
        keys.set("model", key)?;
        if let Some(file) = &model.file {
            keys.set("quantization", file.stored.key())?;
        }
        let scenario = resolve(&keys, &Single(model))?.scenario;
        let machine = as_asked(&scenario, machine);
        let estimate = estimate(&scenario, &machine, assumptions);
        let known = !model.is_unknown() && estimate.fit.verdict != Verdict::CannotRun;
        let largest = known.then(|| most_that_fits(&scenario, &machine, Axis::CONTEXT)).flatten();
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
