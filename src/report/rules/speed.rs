//! Rules of what is fast.

use super::hand::{best, is_nvidia_card, is_of_chip, is_too_small, name, named, speed, times};
use super::{AtHand, Found, Holds};
use crate::engine::speed::Bound;
use crate::engine::{FigureName, Speed};
use crate::report::Answer;
use crate::report::figure_words::figure_value;
use crate::report::figures_of::pace;
use crate::spec::DiffusionMode;

/// The fastest Mac and the fastest of NVIDIA's cards that hold it.
fn mac_and_card<'a>(hand: &AtHand<'a>) -> Option<(&'a Answer, &'a Answer)> {
    let mac = AtHand::fastest(hand.macs())?;
    let card = AtHand::fastest(hand.answers.iter().filter(|answer| is_nvidia_card(answer)))?;
    Some((mac, card))
}

/// How much faster the card is, in words.
fn card_over_mac(mac: &Answer, card: &Answer) -> (f64, String) {
    let ratio = speed(card) / speed(mac);
    (ratio, format!("the {} is {} as fast as the {}", name(card), times(ratio), name(mac)))
}

pub(super) fn generation(hand: &AtHand<'_>) -> Found {
    hand.scenario.inference()?;
    let first = |answer: &&Answer| best(answer, FigureName::TimeToFirstToken).unwrap_or(f64::INFINITY);
    let running = || hand.macs().filter(|mac| speed(mac) > 0.0);
    let newest = running().filter_map(generation_of).max()?;
    let is_new = |answer: &Answer| generation_of(answer) == Some(newest);
    let is_ultra = |answer: &Answer| is_of_chip(answer, "Ultra");
    // Half of it says something only where an older chip is there, the other where an Ultra and another are.
    let older = running().any(|mac| !is_new(mac));
    let ultra = running().any(is_ultra) && running().any(|mac| !is_ultra(mac));
    if !older && !ultra {
        return None;
    }
    let soonest = running().min_by(|a, b| first(a).total_cmp(&first(b)))?;
    let fastest = AtHand::fastest(running())?;
    let text = format!(
        "the {} begins after {}; the {} decodes {}",
        name(soonest),
        figure_value(FigureName::TimeToFirstToken, first(&soonest)),
        name(fastest),
        figure_value(FigureName::Decode, speed(fastest))
    );
    let holding = usize::from(older && is_new(soonest)) + usize::from(ultra && is_ultra(fastest));
    Some((Holds::share(holding, usize::from(older) + usize::from(ultra)), text))
}

/// The generation of one of Apple's chips: 5 of `M5 Max`.
fn generation_of(answer: &Answer) -> Option<u32> {
    answer.machine.chip.split_whitespace().find_map(|word| word.strip_prefix('M')?.parse().ok())
}

pub(super) fn training_on_macs(hand: &AtHand<'_>) -> Found {
    hand.scenario.tune()?;
    let card = hand.answers.iter().find(|answer| is_of_chip(answer, "AD102") && speed(answer) > 0.0);
    let card = card.or_else(|| {
        hand.answers.iter().find(|answer| name(answer).contains("RTX 4090") && speed(answer) > 0.0)
    })?;
    let macs: Vec<(&Answer, f64)> =
        hand.macs().filter(|mac| speed(mac) > 0.0).map(|mac| (mac, speed(card) / speed(mac))).collect();
    let within = macs.iter().filter(|(_, ratio)| (2.0..=4.0).contains(ratio)).count();
    let words: Vec<String> =
        macs.iter().map(|(mac, ratio)| format!("the {} {}", name(mac), times(*ratio))).collect();
    (!macs.is_empty()).then(|| {
        (Holds::share(within, macs.len()), format!("slower than the {}: {}", name(card), words.join(", ")))
    })
}

pub(super) fn cliff(hand: &AtHand<'_>) -> Found {
    hand.scenario.inference()?;
    let raw = |answer: &Answer| pace(&answer.estimate).map_or(0.0, |pace| pace.best);
    let short = hand.answers.iter().filter(|answer| is_nvidia_card(answer) && is_too_small(answer));
    let worst = short.filter(|answer| raw(answer) > 0.0).min_by(|a, b| raw(a).total_cmp(&raw(b)))?;
    let whole = AtHand::fastest(hand.fitting())?;
    let ratio = raw(whole) / raw(worst);
    let text = format!(
        "with weights outside of its memory the {} decodes {}; with all of them inside the {} decodes {}",
        name(worst),
        figure_value(FigureName::Decode, raw(worst)),
        name(whole),
        figure_value(FigureName::Decode, raw(whole))
    );
    Some((Holds::of(ratio >= 3.0), text))
}

/// Pairs of machines whose order by one figure is that by another, of all pairs.
fn agreeing(machines: &[(f64, f64)]) -> (usize, usize) {
    let mut all = 0;
    let mut same = 0;
    for (at, one) in machines.iter().enumerate() {
        for other in machines.iter().skip(at + 1) {
            // Machines that are alike by a figure say nothing.
            if (one.0 / other.0 - 1.0).abs() < 0.02 {
                continue;
            }
            all += 1;
            same += usize::from((one.0 > other.0) == (one.1 > other.1));
        }
    }
    (same, all)
}

