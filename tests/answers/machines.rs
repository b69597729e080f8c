//! Machines that people have: that they are found under the names people write, with their memory and bandwidth, that
//! prices say whose they are, and that unlike cards in one computer are each held against their own memory.

#![expect(clippy::panic, reason = "what a test asks of a helper fails that test")]

use std::collections::BTreeMap;

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::{Assumptions, Estimate, Place, Speed, Verdict, estimate};
use plimsoll::report::sentence;
use plimsoll::spec::{
    Form, Kind, Machine, NotTogether, Offer, PriceBasis, Scenario, Vendor, count_and_id, joined, shares,
    software,
};

fn machine(id: &str) -> Arc<Machine> {
    let found = CONTEXT.catalog.machine(id);
    assert!(found.is_ok(), "{id}: {found:?}");
    Arc::clone(found.expect("it is in the catalog"))
}

fn mix(id: &str) -> Result<Arc<Machine>, NotTogether> {
    let find = |kind: &str| CONTEXT.catalog.machine(kind).cloned().map_err(|_unknown| NotTogether::Nothing);
    joined(id, find).expect("it is written with a plus").map(Arc::new)
}

fn answer(scenario: &Scenario, machine: &Arc<Machine>) -> Estimate {
    estimate(scenario, machine, &Assumptions::new(calibration()))
}

fn decode(estimate: &Estimate) -> f64 {
    match &estimate.speed {
        Some(Speed::Inference(speed)) => speed.decode.best.get(),
        other => panic!("a language model that runs, not {other:?}"),
    }
}

/// As people write it, memory in GiB, bandwidth in GB/s.
const COMMON: &[(&str, f64, f64)] = &[
    ("gtx-1080-ti", 11.0, 484.4),
    ("rtx-2060", 6.0, 336.0),
    ("rtx-2060-12gb", 12.0, 336.0),
    ("rtx-2070-super", 8.0, 448.0),
    ("rtx-2060-laptop", 6.0, 336.0),
    ("rtx-2080-super-laptop", 8.0, 448.0),
    ("rtx-3050-ti-laptop", 4.0, 192.0),
    ("rtx-3050-laptop", 4.0, 192.0),
    ("rtx-3500-ada-laptop", 12.0, 432.0),
    ("rtx-a4500", 20.0, 640.0),
    ("rtx-a5500", 24.0, 768.0),
    ("quadro-rtx-6000", 24.0, 672.0),
    ("quadro-rtx-8000", 48.0, 672.0),
    ("arc-a580", 8.0, 512.0),
    ("arc-a770m", 16.0, 512.0),
    ("h20", 96.0, 4000.0),
    ("rtx-2080-ti", 11.0, 616.0),
    ("rtx-3050", 8.0, 224.0),
    ("rtx-3060-12gb", 12.0, 360.0),
    ("rtx-3060-ti", 8.0, 448.0),
    ("RTX 3060 Ti", 8.0, 448.0),
    ("rtx-3070", 8.0, 448.0),
    ("rtx-3070-ti", 8.0, 608.3),
    ("rtx-3080", 10.0, 760.3),
    ("rtx-3080-12gb", 12.0, 912.4),
    ("rtx-3080-ti", 12.0, 912.4),
    ("rtx-3090", 24.0, 936.0),
    ("rtx-4060", 8.0, 272.0),
    ("rtx-4060-ti-8gb", 8.0, 288.0),
    ("rtx-4060-ti-16gb", 16.0, 288.0),
    ("rtx-4070-ti", 12.0, 504.2),
    ("rtx-4080", 16.0, 716.8),
    ("rtx-5050", 8.0, 320.0),
    ("rtx-5060", 8.0, 448.0),
    ("rtx-5060-ti-8gb", 8.0, 448.0),
    ("rtx-3060-laptop", 6.0, 336.0),
    ("rtx-4060-laptop", 8.0, 256.0),
    ("rtx-4090-laptop", 16.0, 576.0),
    ("rtx-5070-ti-laptop", 12.0, 672.0),
    ("rtx-5090-laptop", 24.0, 896.0),
    ("rtx-a4000", 16.0, 448.0),
    ("rtx-pro-4000", 24.0, 672.0),
    ("rtx-pro-4500", 32.0, 896.0),
    ("rtx-pro-5000", 48.0, 1344.0),
    ("rtx-pro-6000-max-q", 96.0, 1792.0),
    ("l4", 24.0, 300.1),
    ("a10", 24.0, 600.2),
    ("a10g", 24.0, 600.2),
    ("a40", 48.0, 695.8),
    ("v100", 16.0, 900.0),
    ("v100-32gb", 32.0, 900.0),
    ("p40", 24.0, 347.1),
    ("h100-nvl", 94.0, 3900.0),
    ("b300", 288.0, 8000.0),
    ("gb200", 186.0, 8000.0),
    ("rx-6800", 16.0, 512.0),
    ("rx-7600", 8.0, 288.0),
    ("rx-7800-xt", 16.0, 624.1),
    ("rx-7900-gre", 16.0, 576.0),
    ("rx-9060-xt", 16.0, 322.3),
    ("rx-9070", 16.0, 644.6),
    ("rx-9070-xt", 16.0, 644.6),
    ("mi325x", 256.0, 6000.0),
    ("mi355x", 288.0, 8000.0),
    ("arc-a770", 16.0, 512.0),
    ("arc-b580", 12.0, 456.0),
    ("arc-pro-b60", 24.0, 456.0),
    ("arc-pro-b70", 32.0, 608.0),
    ("gx10", 128.0, 273.0),
    ("framework-desktop-128gb", 128.0, 256.0),
    ("gmktec-strix-halo-128gb", 128.0, 256.0),
    ("ryzen-ai-halo", 128.0, 256.0),
    ("rtx-spark", 128.0, 300.0),
    ("macbook-air-13-m4-16gb", 16.0, 120.0),
    ("macbook-air-15-m5-32gb", 32.0, 153.6),
    ("imac-m4-16gb", 16.0, 120.0),
    ("macbook-pro-14-m5-pro-48gb", 48.0, 307.0),
    ("macbook-pro-14-m5-pro-64gb", 64.0, 307.0),
    ("macbook-pro-14-m5-max-48gb", 48.0, 614.0),
    ("macbook-pro-14-m5-max-64gb", 64.0, 614.0),
    ("macbook-pro-14-m5-max-128gb", 128.0, 614.0),
    ("macbook-pro-16-m5-max-128gb", 128.0, 614.0),
    ("macbook-pro-16-m4-pro-48gb", 48.0, 273.0),
];

