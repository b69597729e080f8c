//! Ranked rows as a table for a person.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::cli::escape::one_line;
use crate::cli::{Outside, table};
use crate::engine::Speed;
use crate::engine::rank::{HEAVY_LOSS, Row, Sort};
use crate::report::{hours, quality_words, rate, time};
use crate::spec::{Machine, Named as _, Offer, Quality, Scenario};
use crate::units::{Band, Dollars, show_dollars, show_gib, show_grouped};

/// Most rows that are printed.
const SHOWN: usize = 40;

/// A column: its name, whether it is a figure, and what stands in it.
struct Column {
    name: &'static str,
    is_figure: bool,
    cell: fn(&Row<'_>) -> String,
}

const fn words(name: &'static str, cell: fn(&Row<'_>) -> String) -> Column {
    Column { name, is_figure: false, cell }
}

const fn figure(name: &'static str, cell: fn(&Row<'_>) -> String) -> Column {
    Column { name, is_figure: true, cell }
}

/// Prints what fits or may fit, best first, and what should be known of it.
pub(super) fn say(scenario: &Scenario, rows: &[Row<'_>], by: Sort, outside: &mut Outside<'_>) {
    let one_machine = is_one(rows, |row| &row.machine.id);
    let one_model = is_one(rows, model);
    let on = rows.first().filter(|_| one_machine).map(|row| format!(" on {}", row.machine.name));
    // A model that was named beside the preset is not the one in its name.
    let own = scenario.language().map(|language| language.model.name.clone());
    let other = rows.first().and_then(model).filter(|model| own.as_ref().is_some_and(|own| own != model));
    let what = if one_model { other.unwrap_or_else(|| scenario.name.clone()) } else { "Models".to_owned() };
    let context = scenario
        .inference()
        .map(|inference| format!(", {} tokens of context", show_grouped(inference.context)));
    let context = context.unwrap_or_default();
    let sorted = match (by, one_machine) {
        (Sort::Newest, true) => "newest model first",
        (Sort::Newest, false) => "newest machine first",
        _ => by.label(),
    };
    let heading = format!("{what}{}{context}, {sorted}", on.unwrap_or_default());
    outside.print(&format!("{}\n\n", one_line(&heading)));

    let fit: Vec<&Row<'_>> = rows.iter().filter(|row| row.fits()).collect();
    let shown = fit.get(..SHOWN.min(fit.len())).unwrap_or_default();
    if rows.is_empty() {
        outside.print("nothing is left to rank\n");
    } else if shown.is_empty() {
        outside.print("nothing fits\n");
    } else {
        let columns = columns(shown, (one_machine, one_model));
        let names = columns.iter().map(|column| column.name.to_owned()).collect();
        let cells = shown.iter().map(|row| columns.iter().map(|column| (column.cell)(row)).collect());
        let figures = (0..columns.len()).filter(|at| columns.get(*at).is_some_and(|column| column.is_figure));
        let figures: Vec<usize> = figures.collect();
        outside.print(&(table::lines(std::iter::once(names).chain(cells), &figures).join("\n") + "\n"));
    }
    let notes = notes(rows, shown, fit.len(), (by, one_machine));
    if !notes.is_empty() {
        outside.print("\n");
    }
    for note in notes {
        outside.print(&format!("{}\n", one_line(&note)));
    }
}

/// The machines that the highest price left out.
pub(super) fn say_left_out(left_out: &[Arc<Machine>], most: Option<f64>, outside: &mut Outside<'_>) {
    let Some(most) = most.filter(|_| !left_out.is_empty()) else { return };
    let most = show_dollars(Dollars::new(most));
    let priced = |machine: &Machine| match &machine.offer {
        Some(Offer::Buy(price)) => format!("{} costs {}", machine.name, show_dollars(*price.value())),
        _ => format!("the price of {} is unknown", machine.name),
    };
    let text = if left_out.len() <= 3 {
        let all: Vec<String> = left_out.iter().map(|machine| priced(machine)).collect();
        format!("Left out by --max-price {most}: {}.", all.join("; "))
    } else {
        let count = left_out.len();
        format!(
            "{count} machines cost more than --max-price {most} or have no known price, and were left out."
        )
    };
    outside.print(&format!("\n{}\n", one_line(&text)));
}

fn is_one<'r, T: PartialEq>(rows: &'r [Row<'_>], of: impl Fn(&'r Row<'_>) -> T) -> bool {
    rows.iter().map(of).collect::<Vec<_>>().windows(2).all(|pair| matches!(pair, [a, b] if a == b))
}

fn model(row: &Row<'_>) -> Option<String> {
    row.estimate.resolved.scenario.language().map(|language| language.model.name.clone())
}

/// The columns that say something of these rows.
fn columns(shown: &[&Row<'_>], (one_machine, one_model): (bool, bool)) -> Vec<Column> {
    let mut columns = Vec::with_capacity(11);
    if !one_model {
        columns.push(words("model", |row| model(row).unwrap_or_default()));
    }
    let has_quantization = shown.iter().any(|row| row.quantization().is_some());
    if has_quantization {
        columns.push(words("quantization", |row| row.quantization().map_or("", |it| it.key()).to_owned()));
    }
    if !one_machine {
        columns.push(words("machine", |row| row.machine.name.clone()));
    }
    columns.extend([
        words("runtime", |row| row.estimate.resolved.runtime.name().to_owned()),
        words("verdict", |row| row.estimate.fit.verdict.label().to_owned()),
        figure("memory", |row| row.memory().map_or_else(String::new, show_gib)),
        figure("speed", speed),
    ]);
    if shown.iter().any(|row| row.inference().is_some()) {
        columns.push(figure("TTFT", |row| {
            row.inference()
                .map_or_else(String::new, |speed| time(Band::exact(speed.time_to_first_token.best)))
        }));
    }
    if !one_machine {
        columns.push(figure("price", price));
    }
    columns.push(figure("cost", cost));
    if has_quantization {
        columns.push(words("quality", |row| quality_words(row.quality)));
    }
    columns
}

fn speed(row: &Row<'_>) -> String {
    match &row.estimate.speed {
        Some(Speed::Inference(speed)) => rate(Band::exact(speed.decode.best)),
        Some(Speed::Reading(speed)) => rate(Band::exact(speed.tokens.best)),
        Some(Speed::Training(speed)) => rate(Band::exact(speed.tokens.best)),
        Some(Speed::Gnn(speed)) => hours(Band::exact(speed.run.best)),
        // Several devices make as many at once, and are sorted by that.
        Some(Speed::Images(speed)) => {
            let several =
                if speed.at_once > 1 { format!(", {} at once", speed.at_once) } else { String::new() };
            format!("{} {}{several}", time(Band::exact(speed.image.best)), speed.each())
        }
        None => "unknown".to_owned(),
    }
}

/// With its basis: `$1,999 list`.
fn price(row: &Row<'_>) -> String {
    match &row.machine.offer {
        Some(Offer::Buy(price)) => format!("{} {}", show_dollars(*price.value()), price.basis.label()),
        Some(Offer::Rent(rent)) => format!("${:.2}/h", rent.value().get()),
        None => "unknown".to_owned(),
    }
}

/// Of a million tokens generated, or of a run.
fn cost(row: &Row<'_>) -> String {
    let Some(work) = row.estimate.work_cost else { return "unknown".to_owned() };
    let (dollars, unit) = match &row.estimate.speed {
        Some(Speed::Inference(_) | Speed::Reading(_)) => (work.million_tokens, "/M"),
        _ => (work.run, ""),
    };
    let unit = if unit.is_empty() { format!(" {}", work.made.label()) } else { unit.to_owned() };
    dollars.map_or_else(String::new, |dollars| format!("{}{unit}", show_dollars(dollars.best)))
}

/// What should be known of the rows: of all, and of those that are shown.
fn notes(rows: &[Row<'_>], shown: &[&Row<'_>], fit: usize, (by, one_machine): (Sort, bool)) -> Vec<String> {
    let mut notes = Vec::new();
    if fit > shown.len() {
        notes.push(format!("{} more fit; --json lists all.", fit - shown.len()));
    }
    let rest = rows.len() - fit;
    if rest > 0 && fit > 0 {
        notes.push(format!("{rest} of {} do not fit, or not certainly, and are not shown.", rows.len()));
    }
    let mut bases: BTreeMap<&str, usize> = BTreeMap::new();
    for row in shown.iter().filter(|_| !one_machine) {
        let basis = match &row.machine.offer {
            Some(Offer::Buy(price)) => price.basis.label(),
            Some(Offer::Rent(_)) => "rented by the hour",
            None => "unknown",
        };
        *bases.entry(basis).or_default() += 1;
    }
    if bases.len() > 1 {
        let bases: Vec<String> = bases.iter().map(|(basis, times)| format!("{basis} ({times})")).collect();
        notes.push(format!("Prices are of several bases, so they compare roughly: {}.", bases.join(", ")));
    }
    let cards = || shown.iter().filter(|row| row.machine.leaves_out_computer());
    let around = |row: &&&Row<'_>| row.estimate.cost.and_then(|cost| cost.host).is_some();
    let host = cards().filter(around).find_map(|row| row.estimate.cost?.host);
    if let Some(host) = host {
        notes.push(format!(
            "The price of a card is without the computer around it; its cost is with one at {}.",
            show_dollars(host)
        ));
    } else if cards().next().is_some() {
        notes.push("Price and cost of a card are without the computer around it.".to_owned());
    }
    if shown.iter().any(|row| matches!(row.quality, Some(Quality::Nearest(_)))) {
        notes.push(
            "Quality is the loss that was measured on the model in brackets: the row's own, or else the nearest in size."
                .to_owned(),
        );
    }
    let heavy = |row: &Row<'_>| row.quality.is_some_and(|quality| quality.loss() > HEAVY_LOSS);
    if by == Sort::Size && rows.iter().any(|row| row.fits() && heavy(row)) {
        notes.push(format!("Models that fit only with a loss above {HEAVY_LOSS} stand behind all others."));
    }
    let metrics = shown.iter().filter_map(|row| row.quality?.measured()).map(|loss| loss.metric);
    let metrics: BTreeSet<_> = metrics.collect();
    if by == Sort::Quality && metrics.len() > 1 {
        notes.push("Losses were scored in several ways, which do not compare with one another.".to_owned());
    }
    notes
}
