//! Buffers of layers that no run was compared with: as a runtime usually lays them out, with the band that this leaves.

use super::framework::has_listed;
use super::{Budget, Part, Unknown};
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{LanguageModel, Runtime};

/// Shares of what the usual habits give, between which the buffers of every architecture lie whose own habits are known.
///
/// Chosen with these in view, a fifth wider than the farthest of them: `tests/measured/usual_habits.rs` lays each of them out
/// both ways, by its own habits and as the list of its matrices.
const BAND: (f64, f64) = (0.4, 2.5);

const SOURCE: &str = "as usual: the buffers of each measured architecture lie between these shares of what they were without its own habits";

/// Gives a part the band of what was not measured.
pub(super) fn widen(part: &mut Part, detail: Detail) {
    let [low, best, high] = part.figures();
    let of = |figure: Figure, share: f64| formula!(detail, SOURCE; as_usual = figure, share = share => as_usual * share);
    part.of_figures([of(low, BAND.0), best, of(high, BAND.1)]);
}

/// Says that how a program other than llama.cpp computes listed layers was compared with nothing.
pub(super) fn unmeasured_listed(budget: &mut Budget, language: &LanguageModel) {
    let other = language.runtime != Runtime::LlamaCpp && has_listed(&language.model);
    if other && !budget.unknown.contains(&Unknown::ComputeBuffers) {
        budget.unknown.push(Unknown::ComputeBuffers);
    }
}
