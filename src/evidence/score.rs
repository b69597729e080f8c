//! Errors of a group of predictions, and what the group is.

use crate::units::{Bytes, count, whole};

/// On what a figure was measured; figures of two kinds are never in one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasuredOn {
    /// The machine itself, by those who published it.
    RealHardware,
    /// A processor: tensors with data, counted from allocation to release.
    Processor,
    /// A processor, by the program's own accounting of what it allocates.
    OwnAccounting,
    /// A device that stands for a GPU or a Mac: the program's own accounting, no such hardware.
    EmulatedDevice,
    /// The program's own operations on tensors that have sizes and no data.
    WithoutData,
}

impl MeasuredOn {
    /// As people and JSON have it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::RealHardware => "real hardware",
            Self::Processor => "real tensors on a processor",
            Self::OwnAccounting => "own accounting on a processor",
            Self::EmulatedDevice => "own accounting on an emulated device",
            Self::WithoutData => "tensors without data",
        }
    }
}

/// What the rows of a group had to do with the figures that they are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// Nothing was fitted to them.
    Predicted,
    /// Coefficients were fitted to so many rows, and these are among them.
    Fitted {
        /// Rows of the fit.
        rows: usize,
    },
    /// Coefficients fitted to so many rows of another kind.
    FittedElsewhere {
        /// Rows of the fit.
        rows: usize,
    },
    /// Coefficients are fitted anew for each machine, to all others; so many constants were chosen with these rows in
    /// view.
    LeaveOneMachineOut {
        /// Constants of the formula that were chosen so.
        chosen: u32,
    },
    /// Coefficients are fitted anew for each machine, or for each eighth of its models where its family has one or two
    /// machines.
    LeaveOut,
    /// Coefficients are fitted to all other rows; no choice saw these.
    SetAside,
    /// Coefficients come from other rows; so many constants were chosen with these in view.
    Chosen {
        /// Those constants.
        constants: u32,
    },
}

impl Validation {
    /// As people and JSON have it.
    pub fn label(self) -> String {
        let constants =
            |number| if number == 1 { "1 constant".to_owned() } else { format!("{number} constants") };
        match self {
            Self::Predicted => "predicted".to_owned(),
            Self::LeaveOut => {
                "leave-one-machine-out; an eighth of a machine's models where its family has one or two"
                    .to_owned()
            }
            Self::SetAside => "fitted without these rows, which no choice saw".to_owned(),
            Self::Fitted { rows } => format!("fitted, {rows} rows, these among them"),
            Self::FittedElsewhere { rows } => format!("fitted, {rows} other rows"),
            Self::LeaveOneMachineOut { chosen: 0 } => "leave-one-machine-out".to_owned(),
            Self::LeaveOneMachineOut { chosen } => {
                format!("leave-one-machine-out; {} chosen on these rows", constants(chosen))
            }
            Self::Chosen { constants: chosen } => {
                format!("coefficients not fitted; {} chosen on these rows", constants(chosen))
            }
        }
    }

    /// Rows of the fit, where these are among them.
    pub const fn fitted(self) -> Option<usize> {
        match self {
            Self::Fitted { rows } => Some(rows),
            Self::Predicted
            | Self::LeaveOut
            | Self::SetAside
            | Self::FittedElsewhere { .. }
            | Self::LeaveOneMachineOut { .. }
            | Self::Chosen { .. } => None,
        }
    }
}

/// One measurement with what the engine predicts for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which case: `c01 Llama-3.1-8B`.
    pub name: String,
    /// What the engine predicts.
    pub predicted: Bytes,
    /// What was measured.
    pub measured: Bytes,
}

impl Row {
    /// How far the prediction is off, as a share of what was measured: above 0 where it says too much.
    pub fn error(&self) -> f64 {
        if self.measured.get() == 0.0 {
            return if self.predicted.get() == 0.0 { 0.0 } else { f64::INFINITY };
        }
        self.predicted.get() / self.measured.get() - 1.0
    }
}

