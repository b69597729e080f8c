//! The workings and sources of a report's figures, numbered as they are met.

use super::comparison::About;
use super::figure_words::figure_value;
use super::{Answer, part_working};
use crate::engine::working::{How, Working, show_number};
use crate::engine::{FigureName, Part, Phase};
use crate::spec::Offer;
use crate::units::{show_between, show_gib};

/// Items of a list that are written; the rest is summed.
const LONGEST: usize = 12;

/// A footnote: the machines it is said of, what it is of, and how that came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footnote {
    /// The machines.
    pub machines: Vec<String>,
    /// What is said first: `Memory in prefill: 5.7 GiB in all.`
    pub head: String,
    /// A line a part or an expression.
    pub lines: Vec<String>,
}

/// What a footnote says, whatever machine it is of.
type Said = (String, Vec<String>);

/// Footnotes in the order of their numbers; what is the same of several machines stands once.
#[derive(Default)]
pub(super) struct Footnotes(Vec<Footnote>);

impl Footnotes {
    /// The number of a footnote to a cell; none where nothing is known beyond the figure.
    pub(super) fn to(&mut self, answer: &Answer, about: About) -> Option<usize> {
        let (head, lines) = match about {
            About::Words => None,
            About::Need => need(answer),
            About::Limit => limit(answer),
            About::Figure(name) => of_figure(answer, name),
            About::Price => price(answer),
        }?;
        let machine = answer.machine.name.clone();
        if let Some(at) = self.0.iter().position(|note| note.head == head && note.lines == lines) {
            self.0[at].machines.push(machine);
            return Some(at + 1);
        }
        self.0.push(Footnote { machines: vec![machine], head, lines });
        Some(self.0.len())
    }

    /// All of them, the first with the number 1.
    pub(super) fn all(self) -> Vec<Footnote> {
        self.0
    }
}

/// The parts that a need is the sum of.
fn need(answer: &Answer) -> Option<Said> {
    let peak = answer.estimate.fit.deciding().map_or_else(
        || answer.estimate.budget.peak(),
        |deciding| answer.estimate.budget.phases.iter().find(|phase| phase.name == deciding.phase),
    )?;
    let total = show_gib(Phase::total(peak).best);
    Some((format!("Memory {}: {total} in all.", peak.name.during()), peak.parts.iter().map(part).collect()))
}

/// What a limit is, and who sets it.
fn limit(answer: &Answer) -> Option<Said> {
    let ceiling = &answer.estimate.fit.deciding()?.ceiling;
    let band = show_between(&show_gib(ceiling.bytes.low), &show_gib(ceiling.bytes.high));
    let mut lines = Vec::new();
    if let Some(workings) = &ceiling.workings {
        let best = &workings.best;
        // What is set is its own working, and has been said.
        if !best.is_found() {
            expression(&mut lines, ceiling.kind.label(), best, &show_gib(ceiling.bytes.best), 0);
        }
    }
    Some((format!("Limit, {}: {} ({band})", ceiling.kind.label(), ceiling.basis), lines))
}

/// A part with how it came about.
fn part(part: &Part) -> String {
    let working = part_working(part);
    let computed = if working.is_empty() { String::new() } else { format!(" = {working}") };
    let detail = part.workings.as_ref().map_or_else(String::new, |workings| items(&workings.best));
    let (name, place, basis) = (part.name.label(), part.place.key(), part.basis.label());
    format!("{name} ({place}): {}{computed} ({basis}){detail}", show_gib(part.bytes.best))
}

/// A figure of speed or cost: its expression, its numbers, its source.
fn of_figure(answer: &Answer, name: FigureName) -> Option<Said> {
    let workings = answer.estimate.workings.of(name)?;
    let mut lines = Vec::new();
    expression(&mut lines, name.label(), &workings.best, &figure_value(name, workings.best.value), 0);
    Some((name.label().to_owned(), lines))
}

/// An expression, then what its inputs are of.
fn expression(lines: &mut Vec<String>, name: &str, working: &Working, shown: &str, depth: usize) {
    let text = working.text();
    let numbers = working.in_numbers().map_or_else(String::new, |numbers| format!(" = {numbers}"));
    let line = format!("{name} = {text}{numbers} = {shown} ({}){}", working.source, items(working));
    // An input of several terms is said once.
    if lines.contains(&line) {
        return;
    }
    lines.push(line);
    let How::Expression { inputs, .. } = &working.how else { return };
    for input in inputs {
        if let (Some(own), true) = (&input.working, depth < 6) {
            expression(lines, &input.name.replace('_', " "), own, &show_number(own.value), depth + 1);
        }
    }
}

/// What a sum is of: the largest, and how many more.
fn items(working: &Working) -> String {
    if matches!(working.how, How::Expression { .. }) {
        return String::new();
    }
    let all = working.items();
    let shown: Vec<String> =
        all.iter().take(LONGEST).map(|(name, value)| format!("{name} {value}")).collect();
    let more = all.len().saturating_sub(LONGEST);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!(": {}{more}", shown.join(", "))
}

/// Where a price was read, and whose it is.
fn price(answer: &Answer) -> Option<Said> {
    let (words, source, read) = match answer.machine.offer.as_ref()? {
        Offer::Buy(price) => (price.words(), &price.figure.2, &price.figure.3),
        Offer::Rent(rent) => (format!("list, {}", rent.3), &rent.2, &rent.3),
    };
    Some((format!("Price, {words}: {source}, read on {read}"), Vec::new()))
}
