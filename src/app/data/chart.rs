//! Lines against an axis, as numbers; drawn by the chart widget.

use crate::app::text;
use crate::units::{Dollars, Seconds, show_dollars, show_figures, show_time};

/// What the height of a chart is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Tokens a second.
    #[default]
    Rate,
    /// Operations: TFLOP/s.
    Operations,
    /// Seconds.
    Time,
    /// Dollars.
    Money,
}

impl Unit {
    /// A value as it is read.
    pub(crate) fn say(self, value: f64) -> String {
        match self {
            Self::Rate | Self::Operations => show_figures(value),
            Self::Time => show_time(Seconds::new(value)),
            Self::Money => show_dollars(Dollars::new(value)),
        }
    }

    /// As its axis says.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Rate => text::tokens_s(),
            Self::Operations => text::tflop_s(),
            Self::Time => text::chart_time(),
            Self::Money => text::dollars(),
        }
    }

    /// A value with its unit.
    pub(crate) fn in_full(self, value: f64) -> String {
        match self {
            Self::Rate | Self::Operations => format!("{} {}", self.say(value), self.label()),
            Self::Time | Self::Money => self.say(value),
        }
    }
}

/// A line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Curve {
    /// Whose.
    pub name: String,
    /// Id of the machine, whose color it has; empty where it is of none.
    pub machine: String,
    /// Points as places and values.
    pub points: Vec<(f64, f64)>,
    /// Low and high end at the same places, where they are drawn.
    pub band: Vec<(f64, f64)>,
    /// Whether it is the chosen machine's.
    pub chosen: bool,
}

impl Curve {
    /// The value at a place between its points.
    pub(crate) fn at(&self, place: f64) -> Option<f64> {
        let after = self.points.iter().position(|(x, _)| *x >= place)?;
        let (x, y) = *self.points.get(after)?;
        let Some((before_x, before_y)) = after.checked_sub(1).and_then(|before| self.points.get(before))
        else {
            return (x <= place).then_some(y);
        };
        let share = if x > *before_x { (place - before_x) / (x - before_x) } else { 1.0 };
        Some(before_y + (y - before_y) * share)
    }
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

impl Chart {
    /// All of it in words, for who does not see it: each line at the ticks, and every mark.
    pub(crate) fn in_words(&self) -> String {
        let mut said = vec![text::against(&self.title, &self.along)];
        for curve in &self.curves {
            let ends = [curve.points.first(), curve.points.last()];
            let ticks =
                self.ticks.iter().filter_map(|(place, label)| Some((curve.at(*place)?, label.clone())));
            let mut values: Vec<String> =
                ticks.map(|(value, label)| text::chart_at(&self.unit.in_full(value), &label)).collect();
            if values.is_empty() {
                let ends = ends.into_iter().flatten();
                values =
                    ends.map(|(x, y)| text::chart_at_2(&self.unit.in_full(*y), &show_figures(*x))).collect();
            }
            said.push(format!("{}: {}", curve.name, values.join(", ")));
        }
        let marks = self.marks.iter();
        said.extend(marks.map(|mark| {
            text::chart_at_3(&mark.name, &self.unit.in_full(mark.at.1), &show_figures(mark.at.0))
        }));
        said.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_is_said_with_its_values() {
        let curve =
            Curve { name: "RTX 4090".to_owned(), points: vec![(1.0, 10.0), (3.0, 30.0)], ..Curve::default() };
        let chart = Chart {
            title: "Speed".to_owned(),
            along: "requests".to_owned(),
            ticks: vec![(1.0, "1".to_owned()), (2.0, "2".to_owned()), (9.0, "9".to_owned())],
            curves: vec![curve],
            marks: vec![Mark { name: "no longer fits".to_owned(), at: (3.0, 30.0) }],
            ..Chart::default()
        };
        assert_eq!(
            chart.in_words(),
            "Speed, against requests; RTX 4090: 10.0 tokens/s at 1, 20.0 tokens/s at 2; \
             no longer fits: 30.0 tokens/s at 3.00"
        );
    }
}
