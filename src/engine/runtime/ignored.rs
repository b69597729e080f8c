//! Settings that change nothing: the runtime does not hear them, or they mean nothing with the others.

use super::note::{Ignored, Note};
use crate::engine::memory::diffusion::is_one_tile;
use crate::spec::{Runtime, Scenario, Setting};

/// What the answer itself says that it does not count, where it cannot.
const UNCOUNTED: [&str; 1] = ["vision"];

/// A note for every setting that is not as it is usual and changes nothing.
pub(super) fn notes(scenario: &Scenario) -> Vec<Note> {
    let usual = scenario.usual();
    let runtime = scenario.language().map_or(Runtime::PyTorch, |language| language.runtime);
    let whole = scenario.diffusion().is_some_and(|diffusion| diffusion.vae_tiling && is_one_tile(diffusion));
    let untiled = whole.then_some(Note::Ignored(Ignored { key: "vae_tiling", runtime: None }));
    Setting::of(scenario)
        .filter(|setting| !UNCOUNTED.contains(&setting.key))
        .filter(|setting| !setting.means(scenario) && setting.entry(scenario) != setting.entry(&usual))
        .map(|setting| {
            let deaf = !setting.heard.contains(&runtime);
            Note::Ignored(Ignored { key: setting.key, runtime: deaf.then_some(runtime) })
        })
        .chain(untiled)
        .collect()
}
