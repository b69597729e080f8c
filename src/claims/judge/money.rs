//! Prices, electricity and sums.

use super::Judge;
use super::picked::box_gb;
use crate::claims::quantity::Quantity;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::figure::Relation;
use crate::claims::words::machine::key;
use crate::engine::Use;
use crate::spec::{Availability, Machine, Offer, PriceBasis};
use crate::units::{Dollars, show_dollars, show_figures};

/// How far a price may lie from one that is known.
const NEAR: f64 = 0.12;
/// How many times a price that was never asked may lie from those that were.
const FAR: f64 = 2.5;
/// How far a sum may lie from its parts, for rounding.
const ROUNDING: f64 = 0.03;

/// A price that is known, with the words for it.
struct Known {
    low: f64,
    high: f64,
    words: String,
    /// Whether it is what is asked now, or was when it was last read.
    today: bool,
    /// Whether it can be bought new today.
    sold: bool,
}

/// Whether a text is about what had an owner before.
fn second_hand(low: &str) -> bool {
    ["used", "refurb", "second hand", "second-hand", "ebay"].iter().any(|word| low.contains(word))
}

fn dollars(value: f64) -> String {
    show_dollars(Dollars::new(value))
}

impl Judge<'_> {
    /// A price to buy, or to rent by the hour.
    pub(super) fn price(&self, claim: &mut Understood) -> Findings {
        let Some(figure) = claim.figure.clone() else { return Findings::none("price", "no figure is said") };
        let known = self.prices(claim);
        if known.is_empty() {
            return Findings::none("price", "the catalog has no price of it");
        }
        let (low, high) = (figure.low, figure.high);
        // Rents differ from one provider to the next by more than prices do.
        let around = if claim.quantity == Quantity::Rent { 2.0 } else { 1.0 + NEAR };
        let near = |known: &&Known| low / around <= known.high && known.low <= high * around;
        let told = |known: &Known| {
            let amount = if known.high > known.low {
                format!("{} to {}", dollars(known.low), dollars(known.high))
            } else {
                dollars(known.low)
            };
            format!("{amount} {}", known.words)
        };
        let least = known.iter().map(|known| known.low).fold(f64::INFINITY, f64::min);
        let most = known.iter().map(|known| known.high).fold(0.0, f64::max);
        let mut all: Vec<String> = known.iter().map(told).collect();
        all.truncate(3);
        let all = all.join("; ");
        // What can be bought today before what could, and of several prices the nearest.
        let far = |known: &Known| (known.low.midpoint(known.high) - low.midpoint(high)).abs();
        let right =
            known.iter().filter(near).min_by(|a, b| b.sold.cmp(&a.sold).then(far(a).total_cmp(&far(b))));
        let found = match right {
            // What had that price is sold no more, and what has the name today has another.
            Some(right)
                if !right.sold
                    && known.iter().any(|known| known.sold && !near(&known))
                    && !["launch", "originally", "raised", "used", "was", "refurb"]
                        .iter()
                        .any(|word| claim.low.contains(word)) =>
            {
                let today: Vec<String> = known.iter().filter(|known| known.sold).map(told).take(2).collect();
                let reason = format!("{}; {}", told(right), today.join("; "));
                Findings::of("price", ClaimVerdict::Outdated, reason)
            }
            Some(right) => {
                let today = known
                    .iter()
                    .find(|known| known.today)
                    .filter(|today| !right.today && !std::ptr::eq(*today, right));
                let now = today.map_or_else(String::new, |today| format!("; {}", told(today)));
                Findings::of("price", ClaimVerdict::Plausible, format!("{}{now}", told(right)))
            }
            None if figure.relation == Relation::AtLeast && low <= most => {
                Findings::of("price", ClaimVerdict::Plausible, all)
            }
            None if high * FAR < least || low > most * FAR => {
                Findings::of("price", ClaimVerdict::Implausible, all)
            }
            // A price at launch says little of what it is now, or used.
            None if !known.iter().any(|known| known.today) => {
                Findings::none("price", format!("only another price is known: {all}"))
            }
            None if second_hand(&claim.low) => {
                Findings::none("price", format!("no price of a used or refurbished one is known; {all}"))
            }
            None => Findings::of("price", ClaimVerdict::Outdated, all),
        };
        found.bounded(least)
    }

    /// The prices of a claim's machine, at whatever time.
    fn prices(&self, claim: &Understood) -> Vec<Known> {
        let Some(said) = claim.machine.clone() else { return Vec::new() };
        let rent = claim.quantity == Quantity::Rent;
        let picked = self.pick(&said, claim);
        let places = said.places.iter().filter_map(|place| self.catalog.machines.get(*place));
        let rented: Vec<_> = places.filter(|machine| machine.id.starts_with("rent-")).cloned().collect();
        let machines = if rent { rented } else { picked.all.clone() };
        let count = f64::from(said.count);
        let of = |machine: &Machine| -> Option<Known> {
            match (machine.offer.as_ref()?, rent) {
                (Offer::Buy(price), false) => {
                    let value = price.value().get() * count;
                    let alone = if machine.leaves_out_computer() { ", the card alone" } else { "" };
                    Some(Known {
                        low: value,
                        high: value,
                        words: format!("{} ({}{alone})", price.words(), machine.name),
                        today: price.basis != PriceBasis::Launch,
                        sold: machine.availability == Availability::OnSale,
                    })
                }
                (Offer::Rent(rent), true) => {
                    let value = rent.value().get();
                    Some(Known {
                        low: value,
                        high: value,
                        words: format!("an hour ({}, {})", machine.name, rent.3),
                        today: true,
                        sold: machine.availability == Availability::OnSale,
                    })
                }
                _ => None,
            }
        };
        let mut known: Vec<Known> = machines.iter().filter_map(|machine| of(machine)).collect();
        let mut names = self.fact_names(claim);
        names.push(key(&said.words));
        let memories: Vec<f64> = picked.all.iter().filter_map(|machine| box_gb(machine)).collect();
        let points = self.facts.prices.iter().filter(|point| {
            names.contains(&key(&point.machine))
                && point.memory.is_none_or(|memory| memories.iter().any(|known| (known - memory).abs() < 1.0))
                && point.when.contains("an hour") == rent
        });
        known.extend(points.map(|point| Known {
            low: point.dollars.0,
            high: point.dollars.1,
            words: format!("{} ({})", point.when, point.from.words()),
            today: false,
            sold: false,
        }));
        known.sort_by(|a, b| a.low.total_cmp(&b.low));
        known.dedup_by(|a, b| (a.low - b.low).abs() < 0.01 && (a.high - b.high).abs() < 0.01);
        known
    }

    /// What so much power costs, where power, hours, years and the price of a kilowatt-hour are said.
    pub(super) fn electricity(claim: &Understood) -> Findings {
        let Some(figure) = &claim.figure else { return Findings::none("arithmetic", "no figure is said") };
        let with = claim.with;
        let (Some(watts), Some(hours), Some(tariff)) = (with.watts, with.hours_a_day, with.tariff) else {
            return Findings::none(
                "arithmetic",
                "power, hours a day and the price of a kilowatt-hour are not all said",
            );
        };
        let years = with.years.unwrap_or(1.0);
        let usage = Use { tariff, hours_a_day: hours, years, ..Use::default() };
        let under_load = usage.hours().get();
        let cost = watts / 1e3 * under_load * tariff;
        let sum = format!(
            "{} W × {hours:.0} h × 365 × {} years × ${tariff} = {}",
            show_figures(watts),
            show_figures(years),
            dollars(cost)
        );
        let rate = under_load * tariff / 1e3;
        let right = figure.low * (1.0 - ROUNDING) <= cost && cost <= figure.high * (1.0 + ROUNDING);
        let (verdict, reason) = if right {
            (ClaimVerdict::Plausible, sum)
        } else {
            (
                ClaimVerdict::Wrong,
                format!("{sum}; {} would be {:.0} W", dollars(figure.low), figure.low / rate),
            )
        };
        Findings::of("arithmetic", verdict, reason).bounded(cost)
    }

    /// A sum of price, electricity and maintenance.
    pub(super) fn total_cost(claim: &Understood) -> Findings {
        let Some(figure) = &claim.figure else { return Findings::none("arithmetic", "no figure is said") };
        let with = claim.with;
        let (Some(price), Some(electricity)) = (with.price, with.electricity) else {
            return Findings::none("arithmetic", "the parts of the sum are not said");
        };
        let maintenance = with.maintenance.unwrap_or(0.0);
        let sum = price + electricity + maintenance;
        let more = if maintenance > 0.0 { format!(" + {}", dollars(maintenance)) } else { String::new() };
        let reason = format!("{} + {}{more} = {}", dollars(price), dollars(electricity), dollars(sum));
        let right = (figure.low - sum).abs() <= sum * 0.01;
        let mut found = Findings::of(
            "arithmetic",
            if right { ClaimVerdict::Plausible } else { ClaimVerdict::Wrong },
            reason,
        )
        .bounded(sum);
        // The sum may add up of parts that do not.
        if let (Some(watts), Some(hours), Some(tariff)) = (with.watts, with.hours_a_day, with.tariff) {
            let usage =
                Use { tariff, hours_a_day: hours, years: with.years.unwrap_or(1.0), ..Use::default() };
            let cost = watts / 1e3 * usage.hours().get() * tariff;
            if (cost / electricity - 1.0).abs() > ROUNDING {
                let reason = format!(
                    "its electricity of {} is {} by its own figures: {}",
                    dollars(electricity),
                    dollars(cost),
                    dollars(sum - electricity + cost)
                );
                found = found.and(Findings::of("electricity", ClaimVerdict::Wrong, reason));
            }
        }
        found
    }
}
