//! Speeds and costs in words, the same in the window, the terminal and every report.

use crate::engine::speed::Basis;
use crate::engine::{Cost, Speed, WorkCost};
use crate::units::{
    Band, Dollars, Hours, Seconds, TokensPerSecond, WattHours, count, show_between, show_dollars,
    show_figures, show_grouped, show_many, show_times,
};

/// `9.2 to 11.4 tok/s`.
pub fn rate(band: Band<TokensPerSecond>) -> String {
    let shown = |speed: TokensPerSecond| format!("{} tok/s", show_figures(speed.get()));
    show_between(&shown(band.low), &shown(band.high))
}

/// `50 to 70 texts/s`.
pub fn texts(band: Band<f64>) -> String {
    let shown = |texts: f64| format!("{} texts/s", show_figures(texts));
    show_between(&shown(band.low), &shown(band.high))
}

/// `38 to 45 s`.
pub fn time(band: Band<Seconds>) -> String {
    show_times(band.low, band.high)
}

/// `1.4 to 2.2 h`.
pub fn hours(band: Band<Hours>) -> String {
    time(band.map(|hours| Seconds::new(hours.get() * 3600.0)))
}

/// `$0.12 to $0.18`.
pub fn dollars(band: Band<Dollars>) -> String {
    show_between(&show_dollars(band.low), &show_dollars(band.high))
}

/// A speed in one line, what matters most first.
pub fn speed_line(speed: &Speed) -> String {
    match speed {
        Speed::Inference(speed) => {
            let together = if speed.aggregate.best.get() > speed.decode.best.get() * 1.01 {
                format!(", aggregate {}", rate(speed.aggregate))
            } else {
                String::new()
            };
            let share = |share: f64, place: &str| {
                if share > 0.0 {
                    format!(", {:.0} % of the weights {place}", share * 100.0)
                } else {
                    String::new()
                }
            };
            let beside = share(speed.offloaded, "in system memory") + &share(speed.on_disk, "read from disk");
            let task =
                speed.task.map_or_else(String::new, |task| format!(" · the whole task in {}", time(task)));
            format!(
                "{}{together} · TPOT {} · TTFT {}{task}{beside}",
                rate(speed.decode),
                time(speed.time_per_output_token),
                time(speed.time_to_first_token)
            )
        }
        Speed::Reading(speed) => {
            let texts = texts(speed.texts);
            format!("{texts} · {} · those at once in {}", rate(speed.tokens), time(speed.together))
        }
        Speed::Training(speed) => format!("{} · {} a run", rate(speed.tokens), hours(speed.run)),
        Speed::Gnn(speed) => format!("{} an epoch · {} a run", time(speed.epoch), hours(speed.run)),
        Speed::Images(speed) => match speed.run {
            Some(run) => {
                let steps = show_many(count(speed.steps), "step");
                format!("{} a step · {} for {steps}", time(speed.batch_time), hours(run))
            }
            None if speed.batch > 1 => format!(
                "{} {} · {} for {} at once",
                time(speed.image),
                speed.made().label(),
                time(speed.batch_time),
                show_grouped(speed.batch)
            ),
            None => format!("{} {}", time(speed.image), speed.made().label()),
        },
    }
}

/// A band whose high end is more than so many times its low one says why.
const WIDE: f64 = 2.0;

/// What it is bound by, what the figure rests on, and why its band is wide where it is.
pub fn speed_basis(speed: &Speed) -> String {
    let Basis { group, rows, machines, measured_here, doubt } = speed.basis();
    let here = if measured_here { ", bandwidth measured here" } else { "" };
    let rests = match rows {
        0 => "analytical, from what is moved and computed; not validated by any run".to_owned(),
        _ => format!(
            "from {} on {} ({}){here}",
            show_many(f64::from(rows), "measurement"),
            if machines == 1 { "one machine".to_owned() } else { format!("{machines} machines") },
            group.label()
        ),
    };
    let wide = if speed.width() > WIDE { format!(" · wide: {}", doubt.label()) } else { String::new() };
    format!("bound by {} · {rests}{wide}", speed.bound().label())
}

/// What a workload costs on a machine, in one line.
pub fn cost_line(cost: &Cost, work: &WorkCost) -> String {
    let mut parts = Vec::new();
    if let Some(band) = work.million_prompt_tokens {
        parts.push(format!("{} per million tokens in", dollars(band)));
    }
    if let Some(band) = work.million_tokens {
        let out = if work.million_prompt_tokens.is_some() { " out" } else { "" };
        parts.push(format!("{} per million tokens{out}", dollars(band)));
    }
    let run = work.made.label();
    if let Some(band) = work.run {
        parts.push(format!("{} {run}", dollars(band)));
    }
    if let Some(energy) = work.energy {
        let each = if work.run.is_some() { run } else { "per million tokens" };
        parts.push(format!("{} {each}", self::energy(energy)));
    }
    let basis = cost.basis.map_or_else(String::new, |basis| format!(" ({})", basis.label()));
    let idle = if cost.idle.is_some() { "" } else { ", idle power unknown and not in it" };
    parts.push(match (cost.price, cost.rent) {
        (_, Some(rent)) => format!("rent {} an hour", show_dollars(Dollars::new(rent.get()))),
        (Some(price), None) => match cost.electricity {
            Some(electricity) => format!(
                "{} to buy{basis} and {} electricity in {}{idle}",
                show_dollars(price),
                show_dollars(electricity),
                years(cost.usage.years)
            ),
            None => format!("{} to buy{basis}, its power is unknown", show_dollars(price)),
        },
        (None, None) => "no price is known".to_owned(),
    });
    if cost.card_alone {
        parts.push(match cost.host.filter(|host| host.get() > 0.0) {
            Some(host) => format!("the card alone; a computer around it is {} more", show_dollars(host)),
            None => "the card alone, without a computer".to_owned(),
        });
    }
    if let Some(residual) = cost.residual.filter(|residual| residual.get() > 0.0) {
        let with = if cost.host.is_some_and(|host| host.get() > 0.0) { " with that computer" } else { "" };
        parts.push(format!("sold in the end{with} for {}", show_dollars(residual)));
    }
    if cost.least_hours > 0.0 {
        parts.push(format!("rented for at least {} h", cost.least_hours));
    }
    parts.join(" · ")
}

/// `5 years`, `1 year`.
pub fn years(years: f64) -> String {
    show_many(years, "year")
}

/// `0.06 to 0.08 kWh`.
pub(super) fn energy(band: Band<WattHours>) -> String {
    // A kilowatt-hour says nothing of an image.
    let small = band.high.get() < 100.0;
    let shown = |energy: WattHours| {
        if small {
            format!("{} Wh", show_figures(energy.get()))
        } else {
            format!("{} kWh", show_figures(energy.get() / 1000.0))
        }
    };
    show_between(&shown(band.low), &shown(band.high))
}
