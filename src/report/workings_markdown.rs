//! Workings in Markdown: a line an expression, a folded table a list.

use std::fmt::Write as _;

use super::cell::cell;
use crate::engine::working::{Alive, How, Term, Working};
use crate::engine::{Part, Phase};
use crate::units::{show_grouped, whole};

/// The workings of a phase's parts, part by part; nothing where they were not asked.
pub(super) fn workings(out: &mut String, phase: &Phase) -> std::fmt::Result {
    if phase.parts.iter().all(|part| part.workings.is_none()) {
        return Ok(());
    }
    writeln!(out, "How each part came about, in bytes:\n")?;
    for part in &phase.parts {
        of_part(out, part)?;
    }
    Ok(())
}

/// One part: its best figure, and its ends where they are others.
fn of_part(out: &mut String, part: &Part) -> std::fmt::Result {
    let Some(workings) = &part.workings else { return Ok(()) };
    writeln!(
        out,
        "<details><summary>{} ({}): {}</summary>\n",
        part.name.label(),
        part.place.key(),
        bytes(part.bytes.best.get())
    )?;
    figure(out, part.name.label(), &workings.best)?;
    for (end, working) in [("low end", &workings.low), ("high end", &workings.high)] {
        if let Some(working) = working {
            figure(out, end, working)?;
        }
    }
    writeln!(out, "</details>\n")
}

/// A figure, then what its inputs are of.
fn figure(out: &mut String, name: &str, working: &Working) -> std::fmt::Result {
    let text = working.text();
    let computed = working.in_numbers().map_or_else(|| text.clone(), |numbers| format!("{text} = {numbers}"));
    writeln!(out, "- {name} = {computed} = {} ({})\n", bytes(working.value), working.source)?;
    match &working.how {
        How::Expression { inputs, .. } => {
            for input in inputs {
                if let Some(own) = &input.working {
                    figure(out, &input.name.replace('_', " "), own)?;
                }
            }
            Ok(())
        }
        How::Terms(list) => terms(out, list),
        How::Alive(list) => alive(out, list),
    }
}

fn terms(out: &mut String, list: &[Term]) -> std::fmt::Result {
    writeln!(out, "| Term | Count | Bytes in all |\n|---|---:|---:|")?;
    for term in list {
        writeln!(out, "| {} | {} | {} |", cell(&term.name), bytes(term.count), bytes(term.value))?;
    }
    writeln!(out)
}

fn alive(out: &mut String, list: &[Alive]) -> std::fmt::Result {
    writeln!(out, "| Alive at the peak | Bytes |\n|---|---:|")?;
    for tensor in list {
        writeln!(out, "| {} | {} |", cell(&tensor.name), bytes(tensor.bytes))?;
    }
    writeln!(out)
}

/// Whole numbers with separators, others with their digits.
fn bytes(value: f64) -> String {
    if value.fract() == 0.0 && value >= 0.0 { show_grouped(whole(value)) } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_grouped_where_they_are_whole() {
        for (value, said) in [(1_234_567.0, "1,234,567"), (0.0, "0"), (0.5, "0.5"), (-3.0, "-3")] {
            assert_eq!(bytes(value), said);
        }
        let mut out = String::new();
        let list = [Alive { name: "queries".into(), bytes: 8_388_608.0 }];
        alive(&mut out, &list).expect("a String takes any text");
        assert!(out.contains("| queries | 8,388,608 |"), "{out}");
    }
}
