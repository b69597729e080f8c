//! `plimsoll solve`: how much of a setting fits, and which machine is enough.

use std::sync::Arc;

use super::args::SolveArgs;
use super::ask::{asked_for, single};
use super::basis::basis;
use super::error::CliError;
use super::escape::one_line;
use super::verdict::style;
use super::{Context, Outside, serve, table};
use crate::catalog::calibration;
use crate::engine::estimate::fit;
use crate::engine::memory::{Part, PartName, Place};
use crate::engine::plan::Keyed;
use crate::engine::solve::{
    Candidate, Candidates, Change, Found, Solution, Variants as _, is_lower_bound, largest, machines_that_fit,
};
use crate::engine::{Assumptions, Use, estimate};
use crate::report::{CandidatesJson, SolutionJson, dollars};
use crate::spec::{Machine, Memory, Offer, Scenario, Setting, Workload};
use crate::units::{Band, Bytes, Dollars, show_gib, show_grouped};

/// Says the most of a setting that fits, or the cheapest machines; 1 where nothing does.
pub(super) fn solve(asked: &SolveArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    all_heard(asked)?;
    let context = Context::load(outside);
    let question = asked_for(&asked.subject, &context, outside)?;
    let assumptions =
        Assumptions { usage: asked.usage.over(question.report.as_ref()), ..Assumptions::new(calibration()) };
    let (preset, keys) = single(question)?;
    if asked.what == "requests_per_second" || (asked.what == "machine" && asked.users.is_some()) {
        return serve::answer(asked, (preset, keys), &assumptions, (&context, outside));
    }
    if is_lower_bound(&preset.scenario) {
        return Err(CliError::NotModelled(asked.what.clone()));
    }
    if ["machine", "budget"].contains(&asked.what.as_str()) {
        return machines(asked, &preset.scenario, &assumptions, (&context, outside));
    }
    let id = asked.machine.as_deref().or(preset.machine.as_deref()).unwrap_or("this");
    let machine = context.machine(id, outside)?;
    outside.say_taken(&machine);
    let scenario = &preset.scenario;
    let setting = solvable(scenario, &asked.what)?;
    let variants = Keyed::new(keys, &context);
    let now = estimate(scenario, &machine, &assumptions).resolved;
    let solution = largest(scenario, setting, &variants, &mut |scenario| fit(&now.held(scenario), &machine));
    let solution = solution.ok_or_else(|| not_solvable(scenario, &asked.what))?;
    let served = (setting.key == "concurrency")
        .then(|| crate::engine::solve::serve(&variants, &machine, serve::limits(asked), &assumptions))
        .flatten();
    let best = solution.best.as_ref();
    let at_best = best.and_then(|best| variants.with(&[Change::new(setting.key, best.text.clone())]));
    let system = at_best.and_then(|scenario| unbound_system_memory(&scenario, &machine, &assumptions));
    if asked.json {
        let json = SolutionJson::new(setting.key, &machine, &solution, served.as_ref());
        outside.print_as_json(&json.with_system_memory(system))?;
    } else {
        say(scenario, setting, &machine, &solution, outside);
        if let Some(bytes) = system {
            outside.print(&format!(
                "  that takes {} of system memory, and how much the machine has is not known\n",
                show_gib(bytes)
            ));
        }
        if let Some(served) = &served {
            serve::say(served, outside);
        }
    }
    Ok(u8::from(solution.best.is_none()))
}

/// Options that say nothing to what is solved for are refused.
fn all_heard(asked: &SolveArgs) -> Result<(), CliError> {
    let machines = ["machine", "budget"].contains(&asked.what.as_str());
    let users = asked.what == "machine" && asked.users.is_some();
    let served = users || ["requests_per_second", "concurrency"].contains(&asked.what.as_str());
    let options = [
        ("--machine", asked.machine.is_some(), !machines, "it asks which machine is enough"),
        ("--users", asked.users.is_some(), users, "--for machine takes it"),
        ("--budget", asked.budget.is_some(), machines, "--for machine and --for budget take it"),
        ("--rent", asked.rent, machines, "--for machine and --for budget take it"),
        ("--ttft", asked.ttft.is_some(), served, SERVED),
        ("--tpot", asked.tpot.is_some(), served, SERVED),
    ];
    match options.into_iter().find(|(_, given, heard, _)| *given && !heard) {
        Some((option, _, _, why)) => Err(CliError::NotHeard(option, asked.what.clone(), why)),
        None => Ok(()),
    }
}

const SERVED: &str = "--for requests_per_second, --for concurrency and --for machine with --users take it";

/// Less than this every computer around a card has.
const ANY_COMPUTER: Bytes = Bytes::gib(8.0);

