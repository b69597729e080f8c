//! The `plimsoll` command: opens the window, or answers in the terminal.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use plimsoll::cli::{self, Asked, Outside, Printer};
use plimsoll::detect::{ThisMachine, World as _};
use plimsoll::import::stores::ThisDisk;

fn main() -> ExitCode {
    let user_folder =
        directories::ProjectDirs::from("", "", "plimsoll").map(|folders| folders.config_dir().to_owned());
    let world = ThisMachine::through_this_program();
    let color = anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never;
    let mut stdout = std::io::stdout();
    let mut outside = Outside {
        input: &mut std::io::stdin(),
        output: Printer::new(&mut stdout, color),
        errors: &mut std::io::stderr(),
        world: &world,
        disk: Arc::new(ThisDisk),
        user_folder: user_folder.clone(),
        today: world.today(),
    };
    match cli::run(std::env::args_os(), &mut outside) {
        Asked::Answered(code) => ExitCode::from(code),
        Asked::Window(file) => match window(file, user_folder) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let said = writeln!(std::io::stderr(), "error: {error}");
                drop(said);
                ExitCode::from(cli::ERROR)
            }
        },
    }
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
enum WindowError {
    /// This system shows none.
    #[cfg(feature = "gui")]
    #[error("{0}")]
    NoDisplay(String),
    /// It did not open.
    #[cfg(feature = "gui")]
    #[error(transparent)]
    App(#[from] plimsoll::app::AppError),
    /// This build has none.
    #[cfg(not(feature = "gui"))]
    #[error("this build has no window; `plimsoll check PRESET` answers in the terminal")]
    NotBuilt,
}

/// Opens the window.
#[cfg(feature = "gui")]
fn window(file: Option<PathBuf>, user_folder: Option<PathBuf>) -> Result<(), WindowError> {
    use plimsoll::app;

    if let Some(problem) = app::display_problem() {
        return Err(WindowError::NoDisplay(problem));
    }
    Ok(app::run(app::Options { file, user_folder })?)
}

/// This build has none.
#[cfg(not(feature = "gui"))]
fn window(_file: Option<PathBuf>, _user_folder: Option<PathBuf>) -> Result<(), WindowError> {
    Err(WindowError::NotBuilt)
}
