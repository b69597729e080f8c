//! Fits the speed coefficients to the measurements that ship, and prints them as `assets/catalog/calibration.ron` holds
//! them:
//!
//! ```sh
//! cargo run --no-default-features --example fit_speed > assets/catalog/calibration.ron
//! ```

use std::error::Error;

use plimsoll::catalog::Catalog;
use plimsoll::evidence::calibrate;

#[expect(clippy::print_stdout, reason = "the coefficients are what this example is run for")]
fn main() -> Result<(), Box<dyn Error>> {
    let calibration = calibrate(&Catalog::built_in())?;
    let form = ron::ser::PrettyConfig::new().indentor("    ".to_owned()).depth_limit(4);
    let text = ron::ser::to_string_pretty(&calibration, form)?;
    println!("// Printed by `cargo run --example fit_speed` from assets/evidence/measurements.\n{text}");
    Ok(())
}
