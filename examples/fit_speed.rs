//! Fits the speed coefficients to the measurements that ship, and prints them as `assets/catalog/calibration.ron` holds
//! them:
//!
//! ```sh
//! cargo run --no-default-features --example fit_speed > assets/catalog/calibration.ron
//! ```

use std::error::Error;

use plimsoll::catalog::Catalog;
use plimsoll::evidence::calibration_text;

#[expect(clippy::print_stdout, reason = "the coefficients are what this example is run for")]
fn main() -> Result<(), Box<dyn Error>> {
    print!("{}", calibration_text(&Catalog::built_in())?);
    Ok(())
}
