//! A small field for a typed value, which reads what is typed when it is left.

use eframe::egui;
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{Align2, Frame, Id, Key, Margin, Rect, Stroke, TextEdit, Ui};

use crate::app::fonts;
use crate::app::theme::Tokens;
use crate::units::read_number;

/// Draws a field over `rect` showing `shown`; returns what was typed when Enter, Tab or a click elsewhere ends it.
/// Escape leaves the value as it was. A number is given on as it is read everywhere, `1.5`, however it is written here.
pub(crate) fn field_ui(ui: &mut Ui, look: &Tokens, rect: Rect, name: &str, shown: &str) -> Option<String> {
    let id = ui.make_persistent_id(("field", name));
    let typed_before: Option<String> = ui.data(|data| data.get_temp(id));
    let mut text = typed_before.clone().unwrap_or_else(|| shown.to_owned());
    ui.painter().rect_filled(rect, 5.0, look.control);
    let edit = TextEdit::singleline(&mut text)
        .id(id)
        .frame(Frame::NONE.inner_margin(Margin { left: 8, right: 8, top: 0, bottom: 2 }))
        .font(fonts::body())
        .text_color(look.text)
        .align(Align2::RIGHT_CENTER)
        .char_limit(40)
        .min_size(rect.size())
        .desired_width(rect.width());
    let response = ui.put(rect, edit).accessible_name(name);
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 5.0, Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
    }
    if response.gained_focus() {
        select_all(ui, id, &text);
    }
    if response.has_focus() {
        ui.data_mut(|data| data.insert_temp(id, text));
        return None;
    }
    if !response.lost_focus() {
        ui.data_mut(|data| data.remove_temp::<String>(id));
        return None;
    }
    ui.data_mut(|data| data.remove_temp::<String>(id));
    let escaped = ui.input(|input| input.key_pressed(Key::Escape));
    (!escaped && text.trim() != shown).then(|| read_number(&text))
}

fn select_all(ui: &Ui, id: Id, text: &str) {
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    let all = CCursorRange::two(CCursor::default(), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    state.store(ui.ctx(), id);
}
