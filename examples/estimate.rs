//! One estimate with the library, from a preset's text to a verdict:
//!
//! ```sh
//! cargo run --no-default-features --example estimate
//! ```

use std::error::Error;

use plimsoll::catalog::calibration;
use plimsoll::cli::Context;
use plimsoll::engine::{Assumptions, estimate};
use plimsoll::report::sentence;
use plimsoll::spec::preset::{parse, resolve};
use plimsoll::units::show_gib;

/// What is asked: any key of a preset may stand here; `plimsoll check --help` lists them.
const ASKED: &str = r#"(
    name: "Chat with a 70B model",
    model: "llama-3.3-70b",
    quantization: "Q4_K_M",
    context: "32k",
)"#;

#[expect(clippy::print_stdout, reason = "the answer is what this example is run for")]
fn main() -> Result<(), Box<dyn Error>> {
    let known = Context::built_in("");
    let preset = parse(ASKED, "asked.ron")?.remove(0);
    let scenario = resolve(preset, &known)?.scenario;
    for id in ["macbook-pro-16-m5-max-128gb", "rtx-4090"] {
        let machine = known.catalog.machine(id)?;
        let answer = estimate(&scenario, machine, &Assumptions::new(calibration()));
        println!("{}", sentence(&answer, &machine.name).headline);
        // Parts of the phase that needs most, as in the bar of the window.
        for part in answer.budget.peak().map_or(&[][..], |phase| &phase.parts) {
            println!("    {:<28} {}", part.name.label(), show_gib(part.bytes.best));
        }
    }
    Ok(())
}
