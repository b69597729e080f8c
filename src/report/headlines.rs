//! The three figures of the first page: how fast, how much memory, how much money.

use super::Answer;
use super::advice::{made, named, run_of};
use super::decision::Decision;
use super::figure_words::figure_value;
use super::figures_of::{figure, fits, main_figure};
use super::speed_words::years;
use crate::engine::{Cost, FigureName};
use crate::units::{Dollars, show_between, show_dollars, show_gib, show_many};

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
    let asked = main_figure(&advised.estimate)?;
    let band = figure(&advised.estimate, asked)?;
    let [low, best, high] = [band.low, band.best, band.high].map(|value| figure_value(asked, value));
    let other = decision.fastest.filter(|fastest| !std::ptr::eq(*fastest, advised));
    let other = other.and_then(|fastest| {
        let value = figure_value(asked, figure(&fastest.estimate, asked)?.best);
        Some(format!("; fastest is the {}, {value}", named(&fastest.machine)))
    });
    let range = show_between(&low, &high);
    Some(Headline {
        figure: best,
        what: match asked {
            FigureName::Decode => "decode, each request".to_owned(),
            FigureName::Prefill => "prefill, all texts at once".to_owned(),
            FigureName::Image => made(advised).label().to_owned(),
            _ => run_of(advised),
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
            show_between(&low, &high),
            show_gib(deciding.ceiling.bytes.best)
        ),
    })
}

fn money_headline(decision: &Decision<'_>, advised: &Answer) -> Option<Headline> {
    let cost = advised.estimate.cost.filter(|_| fits(&advised.estimate))?;
    let rent = decision.rent.filter(|rent| !std::ptr::eq(*rent, advised));
    let rented = rent.and_then(|_| {
        Some(format!("; the same work rented: {}", show_dollars(decision.same_work_rented()?)))
    });
    let parts = match (cost.price, cost.electricity) {
        (Some(price), electricity) => {
            let some = |dollars: Option<Dollars>| dollars.filter(|dollars| dollars.get() > 0.0);
            let host = some(cost.host).map_or_else(String::new, |host| {
                format!(", {} for a computer around it", show_dollars(host))
            });
            let power = electricity.map_or_else(
                || ", without electricity: its power is unknown".to_owned(),
                |electricity| format!(", {} electricity", show_dollars(electricity)),
            );
            let residual = some(cost.residual).map_or_else(String::new, |back| {
                format!(", less {} that it is sold for", show_dollars(back))
            });
            format!("{}{host}{power}{residual}", show_dollars(price))
        }
        _ => "rent of all hours".to_owned(),
    };
    // A run that ends is paid for once.
    let run = figure(&advised.estimate, FigureName::RunDollars);
    if let (Some(band), true) = (run, decision.ends_before_it_pays().is_some()) {
        let [low, best, high] =
            [band.low, band.best, band.high].map(|value| figure_value(FigureName::RunDollars, value));
        return Some(Headline {
            figure: best,
            what: "for that run, rented".to_owned(),
            note: show_between(&low, &high),
        });
    }
    Some(Headline {
        figure: total(&cost),
        what: format!(
            "over {} at {} a day",
            years(cost.usage.years),
            show_many(cost.usage.hours_a_day, "hour")
        ),
        note: parts + &rented.unwrap_or_default(),
    })
}

fn total(cost: &Cost) -> String {
    show_dollars(cost.total)
}
