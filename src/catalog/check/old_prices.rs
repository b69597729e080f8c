//! Prices that were asked long ago: warned of, never failed for.

use std::fmt;

use crate::catalog::Catalog;
use crate::spec::{Offer, PriceBasis};
use crate::units::{days_between, show_dollars, show_figures, show_grouped};

/// Days after which a price is called old.
const OLD: i64 = 90;

/// A price or rent that was asked long ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OldPrice {
    /// Days since it was asked.
    pub days: i64,
    /// Whether it was asked as a price of its day; a price at launch does not grow old, and may no longer be had.
    pub listed: bool,
    /// The machine's name.
    machine: String,
    /// The amount, whose it is, and when it was asked.
    says: String,
}

/// `Mac Studio M3 Ultra 96 GB: $3,999, list, 2025-03-12, 625 days ago`.
impl fmt::Display for OldPrice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ago = show_grouped(u64::try_from(self.days).unwrap_or(0));
        write!(out, "{}: {}, {ago} days ago", self.machine, self.says)
    }
}

/// Prices and rents that were asked more than ninety days before a day, of lists the oldest first, those at launch last;
/// and how many there are in all.
pub fn old_prices(catalog: &Catalog, today: &str) -> (Vec<OldPrice>, usize) {
    let mut all = 0;
    let mut old: Vec<OldPrice> = Vec::new();
    for machine in &catalog.machines {
        let Some(offer) = &machine.offer else { continue };
        all += 1;
        let (says, day, listed) = match offer {
            Offer::Buy(price) => (
                format!("{}, {}", show_dollars(*price.value()), price.words()),
                price.day(),
                price.basis != PriceBasis::Launch,
            ),
            Offer::Rent(rent) => {
                (format!("${} an hour, {}", show_figures(rent.value().get()), rent.3), rent.3.as_str(), true)
            }
        };
        if let Some(days) = days_between(day, today).filter(|days| *days > OLD) {
            old.push(OldPrice { days, listed, machine: machine.name.clone(), says });
        }
    }
    old.sort_by(|a, b| {
        b.listed.cmp(&a.listed).then(b.days.cmp(&a.days)).then_with(|| a.machine.cmp(&b.machine))
    });
    (old, all)
}
