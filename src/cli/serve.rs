//! `plimsoll solve`: requests a second on a machine, and machines for some users, within limits of waiting.

use super::args::SolveArgs;
use super::basis::basis;
use super::error::CliError;
use super::escape::one_line;
use super::{Context, Outside, table};
use crate::engine::Assumptions;
use crate::engine::plan::Keyed;
use crate::engine::solve::{Ends, Fleet, Limits, Load, Served, fleets, serve};
use crate::report::{FleetsJson, RateJson, time};
use crate::spec::Offer;
use crate::spec::preset::{Preset, PresetKeys};
use crate::units::{Dollars, Seconds, show_between, show_dollars, show_figures, show_grouped};

/// The limits that were given.
pub(super) fn limits(asked: &SolveArgs) -> Limits {
    let seconds = |value: Option<f64>| value.filter(|value| *value > 0.0).map(Seconds::new);
    Limits { first_token: seconds(asked.ttft), per_token: seconds(asked.tpot) }
}

/// How limits are meant, in a line; nothing where there are none.
fn held(limits: Limits) -> &'static str {
    if limits == Limits::default() {
        ""
    } else {
        "limits are held at the slow end of what is known, with all asking at once\n"
    }
}

/// Requests a second on one machine, or machines for so many users; 1 where nothing serves them.
pub(super) fn answer(
    asked: &SolveArgs,
    (preset, keys): (Preset, PresetKeys),
    assumptions: &Assumptions<'_>,
    (context, outside): (&Context, &mut Outside<'_>),
) -> Result<u8, CliError> {
    let name = one_line(&preset.scenario.name).into_owned();
    if preset.scenario.inference().is_none() {
        return Err(CliError::NoRequests);
    }
    let variants = Keyed::new(keys, context);
    if let Some(users) = asked.users {
        let wanted = |offer: &Option<Offer>| match offer {
            Some(Offer::Buy(price)) => {
                !asked.rent && asked.budget.is_none_or(|budget| price.value().get() <= budget)
            }
            Some(Offer::Rent(_)) => true,
            None => false,
        };
        let machines = context.catalog.machines.iter().filter(|machine| wanted(&machine.offer));
        let found = fleets(&variants, machines, (users, limits(asked)), assumptions);
        if asked.json {
            outside.print_as_json(&FleetsJson::new(&found, users))?;
        } else {
            outside.print(&format!("{name}, {} users at once\n{}", show_grouped(users), held(limits(asked))));
            if asked.rent {
                outside.print("\nmachines to buy were left out by --rent\n");
            } else {
                list("to buy", &found.buy, outside);
            }
            list("to rent", &found.rent, outside);
        }
        return Ok(u8::from(found.buy.is_empty() && found.rent.is_empty()));
    }
    let id = asked.machine.as_deref().or(preset.machine.as_deref()).unwrap_or("this");
    let machine = context.machine(id, outside)?;
    outside.say_taken(&machine);
    let served = serve(&variants, &machine, limits(asked), assumptions);
    if asked.json {
        outside.print_as_json(&RateJson::new(&machine, served.as_ref()))?;
    } else {
        outside.print(&format!("{name} on {}\n", one_line(&machine.name)));
        match &served {
            Some(served) => say(served, outside),
            None => outside.print("  not even one request is answered so\n"),
        }
        let held = held(limits(asked));
        if !held.is_empty() {
            outside.print(&format!("  {held}"));
        }
    }
    Ok(u8::from(served.is_none()))
}

/// What is served, in two lines.
pub(super) fn say(served: &Served, outside: &mut Outside<'_>) {
    let context = served.changes.iter().find(|change| change.key == "context");
    let context = context.and_then(|change| change.value.parse().ok()).map_or_else(String::new, |tokens| {
        format!(" with a context of {} tokens that they share", show_grouped(tokens))
    });
    let rate = |value: f64| show_figures(value);
    let at_once = if served.load.requests == 1 { "request" } else { "requests" };
    outside.print(&format!(
        "  {} {at_once} at once{context}: {} requests a second ({}), {}\n  {}\n",
        show_grouped(served.load.requests),
        rate(served.load.rate.best),
        show_between(&rate(served.load.rate.low), &rate(served.load.rate.high)),
        waits(&served.load),
        ends(served.ends)
    ));
}

/// How long is waited.
fn waits(load: &Load) -> String {
    match load.per_token {
        Some(per_token) => format!("TTFT {}, TPOT {}", time(load.first_token), time(per_token)),
        None => format!("all read in {}", time(load.first_token)),
    }
}

/// Why it is not one more.
fn ends(ends: Ends) -> String {
    match ends {
        Ends::Memory(Some(kind)) => format!("one more does not fit, against {}", kind.named()),
        Ends::Memory(None) => "one more does not fit".to_owned(),
        Ends::FirstToken => "one more waits too long for its first token".to_owned(),
        Ends::PerToken => "one more makes each token take too long".to_owned(),
        Ends::Range => "more are not asked about".to_owned(),
    }
}

/// Users of one of the machines, and how many it would serve where they are fewer.
fn users(fleet: &Fleet) -> String {
    let (asks, most) = (fleet.share.requests, fleet.each.load.requests);
    let each =
        if asks == 1 { "1 user each".to_owned() } else { format!("{} users each", show_grouped(asks)) };
    if most > asks { format!("{each} of {}", show_grouped(most)) } else { each }
}

/// Most kinds of machines that are printed for a person.
const SHOWN: usize = 8;

fn list(title: &str, fleets: &[Fleet], outside: &mut Outside<'_>) {
    outside.print(&format!("\n{title}\n"));
    if fleets.is_empty() {
        outside.print("  nothing that serves them\n");
    }
    let rows = fleets.iter().take(SHOWN).map(|fleet| {
        let price = match &fleet.machine.offer {
            Some(Offer::Rent(_)) => format!("${:.2}/h", fleet.dollars),
            _ => show_dollars(Dollars::new(fleet.dollars)),
        };
        let basis = match &fleet.machine.offer {
            Some(Offer::Buy(price)) => basis(&fleet.machine, price),
            _ => "list".to_owned(),
        };
        vec![
            format!("  {} × {}", show_grouped(fleet.machines), fleet.machine.name),
            price,
            basis,
            users(fleet),
            waits(&fleet.share),
        ]
    });
    outside.print(&(table::lines(rows, &[1]).join("\n") + "\n"));
    if fleets.len() > SHOWN {
        outside.print(&format!("  and {} more\n", fleets.len() - SHOWN));
    }
}
