//! A labeled slider with a typed value: one line of a form.

use eframe::egui;
use egui::text::LayoutJob;
use egui::{Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::field::field_ui;
use super::fixed::{SMALL_ROW, laid, text_ui};
use super::slider::Slider;
use super::{Scale, elided};
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;

/// What a slider shows.
#[derive(Clone, Debug)]
pub(crate) struct SliderRow {
    /// Its label.
    pub label: &'static str,
    /// The value in full, as the field shows it.
    pub text: String,
    /// The value on the rail.
    pub value: f64,
    /// The rail.
    pub scale: Scale,
    /// The largest value that fits.
    pub largest: Option<f64>,
    /// What is worth knowing beside it.
    pub hint: String,
    /// That value as a person reads it, which a click takes: `82,432`; nothing where it is not said.
    pub reach: Option<String>,
    /// Whether a line is kept under it for these two, said or not.
    pub keeps_line: bool,
}

/// What was done to a slider.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Turned {
    /// The slider was moved.
    Slid(f64),
    /// A value was typed.
    Typed(String),
}

/// The least a field takes; longer values widen theirs.
const FIELD: egui::Vec2 = vec2(86.0, 20.0);

impl SliderRow {
    /// Draws it over the width there is.
    pub(crate) fn show(&self, ui: &mut Ui, look: &Tokens) -> Option<Turned> {
        let (_, row) = ui.allocate_space(vec2(ui.available_width(), FIELD.y));
        let text = ui.painter().layout_no_wrap(self.text.clone(), fonts::body(), look.text);
        let width = (text.size().x + 18.0).clamp(FIELD.x.min(row.width() * 0.3), 130.0);
        let field = Rect::from_min_max(pos2(row.right() - width, row.top()), row.max);
        label_ui(ui, look, row.with_max_x(field.left() - 4.0), self.label);
        let typed = field_ui(ui, look, field, self.label, &self.text).map(Turned::Typed);
        ui.add_space(-3.0);
        let slider = Slider {
            label: self.label,
            text: &self.text,
            value: self.value,
            scale: self.scale,
            largest: self.largest,
        };
        let slid = slider.show(ui, look).map(Turned::Slid);
        let reached = if self.keeps_line { self.line_ui(ui, look) } else { None };
        let reached = reached.map(Turned::Slid);
        ui.add_space(2.0);
        typed.or(slid).or(reached)
    }

    /// The largest that fits, where a click goes, and what else is worth knowing: one line, whatever it says.
    fn line_ui(&self, ui: &mut Ui, look: &Tokens) -> Option<f64> {
        ui.add_space(-6.0);
        let (_, row) = ui.allocate_space(vec2(ui.available_width(), SMALL_ROW));
        let mut taken = None;
        let mut left = row.left();
        if let Some((reach, value)) = self.reach.as_ref().zip(self.largest) {
            let response = self.reach_ui(ui, look, row, reach);
            left = response.rect.right() + 6.0;
            taken = response.clicked().then_some(value);
        }
        if !self.hint.is_empty() && left < row.right() {
            let rest = row.with_min_x(left);
            let job = LayoutJob::simple(self.hint.clone(), fonts::small(), look.faint, rest.width());
            text_ui(ui, laid(ui, job, rest.width(), 1), rest, Sense::hover());
        }
        taken
    }

    fn reach_ui(&self, ui: &mut Ui, look: &Tokens, row: Rect, reach: &str) -> Response {
        let text = text::largest_that_fits_here(&reach);
        let job = LayoutJob::simple_singleline(text, fonts::small(), look.faint);
        let galley = laid(ui, job, row.width(), 1);
        let rect = Rect::from_min_size(row.min, vec2(galley.size().x, row.height()));
        let response = ui.interact(rect, ui.make_persistent_id(("reach", self.label)), Sense::click());
        let name = text::set_to_the_largest_that_fits_here(&self.label, &reach);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Link, true, &name));
        let lively = response.hovered() || response.has_focus();
        let color = if lively { look.text } else { look.faint };
        ui.painter().galley_with_override_text_color(rect.min, galley, color);
        if lively {
            let y = rect.bottom() - 1.5;
            ui.painter().hline(rect.x_range(), y, egui::Stroke::new(1.0, color));
        }
        response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(name)
    }
}

/// A label at the left of a row, named for a screen reader.
pub(crate) fn label_ui(ui: &Ui, look: &Tokens, row: Rect, label: &str) -> Response {
    let galley = elided(ui.painter(), label, &fonts::body(), look.soft, row.width());
    let rect = Rect::from_min_size(row.left_center() - vec2(0.0, galley.size().y / 2.0), galley.size());
    ui.painter().galley(rect.min, galley, look.soft);
    let response = ui.interact(rect, ui.make_persistent_id(("label", label)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, label));
    response
}
