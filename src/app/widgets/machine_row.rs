//! A machine in three short lines.

use eframe::egui;
use egui::{Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::elided;
use crate::app::data::machines::Row;
use crate::app::fonts;
use crate::app::theme::Tokens;
use crate::engine::Verdict;

/// Height of a row, hairline included.
pub(crate) const HEIGHT: f32 = 68.0;

/// What was done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowAction {
    /// Evaluate on this machine.
    Choose,
    /// Tick it, or take its tick away.
    Compare,
    /// Open what is asked for it.
    Price,
}

/// Draws a row.
pub(crate) fn row_ui(ui: &mut Ui, look: &Tokens, row: &Row, width: f32) -> Option<RowAction> {
    let (_, rect) = ui.allocate_space(vec2(width, HEIGHT));
    let response = ui.interact(rect, ui.make_persistent_id(("machine", &row.id)), Sense::click());
    let said = format!(
        "{} {}, {}, needs {}, {} {}",
        row.name,
        row.beside,
        row.verdict.label(),
        row.figures,
        row.speed,
        row.price
    );
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, row.chosen, &said));
    if row.chosen || response.hovered() || response.has_focus() {
        let fill = if row.chosen { look.control } else { look.control.gamma_multiply(0.6) };
        ui.painter().rect_filled(rect.expand2(vec2(8.0, -2.0)), 6.0, fill);
    }
    if response.has_focus() {
        let around = rect.expand2(vec2(8.0, -2.0));
        ui.painter().rect_stroke(around, 6.0, Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
    }
    if row.chosen {
        let edge = Rect::from_min_size(rect.left_top() + vec2(-8.0, 12.0), vec2(3.0, HEIGHT - 24.0));
        ui.painter().rect_filled(edge, 1.5, look.accent);
    }
    let inner = rect.shrink2(vec2(0.0, 9.0));
    let compared = tick_ui(ui, look, row, inner);
    first_line(ui, look, row, inner);
    fit_bar(ui, look, row, Rect::from_min_size(inner.left_top() + vec2(0.0, 21.0), vec2(inner.width(), 6.0)));
    let bottom = inner.bottom() - 8.0;
    let painter = ui.painter();
    let price = painter.text(
        pos2(inner.right(), bottom),
        Align2::RIGHT_CENTER,
        &row.price,
        fonts::small(),
        look.soft,
    );
    let need = painter.layout_no_wrap(row.figures.clone(), fonts::small(), look.soft);
    let room = price.left() - inner.left() - 10.0;
    let laid_out = |text: &str| painter.layout_no_wrap(text.to_owned(), fonts::small(), look.soft);
    let band = laid_out(&row.speed);
    let speed = if need.size().x + band.size().x + 14.0 <= room { band } else { laid_out(&row.pace) };
    let y = |galley: &std::sync::Arc<egui::Galley>| bottom - galley.size().y / 2.0;
    if need.size().x + speed.size().x + 14.0 <= room && !row.speed.is_empty() {
        painter.galley(pos2(inner.left(), y(&need)), std::sync::Arc::clone(&need), look.soft);
        // In the middle of what is left between need and price.
        let left = inner.left() + need.size().x;
        let at = (left + price.left() - speed.size().x) / 2.0;
        painter.galley(pos2(at, y(&speed)), speed, look.soft);
    } else {
        painter.galley(pos2(inner.left(), y(&need)), need, look.soft);
    }
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, look.line.gamma_multiply(0.7)));
    let clicked = response.on_hover_text(&row.more).clicked();
    if price_ui(ui, look, row, price) {
        return Some(RowAction::Price);
    }
    match (compared, clicked) {
        (true, _) => Some(RowAction::Compare),
        (false, true) => Some(RowAction::Choose),
        (false, false) => None,
    }
}

/// What is asked for the machine, to be opened; nothing where no price is known.
fn price_ui(ui: &Ui, look: &Tokens, row: &Row, rect: Rect) -> bool {
    if !row.has_price {
        return false;
    }
    let response = ui.interact(rect.expand(2.0), ui.make_persistent_id(("price", &row.id)), Sense::click());
    let name = format!("Price of {} {}, {}, show working", row.name, row.beside, row.price);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() || response.has_focus() {
        ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, look.soft));
    }
    response.on_hover_text("Click for where this price was read").clicked()
}

