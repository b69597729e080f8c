//! Lines of a form: what is set, with its value and the way to set it.

use crate::spec::preset::Entry;
use crate::spec::{Named, Scenario};
use crate::units::show_grouped;

/// How a setting is made.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Control {
    /// One of a few, as they are named in presets and as people read them.
    Choice(Vec<(String, String)>),
    /// Yes or no.
    Switch,
    /// Typed.
    Field,
}

/// A line of the form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting {
    /// Its key in presets.
    pub key: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What it does, on hovering.
    pub hint: &'static str,
    /// Its value as presets write it.
    pub value: String,
    /// Its value as people read it.
    pub text: String,
    /// How it is set.
    pub control: Control,
}

/// Collects lines; those whose key the scenario does not have are left out.
pub(super) struct Lines {
    entries: Vec<(&'static str, Entry)>,
    lines: Vec<Setting>,
}

impl Lines {
    pub(super) fn of(scenario: &Scenario) -> Self {
        Self { entries: crate::spec::preset::entries(scenario), lines: Vec::new() }
    }

    /// What was collected; further lines follow in another list.
    pub(super) fn take(&mut self) -> Vec<Setting> {
        std::mem::take(&mut self.lines)
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|(known, _)| *known == key).map(|(_, entry)| entry)
    }

    fn add(&mut self, (key, label, hint): Head, control: Control, shown: impl Fn(&Entry) -> String) {
        let Some(entry) = self.entry(key) else { return };
        let (value, text) = (entry.text(), shown(entry));
        self.lines.push(Setting { key, label, hint, value, text, control });
    }

    /// A choice among all of a kind.
    pub(super) fn choice<T: Named>(&mut self, head: Head, label: impl Fn(T) -> &'static str) {
        let mut options: Vec<(String, String)> = Vec::new();
        for (name, value) in T::NAMES.iter().filter(|(name, value)| value.key() == *name) {
            options.push(((*name).to_owned(), label(*value).to_owned()));
        }
        self.among(head, &options);
    }

    /// A choice among these.
    pub(super) fn among(&mut self, head: Head, options: &[(String, String)]) {
        let shown = |entry: &Entry| {
            let value = entry.text();
            options.iter().find(|(name, _)| *name == value).map_or(value, |(_, label)| label.clone())
        };
        self.add(head, Control::Choice(options.to_vec()), shown);
    }

    /// Yes or no.
    pub(super) fn switch(&mut self, head: Head) {
        self.add(head, Control::Switch, Entry::text);
    }

    /// A typed value.
    pub(super) fn field(&mut self, head: Head) {
        self.add(head, Control::Field, |entry| match entry {
            Entry::Count(count) => show_grouped(*count),
            other => other.text(),
        });
    }

    /// A typed share.
    pub(super) fn share(&mut self, head: Head) {
        self.add(head, Control::Field, |entry| match entry {
            Entry::Number(share) => format!("{:.0}%", share * 100.0),
            other => other.text(),
        });
    }
}

/// Key, label and hint of a line.
pub(super) type Head = (&'static str, &'static str, &'static str);
