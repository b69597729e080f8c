//! `plimsoll list`: what is built in, and the audit of it.

use serde_json::json;

use super::args::{ListArgs, Listed};
use super::error::CliError;
use super::escape::one_line;
use super::{Context, Outside, table};
use crate::catalog::PresetText;
use crate::catalog::check::{Audit, check, old_prices};
use crate::engine::scale::parameters;
use crate::report::machine_details;
use crate::spec::{
    Machine, Memory, Model, Named as _, Offer, Quantization, Runtime, Setting, TrainedBase, Trainer,
    TrainerDefault, trainer_defaults,
};
use crate::units::{Bytes, show_count, show_gib};

/// A record as JSON, and its cells.
type Row = (serde_json::Value, Vec<String>);

/// Prints a list, or audits everything.
pub(super) fn list(asked: &ListArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    if asked.check {
        return Ok(audit(&context, outside));
    }
    let catalog = &context.catalog;
    // Figures end alike, words begin alike.
    let (rows, figures): (Vec<Row>, &[usize]) = match asked.what {
        Some(Listed::Models) => (catalog.models.iter().map(|model| model_row(model)).collect(), &[1, 2]),
        Some(Listed::Machines) => {
            (catalog.machines.iter().map(|machine| machine_row(machine)).collect(), &[1, 2, 3])
        }
        Some(Listed::Quantizations) => (Quantization::known().map(quantization_row).collect(), &[]),
        Some(Listed::Settings) => (Setting::all().map(setting_row).collect(), &[]),
        Some(Listed::Trainers) => (trainer_defaults().map(trainer_row).collect(), &[]),
        Some(Listed::Presets) | None => {
            (catalog.presets.iter().map(|preset| preset_row(preset)).collect(), &[])
        }
    };
    if asked.json {
        let values: Vec<&serde_json::Value> = rows.iter().map(|(value, _)| value).collect();
        let text = serde_json::to_string_pretty(&values).map_err(CliError::written)?;
        outside.print_json(&(text + "\n"));
    } else {
        let lines = table::lines(rows.into_iter().map(|(_, cells)| cells), figures);
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
    // A clock that stands before the facts would call every one of them to come.
    let (today, newest) = (outside.today.clone(), context.catalog.data_of());
    let clock_is_right = today.as_str() >= newest;
    if !clock_is_right {
        outside.remark(
            "warning",
            format!(
                "this machine's clock says {today}, and the catalog is of {newest}; days to come are not looked for"
            ),
        );
    }
    let today = clock_is_right.then_some(today);
    let audit = Audit { today: today.as_deref(), count: Some(&with_vision) };
    let findings = check(&context.catalog, &audit);
    for finding in &findings {
        outside.print(&format!("{}\n", one_line(&finding.to_string())));
    }
    let catalog = &context.catalog;
    let (old, prices) = old_prices(catalog, &context.today);
    if !old.is_empty() {
        // Prices grow old by themselves: that is no fault of the catalog.
        for price in old.iter().filter(|price| price.listed) {
            outside.remark("warning", price);
        }
        let launch = old.iter().filter(|price| !price.listed).count();
        outside.remark(
            "warning",
            format!("{} of {prices} prices are older than 90 days, {launch} of them at launch", old.len()),
        );
    }
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

fn preset_row(preset: &PresetText) -> Row {
    (json!({ "id": preset.id, "name": preset.name }), vec![preset.id.clone(), preset.name.clone()])
}

fn model_row(model: &Model) -> Row {
    let count = *model.parameters.value();
    (
        json!({ "id": model.id, "name": model.name, "parameters": count, "context_max": model.context_max,
            "layers": model.layer_count(), "architecture": model.architecture }),
        vec![
            model.id.clone(),
            show_count(count),
            format!("{} context", show_count(f64::from(model.context_max))),
            model.name.clone(),
        ],
    )
}

fn machine_row(machine: &Machine) -> Row {
    let memory = machine.memory.value();
    let kind = match memory {
        Memory::Unified { .. } => "unified",
        Memory::Discrete { .. } => "discrete",
        Memory::System { .. } => "system",
    };
    let bandwidth = machine.bandwidth.as_ref().map(|figure| figure.value().as_gb_per_s());
    let offer = match &machine.offer {
        Some(Offer::Buy(price)) => format!("${:.0} {}", price.value().get(), price.words()),
        Some(Offer::Rent(price)) => format!("${:.2}/h", price.value().get()),
        None => String::new(),
    };
    let speed = bandwidth.map_or_else(String::new, |speed| format!("{speed:.0} GB/s"));
    (
        json!({ "id": machine.id, "aliases": machine.aliases, "name": machine.name, "memory": kind,
            "capacity_bytes": memory.capacity().map(Bytes::get), "bandwidth_gb_s": bandwidth, "offer": offer,
            "details": machine_details(machine) }),
        vec![machine.id.clone(), show_capacity(memory), speed, offer, machine.name.clone()],
    )
}

/// A capacity, or that it is unknown.
fn show_capacity(memory: &Memory) -> String {
    memory.capacity().map_or_else(|| "unknown".to_owned(), show_gib)
}

fn quantization_row(quantization: Quantization) -> Row {
    let runtimes: Vec<&str> =
        Runtime::ALL.into_iter().filter(|runtime| quantization.runs_on(*runtime)).map(Runtime::key).collect();
    (
        json!({ "id": quantization.key(), "runtimes": runtimes }),
        vec![quantization.key().to_owned(), runtimes.join(", ")],
    )
}

fn setting_row(setting: &Setting) -> Row {
    let families: Vec<&str> = setting.families.iter().map(|family| family.key()).collect();
    let was = Some(setting.was).filter(|was| !was.is_empty());
    (
        json!({ "key": setting.key, "was": was, "families": families, "label": setting.label,
            "default": setting.default_text(), "values": setting.values(), "unit": setting.unit, "hint": setting.hint() }),
        vec![setting.key.to_owned(), setting.help()],
    )
}

fn trainer_row((trainer, default): (Trainer, &TrainerDefault)) -> Row {
    let methods: Vec<&str> = default.methods.iter().map(|method| method.key()).collect();
    (
        json!({ "key": default.key, "trainer": trainer.key(), "methods": methods,
            "quantized_base": default.base == TrainedBase::Quantized,
            "sharded_base": default.base == TrainedBase::Sharded, "value": default.value, "source": default.source }),
        vec![
            default.key.to_owned(),
            trainer.key().to_owned(),
            default.of_what(),
            default.value.to_owned(),
            default.source.to_owned(),
        ],
    )
}