#[test]
fn machines_people_have_are_found_as_they_write_them() {
    for (id, gib, gb_per_s) in COMMON {
        let machine = machine(id);
        let capacity = machine.memory.value().capacity().expect("its memory is known").as_gib();
        assert!((capacity - gib).abs() < 1e-9, "{id}: {capacity} GiB");
        let bandwidth = machine.bandwidth.as_ref().expect("its bandwidth is known").value().as_gb_per_s();
        assert!((bandwidth - gb_per_s).abs() < 0.05, "{id}: {bandwidth} GB/s");
    }
    // It depends on the memory that is fitted, which the note says: of laptops it is LPDDR5X-7500.
    let hx370 = machine("hx-370-32gb");
    let bandwidth = hx370.bandwidth.as_ref().expect("its bandwidth is derived");
    assert!((bandwidth.value().as_gb_per_s() - 120.0).abs() < 0.05 && bandwidth.1 == Kind::Derived);
    assert!(hx370.note.as_ref().expect("a note").contains("89.6 GB/s"));
}

#[test]
fn a_name_means_one_machine_whatever_its_hyphens() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for machine in &CONTEXT.catalog.machines {
        for name in std::iter::once(&machine.id).chain(&machine.aliases) {
            let letters: String = name.chars().filter(|sign| *sign != '-').collect();
            let known = seen.entry(letters).or_insert_with(|| machine.id.clone());
            assert_eq!(known, &machine.id, "{name} is another machine's too");
        }
    }
}

