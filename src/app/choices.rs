//! The values of an axis as people read and type them.

use super::command::Command;
use super::state::Change;
use crate::engine::axis::Axis;
use crate::engine::{PartName, Placement, budget};
use crate::spec::preset::entries;
use crate::spec::{Scenario, Workload};
use crate::units::{count, parse_count, parse_tokens, show_count, show_grouped, whole};

/// The steps of a stepped axis with their names; empty for others.
pub(super) fn of(scenario: &Scenario, axis: Axis) -> Vec<(f64, String)> {
    let (least, most) = axis.range(scenario);
    let mut steps = Vec::new();
    let mut step = least;
    while axis.is_stepped() && step <= most {
        if let Some(name) = axis.step_name(scenario, step) {
            steps.push((step, name.to_owned()));
        }
        step += 1.0;
    }
    steps
}

/// Whether what the scenario has on a stepped axis is one of its runtime's steps.
pub(super) fn offers(scenario: &Scenario, axis: Axis) -> bool {
    let name = exact(scenario, axis);
    of(scenario, axis).iter().any(|(_, step)| *step == name)
}

/// Where a scenario stands on an axis. A weight format that is not one of the runtime's steps stands at the step
/// whose bytes come nearest.
pub(crate) fn place(scenario: &Scenario, axis: Axis) -> f64 {
    if axis != Axis::Quantization || offers(scenario, axis) {
        return axis.get(scenario);
    }
    let bytes = |scenario: &Scenario| {
        let budget = budget(scenario, Placement::Metal);
        budget.peak().map_or(0.0, |phase| phase.named(PartName::Weights).best.get())
    };
    let wanted = bytes(scenario);
    let away = |step: f64| (bytes(&axis.set(scenario, step)) - wanted).abs();
    let steps = of(scenario, axis).into_iter().map(|(step, _)| step);
    steps.min_by(|a, b| away(*a).total_cmp(&away(*b))).unwrap_or_default()
}

/// An axis as a form labels it.
pub(super) const fn title(axis: Axis) -> &'static str {
    match axis {
        Axis::Context => "Context",
        Axis::ModelSize => "Model size",
        Axis::Quantization => "Quantisation",
        Axis::Concurrency => "Concurrent requests",
        Axis::KvPrecision => "KV cache",
        Axis::Prompt => "Prompt",
        Axis::Ubatch => "Tokens at once",
        Axis::GpuLayers => "GPU layers",
        Axis::GpuExperts => "Expert layers on the GPU",
        Axis::BasePrecision => "Base precision",
        Axis::Sequence => "Sequence length",
        Axis::MicroBatch => "Micro-batch",
        Axis::Rank => "Adapter rank",
        Axis::TunedLayers => "Tuned layers",
        Axis::Truncation => "Cut at",
        Axis::Nodes => "Graph nodes",
        Axis::Edges => "Graph edges",
        Axis::SizeSpread => "Spread of sizes",
        Axis::InWidth => "Feature width",
        Axis::Hidden => "Hidden width",
        Axis::GnnLayers => "Layers",
        Axis::Heads => "Heads",
        Axis::BatchNodes => "Batch nodes",
        Axis::Resolution => "Resolution",
        Axis::Frames => "Frames",
        Axis::Pictures => "Pictures at once",
        Axis::PicturePrecision => "Precision",
    }
}

/// The key that a step of an axis is set by in presets.
const fn key(axis: Axis) -> Option<&'static str> {
    match axis {
        Axis::Quantization => Some("quantization"),
        Axis::KvPrecision => Some("kv_precision"),
        Axis::BasePrecision | Axis::PicturePrecision => Some("precision"),
        _ => None,
    }
}

/// The scenario's own value on an axis, in full: `32,768`, `Q4_K_M`, `70.6B`, `1280 × 704`.
pub(super) fn exact(scenario: &Scenario, axis: Axis) -> String {
    if let Some(key) = key(axis) {
        let entry = entries(scenario).into_iter().find(|(known, _)| *known == key);
        return entry.map(|(_, entry)| entry.text()).unwrap_or_default();
    }
    match (&scenario.workload, axis) {
        (Workload::Diffusion(diffusion), Axis::Resolution) => {
            format!("{} × {}", diffusion.width, diffusion.height)
        }
        _ => in_full(axis, axis.get(scenario)),
    }
}

/// A value of an unstepped axis in full.
pub(super) fn in_full(axis: Axis, value: f64) -> String {
    match axis {
        Axis::ModelSize => parameters(value),
        Axis::SizeSpread => format!("{value:.1}"),
        Axis::Nodes | Axis::Edges if value >= 1e7 => show_count(value),
        _ => show_grouped(whole(value)),
    }
}

