//! Buttons, tabs and choices.

use eframe::egui;
use egui::{
    Align2, Atom, Button, Color32, Painter, Popup, PopupCloseBehavior, Pos2, Rect, Response, RichText, Role,
    Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use lucide_icons::Icon;

use crate::app::fonts;
use crate::app::theme::Tokens;
use crate::app::widgets::elided;
use crate::app::widgets::icon::icon_ui;

/// A flat button of a bar.
pub(crate) fn flat_ui(ui: &mut Ui, look: &Tokens, label: &str, enabled: bool) -> Response {
    let text = RichText::new(label).color(if enabled { look.soft } else { look.faint.gamma_multiply(0.6) });
    ui.add_enabled(enabled, Button::new(text).frame_when_inactive(false))
}

/// A sign at what opens, which points right until it is open.
pub(crate) fn fold_arrow(painter: &Painter, middle: Pos2, open: bool, color: Color32) {
    icon_ui(painter, middle, if open { Icon::ChevronDown } else { Icon::ChevronRight }, (14.0, color));
}

/// The same sign at the heading of what is folded.
pub(crate) fn fold_icon(ui: &mut Ui, openness: f32, response: &Response) {
    let color = ui.style().interact(response).fg_stroke.color;
    fold_arrow(ui.painter(), response.rect.center(), openness > 0.5, color);
}

/// The sign of what leads on, as a part of a button.
pub(crate) fn leads_on() -> Atom<'static> {
    Atom::paint(vec2(14.0, 14.0), |ui, args| {
        fold_arrow(ui.painter(), args.rect.center(), false, args.fallback_text_color);
    })
}

/// Tabs in one rounded field; returns the one that was clicked.
pub(crate) fn tabs_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    look: &Tokens,
    width: f32,
    tabs: &[(T, &str, &str)],
    chosen: T,
) -> Option<T> {
    let (_, rect) = ui.allocate_space(vec2(width, 30.0));
    ui.painter().rect_filled(rect, 7.0, look.control);
    let labels: Vec<&str> = tabs.iter().map(|(_, label, _)| *label).collect();
    let (widths, small) = widths(ui, rect.width() - 4.0, &labels);
    let mut clicked = None;
    let mut left = rect.left() + 2.0;
    for ((tab, label, hint), width) in tabs.iter().zip(widths) {
        let cell = Rect::from_min_size(pos2(left, rect.top() + 2.0), vec2(width, rect.height() - 4.0));
        left += width;
        let response = ui.interact(cell, ui.make_persistent_id(("tab", label)), Sense::click());
        let selected = *tab == chosen;
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, selected, label));
        if selected {
            ui.painter().rect_filled(cell, 6.0, if look.dark { look.canvas } else { look.surface });
        }
        if response.has_focus() {
            ui.painter().rect_stroke(cell, 6.0, Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
        }
        let (font, color) = if selected {
            (if small { close() } else { fonts::strong() }, look.text)
        } else {
            (
                if small { egui::FontId { size: 11.0, ..fonts::small() } } else { fonts::body() },
                if response.hovered() { look.text } else { look.soft },
            )
        };
        ui.painter().text(cell.center(), Align2::CENTER_CENTER, label, font, color);
        if response.on_hover_text(*hint).clicked() {
            clicked = Some(*tab);
        }
    }
    clicked
}

/// Widths of tabs: each what its label takes, and an equal share of the rest; and whether the labels are small,
/// because the usual ones would touch.
fn widths(ui: &Ui, whole: f32, labels: &[&str]) -> (Vec<f32>, bool) {
    let painter = ui.painter();
    let share = |font: egui::FontId| {
        let wide =
            |label: &str| painter.layout_no_wrap(label.to_owned(), font.clone(), Color32::WHITE).size().x;
        let taken: Vec<f32> = labels.iter().map(|label| wide(label)).collect();
        let count = u16::try_from(taken.len().max(1)).unwrap_or(u16::MAX);
        let rest = (whole - taken.iter().sum::<f32>()) / f32::from(count);
        (taken.into_iter().map(|width| width + rest).collect::<Vec<f32>>(), rest)
    };
    let (usual, rest) = share(fonts::strong());
    if rest >= TAB_ROOM { (usual, false) } else { (share(close()).0, true) }
}

/// Labels of tabs that would touch otherwise.
fn close() -> egui::FontId {
    egui::FontId { size: 11.0, ..fonts::small_strong() }
}

/// The least room around a tab's label.
const TAB_ROOM: f32 = 8.0;

/// One of a few, in a popup under a flat button: `Fits, then price ▾`. Returns the one chosen.
pub(crate) fn choice_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    look: &Tokens,
    name: &str,
    rect: Rect,
    options: &[(T, String)],
    chosen: T,
) -> Option<T> {
    let shown = options.iter().find(|(option, _)| *option == chosen).map_or("", |(_, label)| label);
    let response = opener_ui(ui, look, name, rect, shown);
    let mut picked = None;
    Popup::menu(&response).accessible_name(name).close_behavior(PopupCloseBehavior::CloseOnClick).show(
        |ui| {
            ui.set_min_width(rect.width().max(120.0));
            for (option, label) in options {
                if ui.selectable_label(*option == chosen, label).clicked() {
                    picked = Some(*option);
                }
            }
        },
    );
    picked
}

/// A button over `rect` that opens something: its value at the right, a small arrow after it.
pub(crate) fn opener_ui(ui: &mut Ui, look: &Tokens, name: &str, rect: Rect, shown: &str) -> Response {
    let response = ui.interact(rect, ui.make_persistent_id(("choice", name)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_value(shown));
    let lively = response.hovered() || response.has_focus();
    if lively {
        ui.painter().rect_filled(rect, 5.0, look.control);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 5.0, Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
    }
    fold_arrow(ui.painter(), rect.right_center() - vec2(8.0, 0.0), true, look.soft);
    let end = rect.right_center() - vec2(17.0, 0.0);
    let text = elided(ui.painter(), shown, &fonts::body(), look.text, rect.width() - 19.0);
    let at = Align2::RIGHT_CENTER.anchor_size(end, text.size());
    ui.painter().galley(at.min, text, look.text);
    response
}