pub(super) fn follows_bandwidth(hand: &AtHand<'_>) -> Found {
    hand.scenario.inference()?;
    let decode: Vec<(f64, f64)> = hand
        .fitting()
        .filter_map(|answer| Some((answer.machine.bandwidth.as_ref()?.value().get(), speed(answer))))
        .filter(|(_, speed)| *speed > 0.0)
        .collect();
    let prefill: Vec<(f64, f64)> = hand
        .fitting()
        .filter_map(|answer| {
            let peaks = &answer.machine.peaks;
            let peak = peaks.fp16.as_ref().or(peaks.bf16.as_ref())?;
            Some((peak.value().get(), best(answer, FigureName::Prefill)?))
        })
        .collect();
    let ((decode, of_decode), (prefill, of_prefill)) = (agreeing(&decode), agreeing(&prefill));
    if of_decode == 0 {
        return None;
    }
    let text = format!(
        "by bandwidth {decode} of {of_decode} pairs of machines at hand stand in the order of their decode, by 16-bit \
         peak {prefill} of {of_prefill} in that of their prefill"
    );
    let mostly = |same: usize, all: usize| same * 10 >= all * 8;
    let holding = usize::from(mostly(decode, of_decode)) + usize::from(mostly(prefill, of_prefill));
    Some((Holds::share(holding, 2), text))
}

/// So many times as much is more, and not the same for all that is known.
const CLEARLY: f64 = 1.05;

pub(super) fn max_or_spark(hand: &AtHand<'_>) -> Found {
    let runs = |answer: &&Answer| speed(answer) > 0.0;
    let max = hand.macs().filter(|mac| is_of_chip(mac, "M5 Max")).find(runs)?;
    let spark = hand.answers.iter().filter(|answer| is_of_chip(answer, "GB10")).find(runs)?;
    let faster = speed(max) / speed(spark);
    let watts = |answer: &Answer| answer.machine.load.as_ref().map(|load| load.value().get());
    let drawn = watts(max).zip(watts(spark));
    let power =
        drawn.map_or_else(String::new, |(max, spark)| format!(", at {max:.0} W against {spark:.0} W"));
    // Energy of the same work: power over its pace.
    let saves = drawn.map(|(max, spark)| max / faster < spark / CLEARLY);
    let energy = (usize::from(saves == Some(true)), usize::from(saves.is_some()));
    let Some((ours, theirs)) = best(max, FigureName::Prefill).zip(best(spark, FigureName::Prefill)) else {
        let text = format!("the {} works {} as fast as the {}{power}", name(max), times(faster), name(spark));
        // What trains or makes images is bound by arithmetic.
        let holding = energy.0 + usize::from(faster * CLEARLY < 1.0);
        return Some((Holds::share(holding, energy.1 + 1), text));
    };
    let text = format!(
        "the {} decodes {} as fast and prefills {} as fast as the {}{power}",
        name(max),
        times(faster),
        times(ours / theirs),
        name(spark)
    );
    let holding = energy.0 + usize::from(faster > CLEARLY) + usize::from(ours * CLEARLY < theirs);
    Some((Holds::share(holding, energy.1 + 2), text))
}

pub(super) fn small_models_on_cards(hand: &AtHand<'_>) -> Found {
    hand.scenario.inference()?;
    hand.billions().filter(|billions| (6.0..=15.0).contains(billions))?;
    let (mac, card) = mac_and_card(hand)?;
    let (ratio, text) = card_over_mac(mac, card);
    Some((Holds::of(ratio > 1.0), text))
}

pub(super) fn cards_for_training(hand: &AtHand<'_>) -> Found {
    if hand.scenario.tune().is_none() && hand.scenario.diffusion().is_none() {
        return None;
    }
    let Some((mac, card)) = mac_and_card(hand) else {
        let cards: Vec<_> = hand.answers.iter().filter(|answer| is_nvidia_card(answer)).collect();
        let mac = AtHand::fastest(hand.macs())?;
        if cards.is_empty() {
            return None;
        }
        let text = format!("none of {} holds it; the {} does", named(cards.into_iter()), name(mac));
        return Some((Holds::No, text));
    };
    let (ratio, text) = card_over_mac(mac, card);
    Some((Holds::of(ratio > 1.0), text))
}

pub(super) fn bound_by_memory(hand: &AtHand<'_>) -> Found {
    let speeds: Vec<Bound> = hand
        .fitting()
        .filter_map(|answer| match &answer.estimate.speed {
            Some(Speed::Inference(speed)) => Some(speed.bound),
            _ => None,
        })
        .collect();
    let bound = speeds.iter().filter(|bound| **bound == Bound::Memory).count();
    let text = format!("decode is bound by memory on {bound} of {} that hold it", speeds.len());
    (!speeds.is_empty()).then(|| (Holds::share(bound, speeds.len()), text))
}

pub(super) fn images_on_cards(hand: &AtHand<'_>) -> Found {
    hand.scenario.diffusion().filter(|diffusion| diffusion.mode == DiffusionMode::Generate)?;
    let (mac, card) = mac_and_card(hand)?;
    let (ratio, text) = card_over_mac(mac, card);
    let compute = [mac, card]
        .into_iter()
        .all(|answer| answer.estimate.speed.as_ref().is_some_and(|speed| speed.bound() == Bound::Compute));
    let bound = if compute { "both are bound by arithmetic" } else { "not both are bound by arithmetic" };
    let holding = usize::from((3.0..=5.0).contains(&ratio)) + usize::from(compute);
    Some((Holds::share(holding, 2), format!("{text}; {bound}")))
}

#[cfg(test)]
mod tests {
    use super::agreeing;

    #[test]
    fn pairs_agree_where_both_figures_order_them_alike() {
        assert_eq!(agreeing(&[(1.0, 10.0), (2.0, 20.0), (3.0, 30.0)]), (3, 3));
        assert_eq!(agreeing(&[(1.0, 30.0), (2.0, 20.0), (3.0, 10.0)]), (0, 3));
        // Two that are alike by the first figure say nothing.
        assert_eq!(agreeing(&[(1.0, 10.0), (1.01, 5.0), (3.0, 30.0)]), (2, 2));
    }
}
