//! The stacked memory bar with its ceilings.

use eframe::egui;
use egui::{Color32, CornerRadius, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::data::bar::{BarData, Mark};
use crate::app::fonts;
use crate::app::subject::Subject;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::units::{memory_unit, show_decimals};

const LABELS: f32 = 18.0;
const BAR: f32 = 30.0;
/// Between two labels.
const GAP: f32 = 6.0;
/// How far a label may reach beyond the bar's right end.
const BEYOND: f32 = 0.0;
/// Height of the bar with labels over and under it, whether there are any.
pub(crate) const HEIGHT: f32 = LABELS + 4.0 + BAR + LABELS + 6.0;

/// Draws the bar; returns the figure that was clicked.
pub(crate) fn bar_ui(ui: &mut Ui, look: &Tokens, data: &BarData) -> Option<Subject> {
    let top = ui.cursor().top() + LABELS + 4.0;
    let bar = Rect::from_min_size(pos2(ui.cursor().left(), top), vec2(ui.available_width(), BAR));
    let rows = place_labels(ui, data, bar);
    ui.allocate_space(vec2(bar.width(), HEIGHT));
    ui.painter().rect_filled(bar, 6.0, look.control);
    let mut opened = segments_ui(ui, look, data, bar);
    for (mark, row) in data.marks.iter().zip(rows) {
        if mark_ui(ui, look, bar, mark, data.scale, row) {
            opened = Some(Subject::Ceiling(mark.kind));
        }
    }
    opened
}

#[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
fn x_of(bar: Rect, gib: f64, scale: f64) -> f32 {
    bar.left() + bar.width() * (gib / scale).clamp(0.0, 1.0) as f32
}

/// Where the words of a segment begin: at its left, or behind the marks that would strike through them where there is room.
fn beside_marks(segment: egui::Rangef, width: f32, marks: &[f32]) -> f32 {
    let room = segment.shrink(8.0);
    let struck = |left: f32| marks.iter().any(|mark| (left - 4.0..=left + width + 4.0).contains(mark));
    let places = std::iter::once(room.min).chain(marks.iter().map(|mark| mark + 6.0));
    let free = places.filter(|left| *left >= room.min && left + width <= room.max && !struck(*left));
    free.min_by(f32::total_cmp).unwrap_or(room.min)
}

fn segments_ui(ui: &mut Ui, look: &Tokens, data: &BarData, bar: Rect) -> Option<Subject> {
    let mut opened = None;
    let mut from = 0.0;
    let last = data.segments.len().saturating_sub(1);
    for (index, segment) in data.segments.iter().enumerate() {
        let left = x_of(bar, from, data.scale);
        from += segment.gib;
        let right = x_of(bar, from, data.scale).max(left + 1.0);
        let rect = Rect::from_min_max(pos2(left, bar.top()), pos2(right, bar.bottom()));
        let color = look.part(segment.part);
        let rounded = CornerRadius {
            nw: if index == 0 { 6 } else { 0 },
            sw: if index == 0 { 6 } else { 0 },
            ne: if index == last { 3 } else { 0 },
            se: if index == last { 3 } else { 0 },
        };
        ui.painter().rect_filled(rect, rounded, color);
        let label = format!("{} {}", segment.label(), show_decimals(segment.gib, 1));
        let id = ui.make_persistent_id(("segment", segment.part.key()));
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::Button, true, text::bar_show_working(&label, &memory_unit()))
        });
        if response.hovered() || response.has_focus() {
            ui.painter().rect_stroke(rect, rounded, Stroke::new(1.5, look.text), egui::StrokeKind::Inside);
        }
        let galley = ui.painter().layout_no_wrap(label.clone(), fonts::small(), look.on(color));
        if galley.size().x + 16.0 <= rect.width() {
            let marks: Vec<f32> = data.marks.iter().map(|mark| x_of(bar, mark.gib, data.scale)).collect();
            let left = beside_marks(rect.x_range(), galley.size().x, &marks);
            let at = pos2(left, rect.center().y - galley.size().y / 2.0);
            ui.painter().galley(at, galley, look.on(color));
        }
        let response = response.on_hover_text(text::bar_click_for_its_working(&label, &memory_unit()));
        if response.clicked() {
            opened = Some(Subject::Part(segment.part, segment.place));
        }
    }
    opened
}

/// Where a label stands: above or below the bar, and its left end.
#[derive(Clone, Copy, Debug)]
struct Placed {
    above: bool,
    left: f32,
    shown: bool,
}

/// Puts labels above the bar from the deciding one outwards, below where that would overlap; one that finds no
/// room is left to its tooltip.
fn place_labels(ui: &Ui, data: &BarData, bar: Rect) -> Vec<Placed> {
    let mut order: Vec<usize> = (0..data.marks.len()).collect();
    // The deciding one first, then from the right, where marks crowd.
    order.reverse();
    order.sort_by_key(|index| !data.marks.get(*index).is_some_and(|mark| mark.decides));
    let mut taken: [Vec<(f32, f32)>; 2] = [Vec::new(), Vec::new()];
    let mut placed = vec![Placed { above: true, left: 0.0, shown: false }; data.marks.len()];
    for index in order {
        let (Some(mark), Some(place)) = (data.marks.get(index), placed.get_mut(index)) else { continue };
        let width =
            ui.painter().layout_no_wrap(mark.label.clone(), label_font(mark), Color32::PLACEHOLDER).size().x;
        let x = x_of(bar, mark.gib, data.scale);
        // Centred on its mark first, else ending or beginning there.
        let most = bar.right() + BEYOND - width;
        let lefts = [x - width / 2.0, x - width, x].map(|left| left.min(most).max(bar.left()));
        let spots = taken.iter().enumerate().flat_map(|(side, row)| lefts.map(|left| (side, left, row)));
        let found = spots
            .filter(|(_, left, row)| {
                row.iter().all(|(from, to)| left + width + GAP < *from || *to + GAP < *left)
            })
            .map(|(side, left, _)| (side, left))
            .next();
        if let Some((side, left)) = found {
            if let Some(row) = taken.get_mut(side) {
                row.push((left, left + width));
            }
            *place = Placed { above: side == 0, left, shown: true };
        }
    }
    placed
}

