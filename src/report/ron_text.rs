//! A report that re-opens: the scenario as a preset, and the results it had.

use super::Report;
use super::open::{SavedAnswer, SavedUse, VERSION};
use crate::spec::preset;

/// The text of the file.
pub(super) fn ron_text(report: &Report) -> String {
    let quoted = |text: &str| ron::to_string(text).unwrap_or_else(|_| format!("{text:?}"));
    let machines: Vec<String> = report.answers.iter().map(|answer| quoted(&answer.machine.id)).collect();
    let results: Vec<String> = report
        .answers
        .iter()
        .map(|answer| {
            let saved = SavedAnswer::of(answer);
            let bytes = |of: Option<f64>| of.map_or_else(|| "None".to_owned(), |of| format!("{of:.0}"));
            format!(
                "        (machine: {}, verdict: {}, need_bytes: {}, ceiling_bytes: {}),\n",
                quoted(&saved.machine),
                quoted(&saved.verdict),
                bytes(saved.need_bytes),
                bytes(saved.ceiling_bytes)
            )
        })
        .collect();
    let results = results.concat();
    let usage = SavedUse::from(report.usage);
    let scenario = preset::write(&report.scenario, None).replace('\n', "\n    ");
    format!(
        "// A Plimsoll report: open it to get the same scenario back, with what changed since.\n(\n    \
         plimsoll_report: {VERSION},\n    made_on: {},\n    version: {},\n    data_of: {},\n    \
         scenario: {},\n    \
         usage: (tariff_dollars_per_kwh: {:?}, hours_a_day: {:?}, years: {:?}),\n    machines: [{}],\n    results: [\n{results}    ],\n)\n",
        quoted(&report.made_on),
        quoted(&report.version),
        quoted(&report.data_of),
        scenario.trim_end(),
        usage.tariff_dollars_per_kwh,
        usage.hours_a_day,
        usage.years,
        machines.join(", "),
    )
}
