//! Settings as axes that are plotted against, slid along and solved for: read, set, and their range.

use std::sync::Arc;

use super::scale::{parameters, scaled};
use crate::spec::settings::{Amount, Slider};
use crate::spec::{LanguageModel, Place, Scenario, Setting};
use crate::units::{count, whole};

/// A setting that memory can be shown against, by its key in presets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Axis(&'static str);

/// Axes that more is known about than their settings say.
impl Axis {
    /// Tokens of context in all.
    pub const CONTEXT: Self = Self("context");
    /// Parameters of the model, its shape scaled.
    pub const MODEL_SIZE: Self = Self("model_size");
    /// How the weights are stored.
    pub const QUANTIZATION: Self = Self("quantization");
    /// Requests in flight at once.
    pub const CONCURRENCY: Self = Self("concurrency");
    /// How keys and values are kept.
    pub const KV_PRECISION: Self = Self("kv_precision");
    /// Tokens of a prompt.
    pub const PROMPT: Self = Self("prompt");
    /// Tokens computed at once in prefill by llama.cpp.
    pub const UBATCH: Self = Self("ubatch");
    /// Layers on the accelerator.
    pub const GPU_LAYERS: Self = Self("gpu_layers");
    /// Layers whose experts are on the accelerator.
    pub const EXPERTS: Self = Self("cpu_experts");
    /// How the base of a fine-tune or the models of a pipeline are held.
    pub const PRECISION: Self = Self("precision");
    /// Tokens of a training sequence.
    pub const SEQUENCE: Self = Self("sequence");
    /// Tokens at which longer graphs are cut.
    pub const MAX_SEQUENCE: Self = Self("max_sequence");
    /// Nodes of a graph.
    pub const NODES: Self = Self("nodes");
    /// Edges of a graph.
    pub const EDGES: Self = Self("edges");
    /// How unlike the sizes of graphs are.
    pub const SIZE_SPREAD: Self = Self("size_spread");
    /// Nodes whose loss is computed at once.
    pub const BATCH_NODES: Self = Self("batch_nodes");
    /// Side of a square image of as many pixels.
    pub const RESOLUTION: Self = Self("resolution");
}

impl Axis {
    /// The sliders of a scenario's form, a model's size first.
    pub fn sliders(scenario: &Scenario) -> Vec<Self> {
        let shown = Setting::of(scenario).filter(|setting| setting.shown(scenario) == Place::Slider);
        shown.map(|setting| Self(setting.key)).collect()
    }

    /// The axes that mean something for a scenario, the most telling one first.
    pub fn available(scenario: &Scenario) -> Vec<Self> {
        let plotted = |setting: &&Setting| {
            setting.slides(scenario) && setting.slider.is_some_and(|slider| slider.plotted)
        };
        let settings: Vec<&Setting> = Setting::of(scenario).filter(plotted).collect();
        let mut axes: Vec<Self> = settings.iter().map(|setting| Self(setting.key)).collect();
        let is_first = |setting: &&Setting| setting.slider.is_some_and(|slider| slider.first);
        if let Some(first) = settings.iter().position(is_first) {
            axes[..=first].rotate_right(1);
        }
        axes
    }

