//! Every setting of every family does what it says.

use super::{Control, Row, rows, set, switched};
use crate::app::files::Listed;
use crate::app::state::AppState;
use crate::catalog::Catalog;
use crate::engine::axis::Axis;
use crate::engine::{Placement, budget};
use crate::spec::preset::{parse, resolve};
use crate::spec::settings::SetError;
use crate::spec::{Family, Scenario, Split};

/// Every preset, on one device and on three.
fn presets(catalog: &Catalog) -> Vec<Scenario> {
    let one = of_one(catalog);
    let mut three = one.clone();
    for scenario in &mut three {
        scenario.devices.count = Some(3);
        if scenario.workload.family() == Family::Inference {
            scenario.devices.split = Split::Tensor;
        }
    }
    [one, three].concat()
}

fn of_one(catalog: &Catalog) -> Vec<Scenario> {
    let scenario = |text: &str, file: &str| {
        let keys = parse(text, file).expect("a preset").remove(0);
        resolve(keys, &Listed(catalog)).expect("a scenario").scenario
    };
    catalog.presets.iter().map(|preset| scenario(&preset.text, &preset.file)).collect()
}

fn all(scenario: &Scenario) -> Vec<Row> {
    let rows = rows(scenario, scenario);
    [rows.head, rows.main, rows.advanced].concat()
}

/// What the window does with a text typed for a key.
fn typed(scenario: &Scenario, key: &'static str, text: &str) -> Result<(Scenario, Vec<String>), SetError> {
    set(scenario, key, text)
        .map(|(change, notes)| (AppState::new(scenario.clone()).after(&change).scenario, notes))
}

fn value(scenario: &Scenario, of: &Row) -> String {
    let found = all(scenario).into_iter().find(|setting| setting.key == of.key);
    found.map_or_else(|| format!("no {} any more", of.key), |setting| setting.value)
}

#[test]
fn every_choice_can_be_taken_and_stands() {
    let catalog = Catalog::built_in();
    for scenario in presets(&catalog) {
        for setting in all(&scenario) {
            let values: Vec<String> = match &setting.control {
                Control::Choice(options) => options.iter().map(|(value, _)| (*value).to_owned()).collect(),
                Control::Switch => vec!["true".to_owned(), "false".to_owned()],
                Control::Field => Vec::new(),
            };
            for wanted in values {
                let (after, _) = match typed(&scenario, setting.key, &wanted) {
                    Ok(after) => after,
                    // What does not go with the other settings is refused with what would.
                    Err(SetError::Conflict(conflict)) if conflict.to_string().contains("; use ") => continue,
                    Err(error) => panic!("{} {}={wanted}: {error}", scenario.name, setting.key),
                };
                assert_eq!(value(&after, &setting), wanted, "{} {}", scenario.name, setting.key);
                let budget = budget(&after, Placement::Gpu);
                assert!(budget.peak().is_some(), "{} {}={wanted}", scenario.name, setting.key);
            }
        }
    }
}

#[test]
fn a_field_left_as_it_was_changes_nothing() {
    let catalog = Catalog::built_in();
    for scenario in presets(&catalog) {
        for setting in all(&scenario).iter().filter(|setting| setting.control == Control::Field) {
            let (after, notes) = typed(&scenario, setting.key, &setting.text)
                .unwrap_or_else(|error| panic!("{} {}: {error}", scenario.name, setting.key));
            assert_eq!(after, scenario, "{} {}={}", scenario.name, setting.key, setting.text);
            assert!(notes.is_empty(), "{notes:?}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_said_and_changes_nothing() {
    let catalog = Catalog::built_in();
    for scenario in presets(&catalog) {
        for setting in all(&scenario).iter().filter(|setting| setting.control == Control::Field) {
            let error = typed(&scenario, setting.key, "a lot").expect_err(setting.key).to_string();
            assert!(error.contains("a lot"), "{}: {error}", setting.key);
        }
    }
}

#[test]
fn a_line_has_a_hint_and_a_name_of_its_own() {
    for scenario in presets(&Catalog::built_in()) {
        let lines = all(&scenario);
        for (at, setting) in lines.iter().enumerate() {
            assert!(!setting.hint.is_empty(), "{}", setting.label);
            assert!(lines[at + 1..].iter().all(|other| other.label != setting.label), "{}", setting.label);
        }
        assert!(
            Axis::sliders(&scenario)
                .iter()
                .all(|axis| Axis::available(&scenario).contains(axis) || *axis == Axis::PROMPT)
        );
    }
}

#[test]
fn a_family_starts_with_the_model_that_was_there() {
    let catalog = Catalog::built_in();
    for before in presets(&catalog) {
        for family in Family::ALL {
            let after = switched(&before, family, &catalog).expect("a scenario");
            assert_eq!(after.workload.family(), family);
            if let (Some(old), Some(new)) = (before.language(), after.language()) {
                assert_eq!((&old.key, old.size), (&new.key, new.size), "{} {family:?}", before.name);
                assert_eq!(old.model, new.model);
            }
        }
    }
}
