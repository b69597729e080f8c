//! What programs print about their own runs, read as measurements: `llama-bench`, llama.cpp's timings, Ollama, `mlx_lm`
//! and vLLM.
//!
//! A log is text from anywhere: only so much of it is kept, whatever its length, and no line can cost more than its
//! own reading.

mod beside;
mod file;
mod json;
mod keep;
mod lines;
mod llama_bench;
mod run;
mod server;

pub use beside::{Beside, beside};
pub use file::{LogError, read_log_file};
pub use keep::kept;
pub use run::{LogFigure, LogProgram, LogQuantity, LogRun};

use run::Runs;

/// Most characters of a line that are looked at.
const LONGEST_LINE: usize = 1 << 16;

/// A text in which no program's figures were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no figures of a run were found in it; logs of llama-bench (JSON, CSV or Markdown), llama-server, `ollama run --verbose`, mlx_lm.generate and vLLM are read"
)]
pub struct NoFigures;

/// The runs that a log tells of, in its order.
///
/// # Errors
/// When it tells of none.
pub fn read_log(text: &str) -> Result<Vec<LogRun>, NoFigures> {
    let mut runs = Runs::default();
    if !json::read(text, &mut runs) && !llama_bench::csv(text, &mut runs) {
        for (number, line) in text.lines().enumerate() {
            let line = line.char_indices().nth(LONGEST_LINE).map_or(line, |(end, _)| &line[..end]);
            let known = json::line(line, number + 1, &mut runs)
                || llama_bench::row(line, number + 1, &mut runs)
                || lines::read(line, number + 1, &mut runs)
                || server::read(line, number + 1, &mut runs);
            if !known {
                lines::context(line, &mut runs);
            }
            if runs.is_full() {
                break;
            }
        }
    }
    let found = runs.finish();
    if found.is_empty() { Err(NoFigures) } else { Ok(found) }
}

#[cfg(test)]
mod tests;
