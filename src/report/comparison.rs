//! A comparison as a table in words: a line a figure, a cell a machine, the best of each line named.

use super::advice::price;
use super::difference::{Against, difference};
use super::figure_words::figure_value;
use super::figures_of::{figure, fits};
use super::speed_words::years;
use super::{Answer, runtime_words};
use crate::engine::{FigureName, Made, Speed, Verdict, graph};
use crate::spec::{Availability, Figure, Machine, Offer, software};
use crate::units::{Dollars, show_between, show_dollars, show_gib};

/// What is written where nobody knows, or where a figure would mean nothing.
pub(super) const NOTHING: &str = "–";

/// What a cell is about, for whoever adds a working or a source to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Words alone.
    Words,
    /// The need.
    Need,
    /// What it is held against.
    Limit,
    /// A figure of speed or cost.
    Figure(FigureName),
    /// The price or the rent.
    Price,
}

/// A cell of the table.
pub(super) struct Cell {
    /// Its figure.
    pub(super) text: String,
    /// Its range, or its basis and day.
    pub(super) below: Option<String>,
    /// `fastest`, where it is the best of those that fit.
    pub(super) best: Option<&'static str>,
}

impl Cell {
    fn words(text: impl Into<String>) -> Self {
        Self { text: text.into(), below: None, best: None }
    }

    fn nothing() -> Self {
        Self::words(NOTHING)
    }
}

/// A line of the table.
pub(super) struct Line {
    /// What it is.
    pub(super) label: String,
    /// What its cells are about.
    pub(super) about: About,
    /// A cell a machine.
    pub(super) cells: Vec<Cell>,
    /// Its figures, and how they are held against one another.
    values: Vec<Option<f64>>,
    against: Against,
}

impl Line {
    /// A line of words, which are held against nothing.
    fn words(label: &str, about: About, cells: Vec<Cell>) -> Self {
        Self { label: label.to_owned(), about, cells, values: Vec::new(), against: Against::Nothing }
    }

    /// Adds to each cell but a baseline's how its figure differs.
    fn hold(&mut self, held: Held) {
        for (at, (cell, value)) in self.cells.iter_mut().zip(&self.values).enumerate() {
            let of = self.values.get(held.baseline(at)).copied().flatten();
            let both = value.zip(of).filter(|_| at != held.baseline(at));
            let said = both.and_then(|(value, of)| difference(self.against, value, of));
            let Some(said) = said else { continue };
            cell.below = Some(match cell.below.take() {
                Some(below) => format!("{below} · {said}"),
                None => said,
            });
        }
    }
}

/// What the cells of a line are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// All against the one at that place.
    Against(usize),
    /// Each second one against the one before it.
    InPairs,
}

impl Held {
    /// The place of what a cell is held against.
    const fn baseline(self, at: usize) -> usize {
        match self {
            Self::Against(baseline) => baseline,
            Self::InPairs => at - at % 2,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Against(_) => "held against this one",
            Self::InPairs => "the next is held against this one",
        }
    }
}

/// Figures of speed and work with what the best of a line is called, and whether more is better.
const FIGURES: [(FigureName, &str, bool); 20] = [
    (FigureName::Decode, "fastest", true),
    (FigureName::Aggregate, "most", true),
    (FigureName::TimeToFirstToken, "fastest", false),
    (FigureName::TimePerOutputToken, "fastest", false),
    (FigureName::Request, "fastest", false),
    (FigureName::Task, "fastest", false),
    (FigureName::Texts, "fastest", true),
    (FigureName::Prefill, "fastest", true),
    (FigureName::TextsAtOnce, "fastest", false),
    (FigureName::TrainTokens, "fastest", true),
    (FigureName::Step, "fastest", false),
    (FigureName::Epoch, "fastest", false),
    (FigureName::Image, "fastest", false),
    (FigureName::RunHours, "fastest", false),
    (FigureName::RunDollars, "least", false),
    (FigureName::MillionTokens, "least", false),
    (FigureName::InputMillion, "least", false),
    (FigureName::OutputMillion, "least", false),
    (FigureName::ApiInput, "least", false),
    (FigureName::ApiOutput, "least", false),
];

