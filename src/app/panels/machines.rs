//! The machines at the right: filter, order, and a row each.

use eframe::egui;
use egui::{
    Align2, Frame, Margin, Rect, RichText, Role, ScrollArea, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2,
    vec2,
};

use lucide_icons::Icon;

use crate::app::answers::Answers;
use crate::app::command::Command;
use crate::app::data::filter;
use crate::app::data::machines::{MachinesData, row};
use crate::app::fonts;
use crate::app::sort::Sort;
use crate::app::state::{AppState, Change};
use crate::app::subject::Subject;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::button::choice_ui;
use crate::app::widgets::icon::icon_ui;
use crate::app::widgets::machine_row::{RowAction, height, row_ui};
use crate::app::widgets::{elided, hint_ui};

/// Kept free at the right of the rows, so that the scroll bar covers no figure.
const SCROLL_BAR: f32 = 8.0;

/// Draws the list.
pub(crate) fn panel_ui(
    ui: &mut Ui,
    look: &Tokens,
    state: &AppState,
    (data, answers): (&MachinesData, &Answers),
    commands: &mut Vec<Command>,
) {
    let entered = head_ui(ui, look, state, commands);
    kinds_ui(ui, look, &state.filter, commands);
    tray_ui(ui, look, &data.ticked, commands);
    if let Some(first) = data.listed(answers).next().filter(|_| entered && !state.filter.is_empty()) {
        commands.push(Command::Change(Change::Machine(first.machine.id.clone())));
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let width = ui.available_width() - SCROLL_BAR;
    if let Some(chosen) = &data.chosen {
        // In sight whatever the list shows; the list itself keeps its order.
        match ui.push_id("chosen", |ui| row_ui(ui, look, chosen, width)).inner {
            Some(RowAction::Compare) => commands.push(Command::Change(Change::Compare(chosen.id.clone()))),
            Some(RowAction::Price) => commands.push(Command::Working(Subject::Price(chosen.id.clone()))),
            Some(RowAction::Choose) | None => {}
        }
        let line = ui.allocate_space(vec2(width, 7.0)).1;
        ui.painter().hline(line.x_range(), line.center().y, Stroke::new(2.0, look.line));
    }
    if data.order.is_empty() {
        hint_ui(ui, look, text::no_machine_has_all_these());
        return;
    }
    // Where the list begins with it, it would stand there twice.
    let first = data.listed(answers).next();
    let twice =
        usize::from(data.chosen.is_some() && first.is_some_and(|each| each.machine.id == state.machine));
    ScrollArea::vertical().id_salt("machines").auto_shrink(false).show_rows(
        ui,
        height(width),
        data.order.len() - twice,
        |ui, range| {
            for each in data.listed(answers).skip(twice + range.start).take(range.len()) {
                let row = row(state, each);
                match row_ui(ui, look, &row, width) {
                    Some(RowAction::Choose) => {
                        commands.push(Command::Change(Change::Machine(row.id)));
                    }
                    Some(RowAction::Compare) => {
                        commands.push(Command::Change(Change::Compare(row.id)));
                    }
                    Some(RowAction::Price) => {
                        commands.push(Command::Working(Subject::Price(row.id)));
                    }
                    None => {}
                }
            }
        },
    );
}

/// Kinds to click: each is a word of the filter.
fn kinds_ui(ui: &mut Ui, look: &Tokens, filter: &str, commands: &mut Vec<Command>) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width() - SCROLL_BAR, 22.0));
    let typed = filter::words(filter);
    let labels = filter::KINDS.map(|(word, _)| word);
    let gap = 4.0;
    let count = f32::from(u8::try_from(labels.len()).unwrap_or(u8::MAX));
    let laid = |font: &egui::FontId| {
        let width =
            |label: &str| ui.painter().layout_no_wrap(label.to_owned(), font.clone(), look.soft).size().x;
        let widths = labels.map(width);
        let rest = (rect.width() - widths.iter().sum::<f32>() - gap * (count - 1.0)) / count;
        (widths, rest)
    };
    // In a narrow list the words stand closer, rather than the last of them outside.
    let (mut font, (mut widths, mut rest)) = (fonts::small(), laid(&fonts::small()));
    if rest < 4.0 {
        font.size = 10.0;
        (widths, rest) = laid(&font);
    }
    let mut left = rect.left();
    for ((word, hint), width) in filter::KINDS.into_iter().zip(widths) {
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(width + rest.max(2.0), rect.height()));
        left = cell.right() + gap;
        let on = typed.iter().any(|each| each == word);
        let response = ui.interact(cell, ui.make_persistent_id(("kind", word)), Sense::click());
        let name = text::machines_only(&word);
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, &name));
        let fill = if on { look.accent } else { look.control };
        ui.painter().rect_filled(cell, 5.0, fill);
        if response.has_focus() {
            ui.painter().rect_stroke(cell, 5.0, Stroke::new(1.0, look.text), egui::StrokeKind::Inside);
        }
        let color = match (on, response.hovered()) {
            (true, _) => look.on_accent,
            (false, true) => look.text,
            (false, false) => look.soft,
        };
        ui.painter().text(cell.center(), Align2::CENTER_CENTER, word, font.clone(), color);
        if response.on_hover_text(hint()).clicked() {
            commands.push(Command::Change(Change::Filter(filter::toggled(filter, word))));
        }
    }
}

