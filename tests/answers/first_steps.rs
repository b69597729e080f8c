//! The best quantization, what runs in place of what cannot, and what is said of steps that are not worth taking.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::{calibration, quality};
use plimsoll::engine::estimate::fit;
use plimsoll::engine::plan::{Keyed, Plan, Why, plan};
use plimsoll::engine::solve::{Change, Variants as _, fits, largest};
use plimsoll::engine::{Assumptions, Verdict};
use plimsoll::spec::{Machine, Quality, Quantization, Setting, offered};

fn machine(id: &str) -> &'static Arc<Machine> {
    CONTEXT.catalog.machine(id).expect(id)
}

#[test]
fn the_quantization_that_is_solved_for_is_the_best_that_fits() {
    let mut solved = 0;
    for preset in ["coding-agent-32b", "chat-8b", "chat-70b", "mixtral-8x22b"] {
        for on in ["rtx-4090", "rtx-3060-12gb", "apple-m5max-40c-128gb", "h100-sxm-80gb"] {
            let scenario = asked(preset, &[("runtime", "llama.cpp")]);
            let variants = Keyed::of(&scenario, &*CONTEXT).expect("keys");
            let setting = Setting::find(&scenario, "quantization").expect("a setting");
            let on = machine(on);
            let found =
                largest(&scenario, setting, &variants, &mut |asked| fit(asked, on)).expect("a solution");
            let Some(best) = found.best else { continue };
            let model = &scenario.language().expect("a model").model;
            let loss = |of: Quantization| Quality::of(model, of, quality()).and_then(Quality::measured);
            let taken = Quantization::parse(&best.text).expect("a quantization");
            for other in offered(model, taken.runtime(), quality()) {
                let better = loss(other)
                    .zip(loss(taken))
                    .is_some_and(|(other, taken)| other.is_comparable(taken) && other.loss() < taken.loss());
                let asked = variants.with(&[Change::new("quantization", other.key())]).expect("a scenario");
                let said = format!("{preset} on {}: {} and not {}", on.id, best.text, other.key());
                assert!(!better || !fits(&fit(&asked, on)), "{said}");
            }
            solved += 1;
        }
    }
    assert!(solved > 8, "{solved} were solved");
}

fn planned(preset: &str, set: &[(&str, &str)], on: &str) -> Plan {
    let scenario = asked(preset, set);
    let variants = Keyed::of(&scenario, &*CONTEXT).expect("keys");
    plan(&variants, machine(on), &Assumptions::new(calibration())).expect("a plan")
}

#[test]
fn what_runs_in_place_of_what_cannot_is_the_first_step() {
    for (preset, set, on, key) in [
        ("chat-8b", ("runtime", "mlx"), "rtx-4090", "runtime"),
        ("chat-70b", ("runtime", "mlx"), "rtx-4090", "runtime"),
        ("chat-8b", ("runtime", "exllama"), "apple-m5max-40c-128gb", "runtime"),
        ("tool-calling-qlora-8b", ("trainer", "unsloth"), "apple-m5max-40c-128gb", "trainer"),
    ] {
        let found = planned(preset, &[set], on);
        assert_eq!(found.verdict, Verdict::CannotRun, "{preset} {set:?} on {on}");
        let first = found.steps.first().unwrap_or_else(|| panic!("{preset} {set:?} on {on}: {found:?}"));
        assert_eq!(first.changes[0].key, key, "{first:?}");
        assert_ne!(first.verdict, Verdict::CannotRun, "{first:?}");
        assert!(found.reaches.fits(), "{preset} {set:?} on {on}: {found:?}");
        // The machine that runs it as it is asked is another way.
        let other = found.alternatives.iter().find(|other| other.name == "next machine");
        assert!(other.is_some_and(|other| other.reaches.fits() && other.steps.len() == 1), "{found:?}");
    }
}

#[test]
fn a_step_that_lowers_little_is_said_to_lower_that_much() {
    for (preset, on, key) in
        [("coding-agent-32b", "rtx-4090", "ubatch"), ("gpt-oss-120b", "rtx-4090", "ubatch")]
    {
        let found = planned(preset, &[("runtime", "llama.cpp")], on);
        for not in found.not_offered.iter().filter(|not| not.key == key) {
            let scenario = asked(preset, &[("runtime", "llama.cpp")]);
            let need = |set: &[Change]| {
                let variants = Keyed::of(&scenario, &*CONTEXT).expect("keys");
                let asked = variants.with(set).expect("a scenario");
                fit(&asked, machine(on)).deciding().expect("a limit").need.best
            };
            let saved = need(&[]) - need(&[Change::new(not.key, &not.value)]);
            match &not.why {
                Why::SavesOnly(said) => assert!((*said - saved).get().abs() < 1.0, "{said:?} {saved:?}"),
                Why::SavesNothing => assert!(saved.get() < 1.0, "{preset}: {saved:?}"),
                other => panic!("{preset}: {other:?}"),
            }
        }
    }
}
