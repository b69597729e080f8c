//! Plans lose no more than they have to: the gentlest steps lead, what is left of a setting still does the work, and what
//! does not fit in the end is left whole.

use plimsoll::catalog::calibration;
use plimsoll::engine::graph::lengths;
use plimsoll::engine::plan::{Plan, Why};
use plimsoll::engine::solve::{Change, Variants as _};
use plimsoll::engine::{Assumptions, Verdict, estimate};
use plimsoll::spec::preset::{PresetKeys, parse, resolve};
use plimsoll::units::Bytes;

use crate::decide::{CONTEXT, asked, machine, planned};

fn ways(found: &Plan) -> impl Iterator<Item = &Change> {
    let others = found.alternatives.iter().flat_map(|other| &other.steps);
    found.steps.iter().chain(others).flat_map(|step| &step.changes)
}

#[test]
fn what_is_left_still_does_the_work() {
    // 16,384 tokens became 31 here, and 3,072 where a step of quantization keeps them all.
    for (preset, over, on) in [
        ("deepseek-r1-671b", &[][..], "rtx-3060-12gb"),
        ("chat-70b", &[("context", "16384")], "mac-mini-m4-pro-48gb"),
        ("chat-8b", &[("context", "131072"), ("prompt", "60000"), ("generate", "2000")], "rtx-3060-12gb"),
    ] {
        let scenario = asked(preset, over).with(&[]).expect("a preset");
        let inference = scenario.inference().expect("it answers");
        let work = if over.iter().any(|(key, _)| *key == "prompt") {
            inference.prompt + inference.generate
        } else {
            inference.context / 4
        };
        let found = planned(preset, over, on);
        for change in ways(&found).filter(|change| change.key == "context") {
            let left: u64 = change.value.parse().expect("tokens");
            assert!(left >= work, "{preset} on {on}: {left} of {}", inference.context);
        }
    }
    let kept = planned("chat-70b", &[("context", "16384")], "mac-mini-m4-pro-48gb");
    assert!(
        kept.steps.iter().all(|step| step.changes.iter().all(|change| change.key != "context")),
        "{kept:?}"
    );
    // Examples are of 1,200 tokens on average.
    let cut = planned("tool-calling-qlora-8b", &[], "rtx-3060-12gb");
    let cut = ways(&cut).filter(|change| change.key == "sequence").map(|change| change.value.parse::<u64>());
    assert!(cut.into_iter().all(|left| left.expect("tokens") >= 1200), "no shorter than most examples");
    // Graphs of 16,384 tokens were cut at 2,220, and of 8,192 at 436.
    let alike = [("size_spread", "1.1"), ("nodes", "450")];
    let graphs =
        [("parse-trees-16k-8b", &[][..]), ("function-trees-8b", &[]), ("parse-trees-16k-8b", &alike)];
    for (preset, over) in graphs {
        let scenario = asked(preset, over).with(&[]).expect("a preset");
        let lengths = scenario.graph().map(lengths).expect("graphs");
        let [mean, longest] = [lengths.mean, lengths.longest].map(|length| length.get().floor());
        for on in ["rtx-3060-12gb", "apple-m4-10c-16gb", "rtx-4060-ti-16gb", "rtx-4090"] {
            for change in ways(&planned(preset, over, on)).filter(|change| change.key == "max_sequence") {
                let left: f64 = change.value.parse().expect("tokens");
                assert!(
                    left >= mean && left * 2.0 >= longest,
                    "{preset} {over:?} on {on}: {left} of {longest}"
                );
            }
        }
    }
    // Nor is a network narrowed to less than half: 256 was 5 on the second.
    for on in ["apple-m4-10c-16gb", "rtx-4060", "rtx-3060-12gb"] {
        for change in ways(&planned("whole-program-gnn", &[], on)).filter(|change| change.key == "hidden") {
            assert!(change.value.parse::<u64>().expect("a width") >= 128, "{on}: {}", change.value);
        }
    }
    // Smaller steps go over the same nodes.
    let set = [("batch_nodes", "100000"), ("sampling", "15, 10")];
    let found = planned("whole-program-gnn", &set, "rtx-4090");
    let mut steps = found.steps.iter().flat_map(|step| &step.changes);
    assert!(steps.any(|change| change.key == "batch_nodes"), "{found:?}");
}

