//! Predicted against measured: groups at the left, what was measured in one of them at the right.

use eframe::egui;
use egui::{
    Align2, Label, Margin, Rect, RichText, Role, ScrollArea, Sense, Stroke, TextEdit, Ui, UiBuilder,
    WidgetInfo, pos2, vec2,
};

use crate::app::data::accuracy::{AccuracyData, GroupData, ReportData};
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::scatter::scatter_ui;
use crate::app::widgets::{elided, hint_ui};

/// What of the page is looked at.
#[derive(Debug, Default)]
pub(crate) struct View {
    filter: String,
    chosen: Chosen,
    /// What is shown of that, and what it was found for.
    shown: Option<(String, Chosen, Found)>,
}

/// What stands at the right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Chosen {
    /// Reports of real hardware.
    #[default]
    Reports,
    /// A group, by its place.
    Group(usize),
}

/// What has the words of the filter.
#[derive(Clone, Debug, Default)]
struct Found {
    /// Groups by their place, with how many rows have the words.
    groups: Vec<(usize, usize)>,
    /// Rows of the chosen group.
    rows: Vec<usize>,
    /// Reports.
    reports: Vec<usize>,
}

impl View {
    /// Finds anew where words or choice are different.
    fn find(&mut self, data: &AccuracyData) -> Found {
        if let Some((filter, chosen, found)) = &self.shown
            && *filter == self.filter
            && *chosen == self.chosen
        {
            return found.clone();
        }
        let words: Vec<String> = self.filter.split_whitespace().map(str::to_lowercase).collect();
        let groups = data.groups.iter().enumerate().map(|(at, group)| (at, group.found(&words).len()));
        let rows = match self.chosen {
            Chosen::Group(at) => data.groups.get(at).map_or_else(Vec::new, |group| group.found(&words)),
            Chosen::Reports => Vec::new(),
        };
        let has = |report: &ReportData| {
            let text = format!("{} {} {}", report.name, report.source, report.comment).to_lowercase();
            words.iter().all(|word| text.contains(word.as_str()))
        };
        let reports = data.reports.iter().enumerate().filter(|(_, report)| has(report)).map(|(at, _)| at);
        let found = Found {
            groups: groups.filter(|(_, rows)| *rows > 0).collect(),
            rows,
            reports: reports.collect(),
        };
        self.shown = Some((self.filter.clone(), self.chosen, found.clone()));
        found
    }
}

/// Room between list and details.
const GAP: f32 = 22.0;
/// The least width at which both stand side by side.
const WIDE: f32 = 820.0;

/// Draws the page over the room there is.
pub(crate) fn page_ui(ui: &mut Ui, look: &Tokens, data: &AccuracyData, view: &mut View) {
    ui.add_space(8.0);
    hint_ui(ui, look, text::every_measurement_that_ships_asked());
    ui.add_space(4.0);
    filter_ui(ui, look, &mut view.filter);
    ui.add_space(6.0);
    let found = view.find(data);
    let room = ui.available_rect_before_wrap();
    let (list, details) = if room.width() >= WIDE {
        let middle = room.left() + (room.width() - GAP) * 0.5;
        (room.with_max_x(middle), room.with_min_x(middle + GAP))
    } else {
        let middle = room.top() + room.height() * 0.42;
        (room.with_max_y(middle), room.with_min_y(middle + 8.0))
    };
    inside(ui, text::groups(), list, |ui| list_ui(ui, look, data, &found, &mut view.chosen));
    inside(ui, text::accuracy_rows(), details, |ui| match view.chosen {
        Chosen::Reports => reports_ui(ui, look, data, &found.reports),
        Chosen::Group(at) => {
            if let Some(group) = data.groups.get(at) {
                group_ui(ui, look, group, &found.rows);
            }
        }
    });
    ui.advance_cursor_after_rect(room);
}

/// What shows until everything is there.
pub(crate) fn waiting_ui(ui: &mut Ui, look: &Tokens, (done, all): (usize, usize)) {
    ui.add_space(10.0);
    let far = if all == 0 { String::new() } else { text::of_tables_are_done(&done, &all) };
    hint_ui(ui, look, &text::every_measurement_is_being_held(&far));
    if all > 0 {
        #[expect(clippy::cast_precision_loss, reason = "a handful of tables")]
        let share = done as f32 / all as f32;
        let (id, rect) = ui.allocate_space(vec2(ui.available_width().min(320.0), 6.0));
        let response = ui.interact(rect, id, Sense::hover());
        response.widget_info(|| {
            WidgetInfo::labeled(Role::ProgressIndicator, true, text::accuracy_of(&done, &all))
        });
        ui.painter().rect_filled(rect, 3.0, look.control);
        ui.painter().rect_filled(rect.with_max_x(rect.left() + rect.width() * share), 3.0, look.accent);
    }
}

