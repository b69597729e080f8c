//! The scenarios that are open, as tabs under the menus.

use eframe::egui;
use egui::{Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use lucide_icons::Icon;

use crate::app::command::Command;
use crate::app::fonts;
use crate::app::state::Change;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::elided;
use crate::app::widgets::icon::icon_ui;

/// A scenario that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TabData {
    /// What it is known by.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// Whether it has changes that are not saved.
    pub edited: bool,
    /// Whether it shows.
    pub shown: bool,
}

/// The widest a tab becomes.
const WIDEST: f32 = 210.0;
/// Room for the cross of a tab.
const CROSS: f32 = 22.0;
/// Room for the button that opens another.
const MORE: f32 = 30.0;

/// Draws them over the room there is.
pub(crate) fn panel_ui(ui: &mut Ui, look: &Tokens, tabs: &[TabData], commands: &mut Vec<Command>) {
    let whole = ui.max_rect();
    let count = f32::from(u16::try_from(tabs.len().max(1)).unwrap_or(u16::MAX));
    let width = ((whole.width() - MORE) / count).min(WIDEST);
    let mut left = whole.left();
    for tab in tabs {
        let cell = Rect::from_min_size(pos2(left, whole.top()), vec2(width, whole.height()));
        left += width;
        tab_ui(ui, look, tab, cell, commands);
    }
    let more = Rect::from_min_size(pos2(left, whole.top()), vec2(MORE, whole.height()));
    let response = ui.interact(more, ui.make_persistent_id("another tab"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::new_scenario_in_a_tab()));
    let color = if response.hovered() || response.has_focus() { look.text } else { look.soft };
    icon_ui(ui.painter(), more.center(), Icon::Plus, (15.0, color));
    if response.on_hover_text(text::new_scenario()).clicked() {
        commands.push(Command::New);
    }
}

fn tab_ui(ui: &mut Ui, look: &Tokens, tab: &TabData, cell: Rect, commands: &mut Vec<Command>) {
    let response = ui.interact(cell, ui.make_persistent_id(("scenario", tab.id)), Sense::click());
    let said = if tab.edited { text::edited(&tab.name) } else { tab.name.clone() };
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, tab.shown, text::scenario(&said)));
    if tab.shown || response.hovered() {
        ui.painter().rect_filled(cell, 0.0, if tab.shown { look.canvas } else { look.control });
    }
    ui.painter().vline(cell.right() - 0.5, cell.y_range(), Stroke::new(1.0, look.line));
    if tab.shown || response.has_focus() {
        let line = Stroke::new(2.0, if tab.shown { look.accent } else { look.faint });
        ui.painter().hline(cell.x_range(), cell.top() + 1.0, line);
    }
    let (font, color) = if tab.shown { (fonts::strong(), look.text) } else { (fonts::body(), look.soft) };
    let text = if tab.edited { format!("{} •", tab.name) } else { tab.name.clone() };
    let name = elided(ui.painter(), &text, &font, color, cell.width() - CROSS - 14.0);
    ui.painter().galley(pos2(cell.left() + 10.0, cell.center().y - name.size().y / 2.0), name, color);
    let cross = Rect::from_center_size(
        pos2(cell.right() - CROSS / 2.0 - 1.0, cell.center().y),
        vec2(CROSS - 4.0, 18.0),
    );
    let close = ui.interact(cross, ui.make_persistent_id(("close", tab.id)), Sense::click());
    close.widget_info(|| WidgetInfo::labeled(Role::Button, true, text::tabs_close(&tab.name)));
    if close.hovered() || close.has_focus() {
        ui.painter().rect_filled(cross, 4.0, look.raised);
    }
    let lively = close.hovered() || close.has_focus();
    icon_ui(ui.painter(), cross.center(), Icon::X, (13.0, if lively { look.text } else { look.faint }));
    if close.on_hover_text(text::close_undo_brings_it_back()).clicked() {
        commands.push(Command::Change(Change::CloseTab(tab.id)));
    } else if response.double_clicked() {
        commands.push(Command::Rename);
    } else if response.on_hover_text(&tab.name).clicked() {
        commands.push(Command::Change(Change::GoToTab(tab.id)));
    }
}
