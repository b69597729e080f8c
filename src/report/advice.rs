//! What a comparison comes to, in sentences: the question, the answer, and what speaks for another choice.

use super::decision::{Decision, card_alone, overlap};
use super::figure_words::{figure_value, long_hours};
use super::figures_of::{figure, fits, main_figure, pace};
use super::markup::quoted;
use super::speed_words::years;
use super::{Answer, Report, sentence};
use crate::engine::graph::fine_tune;
use crate::engine::{Cost, FigureName, Made, Verdict};
use crate::spec::{Availability, Machine, Offer, PriceBasis};
use crate::units::{
    Dollars, count, show_before, show_between, show_decimals, show_dollars, show_gib, show_grouped,
    show_many, show_rent,
};

/// What is asked, as the title of a report.
pub(super) fn question(report: &Report) -> String {
    let name = quoted(&report.scenario);
    let other = report.other.as_ref().map(|other| quoted(&other.scenario));
    match (report.answers.as_slice(), other) {
        ([one], None) => format!("Does {name} run on {}?", one.machine.name),
        ([one], Some(other)) => format!("Do {name} and {other} run on {}?", one.machine.name),
        (_, None) => format!("Which machine for {name}?"),
        (_, Some(other)) => format!("Which machine for {name}, and which for {other}?"),
    }
}

/// The answer in a sentence or two.
pub(super) fn answer(decision: &Decision<'_>) -> String {
    let Some(advised) = decision.advised() else { return "No machine was asked about.".to_owned() };
    if !fits(&advised.estimate) {
        return none_fits(decision);
    }
    let needs = advised.estimate.fit.deciding().map_or_else(String::new, |deciding| {
        let (need, limit) = (deciding.need.best, deciding.ceiling.bytes.best);
        format!(" It needs {} of {}.", show_before(need, limit), show_gib(limit))
    });
    let speed = speed(advised).unwrap_or_else(|| "Its speed is unknown".to_owned());
    format!("{}. {speed}.{needs}", what_to_do(decision, advised))
}

/// `Buy the X, $3,150 (in shops, 2026-07)` where nothing speaks against it, else that it is the least expensive.
fn what_to_do(decision: &Decision<'_>, advised: &Answer) -> String {
    let (name, price) = (named(&advised.machine), price(&advised.machine));
    if decision.order.len() == 1 {
        return format!("Yes: it fits the {name}, {price}");
    }
    let is_least = decision.least_work().is_none_or(|least| std::ptr::eq(least, advised));
    match &advised.machine.offer {
        Some(Offer::Buy(_)) if decision.fitting() == 1 => {
            let others = decision.order.iter().filter(|answer| !fits(&answer.estimate));
            let held = others.filter(|answer| decision.made_to_fit(&answer.machine).is_some()).count();
            let also = match held {
                0 => String::new(),
                1 => " as it is asked; another does after the steps below".to_owned(),
                more => format!(" as it is asked; {more} others do after the steps below"),
            };
            format!("Buy the {name}, {price}: the only one that is known to hold it{also}")
        }
        Some(Offer::Buy(_)) if !advised.machine.can_be_had() => {
            format!(
                "Of those to buy, only machines that no shop sells for their price hold it: the {name}, {price}, costs least"
            )
        }
        Some(Offer::Buy(_)) if is_least => {
            format!(
                "Buy the {name}, {price}: of those that hold it, it costs least to buy and run, and so does the work on it"
            )
        }
        Some(Offer::Buy(_)) => {
            format!("Of those to buy that hold it, the {name}, {price}, costs least to buy and run")
        }
        Some(Offer::Rent(_)) => {
            let run = decision.ends_before_it_pays().zip(figure(&advised.estimate, FigureName::RunDollars));
            match run.zip(decision.buy) {
                Some(((runs, dollars), buy)) => format!(
                    "Rent the {name}, {price}: {} costs {} there. Of those to buy the {}, {}, costs least, as much as {} \
                     such runs",
                    run_of(advised),
                    figure_value(FigureName::RunDollars, dollars.best),
                    named(&buy.machine),
                    self::price(&buy.machine),
                    show_grouped(crate::units::whole(runs))
                ),
                None => format!("Rent the {name}, {price}"),
            }
        }
        None => format!("The {name} holds it; its price is unknown"),
    }
}

