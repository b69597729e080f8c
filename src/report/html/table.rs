//! The comparison table of a report.

use std::fmt::{Result, Write as _};

use crate::report::Answer;
use crate::report::comparison::{Cell, Held, Line, NOTHING, lines};
use crate::report::footnotes::Footnotes;
use crate::report::markup::escaped;

/// Machines that stand side by side; more go into a table of their own, so that each is as wide as a page.
const COLUMNS: usize = 6;

/// The tables, with a number beside every figure that has a working or a source.
pub(super) fn tables(out: &mut String, (answers, held): (&[&Answer], Held), notes: &mut Footnotes) -> Result {
    let all = lines(answers, held);
    for (group, from) in answers.chunks(COLUMNS).zip((0..).step_by(COLUMNS)) {
        writeln!(
            out,
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Machines side by side\">"
        )?;
        writeln!(out, "<table><thead><tr><th scope=\"col\">Machine</th>")?;
        for answer in group {
            writeln!(out, "<th scope=\"col\">{}</th>", escaped(&answer.machine.name))?;
        }
        writeln!(out, "</tr></thead><tbody>")?;
        for line in &all {
            row(out, line, group, (from, notes))?;
        }
        writeln!(out, "</tbody></table></div>")?;
    }
    Ok(())
}

fn row(out: &mut String, line: &Line, group: &[&Answer], (from, notes): (usize, &mut Footnotes)) -> Result {
    writeln!(out, "<tr><th scope=\"row\">{}</th>", escaped(&line.label))?;
    for (answer, cell) in group.iter().zip(line.cells.iter().skip(from)) {
        let note = if cell.text == NOTHING { None } else { notes.to(answer, line.about) };
        let class = match line.label.as_str() {
            "Verdict" => format!("verdict {}", answer.estimate.fit.verdict.key()),
            "Software" | "Size" | "Noise" | "Runtime" => "words".to_owned(),
            _ => String::new(),
        };
        write!(out, "<td class=\"{class}\">")?;
        of_cell(out, cell, note)?;
        writeln!(out, "</td>")?;
    }
    writeln!(out, "</tr>")
}

fn of_cell(out: &mut String, cell: &Cell, note: Option<usize>) -> Result {
    write!(out, "{}", escaped(&cell.text))?;
    if let Some(note) = note {
        write!(out, "<sup><a href=\"#n{note}\">{note}</a></sup>")?;
    }
    if let Some(best) = cell.best {
        write!(out, " <em>{best}</em>")?;
    }
    if let Some(below) = &cell.below {
        write!(out, "<small>{}</small>", escaped(below))?;
    }
    Ok(())
}
