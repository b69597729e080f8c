//! A report that re-opens: the scenario as a preset, and the results it had.

use std::path::Path;

use super::Report;
use super::open::{SavedAnswer, SavedUse, VERSION};
use crate::spec::{Scenario, preset};

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
            let figure = |of: Option<f64>| of.map_or_else(|| "None".to_owned(), |of| format!("{of:?}"));
            let more = saved.more.unwrap_or_default();
            format!(
                "        (machine: {}, verdict: {}, need_bytes: {}, ceiling_bytes: {}, more: (\n            \
                 runtime: {}, decode_tokens_per_s: {}, run_hours: {}, seconds_per_image: {},\n            \
                 price_dollars: {}, rent_dollars_per_hour: {}, total_dollars: {},\n        )),\n",
                quoted(&saved.machine),
                quoted(&saved.verdict),
                bytes(saved.need_bytes),
                bytes(saved.ceiling_bytes),
                quoted(&more.runtime),
                figure(more.decode_tokens_per_s),
                figure(more.run_hours),
                figure(more.seconds_per_image),
                figure(more.price_dollars),
                figure(more.rent_dollars_per_hour),
                figure(more.total_dollars),
            )
        })
        .collect();
    let results = results.concat();
    let notes = report.notes.iter().map(|note| quoted(note)).collect::<Vec<_>>().join(", ");
    let usage = ron::to_string(&SavedUse::from(report.usage)).unwrap_or_else(|_| "()".to_owned());
    let written = |scenario: &Scenario| {
        preset::write(&with_whole_paths(scenario.clone()), None).replace('\n', "\n    ").trim_end().to_owned()
    };
    let scenario = written(&report.scenario);
    let beside = report.other.as_ref();
    let beside =
        beside.map_or_else(String::new, |other| format!("    beside: Some({}),\n", written(&other.scenario)));
    format!(
        "// A Plimsoll report: open it to get the same scenario back, with what changed since.\n(\n    \
         plimsoll_report: {VERSION},\n    made_on: {},\n    version: {},\n    data_of: {},\n    \
         scenario: {},\n    \
         usage: {usage},\n    machines: [{}],\n    notes: [{notes}],\n{beside}    results: [\n{results}    ],\n)\n",
        quoted(&report.made_on),
        quoted(&report.version),
        quoted(&report.data_of),
        scenario,
        machines.join(", "),
    )
}

/// A model that was given by a path is named by the whole of it: a report opens in any folder.
fn with_whole_paths(mut scenario: Scenario) -> Scenario {
    if let Some(language) = scenario.language_mut() {
        let draft = language.draft.as_mut().map(|draft| &mut draft.key);
        for key in std::iter::once(&mut language.key).chain(draft) {
            let path = Path::new(key.as_str());
            let whole = path.exists().then(|| std::path::absolute(path).ok()).flatten();
            if let Some(whole) = whole.as_deref().and_then(Path::to_str) {
                whole.clone_into(key);
            }
        }
    }
    scenario
}
