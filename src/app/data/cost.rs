//! The cost page: what machines cost to own and to run, and when buying beats renting.

use super::chart::{Chart, Curve};
use crate::app::answers::{Answers, Judged};
use crate::app::names;
use crate::app::state::AppState;
use crate::engine::{Cost, Verdict, break_even, cost, work_an_hour, work_cost};
use crate::report::dollars;
use crate::spec::{Scenario, Workload};
use crate::units::{Dollars, Hours, Seconds, show_dollars, show_figures, show_time};

/// A machine with its cost.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CostRow {
    /// Its name.
    pub name: String,
    /// Price in dollars.
    pub price: f64,
    /// Electricity, or rent, in dollars.
    pub running: f64,
    /// Whether `running` is rent.
    pub rented: bool,
    /// All together, as it is read.
    pub total: String,
    /// What a unit of work costs.
    pub work: String,
    /// What is said beside it: when it beats renting.
    pub beside: String,
    /// Whether it is the chosen machine.
    pub chosen: bool,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CostData {
    /// What the totals are of: `5 years, 8 h a day`.
    pub span: String,
    /// Machines, the cheapest that fit first.
    pub rows: Vec<CostRow>,
    /// Dollars after hours, bought and rented.
    pub chart: Chart,
}

/// Machines shown where none are ticked.
const SHOWN: usize = 8;

/// Builds the page.
pub(crate) fn build(state: &AppState, answers: &Answers) -> CostData {
    let mut shown: Vec<Priced<'_>> = answers
        .judged
        .iter()
        .filter(|judged| {
            let ticked = state.compared.contains(&judged.machine.id) || judged.machine.id == state.machine;
            ticked || (state.compared.is_empty() && judged.fit.verdict <= Verdict::Tight)
        })
        .filter_map(|judged| Some((judged, cost(&judged.machine, &state.usage)?)))
        .collect();
    shown.sort_by(|a, b| a.1.total.get().total_cmp(&b.1.total.get()));
    let rent = cheapest_rent(answers, state);
    if state.compared.is_empty() {
        shown.truncate(SHOWN);
        let missing = rent.filter(|(rent, _)| !shown.iter().any(|(judged, _)| std::ptr::eq(*judged, *rent)));
        shown.extend(missing);
    }
    CostData {
        span: format!(
            "{} years, {} h a day under load, ${} a kilowatt-hour",
            state.usage.years, state.usage.hours_a_day, state.usage.tariff
        ),
        rows: shown
            .iter()
            .map(|(judged, cost)| CostRow {
                beside: beside(judged, cost, rent, &shown),
                ..row(judged, cost, &state.machine)
            })
            .collect(),
        chart: chart(&shown, state),
    }
}

/// A machine and its cost.
type Priced<'a> = (&'a Judged, Cost);

/// The rental on which the work costs least.
fn cheapest_rent<'a>(answers: &'a Answers, state: &AppState) -> Option<Priced<'a>> {
    let dear = |(judged, cost): &Priced<'_>| {
        let work = judged.speed.as_ref().map_or(f64::NAN, work_an_hour);
        cost.hour.get() / work
    };
    answers
        .judged
        .iter()
        .filter(|judged| judged.fit.verdict <= Verdict::Tight && judged.speed.is_some())
        .filter_map(|judged| Some((judged, cost(&judged.machine, &state.usage)?)))
        .filter(|(_, cost)| cost.rent.is_some())
        .min_by(|a, b| dear(a).total_cmp(&dear(b)))
}

/// After how many hours one machine has cost less than another for the same work.
fn ahead_after(one: &Priced<'_>, other: &Priced<'_>) -> Option<Hours> {
    let work = |(judged, _): &Priced<'_>| judged.speed.as_ref().map(work_an_hour);
    break_even(&one.1, &other.1, work(one)? / work(other)?)
}

