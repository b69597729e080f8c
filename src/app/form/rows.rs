//! The rows of a form that are no sliders, as the declarations of the settings say.

use crate::app::convert::shown_as;
use crate::spec::settings::{Choice, Entry};
use crate::spec::{Place, Scenario, Setting};

/// How a setting is made.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Control {
    /// One of a few, as they are named in presets and as people read them.
    Choice(Vec<Choice>),
    /// Yes or no.
    Switch,
    /// Typed.
    Field,
}

/// A row of the form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Its key in presets.
    pub key: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What it is, on hovering.
    pub hint: String,
    /// Its value as presets write it.
    pub value: String,
    /// Its value as people read it.
    pub text: String,
    /// How it is set.
    pub control: Control,
}

impl Row {
    fn of(setting: &Setting, scenario: &Scenario) -> Option<Self> {
        let entry = setting.entry(scenario)?;
        let choices = setting.choices(scenario);
        let control = match entry {
            Entry::Flag(_) => Control::Switch,
            _ if choices.is_empty() => Control::Field,
            _ => Control::Choice(choices),
        };
        let (hint, text) = (setting.hint(), setting.text(scenario));
        Some(Self { key: setting.key, label: setting.label, hint, value: entry.text(), text, control })
    }
}

/// The rows a form shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rows {
    /// Above the sliders: what the sliders are of.
    pub head: Vec<Row>,
    /// Below them.
    pub main: Vec<Row>,
    /// What few need, folded away.
    pub advanced: Vec<Row>,
}

/// The rows of a scenario with their values: those of the context as the server opens it on the machine.
pub(crate) fn rows(scenario: &Scenario, resolved: &Scenario) -> Rows {
    let shown = |place: Place| -> Vec<Row> {
        let there = Setting::of(scenario).filter(|setting| setting.shown(scenario) == place);
        there.filter_map(|setting| Row::of(setting, shown_as(scenario, resolved, setting.key))).collect()
    };
    Rows { head: shown(Place::Head), main: shown(Place::Main), advanced: shown(Place::Advanced) }
}
