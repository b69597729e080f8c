//! Another program or a smaller model, with the formats that follow from them.

use super::after::laid_over;
use super::not_offered::Why;
use super::search::{At, Search};
use super::values::Tried;
use crate::engine::solve::{Change, fits};
use crate::spec::{Quality, Quantization, Runtime, Scenario, Setting};

/// Formats that follow from the program that reads them.
const FORMATS: [&str; 4] = ["quantization", "kv_precision", "precision", "optimizer"];

impl Search<'_> {
    /// The first other program with which it fits as it stands, in the formats that it reads; of those whose weights lose as
    /// little, where only such are asked for.
    pub(super) fn other_runtime(&self, here: &At, done: &[Change], as_good: bool) -> Option<Vec<Change>> {
        here.0.language()?;
        let now = here.1.resolved.runtime;
        let others = Runtime::ALL.into_iter().filter(|runtime| *runtime != now);
        let mut fitting = others
            .map(|runtime| Change::new("runtime", runtime.key()))
            .filter(|change| self.holds(done, change.clone()))
            .filter_map(|change| self.said_out(here, done, vec![change]));
        fitting.find(|changes| !as_good || self.loses_as_little(here, changes))
    }

    /// Whether weights that changes put into another format have as many bits there, and what they lose was measured.
    fn loses_as_little(&self, here: &At, changes: &[Change]) -> bool {
        let Some(to) = changes.iter().find(|change| change.key == "quantization") else { return true };
        let Ok(to) = Quantization::parse(&to.value) else { return false };
        let scenario = &here.1.resolved.scenario;
        let Some((language, inference)) = scenario.language().zip(scenario.inference()) else { return true };
        let known = Quality::of(&language.model, to, self.variants.qualities());
        to.bits() >= inference.quantization.bits() && known.is_some_and(|of| of.measured().is_some())
    }

    /// Changes with the formats that follow from them. What was asked for by its own name stands beside another program,
    /// so that each format that is another there has to be said too.
    pub(super) fn said_out(&self, here: &At, done: &[Change], changes: Vec<Change>) -> Option<Vec<Change>> {
        let next = self.variants.with(&laid_over(done, &changes))?;
        let text = |key: &str, of: &Scenario| Setting::find(of, key)?.entry(of).map(|entry| entry.text());
        let other = |key: &&'static str| {
            let after = text(key, &next)?;
            let moved =
                changes.iter().any(|change| change.key == *key) || text(key, &here.0) == Some(after.clone());
            (!moved).then(|| Change::new(key, after))
        };
        let formats: Vec<Change> = FORMATS.iter().filter_map(other).collect();
        Some(changes.into_iter().chain(formats).collect())
    }

    /// The largest smaller model of the family that fits, with all that was asked of the other.
    pub(super) fn smaller_model(&self, here: &At, done: &[Change]) -> Tried {
        let Some(language) = here.0.language() else { return Ok(None) };
        let Some(smaller) = self.variants.smaller(&language.base) else { return Ok(None) };
        if smaller.is_empty() {
            return Err(Why::NoneSmaller);
        }
        let asked = tokens(&here.0);
        let took = language.base.context_max.into();
        let mut ways = smaller.iter().filter_map(|key| {
            // A format that the other is not published in is another there, which is said.
            self.said_out(here, done, vec![Change::new("model", key.as_str())])
        });
        let fitting = ways.find(|changes| {
            let next = self.variants.with(&laid_over(done, changes));
            // A model that takes fewer tokens does not do what was asked.
            let takes = |next: &Scenario| {
                let most = next.language().map_or(0, |language| language.base.context_max.into());
                tokens(next) >= asked && most >= asked.min(took)
            };
            next.is_some_and(|next| takes(&next) && fits(&self.fit_of(&next)))
        });
        fitting.map_or(Err(Why::NoneFits), |changes| Ok(Some(changes)))
    }
}

/// Tokens that are asked of a model at once.
fn tokens(scenario: &Scenario) -> u64 {
    let context = scenario.inference().map(|inference| inference.context);
    context.or_else(|| scenario.tune().map(|tune| tune.sequence)).unwrap_or(0)
}
