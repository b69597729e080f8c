//! The settings of every family: each is declared once, in the file of its family, and everything that reads, writes,
//! checks, shows or explains settings goes through these declarations.

mod change;
mod declare;
mod find;
mod general;
mod show;
mod slider;
mod usual;
mod value;

pub use change::SetError;
pub(crate) use declare::{MOST_TOKENS, settings};
pub use find::Unknown;
pub use general::model_size;
pub use show::parameters;
pub use slider::Slider;
pub use usual::Conflict;
pub(crate) use usual::settle;
pub use value::{Amount, Entry, ValueError};
pub(crate) use value::{Given, Value};

use super::{Family, Runtime, Scenario};

/// Where a form shows a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On no line of its own: a name, or what is chosen elsewhere.
    Elsewhere,
    /// Above the sliders: what they are of.
    Head,
    /// A slider, and a line where there is nothing to slide along.
    Slider,
    /// A line below the sliders.
    Main,
    /// A line of what few need, folded away.
    Advanced,
}

/// Families that share a setting.
pub(crate) type Families = &'static [Family];

/// A choice by its name in presets, and as people read it.
pub type Choice = (&'static str, String);

/// One setting: all that is known about it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key in presets and for `--set`.
    pub key: &'static str,
    /// The key it had before, which goes on working; empty where it had none.
    pub was: &'static str,
    /// What other programs call it; each works as its key does.
    pub also: &'static [&'static str],
    /// What it is, a line of documentation each.
    pub doc: &'static [&'static str],
    /// As a form and a report name it.
    pub label: &'static str,
    /// What its number counts; empty where it counts nothing.
    pub unit: &'static str,
    /// The families that know it.
    pub families: &'static [Family],
    /// Whether presets, reports and JSON hold it; else others hold its value.
    pub written: bool,
    /// Where a form shows it.
    pub place: Place,
    /// Least and most of its number; what lies beyond is moved into it, and said.
    pub range: (f64, f64),
    /// How its number is read and shown.
    pub amount: Amount,
    /// Names that stand for a number, such as `none` for 0.
    pub words: &'static [(&'static str, u64)],
    /// What its default follows from, where it is not the same for all.
    pub usual: &'static str,
    /// The runtimes that hear it; others take no notice, and that is said.
    pub heard: &'static [Runtime],
    /// Whether it means something beside the other settings of a scenario, whatever the runtime.
    pub when: fn(&Scenario) -> bool,
    /// How it is slid along, plotted against and solved for.
    pub slider: Option<Slider>,
    /// Settings whose values went with the old value of this one and take their defaults with a new one.
    pub(crate) resets: &'static [&'static str],
    /// What must follow when it is moved in a scenario that stands.
    pub(crate) follow: fn(&Scenario, &mut Scenario),
    /// The choices there are in a scenario, where not all of its kind are.
    pub(crate) among: Option<fn(&Scenario) -> Vec<Choice>>,
    pub(crate) offers: fn() -> Vec<Choice>,
    /// Whether a scenario of its families has it.
    pub(crate) there: fn(&Scenario) -> bool,
    pub(crate) get: fn(&Scenario) -> Option<Entry>,
    /// Whether two scenarios have the same value, told without writing either.
    pub(crate) same: Option<fn(&Scenario, &Scenario) -> bool>,
    pub(crate) set: fn(&Self, &mut Scenario, &str) -> Result<Option<String>, ValueError>,
    pub(crate) check: fn(&Self, &str) -> Result<(), ValueError>,
    pub(crate) default: fn() -> Option<Entry>,
}
