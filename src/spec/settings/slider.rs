//! Sliders: a setting as a place on a rail, which is also an axis to plot against and to solve for.

use super::{Entry, Setting};
use crate::spec::Scenario;
use crate::units::{count, whole};

/// How a setting is slid along.
#[derive(Clone, Copy, Debug)]
pub struct Slider {
    /// As the slider is labeled, where it runs the other way than the setting; else empty.
    pub label: &'static str,
    /// Whether there is something to slide along in a scenario.
    pub when: fn(&Scenario) -> bool,
    /// Ends of the rail.
    pub range: fn(&Scenario) -> (f64, f64),
    /// Whether the rail spans decades.
    pub log: bool,
    /// Whether values between whole numbers mean something.
    pub fractional: bool,
    /// Whether memory is plotted against it.
    pub plotted: bool,
    /// Whether its family's plot starts with it.
    pub first: bool,
    /// Names of its steps, smallest memory first, where only those exist.
    pub steps: Option<fn(&Scenario) -> Vec<&'static str>>,
    /// Where a scenario stands, where that is not the setting's number.
    pub get: Option<fn(&Scenario) -> f64>,
    /// The setting's text for a place, where that is not the number.
    pub text: Option<fn(&Scenario, f64) -> String>,
}

impl Slider {
    /// Whole numbers over decades.
    pub(crate) const fn log(range: fn(&Scenario) -> (f64, f64)) -> Self {
        Self {
            label: "",
            when: |_| true,
            range,
            log: true,
            fractional: false,
            plotted: true,
            first: false,
            steps: None,
            get: None,
            text: None,
        }
    }

    /// Whole numbers at even distances.
    pub(crate) const fn linear(range: fn(&Scenario) -> (f64, f64)) -> Self {
        Self { log: false, ..Self::log(range) }
    }

    /// Named steps.
    pub(crate) const fn steps(steps: fn(&Scenario) -> Vec<&'static str>) -> Self {
        Self { steps: Some(steps), ..Self::linear(|_| (0.0, 0.0)) }
    }
}

impl Setting {
    /// Where a scenario stands on the setting's rail; a step's place among the steps, and 0 for what is none of them.
    pub fn stands(&self, scenario: &Scenario) -> f64 {
        let Some(slider) = &self.slider else { return 0.0 };
        let entry = self.entry(scenario);
        match (slider.get, slider.steps, &entry) {
            (Some(get), ..) => get(scenario),
            (None, Some(steps), Some(entry)) => {
                let text = entry.text();
                let place = steps(scenario).iter().position(|step| *step == text).unwrap_or(0);
                count(u64::try_from(place).unwrap_or(0))
            }
            (None, None, Some(Entry::Count(number))) => count(*number),
            (None, None, Some(Entry::Number(number))) => *number,
            _ => 0.0,
        }
    }

    /// The setting's text for a place on its rail, as a preset or `--set` would give it.
    pub fn text_at(&self, scenario: &Scenario, place: f64) -> String {
        let Some(slider) = &self.slider else { return String::new() };
        match (slider.steps, slider.text) {
            (Some(steps), _) => {
                let index = usize::try_from(whole(place.max(0.0))).unwrap_or(usize::MAX);
                steps(scenario).get(index).copied().unwrap_or_default().to_owned()
            }
            (None, Some(text)) => text(scenario, place),
            (None, None) if slider.fractional => place.to_string(),
            (None, None) => whole(place).to_string(),
        }
    }
}
