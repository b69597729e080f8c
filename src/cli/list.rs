//! `plimsoll list`: what is built in, and the audit of it.

use serde_json::json;

use super::args::{ListArgs, Listed};
use super::{Context, Outside};
use crate::catalog::check::{Audit, check};
use crate::engine::scale::parameters;
use crate::spec::{Machine, Memory, Model, Named as _, Offer, Quantization, Runtime, Setting};
use crate::units::{show_count, show_gib};

/// Prints a list, or audits everything.
pub(super) fn list(asked: &ListArgs, outside: &mut Outside<'_>) -> Result<u8, String> {
    let context = Context::load(outside);
    if asked.check {
        return Ok(audit(&context, outside));
    }
    let rows: Vec<(serde_json::Value, String)> = match asked.what {
        Some(Listed::Models) => context.catalog.models.iter().map(|model| model_row(model)).collect(),
        Some(Listed::Machines) => {
            context.catalog.machines.iter().map(|machine| machine_row(machine)).collect()
        }
        Some(Listed::Quantisations) => Quantization::known().map(quantization_row).collect(),
        Some(Listed::Settings) => Setting::all().map(setting_row).collect(),
        Some(Listed::Presets) | None => context
            .catalog
            .presets
            .iter()
            .map(|preset| {
                (json!({ "id": preset.id, "name": preset.name }), format!("{:<28}{}", preset.id, preset.name))
            })
            .collect(),
    };
    if asked.json {
        let values: Vec<&serde_json::Value> = rows.iter().map(|(value, _)| value).collect();
        let text = serde_json::to_string_pretty(&values).map_err(|error| error.to_string())?;
        outside.print(&format!("{text}\n"));
    } else {
        let lines: Vec<&str> = rows.iter().map(|(_, line)| line.as_str()).collect();
        outside.print(&(lines.join("\n") + "\n"));
    }
    Ok(0)
}

/// Parameters from the shapes; a published count has the vision tower in it.
fn with_vision(model: &Model) -> f64 {
    parameters(model) + model.vision.as_ref().map_or(0.0, |vision| *vision.parameters.value())
}

/// Prints every finding; exit code 1 when there is one.
fn audit(context: &Context, outside: &mut Outside<'_>) -> u8 {
    let audit = Audit { today: Some(&outside.today), count: Some(&with_vision) };
    let findings = check(&context.catalog, &audit);
    for finding in &findings {
        outside.print(&format!("{finding}\n"));
    }
    let catalog = &context.catalog;
    outside.print(&format!(
        "{} machines, {} models, {} presets: {}\n",
        catalog.machines.len(),
        catalog.models.len(),
        catalog.presets.len(),
        if findings.is_empty() {
            "nothing to mend".to_owned()
        } else {
            format!("{} to mend", findings.len())
        }
    ));
    u8::from(!findings.is_empty())
}

fn model_row(model: &Model) -> (serde_json::Value, String) {
    let count = *model.parameters.value();
    (
        json!({ "id": model.id, "name": model.name, "parameters": count, "context_max": model.context_max,
            "layers": model.layer_count(), "architecture": model.architecture }),
        format!(
            "{:<32}{:>8}  {:>5} context  {}",
            model.id,
            show_count(count),
            show_count(f64::from(model.context_max)),
            model.name
        ),
    )
}

fn machine_row(machine: &Machine) -> (serde_json::Value, String) {
    let memory = machine.memory.value();
    let kind = match memory {
        Memory::Unified { .. } => "unified",
        Memory::Discrete { .. } => "discrete",
        Memory::System { .. } => "system",
    };
    let bandwidth = machine.bandwidth.as_ref().map(|figure| figure.value().as_gb_per_s());
    let offer = match &machine.offer {
        Some(Offer::Buy(price)) => format!("${:.0}", price.value().get()),
        Some(Offer::Rent(price)) => format!("${:.2}/h", price.value().get()),
        None => String::new(),
    };
    let speed = bandwidth.map_or_else(String::new, |speed| format!("{speed:.0} GB/s"));
    (
        json!({ "id": machine.id, "aliases": machine.aliases, "name": machine.name, "memory": kind,
            "capacity_bytes": memory.capacity().get(), "bandwidth_gb_s": bandwidth, "offer": offer }),
        format!(
            "{:<36}{:>10}  {speed:>9}  {offer:>10}  {}",
            machine.id,
            show_gib(memory.capacity()),
            machine.name
        ),
    )
}

fn quantization_row(quantization: Quantization) -> (serde_json::Value, String) {
    let runtimes: Vec<&str> =
        Runtime::ALL.into_iter().filter(|runtime| quantization.runs_on(*runtime)).map(Runtime::key).collect();
    (
        json!({ "id": quantization.key(), "runtimes": runtimes }),
        format!("{:<14}{}", quantization.key(), runtimes.join(", ")),
    )
}

fn setting_row(setting: &Setting) -> (serde_json::Value, String) {
    let families: Vec<&str> = setting.families.iter().map(|family| family.key()).collect();
    let was = Some(setting.was).filter(|was| !was.is_empty());
    (
        json!({ "key": setting.key, "was": was, "families": families, "label": setting.label,
            "default": setting.default_text(), "values": setting.values(), "unit": setting.unit, "hint": setting.hint() }),
        format!("{:<28}{}", setting.key, setting.help()),
    )
}
