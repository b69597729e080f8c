//! `plimsoll machine`: what was detected, and how.

use serde_json::json;

use super::args::MachineArgs;
use super::{Context, Outside};
use crate::engine::ceilings;
use crate::units::show_gib;

/// Prints every finding with its origin, and the ceilings that follow.
pub(super) fn machine(asked: &MachineArgs, outside: &mut Outside<'_>) -> Result<u8, String> {
    let context = Context::load(outside);
    let detected = context.this_machine(outside);
    let limits = ceilings(&detected.machine, None);
    if asked.json {
        let value = json!({
            "schema": "plimsoll/1",
            "id": detected.machine.id,
            "name": detected.machine.name,
            "findings": detected.findings.iter().map(|finding| json!({
                "name": finding.name, "value": finding.value, "origin": finding.origin,
            })).collect::<Vec<_>>(),
            "warnings": detected.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "ceilings": limits.iter().map(|limit| json!({
                "kind": limit.kind.key(), "low": limit.bytes.low.get(), "best": limit.bytes.best.get(),
                "high": limit.bytes.high.get(), "decides": limit.decides, "basis": limit.basis,
            })).collect::<Vec<_>>(),
        });
        let text = serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?;
        outside.print(&format!("{text}\n"));
        return Ok(0);
    }
    outside.print(&format!("{}\n", detected.machine.name));
    for finding in &detected.findings {
        outside.print(&format!("  {:<21} {:<35} {}\n", finding.name, finding.value, finding.origin));
    }
    for limit in &limits {
        outside.print(&format!(
            "  {:<21} {:<35} {}\n",
            limit.kind.label(),
            show_gib(limit.bytes.best),
            limit.basis
        ));
    }
    for warning in &detected.warnings {
        outside.print(&format!("  note: {warning}\n"));
    }
    Ok(0)
}
