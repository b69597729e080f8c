//! The cost page: what machines cost to own and to run, and when buying beats renting.

use super::chart::{Chart, Curve, Unit};
use crate::app::answers::Answers;
use crate::app::evaluated::Evaluated;
use crate::app::names;
use crate::app::state::AppState;
use crate::app::text;
use crate::app::widgets::axis_marks::{mark_text, marks};
use crate::engine::working::{Detail, Figure};
use crate::engine::{Cost, FigureName, Spending, Verdict, WorkCost, break_even, spending};
use crate::report::{cost_figures, dollars, figure_value, long_hours, years};
use crate::spec::{Machine, Offer, Scenario, Workload};
use crate::units::{Dollars, Hours, show_dollars, show_figures, show_plain};

/// A machine with its cost.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CostRow {
    /// Its id.
    pub id: String,
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
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CostData {
    /// What the totals are of: `5 years, 8 h a day`.
    pub span: String,
    /// The chosen machine's id and price, or rent.
    pub price: Option<(String, String)>,
    /// The chosen machine's figures, whose workings open.
    pub figures: Vec<(FigureName, String)>,
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
        .evaluated
        .iter()
        .filter(|evaluated| {
            let ticked =
                state.compared.contains(&evaluated.machine.id) || evaluated.machine.id == state.machine;
            ticked || (state.compared.is_empty() && evaluated.estimate.fit.verdict <= Verdict::Tight)
        })
        .filter_map(|evaluated| Some((evaluated, evaluated.estimate.cost?)))
        .collect();
    shown.sort_by(|a, b| a.1.total.get().total_cmp(&b.1.total.get()));
    let rent = cheapest_rent(answers);
    if state.compared.is_empty() {
        shown.truncate(SHOWN);
        let missing =
            rent.filter(|(rent, _)| !shown.iter().any(|(evaluated, _)| std::ptr::eq(*evaluated, *rent)));
        shown.extend(missing);
    }
    CostData {
        span: text::h_a_day_under_load_a_kilowatt(
            &years(state.usage.years),
            &show_plain(state.usage.hours_a_day),
            &show_plain(state.usage.tariff),
        ),
        price: answers.machine.as_ref().and_then(|machine| {
            let shown = match machine.offer.as_ref()? {
                Offer::Buy(price) => format!("{} {}", show_dollars(*price.value()), price.basis.label()),
                Offer::Rent(rent) => text::an_hour(&show_figures(rent.value().get())),
            };
            Some((machine.id.clone(), shown))
        }),
        figures: figures(answers),
        rows: shown
            .iter()
            .map(|(evaluated, cost)| CostRow {
                beside: beside(evaluated, cost, rent.as_ref(), &shown),
                ..row(evaluated, cost, &state.machine)
            })
            .collect(),
        chart: chart(&shown, state),
    }
}

/// The chosen machine's figures.
pub(crate) fn figures(answers: &Answers) -> Vec<(FigureName, String)> {
    let estimate = &answers.estimate;
    let figures = estimate.cost.map(|cost| cost_figures(&cost, estimate.work_cost.as_ref()));
    let beats = beats_rent(answers, Detail::Figures);
    let beats = beats.map(|hours| (FigureName::BreakEven, figure_value(FigureName::BreakEven, hours.value)));
    let api = estimate.api.map(|api| {
        [(FigureName::ApiInput, dollars(api.input)), (FigureName::ApiOutput, dollars(api.output))]
    });
    figures.into_iter().flatten().chain(beats).chain(api.into_iter().flatten()).collect()
}

/// A machine and its cost.
type Priced<'a> = (&'a Evaluated, Cost);

/// The rental on which the work costs least.
fn cheapest_rent(answers: &Answers) -> Option<Priced<'_>> {
    let dear = |(evaluated, _): &Priced<'_>| work(evaluated).map_or(f64::NAN, |work| work.unit.get());
    answers
        .evaluated
        .iter()
        .filter(|evaluated| evaluated.estimate.fit.verdict <= Verdict::Tight && work(evaluated).is_some())
        .filter_map(|evaluated| Some((evaluated, evaluated.estimate.cost?)))
        .filter(|(_, cost)| cost.rent.is_some())
        .min_by(|a, b| dear(a).total_cmp(&dear(b)))
}

/// What the workload costs on a machine.
const fn work(evaluated: &Evaluated) -> Option<&WorkCost> {
    evaluated.estimate.work_cost.as_ref()
}

/// After how many hours one machine has cost less than another for the same work.
fn ahead_after(one: &Priced<'_>, other: &Priced<'_>) -> Option<Hours> {
    let pace = work(one.0)?.work_per_hour / work(other.0)?.work_per_hour;
    break_even(&one.1, &other.1, pace, Detail::Figures).map(|hours| Hours::new(hours.value))
}