#[test]
fn laptops_say_what_power_their_makers_set() {
    let laptop = machine("rtx-4060-laptop");
    let (least, most) = *laptop.body.power_limits.as_ref().expect("limits").value();
    assert_eq!((least.get(), most.get()), (35.0, 115.0));
    assert_eq!(laptop.load.as_ref().map(|load| load.value().get()), Some(115.0), "rates are at the highest");
    assert!(!laptop.leaves_out_computer(), "it comes with its laptop");
    for machine in &CONTEXT.catalog.machines {
        let form = machine.body.form.as_ref().map(|figure| *figure.value());
        if machine.id.contains("laptop") || machine.id.starts_with("macbook-air-13") {
            assert_eq!(form, Some(Form::Laptop), "{}", machine.id);
        }
    }
}

#[test]
fn every_price_says_whose_it_is() {
    for machine in &CONTEXT.catalog.machines {
        if let Some(Offer::Buy(price)) = &machine.offer {
            assert_ne!(price.basis, PriceBasis::Unsaid, "{}", machine.id);
            assert!(price.day().starts_with("20"), "{}: {}", machine.id, price.day());
        }
    }
    let basis = |id: &str| match &machine(id).offer {
        Some(Offer::Buy(price)) => (price.basis, price.day().to_owned()),
        other => panic!("{id} is sold, not {other:?}"),
    };
    assert_eq!(basis("rtx-3090"), (PriceBasis::Used, "2026-07".to_owned()));
    assert_eq!(basis("rtx-4060"), (PriceBasis::Launch, "2023-05".to_owned()));
    assert_eq!(basis("rtx-5090").0, PriceBasis::Street);
    assert_eq!(basis("macbook-pro-16-m5-max-128gb"), (PriceBasis::List, "2026-08-22".to_owned()));
    assert_eq!(basis("macbook-pro-16-m4-pro-48gb").0, PriceBasis::Refurbished);
}

#[test]
fn what_is_unknown_of_a_machine_is_no_figure() {
    let card = machine("rtx-4060");
    assert!(card.idle.is_none() && card.leaves_out_computer());
    let cost = answer(&asked("chat-8b", &[]), &card).cost.expect("it has a price");
    assert!(cost.idle.is_none() && cost.card_alone);
    let hours = cost.usage.hours().get();
    let electricity = cost.electricity.expect("its power under load is known").get();
    assert!((electricity - 0.115 * hours * cost.usage.tariff).abs() < 1e-6, "hours under load alone");
    let spark = machine("dgx-spark-gb10");
    assert_eq!(spark.idle.as_ref().map(|idle| idle.value().get()), Some(23.5));
    assert!(!software(&machine("rx-9070-xt")).is_empty());
    let other = Machine { vendor: Vendor::Other, ..Machine::clone(&spark) };
    assert!(software(&other).is_empty(), "unknown is said");
}

#[test]
fn boxes_of_several_cards_are_answered_for_all_of_them() {
    let dgx = machine("dgx-h100");
    assert_eq!((dgx.devices, dgx.id.as_str()), (8, "dgx-h100"));
    let all = answer(&asked("deepseek-r1-671b", &[("devices", "all")]), &dgx);
    assert_eq!(all.budget.devices, 8);
    let one = answer(&asked("deepseek-r1-671b", &[("devices", "1")]), &dgx);
    assert_eq!(one.budget.devices, 1);
    let Some(Offer::Rent(rent)) = &machine("rent-8x-h100-sxm").offer else { panic!("it is rented") };
    assert!((rent.value().get() - 49.24).abs() < 1e-9, "for all eight");
}

