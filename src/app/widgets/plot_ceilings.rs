//! Ceilings of the plot: their labels, where the need crosses them, and what if they stood elsewhere.

use std::sync::Arc;

use eframe::egui;
use egui::text::LayoutJob;
use egui::{
    Color32, CursorIcon, Galley, Id, Rect, Response, Role, Sense, Shape, Stroke, WidgetInfo, pos2, vec2,
};

use super::fixed::laid;
use super::hue::hue;
use super::plot::View;
use super::plot_layout::apart;
use crate::app::data::plot::Line;
use crate::app::fonts;
use crate::app::text;
use crate::units::{memory_unit, show_decimals};

/// A ceiling with the height its label wants, its place in the list, and the label with its color.
type Label<'a> = (f32, usize, &'a Line, (Arc<Galley>, Color32));

impl View<'_> {
    /// Where the need crosses each ceiling: the largest that fits, which a click takes.
    pub(super) fn crossings(&self) -> Option<f64> {
        let painter = self.ui.painter();
        let mut taken: Vec<Rect> = Vec::new();
        let mut clicked = None;
        for (index, line) in self.data.lines.iter().enumerate() {
            let Some(crossing) = &line.crossing else { continue };
            // The need that is drawn is the chosen machine's; another's meets its own ceiling there, which is on the line.
            let gib = if line.decides {
                self.between(&self.data.high, crossing.value)
            } else {
                line.band.map_or(line.gib, |(low, _)| low)
            };
            let at = pos2(self.x(crossing.value), self.y(gib));
            if !self.area.expand(1.0).contains(at) {
                continue;
            }
            let hit = Rect::from_center_size(at, vec2(18.0, 18.0));
            let response = self.ui.interact(hit, Id::unique(("crossing", index)), Sense::click());
            let name = text::set_to_the_largest_that_fits(&self.data.name, &crossing.label, &line.label());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            let lively = response.hovered() || response.has_focus();
            let response = response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name.as_str());
            if response.clicked() {
                clicked = Some(crossing.value);
            }
            let radius = if lively { 6.5 } else { 5.0 };
            let color = self.line_color(line);
            if line.decides {
                painter.circle(at, radius, self.look.canvas, Stroke::new(2.0, color));
            } else {
                let arms = [vec2(-radius, 0.0), vec2(0.0, -radius), vec2(radius, 0.0), vec2(0.0, radius)];
                let corners = arms.map(|arm| at + arm).to_vec();
                painter.add(Shape::convex_polygon(corners, self.look.canvas, Stroke::new(2.0, color)));
            }
            let galley = painter.layout_no_wrap(crossing.label.clone(), fonts::small(), self.look.text);
            let size = galley.size();
            let spots = [
                vec2(9.0, 5.0),
                vec2(9.0, -size.y - 5.0),
                vec2(-size.x - 9.0, -size.y - 5.0),
                vec2(-size.x - 9.0, 5.0),
            ];
            let rect = spots.into_iter().map(|offset| Rect::from_min_size(at + offset, size)).find(|rect| {
                self.rect.contains_rect(*rect) && taken.iter().all(|other| !other.intersects(*rect))
            });
            if let Some(rect) = rect {
                painter.rect_filled(rect.expand2(vec2(3.0, 0.0)), 3.0, self.look.canvas.gamma_multiply(0.75));
                painter.galley(rect.min, galley, self.look.text);
                taken.push(rect);
            }
        }
        clicked
    }

    /// The color of a ceiling: of the chosen machine that of text, of another its own.
    fn line_color(&self, line: &Line) -> Color32 {
        match (line.decides, line.crossing.is_some() || self.is_compared(line)) {
            (true, _) => self.look.text,
            (false, true) => hue(self.ui, self.look, &line.machine, false),
            (false, false) => self.look.soft,
        }
    }

    /// Whether a ceiling is another machine's than the chosen one's.
    fn is_compared(&self, line: &Line) -> bool {
        let chosen = self.data.lines.iter().find(|each| each.decides);
        chosen.is_none_or(|chosen| chosen.machine != line.machine)
    }

    /// Labels at the right in up to two rows, moved apart where they would overlap; ceilings above the plot say so.
    pub(super) fn line_labels(&self) -> Vec<(usize, Rect)> {
        const LEAD: f32 = 22.0;
        let painter = self.ui.painter();
        let left = self.area.right() + LEAD;
        let room = self.rect.right() - left;
        let top = self.area.top() - 12.0;
        let laid = |line: &Line| {
            let (font, color) = if line.decides {
                (fonts::small_strong(), self.look.text)
            } else {
                (fonts::small(), self.look.soft)
            };
            let beyond = if self.y(line.gib) < self.area.top() - 1.0 { "\u{a0}↑" } else { "" };
            // Memory and figure stay in one row, whatever the name does.
            let whole = line.label().replace(' ', "\u{a0}");
            let text = match line.name.strip_suffix(" GB") {
                _ if line.name.len() <= 12 => format!("{whole}{beyond}"),
                Some(name) => format!("{name}\u{a0}GB\u{a0}{}{beyond}", line.figure),
                None => format!("{} {}{beyond}", line.name, line.figure),
            };
            let in_two =
                |text: String| laid(self.ui, LayoutJob::simple(text, font.clone(), color, room), room, 2);
            let mut galley = in_two(text);
            let mut name = line.name.as_str();
            // The figure stays, however long the name is.
            while let (true, Some((shorter, _))) = (galley.elided, name.rsplit_once(' ')) {
                name = shorter;
                galley = in_two(format!("{name}… {}{beyond}", line.figure));
            }
            (galley, color)
        };
        let lines = self
            .data
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| self.y(line.gib) < self.area.bottom() + 1.0);
        let mut labels: Vec<Label<'_>> =
            lines.map(|(index, line)| (self.y(line.gib).max(top), index, line, laid(line))).collect();
        labels.sort_by(|a, b| a.0.total_cmp(&b.0));
        let wanted: Vec<f32> = labels.iter().map(|(y, ..)| *y).collect();
        let heights: Vec<f32> = labels.iter().map(|(_, _, _, (galley, _))| galley.size().y + 1.0).collect();
        let ys = apart(&wanted, &heights, self.area.bottom());
        let mut places = Vec::with_capacity(labels.len());
        for ((wanted, index, line, (galley, color)), y) in labels.into_iter().zip(ys) {
            if self.y(line.gib) >= self.area.top() - 1.0 {
                let ends = [pos2(self.area.right(), wanted), pos2(left - 4.0, y)];
                painter.line_segment(ends, Stroke::new(1.0, color.gamma_multiply(0.6)));
            }
            if !line.decides && self.is_compared(line) {
                let dot = pos2(left - 7.0, y);
                painter.circle_filled(dot, 4.0, self.line_color(line));
            }
            let size = galley.size();
            let rect = Rect::from_min_size(pos2(left, y - size.y / 2.0), size);
            painter.galley(rect.min, galley, color);
            places.push((index, rect));
        }
        places
    }

    /// Each label moves its ceiling: that of the chosen machine where the system lets it be set, the others as a
    /// what-if that is gone when they are let go. Returns where the first was moved to.
    pub(super) fn grips(&self, places: &[(usize, Rect)], raise: Option<(f64, f64)>) -> Option<f64> {
        let mut raised = None;
        for (index, place) in places {
            let Some(line) = self.data.lines.get(*index) else { continue };
            // The same while it is dragged, though other lines come and its figure changes.
            let name = if line.decides { "" } else { line.name.as_str() };
            let id = Id::unique(("ceiling", &line.machine, line.decides, name));
            let response = self.ui.interact(place.expand2(vec2(3.0, 0.0)), id, Sense::drag());
            let name = text::ceiling_drag_to_try_another(&line.label());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            let response = response.on_hover_cursor(CursorIcon::ResizeVertical);
            let Some(gib) = self.dragged_to(&response) else {
                response.on_hover_text(text::drag_it_up_or_down());
                continue;
            };
            match raise.filter(|_| line.decides) {
                Some((least, most)) => raised = Some(gib.clamp(least, most)),
                None => self.what_if(gib),
            }
        }
        raised
    }

    /// The height under the pointer, while a label is dragged.
    fn dragged_to(&self, response: &Response) -> Option<f64> {
        // The last motion may come with the release.
        let moving = response.dragged() || response.drag_stopped();
        let pointer = response.interact_pointer_pos().filter(|_| moving)?;
        let share = (self.area.bottom() - pointer.y) / self.area.height().max(1.0);
        let (low, high) = self.ends();
        Some(low + f64::from(share.clamp(0.0, 1.0)) * (high - low))
    }

    /// A ceiling that nobody has, and how much would fit under it.
    fn what_if(&self, gib: f64) {
        let painter = self.ui.painter();
        let y = self.y(gib);
        let stroke = Stroke::new(1.5, self.look.accent);
        painter.extend(egui::Shape::dashed_line(
            &[pos2(self.area.left(), y), pos2(self.area.right(), y)],
            stroke,
            7.0,
            4.0,
        ));
        let holds = self.most_under(gib).map_or_else(
            || text::nothing_fits().to_owned(),
            |value| text::up_to_about(&self.data.name, &self.data.axis.in_full(value)),
        );
        let text = text::what_if(&show_decimals(gib, 1), &memory_unit(), &holds);
        let galley = painter.layout_no_wrap(text, fonts::small_strong(), self.look.text);
        let below = y + galley.size().y + 8.0 < self.area.bottom();
        let top = if below { y + 5.0 } else { y - galley.size().y - 5.0 };
        let back = Rect::from_min_size(pos2(self.area.left() + 8.0, top), galley.size());
        painter.rect_filled(back.expand2(vec2(5.0, 2.0)), 4.0, self.look.surface);
        painter.galley(back.min, galley, self.look.text);
    }

    /// The largest sampled value whose high end is under a height, and the place between it and the next.
    fn most_under(&self, gib: f64) -> Option<f64> {
        let high = &self.data.high;
        let last = high.iter().rposition(|need| *need <= gib)?;
        let (value, need) = (*self.data.xs.get(last)?, *high.get(last)?);
        let Some((next, above)) = self.data.xs.get(last + 1).zip(high.get(last + 1)) else {
            return Some(value);
        };
        if self.scale.stepped || *above <= need {
            return Some(value);
        }
        let (from, to) = (self.scale.share(value), self.scale.share(*next));
        Some(self.scale.value(from + (to - from) * (gib - need) / (above - need)))
    }
}
