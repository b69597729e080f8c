//! Rules of what fits where.

use super::hand::{gigabytes, is_mac, is_nvidia_card, is_too_small, name, named, need};
use super::{AtHand, Found, Holds};
use crate::engine::CeilingKind;
use crate::engine::graph::fine_tune;
use crate::report::figures_of::fits;
use crate::spec::{Form, Method};
use crate::units::{Bytes, show_decimals, show_gib};

/// Decimal gigabytes, as the rules count.
fn gb(bytes: Bytes) -> f64 {
    bytes.get() / 1e9
}

pub(super) fn memory_first(hand: &AtHand<'_>) -> Found {
    let small = hand.answers.iter().filter(|answer| is_too_small(answer)).count();
    let all = hand.answers.len();
    if small == 0 || all < 2 {
        return None;
    }
    let text = format!(
        "memory rules out {small} of {all}; no figure here depends on processor cores of a machine with a GPU"
    );
    Some((Holds::Yes, text))
}

pub(super) fn share_of_a_mac(hand: &AtHand<'_>) -> Found {
    let shares: Vec<(String, f64)> = hand
        .macs()
        .filter_map(|mac| {
            let limit =
                mac.estimate.fit.comparisons.iter().find(|of| of.ceiling.kind == CeilingKind::GpuLimit)?;
            let total = mac.machine.memory.value().capacity()?;
            let share = (limit.ceiling.bytes.best / total).get();
            let limit = show_gib(limit.ceiling.bytes.best);
            Some((format!("{}: {limit} of {}, {:.0} %", name(mac), show_gib(total), share * 100.0), share))
        })
        .collect();
    let holding = shares.iter().filter(|(_, share)| (0.745..=0.805).contains(share)).count();
    let words: Vec<&str> = shares.iter().map(|(words, _)| words.as_str()).collect();
    (!shares.is_empty()).then(|| (Holds::share(holding, shares.len()), words.join("; ")))
}

pub(super) fn tiers(hand: &AtHand<'_>) -> Found {
    let billions = hand.billions().filter(|_| hand.scenario.inference().is_some())?;
    let tier = match billions {
        6.5..=15.0 => 32.0..=48.0,
        60.0..=80.0 => 64.0..=128.0,
        100.0.. => 192.0..=f64::INFINITY,
        _ => return None,
    };
    let of: Vec<_> = hand.macs().filter(|mac| tier.contains(&gigabytes(mac))).collect();
    let holding = of.iter().filter(|mac| fits(&mac.estimate)).count();
    let text = format!(
        "{holding} of {} at hand in that tier hold this model of {billions:.0}B: {}",
        of.len(),
        named(of.iter().copied())
    );
    (!of.is_empty()).then(|| (Holds::share(holding, of.len()), text))
}

pub(super) fn small_memory(hand: &AtHand<'_>) -> Found {
    let of: Vec<_> =
        hand.answers.iter().filter(|answer| is_mac(answer) && gigabytes(answer) <= 16.5).collect();
    let small = of.iter().filter(|answer| !fits(&answer.estimate)).count();
    let text = format!("{small} of {} at hand with 16 GB or less do not hold it for certain", of.len());
    (!of.is_empty()).then(|| (Holds::share(small, of.len()), text))
}

