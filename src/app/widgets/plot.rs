//! Memory against an axis: stacked areas, ceilings, crossings, and a marker that can be dragged.

use eframe::egui;
use egui::{
    Align2, CursorIcon, Id, Key, Painter, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use super::Scale;
use super::plot_curves::curves_ui;
use super::plot_layout::{label_room, scale, y_step};
use crate::app::data::plot::PlotData;
use crate::app::fonts;
use crate::app::theme::Tokens;
use crate::units::{memory_unit, whole};

const LEFT: f32 = 46.0;
const TOP: f32 = 34.0;
const BOTTOM: f32 = 30.0;

/// Where the plot was drawn, so that a drag can be read before anything of the next frame is.
#[derive(Clone, Copy, Debug)]
struct Drawn {
    area: Rect,
    scale: Scale,
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
        return Some(drawn.scale.value(f64::from(share)));
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
    let size = vec2(ui.available_width(), height.clamp(200.0, 640.0));
    let (_, rect) = ui.allocate_space(size);
    let right = label_room(ui, data).min(rect.width() * 0.30);
    let area = Rect::from_min_max(
        pos2(rect.left() + LEFT, rect.top() + TOP),
        pos2(rect.right() - right, rect.bottom() - BOTTOM),
    );
    let scale = scale(data);
    ui.data_mut(|memory| memory.insert_temp(id(), Drawn { area, scale }));
    View { ui, look, data, rect, area, scale }.grid();
    curves_ui(ui, look, data, area, scale);
    let response = ui.interact(area.expand2(vec2(6.0, 0.0)), id(), Sense::click_and_drag());
    declare(&response, data);
    let moved = stepped(ui, &response, data, scale);
    let view = View { ui, look, data, rect, area, scale };
    let clip = area.expand2(vec2(1.0, 0.0)).intersect(ui.painter().clip_rect());
    let inside = ui.painter().with_clip_rect(clip);
    view.names(&inside);
    view.marker(&response);
    view.high_end();
    let taken = view.crossings();
    let places = view.line_labels();
    let raised = view.grips(&places, raise);
    let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
    view.read_out(&response);
    moved.or(taken).map(PlotAction::Moved).or(raised.map(PlotAction::Raised))
}

fn declare(response: &Response, data: &PlotData) {
    let label = format!("Plot marker, {}", data.name);
    response.widget_info(|| WidgetInfo::slider(true, data.marker.value, &label));
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_value(data.marker.label.clone());
        node.set_role(Role::Slider);
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
}

#[expect(clippy::cast_possible_truncation, reason = "places on the screen")]
impl View<'_> {
    pub(super) fn x(&self, value: f64) -> f32 {
        self.area.left() + self.area.width() * self.scale.share(value) as f32
    }

    pub(super) fn y(&self, gib: f64) -> f32 {
        self.area.bottom() - self.area.height() * (gib / self.data.top).min(1.5) as f32
    }

    fn grid(&self) {
        let painter = self.ui.painter();
        let line = Stroke::new(1.0, self.look.line.gamma_multiply(0.8));
        painter.text(
            pos2(self.area.left() - 8.0, self.area.top() - 14.0),
            Align2::RIGHT_CENTER,
            memory_unit(),
            fonts::small(),
            self.look.faint,
        );
        let step = y_step(self.data.top, f64::from(self.area.height()));
        let mut gib = 0.0;
        while gib <= self.data.top {
            let y = self.y(gib).round() + 0.5;
            painter.hline(self.area.x_range(), y, line);
            let text = if step < 1.0 { format!("{gib:.1}") } else { format!("{gib:.0}") };
            let at = pos2(self.area.left() - 8.0, y);
            painter.text(at, Align2::RIGHT_CENTER, text, fonts::small(), self.look.faint);
            gib += step;
        }
        let mut free_from = f32::NEG_INFINITY;
        for tick in &self.data.ticks {
            let x = self.x(tick.value);
            let galley = painter.layout_no_wrap(tick.label.clone(), fonts::small(), self.look.faint);
            let half = galley.size().x / 2.0;
            if x - half < free_from {
                continue;
            }
            free_from = x + half + 10.0;
            painter.vline(x.round() + 0.5, self.area.y_range(), line);
            painter.galley(pos2(x - half, self.area.bottom() + 8.0), galley, self.look.faint);
        }
    }

    /// Height of the stack under and over a layer at a sample.
    fn stack(&self) -> Vec<Vec<f64>> {
        let mut below = vec![0.0; self.data.xs.len()];
        let mut tops = Vec::with_capacity(self.data.layers.len());
        for layer in &self.data.layers {
            for (sum, gib) in below.iter_mut().zip(&layer.gib) {
                *sum += gib;
            }
            tops.push(below.clone());
        }
        tops
    }

    /// Names of parts on their own areas, where there is room for them.
    fn names(&self, painter: &Painter) {
        let tops = self.stack();
        let last = self.data.xs.len().saturating_sub(1);
        for (index, layer) in self.data.layers.iter().enumerate() {
            let under = |at: usize| {
                index.checked_sub(1).and_then(|under| tops.get(under)?.get(at)).copied().unwrap_or(0.0)
            };
            let over = |at: usize| tops.get(index).and_then(|top| top.get(at)).copied().unwrap_or(0.0);
            let band = |at: usize| {
                (self.y(under(at)).min(self.area.bottom()), self.y(over(at)).max(self.area.top()))
            };
            let galley = painter.layout_no_wrap(
                layer.part.label().to_owned(),
                fonts::small_strong(),
                self.look.on(self.look.part(layer.part)),
            );
            let size = galley.size();
            let wide = f64::from((size.x + 28.0) / self.area.width().max(1.0)) * last as f64;
            let span = usize::try_from(whole(wide.ceil())).unwrap_or(0).min(last);
            // At the left where the band is high enough there, else at the right, where it may have grown.
            let (narrow, x) = if band(0).0 - band(0).1 >= 24.0 {
                (0, self.area.left() + 14.0)
            } else {
                (last - span, self.area.right() - 14.0 - size.x)
            };
            let (low, high) = band(narrow);
            if low - high < 22.0 || self.scale.stepped {
                continue;
            }
            let y = self.beside_lines((low - 16.0).max(f32::midpoint(low, high)));
            painter.galley(pos2(x, y - size.y / 2.0), galley, self.look.text);
        }
    }

    /// A height moved off a ceiling that would strike through what is written there.
    fn beside_lines(&self, y: f32) -> f32 {
        let near = self.data.lines.iter().map(|line| self.y(line.gib)).find(|line| (line - y).abs() < 11.0);
        near.map_or(y, |line| line + 13.0)
    }

    fn marker(&self, response: &Response) {
        let x = self.x(self.data.marker.value);
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

    /// Need at a value, between samples.
    fn need(&self, value: f64) -> f64 {
        self.between(&self.stack().pop().unwrap_or_default(), value)
    }

    /// A sampled curve at a value.
    pub(super) fn between(&self, curve: &[f64], value: f64) -> f64 {
        let last = curve.len().saturating_sub(1);
        let place = self.scale.share(value) * last as f64;
        let under = whole(place.floor()).try_into().unwrap_or(0).min(last);
        let (a, b) = (curve.get(under), curve.get((under + 1).min(last)));
        let (a, b) = (a.copied().unwrap_or(0.0), b.copied().unwrap_or(0.0));
        a + (b - a) * place.fract()
    }

    /// The name of the high end, where it is far enough from the best estimate to be told apart.
    fn high_end(&self) {
        let best = self.stack().pop().unwrap_or_default();
        let (Some(best), Some(high)) = (best.first(), self.data.high.first()) else { return };
        let (best, high) = (self.y(*best), self.y(*high));
        if best - high < 18.0 || self.scale.stepped || high < self.area.top() {
            return;
        }
        let painter = self.ui.painter();
        let galley = painter.layout_no_wrap("high end".to_owned(), fonts::small(), self.look.faint);
        let at = pos2(self.area.left() + 8.0, high - galley.size().y - 3.0);
        painter.galley(at, galley, self.look.faint);
    }

    /// What lies under the pointer.
    fn read_out(&self, response: &Response) {
        let Some(pointer) = response.hover_pos().filter(|_| !response.dragged()) else { return };
        let share = (pointer.x - self.area.left()) / self.area.width().max(1.0);
        let value = self.scale.value(f64::from(share));
        let text = if self.scale.stepped {
            let name = self.data.ticks.iter().find(|tick| (tick.value - value).abs() < 0.5);
            name.map_or_else(String::new, |tick| tick.label.clone())
        } else {
            format!("{} {}", self.data.axis.in_full(value), self.data.axis.unit())
        };
        egui::Tooltip::always_open(
            response.ctx.clone(),
            response.layer_id,
            response.id,
            egui::PopupAnchor::Pointer,
        )
        .gap(14.0)
        .show(|ui| ui.label(format!("{text}\n{:.1} {}", self.need(value), memory_unit())));
    }
}
