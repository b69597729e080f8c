//! A machine in JSON: who it is, what it costs on which basis, and what it is as a thing; unknown is `null`.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::spec::{Figure, Machine, Offer, software};
use crate::units::Watts;

/// A price with its basis and day.
#[derive(Clone, Debug, Serialize)]
struct PriceJson {
    dollars: f64,
    /// `launch` `list` `street` `used` `refurbished` `mixed` `unsaid`.
    basis: &'static str,
    /// When it was asked, `2026-07` or a day.
    asked: String,
    source: String,
}

/// Whether a program runs.
#[derive(Clone, Debug, Serialize)]
struct SoftwareJson {
    works: &'static str,
    note: &'static str,
    source: &'static str,
    date: &'static str,
}

/// What is known of a machine beside memory and speed.
#[derive(Clone, Debug, Serialize)]
pub struct MachineDetailsJson {
    price: Option<PriceJson>,
    rent_dollars_per_hour: Option<f64>,
    /// Whether price and power are of the computer too, and not of the card alone.
    includes_computer: bool,
    load_watts: Option<f64>,
    idle_watts: Option<f64>,
    /// The least and most that makers of laptops set.
    power_limits_watts: Option<[f64; 2]>,
    form: Option<&'static str>,
    dimensions: Option<String>,
    weight: Option<String>,
    noise: Option<String>,
    slot: Option<String>,
    released: Option<String>,
    note: Option<String>,
    /// By name; `null` where nobody said.
    software: Option<BTreeMap<&'static str, SoftwareJson>>,
}

/// What is known of a machine beside memory and speed.
pub fn machine_details(machine: &Machine) -> MachineDetailsJson {
    let watts = |figure: &Option<Figure<Watts>>| figure.as_ref().map(|figure| figure.value().get());
    let text = |figure: &Option<Figure<String>>| figure.as_ref().map(|figure| figure.value().clone());
    let facts = software(machine);
    let body = &machine.body;
    MachineDetailsJson {
        price: match &machine.offer {
            Some(Offer::Buy(price)) => Some(PriceJson {
                dollars: price.value().get(),
                basis: price.basis.key(),
                asked: price.day().to_owned(),
                source: price.figure.2.clone(),
            }),
            Some(Offer::Rent(_)) | None => None,
        },
        rent_dollars_per_hour: match &machine.offer {
            Some(Offer::Rent(rent)) => Some(rent.value().get()),
            Some(Offer::Buy(_)) | None => None,
        },
        includes_computer: !machine.leaves_out_computer(),
        load_watts: watts(&machine.load),
        idle_watts: watts(&machine.idle),
        power_limits_watts: body.power_limits.as_ref().map(|figure| {
            let (least, most) = *figure.value();
            [least.get(), most.get()]
        }),
        form: body.form.as_ref().map(|figure| figure.value().key()),
        dimensions: text(&body.dimensions),
        weight: text(&body.weight),
        noise: text(&body.noise),
        slot: text(&body.slot),
        released: machine.released.clone(),
        note: machine.note.clone(),
        software: (!facts.is_empty()).then(|| {
            facts
                .iter()
                .map(|fact| {
                    let (works, note) = (fact.works.key(), fact.note);
                    (fact.name, SoftwareJson { works, note, source: fact.source, date: fact.date })
                })
                .collect()
        }),
    }
}
