//! Every model for one machine in a table; a click opens one as the scenario.

use eframe::egui;
use egui::{
    Align2, Label, Margin, Rect, RichText, Role, ScrollArea, Sense, Stroke, TextEdit, Ui, WidgetInfo, pos2,
    vec2,
};

use lucide_icons::Icon;

use super::Page;
use crate::app::command::Command;
use crate::app::data::ranked::{By, Does, ModelRow, RankedData};
use crate::app::fonts;
use crate::app::state::Change;
use crate::app::text::{self, Text};
use crate::app::theme::Tokens;
use crate::app::widgets::icon::icon_ui;
use crate::app::widgets::{elided, hint_ui};
use crate::engine::Verdict;

/// What of the table is looked at.
#[derive(Debug, Default)]
pub(crate) struct View {
    filter: String,
    by: By,
    backwards: bool,
    /// Rows in their order, and what they were found for.
    found: Option<((String, By, bool), Vec<usize>)>,
}

impl View {
    /// Another table.
    pub(crate) fn forget(&mut self) {
        self.found = None;
    }

    fn find(&mut self, data: &RankedData) -> Vec<usize> {
        let asked = (self.filter.clone(), self.by, self.backwards);
        if let Some((_, rows)) = self.found.as_ref().filter(|(of, _)| *of == asked) {
            return rows.clone();
        }
        let words: Vec<String> = self.filter.split_whitespace().map(str::to_lowercase).collect();
        let rows = data.found(&words, self.by, self.backwards);
        self.found = Some((asked, rows.clone()));
        rows
    }

    /// A click on a column: by it, then the other way around.
    fn order(&mut self, by: By) {
        self.backwards = self.by == by && !self.backwards;
        self.by = by;
    }
}

/// Room of the sign that says which way the rows are ordered.
const MARK: f32 = 14.0;
/// Height of a row, and of the heads.
const ROW: f32 = 30.0;
const HEAD: f32 = 24.0;
/// Kept free at the right, so that the scroll bar covers no figure.
const SCROLL_BAR: f32 = 10.0;

/// A column: its name, what it orders by, and its share of the width.
struct Column {
    name: Text,
    /// The same in few letters, for a narrow table.
    short: Text,
    by: Option<By>,
    /// In a wide table, one of middle width, and a narrow one; 0 where it then stands in the tooltip alone.
    shares: [f32; 3],
    right: bool,
}

const COLUMNS: [Column; 8] = [
    Column {
        name: text::on_disk_model,
        short: text::on_disk_model,
        by: Some(By::Name),
        shares: [0.225, 0.26, 0.34],
        right: false,
    },
    Column {
        name: text::lines_size,
        short: text::lines_size,
        by: Some(By::Size),
        shares: [0.065, 0.0, 0.0],
        right: true,
    },
    Column {
        name: text::quantization,
        short: text::quantization,
        by: None,
        shares: [0.105, 0.135, 0.0],
        right: false,
    },
    Column { name: text::verdict, short: text::verdict, by: None, shares: [0.095, 0.14, 0.2], right: false },
    Column {
        name: text::claim_working_memory,
        short: text::claim_working_memory,
        by: Some(By::Memory),
        shares: [0.085, 0.13, 0.18],
        right: true,
    },
    Column {
        name: text::on_disk_decode,
        short: text::on_disk_decode,
        by: Some(By::Speed),
        shares: [0.16, 0.205, 0.28],
        right: true,
    },
    Column {
        name: text::ranked_ttft,
        short: text::ranked_ttft,
        by: Some(By::FirstToken),
        shares: [0.105, 0.0, 0.0],
        right: true,
    },
    Column {
        name: text::loss_by_quantization,
        short: text::ranked_loss,
        by: Some(By::Quality),
        shares: [0.16, 0.13, 0.0],
        right: false,
    },
];

impl Column {
    /// What it is called where models do that; and in few letters.
    fn names(&self, does: Does) -> (&'static str, &'static str) {
        let alike = |name: &'static str| (name, name);
        match (self.by, does) {
            (Some(By::Speed), Does::Read) => alike(text::prefill_tok_s()),
            (Some(By::Speed), Does::Train) => alike(text::training_tok_s()),
            (Some(By::FirstToken), Does::Read | Does::Train) => alike(does.wait().label()),
            _ => ((self.name)(), (self.short)()),
        }
    }
}

