//! Workings: how a figure came about, as the computation itself.
//!
//! [`formula!`](crate::formula) is written once and used twice: its expression is compiled, which gives the figure, and
//! its text is kept, which shows it. They cannot differ, because they are the same tokens. What cannot be one
//! expression is a list that sums: [`Term`]s over many like things, or what is [`Alive`] at the peak of a simulation.
//!
//! Workings are made only where [`Detail::Workings`] is asked, so that an estimate costs no more for them.

mod formula;
pub mod functions;
mod show;

pub use show::show_number;

use std::borrow::Cow;
use std::sync::Arc;

use crate::units::{Band, Bytes, BytesPerSecond, Flops, FlopsPerSecond, Seconds};

/// Whether figures are wanted alone, or with how they came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// The figures alone.
    #[default]
    Figures,
    /// Each figure with its working.
    Workings,
}

impl Detail {
    /// Whether workings are wanted.
    pub const fn wanted(self) -> bool {
        matches!(self, Self::Workings)
    }
}

/// How one figure came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Working {
    /// What the expression or the list comes to: bytes, seconds, dollars, whatever the figure is of.
    pub value: f64,
    /// The computation.
    pub how: How,
    /// The measurement, program or text that the computation follows.
    pub source: Cow<'static, str>,
}

/// A computation that can be done again.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// An expression over named inputs: `layers * cells * bytes_per_cell`.
    Expression {
        /// With `+ - * / ( )`, the functions of [`functions`], numbers and the names of the inputs.
        text: Cow<'static, str>,
        /// What the names stand for, in the order they are given.
        inputs: Vec<Input>,
    },
    /// A sum over many like things.
    Terms(Vec<Term>),
    /// What a simulated allocator holds at its peak; the sizes sum.
    Alive(Vec<Alive>),
}

/// What a name in an expression stands for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    /// As in the expression.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// How it came about itself, where it is not simply given.
    pub working: Option<Arc<Working>>,
}

/// Some like things of a sum.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// What they are: `attention layers with 8,192 cells`.
    pub name: Cow<'static, str>,
    /// How many of them.
    pub count: f64,
    /// What all of them come to together.
    pub value: f64,
}

/// A tensor, or a gap between tensors, that takes memory at the peak.
#[derive(Clone, Debug, PartialEq)]
pub struct Alive {
    /// The operation that made it.
    pub name: Cow<'static, str>,
    /// Bytes it takes.
    pub bytes: f64,
}

/// A number and, where it was asked, how it came about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// The number.
    pub value: f64,
    /// How it came about; nothing where only figures were asked.
    pub working: Option<Arc<Working>>,
}

impl Figure {
    /// A sum over many like things; the list is made only where workings are asked.
    pub fn terms(
        detail: Detail,
        source: impl Into<Cow<'static, str>>,
        value: f64,
        terms: impl FnOnce() -> Vec<Term>,
    ) -> Self {
        Self::made(detail, source, value, || How::Terms(terms()))
    }

    /// The peak of a simulation; the list is made only where workings are asked.
    pub fn alive(
        detail: Detail,
        source: impl Into<Cow<'static, str>>,
        value: f64,
        alive: impl FnOnce() -> Vec<Alive>,
    ) -> Self {
        Self::made(detail, source, value, || How::Alive(alive()))
    }

    /// A number that was found, not computed: measured, observed or stated; its working is the number itself.
    pub fn found(
        detail: Detail,
        source: impl Into<Cow<'static, str>>,
        name: &'static str,
        value: f64,
    ) -> Self {
        Self::made(detail, source, value, || How::Expression {
            text: name.into(),
            inputs: vec![Input { name, value, working: None }],
        })
    }

    /// With a computation that is made only where it is asked; `how` must come to `value`.
    pub fn made(
        detail: Detail,
        source: impl Into<Cow<'static, str>>,
        value: f64,
        how: impl FnOnce() -> How,
    ) -> Self {
        let working = detail.wanted().then(|| Arc::new(Working { value, how: how(), source: source.into() }));
        Self { value, working }
    }
}

/// A plain number as an input of an expression: given, with nothing behind it.
impl From<f64> for Figure {
    fn from(value: f64) -> Self {
        Self { value, working: None }
    }
}

/// Quantities as inputs, in their base units.
macro_rules! inputs {
    ($($quantity:ident),*) => {
        $(impl From<$quantity> for Figure {
            fn from(quantity: $quantity) -> Self {
                quantity.get().into()
            }
        })*
    };
}

inputs!(Bytes, BytesPerSecond, Flops, FlopsPerSecond, Seconds);

/// How the best figure of a band came about, and its ends where they differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Workings {
    /// Of the estimate itself.
    pub best: Arc<Working>,
    /// Of the low end, where it is another figure.
    pub low: Option<Arc<Working>>,
    /// Of the high end, where it is another figure.
    pub high: Option<Arc<Working>>,
}

/// A band and, where it was asked, how its figures came about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worked {
    /// Low, best and high.
    pub band: Band<f64>,
    /// How they came about; nothing where only figures were asked.
    pub workings: Option<Arc<Workings>>,
}

impl Worked {
    /// A figure without a band.
    pub fn exact(figure: Figure) -> Self {
        let Figure { value, working } = figure;
        let workings = working.map(|best| Arc::new(Workings { best, low: None, high: None }));
        Self { band: Band::exact(value), workings }
    }

    /// A band of three figures.
    pub fn band(low: Figure, best: Figure, high: Figure) -> Self {
        let band = Band { low: low.value, best: best.value, high: high.value };
        let differs =
            |end: Figure| end.working.filter(|working| working.value.to_bits() != band.best.to_bits());
        let (low, high) = (differs(low), differs(high));
        let workings = best.working.map(|best| Arc::new(Workings { best, low, high }));
        Self { band, workings }
    }

    /// The low end as an input of another figure.
    pub fn low(&self) -> Figure {
        let own =
            |workings: &Arc<Workings>| workings.low.clone().unwrap_or_else(|| Arc::clone(&workings.best));
        Figure { value: self.band.low, working: self.workings.as_ref().map(own) }
    }

    /// The best figure as an input of another.
    pub fn best(&self) -> Figure {
        let own = |workings: &Arc<Workings>| Arc::clone(&workings.best);
        Figure { value: self.band.best, working: self.workings.as_ref().map(own) }
    }

    /// The high end as an input of another figure.
    pub fn high(&self) -> Figure {
        let own =
            |workings: &Arc<Workings>| workings.high.clone().unwrap_or_else(|| Arc::clone(&workings.best));
        Figure { value: self.band.high, working: self.workings.as_ref().map(own) }
    }

    /// The band in bytes.
    pub fn bytes(&self) -> Band<Bytes> {
        self.band.map(Bytes::new)
    }
}
