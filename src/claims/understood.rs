//! A claim as it was understood.

use super::quantity::Quantity;
use super::words::figure::Figure;
use super::words::format::{FormatSaid, RuntimeSaid};
use super::words::machine::MachineSaid;
use super::words::model::ModelSaid;

/// What a claim says, as it was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Understood {
    /// The machine it is about.
    pub machine: Option<MachineSaid>,
    /// The machine that is held against it.
    pub over: Option<MachineSaid>,
    /// The models it is about: several where it names a range of sizes.
    pub models: Vec<ModelSaid>,
    /// How weights are stored.
    pub format: Option<FormatSaid>,
    /// The program.
    pub runtime: Option<RuntimeSaid>,
    /// Whether that program is not estimated on that machine, so that another stands for it.
    pub other_runtime: bool,
    /// What its figure is of.
    pub quantity: Quantity,
    /// Of a comparison, what is compared.
    pub of: Option<Quantity>,
    /// Its figure.
    pub figure: Option<Figure>,
    /// Further figures of the same unit in the sentence, which a comparison can be held against.
    pub beside: Vec<Figure>,
    /// What else is said of how it runs or is used.
    pub with: Circumstances,
    /// Whether it is said not to be so: it does not fit, there is none.
    pub denied: bool,
    /// The number format of a peak rate: `fp16`.
    pub precision: Option<&'static str>,
    /// Whether a rate is said to be that of sparse matrices.
    pub sparse: bool,
    /// The words around it, in lower case.
    pub low: String,
    /// What was taken for granted.
    pub assumed: Vec<String>,
}

/// How a workload runs or a machine is used, as far as a text says it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Circumstances {
    /// Power, W.
    pub watts: Option<f64>,
    /// Hours under load a day.
    pub hours_a_day: Option<f64>,
    /// Years.
    pub years: Option<f64>,
    /// Dollars for a kilowatt-hour.
    pub tariff: Option<f64>,
    /// Requests at once.
    pub requests: Option<f64>,
    /// Tokens of context, of a prompt, or of a sequence that is trained on.
    pub tokens: Option<f64>,
    /// Steps of an image.
    pub steps: Option<f64>,
    /// Dollars to buy it.
    pub price: Option<f64>,
    /// Dollars of electricity.
    pub electricity: Option<f64>,
    /// Dollars of maintenance.
    pub maintenance: Option<f64>,
    /// Draft tokens are said to be used.
    pub speculative: bool,
}

impl Circumstances {
    /// The same, with what is not said here as it is elsewhere.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        Self {
            watts: self.watts.or(below.watts),
            hours_a_day: self.hours_a_day.or(below.hours_a_day),
            years: self.years.or(below.years),
            tariff: self.tariff.or(below.tariff),
            requests: self.requests.or(below.requests),
            tokens: self.tokens.or(below.tokens),
            steps: self.steps.or(below.steps),
            price: self.price.or(below.price),
            electricity: self.electricity.or(below.electricity),
            maintenance: self.maintenance.or(below.maintenance),
            speculative: self.speculative || below.speculative,
        }
    }
}

impl Understood {
    /// Of a quantity, with nothing more known.
    pub fn of(quantity: Quantity, low: &str) -> Self {
        Self {
            machine: None,
            over: None,
            models: Vec::new(),
            format: None,
            runtime: None,
            other_runtime: false,
            quantity,
            of: None,
            figure: None,
            beside: Vec::new(),
            with: Circumstances::default(),
            denied: false,
            precision: None,
            sparse: false,
            low: low.to_owned(),
            assumed: Vec::new(),
        }
    }

    /// Lower and higher end of its figure.
    pub fn ends(&self) -> Option<(f64, f64)> {
        self.figure.as_ref().map(|figure| (figure.low, figure.high))
    }
}
