//! A limit of the GPU that was raised in a file for its own machine.

use std::sync::Arc;

use super::{Context, Outside};
use crate::spec::preset::Preset;
use crate::spec::{Machine, Scenario};
use crate::units::show_gib;

/// The scenario as the machines are asked it, and what is said of its raised limit: it is as shipped where the machine that it
/// was raised on is not among them, because it stays there, and asked of all where it is.
pub(super) fn raised_there(
    preset: &Preset,
    set: &[String],
    machines: &[Arc<Machine>],
    (context, outside): (&Context, &Outside<'_>),
) -> (Scenario, Option<String>) {
    let scenario = &preset.scenario;
    let said = set.iter().any(|set| set.trim_start().starts_with("raised_limit"));
    let raised = scenario.setup.raised_limit.0.filter(|_| !said);
    let own = preset.machine.as_deref().and_then(|id| context.machine(id, outside).ok());
    let Some((raised, own)) = raised.zip(own) else { return (scenario.clone(), None) };
    let shown = show_gib(raised);
    if machines.iter().all(|machine| machine.id != own.id) {
        let note = format!(
            "raised_limit {shown} was set for {}, and stays there; --set raised_limit=… raises it here",
            own.name
        );
        return (scenario.with_limit_as_shipped(), Some(note));
    }
    let note = format!("raised_limit {shown} was set for {}, and is asked of each machine here", own.name);
    (scenario.clone(), (machines.len() > 1).then_some(note))
}
