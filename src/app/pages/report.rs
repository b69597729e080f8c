//! The report as it is saved, before it is saved: the answer first, then what it rests on.

use eframe::egui;
use egui::{
    Align, Align2, Button, Color32, FontId, Label, Layout, Rect, RichText, Role, ScrollArea, Sense, Stroke,
    Ui, WidgetInfo, pos2, vec2,
};

use super::plan::{command_ui, way_ui};
use crate::app::command::Command;
use crate::app::data::plan::PlanData;
use crate::app::fonts;
use crate::app::text::{self, Text};
use crate::app::theme::Tokens;
use crate::app::widgets::button::fold_icon;
use crate::app::widgets::hint_ui;
use crate::report::{Footnote, Format, Sheet, SheetBar, SheetCell, SheetChart, SheetSubject, SheetTable};

/// The widest that text of a report runs.
const PAGE: f32 = 880.0;
/// Formats in the order their buttons stand in, the first of them for the one who pays.
const FORMATS: [(Format, Text); 7] = [
    (Format::Html, text::save_html),
    (Format::Markdown, || "Markdown"),
    (Format::Csv, || "CSV"),
    (Format::Json, || "JSON"),
    (Format::Ron, || "RON"),
    (Format::Svg, text::charts_as_svg),
    (Format::Png, text::charts_as_png),
];

/// Draws the page over the room there is.
pub(crate) fn page_ui(
    ui: &mut Ui,
    look: &Tokens,
    (sheet, plan): (&Sheet, &PlanData),
    commands: &mut Vec<Command>,
) {
    ui.add_space(8.0);
    ui.horizontal_wrapped(|ui| {
        for (format, label) in FORMATS {
            let first = format == Format::Html;
            let text = RichText::new(label()).color(if first { look.on_accent } else { look.text });
            let button = if first { Button::new(text).fill(look.accent) } else { Button::new(text) };
            if ui.add(button).on_hover_text(format.label()).clicked() {
                commands.push(Command::SaveReport(format));
            }
        }
    });
    ui.add_space(6.0);
    ScrollArea::vertical().id_salt("report").auto_shrink(false).show(ui, |ui| {
        let room = ui.available_width() - 12.0;
        let width = room.min(PAGE);
        ui.horizontal_top(|ui| {
            ui.add_space((room - width) / 2.0);
            ui.vertical(|ui| {
                ui.set_width(width);
                sheet_ui(ui, look, (sheet, plan), commands);
            });
        });
    });
}

fn sheet_ui(ui: &mut Ui, look: &Tokens, (sheet, plan): (&Sheet, &PlanData), commands: &mut Vec<Command>) {
    ui.add_space(10.0);
    hint_ui(ui, look, &sheet.meta);
    let title = FontId::new(24.0, fonts::strong().family);
    ui.add(Label::new(RichText::new(&sheet.question).font(title).color(look.text)).wrap());
    ui.add_space(6.0);
    if let Some(together) = &sheet.together {
        paragraph_ui(ui, look.text, together);
    }
    for subject in &sheet.subjects {
        subject_ui(ui, look, subject);
    }
    if let Some((day, changes)) = &sheet.since {
        since_ui(ui, look, day, changes);
    }
    for (head, lines) in &sheet.asked {
        asked_ui(ui, look, head, lines);
    }
    section_ui(ui, look, text::side_by_side());
    for (at, table) in sheet.tables.iter().enumerate() {
        table_ui(ui, look, (at, table), &sheet.notes);
    }
    for chart in &sheet.charts {
        chart_ui(ui, look, chart);
    }
    if !plan.ways.is_empty() {
        section_ui(ui, look, text::what_would_make_it_fit());
        paragraph_ui(ui, look.soft, &plan.says);
        for way in &plan.ways {
            way_ui(ui, look, way, commands);
        }
    }
    for subject in &sheet.subjects {
        start_ui(ui, look, subject);
    }
    for subject in &sheet.subjects {
        rules_ui(ui, look, subject);
    }
    section_ui(ui, look, text::what_it_rests_on());
    for (head, points) in &sheet.rests {
        list_ui(ui, look, head, points);
    }
    notes_ui(ui, look, &sheet.notes);
    ui.add_space(24.0);
}