    /// Its key in presets.
    pub const fn key(self) -> &'static str {
        self.0
    }

    /// Its setting in a scenario.
    pub fn setting(self, scenario: &Scenario) -> Option<&'static Setting> {
        Setting::find(scenario, self.0)
    }

    /// The first setting of the key that is slid along; those of other families are slid along alike.
    fn any(self) -> Option<(&'static Setting, Slider)> {
        Setting::all()
            .filter(|setting| setting.key == self.0)
            .find_map(|setting| setting.slider.map(|slider| (setting, slider)))
    }

    /// As people read it in a scenario's form.
    pub fn label(self, scenario: &Scenario) -> &'static str {
        let setting = self.setting(scenario);
        setting.map_or(self.0, |setting| match setting.slider {
            Some(Slider { label, .. }) if !label.is_empty() => label,
            _ => setting.label,
        })
    }

    /// What it counts; empty where its steps have names.
    pub fn unit(self) -> &'static str {
        self.any().map_or("", |(setting, _)| setting.unit)
    }

    /// Whether its range spans decades.
    pub fn is_log(self) -> bool {
        self.any().is_some_and(|(_, slider)| slider.log)
    }

    /// Whether only its whole steps exist, each with a name.
    pub fn is_stepped(self) -> bool {
        self.any().is_some_and(|(_, slider)| slider.steps.is_some())
    }

    /// Whether values between whole numbers mean something.
    pub fn is_fractional(self) -> bool {
        self.any().is_some_and(|(_, slider)| slider.fractional)
    }

    /// As people read it within a sentence: `context`, `KV cache`.
    pub fn in_sentence(self, scenario: &Scenario) -> String {
        let label = self.label(scenario);
        match label.split_at_checked(1) {
            Some((first, rest)) if !rest.starts_with(char::is_uppercase) => first.to_lowercase() + rest,
            _ => label.to_owned(),
        }
    }

    /// The scenario's own value on it, in full: `32,768`, `Q4_K_M`, `70.6B`, `1280 × 704`.
    pub fn exact(self, scenario: &Scenario) -> String {
        match self.setting(scenario) {
            Some(setting) if self != Self::MODEL_SIZE => setting.text(scenario),
            _ => self.in_full(self.get(scenario)),
        }
    }

    /// One of its values in full: `32,768`, `70.6B`.
    pub fn in_full(self, value: f64) -> String {
        self.any().map_or_else(String::new, |(setting, slider)| {
            let rough = setting.amount == Amount::Count && value >= 1e7;
            if slider.fractional || rough { setting.brief(value) } else { setting.number(value) }
        })
    }

    /// One of its values in a few characters, for ticks and marks.
    pub fn brief(self, scenario: &Scenario, value: f64) -> String {
        let setting = self.setting(scenario);
        setting.map_or_else(String::new, |setting| {
            if self.is_stepped() { setting.text_at(scenario, value) } else { setting.brief(value) }
        })
    }

    /// Least and most that make sense here.
    pub fn range(self, scenario: &Scenario) -> (f64, f64) {
        let slider = self.setting(scenario).and_then(|setting| setting.slider);
        slider.map_or((0.0, 0.0), |slider| match slider.steps {
            Some(steps) => (0.0, count(u64::try_from(steps(scenario).len().saturating_sub(1)).unwrap_or(0))),
            None => (slider.range)(scenario),
        })
    }

    /// The name of a step on a stepped axis, else `None`.
    pub fn step_name(self, scenario: &Scenario, step: f64) -> Option<&'static str> {
        let steps = self.setting(scenario)?.slider?.steps?;
        steps(scenario).get(usize::try_from(whole(step.max(0.0))).ok()?).copied()
    }

    /// Where a scenario stands on it; a step's place in its ladder for stepped axes, and 0 where it means nothing.
    pub fn get(self, scenario: &Scenario) -> f64 {
        if self == Self::MODEL_SIZE {
            return scenario.language().map_or(0.0, |language| parameters(&language.model));
        }
        self.setting(scenario).map_or(0.0, |setting| setting.stands(scenario))
    }

    /// The scenario moved to another place on it; everything else stays, but for what must follow.
    pub fn set(self, scenario: &Scenario, value: f64) -> Scenario {
        if self == Self::MODEL_SIZE {
            let mut moved = scenario.clone();
            if let Some(language) = moved.language_mut() {
                resize(language, value);
            }
            return moved;
        }
        let moved = |setting: &Setting| scenario.with(self.0, &setting.text_at(scenario, value)).ok();
        self.setting(scenario).and_then(moved).map_or_else(|| scenario.clone(), |(moved, _)| moved)
    }
}

/// How near to its own size a model counts as itself.
const OWN_SIZE: f64 = 0.01;

/// Scales the published shape, so that sliding there and back changes nothing; near its own size it is itself.
fn resize(language: &mut LanguageModel, wanted: f64) {
    if (wanted / parameters(&language.base) - 1.0).abs() < OWN_SIZE {
        language.model = Arc::clone(&language.base);
        language.size = None;
    } else {
        language.model = Arc::new(scaled(&language.base, wanted));
        language.size = Some(parameters(&language.model));
    }
}
