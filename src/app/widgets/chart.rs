//! Lines against an axis, each named at its end.

use eframe::egui;
use egui::{Align2, Color32, Stroke, Ui, Vec2b, pos2};
use egui_plot::{FilledArea, GridMark, Line, Plot, PlotBounds, Points};

use super::elided;
use crate::app::data::chart::{Chart, Curve};
use crate::app::fonts;
use crate::app::theme::Tokens;

/// Room at the right for the names of lines.
const NAMES: f32 = 108.0;

/// Draws a chart over the width there is.
pub(crate) fn chart_ui(ui: &mut Ui, look: &Tokens, chart: &Chart, height: f32) {
    ui.label(egui::RichText::new(&chart.title).font(fonts::strong()));
    let (bottom, top) = ends(chart);
    let (left, right) = sides(chart);
    let width = ui.available_width() - NAMES;
    let curves: Vec<(Vec<[f64; 2]>, &Curve, Color32)> = chart
        .curves
        .iter()
        .enumerate()
        .map(|(at, curve)| (places(chart, curve), curve, color(look, curve, at)))
        .collect();
    let ticks: Vec<GridMark> = chart
        .ticks
        .iter()
        .map(|(value, _)| GridMark { value: along(chart, *value), step_size: (right - left) / 3.0 })
        .collect();
    let response = Plot::new(("chart", &chart.title))
        .height(height)
        .width(width)
        .show_background(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .set_margin_fraction(egui::Vec2::ZERO)
        .grid_color(look.line)
        .x_grid_spacer(move |_| ticks.clone())
        .x_axis_formatter(|mark, _| label(chart, mark.value))
        .y_axis_formatter(move |mark, _| chart.unit.say(up_again(chart, mark.value)))
        .x_axis_label(egui::RichText::new(&chart.along).font(fonts::small()).color(look.faint))
        .label_formatter(|_| None)
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([left, bottom], [right, top]));
            plot.set_auto_bounds(Vec2b::FALSE);
            for (points, curve, color) in &curves {
                if curve.chosen && curve.band.len() == points.len() && points.len() > 1 {
                    let xs: Vec<f64> = points.iter().map(|point| point[0]).collect();
                    let lows: Vec<f64> = curve.band.iter().map(|(low, _)| up(chart, *low)).collect();
                    let highs: Vec<f64> = curve.band.iter().map(|(_, high)| up(chart, *high)).collect();
                    let area = FilledArea::new(format!("{} band", curve.name), &xs, &lows, &highs);
                    plot.add(area.fill_color(color.gamma_multiply(0.15)));
                }
                let width = if curve.chosen { 2.2 } else { 1.4 };
                plot.line(Line::new(curve.name.clone(), points.clone()).stroke(Stroke::new(width, *color)));
            }
            for mark in &chart.marks {
                let at = [along(chart, mark.at.0), up(chart, mark.at.1)];
                plot.points(Points::new(mark.name.clone(), vec![at]).radius(4.5).color(look.text));
            }
        });
    let transform = response.transform;
    let frame = *transform.frame();
    let painter = ui.painter();
    for mark in &chart.marks {
        let point = egui_plot::PlotPoint::new(along(chart, mark.at.0), up(chart, mark.at.1));
        let at = transform.position_from_point(&point);
        painter.text(
            at + egui::vec2(8.0, 8.0),
            Align2::LEFT_TOP,
            &mark.name,
            fonts::small_strong(),
            look.text,
        );
    }
    let mut taken: Vec<f32> = Vec::new();
    let mut ends: Vec<(f32, &Curve, Color32)> = curves
        .iter()
        .filter_map(|(points, curve, color)| {
            let last = points.last()?;
            let at = transform.position_from_point(&egui_plot::PlotPoint::new(last[0], last[1]));
            Some((at.y.clamp(frame.top(), frame.bottom()), *curve, *color))
        })
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (y, curve, color) in ends {
        let y = taken.last().map_or(y, |before: &f32| y.max(before + 14.0));
        taken.push(y);
        let font = if curve.chosen { fonts::small_strong() } else { fonts::small() };
        let name = elided(painter, &curve.name, &font, color, NAMES - 10.0);
        painter.galley(pos2(frame.right() + 8.0, y - name.size().y / 2.0), name, color);
    }
}

fn color(look: &Tokens, curve: &Curve, at: usize) -> Color32 {
    if curve.chosen {
        return look.accent;
    }
    let others =
        [look.part_kv_cache, look.part_compute, look.part_state, look.part_output, look.part_runtime];
    others.get(at % others.len()).copied().unwrap_or(look.soft)
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

fn up_again(chart: &Chart, place: f64) -> f64 {
    if chart.log_y { 10_f64.powf(place) } else { place }
}

fn label(chart: &Chart, place: f64) -> String {
    let near = |(value, _): &&(f64, String)| (along(chart, *value) - place).abs() < 1e-6;
    chart.ticks.iter().find(near).map(|(_, label)| label.clone()).unwrap_or_default()
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
