//! How many requests a machine answers at once within limits of waiting, and how many machines some users take.

use std::sync::Arc;

use super::bracket::last_that_holds;
use super::variants::{Change, Variants};
use super::{fits, machines::by_price};
use crate::engine::ceilings::CeilingKind;
use crate::engine::fit::Verdict;
use crate::engine::speed::Speed;
use crate::engine::{Assumptions, Estimate, estimate};
use crate::spec::{Machine, Offer, Scenario, Setting};
use crate::units::{Band, Seconds, count, whole};

/// How long is waited at most, at the slow end of what is known: what is answered within a limit is so even when all ask
/// at once. Nothing where any time will do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// From the question to the first token (TTFT).
    pub first_token: Option<Seconds>,
    /// From one token to the next (TPOT).
    pub per_token: Option<Seconds>,
}

/// What ends the number of requests at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// One more does not fit.
    Memory(Option<CeilingKind>),
    /// One more waits too long for its first token.
    FirstToken,
    /// One more makes each token take too long.
    PerToken,
    /// More are not asked about.
    Range,
}

/// How so many requests at once are answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// How many at once.
    pub requests: u64,
    /// Requests that are finished in a second, each user asking anew when answered.
    pub rate: Band<f64>,
    /// From the question to the first token; of texts that are read alone, until all of them are.
    pub first_token: Band<Seconds>,
    /// From one token to the next; nothing of texts that are read alone.
    pub per_token: Option<Band<Seconds>>,
}

/// The most requests that are answered at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    /// How many, and how they are answered when all of them ask.
    pub load: Load,
    /// What is set for that many: slots that share a context need a longer one.
    pub changes: Vec<Change>,
    /// What is said of memory.
    pub verdict: Verdict,
    /// Why it is not one more.
    pub ends: Ends,
}

/// The most requests that a machine answers at once within the limits; nothing where it answers none so.
pub fn serve(
    variants: &dyn Variants,
    machine: &Arc<Machine>,
    limits: Limits,
    assumptions: &Assumptions<'_>,
) -> Option<Served> {
    let scenario = variants.with(&[])?;
    let setting = Setting::find(&scenario, "concurrency")?;
    let at = |requests: u64| {
        let changes = for_requests(&scenario, requests);
        let estimate = estimate(&variants.with(&changes)?, machine, assumptions);
        Some((changes, estimate))
    };
    let mut seen: Vec<(u64, Ends)> = Vec::with_capacity(32);
    let (_, most) = setting.range;
    let now = scenario.inference()?.concurrency.max(1);
    let last = last_that_holds((1, whole(most)), now, &mut |requests| {
        let Some((_, estimate)) = at(requests) else { return 1.0 };
        let (gap, ends) = short_of(&estimate, limits);
        seen.push((requests, ends));
        gap
    });
    let (requests, ended) = last?;
    let (changes, estimate) = at(requests)?;
    let over = seen.iter().rev().find(|(at, _)| *at == requests.saturating_add(1)).map(|(_, ends)| *ends);
    let ends = if ended { Ends::Range } else { over.unwrap_or(Ends::Range) };
    Some(Served { changes, verdict: estimate.fit.verdict, ends, load: Load::of(requests, &estimate)? })
}

impl Load {
    /// Of so many requests at once, as they are answered; nothing where they are not.
    fn of(requests: u64, estimate: &Estimate) -> Option<Self> {
        let finished = |seconds: Seconds| count(requests) / seconds.get();
        let speed = match estimate.speed.as_ref()? {
            Speed::Inference(speed) => speed,
            Speed::Reading(speed) => {
                return Some(Self {
                    requests,
                    rate: speed.texts,
                    first_token: speed.together,
                    per_token: None,
                });
            }
            _ => return None,
        };
        Some(Self {
            requests,
            rate: Band {
                low: finished(speed.request.high),
                best: finished(speed.request.best),
                high: finished(speed.request.low),
            },
            first_token: speed.time_to_first_token,
            per_token: Some(speed.time_per_output_token),
        })
    }
}