/// System memory that something needs beside the processes themselves, where that of the computer around a card is not
/// known.
fn unbound_system_memory(
    scenario: &Scenario,
    machine: &Arc<Machine>,
    assumptions: &Assumptions<'_>,
) -> Option<Bytes> {
    if !matches!(machine.memory.value(), Memory::Discrete { system: None, .. }) {
        return None;
    }
    let estimate = estimate(scenario, machine, assumptions);
    let bound = estimate.fit.comparisons.iter().any(|each| each.ceiling.place == Some(Place::Host));
    let phase = estimate.budget.peak_in(Place::Host).filter(|_| !bound)?;
    let waits = |part: &Part| part.place == Place::Host && part.name != PartName::Overhead;
    let needed = phase.in_place(Place::Host).best;
    (phase.parts.iter().any(waits) && needed > ANY_COMPUTER).then_some(needed)
}

/// The setting of a key that can be solved for.
fn solvable(scenario: &Scenario, key: &str) -> Result<&'static Setting, CliError> {
    let setting = Setting::find(scenario, key).or_else(|| match key {
        // What people call the quantization of a fine-tune's base or of a pipeline.
        "quantization" => Setting::find(scenario, "precision"),
        // Graphs become sequences, and no more than so many tokens of one are trained on.
        "sequence" => Setting::find(scenario, "max_sequence"),
        _ => None,
    });
    setting
        .filter(|setting| setting.slider.is_some() && setting.means(scenario))
        .ok_or_else(|| not_solvable(scenario, key))
}

fn not_solvable(scenario: &Scenario, key: &str) -> CliError {
    let known = Setting::of(scenario).filter(|setting| setting.slides(scenario)).map(|setting| setting.key);
    CliError::NotSolvable(
        key.to_owned(),
        known
            .chain(["machine", "budget"])
            .chain(scenario.inference().map(|_| "requests_per_second"))
            .collect::<Vec<_>>()
            .join(", "),
    )
}

fn say(
    scenario: &Scenario,
    setting: &Setting,
    machine: &Machine,
    solution: &Solution,
    outside: &mut Outside<'_>,
) {
    outside.print(&format!("{} on {}\n", one_line(&scenario.name), one_line(&machine.name)));
    let [best, next] = [&solution.best, &solution.next].map(Option::as_ref);
    // Two values that round to one are written out.
    let alike = best
        .zip(next)
        .is_some_and(|(best, next)| in_words(setting, best, scenario) == in_words(setting, next, scenario));
    let text = |found: &Found| match found.text.parse::<u64>() {
        Ok(value) if alike => {
            let words = in_words(setting, found, scenario);
            let unit = words.split_once(' ').map_or_else(String::new, |(_, unit)| format!(" {unit}"));
            show_grouped(value) + &unit
        }
        _ => in_words(setting, found, scenario),
    };
    match best {
        Some(best) => {
            let most = if setting.key == "quantization" { "best" } else { "most" };
            outside.print(&format!("  {}: {} is the {most} that fits, ", setting.label, text(best)));
            outside.paint(style(best.verdict), best.verdict.label());
            outside.print("\n");
        }
        None => outside.print(&format!("  {}: nothing fits\n", setting.label)),
    }
    match next {
        Some(next) => {
            let ceiling = next.ceiling.map_or_else(String::new, |kind| format!(", against {}", kind.named()));
            outside.print(&format!("  {} would be: ", text(next)));
            outside.paint(style(next.verdict), next.verdict.label());
            outside.print(&format!("{ceiling}\n"));
        }
        None if setting.key == "concurrency" => {
            outside.print("  more would share its context, each with less than a prompt and its answer\n");
        }
        None if setting.key == "prompt" => {
            outside.print("  the context holds no longer one beside the answer\n");
        }
        None if matches!(setting.key, "nodes" | "edges") && cut(scenario) => {
            outside.print(
                "  longer graphs are cut at max_sequence tokens, so more of them takes no more memory\n",
            );
        }
        None => outside.print("  there is no more: the range ends here\n"),
    }
}

/// Whether graphs are made sequences, which have a longest.
const fn cut(scenario: &Scenario) -> bool {
    matches!(scenario.workload, Workload::GraphSequence(..))
}

/// A value with its unit, as people read it.
fn in_words(setting: &Setting, found: &Found, scenario: &Scenario) -> String {
    let text = &found.text;
    let made =
        |asked: u64| scenario.diffusion().map_or(asked, |diffusion| diffusion.pipeline.frames_made(asked));
    if let Some(asked) =
        text.parse::<u64>().ok().filter(|asked| setting.key == "frames" && made(*asked) != *asked)
    {
        return format!("{asked} frames, made as {},", made(asked));
    }
    if let Some((width, height)) = text.split_once('x').filter(|_| setting.key == "resolution") {
        return format!("{width} × {height} pixels");
    }
    let number =
        text.parse::<u64>().map_or_else(|_| text.clone(), |value| setting.number(crate::units::count(value)));
    match setting.unit {
        "" => number,
        unit if number == "1" => format!("1 {}", unit.trim_end_matches('s')),
        unit => format!("{number} {unit}"),
    }
}

