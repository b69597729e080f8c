//! Verdicts over two axes: each in its color, its pattern and its word.

use eframe::egui;
use egui::{
    Color32, CursorIcon, EventFilter, Galley, Id, Key, Painter, Pos2, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::elided;
use crate::app::data::map::{Cell, Lanes, MapData};
use crate::app::fonts;
use crate::app::map_axes::Spot;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::engine::Verdict;
use crate::units::{show_before, show_gib};

const TOP: f32 = 12.0;
const BOTTOM: f32 = 30.0;
const RIGHT: f32 = 12.0;
/// The most that names at the left take, as a share of the width.
const NAMES: f32 = 0.3;
/// Distance of the strokes of a pattern, and how far they are looked along at once.
const HATCH: f32 = 10.0;
const STEP: f32 = 4.0;
/// Radius of the marker's ring while keys move it.
const FOCUSED: f32 = 10.5;

/// Draws the map; returns the place that was chosen on it.
pub(crate) fn map_ui(ui: &mut Ui, look: &Tokens, data: &MapData, height: f32) -> Option<Vec<Spot>> {
    let (across, up) = data.across.as_ref().zip(data.up.as_ref())?;
    let size = vec2(ui.available_width(), height.max(200.0));
    let (_, rect) = ui.allocate_space(size);
    let names = names(ui.painter(), look, up, rect.width() * NAMES);
    let left = names.iter().map(|(_, name)| name.size().x).fold(24.0, f32::max) + 12.0;
    let area = Rect::from_min_max(
        pos2(rect.left() + left, rect.top() + TOP),
        pos2(rect.right() - RIGHT, rect.bottom() - BOTTOM),
    );
    let response = ui.interact(area, Id::unique("map"), Sense::click_and_drag());
    let view =
        View { look, data, area, painter: ui.painter().with_clip_rect(area.intersect(ui.clip_rect())) };
    view.fields();
    for strokes in [Slope::Rising, Slope::Falling] {
        view.hatch(strokes);
    }
    view.words((across, up));
    ticks_ui(ui, look, (rect, area), across, &names);
    rows_ui(ui, data, area);
    declare(&response, data, (across, up));
    let moved = stepped(ui, &response, data, (across, up));
    view.stands(&response, (across, up));
    let response = response.on_hover_cursor(CursorIcon::Crosshair);
    view.read_out(&response, (across, up));
    let pointed = response.interact_pointer_pos().filter(|_| {
        // The last motion may come with the release.
        response.clicked() || response.dragged() || response.drag_stopped()
    });
    pointed.and_then(|at| view.spots(at, (across, up))).or(moved)
}

/// Names at the left with their share from the bottom, cut where they would take too much.
fn names(painter: &Painter, look: &Tokens, up: &Lanes, most: f32) -> Vec<(f64, std::sync::Arc<Galley>)> {
    let name = |label: &str| elided(painter, label, &fonts::small(), look.faint, most);
    up.ticks.iter().map(|tick| (tick.value, name(&tick.label))).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "places on the screen")]
fn ticks_ui(
    ui: &Ui,
    look: &Tokens,
    (rect, area): (Rect, Rect),
    across: &Lanes,
    names: &[(f64, std::sync::Arc<Galley>)],
) {
    let painter = ui.painter();
    let line = Stroke::new(1.0, look.line);
    let mut free = f32::INFINITY;
    for (share, name) in names {
        let y = area.bottom() - area.height() * *share as f32;
        if y + name.size().y / 2.0 > free {
            continue;
        }
        free = y - name.size().y / 2.0 - 1.0;
        painter.hline((area.left() - 4.0)..=area.left(), y, line);
        let at = pos2(area.left() - 8.0 - name.size().x, y - name.size().y / 2.0);
        painter.galley(at, std::sync::Arc::clone(name), look.faint);
    }
    let room = area.width() / across.ticks.len().max(1) as f32;
    let mut free = f32::NEG_INFINITY;
    for tick in &across.ticks {
        let x = area.left() + area.width() * tick.value as f32;
        let name = elided(painter, &tick.label, &fonts::small(), look.faint, room.max(64.0));
        let left = (x - name.size().x / 2.0).min(rect.right() - name.size().x);
        if left < free {
            continue;
        }
        free = left + name.size().x + 8.0;
        painter.vline(x, area.bottom()..=(area.bottom() + 4.0), line);
        painter.galley(pos2(left, area.bottom() + 8.0), name, look.faint);
    }
    painter.rect_stroke(area, 0.0, line, StrokeKind::Outside);
}

