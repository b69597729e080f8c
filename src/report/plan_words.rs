//! Steps of a plan in words.

use super::command::flag;
use super::quality_words::quality_words;
use super::speed_words::{rate, texts, time};
use super::start::start;
use crate::engine::Speed;
use crate::engine::plan::{Act, NotOffered, Step, Why};
use crate::spec::{Machine, Memory, Named as _, Quality, QualityLoss, Quantization, Scenario, Setting};
use crate::units::{Bytes, memory_unit, show_gib, show_signed};

/// What a step does: `KV cache: f16 → q8_0`.
pub fn step_words(step: &Step, scenario: &Scenario) -> String {
    if let Some(act) = step.action {
        return act_words(act);
    }
    let change = step.changes.first();
    let (key, value) = change.map_or(("", ""), |change| (change.key, change.value.as_str()));
    let first = moved(key, &step.before, step.shown.as_deref().unwrap_or(value), scenario);
    // That as many sequences are gathered one by one is what the step is.
    let beside = step.changes.iter().skip(1).filter(|change| change.key != "gradient_accumulation_steps");
    let beside: Vec<String> = beside.map(|change| moved(change.key, "", &change.value, scenario)).collect();
    if beside.is_empty() { first } else { format!("{first}, with {}", beside.join(", ")) }
}

/// What is done beside the settings.
pub(super) fn act_words(Act::ClosePrograms { more }: Act) -> String {
    format!("Close programs: {} more has to be free than is now", show_gib(more))
}

/// What a step does to results and speed, with what others measured of a quantization, a sentence without its full stop.
pub fn note_words(step: &Step, scenario: &Scenario, known: &[QualityLoss]) -> String {
    let to = step.changes.iter().find(|change| change.key == "quantization");
    let to = to.and_then(|change| Quantization::parse(&change.value).ok());
    // Of another model nobody compared the formats.
    let other = step.changes.iter().any(|change| change.key == "model");
    let (Some(to), Some(language), false) = (to, scenario.language(), other) else {
        return step.note.to_owned();
    };
    format!("{}: {}", step.note, quality_words(Quality::of(&language.model, to, known)))
}

/// What is needed after a step, as it counts against the limit, and with what lies beside the device in all; where the
/// change that stands before it is not of that total, with how the total changes.
fn after_words(step: &Step, total_changes: Option<String>) -> String {
    let all = show_gib(step.total);
    match (step.need.map(show_gib), total_changes) {
        (Some(need), Some(changes)) if need != all => {
            format!("{need} needed then ({changes} to {all} with system memory)")
        }
        (Some(need), Some(changes)) => format!("{need} needed then ({changes} with system memory)"),
        (Some(need), None) if need != all => format!("{need} needed then ({all} with system memory)"),
        (Some(need), None) => format!("{need} needed then"),
        (None, _) => format!("{all} in all"),
    }
}

/// What a step changes of memory, what is needed then, and what it does to speed.
///
/// `-4.0 GiB, 36.8 GiB needed then, +26 % speed to 2.5 to 2.9 tok/s`; where nothing is known of the speed before, that after
/// alone. A step that changes the device otherwise than the total says both, each
/// with what it comes to: `-42.0 GiB on the device, 21.0 GiB needed then (+21.7 GiB to 63.0 GiB with system memory)`; one that
/// is held against another limit says that limit.
pub fn step_figures(step: &Step) -> String {
    let speed = speed_after(step).map_or_else(String::new, |speed| format!(", {speed}"));
    let shown = |bytes: Bytes| format!("{} {}", show_signed(bytes.as_shown(), 1), memory_unit());
    let is_none = |bytes: Bytes| bytes.as_shown().abs() < 0.05;
    let moved = step.need.zip(step.need_before).map(|(after, before)| after - before);
    let apart = moved.filter(|moved| !is_none(*moved - step.delta));
    let total_changes = apart.filter(|_| !is_none(step.delta)).map(|_| shown(step.delta));
    let saved = match apart {
        Some(moved) if !is_none(moved) => format!("{} on the device", shown(moved)),
        Some(_) if !is_none(step.delta) => "as much on the device".to_owned(),
        _ if is_none(step.delta) => match step.limit {
            // What is held against another limit says it.
            Some(limit) => {
                return format!(
                    "as much memory, {} of {} allowed{speed}",
                    after_words(step, None),
                    show_gib(limit)
                );
            }
            None => "as much memory".to_owned(),
        },
        _ => shown(step.delta),
    };
    format!("{saved}, {}{speed}", after_words(step, total_changes))
}