/// A price with its basis and day.
pub(super) fn price(machine: &Machine) -> String {
    match &machine.offer {
        Some(Offer::Buy(price)) => {
            let gone = match machine.availability {
                _ if machine.can_be_had() => "",
                Availability::Announced => ", not sold yet",
                _ => ", no longer made",
            };
            format!("{} ({}{gone})", show_dollars(*price.value()), price.words())
        }
        Some(Offer::Rent(rent)) => format!("{} an hour (list, {})", show_rent(*rent.value()), rent.3),
        None => "price unknown".to_owned(),
    }
}

/// A machine's name in a sentence; that one is rented is said by the sentence.
pub(super) fn named(machine: &Machine) -> &str {
    machine.name.strip_suffix(", rented").unwrap_or(&machine.name)
}

/// How fast it is, without a full stop: `It decodes about 9.2 tok/s (7.1 to 12.0 tok/s)`.
pub(super) fn speed(answer: &Answer) -> Option<String> {
    let name = main_figure(&answer.estimate)?;
    let words = about(answer, name)?;
    Some(match name {
        FigureName::Decode => format!("It decodes {words}"),
        FigureName::Prefill => format!("It reads {words}"),
        FigureName::Image if made(answer) == Made::Clip => format!("A clip takes {words}"),
        FigureName::Image => format!("An image takes {words}"),
        _ => format!("A run takes {words}"),
    })
}

/// What a pipeline makes.
pub(super) fn made(answer: &Answer) -> Made {
    answer.estimate.work_cost.map_or(Made::Image, |work| work.made)
}

/// `about 9.2 tok/s (7.1 to 12.0 tok/s)`.
pub(super) fn about(answer: &Answer, name: FigureName) -> Option<String> {
    let band = figure(&answer.estimate, name)?;
    let [low, best, high] = [band.low, band.best, band.high].map(|value| figure_value(name, value));
    if low == high {
        return Some(best);
    }
    Some(format!("about {best} ({})", show_between(&low, &high)))
}

/// That nothing is known to fit, and what comes nearest.
fn none_fits(decision: &Decision<'_>) -> String {
    let several = decision.order.len() > 1;
    if let Some(first) = decision.uncertain().next() {
        let lead = if several { "None is certain to hold it. " } else { "That is not certain. " };
        let words = sentence(&first.estimate, &first.machine.name);
        return format!("{lead}{}: {}.", words.headline, words.detail);
    }
    let missing =
        |answer: &&Answer| {
            answer.estimate.fit.deciding().map_or(f64::INFINITY, |deciding| {
                deciding.need.best.get() - deciding.ceiling.bytes.best.get()
            })
        };
    let nearest = decision.order.iter().min_by(|a, b| missing(a).total_cmp(&missing(b)));
    nearest.map_or_else(String::new, |nearest| {
        let words = sentence(&nearest.estimate, &nearest.machine.name);
        let lead = if several { "None of them holds it as it is asked. The nearest: " } else { "No. " };
        format!("{lead}{}: {}.{}", words.headline, words.detail, after_steps(decision))
    })
}

/// Which machines hold it after the steps of their plans.
fn after_steps(decision: &Decision<'_>) -> String {
    let made = decision.order.iter().filter(|answer| decision.made_to_fit(&answer.machine).is_some());
    let names: Vec<&str> = made.map(|answer| named(&answer.machine)).collect();
    match names.split_last() {
        None => String::new(),
        Some((one, [])) => format!(" The {one} holds it after the steps below."),
        Some((last, others)) => {
            format!(" The {} and the {last} hold it after the steps below.", others.join(", the "))
        }
    }
}

