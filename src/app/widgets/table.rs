//! A table of machines: names of lines stay at the left, names of machines at the top, while the rest scrolls.

use std::sync::Arc;

use eframe::egui;
use egui::scroll_area::ScrollBarVisibility;
use egui::{
    Galley, Painter, Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use lucide_icons::Icon;

use super::elided;
use super::hue::hue;
use super::icon::icon_ui;
use super::table_layout::{MARGIN, SECTION, TableLayout, inset, layout};
use crate::app::columns::Line;
use crate::app::data::compare::{Cell, Column, CompareData, TableLine};
use crate::app::fonts;
use crate::app::subject::Subject;
use crate::app::text;
use crate::app::theme::Tokens;

/// What was done to the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TableAction {
    /// Hold the others against this machine.
    Baseline(String),
    /// Take this machine out.
    Leave(String),
    /// Hold this scenario against the other one.
    Exchange,
    /// Take the other scenario out.
    LeaveOther,
    /// Order the columns by a line.
    OrderBy(Line),
    /// Show how a figure came about.
    Open(Subject),
}

/// The parts of the table on the screen.
struct Sight {
    /// All of it.
    whole: Rect,
    /// Where the first line of the first column begins, scrolled away or not.
    origin: Pos2,
}

impl Sight {
    fn column(&self, layout: &TableLayout, index: usize) -> egui::Rangef {
        let index = f32::from(u16::try_from(index).unwrap_or(u16::MAX));
        let left = self.origin.x + layout.column * index;
        egui::Rangef::new(left, left + layout.column)
    }

    /// Where figures are.
    fn body(&self, layout: &TableLayout) -> Rect {
        Rect::from_min_max(self.whole.min + vec2(layout.label, layout.head), self.whole.max)
    }
}

/// Draws the table over the room there is.
pub(crate) fn table_ui(ui: &mut Ui, look: &Tokens, data: &CompareData) -> Option<TableAction> {
    let mut done = None;
    ui.scope(|ui| {
        // Bars that are always seen: what lies at the right of the window is otherwise missed.
        ui.spacing_mut().scroll =
            egui::style::ScrollStyle { foreground_color: true, ..egui::style::ScrollStyle::solid() };
        let room = ui.available_size();
        let layout = layout(ui.painter(), look, data, room.x - 14.0);
        let count = f32::from(u16::try_from(data.columns.len()).unwrap_or(u16::MAX));
        let size = vec2(layout.label + layout.column * count, layout.head + layout.height);
        ScrollArea::both()
            .id_salt("comparison")
            .auto_shrink(false)
            .scroll_bar_visibility(ScrollBarVisibility::VisibleWhenNeeded)
            .show_viewport(ui, |ui, seen| {
                let (_, rect) = ui.allocate_space(size);
                let whole = Rect::from_min_size(rect.min + seen.min.to_vec2(), seen.size());
                let sight = Sight { whole, origin: rect.min + vec2(layout.label, layout.head) };
                done = lines_ui(ui, look, data, &layout, &sight);
                done = columns_ui(ui, look, data, &layout, &sight).or(done.take());
            });
    });
    done
}

