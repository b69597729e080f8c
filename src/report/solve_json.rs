//! What was solved, as `solve --json` prints it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value as Json;

use super::band_json::BandJson;
use crate::engine::solve::{Candidates, Ends, Fleet, Fleets, Found, Load, Served, Solution, Value};
use crate::engine::{CeilingKind, Use};
use crate::spec::{Machine, Offer};
use crate::units::{Band, Bytes, Seconds};

/// A value with its verdict.
#[derive(Clone, Debug, Serialize)]
struct FoundJson {
    value: Json,
    verdict: &'static str,
}

/// The most of a setting that fits.
#[derive(Clone, Debug, Serialize)]
pub struct SolutionJson {
    #[serde(rename = "for")]
    setting: String,
    machine: String,
    /// `null` where nothing fits.
    value: Option<Json>,
    verdict: Option<&'static str>,
    /// The ceiling that one more is over; `null` where none ends it.
    binding_ceiling: Option<&'static str>,
    /// Why it is not more: `memory`, `shared-context` where requests share one, `context` where a prompt and its answer fill
    /// it, or `range`.
    ends: &'static str,
    /// One more, which does not fit; `null` where the range ends.
    next: Option<FoundJson>,
    /// System memory that the most takes, where how much the machine has is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    system_memory_bytes: Option<f64>,
    /// Of requests at once: the same where the context that they share grows with them.
    #[serde(skip_serializing_if = "Option::is_none")]
    with_context: Option<ServedJson>,
}

/// How so many requests at once are answered.
#[derive(Clone, Debug, Serialize)]
struct LoadJson {
    /// How many at once.
    concurrency: u64,
    requests_per_second: BandJson,
    time_to_first_token_s: BandJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_per_output_token_s: Option<BandJson>,
}

impl From<&Load> for LoadJson {
    fn from(load: &Load) -> Self {
        let seconds = |band: Band<Seconds>| band.map(Seconds::get).into();
        Self {
            concurrency: load.requests,
            requests_per_second: load.rate.into(),
            time_to_first_token_s: seconds(load.first_token),
            time_per_output_token_s: load.per_token.map(seconds),
        }
    }
}

/// The most requests that are answered at once.
#[derive(Clone, Debug, Serialize)]
pub struct ServedJson {
    #[serde(flatten)]
    load: LoadJson,
    /// What is set for that many.
    set: BTreeMap<&'static str, String>,
    verdict: &'static str,
    /// Why it is not one more: `memory`, `time_to_first_token`, `time_per_output_token` or `range`.
    ends: &'static str,
    /// The ceiling, where memory ends it.
    binding_ceiling: Option<&'static str>,
}

impl From<&Served> for ServedJson {
    fn from(served: &Served) -> Self {
        let (ends, ceiling) = match served.ends {
            Ends::Memory(ceiling) => ("memory", ceiling),
            Ends::FirstToken => ("time_to_first_token", None),
            Ends::PerToken => ("time_per_output_token", None),
            Ends::Range => ("range", None),
        };
        Self {
            load: LoadJson::from(&served.load),
            set: served.changes.iter().map(|change| (change.key, change.value.clone())).collect(),
            verdict: served.verdict.key(),
            ends,
            binding_ceiling: ceiling.map(CeilingKind::key),
        }
    }
}

/// Requests a second on a machine.
#[derive(Clone, Debug, Serialize)]
pub struct RateJson {
    #[serde(rename = "for")]
    asked: &'static str,
    machine: String,
    /// Requests a second by best estimate; `null` where none is answered within the limits.
    value: Option<f64>,
    #[serde(flatten)]
    served: Option<ServedJson>,
}

impl RateJson {
    /// Of a machine.
    pub fn new(machine: &Machine, served: Option<&Served>) -> Self {
        Self {
            asked: "requests_per_second",
            machine: machine.id.clone(),
            value: served.map(|served| served.load.rate.best),
            served: served.map(ServedJson::from),
        }
    }
}

