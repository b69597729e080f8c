//! How a figure of speed or cost came about: its expression, and those of its inputs, step by step.

use std::sync::Arc;

use super::cost;
use super::step::{Step, WorkingData};
use crate::app::answers::Answers;
use crate::engine::FigureName;
use crate::engine::working::{Detail, How, Working};
use crate::report::{figure_value, speed_figures};

/// The working of a figure on the chosen machine.
pub(crate) fn build(answers: &Answers, name: FigureName) -> WorkingData {
    let mut steps = Vec::new();
    for (end, working) in workings(answers, name) {
        steps.push(step(end.to_owned(), figure_value(name, working.value), &working));
        inputs(&working, &mut steps);
    }
    WorkingData { title: name.label().to_owned(), value: shown(answers, name), steps }
}

/// The workings of a figure, with what each is of.
fn workings(answers: &Answers, name: FigureName) -> Vec<(&'static str, Arc<Working>)> {
    if name == FigureName::BreakEven {
        // It is between two machines, and so in no book of one.
        let figure = cost::beats_rent(answers, Detail::Workings);
        return figure
            .and_then(|figure| figure.working)
            .map(|working| ("Best estimate", working))
            .into_iter()
            .collect();
    }
    let Some(kept) = answers.worked().workings.of(name) else {
        return Vec::new();
    };
    let ends = [("Low end", &kept.low), ("High end", &kept.high)];
    let ends = ends.into_iter().filter_map(|(end, working)| Some((end, Arc::clone(working.as_ref()?))));
    std::iter::once(("Best estimate", Arc::clone(&kept.best))).chain(ends).collect()
}

/// The figure as its page shows it.
fn shown(answers: &Answers, name: FigureName) -> String {
    let speed = answers.speed().map(speed_figures).unwrap_or_default();
    let found = speed.into_iter().chain(cost::figures(answers)).find(|(found, _)| *found == name);
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
