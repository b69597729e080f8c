//! Where the regions lie.

use eframe::egui;
use egui::{Rect, Stroke, Ui, UiBuilder, pos2, vec2};

use crate::app::theme::Tokens;

/// The regions of one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Regions {
    /// Menus, name, undo.
    pub top: Rect,
    /// The scenarios that are open; `None` while there is one.
    pub tabs: Option<Rect>,
    /// The workload; `None` while hidden.
    pub left: Option<Rect>,
    /// Verdict and page.
    pub centre: Rect,
    /// Machines; `None` while hidden.
    pub right: Option<Rect>,
    /// Status.
    pub bottom: Rect,
}

/// Which side panels show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sides {
    /// The workload at the left.
    pub(crate) workload: bool,
    /// The machines at the right.
    pub(crate) machines: bool,
}

const TOP: f32 = 40.0;
const BOTTOM: f32 = 26.0;
const TABS: f32 = 30.0;

/// Shares out a window; side panels grow narrower with it.
pub(crate) fn regions(whole: Rect, sides: Sides, several: bool) -> Regions {
    let Sides { workload, machines } = sides;
    let top = Rect::from_min_size(whole.min, vec2(whole.width(), TOP));
    let bottom = Rect::from_min_max(pos2(whole.left(), whole.bottom() - BOTTOM), whole.max);
    let tabs = Rect::from_min_size(top.left_bottom(), vec2(whole.width(), if several { TABS } else { 0.0 }));
    let middle = Rect::from_min_max(pos2(whole.left(), tabs.bottom()), pos2(whole.right(), bottom.top()));
    let left_width = if workload { (whole.width() * 0.2315).clamp(244.0, 320.0) } else { 0.0 };
    let right_width = if machines { (whole.width() * 0.243).clamp(226.0, 360.0) } else { 0.0 };
    let left = middle.with_max_x(middle.left() + left_width);
    let right = middle.with_min_x(middle.right() - right_width);
    let centre = Rect::from_min_max(
        pos2(left.right(), middle.top()),
        pos2(right.left().max(left.right()), middle.bottom()),
    );
    let tabs = several.then_some(tabs);
    Regions { top, tabs, left: workload.then_some(left), centre, right: machines.then_some(right), bottom }
}

/// Paints the surfaces and the hairlines between them.
pub(crate) fn paint(ui: &Ui, look: &Tokens, regions: &Regions) {
    let painter = ui.painter();
    painter.rect_filled(regions.centre, 0.0, look.canvas);
    for side in [Some(regions.top), regions.tabs, regions.left, regions.right, Some(regions.bottom)]
        .into_iter()
        .flatten()
    {
        painter.rect_filled(side, 0.0, look.surface);
    }
    let line = Stroke::new(1.0, look.line);
    painter.hline(regions.top.x_range(), regions.top.bottom() - 0.5, line);
    if let Some(tabs) = regions.tabs {
        painter.hline(tabs.x_range(), tabs.bottom() - 0.5, line);
    }
    painter.hline(regions.bottom.x_range(), regions.bottom.top() + 0.5, line);
    if let Some(left) = regions.left {
        painter.vline(left.right() - 0.5, left.y_range(), line);
    }
    if let Some(right) = regions.right {
        painter.vline(right.left() + 0.5, right.y_range(), line);
    }
}

/// Draws inside a region, less a margin, and never outside it.
pub(crate) fn inside<R>(
    ui: &mut Ui,
    name: &str,
    region: Rect,
    margin: egui::Margin,
    draw: impl FnOnce(&mut Ui) -> R,
) -> R {
    let builder = UiBuilder::new().id_salt(name).max_rect(region - margin).accessibility_label(name);
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(region.intersect(ui.clip_rect()));
        draw(ui)
    })
    .inner
}
