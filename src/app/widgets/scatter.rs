//! Predicted against measured as points about the line where both are the same.

use eframe::egui;
use egui::{Rect, Stroke, Tooltip, Ui, Vec2b, WidgetInfo, pos2};
use egui_plot::{GridMark, Line, LineStyle, Plot, PlotBounds, PlotPoint, Points};

use crate::app::data::accuracy::{GroupData, Point};
use crate::app::fonts;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::units::show_figures;

/// How near the pointer has to come to a point.
const NEAR: f32 = 10.0;

/// Draws the rows of a group by their places; the point under the pointer says what it is.
pub(crate) fn scatter_ui(ui: &mut Ui, look: &Tokens, group: &GroupData, rows: &[usize], height: f32) {
    let quantity = group.quantity;
    let place = |value: f64| quantity.drawn(value).max(1e-9).log10();
    let shown: Vec<(&Point, [f64; 2])> = rows
        .iter()
        .filter_map(|at| group.points.get(*at))
        .filter(|point| point.measured > 0.0 && point.predicted > 0.0)
        .map(|point| (point, [place(point.measured), place(point.predicted)]))
        .collect();
    let (least, most) = ends(&shown);
    let marks = ticks(least, most);
    let other = marks.clone();
    let said = |mark: GridMark| show_figures(10_f64.powf(mark.value));
    let unit = quantity.unit();
    let response = Plot::new(("scatter", &group.name))
        .height(height)
        .width(ui.available_width() - 10.0)
        .show_background(false)
        .show_x(false)
        .show_y(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .set_margin_fraction(egui::Vec2::ZERO)
        .grid_color(look.line)
        .x_grid_spacer(move |_| marks.clone())
        .y_grid_spacer(move |_| other.clone())
        .x_axis_formatter(move |mark, _| said(mark))
        .y_axis_formatter(move |mark, _| said(mark))
        .x_axis_label(
            egui::RichText::new(text::measured_log_scale(&unit)).font(fonts::small()).color(look.faint),
        )
        .y_axis_label(
            egui::RichText::new(text::predicted_log_scale(&unit)).font(fonts::small()).color(look.faint),
        )
        .label_formatter(|_| None)
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([least, least], [most, most]));
            plot.set_auto_bounds(Vec2b::FALSE);
            let same = Line::new("the same", vec![[least, least], [most, most]]);
            plot.line(same.stroke(Stroke::new(1.0, look.faint)).style(LineStyle::Dashed { length: 5.0 }));
            let at: Vec<[f64; 2]> = shown.iter().map(|(_, at)| *at).collect();
            plot.points(Points::new("rows", at).radius(2.6).color(look.accent.gamma_multiply(0.75)));
        });
    let said = text::rows_predicted_against_measured(&group.name, &shown.len());
    response.response.widget_info(|| WidgetInfo::labeled(egui::Role::Image, true, &said));
    let Some(pointer) = response.response.hover_pos() else { return };
    let on_screen = |at: &[f64; 2]| response.transform.position_from_point(&PlotPoint::new(at[0], at[1]));
    let nearest = shown
        .iter()
        .map(|(point, at)| (point, on_screen(at)))
        .min_by(|a, b| a.1.distance_sq(pointer).total_cmp(&b.1.distance_sq(pointer)));
    let Some((point, at)) = nearest.filter(|(_, at)| at.distance(pointer) <= NEAR) else { return };
    ui.painter().circle_stroke(at, 5.5, Stroke::new(1.6, look.text));
    let beside = Rect::from_min_max(at, pos2(at.x + 1.0, at.y + 1.0)).expand(6.0);
    Tooltip::always_open(
        ui.ctx().clone(),
        response.response.layer_id,
        response.response.id,
        egui::PopupAnchor::ParentRect(beside),
    )
    .show(|ui| ui.label(format!("{}\n{}", point.name, point.says)));
}

/// Both axes have the same ends, so that the line where both are the same goes from corner to corner.
fn ends(shown: &[(&Point, [f64; 2])]) -> (f64, f64) {
    let values = shown.iter().flat_map(|(_, at)| *at);
    let (least, most) = values.fold((f64::MAX, f64::MIN), |(least, most), x| (least.min(x), most.max(x)));
    if least > most { (0.0, 1.0) } else { (least - 0.08, most + 0.08) }
}

/// Every decade, and between them 2 and 5 where there is room.
fn ticks(least: f64, most: f64) -> Vec<GridMark> {
    let steps: &[f64] = if most - least > 2.5 { &[1.0] } else { &[1.0, 2.0, 5.0] };
    let decades = std::iter::successors(Some(least.floor()), |decade| Some(decade + 1.0));
    decades
        .take_while(|decade| *decade <= most)
        .flat_map(|decade| steps.iter().map(move |step| decade + step.log10()))
        .filter(|place| (least..=most).contains(place))
        .map(|value| GridMark { value, step_size: 1.0 })
        .collect()
}
