//! Charts of a comparison as SVG: bars in shares of the width, so that they are right on a phone and on paper.

use std::fmt::Write as _;

use super::Answer;
use super::decision::Decision;
use super::figure_words::figure_value;
use super::figures_of::{figure, main_figure};
use super::markup::{escaped, quoted};
use super::speed_words::years;
use crate::engine::{FigureName, Made, PartName, Place, Verdict};
use crate::units::{Dollars, show_before, show_between, show_dollars, show_gib};

/// Height of a machine's lines: its name, its bar, what the bar says.
const ROW: f64 = 58.0;

/// Parts that have a color of their own; the smaller ones share one.
const COLORS: usize = 4;

/// A chart without its frame.
pub(super) struct Chart {
    /// What it shows.
    pub(super) title: String,
    /// How it is read.
    pub(super) note: String,
    /// A color's class and what it stands for.
    pub(super) legend: Vec<(&'static str, String)>,
    /// Height in pixels; the width is that of the page.
    pub(super) height: f64,
    /// What is inside of the `svg`.
    pub(super) body: String,
    /// The bars it is drawn of, and the length of the longest.
    pub(super) bars: Vec<Bar>,
    pub(super) longest: f64,
}

/// One machine's bar.
pub(super) struct Bar {
    pub(super) name: String,
    /// What the bar says in figures.
    pub(super) says: String,
    /// Pieces one after the other, a color's class and a length each.
    pub(super) pieces: Vec<(&'static str, f64)>,
    /// A frame behind the pieces, up to a limit.
    pub(super) frame: Option<f64>,
    /// Low and high.
    pub(super) range: Option<(f64, f64)>,
}

impl Bar {
    fn longest(&self) -> f64 {
        let pieces: f64 = self.pieces.iter().map(|(_, length)| length).sum();
        pieces.max(self.frame.unwrap_or(0.0)).max(self.range.map_or(0.0, |(_, high)| high))
    }
}

/// The charts that say something of these machines.
fn charts(answers: &[&Answer]) -> Vec<Chart> {
    [memory(answers), speed(answers), cost(answers)].into_iter().flatten().collect()
}

/// The charts of every scenario; of two each says which it is of.
pub(super) fn charts_of(decisions: &[Decision<'_>]) -> Vec<Chart> {
    let of = |decision: &Decision<'_>| {
        let head = (decisions.len() > 1).then(|| format!("{}: ", quoted(decision.subject.scenario)));
        let head = head.unwrap_or_default();
        charts(&decision.order)
            .into_iter()
            .map(move |chart| Chart { title: format!("{head}{}", chart.title), ..chart })
            .collect::<Vec<Chart>>()
    };
    decisions.iter().flat_map(of).collect()
}

/// Memory part by part against each machine's limit.
fn memory(answers: &[&Answer]) -> Option<Chart> {
    let named = largest_parts(answers);
    let bars: Vec<Bar> = answers.iter().filter_map(|answer| memory_bar(answer, &named)).collect();
    let classes = ["p1", "p2", "p3", "p4"];
    let mut legend: Vec<(&'static str, String)> =
        classes.iter().zip(&named).map(|(class, part)| (*class, part.label().to_owned())).collect();
    if bars.iter().any(|bar| bar.pieces.iter().any(|(class, length)| *class == "p5" && *length > 0.0)) {
        legend.push(("p5", "everything else".to_owned()));
    }
    legend.push(("frame", "the limit".to_owned()));
    let note = "Best estimates at the peak; the frame ends at the limit that the verdict is made against.";
    chart("Memory by part against each machine's limit", note, legend, bars)
}

/// The parts that are largest on any machine, largest first.
fn largest_parts(answers: &[&Answer]) -> Vec<PartName> {
    let most = |part: PartName| {
        let peaks = answers.iter().filter_map(|answer| answer.estimate.budget.peak());
        peaks.map(|peak| peak.named(part).best.get()).fold(0.0, f64::max)
    };
    let mut parts: Vec<(PartName, f64)> =
        PartName::ALL.iter().map(|part| (*part, most(*part))).filter(|(_, bytes)| *bytes > 0.0).collect();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    parts.truncate(COLORS);
    parts.into_iter().map(|(part, _)| part).collect()
}

fn memory_bar(answer: &Answer, named: &[PartName]) -> Option<Bar> {
    let deciding = answer.estimate.fit.deciding()?;
    let place = deciding.ceiling.place;
    let phase = answer.estimate.budget.phases.iter().find(|phase| phase.name == deciding.phase)?;
    let counts = |of: Place| place.is_none_or(|place| place == of);
    let bytes = |name: PartName| -> f64 {
        let parts = phase.parts.iter().filter(|part| part.name == name && counts(part.place));
        parts.map(|part| part.bytes.best.get()).sum()
    };
    let need = deciding.need.best.get();
    let mut left = need;
    let mut pieces: Vec<(&'static str, f64)> = Vec::new();
    for (class, part) in ["p1", "p2", "p3", "p4"].into_iter().zip(named) {
        // What a ceiling does not count is not drawn under it.
        let length = bytes(*part).min(left);
        left -= length;
        pieces.push((class, length));
    }
    pieces.push(("p5", left));
    let (verdict, limit) = (answer.estimate.fit.verdict, deciding.ceiling.bytes.best);
    let need = show_before(deciding.need.best, limit);
    let says = format!("{need} of {} · {}", show_gib(limit), verdict.label());
    Some(Bar { name: answer.machine.name.clone(), says, pieces, frame: Some(limit.get()), range: None })
}

/// Whether what is made has more than one frame.
fn makes_a_clip(answer: &Answer) -> bool {
    answer.estimate.work_cost.is_some_and(|work| work.made == Made::Clip)
}

/// What people ask first of the speed, with its range.
fn speed(answers: &[&Answer]) -> Option<Chart> {
    let name = answers.iter().find_map(|answer| main_figure(&answer.estimate))?;
    let runs = |answer: &&&Answer| answer.estimate.fit.verdict < Verdict::DoesNotFit;
    let bar = |answer: &&Answer| {
        let band = figure(&answer.estimate, name)?;
        let [low, best, high] = [band.low, band.best, band.high].map(|value| figure_value(name, value));
        Some(Bar {
            name: answer.machine.name.clone(),
            says: format!("about {best} ({})", show_between(&low, &high)),
            pieces: vec![("speed", band.best)],
            frame: None,
            range: Some((band.low, band.high)),
        })
    };
    let bars: Vec<Bar> = answers.iter().filter(runs).filter_map(bar).collect();
    let (title, way) = match name {
        FigureName::Decode => ("Decode, tokens a second of a request", "longer is faster"),
        FigureName::Image if answers.iter().any(|answer| makes_a_clip(answer)) => {
            ("Time of a clip", "shorter is faster")
        }
        FigureName::Image => ("Time of an image", "shorter is faster"),
        _ => ("Time of a run", "shorter is faster"),
    };
    let note =
        format!("The bar ends at the best estimate, the line runs from the low to the high end; {way}.");
    chart(title, &note, Vec::new(), bars)
}

/// What each machine costs over the years.
fn cost(answers: &[&Answer]) -> Option<Chart> {
    let bar = |answer: &&Answer| {
        let cost = answer.estimate.cost?;
        let total = cost.total.get();
        let electricity = cost.electricity.map_or(0.0, Dollars::get);
        let pieces = if cost.rent.is_some() {
            vec![("rent", total)]
        } else {
            vec![("price", total - electricity), ("electricity", electricity)]
        };
        let alone = match cost.host {
            Some(host) if host.get() > 0.0 => " · with a computer around it",
            _ if cost.card_alone => " · the card alone",
            _ => "",
        };
        let unknown =
            if cost.rent.is_none() && cost.electricity.is_none() { " · power unknown" } else { "" };
        let says = format!("{}{alone}{unknown}", show_dollars(cost.total));
        Some(Bar { name: answer.machine.name.clone(), says, pieces, frame: None, range: None })
    };
    let holds = |answer: &&&Answer| answer.estimate.fit.verdict < Verdict::DoesNotFit;
    let bars: Vec<Bar> = answers.iter().filter(holds).filter_map(bar).collect();
    let usage = answers.iter().find_map(|answer| answer.estimate.cost)?.usage;
    let title = format!("Cost over {}", years(usage.years));
    let note = format!(
        "{} hours a day under load, ${} a kilowatt-hour; a rented machine is paid for those hours.",
        usage.hours_a_day, usage.tariff
    );
    let kinds = [
        ("price", "price, less what it is sold for in the end"),
        ("electricity", "electricity"),
        ("rent", "rent"),
    ];
    let used = |class: &str| {
        bars.iter().any(|bar| bar.pieces.iter().any(|(of, length)| *of == class && *length > 0.0))
    };
    let legend = kinds
        .into_iter()
        .filter(|(class, _)| used(class))
        .map(|(class, word)| (class, word.to_owned()))
        .collect();
    chart(&title, &note, legend, bars)
}

/// Draws the bars to one scale; nothing where there is none.
fn chart(title: &str, note: &str, legend: Vec<(&'static str, String)>, bars: Vec<Bar>) -> Option<Chart> {
    let longest = bars.iter().map(Bar::longest).fold(0.0, f64::max);
    if bars.is_empty() || longest <= 0.0 || !longest.is_finite() {
        return None;
    }
    let mut body = String::new();
    let mut top = 0.0;
    for bar in &bars {
        let drawn = draw(&mut body, bar, top, longest);
        debug_assert!(drawn.is_ok(), "a String takes any text");
        top += ROW;
    }
    let (title, note) = (title.to_owned(), note.to_owned());
    Some(Chart { title, note, legend, height: top, body, bars, longest })
}

/// A machine's name, its bar, and what the bar says.
fn draw(out: &mut String, bar: &Bar, top: f64, longest: f64) -> std::fmt::Result {
    let share = |value: f64| (value / longest * 100.0).clamp(0.0, 100.0);
    writeln!(out, r#"<text class="name" x="0" y="{}">{}</text>"#, top + 13.0, escaped(&bar.name))?;
    let y = top + 19.0;
    if let Some(frame) = bar.frame {
        writeln!(out, r#"<rect class="frame" x="0" y="{y}" width="{:.2}%" height="14"/>"#, share(frame))?;
    }
    let mut from = 0.0;
    for (class, length) in &bar.pieces {
        let (x, width) = (share(from), share(from + length) - share(from));
        if width > 0.0 {
            writeln!(out, r#"<rect class="{class}" x="{x:.2}%" y="{y}" width="{width:.2}%" height="14"/>"#)?;
        }
        from += length;
    }
    if let Some(limit) = bar.frame.map(share) {
        // Over the pieces, so that it shows where the need is beyond it.
        let (above, below) = (y - 2.0, y + 16.0);
        writeln!(
            out,
            r#"<line class="limit" x1="{limit:.2}%" y1="{above}" x2="{limit:.2}%" y2="{below}"/>"#
        )?;
    }
    if let Some((low, high)) = bar.range {
        let (low, high, middle) = (share(low), share(high), y + 7.0);
        writeln!(out, r#"<line class="range" x1="{low:.2}%" y1="{middle}" x2="{high:.2}%" y2="{middle}"/>"#)?;
    }
    writeln!(out, r#"<text class="says" x="0" y="{}">{}</text>"#, top + 46.0, escaped(&bar.says))
}

/// The charts of a comparison as one file of their own, on a light ground.
pub(super) fn standalone(title: &str, foot: &str, charts: &[Chart]) -> String {
    const WIDTH: f64 = 760.0;
    const MARGIN: f64 = 24.0;
    let mut body = String::new();
    let mut top = 56.0;
    for chart in charts {
        let drawn = framed(&mut body, chart, (MARGIN, top, WIDTH - 2.0 * MARGIN));
        debug_assert!(drawn.is_ok(), "a String takes any text");
        top += chart.height + 84.0;
    }
    let (title, foot) = (escaped(title), escaped(foot));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\n\
         <title>{title}</title>\n<style>{style}</style>\n<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n\
         <text class=\"title\" x=\"{MARGIN}\" y=\"36\">{title}</text>\n{body}\
         <text class=\"says\" x=\"{MARGIN}\" y=\"{foot_at}\">{foot}</text>\n</svg>\n",
        height = top + 24.0,
        foot_at = top + 4.0,
        style = include_str!("chart.css"),
    )
}

/// A chart with its title, legend and note at a place.
fn framed(out: &mut String, chart: &Chart, (x, top, width): (f64, f64, f64)) -> std::fmt::Result {
    writeln!(out, r#"<text class="head" x="{x}" y="{}">{}</text>"#, top + 14.0, escaped(&chart.title))?;
    writeln!(out, r#"<text class="says" x="{x}" y="{}">{}</text>"#, top + 32.0, escaped(&chart.note))?;
    let mut at = x;
    for (class, word) in &chart.legend {
        let y = top + 41.0;
        writeln!(out, r#"<rect class="{class}" x="{at}" y="{y}" width="11" height="11"/>"#)?;
        writeln!(out, r#"<text class="says" x="{}" y="{}">{}</text>"#, at + 16.0, y + 10.0, escaped(word))?;
        at += 34.0 + crate::units::count(word.chars().count() as u64) * 6.6;
    }
    let (y, height) = (top + 58.0, chart.height);
    writeln!(out, "<svg x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\">\n{}</svg>", chart.body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_share_one_scale_and_names_are_text() {
        let bar = |name: &str, length: f64| Bar {
            name: name.to_owned(),
            says: String::new(),
            pieces: vec![("p1", length)],
            frame: None,
            range: Some((length / 2.0, length)),
        };
        let drawn = chart("a", "b", Vec::new(), vec![bar("<b>", 50.0), bar("c", 200.0)]).expect("a chart");
        assert!(drawn.body.contains("width=\"25.00%\"") && drawn.body.contains("width=\"100.00%\""));
        assert!(drawn.body.contains("&lt;b&gt;") && !drawn.body.contains("<b>"), "{}", drawn.body);
        assert!(chart("a", "b", Vec::new(), vec![bar("none", 0.0)]).is_none(), "nothing is drawn of nothing");
    }
}
