//! What should be known of how a machine is set up, beside the verdict.
//!
//! A limit that could be raised, one that starves the system, what a driver does with what is over, why there is no speed,
//! and whether it lasts.

use super::ceilings::{CeilingKind, ceilings, raised_to};
use super::fit::{Fit, Verdict, judge, share_and_free};
use super::memory::Budget;
use super::speed::Chip;
use crate::spec::{Form, GpuLimit, Link, Machine, Memory, Os, Raise, RaisedLimit, Setup, raise_reserve};
use crate::units::{Band, Bytes, BytesPerSecond, Seconds, Watts, whole};

/// Something about a machine's set-up that bears on the verdict.
#[derive(Clone, Debug, PartialEq)]
pub enum MachineNote {
    /// A raised limit was asked for, and nothing raises one here.
    NothingToRaise,
    /// More was asked for than the system can spare.
    HeldAt {
        /// What was asked for.
        asked: Bytes,
        /// What it was held at.
        most: Bytes,
        /// What raises it.
        raise: Option<Raise>,
    },
    /// The limit that holds leaves the system less than it needs.
    StarvesSystem {
        /// The limit.
        limit: Bytes,
        /// What is left.
        left: Bytes,
        /// What should be.
        needed: Bytes,
        /// What raised it.
        raise: Option<Raise>,
    },
    /// It would fit with the limit raised.
    FitsRaised {
        /// To how much, in whole GiB.
        to: Bytes,
        /// Whether that is no more than the limit probably is, so that setting it only makes it certain.
        certain: bool,
        /// By what.
        raise: Raise,
    },
    /// Windows does not refuse what is over on a card: it moves it to the system's memory, and crawls.
    Spills {
        /// How much is over, by the best estimate.
        over: Bytes,
        /// How long it takes to read that over the link.
        reading: Band<Seconds>,
    },
    /// vLLM takes more at its start than is free, and refuses.
    ShareOverFree {
        /// What it takes.
        share: Bytes,
        /// What is free.
        free: Band<Bytes>,
        /// The `gpu_memory_utilization`, in hundredths, with which it starts.
        starts_with: u32,
    },
    /// Device and host share one memory, and both together decide.
    OnTheGpu {
        /// What the device takes of it.
        need: Bytes,
        /// What the GPU may take.
        limit: Bytes,
    },
    /// Without its rates no speed is estimated.
    RatesUnknown {
        /// Whether it is its bandwidth that is not known.
        bandwidth: bool,
        /// Whether it is its compute rate.
        compute: bool,
    },
    /// It has no fan, and slows down as it gets warm.
    NoFan,
    /// A laptop whose maker may hold it below the power that the speed is of.
    MayBeHeld {
        /// The least that makers set.
        least: Watts,
        /// The most.
        most: Watts,
    },
}

/// How a body without a fan is recorded.
const NO_FAN: &str = "no fan";

/// All there is to be known.
pub fn machine_notes(budget: &Budget, fit: &Fit, machine: &Machine, setup: &Setup) -> Vec<MachineNote> {
    let mut notes: Vec<MachineNote> = share_over_free(fit, machine).into_iter().collect();
    match machine.memory.value() {
        Memory::Unified { total, gpu_limit } => {
            let limit = gpu_limit.as_ref().map(|limit| limit.with_system(setup.os.of(machine)));
            notes.extend(asked(limit, setup.raised_limit));
            if let Some(limit) = limit {
                notes.extend(starved(limit, setup.raised_limit, *total));
                notes.extend(fits_raised(budget, fit, (machine, limit), setup));
            }
            notes.extend(on_the_gpu(fit));
        }
        Memory::Discrete { .. } => {
            notes.extend(asked(None, setup.raised_limit));
            notes.extend(spills(fit, setup.os.of(machine)));
        }
        Memory::System { .. } => notes.extend(asked(None, setup.raised_limit)),
    }
    notes
}

/// Why there is no speed, or why it may not last.
pub(super) fn of_speed(machine: &Machine, verdict: Verdict) -> Option<MachineNote> {
    if verdict == Verdict::CannotRun {
        return None;
    }
    if Chip::of(machine).is_none() {
        let compute = machine.peaks.fp32.is_none() && machine.peaks.fp16.is_none();
        return Some(MachineNote::RatesUnknown { bandwidth: machine.bandwidth.is_none(), compute });
    }
    if verdict == Verdict::DoesNotFit {
        return None;
    }
    let body = &machine.body;
    if body.noise.as_ref().is_some_and(|noise| noise.value() == NO_FAN) {
        return Some(MachineNote::NoFan);
    }
    let laptop = body.form.as_ref().is_some_and(|form| *form.value() == Form::Laptop);
    let (least, most) = *body.power_limits.as_ref().filter(|_| laptop)?.value();
    (most > least).then_some(MachineNote::MayBeHeld { least, most })
}

