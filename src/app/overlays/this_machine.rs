//! What was detected of this machine, how, and what the user says instead.

use eframe::egui;
use egui::{Grid, Id, Label, Modal, RichText, ScrollArea, Ui};

use super::popup_frame;
use crate::app::command::Command;
use crate::app::fonts;
use crate::app::state::Change;
use crate::app::theme::Tokens;
use crate::app::widgets::field::field_ui;
use crate::app::widgets::hint_ui;
use crate::detect::{Detected, Overrides};
use crate::spec::Memory;
use crate::units::{Bytes, BytesPerSecond, parse_bytes, show_gib};

/// What the popup asks for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Commands to carry out.
    pub commands: Vec<Command>,
    /// Why a typed value was refused.
    pub said: Vec<String>,
    /// Whether it stays open.
    pub stays: bool,
}

/// What is known of this machine.
#[derive(Debug)]
pub(super) struct This<'a> {
    /// What was detected, with measurements and overrides laid over it; `None` while it is being looked at.
    pub detected: Option<Detected>,
    /// What the user says.
    pub overrides: &'a Overrides,
    /// Whether it was measured before.
    pub measured: bool,
    /// The share that is done of a measurement under way.
    pub measuring: Option<f32>,
}

/// Draws the popup.
pub(super) fn show(ui: &Ui, look: &Tokens, this: &This<'_>) -> Asked {
    let mut asked = Asked::default();
    let overrides = this.overrides;
    let shown = Modal::new(Id::unique("this machine")).frame(popup_frame(ui, look)).show(ui.ctx(), |ui| {
        let room = ui.ctx().content_rect();
        ui.set_width((room.width() - 80.0).min(620.0));
        ui.label(RichText::new("This machine").font(fonts::title()));
        match &this.detected {
            Some(detected) => {
                ScrollArea::vertical().max_height((room.height() - 290.0).max(120.0)).show(ui, |ui| {
                    findings_ui(ui, look, detected);
                    overrides_ui(ui, look, detected, overrides, &mut asked);
                });
                measure_ui(ui, look, this, &mut asked);
            }
            None => hint_ui(ui, look, "Still being looked at"),
        }
        ui.add_space(10.0);
        ui.horizontal(|ui| {
            if ui.button("Detect again").clicked() {
                asked.commands.push(Command::DetectAgain);
            }
            let any = !overrides.is_empty();
            if ui.add_enabled(any, egui::Button::new("Use detected values")).clicked() {
                asked.commands.push(Command::Change(Change::Overrides(Overrides::default())));
            }
            ui.button("Close").clicked()
        })
        .inner
    });
    asked.stays = !shown.inner && !shown.should_close();
    asked
}

fn findings_ui(ui: &mut Ui, look: &Tokens, detected: &Detected) {
    ui.add(Label::new(RichText::new(&detected.machine.name).color(look.soft)).wrap());
    ui.add_space(6.0);
    let room = ui.available_width();
    Grid::new("findings").num_columns(3).spacing([18.0, 6.0]).show(ui, |ui| {
        for finding in &detected.findings {
            ui.label(RichText::new(&finding.name).color(look.soft));
            ui.label(&finding.value);
            let origin = RichText::new(&finding.origin).font(fonts::small()).color(look.faint);
            ui.scope(|ui| {
                ui.set_max_width((room * 0.42).max(80.0));
                ui.add(Label::new(origin).truncate()).on_hover_text(&finding.origin);
            });
            ui.end_row();
        }
    });
    for warning in &detected.warnings {
        ui.add_space(4.0);
        let text = RichText::new(warning.to_string()).font(fonts::small()).color(look.tight);
        ui.add(Label::new(text).wrap());
    }
}