/// Draws the page over the room there is.
pub(crate) fn page_ui(
    ui: &mut Ui,
    look: &Tokens,
    data: &RankedData,
    view: &mut View,
    commands: &mut Vec<Command>,
) {
    ui.add(Label::new(RichText::new(&data.title).font(fonts::title()).color(look.text)).truncate());
    hint_ui(ui, look, text::each_in_the_best_quantization());
    ui.add_space(4.0);
    let edit = TextEdit::singleline(&mut view.filter)
        .id_salt("models filter")
        .hint_text(RichText::new(text::filter_models()).color(look.faint))
        .font(fonts::body())
        .char_limit(80)
        .margin(Margin::symmetric(9, 5))
        .desired_width(ui.available_width().min(280.0));
    ui.add(edit).accessible_name(text::filter_models());
    ui.add_space(4.0);
    let rows = view.find(data);
    let width = ui.available_width() - SCROLL_BAR;
    heads_ui(ui, look, (width, data.does), view);
    if rows.is_empty() {
        hint_ui(ui, look, text::no_model_has_all_these());
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("models").auto_shrink(false).show_rows(
        ui,
        ROW,
        rows.len(),
        |ui, range| {
            for row in rows.get(range).unwrap_or_default().iter().filter_map(|at| data.rows.get(*at)) {
                if row_ui(ui, look, (width, data.does), row) {
                    commands.push(Command::Change(Change::Scenario(Box::new(row.scenario.clone()))));
                    commands.push(Command::Show(Page::Fit));
                }
            }
        },
    );
}

/// Widths below which a table is of middle width, and narrow.
const MIDDLE: f32 = 760.0;
const NARROW: f32 = 560.0;

/// Which of its shares a column has in so much width.
fn shares(width: f32) -> usize {
    usize::from(width < MIDDLE) + usize::from(width < NARROW)
}

/// Where a column lies in a row.
fn cells(row: Rect) -> impl Iterator<Item = (&'static Column, Rect)> {
    let mut left = row.left();
    COLUMNS.iter().map(move |column| {
        let share = column.shares.get(shares(row.width())).copied().unwrap_or_default();
        let right = left + row.width() * share;
        let cell = Rect::from_min_max(pos2(left, row.top()), pos2(right, row.bottom()));
        left = right;
        (column, cell.shrink2(vec2(6.0, 0.0)))
    })
}

fn heads_ui(ui: &mut Ui, look: &Tokens, (width, does): (f32, Does), view: &mut View) {
    let (_, rect) = ui.allocate_space(vec2(width, HEAD));
    for (column, cell) in cells(rect).filter(|(_, cell)| cell.width() > 0.0) {
        let chosen = column.by == Some(view.by);
        let color = if chosen { look.text } else { look.faint };
        let (full, short) = column.names(does);
        let shown = if shares(width) > 0 { short } else { full };
        let mark = if chosen { MARK } else { 0.0 };
        let text = elided(ui.painter(), shown, &fonts::small(), color, cell.width() - mark);
        let x = if column.right { cell.right() - text.size().x - mark } else { cell.left() };
        let at = pos2(x, cell.center().y - text.size().y / 2.0);
        if chosen {
            let way = if view.backwards { Icon::ArrowUp } else { Icon::ArrowDown };
            icon_ui(
                ui.painter(),
                pos2(x + text.size().x + MARK / 2.0 + 1.0, cell.center().y),
                way,
                (12.0, color),
            );
        }
        let Some(by) = column.by else {
            ui.painter().galley(at, text, color);
            continue;
        };
        let response = ui.interact(cell, ui.make_persistent_id(("head", full)), Sense::click());
        let name = text::order_by(&full);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &name));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(cell.expand2(vec2(5.0, 0.0)), 4.0, look.control);
        }
        ui.painter().galley(at, text, color);
        if response.on_hover_text(name).clicked() {
            view.order(by);
        }
    }
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, look.line));
}

/// Draws a row; says whether it was clicked.
fn row_ui(ui: &mut Ui, look: &Tokens, (width, does): (f32, Does), row: &ModelRow) -> bool {
    let (_, rect) = ui.allocate_space(vec2(width, ROW));
    let response = ui.interact(rect, ui.make_persistent_id(("model row", &row.name)), Sense::click());
    let wait = format!("{} {}", does.wait().label(), row.wait);
    let said = text::needs_speed_and_a_wait(
        &row.name,
        &row.quantization,
        &row.verdict.label(),
        &row.memory,
        &row.speed,
        &wait,
        &row.quality,
    );
    response.widget_info(|| WidgetInfo::labeled(Role::ListBoxOption, true, &said));
    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 4.0, look.control);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, 4.0, Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
    }
    let dim = row.verdict >= Verdict::DoesNotFit;
    let read = if dim { look.soft } else { look.text };
    let texts = [
        (row.name.as_str(), read),
        (&row.size, look.soft),
        (&row.quantization, look.soft),
        (row.verdict.label(), look.verdict(row.verdict)),
        (&row.memory, read),
        (&row.speed_told, read),
        (&row.wait, look.soft),
        (if shares(width) > 0 { &row.change } else { &row.score }, look.soft),
    ];
    for ((column, cell), (text, color)) in cells(rect).zip(texts).filter(|((_, cell), _)| cell.width() > 0.0)
    {
        let font = if column.by == Some(By::Name) { fonts::strong() } else { fonts::body() };
        let galley = elided(painter, text, &font, color, cell.width());
        let anchor = if column.right { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
        let at = if column.right { cell.right_center() } else { cell.left_center() };
        painter.galley(anchor.anchor_size(at, galley.size()).min, galley, color);
    }
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, look.line.gamma_multiply(0.7)));
    let more =
        text::a_wait_and_its_quality(&row.name, &row.size, &row.quantization, &row.more, &wait, &row.quality);
    response.on_hover_text(more).clicked()
}
