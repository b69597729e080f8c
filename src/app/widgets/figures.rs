//! Figures side by side, each with its name over it; a click opens its working.

use eframe::egui;
use egui::{CursorIcon, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::elided;
use crate::app::fonts;
use crate::app::subject::Subject;
use crate::app::text;
use crate::app::theme::Tokens;

/// Least width of a figure.
const WIDTH: f32 = 148.0;
/// Between one and the next.
const GAP: f32 = 8.0;
/// Height of a figure with its name.
const HEIGHT: f32 = 38.0;

/// Draws the figures in as many columns as fit; returns the one that was clicked.
pub(crate) fn figures_ui(ui: &mut Ui, look: &Tokens, figures: &[(Subject, String)]) -> Option<Subject> {
    let mut opened = None;
    let wide = |text: String, font| ui.painter().layout_no_wrap(text, font, look.soft).size().x;
    // No name is cut: what stands at its end tells figures apart. And no figure is read on into the next.
    let names = figures.iter().map(|(subject, _)| wide(subject.title(), fonts::small()) + GAP);
    let values = figures.iter().map(|(_, text)| wide(text.clone(), fonts::strong()) + 2.0 * GAP);
    let least = names.chain(values).fold(WIDTH, f32::max);
    let columns = columns(ui.available_width(), least);
    for row in figures.chunks(columns) {
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEIGHT));
        #[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
        let width = rect.width() / columns as f32;
        let mut left = rect.left();
        for (subject, text) in row {
            let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(width - GAP, HEIGHT - 2.0));
            left += width;
            if figure_ui(ui, look, cell, &subject.title(), text) {
                opened = Some(subject.clone());
            }
        }
    }
    opened
}

/// At least one, and as many as have room.
fn columns(width: f32, least: f32) -> usize {
    let mut columns = 1;
    let mut wide = 2.0 * least;
    while wide <= width {
        columns += 1;
        wide += least;
    }
    columns
}

fn figure_ui(ui: &Ui, look: &Tokens, cell: Rect, name: &str, text: &str) -> bool {
    let response = ui.interact(cell, ui.make_persistent_id(("figure", name)), Sense::click());
    let said = format!("{name}, {text}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::show_working_of(&said)));
    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(cell.expand2(vec2(4.0, 0.0)), 5.0, look.control);
    }
    if response.has_focus() {
        painter.rect_stroke(
            cell.expand2(vec2(4.0, 0.0)),
            5.0,
            Stroke::new(1.0, look.accent),
            StrokeKind::Inside,
        );
    }
    let label = elided(painter, name, &fonts::small(), look.soft, cell.width());
    painter.galley(cell.left_top() + vec2(0.0, 3.0), label, look.soft);
    let value = elided(painter, text, &fonts::strong(), look.text, cell.width());
    painter.galley(cell.left_top() + vec2(0.0, 18.0), value, look.text);
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    response.on_hover_text(text::click_for_its_working(&said)).clicked()
}
