//! The terminal: arguments in, answers out, no display needed.

mod accuracy;
mod args;
mod ask;
mod check;
mod compare;
mod context;
mod list;
mod machine;
mod measure;
mod outside;
mod usage;

pub use args::{Args, Command};
pub use context::Context;
pub use outside::Outside;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::engine::Verdict;

/// Exit code when something went wrong; the verdicts have 0, 1 and 2.
pub const ERROR: u8 = 3;

/// What the arguments ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The window, with a file to open.
    Window(Option<String>),
    /// Nothing more: it was answered in the terminal with this exit code.
    Answered(u8),
}

/// Reads the arguments and answers them, unless they ask for the window.
pub fn run(arguments: impl IntoIterator<Item = String>, outside: &mut Outside<'_>) -> Asked {
    let args = match Args::try_parse_from(arguments) {
        Ok(args) => args,
        Err(error) => {
            let is_help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            if is_help {
                outside.print(&error.to_string());
            } else {
                outside.complain(&error.to_string());
            }
            return Asked::Answered(if is_help { 0 } else { ERROR });
        }
    };
    let Some(command) = args.command else { return Asked::Window(args.file) };
    let answered = match command {
        Command::Check(asked) => check::check(&asked, outside),
        Command::Compare(asked) => compare::compare(&asked, outside),
        Command::List(asked) => list::list(&asked, outside),
        Command::Machine(asked) => machine::machine(&asked, outside),
        Command::Measure(asked) => measure::measure(&asked, outside),
        Command::Accuracy(asked) => accuracy::accuracy(&asked, outside),
    };
    Asked::Answered(answered.unwrap_or_else(|message| {
        outside.complain(&format!("error: {message}\n"));
        ERROR
    }))
}

/// 0 fits or tight, 1 does not fit, 2 uncertain.
const fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Fits | Verdict::Tight => 0,
        Verdict::DoesNotFit => 1,
        Verdict::Uncertain => 2,
    }
}
