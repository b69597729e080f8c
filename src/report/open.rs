//! Opening what was saved: a preset, a list of presets, or a report.

use serde::{Deserialize, Serialize};

use super::Answer;
use super::figures_of::figure;
use crate::engine::{FigureName, Use};
use crate::spec::preset::{self, PresetEntry, PresetError, PresetKeys};
use crate::units::{Dollars, DollarsPerHour};

/// The version of the report file.
pub(super) const VERSION: u32 = 3;

/// A result as it was when the report was saved.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SavedAnswer {
    /// Id of the machine.
    pub machine: String,
    /// `fits`, `tight`, `uncertain` or `does-not-fit`.
    pub verdict: String,
    /// What counted against the ceiling, best estimate; `None` where the machine's memory was unknown.
    pub need_bytes: Option<f64>,
    /// The ceiling; `None` where the machine's memory was unknown.
    pub ceiling_bytes: Option<f64>,
    /// Runtime, speed and price; reports before version 3 said nothing of them.
    #[serde(default)]
    pub more: Option<SavedFigures>,
}

/// What a report said of speed and price; `None` is what it did not know, or what the workload does not have.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct SavedFigures {
    /// The program that answered: `mlx`.
    pub runtime: String,
    /// Tokens a second of a request, best estimate.
    pub decode_tokens_per_s: Option<f64>,
    /// Hours of a run, best estimate.
    pub run_hours: Option<f64>,
    /// Seconds of an image, best estimate.
    pub seconds_per_image: Option<f64>,
    /// Dollars to buy it.
    pub price_dollars: Option<f64>,
    /// Dollars of an hour's rent.
    pub rent_dollars_per_hour: Option<f64>,
    /// Dollars in all years of use.
    pub total_dollars: Option<f64>,
}

impl SavedFigures {
    fn of(answer: &Answer) -> Self {
        let best = |name| figure(&answer.estimate, name).map(|band| band.best);
        let cost = answer.estimate.cost;
        Self {
            runtime: answer.estimate.resolved.runtime.key().to_owned(),
            decode_tokens_per_s: best(FigureName::Decode),
            run_hours: best(FigureName::RunHours),
            seconds_per_image: best(FigureName::Image),
            price_dollars: cost.and_then(|cost| cost.price).map(Dollars::get),
            rent_dollars_per_hour: cost.and_then(|cost| cost.rent).map(DollarsPerHour::get),
            total_dollars: cost.map(|cost| cost.total.get()),
        }
    }
}

impl SavedAnswer {
    /// What is kept of an answer.
    pub(super) fn of(answer: &Answer) -> Self {
        let deciding = answer.estimate.fit.deciding();
        Self {
            machine: answer.machine.id.clone(),
            verdict: answer.estimate.fit.verdict.key().to_owned(),
            need_bytes: deciding.map(|comparison| comparison.need.best.get()),
            ceiling_bytes: deciding.map(|comparison| comparison.ceiling.bytes.best.get()),
            more: Some(SavedFigures::of(answer)),
        }
    }
}

/// How machines were used, for what they cost.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SavedUse {
    /// Dollars for a kilowatt-hour.
    pub tariff_dollars_per_kwh: f64,
    /// Hours a day under load.
    pub hours_a_day: f64,
    /// Years a machine is kept.
    pub years: f64,
    /// Share of the hours in which there is work; before it was asked, all of them.
    #[serde(default = "all")]
    pub utilization: f64,
    /// Share of its price that a machine is sold for in the end, where that was set.
    #[serde(default)]
    pub residual_share: Option<f64>,
    /// Dollars of the computer around a card, where that was set.
    #[serde(default)]
    pub host_dollars: Option<f64>,
    /// Watts of that computer, where that was set.
    #[serde(default)]
    pub host_watts: Option<f64>,
    /// Whether what is rented may be taken away.
    #[serde(default)]
    pub spot: bool,
    /// Dollars a month for storage.
    #[serde(default)]
    pub storage_dollars_a_month: f64,
    /// Dollars that an API asks for a million tokens of prompts, where that was set.
    #[serde(default)]
    pub api_input_dollars_per_million: Option<f64>,
    /// Dollars that an API asks for a million tokens generated, where that was set.
    #[serde(default)]
    pub api_output_dollars_per_million: Option<f64>,
}

