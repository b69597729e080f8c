//! What machines cost to own and to run.

use eframe::egui;
use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::usage::usage_ui;
use crate::app::command::Command;
use crate::app::data::cost::{CostData, CostRow};
use crate::app::fonts;
use crate::app::subject::Subject;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::chart::chart_ui;
use crate::app::widgets::figures::figures_ui;
use crate::app::widgets::{elided, hint_ui};
use crate::engine::{FigureName, Use};

/// Share of the width that a name takes.
const NAME: f32 = 0.34;
/// Height of a machine's lines.
const ROW: f32 = 42.0;
/// Height of the chart's title and of what is said under it.
const BELOW: f32 = 76.0;

/// Draws the page, under which there is so much height: the chart takes what is left of it.
pub(crate) fn page_ui(
    ui: &mut Ui,
    look: &Tokens,
    data: &CostData,
    (usage, height): (&Use, f32),
    commands: &mut Vec<Command>,
    said: &mut Vec<String>,
) {
    let bottom = ui.cursor().top() + height;
    ui.scope(|ui| {
        ui.set_max_width(ui.available_width() - 10.0);
        ui.add_space(8.0);
        usage_ui(ui, look, usage, (commands, said));
        ui.add_space(6.0);
        ui.label(egui::RichText::new(text::cost_in(&data.span)).font(fonts::strong()));
        ui.add_space(4.0);
        let price = data.price.iter().map(|(id, text)| (Subject::Price(id.clone()), text.clone()));
        let figures = data.figures.iter().map(|(name, text)| (Subject::Figure(*name), text.clone()));
        let figures: Vec<(Subject, String)> = price.chain(figures).collect();
        commands.extend(figures_ui(ui, look, &figures).map(Command::Working));
        legend_ui(ui, look);
        let most = data.rows.iter().map(|row| row.price + row.running).fold(1.0, f64::max);
        if data.rows.is_empty() {
            hint_ui(ui, look, text::no_machine_with_a_known());
        }
        for row in &data.rows {
            if row_ui(ui, look, row, most) {
                commands.push(Command::Working(Subject::FigureOn(row.id.clone(), FigureName::Total)));
            }
        }
        if data.chart.curves.len() > 1 {
            ui.add_space(12.0);
            chart_ui(ui, look, &data.chart, (bottom - ui.cursor().top() - BELOW).clamp(190.0, 420.0));
            if data.rows.iter().any(|row| row.rented) {
                hint_ui(ui, look, text::where_a_bought_machines_line());
            }
        }
        ui.add_space(12.0);
    });
}

fn legend_ui(ui: &mut Ui, look: &Tokens) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), 18.0));
    let mut left = rect.left();
    for (name, color) in [
        (text::price(), look.part_weights),
        (text::cost_electricity(), look.part_kv_cache),
        (text::cost_rent(), look.part_state),
    ] {
        let square = Rect::from_center_size(pos2(left + 5.0, rect.center().y), vec2(9.0, 9.0));
        ui.painter().rect_filled(square, 2.0, color);
        let at = pos2(left + 14.0, rect.center().y);
        let text = ui.painter().text(at, Align2::LEFT_CENTER, name, fonts::small(), look.soft);
        left = text.right() + 14.0;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "places on the screen")]
fn row_ui(ui: &mut Ui, look: &Tokens, row: &CostRow, most: f64) -> bool {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let response = ui.interact(rect, ui.make_persistent_id(("cost", &row.id)), Sense::click());
    let said = text::in_all(&row.name, &row.total, &row.work, &row.beside);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::show_working_of(&said)));
    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect.expand2(vec2(4.0, 0.0)), 5.0, look.control);
    }
    let (color, font) = if row.chosen { (look.text, fonts::strong()) } else { (look.soft, fonts::body()) };
    let top = rect.top() + 10.0;
    let name = elided(painter, &row.name, &font, color, rect.width() * NAME);
    painter.galley(pos2(rect.left(), top - name.size().y / 2.0), name, color);
    let total =
        painter.text(pos2(rect.right(), top), Align2::RIGHT_CENTER, &row.total, fonts::strong(), look.text);
    let room = total.left() - rect.left() - rect.width() * NAME - 16.0;
    let beside = [row.work.as_str(), row.beside.as_str()];
    let both = beside.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ");
    let wide = painter.layout_no_wrap(both.clone(), fonts::small(), look.soft).size().x;
    // Half a sentence says less than none; the hint has it all.
    let beside = if wide <= room { &both } else { &row.work };
    let beside = elided(painter, beside, &fonts::small(), look.soft, room.max(40.0));
    let at = pos2(total.left() - 10.0 - beside.size().x, top - beside.size().y / 2.0);
    painter.galley(at, beside, look.soft);
    let rail = Rect::from_min_size(pos2(rect.left(), rect.top() + 22.0), vec2(rect.width(), 10.0));
    painter.rect_filled(rail, 5.0, look.control);
    let x = |value: f64| rail.left() + rail.width() * (value / most).clamp(0.0, 1.0) as f32;
    let price = rail.with_max_x(x(row.price));
    painter.rect_filled(price, 5.0, look.part_weights);
    let running =
        Rect::from_min_max(pos2(x(row.price), rail.top()), pos2(x(row.price + row.running), rail.bottom()));
    let fill = if row.rented { look.part_state } else { look.part_kv_cache };
    painter.rect_filled(running, 5.0, fill);
    response.on_hover_text(text::click_for_its_working(&said)).clicked()
}
