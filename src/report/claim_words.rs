//! A claim as it was understood, in words: the same in window and terminal.

use crate::claims::{Checked, Understood};
use crate::units::{show_figures, show_grouped, whole};

/// What a claim says in one line: `70B Q4 on M5 Max: 35.8 tok/s`.
pub fn claim_subject(checked: &Checked) -> String {
    let says = &checked.understood;
    let mut line = String::new();
    let models: Vec<String> = says.models.iter().map(|said| closed(&said.words)).collect();
    line.push_str(&models.join(", "));
    for part in [
        says.format.as_ref().map(|said| said.words.as_str()),
        says.runtime.as_ref().map(|said| said.words.as_str()),
    ]
    .into_iter()
    .flatten()
    {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(part);
    }
    if let Some(machine) = &says.machine {
        line.push_str(if line.is_empty() { "" } else { " on " });
        line.push_str(&machine.words);
    }
    let value = value(says);
    if line.is_empty() {
        return checked.claim.text.clone();
    }
    if value.is_empty() { format!("{line}: {}", checked.claim.text) } else { format!("{line}: {value}") }
}

/// Words that a name was cut out of: `DeepSeek-R1 (671B` without the parenthesis that nothing closes.
fn closed(words: &str) -> String {
    if words.matches('(').count() > words.matches(')').count() {
        words.replacen('(', "", 1)
    } else {
        words.to_owned()
    }
}

/// A unit with the next smaller one, a thousandth of it.
const SMALLER: &[(&str, &str)] = &[("GB", "MB"), ("s", "ms")];

/// The figure of a claim with its unit.
fn value(says: &Understood) -> String {
    let Some(figure) = &says.figure else { return String::new() };
    let number =
        |value: f64| if value >= 1000.0 { show_grouped(whole(value.round())) } else { trimmed(value) };
    let unit = figure.unit.label();
    let smaller = SMALLER.iter().find(|(larger, _)| *larger == unit && figure.low > 0.0 && figure.high < 0.1);
    let (unit, scale) = smaller.map_or((unit, 1.0), |(_, smaller)| (*smaller, 1e3));
    let (low, high) = (figure.low * scale, figure.high * scale);
    let range = if high > low { format!("{} to {}", number(low), number(high)) } else { number(low) };
    match unit.strip_prefix('$') {
        Some(per) => format!("${range}{per}"),
        None if ["%", "x"].contains(&unit) => format!("{range}{unit}"),
        None => format!("{range} {unit}").trim_end().to_owned(),
    }
}

/// Three figures at most, without noughts behind the point.
fn trimmed(value: f64) -> String {
    let shown = show_figures(value);
    if shown.contains('.') { shown.trim_end_matches('0').trim_end_matches('.').to_owned() } else { shown }
}

/// What was understood, field by field.
pub fn claim_understood(checked: &Checked) -> Vec<(&'static str, String)> {
    let says = &checked.understood;
    let mut fields = Vec::new();
    if let Some(machine) = &says.machine {
        let id = checked
            .machine
            .as_ref()
            .filter(|id| **id != machine.words)
            .map_or_else(|| " (not in the catalog)".to_owned(), |id| format!(" ({id})"));
        fields.push(("machine", format!("{}{id}", machine.words)));
    }
    if let Some(over) = &says.over {
        fields.push(("against", over.words.clone()));
    }
    if !says.models.is_empty() {
        let models: Vec<String> = says
            .models
            .iter()
            .map(|said| {
                let id = said.id_or_words();
                if id == said.words { said.words.clone() } else { format!("{} ({id})", said.words) }
            })
            .collect();
        fields.push(("model", models.join(", ")));
    }
    if let Some(format) = &says.format {
        fields.push(("quantization", format.key_or_words()));
    }
    if let Some(runtime) = &says.runtime {
        fields.push(("runtime", runtime.runtime.name().to_owned()));
    }
    let what = says.of.map_or_else(
        || says.quantity.label().to_owned(),
        |of| format!("{} of {}", says.quantity.label(), of.label()),
    );
    fields.push(("quantity", what));
    if says.figure.is_some() {
        fields.push(("value", value(says)));
    }
    if !says.assumed.is_empty() {
        fields.push(("assumed", says.assumed.join("; ")));
    }
    fields
}

/// What was understood as fields that can be corrected; each is there, and empty where nothing was said.
pub fn claim_fields(checked: &Checked) -> Vec<(&'static str, String)> {
    let says = &checked.understood;
    let machine = says.machine.as_ref().map_or_else(String::new, |said| {
        let memory = said.memory.map_or_else(String::new, |memory| format!(" {}GB", trimmed(memory)));
        format!("{}{memory}", said.words)
    });
    let models: Vec<&str> = says.models.iter().map(|said| said.words.as_str()).collect();
    vec![
        ("Machine", machine),
        ("Model", models.join(", ")),
        ("Quantization", says.format.as_ref().map_or_else(String::new, |said| said.words.clone())),
        ("Runtime", says.runtime.as_ref().map_or_else(String::new, |said| said.words.clone())),
        ("Quantity", says.quantity.label().to_owned()),
        ("Value", value(says)),
    ]
}
