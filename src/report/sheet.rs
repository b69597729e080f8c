//! A report as what stands on its pages, for whoever shows it otherwise than as a file: the same as the HTML has.

use super::advice::{answer, considerations, headlines, question};
use super::chart::charts;
use super::comparison::{Held, NOTHING, lines};
use super::decision::Decision;
use super::footnotes::{Footnote, Footnotes};
use super::html::points;
use super::{Report, asked, in_words};
use crate::engine::Verdict;

/// A report, from the top down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// When it was made, and with what.
    pub meta: String,
    /// What was asked, as its title.
    pub question: String,
    /// The answer in a sentence or two.
    pub answer: String,
    /// The verdict on the machine that is advised.
    pub verdict: Option<Verdict>,
    /// The three figures of the first page: the figure, what it is, its band.
    pub headlines: Vec<[String; 3]>,
    /// What speaks for another choice.
    pub considerations: Vec<String>,
    /// Since when it is answered again, and what is different: machine, what, then, now.
    pub since: Option<(String, Vec<[String; 4]>)>,
    /// The settings.
    pub asked: Vec<String>,
    /// The machines, what holds the workload and costs least first.
    pub machines: Vec<String>,
    /// The comparison, a line a figure.
    pub lines: Vec<SheetLine>,
    /// Its charts.
    pub charts: Vec<SheetChart>,
    /// What it rests on: headings with their points.
    pub rests: Vec<(&'static str, Vec<String>)>,
    /// Workings and sources by their number, the first of them 1.
    pub notes: Vec<Footnote>,
}

/// A line of the comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetLine {
    /// What it is.
    pub label: String,
    /// A cell a machine.
    pub cells: Vec<SheetCell>,
}

/// A figure of one machine.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetCell {
    /// The figure.
    pub text: String,
    /// Its range, or its basis and day.
    pub below: Option<String>,
    /// `fastest`, where it is the best of those that fit.
    pub best: Option<&'static str>,
    /// The number of its working or source.
    pub note: Option<usize>,
    /// The verdict that it says.
    pub verdict: Option<Verdict>,
}

/// A chart of bars.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetChart {
    /// What it shows.
    pub title: String,
    /// How it is read.
    pub note: String,
    /// What colors stand for, by the class they have in SVG: `p1` to `p5`, `frame`, `speed`, `price`, `electricity`, `rent`.
    pub legend: Vec<(&'static str, String)>,
    /// A bar a machine.
    pub bars: Vec<SheetBar>,
}

/// One machine's bar; lengths are shares of the longest.
#[derive(Clone, Debug, PartialEq)]
pub struct SheetBar {
    /// The machine.
    pub name: String,
    /// What the bar says in figures.
    pub says: String,
    /// Pieces one after the other.
    pub pieces: Vec<(&'static str, f64)>,
    /// Where a limit lies.
    pub limit: Option<f64>,
    /// Low and high.
    pub range: Option<(f64, f64)>,
}

/// What stands on the pages of a report.
pub fn sheet(report: &Report) -> Sheet {
    let decision = Decision::of(report);
    let mut notes = Footnotes::default();
    let lines = table(&decision, &mut notes);
    let headlines = headlines(&decision).into_iter().map(|line| [line.figure, line.what, line.note]);
    Sheet {
        meta: format!(
            "Plimsoll · comparison report · {} · facts of {} · engine {}",
            in_words(&report.made_on),
            in_words(&report.data_of),
            report.version
        ),
        question: question(report),
        answer: answer(&decision),
        verdict: decision.advised().map(|advised| advised.estimate.fit.verdict),
        headlines: headlines.collect(),
        considerations: considerations(&decision),
        since: report.since.as_ref().map(|since| {
            let changes = since.changes.iter();
            let changes = changes.map(|change| {
                [change.machine.clone(), change.what.to_owned(), change.was.clone(), change.is.clone()]
            });
            (in_words(&since.made_on), changes.collect())
        }),
        asked: asked(&report.scenario),
        machines: decision.order.iter().map(|answer| answer.machine.name.clone()).collect(),
        lines,
        charts: charts(&decision.order)
            .into_iter()
            .map(|chart| {
                let share = |length: f64| (length / chart.longest).clamp(0.0, 1.0);
                let bars = chart.bars.into_iter().map(|bar| SheetBar {
                    name: bar.name,
                    says: bar.says,
                    pieces: bar.pieces.into_iter().map(|(class, length)| (class, share(length))).collect(),
                    limit: bar.frame.map(share),
                    range: bar.range.map(|(low, high)| (share(low), share(high))),
                });
                SheetChart {
                    bars: bars.collect(),
                    title: chart.title,
                    note: chart.note,
                    legend: chart.legend,
                }
            })
            .collect(),
        rests: points(report, &decision).into_iter().filter(|(_, points)| !points.is_empty()).collect(),
        notes: notes.all(),
    }
}

fn table(decision: &Decision<'_>, notes: &mut Footnotes) -> Vec<SheetLine> {
    let mut table = Vec::new();
    for line in lines(&decision.order, Held::Against(decision.baseline)) {
        let cells = decision.order.iter().zip(line.cells).map(|(answer, cell)| SheetCell {
            note: if cell.text == NOTHING { None } else { notes.to(answer, line.about) },
            verdict: (line.label == "Verdict").then_some(answer.estimate.fit.verdict),
            text: cell.text,
            below: cell.below,
            best: cell.best,
        });
        table.push(SheetLine { cells: cells.collect(), label: line.label });
    }
    table
}
