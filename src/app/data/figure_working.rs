//! How a figure of speed or cost came about: its expression, and those of its inputs, step by step.

use super::working::{Step, WorkingData};
use crate::app::answers::Answers;
use crate::engine::FigureName;
use crate::engine::working::{How, Working};
use crate::report::{cost_figures, figure_value, speed_figures};

/// The working of a figure on the chosen machine.
pub(crate) fn build(answers: &Answers, name: FigureName) -> WorkingData {
    let mut steps = Vec::new();
    if let Some(workings) = answers.worked().workings.of(name) {
        let ends = [
            ("Best estimate", Some(&workings.best)),
            ("Low end", workings.low.as_ref()),
            ("High end", workings.high.as_ref()),
        ];
        for (end, working) in ends {
            if let Some(working) = working {
                steps.push(step(end.to_owned(), figure_value(name, working.value), working));
                inputs(working, &mut steps);
            }
        }
    }
    WorkingData { title: name.label().to_owned(), value: shown(answers, name), steps }
}

/// The figure as its page shows it.
fn shown(answers: &Answers, name: FigureName) -> String {
    let estimate = &answers.estimate;
    let speed = estimate.speed.as_ref().map(speed_figures).unwrap_or_default();
    let cost = estimate.cost.map(|cost| cost_figures(&cost, estimate.work_cost.as_ref())).unwrap_or_default();
    let found = speed.into_iter().chain(cost).find(|(found, _)| *found == name);
    found.map(|(_, text)| text).unwrap_or_default()
}

/// Steps of the inputs that have a working, each once, in the order a reader meets them.
fn inputs(working: &Working, steps: &mut Vec<Step>) {
    let How::Expression { inputs: given, .. } = &working.how else { return };
    for input in given {
        let Some(own) = &input.working else { continue };
        let name = input.name.replace('_', " ");
        let next = step(name, String::new(), own);
        if !steps.contains(&next) {
            steps.push(next);
            inputs(own, steps);
        }
    }
}

/// One computation with its numbers.
fn step(name: String, value: String, working: &Working) -> Step {
    let text = working.text();
    // What is stated or fitted is its own formula: its value and source say it all.
    let is_given = text == name;
    let items = working.items();
    let value = match (value.is_empty(), items.first()) {
        (true, Some((_, shown))) if is_given => shown.clone(),
        (true, _) => crate::units::show_scientific(working.value),
        (false, _) => value,
    };
    Step {
        name,
        value,
        formula: if is_given { String::new() } else { text },
        inputs: if is_given { Vec::new() } else { items },
        basis: working.source.to_string(),
        ..Step::default()
    }
}
