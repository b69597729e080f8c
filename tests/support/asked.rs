//! A built-in preset as the terminal asks it, for tests of what follows.

use std::sync::LazyLock;

use plimsoll::cli::Context;
use plimsoll::spec::Scenario;
use plimsoll::spec::preset::{PresetKeys, parse, resolve};

/// The built-in catalog, and no machine of the user's.
pub(crate) static CONTEXT: LazyLock<Context> = LazyLock::new(|| Context::built_in(""));

/// A preset with some keys set over it.
pub(crate) fn asked(preset: &str, set: &[(&str, &str)]) -> Scenario {
    let preset = CONTEXT.catalog.preset(preset).expect("a preset");
    let below = parse(&preset.text, &preset.file).expect("keys").remove(0);
    let mut over = PresetKeys::default();
    for (key, value) in set {
        over.set(key, value).expect("a key");
    }
    resolve(over.over(below), &*CONTEXT).expect("a scenario").scenario
}