fn paragraph_ui(ui: &mut Ui, color: Color32, text: &str) {
    ui.add(Label::new(RichText::new(text).color(color)).wrap());
}

fn section_ui(ui: &mut Ui, look: &Tokens, text: &str) {
    ui.add_space(18.0);
    ui.label(RichText::new(text).font(fonts::title()).color(look.text));
    ui.add_space(4.0);
}

/// A scenario's name, where there are two.
fn name_ui(ui: &mut Ui, look: &Tokens, name: Option<&String>) {
    if let Some(name) = name {
        ui.add_space(10.0);
        ui.label(RichText::new(name).font(fonts::title()).color(look.text));
        ui.add_space(4.0);
    }
}

/// What a scenario comes to: its answer, three figures, and what speaks for another choice.
fn subject_ui(ui: &mut Ui, look: &Tokens, subject: &SheetSubject) {
    name_ui(ui, look, subject.name.as_ref());
    answer_ui(ui, look, subject);
    ui.add_space(10.0);
    headlines_ui(ui, look, &subject.headlines);
    list_ui(ui, look, text::before_you_decide(), &subject.considerations);
}

/// What starts a scenario on the machine that is advised.
fn start_ui(ui: &mut Ui, look: &Tokens, subject: &SheetSubject) {
    let Some(start) = &subject.start else { return };
    section_ui(ui, look, &text::before_you_start(&start.machine));
    name_ui(ui, look, subject.name.as_ref());
    if let Some(command) = &start.command {
        command_ui(ui, look, command, &text::copy_the_command_that_starts_it_on_the(&start.machine));
    }
    if let Some(note) = &start.note {
        hint_ui(ui, look, note);
    }
}

/// Rules of thumb, each with what it comes to here.
fn rules_ui(ui: &mut Ui, look: &Tokens, subject: &SheetSubject) {
    if subject.rules.is_empty() {
        return;
    }
    section_ui(ui, look, text::what_people_say_held_against());
    name_ui(ui, look, subject.name.as_ref());
    for [says, holds, figures] in &subject.rules {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.label(RichText::new(says).color(look.text));
            ui.label(RichText::new(holds).font(fonts::small_strong()).color(look.accent));
        });
        ui.add(Label::new(RichText::new(figures).font(fonts::small()).color(look.soft)).wrap());
        ui.add_space(4.0);
    }
}

/// The settings, in two columns where there is room.
fn asked_ui(ui: &mut Ui, look: &Tokens, of: &str, asked: &[String]) {
    let (first, second) = asked.split_at(asked.len().div_ceil(2));
    let title =
        if of.is_empty() { text::what_was_asked().to_owned() } else { text::report_what_was_asked(&of) };
    if ui.available_width() < 560.0 || second.is_empty() {
        list_ui(ui, look, &title, asked);
        return;
    }
    ui.columns(2, |columns| {
        for (column, (head, points)) in columns.iter_mut().zip([(title.as_str(), first), (" ", second)]) {
            list_ui(column, look, head, points);
        }
    });
}

/// A heading and its points; nothing where there are none.
fn list_ui(ui: &mut Ui, look: &Tokens, head: &str, points: &[String]) {
    if points.is_empty() {
        return;
    }
    ui.add_space(12.0);
    ui.label(RichText::new(head).font(fonts::strong()).color(look.text));
    ui.spacing_mut().item_spacing.y = 4.0;
    for point in points {
        ui.horizontal_top(|ui| {
            ui.label(RichText::new("•").color(look.faint));
            paragraph_ui(ui, look.soft, point);
        });
    }
}

/// The answer beside a bar in the color of its verdict.
fn answer_ui(ui: &mut Ui, look: &Tokens, subject: &SheetSubject) {
    let color = subject.verdict.map_or(look.faint, |verdict| look.verdict(verdict));
    let shown = ui.horizontal_top(|ui| {
        ui.add_space(14.0);
        let text = RichText::new(&subject.answer).font(FontId::proportional(16.0)).color(look.text);
        ui.add(Label::new(text).wrap());
    });
    let rect = shown.response.rect;
    let bar = Rect::from_min_size(rect.left_top() - vec2(0.0, 2.0), vec2(4.0, rect.height() + 4.0));
    ui.painter().rect_filled(bar, 2.0, color);
}

