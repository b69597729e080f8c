//! The terminal: arguments in, answers out, no display needed.

mod accuracy;
mod args;
mod ask;
mod basis;
mod check;
mod claims;
mod compare;
mod context;
mod error;
mod escape;
mod list;
mod log;
mod machine;
mod measure;
mod models;
mod outside;
mod plan;
mod raised;
mod rank;
mod serve;
mod solve;
mod table;
mod usage;
mod verdict;

pub use args::{Args, Command};
pub use context::Context;
pub use outside::{Outside, Printer};

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::detect::probe_answer;
use error::CliError;

/// Exit code when something went wrong; the verdicts have 0, 1 and 2.
pub const ERROR: u8 = 3;

/// What the arguments ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The window, with a file to open.
    Window(Option<PathBuf>),
    /// Nothing more: it was answered in the terminal with this exit code.
    Answered(u8),
}

/// Reads the arguments and answers them, unless they ask for the window.
pub fn run(arguments: impl IntoIterator<Item = OsString>, outside: &mut Outside<'_>) -> Asked {
    let answered = match Args::try_parse_from(arguments) {
        Ok(Args { command: None, file }) => return Asked::Window(file),
        Ok(Args { command: Some(command), .. }) => answer(command, outside),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            outside.print(&error.to_string());
            Ok(0)
        }
        Err(error) => {
            outside.complain(&error.to_string());
            Ok(ERROR)
        }
    };
    Asked::Answered(answered.and_then(|code| outside.arrived().map(|()| code)).unwrap_or_else(|error| {
        outside.remark("error", error);
        ERROR
    }))
}

/// Answers a command; the exit code says how.
fn answer(command: Command, outside: &mut Outside<'_>) -> Result<u8, CliError> {
    match command {
        Command::Check(asked) => check::check(&asked, outside),
        Command::Claim(asked) => claims::claim(&asked, outside),
        Command::Claims(asked) => claims::claims(&asked, outside),
        Command::Compare(asked) => compare::compare(&asked, outside),
        Command::Plan(asked) => plan::show(&asked, outside),
        Command::Rank(asked) => rank::rank(&asked, outside),
        Command::Solve(asked) => solve::solve(&asked, outside),
        Command::Models(asked) => models::models(&asked, outside),
        Command::List(asked) => list::list(&asked, outside),
        Command::Machine(asked) => machine::machine(&asked, outside),
        Command::Measure(asked) => measure::measure(&asked, outside),
        Command::Accuracy(asked) => accuracy::accuracy(&asked, outside),
        Command::Probe { library } => Ok(probe_answer(&library).map_or(ERROR, |answer| {
            outside.print_json(&(answer + "\n"));
            0
        })),
    }
}
