//! Settings that change nothing: the runtime does not hear them, or they mean nothing with the others.

use super::note::{Ignored, IgnoredSetUp, Note};
use crate::engine::ceilings::ceilings;
use crate::engine::memory::diffusion::is_one_tile;
use crate::spec::{Devices, Display, Machine, Memory, Os, Runtime, Scenario, Setting, Setup};

/// What the answer itself says that it does not count, where it cannot.
const UNCOUNTED: [&str; 1] = ["vision"];

/// A note for every setting that is not as it is usual and changes nothing; whether the machine has several devices is
/// told, where the scenario leaves their number to it.
pub(super) fn notes(scenario: &Scenario, several: bool) -> Vec<Note> {
    let shared = several.then(|| {
        let count = scenario.devices.count.or(Some(2));
        Scenario { devices: Devices { count, ..scenario.devices }, ..scenario.clone() }
    });
    let scenario = shared.as_ref().unwrap_or(scenario);
    let usual = scenario.usual();
    let runtime = scenario.language().map_or(Runtime::PyTorch, |language| language.runtime);
    let whole = scenario.diffusion().is_some_and(|diffusion| diffusion.vae_tiling && is_one_tile(diffusion));
    let untiled = whole.then_some(Note::Ignored(Ignored { key: "vae_tiling", runtime: None }));
    Setting::of(scenario)
        .filter(|setting| !UNCOUNTED.contains(&setting.key))
        .filter(|setting| !setting.means(scenario) && !setting.is_same(scenario, &usual))
        .map(|setting| {
            let deaf = !setting.heard.contains(&runtime);
            Note::Ignored(Ignored { key: setting.key, runtime: deaf.then_some(runtime) })
        })
        .chain(untiled)
        .collect()
}

/// A note for what is said of the system and the display of a machine, and moves no ceiling of it.
pub(in crate::engine) fn set_up(
    setup: &Setup,
    machine: &Machine,
    scenario: &Scenario,
) -> impl Iterator<Item = Note> + use<> {
    let is_card = matches!(machine.memory.value(), Memory::Discrete { .. });
    // Windows also moves what is over on a card to the system's memory.
    let counts = is_card && setup.os == Os::Windows;
    let is_own = [Os::Auto, Os::Auto.of(machine)].contains(&setup.os);
    let as_shipped = Setup { os: Os::Auto, ..*setup };
    let is_idle = !counts && !is_own && ceilings(machine, setup) == ceilings(machine, &as_shipped);
    let of = if is_card { IgnoredSetUp::SystemOfCard } else { IgnoredSetUp::SystemOfPool };
    let system = is_idle.then(|| of(setup.os));
    let shares = scenario.inference().is_some()
        && scenario.language().is_some_and(|language| language.runtime == Runtime::Vllm);
    let display = (setup.display != Display::Auto && (!is_card || shares)).then_some(if is_card {
        IgnoredSetUp::DisplayBesideShare(setup.display)
    } else {
        IgnoredSetUp::DisplayOfPool(setup.display)
    });
    let count = scenario.devices.count.filter(|count| !machine.cards.is_empty() && *count != machine.devices);
    let devices = count.map(IgnoredSetUp::DevicesOfUnlike);
    system.into_iter().chain(display).chain(devices).map(Note::SetUp)
}
