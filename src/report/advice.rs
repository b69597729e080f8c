//! What a comparison comes to, in sentences: the question, the answer, and what speaks for another choice.

use super::decision::{Decision, card_alone, overlap};
use super::figure_words::{figure_value, long_hours};
use super::figures_of::{figure, fits, main_figure, pace};
use super::speed_words::years;
use super::{Answer, Report, sentence};
use crate::engine::{Cost, FigureName, Verdict};
use crate::spec::{Machine, Offer};
use crate::units::{Dollars, show_dollars, show_gib};

/// What is asked, as the title of a report.
pub(super) fn question(report: &Report) -> String {
    let name = &report.scenario.name;
    match report.answers.as_slice() {
        [one] => format!("Does “{name}” run on {}?", one.machine.name),
        _ => format!("Which machine for “{name}”?"),
    }
}

/// The answer in a sentence or two.
pub(super) fn answer(decision: &Decision<'_>) -> String {
    let Some(advised) = decision.advised() else { return "No machine was asked about.".to_owned() };
    if !fits(&advised.estimate) {
        return none_fits(decision);
    }
    let needs = advised.estimate.fit.deciding().map_or_else(String::new, |deciding| {
        let (need, limit) = (show_gib(deciding.need.best), show_gib(deciding.ceiling.bytes.best));
        format!(" and needs {} of {limit}", need.trim_end_matches(" GiB"))
    });
    let speed =
        speed(advised).map_or_else(|| "Its speed is unknown".to_owned(), |speed| format!("It {speed}"));
    format!("{}. {speed}{needs}.", what_to_do(decision, advised))
}

/// `Buy X, $3,150 (in shops, 2026-07)`, or to rent it, or that it holds the workload.
fn what_to_do(decision: &Decision<'_>, advised: &Answer) -> String {
    let name = &advised.machine.name;
    let alone = if decision.order.len() == 1 { "" } else { ", the least expensive that holds it" };
    match &advised.machine.offer {
        Some(Offer::Buy(_)) => format!("Buy {name}, {}{alone}", price(&advised.machine)),
        Some(Offer::Rent(_)) => format!("Rent {name}, {}{alone}", price(&advised.machine)),
        None => format!("{name} holds it; its price is unknown"),
    }
}

/// A price with its basis and day.
pub(super) fn price(machine: &Machine) -> String {
    match &machine.offer {
        Some(Offer::Buy(price)) => format!("{} ({})", show_dollars(*price.value()), price.words()),
        Some(Offer::Rent(rent)) => format!("${:.2} an hour (list, {})", rent.value().get(), rent.3),
        None => "price unknown".to_owned(),
    }
}

/// How fast it is, as a sentence goes on: `decodes about 9.2 tok/s (7.1 to 12.0)`.
fn speed(answer: &Answer) -> Option<String> {
    let name = main_figure(&answer.estimate)?;
    let words = about(answer, name)?;
    Some(match name {
        FigureName::Decode => format!("decodes {words}"),
        FigureName::Image => format!("makes an image in {words}"),
        _ => format!("takes {words} a run"),
    })
}

/// `about 9.2 tok/s (7.1 to 12.0 tok/s)`.
pub(super) fn about(answer: &Answer, name: FigureName) -> Option<String> {
    let band = figure(&answer.estimate, name)?;
    let [low, best, high] = [band.low, band.best, band.high].map(|value| figure_value(name, value));
    if low == high {
        return Some(best);
    }
    Some(format!("about {best} ({})", crate::units::show_between(&low, &high)))
}

