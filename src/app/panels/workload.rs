//! The workload at the left: what is to be run.

use eframe::egui;
use egui::{Align2, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::super::command::Command;
use super::super::data::workload::{ModelData, WorkloadData};
use super::super::fonts;
use super::super::form::{self, Control, Row};
use super::super::state::Change;
use super::super::theme::Tokens;
use super::super::widgets::button::{choice_ui, fold_arrow, tabs_ui};
use super::super::widgets::field::field_ui;
use super::super::widgets::fixed::fixed_hint_ui;
use super::super::widgets::hint_ui;
use super::super::widgets::slider_row::{Turned, label_ui};
use super::super::widgets::tick::tick_ui;
use crate::app::text;
use crate::engine::axis::Axis;
use crate::spec::settings::Choice;
use crate::spec::{Family, Named as _};

/// Kept free at the right of the form, so that the scroll bar covers no value.
const SCROLL_BAR: f32 = 8.0;

/// Draws the form.
pub(crate) fn panel_ui(ui: &mut Ui, look: &Tokens, data: &WorkloadData) -> Vec<Command> {
    let mut asked = Vec::new();
    let width = ui.available_width() - SCROLL_BAR;
    let tabs = Family::ALL.map(|family| (family, family.label(), form::hint(family)));
    if let Some(family) = tabs_ui(ui, look, width, &tabs, data.family) {
        asked.push(Command::Family(family));
    }
    ui.add_space(4.0);
    // Each family keeps its own place and folds.
    ScrollArea::vertical().id_salt(("workload", data.family.key())).auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(width);
        if let Some(model) = &data.model {
            if model_ui(ui, look, model) {
                asked.push(Command::PickModel);
            }
            hint_ui(ui, look, &model.shape);
        }
        rows_ui(ui, look, &data.rows.head, &mut asked);
        if data.model.is_none() {
            // What the sizes of a pipeline come to depends on the machine: its room does not.
            fixed_hint_ui(ui, look, data.note.as_deref().unwrap_or_default(), 2);
        }
        ui.add_space(4.0);
        for (axis, slider) in &data.sliders {
            if let Some(turned) = slider.show(ui, look) {
                asked.push(turn(*axis, turned));
            }
            if *axis == Axis::QUANTIZATION && all_ui(ui, look) {
                asked.push(Command::PickQuantization);
            }
            if let (Axis::EDGES, Some(graph)) = (*axis, &data.graph) {
                hint_ui(ui, look, graph);
                ui.add_space(2.0);
            }
        }
        rows_ui(ui, look, &data.rows.main, &mut asked);
        advanced_ui(ui, look, &data.rows.advanced, &mut asked);
        ui.add_space(12.0);
    });
    asked
}

/// A link to all quantizations side by side.
fn all_ui(ui: &mut Ui, look: &Tokens) -> bool {
    ui.add_space(-5.0);
    let text = egui::RichText::new(text::compare_all()).font(fonts::small()).color(look.faint);
    let response = ui.add(egui::Link::new(text));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(text::compare_all_quantizations()));
    ui.add_space(2.0);
    response.on_hover_text(text::size_bits_quality_and_fit()).clicked()
}

/// A slider was moved, or a value typed beside it.
fn turn(axis: Axis, turned: Turned) -> Command {
    match turned {
        Turned::Slid(value) => Command::Change(Change::Axis(axis, value)),
        Turned::Typed(text) => Command::Set(axis.key(), text),
    }
}

/// The model's name and size, which open the picker.
fn model_ui(ui: &mut Ui, look: &Tokens, data: &ModelData) -> bool {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 28.0));
    let response = ui.interact(rect, ui.make_persistent_id("model"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, text::on_disk_model()));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(data.name.clone()));
    let lively = response.hovered() || response.has_focus();
    let painter = ui.painter();
    painter.rect_filled(rect, 6.0, if lively { look.raised } else { look.control });
    if response.has_focus() {
        painter.rect_stroke(rect, 6.0, egui::Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
    }
    fold_arrow(painter, rect.right_center() - vec2(11.0, 0.0), true, look.soft);
    let end = rect.right_center() - vec2(20.0, 0.0);
    let size = painter.text(end, Align2::RIGHT_CENTER, &data.parameters, fonts::body(), look.soft);
    let clip = Rect::from_min_max(rect.min, pos2(size.left() - 6.0, rect.bottom()));
    painter.with_clip_rect(clip.intersect(painter.clip_rect())).text(
        rect.left_center() + vec2(9.0, 0.0),
        Align2::LEFT_CENTER,
        &data.name,
        fonts::strong(),
        look.text,
    );
    response.on_hover_text(text::choose_a_model()).clicked()
}

fn line(ui: &mut Ui) -> Rect {
    ui.allocate_space(vec2(ui.available_width(), 24.0)).1
}

/// The right part of a row, where its control stands.
fn control(row: Rect) -> Rect {
    row.with_min_x(row.right() - (row.width() * 0.56).min(150.0))
}

/// Rows of the form; what is set is asked for by its key.
fn rows_ui(ui: &mut Ui, look: &Tokens, rows: &[Row], asked: &mut Vec<Command>) {
    for row in rows {
        let value = match &row.control {
            Control::Choice(options) => chosen_ui(ui, look, row, options),
            Control::Switch => switch_ui(ui, look, row),
            Control::Field => typed_ui(ui, look, row),
        };
        asked.extend(value.map(|value| Command::Set(row.key, value)));
    }
}

fn chosen_ui(ui: &mut Ui, look: &Tokens, row: &Row, options: &[Choice]) -> Option<String> {
    let line = line(ui);
    label_ui(ui, look, line, row.label).on_hover_text(&row.hint);
    let indexed: Vec<(usize, String)> =
        options.iter().enumerate().map(|(index, (_, label))| (index, label.clone())).collect();
    let chosen = options.iter().position(|(value, _)| *value == row.value).unwrap_or(usize::MAX);
    let picked = choice_ui(ui, look, row.label, control(line), &indexed, chosen)?;
    options.get(picked).map(|(value, _)| (*value).to_owned()).filter(|value| *value != row.value)
}

fn switch_ui(ui: &mut Ui, look: &Tokens, row: &Row) -> Option<String> {
    let mut on = row.value == "true";
    let text = egui::RichText::new(row.label).color(look.soft);
    let response = tick_ui(ui, look, &mut on, text).on_hover_text(&row.hint);
    response.changed().then(|| on.to_string())
}

fn typed_ui(ui: &mut Ui, look: &Tokens, row: &Row) -> Option<String> {
    let line = line(ui);
    let rect = Rect::from_min_max(pos2(line.right() - 86.0, line.top() + 2.0), line.max - vec2(0.0, 2.0));
    label_ui(ui, look, line.with_max_x(rect.left() - 4.0), row.label).on_hover_text(&row.hint);
    field_ui(ui, look, rect, row.label, &row.text).filter(|typed| *typed != row.text)
}

/// What few need, folded away.
fn advanced_ui(ui: &mut Ui, look: &Tokens, rows: &[Row], asked: &mut Vec<Command>) {
    let id = ui.make_persistent_id("advanced");
    let mut open: bool = ui.data(|data| data.get_temp(id)).unwrap_or(false);
    let rect = line(ui);
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::DisclosureTriangle, true, open, text::advanced()));
    if response.clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    let color = if response.hovered() || response.has_focus() { look.text } else { look.soft };
    ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, text::advanced(), fonts::body(), color);
    fold_arrow(ui.painter(), rect.right_center() - vec2(8.0, 0.0), open, color);
    if open {
        rows_ui(ui, look, rows, asked);
    }
}