/// Machines of one kind that serve some users together.
#[derive(Clone, Debug, Serialize)]
struct FleetJson {
    machine: String,
    name: String,
    /// How many of it.
    machines: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_dollars: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_basis: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dollars_per_hour: Option<f64>,
    /// Dollars of all of them, to buy or an hour.
    all_dollars: f64,
    /// The most that one of them serves.
    each: ServedJson,
    /// How one of them answers its share of the users.
    share: LoadJson,
}

impl From<&Fleet> for FleetJson {
    fn from(fleet: &Fleet) -> Self {
        let (price, rent) = match &fleet.machine.offer {
            Some(Offer::Buy(price)) => (Some(price), None),
            Some(Offer::Rent(rent)) => (None, Some(rent.value().get())),
            None => (None, None),
        };
        Self {
            machine: fleet.machine.id.clone(),
            name: fleet.machine.name.clone(),
            machines: fleet.machines,
            price_dollars: price.map(|price| price.value().get()),
            price_basis: price.map(|price| price.basis.key()),
            dollars_per_hour: rent,
            all_dollars: fleet.dollars,
            each: ServedJson::from(&fleet.each),
            share: LoadJson::from(&fleet.share),
        }
    }
}

/// Machines for some users at once.
#[derive(Clone, Debug, Serialize)]
pub struct FleetsJson {
    #[serde(rename = "for")]
    asked: &'static str,
    users: u64,
    /// The cheapest that serves them.
    value: Option<String>,
    buy: Vec<FleetJson>,
    rent: Vec<FleetJson>,
}

impl FleetsJson {
    /// Of the machines found.
    pub fn new(found: &Fleets, users: u64) -> Self {
        let list = |of: &[Fleet]| of.iter().map(FleetJson::from).collect::<Vec<_>>();
        let first = found.buy.first().or(found.rent.first());
        Self {
            asked: "machine",
            users,
            value: first.map(|fleet| fleet.machine.id.clone()),
            buy: list(&found.buy),
            rent: list(&found.rent),
        }
    }
}

impl SolutionJson {
    /// Of a setting on a machine.
    pub fn new(setting: &str, machine: &Machine, solution: &Solution, served: Option<&Served>) -> Self {
        Self {
            system_memory_bytes: None,
            with_context: served.map(ServedJson::from),
            setting: setting.to_owned(),
            machine: machine.id.clone(),
            value: solution.best.as_ref().map(|best| json(best.value)),
            verdict: solution.best.as_ref().map(|best| best.verdict.key()),
            binding_ceiling: solution.binding().map(CeilingKind::key),
            ends: match (&solution.next, setting) {
                (Some(_), _) => "memory",
                (None, "concurrency") => "shared-context",
                (None, "prompt") => "context",
                (None, _) => "range",
            },
            next: solution
                .next
                .as_ref()
                .map(|next: &Found| FoundJson { value: json(next.value), verdict: next.verdict.key() }),
        }
    }
}

impl SolutionJson {
    /// The same with the system memory that the most takes, where none bounds it.
    #[must_use]
    pub fn with_system_memory(self, bytes: Option<Bytes>) -> Self {
        Self { system_memory_bytes: bytes.map(Bytes::get), ..self }
    }
}

/// A whole number as such, all else as it is typed.
fn json(value: Value) -> Json {
    match value {
        Value::Whole(number) => Json::from(number),
        Value::Step(..) | Value::Sides(..) => Json::from(value.text()),
    }
}

