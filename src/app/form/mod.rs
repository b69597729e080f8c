//! The form of a scenario beside its sliders: which settings it shows, and what setting one does. No drawing.

mod family;
mod labels;
mod lines;
mod set;
mod settings;

pub(super) use family::{first_axis, hint, label, sliders, switched};
pub(super) use lines::{Control, Setting};
pub(super) use set::set;
pub(super) use settings::{Settings, settings};

#[cfg(test)]
mod tests;
