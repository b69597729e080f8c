//! How machines are used, for what they cost: the settings of the window's Cost page as arguments.

use std::path::Path;

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
    /// Share of those hours in which there is work, from 0 to 1; 1 without it
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub utilization: Option<f64>,
    /// Share of its price that a machine is sold for in the end, from 0 to 1; without it what others were sold for
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub residual: Option<f64>,
    /// Dollars of the computer around a card that is bought alone, 0 where there is one; without it a plain one
    #[arg(long, value_name = "DOLLARS", value_parser = money)]
    pub host_dollars: Option<f64>,
    /// Watts of that computer beside the card, which are left out without it
    #[arg(long, value_name = "WATTS", value_parser = watts)]
    pub host_watts: Option<f64>,
    /// Rent what may be taken away, where a price for that is known
    #[arg(long)]
    pub spot: bool,
    /// Dollars a month for storage that is kept while nothing is rented
    #[arg(long, value_name = "DOLLARS", value_parser = money)]
    pub storage: Option<f64>,
    /// Dollars that an API asks for a million tokens of prompts; without it what providers list
    #[arg(long, value_name = "DOLLARS", value_parser = money)]
    pub api_input: Option<f64>,
    /// Dollars that an API asks for a million tokens generated; without it what providers list
    #[arg(long, value_name = "DOLLARS", value_parser = money)]
    pub api_output: Option<f64>,
}

impl UseArgs {
    /// Laid over the use that a report was saved with.
    pub fn over(self, report: Option<&SavedReport>) -> Use {
        let below = report.map_or_else(Use::default, |report| report.usage.into());
        Use {
            tariff: self.tariff.unwrap_or(below.tariff),
            hours_a_day: self.hours_a_day.unwrap_or(below.hours_a_day),
            years: self.years.unwrap_or(below.years),
            utilization: self.utilization.unwrap_or(below.utilization),
            residual_share: self.residual.or(below.residual_share),
            host_dollars: self.host_dollars.or(below.host_dollars),
            host_watts: self.host_watts.or(below.host_watts),
            spot: self.spot || below.spot,
            storage_dollars: self.storage.unwrap_or(below.storage_dollars),
            api_input: self.api_input.or(below.api_input),
            api_output: self.api_output.or(below.api_output),
        }
    }
}

/// Whether a report's question is asked again as it was saved: of its model, with its settings, for its use.
pub(super) fn is_asked_again(
    saved: &SavedReport,
    (set, model): (&[String], Option<&Path>),
    usage: Use,
) -> bool {
    set.is_empty() && model.is_none() && usage == UseArgs::default().over(Some(saved))
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

fn share(text: &str) -> Result<f64, NotInRange> {
    number(text, 1.0)
}

fn money(text: &str) -> Result<f64, NotInRange> {
    number(text.trim_start_matches('$'), Use::MOST_DOLLARS)
}

fn watts(text: &str) -> Result<f64, NotInRange> {
    number(text, Use::MOST_WATTS)
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
