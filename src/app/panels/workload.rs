//! The workload at the left: what is to be run.

use eframe::egui;
use egui::{Align2, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::super::command::Command;
use super::super::data::workload::WorkloadData;
use super::super::family::Family;
use super::super::state::{AppState, Change};
use super::super::theme::Tokens;
use super::super::widgets::button::{choice_ui, down_arrow, fold_arrow, tabs_ui};
use super::super::widgets::field::field_ui;
use super::super::widgets::hint_ui;
use super::super::widgets::knob::{Turned, label_ui};
use super::super::{choices, fonts};
use crate::engine::axis::Axis;
use crate::spec::{AttentionKernel, GpuLayers, Graph, Inference, Logits, Runtime, Workload};
use crate::units::show_grouped;

/// What the panel asks for.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Commands to carry out.
    pub commands: Vec<Command>,
    /// What a typed value was moved to or why it was refused.
    pub said: Vec<String>,
}

impl Asked {
    fn change(&mut self, change: Change) {
        self.commands.push(Command::Change(change));
    }
}

/// Kept free at the right of the form, so that the scroll bar covers no value.
const SCROLL_BAR: f32 = 8.0;

/// Draws the form.
pub(crate) fn panel_ui(ui: &mut Ui, look: &Tokens, state: &AppState, data: &WorkloadData) -> Asked {
    let mut asked = Asked::default();
    let width = ui.available_width() - SCROLL_BAR;
    let tabs = Family::ALL.map(|family| (family, family.label(), family.hint()));
    if let Some(family) = tabs_ui(ui, look, width, &tabs, data.family) {
        asked.change(Change::Family(family));
    }
    ui.add_space(4.0);
    ScrollArea::vertical().id_salt("workload").auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(width);
        if model_ui(ui, look, data) {
            asked.commands.push(Command::PickModel);
        }
        hint_ui(ui, look, &data.shape);
        ui.add_space(4.0);
        for (axis, knob) in &data.knobs {
            if let Some(turned) = knob.show(ui, look) {
                turn(&mut asked, state, *axis, &turned);
            }
            if let (Axis::Edges, Some(graph)) = (axis, &data.graph) {
                hint_ui(ui, look, graph);
                ui.add_space(2.0);
            }
        }
        runtime_ui(ui, look, state, &mut asked);
        advanced_ui(ui, look, state, &mut asked);
        ui.add_space(12.0);
    });
    asked
}

/// A knob was turned: a slider's value as it is, a typed one read and held in range.
fn turn(asked: &mut Asked, state: &AppState, axis: Axis, turned: &Turned) {
    match turned {
        Turned::Slid(value) => asked.change(Change::Axis(axis, *value)),
        Turned::Typed(text) => match choices::parse(&state.scenario, axis, text) {
            Ok(typed) => {
                asked.change(typed.change);
                asked.said.extend(typed.clamped);
            }
            Err(error) => asked.said.push(error),
        },
    }
}

/// The model's name and size, which open the picker.
fn model_ui(ui: &mut Ui, look: &Tokens, data: &WorkloadData) -> bool {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 28.0));
    let response = ui.interact(rect, ui.make_persistent_id("model"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, "Model"));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(data.model.clone()));
    let lively = response.hovered() || response.has_focus();
    let painter = ui.painter();
    painter.rect_filled(rect, 6.0, if lively { look.raised } else { look.control });
    if response.has_focus() {
        painter.rect_stroke(rect, 6.0, egui::Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
    }
    painter.add(down_arrow(rect.right_center() - vec2(11.0, 0.0), look.soft));
    let end = rect.right_center() - vec2(20.0, 0.0);
    let size = painter.text(end, Align2::RIGHT_CENTER, &data.parameters, fonts::body(), look.soft);
    let clip = Rect::from_min_max(rect.min, pos2(size.left() - 6.0, rect.bottom()));
    painter.with_clip_rect(clip.intersect(painter.clip_rect())).text(
        rect.left_center() + vec2(9.0, 0.0),
        Align2::LEFT_CENTER,
        &data.model,
        fonts::strong(),
        look.text,
    );
    response.on_hover_text("Choose a model").clicked()
}

fn row(ui: &mut Ui) -> Rect {
    ui.allocate_space(vec2(ui.available_width(), 24.0)).1
}

/// The right part of a row, where its control stands.
fn control(row: Rect) -> Rect {
    row.with_min_x(row.right() - (row.width() * 0.56).min(150.0))
}

fn runtime_ui(ui: &mut Ui, look: &Tokens, state: &AppState, asked: &mut Asked) {
    let row = row(ui);
    label_ui(ui, look, row, "Runtime");
    let options = Runtime::ALL.map(|runtime| (runtime, runtime.name().to_owned()));
    if let Some(runtime) = choice_ui(ui, look, "Runtime", control(row), &options, state.scenario.runtime) {
        asked.change(Change::Runtime(runtime));
    }
}

/// What few need, folded away.
fn advanced_ui(ui: &mut Ui, look: &Tokens, state: &AppState, asked: &mut Asked) {
    let id = ui.make_persistent_id("advanced");
    let mut open: bool = ui.data(|data| data.get_temp(id)).unwrap_or(false);
    let rect = row(ui);
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, true, open, "Advanced"));
    if response.clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    let color = if response.hovered() || response.has_focus() { look.text } else { look.soft };
    ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, "Advanced", fonts::body(), color);
    ui.painter().add(fold_arrow(rect.right_center() - vec2(8.0, 0.0), open, color));
    if !open {
        return;
    }
    let before = *state.inference();
    let mut inference = before;
    fields_ui(ui, look, state.scenario.runtime, &mut inference, asked);
    choices_ui(ui, look, state.scenario.runtime, &mut inference);
    switches_ui(ui, look, state, &mut inference);
    if inference != before {
        asked.change(Change::Inference(inference));
    }
    if let Workload::GraphSequence(sequence) = &state.scenario.workload {
        graph_ui(ui, look, &sequence.graph, asked);
    }
}

