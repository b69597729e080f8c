//! What a report rests on: how machines are used, what should be known of each, what measurements stand behind the
//! speeds, and what changed since it was first saved.

use std::fmt::{Result, Write as _};

use super::list;
use crate::report::assumed::assumed;
use crate::report::day_words::in_words;
use crate::report::decision::Decision;
use crate::report::markup::escaped;
use crate::report::since::Since;
use crate::report::{Report, sentence, speed_basis};

/// Assumptions, notes and the basis of each machine's speed.
pub(super) fn write(out: &mut String, report: &Report, decisions: &[Decision<'_>]) -> Result {
    writeln!(out, "<section>\n<h2>What it rests on</h2>")?;
    for (head, points) in points(report, decisions) {
        list(out, head, points.iter())?;
    }
    writeln!(out, "</section>")
}

/// What a report rests on: a heading and its points.
pub(in crate::report) fn points(
    report: &Report,
    decisions: &[Decision<'_>],
) -> [(&'static str, Vec<String>); 4] {
    let mut assumed = assumed(&report.usage);
    assumed.push(
        "“Fits” leaves a tenth of the limit free by the high end of the need; “tight” is under the limit; “uncertain” \
         is a range that straddles it."
            .to_owned(),
    );
    let answers = || decisions.iter().flat_map(|decision| decision.order.iter().copied());
    let remarks = by_text(answers().flat_map(|answer| {
        let name = &answer.machine.name;
        sentence(&answer.estimate, name).remarks.into_iter().map(move |remark| (remark, name.as_str()))
    }));
    let bases = by_text(answers().filter_map(|answer| {
        Some((
            format!("Speed: {}", speed_basis(answer.estimate.speed.as_ref()?)),
            answer.machine.name.as_str(),
        ))
    }));
    [
        ("Assumptions", assumed),
        ("Changed to make sense of what was asked", report.notes.clone()),
        ("To be known of the machines", remarks),
        ("What the speeds rest on", bases),
    ]
}

/// Each text once, with the machines it is said of.
fn by_text<'a>(said: impl Iterator<Item = (String, &'a str)>) -> Vec<String> {
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    for (text, machine) in said {
        match found.iter_mut().find(|(known, _)| *known == text) {
            Some((_, machines)) if machines.contains(&machine) => {}
            Some((_, machines)) => machines.push(machine),
            None => found.push((text, vec![machine])),
        }
    }
    found.into_iter().map(|(text, machines)| format!("{}: {text}.", machines.join(", "))).collect()
}

/// What it said when it was saved, beside what it says now.
pub(super) fn since(out: &mut String, since: &Since) -> Result {
    writeln!(
        out,
        "<h3>Since {}</h3>\n<p class=\"note\">It was made with Plimsoll {} and facts of {}.</p>",
        escaped(&in_words(&since.made_on)),
        escaped(&since.version),
        escaped(&in_words(&since.data_of))
    )?;
    if since.changes.is_empty() {
        return writeln!(out, "<p>Nothing that it said is different now.</p>");
    }
    writeln!(
        out,
        "<table class=\"changes\"><thead><tr><th>Machine</th><th>What</th><th>Then</th><th>Now</th></tr></thead><tbody>"
    )?;
    for change in &since.changes {
        writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&change.machine),
            escaped(change.what),
            escaped(&change.was),
            escaped(&change.is)
        )?;
    }
    writeln!(out, "</tbody></table>")
}
