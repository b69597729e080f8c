//! A labeled slider with a typed value: one line of a form.

use eframe::egui;
use egui::{Link, Rect, Response, RichText, Sense, Ui, WidgetInfo, pos2, vec2};

use super::field::field_ui;
use super::slider::Slider;
use super::{Scale, elided, hint_ui};
use crate::app::fonts;
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
        if !self.hint.is_empty() {
            ui.add_space(-5.0);
            hint_ui(ui, look, &self.hint);
        }
        let reached = self.reach_ui(ui, look).map(Turned::Slid);
        ui.add_space(2.0);
        typed.or(slid).or(reached)
    }

    /// The largest that fits in words; a click goes there.
    fn reach_ui(&self, ui: &mut Ui, look: &Tokens) -> Option<f64> {
        let (reach, value) = self.reach.as_ref().zip(self.largest)?;
        ui.add_space(-5.0);
        let text = RichText::new(format!("largest that fits here {reach}")).font(fonts::small());
        let response = ui.add(Link::new(text.color(look.faint)));
        let name = format!("Set {} to {reach}, the largest that fits here", self.label);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name.as_str()));
        response.on_hover_text(name.as_str()).clicked().then_some(value)
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