/// The machines that fit, by price; those of the user's folder are among them.
fn machines(
    asked: &SolveArgs,
    scenario: &Scenario,
    assumptions: &Assumptions<'_>,
    (context, outside): (&Context, &mut Outside<'_>),
) -> Result<u8, CliError> {
    let all: Vec<Arc<Machine>> = context.catalog.machines.iter().cloned().collect();
    let within = |machine: &&Arc<Machine>| match (&machine.offer, asked.budget) {
        (Some(Offer::Buy(price)), Some(budget)) => price.value().get() <= budget,
        _ => true,
    };
    let wanted = |machine: &&Arc<Machine>| !asked.rent || matches!(machine.offer, Some(Offer::Rent(_)));
    let found = machines_that_fit(scenario, all.iter().filter(within).filter(wanted), assumptions);
    let above_budget = all.iter().filter(|machine| !within(machine)).count();
    if asked.json {
        let json = CandidatesJson::new(&found, asked.what == "budget").used(&assumptions.usage);
        outside.print_as_json(&json.without(asked.rent, above_budget))?;
    } else {
        say_machines(scenario, &found, (&assumptions.usage, asked.rent), outside);
        say_left_out(asked, above_budget, outside);
    }
    Ok(u8::from(found.buy.is_empty() && found.rent.is_empty()))
}

/// What was not asked about, so that nothing is said to be missing that was left out.
fn say_left_out(asked: &SolveArgs, above_budget: usize, outside: &mut Outside<'_>) {
    if asked.rent {
        outside.print("\nmachines to buy were left out by --rent\n");
    }
    if let Some(budget) = asked.budget.filter(|_| above_budget > 0) {
        let budget = dollars(Band::exact(Dollars::new(budget)));
        outside.print(&format!(
            "\n{above_budget} machines to buy cost more than --budget {budget} and were left out\n"
        ));
    }
}

/// Most machines of a list that are printed for a person.
const SHOWN: usize = 8;

fn say_machines(
    scenario: &Scenario,
    found: &Candidates,
    (usage, rented_alone): (&Use, bool),
    outside: &mut Outside<'_>,
) {
    outside.print(&format!("{}\n", one_line(&scenario.name)));
    let hours = format!("{} hours a day for {} years", usage.hours_a_day, usage.years);
    for (title, list) in [("to buy", &found.buy), ("to rent", &found.rent)] {
        if title == "to buy" && rented_alone {
            continue;
        }
        outside.print(&format!("\n{title}, and what {hours} cost\n"));
        if list.is_empty() {
            outside.print("  nothing that fits\n");
        }
        // What nobody sells for its price is no advice.
        let (had, gone): (Vec<&Candidate>, Vec<&Candidate>) =
            list.iter().partition(|(machine, _)| title == "to rent" || machine.can_be_had());
        let rows = had.into_iter().chain(gone).take(SHOWN).map(|(machine, estimate)| {
            let (price, basis) = match &machine.offer {
                Some(Offer::Buy(price)) => (dollars(Band::exact(*price.value())), basis(machine, price)),
                Some(Offer::Rent(rent)) => (format!("${:.2}/h", rent.value().get()), "list".to_owned()),
                None => (String::new(), String::new()),
            };
            let need = estimate.fit.deciding().map_or_else(String::new, |deciding| {
                format!("{} of {}", show_gib(deciding.need.best), show_gib(deciding.ceiling.bytes.best))
            });
            let verdict = estimate.fit.verdict.label().to_owned();
            let total = estimate.cost.map_or_else(String::new, |cost| dollars(Band::exact(cost.total)));
            vec![format!("  {}", machine.name), price, basis, total, verdict, need]
        });
        outside.print(&(table::lines(rows, &[1, 3]).join("\n") + "\n"));
        if list.len() > SHOWN {
            outside.print(&format!("  and {} more\n", list.len() - SHOWN));
        }
    }
    if !found.just_misses.is_empty() {
        outside.print("\nfalls just short\n");
        let rows = found.just_misses.iter();
        let rows = rows
            .map(|(machine, short)| vec![format!("  {}", machine.name), format!("by {}", show_gib(*short))]);
        outside.print(&(table::lines(rows, &[]).join("\n") + "\n"));
    }
}
