//! A report as one HTML file: a first page for the one who pays, then what it rests on. It loads nothing.

mod plans;
mod rests_on;
mod table;

use std::fmt::{Result, Write as _};

use super::Report;
use super::advice::{answer, considerations, question};
use super::asked::asked_of;
use super::both::{for_both, in_pairs, pairs_head};
use super::chart::{Chart, charts_of};
use super::comparison::Held;
use super::decision::Decision;
use super::footnotes::{Footnote, Footnotes};
use super::headlines::headlines;
use super::markup::{escaped, quoted};
use crate::report::day_words::in_words;
pub(super) use rests_on::points;

/// The text of the file.
pub(super) fn html(report: &Report) -> String {
    let mut out = String::with_capacity(64 << 10);
    let written = write(&mut out, report);
    debug_assert!(written.is_ok(), "a String takes any text");
    out
}

fn write(out: &mut String, report: &Report) -> Result {
    let decisions: Vec<Decision<'_>> = report.subjects().into_iter().map(Decision::of).collect();
    let title = escaped(&question(report));
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")?;
    writeln!(out, "<meta name=\"generator\" content=\"Plimsoll {}\">", escaped(&report.version))?;
    writeln!(out, "<title>{title}</title>\n<style>\n{}</style>\n</head>", include_str!("style.css"))?;
    writeln!(out, "<body>\n<main>\n<section class=\"first-page\">")?;
    first_page(out, report, &decisions)?;
    writeln!(out, "</section>\n<section>")?;
    asked(out, report)?;
    writeln!(out, "<h2>Side by side</h2>")?;
    writeln!(
        out,
        "<p class=\"note\">What holds the workload comes first, and of that what costs least over the years. \
         Below a best estimate stand its low and high end. Numbers lead to workings and sources.</p>"
    )?;
    let mut notes = Footnotes::default();
    for decision in &decisions {
        subject(out, (report, decision), "h3")?;
        table::tables(out, (&decision.order, Held::Against(decision.baseline)), &mut notes)?;
    }
    if let (Some(other), Some(own)) = (&report.other, decisions.first()) {
        let pairs = in_pairs(report, own);
        if !pairs.is_empty() {
            writeln!(out, "<h3>{}</h3>", escaped(&pairs_head(other)))?;
            table::tables(out, (&pairs.iter().collect::<Vec<_>>(), Held::InPairs), &mut notes)?;
        }
    }
    writeln!(out, "</section>\n<section>\n<h2>Charts</h2>")?;
    for chart in charts_of(&decisions) {
        figure(out, &chart)?;
    }
    writeln!(out, "</section>")?;
    plans::write(out, report, &decisions)?;
    rests_on::write(out, report, &decisions)?;
    writeln!(out, "<section>\n<h2>Workings and sources of the figures</h2>")?;
    writeln!(out, "<ol class=\"workings\">")?;
    for (at, note) in notes.all().iter().enumerate() {
        footnote(out, at + 1, note)?;
    }
    writeln!(out, "</ol>\n</section>")?;
    writeln!(
        out,
        "<footer class=\"note\">Made by Plimsoll {} on {}, with facts of {}. Every figure is an estimate unless its \
         footnote says that it was measured; it was computed on the machine that made this file, and the file loads \
         nothing.</footer>\n</main>\n</body>\n</html>",
        escaped(&report.version),
        escaped(&in_words(&report.made_on)),
        escaped(&in_words(&report.data_of))
    )
}

