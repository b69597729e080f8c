//! Figures of an estimate by name, and which of them a comparison is about.

use crate::engine::{Estimate, FigureName, Speed, Verdict};
use crate::units::{Band, Dollars, Hours, Seconds, TokensPerSecond, WattHours};

/// A figure of an estimate, where it has it.
pub(super) fn figure(estimate: &Estimate, name: FigureName) -> Option<Band<f64>> {
    let rate = |band: Band<TokensPerSecond>| band.map(TokensPerSecond::get);
    let time = |band: Band<Seconds>| band.map(Seconds::get);
    let hours = |band: Band<Hours>| band.map(Hours::get);
    let dollars = |band: Band<Dollars>| band.map(Dollars::get);
    match name {
        FigureName::MillionTokens | FigureName::InputMillion | FigureName::OutputMillion => {
            let work = estimate.work_cost?;
            // Of a training they are trained on, of an answer generated, of a text read.
            let of = match estimate.speed {
                Some(Speed::Inference(_)) => FigureName::OutputMillion,
                Some(Speed::Reading(_)) => FigureName::InputMillion,
                _ => FigureName::MillionTokens,
            };
            let prompts = work.million_prompt_tokens.filter(|_| name == FigureName::InputMillion);
            return prompts.or_else(|| work.million_tokens.filter(|_| name == of)).map(dollars);
        }
        FigureName::ApiInput => return estimate.api.map(|api| dollars(api.input)),
        FigureName::ApiOutput => return estimate.api.map(|api| dollars(api.output)),
        FigureName::Residual => {
            return estimate.cost?.residual.map(|residual| Band::exact(residual.get()));
        }
        FigureName::RunDollars => return estimate.work_cost?.run.map(dollars),
        FigureName::Energy => return estimate.work_cost?.energy.map(|band| band.map(WattHours::get)),
        FigureName::Total => return estimate.cost.map(|cost| Band::exact(cost.total.get())),
        _ => {}
    }
    match (name, estimate.speed.as_ref()?) {
        (FigureName::Decode, Speed::Inference(speed)) => Some(rate(speed.decode)),
        (FigureName::Aggregate, Speed::Inference(speed)) => Some(rate(speed.aggregate)),
        (FigureName::Prefill, Speed::Inference(speed)) => Some(rate(speed.prefill)),
        (FigureName::TimePerOutputToken, Speed::Inference(speed)) => Some(time(speed.time_per_output_token)),
        (FigureName::TimeToFirstToken, Speed::Inference(speed)) => Some(time(speed.time_to_first_token)),
        (FigureName::Request, Speed::Inference(speed)) => Some(time(speed.request)),
        (FigureName::Task, Speed::Inference(speed)) => speed.task.map(time),
        (FigureName::Prefill, Speed::Reading(speed)) => Some(rate(speed.tokens)),
        (FigureName::Texts, Speed::Reading(speed)) => Some(speed.texts),
        (FigureName::TextsAtOnce, Speed::Reading(speed)) => Some(time(speed.together)),
        (FigureName::TrainTokens, Speed::Training(speed)) => Some(rate(speed.tokens)),
        (FigureName::RunHours, Speed::Training(speed)) => Some(hours(speed.run)),
        (FigureName::RunHours, Speed::Gnn(speed)) => Some(hours(speed.run)),
        (FigureName::RunHours, Speed::Images(speed)) => speed.run.map(hours),
        (FigureName::Epoch, Speed::Gnn(speed)) => Some(time(speed.epoch)),
        (FigureName::Step, Speed::Images(speed)) if speed.run.is_some() => Some(time(speed.image)),
        (FigureName::Image, Speed::Images(speed)) if speed.run.is_none() => Some(time(speed.image)),
        _ => None,
    }
}

/// What people ask first of a workload's speed: tokens a second where tokens are generated, else how long it takes.
pub(super) const fn main_figure(estimate: &Estimate) -> Option<FigureName> {
    match &estimate.speed {
        Some(Speed::Inference(_)) => Some(FigureName::Decode),
        Some(Speed::Reading(_)) => Some(FigureName::Prefill),
        Some(Speed::Training(_) | Speed::Gnn(_)) => Some(FigureName::RunHours),
        Some(Speed::Images(speed)) if speed.run.is_some() => Some(FigureName::RunHours),
        Some(Speed::Images(_)) => Some(FigureName::Image),
        None => None,
    }
}

/// Work in a unit of time, by the figure that people ask first: more is faster.
pub(super) fn pace(estimate: &Estimate) -> Option<Band<f64>> {
    let name = main_figure(estimate)?;
    let band = figure(estimate, name)?;
    Some(if matches!(name, FigureName::Decode | FigureName::Prefill) {
        band
    } else {
        Band { low: 1.0 / band.high, best: 1.0 / band.best, high: 1.0 / band.low }
    })
}

/// Whether it is known to fit.
pub(super) const fn fits(estimate: &Estimate) -> bool {
    matches!(estimate.fit.verdict, Verdict::Fits | Verdict::Tight)
}
