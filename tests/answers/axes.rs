//! Every knob of every preset moves what it says it moves, and memory never falls along it.

use plimsoll::cli::Context;
use plimsoll::engine::axis::Axis;
use plimsoll::engine::{Place, Placement, budget};
use plimsoll::report::asked;
use plimsoll::spec::preset::{parse, resolve};
use plimsoll::spec::{Named as _, Scenario};
use plimsoll::units::Bytes;

fn presets() -> Vec<Scenario> {
    let context = Context::built_in("");
    context
        .catalog
        .presets
        .iter()
        .map(|preset| {
            let keys = parse(&preset.text, &preset.file).expect("a preset").remove(0);
            resolve(keys, &context).expect("a scenario").scenario
        })
        .collect()
}

/// Values along an axis: its steps, or seven places spread over its range.
fn places(axis: Axis, scenario: &Scenario) -> Vec<f64> {
    let (least, most) = axis.range(scenario);
    if axis.is_stepped() {
        return std::iter::successors(Some(least), |step| Some(step + 1.0))
            .take_while(|step| *step <= most)
            .collect();
    }
    (0..=6_u32)
        .map(|place| {
            let share = f64::from(place) / 6.0;
            let value = if axis.is_log() {
                least * (most / least).powf(share)
            } else {
                least + (most - least) * share
            };
            if axis.is_fractional() { value } else { value.round() }
        })
        .collect()
}

fn peak(scenario: &Scenario, placement: Placement) -> Bytes {
    budget(scenario, placement).peak().map_or(Bytes::ZERO, |phase| phase.total().best)
}

#[test]
fn a_scenario_stands_where_it_was_set() {
    for scenario in presets() {
        for axis in Axis::available(&scenario) {
            for value in places(axis, &scenario) {
                let stands = axis.get(&axis.set(&scenario, value));
                let near = match axis {
                    // Shapes come in whole layers and heads, pictures in whole patches.
                    Axis::MODEL_SIZE => (stands / value).ln().abs() < 0.2,
                    Axis::RESOLUTION => (stands / value).ln().abs() < 0.07,
                    _ => (stands - value).abs() < 1e-6,
                };
                assert!(near, "{} {axis:?} {value} {stands}", scenario.name);
            }
        }
    }
}

#[test]
fn where_a_scenario_stands_changes_nothing() {
    for scenario in presets() {
        for axis in Axis::available(&scenario).into_iter().filter(|axis| *axis != Axis::MODEL_SIZE) {
            let same = axis.set(&scenario, axis.get(&scenario));
            assert_eq!(same, scenario, "{} {axis:?}", scenario.name);
        }
    }
}

fn on_device(scenario: &Scenario) -> Bytes {
    let budget = budget(scenario, Placement::Gpu);
    budget.peak_in(Place::Device).map_or(Bytes::ZERO, |phase| phase.in_place(Place::Device).best)
}

/// By which share of the whole memory may fall from one place to the next.
fn may_fall(axis: Axis, scenario: &Scenario) -> f64 {
    match axis {
        // The same edges among more nodes are fewer neighbours to draw of each.
        Axis::NODES if Axis::available(scenario).contains(&Axis::BATCH_NODES) => 1.0,
        // More requests share the same context out, and each has a smaller mask.
        Axis::CONCURRENCY => 0.03,
        // 8 bit reaches convolutions, which 4 bit does not.
        Axis::PRECISION => 0.2,
        // Larger tensors may leave an allocator better gaps.
        _ => 1e-3,
    }
}

#[test]
fn memory_grows_along_every_axis() {
    for scenario in presets() {
        for axis in Axis::available(&scenario) {
            let needs: Vec<Bytes> = places(axis, &scenario)
                .into_iter()
                .map(|value| match axis {
                    // What leaves the host comes to the device.
                    Axis::GPU_LAYERS | Axis::EXPERTS => on_device(&axis.set(&scenario, value)),
                    _ => peak(&axis.set(&scenario, value), Placement::Gpu),
                })
                .collect();
            for pair in needs.windows(2) {
                assert!(
                    pair[1].get() >= pair[0].get() * (1.0 - may_fall(axis, &scenario)),
                    "{} {axis:?} {needs:?}",
                    scenario.name
                );
            }
            // Where long graphs are cut, their sizes move the time and not the peak.
            let cut = Axis::available(&scenario).contains(&Axis::MAX_SEQUENCE)
                && matches!(axis, Axis::EDGES | Axis::NODES | Axis::SIZE_SPREAD);
            if needs.len() > 1 && !cut {
                assert!(needs.last() > needs.first(), "{} {axis:?} moves nothing {needs:?}", scenario.name);
            }
        }
    }
}

#[test]
fn what_is_asked_is_said_in_words() {
    let said: Vec<String> = presets()
        .iter()
        .map(|scenario| {
            format!(
                "{} ({})\n{}",
                scenario.name,
                scenario.workload.family().key(),
                asked(scenario).join("\n")
            )
        })
        .collect();
    insta::assert_snapshot!(said.join("\n\n"));
}

#[test]
fn a_value_is_said_in_full_unless_it_is_of_millions() {
    for (axis, value, said) in [
        (Axis::CONTEXT, 32_768.0, "32,768"),
        (Axis::CONTEXT, 1_048_576.0, "1,048,576"),
        (Axis::NODES, 169_343.0, "169,343"),
        (Axis::NODES, 2_449_029.0, "2,449,029"),
        (Axis::NODES, 111_000_000.0, "111M"),
        (Axis::MODEL_SIZE, 70_600_000_000.0, "70.6B"),
    ] {
        assert_eq!(axis.in_full(value), said, "{axis:?}");
    }
}
