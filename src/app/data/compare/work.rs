//! What the table says of the workload on a machine.

use super::super::verdict::{allowed, band, gib, spare};
use super::reading::Reading;
use crate::app::columns::Line;
use crate::app::evaluated::Evaluated;
use crate::app::form;
use crate::app::state::AppState;
use crate::app::text;
use crate::engine::solve::{Most, most_that_fits};
use crate::engine::{FigureName, Speed, Verdict, graph};
use crate::report::{dollars, figure_value, hours, rate, runtime_words, sentence, texts, time, years};
use crate::spec::{Named as _, Scenario, Workload};
use crate::units::{Band, Dollars, Hours, Seconds, TokensPerSecond, memory_unit, show_dollars};

/// The program that answers, and the number format it takes.
pub(super) fn runtime(evaluated: &Evaluated) -> Reading {
    let resolved = &evaluated.estimate.resolved;
    Reading::words(runtime_words(resolved), format(&resolved.scenario))
}

/// The number format of the weights.
fn format(scenario: &Scenario) -> String {
    let workload = &scenario.workload;
    if let Some(inference) = graph::inference(workload) {
        return inference.quantization.key().to_owned();
    }
    match workload {
        Workload::Gnn(gnn) => gnn.precision.key().to_owned(),
        Workload::Diffusion(diffusion) => diffusion.precision.key().to_owned(),
        _ => graph::fine_tune(workload).map_or_else(String::new, |tune| tune.precision.key().to_owned()),
    }
}

/// The verdict; of what cannot run, why.
pub(super) fn verdict(evaluated: &Evaluated) -> Reading {
    let estimate = &evaluated.estimate;
    let verdict = estimate.fit.verdict;
    let why = match verdict {
        Verdict::CannotRun => sentence(estimate, "").headline,
        _ => String::new(),
    };
    Reading { verdict: Some(verdict), ..Reading::words(verdict.label(), why) }
}

/// What is needed, of what is allowed.
pub(super) fn memory(evaluated: &Evaluated) -> Reading {
    let Some(deciding) = evaluated.estimate.fit.deciding() else { return missing(evaluated) };
    let ceiling = &deciding.ceiling;
    Reading::figure(
        text::work_of(&gib(deciding.need.best), &gib(ceiling.bytes.best), &memory_unit()),
        format!("{} · {}", band(deciding.need), allowed(ceiling.kind)),
        deciding.need.best.get(),
    )
}

/// What is left under the ceiling, or by how much it is overrun.
pub(super) fn headroom(evaluated: &Evaluated) -> Reading {
    let Some(deciding) = evaluated.estimate.fit.deciding() else { return missing(evaluated) };
    let left = deciding.ceiling.bytes.best - deciding.need.best;
    Reading::figure(spare(deciding), "", left.get())
}

/// The largest value of the first axis that fits, or that the axis ends before it does.
pub(super) fn largest(state: &AppState, evaluated: &Evaluated) -> Reading {
    let (machine, axis) = (&evaluated.machine, form::first_axis(&state.scenario));
    // Nothing is known to fit, nor not to, where the memory is unknown.
    if evaluated.estimate.fit.deciding().is_none() {
        return missing(evaluated);
    }
    let shipped = (machine.id != state.machine).then(|| state.scenario.with_limit_as_shipped());
    let scenario = shipped.as_ref().unwrap_or(&state.scenario);
    match most_that_fits(&evaluated.estimate.resolved.held(scenario), machine, axis) {
        None => Reading::words(text::none_fits(), ""),
        Some(Most { value, ends }) => {
            let more = if ends { text::or_more() } else { "" };
            Reading::figure(format!("{}{more}", axis.in_full(value)), axis.unit(), value)
        }
    }
}

/// What is not there, because it does not run or its memory is unknown.
fn missing(evaluated: &Evaluated) -> Reading {
    if evaluated.estimate.resolved.refusal.is_some() { Reading::none() } else { Reading::unknown() }
}

