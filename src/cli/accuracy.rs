//! `plimsoll accuracy`: predicted against measured.

mod terminal;

use super::args::AccuracyArgs;
use super::error::CliError;
use super::{Context, Outside};
use crate::catalog::calibration;
use crate::evidence::Accuracy;

/// Prints each group's errors, its worst case named, and each case where asked.
pub(super) fn accuracy(asked: &AccuracyArgs, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    let context = Context::load(outside);
    let accuracy = Accuracy::of(&context.catalog, calibration())?;
    let text = if asked.json {
        let pretty = serde_json::to_string_pretty(&accuracy.json(asked.all));
        pretty.map_err(CliError::written)? + "\n"
    } else if asked.markdown {
        accuracy.markdown()
    } else {
        terminal::text(&accuracy, asked.all)
    };
    outside.print(&text);
    Ok(0)
}
