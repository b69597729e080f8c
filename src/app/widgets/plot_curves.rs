//! What is plotted over the axis: stacked parts, ceilings with their bands, and the high end of the need.

use eframe::egui;
use egui::{Color32, Rect, Sense, Stroke, Ui, UiBuilder, vec2};
use egui_plot::{Bar, BarChart, FilledArea, HLine, LineStyle, Plot, PlotBounds, Polygon};

use super::Scale;
use super::zoom::Zoom;
use crate::app::data::plot::{Layer, Line, PlotData};
use crate::app::theme::Tokens;

/// Room beside the ends of a stepped axis for its outer columns.
const COLUMN_ROOM: f32 = 7.0;

/// Draws the curves into an area whose width is the axis as a share and whose height is `data.top` GiB.
///
/// The axis is on a scale of its own, which the plot knows only as a share from 0 to 1.
pub(super) fn curves_ui(
    ui: &mut Ui,
    look: &Tokens,
    data: &PlotData,
    (area, scale, zoom): (Rect, Scale, Zoom),
) {
    // The outer columns of a stepped axis stand half outside its ends.
    let beside = if scale.stepped { COLUMN_ROOM } else { 0.0 };
    let room = area.expand2(vec2(beside, 0.0));
    let across = zoom.across.1 - zoom.across.0;
    let share_beside = f64::from(beside / area.width().max(1.0)) * across;
    let (low, high) = zoom.seen_height((0.0, data.top));
    let mut inside = ui.new_child(UiBuilder::new().id_salt("curves").max_rect(room));
    let xs: Vec<f64> = data.xs.iter().map(|value| scale.share(*value)).collect();
    Plot::new("memory over the axis")
        .width(room.width())
        .height(room.height())
        .show_axes(false)
        .show_grid(false)
        .show_background(false)
        .show_x(false)
        .show_y(false)
        .show_crosshair(false)
        .set_margin_fraction(egui::Vec2::ZERO)
        .sense(Sense::hover())
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show(&mut inside, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max(
                [zoom.across.0 - share_beside, low],
                [zoom.across.1 + share_beside, high],
            ));
            let mut below = vec![0.0; xs.len()];
            for layer in &data.layers {
                let above: Vec<f64> = below.iter().zip(&layer.gib).map(|(sum, gib)| sum + gib).collect();
                let color = look.part(layer.part).gamma_multiply(0.85);
                if scale.stepped {
                    plot.bar_chart(columns(layer, &xs, &below, color));
                } else {
                    let area = FilledArea::new(layer.part.label(), &xs, &below, &above);
                    plot.add(area.fill_color(color).stroke(Stroke::NONE).allow_hover(false));
                }
                below = above;
            }
            for line in &data.lines {
                let color = if line.decides { look.text } else { look.soft };
                if let Some((low, high)) = line.band {
                    plot.polygon(band(&line.label(), low, high, color.gamma_multiply(0.07)));
                }
                plot.hline(ceiling(line, color));
            }
            if !scale.stepped {
                plot.line(high_end(data, &xs, look.faint));
            }
        });
}

/// One column a step of a stepped axis, standing on what is below it.
fn columns(layer: &Layer, xs: &[f64], below: &[f64], color: Color32) -> BarChart {
    let step = xs.get(1).zip(xs.first()).map_or(1.0, |(second, first)| second - first);
    let bars = xs
        .iter()
        .zip(below.iter().zip(&layer.gib))
        .map(|(x, (under, gib))| {
            Bar::new(*x, *gib).base_offset(*under).width(step * 0.64).fill(color).stroke(Stroke::NONE)
        })
        .collect();
    BarChart::new(layer.part.label(), bars).allow_hover(false)
}

/// How far a ceiling may be from its best figure.
fn band(name: &str, low: f64, high: f64, color: Color32) -> Polygon<'static> {
    let corners = vec![[0.0, low], [1.0, low], [1.0, high], [0.0, high]];
    Polygon::new(format!("{name}, band"), corners).fill_color(color).stroke(Stroke::NONE).allow_hover(false)
}

/// The ceiling that decides is the only bold line.
fn ceiling(line: &Line, color: Color32) -> HLine {
    let (width, style) =
        if line.decides { (2.0, LineStyle::Solid) } else { (1.2, LineStyle::Dashed { length: 5.0 }) };
    HLine::new(line.label(), line.gib).color(color).width(width).style(style).allow_hover(false)
}

/// What must stay under a ceiling to fit; it lies on the best estimate where the band is narrow.
fn high_end(data: &PlotData, xs: &[f64], color: Color32) -> egui_plot::Line<'static> {
    let points: Vec<[f64; 2]> = xs.iter().zip(&data.high).map(|(x, high)| [*x, *high]).collect();
    egui_plot::Line::new("high end", points)
        .color(color)
        .width(1.0)
        .style(LineStyle::Dashed { length: 4.0 })
        .allow_hover(false)
}
