//! A figure of a log beside the estimate of the same run.

use std::sync::Arc;

use super::run::{LogFigure, LogProgram, LogQuantity};
use crate::engine::{Assumptions, Estimate, PartName, Speed, estimate};
use crate::spec::{Chosen, Machine, Runtime, Scenario};
use crate::units::{Band, Bytes, Ratio, count};

/// Tokens of an answer where a log does not say how many there were.
const ANSWER: u64 = 128;

/// A figure of a log, and what was to be expected of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beside {
    /// As it was measured.
    pub measured: LogFigure,
    /// As it is estimated for as many tokens and requests; `None` where it is not.
    pub estimated: Option<Band<f64>>,
}

impl Beside {
    /// Measured over estimated.
    pub fn ratio(&self) -> Option<Ratio> {
        let best = self.estimated?.best;
        (best > 0.0).then(|| Ratio::new(self.measured.value / best))
    }

    /// Whether the measured figure lies in the band, as far as its digits tell; `None` where there is none.
    pub fn inside(&self) -> Option<bool> {
        let LogFigure { value, rounding, .. } = self.measured;
        self.estimated.map(|band| (band.low - rounding..=band.high + rounding).contains(&value))
    }
}

/// Holds a figure of a program beside the estimate of a scenario as that program ran it: its runtime, as many tokens and
/// requests as the log says.
pub fn beside(
    program: LogProgram,
    measured: LogFigure,
    scenario: &Scenario,
    machine: &Arc<Machine>,
    assumptions: &Assumptions<'_>,
) -> Beside {
    let asked = as_run(scenario, program.runtime(), &measured);
    let estimated = asked.and_then(|asked| expected(&measured, &estimate(&asked, machine, assumptions)));
    Beside { measured, estimated }
}

/// The scenario as a program ran it; nothing where it cannot be asked so.
fn as_run(scenario: &Scenario, runtime: Runtime, figure: &LogFigure) -> Option<Scenario> {
    let mut asked = scenario.clone();
    let language = asked.language_mut()?;
    if language.runtime != runtime || language.chosen != Chosen::Asked {
        (language.runtime, language.chosen) = (runtime, Chosen::Asked);
    }
    let inference = asked.inference_mut()?;
    match figure.quantity {
        LogQuantity::Decode | LogQuantity::Aggregate => {
            let (answer, depth) = (figure.tokens.unwrap_or(ANSWER), figure.depth);
            inference.generate = answer.max(1);
            inference.prompt = depth.unwrap_or(inference.prompt).max(1);
            inference.concurrency = figure.requests.unwrap_or(1).max(1);
        }
        LogQuantity::Prefill => {
            // A prompt after others is slower, and how much deeper it began is part of the figure.
            if figure.depth.is_some_and(|depth| depth > 0) {
                return None;
            }
            inference.prompt = figure.tokens.unwrap_or(inference.prompt).max(1);
            inference.concurrency = 1;
        }
        LogQuantity::MaxConcurrency => inference.context = figure.tokens?.max(1),
        LogQuantity::KvCapacity
        | LogQuantity::Weights
        | LogQuantity::KvCache
        | LogQuantity::CapturedGraphs
        | LogQuantity::PeakMemory => {}
    }
    let each = inference.prompt.saturating_add(inference.generate);
    if figure.quantity != LogQuantity::MaxConcurrency {
        inference.context = inference.context.max(each.saturating_mul(inference.concurrency));
    }
    Some(asked)
}

/// What an estimate says of that quantity.
fn expected(figure: &LogFigure, estimate: &Estimate) -> Option<Band<f64>> {
    let speed = match &estimate.speed {
        Some(Speed::Inference(speed)) => Some(speed),
        _ => None,
    };
    let bytes = |band: Band<Bytes>| band.map(Bytes::get);
    match figure.quantity {
        LogQuantity::Decode => Some(speed?.decode.map(crate::units::TokensPerSecond::get)),
        LogQuantity::Prefill => Some(speed?.prefill.map(crate::units::TokensPerSecond::get)),
        LogQuantity::Aggregate => {
            // Of no stated number of requests nothing can be expected.
            figure.requests?;
            Some(speed?.aggregate.map(crate::units::TokensPerSecond::get))
        }
        LogQuantity::KvCapacity => Some(Band::exact(count(estimate.serving?.kv_capacity_tokens))),
        LogQuantity::MaxConcurrency => Some(Band::exact(estimate.serving?.max_concurrency)),
        LogQuantity::Weights => Some(bytes(estimate.budget.peak()?.named(PartName::Weights))),
        LogQuantity::KvCache => None,
        LogQuantity::CapturedGraphs => Some(bytes(estimate.budget.peak()?.named(PartName::CapturedGraphs)))
            .filter(|band| band.high > 0.0),
        LogQuantity::PeakMemory => {
            // What a framework counts is its own allocations, without what surrounds them.
            let peak = estimate.budget.peak()?;
            let (all, around) = (bytes(peak.total()), bytes(peak.named(PartName::Overhead)));
            Some(Band {
                low: all.low - around.low,
                best: all.best - around.best,
                high: all.high - around.high,
            })
        }
    }
}
