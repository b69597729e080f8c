//! What is known of a machine beside its speed: price with its basis, power, form, noise, software.

use std::sync::Arc;

use crate::spec::{Form, Machine, Memory, Offer, software};
use crate::units::{show_price, show_rent};

/// What is said where nobody knows.
const UNKNOWN: &str = "unknown";

/// A machine in lines: what its price is the price of, and what is unknown.
pub fn machine_lines(machine: &Machine) -> Vec<String> {
    let mut lines = vec![price(machine), power(machine)];
    lines.extend(computer(machine));
    lines.push(body(machine));
    lines.push(programs(machine));
    lines
}

/// What is taken for granted of a machine that was described by its figures alone, or of such cards in it, a
/// sentence each.
pub fn taken_for_granted(machine: &Machine) -> Vec<String> {
    let each = std::iter::once(machine).chain(machine.cards.iter().map(Arc::as_ref));
    each.filter_map(|machine| Some(format!("{} is {}", machine.id, machine.assumed()?))).collect()
}

fn price(machine: &Machine) -> String {
    match &machine.offer {
        Some(Offer::Buy(price)) => {
            format!("Price: {} ({})", show_price(*price.value()), price.words())
        }
        Some(Offer::Rent(rent)) => {
            format!("Rent: {} an hour (list, {})", show_rent(*rent.value()), rent.3)
        }
        None => format!("Price: {UNKNOWN}"),
    }
}

fn power(machine: &Machine) -> String {
    let watts = |figure: Option<f64>| figure.map_or_else(|| UNKNOWN.to_owned(), |watts| format!("{watts} W"));
    let load = watts(machine.load.as_ref().map(|figure| figure.value().get()));
    let idle = watts(machine.idle.as_ref().map(|figure| figure.value().get()));
    let limits = machine.body.power_limits.as_ref().map_or_else(String::new, |figure| {
        let (least, most) = *figure.value();
        format!("; its maker sets {} to {} W", least.get(), most.get())
    });
    format!("Power: {load} under load, {idle} idle{limits}")
}

/// What price and power leave out.
pub fn computer(machine: &Machine) -> Option<String> {
    if machine.leaves_out_computer() {
        return Some("The computer around the card is in neither its price nor its power".to_owned());
    }
    let laptop = machine.body.form.as_ref().is_some_and(|figure| *figure.value() == Form::Laptop);
    (laptop && matches!(machine.memory.value(), Memory::Discrete { .. }))
        .then(|| "Power is that of the GPU alone; the laptop around it takes more".to_owned())
}

fn body(machine: &Machine) -> String {
    let body = &machine.body;
    let form = body.form.as_ref().map_or(UNKNOWN, |figure| figure.value().key());
    let noise = body.noise.as_ref().map_or(UNKNOWN, |figure| figure.value());
    let more = [&body.dimensions, &body.weight, &body.slot];
    let more = more.into_iter().flatten().map(|figure| figure.value().as_str());
    let all: Vec<&str> = std::iter::once(form).chain(more).collect();
    format!("Form: {} · noise: {noise}", all.join(" · "))
}

fn programs(machine: &Machine) -> String {
    let facts = software(machine);
    if facts.is_empty() {
        return format!("Software: {UNKNOWN}");
    }
    let each = facts.iter().map(|fact| format!("{} {}", fact.name, fact.works.key()));
    format!("Software: {}", each.collect::<Vec<String>>().join(", "))
}
