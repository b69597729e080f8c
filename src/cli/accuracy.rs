//! `plimsoll accuracy`: predicted against measured.

use super::Outside;
use super::args::AccuracyArgs;

/// Prints each group's errors, and each case where asked.
pub(super) fn accuracy(_asked: &AccuracyArgs, _outside: &mut Outside<'_>) -> Result<u8, String> {
    Ok(0)
}
