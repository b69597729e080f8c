//! What if the GPU limit of a Mac were raised.

use crate::app::answers::Answers;
use crate::engine::{Verdict, ceilings, judge};
use crate::spec::Memory;
use crate::units::{Bytes, show_gib, whole};

/// The what-if of a raised GPU limit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RaiseData {
    /// The limit as the system sets it, best estimate.
    pub default: Bytes,
    /// The most it may be raised to.
    pub most: Bytes,
    /// What it is raised to, if it is.
    pub raised: Option<Bytes>,
    /// What that comes to, in a sentence.
    pub advice: String,
    /// The command that does it; only where the workload then fits.
    pub command: Option<String>,
}

/// The what-if, where the chosen machine has one.
pub(crate) fn build(answers: &Answers, raised: Option<Bytes>) -> Option<RaiseData> {
    let machine = answers.machine.as_deref()?;
    let Memory::Unified { gpu_limit: Some(limit), .. } = machine.memory.value() else { return None };
    let most = limit.raisable_to?;
    let default = limit.set.unwrap_or(limit.default.best);
    if most <= default {
        return None;
    }
    let verdict_at = |bytes: Bytes| judge(&answers.estimate.budget, &ceilings(machine, Some(bytes))).verdict;
    let holds = |verdict: Verdict| verdict <= Verdict::Tight;
    let (advice, command) = match raised {
        Some(bytes) if holds(verdict_at(bytes)) => {
            ("Lost at reboot, and macOS keeps less for everything else".to_owned(), Some(command(bytes)))
        }
        Some(_) if holds(verdict_at(most)) => ("Not yet enough".to_owned(), None),
        None if holds(answers.estimate.fit.verdict) => {
            (format!("it can be raised to {}", show_gib(most)), None)
        }
        None if holds(verdict_at(most)) => {
            (format!("raised to {} it fits", show_gib(least(most, verdict_at))), None)
        }
        Some(_) | None => (never(most), None),
    };
    Some(RaiseData { default, most, raised, advice, command })
}

fn never(most: Bytes) -> String {
    format!("Even at {}, the most that is safe, it does not fit", show_gib(most))
}

/// The least whole GiB that holds.
fn least(most: Bytes, verdict_at: impl Fn(Bytes) -> Verdict) -> Bytes {
    let mut gib = most.as_gib().floor();
    while gib > 1.0 && verdict_at(Bytes::gib(gib - 1.0)) <= Verdict::Tight {
        gib -= 1.0;
    }
    Bytes::gib(gib).min(most)
}

/// The command, exactly as it is typed into a terminal.
fn command(bytes: Bytes) -> String {
    format!("sudo sysctl iogpu.wired_limit_mb={}", whole((bytes.get() / 1_048_576.0).floor()))
}