/// One figure of the speed.
pub(super) fn speed(line: Line, evaluated: &Evaluated) -> Reading {
    let Some(speed) = &evaluated.estimate.speed else {
        let none = evaluated.estimate.fit.verdict >= Verdict::DoesNotFit;
        return if none { Reading::none() } else { Reading::unknown() };
    };
    let found = match (line, speed) {
        (Line::Decode, Speed::Inference(speed)) => Some(tokens(FigureName::Decode, speed.decode)),
        (Line::Aggregate, Speed::Inference(speed)) => Some(tokens(FigureName::Aggregate, speed.aggregate)),
        (Line::TimeToFirstToken, Speed::Inference(speed)) => {
            Some(seconds(FigureName::TimeToFirstToken, speed.time_to_first_token))
        }
        (Line::TimePerOutputToken, Speed::Inference(speed)) => {
            Some(seconds(FigureName::TimePerOutputToken, speed.time_per_output_token))
        }
        (Line::Texts, Speed::Reading(speed)) => {
            let best = speed.texts.best;
            Some(Reading::figure(figure_value(FigureName::Texts, best), texts(speed.texts), best))
        }
        (Line::Prefill, Speed::Reading(speed)) => Some(tokens(FigureName::Prefill, speed.tokens)),
        (Line::TextsAtOnce, Speed::Reading(speed)) => Some(seconds(FigureName::TextsAtOnce, speed.together)),
        (Line::TrainTokens, Speed::Training(speed)) => Some(tokens(FigureName::TrainTokens, speed.tokens)),
        (Line::Run, Speed::Training(speed)) => Some(run(speed.run)),
        (Line::Epoch, Speed::Gnn(speed)) => Some(seconds(FigureName::Epoch, speed.epoch)),
        (Line::Run, Speed::Gnn(speed)) => Some(run(speed.run)),
        (Line::Image, Speed::Images(speed)) => Some(seconds(FigureName::Image, speed.image)),
        (Line::Run, Speed::Images(speed)) => speed.run.map(run),
        _ => None,
    };
    found.unwrap_or_else(Reading::none)
}

fn tokens(name: FigureName, band: Band<TokensPerSecond>) -> Reading {
    let best = band.best.get();
    Reading::figure(figure_value(name, best), rate(band), best)
}

fn seconds(name: FigureName, band: Band<Seconds>) -> Reading {
    let best = band.best.get();
    Reading::figure(figure_value(name, best), time(band), best)
}

fn run(band: Band<Hours>) -> Reading {
    let best = band.best.get();
    Reading::figure(figure_value(FigureName::RunHours, best), hours(band), best)
}

/// Dollars of a run or of a million tokens, the price shared out over the hours of use.
pub(super) fn dollars_of_work(line: Line, evaluated: &Evaluated) -> Reading {
    let estimate = &evaluated.estimate;
    let Some(work) = &estimate.work_cost else {
        let none = estimate.fit.verdict >= Verdict::DoesNotFit && estimate.speed.is_none();
        return if none { Reading::none() } else { Reading::unknown() };
    };
    let band = if line == Line::RunDollars { work.run } else { work.million_tokens };
    let alone = estimate.cost.is_some_and(|cost| cost.card_alone);
    band.map_or_else(Reading::none, |band| {
        let best: Dollars = band.best;
        Reading { comparable: !alone, ..Reading::figure(show_dollars(best), dollars(band), best.get()) }
    })
}

/// Price and electricity, or rent, in all years of use.
pub(super) fn total(evaluated: &Evaluated) -> Reading {
    let Some(cost) = &evaluated.estimate.cost else { return Reading::unknown() };
    let of = match (cost.rent, cost.electricity) {
        (Some(_), _) => text::rent_of_the_hours_under().to_owned(),
        (None, Some(electricity)) => text::electricity(&show_dollars(electricity)),
        (None, None) => text::price_alone_its_power().to_owned(),
    };
    let known = cost.rent.is_some() || cost.electricity.is_some();
    let alone = if cost.card_alone { text::the_card_alone() } else { "" };
    Reading {
        comparable: known && !cost.card_alone,
        ..Reading::figure(show_dollars(cost.total), format!("{of}{alone}"), cost.total.get())
    }
}

/// What the total is of: `5 years, 8 h a day under load`.
pub(super) fn span(state: &AppState) -> String {
    text::h_a_day_under_load(&years(state.usage.years), &state.usage.hours_a_day)
}
