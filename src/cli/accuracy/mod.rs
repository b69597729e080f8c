//! `plimsoll accuracy`: predicted against measured.

mod json;
mod markdown;
mod terminal;

use super::args::AccuracyArgs;
use super::{Context, Outside};
use crate::catalog::calibration;
use crate::evidence::Accuracy;

/// Prints each group's errors, its worst case named, and each case where asked.
pub(super) fn accuracy(asked: &AccuracyArgs, outside: &mut Outside<'_>) -> Result<u8, String> {
    let context = Context::load(outside);
    let accuracy = Accuracy::of(&context.catalog, calibration()).map_err(|error| error.to_string())?;
    let text = if asked.json {
        json::text(&accuracy, asked.all)?
    } else if asked.markdown {
        markdown::text(&accuracy)
    } else {
        terminal::text(&accuracy, asked.all)
    };
    outside.print(&text);
    Ok(0)
}

/// A share in percent.
fn percent(share: f64) -> String {
    if share.abs() < 0.000_05 { "0 %".to_owned() } else { format!("{:.2} %", share * 100.0) }
}
