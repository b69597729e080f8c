//! Lines against an axis, each named at its end.

use std::ops::RangeInclusive;

use eframe::egui;
use egui::{Color32, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, Vec2b, WidgetInfo, pos2, vec2};
use egui_plot::{FilledArea, GridMark, HPlacement, Line, Plot, PlotBounds, PlotPoint, PlotTransform, Points};

use super::axis_marks::{mark_text, marks, time_marks, time_text};
use super::elided;
use super::hue::hue;
use super::zoom::{Way, Zoom, zoom_ui};
use crate::app::data::chart::{Chart, Curve, Unit};
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;

/// What stands before a line's name and behind it, and the least room for both.
const BESIDE_NAME: f32 = 26.0;
const LEAST_NAMES: f32 = 70.0;
/// Between two marks of the height.
const APART: f32 = 36.0;

/// A curve as it is drawn.
struct Drawn<'a> {
    curve: &'a Curve,
    points: Vec<[f64; 2]>,
    color: Color32,
}

/// Draws a chart over the width there is; the wheel with Ctrl, a drag and a double click look closer.
pub(crate) fn chart_ui(ui: &mut Ui, look: &Tokens, chart: &Chart, height: f32) {
    ui.label(egui::RichText::new(&chart.title).font(fonts::strong()));
    let id = ui.make_persistent_id(("chart", &chart.title));
    let zoom = Zoom::of(ui, id);
    let (bottom, top) = zoom.seen_height(ends(chart));
    let whole = sides(chart);
    let (left, right) =
        (whole.0 + (whole.1 - whole.0) * zoom.across.0, whole.0 + (whole.1 - whole.0) * zoom.across.1);
    let names = names_room(ui, look, chart);
    let curves: Vec<Drawn<'_>> = chart
        .curves
        .iter()
        .map(|curve| Drawn { curve, points: places(chart, curve), color: color(ui, look, curve) })
        .collect();
    let across: Vec<(f64, String)> = if zoom.is_whole() {
        chart.ticks.iter().map(|(value, label)| (along(chart, *value), label.clone())).collect()
    } else {
        let seen = (value(chart.log_x, left), value(chart.log_x, right));
        marks(seen, chart.log_x, 5.0).into_iter().map(|at| (along(chart, at), mark_text(at))).collect()
    };
    let seen = (value(chart.log_y, bottom), value(chart.log_y, top));
    let count = f64::from((height / APART).max(2.0));
    let up: Vec<f64> = match chart.unit {
        Unit::Time => time_marks(seen, chart.log_y, count),
        _ => marks(seen, chart.log_y, count),
    };
    let grid = |places: Vec<f64>, length: f64| {
        move |_| places.iter().map(|value| GridMark { value: *value, step_size: length }).collect()
    };
    let small = |text: String| egui::RichText::new(text).font(fonts::small()).color(look.faint);
    let scale = |log: bool| if log { text::chart_log_scale() } else { "" };
    let tick_labels = across.clone();
    let response = Plot::new(("chart", &chart.title))
        .height(height)
        .width(ui.available_width() - names)
        .show_background(false)
        .show_x(false)
        .show_y(false)
        .sense(Sense::click_and_drag())
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .set_margin_fraction(egui::Vec2::ZERO)
        .grid_color(look.line)
        .grid_fade(0.0)
        .x_grid_spacer(grid(across.into_iter().map(|(at, _)| at).collect(), (right - left) / 3.0))
        .y_grid_spacer(grid(
            up.into_iter().map(|value| self::up(chart, value)).collect(),
            (top - bottom) / 3.0,
        ))
        .x_axis_formatter(move |mark: GridMark, _: &RangeInclusive<f64>| {
            let near = |(at, _): &&(f64, String)| (at - mark.value).abs() < 1e-9 + mark.value.abs() * 1e-6;
            tick_labels.iter().find(near).map(|(_, label)| label.clone()).unwrap_or_default()
        })
        .y_axis_formatter(move |mark, _| height_text(chart.unit, value(chart.log_y, mark.value)))
        .x_axis_label(small(format!("{}{}", chart.along, scale(chart.log_x))))
        .y_axis_label(small(format!("{}{}", chart.unit.label(), scale(chart.log_y))))
        .y_axis_position(HPlacement::Left)
        .label_formatter(|_| None)
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([left, bottom], [right, top]));
            plot.set_auto_bounds(Vec2b::FALSE);
            for drawn in &curves {
                if let Some(band) = band(chart, drawn) {
                    plot.add(band);
                }
                let width = if drawn.curve.chosen { 2.2 } else { 1.5 };
                let line = Line::new(drawn.curve.name.clone(), drawn.points.clone());
                plot.line(line.stroke(Stroke::new(width, drawn.color)));
            }
            for mark in &chart.marks {
                let at = [along(chart, mark.at.0), self::up(chart, mark.at.1)];
                plot.points(Points::new(mark.name.clone(), vec![at]).radius(4.5).color(look.text));
            }
        });
    let said = chart.in_words();
    response.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &chart.title));
    ui.ctx().accesskit_node_builder(response.response.id, |node| node.set_description(said.as_str()));
    let frame = *response.transform.frame();
    marks_ui(ui.painter(), look, chart, &response.transform);
    names_ui(ui, look, &curves, &response.transform, names);
    read_out(ui, look, chart, &curves, (&response.response, &response.transform));
    zoom_ui(ui, look, &response.response, (frame, id, Way::Drag));
}

