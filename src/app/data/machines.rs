//! The machine list: every machine with its bar, narrowed and ordered.

use std::cmp::Ordering;

use super::filter;
use super::verdict::band;
use crate::app::answers::Answers;
use crate::app::evaluated::Evaluated;
use crate::app::names;
use crate::app::sort::Sort;
use crate::app::state::AppState;
use crate::app::text;
use crate::engine::{Comparison, Speed, Verdict};
use crate::report::{computer, rate, runtime_words, time};
use crate::spec::{Availability, Machine, Offer};
use crate::units::{Band, Bytes, memory_unit, show_decimals, show_grouped, whole};

/// A machine of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Its id.
    pub id: String,
    /// What is read first.
    pub name: String,
    /// What kind it is, where the name does not say it.
    pub kind: String,
    /// What tells it from others of its name: memory, and GPU cores where there are several counts of them.
    pub beside: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What is needed, in GiB.
    pub need: f64,
    /// What is allowed, in GiB; 0 where nothing is known.
    pub ceiling: f64,
    /// What the bar's full width stands for, in GiB.
    pub scale: f64,
    /// `5.9 of 107.5 GiB`.
    pub figures: String,
    /// The same in few letters: `41.8/50.7 GiB`.
    pub close: String,
    /// `43 to 79 tok/s`; empty where no speed is known.
    pub speed: String,
    /// The best estimate alone, for where the band has no room: `61.2 tok/s`.
    pub pace: String,
    /// The same as a bare figure, without what it is of: `3.3 s`.
    pub brief: String,
    /// Price, `owned`, or empty.
    pub price: String,
    /// The same without whose price it is: `$1,999`.
    pub bare_price: String,
    /// Where it cannot be bought new: `discontinued` or `announced`; else empty.
    pub sold: &'static str,
    /// Whether a price is known, which can be opened.
    pub has_price: bool,
    /// Whether it is the one evaluated.
    pub chosen: bool,
    /// Whether it is ticked to compare.
    pub compared: bool,
    /// What else is known, for the tooltip: the program that answers for it first.
    pub more: String,
}

impl Row {
    /// As it is called in full.
    pub(crate) fn called(&self) -> String {
        let words = [&self.name, &self.kind, &self.beside];
        let said: Vec<&str> = words.into_iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        said.join(" ")
    }
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MachinesData {
    /// The machine that is evaluated, which stays in sight.
    pub chosen: Option<Row>,
    /// Ids and names of the machines ticked to compare, in the order of the catalog.
    pub ticked: Vec<(String, String)>,
    /// Machines in order, by their places among the answers: a row is made when it comes into sight.
    pub order: Vec<usize>,
    /// How many there are before narrowing.
    pub all: usize,
}

impl MachinesData {
    /// The machines in order with what follows on them.
    pub(crate) fn listed<'a>(&self, answers: &'a Answers) -> impl Iterator<Item = &'a Evaluated> {
        self.order.iter().filter_map(|place| answers.evaluated.get(*place))
    }
}

/// Narrows and orders the machines.
pub(crate) fn build(state: &AppState, answers: &Answers) -> MachinesData {
    let words = filter::words(&state.filter);
    let listed = answers.evaluated.iter().enumerate();
    let mut listed: Vec<(usize, &Evaluated)> =
        listed.filter(|(_, evaluated)| filter::has(&evaluated.machine, &words)).collect();
    listed.sort_by(|(_, a), (_, b)| order(state.sort, a, b));
    let chosen = answers.evaluated.iter().find(|evaluated| evaluated.machine.id == state.machine);
    let ticked = answers.evaluated.iter().filter(|evaluated| state.compared.contains(&evaluated.machine.id));
    MachinesData {
        chosen: chosen.map(|evaluated| row(state, evaluated)),
        ticked: ticked.map(|each| (each.machine.id.clone(), names::on_plot(&each.machine))).collect(),
        order: listed.into_iter().map(|(place, _)| place).collect(),
        all: answers.evaluated.len(),
    }
}