fn label_font(mark: &Mark) -> egui::FontId {
    if mark.decides { fonts::small_strong() } else { fonts::small() }
}

fn mark_ui(ui: &mut Ui, look: &Tokens, bar: Rect, mark: &Mark, scale: f64, placed: Placed) -> bool {
    let x = x_of(bar, mark.gib, scale);
    let color = if mark.decides { look.text } else { look.soft };
    let label_y =
        if placed.above { bar.top() - 5.0 - LABELS / 2.0 } else { bar.bottom() + 5.0 + LABELS / 2.0 };
    let reach = if placed.above {
        bar.y_range().expand(2.0)
    } else {
        egui::Rangef::new(bar.top() - 2.0, bar.bottom() + 4.0)
    };
    let ends = [pos2(x, reach.min - 2.0), pos2(x, reach.max + 2.0)];
    if mark.decides {
        ui.painter().line_segment(ends, Stroke::new(2.0, color));
    } else {
        ui.painter().extend(Shape::dashed_line(&ends, Stroke::new(1.5, color), 3.0, 3.0));
    }
    let mut rect = Rect::from_x_y_ranges((x - 3.0)..=(x + 3.0), reach);
    if placed.shown {
        let galley = ui.painter().layout_no_wrap(mark.label.clone(), label_font(mark), color);
        let at = pos2(placed.left, label_y - galley.size().y / 2.0);
        rect = Rect::from_min_size(at, galley.size());
        ui.painter().galley(at, galley, color);
    }
    let response = ui.interact(rect, ui.make_persistent_id(("mark", &mark.label)), Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, text::bar_show_working(&mark.label, &memory_unit()))
    });
    if response.has_focus() {
        ui.painter().rect_stroke(
            rect.expand(2.0),
            3.0,
            Stroke::new(1.0, look.accent),
            egui::StrokeKind::Outside,
        );
    }
    response.on_hover_text(text::click_for_what_it_rests(&mark.label, &memory_unit())).clicked()
}

/// Room that a square of a color takes before its name.
const SQUARE: f32 = 13.0;

/// Width of an entry of the legend.
pub(crate) fn legend_width(ui: &Ui, look: &Tokens, color: bool, (name, figure): (&str, &str)) -> f32 {
    let wide = |text: &str, font| ui.painter().layout_no_wrap(text.to_owned(), font, look.text).size().x;
    let lead = if color { SQUARE } else { 0.0 };
    lead + wide(name, fonts::small()) + 4.0 + wide(figure, fonts::small_strong())
}

/// A small square of a part's color with its name and figure at a place; true when clicked.
pub(crate) fn legend_ui(
    ui: &Ui,
    look: &Tokens,
    at: Pos2,
    color: Option<Color32>,
    (name, figure): (&str, &str),
) -> bool {
    let name_galley = ui.painter().layout_no_wrap(name.to_owned(), fonts::small(), look.soft);
    let figure_galley = ui.painter().layout_no_wrap(figure.to_owned(), fonts::small_strong(), look.text);
    let lead = if color.is_some() { SQUARE } else { 0.0 };
    let width = lead + name_galley.size().x + 4.0 + figure_galley.size().x;
    let rect = Rect::from_min_size(at, vec2(width, 18.0));
    let clickable = color.is_some();
    let sense = if clickable { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, ui.make_persistent_id(("legend", name)), sense);
    let role = if clickable { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, true, format!("{name} {figure}")));
    let y = |galley: &egui::Galley| rect.center().y - galley.size().y / 2.0;
    if let Some(color) = color {
        let square = Rect::from_center_size(pos2(rect.left() + 4.5, rect.center().y), vec2(9.0, 9.0));
        ui.painter().rect_filled(square, 2.0, color);
    }
    let hot = clickable && (response.hovered() || response.has_focus());
    let at = pos2(rect.left() + lead, y(&name_galley));
    let figure_at = pos2(rect.right() - figure_galley.size().x, y(&figure_galley));
    ui.painter().galley_with_override_text_color(at, name_galley, if hot { look.text } else { look.soft });
    ui.painter().galley(figure_at, figure_galley, look.text);
    if clickable { response.on_hover_text(text::centre_click_for_its_working()).clicked() } else { false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Rangef;

    #[test]
    fn words_of_a_segment_keep_off_marks_where_there_is_room() {
        let is = |marks: &[f32], wanted: f32| {
            let found = beside_marks(Rangef::new(100.0, 300.0), 80.0, marks);
            assert!((found - wanted).abs() < 0.01, "{found}, not {wanted}");
        };
        is(&[], 108.0);
        is(&[250.0], 108.0);
        is(&[150.0], 156.0);
        is(&[150.0, 158.0], 164.0);
        is(&[110.0, 180.0, 240.0], 108.0);
    }
}
