//! The outside world as the terminal sees it; tests give their own.

use std::io::{Read, Write};
use std::path::PathBuf;

use crate::detect::World;

/// Largest text read from a preset file or from standard input.
pub(super) const LARGEST_TEXT: u64 = 16 * 1024 * 1024;

/// Everything an answer may touch.
pub struct Outside<'a> {
    /// Standard input, for `-`.
    pub input: &'a mut dyn Read,
    /// Where answers go.
    pub output: &'a mut dyn Write,
    /// Where errors and remarks go.
    pub errors: &'a mut dyn Write,
    /// How this machine is looked at.
    pub world: &'a dyn World,
    /// The user's folder of machines, models and presets.
    pub user_folder: Option<PathBuf>,
    /// Today, `YYYY-MM-DD`.
    pub today: String,
}

impl Outside<'_> {
    /// Prints an answer. A reader that went away, as `head` does, is no error.
    pub(super) fn print(&mut self, text: &str) {
        let written = self.output.write_all(text.as_bytes()).and_then(|()| self.output.flush());
        drop(written);
    }

    /// Prints an error or a remark.
    pub(super) fn complain(&mut self, text: &str) {
        let written = self.errors.write_all(text.as_bytes());
        drop(written);
    }
}
