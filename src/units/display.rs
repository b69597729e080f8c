//! How memory, money and numbers are shown on this thread: a choice of the person who reads, which no estimate knows.

use std::cell::Cell;

use super::{Bytes, Numbers};

/// The unit that memory is shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemoryUnit {
    /// 2³⁰ bytes, as memory is made.
    #[default]
    GiB,
    /// 10⁹ bytes, as files are sold.
    GB,
}

impl MemoryUnit {
    /// Both.
    pub const ALL: [Self; 2] = [Self::GiB, Self::GB];

    /// As it stands behind a figure.
    pub const fn label(self) -> &'static str {
        match self {
            Self::GiB => "GiB",
            Self::GB => "GB",
        }
    }
}

/// A currency, and how much of it a dollar is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Money {
    /// Its sign, as it stands before an amount.
    pub sign: &'static str,
    /// How much of it a dollar is.
    pub per_dollar: f64,
}

impl Default for Money {
    fn default() -> Self {
        Self { sign: "$", per_dollar: 1.0 }
    }
}

impl Money {
    /// Currencies by their codes, with their signs.
    pub const KNOWN: [(&'static str, &'static str); 9] = [
        ("USD", "$"),
        ("EUR", "€"),
        ("GBP", "£"),
        ("JPY", "¥"),
        ("CNY", "CN¥"),
        ("INR", "₹"),
        ("CHF", "CHF "),
        ("CAD", "C$"),
        ("AUD", "A$"),
    ];
}

/// What a person chose to read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Display {
    /// The unit of memory.
    pub memory: MemoryUnit,
    /// The currency.
    pub money: Money,
    /// How numbers are written.
    pub numbers: Numbers,
}

thread_local! {
    static CHOSEN: Cell<Display> = const {
        Cell::new(Display {
            memory: MemoryUnit::GiB,
            money: Money { sign: "$", per_dollar: 1.0 },
            numbers: Numbers { decimal: '.', group: ',' },
        })
    };
}

impl Display {
    /// What was chosen on this thread: GiB and dollars where nothing was.
    pub fn chosen() -> Self {
        CHOSEN.get()
    }

    /// Chooses for this thread.
    pub fn choose(self) {
        CHOSEN.set(self);
    }

    /// Does something as if this were chosen on this thread.
    pub fn while_chosen<T>(self, work: impl FnOnce() -> T) -> T {
        let before = Self::chosen();
        self.choose();
        let done = work();
        before.choose();
        done
    }
}

/// The unit memory is shown in on this thread.
pub fn memory_unit() -> &'static str {
    Display::chosen().memory.label()
}

impl Bytes {
    /// In the unit memory is shown in on this thread.
    pub fn as_shown(self) -> f64 {
        match Display::chosen().memory {
            MemoryUnit::GiB => self.as_gib(),
            MemoryUnit::GB => self.as_gb(),
        }
    }

    /// From a figure in the unit memory is shown in on this thread.
    pub fn of_shown(value: f64) -> Self {
        match Display::chosen().memory {
            MemoryUnit::GiB => Self::gib(value),
            MemoryUnit::GB => Self::new(value * 1e9),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Dollars, show_dollars, show_gib};

    #[test]
    fn a_choice_is_shown_and_is_taken_back() {
        let memory = Bytes::gib(24.0);
        assert_eq!((show_gib(memory), show_dollars(Dollars::new(200.0))), ("24.0 GiB".into(), "$200".into()));
        Display {
            memory: MemoryUnit::GB, money: Money { sign: "€", per_dollar: 0.9 }, ..Display::default()
        }
        .choose();
        assert_eq!((show_gib(memory), show_dollars(Dollars::new(200.0))), ("25.8 GB".into(), "€180".into()));
        assert_eq!(show_gib(Bytes::mib(5.0)), "5.2 MB");
        assert!((Bytes::of_shown(memory.as_shown()).get() - memory.get()).abs() < 1.0);
        Display::default().choose();
        assert_eq!(memory_unit(), "GiB");
    }
}
