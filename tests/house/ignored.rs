//! No setting is swallowed: whatever the runtime, another value changes the answer, is said to be ignored, or is refused.

use std::sync::Arc;

use crate::asked::{CONTEXT, asked};
use plimsoll::catalog::calibration;
use plimsoll::engine::{Assumptions, Estimate, Verdict, estimate};
use plimsoll::spec::settings::Entry;
use plimsoll::spec::{Machine, Named as _, Os, Runtime, Scenario, Setting};

/// Other values of a setting: its choices, or numbers about the one it has and the ends of its range.
fn others(setting: &Setting, scenario: &Scenario) -> Vec<String> {
    let now = setting.entry(scenario).map(|entry| entry.text()).unwrap_or_default();
    let named: Vec<String> = setting
        .choices(scenario)
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .filter(|name| *name != now)
        .collect();
    let (least, most) = setting.range;
    match setting.entry(scenario) {
        _ if !named.is_empty() => named,
        Some(Entry::Flag(flag)) => vec![(!flag).to_string()],
        Some(Entry::Count(count)) => [count / 2, count * 2 + 1, 1, 3]
            .into_iter()
            .filter(|other| *other != count && (least..=most).contains(&(*other as f64)))
            .map(|other| other.to_string())
            .collect(),
        Some(Entry::Number(number)) => vec![if number > 0.5 { "0.3" } else { "0.9" }.to_owned()],
        Some(Entry::List(_)) => vec!["5, 3".to_owned(), "full".to_owned()],
        Some(Entry::Text(text)) if text == "auto" || text == "all" || text == "none" => {
            vec!["1".to_owned(), "4".to_owned(), "8bit".to_owned()]
        }
        Some(Entry::Text(text)) if text == "full" => vec!["15, 10".to_owned()],
        _ => Vec::new(),
    }
}

/// Values that rightly come to the same: a machine with one device has one, fp16 is as wide as bf16, and keys and values
/// are stored as f16 where nothing is said of either. llama.cpp computes by CUDA on NVIDIA's cards anyway, text encoders
/// stay in 16 bit unless they are told otherwise. The loss of the whole graph asked here is not at its peak; where it is, and
/// with sampling, `tests/laws/gnn.rs` holds that the labeled share is heard.
const EQUAL: [(&str, &str); 7] = [
    ("devices", "1"),
    ("precision", "fp16"),
    ("cache_type_k", "f16"),
    ("cache_type_v", "f16"),
    ("backend", "cuda"),
    ("text_precision", "bf16"),
    ("labeled_share", "0.3"),
];

/// What a person sees of an answer.
fn seen(estimate: &Estimate) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?}",
        estimate.budget,
        estimate.fit,
        estimate.speed,
        estimate.work_cost,
        estimate.resolved.notes,
        estimate.resolved.refusal
    )
}

/// The settings of a scenario that change nothing on a machine and of which nothing is said.
fn silent(scenario: &Scenario, machine: &Arc<Machine>) -> Vec<String> {
    let assumptions = Assumptions::new(calibration());
    let answer = |scenario: &Scenario| estimate(scenario, machine, &assumptions);
    let before = answer(scenario);
    if before.fit.verdict == Verdict::CannotRun {
        return vec![format!("{} does not run: {:?}", scenario.name, before.resolved.refusal)];
    }
    let before = seen(&before);
    let mut silent = Vec::new();
    for setting in Setting::of(scenario).filter(|setting| setting.written) {
        if ["family", "name", "model", "model_size", "runtime"].contains(&setting.key) {
            continue;
        }
        let values = others(setting, scenario);
        let mut swallowed: Vec<String> = Vec::new();
        for value in &values {
            match scenario.with(setting.key, value) {
                Ok((after, notes))
                    if notes.is_empty() && after != *scenario && seen(&answer(&after)) == before =>
                {
                    swallowed.push(value.clone());
                }
                _ => {}
            }
        }
        // Of numbers, two that are near may come to the same; of names, each is a wish of its own.
        let numbers = matches!(setting.entry(scenario), Some(Entry::Count(_) | Entry::Number(_)));
        swallowed.retain(|value| !EQUAL.contains(&(setting.key, value.as_str())));
        // A machine's own system is what it has anyway.
        swallowed.retain(|value| setting.key != "os" || *value != Os::Auto.of(machine).key());
        if !swallowed.is_empty() && (!numbers || swallowed.len() == values.len()) {
            silent.push(format!("{}={}", setting.key, swallowed.join("|")));
        }
    }
    silent
}

#[test]
fn every_setting_is_heard_or_said_to_be_ignored_on_every_runtime() {
    let machine = |id: &str| Arc::clone(CONTEXT.catalog.machine(id).expect("a machine"));
    let (card, mac) = (machine("h100-sxm-80gb"), machine("apple-m5max-40c-128gb"));
    let mut found: Vec<String> = Vec::new();
    let mut walk = |name: &str, scenario: &Scenario, machine: &Arc<Machine>| {
        found.extend(silent(scenario, machine).into_iter().map(|what| format!("{name}: {what}")));
    };
    for runtime in Runtime::ALL {
        let on = if runtime == Runtime::Mlx { &mac } else { &card };
        let chat = asked("chat-8b", &[("runtime", runtime.key()), ("concurrency", "2")]);
        walk(&format!("chat on {}", runtime.key()), &chat, on);
        if matches!(runtime, Runtime::Mlx | Runtime::PyTorch) {
            let tune = asked("lora-13b", &[("runtime", runtime.key())]);
            walk(&format!("tune on {}", runtime.key()), &tune, on);
        }
    }
    walk("graphs", &asked("function-trees-8b", &[]), &card);
    walk("gnn", &asked("whole-program-gnn", &[("nodes", "100k"), ("edges", "1M")]), &card);
    walk("sampled gnn", &asked("whole-program-gnn-sampled", &[]), &card);
    walk("image", &asked("sdxl", &[]), &card);
    assert!(found.is_empty(), "{} settings are swallowed:\n{}", found.len(), found.join("\n"));
}
