//! What a price is the price of: the same machine has one at its launch, one in shops, and one used.

use serde::{Deserialize, Serialize};

use super::Figure;
use crate::units::Dollars;

/// Whose price it is, and when that was asked.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum PriceBasis {
    /// What the maker announced when it was first sold.
    Launch,
    /// What the maker or seller lists today.
    List,
    /// What shops ask, whatever the maker lists.
    Street,
    /// What a used one was sold for.
    Used,
    /// What the maker asks for one that came back.
    Refurbished,
    /// The sum of prices of several bases.
    Mixed,
    /// Nobody said.
    #[default]
    Unsaid,
}

impl PriceBasis {
    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Launch => "launch",
            Self::List => "list",
            Self::Street => "street",
            Self::Used => "used",
            Self::Refurbished => "refurbished",
            Self::Mixed => "mixed",
            Self::Unsaid => "unsaid",
        }
    }

    /// As it stands beside a price: `at launch`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Launch => "at launch",
            Self::List => "list",
            Self::Street => "in shops",
            Self::Used => "used",
            Self::Refurbished => "refurbished",
            Self::Mixed => "of several bases",
            Self::Unsaid => "basis not said",
        }
    }
}

/// The basis of a price with the month or day it was asked, `2026-07` or `2026-07-12`. In RON: `(Used, "2026-07")`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Priced(
    /// Whose price it is.
    pub PriceBasis,
    /// When it was asked, which may be long before the day it was read.
    pub String,
);

/// A price to buy, with its basis.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// The price, with where it was read.
    pub figure: Figure<Dollars>,
    /// Whose price it is.
    pub basis: PriceBasis,
    /// When it was asked, where that is not the day it was read.
    pub asked: Option<String>,
}

impl Price {
    /// A figure with what a record says of it.
    pub fn new(figure: Figure<Dollars>, priced: Option<&Priced>) -> Self {
        let basis = priced.map_or(PriceBasis::Unsaid, |Priced(basis, _)| *basis);
        Self { figure, basis, asked: priced.map(|Priced(_, asked)| asked.clone()) }
    }

    /// The amount.
    pub const fn value(&self) -> &Dollars {
        self.figure.value()
    }

    /// The month or day it was asked, or else the day it was read.
    pub fn day(&self) -> &str {
        self.asked.as_deref().unwrap_or(&self.figure.3)
    }

    /// As it stands beside the amount: `used, 2026-07`.
    pub fn words(&self) -> String {
        format!("{}, {}", self.basis.label(), self.day())
    }

    /// Of so many.
    #[must_use]
    pub fn times(&self, times: f64) -> Self {
        let Figure(price, kind, source, date) = self.figure.clone();
        Self { figure: Figure(price * times, kind, source, date), ..self.clone() }
    }
}

impl From<Figure<Dollars>> for Price {
    fn from(figure: Figure<Dollars>) -> Self {
        Self::new(figure, None)
    }
}