/// A labelled field; what is typed is read by `read`.
fn typed_ui<T>(
    ui: &mut Ui,
    look: &Tokens,
    (label, shown): (&str, &str),
    asked: &mut Asked,
    read: impl Fn(&str) -> Result<T, String>,
) -> Option<T> {
    let row = row(ui);
    label_ui(ui, look, row, label);
    let rect = Rect::from_min_max(pos2(row.right() - 86.0, row.top() + 2.0), row.max - vec2(0.0, 2.0));
    let text = field_ui(ui, look, rect, label, shown)?;
    read(&text).map_err(|error| asked.said.push(format!("{label}: {error}"))).ok()
}

/// A whole number of tokens from 1 up to a bound; beyond it an error that names the bound.
fn tokens(text: &str, most: u64) -> Result<u64, String> {
    match crate::units::parse_tokens(text) {
        Ok(value) if (1..=most).contains(&value) => Ok(value),
        Ok(_) => Err(format!("it must be from 1 to {}", show_grouped(most))),
        Err(error) => Err(error.to_string()),
    }
}

fn fields_ui(ui: &mut Ui, look: &Tokens, runtime: Runtime, inference: &mut Inference, asked: &mut Asked) {
    let generate = show_grouped(inference.generate);
    if let Some(value) =
        typed_ui(ui, look, ("Answer tokens", &generate), asked, |text| tokens(text, 10_000_000))
    {
        inference.generate = value;
    }
    let chunk =
        if runtime == Runtime::LlamaCpp { &mut inference.ubatch } else { &mut inference.prefill_step };
    let shown = show_grouped(*chunk);
    let label = if runtime == Runtime::LlamaCpp { "Micro-batch" } else { "Prefill step" };
    if let Some(value) = typed_ui(ui, look, (label, &shown), asked, |text| tokens(text, 65_536)) {
        *chunk = value;
    }
    let share = format!("{:.0} %", inference.prefix_share * 100.0);
    let read = |text: &str| match text.trim().trim_end_matches('%').trim().parse::<f64>() {
        Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("write a share from 0 to 100 %".to_owned()),
    };
    if inference.concurrency > 1
        && let Some(value) = typed_ui(ui, look, ("Shared prefix", &share), asked, read)
    {
        inference.prefix_share = value;
    }
    if runtime == Runtime::LlamaCpp {
        let layers = match inference.gpu_layers {
            GpuLayers::Auto => "auto".to_owned(),
            GpuLayers::Count(count) => count.to_string(),
        };
        let read = |text: &str| match text.trim() {
            "auto" | "all" => Ok(GpuLayers::Auto),
            number => number
                .parse::<u64>()
                .ok()
                .filter(|count| *count <= 100_000)
                .map(GpuLayers::Count)
                .ok_or_else(|| "write auto or a number of layers".to_owned()),
        };
        if let Some(value) = typed_ui(ui, look, ("GPU layers", &layers), asked, read) {
            inference.gpu_layers = value;
        }
    }
}

fn choices_ui(ui: &mut Ui, look: &Tokens, runtime: Runtime, inference: &mut Inference) {
    let rect = row(ui);
    label_ui(ui, look, rect, "Attention");
    let kernels =
        [(AttentionKernel::Fused, "fused".to_owned()), (AttentionKernel::Eager, "eager".to_owned())];
    if let Some(kernel) = choice_ui(ui, look, "Attention", control(rect), &kernels, inference.attention) {
        inference.attention = kernel;
    }
    if runtime == Runtime::LlamaCpp {
        let rect = row(ui);
        label_ui(ui, look, rect, "Logits");
        let logits = [
            (Logits::Last, "last token (server)".to_owned()),
            (Logits::All, "all tokens (library)".to_owned()),
        ];
        if let Some(chosen) = choice_ui(ui, look, "Logits", control(rect), &logits, inference.logits) {
            inference.logits = chosen;
        }
    }
}

fn switches_ui(ui: &mut Ui, look: &Tokens, state: &AppState, inference: &mut Inference) {
    let text = |text: &str| egui::RichText::new(text).color(look.soft);
    if state.scenario.runtime == Runtime::LlamaCpp {
        ui.checkbox(&mut inference.unified_kv, text("One KV pool for all requests"));
    }
    if state.scenario.model.vision.is_some() {
        ui.checkbox(&mut inference.vision, text("Vision projector"));
    }
}

/// Tokens that write out a node and an edge.
fn graph_ui(ui: &mut Ui, look: &Tokens, graph: &Graph, asked: &mut Asked) {
    let read = |text: &str| match text.trim().parse::<f64>() {
        Ok(value) if (0.0..=10_000.0).contains(&value) => Ok(value),
        _ => Err("write a number from 0 to 10,000".to_owned()),
    };
    let shown = graph.tokens_per_node.to_string();
    if let Some(value) = typed_ui(ui, look, ("Tokens per node", &shown), asked, read) {
        asked.change(Change::Graph(Graph { tokens_per_node: value, ..*graph }));
    }
    let shown = graph.tokens_per_edge.to_string();
    if let Some(value) = typed_ui(ui, look, ("Tokens per edge", &shown), asked, read) {
        asked.change(Change::Graph(Graph { tokens_per_edge: value, ..*graph }));
    }
}
