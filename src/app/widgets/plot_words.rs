//! Words of the plot: names of parts and of the high end, which phase peaks where, what the pointer is at, and what its
//! signs mean.

use eframe::egui;
use egui::{Align2, Painter, Rect, Response, Role, Sense, Stroke, WidgetInfo, pos2, vec2};

use super::elided;
use super::plot::View;
use crate::app::fonts;
use crate::app::text;
use crate::engine::PartName;
use crate::units::{memory_unit, show_decimals, whole};

impl View<'_> {
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

    /// Names of parts on their own areas, where there is room for them; returns the parts that found none.
    pub(super) fn names(&self, painter: &Painter) -> Vec<PartName> {
        let tops = self.stack();
        let last = self.data.xs.len().saturating_sub(1);
        let sample =
            |share: f64| usize::try_from(whole((share * last as f64).round())).unwrap_or(0).min(last);
        let (first, end) = (sample(self.zoom.across.0), sample(self.zoom.across.1));
        let mut unnamed = Vec::new();
        for (index, layer) in self.data.layers.iter().enumerate() {
            let under = |at: usize| {
                index.checked_sub(1).and_then(|under| tops.get(under)?.get(at)).copied().unwrap_or(0.0)
            };
            let over = |at: usize| tops.get(index).and_then(|top| top.get(at)).copied().unwrap_or(0.0);
            let band = |at: usize| {
                (self.y(under(at)).min(self.area.bottom()), self.y(over(at)).max(self.area.top()))
            };
            let color = self.look.on(self.look.part(layer.part));
            let galley = painter.layout_no_wrap(layer.part.label().to_owned(), fonts::small_strong(), color);
            let size = galley.size();
            let wide = f64::from((size.x + 28.0) / self.area.width().max(1.0)) * (end - first) as f64;
            let span = usize::try_from(whole(wide.ceil())).unwrap_or(0).min(end - first);
            let under_the_word = |from: usize| common((from..=from + span).map(band));
            // At the left where the band is high enough there, else at the right, where it may have grown.
            let at_left = under_the_word(first);
            let ((low, high), x) = if at_left.0 - at_left.1 >= 24.0 {
                (at_left, self.area.left() + 14.0)
            } else {
                (under_the_word(end - span), self.area.right() - 14.0 - size.x)
            };
            if low - high < 22.0 || self.scale.stepped {
                unnamed.push(layer.part);
                continue;
            }
            let lines: Vec<f32> = self.data.lines.iter().map(|line| self.y(line.gib)).collect();
            let y = beside_lines((low - 16.0).max(f32::midpoint(low, high)), &lines, (high, low));
            painter.galley(pos2(x, y - size.y / 2.0), galley, color);
        }
        unnamed
    }

    /// Which phase needs most, where along the axis that is another one: there the need takes another course.
    pub(super) fn peaks(&self, painter: &Painter) {
        let mut from = 0;
        let changes = self.data.peaks.iter().zip(self.data.peaks.iter().skip(1)).enumerate();
        let mut spans = Vec::new();
        for (at, _) in changes.filter(|(_, (phase, next))| phase != next) {
            spans.push((from, at));
            from = at + 1;
        }
        if spans.is_empty() || self.scale.stepped {
            return;
        }
        spans.push((from, self.data.peaks.len().saturating_sub(1)));
        for (first, last) in spans {
            let ends = [first, last].map(|at| self.data.xs.get(at).map_or(0.0, |value| self.x(*value)));
            let (left, right) = (ends[0].max(self.area.left()), ends[1].min(self.area.right()));
            if first > 0 && self.area.x_range().contains(ends[0]) {
                let line = [pos2(ends[0], self.area.top()), pos2(ends[0], self.area.bottom())];
                let stroke = Stroke::new(1.0, self.look.faint);
                painter.extend(egui::Shape::dashed_line(&line, stroke, 2.0, 4.0));
            }
            let phase = self.data.peaks.get(first).copied().unwrap_or_default();
            let galley =
                painter.layout_no_wrap(text::plot_words_peak(&phase), fonts::small(), self.look.soft);
            if galley.size().x + 12.0 <= right - left {
                let back = Rect::from_min_size(pos2(left + 6.0, self.area.top() + 2.0), galley.size());
                painter.rect_filled(back.expand2(vec2(3.0, 0.0)), 3.0, self.look.canvas.gamma_multiply(0.75));
                painter.galley(back.min, galley, self.look.soft);
            }
        }
    }

    /// What the axis is, which parts have no room for their name, and what the signs mean: two lines of one height.
    pub(super) fn legend(&self, unnamed: &[PartName]) {
        let axis = self.data.axis;
        let unit = match axis.unit() {
            "" => String::new(),
            // Of tokens the letter means another thousand than of edges.
            "tokens" => text::tokens_k_1_024().to_owned(),
            other => format!(", {other}"),
        };
        let log = if axis.is_log() { text::chart_log_scale() } else { "" };
        let name = format!("{}{unit}{log}", self.data.name);
        let top = self.area.bottom() + 22.0;
        let painter = self.ui.painter();
        let right = pos2(self.area.right(), top);
        let named = painter.text(right, Align2::RIGHT_TOP, name, fonts::small(), self.look.faint);
        let mut left = self.area.left();
        // The largest first, for there may be no room for all.
        let most = |part: &PartName| {
            let own = self.data.layers.iter().filter(|layer| layer.part == *part);
            own.flat_map(|layer| &layer.gib).copied().fold(0.0, f64::max)
        };
        let mut parts = unnamed.to_vec();
        parts.sort_by(|a, b| most(b).total_cmp(&most(a)));
        for part in &parts {
            let galley = painter.layout_no_wrap(part.label().to_owned(), fonts::small(), self.look.soft);
            if left + galley.size().x + 26.0 > named.left() {
                break;
            }
            let square = Rect::from_center_size(pos2(left + 4.5, named.center().y), vec2(9.0, 9.0));
            painter.rect_filled(square, 2.0, self.look.part(*part));
            let width = galley.size().x;
            painter.galley(pos2(left + 13.0, named.top()), galley, self.look.soft);
            left += width + 26.0;
        }
        let crossing = |decides: bool| {
            self.data.lines.iter().any(|line| line.decides == decides && line.crossing.is_some())
        };
        let mut said = Vec::new();
        if crossing(true) {
            said.push(text::the_largest_that_is_sure());
        }
        if crossing(false) {
            said.push(text::the_same_on_another_machine());
        }
        if said.is_empty() {
            return;
        }
        let text = said.join(" · ");
        let room = self.rect.right() - self.area.left();
        let whole = elided(painter, &text, &fonts::small(), self.look.faint, room);
        let cut = whole.elided;
        // Where room is scarce the sign is named, and the pointer that rests there is told the rest.
        let few = if crossing(true) {
            text::the_largest_that_is_sure_to_fit()
        } else {
            text::the_largest_elsewhere()
        };
        let galley = if cut { elided(painter, few, &fonts::small(), self.look.faint, room) } else { whole };
        let place = Rect::from_min_size(pos2(self.area.left(), top + 17.0), galley.size());
        let id = self.ui.make_persistent_id("plot legend");
        let response = self.ui.interact(place, id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        painter.galley(place.min, galley, self.look.faint);
        if cut {
            response.on_hover_text(text);
        }
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
    pub(super) fn high_end(&self) {
        let best = self.stack().pop().unwrap_or_default();
        let (Some(best), Some(high)) = (best.first(), self.data.high.first()) else { return };
        let (best, high) = (self.y(*best), self.y(*high));
        if best - high < 18.0 || self.scale.stepped || high < self.area.top() {
            return;
        }
        let painter = self.ui.painter();
        let galley =
            painter.layout_no_wrap(text::plot_words_high_end().to_owned(), fonts::small(), self.look.faint);
        let at = pos2(self.area.left() + 8.0, high - galley.size().y - 3.0);
        painter.galley(at, galley, self.look.faint);
    }

    /// What lies under the pointer.
    pub(super) fn read_out(&self, response: &Response) {
        let Some(pointer) = response.hover_pos().filter(|_| !response.dragged()) else { return };
        let value = self.value_at(pointer.x);
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
        .show(|ui| ui.label(format!("{text}\n{} {}", show_decimals(self.need(value), 1), memory_unit())));
    }
}

/// What bands have in common: the highest of their lower ends and the lowest of their upper ones, in a frame that counts
/// downwards.
fn common(bands: impl Iterator<Item = (f32, f32)>) -> (f32, f32) {
    bands.fold((f32::MAX, f32::MIN), |(low, high), band| (low.min(band.0), high.max(band.1)))
}

/// Half of a line of words with what it keeps clear of a ceiling.
const CLEAR: f32 = 11.0;
/// Half of a line of words.
const HALF_LINE: f32 = 8.0;

/// A height moved off the ceilings that would strike through what is written there, and inside its own area: the nearest
/// there is.
fn beside_lines(y: f32, lines: &[f32], (top, bottom): (f32, f32)) -> f32 {
    let clear = |at: f32| lines.iter().all(|line| (line - at).abs() >= CLEAR);
    let inside = |at: f32| at - HALF_LINE >= top && at + HALF_LINE <= bottom;
    let moved = lines.iter().flat_map(|line| [line - CLEAR - 2.0, line + CLEAR + 2.0]);
    let found = std::iter::once(y).chain(moved).filter(|at| clear(*at) && inside(*at));
    found.min_by(|a, b| (a - y).abs().total_cmp(&(b - y).abs())).unwrap_or(y)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the layers below rise under a word, it lies above all of them.
    #[test]
    fn a_name_lies_where_its_band_is_as_wide_as_the_word() {
        let rising = [(100.0, 20.0), (80.0, 10.0), (60.0, 0.0)];
        assert_eq!(common(rising.into_iter()), (60.0, 20.0));
        let (low, high) = common([(100.0, 90.0), (80.0, 70.0)].into_iter());
        assert!(low - high < 0.0, "nothing in common is no room");
    }

    #[test]
    fn names_keep_off_ceilings_and_inside_their_area() {
        let is = |y: f32, lines: &[f32], area: (f32, f32), wanted: f32| {
            let found = beside_lines(y, lines, area);
            assert!((found - wanted).abs() < 0.01, "{found}, not {wanted}");
        };
        is(50.0, &[], (0.0, 100.0), 50.0);
        is(50.0, &[55.0], (0.0, 100.0), 42.0);
        is(50.0, &[45.0], (0.0, 100.0), 58.0);
        // Two ceilings near the bottom leave no room below them.
        is(84.0, &[80.0, 88.0], (0.0, 100.0), 67.0);
        is(50.0, &[50.0], (40.0, 60.0), 50.0);
    }
}
