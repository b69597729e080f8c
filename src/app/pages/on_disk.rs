//! Models on this machine in a table; a click opens one as the scenario.

use std::path::PathBuf;

use eframe::egui;
use egui::{Align2, Label, Rect, RichText, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::data::on_disk::{DiskRow, of_all};
use crate::app::fonts;
use crate::app::text::{self, Text};
use crate::app::theme::Tokens;
use crate::app::widgets::{elided, hint_ui};
use crate::engine::Verdict;
use crate::import::stores::Progress;

/// What there is to show.
pub(crate) struct Shown<'a> {
    /// The models, the best first.
    pub rows: &'a [DiskRow],
    /// What could not be looked at.
    pub problems: &'a [String],
    /// How far the look has come; nothing where none is under way.
    pub progress: Option<Progress>,
    /// Whether the last look was stopped before its end.
    pub stopped: bool,
}

/// What was clicked.
pub(crate) enum Clicked {
    /// A model.
    Open(PathBuf),
    /// To stop looking.
    Stop,
    /// To look again.
    Again,
}

/// Height of a row, and of the heads.
const ROW: f32 = 30.0;
const HEAD: f32 = 24.0;
/// Kept free at the right, so that the scroll bar covers no figure.
const SCROLL_BAR: f32 = 10.0;

/// A column: its name, its share of the width, and whether it holds figures.
struct Column(Text, f32, bool);

const COLUMNS: [Column; 8] = [
    Column(text::on_disk_model, 0.29, false),
    Column(text::kept_by, 0.12, false),
    Column(text::format, 0.13, false),
    Column(text::on_disk, 0.08, true),
    Column(text::verdict, 0.10, false),
    Column(text::claim_working_memory, 0.08, true),
    Column(text::largest_context, 0.11, true),
    Column(text::on_disk_decode, 0.09, true),
];

/// Draws the page over the room there is.
pub(crate) fn page_ui(ui: &mut Ui, look: &Tokens, shown: &Shown<'_>) -> Option<Clicked> {
    let title = match (shown.progress, shown.rows.len()) {
        (Some(_), 0) => text::looking_for_models().to_owned(),
        (None, 0) => text::no_models_were_found().to_owned(),
        _ => of_all(shown.rows),
    };
    ui.add(Label::new(RichText::new(title).font(fonts::title()).color(look.text)).truncate());
    hint_ui(ui, look, text::of_ollama_lm_studio());
    ui.add_space(4.0);
    let mut clicked = progress_ui(ui, look, shown);
    for problem in shown.problems.iter().take(3) {
        hint_ui(ui, look, problem);
    }
    if shown.rows.is_empty() {
        return clicked;
    }
    let width = ui.available_width() - SCROLL_BAR;
    heads_ui(ui, look, width);
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("on disk").auto_shrink(false).show_rows(
        ui,
        ROW,
        shown.rows.len(),
        |ui, range| {
            for at in range {
                let Some(row) = shown.rows.get(at) else { continue };
                if row_ui(ui, look, width, (at, row)) {
                    clicked = row.opens.clone().map(Clicked::Open);
                }
            }
        },
    );
    clicked
}

/// How far it has come, with what stops it or begins anew.
fn progress_ui(ui: &mut Ui, look: &Tokens, shown: &Shown<'_>) -> Option<Clicked> {
    let mut clicked = None;
    ui.horizontal(|ui| {
        if let Some(progress) = shown.progress {
            if ui.button(text::stop_looking()).clicked() {
                clicked = Some(Clicked::Stop);
            }
            let Progress { looked, waiting, models } = progress;
            hint_ui(ui, look, &text::folders_looked_at_more_models(&looked, &waiting, &models));
        } else {
            if ui.button(text::look_again()).clicked() {
                clicked = Some(Clicked::Again);
            }
            if shown.stopped {
                hint_ui(ui, look, text::stopped_before_its_end());
            }
        }
    });
    ui.add_space(4.0);
    clicked
}

/// Where a column lies in a row.
fn cells(row: Rect) -> impl Iterator<Item = (&'static Column, Rect)> {
    let mut left = row.left();
    COLUMNS.iter().map(move |column| {
        let right = left + row.width() * column.1;
        let cell = Rect::from_min_max(pos2(left, row.top()), pos2(right, row.bottom()));
        left = right;
        (column, cell.shrink2(vec2(6.0, 0.0)))
    })
}

fn heads_ui(ui: &mut Ui, look: &Tokens, width: f32) {
    let (_, rect) = ui.allocate_space(vec2(width, HEAD));
    for (Column(name, _, right), cell) in cells(rect) {
        let text = elided(ui.painter(), name(), &fonts::small(), look.faint, cell.width());
        let x = if *right { cell.right() - text.size().x } else { cell.left() };
        ui.painter().galley(pos2(x, cell.center().y - text.size().y / 2.0), text, look.faint);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, look.line));
}

/// Draws a row; says whether it was clicked.
fn row_ui(ui: &mut Ui, look: &Tokens, width: f32, (at, row): (usize, &DiskRow)) -> bool {
    let (_, rect) = ui.allocate_space(vec2(width, ROW));
    let sense = if row.opens.is_some() { Sense::click() } else { Sense::hover() };
    let response = ui.interact(rect, ui.make_persistent_id(("on disk row", at)), sense);
    let verdict = row.verdict.map_or(text::cannot_be_read(), Verdict::label);
    let said = text::needs_largest_context(
        &format_args!("{}, {}, {}, {}", row.name, row.store, row.format, row.size),
        &verdict,
        &row.memory,
        &row.context,
        &row.speed,
    );
    response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, row.opens.is_some(), &said));
    let painter = ui.painter();
    if row.opens.is_some() && (response.hovered() || response.has_focus()) {
        painter.rect_filled(rect, 4.0, look.control);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, 4.0, Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
    }
    let dim = row.verdict.is_none_or(|verdict| verdict >= Verdict::DoesNotFit);
    let read = if dim { look.soft } else { look.text };
    let texts = [
        (row.name.as_str(), read),
        (row.store, look.soft),
        (&row.format, look.soft),
        (&row.size, look.soft),
        (verdict, row.verdict.map_or(look.soft, |verdict| look.verdict(verdict))),
        (&row.memory, read),
        (&row.context, read),
        (&row.speed, read),
    ];
    for (at, ((Column(_, _, right), cell), (text, color))) in cells(rect).zip(texts).enumerate() {
        let font = if at == 0 { fonts::strong() } else { fonts::body() };
        let galley = elided(painter, text, &font, color, cell.width());
        let (anchor, place) = if *right {
            (Align2::RIGHT_CENTER, cell.right_center())
        } else {
            (Align2::LEFT_CENTER, cell.left_center())
        };
        painter.galley(anchor.anchor_size(place, galley.size()).min, galley, color);
    }
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, look.line.gamma_multiply(0.7)));
    let more = if row.more.is_empty() { row.name.clone() } else { format!("{}\n{}", row.name, row.more) };
    response.on_hover_text(more).clicked()
}
