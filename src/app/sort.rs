//! Orders of the machine list.

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
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::FitsThenPrice => "Fits, then price",
            Self::Name => "Name",
            Self::Memory => "Most memory",
            Self::Price => "Price, any basis",
            Self::Speed => "Fastest",
            Self::CostOfWork => "Cost of the work",
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
