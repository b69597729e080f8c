//! Where the lines and columns of a table lie, and their texts.

use std::sync::Arc;

use eframe::egui;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align, Color32, FontId, Galley, Painter};

use crate::app::columns::Direction;
use crate::app::data::compare::{Cell, CompareData, TableLine};
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::in_parts;

/// Height of the names of the machines.
const HEAD: f32 = 44.0;
/// How much higher they are where a name takes two lines.
const SECOND: f32 = 16.0;
/// Height of a section's heading.
pub(super) const SECTION: f32 = 30.0;
/// Between a text and the edge of its cell.
pub(super) const MARGIN: f32 = 10.0;
/// Above and below the texts of a line.
const PADDING: f32 = 7.0;
/// Widths of the names of the lines: where room is scarce, and elsewhere.
const LABEL: (f32, f32) = (140.0, 190.0);
/// The least and most width of a column.
const COLUMN: (f32, f32) = (168.0, 260.0);

/// A cell's texts.
pub(super) struct CellText {
    /// The figure, with the word that marks the best.
    pub figure: Arc<Galley>,
    /// What stands under it.
    pub under: Option<Arc<Galley>>,
}

/// A line's texts, from its top.
pub(super) struct LineText {
    /// Where it begins, from the top of the first line; its heading is above.
    pub top: f32,
    /// How high it is, without its heading.
    pub height: f32,
    /// Its name.
    pub label: Arc<Galley>,
    /// What stands under it.
    pub under: Option<Arc<Galley>>,
    /// Its cells.
    pub cells: Vec<CellText>,
}

/// A table's texts and sizes.
pub(super) struct TableLayout {
    /// Width of the names of the lines.
    pub label: f32,
    /// Width of each column.
    pub column: f32,
    /// Height of the names of the machines.
    pub head: f32,
    /// Those names.
    pub names: Vec<Arc<Galley>>,
    /// Height of all lines.
    pub height: f32,
    /// The lines.
    pub lines: Vec<LineText>,
}

/// Lays out a table in so much width.
pub(super) fn layout(painter: &Painter, look: &Tokens, data: &CompareData, width: f32) -> TableLayout {
    let count = f32::from(u16::try_from(data.columns.len().max(1)).unwrap_or(u16::MAX));
    // Names of lines give way before a machine is out of sight.
    let label = if width < LABEL.1 + count * COLUMN.0 { LABEL.0 } else { LABEL.1 };
    let column = ((width - label) / count).clamp(COLUMN.0, COLUMN.1);
    let names: Vec<Arc<Galley>> =
        data.columns.iter().map(|each| name(painter, look, &each.name, column - 20.0)).collect();
    let two = names.iter().any(|name| name.rows.len() > 1);
    let head = if two { HEAD + SECOND } else { HEAD };
    let mut top = 0.0;
    let mut lines = Vec::new();
    for line in &data.lines {
        if line.section.is_some() {
            top += SECTION;
        }
        let mut text = line_text(painter, look, line, (label - MARGIN, column - 2.0 * MARGIN));
        text.top = top;
        top += text.height;
        lines.push(text);
    }
    TableLayout { label, column, head, names, height: top, lines }
}

/// A machine's name, in two lines where it is long: what is at its end tells machines apart.
fn name(painter: &Painter, look: &Tokens, text: &str, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple(text.to_owned(), fonts::strong(), look.text, width);
    job.wrap = TextWrapping { max_width: width, max_rows: 2, ..TextWrapping::default() };
    job.halign = Align::RIGHT;
    painter.layout_job(job)
}

fn line_text(painter: &Painter, look: &Tokens, line: &TableLine, (label, cell): (f32, f32)) -> LineText {
    let ordered = line.ordered.map(|direction| match direction {
        Direction::BestFirst => text::ordered_by_this(),
        Direction::WorstFirst => text::ordered_by_this_the_other(),
    });
    let under = ordered.unwrap_or(&line.under);
    let left = |text: &str, font: FontId, color: Color32| {
        let mut job = LayoutJob::simple(text.to_owned(), font, color, label);
        job.wrap = TextWrapping { max_width: label, ..TextWrapping::default() };
        painter.layout_job(job)
    };
    let name = left(&line.label, fonts::body(), look.soft);
    let under = (!under.is_empty()).then(|| left(under, fonts::small(), look.faint));
    let cells: Vec<CellText> = line.cells.iter().map(|text| cell_text(painter, look, text, cell)).collect();
    let high = |first: &Arc<Galley>, second: &Option<Arc<Galley>>| {
        first.size().y + second.as_ref().map_or(0.0, |second| second.size().y)
    };
    let cells_high = cells.iter().map(|cell| high(&cell.figure, &cell.under)).fold(0.0, f32::max);
    let height = cells_high.max(high(&name, &under)) + 2.0 * PADDING;
    LineText { top: 0.0, height, label: name, under, cells }
}

fn cell_text(painter: &Painter, look: &Tokens, cell: &Cell, width: f32) -> CellText {
    let aligned = || LayoutJob {
        halign: Align::RIGHT,
        wrap: TextWrapping { max_width: width, ..TextWrapping::default() },
        ..LayoutJob::default()
    };
    let mut figure = aligned();
    if cell.best {
        figure.append(text::table_layout_best(), 0.0, TextFormat::simple(fonts::small(), look.accent));
    }
    let strong = cell.best || cell.verdict.is_some();
    let font = if strong { fonts::strong() } else { fonts::body() };
    let known = cell.text != text::unknown() && cell.text != "–";
    let color =
        cell.verdict.map_or(if known { look.text } else { look.faint }, |verdict| look.verdict(verdict));
    figure.append(&cell.text, 0.0, TextFormat::simple(font, color));
    let under = (!cell.under.is_empty()).then(|| {
        let mut under = aligned();
        under.append(&in_parts(&cell.under, 22), 0.0, TextFormat::simple(fonts::small(), look.faint));
        painter.layout_job(under)
    });
    CellText { figure: painter.layout_job(figure), under }
}

/// Where the text of a line begins, from the line's top.
pub(super) const fn inset() -> f32 {
    PADDING
}