/// After how many hours the chosen machine has cost less than renting, with its working.
pub(crate) fn beats_rent(answers: &Answers, detail: Detail) -> Option<Figure> {
    let (cost, own) = (answers.estimate.cost?, answers.estimate.work_cost?);
    let (rental, rent) = cheapest_rent(answers)?;
    break_even(&cost, &rent, own.work_per_hour / work(rental)?.work_per_hour, detail)
}

/// When the machine beats renting, and the next cheaper one to buy.
fn beside(evaluated: &Evaluated, cost: &Cost, rent: Option<&Priced<'_>>, shown: &[Priced<'_>]) -> String {
    let Some(price) = cost.price else { return String::new() };
    if cost.electricity.is_none() {
        return text::its_power_is_unknown().to_owned();
    }
    let this = (evaluated, *cost);
    let price_of = |other: &Priced<'_>| other.1.price.map_or(f64::MAX, Dollars::get);
    let cheaper = shown
        .iter()
        .filter(|other| price_of(other) < price.get())
        .max_by(|a, b| price_of(a).total_cmp(&price_of(b)));
    let beats = |name: &str, other: &Priced<'_>| {
        ahead_after(&this, other).map(|hours| text::beats_after(&name, &long_hours(hours)))
    };
    let over_rent = rent.and_then(|rent| beats(&rent_of(&rent.0.machine), rent));
    let over_next = cheaper.and_then(|other| beats(&names::on_plot(&other.0.machine), other));
    over_rent.into_iter().chain(over_next).collect::<Vec<_>>().join(", ")
}

/// `rent of H100 SXM`.
fn rent_of(machine: &Machine) -> String {
    let name = names::on_plot(machine);
    text::rent_of(&name.strip_suffix(", rented").unwrap_or(&name))
}

fn row(evaluated: &Evaluated, cost: &Cost, chosen: &str) -> CostRow {
    let work = match work(evaluated).map(|work| (work.million_tokens, work.run)) {
        Some((_, Some(run))) => text::cost_a_run(&dollars(run)),
        Some((Some(tokens), None)) => text::per_million_tokens(&dollars(tokens)),
        _ => String::new(),
    };
    let basis = cost.basis.map(|basis| text::cost_price(&basis.label()));
    let alone = cost.card_alone.then(|| text::card_alone().to_owned());
    let work = [Some(work).filter(|work| !work.is_empty()), basis, alone].into_iter().flatten();
    let work = work.collect::<Vec<String>>().join(" · ");
    let running = cost.total.get() - cost.kept_paid().get();
    CostRow {
        id: evaluated.machine.id.clone(),
        name: names::on_plot(&evaluated.machine),
        price: cost.kept_paid().get().max(0.0),
        running,
        rented: cost.rent.is_some(),
        total: show_dollars(cost.total),
        work,
        beside: String::new(),
        chosen: evaluated.machine.id == chosen,
    }
}

/// Dollars spent for so much work, idling apart.
fn chart(shown: &[Priced<'_>], state: &AppState) -> Chart {
    let of = |rented: bool, most: usize| {
        shown.iter().filter(move |(_, cost)| cost.rent.is_some() == rented).take(most)
    };
    let picked: Vec<(&Evaluated, Spending)> = of(false, 4)
        .chain(of(true, 2))
        .filter_map(|(evaluated, cost)| Some((*evaluated, spending(cost, work(evaluated)?))))
        .collect();
    // As much as the first of them does in all years.
    let most = picked.first().map_or(1.0, |(_, spending)| spending.work);
    let curves = picked
        .into_iter()
        .map(|(evaluated, spending)| Curve {
            name: names::on_plot(&evaluated.machine),
            machine: evaluated.machine.id.clone(),
            points: [0.0, most].map(|work| (work, spending.after(work).get())).to_vec(),
            band: Vec::new(),
            chosen: evaluated.machine.id == state.machine,
        })
        .collect();
    let ticks = marks((0.0, most), false, 5.0).into_iter().map(|work| (work, mark_text(work))).collect();
    Chart {
        title: text::dollars_spent_for_the_same().to_owned(),
        unit: Unit::Money,
        along: unit_of_work(&state.scenario).to_owned(),
        log_x: false,
        log_y: false,
        ticks,
        curves,
        marks: Vec::new(),
    }
}

fn unit_of_work(scenario: &Scenario) -> &'static str {
    match &scenario.workload {
        Workload::Inference(..) => text::million_tokens_generated(),
        Workload::FineTune(..) | Workload::GraphSequence(..) => text::million_tokens_trained_on(),
        Workload::Gnn(_) => text::cost_runs(),
        Workload::Diffusion(_) => text::runs_or_images(),
    }
}
