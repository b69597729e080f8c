//! How a figure came about: formula with its numbers, what it rests on, source.

pub(crate) use super::step::{Step, WorkingData};
use super::verdict::{allowed, band, gib};
use crate::app::answers::Answers;
use crate::app::subject::Subject;
use crate::engine::{Comparison, Part};
use crate::units::{Band, Bytes, show_gb, show_grouped, whole};

/// The working of a figure.
pub(crate) fn build(answers: &Answers, subject: Subject) -> WorkingData {
    match subject {
        Subject::Need => need(answers),
        Subject::Figure(name) => super::figure_working::build(answers, name),
        Subject::Part(name, _) => {
            let place = answers.estimate.fit.deciding().and_then(|deciding| deciding.ceiling.place);
            let parts: Vec<&Part> = super::plot::peak(&answers.estimate.budget, place)
                .into_iter()
                .flat_map(|phase| &phase.parts)
                .filter(|part| part.name == name && place.is_none_or(|place| part.place == place))
                .collect();
            let total: Band<Bytes> = parts.iter().map(|part| part.bytes).sum();
            WorkingData {
                title: subject.title(),
                value: in_both_units(total),
                steps: parts.into_iter().map(part_step).collect(),
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
    let place = deciding.and_then(|deciding| deciding.ceiling.place);
    let peak = super::plot::peak(&answers.estimate.budget, place);
    let mut steps: Vec<Step> = peak
        .into_iter()
        .flat_map(|phase| &phase.parts)
        .filter(|part| place.is_none_or(|place| part.place == place))
        .map(part_step)
        .collect();
    steps.extend(deciding.map(ceiling_step));
    let value = deciding.map_or_else(
        || peak.map_or_else(String::new, |phase| in_both_units(phase.total())),
        |deciding| {
            let of = format!("{} GiB {}", gib(deciding.ceiling.bytes.best), allowed(deciding.ceiling.kind));
            format!("{} {}, of {of}", in_both_units(deciding.need), deciding.phase.during())
        },
    );
    WorkingData { title: Subject::Need.title(), value, steps }
}

fn part_step(part: &Part) -> Step {
    let inputs = part.working.used_inputs().map(|(name, value)| (name.to_owned(), number(value))).collect();
    let basis = match part.working.source {
        "" => part.basis.label().to_owned(),
        source => format!("{} · {source}", part.basis.label()),
    };
    Step {
        name: part.name.label().to_owned(),
        value: in_both_units(part.bytes),
        formula: part.working.formula.to_owned(),
        inputs,
        basis,
    }
}

fn ceiling_step(comparison: &Comparison) -> Step {
    Step {
        name: format!("Ceiling: {}", comparison.ceiling.kind.label()),
        value: in_both_units(comparison.ceiling.bytes),
        formula: String::new(),
        inputs: Vec::new(),
        basis: comparison.ceiling.basis.to_string(),
    }
}

/// `9.8 GiB (10.52 GB)`.
fn in_both_units(bytes: Band<Bytes>) -> String {
    let memory = if bytes.best.as_gib() < 0.1 { crate::units::show_gib(bytes.best) } else { band(bytes) };
    format!("{memory} ({})", show_gb(bytes.best))
}

/// Whole numbers with separators, others with three decimals.
fn number(value: f64) -> String {
    if value.fract() == 0.0 && value >= 0.0 { show_grouped(whole(value)) } else { format!("{value:.3}") }
}