/// Every line that says something of one of the machines, held against one of them.
pub(super) fn lines(answers: &[&Answer], held: Held) -> Vec<Line> {
    let words = |label: &str, of: &dyn Fn(&Answer) -> String| {
        Line::words(label, About::Words, answers.iter().map(|answer| Cell::words(of(answer))).collect())
    };
    let mut lines = vec![
        words("Runtime", &|answer| runtime_words(&answer.estimate.resolved)),
        words("Verdict", &|answer| answer.estimate.fit.verdict.label().to_owned()),
        need(answers),
        limit(answers),
        headroom(answers),
    ];
    lines.extend(FIGURES.iter().map(|(name, word, more)| of_figure(answers, *name, word, *more)));
    lines.push(prices(answers));
    lines.push(total(answers));
    lines.extend([
        power(answers),
        noise(answers),
        words("Size", &size),
        words("Software", &programs),
        words("To be had", &|answer| availability(&answer.machine).to_owned()),
    ]);
    let of = |name| move |line: &Line| line.about == About::Figure(name);
    let mut made = answers.iter().filter_map(|answer| answer.estimate.work_cost).map(|work| work.made);
    if let Some(made) = made.find(|made| *made != Made::Run) {
        let run = lines.iter_mut().filter(|line| of(FigureName::RunDollars)(line));
        run.for_each(|line| line.label = format!("Cost of {}", made.label()));
    }
    // Of one request at a time there is nothing to add up.
    let several = |answer: &&Answer| {
        graph::inference(&answer.estimate.resolved.scenario.workload)
            .is_some_and(|inference| inference.concurrency > 1)
    };
    let several = answers.iter().any(several);
    lines.retain(|line| several || !of(FigureName::Aggregate)(line));
    // What writes an answer is told by its first token.
    let reads = answers.iter().any(|answer| matches!(answer.estimate.speed, Some(Speed::Reading(_))));
    lines.retain(|line| reads || !of(FigureName::Prefill)(line));
    lines.retain(|line| line.cells.iter().any(|cell| cell.text != NOTHING));
    if answers.len() > 1 {
        for line in &mut lines {
            line.hold(held);
        }
        let cell = |at| if at == held.baseline(at) { Cell::words(held.words()) } else { Cell::nothing() };
        lines.insert(0, Line::words("Baseline", About::Words, (0..answers.len()).map(cell).collect()));
    }
    lines
}

fn unknown() -> String {
    NOTHING.to_owned()
}

/// How loud each was found to be, with where that was read; of most nobody has published it.
fn noise(answers: &[&Answer]) -> Line {
    let cell = |answer: &&Answer| match &answer.machine.body.noise {
        Some(Figure(noise, _, source, date)) => {
            Cell { text: noise.clone(), below: Some(format!("source {source}, {date}")), best: None }
        }
        None => Cell::words("unknown"),
    };
    Line::words("Noise", About::Words, answers.iter().map(cell).collect())
}

/// The need at the peak with its range.
fn need(answers: &[&Answer]) -> Line {
    let cell = |answer: &&Answer| {
        let need = answer.estimate.fit.deciding().map(|deciding| deciding.need);
        let need = need.or_else(|| answer.estimate.budget.peak().map(crate::engine::Phase::total));
        need.map_or_else(Cell::nothing, |need| {
            let (low, high) = (show_gib(need.low), show_gib(need.high));
            let range = (low != high).then(|| show_between(&low, &high));
            Cell { text: show_gib(need.best), below: range, best: None }
        })
    };
    let values = answers.iter().map(|answer| {
        let deciding = answer.estimate.fit.deciding();
        deciding.map(|deciding| deciding.need.best.get())
    });
    let cells = answers.iter().map(cell).collect();
    Line { values: values.collect(), against: Against::Gib, ..Line::words("Needs", About::Need, cells) }
}

/// What the need is held against.
fn limit(answers: &[&Answer]) -> Line {
    let cell = |answer: &&Answer| {
        let deciding = answer.estimate.fit.deciding();
        deciding.map_or_else(Cell::nothing, |deciding| Cell::words(show_gib(deciding.ceiling.bytes.best)))
    };
    Line::words("Limit", About::Limit, answers.iter().map(cell).collect())
}

/// What is left under the limit.
fn headroom(answers: &[&Answer]) -> Line {
    let spare = |answer: &Answer| {
        let deciding = answer.estimate.fit.deciding()?;
        Some(deciding.ceiling.bytes.best - deciding.need.best)
    };
    let values: Vec<Option<f64>> =
        answers.iter().map(|answer| spare(answer).map(crate::units::Bytes::get)).collect();
    let cells = answers.iter().map(|answer| {
        spare(answer).map_or_else(Cell::nothing, |spare| {
            if spare.get() < 0.0 {
                Cell::words(format!("{} over", show_gib(crate::units::Bytes::ZERO - spare)))
            } else {
                Cell::words(show_gib(spare))
            }
        })
    });
    let cells = marked(cells.collect(), answers, &values, "most", true);
    Line { values, against: Against::Gib, ..Line::words("Headroom", About::Words, cells) }
}

/// A figure of speed or of the work's cost; nothing for what does not fit, which has no speed.
fn of_figure(answers: &[&Answer], name: FigureName, word: &'static str, more: bool) -> Line {
    let band = |answer: &Answer| {
        let runs = answer.estimate.fit.verdict < Verdict::DoesNotFit;
        figure(&answer.estimate, name).filter(|_| runs)
    };
    let values: Vec<Option<f64>> = answers.iter().map(|answer| band(answer).map(|band| band.best)).collect();
    let cells = answers.iter().map(|answer| {
        band(answer).map_or_else(Cell::nothing, |band| {
            let [low, best, high] = [band.low, band.best, band.high].map(|value| figure_value(name, value));
            let range = (low != high).then(|| show_between(&low, &high));
            Cell { text: best, below: range, best: None }
        })
    });
    let cells = marked(cells.collect(), answers, &values, word, more);
    Line { values, against: Against::Ratio, ..Line::words(label(name), About::Figure(name), cells) }
}

