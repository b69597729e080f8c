//! Opening the window, and saying in words why it cannot be opened.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui;
use egui::{ViewportBuilder, vec2};
use thiserror::Error;

use super::Plimsoll;
use super::command::Command;
use super::locale::{language_of, numbers_of, system_locale};
use super::native_dialogs::NativeDialogs;
use super::outside::Outside;
use super::session::Session;
use super::session_file::{self, SessionError, session_file};
use crate::catalog::Catalog;
use crate::detect::{ThisMachine, World as _};
use crate::import::stores::ThisDisk;

/// What the window is opened with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A preset, report or model file to open, or the name of a preset.
    pub file: Option<PathBuf>,
    /// The user's folder of machines, models and presets.
    pub user_folder: Option<PathBuf>,
}

/// Why the window did not open.
#[derive(Debug, Error)]
pub enum AppError {
    /// A built-in theme is broken.
    #[error("a built-in theme is broken: {0}")]
    Theme(#[from] ron::error::SpannedError),
    /// The catalog lacks what the window starts with.
    #[error("the window has nothing to start with: {0}")]
    Catalog(Box<dyn std::error::Error + Send + Sync>),
    /// The window system refused.
    #[error("the window could not be opened: {0}; `plimsoll check PRESET` answers in the terminal")]
    Window(String),
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// When the window system refuses; [`display_problem`] says beforehand what is missing.
pub fn run(options: Options) -> Result<(), AppError> {
    let (catalog, problems) = Catalog::load(options.user_folder.as_deref());
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let world = ThisMachine::default();
    let locale = |kind| system_locale(&world, &["LC_ALL", kind, "LANG"].map(variable));
    let outside = Outside {
        numbers: numbers_of(&locale("LC_NUMERIC")),
        language: language_of(&locale("LC_MESSAGES")),
        world: Arc::new(ThisMachine::through_this_program()),
        disk: Arc::new(ThisDisk),
        dialogs: Arc::new(NativeDialogs),
        user_folder: options.user_folder.clone(),
        session_file: session_file(),
        today: world.today(),
    };
    let last = outside.session_file.as_deref().map_or(Ok(None), session_file::read::<Session>);
    let native = eframe::NativeOptions { viewport: viewport(&last), ..eframe::NativeOptions::default() };
    let create: eframe::AppCreator<'_> = Box::new(move |context| {
        let ctx = &context.egui_ctx;
        let mut window = Plimsoll::open(ctx, catalog, outside)?;
        window.restore(ctx, last);
        for problem in problems {
            window.toasts.error(problem.to_string());
        }
        if let Some(file) = options.file {
            let name = file.to_string_lossy().into_owned();
            let preset = !file.exists() && window.catalog.preset(&name).is_ok();
            let command = if preset { Command::Preset(name) } else { Command::OpenPath(file) };
            window.carry_out(ctx, vec![command]);
        }
        Ok(Box::new(window))
    });
    eframe::run_native("plimsoll", native, create).map_err(|error| AppError::Window(error.to_string()))
}

/// The window as it was last time.
fn viewport(last: &Result<Option<Session>, SessionError>) -> ViewportBuilder {
    let last = last.as_ref().ok().and_then(Option::as_ref);
    ViewportBuilder::default()
        .with_title("Plimsoll")
        .with_app_id("plimsoll")
        .with_inner_size(last.and_then(Session::size).unwrap_or(vec2(1280.0, 800.0)))
        .with_min_inner_size(vec2(720.0, 480.0))
        .with_clamp_size_to_monitor_size(true)
        .with_maximized(last.is_some_and(Session::maximized))
        .with_drag_and_drop(true)
}

/// Why no window can be opened here, in a sentence; `None` where nothing speaks against it.
pub fn display_problem() -> Option<String> {
    if cfg!(any(target_os = "macos", target_os = "windows")) {
        return None;
    }
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let wayland = set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET");
    if !wayland && !set("DISPLAY") {
        let text = "there is no display to open a window on; `plimsoll check PRESET` answers in the terminal";
        return Some(text.to_owned());
    }
    // A folder of one's own, as some systems and wrappers set it, cannot be evaluated by the system's list.
    if wayland || set("LD_LIBRARY_PATH") {
        return None;
    }
    let list = std::fs::read("/etc/ld.so.cache").ok()?;
    let missing = missing_libraries(&list);
    (!missing.is_empty()).then(|| {
        format!(
            "the window needs libraries that are not installed: {}; on Debian: apt-get install {}; \
             `plimsoll check PRESET` answers in the terminal",
            missing.iter().map(|(library, _)| *library).collect::<Vec<_>>().join(", "),
            missing.iter().map(|(_, package)| *package).collect::<Vec<_>>().join(" "),
        )
    })
}

/// What a window on X11 is drawn with, and the Debian packages that have it.
const LIBRARIES: [(&str, &str); 6] = [
    ("libX11.so.6", "libx11-6"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libXcursor.so.1", "libxcursor1"),
    ("libXi.so.6", "libxi6"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libGL.so.1", "libgl1"),
];

/// The libraries that the linker's list of all libraries does not name.
fn missing_libraries(list: &[u8]) -> Vec<(&'static str, &'static str)> {
    let named = |library: &str| list.windows(library.len()).any(|window| window == library.as_bytes());
    LIBRARIES.into_iter().filter(|(library, _)| !named(library)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_linker_does_not_list_is_missing() {
        let list = b"ld.so-1.7.0\0libX11.so.6\0libX11-xcb.so.1\0libXcursor.so.1\0libXi.so.6\0libGL.so.1\0";
        assert_eq!(missing_libraries(list), [("libxkbcommon-x11.so.0", "libxkbcommon-x11-0")]);
        assert_eq!(missing_libraries(b"").len(), LIBRARIES.len());
    }
}