/// A server's share that is more than the device has free.
fn share_over_free(fit: &Fit, machine: &Machine) -> Option<MachineNote> {
    let ceilings = fit.comparisons.iter().map(|comparison| &comparison.ceiling);
    let (share, free) = share_and_free(ceilings).filter(|(share, free)| *share > free.best)?;
    let all = machine.memory.value().capacity()?;
    let hundredths = ((free.best / all).get() * 100.0).floor().clamp(0.0, 100.0);
    let starts_with = u32::try_from(whole(hundredths)).unwrap_or(0);
    Some(MachineNote::ShareOverFree { share, free, starts_with })
}

/// What became of a raised limit that was asked for, where it is not what was asked.
fn asked(limit: Option<&GpuLimit>, asked: RaisedLimit) -> Option<MachineNote> {
    let asked = asked.0?;
    let Some(most) = limit.and_then(|limit| limit.raisable_to) else {
        return Some(MachineNote::NothingToRaise);
    };
    let raise = limit.and_then(|limit| limit.raise);
    (asked > most).then_some(MachineNote::HeldAt { asked, most, raise })
}

/// Whether the limit that holds leaves the system too little.
fn starved(limit: &GpuLimit, asked: RaisedLimit, total: Bytes) -> Option<MachineNote> {
    let holds = raised_to(limit, asked.0).or(limit.set)?;
    let (left, needed) = (total - holds, raise_reserve(total));
    (left < needed).then_some(MachineNote::StarvesSystem { limit: holds, left, needed, raise: limit.raise })
}

/// The least whole GiB of a raised limit with which it fits, where it does not as it is.
fn fits_raised(
    budget: &Budget,
    fit: &Fit,
    (machine, limit): (&Machine, &GpuLimit),
    setup: &Setup,
) -> Option<MachineNote> {
    // A server's share grows with the limit, and what it needs of the device with it.
    let shared = |kind| matches!(kind, CeilingKind::Share | CeilingKind::StaticShare);
    if fit.verdict <= Verdict::Tight || fit.comparisons.iter().any(|each| shared(each.ceiling.kind)) {
        return None;
    }
    let (most, raise) = limit.raisable_to.zip(limit.raise)?;
    let to = least_that_fits(most, |to| {
        let raised = Setup { raised_limit: RaisedLimit(Some(to)), ..*setup };
        judge(budget, &ceilings(machine, &raised)).verdict
    })?;
    let deciding = fit.deciding().map(|deciding| &deciding.ceiling);
    let limit = deciding.filter(|ceiling| ceiling.kind == CeilingKind::GpuLimit);
    let certain = limit.is_some_and(|limit| to <= limit.bytes.best);
    Some(MachineNote::FitsRaised { to, certain, raise })
}

/// The least limit in whole GiB whose verdict is fits or tight; nothing where not even the most does.
pub fn least_that_fits(most: Bytes, verdict_at: impl Fn(Bytes) -> Verdict) -> Option<Bytes> {
    let holds = |bytes: Bytes| verdict_at(bytes) <= Verdict::Tight;
    if !holds(most) {
        return None;
    }
    let mut gib = most.as_gib().floor();
    while gib > 1.0 && holds(Bytes::gib(gib - 1.0)) {
        gib -= 1.0;
    }
    Some(if holds(Bytes::gib(gib)) { Bytes::gib(gib) } else { most })
}

/// What the device takes, where what decides is device and host together.
fn on_the_gpu(fit: &Fit) -> Option<MachineNote> {
    let deciding = fit.deciding().filter(|deciding| deciding.ceiling.kind == CeilingKind::System)?;
    let gpu = fit.comparisons.iter().find(|each| {
        each.ceiling.decides && matches!(each.ceiling.kind, CeilingKind::GpuLimit | CeilingKind::RaisedLimit)
    })?;
    (gpu.need.best < deciding.need.best)
        .then_some(MachineNote::OnTheGpu { need: gpu.need.best, limit: gpu.ceiling.bytes.best })
}

/// What is over on a card under Windows.
fn spills(fit: &Fit, os: Os) -> Option<MachineNote> {
    let card = fit.comparisons.iter().find(|each| each.ceiling.kind == CeilingKind::Vram)?;
    let over = card.need.best - card.ceiling.bytes.best;
    if os != Os::Windows || over <= Bytes::ZERO {
        return None;
    }
    let link = Link::Pcie.bytes_per_second();
    let seconds = |rate: BytesPerSecond| over / rate;
    let reading = Band { low: seconds(link.high), best: seconds(link.best), high: seconds(link.low) };
    Some(MachineNote::Spills { over, reading })
}
