//! Requests at once within limits of waiting, and machines for some users: what is said holds, and one more does not.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::solve::{Ends, Limits, Load, Served, Variants, fits, fleets, for_requests, serve};
use plimsoll::engine::{Assumptions, Estimate, Speed, estimate};
use plimsoll::spec::{Machine, Offer, Scenario};
use plimsoll::units::Seconds;

fn machine(id: &str) -> &'static Arc<Machine> {
    CONTEXT.catalog.machine(id).expect(id)
}

/// What follows for so many requests at once.
fn at(scenario: &Scenario, machine: &Arc<Machine>, requests: u64) -> Estimate {
    let changed = Variants::with(scenario, &for_requests(scenario, requests)).expect("requests");
    estimate(&changed, machine, &Assumptions::new(calibration()))
}

/// Whether it fits and nobody waits longer than the limits, even at the slow end of what is known.
fn holds(estimate: &Estimate, limits: Limits) -> bool {
    let Some(Speed::Inference(speed)) = &estimate.speed else { return false };
    let within = |limit: Option<Seconds>, time: Seconds| limit.is_none_or(|limit| time.get() <= limit.get());
    fits(&estimate.fit)
        && within(limits.first_token, speed.time_to_first_token.high)
        && within(limits.per_token, speed.time_per_output_token.high)
}

fn limits(first: Option<f64>, each: Option<f64>) -> Limits {
    Limits { first_token: first.map(Seconds::new), per_token: each.map(Seconds::new) }
}

#[test]
fn the_most_requests_are_within_the_limits_and_one_more_is_not() {
    let assumptions = Assumptions::new(calibration());
    let mut ended: Vec<&str> = Vec::new();
    for (preset, set) in [
        ("chat-8b", &[][..]),
        ("chat-8b", &[("runtime", "vllm"), ("quantization", "fp8")][..]),
        ("five-agents-8b", &[][..]),
        ("coding-agent-32b", &[][..]),
    ] {
        let scenario = asked(preset, set);
        for id in ["rtx-4090-24gb", "apple-m5max-40c-128gb", "a100-80gb-sxm"] {
            for limits in [
                limits(None, None),
                limits(Some(20.0), None),
                limits(None, Some(0.05)),
                limits(Some(0.001), None),
            ] {
                let machine = machine(id);
                let served = serve(&scenario, machine, limits, &assumptions);
                let Some(Served { load: Load { requests, rate, .. }, ends, .. }) = served else {
                    assert!(!holds(&at(&scenario, machine, 1), limits), "{preset} on {id}: one is answered");
                    continue;
                };
                assert!(holds(&at(&scenario, machine, requests), limits), "{preset} on {id}: {requests}");
                if ends == Ends::Range {
                    continue;
                }
                assert!(
                    !holds(&at(&scenario, machine, requests + 1), limits),
                    "{preset} on {id}: {requests} + 1"
                );
                assert!(rate.low <= rate.best && rate.best <= rate.high && rate.low > 0.0, "{rate:?}");
                ended.push(match ends {
                    Ends::Memory(_) => "memory",
                    Ends::FirstToken => "first token",
                    Ends::PerToken => "each token",
                    Ends::Range => panic!("it was left above"),
                });
            }
        }
    }
    assert!(ended.contains(&"memory") && ended.contains(&"each token"), "{ended:?}");
}

#[test]
fn requests_share_a_context_that_grows_with_them() {
    let scenario = asked("chat-8b", &[("runtime", "llama.cpp")]);
    let assumptions = Assumptions::new(calibration());
    let served =
        serve(&scenario, machine("rtx-4090-24gb"), Limits::default(), &assumptions).expect("it fits");
    let context = served.changes.iter().find(|change| change.key == "context").expect("it is set");
    // As preset: 8,192 tokens a request.
    assert_eq!(context.value, (8192 * served.load.requests).to_string());
    assert!(served.load.requests > 4, "an 8B of 4 bit leaves room for several: {served:?}");
}

#[test]
fn machines_for_users_are_as_many_as_it_takes_by_what_all_cost() {
    let scenario = asked("chat-8b", &[]);
    let assumptions = Assumptions::new(calibration());
    let limits = limits(None, Some(0.2));
    let ids = [
        "rtx-4090-24gb",
        "rtx-3060-12gb",
        "rent-a100-80gb",
        "dgx-spark-gb10-128gb",
        "mac-studio-m5-ultra-256gb",
    ];
    let machines: Vec<&Arc<Machine>> = ids.iter().map(|id| machine(id)).collect();
    let found = fleets(&scenario, machines, (60, limits), &assumptions);
    assert!(!found.buy.is_empty() && !found.rent.is_empty());
    for fleet in found.buy.iter().chain(&found.rent) {
        let (each, all) = (fleet.each.load.requests, fleet.machines);
        let share = at(&scenario, &fleet.machine, 60_u64.div_ceil(all));
        let Some(Speed::Inference(speed)) = &share.speed else { panic!("it is answered") };
        assert_eq!(fleet.share.first_token, speed.time_to_first_token, "as its share of 60 is answered");
        assert!(fleet.share.requests <= each, "{}", fleet.machine.id);
        assert!(each * all >= 60 && each * (all - 1) < 60, "{} × {each}", fleet.machine.id);
        let price = match &fleet.machine.offer {
            Some(Offer::Buy(price)) => price.value().get(),
            Some(Offer::Rent(rent)) => rent.value().get(),
            None => panic!("{} has no price", fleet.machine.id),
        };
        let dollars = price * plimsoll::units::count(all);
        assert!((fleet.dollars / dollars - 1.0).abs() < 1e-12, "{}", fleet.machine.id);
    }
    assert!(found.buy.windows(2).all(|pair| pair[0].dollars <= pair[1].dollars), "the cheapest first");
}
