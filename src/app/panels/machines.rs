//! The machines at the right: filter, order, and a row each.

use eframe::egui;
use egui::{Frame, Margin, Rect, RichText, ScrollArea, TextEdit, Ui, pos2, vec2};

use crate::app::command::Command;
use crate::app::data::machines::MachinesData;
use crate::app::fonts;
use crate::app::sort::Sort;
use crate::app::state::{AppState, Change};
use crate::app::theme::Tokens;
use crate::app::widgets::button::choice_ui;
use crate::app::widgets::hint_ui;
use crate::app::widgets::machine_row::{HEIGHT, RowAction, row_ui};

/// Kept free at the right of the rows, so that the scroll bar covers no figure.
const SCROLL_BAR: f32 = 8.0;

/// Draws the list.
pub(crate) fn panel_ui(
    ui: &mut Ui,
    look: &Tokens,
    state: &AppState,
    data: &MachinesData,
    commands: &mut Vec<Command>,
) {
    head_ui(ui, look, state, commands);
    ui.add_space(4.0);
    if data.rows.is_empty() {
        hint_ui(ui, look, "No machine has all these words in its name");
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let width = ui.available_width() - SCROLL_BAR;
    ScrollArea::vertical().id_salt("machines").auto_shrink(false).show_rows(
        ui,
        HEIGHT,
        data.rows.len(),
        |ui, range| {
            for row in data.rows.get(range).unwrap_or_default() {
                match row_ui(ui, look, row, width) {
                    Some(RowAction::Choose) => {
                        commands.push(Command::Change(Change::Machine(row.id.clone())));
                    }
                    Some(RowAction::Compare) => {
                        commands.push(Command::Change(Change::Compare(row.id.clone())));
                    }
                    None => {}
                }
            }
        },
    );
}

fn head_ui(ui: &mut Ui, look: &Tokens, state: &AppState, commands: &mut Vec<Command>) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width() - SCROLL_BAR, 28.0));
    let sort_width = 122.0;
    let filter = rect.with_max_x(rect.right() - sort_width - 8.0);
    let mut text = state.filter.clone();
    let hint = RichText::new("Filter machines").color(look.faint);
    let edit = TextEdit::singleline(&mut text)
        .id_salt("filter")
        .hint_text(hint)
        .font(fonts::body())
        .char_limit(80)
        .frame(Frame::NONE.inner_margin(Margin::symmetric(9, 4)))
        .min_size(filter.size())
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(filter.width());
    ui.painter().rect_filled(filter, 6.0, look.control);
    let response = ui.put(filter, edit).accessible_name("Filter machines");
    if response.has_focus() {
        let stroke = egui::Stroke::new(1.0, look.accent);
        ui.painter().rect_stroke(filter, 6.0, stroke, egui::StrokeKind::Inside);
    }
    if text != state.filter {
        commands.push(Command::Change(Change::Filter(text)));
    }
    let place = Rect::from_min_max(pos2(rect.right() - sort_width, rect.top()), rect.max);
    ui.painter().rect_filled(place, 6.0, look.control);
    let options = Sort::ALL.map(|sort| (sort, sort.label().to_owned()));
    if let Some(sort) = choice_ui(ui, look, "Sort machines", place, &options, state.sort) {
        commands.push(Command::Change(Change::Sort(sort)));
    }
}