/// This machine first, then the order that was asked for; by name where that leaves it open.
fn order(sort: Sort, a: &Evaluated, b: &Evaluated) -> Ordering {
    let asked = match sort {
        Sort::FitsThenPrice => {
            rank(a.estimate.fit.verdict).cmp(&rank(b.estimate.fit.verdict)).then(by_price(a, b))
        }
        Sort::Name => Ordering::Equal,
        Sort::Memory => {
            let capacity =
                |evaluated: &Evaluated| evaluated.machine.memory.value().capacity().map_or(0.0, Bytes::get);
            capacity(b).total_cmp(&capacity(a))
        }
        Sort::Price => by_price(a, b),
        Sort::Speed => {
            rank(a.estimate.fit.verdict).cmp(&rank(b.estimate.fit.verdict)).then(pace(b).total_cmp(&pace(a)))
        }
        Sort::CostOfWork => rank(a.estimate.fit.verdict)
            .cmp(&rank(b.estimate.fit.verdict))
            .then(cost_of_work(a).total_cmp(&cost_of_work(b))),
    };
    names::is_this(&b.machine)
        .cmp(&names::is_this(&a.machine))
        .then(asked)
        .then_with(|| lowered(a).cmp(lowered(b)))
        .then_with(|| a.machine.id.cmp(&b.machine.id))
}

/// The letters of a name, small; made while two are compared, which mostly ends with the first.
fn lowered(evaluated: &Evaluated) -> impl Iterator<Item = char> {
    evaluated.machine.name.chars().flat_map(char::to_lowercase)
}

/// Fits and tight together, then uncertain, then what does not fit.
const fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fits | Verdict::Tight => 0,
        Verdict::Uncertain => 1,
        Verdict::DoesNotFit => 2,
        Verdict::CannotRun => 3,
    }
}

/// Work in a second by best estimate: tokens of one request, tokens trained on, epochs or images; below all others
/// where no speed is known.
fn pace(evaluated: &Evaluated) -> f64 {
    match &evaluated.estimate.speed {
        Some(Speed::Inference(speed)) => speed.decode.best.get(),
        Some(Speed::Reading(speed)) => speed.tokens.best.get(),
        Some(Speed::Training(speed)) => speed.tokens.best.get(),
        Some(Speed::Gnn(speed)) => speed.epoch.best.get().recip(),
        Some(Speed::Images(speed)) => speed.image.best.get().recip(),
        None => -1.0,
    }
}

/// Dollars for a unit of the work; above all others where it is unknown.
fn cost_of_work(evaluated: &Evaluated) -> f64 {
    evaluated.estimate.work_cost.as_ref().map_or(f64::INFINITY, |cost| cost.unit.get())
}

/// To buy before to rent, before what has no price.
fn by_price(a: &Evaluated, b: &Evaluated) -> Ordering {
    let price = |evaluated: &Evaluated| match &evaluated.machine.offer {
        Some(Offer::Buy(figure)) => (0, figure.value().get()),
        Some(Offer::Rent(figure)) => (1, figure.value().get()),
        None => (2, 0.0),
    };
    let ((kind_a, a), (kind_b, b)) = (price(a), price(b));
    kind_a.cmp(&kind_b).then(a.total_cmp(&b))
}

/// One machine of the list.
pub(crate) fn row(state: &AppState, evaluated: &Evaluated) -> Row {
    let machine = &evaluated.machine;
    let deciding = evaluated.estimate.fit.deciding();
    let need = deciding.map_or(0.0, |comparison| comparison.need.best.as_shown());
    let ceiling = deciding.map_or(0.0, |comparison| comparison.ceiling.bytes.best.as_shown());
    let capacity = machine.memory.value().capacity().map_or(0.0, Bytes::as_gib);
    let name =
        if names::is_this(machine) { names::short(machine) } else { names::listed(machine).into_owned() };
    let (figures, close) = match deciding {
        Some(_) => {
            let [need, ceiling] = [need, ceiling].map(|gib| show_decimals(gib, 1));
            let unit = memory_unit();
            (text::machines_of(&need, &ceiling, &unit), text::machines_of_close(&need, &ceiling, &unit))
        }
        None if evaluated.estimate.resolved.refusal.is_some() => {
            (text::cannot_run().to_owned(), text::cannot_run().to_owned())
        }
        None => (text::memory_unknown().to_owned(), text::memory_unknown().to_owned()),
    };
    Row {
        id: machine.id.clone(),
        name,
        kind: names::kind(machine),
        beside: names::beside(machine),
        verdict: evaluated.estimate.fit.verdict,
        need,
        ceiling,
        scale: capacity.max(need).max(ceiling),
        figures,
        close,
        speed: evaluated.estimate.speed.as_ref().map(in_short).unwrap_or_default(),
        pace: evaluated.estimate.speed.as_ref().map(best).unwrap_or_default(),
        brief: evaluated.estimate.speed.as_ref().map(brief).unwrap_or_default(),
        price: names::price(machine),
        bare_price: names::bare_price(machine),
        sold: match machine.availability {
            Availability::Discontinued => text::discontinued(),
            Availability::Announced => text::announced(),
            Availability::OnSale | Availability::Owned => "",
        },
        has_price: machine.offer.is_some(),
        chosen: machine.id == state.machine,
        compared: state.compared.contains(&machine.id),
        more: text::runtime(
            &runtime_words(&evaluated.estimate.resolved),
            &bands(deciding).into_iter().chain([more(machine)]).collect::<Vec<_>>().join("\n"),
        ),
    }
}

