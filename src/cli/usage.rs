//! How machines are used, for what they cost: the settings of the window's Cost page as arguments.

use clap::Args;

use crate::engine::Use;
use crate::report::SavedReport;

/// Tariff, hours and years; what is not given is as in the report that is opened, else as is usual.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq)]
pub struct UseArgs {
    /// Dollars for a kilowatt-hour; 0.18 without it
    #[arg(long, value_name = "DOLLARS", value_parser = tariff)]
    pub tariff: Option<f64>,
    /// Hours a day under load; 8 without it
    #[arg(long, value_name = "HOURS", value_parser = hours)]
    pub hours_a_day: Option<f64>,
    /// Years a machine is kept; 5 without it
    #[arg(long, value_name = "YEARS", value_parser = years)]
    pub years: Option<f64>,
}

impl UseArgs {
    /// Laid over the use that a report was saved with.
    pub fn over(self, report: Option<&SavedReport>) -> Use {
        let below = report.map_or_else(Use::default, |report| report.usage.into());
        Use {
            tariff: self.tariff.unwrap_or(below.tariff),
            hours_a_day: self.hours_a_day.unwrap_or(below.hours_a_day),
            years: self.years.unwrap_or(below.years),
        }
    }
}

fn tariff(text: &str) -> Result<f64, NotInRange> {
    number(text.trim_start_matches('$'), Use::MOST_TARIFF)
}

fn hours(text: &str) -> Result<f64, NotInRange> {
    number(text, Use::MOST_HOURS)
}

fn years(text: &str) -> Result<f64, NotInRange> {
    number(text, Use::MOST_YEARS)
}

/// A number from 0 to the most.
fn number(text: &str, most: f64) -> Result<f64, NotInRange> {
    let number = text.trim().parse::<f64>().ok().filter(|number| (0.0..=most).contains(number));
    number.ok_or(NotInRange(most))
}

/// A figure of use that is no number, or out of range.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("write a number from 0 to {0}")]
struct NotInRange(f64);