/// A value of an axis in a few characters, for ticks and marks.
pub(super) fn brief(scenario: &Scenario, axis: Axis, value: f64) -> String {
    match axis {
        Axis::ModelSize => parameters(value),
        Axis::SizeSpread => in_full(axis, value),
        Axis::Context | Axis::Prompt | Axis::Ubatch | Axis::Sequence | Axis::Truncation => tokens(value),
        Axis::Resolution | Axis::InWidth | Axis::Hidden | Axis::Rank => whole(value).to_string(),
        _ if axis.is_stepped() => axis.step_name(scenario, value).unwrap_or_default().to_owned(),
        _ => show_count(value),
    }
}

/// Parameters with three figures: `8.03B`, `70.6B`, `671B`.
pub(super) fn parameters(value: f64) -> String {
    let (scaled, suffix) = if value >= 999.5e9 {
        (value / 1e12, "T")
    } else if value >= 999.5e6 {
        (value / 1e9, "B")
    } else {
        (value / 1e6, "M")
    };
    let text = if scaled >= 99.95 {
        format!("{scaled:.0}")
    } else if scaled >= 9.995 {
        format!("{scaled:.1}")
    } else {
        format!("{scaled:.2}")
    };
    format!("{text}{suffix}")
}

/// Tokens in binary thousands: `512`, `8K`, `37.9K`.
fn tokens(value: f64) -> String {
    if value < 1024.0 {
        return show_grouped(whole(value));
    }
    let (scaled, suffix) =
        if value < 1_048_576.0 { (value / 1024.0, "K") } else { (value / 1_048_576.0, "M") };
    let shown = format!("{scaled:.1}");
    format!("{}{suffix}", shown.strip_suffix(".0").unwrap_or(&shown))
}

/// What came of a typed value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Typed {
    /// What it asks for.
    pub commands: Vec<Command>,
    /// Said when it had to be moved into range.
    pub clamped: Option<String>,
}

/// Reads a value typed beside a slider.
///
/// # Errors
/// In words: what would be right.
pub(super) fn parse(scenario: &Scenario, axis: Axis, text: &str) -> Result<Typed, String> {
    let plain = |commands| Ok(Typed { commands, clamped: None });
    let set = |key, text: &str| Command::Set(key, text.trim().to_owned());
    if let Some(key) = key(axis) {
        return plain(vec![set(key, text)]);
    }
    let sides = text.split_once(['×', 'x', '*']);
    match axis {
        Axis::TunedLayers if text.trim().eq_ignore_ascii_case("all") => {
            plain(vec![set("tuned_layers", "all")])
        }
        Axis::Truncation if text.trim().eq_ignore_ascii_case("none") => {
            plain(vec![set("truncation", "none")])
        }
        Axis::Resolution if let Some((width, height)) = sides => {
            plain(vec![set("width", width), set("height", height)])
        }
        Axis::SizeSpread => match text.trim().parse::<f64>() {
            Ok(spread) if spread.is_finite() => Ok(clamped(scenario, axis, spread)),
            _ => Err(format!("`{}` is no spread; write for example 2.5", text.trim())),
        },
        Axis::Context | Axis::Prompt | Axis::Ubatch | Axis::Sequence | Axis::Truncation => parse_tokens(text)
            .map_err(|error| error.to_string())
            .map(|value| clamped(scenario, axis, count(value))),
        _ => parse_count(text)
            .map_err(|error| error.to_string())
            .map(|value| clamped(scenario, axis, count(value))),
    }
}

fn clamped(scenario: &Scenario, axis: Axis, wanted: f64) -> Typed {
    let (least, most) = axis.range(scenario);
    let value = wanted.clamp(least, most);
    let clamped = (wanted < least || wanted > most).then(|| {
        let (bound, limit) = if wanted > most { ("at most", most) } else { ("at least", least) };
        format!("{} is {bound} {} {} here", title(axis), in_full(axis, limit), axis.unit())
    });
    Typed { commands: vec![Command::Change(Change::Axis(axis, value))], clamped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_characters() {
        for (value, shown) in [(512.0, "512"), (8192.0, "8K"), (38_810.0, "37.9K"), (2_097_152.0, "2M")] {
            assert_eq!(tokens(value), shown);
        }
        for (value, shown) in [(8.03e9, "8.03B"), (70.55e9, "70.5B"), (671e9, "671B"), (494e6, "494M")] {
            assert_eq!(parameters(value), shown);
        }
    }
}