/// What speaks for another choice, and what to know before paying: a sentence each.
pub(super) fn considerations(decision: &Decision<'_>) -> Vec<String> {
    let mut said = Vec::new();
    let Some(advised) = decision.advised() else { return said };
    let several = decision.order.len() > 1;
    if fits(&advised.estimate) {
        // Beside what is rented for a run that ends, what others cost in years says nothing.
        let ends = decision.ends_before_it_pays().is_some();
        let faster: Vec<String> = if ends {
            Vec::new()
        } else {
            decision.faster_to_buy().filter_map(|other| faster(other, advised)).collect()
        };
        if faster.is_empty()
            && decision.fitting() > 1
            && decision.fastest.is_some_and(|fastest| std::ptr::eq(fastest, advised))
        {
            said.push("It is also the fastest of those that hold it.".to_owned());
        }
        let fastest = faster.len().checked_sub(1);
        let named = |at: usize| at + 1 < MOST_FASTER || Some(at) == fastest;
        said.extend(faster.into_iter().enumerate().filter(|(at, _)| named(*at)).map(|(_, said)| said));
        said.extend(over_soon(decision, advised));
        said.extend(renting(decision, advised));
        said.extend(least_work(decision, advised).filter(|_| !ends));
        said.extend(by_api(advised));
        said.extend(used(advised));
        said.extend(whole_computer(decision, advised));
    }
    let fitting = decision.fitting();
    if several && fitting > 0 {
        let hold = if fitting == 1 { "holds" } else { "hold" };
        said.push(format!("{fitting} of {} machines {hold} it.", decision.order.len()));
    }
    let others = decision.order.iter().filter(|answer| !std::ptr::eq(**answer, advised));
    let others: Vec<String> =
        others.filter(|answer| !fits(&answer.estimate)).map(|answer| why_not(answer, decision)).collect();
    if others.len() > MOST_OTHERS {
        said.push(format!("The other {} do not for certain: the table says by how much.", others.len()));
    } else {
        said.extend(others);
    }
    said
}

/// Machines that are faster than the advised one and are named: the next few and the fastest.
const MOST_FASTER: usize = 4;

/// Machines that do not hold the work and are named one by one.
const MOST_OTHERS: usize = 8;

/// Why a machine is not among those that hold it, and what would make it one.
fn why_not(answer: &Answer, decision: &Decision<'_>) -> String {
    let steps = decision.made_to_fit(&answer.machine);
    let steps = steps.map_or_else(String::new, |steps| format!(" It would after {steps}."));
    reason(answer) + &steps
}

fn reason(answer: &Answer) -> String {
    let name = named(&answer.machine);
    let verdict = answer.estimate.fit.verdict;
    let words = sentence(&answer.estimate, name);
    match answer.estimate.fit.deciding() {
        Some(deciding) if verdict == Verdict::DoesNotFit => {
            let (need, limit) = (deciding.need.best, deciding.ceiling.bytes.best);
            format!("The {name} does not hold it: {} of {}.", show_before(need, limit), show_gib(limit))
        }
        None if verdict == Verdict::CannotRun => format!("The {name} cannot run it: {}.", words.headline),
        Some(deciding) => {
            let need = deciding.need;
            let range = show_between(&show_gib(need.low), &show_gib(need.high));
            let (best, limit) = (show_gib(need.best), show_gib(deciding.ceiling.bytes.best));
            format!("The {name} is uncertain: it needs about {best} ({range}) of {limit}.")
        }
        None => format!("The {name} is uncertain: {}.", words.headline),
    }
}