/// Three figures beside one another, under one another where there is no room.
fn headlines_ui(ui: &mut Ui, look: &Tokens, headlines: &[[String; 3]]) {
    let width = ui.available_width();
    let columns = if width > 560.0 { headlines.len().max(1) } else { 1 };
    let gap = 20.0;
    let each = (width - gap * (columns.saturating_sub(1)) as f32) / columns as f32;
    let beside = if columns > 1 { Layout::left_to_right(Align::Min) } else { Layout::top_down(Align::Min) };
    ui.with_layout(beside, |ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for [figure, what, note] in headlines {
            ui.allocate_ui_with_layout(vec2(each - 0.5, 0.0), Layout::top_down(Align::Min), |ui| {
                ui.set_width(each - 0.5);
                let top = ui.cursor().top();
                ui.painter().hline(ui.max_rect().x_range(), top, Stroke::new(1.0, look.line));
                ui.add_space(8.0);
                ui.spacing_mut().item_spacing.y = 3.0;
                let large = FontId::new(22.0, fonts::strong().family);
                ui.add(Label::new(RichText::new(figure).font(large).color(look.text)).wrap());
                paragraph_ui(ui, look.text, what);
                ui.add(Label::new(RichText::new(note).font(fonts::small()).color(look.soft)).wrap());
            });
        }
    });
}

fn since_ui(ui: &mut Ui, look: &Tokens, day: &str, changes: &[[String; 4]]) {
    ui.add_space(12.0);
    ui.label(RichText::new(text::since(&day)).font(fonts::strong()).color(look.text));
    if changes.is_empty() {
        paragraph_ui(ui, look.soft, text::nothing_that_it_said());
    }
    for [machine, what, then, now] in changes {
        paragraph_ui(ui, look.soft, &text::then_now(&machine, &what, &then, &now));
    }
}

/// Width of the names of lines, and of a machine.
const LABEL: f32 = 150.0;
const MACHINE: f32 = 156.0;

/// The comparison; a machine more than there is room for is scrolled to.
fn table_ui(ui: &mut Ui, look: &Tokens, (at, table): (usize, &SheetTable), notes: &[Footnote]) {
    name_ui(ui, look, table.head.as_ref());
    ScrollArea::horizontal().id_salt(("report table", at)).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().interact_size.y = 12.0;
        row_ui(ui, look, "", |ui| {
            for machine in &table.machines {
                cell_ui(ui, MACHINE, |ui| {
                    ui.add(Label::new(RichText::new(machine).font(fonts::strong()).color(look.text)).wrap());
                });
            }
        });
        for line in &table.lines {
            row_ui(ui, look, &line.label, |ui| {
                for cell in &line.cells {
                    cell_ui(ui, MACHINE, |ui| figure_ui(ui, look, cell, notes));
                }
            });
        }
    });
}

/// A row with its name at the left and a hairline under it.
fn row_ui(ui: &mut Ui, look: &Tokens, label: &str, cells: impl FnOnce(&mut Ui)) {
    let shown = ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 14.0;
        cell_ui(ui, LABEL, |ui| {
            ui.add(Label::new(RichText::new(label).color(look.soft)).wrap());
        });
        cells(ui);
    });
    let line = shown.response.rect;
    ui.painter().hline(line.x_range(), line.bottom() + 3.0, Stroke::new(1.0, look.line.gamma_multiply(0.7)));
    ui.add_space(3.0);
}

fn cell_ui(ui: &mut Ui, width: f32, draw: impl FnOnce(&mut Ui)) {
    ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
        ui.set_width(width);
        ui.spacing_mut().item_spacing.y = 1.0;
        draw(ui);
    });
}

/// A figure with the number of its footnote, which says itself under the pointer.
fn figure_ui(ui: &mut Ui, look: &Tokens, cell: &SheetCell, notes: &[Footnote]) {
    let color = cell.verdict.map_or(look.text, |verdict| look.verdict(verdict));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(RichText::new(&cell.text).color(color));
        if let Some(best) = cell.best {
            ui.label(RichText::new(best).font(fonts::small_strong()).color(look.accent));
        }
        let note = cell.note.and_then(|number| Some((number, notes.get(number.checked_sub(1)?)?)));
        if let Some((number, note)) = note {
            let mark = RichText::new(number.to_string()).font(FontId::proportional(9.5)).color(look.accent);
            let label = Label::new(mark).sense(Sense::hover()).selectable(false);
            ui.add(label).on_hover_text(said(note));
        }
    });
    if let Some(below) = &cell.below {
        ui.add(Label::new(RichText::new(below).font(fonts::small()).color(look.faint)).wrap());
    }
}

