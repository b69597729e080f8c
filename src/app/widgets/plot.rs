//! Memory against an axis: stacked areas, ceilings, crossings, and a marker that can be dragged.

use eframe::egui;
use egui::{Align2, CursorIcon, Id, Key, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::Scale;
use super::axis_marks::{mark_text, marks};
use super::plot_curves::curves_ui;
use super::plot_layout::{label_room, scale};
use super::zoom::{Way, Zoom, zoom_ui};
use crate::app::data::plot::PlotData;
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::units::memory_unit;

const LEFT: f32 = 46.0;
const TOP: f32 = 34.0;
const BOTTOM: f32 = 62.0;
/// From the middle of a flag to its end, where its label is long.
const FLAG: f32 = 40.0;

/// Where the plot was drawn, so that a drag can be read before anything of the next frame is.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    area: Rect,
    scale: Scale,
    zoom: Zoom,
}

/// The plot's own id, wherever it is drawn.
fn id() -> Id {
    Id::unique("plot")
}

/// The value the marker was dragged or stepped to since the last frame.
pub(crate) fn dragged(ctx: &egui::Context) -> Option<f64> {
    let drawn: Drawn = ctx.data(|data| data.get_temp(id()))?;
    let response = ctx.read_response(id())?;
    if let Some(pointer) = response.interact_pointer_pos()
        && (response.dragged() || response.drag_stopped() || response.is_pointer_button_down_on())
    {
        let share = (pointer.x - drawn.area.left()) / drawn.area.width().max(1.0);
        return Some(drawn.scale.value(drawn.zoom.whole_share(f64::from(share.clamp(0.0, 1.0)))));
    }
    None
}

/// What was done to the plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PlotAction {
    /// The marker was moved to a value.
    Moved(f64),
    /// The limit of the chosen machine was moved to so many GiB.
    Raised(f64),
}

/// Draws the plot over the width there is. `raise` is how far the limit of the chosen machine can be moved, in GiB.
pub(crate) fn plot_ui(
    ui: &mut Ui,
    look: &Tokens,
    data: &PlotData,
    raise: Option<(f64, f64)>,
    height: f32,
) -> Option<PlotAction> {
    let size = vec2(ui.available_width(), height.max(200.0));
    let (_, rect) = ui.allocate_space(size);
    let right = label_room(ui, data, rect.width() * 0.34);
    let area = Rect::from_min_max(
        pos2(rect.left() + LEFT, rect.top() + TOP),
        pos2(rect.right() - right, rect.bottom() - BOTTOM),
    );
    let scale = scale(data);
    // Another axis is looked at as a whole.
    let looked_at = id().with(data.axis.key());
    let zoom = Zoom::of(ui, looked_at);
    ui.data_mut(|memory| memory.insert_temp(id(), Drawn { area, scale, zoom }));
    View { ui, look, data, rect, area, scale, zoom }.grid();
    curves_ui(ui, look, data, (area, scale, zoom));
    let response = ui.interact(area, id(), Sense::click_and_drag());
    declare(&response, data);
    let moved = stepped(ui, &response, data, scale);
    let view = View { ui, look, data, rect, area, scale, zoom };
    let clip = area.expand2(vec2(1.0, 0.0)).intersect(ui.painter().clip_rect());
    let inside = ui.painter().with_clip_rect(clip);
    let unnamed = view.names(&inside);
    view.peaks(&inside);
    view.marker(&response);
    view.high_end();
    let taken = view.crossings();
    let places = view.line_labels();
    let raised = view.grips(&places, raise);
    view.legend(&unnamed);
    let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
    view.read_out(&response);
    zoom_ui(ui, look, &response, (area, looked_at, Way::Wheel));
    moved.or(taken).map(PlotAction::Moved).or(raised.map(PlotAction::Raised))
}

fn declare(response: &Response, data: &PlotData) {
    let label = text::plot_marker(&data.name);
    response.widget_info(|| WidgetInfo::slider(true, data.marker.value, &label));
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_value(data.marker.label.clone());
        node.set_role(Role::Slider);
        node.set_description(data.in_words());
    });
}

fn stepped(ui: &Ui, response: &Response, data: &PlotData, scale: Scale) -> Option<f64> {
    if !response.has_focus() {
        return None;
    }
    ui.memory_mut(|memory| {
        let filter = egui::EventFilter { horizontal_arrows: true, ..egui::EventFilter::default() };
        memory.set_focus_lock_filter(response.id, filter);
    });
    let (more, less) =
        ui.input(|input| (input.key_pressed(Key::ArrowRight), input.key_pressed(Key::ArrowLeft)));
    match (more, less) {
        (true, false) => Some(scale.nudged(data.marker.value, 1.0)),
        (false, true) => Some(scale.nudged(data.marker.value, -1.0)),
        _ => None,
    }
}