#[test]
fn unlike_cards_are_each_held_against_their_own_memory() {
    let pair = mix("rtx-5080 + rtx-3090").expect("two cards");
    assert_eq!((pair.id.as_str(), pair.devices), ("rtx-5080-16gb + rtx-3090-24gb", 2));
    let shares = shares(&pair.cards);
    assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-12 && shares[0] < shares[1], "{shares:?}");
    let seventy = asked("chat-70b", &[("context", "4096")]);
    let estimate = answer(&seventy, &pair);
    assert_eq!(estimate.cards.len(), 2);
    assert_eq!(estimate.cards.iter().filter(|card| card.decides).count(), 1);
    let need = |index: usize| estimate.cards[index].comparison.need.best.as_gib();
    let ratio = need(0) / (need(0) + need(1));
    assert!((ratio - shares[0]).abs() < 0.03, "layers follow memory: {ratio} of {}", shares[0]);
    let fullest = estimate.cards.iter().map(|card| card.comparison.filled()).fold(0.0, f64::max);
    let decides = estimate.cards.iter().find(|card| card.decides).expect("one decides");
    assert!((decides.comparison.filled() - fullest).abs() < 1e-12, "the fullest relative to its memory");
    assert_eq!(estimate.fit.deciding().map(|deciding| deciding.need), Some(decides.comparison.need));
}

#[test]
fn what_no_program_splits_runs_on_the_card_that_holds_it() {
    let pair = mix("rtx-5080 + rtx-3090").expect("two cards");
    let scenario = asked("flux-1-dev", &[("precision", "nf4")]);
    let (both, alone) = (answer(&scenario, &pair), answer(&scenario, &machine("rtx-3090")));
    assert_eq!(both.fit.verdict, alone.fit.verdict);
    assert_eq!(both.fit.deciding(), alone.fit.deciding(), "held against the card that it runs on");
    assert_eq!(both.speed, alone.speed, "and as fast as that card");
    let used: Vec<_> = both.cards.iter().map(|card| (card.card.id.as_str(), card.used)).collect();
    assert_eq!(used, [("rtx-5080-16gb", false), ("rtx-3090-24gb", true)]);
    // A copy on each, where that is asked for, has to fit on each.
    let copies = asked("flux-1-dev", &[("precision", "nf4"), ("split", "copies")]);
    assert_eq!(answer(&copies, &pair).fit.verdict, Verdict::DoesNotFit);
    // Where both hold it, both work.
    let small = asked("sd-1.5", &[]);
    assert!(answer(&small, &pair).cards.iter().all(|card| card.used));
    // Where neither does, the roomier one says by how much.
    let large = answer(&asked("flux-1-dev", &[]), &pair);
    let decides = large.cards.iter().find(|card| card.decides).expect("one decides");
    assert_eq!((large.fit.verdict, decides.card.id.as_str()), (Verdict::DoesNotFit, "rtx-3090-24gb"));
}

#[test]
fn alike_cards_written_with_a_plus_are_as_many_of_one() {
    let scenario = asked("chat-70b", &[]);
    let two = mix("rtx-3090 + rtx-3090").expect("two cards");
    assert_eq!((two.devices, two.cards.len()), (2, 0));
    let same = Arc::new(machine("rtx-3090").named_with_devices(2));
    assert_eq!(two, same);
    assert_eq!(answer(&scenario, &two), answer(&scenario, &same));
    // A twin by another name is shared out as alike cards are.
    let twin = Machine { id: "twin".to_owned(), ..Machine::clone(&machine("rtx-3090")) };
    let pair = plimsoll::spec::combined(vec![(1, machine("rtx-3090")), (1, Arc::new(twin))]);
    let pair = Arc::new(pair.expect("two cards"));
    let (alike, unlike) = (answer(&scenario, &same), answer(&scenario, &pair));
    let on_card = |of: &Estimate| of.budget.peak_in(Place::Device).expect("a phase").in_place(Place::Device);
    assert_eq!(on_card(&alike), on_card(&unlike), "the fullest of two alike ones");
    assert!((decode(&alike) / decode(&unlike) - 1.0).abs() < 1e-9, "and as fast");
}

#[test]
fn times_of_the_parts_add_up() {
    let scenario = asked("chat-8b", &[]);
    let speed = |machine: &Arc<Machine>| decode(&answer(&scenario, machine));
    let (slow, fast) = (speed(&machine("rtx-3060-12gb")), speed(&machine("rtx-5090")));
    let both = speed(&mix("rtx-3060-12gb + rtx-5090").expect("two cards"));
    assert!(slow < both && both < fast, "{slow} < {both} < {fast}");
}