/// Each row in a sentence, where a screen reader finds it.
fn rows_ui(ui: &Ui, data: &MapData, area: Rect) {
    let sentences = data.sentences();
    let height = area.height() / sentences.len().max(1) as f32;
    for (row, sentence) in sentences.iter().enumerate() {
        let top = area.top() + height * f32::from(u16::try_from(row).unwrap_or(u16::MAX));
        let rect = Rect::from_min_size(pos2(area.left(), top), vec2(1.0, height));
        let response = ui.interact(rect, Id::unique(("map row", row)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, sentence));
    }
}

fn declare(response: &Response, data: &MapData, (across, up): (&Lanes, &Lanes)) {
    let complete = if data.is_complete() { "" } else { text::being_filled() };
    let name = text::map_of_against(&up.name, &across.name, &complete);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
}

/// A step of the arrow keys.
fn stepped(
    ui: &Ui,
    response: &Response,
    data: &MapData,
    (across, up): (&Lanes, &Lanes),
) -> Option<Vec<Spot>> {
    if !response.has_focus() {
        return None;
    }
    ui.memory_mut(|memory| {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        memory.set_focus_lock_filter(response.id, filter);
    });
    let pressed = |key: Key| ui.input(|input| input.key_pressed(key));
    let step = |more: Key, less: Key| i64::from(pressed(more)) - i64::from(pressed(less));
    let (x, y) = (step(Key::ArrowRight, Key::ArrowLeft), step(Key::ArrowUp, Key::ArrowDown));
    if x == 0 && y == 0 {
        return None;
    }
    let (columns, rows) = data.size();
    let column = lane(across.stands, columns).saturating_add_signed(isize::try_from(x).unwrap_or(0));
    let row = lane(up.stands, rows).saturating_add_signed(isize::try_from(y).unwrap_or(0));
    let spot = |lanes: &Lanes, at: usize| lanes.each.get(at).map(|lane| lane.spot.clone());
    Some([spot(across, column), spot(up, row)].into_iter().flatten().collect())
}

/// The lane at a share of an axis.
fn lane(share: f64, lanes: usize) -> usize {
    let most = lanes.saturating_sub(1);
    let at = (share.clamp(0.0, 1.0) * lanes as f64).floor();
    usize::try_from(crate::units::whole(at)).unwrap_or(0).min(most)
}

/// Which way the strokes of a pattern run.
#[derive(Clone, Copy, PartialEq)]
enum Slope {
    Rising,
    Falling,
}

/// How a verdict is hatched: what fits is plain, what may or may not fit has strokes one way, wide apart or
/// close, what does not fit the other way, and what cannot run both.
const fn hatched(verdict: Verdict, slope: Slope, odd: bool) -> bool {
    match (verdict, slope) {
        (Verdict::Fits, _)
        | (Verdict::Uncertain | Verdict::Tight, Slope::Falling)
        | (Verdict::DoesNotFit, Slope::Rising) => false,
        (Verdict::Tight, Slope::Rising) => odd,
        (Verdict::Uncertain, Slope::Rising)
        | (Verdict::DoesNotFit, Slope::Falling)
        | (Verdict::CannotRun, _) => true,
    }
}

