//! What a machine costs to own and to run, and a workload on it.

use super::speed::Speed;
use crate::spec::{Machine, Offer};
use crate::units::{Band, Dollars, DollarsPerHour, Hours, TokensPerSecond, WattHours, Watts};

/// How a machine is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// Dollars for a kilowatt-hour.
    pub tariff: f64,
    /// Hours a day under load; it idles the rest of the day.
    pub hours_a_day: f64,
    /// Years it is kept.
    pub years: f64,
}

impl Default for Use {
    /// Eight hours a day for five years, at an average household's tariff in the USA.
    fn default() -> Self {
        Self { tariff: 0.18, hours_a_day: 8.0, years: 5.0 }
    }
}

/// Days of a year.
const DAYS: f64 = 365.0;

impl Use {
    /// Hours under load in all years.
    pub fn hours(&self) -> Hours {
        Hours::new(self.hours_a_day.clamp(0.0, 24.0) * DAYS * self.years)
    }

    /// What so many watt-hours cost.
    fn price(&self, energy: WattHours) -> Dollars {
        Dollars::new(energy.get() / 1000.0 * self.tariff)
    }
}

/// What a machine costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Its price, if it is bought.
    pub price: Option<Dollars>,
    /// Its rent, if it is rented.
    pub rent: Option<DollarsPerHour>,
    /// Electricity in all years; nothing for a rented one, and where its power is unknown.
    pub electricity: Option<Dollars>,
    /// Price and electricity, or rent, in all years.
    pub total: Dollars,
    /// The same for an hour under load.
    pub hour: DollarsPerHour,
    /// Electricity of an hour under load, beyond idling.
    pub running: DollarsPerHour,
    /// Power under load.
    pub load: Option<Watts>,
}

/// What a machine costs, used so; nothing where neither a price nor a rent is known.
pub fn cost(machine: &Machine, usage: &Use) -> Option<Cost> {
    let load = machine.load.as_ref().map(|figure| *figure.value());
    let hours = usage.hours();
    match machine.offer.as_ref()? {
        Offer::Rent(rate) => {
            let rate = *rate.value();
            Some(Cost {
                price: None,
                rent: Some(rate),
                electricity: None,
                total: Dollars::new(rate.get() * hours.get()),
                hour: rate,
                running: rate,
                load,
            })
        }
        Offer::Buy(price) => {
            let price = *price.value();
            let idle = machine.idle.as_ref().map_or(0.0, |figure| figure.value().get());
            let idling = DAYS * usage.years * 24.0 - hours.get();
            let electricity = load.map(|watts| {
                usage.price(WattHours::new(watts.get().mul_add(hours.get(), idle * idling.max(0.0))))
            });
            let total = price + electricity.unwrap_or_default();
            let running = load.map_or(0.0, |watts| (watts.get() - idle).max(0.0) / 1000.0 * usage.tariff);
            Some(Cost {
                price: Some(price),
                rent: None,
                electricity,
                total,
                hour: DollarsPerHour::new(total.get() / hours.get().max(1.0)),
                running: DollarsPerHour::new(running),
                load,
            })
        }
    }
}

/// Work an hour by best estimate: million tokens written or trained on, or runs.
pub fn work_an_hour(speed: &Speed) -> f64 {
    let million = |tokens: TokensPerSecond| tokens.get() * 3600.0 / 1e6;
    match speed {
        Speed::Inference(speed) => million(speed.aggregate.best),
        Speed::Training(speed) => million(speed.tokens.best),
        Speed::Gnn(speed) => 1.0 / speed.run.best.get(),
        Speed::Pictures(speed) => {
            let side_by_side = f64::from(speed.at_once);
            let pictures = || side_by_side * 3600.0 / speed.picture.best.get();
            speed.run.map_or_else(pictures, |run| 1.0 / run.best.get())
        }
    }
}

/// Hours of the dearer machine under load after which both have cost the same for the same work.
///
/// Nothing where the one that is cheaper to begin with stays so. `pace` is the work of the dearer in an hour over
/// that of the other.
pub fn break_even(dearer: &Cost, other: &Cost, pace: f64) -> Option<Hours> {
    let price = |cost: &Cost| cost.price.map_or(0.0, Dollars::get);
    let ahead = price(dearer) - price(other);
    let saved = other.running.get().mul_add(pace, -dearer.running.get());
    (ahead > 0.0 && saved > 0.0).then(|| Hours::new(ahead / saved))
}

/// What a workload costs on a machine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorkCost {
    /// Dollars for a million tokens written, or trained on.
    pub million_tokens: Option<Band<Dollars>>,
    /// Dollars of a run: a training, an epoch's whole number, a picture.
    pub run: Option<Band<Dollars>>,
    /// Energy of a run.
    pub energy: Option<Band<WattHours>>,
}

/// What a workload costs at a speed, with the machine's price shared out over the hours it is used.
pub fn work_cost(cost: &Cost, speed: &Speed) -> WorkCost {
    let dollars = |hours: Band<f64>| hours.map(|hours| Dollars::new(hours * cost.hour.get()));
    let energy =
        |hours: Band<f64>| cost.load.map(|watts| hours.map(|hours| WattHours::new(hours * watts.get())));
    let million = |speed: Band<f64>| Band {
        low: 1e6 / speed.high / 3600.0,
        best: 1e6 / speed.best / 3600.0,
        high: 1e6 / speed.low / 3600.0,
    };
    match speed {
        Speed::Inference(speed) => {
            let hours = million(speed.aggregate.map(TokensPerSecond::get));
            WorkCost { million_tokens: Some(dollars(hours)), run: None, energy: energy(hours) }
        }
        Speed::Training(speed) => {
            let hours = speed.run.map(Hours::get);
            let tokens = million(speed.tokens.map(TokensPerSecond::get));
            WorkCost {
                million_tokens: Some(dollars(tokens)),
                run: Some(dollars(hours)),
                energy: energy(hours),
            }
        }
        Speed::Gnn(speed) => {
            let hours = speed.run.map(Hours::get);
            WorkCost { million_tokens: None, run: Some(dollars(hours)), energy: energy(hours) }
        }
        Speed::Pictures(speed) => {
            let hours = speed.run.map_or_else(
                || speed.picture.map(|seconds| seconds.get() / 3600.0 / f64::from(speed.at_once)),
                |run| run.map(Hours::get),
            );
            WorkCost { million_tokens: None, run: Some(dollars(hours)), energy: energy(hours) }
        }
    }
}
