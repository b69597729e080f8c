//! Lines against an axis, as numbers; drawn by the chart widget.

use crate::units::{Dollars, Seconds, show_dollars, show_figures, show_time};

/// What the height of a chart is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A rate: tokens a second, TFLOP/s.
    #[default]
    Rate,
    /// Seconds.
    Time,
    /// Dollars.
    Money,
}

impl Unit {
    /// A value as it is read.
    pub(crate) fn say(self, value: f64) -> String {
        match self {
            Self::Rate => show_figures(value),
            Self::Time => show_time(Seconds::new(value)),
            Self::Money => show_dollars(Dollars::new(value)),
        }
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Curve {
    /// Whose.
    pub name: String,
    /// Points as places and values.
    pub points: Vec<(f64, f64)>,
    /// Low and high end at the same places, where they are drawn.
    pub band: Vec<(f64, f64)>,
    /// Whether it is the chosen machine's.
    pub chosen: bool,
}

/// A mark on a chart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Its name.
    pub name: String,
    /// Where.
    pub at: (f64, f64),
}

/// A chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Chart {
    /// What it shows, with its unit.
    pub title: String,
    /// What its height is of.
    pub unit: Unit,
    /// What runs along the bottom.
    pub along: String,
    /// Whether the bottom spans decades.
    pub log_x: bool,
    /// Whether the values span decades.
    pub log_y: bool,
    /// Ticks of the bottom as places and labels.
    pub ticks: Vec<(f64, String)>,
    /// Its lines.
    pub curves: Vec<Curve>,
    /// Its marks.
    pub marks: Vec<Mark>,
}