/// The button that measures; while it is being done, how far, and the one that stops it.
fn measure_ui(ui: &mut Ui, look: &Tokens, this: &This<'_>, asked: &mut Asked) {
    ui.add_space(12.0);
    ui.label(RichText::new("Measured here").font(fonts::strong()));
    let remark = if this.measured {
        "Rates measured on this machine stand where they are better evidence than a datasheet"
    } else {
        "Some seconds of work for memory and processor give this machine its own rates; close what else is busy"
    };
    hint_ui(ui, look, remark);
    ui.add_space(4.0);
    ui.horizontal(|ui| match this.measuring {
        Some(share) => {
            if ui.button("Stop").clicked() {
                asked.commands.push(Command::StopMeasuring);
            }
            let bar = egui::ProgressBar::new(share).desired_width(220.0).show_percentage();
            ui.add(bar);
        }
        None => {
            let label = if this.measured { "Measure again" } else { "Measure" };
            if ui.button(label).clicked() {
                asked.commands.push(Command::Measure);
            }
        }
    });
}

/// One field a value; empty again takes the detected one.
fn overrides_ui(ui: &mut Ui, look: &Tokens, detected: &Detected, overrides: &Overrides, asked: &mut Asked) {
    ui.add_space(12.0);
    ui.label(RichText::new("Set by you").font(fonts::strong()));
    hint_ui(
        ui,
        look,
        "A value typed here takes the place of the detected one; empty the field to take it back",
    );
    let mut changed = overrides.clone();
    let memory = detected.machine.memory.value();
    let label = if matches!(memory, Memory::Discrete { .. }) { "Device memory" } else { "Memory" };
    bytes_ui(ui, look, label, &mut changed.memory, asked);
    if matches!(memory, Memory::Discrete { .. }) {
        bytes_ui(ui, look, "System memory", &mut changed.system_memory, asked);
    }
    if matches!(memory, Memory::Unified { .. }) {
        bytes_ui(ui, look, "GPU limit", &mut changed.gpu_limit, asked);
    }
    bytes_ui(ui, look, "Free now", &mut changed.free, asked);
    bandwidth_ui(ui, look, &mut changed.bandwidth, asked);
    if changed != *overrides {
        asked.commands.push(Command::Change(Change::Overrides(changed)));
    }
}

fn typed_ui(ui: &mut Ui, look: &Tokens, label: &str, shown: &str) -> Option<String> {
    let (_, row) = ui.allocate_space(egui::vec2(ui.available_width().min(320.0), 24.0));
    crate::app::widgets::slider_row::label_ui(ui, look, row, label);
    field_ui(ui, look, row.with_min_x(row.right() - 120.0), label, shown)
}

fn bytes_ui(ui: &mut Ui, look: &Tokens, label: &str, value: &mut Option<Bytes>, asked: &mut Asked) {
    let shown = value.map_or_else(String::new, show_gib);
    let Some(text) = typed_ui(ui, look, label, &shown) else { return };
    if text.trim().is_empty() {
        *value = None;
        return;
    }
    // A bare number means GiB here: nobody types the bytes of a machine.
    let with_unit = if text.trim().parse::<f64>().is_ok() { format!("{text} GiB") } else { text };
    match parse_bytes(&with_unit) {
        Ok(bytes) if bytes >= Bytes::mib(256.0) && bytes <= Bytes::gib(1_048_576.0) => *value = Some(bytes),
        Ok(_) => asked.said.push(format!("{label} must be from 256 MiB to 1,048,576 GiB")),
        Err(error) => asked.said.push(format!("{label}: {error}")),
    }
}

fn bandwidth_ui(ui: &mut Ui, look: &Tokens, value: &mut Option<BytesPerSecond>, asked: &mut Asked) {
    let shown = value.map_or_else(String::new, |rate| format!("{:.0} GB/s", rate.as_gb_per_s()));
    let Some(text) = typed_ui(ui, look, "Bandwidth", &shown) else { return };
    let number = text.trim().trim_end_matches("GB/s").trim();
    if number.is_empty() {
        *value = None;
        return;
    }
    match number.parse::<f64>() {
        Ok(rate) if (1.0..=1e6).contains(&rate) => *value = Some(BytesPerSecond::new(rate * 1e9)),
        _ => asked.said.push("Bandwidth: write GB/s from 1 to 1,000,000, for example 614".to_owned()),
    }
}
