//! The form of a scenario: which settings it shows, and what setting one does. No drawing.

mod family;
mod rows;

use super::convert::to_runtime;
use super::state::Change;
use crate::engine::axis::Axis;
use crate::spec::settings::SetError;
use crate::spec::{Named as _, Runtime, Scenario};
use crate::units::count;
pub(super) use family::{first_axis, hint, switched};
pub(super) use rows::{Control, Row, Rows, rows};

/// What setting one key does to a scenario, and what had to be changed to make sense of it.
///
/// # Errors
/// What would be right for the value, or what does not go with it.
pub(super) fn set(
    scenario: &Scenario,
    key: &'static str,
    text: &str,
) -> Result<(Change, Vec<String>), SetError> {
    let (after, notes) = scenario.with(key, text)?;
    let change = match Runtime::named(text.trim()) {
        Some(runtime) if key == "runtime" && scenario.inference().is_some() => {
            Change::Scenario(Box::new(to_runtime(scenario, runtime)))
        }
        _ if key == Axis::MODEL_SIZE.key() => match crate::spec::settings::model_size(text) {
            Some(size) => Change::Axis(Axis::MODEL_SIZE, size),
            None => Change::Scenario(Box::new(after)),
        },
        // As the slider does, which leaves the prompt as long as it was.
        _ if key == Axis::CONTEXT.key() && after.inference().is_some() => {
            Change::Axis(Axis::CONTEXT, after.inference().map_or(0.0, |inference| count(inference.context)))
        }
        _ => Change::Scenario(Box::new(after)),
    };
    Ok((change, notes))
}

#[cfg(test)]
mod tests;
