//! Buffers of layers that no run was compared with: as a runtime usually lays them out, with the band that this leaves.

use super::framework::has_listed;
use super::{Budget, Part, PartName, Unknown};
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{LanguageModel, Runtime};

/// Shares of what the usual habits give, between which the buffers of every architecture lie whose own habits are known:
/// `tests/measured/usual_habits.rs` lays each of them out both ways.
const BAND: (f64, f64) = (0.4, 2.5);

const SOURCE: &str = "as usual: the buffers of each measured architecture lie between these shares of what they were without its own habits";

/// Gives a part the band of what was not measured.
pub(super) fn widen(part: &mut Part, detail: Detail) {
    let [low, best, high] = part.figures();
    let of = |figure: Figure, share: f64| formula!(detail, SOURCE; as_usual = figure, share = share => as_usual * share);
    part.of_figures([of(low, BAND.0), best, of(high, BAND.1)]);
}

/// Gives what programs other than llama.cpp, which has architectures of its own, compute listed layers with that band.
pub(super) fn widen_listed(budget: &mut Budget, language: &LanguageModel, detail: Detail) {
    if language.runtime == Runtime::LlamaCpp || !has_listed(&language.model) {
        return;
    }
    budget.unknown.push(Unknown::UsualBuffers);
    let parts = budget.phases.iter_mut().flat_map(|phase| &mut phase.parts);
    parts.filter(|part| part.name == PartName::Activations).for_each(|part| widen(part, detail));
}
