//! Errors of a group of predictions.

use crate::units::Bytes;

/// One measurement with what the engine says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which case: `c01 Llama-3.1-8B`.
    pub name: String,
    /// What the engine says.
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

/// Measurements of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What was measured: `CPU, library logits`.
    pub name: &'static str,
    /// Whether the acceptance of the engine rests on it; the others explain.
    pub total: bool,
    /// Its measurements.
    pub rows: Vec<Row>,
}

impl Group {
    /// A group without rows yet.
    pub(super) const fn new(name: &'static str, total: bool) -> Self {
        Self { name, total, rows: Vec::new() }
    }

    /// The size of the error that a share of the rows stay within: 0.5 for the median; 0 of an empty group.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut errors: Vec<f64> = self.rows.iter().map(|row| row.error().abs()).collect();
        errors.sort_by(f64::total_cmp);
        let last = errors.len().saturating_sub(1);
        let place = crate::units::whole((crate::units::count(last as u64) * share).ceil());
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
        let mut group = Group::new("test", true);
        for (predicted, measured) in pairs {
            group.rows.push(Row {
                name: format!("{measured}"),
                predicted: Bytes::new(*predicted),
                measured: Bytes::new(*measured),
            });
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
}
