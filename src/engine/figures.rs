//! The figures of speed and cost by name, and the book in which their workings are kept.

use std::sync::Arc;

use super::working::{Detail, Figure, Worked, Workings};
use crate::spec::Figure as Fact;
use crate::units::Band;

/// A figure of speed or cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FigureName {
    /// Tokens a second that one request is generated with.
    Decode,
    /// Seconds from one token to the next of a request.
    TimePerOutputToken,
    /// Tokens a second of all requests.
    Aggregate,
    /// Tokens a second of a prompt.
    Prefill,
    /// Seconds from the question to the first token.
    TimeToFirstToken,
    /// Seconds from the question to the end of the answer.
    Request,
    /// The same of a task of several turns.
    Task,
    /// Texts a second that are read.
    Texts,
    /// Seconds in which the texts that are read at once are done.
    TextsAtOnce,
    /// Tokens a second that are trained on.
    TrainTokens,
    /// Share of the peak that training reaches.
    ShareOfPeak,
    /// Hours of a whole run.
    RunHours,
    /// Seconds of an epoch.
    Epoch,
    /// Seconds of the images or clips that are made at once.
    Batch,
    /// Seconds of an image or a clip.
    Image,
    /// Seconds of a training step.
    Step,
    /// What no decode or training exceeds, or what no time is below.
    Roofline,
    /// What no prefill exceeds.
    PrefillRoofline,
    /// Dollars of electricity in all years.
    Electricity,
    /// Dollars in all years.
    Total,
    /// Dollars of an hour under load.
    Hour,
    /// Dollars that it is sold for in the end.
    Residual,
    /// Dollars for a million tokens trained on.
    MillionTokens,
    /// Dollars for a million tokens of prompts.
    InputMillion,
    /// Dollars for a million tokens generated.
    OutputMillion,
    /// Dollars that an API asks for a million tokens of prompts.
    ApiInput,
    /// Dollars that an API asks for a million tokens generated.
    ApiOutput,
    /// Dollars of a run, or of an image.
    RunDollars,
    /// Watt-hours of a run, an image, or a million tokens.
    Energy,
    /// Hours under load after which a machine has cost less than the cheapest rental of the same work.
    BreakEven,
}

impl FigureName {
    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Decode => "decode_tokens_per_s",
            Self::TimePerOutputToken => "time_per_output_token_s",
            Self::Aggregate => "aggregate_tokens_per_s",
            Self::Prefill => "prefill_tokens_per_s",
            Self::TimeToFirstToken => "time_to_first_token_s",
            Self::Request => "request_s",
            Self::Task => "task_s",
            Self::Texts => "texts_per_s",
            Self::TextsAtOnce => "texts_at_once_s",
            Self::TrainTokens => "train_tokens_per_s",
            Self::ShareOfPeak => "share_of_peak",
            Self::RunHours => "run_hours",
            Self::Epoch => "seconds_per_epoch",
            Self::Batch => "seconds_per_batch",
            Self::Image => "seconds_per_image",
            Self::Step => "seconds_per_step",
            Self::Roofline => "roofline",
            Self::PrefillRoofline => "prefill_roofline_tokens_per_s",
            Self::Electricity => "electricity_dollars",
            Self::Total => "total_dollars",
            Self::Hour => "hour_dollars",
            Self::Residual => "residual_dollars",
            Self::MillionTokens => "million_tokens_dollars",
            Self::InputMillion => "input_dollars_per_million",
            Self::OutputMillion => "output_dollars_per_million",
            Self::ApiInput => "api_input_dollars_per_million",
            Self::ApiOutput => "api_output_dollars_per_million",
            Self::RunDollars => "run_dollars",
            Self::Energy => "energy_watt_hours",
            Self::BreakEven => "break_even_hours",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Decode => "Decode",
            Self::TimePerOutputToken => "Time/output token (TPOT)",
            Self::Aggregate => "Aggregate throughput",
            Self::Prefill => "Prefill",
            Self::TimeToFirstToken => "Time to first token (TTFT)",
            Self::Request => "Whole request",
            Self::Task => "Whole task",
            Self::Texts => "Texts",
            Self::TextsAtOnce => "Texts at once",
            Self::TrainTokens => "Training",
            Self::ShareOfPeak => "Share of the peak",
            Self::RunHours => "Whole run",
            Self::Epoch => "Epoch",
            Self::Batch => "Images made at once",
            Self::Image => "Image",
            Self::Step => "Training step",
            Self::Roofline => "Roofline",
            Self::PrefillRoofline => "Roofline of prefill",
            Self::Electricity => "Electricity",
            Self::Total => "In all",
            Self::Hour => "An hour under load",
            Self::Residual => "Sold in the end",
            Self::MillionTokens => "A million tokens",
            Self::InputMillion => "A million tokens in",
            Self::OutputMillion => "A million tokens out",
            Self::ApiInput => "By API, a million tokens in",
            Self::ApiOutput => "By API, a million tokens out",
            Self::RunDollars => "A run",
            Self::Energy => "Energy",
            Self::BreakEven => "Beats rent after",
        }
    }
}

/// Workings of figures by name; empty where only figures are asked.
///
/// A figure that follows from another of the book takes it as a plain input: its working stands once, under its name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    detail: Detail,
    kept: Vec<(FigureName, Arc<Workings>)>,
}

impl Book {
    /// An empty one, for figures alone or with workings.
    pub const fn new(detail: Detail) -> Self {
        Self { detail, kept: Vec::new() }
    }

    /// Whether workings are kept.
    pub const fn detail(&self) -> Detail {
        self.detail
    }

    /// How a figure came about, where that was asked.
    pub fn of(&self, name: FigureName) -> Option<&Arc<Workings>> {
        self.kept.iter().find(|(kept, _)| *kept == name).map(|(_, workings)| workings)
    }

    /// Every figure with its workings, in the order they were computed.
    pub fn iter(&self) -> impl Iterator<Item = (FigureName, &Workings)> {
        self.kept.iter().map(|(name, workings)| (*name, workings.as_ref()))
    }

    /// Keeps the workings of a band and gives its figures.
    pub fn band(&mut self, name: FigureName, figures: Band<Figure>) -> Band<f64> {
        self.keep(name, Worked::band(figures.low, figures.best, figures.high))
    }

    /// Keeps the working of a figure without a band and gives it.
    pub fn exact(&mut self, name: FigureName, figure: Figure) -> f64 {
        self.keep(name, Worked::exact(figure)).best
    }

    fn keep(&mut self, name: FigureName, worked: Worked) -> Band<f64> {
        self.kept.extend(worked.workings.map(|workings| (name, workings)));
        worked.band
    }
}

/// A fact of a machine as an input, with where it is from.
pub fn fact<T>(detail: Detail, name: &'static str, fact: &Fact<T>, value: impl Into<f64>) -> Figure {
    let value = value.into();
    if !detail.wanted() {
        return value.into();
    }
    let Fact(_, kind, source, date) = fact;
    Figure::found(detail, format!("{}, source {source}, {date}", kind.label()), name, value)
}