/// When the machine beats renting, and the next cheaper one to buy.
fn beside(judged: &Judged, cost: &Cost, rent: Option<Priced<'_>>, shown: &[Priced<'_>]) -> String {
    let Some(price) = cost.price else { return String::new() };
    if cost.electricity.is_none() {
        return "its power is unknown".to_owned();
    }
    let this = (judged, *cost);
    let price_of = |other: &Priced<'_>| other.1.price.map_or(f64::MAX, Dollars::get);
    let cheaper = shown
        .iter()
        .filter(|other| price_of(other) < price.get())
        .max_by(|a, b| price_of(a).total_cmp(&price_of(b)));
    let beats = |name: &str, other: &Priced<'_>| {
        ahead_after(&this, other).map(|hours| format!("beats {name} after {}", long(hours)))
    };
    let over_rent = rent.and_then(|rent| beats("rent", &rent));
    let over_next = cheaper.and_then(|other| beats(&names::on_plot(&other.0.machine), other));
    over_rent.into_iter().chain(over_next).collect::<Vec<_>>().join(", ")
}

fn row(judged: &Judged, cost: &Cost, chosen: &str) -> CostRow {
    let work = judged.speed.as_ref().map(|speed| work_cost(cost, speed));
    let work = match work.map(|work| (work.million_tokens, work.run)) {
        Some((_, Some(run))) => format!("{} a run", dollars(run)),
        Some((Some(tokens), None)) => format!("{} per million tokens", dollars(tokens)),
        _ => String::new(),
    };
    let running = cost.total.get() - cost.price.map_or(0.0, Dollars::get);
    CostRow {
        name: names::on_plot(&judged.machine),
        price: cost.price.map_or(0.0, Dollars::get),
        running,
        rented: cost.rent.is_some(),
        total: show_dollars(cost.total),
        work,
        beside: String::new(),
        chosen: judged.machine.id == chosen,
    }
}

/// Hours as people plan them.
fn long(hours: Hours) -> String {
    if hours.get() >= 100.0 {
        format!("{} h", crate::units::show_grouped(crate::units::whole(hours.get())))
    } else {
        show_time(Seconds::new(hours.get() * 3600.0))
    }
}

/// Dollars spent for so much work, idling apart.
fn chart(shown: &[Priced<'_>], state: &AppState) -> Chart {
    let work = |(judged, _): &Priced<'_>| judged.speed.as_ref().map(work_an_hour);
    let of = |rented: bool, most: usize| {
        shown.iter().filter(move |(_, cost)| cost.rent.is_some() == rented).take(most)
    };
    let picked: Vec<&Priced<'_>> =
        of(false, 4).chain(of(true, 2)).filter(|one| work(one).is_some()).collect();
    // As much as the first of them does in all years.
    let most = picked.first().and_then(|one| work(one)).unwrap_or(1.0) * state.usage.hours().get().max(1.0);
    let curves = picked
        .into_iter()
        .map(|one| {
            let (judged, cost) = one;
            let start = cost.price.map_or(0.0, Dollars::get);
            let slope = cost.running.get() / work(one).unwrap_or(1.0);
            Curve {
                name: names::on_plot(&judged.machine),
                points: vec![(0.0, start), (most, slope.mul_add(most, start))],
                band: Vec::new(),
                chosen: judged.machine.id == state.machine,
            }
        })
        .collect();
    let ticks =
        (0..5).map(|index| most / 4.0 * f64::from(index)).map(|work| (work, show_figures(work))).collect();
    Chart {
        title: "Dollars spent for the same work, idling apart".to_owned(),
        along: unit_of_work(&state.scenario).to_owned(),
        log_x: false,
        log_y: false,
        ticks,
        curves,
        marks: Vec::new(),
    }
}

const fn unit_of_work(scenario: &Scenario) -> &'static str {
    match &scenario.workload {
        Workload::Inference(..) => "million tokens written",
        Workload::FineTune(..) | Workload::GraphSequence(..) => "million tokens trained on",
        Workload::Gnn(_) => "runs",
        Workload::Diffusion(_) => "runs or pictures",
    }
}