#[test]
fn another_program_is_said_with_the_formats_it_reads() {
    let assumptions = Assumptions::new(calibration());
    let fp8 = [("runtime", "sglang"), ("quantization", "fp8"), ("concurrency", "64"), ("context", "65536")];
    let awq = [("runtime", "vllm"), ("quantization", "awq")];
    let q8 = [("runtime", "vllm"), ("quantization", "Q8_0")];
    let mut moved = 0;
    for (preset, over, on) in [
        ("chat-8b", &fp8[..], "rtx-4090"),
        ("chat-70b", &awq, "a100-40gb-pcie"),
        ("chat-8b", &q8, "rtx-4090"),
    ] {
        let found = planned(preset, over, on);
        let steps = std::iter::once(&found.steps).chain(found.alternatives.iter().map(|other| &other.steps));
        for steps in steps {
            let mut typed: Vec<(&str, &str)> = over.to_vec();
            for step in steps.iter().filter(|step| step.changes.iter().all(|change| change.key != "machine"))
            {
                for change in &step.changes {
                    typed.retain(|(key, _)| *key != change.key);
                    typed.push((change.key, &change.value));
                }
                moved += u32::from(step.changes.iter().any(|change| change.key == "runtime"));
                // All at once, as a person types them after `--set`.
                let mut keys = PresetKeys::default();
                for (key, value) in &typed {
                    keys.set(key, value).expect("a key");
                }
                let file = CONTEXT.catalog.preset(preset).expect("a preset");
                let below = parse(&file.text, &file.file).expect("keys").remove(0);
                let scenario = resolve(keys.over(below), &*CONTEXT).expect("a scenario").scenario;
                let after = estimate(&scenario, &machine(on), &assumptions);
                let peak = after.budget.peak().map_or(Bytes::ZERO, |phase| phase.total().best);
                assert_eq!(
                    (peak, after.fit.verdict),
                    (step.total, step.verdict),
                    "{preset} on {on}: {typed:?}"
                );
            }
        }
    }
    assert!(moved > 1, "{moved} steps to another program");
}

#[test]
fn the_gentlest_way_leads_and_what_is_idle_alone_is_tried_together() {
    // Layers on the host lose nothing, and quantization beside them does.
    let found = planned("chat-70b", &[], "rtx-4090");
    let keys: Vec<&str> =
        found.steps.iter().flat_map(|step| step.changes.iter().map(|change| change.key)).collect();
    assert_eq!(keys, ["gpu_layers"], "{found:?}");
    assert!(found.alternatives.iter().any(|other| other.name == "faster"), "{:?}", found.alternatives);
    // Models that wait elsewhere help once weights are packed, in formats that the machine holds.
    let found = planned("flux-1-dev", &[], "mac-mini-m4-16gb");
    assert!(found.reaches.fits(), "{found:?}");
    let moved =
        |key: &str| found.steps.iter().any(|step| step.changes.iter().any(|change| change.key == key));
    assert!(moved("precision") && moved("text_precision") && !moved("machine"), "{found:?}");
    // What saves only together and is still not enough does not stand in the way of what is: half a context fits this.
    let found = planned("chat-8b", &[("runtime", "mlx"), ("context", "131072")], "mac-mini-m4-16gb");
    assert!(
        found.steps.iter().any(|step| step.changes.iter().any(|change| change.key == "context")),
        "{found:?}"
    );
}

/// More system memory than usual computers have is not taken to be beside a card of which nobody said so.
#[test]
fn experts_in_memory_that_nobody_has_are_not_said_to_fit() {
    let assumptions = Assumptions::new(calibration());
    let of = |preset: &str, experts: &str| {
        let scenario = asked(preset, &[("cpu_experts", experts)]).with(&[]).expect("a preset");
        let answer = estimate(&scenario, &machine("rtx-4090"), &assumptions);
        assert_eq!(
            plimsoll::engine::estimate::fit(&scenario, &machine("rtx-4090")).verdict,
            answer.fit.verdict,
            "{preset}: what a search asks is the same"
        );
        answer.fit.verdict
    };
    assert_eq!(of("deepseek-r1-671b", "60"), Verdict::Uncertain, "361 GiB");
    assert!(of("gpt-oss-120b", "all").fits(), "58 GiB");
    let found = planned("deepseek-r1-671b", &[], "rtx-3060-12gb");
    let away = |change: &Change| ["cpu_experts", "gpu_layers"].contains(&change.key);
    assert!(!ways(&found).any(away), "{found:?}");
}

#[test]
fn what_does_not_fit_in_the_end_is_left_whole() {
    let found = planned("mixtral-8x22b", &[], "mac-mini-m4-16gb");
    let reached = found.reaches.fits();
    let on_another = found.steps.iter().all(|step| step.changes.iter().all(|change| change.key == "machine"));
    assert!(on_another && (reached || found.steps.is_empty()), "{found:?}");
    assert!(reached || found.not_offered.iter().any(|other| other.why == Why::NotEnough), "{found:?}");
}

#[test]
fn a_graph_network_keeps_its_numbers_in_range_or_samples() {
    let found = planned("whole-program-gnn", &[], "a100-80gb-sxm");
    let precision = ways(&found).find(|change| change.key == "precision").expect("16 bit");
    assert_eq!(precision.value, "bf16");
    assert!(ways(&found).any(|change| change.key == "sampling"), "{found:?}");
}