/// A figure as a line of the table is named.
const fn label(name: FigureName) -> &'static str {
    match name {
        FigureName::TimePerOutputToken => "TPOT",
        FigureName::TimeToFirstToken => "TTFT",
        FigureName::RunDollars => "Cost of a run",
        FigureName::MillionTokens => "Cost of a million tokens",
        FigureName::InputMillion => "Cost of a million tokens in",
        FigureName::OutputMillion => "Cost of a million tokens out",
        FigureName::RunHours => "A run",
        other => other.label(),
    }
}

/// What it costs to have, with its basis and day.
fn prices(answers: &[&Answer]) -> Line {
    let cell = |answer: &&Answer| {
        let words = price(&answer.machine);
        let Some((amount, basis)) = words.split_once(" (") else { return Cell::nothing() };
        let alone = if answer.machine.leaves_out_computer() { ", the card alone" } else { "" };
        let basis = format!("{}{alone}", basis.trim_end_matches(')'));
        Cell { text: amount.to_owned(), below: Some(basis), best: None }
    };
    let value = |answer: &&Answer| match &answer.machine.offer {
        Some(Offer::Buy(price)) => Some(price.value().get()),
        Some(Offer::Rent(_)) | None => None,
    };
    let values: Vec<Option<f64>> = answers.iter().map(value).collect();
    let cells = marked(answers.iter().map(cell).collect(), answers, &values, "least to buy", false);
    Line { values, against: Against::Dollars, ..Line::words("Price", About::Price, cells) }
}

/// Price and electricity, or rent, of all years.
fn total(answers: &[&Answer]) -> Line {
    let value = |answer: &&Answer| answer.estimate.cost.map(|cost| cost.total.get());
    let values: Vec<Option<f64>> = answers.iter().map(value).collect();
    let cells = values.iter().map(|value| {
        value.map_or_else(Cell::nothing, |value| Cell::words(show_dollars(Dollars::new(value))))
    });
    let cells = marked(cells.collect(), answers, &values, "least", false);
    let length = answers.iter().find_map(|answer| answer.estimate.cost).map_or(0.0, |cost| cost.usage.years);
    let label = format!("In {}", years(length));
    Line { values, against: Against::Dollars, ..Line::words(&label, About::Figure(FigureName::Total), cells) }
}

/// Names the best of those that fit, where there are several and one is better than the others.
fn marked(
    mut cells: Vec<Cell>,
    answers: &[&Answer],
    values: &[Option<f64>],
    word: &'static str,
    more: bool,
) -> Vec<Cell> {
    let better = |value: f64| if more { value } else { -value };
    let counted: Vec<(usize, f64)> = values
        .iter()
        .enumerate()
        .filter(|(at, _)| answers.get(*at).is_some_and(|answer| fits(&answer.estimate)))
        .filter_map(|(at, value)| Some((at, better((*value)?))))
        .collect();
    let best = counted.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
    let mut first = counted.iter().filter(|(_, value)| *value >= best);
    if let (Some((at, _)), None, true) = (first.next(), first.next(), counted.len() > 1)
        && let Some(cell) = cells.get_mut(*at)
    {
        cell.best = Some(word);
    }
    cells
}

/// Power under load.
fn power(answers: &[&Answer]) -> Line {
    let watts = |answer: &&Answer| answer.machine.load.as_ref().map(|load| load.value().get());
    let values: Vec<Option<f64>> = answers.iter().map(watts).collect();
    let cell =
        |watts: &Option<f64>| watts.map_or_else(Cell::nothing, |watts| Cell::words(format!("{watts} W")));
    let cells = marked(values.iter().map(cell).collect(), answers, &values, "least", false);
    Line { values, against: Against::Watts, ..Line::words("Power under load", About::Words, cells) }
}

fn size(answer: &Answer) -> String {
    let body = &answer.machine.body;
    let form = body.form.as_ref().map(|form| form.value().key().to_owned());
    let more = [&body.dimensions, &body.weight].into_iter().flatten().map(|figure| figure.value().clone());
    let all: Vec<String> = form.into_iter().chain(more).collect();
    if all.is_empty() { unknown() } else { all.join(", ") }
}

fn programs(answer: &Answer) -> String {
    let facts = software(&answer.machine);
    let each = facts.iter().map(|fact| format!("{} {}", fact.name, fact.works.key()));
    if facts.is_empty() { unknown() } else { each.collect::<Vec<_>>().join(", ") }
}

const fn availability(machine: &Machine) -> &'static str {
    match machine.availability {
        Availability::OnSale => match machine.offer {
            Some(Offer::Rent(_)) => "for rent",
            _ => "on sale",
        },
        Availability::Announced => "announced, not on sale",
        Availability::Discontinued => "discontinued",
        Availability::Owned => "owned",
    }
}
