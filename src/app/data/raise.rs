//! What if the limit of a GPU that shares memory were raised.

use crate::app::answers::Answers;
use crate::app::text;
use crate::engine::ceilings::raised_to;
use crate::engine::{Verdict, ceilings, judge, least_that_fits};
use crate::spec::{Memory, Raise, RaisedLimit, Setup};
use crate::units::{Bytes, show_gib};

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
pub(crate) fn build(answers: &Answers, setup: &Setup) -> Option<RaiseData> {
    let machine = answers.machine.as_deref()?;
    let Memory::Unified { gpu_limit: Some(limit), .. } = machine.memory.value() else { return None };
    let limit = limit.with_system(setup.os.of(machine));
    let (most, how) = limit.raisable_to.zip(limit.raise)?;
    let raised = raised_to(limit, setup.raised_limit.0);
    let default = limit.set.unwrap_or(limit.default.best);
    let runs = answers.estimate.fit.verdict != Verdict::CannotRun;
    if most <= default || (!runs && raised.is_none()) {
        return None;
    }
    let verdict_at = |bytes: Bytes| {
        let raised = Setup { raised_limit: RaisedLimit(Some(bytes)), ..*setup };
        judge(&answers.estimate.budget, &ceilings(machine, &raised)).verdict
    };
    let holds = |verdict: Verdict| verdict <= Verdict::Tight;
    let (advice, command) = match raised {
        Some(bytes) if holds(verdict_at(bytes)) => (consequence(how).to_owned(), Some(how.command(bytes))),
        Some(_) if holds(verdict_at(most)) => (text::not_yet_enough().to_owned(), None),
        None if holds(answers.estimate.fit.verdict) => (text::it_can_be_raised_to(&show_gib(most)), None),
        None => least_that_fits(most, verdict_at)
            .map_or_else(|| (never(most), None), |least| (enough(least, default), None)),
        Some(_) => (never(most), None),
    };
    Some(RaiseData { default, most, raised, advice, command })
}

fn never(most: Bytes) -> String {
    text::even_at_the_most(&show_gib(most))
}

/// What is enough. Where the default may be that high already, setting it makes that certain.
fn enough(least: Bytes, default: Bytes) -> String {
    let shown = show_gib(least);
    if least <= default { text::set_it_to_yourself(&shown) } else { text::raised_to_it_fits(&shown) }
}

/// What raising it costs.
fn consequence(how: Raise) -> &'static str {
    match how {
        Raise::WiredLimit => text::lost_at_reboot_and_macos(),
        Raise::PagesLimit => text::on_the_kernels_command_line(),
        Raise::VariableGraphicsMemory => text::as_variable_graphics_memory(),
        Raise::SharedMemoryOverride => text::as_shared_gpu_memory_override(),
    }
}
