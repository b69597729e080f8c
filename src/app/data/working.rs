//! How a figure came about: formula with its numbers, what it rests on, source.

use super::held::Held;
pub(crate) use super::step::{Step, WorkingData};
use super::verdict::{allowed, band, gib};
use crate::app::answers::Answers;
use crate::app::subject::Subject;
use crate::engine::working::{How, Working, show_number};
use crate::engine::{Comparison, Part};
use crate::units::{Band, Bytes, memory_unit, show_gb};

/// The working of a figure.
pub(crate) fn build(answers: &Answers, subject: Subject) -> WorkingData {
    match subject {
        Subject::Need => need(answers),
        Subject::Figure(name) => super::figure_working::build(answers, name),
        Subject::Part(name, _) => {
            let held = Held::of(&answers.estimate);
            let parts: Vec<&Part> = held
                .peak(&answers.worked().budget)
                .into_iter()
                .flat_map(|phase| &phase.parts)
                .filter(|part| part.name == name && held.counts(part))
                .collect();
            let total: Band<Bytes> = parts.iter().map(|part| part.bytes).sum();
            WorkingData {
                title: subject.title(),
                value: in_both_units(total),
                steps: parts.into_iter().flat_map(part_steps).collect(),
            }
        }
        Subject::Ceiling(kind) => {
            let found =
                answers.estimate.fit.comparisons.iter().find(|comparison| comparison.ceiling.kind == kind);
            WorkingData {
                title: subject.title(),
                value: found.map_or_else(String::new, |found| in_both_units(found.ceiling.bytes)),
                steps: found.map(ceiling_step).into_iter().collect(),
            }
        }
    }
}

/// All parts of the deciding phase, and the comparison.
fn need(answers: &Answers) -> WorkingData {
    let deciding = answers.estimate.fit.deciding();
    let held = Held::of(&answers.estimate);
    let peak = held.peak(&answers.worked().budget);
    let mut steps: Vec<Step> = peak
        .into_iter()
        .flat_map(|phase| &phase.parts)
        .filter(|part| held.counts(part))
        .filter_map(part_summary)
        .collect();
    steps.extend(deciding.map(ceiling_step));
    let value = deciding.map_or_else(
        || peak.map_or_else(String::new, |phase| in_both_units(phase.total())),
        |deciding| {
            let of = format!(
                "{} {} {}",
                gib(deciding.ceiling.bytes.best),
                memory_unit(),
                allowed(deciding.ceiling.kind)
            );
            format!("{} {}, of {of}", in_both_units(deciding.need), deciding.phase.during())
        },
    );
    WorkingData { title: Subject::Need.title(), value, steps }
}

/// A part's best figure with what its inputs are of, and its ends where they are other figures.
fn part_steps(part: &Part) -> Vec<Step> {
    let name = part.name.label().to_owned();
    let Some(workings) = &part.workings else {
        return vec![Step { name, value: in_both_units(part.bytes), ..Step::default() }];
    };
    let mut steps = Vec::new();
    push_steps(&mut steps, (name, in_both_units(part.bytes)), &workings.best, 0);
    if let Some(first) = steps.first_mut() {
        first.basis = format!("{} · {}", part.basis.label(), first.basis);
    }
    let ends = [("Low end", part.bytes.low, &workings.low), ("High end", part.bytes.high, &workings.high)];
    for (end, bytes, working) in ends {
        if let Some(working) = working {
            push_steps(&mut steps, (end.to_owned(), in_both_units(Band::exact(bytes))), working, 1);
        }
    }
    steps
}

/// Whether the expression is one name alone.
fn is_found(working: &Working) -> bool {
    let How::Expression { text, inputs } = &working.how else { return false };
    inputs.iter().any(|input| input.name == text.as_ref())
}

/// A part's best figure alone; its list opens with the part.
fn part_summary(part: &Part) -> Option<Step> {
    let step = part_steps(part).into_iter().next()?;
    let inputs = if step.is_list { Vec::new() } else { step.inputs };
    Some(Step { inputs, ..step })
}

/// A working and below it those of its inputs.
fn push_steps(steps: &mut Vec<Step>, (name, value): (String, String), working: &Working, depth: usize) {
    steps.push(Step {
        name,
        value,
        // A figure that was found is its only input.
        formula: if is_found(working) { String::new() } else { working.text() },
        inputs: working.items(),
        is_list: !matches!(working.how, How::Expression { .. }),
        basis: working.source.to_string(),
        depth,
    });
    let How::Expression { inputs, .. } = &working.how else { return };
    for input in inputs {
        if let Some(own) = &input.working {
            let heading = (input.name.replace('_', " "), show_number(input.value));
            push_steps(steps, heading, own, depth + 1);
        }
    }
}

fn ceiling_step(comparison: &Comparison) -> Step {
    Step {
        name: format!("Ceiling: {}", comparison.ceiling.kind.label()),
        value: in_both_units(comparison.ceiling.bytes),
        basis: comparison.ceiling.basis.to_string(),
        ..Step::default()
    }
}

/// `9.8 GiB (10.52 GB)`.
fn in_both_units(bytes: Band<Bytes>) -> String {
    let memory = if bytes.best.as_gib() < 0.1 { crate::units::show_gib(bytes.best) } else { band(bytes) };
    format!("{memory} ({})", show_gb(bytes.best))
}