/// How far a curve may be from its best estimate.
fn band(chart: &Chart, drawn: &Drawn<'_>) -> Option<FilledArea> {
    let Drawn { curve, points, color } = drawn;
    if !curve.chosen || curve.band.len() != points.len() || points.len() < 2 {
        return None;
    }
    let xs: Vec<f64> = points.iter().map(|point| point[0]).collect();
    let lows: Vec<f64> = curve.band.iter().map(|(low, _)| up(chart, *low)).collect();
    let highs: Vec<f64> = curve.band.iter().map(|(_, high)| up(chart, *high)).collect();
    let area = FilledArea::new(format!("{} band", curve.name), &xs, &lows, &highs);
    Some(area.fill_color(color.gamma_multiply(0.15)).allow_hover(false))
}

/// Names beside the marks, on the side that has room.
fn marks_ui(painter: &Painter, look: &Tokens, chart: &Chart, transform: &PlotTransform) {
    let frame = *transform.frame();
    let mut taken: Vec<Rect> = Vec::new();
    for mark in &chart.marks {
        let point = PlotPoint::new(along(chart, mark.at.0), up(chart, mark.at.1));
        let at = transform.position_from_point(&point);
        if !frame.expand(2.0).contains(at) {
            continue;
        }
        let galley = painter.layout_no_wrap(mark.name.clone(), fonts::small_strong(), look.text);
        let size = galley.size();
        let spots = [
            vec2(8.0, 6.0),
            vec2(8.0, -size.y - 6.0),
            vec2(-size.x - 8.0, -size.y - 6.0),
            vec2(-size.x - 8.0, 6.0),
        ];
        let place = spots
            .into_iter()
            .map(|offset| Rect::from_min_size(at + offset, size))
            .find(|place| frame.contains_rect(*place) && taken.iter().all(|other| !other.intersects(*place)));
        if let Some(place) = place {
            painter.rect_filled(place.expand2(vec2(3.0, 0.0)), 3.0, look.canvas.gamma_multiply(0.8));
            painter.galley(place.min, galley, look.text);
            taken.push(place);
        }
    }
}

/// Room at the right for the names of lines: what the longest takes, and no more than the chart can spare.
fn names_room(ui: &Ui, look: &Tokens, chart: &Chart) -> f32 {
    let font = |curve: &Curve| if curve.chosen { fonts::small_strong() } else { fonts::small() };
    let wide =
        |curve: &Curve| ui.painter().layout_no_wrap(curve.name.clone(), font(curve), look.text).size().x;
    let longest = chart.curves.iter().map(wide).fold(0.0, f32::max);
    (longest + BESIDE_NAME).max(LEAST_NAMES).min(ui.available_width() * 0.36)
}

