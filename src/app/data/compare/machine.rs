//! What the table says of a machine itself, and of the parts of the peak on it.

use super::super::held::Held;
use super::reading::Reading;
use crate::app::evaluated::Evaluated;
use crate::app::names;
use crate::app::text;
use crate::engine::{Estimate, PartName};
use crate::spec::{Machine, Offer, Works, software};
use crate::units::{Bytes, Dollars, Watts, show_dollars, show_gib, show_grouped, whole};

/// Parts below this do not show.
const LEAST: f64 = 1024.0 * 512.0;

/// Parts of what is held against the deciding ceiling; they sum to the need.
pub(super) fn parts(estimate: &Estimate) -> Vec<(PartName, Bytes)> {
    let held = Held::of(estimate);
    let Some(phase) = held.peak(&estimate.budget) else { return Vec::new() };
    let mut parts: Vec<(PartName, Bytes)> = Vec::new();
    for part in phase.parts.iter().filter(|part| held.counts(part)) {
        match parts.iter_mut().find(|(name, _)| *name == part.name) {
            Some((_, bytes)) => *bytes += part.bytes.best,
            None => parts.push((part.name, part.bytes.best)),
        }
    }
    parts.retain(|(_, bytes)| bytes.get() >= LEAST);
    parts
}

/// One part of the peak.
pub(super) fn part(evaluated: &Evaluated, name: PartName) -> Reading {
    if evaluated.estimate.resolved.refusal.is_some() {
        return Reading::none();
    }
    let found = parts(&evaluated.estimate).into_iter().find(|(part, _)| *part == name);
    found.map_or_else(
        || Reading::words(text::machine_none(), ""),
        |(_, bytes)| Reading::figure(show_gib(bytes), "", bytes.get()),
    )
}

/// What it costs to buy, or an hour of it to rent; of this machine, that it is here.
pub(super) fn price(machine: &Machine) -> Reading {
    match &machine.offer {
        Some(Offer::Buy(price)) => {
            let alone = machine.leaves_out_computer();
            let owned = if names::is_this(machine) { text::owned() } else { "" };
            let card = if alone { text::the_card_alone() } else { "" };
            let words = format!("{owned}{}{card}", price.words());
            let dollars = *price.value();
            Reading { comparable: !alone, ..Reading::figure(show_dollars(dollars), words, dollars.get()) }
        }
        // An hour is no price to buy.
        Some(Offer::Rent(rent)) => {
            let hour = Dollars::new(rent.value().get());
            Reading::words(text::machine_an_hour(&show_dollars(hour)), text::machine_rent(&rent.3))
        }
        None if names::is_this(machine) => Reading::words(text::machine_owned(), ""),
        None => Reading::unknown(),
    }
}

/// Power under load, and idle.
pub(super) fn power(machine: &Machine) -> Reading {
    let watts = |watts: &Watts| text::claim_working_w(&watts.get());
    let idle = machine.idle.as_ref().map_or_else(|| text::unknown().to_owned(), |idle| watts(idle.value()));
    let alone = machine.leaves_out_computer();
    let card = if alone { text::the_card_alone() } else { "" };
    machine.load.as_ref().map_or_else(Reading::unknown, |load| {
        let load = load.value();
        let under = text::machine_idle(&idle, &card);
        Reading { comparable: !alone, ..Reading::figure(watts(load), under, load.get()) }
    })
}

/// How loud it was found to be.
pub(super) fn noise(machine: &Machine) -> Reading {
    let noise = machine.body.noise.as_ref();
    noise.map_or_else(Reading::unknown, |noise| Reading::words(noise.value(), ""))
}

/// Form, dimensions and weight.
pub(super) fn size(machine: &Machine) -> Reading {
    let body = &machine.body;
    let more = [&body.dimensions, &body.weight].into_iter().flatten();
    let more = more.map(|figure| figure.value().as_str()).collect::<Vec<_>>().join(" · ");
    match &body.form {
        Some(form) => Reading::words(form.value().key(), more),
        None if more.is_empty() => Reading::unknown(),
        None => Reading::words(more, ""),
    }
}

/// Memory, of one of several devices.
pub(super) fn capacity(machine: &Machine) -> Reading {
    if !machine.cards.is_empty() {
        return Reading::words(names::memory(machine), text::each_card_its_own());
    }
    let each = if machine.devices > 1 { text::each_device() } else { "" };
    machine
        .memory
        .value()
        .capacity()
        .map_or_else(Reading::unknown, |bytes| Reading::figure(show_gib(bytes), each, bytes.get()))
}

/// Memory bandwidth.
pub(super) fn bandwidth(machine: &Machine) -> Reading {
    machine.bandwidth.as_ref().map_or_else(Reading::unknown, |rate| {
        let rate = rate.value().as_gb_per_s();
        Reading::figure(text::gb_per_second(&show_grouped(whole(rate.round()))), "", rate)
    })
}

/// Programs that run on it, and those that do so with a limit or not at all.
pub(super) fn programs(machine: &Machine) -> Reading {
    let facts = software(machine);
    if facts.is_empty() {
        return Reading::unknown();
    }
    let named = |works: Works| -> Vec<&str> {
        facts.iter().filter(|fact| fact.works == works).map(|fact| fact.name).collect()
    };
    let said = |word: &str, works: Works| {
        let names = named(works).join(", ");
        (!names.is_empty()).then(|| format!("{word} {names}"))
    };
    let under = [said(text::partly(), Works::Partly), said(text::machine_no(), Works::No)];
    let under = under.into_iter().flatten().collect::<Vec<_>>().join("; ");
    Reading::words(named(Works::Yes).join(", "), under)
}