/// Lines with their names and figures.
fn lines_ui(
    ui: &mut Ui,
    look: &Tokens,
    data: &CompareData,
    layout: &TableLayout,
    sight: &Sight,
) -> Option<TableAction> {
    let body = sight.body(layout);
    let figures = ui.painter().with_clip_rect(body.intersect(ui.clip_rect()));
    let below = Rect::from_min_max(pos2(sight.whole.left(), body.top()), sight.whole.max);
    let names = ui.painter().with_clip_rect(below.intersect(ui.clip_rect()));
    if let Some(index) = data.columns.iter().position(|column| column.baseline) {
        let behind = Rect::from_x_y_ranges(sight.column(layout, index), sight.whole.y_range());
        let clip = Rect::from_min_max(pos2(body.left(), sight.whole.top()), sight.whole.max);
        let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
        painter.rect_filled(behind, 0.0, look.accent.gamma_multiply(0.09));
    }
    let mut done = None;
    for (line, text) in data.lines.iter().zip(&layout.lines) {
        let top = sight.origin.y + text.top;
        if let Some(section) = line.section {
            let at = pos2(sight.whole.left(), top - SECTION / 2.0 + 2.0);
            names.text(at, egui::Align2::LEFT_CENTER, section, fonts::small_strong(), look.faint);
            names.hline(sight.whole.x_range(), top - 0.5, Stroke::new(1.0, look.line));
        }
        let rect =
            Rect::from_min_size(pos2(sight.whole.left(), top), vec2(layout.label - MARGIN, text.height));
        done = name_ui(ui, look, &names, line, rect, (&text.label, text.under.as_ref())).or(done);
        for (index, ((cell, texts), column)) in
            line.cells.iter().zip(&text.cells).zip(&data.columns).enumerate()
        {
            let across = sight.column(layout, index);
            let rect = Rect::from_x_y_ranges(across, rect.y_range());
            done = cell_ui(ui, look, &figures, (line, column, cell), rect).or(done);
            let at = pos2(across.max - MARGIN, top + inset());
            figures.galley(at, Arc::clone(&texts.figure), look.text);
            if let Some(under) = &texts.under {
                let at = pos2(at.x, at.y + texts.figure.size().y);
                figures.galley(at, Arc::clone(under), look.faint);
            }
        }
        names.hline(sight.whole.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, look.line));
    }
    done
}

/// The name of a line; a click orders the columns by it.
fn name_ui(
    ui: &Ui,
    look: &Tokens,
    painter: &Painter,
    line: &TableLine,
    rect: Rect,
    (label, under): (&Arc<Galley>, Option<&Arc<Galley>>),
) -> Option<TableAction> {
    let response = ui.interact(rect, ui.scope_id().with(("line", line.line)), Sense::click());
    let name = text::order_by(&line.label);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, line.ordered.is_some(), &name));
    let at = rect.min + vec2(0.0, inset());
    if response.hovered() || response.has_focus() || line.ordered.is_some() {
        painter.galley_with_override_text_color(at, Arc::clone(label), look.text);
    } else {
        painter.galley(at, Arc::clone(label), look.soft);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, 4.0, Stroke::new(1.0, look.accent), StrokeKind::Inside);
    }
    if let Some(under) = under {
        painter.galley(at + vec2(0.0, label.size().y), Arc::clone(under), look.faint);
    }
    response.clicked().then_some(TableAction::OrderBy(line.line))
}

/// As much of a place as is seen; all of it where nothing is, so that it is still reached by keys.
fn in_sight(painter: &Painter, rect: Rect) -> Rect {
    let seen = rect.intersect(painter.clip_rect());
    if seen.is_positive() { seen } else { rect }
}

/// What a screen reader, and the pointer that rests there, is told of a figure; a click opens its working.
fn cell_ui(
    ui: &Ui,
    look: &Tokens,
    painter: &Painter,
    (line, column, cell): (&TableLine, &Column, &Cell),
    rect: Rect,
) -> Option<TableAction> {
    // What the other scenario says is opened from its own tab.
    let has_figure = !column.other && cell.text.contains(|sign: char| sign.is_ascii_digit());
    let opens = line.line.opens(&column.id).filter(|_| has_figure);
    let sense = if opens.is_some() { Sense::click() } else { Sense::hover() };
    let id = ui.scope_id().with(("cell", line.line, &column.id, column.other));
    let response = ui.interact(in_sight(painter, rect), id, sense);
    let best = if cell.best { text::table_best() } else { "" };
    let under = if cell.under.is_empty() { String::new() } else { format!(", {}", cell.under) };
    let said = format!("{}, {}: {}{best}{under}", line.label, column.name, cell.text);
    let Some(subject) = opens else {
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        return None;
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::show_working_of(&said)));
    if response.hovered() || response.has_focus() {
        let around = rect.shrink2(vec2(2.0, 1.0));
        painter.rect_stroke(around, 4.0, Stroke::new(1.0, look.line), StrokeKind::Inside);
    }
    response
        .on_hover_text(text::centre_click_for_its_working())
        .clicked()
        .then_some(TableAction::Open(subject))
}

