//! How machines are called.

use crate::detect::THIS;
use crate::spec::{Machine, Offer, Vendor};
use crate::units::{show_grouped, whole};

/// Whether it is the detected one.
pub fn is_this(machine: &Machine) -> bool {
    machine.id == THIS
}

/// In a line or a label: `This Mac`, `RTX 4090 24 GB`.
pub fn short(machine: &Machine) -> String {
    match (is_this(machine), machine.vendor) {
        (true, Vendor::Apple) => "This Mac".to_owned(),
        (true, _) => "This machine".to_owned(),
        (false, _) => machine.name.clone(),
    }
}

/// As a sentence goes on: `on this MacBook Pro M5 Max 64 GB`, `on RTX 4090 24 GB`.
pub fn in_sentence(machine: &Machine) -> String {
    if is_this(machine) { format!("this {}", machine.name) } else { machine.name.clone() }
}

/// What it costs, as the list says it; empty where no price is known.
pub fn price(machine: &Machine) -> String {
    match &machine.offer {
        _ if is_this(machine) => "owned".to_owned(),
        Some(Offer::Buy(figure)) => format!("${}", show_grouped(whole(figure.value().get()))),
        Some(Offer::Rent(figure)) => format!("${:.2}/h", figure.value().get()),
        None => String::new(),
    }
}