/// Question, answer, three figures and what speaks for another choice, of each scenario, and what was asked.
fn first_page(out: &mut String, report: &Report, decisions: &[Decision<'_>]) -> Result {
    writeln!(
        out,
        "<p class=\"meta\">Plimsoll · comparison report · {} · facts of {} · engine {}</p>",
        escaped(&in_words(&report.made_on)),
        escaped(&in_words(&report.data_of)),
        escaped(&report.version)
    )?;
    writeln!(out, "<h1>{}</h1>", escaped(&question(report)))?;
    if let Some(together) = for_both(decisions) {
        writeln!(out, "<p class=\"together\">{}</p>", escaped(&together))?;
    }
    for decision in decisions {
        subject(out, (report, decision), "h2")?;
        decided(out, decision)?;
    }
    if let Some(since) = &report.since {
        rests_on::since(out, since)?;
    }
    Ok(())
}

/// What was asked, which begins the second page.
fn asked(out: &mut String, report: &Report) -> Result {
    writeln!(out, "<h3>What was asked</h3>\n<div class=\"asked\">")?;
    for (head, lines) in asked_of(report) {
        if !head.is_empty() {
            writeln!(out, "<h4>{}</h4>", escaped(&head))?;
        }
        writeln!(out, "<ul>")?;
        for line in lines {
            writeln!(out, "<li>{}</li>", escaped(&line))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</div>")
}

/// Which scenario follows, where there are two.
fn subject(out: &mut String, (report, decision): (&Report, &Decision<'_>), tag: &str) -> Result {
    if report.other.is_none() {
        return Ok(());
    }
    writeln!(out, "<{tag} class=\"subject\">{}</{tag}>", escaped(&quoted(decision.subject.scenario)))
}

/// The answer, three figures, and what speaks for another choice.
fn decided(out: &mut String, decision: &Decision<'_>) -> Result {
    let verdict = decision.advised().map_or("uncertain", |advised| advised.estimate.fit.verdict.key());
    writeln!(out, "<p class=\"answer {verdict}\">{}</p>", escaped(&answer(decision)))?;
    writeln!(out, "<div class=\"figures\">")?;
    for headline in headlines(decision) {
        writeln!(
            out,
            "<div><b>{}</b><span>{}</span><small>{}</small></div>",
            escaped(&headline.figure),
            escaped(&headline.what),
            escaped(&headline.note)
        )?;
    }
    writeln!(out, "</div>")?;
    list(out, "Before you decide", considerations(decision).iter())
}

/// A heading and its points; nothing where there are none.
fn list<'a>(out: &mut String, head: &str, points: impl Iterator<Item = &'a String>) -> Result {
    let points: Vec<&String> = points.collect();
    if points.is_empty() {
        return Ok(());
    }
    writeln!(out, "<h3>{head}</h3>\n<ul>")?;
    for point in points {
        writeln!(out, "<li>{}</li>", escaped(point))?;
    }
    writeln!(out, "</ul>")
}

/// A footnote under its number.
fn footnote(out: &mut String, number: usize, note: &Footnote) -> Result {
    let (machines, head) = (escaped(&note.machines.join(", ")), escaped(&note.head));
    write!(out, "<li id=\"n{number}\"><b>{machines}</b> · {head}")?;
    if !note.lines.is_empty() {
        write!(out, "<ul>")?;
        for line in &note.lines {
            writeln!(out, "<li>{}</li>", escaped(line))?;
        }
        write!(out, "</ul>")?;
    }
    writeln!(out, "</li>")
}

/// A chart as wide as the page.
fn figure(out: &mut String, chart: &Chart) -> Result {
    let title = escaped(&chart.title);
    writeln!(
        out,
        "<figure>\n<figcaption>{title}</figcaption>\n<p class=\"note\">{}</p>",
        escaped(&chart.note)
    )?;
    if !chart.legend.is_empty() {
        writeln!(out, "<ul class=\"legend\">")?;
        for (class, word) in &chart.legend {
            writeln!(
                out,
                "<li><svg width=\"12\" height=\"12\" aria-hidden=\"true\"><rect class=\"{class}\" width=\"12\" \
                 height=\"12\"/></svg>{}</li>",
                escaped(word)
            )?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(
        out,
        "<svg width=\"100%\" height=\"{}\" role=\"img\" aria-label=\"{title}\">\n{}</svg>\n</figure>",
        chart.height, chart.body
    )
}