/// A speed in a few characters: `43 to 79 tok/s`, `12 to 48 s`.
pub(crate) fn in_short(speed: &Speed) -> String {
    match speed {
        Speed::Inference(speed) => rate(speed.decode),
        Speed::Reading(speed) => rate(speed.tokens),
        Speed::Training(speed) => rate(speed.tokens),
        Speed::Gnn(speed) => text::epoch(&time(speed.epoch)),
        Speed::Images(speed) => time(speed.image),
    }
}

/// The best estimate alone: `61.2 tok/s`, `23 s`.
fn best(speed: &Speed) -> String {
    match speed {
        Speed::Inference(speed) => rate(Band::exact(speed.decode.best)),
        Speed::Reading(speed) => rate(Band::exact(speed.tokens.best)),
        Speed::Training(speed) => rate(Band::exact(speed.tokens.best)),
        Speed::Gnn(speed) => text::epoch(&time(Band::exact(speed.epoch.best))),
        Speed::Images(speed) => time(Band::exact(speed.image.best)),
    }
}

/// Between what need and limit lie, where one of them is not known exactly: it is why two rows of like figures may have
/// two verdicts.
fn bands(deciding: Option<&Comparison>) -> Option<String> {
    let Comparison { need, ceiling, .. } = deciding?;
    let exact = need.is_exact() && ceiling.bytes.is_exact();
    (!exact).then(|| text::needs_of_a_limit(&band(*need), &band(ceiling.bytes)))
}

/// The best estimate without what it is of, where the workload says that: `3.3 s`.
fn brief(speed: &Speed) -> String {
    match speed {
        Speed::Gnn(speed) => time(Band::exact(speed.epoch.best)),
        other => best(other),
    }
}

fn more(machine: &Machine) -> String {
    let mut lines = vec![machine.name.clone()];
    let mut chip = vec![machine.chip.clone()];
    chip.extend(machine.gpu_cores.map(|cores| text::gpu_cores(&cores)));
    chip.extend(
        machine
            .bandwidth
            .as_ref()
            .map(|rate| text::gb_per_second(&show_grouped(whole(rate.value().as_gb_per_s().round())))),
    );
    lines.push(chip.join(" · "));
    lines.push(match machine.memory.value().capacity() {
        Some(capacity) => {
            text::machines_memory(&show_grouped(whole(capacity.as_shown().round())), &memory_unit())
        }
        None => text::its_memory_is_unknown().to_owned(),
    });
    match machine.availability {
        Availability::Announced => lines.push(text::announced_not_sold_yet().to_owned()),
        Availability::Discontinued => lines.push(text::no_longer_made().to_owned()),
        Availability::OnSale | Availability::Owned => {}
    }
    match &machine.offer {
        Some(Offer::Buy(price)) => lines.push(text::machines_price(&price.words())),
        Some(Offer::Rent(figure)) => lines.push(text::machines_rent_of(&figure.3)),
        None => {}
    }
    lines.extend(computer(machine));
    let noise = machine.body.noise.as_ref().map_or(text::unknown(), |figure| figure.value());
    let idle = machine
        .idle
        .as_ref()
        .map_or_else(|| text::unknown().to_owned(), |idle| text::claim_working_w(&idle.value().get()));
    lines.push(text::idle_power_noise(&idle, &noise));
    lines.extend(machine.note.clone());
    lines.join("\n")
}