/// A machine that fits, with what it costs.
#[derive(Clone, Debug, Serialize)]
struct OfferedJson {
    machine: String,
    name: String,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_dollars: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_basis: Option<&'static str>,
    /// When the price was asked, `2026-07` or `2026-07-12`.
    #[serde(skip_serializing_if = "Option::is_none")]
    price_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dollars_per_hour: Option<f64>,
    /// `on-sale`, `announced`, `discontinued` or `owned`.
    availability: &'static str,
    /// Whether it can be had for that price: sold today, or a used one that is no longer made.
    can_be_had: bool,
    /// Dollars of all hours and years: price and electricity less what it is sold for, or rent.
    total_dollars: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_dollars: Option<f64>,
    need_bytes: Option<f64>,
    ceiling_bytes: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
struct MissJson {
    machine: String,
    name: String,
    short_by_bytes: f64,
}

/// The machines that a scenario fits.
#[derive(Clone, Debug, Serialize)]
pub struct CandidatesJson {
    #[serde(rename = "for")]
    asked: &'static str,
    /// The cheapest that fits and can be had for its price, else the cheapest: its id, or its price where the budget was
    /// asked for.
    value: Option<Json>,
    buy: Vec<OfferedJson>,
    rent: Vec<OfferedJson>,
    just_misses: Vec<MissJson>,
    /// Hours a day and years that the totals are of.
    hours_a_day: f64,
    years: f64,
    /// What was not asked about.
    left_out: Vec<LeftOutJson>,
}

/// Machines that were not asked about.
#[derive(Clone, Debug, Serialize)]
struct LeftOutJson {
    /// `to-buy` for all that are bought, or `above-budget` for those above the budget.
    what: &'static str,
    /// How many, where they were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    machines: Option<usize>,
}

impl CandidatesJson {
    /// Of the machines found; `budget` where the least money was asked for instead of a machine.
    pub fn new(found: &Candidates, budget: bool) -> Self {
        let buy: Vec<OfferedJson> = found.buy.iter().map(offered).collect();
        let rent: Vec<OfferedJson> = found.rent.iter().map(offered).collect();
        let cheapest = buy.iter().find(|each| each.can_be_had).or(rent.first()).or(buy.first());
        let value = cheapest.and_then(|first| {
            let price = first.price_dollars.or(first.dollars_per_hour).map(Json::from);
            if budget { price } else { Some(Json::from(first.machine.clone())) }
        });
        let miss = |(machine, short): &(std::sync::Arc<Machine>, Bytes)| MissJson {
            machine: machine.id.clone(),
            name: machine.name.clone(),
            short_by_bytes: short.get(),
        };
        let just_misses = found.just_misses.iter().map(miss).collect();
        let Use { hours_a_day, years, .. } = Use::default();
        let asked = if budget { "budget" } else { "machine" };
        Self { asked, value, buy, rent, just_misses, hours_a_day, years, left_out: Vec::new() }
    }

    /// The same with the use that its totals are of.
    #[must_use]
    pub fn used(self, usage: &Use) -> Self {
        Self { hours_a_day: usage.hours_a_day, years: usage.years, ..self }
    }

    /// The same with what was not asked about: all machines to buy, and so many above the budget.
    #[must_use]
    pub fn without(self, bought: bool, above_budget: usize) -> Self {
        let bought = bought.then_some(LeftOutJson { what: "to-buy", machines: None });
        let above_budget =
            (above_budget > 0).then_some(LeftOutJson { what: "above-budget", machines: Some(above_budget) });
        Self { left_out: bought.into_iter().chain(above_budget).collect(), ..self }
    }
}

fn offered((machine, estimate): &crate::engine::solve::Candidate) -> OfferedJson {
    let deciding = estimate.fit.deciding();
    let (price, rent) = match &machine.offer {
        Some(Offer::Buy(price)) => (Some(price), None),
        Some(Offer::Rent(rent)) => (None, Some(rent.value().get())),
        None => (None, None),
    };
    OfferedJson {
        machine: machine.id.clone(),
        name: machine.name.clone(),
        verdict: estimate.fit.verdict.key(),
        price_dollars: price.map(|price| price.value().get()),
        price_basis: price.map(|price| price.basis.key()),
        price_date: price.map(|price| price.day().to_owned()),
        dollars_per_hour: rent,
        availability: machine.availability.key(),
        can_be_had: machine.can_be_had(),
        total_dollars: estimate.cost.map(|cost| cost.total.get()),
        run_dollars: estimate.work_cost.and_then(|work| work.run).map(|run| run.best.get()),
        need_bytes: deciding.map(|deciding| deciding.need.best.get()),
        ceiling_bytes: deciding.map(|deciding| deciding.ceiling.bytes.best.get()),
    }
}