/// Measurements of memory of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What was measured: `llama.cpp, CPU, library logits`; no other group has the name.
    pub name: &'static str,
    /// Whether the acceptance of the engine rests on it; the others explain.
    pub total: bool,
    /// The program that was measured, with its version.
    pub program: &'static str,
    /// On what it was measured.
    pub measured_on: MeasuredOn,
    /// What its rows had to do with the engine's figures.
    pub validation: Validation,
    /// Its measurements.
    pub rows: Vec<Row>,
}

impl Group {
    /// A group of whole needs, without rows yet.
    pub(super) const fn total(name: &'static str, measured_on: MeasuredOn) -> Self {
        let validation = Validation::Predicted;
        Self { name, total: true, program: "", measured_on, validation, rows: Vec::new() }
    }

    /// A group of parts of a need, or of cases that explain others, without rows yet.
    pub(super) fn part(name: &'static str, measured_on: MeasuredOn) -> Self {
        Self { total: false, ..Self::total(name, measured_on) }
    }

    /// The same, with what its rows had to do with the engine's figures.
    pub(super) fn validated(self, validation: Validation) -> Self {
        Self { validation, ..self }
    }

    /// Adds a measurement.
    pub(super) fn push(&mut self, name: impl Into<String>, predicted: Bytes, measured: Bytes) {
        self.rows.push(Row { name: name.into(), predicted, measured });
    }

    /// The size of the error that a share of the rows stay within: 0.5 for the median; 0 of an empty group.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut errors: Vec<f64> = self.rows.iter().map(|row| row.error().abs()).collect();
        errors.sort_by(f64::total_cmp);
        let last = errors.len().saturating_sub(1);
        let place = whole((count(last as u64) * share).ceil());
        usize::try_from(place).ok().and_then(|place| errors.get(place.min(last))).copied().unwrap_or(0.0)
    }

    /// The row that is off most.
    pub fn worst(&self) -> Option<&Row> {
        self.rows.iter().max_by(|a, b| a.error().abs().total_cmp(&b.error().abs()))
    }

    /// Rows that agree to the byte.
    pub fn exact(&self) -> usize {
        self.rows.iter().filter(|row| row.predicted == row.measured).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(pairs: &[(f64, f64)]) -> Group {
        let mut group = Group::total("test", MeasuredOn::Processor);
        for (predicted, measured) in pairs {
            group.push(format!("{measured}"), Bytes::new(*predicted), Bytes::new(*measured));
        }
        group
    }

    #[test]
    fn errors_are_ranked_by_size_whatever_their_sign() {
        let group = group(&[(100.0, 100.0), (90.0, 100.0), (103.0, 100.0)]);
        assert!((group.quantile(0.5) - 0.03).abs() < 1e-9, "the middle of 0, 3 and 10 %");
        assert_eq!(group.worst().map(|row| row.predicted), Some(Bytes::new(90.0)), "10 % too low is worst");
        assert_eq!(group.exact(), 1, "one row agrees");
    }

    #[test]
    fn nothing_measured_and_something_said_is_wrong_without_bound() {
        assert!(group(&[(1.0, 0.0)]).quantile(1.0).is_infinite(), "a byte where there is none");
        assert!(group(&[(0.0, 0.0)]).quantile(1.0).abs() < 1e-12, "nothing where there is nothing");
        assert!(group(&[]).quantile(0.5).abs() < 1e-12, "no rows, no error");
    }

    #[test]
    fn a_fit_is_never_called_a_prediction() {
        let fitted = Validation::Fitted { rows: 230 };
        assert_eq!(fitted.label(), "fitted, 230 rows, these among them");
        assert_eq!(fitted.fitted(), Some(230));
        let chosen = Validation::Chosen { constants: 2 };
        assert_eq!(chosen.label(), "coefficients not fitted; 2 constants chosen on these rows");
        assert_eq!(chosen.fitted(), None);
    }
}
