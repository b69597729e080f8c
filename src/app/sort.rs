//! Orders of the machine list.

use crate::app::text;

/// How machines are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// Those that fit first, the cheapest of them first.
    #[default]
    FitsThenPrice,
    /// By name.
    Name,
    /// Most memory first.
    Memory,
    /// Cheapest first; without a price last.
    Price,
    /// Fastest first, of those that fit.
    Speed,
    /// The cheapest for the work first, of those that fit.
    CostOfWork,
}

impl Sort {
    /// Every order, as it is offered.
    pub(super) const ALL: [Self; 6] =
        [Self::FitsThenPrice, Self::Speed, Self::CostOfWork, Self::Price, Self::Memory, Self::Name];

    /// As it is offered.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::FitsThenPrice => text::fits_then_price(),
            Self::Name => text::own_machine_name(),
            Self::Memory => text::most_memory(),
            Self::Price => text::price_any_basis(),
            Self::Speed => text::fastest(),
            Self::CostOfWork => text::cost_of_the_work(),
        }
    }

    /// As it is kept between sessions.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::FitsThenPrice => "fits-then-price",
            Self::Name => "name",
            Self::Memory => "memory",
            Self::Price => "price",
            Self::Speed => "speed",
            Self::CostOfWork => "cost-of-work",
        }
    }
}