/// How much faster another one to buy is, and for how much more.
fn faster(other: &Answer, advised: &Answer) -> Option<String> {
    let (ours, theirs) = (pace(&advised.estimate)?, pace(&other.estimate)?);
    let sure = if overlap(ours, theirs) { ", though the ranges overlap" } else { "" };
    let more = Dollars::new(other.estimate.cost?.total.get() - advised.estimate.cost?.total.get());
    Some(format!(
        "For {} more over {} the {}, {}, is {} times as fast{sure}: {}.",
        show_dollars(more),
        years(advised.estimate.cost?.usage.years),
        named(&other.machine),
        price(&other.machine),
        show_decimals(theirs.best / ours.best, 1),
        about(other, main_figure(&other.estimate)?)?,
    ))
}

/// Where the work itself costs least, if that is another one.
fn least_work(decision: &Decision<'_>, advised: &Answer) -> Option<String> {
    let least = decision.least_work().filter(|least| !std::ptr::eq(*least, advised))?;
    let figures = [
        (FigureName::RunDollars, "a run"),
        (FigureName::MillionTokens, "a million tokens"),
        (FigureName::OutputMillion, "a million tokens generated"),
    ];
    let (figure, each) =
        figures.into_iter().find(|(figure, _)| self::figure(&least.estimate, *figure).is_some())?;
    let (theirs, ours) = (about(least, figure)?, about(advised, figure)?);
    Some(format!(
        "Kept busy, the {} does the work for least: {each} costs {theirs}, on the {} {ours}.",
        named(&least.machine),
        named(&advised.machine)
    ))
}

/// What the same model costs by API, and from how much work on the machine costs less.
fn by_api(advised: &Answer) -> Option<String> {
    let (api, cost) = (advised.estimate.api?, advised.estimate.cost?);
    let work = advised.estimate.work_cost?;
    let [input, output] = [api.input, api.output].map(|band| show_dollars(band.best));
    let lists = match (api.providers, api.date) {
        (1, Some(date)) => format!(" (one list, {date})"),
        (several, Some(date)) => format!(" (the middle of {several} lists, {date})"),
        _ => String::new(),
    };
    let own = [work.million_prompt_tokens?, work.million_tokens?].map(|band| show_dollars(band.best));
    let start = format!(
        "By API the same model costs {input} for a million tokens in and {output} out{lists}; on the {}, used so, {} and {}",
        named(&advised.machine),
        own[0],
        own[1]
    );
    let requests = requests_a_day(advised, &cost)?;
    let days = 365.0 * cost.usage.years;
    let inference = advised.estimate.resolved.scenario.inference()?;
    let million = |tokens: u64| crate::units::count(tokens) / 1e6;
    let each = million(inference.prompt) * api.input.best.get()
        + million(inference.generate) * api.output.best.get();
    let from = cost.total.get() / days / each;
    if !from.is_finite() {
        return Some(format!("{start}."));
    }
    let shown = |requests: f64| show_grouped(crate::units::whole(requests.ceil().max(1.0)));
    Some(if from <= requests {
        format!(
            "{start}. It pays from {} such requests a day on; it can do {}.",
            shown(from),
            shown(requests)
        )
    } else {
        format!(
            "{start}. It would pay from {} such requests a day on, and it can do {}: by price alone the API is less.",
            shown(from),
            shown(requests)
        )
    })
}

/// Requests that a machine can do in the hours of work of a day.
fn requests_a_day(answer: &Answer, cost: &Cost) -> Option<f64> {
    let Some(crate::engine::Speed::Inference(speed)) = &answer.estimate.speed else { return None };
    let at_once = crate::units::count(answer.estimate.resolved.scenario.inference()?.concurrency.max(1));
    let seconds = cost.usage.hours_a_day * cost.usage.utilization * 3600.0;
    Some(seconds / speed.request.best.get() * at_once)
}

