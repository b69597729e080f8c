//! Opening the window, and saying in words why it cannot be opened.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui;
use egui::{ViewportBuilder, vec2};
use thiserror::Error;

use super::Plimsoll;
use super::theme::Themes;
use super::work::{Detect, Work};
use crate::catalog::Catalog;
use crate::spec::{
    FileType, Inference, KvPrecision, Model, Quantization, Runtime, Scenario, Workload,
};

/// What the window is opened with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A preset, report or model file to open.
    pub file: Option<PathBuf>,
}

/// Why the window did not open.
#[derive(Debug, Error)]
pub enum AppError {
    /// A built-in theme is broken.
    #[error("a built-in theme is broken: {0}")]
    Theme(#[from] ron::error::SpannedError),
    /// The window system refused.
    #[error("the window could not be opened: {0}")]
    Window(String),
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// When the window system refuses; [`display_problem`] says beforehand what is missing.
pub fn run(_options: Options) -> Result<(), AppError> {
    let themes = Themes::built_in()?;
    let native = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Plimsoll")
            .with_app_id("plimsoll")
            .with_inner_size(vec2(1280.0, 800.0))
            .with_min_inner_size(vec2(640.0, 420.0))
            .with_drag_and_drop(true),
        ..eframe::NativeOptions::default()
    };
    let create: eframe::AppCreator<'_> = Box::new(move |context| {
        let catalog = Arc::new(Catalog::built_in());
        let detect: Detect = Arc::new(fake_this);
        let work = Work::new(detect);
        work.detect(&context.egui_ctx);
        let scenario = fake_first(&catalog);
        Ok(Box::new(Plimsoll::new(&context.egui_ctx, themes, catalog, scenario, work)))
    });
    eframe::run_native("plimsoll", native, create).map_err(|error| AppError::Window(error.to_string()))
}

fn fake_this() -> crate::spec::Machine {
    let mut machine = Catalog::built_in().machines[9].as_ref().clone();
    machine.id = "this".into();
    machine.name = "MacBook Pro M5 Max 64 GB".into();
    machine
}

fn fake_first(catalog: &Catalog) -> Scenario {
    let model: Arc<Model> = catalog.models[0].clone();
    Scenario { name: "Chat 8B".into(), model, model_size: None, model_key: Default::default(), runtime: Runtime::LlamaCpp, workload: Workload::Inference(Inference {
        quantization: Quantization::Gguf(FileType::Q4KM), kv_precision: KvPrecision::F16, context: 8192, prompt: 2048, generate: 512, concurrency: 1, unified_kv: false, prefix_share: 0.0, ubatch: 512, prefill_step: 2048,
        attention: crate::spec::AttentionKernel::Fused, logits: crate::spec::Logits::Last, gpu_layers: crate::spec::GpuLayers::Auto, vision: false,
    }) }
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
    Some("no display was found; `plimsoll check PRESET` answers in the terminal".to_owned())
}
