//! The verdict over two axes.

use eframe::egui;
use egui::{Rect, Ui, pos2, vec2};

use crate::app::command::Command;
use crate::app::data::map::MapData;
use crate::app::fonts;
use crate::app::map_axes::{MapAxes, MapAxis};
use crate::app::state::{AppState, Change};
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::button::choice_ui;
use crate::app::widgets::hint_ui;
use crate::app::widgets::map::{legend_ui, map_ui};

/// Height of the line over the map and of the legend under it.
const LINE: f32 = 28.0;

/// Draws the page, as high as the room that is left.
pub(crate) fn page_ui(
    ui: &mut Ui,
    look: &Tokens,
    (state, data): (&AppState, &MapData),
    height: f32,
    commands: &mut Vec<Command>,
) {
    ui.add_space(4.0);
    axes_ui(ui, look, state, commands);
    if state.map.across == state.map.up || data.size().0 == 0 || data.size().1 == 0 {
        hint_ui(ui, look, text::nothing_stands());
        return;
    }
    if let Some(spots) = map_ui(ui, look, data, height - 2.0 * LINE - 24.0) {
        commands.push(Command::Change(Change::Spots(spots)));
    }
    ui.horizontal(|ui| legend_ui(ui, look, data));
    if !data.is_complete() {
        ui.ctx().request_repaint();
    }
}

/// Both choices of an axis, each after its word.
fn axes_ui(ui: &mut Ui, look: &Tokens, state: &AppState, commands: &mut Vec<Command>) {
    let options: Vec<(MapAxis, String)> = MapAxes::offered(&state.scenario)
        .into_iter()
        .map(|axis| (axis, axis.in_sentence(&state.scenario)))
        .collect();
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), LINE));
    let mut left = rect.left();
    for (up, word, name, chosen) in [
        (true, text::map_up(), text::map_axis_up(), state.map.up),
        (false, text::across(), text::map_axis_across(), state.map.across),
    ] {
        let word = ui.painter().layout_no_wrap(word.to_owned(), fonts::body(), look.soft);
        let shown = options.iter().find(|(axis, _)| *axis == chosen).map_or("", |(_, label)| label);
        let width = ui.painter().layout_no_wrap(shown.to_owned(), fonts::body(), look.text).size().x + 26.0;
        let y = rect.center().y;
        let from = left + word.size().x + 4.0;
        ui.painter().galley(pos2(left, y - word.size().y / 2.0), word, look.soft);
        let place = Rect::from_min_max(pos2(from, rect.top() + 2.0), pos2(from + width, rect.bottom() - 2.0));
        left = place.right() + 16.0;
        if let Some(axis) = choice_ui(ui, look, name, place, &options, chosen) {
            let axes = if up { state.map.with_up(axis) } else { state.map.with_across(axis) };
            commands.push(Command::Change(Change::MapAxes(axes)));
        }
    }
    let hint = text::a_click_sets_both();
    let galley = ui.painter().layout_no_wrap(hint.to_owned(), fonts::small(), look.faint);
    if rect.right() - left > galley.size().x {
        let at = pos2(rect.right() - galley.size().x, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, look.faint);
    }
}
