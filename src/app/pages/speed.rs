//! How fast, on which machine, and why.

use eframe::egui;
use egui::{Align, Align2, Layout, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::command::Command;
use crate::app::data::chart::Chart;
use crate::app::data::speed::{SpeedData, Whisker};
use crate::app::fonts;
use crate::app::subject::Subject;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::axis_marks::{mark_text, marks, time_marks, time_text};
use crate::app::widgets::chart::chart_ui;
use crate::app::widgets::figures::figures_ui;
use crate::app::widgets::fixed::fixed_hint_ui;
use crate::app::widgets::hue::hue;
use crate::app::widgets::{elided, hint_ui};

/// Height of a machine's line.
const LINE: f32 = 24.0;

/// Width from which two charts stand side by side.
const BESIDE: f32 = 980.0;

/// Draws the page, under which there is so much height.
pub(crate) fn page_ui(
    ui: &mut Ui,
    look: &Tokens,
    data: &SpeedData,
    height: f32,
    commands: &mut Vec<Command>,
) {
    ui.scope(|ui| {
        ui.set_max_width(ui.available_width() - 10.0);
        ui.add_space(8.0);
        let basis = if data.basis.is_empty() { &data.line } else { &data.basis };
        fixed_hint_ui(ui, look, basis, 2);
        if data.basis.is_empty() && data.measures && ui.button(text::measure_this_machine()).clicked() {
            commands.extend([Command::ThisMachine, Command::Measure]);
        }
        ui.add_space(2.0);
        let figures: Vec<(Subject, String)> =
            data.figures.iter().map(|(name, text)| (Subject::Figure(*name), text.clone())).collect();
        commands.extend(figures_ui(ui, look, &figures).map(Command::Working));
        ui.add_space(6.0);
        ui.label(egui::RichText::new(data.unit).font(fonts::strong()));
        commands.extend(whiskers_ui(ui, look, data).map(Command::Working));
        hint_ui(ui, look, text::bar_low_to_high_dot());
        charts_ui(ui, look, &data.charts, height);
        ui.add_space(12.0);
    });
}

/// Charts below each other, or where there is room side by side, each as high as a screen holds two of.
fn charts_ui(ui: &mut Ui, look: &Tokens, charts: &[Chart], height: f32) {
    let height = (height * 0.4).clamp(190.0, 420.0);
    let columns = if ui.available_width() > BESIDE { 2 } else { 1 };
    for row in charts.chunks(columns) {
        ui.add_space(12.0);
        ui.columns(columns, |room| {
            for (ui, chart) in room.iter_mut().zip(row) {
                // A column would make the chart as wide as itself, names and all.
                ui.with_layout(Layout::top_down(Align::LEFT), |ui| chart_ui(ui, look, chart, height));
            }
        });
    }
}

/// Names, figures and the room between them.
struct Lanes {
    names: f32,
    texts: f32,
}

impl Lanes {
    /// As wide as the longest of each, the names no wider than a third.
    fn of(ui: &Ui, look: &Tokens, data: &SpeedData) -> Self {
        let wide = |text: &str, font| ui.painter().layout_no_wrap(text.to_owned(), font, look.text).size().x;
        let names = data.whiskers.iter().map(|whisker| wide(&whisker.name, fonts::strong()));
        let texts = data.whiskers.iter().map(|whisker| wide(&whisker.text, fonts::small()));
        Self {
            names: names.fold(96.0, f32::max).min(ui.available_width() * 0.36),
            texts: texts.fold(60.0, f32::max),
        }
    }

    /// Where bars are drawn.
    fn rail(&self, rect: Rect) -> Rect {
        Rect::from_min_max(
            pos2(rect.left() + self.names + 10.0, rect.top()),
            pos2(rect.right() - self.texts - 14.0, rect.bottom()),
        )
    }
}

/// A place on the log scale between two ends.
#[expect(clippy::cast_possible_truncation, reason = "places on the screen")]
fn x_of(rail: Rect, value: f64, (least, most): (f64, f64)) -> f32 {
    let share = ((value.max(1e-12) / least).ln() / (most / least).ln()).clamp(0.0, 1.0);
    rail.left() + rail.width() * share as f32
}

/// A line a machine; returns the figure that was clicked.
fn whiskers_ui(ui: &mut Ui, look: &Tokens, data: &SpeedData) -> Option<Subject> {
    let values =
        data.whiskers.iter().flat_map(|whisker| [whisker.band.low, whisker.band.high, whisker.roofline]);
    let values = values.filter(|value| value.is_finite() && *value > 0.0);
    let (least, most) = values.fold((f64::MAX, f64::MIN), |(least, most), y| (least.min(y), most.max(y)));
    if least >= most {
        return None;
    }
    let ends = (least * 0.8, most * 1.1);
    let lanes = Lanes::of(ui, look, data);
    let top = ui.cursor().top();
    let mut opened = None;
    for whisker in &data.whiskers {
        if whisker_ui(ui, look, whisker, (&lanes, ends)) {
            opened = Some(Subject::FigureOn(whisker.id.clone(), whisker.figure));
        }
    }
    axis_ui(ui, look, data, (&lanes, ends), top);
    opened
}

/// The scale under the bars, with lines up to the first of them.
fn axis_ui(ui: &mut Ui, look: &Tokens, data: &SpeedData, (lanes, ends): (&Lanes, (f64, f64)), top: f32) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 20.0));
    let rail = lanes.rail(rect);
    let mut free = rail.left() - 20.0;
    let count = f64::from(rail.width() / 70.0);
    let places = if data.is_time { time_marks(ends, true, count) } else { marks(ends, true, count) };
    for value in places {
        let text = if data.is_time { time_text(value) } else { mark_text(value) };
        let galley = ui.painter().layout_no_wrap(text, fonts::small(), look.faint);
        let x = x_of(rail, value, ends);
        let left = x - galley.size().x / 2.0;
        if left < free {
            continue;
        }
        free = left + galley.size().x + 10.0;
        ui.painter().vline(x, top..=(rect.top() + 2.0), Stroke::new(1.0, look.line));
        ui.painter().galley(pos2(left, rect.top() + 3.0), galley, look.faint);
    }
    let unit = if data.is_time { text::log_scale() } else { text::tokens_s_log_scale() };
    let at = pos2(rect.left(), rect.top() + 3.0);
    ui.painter().text(at, Align2::LEFT_TOP, unit, fonts::small(), look.faint);
}