/// What a step does to speed, and the speed after it; nothing where it changes nothing or nothing is known.
fn speed_after(step: &Step) -> Option<String> {
    let after = step.pace.as_ref().map(pace_words);
    match (step.speed, after) {
        (Some(speed), _) if (speed - 1.0).abs() < 0.005 => None,
        (Some(speed), after) => {
            let change = format!("{} % speed", show_signed((speed - 1.0) * 100.0, 0));
            Some(after.map_or_else(|| change.clone(), |after| format!("{change}: {after}")))
        }
        (None, after) => after,
    }
}

/// The first figure of a speed: tokens a second, an image, an epoch.
fn pace_words(speed: &Speed) -> String {
    match speed {
        Speed::Inference(speed) => rate(speed.decode),
        Speed::Reading(speed) => texts(speed.texts),
        Speed::Training(speed) => rate(speed.tokens),
        Speed::Gnn(speed) => format!("{} an epoch", time(speed.epoch)),
        Speed::Images(speed) if speed.run.is_some() => format!("{} a step", time(speed.batch_time)),
        Speed::Images(speed) => format!("{} {}", time(speed.image), speed.made().label()),
    }
}

/// What was tried and does not help.
pub fn tried(other: &NotOffered, scenario: &Scenario) -> String {
    if other.value.is_empty() {
        return label(other.key, scenario);
    }
    format!("{}: {}", label(other.key, scenario), shown(other.key, &other.value, scenario))
}

fn moved(key: &str, before: &str, after: &str, scenario: &Scenario) -> String {
    let [before, after] = [before, after].map(|value| shown(key, value, scenario));
    if before.is_empty() {
        format!("{}: {after}", label(key, scenario))
    } else {
        format!("{}: {before} → {after}", label(key, scenario))
    }
}

fn label(key: &str, scenario: &Scenario) -> String {
    let known = match key {
        "machine" => "Machine",
        "model" => "Model",
        "runtime" => "Runtime",
        "programs" => "Close programs",
        "training_offload" => "CPU offload of training (DeepSpeed, FSDP)",
        "sampling" if reads_paths(scenario) => "Paths of a method",
        _ => Setting::find(scenario, key).map_or(key, |setting| setting.label),
    };
    known.to_owned()
}

/// Whether what it samples is no neighbors.
fn reads_paths(scenario: &Scenario) -> bool {
    scenario.gnn().is_some_and(|gnn| gnn.architecture.record().reads_paths)
}

/// A value as people read it, with its unit.
fn shown(key: &str, value: &str, scenario: &Scenario) -> String {
    let setting = Setting::find(scenario, key);
    match (value.parse::<f64>(), setting) {
        (Ok(number), Some(setting)) => {
            let text = setting.number(number);
            match setting.unit {
                "" => text,
                unit if text == "1" => format!("1 {}", unit.trim_end_matches('s')),
                unit => format!("{text} {unit}"),
            }
        }
        _ if key == "resolution" => value.replace('x', " × "),
        _ => match value {
            "true" => "on".to_owned(),
            "false" => "off".to_owned(),
            _ => value.to_owned(),
        },
    }
}

/// Why something is not offered, a sentence without its full stop.
pub fn why_words(other: &NotOffered) -> String {
    match &other.why {
        Why::Already => "it is so already".to_owned(),
        Why::SavesNothing => "it does not lower what decides here".to_owned(),
        Why::SavesOnly(saved) => format!("it lowers what decides here by only {}", show_gib(*saved)),
        Why::CannotRun(refusal) => super::runtime_words::refusal_words(refusal),
        Why::NotIn(runtime) => format!("{} has no such thing", runtime.name()),
        Why::NoneSmaller => "no smaller model of its family is known here".to_owned(),
        Why::NothingOpen => "the limit is that of a machine with nothing else open".to_owned(),
        Why::NotInTrainer(trainer) => format!("{} has no such thing", trainer.label()),
        Why::TrainsOtherwise => "the gradients of a smaller batch are others".to_owned(),
        Why::NotTrainedOver => "no adapter is trained over a base in that format".to_owned(),
        Why::NeedsSeveral => "what trains does it where several devices share the work".to_owned(),
        Why::PackedBase => {
            "FSDP offloads a packed base where several devices share it, and DeepSpeed offloads none"
                .to_owned()
        }
        Why::LimitTooLow => {
            "even raised to the most that leaves the system what it needs, the limit is too low".to_owned()
        }
        Why::NoneFits if other.key == "model" => {
            "no smaller model of its family fits with all else as it stands".to_owned()
        }
        Why::NoneFits => "even the least of it does not fit with all else as it stands".to_owned(),
        Why::LeavesTooLittle => {
            "with all else as it stands, what fits of it is too little for what was asked".to_owned()
        }
        Why::NotEnough => "it helps, and is not enough with all others".to_owned(),
        Why::NotNeeded(saved) => {
            format!("alone it lowers what decides here by {}, which is not enough", show_gib(*saved))
        }
        Why::CostsMore => "it makes it fit as well, and costs more than the steps above".to_owned(),
        Why::UnknownHost(bytes) => format!(
            "the device holds it then, with {} of system memory beside it, which usual computers do not have",
            show_gib(*bytes)
        ),
        Why::NoOther => "no other program here fits it with that alone".to_owned(),
        Why::NonePacked => "its program reads no smaller format here".to_owned(),
        Why::NotInScript => "the script of diffusers that trains it has no such thing".to_owned(),
        Why::NotLoaded => "nothing loads that part of this pipeline from a GGUF file".to_owned(),
    }
}

