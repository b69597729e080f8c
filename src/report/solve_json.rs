//! What was solved, as `solve --json` prints it.

use serde::Serialize;
use serde_json::Value as Json;

use crate::engine::CeilingKind;
use crate::engine::solve::{Candidates, Found, Solution, Value};
use crate::spec::{Machine, Offer};
use crate::units::Bytes;

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
    binding_ceiling: Option<&'static str>,
    /// One more, which does not fit; `null` where the range ends.
    next: Option<FoundJson>,
}

impl SolutionJson {
    /// Of a setting on a machine.
    pub fn new(setting: &str, machine: &Machine, solution: &Solution) -> Self {
        Self {
            setting: setting.to_owned(),
            machine: machine.id.clone(),
            value: solution.best.as_ref().map(|best| json(best.value)),
            verdict: solution.best.as_ref().map(|best| best.verdict.key()),
            binding_ceiling: solution.binding().map(CeilingKind::key),
            next: solution
                .next
                .as_ref()
                .map(|next: &Found| FoundJson { value: json(next.value), verdict: next.verdict.key() }),
        }
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
    dollars_per_hour: Option<f64>,
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
    /// The cheapest that fits: its id, or its price where the budget was asked for.
    value: Option<Json>,
    buy: Vec<OfferedJson>,
    rent: Vec<OfferedJson>,
    just_misses: Vec<MissJson>,
}

impl CandidatesJson {
    /// Of the machines found; `budget` where the least money was asked for instead of a machine.
    pub fn new(found: &Candidates, budget: bool) -> Self {
        let buy: Vec<OfferedJson> = found.buy.iter().map(offered).collect();
        let rent: Vec<OfferedJson> = found.rent.iter().map(offered).collect();
        let cheapest = buy.first().or(rent.first());
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
        Self { asked: if budget { "budget" } else { "machine" }, value, buy, rent, just_misses }
    }
}

fn offered((machine, estimate): &crate::engine::solve::Candidate) -> OfferedJson {
    let deciding = estimate.fit.deciding();
    let (price, rent) = match &machine.offer {
        Some(Offer::Buy(price)) => (Some(price.value().get()), None),
        Some(Offer::Rent(rent)) => (None, Some(rent.value().get())),
        None => (None, None),
    };
    OfferedJson {
        machine: machine.id.clone(),
        name: machine.name.clone(),
        verdict: estimate.fit.verdict.key(),
        price_dollars: price,
        dollars_per_hour: rent,
        run_dollars: estimate.work_cost.and_then(|work| work.run).map(|run| run.best.get()),
        need_bytes: deciding.map(|deciding| deciding.need.best.get()),
        ceiling_bytes: deciding.map(|deciding| deciding.ceiling.bytes.best.get()),
    }
}
