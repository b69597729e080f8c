//! How a machine is used, for what it costs: everything that people type on the Cost page.

use super::working::{Detail, Figure};
use crate::formula;
use crate::units::Hours;

/// How a machine is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Use {
    /// Dollars for a kilowatt-hour.
    pub tariff: f64,
    /// Hours a day that it is switched to work, or rented; it idles the rest of the day.
    pub hours_a_day: f64,
    /// Years it is kept.
    pub years: f64,
    /// Share of those hours in which there is work to do, from 0 to 1; it idles the rest of them.
    pub utilization: f64,
    /// Share of its price that it is sold for in the end; nothing for what others were sold for.
    pub residual_share: Option<f64>,
    /// Dollars of the computer around a card that is bought alone; nothing for a plain one.
    pub host_dollars: Option<f64>,
    /// Power of that computer beside the card, in watts, idle and under load; nothing leaves it out.
    pub host_watts: Option<f64>,
    /// Whether what is rented may be taken away, at the price for that where one is known.
    pub spot: bool,
    /// Dollars a month for storage that is kept while nothing is rented.
    pub storage_dollars: f64,
    /// Dollars that an API asks for a million tokens of prompts; nothing for what providers list.
    pub api_input: Option<f64>,
    /// Dollars that an API asks for a million tokens of answers; nothing for what providers list.
    pub api_output: Option<f64>,
}

impl Default for Use {
    /// Eight hours a day for five years, at an average household's tariff in the USA, with work in all those hours.
    fn default() -> Self {
        Self {
            tariff: 0.18,
            hours_a_day: 8.0,
            years: 5.0,
            utilization: 1.0,
            residual_share: None,
            host_dollars: None,
            host_watts: None,
            spot: false,
            storage_dollars: 0.0,
            api_input: None,
            api_output: None,
        }
    }
}

impl Use {
    /// The most a kilowatt-hour may cost, in dollars.
    pub const MOST_TARIFF: f64 = 10.0;
    /// The most hours of a day.
    pub const MOST_HOURS: f64 = 24.0;
    /// The most years a machine may be kept.
    pub const MOST_YEARS: f64 = 50.0;
    /// The most dollars of any price that is typed.
    pub const MOST_DOLLARS: f64 = 1e6;
    /// The most watts that are typed.
    pub const MOST_WATTS: f64 = 1e5;

    /// Within the least and most of each; what is no number becomes the usual.
    #[must_use]
    pub fn clamped(self) -> Self {
        let usual = Self::default();
        let within = |value: f64, most: f64, usual: f64| {
            if value.is_nan() { usual } else { value.clamp(0.0, most) }
        };
        let typed = |value: Option<f64>, most: f64| {
            value.filter(|value| !value.is_nan()).map(|value| value.clamp(0.0, most))
        };
        Self {
            tariff: within(self.tariff, Self::MOST_TARIFF, usual.tariff),
            hours_a_day: within(self.hours_a_day, Self::MOST_HOURS, usual.hours_a_day),
            years: within(self.years, Self::MOST_YEARS, usual.years),
            utilization: within(self.utilization, 1.0, usual.utilization),
            residual_share: typed(self.residual_share, 1.0),
            host_dollars: typed(self.host_dollars, Self::MOST_DOLLARS),
            host_watts: typed(self.host_watts, Self::MOST_WATTS),
            spot: self.spot,
            storage_dollars: within(self.storage_dollars, Self::MOST_DOLLARS, usual.storage_dollars),
            api_input: typed(self.api_input, Self::MOST_DOLLARS),
            api_output: typed(self.api_output, Self::MOST_DOLLARS),
        }
    }

    /// Hours of work in all years.
    pub fn hours(&self) -> Hours {
        Hours::new(self.under_load(Detail::Figures).value)
    }

    /// Hours of work in all years, with their working.
    pub(super) fn under_load(&self, detail: Detail) -> Figure {
        let hours_a_day = self.hours_a_day.clamp(0.0, 24.0);
        if self.utilization >= 1.0 {
            return formula!(detail, SAID; hours_a_day = hours_a_day, years = self.years => hours_a_day * 365.0 * years);
        }
        formula!(detail, SAID; hours_a_day = hours_a_day, years = self.years,
            utilization = self.utilization.clamp(0.0, 1.0) => hours_a_day * 365.0 * years * utilization)
    }

    /// Hours that are paid for where it is rented, whether or not there is work in them.
    pub(super) fn rented(&self, detail: Detail) -> Figure {
        let hours_a_day = self.hours_a_day.clamp(0.0, 24.0);
        formula!(detail, SAID; hours_a_day = hours_a_day, years = self.years => hours_a_day * 365.0 * years)
    }

    /// Hours without work in all years.
    pub(super) fn idle(&self, detail: Detail) -> Figure {
        formula!(detail, SAID; years = self.years, hours_under_load = self.under_load(detail)
            => max(365.0 * years * 24.0 - hours_under_load, 0.0))
    }
}

/// What the hours of a use rest on.
const SAID: &str = "the use that was set for costs";