fn said(note: &Footnote) -> String {
    let head = format!("{} · {}", note.machines.join(", "), note.head);
    std::iter::once(head).chain(note.lines.iter().map(ToString::to_string)).collect::<Vec<_>>().join("\n")
}

/// Color of a piece of a bar, by its class in the saved charts.
fn ink(look: &Tokens, class: &str) -> Color32 {
    match class {
        "p1" | "price" => look.part_weights,
        "p2" | "electricity" => look.part_kv_cache,
        "p3" | "rent" => look.part_compute,
        "p4" => look.part_state,
        "speed" => look.accent,
        "frame" => look.line,
        _ => look.part_runtime,
    }
}

fn chart_ui(ui: &mut Ui, look: &Tokens, chart: &SheetChart) {
    section_ui(ui, look, &chart.title);
    hint_ui(ui, look, &chart.note);
    ui.horizontal_wrapped(|ui| {
        for (class, word) in &chart.legend {
            let (_, swatch) = ui.allocate_space(vec2(11.0, 11.0));
            ui.painter().rect_filled(swatch, 2.0, ink(look, class));
            ui.label(RichText::new(word).font(fonts::small()).color(look.soft));
            ui.add_space(4.0);
        }
    });
    ui.add_space(2.0);
    for bar in &chart.bars {
        bar_ui(ui, look, bar);
    }
}

/// A machine's name, its bar, and what the bar says.
#[expect(clippy::cast_possible_truncation, reason = "places on the screen")]
fn bar_ui(ui: &mut Ui, look: &Tokens, bar: &SheetBar) {
    let (id, rect) = ui.allocate_space(vec2(ui.available_width(), 44.0));
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{}: {}", bar.name, bar.says)));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let painter = ui.painter();
    let name = painter.layout_no_wrap(bar.name.clone(), fonts::body(), look.text);
    let top = rect.top() + 18.0;
    painter.galley(pos2(rect.left(), rect.top()), name, look.text);
    painter.text(rect.right_top(), Align2::RIGHT_TOP, &bar.says, fonts::small(), look.soft);
    let x = |share: f64| rect.left() + rect.width() * share as f32;
    let rail = |from: f32, to: f32| Rect::from_min_max(pos2(from, top), pos2(to, top + 13.0));
    if let Some(limit) = bar.limit {
        painter.rect_filled(rail(rect.left(), x(limit)), 3.0, look.control);
    }
    let mut from = 0.0;
    for (class, length) in &bar.pieces {
        if *length > 0.0 {
            painter.rect_filled(rail(x(from), x(from + length)), 0.0, ink(look, class));
        }
        from += length;
    }
    if let Some(limit) = bar.limit {
        let mark = (top - 2.5)..=(top + 15.5);
        painter.vline(x(limit).min(rect.right() - 1.0), mark, Stroke::new(2.0, look.text));
    }
    if let Some((low, high)) = bar.range {
        painter.hline(x(low)..=x(high), top + 6.5, Stroke::new(2.0, look.text));
    }
}

/// Workings and sources by their numbers, folded until they are wanted.
fn notes_ui(ui: &mut Ui, look: &Tokens, notes: &[Footnote]) {
    if notes.is_empty() {
        return;
    }
    ui.add_space(14.0);
    let head = RichText::new(text::workings_and_sources_of_figures(&notes.len())).font(fonts::strong());
    let notes_of = egui::CollapsingHeader::new(head.color(look.text)).id_salt("report notes").icon(fold_icon);
    notes_of.show(ui, |ui| {
        for (at, note) in notes.iter().enumerate() {
            ui.horizontal_top(|ui| {
                ui.label(RichText::new((at + 1).to_string()).font(fonts::small_strong()).color(look.accent));
                ui.add(Label::new(RichText::new(said(note)).font(fonts::small()).color(look.soft)).wrap());
            });
            ui.add_space(3.0);
        }
    });
}