/// That nothing is known to fit, and what comes nearest.
fn none_fits(decision: &Decision<'_>) -> String {
    let several = decision.order.len() > 1;
    if let Some(first) = decision.uncertain().next() {
        let lead = if several { "None is certain to hold it. " } else { "That is not certain. " };
        let words = sentence(&first.estimate, &first.machine.name);
        return format!("{lead}{}: {}.", words.headline, words.detail);
    }
    let missing =
        |answer: &&Answer| {
            answer.estimate.fit.deciding().map_or(f64::INFINITY, |deciding| {
                deciding.need.best.get() - deciding.ceiling.bytes.best.get()
            })
        };
    let nearest = decision.order.iter().min_by(|a, b| missing(a).total_cmp(&missing(b)));
    nearest.map_or_else(String::new, |nearest| {
        let words = sentence(&nearest.estimate, &nearest.machine.name);
        let lead = if several { "None of them holds it. The nearest: " } else { "No. " };
        format!("{lead}{}: {}.", words.headline, words.detail)
    })
}

/// What speaks for another choice, and what to know before paying: a sentence each.
pub(super) fn considerations(decision: &Decision<'_>) -> Vec<String> {
    let mut said = Vec::new();
    let Some(advised) = decision.advised() else { return said };
    if fits(&advised.estimate) {
        said.extend(faster(decision, advised));
        said.extend(whole_computer(decision, advised));
        said.extend(renting(decision, advised));
    }
    let fitting = decision.fitting();
    if decision.order.len() > 1 {
        said.push(format!("{} of {} machines hold it.", fitting, decision.order.len()));
    }
    if fitting > 0 {
        said.extend(decision.uncertain().map(|answer| {
            let words = sentence(&answer.estimate, &answer.machine.name);
            format!("Uncertain: {}; {}.", words.headline, words.detail)
        }));
    }
    let out = decision.order.iter().filter(|answer| answer.estimate.fit.verdict >= Verdict::DoesNotFit);
    said.extend(out.filter(|answer| fitting > 0 || !std::ptr::eq(**answer, advised)).map(|answer| {
        let words = sentence(&answer.estimate, &answer.machine.name);
        format!("{}: {}; {}.", answer.estimate.fit.verdict.label(), words.headline, words.detail)
    }));
    said
}

/// What is faster than the advised one, by how much and for how much more.
fn faster(decision: &Decision<'_>, advised: &Answer) -> Option<String> {
    let fastest = decision.fastest.filter(|fastest| !std::ptr::eq(*fastest, advised));
    let Some(fastest) = fastest else {
        return (decision.fitting() > 1).then(|| "It is also the fastest of those that hold it.".to_owned());
    };
    let (ours, theirs) = (pace(&advised.estimate)?, pace(&fastest.estimate)?);
    let times = theirs.best / ours.best;
    let sure = if overlap(ours, theirs) { ", though the two ranges overlap" } else { "" };
    let more = price_difference(fastest, advised);
    Some(format!(
        "{} is the fastest, {times:.1} times as fast by the best estimates{sure}: {}{more}.",
        fastest.machine.name,
        about(fastest, main_figure(&fastest.estimate)?)?,
    ))
}

/// What one costs beyond another over the years.
fn price_difference(one: &Answer, other: &Answer) -> String {
    let both = one.estimate.cost.zip(other.estimate.cost);
    both.map_or_else(String::new, |(one, other)| {
        let more = Dollars::new(one.total.get() - other.total.get());
        format!(", for {} more over {}", show_dollars(more), years(one.usage.years))
    })
}

/// That a card needs a computer, and which whole computer costs least.
fn whole_computer(decision: &Decision<'_>, advised: &Answer) -> Option<String> {
    if !card_alone(advised) {
        return None;
    }
    let whole = decision.computer.map_or_else(String::new, |computer| {
        let speed = speed(computer).map_or_else(String::new, |speed| format!(", which {speed}"));
        let (name, price) = (&computer.machine.name, price(&computer.machine));
        format!(" The least expensive whole computer is {name}, {price}{speed}.")
    });
    Some(format!(
        "{} is a card: the computer around it is in neither its price nor its power.{whole}",
        advised.machine.name
    ))
}

