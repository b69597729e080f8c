//! A machine in three short lines, in a narrow list in four.

use std::sync::Arc;

use eframe::egui;
use egui::{Color32, FontId, Galley, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use lucide_icons::Icon;

use super::elided;
use super::hue::hue;
use super::icon::icon_ui;
use crate::app::data::machines::Row;
use crate::app::fonts;
use crate::app::names::shorter;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::engine::Verdict;

/// Width below which name and memory take a line each.
const NARROW: f32 = 250.0;
/// Between two things in a line.
const GAP: f32 = 8.0;
/// Room of the tick before the name.
const TICK: f32 = 22.0;

/// Height of a row of so much width, hairline included.
pub(crate) const fn height(width: f32) -> f32 {
    if width < NARROW { 84.0 } else { 68.0 }
}

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
    let (_, rect) = ui.allocate_space(vec2(width, height(width)));
    let response = ui.interact(rect, ui.make_persistent_id(("machine", &row.id)), Sense::click());
    let sold = if row.sold.is_empty() { String::new() } else { format!(", {}", row.sold) };
    let said = text::needs(&row.called(), &row.verdict.label(), &row.figures, &row.speed, &row.price, &sold);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, row.chosen, &said));
    let around = rect.expand2(vec2(GAP, -2.0));
    if row.chosen || response.hovered() || response.has_focus() {
        let fill = if row.chosen { look.control } else { look.control.gamma_multiply(0.6) };
        ui.painter().rect_filled(around, 6.0, fill);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(around, 6.0, Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
    }
    if row.chosen {
        let edge = Rect::from_min_size(rect.left_top() + vec2(-GAP, 12.0), vec2(3.0, rect.height() - 24.0));
        ui.painter().rect_filled(edge, 1.5, look.accent);
    }
    let inner = rect.shrink2(vec2(0.0, 9.0));
    let compared = tick_ui(ui, look, row, inner);
    let pen = Pen { ui, look, row, inner };
    let price = if width < NARROW { pen.narrow() } else { pen.wide() };
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, look.line.gamma_multiply(0.7)));
    let clicked = response.on_hover_text(format!("{}\n{}", row.called(), row.more)).clicked();
    if price.is_some_and(|price| price_ui(ui, look, row, price)) {
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
    let name = text::price_of_show_working(&row.called(), &row.price);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.hovered() || response.has_focus() {
        ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, look.soft));
    }
    response.on_hover_text(text::click_for_where_this_price()).clicked()
}

/// A row as it is being drawn.
struct Pen<'a> {
    ui: &'a Ui,
    look: &'a Tokens,
    row: &'a Row,
    inner: Rect,
}