pub(super) fn usual_needs(hand: &AtHand<'_>) -> Found {
    let billions = hand.billions()?;
    let least = hand.answers.iter().filter_map(need).min_by(|a, b| a.get().total_cmp(&b.get()))?;
    let qlora = hand.scenario.tune().is_some_and(|tune| tune.method == Method::Qlora);
    if qlora && (6.5..=9.0).contains(&billions) {
        let text = format!("the least that it takes at hand is {} GB", show_decimals(gb(least), 1));
        return Some((Holds::of((8.0..=12.0).contains(&gb(least))), text));
    }
    let four_bit = hand.scenario.inference().is_some_and(|inference| inference.quantization.bits() == 4);
    if !four_bit || !(65.0..=75.0).contains(&billions) {
        return None;
    }
    let cards: Vec<_> =
        hand.answers.iter().filter(|answer| is_nvidia_card(answer) && gigabytes(answer) <= 24.5).collect();
    let text = format!(
        "it takes {} GB; {} at hand with 24 GB or less: {}",
        show_decimals(gb(least), 1),
        cards.len(),
        {
            let held = cards.iter().filter(|card| fits(&card.estimate)).count();
            format!("{held} hold it")
        }
    );
    let excluded = cards.iter().all(|card| !fits(&card.estimate));
    Some((Holds::of((40.0..=45.5).contains(&gb(least)) && excluded), text))
}

pub(super) fn long_sequences(hand: &AtHand<'_>) -> Found {
    // Graphs become sequences by their sizes.
    let tune = fine_tune(&hand.scenario.workload).filter(|tune| tune.sequence >= 16_000)?;
    let smaller: Vec<_> = hand
        .fitting()
        .filter(|answer| gigabytes(answer) < if is_mac(answer) { 127.0 } else { 79.0 })
        .collect();
    let words = if smaller.is_empty() {
        "no smaller machine at hand holds them".to_owned()
    } else {
        format!("smaller ones hold them too: {}", named(smaller.iter().copied()))
    };
    let text = format!("sequences of {} tokens: {words}", crate::units::show_grouped(tune.sequence));
    Some((Holds::of(smaller.is_empty() && hand.fitting().next().is_some()), text))
}

pub(super) fn whole_graphs(hand: &AtHand<'_>) -> Found {
    let gnn = hand.scenario.gnn().filter(|gnn| gnn.edges >= 1_000_000)?;
    let least = hand.answers.iter().filter_map(need).min_by(|a, b| a.get().total_cmp(&b.get()))?;
    let edges = crate::units::show_grouped(gnn.edges);
    let smaller: Vec<_> = hand.fitting().filter(|answer| all_gigabytes(answer) < TWO_A100).collect();
    let held = if smaller.is_empty() {
        "no machine at hand with less than two A100 holds them as they are asked".to_owned()
    } else {
        format!("smaller than two A100 and enough: {}", named(smaller.iter().copied()))
    };
    let text =
        format!("{edges} edges take {} GB here, and an A100 has 80; {held}", show_decimals(gb(least), 1));
    let large = gb(least) > 80.0;
    // More than one A100 that a machine below two of them holds is half of what is said.
    let holds = match (large, smaller.is_empty()) {
        (true, true) => Holds::Yes,
        (true, false) => Holds::Partly,
        (false, _) => Holds::No,
    };
    Some((holds, text))
}

/// Memory of two A100, the least that the rule asks for.
const TWO_A100: f64 = 159.0;

/// Memory of all devices of a machine.
fn all_gigabytes(answer: &crate::report::Answer) -> f64 {
    gigabytes(answer) * f64::from(answer.machine.devices.max(1))
}

pub(super) fn notebooks(hand: &AtHand<'_>) -> Found {
    let least = hand.answers.iter().filter_map(need).min_by(|a, b| a.get().total_cmp(&b.get()))?;
    let laptop = |of: &&crate::report::Answer| {
        is_mac(of) && of.machine.body.form.as_ref().is_some_and(|form| *form.value() == Form::Laptop)
    };
    let of: Vec<_> = hand.answers.iter().filter(laptop).collect();
    let largest = of.iter().map(|answer| gigabytes(answer)).fold(0.0, f64::max);
    // What a notebook of 128 GB could hold says nothing of larger ones.
    if least.as_gib() < 128.0 || of.is_empty() {
        return None;
    }
    let text = format!(
        "it takes {}; the largest of {} notebooks at hand has {largest:.0} GB",
        show_gib(least),
        of.len()
    );
    Some((Holds::of(largest <= 128.5), text))
}
