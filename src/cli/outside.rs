//! The outside world as the terminal sees it; tests give their own.

use std::io::{ErrorKind, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anstyle::Style;

use super::error::CliError;
use super::escape;
use crate::detect::World;
use crate::import::stores::Disk;
use crate::report::taken_for_granted;
use crate::spec::Machine;

/// Everything an answer may touch.
pub struct Outside<'a> {
    /// Standard input, for `-`.
    pub input: &'a mut dyn Read,
    /// Where answers go.
    pub output: Printer<'a>,
    /// Where errors and remarks go.
    pub errors: &'a mut dyn Write,
    /// How this machine is looked at.
    pub world: &'a dyn World,
    /// How models that are stored on it are looked for.
    pub disk: Arc<dyn Disk + Send + Sync>,
    /// The user's folder of machines, models and presets.
    pub user_folder: Option<PathBuf>,
    /// Today, `YYYY-MM-DD`.
    pub today: String,
}

/// Where answers go, and whether they arrived.
pub struct Printer<'a> {
    to: &'a mut dyn Write,
    color: bool,
    /// Why nothing more is written, once something could not be.
    stopped: Option<std::io::Error>,
}

impl<'a> Printer<'a> {
    /// Prints to `to`, with colors where they are seen as such.
    pub fn new(to: &'a mut dyn Write, color: bool) -> Self {
        Self { to, color, stopped: None }
    }

    fn write(&mut self, text: &str) {
        if self.stopped.is_none() {
            self.stopped = self.to.write_all(text.as_bytes()).and_then(|()| self.to.flush()).err();
        }
    }

    /// What kept an answer from arriving. A reader that went away, as `head` does, had what it wanted.
    fn failed(&mut self) -> Result<(), CliError> {
        match self.stopped.take() {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::Output(error)),
            _ => Ok(()),
        }
    }
}

impl Outside<'_> {
    /// Prints an answer; [`Self::arrived`] tells at the end whether all of it could be written.
    pub(super) fn print(&mut self, text: &str) {
        self.output.write(&escape::lines(text));
    }

    /// Prints JSON.
    pub(super) fn print_json(&mut self, text: &str) {
        self.output.write(&escape::json(text));
    }

    /// Prints something as one line of JSON.
    pub(super) fn print_as_json(&mut self, value: &impl serde::Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string(value).map_err(CliError::written)?;
        self.print_json(&(text + "\n"));
        Ok(())
    }

    /// Prints a word in a style, where colors are seen.
    pub(super) fn paint(&mut self, style: Style, text: &str) {
        let text = escape::lines(text);
        if self.output.color {
            self.output.write(&format!("{style}{text}{style:#}"));
        } else {
            self.output.write(&text);
        }
    }

    /// Whether everything that was printed could be written.
    pub(super) fn arrived(&mut self) -> Result<(), CliError> {
        self.output.failed()
    }

    /// Prints a remark of several lines. Where even that cannot be written, nobody is left to tell.
    pub(super) fn complain(&mut self, text: &str) {
        let written = self.errors.write_all(escape::lines(text).as_bytes());
        drop(written);
    }

    /// Says what is taken for granted of a machine that was described by its figures alone.
    pub(super) fn say_taken(&mut self, machine: &Machine) {
        for taken in taken_for_granted(machine) {
            self.remark("note", taken);
        }
    }

    /// Prints a remark of one line, whatever stands in it: `error: …`.
    pub(super) fn remark(&mut self, kind: &str, text: impl std::fmt::Display) {
        self.complain(&format!("{kind}: {}\n", escape::one_line(&text.to_string())));
    }
}
