//! The centre: verdict, memory bar, pages.

use eframe::egui;
use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Align2, Pos2, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use crate::app::command::Command;
use crate::app::data::bar::BarData;
use crate::app::data::verdict::VerdictData;
use crate::app::fonts;
use crate::app::pages::Page;
use crate::app::state::{AppState, Change};
use crate::app::subject::Subject;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::bar;
use crate::app::widgets::button::choice_ui;
use crate::app::widgets::fixed::{laid, text_ui};
use crate::app::widgets::in_parts;
use crate::engine::Verdict;
use crate::engine::axis::Axis;
use crate::units::{show_decimals, whole};

/// Height of the verdict area: a headline of two rows and three lines under it, or of one and four.
const HEAD: f32 = 106.0;
/// Heights of a row of the headline and of a line under it.
const HEADLINE_ROW: f32 = 21.0;
const BODY_ROW: f32 = 17.0;
/// Width below which the lines under the headline begin under the badge.
const NARROW: f32 = 520.0;
/// Height of the bar's legend: two rows.
const LEGEND: f32 = 38.0;
/// Height of the line of the what-if.
pub(crate) const RAISE: f32 = 26.0;

/// The badge and the comparison made, in a room of one height; a click opens its working.
pub(crate) fn verdict_ui(ui: &mut Ui, look: &Tokens, data: &VerdictData, commands: &mut Vec<Command>) {
    let (_, room) = ui.allocate_space(vec2(ui.available_width(), HEAD));
    let badge = badge_ui(ui, look, data.verdict, room.left_top());
    let beside = room.with_min_x(badge.right() + 12.0);
    let job = LayoutJob::simple(data.headline.clone(), fonts::title(), look.text, beside.width());
    let headline = laid(ui, job, beside.width(), 2);
    let rows = if headline.rows.len() > 1 { 2.0 } else { 1.0 };
    let top = room.top() + rows * HEADLINE_ROW + 3.0;
    let response = text_ui(ui, headline, beside.with_max_y(top), Sense::click());
    if response.on_hover_text(text::centre_click_for_its_working()).clicked() {
        commands.push(Command::Working(Subject::Need));
    }
    let lines = if room.width() < NARROW {
        room.with_min_y(top.max(badge.bottom() + 4.0))
    } else {
        beside.with_min_y(top)
    };
    let fit = whole(f64::from((lines.height() / BODY_ROW).floor()).max(1.0));
    let rows = u8::try_from(fit).unwrap_or(u8::MAX);
    text_ui(ui, laid(ui, body(look, data), lines.width(), rows), lines, Sense::hover());
}

/// What is said under the headline: how it was compared, how fast it runs, what qualifies it.
fn body(look: &Tokens, data: &VerdictData) -> LayoutJob {
    let mut job = LayoutJob::default();
    let format = |font, color| TextFormat {
        line_height: Some(BODY_ROW),
        valign: Align::Center,
        ..TextFormat::simple(font, color)
    };
    job.append(&in_parts(&data.detail, 32), 0.0, format(fonts::body(), look.soft));
    if let Some(speed) = &data.speed {
        job.append("\n", 0.0, format(fonts::body(), look.text));
        job.append(&in_parts(speed, 32), 0.0, format(fonts::body(), look.text));
    }
    for (index, note) in data.notes.iter().enumerate() {
        let between = if index == 0 { "\n" } else { " · " };
        job.append(&format!("{between}{note}"), 0.0, format(fonts::small(), look.soft));
    }
    job
}

/// Draws the verdict in its color; returns where.
fn badge_ui(ui: &Ui, look: &Tokens, verdict: Option<Verdict>, at: Pos2) -> Rect {
    let (text, color) = match verdict {
        Some(verdict) => (verdict.label(), look.verdict(verdict)),
        None => ("…", look.faint),
    };
    let font = egui::FontId::new(15.0, fonts::strong().family);
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, color);
    let rect = Rect::from_min_size(at, galley.size() + vec2(22.0, 10.0));
    let response = ui.interact(rect, ui.make_persistent_id("badge"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text::centre_verdict(&text)));
    ui.painter().rect_filled(rect, 6.0, color.gamma_multiply(0.18));
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
    rect
}

/// What can be done where the runtime does not run, in the room of bar and legend.
pub(crate) fn refused_ui(ui: &mut Ui, commands: &mut Vec<Command>) {
    let (_, room) = ui.allocate_space(vec2(ui.available_width(), bar::HEIGHT + LEGEND));
    let button = ui.new_child(UiBuilder::new().max_rect(room)).button(text::use_runtime_auto());
    if button.on_hover_text(text::what_people_run()).clicked() {
        commands.push(Command::Set("runtime", "auto".to_owned()));
    }
}

