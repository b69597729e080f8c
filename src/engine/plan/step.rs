//! One step of a plan, and what follows from it.

use super::idea::Damage;
use crate::engine::solve::Change;
use crate::engine::speed::Speed;
use crate::engine::{Estimate, Resolved, Verdict};
use crate::units::Bytes;

/// A step with what follows once it and all before it are done.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The settings it moves, as after `--set`.
    pub changes: Vec<Change>,
    /// What the setting was before, as it is typed.
    pub before: String,
    /// What it is moved to as people read it, where that is not what is typed.
    pub shown: Option<String>,
    /// What is done beside the settings; such a step moves none.
    pub action: Option<Act>,
    /// What it costs beside memory.
    pub damage: Damage,
    /// What it does to results and speed, a sentence without its full stop.
    pub note: &'static str,
    /// What it changes of the peak, by the best estimate.
    pub delta: Bytes,
    /// The peak after it, device and host together.
    pub total: Bytes,
    /// What counts against the ceiling that decides, after it.
    pub need: Option<Bytes>,
    /// The same before it.
    pub need_before: Option<Bytes>,
    /// The ceiling that decides after it.
    pub limit: Option<Bytes>,
    /// Speed after it over speed before it; nothing where either is unknown.
    pub speed: Option<f64>,
    /// Speed after it; nothing where it does not fit then, or the machine's rates are unknown.
    pub pace: Option<Speed>,
    /// The scenario after it, as the machine is asked it.
    pub after: Resolved,
    /// The verdict after it.
    pub verdict: Verdict,
}

/// What people do beside settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// Other programs are closed.
    ClosePrograms {
        /// What they have to free beyond what is free now.
        more: Bytes,
    },
}

/// The peak of an estimate, device and host together.
pub(super) fn peak(estimate: &Estimate) -> Bytes {
    estimate.budget.peak().map_or(Bytes::ZERO, |phase| phase.total().best)
}

/// What counts against the ceiling that decides.
pub(super) fn need(estimate: &Estimate) -> Option<Bytes> {
    estimate.fit.deciding().map(|deciding| deciding.need.best)
}

/// The ceiling that decides.
pub(super) fn limit(estimate: &Estimate) -> Option<Bytes> {
    estimate.fit.deciding().map(|deciding| deciding.ceiling.bytes.best)
}

/// The speed of what runs.
pub(super) fn pace(estimate: &Estimate) -> Option<Speed> {
    estimate.speed.clone().filter(|_| estimate.fit.verdict < Verdict::DoesNotFit)
}

/// Work a second: tokens, passes over a graph, or images.
pub(super) fn rate(estimate: &Estimate) -> Option<f64> {
    let rate = match estimate.speed.as_ref()? {
        Speed::Inference(speed) => speed.aggregate.best.get(),
        Speed::Reading(speed) => speed.tokens.best.get(),
        Speed::Training(speed) => speed.tokens.best.get(),
        Speed::Gnn(speed) => 1.0 / speed.epoch.best.get(),
        Speed::Images(speed) => 1.0 / speed.image.best.get(),
    };
    (rate.is_finite() && rate > 0.0).then_some(rate)
}
