//! Rules of what to buy and what to rent.

use super::hand::{is_mac, is_of_chip, name, speed, times};
use super::{AtHand, Found, Holds};
use crate::engine::break_even;
use crate::engine::working::Detail;
use crate::report::Answer;
use crate::report::figure_words::long_hours;
use crate::report::figures_of::fits;
use crate::spec::Form;
use crate::units::{Dollars, Hours, show_dollars};

/// The machine to buy that costs least of those that fit, and the one to rent whose work costs least.
fn to_buy_and_to_rent<'a>(hand: &AtHand<'a>) -> Option<(&'a Answer, &'a Answer)> {
    let total = |answer: &&Answer| answer.estimate.cost.map_or(f64::INFINITY, |cost| cost.total.get());
    let work = |answer: &&Answer| answer.estimate.work_cost.map_or(f64::INFINITY, |work| work.unit.get());
    let priced = |answer: &&Answer, rented: bool| {
        answer.estimate.cost.is_some_and(|cost| cost.rent.is_some() == rented) && speed(answer) > 0.0
    };
    let buy =
        hand.fitting().filter(|answer| priced(answer, false)).min_by(|a, b| total(a).total_cmp(&total(b)))?;
    let rent =
        hand.fitting().filter(|answer| priced(answer, true)).min_by(|a, b| work(a).total_cmp(&work(b)))?;
    Some((buy, rent))
}

/// Hours of work after which what is bought has cost less; nothing where it never does.
fn pays_after(buy: &Answer, rent: &Answer) -> Option<Hours> {
    let (bought, rented) = (buy.estimate.cost?, rent.estimate.cost?);
    let figure = break_even(&bought, &rented, speed(buy) / speed(rent), Detail::Figures)?;
    Some(Hours::new(figure.value))
}

pub(super) fn buy_for_long_days(hand: &AtHand<'_>) -> Found {
    let (buy, rent) = to_buy_and_to_rent(hand)?;
    let usage = hand.assumptions.usage;
    let all = usage.hours().get();
    let (bought, rented) = (name(buy), name(rent));
    let Some(hours) = pays_after(buy, rent) else {
        return Some((
            Holds::No,
            format!("the {bought} never costs less than the {rented} for the same work"),
        ));
    };
    let text = format!(
        "the {bought} has cost less than the {rented} after {} of work; {} hours a day for {} years are {}",
        long_hours(hours),
        usage.hours_a_day,
        usage.years,
        long_hours(Hours::new(all))
    );
    Some((Holds::of(hours.get() <= all), text))
}

pub(super) fn rent_for_projects(hand: &AtHand<'_>) -> Found {
    let (buy, rent) = to_buy_and_to_rent(hand)?;
    // A project of three months at eight hours a working day.
    let project = 3.0 * 21.0 * 8.0;
    let text = |words: String| format!("three months at eight hours a working day are 504 h; {words}");
    let (bought, rented) = (name(buy), name(rent));
    match pays_after(buy, rent) {
        Some(hours) => Some((
            Holds::of(hours.get() > project),
            text(format!("the {bought} pays after {} against the {rented}", long_hours(hours))),
        )),
        None => Some((Holds::Yes, text(format!("the {bought} never costs less than the {rented}")))),
    }
}

pub(super) fn ultra(hand: &AtHand<'_>) -> Found {
    let tune = hand.scenario.tune().is_some() || hand.scenario.gnn().is_some();
    let of = |chip: &str| AtHand::fastest(hand.macs().filter(|mac| is_of_chip(mac, chip)));
    let ultra = of("Ultra").filter(|_| tune)?;
    let Some(max) = of("Max") else {
        let text = format!("of Apple's machines at hand only the {} holds it", name(ultra));
        return Some((Holds::Yes, text));
    };
    let ratio = speed(ultra) / speed(max);
    let small = hand.billions().is_none_or(|billions| billions < 60.0);
    let text = format!("the {} holds it too; the {} is {} as fast", name(max), name(ultra), times(ratio));
    // What is small is to run on the smaller one without much loss.
    Some((Holds::of(!small || ratio < 2.2), text))
}

pub(super) fn studio(hand: &AtHand<'_>) -> Found {
    let experts = hand.scenario.language()?.model.active_parameters.is_some();
    hand.scenario.inference()?;
    let billions = hand.billions().filter(|billions| *billions >= 65.0 || experts)?;
    let total = |answer: &&Answer| answer.estimate.cost.map_or(f64::INFINITY, |cost| cost.total.get());
    let bought = |answer: &&Answer| answer.estimate.cost.is_some_and(|cost| cost.price.is_some());
    let least = hand.fitting().filter(bought).min_by(|a, b| total(a).total_cmp(&total(b)))?;
    let text = format!(
        "of those at hand that hold this model of {billions:.0}B the {} costs least over the years, {}",
        name(least),
        show_dollars(Dollars::new(total(&least)))
    );
    // A Mac that is carried is none that stands at home.
    let holds = match (is_mac(least), least.machine.body.form.as_ref().map(|form| *form.value())) {
        (true, Some(Form::Laptop)) => Holds::Partly,
        (mac, _) => Holds::of(mac),
    };
    Some((holds, text))
}

pub(super) fn total_cost(hand: &AtHand<'_>) -> Found {
    let cost = hand.fitting().filter_map(|answer| Some((answer, answer.estimate.cost?)));
    let (answer, cost) = cost
        .filter(|(_, cost)| cost.price.is_some() && cost.electricity.is_some())
        .min_by(|(_, a), (_, b)| a.total.get().total_cmp(&b.total.get()))?;
    let electricity = cost.electricity?;
    let share = electricity.get() / (cost.outlay().get() + electricity.get()) * 100.0;
    let text = format!(
        "of the {} electricity is {} and {share:.0} % of what is paid; {} come back when it is sold, and maintenance is \
         not counted",
        name(answer),
        show_dollars(electricity),
        show_dollars(cost.residual.unwrap_or_default())
    );
    Some((Holds::Partly, text))
}

pub(super) fn wait(hand: &AtHand<'_>) -> Found {
    let announced: Vec<&str> = hand
        .answers
        .iter()
        .filter(|answer| answer.machine.availability == crate::spec::Availability::Announced)
        .map(name)
        .collect();
    let holding = hand.fitting().filter(|answer| fits(&answer.estimate)).count();
    if announced.is_empty() {
        return None;
    }
    Some((
        Holds::NotComputed,
        format!("{} is announced and not on sale; {holding} at hand hold it today", announced.join(", ")),
    ))
}