fn first_line(ui: &Ui, look: &Tokens, row: &Row, inner: Rect) {
    let y = inner.top() + 8.0;
    let color = look.verdict(row.verdict);
    let painter = ui.painter();
    let verdict = painter.layout_no_wrap(row.verdict.label().to_owned(), fonts::strong(), color);
    let verdict_left = inner.right() - verdict.size().x;
    painter.galley(pos2(verdict_left, y - verdict.size().y / 2.0), verdict, color);
    let names =
        Rect::from_min_max(pos2(inner.left() + 22.0, inner.top() - 2.0), pos2(verdict_left - 8.0, y + 10.0));
    let beside = painter.layout_no_wrap(row.beside.clone(), fonts::body(), look.soft);
    // The memory tells machines apart; what stands beside this machine may be cut.
    let kept = if row.beside_is_memory { beside.size().x + 5.0 } else { 0.0 };
    let room = names.width() - kept;
    let wide = painter.layout_no_wrap(row.name.clone(), fonts::strong(), look.text).size().x;
    let shorter = if wide > room { crate::app::names::shorter(&row.name) } else { row.name.clone() };
    let name = elided(painter, &shorter, &fonts::strong(), look.text, room.max(60.0));
    let beside_left = names.left() + name.size().x + 5.0;
    painter.galley(pos2(names.left(), y - name.size().y / 2.0), name, look.text);
    let beside_room = names.right() - beside_left;
    if beside_room > 24.0 {
        let beside = elided(painter, &row.beside, &fonts::body(), look.soft, beside_room);
        painter.galley(pos2(beside_left, y - beside.size().y / 2.0), beside, look.soft);
    }
}

/// The tick that puts a machine into the comparison and the plot.
fn tick_ui(ui: &mut Ui, look: &Tokens, row: &Row, inner: Rect) -> bool {
    let square = Rect::from_center_size(pos2(inner.left() + 7.0, inner.top() + 8.0), vec2(14.0, 14.0));
    let response = ui.interact(square.expand(4.0), ui.make_persistent_id(("tick", &row.id)), Sense::click());
    let name = format!("Compare {} {}", row.name, row.beside);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, row.compared, &name));
    let lively = response.hovered() || response.has_focus();
    let painter = ui.painter();
    if row.compared {
        painter.rect_filled(square, 3.5, look.accent);
        let (a, b, c) = (vec2(-3.5, 0.2), vec2(-1.0, 2.8), vec2(3.6, -2.8));
        let points = [a, b, c].map(|offset| square.center() + offset).to_vec();
        painter.line(points, Stroke::new(1.8, look.on_accent));
    } else {
        let color = if lively { look.text } else { look.faint };
        painter.rect_stroke(square, 3.5, Stroke::new(1.2, color), egui::StrokeKind::Inside);
    }
    response.on_hover_text("Show its ceiling in the plot and in Compare").clicked()
}

/// Need as a bar, ceiling as a mark.
fn fit_bar(ui: &Ui, look: &Tokens, row: &Row, rect: Rect) {
    #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
    let at = |gib: f64| {
        let share = if row.scale > 0.0 { (gib / row.scale).clamp(0.0, 1.0) as f32 } else { 0.0 };
        rect.left() + rect.width() * share
    };
    let painter = ui.painter();
    painter.rect_filled(rect, 3.0, if row.chosen { look.raised } else { look.control });
    let filled = Rect::from_min_max(rect.min, pos2(at(row.need).max(rect.left() + 3.0), rect.bottom()));
    painter.rect_filled(filled, 3.0, look.verdict(row.verdict));
    if row.verdict >= Verdict::DoesNotFit {
        hatch(ui, look, filled);
    }
    if row.ceiling > 0.0 {
        let x = at(row.ceiling).min(rect.right() - 1.0).max(rect.left() + 1.0);
        painter.vline(x, rect.y_range().expand(2.5), Stroke::new(2.0, look.text));
    }
}

/// Strokes across what does not fit, so that color is not the only sign.
fn hatch(ui: &Ui, look: &Tokens, rect: Rect) {
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.painter().clip_rect()));
    let stroke = Stroke::new(1.0, look.surface.gamma_multiply(0.45));
    let mut x = rect.left() - rect.height();
    while x < rect.right() {
        painter.line_segment([pos2(x, rect.bottom()), pos2(x + rect.height(), rect.top())], stroke);
        x += 7.0;
    }
}