/// Names at the right end, each after a stroke of its line's color.
fn names_ui(ui: &Ui, look: &Tokens, curves: &[Drawn<'_>], transform: &PlotTransform, width: f32) {
    const ROW: f32 = 15.0;
    let painter = ui.painter();
    let frame = *transform.frame();
    let mut ends: Vec<(f32, &Drawn<'_>)> = curves
        .iter()
        .filter_map(|drawn| {
            let last = drawn.points.last()?;
            let at = transform.position_from_point(&PlotPoint::new(last[0], last[1]));
            Some((at.y.clamp(frame.top(), frame.bottom()), drawn))
        })
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let wanted: Vec<f32> = ends.iter().map(|(y, _)| *y).collect();
    let placed = super::plot_layout::apart(&wanted, &vec![ROW; wanted.len()], frame.bottom());
    for ((_, drawn), y) in ends.into_iter().zip(placed) {
        let (font, color) =
            if drawn.curve.chosen { (fonts::small_strong(), look.text) } else { (fonts::small(), look.soft) };
        let left = frame.right() + 8.0;
        painter.hline(left..=(left + 10.0), y, Stroke::new(2.5, drawn.color));
        let name = elided(painter, &drawn.curve.name, &font, color, width - BESIDE_NAME + 2.0);
        painter.galley(pos2(left + 14.0, y - name.size().y / 2.0), name, color);
    }
}

/// The value of every line under the pointer.
fn read_out(
    ui: &Ui,
    look: &Tokens,
    chart: &Chart,
    curves: &[Drawn<'_>],
    (response, transform): (&egui::Response, &PlotTransform),
) {
    let frame = *transform.frame();
    let Some(pointer) = response.hover_pos().filter(|at| frame.contains(*at) && !response.dragged()) else {
        return;
    };
    let place = transform.value_from_position(pointer).x;
    let x = value(chart.log_x, place);
    ui.painter().vline(pointer.x, frame.y_range(), Stroke::new(1.0, look.faint));
    let mut lines = vec![format!("{} {}", crate::units::show_figures(x), chart.along)];
    for drawn in curves {
        let Some(y) = drawn.curve.at(x) else { continue };
        let at: Pos2 = transform.position_from_point(&PlotPoint::new(place, up(chart, y)));
        if frame.contains(at) {
            ui.painter().circle_filled(at, 3.0, drawn.color);
        }
        lines.push(format!("{}: {}", drawn.curve.name, chart.unit.in_full(y)));
    }
    egui::Tooltip::always_open(ui.ctx().clone(), response.layer_id, response.id, egui::PopupAnchor::Pointer)
        .gap(14.0)
        .show(|ui| ui.label(lines.join("\n")));
}

/// The color of a machine, or the accent.
fn color(ui: &Ui, look: &Tokens, curve: &Curve) -> Color32 {
    hue(ui, look, &curve.machine, curve.chosen || curve.machine.is_empty())
}

/// A mark of the height as it is read.
fn height_text(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Rate | Unit::Operations => mark_text(value),
        Unit::Money => format!("${}", mark_text(value)),
        Unit::Time if value == 0.0 => "0".to_owned(),
        Unit::Time => time_text(value),
    }
}

fn places(chart: &Chart, curve: &Curve) -> Vec<[f64; 2]> {
    curve.points.iter().map(|(x, y)| [along(chart, *x), up(chart, *y)]).collect()
}

fn along(chart: &Chart, value: f64) -> f64 {
    if chart.log_x { value.max(1e-12).log10() } else { value }
}

fn up(chart: &Chart, value: f64) -> f64 {
    if chart.log_y { value.max(1e-12).log10() } else { value }
}

/// The value at a place of an axis.
fn value(log: bool, place: f64) -> f64 {
    if log { 10_f64.powf(place) } else { place }
}

/// Least and most of the bottom.
fn sides(chart: &Chart) -> (f64, f64) {
    let xs = chart.curves.iter().flat_map(|curve| &curve.points).map(|(x, _)| along(chart, *x));
    let (least, most) = xs.fold((f64::MAX, f64::MIN), |(least, most), x| (least.min(x), most.max(x)));
    if least < most { (least, most) } else { (0.0, 1.0) }
}

/// Least and most of the height: from 0, or of decades a little beyond the lines.
fn ends(chart: &Chart) -> (f64, f64) {
    let lines = chart.curves.iter().flat_map(|curve| &curve.points).map(|(_, y)| *y);
    let marks = chart.marks.iter().map(|mark| mark.at.1);
    let highs =
        chart.curves.iter().filter(|curve| curve.chosen).flat_map(|curve| &curve.band).map(|(_, high)| *high);
    let values = lines.chain(marks).chain(highs).filter(|value| value.is_finite() && *value > 0.0);
    let (least, most) = values.fold((f64::MAX, f64::MIN), |(least, most), y| (least.min(y), most.max(y)));
    if least > most {
        return (0.0, 1.0);
    }
    if chart.log_y { ((least * 0.7).log10(), (most * 1.4).log10()) } else { (0.0, most * 1.08) }
}