/// Until when renting costs less.
fn renting(decision: &Decision<'_>, advised: &Answer) -> Option<String> {
    let rent = decision.rent.filter(|rent| !std::ptr::eq(*rent, advised))?;
    let (name, price) = (&rent.machine.name, price(&rent.machine));
    let Some(hours) = decision.beats_rent_after() else {
        return Some(format!(
            "{name} can be rented, {price}; by these figures buying never catches up with it."
        ));
    };
    let usage = rent.estimate.cost?.usage;
    let days = hours.get() / usage.hours_a_day;
    let daily = if usage.hours_a_day > 0.0 && days.is_finite() {
        format!(", {days:.0} days at {} hours a day", usage.hours_a_day)
    } else {
        String::new()
    };
    Some(format!(
        "Renting {name}, {price}, costs less up to {} of work on {}{daily}.",
        long_hours(hours),
        advised.machine.name
    ))
}

/// One of the three figures of the first page.
pub(super) struct Headline {
    /// The figure itself.
    pub(super) figure: String,
    /// What it is.
    pub(super) what: String,
    /// Its band, and what it is held against.
    pub(super) note: String,
}

/// How fast, how much memory, how much money: of the machine that is advised.
pub(super) fn headlines(decision: &Decision<'_>) -> Vec<Headline> {
    let Some(advised) = decision.advised() else { return Vec::new() };
    [speed_headline(decision, advised), memory_headline(advised), money_headline(decision, advised)]
        .into_iter()
        .flatten()
        .collect()
}

fn speed_headline(decision: &Decision<'_>, advised: &Answer) -> Option<Headline> {
    if !fits(&advised.estimate) {
        return None;
    }
    let name = main_figure(&advised.estimate)?;
    let band = figure(&advised.estimate, name)?;
    let [low, best, high] = [band.low, band.best, band.high].map(|value| figure_value(name, value));
    let other = decision.fastest.filter(|fastest| !std::ptr::eq(*fastest, advised));
    let other = other.and_then(|fastest| {
        let value = figure_value(name, figure(&fastest.estimate, name)?.best);
        Some(format!("; {} {value}", fastest.machine.name))
    });
    let range = crate::units::show_between(&low, &high);
    Some(Headline {
        figure: best,
        what: match name {
            FigureName::Decode => "decode, each request".to_owned(),
            FigureName::Image => "an image".to_owned(),
            _ => "a run".to_owned(),
        },
        note: range + &other.unwrap_or_default(),
    })
}

fn memory_headline(advised: &Answer) -> Option<Headline> {
    let deciding = advised.estimate.fit.deciding()?;
    let need = deciding.need;
    let (low, high) = (show_gib(need.low), show_gib(need.high));
    Some(Headline {
        figure: show_gib(need.best),
        what: format!("at the peak, {}", deciding.phase.during()),
        note: format!(
            "{}; the limit is {}",
            crate::units::show_between(&low, &high),
            show_gib(deciding.ceiling.bytes.best)
        ),
    })
}

fn money_headline(decision: &Decision<'_>, advised: &Answer) -> Option<Headline> {
    let cost = advised.estimate.cost?;
    let rent = decision.rent.filter(|rent| !std::ptr::eq(*rent, advised));
    let rented = rent.and_then(|rent| {
        Some(format!("; {} as many hours: {}", rent.machine.name, total(&rent.estimate.cost?)))
    });
    let parts = match (cost.price, cost.electricity) {
        (Some(price), Some(electricity)) => {
            format!("{} and {} electricity", show_dollars(price), show_dollars(electricity))
        }
        (Some(_), None) => "without electricity: its power is unknown".to_owned(),
        _ => "rent of all hours under load".to_owned(),
    };
    Some(Headline {
        figure: total(&cost),
        what: format!("over {} at {} hours a day", years(cost.usage.years), cost.usage.hours_a_day),
        note: parts + &rented.unwrap_or_default(),
    })
}

fn total(cost: &Cost) -> String {
    show_dollars(cost.total)
}
