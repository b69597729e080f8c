//! Leave-one-machine-out: every row predicted by coefficients that its machine had no part in.

use std::collections::{BTreeMap, BTreeSet};

use super::fit::{Levels, Recipe, dot, fit};
use super::rows::{SpeedKind, SpeedRow};
use crate::spec::{DecodeTerms, PrefillTerms, SpeedGroup};

/// Where coefficients of decoding start: round figures that physics suggests. A memory is read at nine tenths of its
/// datasheet, a K-quant costs three operations a weight and a codebook five, a layer some tens of microseconds.
///
/// Priors, spreads, `power`, `firmness` and `scaled_spread` are settings of the fit, chosen with the leave-out errors of
/// the rows in view that are not set aside: read those a little too good, and the errors of the rows set aside as they are.
pub(super) fn decode_recipe() -> Recipe {
    let prior = DecodeTerms {
        memory: 1.1,
        memory_experts: 1.1,
        memory_two_dies: 0.2,
        memory_two_dies_experts: 0.2,
        memory_first: 0.1,
        memory_bf16_vulkan: 2.0,
        memory_shared: 0.2,
        unpack_nested: 3.0,
        unpack_simple: 3.0,
        unpack_nested_experts: 3.0,
        unpack_simple_experts: 3.0,
        unpack_scattered: 5.0,
        unpack_first: 1.0,
        layer: 5.0,
        expert_layer: 8.0,
        recurrent_layer: 8.0,
        older_layer: 4.0,
        earlier_layer: 1.0,
        earlier_expert_layer: 3.0,
        cache: 1.0,
        attention: 5.0,
        older_attention: 5.0,
        fixed: 0.5,
        issue: 0.2,
    };
    let spread = DecodeTerms {
        memory: 0.3,
        memory_experts: 0.3,
        memory_two_dies: 0.3,
        memory_two_dies_experts: 0.3,
        memory_first: 0.3,
        memory_bf16_vulkan: 2.0,
        memory_shared: 0.1,
        unpack_nested: 6.0,
        unpack_simple: 6.0,
        unpack_nested_experts: 6.0,
        unpack_simple_experts: 6.0,
        unpack_scattered: 6.0,
        unpack_first: 3.0,
        layer: 8.0,
        expert_layer: 8.0,
        recurrent_layer: 8.0,
        older_layer: 8.0,
        earlier_layer: 3.0,
        earlier_expert_layer: 6.0,
        cache: 1.0,
        attention: 20.0,
        older_attention: 20.0,
        fixed: 1.0,
        issue: 0.6,
    };
    // No memory was measured above 96 % of its datasheet by weights alone.
    let least = DecodeTerms { memory: 1.04, memory_experts: 1.0, cache: 0.8, ..DecodeTerms::default() };
    Recipe {
        prior: prior.to_array().to_vec(),
        spread: spread.to_array().to_vec(),
        least: least.to_array().to_vec(),
        power: 0.3,
        firmness: [1.0, 0.2],
        scaled_spread: false,
    }
}

/// The same for prompts: products at two thirds of the peak, attention at half of it.
pub(super) fn prefill_recipe() -> Recipe {
    let prior = PrefillTerms {
        quantized: 1.5,
        plain: 1.4,
        experts: 1.5,
        attention: 1.5,
        attention_shaders: 1.5,
        attention_reads: 1.0,
        older_attention: 2.0,
        expert_tiles: 0.3,
        expert_weights: 0.3,
        experts_plain_apart: 0.6,
        layer: 1.0,
        expert_layer: 1.0,
    };
    let spread = PrefillTerms {
        quantized: 0.8,
        plain: 0.8,
        experts: 1.0,
        attention: 1.0,
        attention_shaders: 1.0,
        attention_reads: 2.0,
        older_attention: 2.0,
        expert_tiles: 0.5,
        expert_weights: 0.3,
        experts_plain_apart: 0.6,
        layer: 1.0,
        expert_layer: 1.0,
    };
    Recipe {
        prior: prior.to_array().to_vec(),
        spread: spread.to_array().to_vec(),
        least: vec![0.0; PrefillTerms::COUNT],
        power: 0.0,
        firmness: [1.0, 0.3],
        scaled_spread: true,
    }
}