/// The map as it is being drawn.
struct View<'a> {
    look: &'a Tokens,
    data: &'a MapData,
    area: Rect,
    painter: Painter,
}

impl View<'_> {
    fn fill(&self, verdict: Verdict) -> Color32 {
        let share = if verdict == Verdict::CannotRun { 0.12 } else { 0.30 };
        self.look.verdict(verdict).gamma_multiply(share)
    }

    /// Runs of cells of one verdict as fields of its color.
    fn fields(&self) {
        let (columns, rows) = self.data.size();
        for row in 0..rows {
            let mut from = 0;
            while from < columns {
                let verdict = self.verdict(from, row);
                let to = (from..columns).find(|at| self.verdict(*at, row) != verdict).unwrap_or(columns);
                if let Some(verdict) = verdict {
                    let field = Rect::from_min_max(self.corner(from, row + 1), self.corner(to, row));
                    self.painter.rect_filled(field, 0.0, self.fill(verdict));
                }
                from = to;
            }
        }
    }

    fn verdict(&self, column: usize, row: usize) -> Option<Verdict> {
        self.data.cell(column, row).map(|cell| cell.verdict)
    }

    /// The lower left corner of a cell, on whole points so that fields neither overlap nor gape.
    fn corner(&self, column: usize, row: usize) -> Pos2 {
        let (columns, rows) = self.data.size();
        let share = |at: usize, of: usize| at as f32 / of.max(1) as f32;
        pos2(
            (self.area.left() + self.area.width() * share(column, columns)).round(),
            (self.area.bottom() - self.area.height() * share(row, rows)).round(),
        )
    }

    /// The cell at a place on the screen.
    fn under(&self, at: Pos2) -> (usize, usize) {
        let (columns, rows) = self.data.size();
        let x = (at.x - self.area.left()) / self.area.width().max(1.0);
        let y = (self.area.bottom() - at.y) / self.area.height().max(1.0);
        (lane(f64::from(x), columns), lane(f64::from(y), rows))
    }

    /// Strokes over the whole map, seen where the verdict under them has them.
    fn hatch(&self, slope: Slope) {
        let (width, height) = (self.area.width(), self.area.height());
        let mut start = -height;
        let mut odd = false;
        while start < width {
            let at = |along: f32| {
                let x = self.area.left() + start + along;
                let y = match slope {
                    Slope::Rising => self.area.bottom() - along,
                    Slope::Falling => self.area.top() + along,
                };
                pos2(x, y)
            };
            self.stroke(&at, height, |verdict| hatched(verdict, slope, odd));
            start += HATCH;
            odd = !odd;
        }
    }

    /// One stroke, in as many pieces as it is seen in.
    fn stroke(&self, at: &dyn Fn(f32) -> Pos2, height: f32, seen: impl Fn(Verdict) -> bool) {
        let mut piece: Option<(Verdict, Pos2)> = None;
        let mut along = 0.0;
        loop {
            let ended = along > height;
            let here = at(along.min(height));
            let inside = !ended && self.area.contains(here);
            let verdict =
                inside.then(|| self.under(here)).and_then(|(column, row)| self.verdict(column, row));
            let verdict = verdict.filter(|verdict| seen(*verdict));
            if piece.map(|(verdict, _)| verdict) != verdict {
                if let Some((verdict, from)) = piece {
                    let stroke = Stroke::new(1.0, self.look.verdict(verdict).gamma_multiply(0.55));
                    self.painter.line_segment([from, here], stroke);
                }
                piece = verdict.map(|verdict| (verdict, here));
            }
            if ended {
                return;
            }
            along += STEP;
        }
    }

    /// The word of each verdict, in the row where it has most room.
    fn words(&self, lanes: (&Lanes, &Lanes)) {
        let (columns, rows) = self.data.size();
        let mut widest: Vec<(Verdict, usize, (usize, usize))> = Vec::new();
        for row in 0..rows {
            let mut from = 0;
            while from < columns {
                let verdict = self.verdict(from, row);
                let to = (from..columns).find(|at| self.verdict(*at, row) != verdict).unwrap_or(columns);
                if let Some(verdict) = verdict {
                    let height = self.alike(verdict, usize::midpoint(from, to), row);
                    let room = (to - from).min(height * 3);
                    match widest.iter_mut().find(|(of, ..)| *of == verdict) {
                        Some((_, most, place)) if *most < room => {
                            *most = room;
                            *place = (usize::midpoint(from, to), row);
                        }
                        Some(_) => {}
                        None => widest.push((verdict, room, (usize::midpoint(from, to), row))),
                    }
                }
                from = to;
            }
        }
        // The one with most room first: what would lie over it steps aside.
        widest.sort_by_key(|(_, room, _)| std::cmp::Reverse(*room));
        let mut taken = self.under_marker(lanes).to_vec();
        for (verdict, _, (column, row)) in widest {
            let middle = self.corner(column, row).lerp(self.corner(column + 1, row + 1), 0.5);
            self.word(verdict, middle, &mut taken);
        }
    }

    /// Rows above and below that have the same verdict, the nearer end counted twice.
    fn alike(&self, verdict: Verdict, column: usize, row: usize) -> usize {
        let rows = self.data.size().1;
        let same = |at: &usize| self.verdict(column, *at) == Some(verdict);
        let above = (row..rows).take_while(same).count();
        let below = (0..=row).rev().take_while(same).count();
        2 * above.min(below)
    }

    /// A word about its middle, or beside it where another stands there; without room the legend says it.
    fn word(&self, verdict: Verdict, middle: Pos2, taken: &mut Vec<Rect>) {
        let color = self.look.verdict(verdict);
        let galley = self.painter.layout_no_wrap(verdict.label().to_owned(), fonts::strong(), color);
        let half = galley.size() / 2.0 + vec2(8.0, 3.0);
        let inner = self.area.shrink2(half + vec2(2.0, 2.0));
        if inner.width() <= 0.0 || inner.height() <= 0.0 {
            return;
        }
        let step = half * 2.0 + vec2(4.0, 2.0);
        // The middle, what is beside it, and what is over and under that.
        let steps = [0.0, 1.0, -1.0].map(|up| [0.0, 1.0, -1.0].map(|across| vec2(across, up) * step));
        let place = |step: Vec2| (middle + step).clamp(inner.min, inner.max);
        let mut places =
            steps.into_iter().flatten().map(|step| Rect::from_center_size(place(step), half * 2.0));
        let free = |place: &Rect| {
            let (column, row) = self.under(place.center());
            // Never over what has another verdict.
            self.verdict(column, row) == Some(verdict) && taken.iter().all(|other| !other.intersects(*place))
        };
        let Some(back) = places.find(free) else { return };
        let middle = back.center();
        taken.push(back);
        self.painter.rect_filled(back, 5.0, self.look.canvas.gamma_multiply(0.85));
        self.painter.galley(middle - galley.size() / 2.0, galley, color);
    }

    /// Where the scenario stands.
    #[expect(clippy::cast_possible_truncation, reason = "places on the screen")]
    fn marker(&self, (across, up): (&Lanes, &Lanes)) -> Pos2 {
        pos2(
            self.area.left() + self.area.width() * across.stands as f32,
            self.area.bottom() - self.area.height() * up.stands as f32,
        )
    }

    /// What the marker and its lines lie over, where no word is read.
    fn under_marker(&self, lanes: (&Lanes, &Lanes)) -> [Rect; 3] {
        let at = self.marker(lanes);
        [
            Rect::from_center_size(at, vec2(2.0 * FOCUSED, 2.0 * FOCUSED)),
            Rect::from_x_y_ranges(self.area.x_range(), (at.y - 0.5)..=(at.y + 0.5)),
            Rect::from_x_y_ranges((at.x - 0.5)..=(at.x + 0.5), self.area.y_range()),
        ]
    }

    /// Draws where the scenario stands.
    fn stands(&self, response: &Response, lanes: (&Lanes, &Lanes)) {
        let at = self.marker(lanes);
        let line = Stroke::new(1.0, self.look.accent.gamma_multiply(0.7));
        self.painter.hline(self.area.x_range(), at.y, line);
        self.painter.vline(at.x, self.area.y_range(), line);
        let radius = if response.hovered() || response.has_focus() { 7.5 } else { 6.5 };
        self.painter.circle(at, radius, self.look.accent, Stroke::new(2.0, self.look.canvas));
        if response.has_focus() {
            self.painter.circle_stroke(at, FOCUSED, Stroke::new(1.5, self.look.accent));
        }
    }

    fn spots(&self, at: Pos2, (across, up): (&Lanes, &Lanes)) -> Option<Vec<Spot>> {
        let (column, row) = self.under(at);
        Some(vec![across.each.get(column)?.spot.clone(), up.each.get(row)?.spot.clone()])
    }

    /// What lies under the pointer.
    fn read_out(&self, response: &Response, (across, up): (&Lanes, &Lanes)) {
        let Some(pointer) = response.hover_pos().filter(|_| !response.dragged()) else { return };
        let (column, row) = self.under(pointer);
        let (Some(x), Some(y), Some(cell)) =
            (across.each.get(column), up.each.get(row), self.data.cell(column, row))
        else {
            return;
        };
        let with_unit = |lanes: &Lanes, label: &str| format!("{label} {}", lanes.unit).trim_end().to_owned();
        let place = format!("{}\n{}", with_unit(up, &y.label), with_unit(across, &x.label));
        egui::Tooltip::always_open(
            response.ctx.clone(),
            response.layer_id,
            response.id,
            egui::PopupAnchor::Pointer,
        )
        .gap(14.0)
        .show(|ui| {
            ui.label(place);
            ui.colored_label(self.look.verdict(cell.verdict), says(cell));
        });
    }
}

