//! Leave-one-machine-out: every row predicted by coefficients that its machine had no part in.

use super::fit::{Levels, Recipe, dot, fit};
use super::rows::{SpeedKind, SpeedRow};
use crate::spec::SpeedGroup;

/// Where coefficients of decoding start: round figures that physics suggests. A memory is read at nine tenths of its
/// datasheet, a K-quant costs three operations a weight, a layer some tens of microseconds.
///
/// Priors, spreads, `power`, `firmness` and `scaled_spread` are settings of the fit. No record says how they were
/// chosen, and no rows were set aside while they were: read the leave-one-machine-out errors as a little too good.
pub(super) fn decode_recipe() -> Recipe {
    Recipe {
        prior: vec![1.1, 1.1, 0.2, 0.2, 3.0, 3.0, 3.0, 3.0, 5.0, 10.0, 8.0, 4.0, 1.0, 5.0, 5.0, 0.5, 0.2],
        spread: vec![0.3, 0.3, 0.3, 0.1, 6.0, 6.0, 6.0, 6.0, 8.0, 8.0, 8.0, 8.0, 1.0, 20.0, 20.0, 1.0, 0.6],
        power: 0.3,
        firmness: [1.0, 0.1, 0.1],
        scaled_spread: false,
    }
}

/// The same for prompts: products at two thirds of the peak, attention at half of it.
pub(super) fn prefill_recipe() -> Recipe {
    Recipe {
        prior: vec![1.5, 1.4, 1.5, 1.5, 2.0, 0.3, 0.3, 1.0, 1.0],
        spread: vec![0.8, 0.8, 1.0, 1.0, 2.0, 0.5, 0.3, 1.0, 1.0],
        power: 0.0,
        firmness: [1.0, 0.3, 0.3],
        scaled_spread: true,
    }
}

/// A row with the speed that is predicted without its machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Predicted<'a> {
    pub(super) row: &'a SpeedRow,
    pub(super) speed: f64,
}

impl Predicted<'_> {
    /// Measured over predicted.
    pub(super) fn ratio(&self) -> f64 {
        self.row.speed / self.speed
    }
}

/// Every row, predicted from all other machines; never above its roofline.
pub(super) fn leave_out<'a>(recipe: &Recipe, rows: &[&'a SpeedRow]) -> Vec<Predicted<'a>> {
    let mut machines: Vec<&str> = rows.iter().map(|row| row.machine.as_str()).collect();
    machines.sort_unstable();
    machines.dedup();
    let mut predicted = Vec::with_capacity(rows.len());
    for machine in machines {
        let others: Vec<&SpeedRow> = rows.iter().copied().filter(|row| row.machine != machine).collect();
        let own = rows.iter().copied().filter(|row| row.machine == machine);
        let mut groups: Vec<SpeedGroup> = own.clone().map(|row| row.group).collect();
        groups.sort_unstable();
        groups.dedup();
        let levels = fit(recipe, &others, &groups);
        predicted.extend(own.map(|row| Predicted { row, speed: speed(&levels, row) }));
    }
    predicted
}

fn speed(levels: &Levels, row: &SpeedRow) -> f64 {
    let seconds = dot(&row.terms, levels.of(row.group));
    let floor = if row.kind == SpeedKind::Prefill { 0.0 } else { row.reads.bytes / row.chip.bandwidth };
    1.0 / seconds.max(floor)
}