impl Pen<'_> {
    /// Name with memory; bar with verdict; need, speed and price.
    fn wide(&self) -> Option<Rect> {
        let Self { look, row, inner, .. } = self;
        let y = inner.top() + 8.0;
        let left = inner.left() + TICK;
        // What tells machines apart is laid out first: the name gives way to it.
        let beside = self.laid(&row.beside, fonts::body(), look.soft);
        let sold = self.laid(row.sold, fonts::small(), look.tight);
        let apart = if row.sold.is_empty() { 0.0 } else { sold.size().x + GAP };
        let room = inner.right() - left - beside.size().x - 5.0;
        let full = self.laid(&row.name, fonts::strong(), look.text).size().x;
        let short = if full > room - apart { shorter(&row.name) } else { row.name.clone() };
        let wide = self.laid(&short, fonts::strong(), look.text).size().x;
        let marked = wide <= room - apart;
        let name = elided(self.ui.painter(), &short, &fonts::strong(), look.text, room);
        let mut at = left + self.put(left, y, name, look.text) + 5.0;
        let free = inner.right() - at - beside.size().x - if marked { apart } else { 0.0 } - 5.0;
        if !row.kind.is_empty() && free > 40.0 {
            let kind = elided(self.ui.painter(), &row.kind, &fonts::body(), look.soft, free);
            at += self.put(at, y, kind, look.soft) + 5.0;
        }
        self.put(at, y, beside, look.soft);
        if marked {
            self.put(inner.right() - sold.size().x, y, sold, look.tight);
        }
        let middle = inner.top() + 25.0;
        let verdict = self.laid(row.verdict.label(), fonts::small_strong(), look.verdict(row.verdict));
        let verdict_left = inner.right() - verdict.size().x;
        self.put(verdict_left, middle, verdict, look.text);
        // One length in every row, so that bars can be held against each other.
        let longest = self.laid(Verdict::DoesNotFit.label(), fonts::small_strong(), look.text).size().x;
        let bar = inner.right() - longest - GAP;
        fit_bar(
            self.ui,
            look,
            row,
            Rect::from_x_y_ranges(inner.left()..=bar, (middle - 3.0)..=(middle + 3.0)),
        );
        self.figures(false)
    }

    /// Name; memory with verdict; bar; need, speed and price in few letters.
    fn narrow(&self) -> Option<Rect> {
        let Self { look, row, inner, .. } = self;
        let left = inner.left() + TICK;
        let y = inner.top() + 8.0;
        let room = inner.right() - left;
        let short = shorter(&row.name);
        let name = elided(self.ui.painter(), &short, &fonts::strong(), look.text, room);
        let end = left + self.put(left, y, name, look.text) + 5.0;
        let mark = if row.sold.is_empty() { row.kind.as_str() } else { row.sold };
        let color = if row.sold.is_empty() { look.soft } else { look.tight };
        if inner.right() - end > 30.0 && !mark.is_empty() {
            let mark = elided(self.ui.painter(), mark, &fonts::small(), color, inner.right() - end);
            self.put(inner.right() - mark.size().x, y, mark, color);
        }
        let second = y + 17.0;
        let verdict = self.laid(row.verdict.label(), fonts::small_strong(), look.verdict(row.verdict));
        let right = inner.right() - verdict.size().x;
        self.put(right, second, verdict, look.text);
        let few = row.beside.replace("-core", text::machine_row_cores());
        let beside = self.laid(&few, fonts::small(), look.soft);
        let beside = if left + beside.size().x + 4.0 > right {
            self.laid(&row.beside.replace("-core", "c"), fonts::small(), look.soft)
        } else {
            beside
        };
        self.put(left, second, beside, look.soft);
        let bar = second + 14.0;
        fit_bar(self.ui, look, row, Rect::from_x_y_ranges(inner.x_range(), (bar - 3.0)..=(bar + 3.0)));
        self.figures(true)
    }

    /// The last line, in few letters where every row is narrow: need at the left, price at the right, the speed between them, each as exactly as there is room for;
    /// returns where the price is.
    fn figures(&self, few: bool) -> Option<Rect> {
        let Self { look, row, inner, .. } = self;
        let y = inner.bottom() - 8.0;
        let small = |text: &str| self.laid(text, fonts::small(), look.soft);
        let bare = row.bare_price.as_str();
        let close = row.close.as_str();
        let need = if few { close } else { row.figures.as_str() };
        let ways = [
            (need, row.speed.as_str(), row.price.as_str()),
            (need, &row.pace, &row.price),
            (need, &row.speed, bare),
            (need, &row.pace, bare),
            (close, &row.pace, bare),
            (close, &row.brief, bare),
            (close, "", bare),
            (close, "", ""),
        ];
        let fits = |parts: &[Arc<Galley>; 3]| {
            let wide = parts.iter().map(|part| part.size().x).filter(|wide| *wide > 0.0);
            wide.map(|wide| wide + GAP).sum::<f32>() <= inner.width() + GAP
        };
        // Most rows have room for the first way: the others are laid out only where it is asked for.
        let laid = ways.into_iter().map(|(need, speed, price)| [small(need), small(speed), small(price)]);
        let [need, speed, price] = laid.into_iter().find(fits)?;
        let from = inner.left() + self.put(inner.left(), y, need, look.soft);
        let size = price.size();
        let to = inner.right() - size.x;
        self.put(to, y, price, look.soft);
        // In the middle of what is left between need and price.
        self.put((from + to - speed.size().x) / 2.0, y, speed, look.soft);
        Some(Rect::from_min_size(pos2(to, y - size.y / 2.0), size))
    }

    fn laid(&self, text: &str, font: FontId, color: Color32) -> Arc<Galley> {
        self.ui.painter().layout_no_wrap(text.to_owned(), font, color)
    }

    /// Draws a text from its left, in the middle of a line; returns its width.
    fn put(&self, left: f32, y: f32, text: Arc<Galley>, color: Color32) -> f32 {
        let size = text.size();
        self.ui.painter().galley(pos2(left, y - size.y / 2.0), text, color);
        size.x
    }
}

/// The tick that puts a machine into the comparison and the plot.
fn tick_ui(ui: &mut Ui, look: &Tokens, row: &Row, inner: Rect) -> bool {
    let square = Rect::from_center_size(pos2(inner.left() + 7.0, inner.top() + 8.0), vec2(14.0, 14.0));
    let response = ui.interact(square.expand(4.0), ui.make_persistent_id(("tick", &row.id)), Sense::click());
    let name = text::machine_row_compare(&row.called());
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, row.compared, &name));
    let lively = response.hovered() || response.has_focus();
    let painter = ui.painter();
    if row.compared {
        let color = hue(ui, look, &row.id, row.chosen);
        painter.rect_filled(square, 3.5, color);
        icon_ui(painter, square.center(), Icon::Check, (12.0, look.on(color)));
    } else {
        let color = if lively { look.text } else { look.faint };
        painter.rect_stroke(square, 3.5, Stroke::new(1.2, color), egui::StrokeKind::Inside);
    }
    response.on_hover_text(text::show_its_ceiling()).clicked()
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
