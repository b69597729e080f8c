//! What a claim is held against: how the engine's figures came about, and what the catalog has of the machine.

use super::claims::ClaimData;
use super::figure_working;
use super::step::{Step, WorkingData};
use crate::app::text;
use crate::catalog::{Catalog, calibration};
use crate::claims::Quantity;
use crate::engine::FigureName;
use crate::spec::{Figure as Fact, Machine, Offer};
use crate::units::{Bytes, show_dollars, show_figures, show_gib};

/// The working of a claim.
pub(crate) fn build(catalog: &Catalog, claim: &ClaimData) -> WorkingData {
    let mut steps = Vec::new();
    for asked in claim.bound_of.iter().chain(&claim.band_of) {
        let Some(workings) = asked.workings(catalog, calibration()) else { continue };
        let first = steps.len();
        figure_working::push(&mut steps, asked.figure, &workings);
        if let Some(step) = steps.get_mut(first) {
            asked.figure.label().clone_into(&mut step.name);
            if let (FigureName::Roofline, Some(held)) = (asked.figure, claim.held) {
                step.value = format!("{} {}", step.value, held.unit);
            }
            step.basis = text::asked_of_the_engine(&step.basis, &asked.words());
        }
    }
    if let Some(machine) = claim.machine.as_ref().and_then(|id| catalog.machine(id).ok()) {
        steps.extend(facts(machine, claim.quantity));
    }
    WorkingData { title: claim.subject.clone(), value: claim.reason.clone(), steps, ..WorkingData::default() }
}

/// Whether there is anything to open.
pub(crate) fn opens(catalog: &Catalog, claim: &ClaimData) -> bool {
    claim.bound_of.is_some()
        || !claim.band_of.is_empty()
        || claim
            .machine
            .as_ref()
            .and_then(|id| catalog.machine(id).ok())
            .is_some_and(|machine| !facts(machine, claim.quantity).is_empty())
}

/// A fact with how, where and when it was learnt.
fn fact<T>(name: &str, fact: &Fact<T>, value: String) -> Step {
    let Fact(_, kind, source, date) = fact;
    let basis = text::source(&kind.label(), &source, &date);
    Step { name: name.to_owned(), value, basis, ..Step::default() }
}

/// What is asked for a machine.
pub(crate) fn price(machine: &Machine) -> Option<Step> {
    Some(match machine.offer.as_ref()? {
        Offer::Buy(price) => {
            let Step { name, value, basis, .. } =
                fact(text::price(), &price.figure, show_dollars(*price.figure.value()));
            let alone = if machine.leaves_out_computer() { text::the_card_alone() } else { "" };
            Step { name, value, basis: format!("{}{alone}; {basis}", price.words()), ..Step::default() }
        }
        Offer::Rent(rent) => {
            fact(text::rent_an_hour(), rent, text::an_hour(&show_figures(rent.value().get())))
        }
    })
}

/// What the catalog has of a machine that bears on a quantity.
fn facts(machine: &Machine, quantity: Quantity) -> Vec<Step> {
    let of_memory = || {
        let capacity = machine.memory.value().capacity();
        capacity.map(|bytes: Bytes| fact(text::claim_working_memory(), &machine.memory, show_gib(bytes)))
    };
    let of_bandwidth = || {
        let bandwidth = machine.bandwidth.as_ref()?;
        Some(fact(
            text::memory_bandwidth(),
            bandwidth,
            text::gb_per_second(&show_figures(bandwidth.value().as_gb_per_s())),
        ))
    };
    let of_power = |name: &str, figure: &Option<Fact<crate::units::Watts>>| {
        figure
            .as_ref()
            .map(|watts| fact(name, watts, text::claim_working_w(&show_figures(watts.value().get()))))
    };
    let found: Vec<Option<Step>> = match quantity {
        Quantity::Bandwidth => vec![of_bandwidth()],
        Quantity::MemorySize
        | Quantity::GpuShare
        | Quantity::Fits
        | Quantity::LargestModel
        | Quantity::Context => {
            vec![of_memory()]
        }
        Quantity::Price | Quantity::Rent => vec![price(machine)],
        Quantity::Power => vec![of_power(text::power_under_load(), &machine.load)],
        Quantity::IdlePower => vec![of_power(text::power_when_idle(), &machine.idle)],
        Quantity::Compute | Quantity::Operations => {
            let peaks = &machine.peaks;
            let rates = [
                ("FP16", &peaks.fp16),
                ("BF16", &peaks.bf16),
                ("FP32", &peaks.fp32),
                ("INT8", &peaks.int8),
                ("FP8", &peaks.fp8),
                ("FP4", &peaks.fp4),
            ];
            let shown = |(name, rate): (&str, &Option<Fact<crate::units::FlopsPerSecond>>)| {
                let rate = rate.as_ref()?;
                let value = text::claim_working_tflop_s(&show_figures(rate.value().get() / 1e12));
                Some(fact(&text::dense(&name), rate, value))
            };
            rates.into_iter().map(shown).collect()
        }
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}
