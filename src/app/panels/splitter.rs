//! The edge between a side panel and the centre: it is dragged, folds the panel away and opens it again.

use eframe::egui;
use egui::{CursorIcon, EventFilter, Key, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use lucide_icons::Icon;

use super::layout::{LEAST_SIDE, Regions, STRIP, Side};
use crate::app::command::Command;
use crate::app::text;
use crate::app::theme::Tokens;
use crate::app::widgets::icon::icon_ui;

/// How near the pointer has to come to the edge.
const NEAR: f32 = 4.0;
/// Height of the arrow's field.
const ARROW: f32 = 44.0;
/// Points that a press of an arrow key moves the edge.
const STEP: f32 = 16.0;

/// Draws both edges; `shown` says of each side whether it shows.
pub(crate) fn splitters_ui(ui: &Ui, look: &Tokens, regions: &Regions, commands: &mut Vec<Command>) {
    edge_ui(ui, look, regions, Side::Workload, regions.left.is_some(), commands);
    edge_ui(ui, look, regions, Side::Machines, regions.right.is_some(), commands);
}

fn edge_ui(ui: &Ui, look: &Tokens, regions: &Regions, side: Side, shows: bool, commands: &mut Vec<Command>) {
    let centre = regions.centre;
    let (edge, outwards, said) = match side {
        Side::Workload => (centre.left(), -1.0, text::width_of_the_workload()),
        Side::Machines => (centre.right(), 1.0, text::width_of_the_machines()),
    };
    if !shows {
        let strip = Rect::from_x_y_ranges(
            edge.min(edge + outwards * STRIP)..=edge.max(edge + outwards * STRIP),
            centre.y_range(),
        );
        fold_ui(ui, look, (side, shows), (strip, -outwards), commands);
        return;
    }
    let rect = Rect::from_x_y_ranges((edge - NEAR)..=(edge + NEAR), centre.y_range());
    let id = ui.make_persistent_id(("edge", side));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let whole = ui.max_rect();
    let width = match side {
        Side::Workload => edge - whole.left(),
        Side::Machines => whole.right() - edge,
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, said));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_numeric_value(f64::from(width)));
    let lively = response.hovered() || response.dragged() || response.has_focus();
    if lively {
        ui.painter().vline(edge - 0.5, centre.y_range(), Stroke::new(2.0, look.accent));
    }
    if response.double_clicked() {
        commands.push(Command::Width(side, None));
    } else if (response.dragged() || response.drag_stopped())
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let asked = match side {
            Side::Workload => pointer.x - whole.left(),
            Side::Machines => whole.right() - pointer.x,
        };
        if asked < LEAST_SIDE / 2.0 {
            commands.push(toggle(side));
        } else {
            commands.push(Command::Width(side, Some(asked.max(LEAST_SIDE))));
        }
    }
    if response.has_focus() {
        ui.memory_mut(|memory| {
            let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
            memory.set_focus_lock_filter(response.id, filter);
        });
        let pressed = |key: Key| ui.input(|input| input.key_pressed(key));
        let right =
            f32::from(u8::from(pressed(Key::ArrowRight))) - f32::from(u8::from(pressed(Key::ArrowLeft)));
        if right != 0.0 {
            commands.push(Command::Width(side, Some((width - outwards * right * STEP).max(LEAST_SIDE))));
        }
    }
    response.on_hover_cursor(CursorIcon::ResizeHorizontal).on_hover_text(text::drag_for_another_width());
    let field =
        Rect::from_center_size(pos2(edge + outwards * 5.0, centre.bottom() - 40.0), vec2(10.0, ARROW));
    fold_ui(ui, look, (side, shows), (field, outwards), commands);
}

/// The arrow that folds a side away or opens it. On an open side it stands out where the pointer is near.
fn fold_ui(
    ui: &Ui,
    look: &Tokens,
    (side, shows): (Side, bool),
    (field, points): (Rect, f32),
    commands: &mut Vec<Command>,
) {
    let response = ui.interact(field, ui.make_persistent_id(("fold", side)), Sense::click());
    let said = match (side, shows) {
        (Side::Workload, true) => text::hide_the_workload(),
        (Side::Workload, false) => text::show_the_workload(),
        (Side::Machines, true) => text::hide_the_machines(),
        (Side::Machines, false) => text::show_the_machines(),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, said));
    let lively = response.hovered() || response.has_focus();
    if lively {
        ui.painter().rect_filled(field, 4.0, look.raised);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(field, 4.0, Stroke::new(1.0, look.accent), StrokeKind::Inside);
    }
    let color = if lively { look.text } else { look.faint };
    let arrow = if points > 0.0 { Icon::ChevronRight } else { Icon::ChevronLeft };
    icon_ui(ui.painter(), field.center(), arrow, (14.0, color));
    let keys = toggle(side).shortcut().map(|keys| ui.ctx().format_shortcut(&keys)).unwrap_or_default();
    if response.on_hover_text(format!("{said} · {keys}")).clicked() {
        commands.push(toggle(side));
    }
}

const fn toggle(side: Side) -> Command {
    match side {
        Side::Workload => Command::ToggleWorkload,
        Side::Machines => Command::ToggleMachines,
    }
}
