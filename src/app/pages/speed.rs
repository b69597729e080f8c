//! How fast, on which machine, and why.

use eframe::egui;
use egui::{Align2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::command::Command;
use crate::app::data::speed::{SpeedData, Whisker};
use crate::app::fonts;
use crate::app::subject::Subject;
use crate::app::theme::Tokens;
use crate::app::widgets::chart::chart_ui;
use crate::app::widgets::figures::figures_ui;
use crate::app::widgets::{elided, hint_ui};

/// Height of a machine's line.
const LINE: f32 = 24.0;

/// Draws the page.
pub(crate) fn page_ui(ui: &mut Ui, look: &Tokens, data: &SpeedData, commands: &mut Vec<Command>) {
    ui.scope(|ui| {
        ui.set_max_width(ui.available_width() - 10.0);
        ui.add_space(8.0);
        if data.basis.is_empty() {
            hint_ui(ui, look, &data.line);
            if data.measures && ui.button("Measure this machine").clicked() {
                commands.extend([Command::ThisMachine, Command::Measure]);
            }
        } else {
            hint_ui(ui, look, &data.basis);
        }
        ui.add_space(6.0);
        let figures: Vec<(Subject, String)> =
            data.figures.iter().map(|(name, text)| (Subject::Figure(*name), text.clone())).collect();
        commands.extend(figures_ui(ui, look, &figures).map(Command::Working));
        ui.add_space(6.0);
        ui.label(egui::RichText::new(data.unit).font(fonts::strong()));
        commands.extend(whiskers_ui(ui, look, data).map(Command::Working));
        hint_ui(ui, look, "Bar: low to high. Dot: best estimate. Line: what the datasheet bounds it by. A click opens the working");
        for chart in &data.charts {
            ui.add_space(12.0);
            chart_ui(ui, look, chart, 190.0);
        }
        ui.add_space(12.0);
    });
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
    let (least, most) = ((least * 0.8).ln(), (most * 1.1).ln());
    let mut opened = None;
    for whisker in &data.whiskers {
        if whisker_ui(ui, look, whisker, (least, most)) {
            opened = Some(Subject::FigureOn(whisker.id.clone(), whisker.figure));
        }
    }
    opened
}

#[expect(clippy::cast_possible_truncation, reason = "places on the screen")]
fn whisker_ui(ui: &mut Ui, look: &Tokens, whisker: &Whisker, (least, most): (f64, f64)) -> bool {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), LINE));
    let response = ui.interact(rect, ui.make_persistent_id(("whisker", &whisker.id)), Sense::click());
    let said = format!("{}, {}", whisker.name, whisker.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{said}, show working")));
    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect.expand2(vec2(4.0, 0.0)), 5.0, look.control);
    }
    let (color, font) =
        if whisker.chosen { (look.text, fonts::strong()) } else { (look.soft, fonts::body()) };
    let names = (rect.width() * 0.3).clamp(96.0, 190.0);
    let name = elided(painter, &whisker.name, &font, color, names);
    painter.galley(pos2(rect.left(), rect.center().y - name.size().y / 2.0), name, color);
    let text =
        painter.text(rect.right_center(), Align2::RIGHT_CENTER, &whisker.text, fonts::small(), look.soft);
    let rail = Rect::from_min_max(
        pos2(rect.left() + names + 8.0, rect.top()),
        pos2(text.left().min(rect.right() - 118.0) - 10.0, rect.bottom()),
    );
    let x = |value: f64| {
        let share = ((value.max(1e-12).ln() - least) / (most - least)).clamp(0.0, 1.0);
        rail.left() + rail.width() * share as f32
    };
    let y = rect.center().y;
    painter.hline(rail.x_range(), y, Stroke::new(1.0, look.line));
    let fill = if whisker.chosen { look.accent } else { look.part_runtime };
    let bar = Rect::from_min_max(
        pos2(x(whisker.band.low), y - 3.5),
        pos2(x(whisker.band.high).max(x(whisker.band.low) + 2.0), y + 3.5),
    );
    painter.rect_filled(bar, 3.5, fill.gamma_multiply(0.55));
    painter.circle_filled(pos2(x(whisker.band.best), y), 4.5, fill);
    painter.vline(x(whisker.roofline), (y - 7.0)..=(y + 7.0), Stroke::new(1.5, look.faint));
    response.on_hover_text(format!("{said} · click for its working")).clicked()
}
