//! Which part of a chart is seen: the wheel or a pinch narrows it, a drag moves it, a double click shows all again.

use eframe::egui;
use egui::{Align2, Id, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};

use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;

/// The most that a chart is magnified.
const MOST: f64 = 32.0;
/// Points of the wheel that magnify by e.
const WHEEL: f32 = 240.0;

/// What is seen of a chart, as shares of all of its width and height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Zoom {
    /// From the left.
    pub across: (f64, f64),
    /// From the bottom.
    pub up: (f64, f64),
}

impl Default for Zoom {
    fn default() -> Self {
        Self { across: (0.0, 1.0), up: (0.0, 1.0) }
    }
}

impl Zoom {
    /// What is seen of the chart of this id.
    pub(crate) fn of(ui: &Ui, id: Id) -> Self {
        ui.data(|data| data.get_temp(id.with("zoom"))).unwrap_or_default()
    }

    /// Whether all of it is seen.
    pub(crate) fn is_whole(&self) -> bool {
        *self == Self::default()
    }

    /// The share of the whole width at a share of what is seen.
    pub(crate) fn whole_share(&self, seen: f64) -> f64 {
        self.across.0 + (self.across.1 - self.across.0) * seen
    }

    /// The other way around; below 0 and above 1 beside what is seen.
    pub(crate) fn seen_share(&self, whole: f64) -> f64 {
        (whole - self.across.0) / (self.across.1 - self.across.0)
    }

    /// A range with its low end and its high end as they are seen.
    pub(crate) fn seen_height(&self, (low, high): (f64, f64)) -> (f64, f64) {
        (low + (high - low) * self.up.0, low + (high - low) * self.up.1)
    }

    fn scaled(self, (x, y): (f64, f64), (by_x, by_y): (f64, f64)) -> Self {
        Self { across: scaled(self.across, x, by_x), up: scaled(self.up, y, by_y) }
    }

    fn moved(self, (x, y): (f64, f64)) -> Self {
        Self { across: moved(self.across, x), up: moved(self.up, y) }
    }
}

/// A range narrowed about a share of itself, never beyond the whole.
fn scaled((from, to): (f64, f64), about: f64, by: f64) -> (f64, f64) {
    let length = ((to - from) / by.max(1e-6)).clamp(1.0 / MOST, 1.0);
    let still = from + (to - from) * about;
    let low = (still - length * about).clamp(0.0, 1.0 - length);
    (low, low + length)
}

/// A range moved by a share of itself, never beyond the whole.
fn moved((from, to): (f64, f64), by: f64) -> (f64, f64) {
    let length = to - from;
    let low = (from + length * by).clamp(0.0, 1.0 - length);
    (low, low + length)
}

/// How a chart is moved about in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The wheel magnifies, because nothing around it scrolls; a drag means something else.
    Wheel,
    /// The wheel scrolls the page: with Ctrl it magnifies, and a drag moves what is seen.
    Drag,
}

/// Takes what was done to a chart drawn over `area`, and offers to show all of it again.
pub(crate) fn zoom_ui(ui: &Ui, look: &Tokens, response: &Response, (area, id, way): (Rect, Id, Way)) {
    let before = Zoom::of(ui, id);
    let mut zoom = before;
    let size = area.size().max(vec2(1.0, 1.0));
    if let Some(pointer) = response.hover_pos().filter(|pointer| area.contains(*pointer)) {
        let (pinch, wheel) = ui.input(|input| (input.zoom_delta_2d(), input.smooth_scroll_delta()));
        let turned = if way == Way::Wheel { (wheel.y / WHEEL).exp() } else { 1.0 };
        let about = ((pointer.x - area.left()) / size.x, (area.bottom() - pointer.y) / size.y);
        let by = (f64::from(pinch.x * turned), f64::from(pinch.y * turned));
        zoom = zoom.scaled((f64::from(about.0), f64::from(about.1)), by);
        if way == Way::Wheel {
            zoom = zoom.moved((f64::from(-wheel.x / size.x), 0.0));
        }
    }
    if way == Way::Drag && response.dragged() {
        let by = response.drag_delta();
        zoom = zoom.moved((f64::from(-by.x / size.x), f64::from(by.y / size.y)));
    }
    if response.double_clicked() || (!before.is_whole() && all_ui(ui, look, area, id)) {
        zoom = Zoom::default();
    }
    if zoom != before {
        ui.data_mut(|data| data.insert_temp(id.with("zoom"), zoom));
        ui.ctx().request_repaint();
    }
}

/// The button that shows all again.
fn all_ui(ui: &Ui, look: &Tokens, area: Rect, id: Id) -> bool {
    let galley = ui.painter().layout_no_wrap(text::reset_zoom().to_owned(), fonts::small(), look.text);
    let rect = Align2::RIGHT_TOP
        .align_size_within_rect(galley.size() + vec2(16.0, 8.0), area.shrink2(vec2(8.0, 8.0)));
    // A press of it is no drag of the chart.
    let response = ui.interact(rect, id.with("reset zoom"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::reset_zoom()));
    let lively = response.hovered() || response.has_focus();
    ui.painter().rect_filled(rect, 5.0, if lively { look.raised } else { look.control });
    ui.painter().galley(rect.center() - galley.size() / 2.0, galley, look.text);
    response.on_hover_text(text::show_all_of_it_again()).clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_the_pointer_stays_there_and_the_whole_is_the_most() {
        let near = Zoom::default().scaled((0.25, 0.5), (2.0, 4.0));
        assert!((near.whole_share(0.25) - 0.25).abs() < 1e-9, "{near:?}");
        assert!((near.across.1 - near.across.0 - 0.5).abs() < 1e-9, "{near:?}");
        assert!((near.up.1 - near.up.0 - 0.25).abs() < 1e-9, "{near:?}");
        assert!(near.scaled((0.9, 0.1), (0.01, 0.01)).is_whole(), "out again is all of it");
        let most = Zoom::default().scaled((0.5, 0.5), (1e9, 1e9));
        assert!((most.across.1 - most.across.0 - 1.0 / MOST).abs() < 1e-9, "{most:?}");
    }

    #[test]
    fn it_is_moved_no_farther_than_the_ends() {
        let near = Zoom::default().scaled((0.0, 0.0), (4.0, 1.0));
        assert!((near.moved((-1.0, 0.0)).across.0).abs() < 1e-9);
        assert!((near.moved((9.0, 0.0)).across.1 - 1.0).abs() < 1e-9);
        assert!((near.seen_share(near.whole_share(0.7)) - 0.7).abs() < 1e-9);
    }
}
