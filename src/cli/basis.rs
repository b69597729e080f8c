//! Whose price a machine has.

use crate::spec::{Availability, Machine, Price};

/// Whose price it is and of when, and that the machine is not sold for it where it is not.
pub(super) fn basis(machine: &Machine, price: &Price) -> String {
    let words = price.words();
    match machine.availability {
        _ if machine.can_be_had() => words,
        Availability::Announced => format!("{words}; not sold yet"),
        _ => format!("{words}; no longer made"),
    }
}