/// One plot as it is being drawn.
pub(super) struct View<'a> {
    pub(super) ui: &'a Ui,
    pub(super) look: &'a Tokens,
    pub(super) data: &'a PlotData,
    pub(super) rect: Rect,
    pub(super) area: Rect,
    pub(super) scale: Scale,
    pub(super) zoom: Zoom,
}

#[expect(clippy::cast_possible_truncation, reason = "places on the screen")]
impl View<'_> {
    pub(super) fn x(&self, value: f64) -> f32 {
        self.area.left() + self.area.width() * self.zoom.seen_share(self.scale.share(value)) as f32
    }

    pub(super) fn y(&self, gib: f64) -> f32 {
        let (low, high) = self.ends();
        self.area.bottom() - self.area.height() * ((gib - low) / (high - low)).clamp(-0.5, 1.5) as f32
    }

    /// What the height reaches from and to, in GiB.
    pub(super) fn ends(&self) -> (f64, f64) {
        self.zoom.seen_height((0.0, self.data.top))
    }

    /// The value at a place from the left.
    pub(super) fn value_at(&self, x: f32) -> f64 {
        let share = ((x - self.area.left()) / self.area.width().max(1.0)).clamp(0.0, 1.0);
        self.scale.value(self.zoom.whole_share(f64::from(share)))
    }

    fn grid(&self) {
        let painter = self.ui.painter();
        let line = Stroke::new(1.0, self.look.line.gamma_multiply(0.8));
        let faint = self.look.faint;
        // The flag of a marker at the left end would lie over it.
        let beside_flag = self.x(self.data.marker.value) < self.area.left() + FLAG;
        let (unit, align) = if beside_flag {
            (self.rect.left(), Align2::LEFT_CENTER)
        } else {
            (self.area.left() - 8.0, Align2::RIGHT_CENTER)
        };
        painter.text(pos2(unit, self.area.top() - 14.0), align, memory_unit(), fonts::small(), faint);
        let count = f64::from(self.area.height() / 55.0).clamp(2.0, 12.0);
        for gib in marks(self.ends(), false, count) {
            let y = self.y(gib).round() + 0.5;
            painter.hline(self.area.x_range(), y, line);
            let at = pos2(self.area.left() - 8.0, y);
            painter.text(at, Align2::RIGHT_CENTER, mark_text(gib), fonts::small(), faint);
        }
        let mut free_from = f32::NEG_INFINITY;
        for (x, label) in self.ticks() {
            let galley = painter.layout_no_wrap(label, fonts::small(), faint);
            let half = galley.size().x / 2.0;
            if x - half < free_from {
                continue;
            }
            free_from = x + half + 10.0;
            painter.vline(x.round() + 0.5, self.area.y_range(), line);
            painter.galley(pos2(x - half, self.area.bottom() + 6.0), galley, faint);
        }
    }

    /// Ticks that are seen; where so little is seen that hardly any is, round places between them.
    fn ticks(&self) -> Vec<(f32, String)> {
        let seen = |x: &f32| self.area.x_range().expand(0.5).contains(*x);
        let ticks = self.data.ticks.iter().map(|tick| (self.x(tick.value), tick.label.clone()));
        let ticks: Vec<(f32, String)> = ticks.filter(|(x, _)| seen(x)).collect();
        if ticks.len() > 2 || self.scale.stepped || self.zoom.is_whole() {
            return ticks;
        }
        let places = [0.1, 0.3, 0.5, 0.7, 0.9].map(|share| self.area.left() + self.area.width() * share);
        let values = places.map(|x| self.value_at(x));
        values.map(|value| (self.x(value), self.data.axis.in_full(value))).to_vec()
    }

    fn marker(&self, response: &Response) {
        let x = self.x(self.data.marker.value);
        if !self.area.x_range().expand(1.0).contains(x) {
            return;
        }
        let painter = self.ui.painter();
        let width = if response.hovered() || response.dragged() { 3.0 } else { 2.0 };
        painter.vline(x, (self.area.top() - 8.0)..=self.area.bottom(), Stroke::new(width, self.look.accent));
        let galley = painter.layout_no_wrap(
            self.data.marker.label.clone(),
            fonts::small_strong(),
            self.look.on_accent,
        );
        let size = galley.size() + vec2(18.0, 5.0);
        let left = (x - size.x / 2.0).min(self.rect.right() - size.x).max(self.rect.left());
        let flag = Rect::from_min_size(pos2(left, self.area.top() - 8.0 - size.y), size);
        painter.rect_filled(flag, 4.0, self.look.accent);
        if response.has_focus() {
            painter.rect_stroke(
                flag.expand(2.0),
                5.0,
                Stroke::new(1.0, self.look.accent),
                egui::StrokeKind::Outside,
            );
        }
        painter.galley(flag.center() - galley.size() / 2.0, galley, self.look.on_accent);
    }
}
