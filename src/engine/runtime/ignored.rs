//! Settings that change nothing: the runtime does not hear them, or they mean nothing with the others.

use super::note::{Ignored, Note};
use crate::spec::{Runtime, Scenario, Setting};

/// A note for every setting that is not as it is usual and changes nothing.
pub(super) fn notes(scenario: &Scenario) -> Vec<Note> {
    let usual = scenario.usual();
    let runtime = scenario.language().map_or(Runtime::PyTorch, |language| language.runtime);
    Setting::of(scenario)
        .filter(|setting| !setting.means(scenario) && setting.entry(scenario) != setting.entry(&usual))
        .map(|setting| {
            let deaf = !setting.heard.contains(&runtime);
            Note::Ignored(Ignored { key: setting.key, runtime: deaf.then_some(runtime) })
        })
        .collect()
}