/// What is ticked, in one line of always the same height, and a way to take every tick away.
fn tray_ui(ui: &mut Ui, look: &Tokens, ticked: &[(String, String)], commands: &mut Vec<Command>) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width() - SCROLL_BAR, 20.0));
    let names: Vec<&str> = ticked.iter().map(|(_, name)| name.as_str()).collect();
    let text = match ticked.len() {
        0 => text::tick_machines_to_compare_them().to_owned(),
        count => text::ticked(&count, &names.join(", ")),
    };
    let mut room = rect.width();
    if !ticked.is_empty() {
        let galley = ui.painter().layout_no_wrap(text::clear().to_owned(), fonts::small(), look.soft);
        let place = Rect::from_min_size(
            pos2(rect.right() - galley.size().x - 8.0, rect.top()),
            vec2(galley.size().x + 8.0, rect.height()),
        );
        room = place.left() - rect.left() - 6.0;
        let response = ui.interact(place, ui.make_persistent_id("clear ticks"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::clear_ticks()));
        let lively = response.hovered() || response.has_focus();
        let color = if lively { look.text } else { look.accent };
        ui.painter().text(place.center(), Align2::CENTER_CENTER, text::clear(), fonts::small(), color);
        if response.on_hover_text(text::clear_every_tick()).clicked() {
            commands.push(Command::Change(Change::CompareNone));
        }
    }
    let galley = elided(ui.painter(), &text, &fonts::small(), look.faint, room);
    let at = pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, look.faint);
    let shown = Rect::from_min_size(rect.min, vec2(room, rect.height()));
    let id = ui.make_persistent_id("ticked");
    let response = ui.interact(shown, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
    if !ticked.is_empty() {
        response.on_hover_text(names.join("\n"));
    }
}

/// The cross that empties the filter.
fn clear_ui(ui: &Ui, look: &Tokens, filter: Rect) -> bool {
    let place = Rect::from_center_size(pos2(filter.right() - 13.0, filter.center().y), vec2(20.0, 20.0));
    let response = ui.interact(place, ui.make_persistent_id("clear filter"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::clear_the_filter()));
    let lively = response.hovered() || response.has_focus();
    icon_ui(ui.painter(), place.center(), Icon::X, (14.0, if lively { look.text } else { look.soft }));
    response.on_hover_text(text::clear_the_filter()).clicked()
}

/// What the field that narrows the list is known by.
pub(crate) fn filter_field() -> egui::Id {
    egui::Id::unique("filter of machines")
}

/// Returns whether Enter was pressed in the filter, which chooses the first that is left.
fn head_ui(ui: &mut Ui, look: &Tokens, state: &AppState, commands: &mut Vec<Command>) -> bool {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width() - SCROLL_BAR, 28.0));
    let sort_width = 122.0;
    let filter = rect.with_max_x(rect.right() - sort_width - 8.0);
    let mut text = state.filter.clone();
    // What is cut says little.
    let words = if filter.width() < 120.0 { text::filter() } else { text::filter_machines() };
    let hint = RichText::new(words).color(look.faint);
    let edit = TextEdit::singleline(&mut text)
        .id(filter_field())
        .hint_text(hint)
        .font(fonts::body())
        .char_limit(80)
        .frame(Frame::NONE.inner_margin(Margin::symmetric(9, 4)))
        .min_size(filter.size())
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(filter.width() - 22.0);
    ui.painter().rect_filled(filter, 6.0, look.control);
    let response = ui.put(filter, edit).accessible_name(text::filter_machines());
    if response.has_focus() {
        let stroke = Stroke::new(1.0, look.accent);
        ui.painter().rect_stroke(filter, 6.0, stroke, egui::StrokeKind::Inside);
    }
    if !state.filter.is_empty() && clear_ui(ui, look, filter) {
        text.clear();
    }
    if text != state.filter {
        commands.push(Command::Change(Change::Filter(text)));
    }
    let place = Rect::from_min_max(pos2(rect.right() - sort_width, rect.top()), rect.max);
    ui.painter().rect_filled(place, 6.0, look.control);
    let options = Sort::ALL.map(|sort| (sort, sort.label().to_owned()));
    if let Some(sort) = choice_ui(ui, look, text::machines_sort_machines(), place, &options, state.sort) {
        commands.push(Command::Change(Change::Sort(sort)));
    }
    response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
}