/// That the price is of a used one, or that it is no longer made.
fn used(advised: &Answer) -> Option<String> {
    let Some(Offer::Buy(price)) = &advised.machine.offer else { return None };
    let gone = advised.machine.availability == Availability::Discontinued;
    let secondhand = matches!(price.basis, PriceBasis::Used | PriceBasis::Refurbished);
    let name = named(&advised.machine);
    match (gone, secondhand) {
        (true, true) => {
            Some(format!("The {name} is no longer made: the price is what used ones were sold for."))
        }
        (true, false) => Some(format!("The {name} is no longer made, so the price may not be had.")),
        (false, true) => Some(format!("The price of the {name} is not of a new one ({}).", price.words())),
        (false, false) => None,
    }
}

/// That a card needs a computer, and which whole computer costs least.
fn whole_computer(decision: &Decision<'_>, advised: &Answer) -> Option<String> {
    if !card_alone(advised) {
        return None;
    }
    let whole = decision.computer.map_or_else(String::new, |computer| {
        let (name, price) = (named(&computer.machine), price(&computer.machine));
        let speed = speed(computer).map_or_else(String::new, |speed| format!(" {speed}."));
        format!(" The least expensive whole computer is the {name}, {price}.{speed}")
    });
    let around = advised.estimate.cost.and_then(|cost| cost.host).filter(|host| host.get() > 0.0);
    let around = around.map_or_else(
        || "is in neither its price nor its power".to_owned(),
        |host| {
            format!("is not in its price; {} for a plain one is in the cost of all years", show_dollars(host))
        },
    );
    Some(format!("The {} is a card: the computer around it {around}.{whole}", named(&advised.machine)))
}

/// That a run which is over soon is no reason to buy, where none to rent holds it as it is asked, and which would.
fn over_soon(decision: &Decision<'_>, advised: &Answer) -> Option<String> {
    /// Runs that as much is worked in as nobody counts as one project.
    const MANY: f64 = 100.0;
    let run = figure(&advised.estimate, FigureName::RunHours)?;
    let cost = advised.estimate.cost.filter(|cost| cost.price.is_some())?;
    let hours = 365.0 * cost.usage.years * cost.usage.hours_a_day;
    if decision.rent.is_some() || run.best * MANY > hours {
        return None;
    }
    let rented = |answer: &&&Answer| matches!(answer.machine.offer, Some(Offer::Rent(_)));
    let mut rented = decision.order.iter().filter(rented);
    let after = rented.find_map(|answer| Some((answer, decision.made_to_fit(&answer.machine)?)));
    let instead = match after {
        Some((answer, steps)) => {
            let (name, price) = (named(&answer.machine), price(&answer.machine));
            format!("Rented, the {name} at {price} does it after {steps}")
        }
        None => "None to rent among those compared holds it".to_owned(),
    };
    let length = figure_value(FigureName::RunHours, run.best);
    Some(format!("Nobody buys for {} alone: it is over in {length}. {instead}.", run_of(advised)))
}

/// What the same work costs rented, and until when that is less.
fn renting(decision: &Decision<'_>, advised: &Answer) -> Option<String> {
    let rent = decision.rent.filter(|rent| !std::ptr::eq(*rent, advised))?;
    let same = decision.same_work_rented()?;
    let (name, price) = (named(&rent.machine), price(&rent.machine));
    let until = decision.beats_rent_after().map_or_else(
        || "; by these figures buying never catches up with it".to_owned(),
        |hours| format!("; up to {} of work renting costs less", long_hours(hours)),
    );
    let usage = rent.estimate.cost?.usage;
    Some(format!(
        "Rented, the {name} at {price} does the work of {} for {}{until}. {}.",
        years(usage.years),
        show_dollars(same),
        speed(rent)?,
    ))
}

/// What a run is.
pub(super) fn run_of(advised: &Answer) -> String {
    fine_tune(&advised.estimate.resolved.scenario.workload).map_or_else(
        || "a run".to_owned(),
        |tune| {
            let (examples, epochs) =
                (show_many(count(tune.examples), "example"), show_many(tune.epochs, "epoch"));
            format!("a run of {examples}, {epochs}")
        },
    )
}