/// What is typed to do a step: the command that raises a limit, the flags and arguments of the program, or what starts another
/// program or model, or more devices.
pub fn command(step: &Step, machine: &Machine) -> Option<String> {
    let moves = |keys: &[&str]| step.changes.iter().any(|change| keys.contains(&change.key));
    // Another program has flags of its own, which the command that starts it has.
    if moves(&["runtime", "trainer", "model"]) {
        return starting(step);
    }
    let flags: Vec<String> = step.changes.iter().filter_map(|change| flag(&step.after, change)).collect();
    let between = if flags.iter().all(|flag| flag.starts_with('-')) { " " } else { "; " };
    let said = raising(step, machine).or_else(|| (!flags.is_empty()).then(|| flags.join(between)));
    said.or_else(|| moves(&["devices"]).then(|| starting(step)).flatten())
}

/// What starts it after a step, where that is a line; of a file that is written first, the line behind it, or where another
/// model is read there, the line that reads it.
fn starting(step: &Step) -> Option<String> {
    let runs = step.verdict.fits() && step.after.refusal.is_none();
    let all = runs.then(|| start(&step.after)).flatten()?;
    let lines: Vec<&str> = all.lines().collect();
    match lines[..] {
        [line] => Some(line.to_owned()),
        [.., last] if step.changes.iter().any(|change| change.key == "devices") => Some(last.to_owned()),
        _ => lines
            .iter()
            // The tokenizer, which is loaded before it, is not what is another.
            .find(|line| line.contains("from_pretrained(") && !line.contains("AutoTokenizer"))
            .map(|line| line.trim().to_owned()),
    }
}

/// The command that raises a limit on the machine, where the step is that.
fn raising(step: &Step, machine: &Machine) -> Option<String> {
    let change = step.changes.iter().find(|change| change.key == "raised_limit")?;
    let Memory::Unified { gpu_limit: Some(limit), .. } = machine.memory.value() else { return None };
    let to = change.value.strip_suffix("GiB")?.parse::<f64>().ok()?;
    limit.raise.map(|raise| format!("{} {}", raise.command(Bytes::gib(to)), raise.place()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Verdict;
    use crate::engine::estimate::nowhere;
    use crate::engine::plan::Damage;
    use crate::engine::working::Detail;
    use crate::spec::{Gnn, Workload};

    fn step((need_before, need): (f64, f64), (delta, total): (f64, f64)) -> Step {
        Step {
            changes: Vec::new(),
            before: String::new(),
            shown: None,
            action: None,
            damage: Damage::Slower,
            note: "",
            delta: Bytes::gib(delta),
            total: Bytes::gib(total),
            need: Some(Bytes::gib(need)),
            need_before: Some(Bytes::gib(need_before)),
            limit: None,
            speed: None,
            pace: None,
            after: nowhere(&Scenario::new("", Workload::Gnn(Gnn::default())), Detail::Figures).resolved,
            verdict: Verdict::Fits,
        }
    }

    #[test]
    fn a_change_stands_before_the_sum_that_it_changes() {
        for (need, total, said) in [
            ((40.8, 36.8), (-4.0, 36.8), "-4.0 GiB, 36.8 GiB needed then"),
            ((40.8, 36.8), (-4.0, 37.3), "-4.0 GiB, 36.8 GiB needed then (37.3 GiB with system memory)"),
            (
                (41.3, 21.0),
                (21.7, 63.0),
                "-20.3 GiB on the device, 21.0 GiB needed then (+21.7 GiB to 63.0 GiB with system memory)",
            ),
            (
                (41.3, 21.0),
                (0.0, 41.3),
                "-20.3 GiB on the device, 21.0 GiB needed then (41.3 GiB with system memory)",
            ),
            (
                (21.0, 21.0),
                (2.0, 30.0),
                "as much on the device, 21.0 GiB needed then (+2.0 GiB to 30.0 GiB with system memory)",
            ),
        ] {
            assert_eq!(step_figures(&step(need, total)), said);
        }
        let fast = Step { speed: Some(42.74), ..step((4.0, 3.0), (-1.0, 3.0)) };
        assert!(step_figures(&fast).ends_with(", +4,174 % speed"), "{}", step_figures(&fast));
    }
}
