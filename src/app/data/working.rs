//! How a figure came about: formula with its numbers, what it rests on, source.

use super::claims::ClaimsData;
use super::held::Held;
pub(crate) use super::step::{Step, WorkingData};
use super::verdict::{allowed, band, gib};
use super::{claim_working, figure_working};
use crate::app::answers::Answers;
use crate::app::subject::Subject;
use crate::app::text;
use crate::catalog::Catalog;
use crate::engine::working::{How, Working, Workings, show_number};
use crate::engine::{Comparison, Estimate, Part, PartName};
use crate::units::{Band, Bytes, memory_unit, show_gb};

/// The working of a figure; `claims` are those that are shown.
pub(crate) fn build(
    answers: &Answers,
    catalog: &Catalog,
    claims: Option<&ClaimsData>,
    subject: &Subject,
) -> WorkingData {
    let data = match subject {
        Subject::Need => need(answers.worked()),
        Subject::NeedOn(id) => answers.worked_on(id).map(|worked| need(&worked)).unwrap_or_default(),
        Subject::PartOn(id, name) => {
            answers.worked_on(id).map(|worked| part(&worked, *name)).unwrap_or_default()
        }
        Subject::Figure(name) => figure_working::build(answers, *name),
        Subject::FigureOn(id, name) => {
            let estimate = answers.worked_on(id);
            estimate.map(|estimate| figure_working::on(&estimate, *name)).unwrap_or_default()
        }
        Subject::Price(id) => price(answers, id),
        Subject::Claim(id) => {
            let claim = claims.and_then(|claims| claims.claims.iter().find(|claim| claim.id == *id));
            claim.map(|claim| claim_working::build(catalog, claim)).unwrap_or_default()
        }
        Subject::Part(name, _) => part(answers.worked(), *name),
        Subject::Ceiling(kind) => {
            let comparisons = &answers.worked().fit.comparisons;
            let found = comparisons.iter().find(|comparison| comparison.ceiling.kind == *kind);
            WorkingData {
                title: subject.title(),
                value: found.map_or_else(String::new, |found| in_both_units(found.ceiling.bytes)),
                steps: found.map(ceiling_steps).unwrap_or_default(),
                ..WorkingData::default()
            }
        }
    };
    data.sourced(catalog)
}

/// What is asked for a machine.
fn price(answers: &Answers, id: &str) -> WorkingData {
    let machine = answers.evaluated.iter().find(|each| each.machine.id == id).map(|each| &each.machine);
    let step = machine.and_then(|machine| claim_working::price(machine));
    let title = machine.map_or_else(String::new, |machine| text::price_of(&machine.name));
    let value = step.as_ref().map_or_else(String::new, |step| step.value.clone());
    WorkingData { title, value, steps: step.into_iter().collect(), ..WorkingData::default() }
}

/// The parts of one name at the deciding phase, of an estimate that was made with workings.
fn part(worked: &Estimate, name: PartName) -> WorkingData {
    let held = Held::of(worked);
    let parts: Vec<&Part> = held
        .peak(&worked.budget)
        .into_iter()
        .flat_map(|phase| &phase.parts)
        .filter(|part| part.name == name && held.counts(part))
        .collect();
    let total: Band<Bytes> = parts.iter().map(|part| part.bytes).sum();
    WorkingData {
        title: name.label().to_owned(),
        value: in_both_units(total),
        steps: parts.into_iter().flat_map(part_steps).collect(),
        ..WorkingData::default()
    }
}

/// All parts of the deciding phase, and the comparison.
fn need(worked: &Estimate) -> WorkingData {
    let deciding = worked.fit.deciding();
    let held = Held::of(worked);
    let peak = held.peak(&worked.budget);
    let mut steps: Vec<Step> = peak
        .into_iter()
        .flat_map(|phase| &phase.parts)
        .filter(|part| held.counts(part))
        .filter_map(part_summary)
        .collect();
    steps.extend(deciding.and_then(|deciding| ceiling_steps(deciding).into_iter().next()));
    let value = deciding.map_or_else(
        || peak.map_or_else(String::new, |phase| in_both_units(phase.total())),
        |deciding| {
            let of = format!(
                "{} {} {}",
                gib(deciding.ceiling.bytes.best),
                memory_unit(),
                allowed(deciding.ceiling.kind)
            );
            text::working_of(&in_both_units(deciding.need), &deciding.phase.during(), &of)
        },
    );
    WorkingData { title: Subject::Need.title(), value, steps, ..WorkingData::default() }
}

/// A part's best figure with what its inputs are of, and its ends where they are other figures.
fn part_steps(part: &Part) -> Vec<Step> {
    let name = part.name.label().to_owned();
    let Some(workings) = &part.workings else {
        return vec![Step { name, value: in_both_units(part.bytes), ..Step::default() }];
    };
    let mut steps = banded(name, part.bytes, workings);
    if let Some(first) = steps.first_mut() {
        first.basis = format!("{} · {}", part.basis.label(), first.basis);
    }
    steps
}

/// The best figure of a band of bytes with its inputs, then the ends that are other figures.
fn banded(name: String, bytes: Band<Bytes>, workings: &Workings) -> Vec<Step> {
    let mut steps = Vec::new();
    push_steps(&mut steps, (name, in_both_units(bytes)), &workings.best, 0);
    let ends = [(text::low_end(), bytes.low, &workings.low), (text::high_end(), bytes.high, &workings.high)];
    for (end, bytes, working) in ends {
        if let Some(working) = working {
            push_steps(&mut steps, (end.to_owned(), in_both_units(Band::exact(bytes))), working, 1);
        }
    }
    steps
}

/// A part's best figure alone; its list opens with the part.
fn part_summary(part: &Part) -> Option<Step> {
    let step = part_steps(part).into_iter().next()?;
    // A list is the part's own working; here its sum stands beside the name.
    if step.is_list {
        return Some(Step { inputs: Vec::new(), numbers: String::new(), ..step });
    }
    Some(step)
}

/// A working and below it those of its inputs.
fn push_steps(steps: &mut Vec<Step>, (name, value): (String, String), working: &Working, depth: usize) {
    steps.push(Step::of(name, value, working, depth));
    let How::Expression { inputs, .. } = &working.how else { return };
    for input in inputs {
        if let Some(own) = &input.working {
            let heading = (input.name.replace('_', " "), show_number(input.value));
            push_steps(steps, heading, own, depth + 1);
        }
    }
}

/// A ceiling with what its inputs are of.
fn ceiling_steps(comparison: &Comparison) -> Vec<Step> {
    let ceiling = &comparison.ceiling;
    let name = text::ceiling(&ceiling.kind.label());
    let Some(workings) = &ceiling.workings else {
        let (value, basis) = (in_both_units(ceiling.bytes), ceiling.basis.to_string());
        return vec![Step { name, value, basis, ..Step::default() }];
    };
    let mut steps = banded(name, ceiling.bytes, workings);
    if let Some(first) = steps.first_mut().filter(|first| first.basis != ceiling.basis) {
        first.basis = format!("{} · {}", ceiling.basis, first.basis);
    }
    steps
}

/// `9.8 GiB (10.52 GB)`.
fn in_both_units(bytes: Band<Bytes>) -> String {
    let memory = if bytes.best.as_gib() < 0.1 { crate::units::show_gib(bytes.best) } else { band(bytes) };
    format!("{memory} ({})", show_gb(bytes.best))
}
