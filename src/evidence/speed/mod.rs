//! Measured speeds: coefficients fitted to them, and how far machines that were left out lie from what they say.

mod fit;
mod hand_over;
mod left_out;
mod rows;
mod shares;

pub use hand_over::{HandedOn, hand_over, hand_over_errors, handed_on};
pub use left_out::{SpeedErrors, calibrate, speed_errors};
pub use rows::{SpeedKind, SpeedRow, speed_rows};
pub use shares::{PeakShares, peak_shares};
