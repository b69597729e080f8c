//! The centre: verdict, memory bar, pages.

use eframe::egui;
use egui::{Align2, Label, Rect, RichText, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::command::Command;
use crate::app::data::bar::BarData;
use crate::app::data::verdict::VerdictData;
use crate::app::fonts;
use crate::app::pages::Page;
use crate::app::state::{AppState, Change};
use crate::app::subject::Subject;
use crate::app::theme::Tokens;
use crate::app::widgets::bar::{bar_ui, legend_ui};
use crate::app::widgets::button::choice_ui;
use crate::engine::axis::Axis;
use crate::engine::{PhaseName, Verdict};

/// The badge and the comparison made; a click opens its working.
pub(crate) fn verdict_ui(ui: &mut Ui, look: &Tokens, data: &VerdictData, commands: &mut Vec<Command>) {
    ui.horizontal_top(|ui| {
        badge_ui(ui, look, data.verdict);
        ui.add_space(4.0);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let headline = RichText::new(&data.headline).font(fonts::title()).color(look.text);
            let label = Label::new(headline).wrap().selectable(false).sense(Sense::click());
            let response = ui.add(label).on_hover_text("Click for its working");
            if response.clicked() {
                commands.push(Command::Working(Subject::Need));
            }
            ui.add(Label::new(RichText::new(&data.detail).color(look.soft)).wrap());
            if let Some(speed) = &data.speed {
                ui.add(Label::new(RichText::new(speed).color(look.text)).wrap());
            }
            for note in &data.notes {
                ui.add(Label::new(RichText::new(note).font(fonts::small()).color(look.soft)).wrap());
            }
        });
    });
}

fn badge_ui(ui: &mut Ui, look: &Tokens, verdict: Option<Verdict>) {
    let (text, color) = match verdict {
        Some(verdict) => (verdict.label(), look.verdict(verdict)),
        None => ("…", look.faint),
    };
    let galley =
        ui.painter().layout_no_wrap(text.to_owned(), egui::FontId::new(15.0, fonts::strong().family), color);
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(22.0, 10.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Verdict {text}")));
    ui.painter().rect_filled(rect, 6.0, color.gamma_multiply(0.18));
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, color);
}

/// What can be done where the runtime does not run.
pub(crate) fn refused_ui(ui: &mut Ui, commands: &mut Vec<Command>) {
    if ui.button("Use runtime auto").on_hover_text("What people run on this machine").clicked() {
        commands.push(Command::Set("runtime", "auto".to_owned()));
    }
}

/// The bar with its legend.
pub(crate) fn memory_ui(ui: &mut Ui, look: &Tokens, data: &BarData, commands: &mut Vec<Command>) {
    if let Some(subject) = bar_ui(ui, look, data) {
        commands.push(Command::Working(subject));
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(12.0, 2.0);
        for segment in &data.segments {
            let figure = figure(segment.gib);
            if legend_ui(ui, look, Some(look.part(segment.part)), segment.label(), &figure) {
                commands.push(Command::Working(Subject::Part(segment.part, segment.place)));
            }
        }
        phases_ui(ui, look, data);
    });
}

/// What each phase needs: at the right of the line, or on the next where that has no room.
fn phases_ui(ui: &mut Ui, look: &Tokens, data: &BarData) {
    let words: Vec<(&str, String)> =
        data.phases.iter().map(|(phase, gib)| (phase_word(*phase), figure(*gib))).collect();
    let wide = |text: &str, font| ui.painter().layout_no_wrap(text.to_owned(), font, look.text).size().x;
    let width: f32 = words
        .iter()
        .map(|(name, figure)| wide(name, fonts::small()) + 4.0 + wide(figure, fonts::small_strong()) + 12.0)
        .sum();
    let free = ui.available_size_before_wrap().x;
    if free > width - 12.0 {
        ui.add_space((free - width).max(0.0));
    } else {
        ui.end_row();
    }
    for (name, figure) in &words {
        legend_ui(ui, look, None, name, figure);
    }
}

const fn phase_word(phase: PhaseName) -> &'static str {
    phase.label()
}

/// A figure of the legend: GiB with one decimal, small ones with more.
fn figure(gib: f64) -> String {
    if gib >= 0.095 { format!("{gib:.1}") } else { format!("{gib:.3}") }
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
        ui.painter().text(at, Align2::RIGHT_CENTER, "Memory against", fonts::body(), look.soft);
    }
    if let Some(axis) = choice_ui(ui, look, "Plot axis", place, &options, state.axis) {
        commands.push(Command::Change(Change::PlotAxis(axis)));
    }
}