/// The bar with its legend.
pub(crate) fn memory_ui(ui: &mut Ui, look: &Tokens, data: &BarData, commands: &mut Vec<Command>) {
    if let Some(subject) = bar::bar_ui(ui, look, data) {
        commands.push(Command::Working(subject));
    }
    let (_, room) = ui.allocate_space(vec2(ui.available_width(), LEGEND));
    let places = places(ui, look, room, data);
    for (index, segment) in data.segments.iter().enumerate() {
        let Some(at) = places.get(index) else { continue };
        let color = Some(look.part(segment.part));
        if bar::legend_ui(ui, look, *at, color, (segment.label(), &figure(segment.gib))) {
            commands.push(Command::Working(Subject::Part(segment.part, segment.place)));
        }
    }
    for ((phase, gib), at) in data.phases.iter().zip(places.iter().skip(data.segments.len())) {
        bar::legend_ui(ui, look, *at, None, (phase.label(), &figure(*gib)));
    }
}

/// Where parts and phases stand in the legend: parts from the left, in rows; what each phase needs at the right of the
/// last of them, or in the next. What two rows cannot hold is left to the bar.
fn places(ui: &Ui, look: &Tokens, room: Rect, data: &BarData) -> Vec<Pos2> {
    const GAP: f32 = 12.0;
    let row = LEGEND / 2.0;
    let wide = |color, name: &str, gib: f64| bar::legend_width(ui, look, color, (name, &figure(gib)));
    let parts = data.segments.iter().map(|part| wide(true, part.label(), part.gib));
    let phases: Vec<f32> = data.phases.iter().map(|(phase, gib)| wide(false, phase.label(), *gib)).collect();
    let mut places = Vec::new();
    let mut at = room.left_top();
    for width in parts {
        if at.x + width > room.right() && at.x > room.left() {
            at = pos2(room.left(), at.y + row);
        }
        if at.y + row > room.bottom() + 0.5 {
            return places;
        }
        places.push(at);
        at.x += width + GAP;
    }
    let all: f32 = phases.iter().map(|width| width + GAP).sum::<f32>() - GAP;
    if at.x + all > room.right() {
        at = pos2(room.left(), at.y + row);
    }
    if at.y + row > room.bottom() + 0.5 {
        return places;
    }
    at.x = at.x.max(room.right() - all);
    for width in phases {
        places.push(at);
        at.x += width + GAP;
    }
    places
}

/// A figure of the legend: GiB with one decimal, small ones with more.
fn figure(gib: f64) -> String {
    show_decimals(gib, if gib >= 0.095 { 1 } else { 3 })
}

/// Tabs of the pages of the place where one is, and on the first the axis.
pub(crate) fn tabs_ui(ui: &mut Ui, look: &Tokens, page: Page, state: &AppState, commands: &mut Vec<Command>) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 34.0));
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, look.line));
    let mut left = rect.left();
    for tab in page.place().pages() {
        let chosen = tab == page;
        let font = if chosen { fonts::strong() } else { fonts::body() };
        let galley = ui.painter().layout_no_wrap(tab.label().to_owned(), font, look.text);
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(galley.size().x, rect.height()));
        left = cell.right() + 20.0;
        let id = ui.make_persistent_id(("page", tab.label()));
        let response = ui.interact(cell.expand2(vec2(6.0, 0.0)), id, Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, tab.label()));
        let color = if chosen || response.hovered() { look.text } else { look.soft };
        let at = cell.left_center() - vec2(0.0, galley.size().y / 2.0);
        ui.painter().galley_with_override_text_color(at, galley, color);
        if chosen || response.has_focus() {
            let line = Stroke::new(2.0, if chosen { look.accent } else { look.faint });
            ui.painter().hline(cell.x_range(), rect.bottom() - 1.0, line);
        }
        if response.clicked() {
            commands.push(Command::Show(tab));
        }
    }
    if page == Page::Fit {
        axis_ui(ui, look, rect.with_min_x(left), state, commands);
    }
}

fn axis_ui(ui: &mut Ui, look: &Tokens, room: Rect, state: &AppState, commands: &mut Vec<Command>) {
    let options: Vec<(Axis, String)> = Axis::available(&state.scenario)
        .iter()
        .map(|axis| (*axis, axis.in_sentence(&state.scenario)))
        .collect();
    let shown = options.iter().find(|(axis, _)| *axis == state.axis).map_or("", |(_, label)| label);
    let width = ui.painter().layout_no_wrap(shown.to_owned(), fonts::body(), look.text).size().x + 24.0;
    let place = Rect::from_min_max(pos2(room.right() - width, room.top() + 4.0), room.max - vec2(0.0, 6.0));
    if room.width() > width + 110.0 {
        let at = pos2(place.left() - 4.0, place.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, text::centre_memory_against(), fonts::body(), look.soft);
    }
    if let Some(axis) = choice_ui(ui, look, text::plot_axis(), place, &options, state.axis) {
        commands.push(Command::Change(Change::PlotAxis(axis)));
    }
}
