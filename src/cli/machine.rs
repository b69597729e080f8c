//! `plimsoll machine`: what was detected, and how.

use serde_json::json;

use super::args::MachineArgs;
use super::error::CliError;
use super::escape::one_line;
use super::{Context, Outside, table};
use crate::engine::ceilings;
use crate::spec::Setup;
use crate::units::show_gib;

/// Prints every finding with its origin, and the ceilings that follow.
pub(super) fn machine(asked: &MachineArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let detected = context.this_machine(outside);
    let limits = ceilings(&detected.machine, &Setup::default());
    if asked.json {
        let value = json!({
            "schema": "plimsoll/2",
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
        let text = serde_json::to_string_pretty(&value).map_err(CliError::written)?;
        outside.print_json(&(text + "\n"));
        return Ok(0);
    }
    outside.print(&format!("{}\n", one_line(&detected.machine.name)));
    let found = detected
        .findings
        .iter()
        .map(|finding| vec![finding.name.clone(), finding.value.clone(), finding.origin.clone()]);
    let limits = limits.iter().map(|limit| {
        vec![limit.kind.label().to_owned(), show_gib(limit.bytes.best), limit.basis.to_string()]
    });
    for line in table::lines(found.chain(limits), &[]) {
        outside.print(&format!("  {line}\n"));
    }
    for warning in &detected.warnings {
        outside.print(&format!("  note: {}\n", one_line(&warning.to_string())));
    }
    Ok(0)
}
