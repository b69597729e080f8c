//! Measured speeds: coefficients fitted to them, and how far each lies from what is predicted without its machine.
//!
//! The fit is part of the program because its published errors are made by it, machine by machine; the coefficients
//! that ship are printed by `examples/fit_speed.rs`.

mod band;
mod calibrate;
mod chips;
mod errors;
mod fit;
mod frozen;
mod leave_out;
mod rows;
mod shares;
mod tensor;
mod training;
mod training_fit;
mod transfer;

pub use calibrate::{calibrate, calibration_text};
pub use errors::{SpeedErrors, SpeedPoint, speed_errors};
pub use rows::{SpeedKind, SpeedRow, speed_rows};
pub use tensor::tensor_errors;
pub use training::TrainingRuns;
pub use transfer::{Transfer, transfer_errors, transfers};
