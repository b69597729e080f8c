//! How a figure of speed or cost came about: its expression, and those of its inputs, step by step.

use std::sync::Arc;

use super::cost;
use super::step::{Step, WorkingData};
use crate::app::answers::Answers;
use crate::app::text;
use crate::engine::working::{Detail, How, Working, Workings};
use crate::engine::{Estimate, FigureName};
use crate::report::{cost_figures, figure_value, speed_figures};

/// The working of a figure on the chosen machine.
pub(crate) fn build(answers: &Answers, name: FigureName) -> WorkingData {
    if name == FigureName::BreakEven {
        // It is between two machines, and so in no book of one.
        let figure = cost::beats_rent(answers, Detail::Workings);
        let value = figure.as_ref().map_or_else(String::new, |figure| figure_value(name, figure.value));
        let workings = figure.and_then(|figure| figure.working);
        let workings = workings.map(|best| Workings { best, low: None, high: None });
        return of_workings(name, value, workings.as_ref());
    }
    on(answers.worked(), name)
}

/// The working of a figure of an estimate that was made with workings.
pub(crate) fn on(estimate: &Estimate, name: FigureName) -> WorkingData {
    // A million tokens are trained on, or generated.
    let trained = estimate.workings.of(FigureName::MillionTokens).is_some();
    let name = if name == FigureName::MillionTokens && !trained { FigureName::OutputMillion } else { name };
    // Images are trained on in steps.
    let imaged = estimate.workings.of(FigureName::Image).is_some();
    let name = if name == FigureName::Image && !imaged { FigureName::Step } else { name };
    let workings = estimate.workings.of(name).map(Arc::as_ref);
    // As its page shows it, or else the best figure alone.
    let best = || workings.map_or_else(String::new, |kept| figure_value(name, kept.best.value));
    let value = shown(estimate, name).unwrap_or_else(best);
    of_workings(name, value, workings)
}

fn of_workings(name: FigureName, value: String, workings: Option<&Workings>) -> WorkingData {
    let mut steps = Vec::new();
    if let Some(kept) = workings {
        push(&mut steps, name, kept);
    }
    WorkingData { title: name.label().to_owned(), value, steps, ..WorkingData::default() }
}

/// The steps of a figure: the best estimate, then the ends of its band, each followed by its inputs.
pub(crate) fn push(steps: &mut Vec<Step>, name: FigureName, kept: &Workings) {
    let ends = [
        (text::best_estimate(), Some(&kept.best)),
        (text::low_end(), kept.low.as_ref()),
        (text::high_end(), kept.high.as_ref()),
    ];
    for (end, working) in ends.into_iter().filter_map(|(end, working)| Some((end, working?))) {
        steps.push(Step::of(end.to_owned(), figure_value(name, working.value), working, 0));
        inputs(working, steps);
    }
}

/// The figure as its page shows it.
fn shown(estimate: &Estimate, name: FigureName) -> Option<String> {
    let speed = estimate.speed.as_ref().map(speed_figures).unwrap_or_default();
    let cost = estimate.cost.map(|cost| cost_figures(&cost, estimate.work_cost.as_ref())).unwrap_or_default();
    speed.into_iter().chain(cost).find(|(found, _)| *found == name).map(|(_, text)| text)
}

/// Steps of the inputs that have a working, each once, in the order a reader meets them.
fn inputs(working: &Working, steps: &mut Vec<Step>) {
    let How::Expression { inputs: given, .. } = &working.how else { return };
    for input in given {
        let Some(own) = &input.working else { continue };
        let next = Step::of(input.name.replace('_', " "), crate::units::show_scientific(own.value), own, 0);
        if !steps.contains(&next) {
            steps.push(next);
            inputs(own, steps);
        }
    }
}