const fn all() -> f64 {
    1.0
}

impl Default for SavedUse {
    fn default() -> Self {
        Use::default().into()
    }
}

impl From<Use> for SavedUse {
    fn from(usage: Use) -> Self {
        Self {
            tariff_dollars_per_kwh: usage.tariff,
            hours_a_day: usage.hours_a_day,
            years: usage.years,
            utilization: usage.utilization,
            residual_share: usage.residual_share,
            host_dollars: usage.host_dollars,
            host_watts: usage.host_watts,
            spot: usage.spot,
            storage_dollars_a_month: usage.storage_dollars,
            api_input_dollars_per_million: usage.api_input,
            api_output_dollars_per_million: usage.api_output,
        }
    }
}

impl From<SavedUse> for Use {
    /// Within what a use may be.
    fn from(saved: SavedUse) -> Self {
        Self {
            tariff: saved.tariff_dollars_per_kwh,
            hours_a_day: saved.hours_a_day,
            years: saved.years,
            utilization: saved.utilization,
            residual_share: saved.residual_share,
            host_dollars: saved.host_dollars,
            host_watts: saved.host_watts,
            spot: saved.spot,
            storage_dollars: saved.storage_dollars_a_month,
            api_input: saved.api_input_dollars_per_million,
            api_output: saved.api_output_dollars_per_million,
        }
        .clamped()
    }
}

/// A report as it was saved.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SavedReport {
    /// Version of the file.
    pub plimsoll_report: u32,
    /// Day it was made.
    pub made_on: String,
    /// Version of the program that made it.
    pub version: String,
    /// Day of the newest fact then.
    pub data_of: String,
    /// What was asked.
    pub scenario: PresetKeys,
    /// How machines were used; in reports of version 1, as is usual.
    #[serde(default)]
    pub usage: SavedUse,
    /// The machines that were compared.
    pub machines: Vec<String>,
    /// What was assumed, clamped or ignored then, a sentence each.
    #[serde(default)]
    pub notes: Vec<String>,
    /// Another scenario on the same machines, where two were compared.
    #[serde(default)]
    pub beside: Option<PresetKeys>,
    /// What followed then.
    pub results: Vec<SavedAnswer>,
}

/// What a file turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// One preset, or a list.
    Presets(Vec<PresetEntry>),
    /// A report.
    Report(Box<SavedReport>),
}

/// Reads a preset or a report.
///
/// # Errors
/// With file, line and column, and what would be right there.
pub fn open(text: &str, file: &str) -> Result<Opened, PresetError> {
    let text = preset::without_mark(text);
    match version(text) {
        None => preset::parse_each(text, file).map(Opened::Presets),
        Some(newer) if newer > VERSION => Err(PresetError::Content {
            file: file.to_owned(),
            message: format!(
                "the report is of version {newer}, and this program reads up to {VERSION}; a newer Plimsoll opens it"
            ),
        }),
        Some(_) => {
            let report =
                preset::form().from_str(text).map_err(|error| PresetError::syntax(&error, text, file))?;
            Ok(Opened::Report(Box::new(report)))
        }
    }
}

/// The version that a report says, whatever else stands in it; none for what is no report.
fn version(text: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Head {
        plimsoll_report: Option<u32>,
    }
    // A report that is broken further down is one all the same.
    let is_key = |rest: &str| rest.trim_start().starts_with(':');
    let broken = || text.split("plimsoll_report").skip(1).any(is_key).then_some(VERSION);
    preset::form().from_str::<Head>(text).map_or_else(|_| broken(), |head| head.plimsoll_report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_known_by_its_key_and_its_version_is_read_first() {
        let named = r#"(name: "my plimsoll_report", model: "llama-3.1-8b")"#;
        assert!(matches!(open(named, "a.ron"), Ok(Opened::Presets(_))), "a word in a name is no key");
        let newer = "(plimsoll_report: 9, something_new: [1, 2], results: [(a: 1)])";
        let error = open(newer, "a.ron").expect_err("a newer report").to_string();
        assert!(error.contains("a newer Plimsoll opens it"), "{error}");
        let broken = open("(plimsoll_report: 1, made_on: ", "a.ron").expect_err("half a report").to_string();
        assert!(broken.starts_with("a.ron:1:"), "{broken}");
    }
}