fn inside(ui: &mut Ui, name: &str, rect: Rect, draw: impl FnOnce(&mut Ui)) {
    let builder = UiBuilder::new().id_salt(name).max_rect(rect).accessibility_label(name);
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        draw(ui);
    });
}

fn filter_ui(ui: &mut Ui, look: &Tokens, filter: &mut String) {
    let edit = TextEdit::singleline(filter)
        .id_salt("accuracy filter")
        .hint_text(RichText::new(text::filter_by_family_machine_model()).color(look.faint))
        .font(fonts::body())
        .char_limit(80)
        .margin(Margin::symmetric(9, 5))
        .desired_width(ui.available_width().min(400.0));
    ui.add(edit).accessible_name(text::filter_by_family_machine_model());
}

/// Height of a group in the list.
const ROW: f32 = 40.0;
/// Widths of the four figures of a group.
const FIGURES: [f32; 4] = [48.0, 66.0, 70.0, 74.0];

fn list_ui(ui: &mut Ui, look: &Tokens, data: &AccuracyData, found: &Found, chosen: &mut Chosen) {
    let width = ui.available_width() - 10.0;
    head_ui(ui, look, width);
    ScrollArea::vertical().id_salt("groups").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        let (real, other): (Vec<_>, Vec<_>) = found
            .groups
            .iter()
            .filter_map(|(at, rows)| Some((*at, *rows, data.groups.get(*at)?)))
            .partition(|(_, _, group)| group.real);
        if !found.reports.is_empty() || !real.is_empty() {
            heading_ui(ui, look, text::on_real_hardware());
        }
        if !found.reports.is_empty() {
            let name = text::reports_of_peoples_machines();
            let row = ListRow { name, basis: &data.reported, figures: None };
            let rows = found.reports.len().to_string();
            if row_ui(ui, look, width, &row, (&rows, *chosen == Chosen::Reports)) {
                *chosen = Chosen::Reports;
            }
        }
        for (title, groups) in [("", real), (text::emulated_or_counted_without(), other)] {
            if !title.is_empty() && !groups.is_empty() {
                heading_ui(ui, look, title);
            }
            for (at, rows, group) in groups {
                let row = ListRow { name: &group.name, basis: &group.basis, figures: Some(&group.figures) };
                let rows = rows.to_string();
                if row_ui(ui, look, width, &row, (&rows, *chosen == Chosen::Group(at))) {
                    *chosen = Chosen::Group(at);
                }
            }
        }
        if found.groups.is_empty() && found.reports.is_empty() {
            hint_ui(ui, look, text::nothing_measured_has_all_these());
        }
        ui.add_space(12.0);
    });
}

fn head_ui(ui: &mut Ui, look: &Tokens, width: f32) {
    let (_, rect) = ui.allocate_space(vec2(width, 20.0));
    let painter = ui.painter();
    let mut right = rect.right();
    for (label, width) in [text::worst(), text::accuracy_p90(), text::median(), text::accuracy_rows_2()]
        .iter()
        .zip(FIGURES.iter().rev())
    {
        painter.text(pos2(right, rect.center().y), Align2::RIGHT_CENTER, label, fonts::small(), look.faint);
        right -= width;
    }
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, look.line));
}

fn heading_ui(ui: &mut Ui, look: &Tokens, text: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(text).font(fonts::small_strong()).color(look.faint));
    ui.add_space(2.0);
}

/// A row of the list.
struct ListRow<'a> {
    name: &'a str,
    basis: &'a str,
    figures: Option<&'a [String; 4]>,
}