/// What is set for so many requests at once, each as long as those that were asked about: requests share one context
/// out, so it grows with them.
pub fn for_requests(scenario: &Scenario, requests: u64) -> Vec<Change> {
    let mut changes = vec![Change::new("concurrency", requests.to_string())];
    if let Some(inference) = scenario.inference() {
        let needs = inference.prompt.saturating_add(inference.generate);
        let each = needs.max(inference.context / inference.concurrency.max(1));
        changes.push(Change::new("context", each.saturating_mul(requests).to_string()));
        changes.push(Change::new("prompt", inference.prompt.to_string()));
        changes.push(Change::new("generate", inference.generate.to_string()));
    }
    changes
}

/// How far an answer is beyond memory or the limits, at most 0 where it is within all, and which of them is next.
fn short_of(estimate: &Estimate, limits: Limits) -> (f64, Ends) {
    let deciding = estimate.fit.deciding();
    let memory = deciding.map_or(1.0, |of| {
        let gap = of.need.high.get() / of.ceiling.bytes.low.get() - 1.0;
        if fits(&estimate.fit) { gap.min(0.0) } else { gap.max(f64::EPSILON) }
    });
    let mut gaps = vec![(memory, Ends::Memory(deciding.map(|of| of.ceiling.kind)))];
    let of = |limit: Option<Seconds>, time: Seconds, ends: Ends| {
        limit.map(|limit| (time.get() / limit.get().max(f64::MIN_POSITIVE) - 1.0, ends))
    };
    match &estimate.speed {
        Some(Speed::Inference(speed)) => {
            gaps.extend(of(limits.first_token, speed.time_to_first_token.high, Ends::FirstToken));
            gaps.extend(of(limits.per_token, speed.time_per_output_token.high, Ends::PerToken));
        }
        Some(Speed::Reading(speed)) => {
            gaps.extend(of(limits.first_token, speed.together.high, Ends::FirstToken));
        }
        // What does not fit has no speed.
        _ => gaps.push((1.0, Ends::Memory(deciding.map(|of| of.ceiling.kind)))),
    }
    gaps.into_iter().max_by(|(a, _), (b, _)| a.total_cmp(b)).unwrap_or((1.0, Ends::Range))
}

/// Machines of one kind that serve some users together.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// The machine.
    pub machine: Arc<Machine>,
    /// How many of it.
    pub machines: u64,
    /// What one of them serves at most.
    pub each: Served,
    /// How one of them answers its share of the users, when all of them ask at once.
    pub share: Load,
    /// Dollars of all of them: to buy, or of an hour.
    pub dollars: f64,
}

/// How a machine answers so many requests at once.
fn answered(
    variants: &dyn Variants,
    machine: &Arc<Machine>,
    requests: u64,
    assumptions: &Assumptions<'_>,
) -> Option<Load> {
    let asked = variants.with(&for_requests(&variants.with(&[])?, requests))?;
    Load::of(requests, &estimate(&asked, machine, assumptions))
}

/// Machines that serve so many users at once within the limits.
#[derive(Clone, Debug, Default)]
pub struct Fleets {
    /// To buy, the cheapest first.
    pub buy: Vec<Fleet>,
    /// To rent, the cheapest hour first.
    pub rent: Vec<Fleet>,
}

/// The machines for so many users at once, by what all of them cost. What has no price is left out.
pub fn fleets<'a>(
    variants: &dyn Variants,
    machines: impl IntoIterator<Item = &'a Arc<Machine>>,
    (users, limits): (u64, Limits),
    assumptions: &Assumptions<'_>,
) -> Fleets {
    let mut found = Fleets::default();
    for machine in machines {
        let (price, list) = match &machine.offer {
            Some(Offer::Buy(price)) => (price.value().get(), &mut found.buy),
            Some(Offer::Rent(rent)) => (rent.value().get(), &mut found.rent),
            None => continue,
        };
        let Some(each) = serve(variants, machine, limits, assumptions) else { continue };
        let machines = users.div_ceil(each.load.requests.max(1)).max(1);
        let Some(share) = answered(variants, machine, users.div_ceil(machines).max(1), assumptions) else {
            continue;
        };
        let dollars = price * count(machines);
        list.push(Fleet { machine: Arc::clone(machine), machines, each, share, dollars });
    }
    for list in [&mut found.buy, &mut found.rent] {
        by_price(list, |fleet| fleet.dollars);
    }
    found
}