/// `Fits, 10.2 of 20.8 GiB`.
fn says(cell: Cell) -> String {
    let verdict = cell.verdict.label();
    cell.need.map_or_else(
        || verdict.to_owned(),
        |(need, allowed)| text::map_of(&verdict, &show_before(need, allowed), &show_gib(allowed)),
    )
}

/// A swatch and a word for every verdict that the map shows.
pub(crate) fn legend_ui(ui: &mut Ui, look: &Tokens, data: &MapData) {
    let (columns, rows) = data.size();
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row)));
    let mut shown: Vec<Verdict> =
        cells.filter_map(|(column, row)| data.cell(column, row)).map(|cell| cell.verdict).collect();
    shown.sort_unstable();
    shown.dedup();
    for verdict in shown {
        let (_, swatch) = ui.allocate_space(vec2(18.0, 14.0));
        let painter = ui.painter().with_clip_rect(swatch.intersect(ui.clip_rect()));
        let color = look.verdict(verdict);
        painter.rect_filled(swatch, 2.0, color.gamma_multiply(0.3));
        let stroke = Stroke::new(1.0, color.gamma_multiply(0.7));
        for (at, odd) in [(-8.0, true), (-2.0, false), (4.0, true), (10.0, false), (16.0, true)] {
            let x = swatch.left() + at;
            if hatched(verdict, Slope::Rising, odd) {
                painter.line_segment([pos2(x, swatch.bottom()), pos2(x + 14.0, swatch.top())], stroke);
            }
            if hatched(verdict, Slope::Falling, odd) {
                painter.line_segment([pos2(x, swatch.top()), pos2(x + 14.0, swatch.bottom())], stroke);
            }
        }
        let word = egui::RichText::new(verdict.label()).font(fonts::small()).color(look.soft);
        ui.label(word);
        ui.add_space(6.0);
    }
}