/// Draws a row; says whether it was clicked.
fn row_ui(ui: &mut Ui, look: &Tokens, width: f32, row: &ListRow<'_>, (rows, chosen): (&str, bool)) -> bool {
    let (_, rect) = ui.allocate_space(vec2(width, ROW));
    let response = ui.interact(rect, ui.make_persistent_id(("group", row.name)), Sense::click());
    let errors = row
        .figures
        .map_or_else(String::new, |[_, median, p90, worst]| text::median_p90_worst(&median, &p90, &worst));
    let said = text::accuracy_rows_3(&row.name, &rows, &errors, &row.basis);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, &said));
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    let painter = ui.painter();
    if chosen || response.hovered() || response.has_focus() {
        let fill = if chosen { look.control } else { look.control.gamma_multiply(0.6) };
        painter.rect_filled(rect, 5.0, fill);
    }
    if response.has_focus() {
        painter.rect_stroke(rect, 5.0, Stroke::new(1.0, look.accent), egui::StrokeKind::Inside);
    }
    let y = rect.top() + 13.0;
    let mut right = rect.right() - 4.0;
    let none = [String::new(), String::new(), String::new(), String::new()];
    let figures = row.figures.unwrap_or(&none);
    for (index, width) in FIGURES.iter().enumerate().rev() {
        let text = if index == 0 { rows } else { figures.get(index).map_or("", String::as_str) };
        let (font, color) =
            if index == 1 { (fonts::strong(), look.text) } else { (fonts::body(), look.soft) };
        painter.text(pos2(right, y), Align2::RIGHT_CENTER, text, font, color);
        right -= width;
    }
    let left = rect.left() + 6.0;
    let name = elided(painter, row.name, &fonts::body(), look.text, right - left - 4.0);
    painter.galley(pos2(left, y - name.size().y / 2.0), name, look.text);
    let basis = elided(painter, row.basis, &fonts::small(), look.faint, rect.right() - left - 8.0);
    painter.galley(pos2(left, rect.bottom() - 17.0), basis, look.faint);
    response.on_hover_text(format!("{}\n{}", row.name, row.basis)).clicked()
}

/// Height of a measured row.
const LINE: f32 = 20.0;

fn group_ui(ui: &mut Ui, look: &Tokens, group: &GroupData, rows: &[usize]) {
    ui.add(Label::new(RichText::new(&group.name).font(fonts::title()).color(look.text)).truncate());
    ui.add(Label::new(RichText::new(&group.basis).font(fonts::small()).color(look.soft)).truncate());
    let height = (ui.available_height() * 0.56).max(130.0);
    scatter_ui(ui, look, group, rows, height);
    ui.add_space(6.0);
    ui.label(RichText::new(text::farthest_off_first()).font(fonts::small_strong()).color(look.faint));
    let width = ui.available_width() - 10.0;
    ScrollArea::vertical().id_salt(("rows", &group.name)).auto_shrink(false).show_rows(
        ui,
        LINE,
        rows.len(),
        |ui, range| {
            for point in rows.get(range).unwrap_or_default().iter().filter_map(|at| group.points.get(*at)) {
                let (id, rect) = ui.allocate_space(vec2(width, LINE));
                let response = ui.interact(rect, id, Sense::hover());
                let said = format!("{}: {}", point.name, point.says);
                response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
                let painter = ui.painter();
                let y = rect.center().y;
                let says = painter.text(
                    pos2(rect.right(), y),
                    Align2::RIGHT_CENTER,
                    &point.says,
                    fonts::small(),
                    look.soft,
                );
                let room = says.left() - rect.left() - 10.0;
                let name = elided(painter, &point.name, &fonts::small(), look.text, room.max(40.0));
                painter.galley(pos2(rect.left(), y - name.size().y / 2.0), name, look.text);
                response.on_hover_text(said);
            }
        },
    );
}

fn reports_ui(ui: &mut Ui, look: &Tokens, data: &AccuracyData, found: &[usize]) {
    ui.label(RichText::new(text::reports_of_peoples_machines()).font(fonts::title()).color(look.text));
    let says = format!("{}; {}", data.reported, data.validation);
    ui.add(Label::new(RichText::new(says).font(fonts::small()).color(look.soft)).wrap());
    ui.add_space(6.0);
    ScrollArea::vertical().id_salt("reports").auto_shrink(false).show(ui, |ui| {
        ui.set_max_width(ui.available_width() - 10.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        for report in found.iter().filter_map(|at| data.reports.get(*at)) {
            let (word, color) =
                if report.agrees { (text::agrees(), look.fits) } else { (text::misses(), look.does_not_fit) };
            ui.horizontal_wrapped(|ui| {
                ui.label(RichText::new(word).font(fonts::small_strong()).color(color));
                ui.label(RichText::new(&report.name).color(look.text));
            });
            for finding in &report.findings {
                ui.add(Label::new(RichText::new(finding).font(fonts::small()).color(look.soft)).wrap());
            }
            for text in [&report.comment, &report.source] {
                if !text.is_empty() {
                    hint_ui(ui, look, text);
                }
            }
            ui.add_space(8.0);
        }
        ui.add_space(12.0);
    });
}