#[test]
fn with_a_shard_on_each_the_smallest_card_decides() {
    let scenario = asked("chat-8b", &[("runtime", "vllm"), ("quantization", "bf16"), ("split", "tensor")]);
    let pair = mix("rtx-3060-12gb + rtx-3090").expect("two cards");
    let estimate = answer(&scenario, &pair);
    let decides = estimate.cards.iter().find(|card| card.decides).expect("one decides");
    assert_eq!(decides.card.id, "rtx-3060-12gb");
    let two = answer(&scenario, &Arc::new(machine("rtx-3060-12gb").with_devices(2)));
    assert_eq!(estimate.fit.verdict, two.fit.verdict, "as two of the smallest");
    assert_eq!(decides.comparison.need, two.fit.deciding().expect("a ceiling").need);
}

#[test]
fn an_old_report_of_two_unlike_cards_by_tensor_is_met() {
    // qwen38-mtp, pull request 44 (August 2026): RTX 5080 and 3090 by tensor, 27B, 131,072 tokens in q4_0:
    // 12,048 and 10,334 MiB for a file of 17.6 GB, where ours is 16.54; no head, no pictures.
    let set =
        [("model", "qwen3.6-27b"), ("context", "131072"), ("kv_precision", "q4_0"), ("split", "tensor")];
    let estimate = answer(&asked("chat-8b", &set), &mix("rtx-5080 + rtx-3090").expect("two cards"));
    let larger_file = (17.6e9 - 16.54e9) / 2.0 / f64::from(1 << 20);
    let each = estimate.fit.deciding().expect("a ceiling").need.best.get() / f64::from(1 << 20) + larger_file;
    assert!(each > 0.9 * 10_334.0 && each < 12_048.0, "{each:.0} MiB a card");
}

#[test]
fn what_goes_into_no_computer_is_refused() {
    for (id, expected) in [
        ("rtx-5080 + mac-mini-m4-16gb", "is no card"),
        ("rtx-5080 +", "both sides"),
        ("rtx-5080 + rent-h100-sxm", "rented by the hour"),
        ("1000x rtx-5080 + 1000x rtx-3090", "more than"),
    ] {
        let error = mix(id).expect_err(id).to_string();
        assert!(error.contains(expected), "{id}: {error}");
    }
    // A number of a number of cards was the last of both.
    assert_eq!(count_and_id("2x rtx-3090"), Some((2, "rtx-3090")));
    assert_eq!(count_and_id("2x 2x rtx-3090"), None);
    let mixed = mix("2x rtx-3090 + rtx-5090").expect("three cards");
    assert_eq!((mixed.devices, mixed.cards[0].devices), (3, 2));
    let Some(Offer::Buy(price)) = &mixed.offer else { panic!("all have a price") };
    assert_eq!((price.value().get(), price.basis), (2.0 * 1050.0 + 3980.0, PriceBasis::Mixed));
    assert_eq!(mixed.load.as_ref().map(|load| load.value().get()), Some(2.0 * 350.0 + 575.0));
    assert!(mixed.idle.is_none(), "unknown where one's is");
}

#[test]
fn a_speed_says_whether_it_lasts_and_a_machine_without_rates_how_to_get_one() {
    let words = |id: &str, forget: bool| {
        let mut machine = Machine::clone(&machine(id));
        if forget {
            machine.bandwidth = None;
        }
        let estimate = answer(&asked("chat-8b", &[]), &Arc::new(machine));
        assert_eq!(estimate.speed.is_none(), forget, "{id}");
        sentence(&estimate, "it").remarks.join("; ")
    };
    assert!(words("macbook-air-13-m4-16gb", false).contains("no fan"));
    assert!(words("ryzen-ai-max-385-64gb", false).contains("45 to 120 W"));
    let mini = words("strix-halo-395-64gb", false);
    assert!(!mini.contains("no fan") && !mini.contains("Laptops"), "{mini}");
    let unknown = words("ryzen-ai-9-hx370-64gb", true);
    assert!(unknown.contains("No speed: the bandwidth") && unknown.contains("plimsoll measure"), "{unknown}");
}