/// A row with the speed that is predicted without its machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Predicted<'a> {
    pub(super) row: &'a SpeedRow,
    pub(super) speed: f64,
    /// What attention takes of the time of a prompt.
    pub(super) attention: f64,
}

impl Predicted<'_> {
    /// Measured over predicted.
    pub(super) fn ratio(&self) -> f64 {
        self.row.speed / self.speed
    }
}

/// Machines that a group must have for one of them to be left out as a whole.
pub(super) const ENOUGH: usize = 3;

/// Parts of a machine's models, one of which is left out.
const PARTS: u32 = 8;

/// Rows that are left out together: a machine, or one in eight of its models by the letters of their names.
fn part<'a>(row: &'a SpeedRow, few: &BTreeSet<SpeedGroup>) -> (&'a str, Option<u32>) {
    let letters = || row.model.bytes().fold(0_u32, |sum, letter| (sum * 31 + u32::from(letter)) % 65_521);
    (row.machine.as_str(), few.contains(&row.group).then(|| letters() % PARTS))
}

/// Groups of which one or two machines were measured.
pub(super) fn measured_on_few(rows: &[&SpeedRow]) -> BTreeSet<SpeedGroup> {
    let mut machines: BTreeMap<SpeedGroup, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        machines.entry(row.group).or_default().insert(&row.machine);
    }
    machines.into_iter().filter(|(_, of)| of.len() < ENOUGH).map(|(group, _)| group).collect()
}

/// Every row that may be seen, predicted from all other machines, or without an eighth of its models where its group was
/// measured on one or two; never above its roofline.
pub(super) fn leave_out<'a>(recipe: &Recipe, rows: &[&'a SpeedRow]) -> Vec<Predicted<'a>> {
    let seen: Vec<&SpeedRow> = rows.iter().copied().filter(|row| !row.frozen).collect();
    let fitted: Vec<&SpeedRow> = seen.iter().copied().filter(|row| row.held.is_empty()).collect();
    let few = measured_on_few(&fitted);
    let parts: BTreeSet<(&str, Option<u32>)> = seen.iter().map(|row| part(row, &few)).collect();
    let mut predicted = Vec::with_capacity(seen.len());
    for (machine, model) in parts {
        let same = |row: &SpeedRow| row.machine == machine && (model.is_none() || part(row, &few).1 == model);
        let others: Vec<&SpeedRow> = fitted.iter().copied().filter(|row| !same(row)).collect();
        let own = seen.iter().copied().filter(|row| part(row, &few) == (machine, model));
        let groups: BTreeSet<SpeedGroup> = own.clone().map(|row| row.group).collect();
        let levels = fit(recipe, &others, &groups.into_iter().collect::<Vec<SpeedGroup>>());
        predicted.extend(own.map(|row| predict(&levels, row)));
    }
    predicted
}

/// The rows that no choice saw, predicted from all others.
pub(super) fn set_aside<'a>(recipe: &Recipe, rows: &[&'a SpeedRow]) -> Vec<Predicted<'a>> {
    let fitted: Vec<&SpeedRow> =
        rows.iter().copied().filter(|row| !row.frozen && row.held.is_empty()).collect();
    let own = rows.iter().copied().filter(|row| row.frozen);
    let groups: BTreeSet<SpeedGroup> = own.clone().map(|row| row.group).collect();
    let levels = fit(recipe, &fitted, &groups.into_iter().collect::<Vec<SpeedGroup>>());
    own.map(|row| predict(&levels, row)).collect()
}

fn predict<'a>(levels: &Levels, row: &'a SpeedRow) -> Predicted<'a> {
    let terms = levels.of(row.group);
    let seconds = dot(&row.terms, terms);
    if row.kind != SpeedKind::Prefill {
        let floor = (row.reads.bytes / row.chip.bandwidth).get();
        return Predicted { row, speed: 1.0 / seconds.max(floor), attention: 0.0 };
    }
    let each: Vec<f64> = row.terms.iter().zip(terms).map(|(term, fitted)| term * fitted).collect();
    let attention = each.try_into().map_or(0.0, |each| PrefillTerms::from_array(each).of_attention());
    Predicted { row, speed: 1.0 / seconds, attention: attention / seconds }
}
