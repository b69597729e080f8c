//! A rail with a handle, and a tick where the machine ends.

use eframe::egui;
use egui::accesskit::{Action, ActionData};
use egui::{EventFilter, Key, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::Scale;
use crate::app::theme::Tokens;

/// What a slider shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slider<'a> {
    /// Its accessible name.
    pub label: &'a str,
    /// The value as it is read out.
    pub text: &'a str,
    /// The value.
    pub value: f64,
    /// The rail.
    pub scale: Scale,
    /// The largest value that fits.
    pub largest: Option<f64>,
}

const HEIGHT: f32 = 16.0;
const RADIUS: f32 = 7.0;
const RAIL: f32 = 4.0;

impl Slider<'_> {
    /// Draws it over the width there is; returns the value it was moved to.
    pub(crate) fn show(&self, ui: &mut Ui, look: &Tokens) -> Option<f64> {
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), HEIGHT));
        let id = ui.make_persistent_id(("slider", self.label));
        let response = ui.interact(rect, id, Sense::click_and_drag());
        if response.is_pointer_button_down_on() || response.clicked() {
            // The arrow keys go on where the pointer left off.
            response.request_focus();
        }
        let moved = self.moved(ui, &response).filter(|value| (value - self.value).abs() > f64::EPSILON);
        self.declare(ui, &response, moved.unwrap_or(self.value));
        self.paint(ui, look, &response, moved.unwrap_or(self.value));
        moved
    }

    fn moved(&self, ui: &Ui, response: &Response) -> Option<f64> {
        if let Some(pointer) = response.interact_pointer_pos()
            && (response.dragged()
                || response.drag_stopped()
                || response.clicked()
                || response.is_pointer_button_down_on())
        {
            let rail = rail(response.rect);
            let share = (pointer.x - rail.left()) / rail.width().max(1.0);
            return Some(self.scale.value(f64::from(share)));
        }
        let asked = ui.input(|input| {
            input
                .accesskit_action_requests(response.id, Action::SetValue)
                .filter_map(|request| match request.data {
                    Some(ActionData::NumericValue(value)) => Some(value),
                    _ => None,
                })
                .last()
        });
        if let Some(value) = asked {
            return Some(value.clamp(self.scale.least, self.scale.most));
        }
        let steps = steps(ui, response);
        (steps != 0.0).then(|| self.scale.nudged(self.value, steps))
    }

    fn declare(&self, ui: &Ui, response: &Response, value: f64) {
        response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), value, self.label));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_min_numeric_value(self.scale.least);
            node.set_max_numeric_value(self.scale.most);
            node.set_value(self.text);
            node.add_action(Action::SetValue);
            node.add_action(Action::Increment);
            node.add_action(Action::Decrement);
        });
    }

    fn paint(&self, ui: &Ui, look: &Tokens, response: &Response, value: f64) {
        if !ui.is_rect_visible(response.rect) {
            return;
        }
        let painter = ui.painter();
        let rail = rail(response.rect);
        let at = |value: f64| {
            #[expect(clippy::cast_possible_truncation, reason = "a share of a rail")]
            let share = self.scale.share(value) as f32;
            rail.left() + rail.width() * share
        };
        painter.rect_filled(rail.expand2(vec2(RADIUS, 0.0)), RAIL / 2.0, look.control);
        let x = at(value);
        let filled = Rect::from_min_max(rail.min - vec2(RADIUS, 0.0), pos2(x, rail.bottom()));
        painter.rect_filled(filled, RAIL / 2.0, look.accent.gamma_multiply(0.75));
        if let Some(largest) = self.largest {
            let x = at(largest);
            painter.vline(x, rail.y_range().expand(4.0), Stroke::new(2.0, look.fits));
        }
        let lively = response.hovered() || response.dragged();
        let radius = if lively { RADIUS + 1.0 } else { RADIUS };
        painter.circle_filled(pos2(x, rail.center().y), radius, look.handle);
        if response.has_focus() {
            painter.circle_stroke(pos2(x, rail.center().y), radius + 2.5, Stroke::new(2.0, look.accent));
        }
    }
}

/// The rail inside a slider's rectangle, as far as the handle's centre goes.
fn rail(rect: Rect) -> Rect {
    Rect::from_center_size(rect.center(), vec2(rect.width() - 2.0 * RADIUS, RAIL))
}

/// Presses of the arrow keys, and what a screen reader asked.
fn steps(ui: &Ui, response: &Response) -> f64 {
    let mut presses = 0.0;
    if response.has_focus() {
        ui.memory_mut(|memory| {
            let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
            memory.set_focus_lock_filter(response.id, filter);
        });
        presses += ui.input(|input| {
            let net = |more: Key, less: Key| {
                f64::from(u32::try_from(input.num_presses(more)).unwrap_or(0))
                    - f64::from(u32::try_from(input.num_presses(less)).unwrap_or(0))
            };
            net(Key::ArrowRight, Key::ArrowLeft)
                + 10.0 * net(Key::PageUp, Key::PageDown)
                + 1000.0 * net(Key::End, Key::Home)
        });
    }
    let asked = ui.input(|input| {
        let count = |action| {
            f64::from(u32::try_from(input.num_accesskit_action_requests(response.id, action)).unwrap_or(0))
        };
        count(Action::Increment) - count(Action::Decrement)
    });
    presses + asked
}
