//! Opening the window, and saying in words why it cannot be opened.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui;
use egui::{ViewportBuilder, vec2};
use thiserror::Error;

use super::Plimsoll;
use super::command::Command;
use super::native_dialogs::NativeDialogs;
use super::outside::Outside;
use crate::catalog::Catalog;
use crate::detect::ThisMachine;

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
    Catalog(String),
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
    let outside = Outside {
        world: Arc::new(ThisMachine),
        dialogs: Arc::new(NativeDialogs),
        today: time::OffsetDateTime::now_utc().date().to_string(),
    };
    let native = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Plimsoll")
            .with_app_id("plimsoll")
            .with_inner_size(vec2(1280.0, 800.0))
            .with_min_inner_size(vec2(720.0, 480.0))
            .with_drag_and_drop(true),
        ..eframe::NativeOptions::default()
    };
    let create: eframe::AppCreator<'_> = Box::new(move |context| {
        let ctx = &context.egui_ctx;
        let mut window = Plimsoll::open(ctx, catalog, outside)?;
        if let Some(storage) = context.storage {
            window.restore(ctx, storage);
        }
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

/// Why no window can be opened here, in a sentence; `None` where nothing speaks against it.
pub fn display_problem() -> Option<String> {
    if cfg!(any(target_os = "macos", target_os = "windows")) {
        return None;
    }
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET") || set("DISPLAY") {
        return None;
    }
    Some(
        "there is no display to open a window on; `plimsoll check PRESET` answers in the terminal".to_owned(),
    )
}