/// Names of the machines, over the figures that scroll away under them.
fn columns_ui(
    ui: &mut Ui,
    look: &Tokens,
    data: &CompareData,
    layout: &TableLayout,
    sight: &Sight,
) -> Option<TableAction> {
    let head = Rect::from_min_max(
        sight.whole.min + vec2(layout.label, 0.0),
        pos2(sight.whole.right(), sight.whole.top() + layout.head),
    );
    let clip = head.intersect(ui.clip_rect());
    let mut done = None;
    for (index, (column, title)) in data.columns.iter().zip(&layout.names).enumerate() {
        let rect = Rect::from_x_y_ranges(sight.column(layout, index), head.y_range());
        let rect = rect.shrink2(vec2(4.0, 2.0));
        done = column_ui(ui, look, (column, title), rect, clip).or(done);
    }
    let line = Stroke::new(1.0, look.line);
    ui.painter().hline(sight.whole.x_range(), sight.whole.top() + layout.head - 0.5, line);
    done
}

fn column_ui(
    ui: &Ui,
    look: &Tokens,
    (column, title): (&Column, &Arc<Galley>),
    rect: Rect,
    clip: Rect,
) -> Option<TableAction> {
    let painter = ui.painter().with_clip_rect(clip);
    let id = ui.scope_id().with(("column", &column.id, column.other));
    let response = ui.interact(in_sight(&painter, rect), id, Sense::click());
    let name = text::hold_the_others_against(&column.name, &column.beside);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, column.baseline, &name));
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 5.0, look.control);
    }
    // The color it has in the charts and in the list.
    let sign = Rect::from_min_max(
        pos2(rect.left() + 4.0, rect.bottom() - 1.0),
        rect.right_bottom() + vec2(-4.0, 2.0),
    );
    painter.rect_filled(sign, 1.5, hue(ui, look, &column.id, column.chosen));
    let cross = if column.removable { 18.0 } else { 0.0 };
    let right = rect.right() - 6.0;
    painter.galley(pos2(right, rect.top() + 3.0), Arc::clone(title), look.text);
    let beside = elided(&painter, &column.beside, &fonts::small(), look.soft, rect.width() - 12.0 - cross);
    let y = rect.bottom() - 12.0;
    painter.galley(pos2(right - cross - beside.size().x, y - beside.size().y / 2.0), beside, look.soft);
    let clicked = response.on_hover_text(format!("{} {}", column.name, column.beside)).clicked();
    if column.removable && cross_ui(ui, look, &painter, column, pos2(right - 4.0, y)) {
        return Some(if column.other {
            TableAction::LeaveOther
        } else {
            TableAction::Leave(column.id.clone())
        });
    }
    clicked
        .then(|| if column.other { TableAction::Exchange } else { TableAction::Baseline(column.id.clone()) })
}

/// A cross that takes the machine out.
fn cross_ui(ui: &Ui, look: &Tokens, painter: &Painter, column: &Column, at: Pos2) -> bool {
    let rect = Rect::from_center_size(at, vec2(16.0, 16.0));
    let id = ui.scope_id().with(("leave", &column.id, column.other));
    let response = ui.interact(in_sight(painter, rect), id, Sense::click());
    let name = text::remove_from_the_comparison(&column.name, &column.beside);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let lively = response.hovered() || response.has_focus();
    icon_ui(painter, at, Icon::X, (13.0, if lively { look.text } else { look.faint }));
    response.on_hover_text(text::take_it_out()).clicked()
}
