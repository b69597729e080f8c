//! A report as what stands on its pages, for whoever shows it otherwise than as a file: the same as the HTML has.

use super::advice::{answer, considerations, question};
use super::asked::asked_of;
use super::both::{for_both, in_pairs, pairs_head};
use super::chart::{Chart, charts_of};
use super::comparison::{Held, NOTHING, lines};
use super::decision::Decision;
use super::footnotes::{Footnote, Footnotes};
use super::headlines::headlines;
use super::html::points;
use super::markup::quoted;
use super::{Answer, Report, in_words};
use crate::engine::Verdict;

/// A report, from the top down.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// When it was made, and with what.
    pub meta: String,
    /// What was asked, as its title.
    pub question: String,
    /// What two scenarios come to together; nothing of one alone.
    pub together: Option<String>,
    /// The scenario's answer, or those of the two that are compared.
    pub subjects: Vec<SheetSubject>,
    /// Since when it is answered again, and what is different: machine, what, then, now.
    pub since: Option<(String, Vec<[String; 4]>)>,
    /// The settings, under a heading where there are two scenarios.
    pub asked: Vec<(String, Vec<String>)>,
    /// The comparison: a table a scenario, and of two one more of both.
    pub tables: Vec<SheetTable>,
    /// Its charts.
    pub charts: Vec<SheetChart>,
    /// What it rests on: headings with their points.
    pub rests: Vec<(&'static str, Vec<String>)>,
    /// Workings and sources by their number, the first of them 1.
    pub notes: Vec<Footnote>,
}

/// What a scenario comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetSubject {
    /// Its name, where there are two.
    pub name: Option<String>,
    /// The answer in a sentence or two.
    pub answer: String,
    /// The verdict on the machine that is advised.
    pub verdict: Option<Verdict>,
    /// The three figures of the first page: the figure, what it is, its band.
    pub headlines: Vec<[String; 3]>,
    /// What speaks for another choice.
    pub considerations: Vec<String>,
    /// The machine that it is started on, what is typed, and what is to be known of that.
    pub start: Option<SheetStart>,
    /// Rules of thumb that bear on it: what is said, whether it holds, by which figures.
    pub rules: Vec<[String; 3]>,
}

/// How a scenario is started on the machine that is advised.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetStart {
    /// The machine.
    pub machine: String,
    /// What is typed; nothing where no single command or file does it.
    pub command: Option<String>,
    /// What names in it stand for, or why there is none.
    pub note: Option<String>,
}

/// Machines side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetTable {
    /// What it is of, where there are two scenarios.
    pub head: Option<String>,
    /// The machines, what holds the workload and costs least first.
    pub machines: Vec<String>,
    /// A line a figure.
    pub lines: Vec<SheetLine>,
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
    let decisions: Vec<Decision<'_>> = report.subjects().into_iter().map(Decision::of).collect();
    let mut notes = Footnotes::default();
    let named = |decision: &Decision<'_>| report.other.as_ref().map(|_| quoted(decision.subject.scenario));
    let mut tables: Vec<SheetTable> = decisions
        .iter()
        .map(|decision| {
            let held = Held::Against(decision.baseline);
            table(named(decision), (&decision.order, held), &mut notes)
        })
        .collect();
    if let (Some(other), Some(own)) = (&report.other, decisions.first()) {
        let pairs = in_pairs(report, own);
        let both = pairs.iter().collect::<Vec<_>>();
        if !both.is_empty() {
            tables.push(table(Some(pairs_head(other)), (&both, Held::InPairs), &mut notes));
        }
    }
    Sheet {
        meta: format!(
            "Plimsoll · comparison report · {} · facts of {} · engine {}",
            in_words(&report.made_on),
            in_words(&report.data_of),
            report.version
        ),
        question: question(report),
        together: for_both(&decisions),
        subjects: decisions.iter().map(|decision| subject(named(decision), decision)).collect(),
        since: report.since.as_ref().map(|since| {
            let changes = since.changes.iter();
            let changes = changes.map(|change| {
                [change.machine.clone(), change.what.to_owned(), change.was.clone(), change.is.clone()]
            });
            (in_words(&since.made_on), changes.collect())
        }),
        asked: asked_of(report),
        tables,
        charts: charts_of(&decisions).into_iter().map(chart).collect(),
        rests: points(report, &decisions).into_iter().filter(|(_, points)| !points.is_empty()).collect(),
        notes: notes.all(),
    }
}

fn subject(name: Option<String>, decision: &Decision<'_>) -> SheetSubject {
    let headlines = headlines(decision).into_iter().map(|line| [line.figure, line.what, line.note]);
    let rules = decision.subject.rules.iter();
    SheetSubject {
        name,
        answer: answer(decision),
        verdict: decision.advised().map(|advised| advised.estimate.fit.verdict),
        headlines: headlines.collect(),
        considerations: considerations(decision),
        start: decision.starting().map(|starting| SheetStart {
            machine: starting.answer.machine.name.clone(),
            command: starting.command,
            note: starting.note,
        }),
        rules: rules
            .map(|rule| [rule.says.to_owned(), rule.holds.label().to_owned(), rule.figures.clone()])
            .collect(),
    }
}

fn chart(chart: Chart) -> SheetChart {
    let share = |length: f64| (length / chart.longest).clamp(0.0, 1.0);
    let bars = chart.bars.into_iter().map(|bar| SheetBar {
        name: bar.name,
        says: bar.says,
        pieces: bar.pieces.into_iter().map(|(class, length)| (class, share(length))).collect(),
        limit: bar.frame.map(share),
        range: bar.range.map(|(low, high)| (share(low), share(high))),
    });
    SheetChart { bars: bars.collect(), title: chart.title, note: chart.note, legend: chart.legend }
}

fn table(head: Option<String>, (order, held): (&[&Answer], Held), notes: &mut Footnotes) -> SheetTable {
    let mut table = Vec::new();
    for line in lines(order, held) {
        let cells = order.iter().zip(line.cells).map(|(answer, cell)| SheetCell {
            note: if cell.text == NOTHING { None } else { notes.to(answer, line.about) },
            verdict: (line.label == "Verdict").then_some(answer.estimate.fit.verdict),
            text: cell.text,
            below: cell.below,
            best: cell.best,
        });
        table.push(SheetLine { cells: cells.collect(), label: line.label });
    }
    SheetTable {
        head,
        machines: order.iter().map(|answer| answer.machine.name.clone()).collect(),
        lines: table,
    }
}
