//! The workings and sources of a report's figures, numbered as they are met.

use std::fmt::Write as _;

use crate::engine::working::{How, Working, show_number};
use crate::engine::{FigureName, Part, Phase};
use crate::report::comparison::About;
use crate::report::figure_words::figure_value;
use crate::report::markup::escaped;
use crate::report::{Answer, part_working};
use crate::spec::Offer;
use crate::units::{show_between, show_gib};

/// Items of a list that are written; the rest is summed.
const LONGEST: usize = 12;

/// A footnote as HTML, and the machines it is said of.
struct Footnote {
    machines: Vec<String>,
    body: String,
}

/// Footnotes in the order of their numbers; what is the same of several machines stands once.
#[derive(Default)]
pub(super) struct Footnotes(Vec<Footnote>);

impl Footnotes {
    /// The number of a footnote to a cell; none where nothing is known beyond the figure.
    pub(super) fn to(&mut self, answer: &Answer, about: About) -> Option<usize> {
        let body = match about {
            About::Words => None,
            About::Need => need(answer),
            About::Limit => limit(answer),
            About::Figure(name) => of_figure(answer, name),
            About::Price => price(answer),
        }?;
        let machine = answer.machine.name.clone();
        if let Some(at) = self.0.iter().position(|note| note.body == body) {
            self.0[at].machines.push(machine);
            return Some(at + 1);
        }
        self.0.push(Footnote { machines: vec![machine], body });
        Some(self.0.len())
    }

    /// The list of all of them.
    pub(super) fn list(&self) -> String {
        let mut out = String::new();
        for (at, note) in self.0.iter().enumerate() {
            let written = writeln!(
                out,
                "<li id=\"n{}\"><b>{}</b> · {}</li>",
                at + 1,
                escaped(&note.machines.join(", ")),
                note.body
            );
            debug_assert!(written.is_ok(), "a String takes any text");
        }
        out
    }
}

/// The parts that a need is the sum of.
fn need(answer: &Answer) -> Option<String> {
    let peak = answer.estimate.fit.deciding().map_or_else(
        || answer.estimate.budget.peak(),
        |deciding| answer.estimate.budget.phases.iter().find(|phase| phase.name == deciding.phase),
    )?;
    let parts: String = peak.parts.iter().map(part).collect();
    Some(format!(
        "Memory {}: {} in all.<ul>{parts}</ul>",
        peak.name.during(),
        show_gib(Phase::total(peak).best)
    ))
}

/// What a limit is, and who sets it.
fn limit(answer: &Answer) -> Option<String> {
    let ceiling = &answer.estimate.fit.deciding()?.ceiling;
    Some(format!(
        "Limit, {}: {} ({})",
        escaped(ceiling.kind.label()),
        escaped(&ceiling.basis),
        show_between(&show_gib(ceiling.bytes.low), &show_gib(ceiling.bytes.high))
    ))
}

/// A part with how it came about.
fn part(part: &Part) -> String {
    let working = part_working(part);
    let computed = if working.is_empty() { String::new() } else { format!(" = {}", escaped(&working)) };
    let detail = part.workings.as_ref().map_or_else(String::new, |workings| items(&workings.best));
    format!(
        "<li>{} ({}): {}{computed} ({}){detail}</li>",
        escaped(part.name.label()),
        escaped(part.place.key()),
        show_gib(part.bytes.best),
        escaped(part.basis.label())
    )
}

/// A figure of speed or cost: its expression, its numbers, its source.
fn of_figure(answer: &Answer, name: FigureName) -> Option<String> {
    let workings = answer.estimate.workings.of(name)?;
    let mut lines = String::new();
    expression(&mut lines, name.label(), &workings.best, &figure_value(name, workings.best.value), 0);
    Some(format!("{}<ul>{lines}</ul>", escaped(name.label())))
}

/// An expression, then what its inputs are of.
fn expression(out: &mut String, name: &str, working: &Working, shown: &str, depth: usize) {
    let text = working.text();
    let numbers =
        working.in_numbers().map_or_else(String::new, |numbers| format!(" = {}", escaped(&numbers)));
    let list = items(working);
    let line = format!(
        "<li>{} = {}{numbers} = {} ({}){list}</li>\n",
        escaped(name),
        escaped(&text),
        escaped(shown),
        escaped(&working.source)
    );
    // An input of several terms is said once.
    if out.contains(&line) {
        return;
    }
    out.push_str(&line);
    let How::Expression { inputs, .. } = &working.how else { return };
    for input in inputs {
        if let (Some(own), true) = (&input.working, depth < 6) {
            expression(out, &input.name.replace('_', " "), own, &show_number(own.value), depth + 1);
        }
    }
}

/// What a sum is of: the largest, and how many more.
fn items(working: &Working) -> String {
    if matches!(working.how, How::Expression { .. }) {
        return String::new();
    }
    let all = working.items();
    let shown: Vec<String> = all
        .iter()
        .take(LONGEST)
        .map(|(name, value)| format!("{} {}", escaped(name), escaped(value)))
        .collect();
    let more = all.len().saturating_sub(LONGEST);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    format!(": {}{more}", shown.join(", "))
}

/// Where a price was read, and whose it is.
fn price(answer: &Answer) -> Option<String> {
    let (words, source, read) = match answer.machine.offer.as_ref()? {
        Offer::Buy(price) => (price.words(), &price.figure.2, &price.figure.3),
        Offer::Rent(rent) => (format!("list, {}", rent.3), &rent.2, &rent.3),
    };
    Some(format!("Price, {}: {}, read on {}", escaped(&words), escaped(source), escaped(read)))
}