fn whisker_ui(ui: &mut Ui, look: &Tokens, whisker: &Whisker, (lanes, ends): (&Lanes, (f64, f64))) -> bool {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), LINE));
    let response = ui.interact(rect, ui.make_persistent_id(("whisker", &whisker.id)), Sense::click());
    let said = text::by_the_datasheet(&whisker.name, &whisker.text, &whisker.bound);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::show_working_of(&said)));
    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect.expand2(vec2(4.0, 0.0)), 5.0, look.control);
    }
    let (color, font) =
        if whisker.chosen { (look.text, fonts::strong()) } else { (look.soft, fonts::body()) };
    let name = elided(painter, &whisker.name, &font, color, lanes.names);
    painter.galley(pos2(rect.left(), rect.center().y - name.size().y / 2.0), name, color);
    painter.text(rect.right_center(), Align2::RIGHT_CENTER, &whisker.text, fonts::small(), look.soft);
    let rail = lanes.rail(rect);
    let x = |value: f64| x_of(rail, value, ends);
    let y = rect.center().y;
    painter.hline(rail.x_range(), y, Stroke::new(1.0, look.line));
    let fill = hue(ui, look, &whisker.id, whisker.chosen);
    let bar = Rect::from_min_max(
        pos2(x(whisker.band.low), y - 3.5),
        pos2(x(whisker.band.high).max(x(whisker.band.low) + 2.0), y + 3.5),
    );
    painter.rect_filled(bar, 3.5, fill.gamma_multiply(0.55));
    painter.circle_filled(pos2(x(whisker.band.best), y), 4.5, fill);
    painter.vline(x(whisker.roofline), (y - 7.0)..=(y + 7.0), Stroke::new(1.5, look.faint));
    response.on_hover_text(text::click_for_its_working(&said)).clicked()
}
