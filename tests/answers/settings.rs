//! Values of settings: told apart without writing them, as they are told apart when written.

use plimsoll::catalog::PresetText;
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::spec::{Scenario, Setting};

use crate::asked::CONTEXT;

/// A preset of the catalog with one key over it; nothing where that makes no sense.
fn with(preset: &PresetText, key: &str, value: &str) -> Option<Scenario> {
    let below = parse(&preset.text, &preset.file).expect("keys").remove(0);
    let mut over = PresetKeys::default();
    over.set(key, value).ok()?;
    resolve(over.over(below), &*CONTEXT).ok().map(|preset| preset.scenario)
}

#[test]
fn values_are_the_same_where_they_are_written_alike() {
    let (mut alike, mut other) = (0, 0);
    for preset in &CONTEXT.catalog.presets {
        let below = parse(&preset.text, &preset.file).expect("keys").remove(0);
        let scenario = resolve(below, &*CONTEXT).expect("it ships").scenario;
        for setting in Setting::of(&scenario) {
            let choices = setting.choices(&scenario);
            let values =
                choices.iter().map(|(key, _)| *key).chain(["1", "2", "3", "4096", "0.5", "auto", "none"]);
            for changed in values.filter_map(|value| with(preset, setting.key, value)) {
                for told in Setting::of(&scenario) {
                    let written = told.entry(&scenario) == told.entry(&changed);
                    assert_eq!(told.is_same(&scenario, &changed), written, "{} of {}", told.key, preset.file);
                    alike += u32::from(written);
                    other += u32::from(!written);
                }
            }
        }
    }
    assert!(alike > 10_000 && other > 1_000, "{alike} alike, {other} not");
}
