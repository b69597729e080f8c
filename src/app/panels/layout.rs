//! Where the regions lie.

use eframe::egui;
use egui::{Rect, Stroke, Ui, UiBuilder, pos2, vec2};
use serde::{Deserialize, Serialize};

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
    /// A hint; `None` where none is told.
    pub hint: Option<Rect>,
    /// Status.
    pub bottom: Rect,
}

/// Which side panels show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Sides {
    /// The workload at the left.
    pub(crate) workload: bool,
    /// The machines at the right.
    pub(crate) machines: bool,
}

/// A side panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    /// The workload at the left.
    Workload,
    /// The machines at the right.
    Machines,
}

/// How wide the side panels were dragged, in points; what was not follows the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Widths {
    pub(crate) workload: Option<f32>,
    pub(crate) machines: Option<f32>,
}

impl Widths {
    /// The width of a side as it was dragged.
    pub(crate) const fn of_mut(&mut self, side: Side) -> &mut Option<f32> {
        match side {
            Side::Workload => &mut self.workload,
            Side::Machines => &mut self.machines,
        }
    }
}

const TOP: f32 = 40.0;
const BOTTOM: f32 = 26.0;
/// Height of a hint.
const HINT: f32 = 30.0;
/// Height of the scenarios' tabs, where there are several.
const TABS: f32 = 30.0;
/// What is left of a hidden side: where it is opened again.
pub(crate) const STRIP: f32 = 16.0;
/// A side is no narrower than this, and leaves the centre so much.
pub(crate) const LEAST_SIDE: f32 = 226.0;
const LEAST_CENTRE: f32 = 300.0;

/// Shares out a window; side panels that were not dragged grow narrower with it.
pub(crate) fn regions(whole: Rect, sides: Sides, widths: Widths, (several, hinted): (bool, bool)) -> Regions {
    let top = Rect::from_min_size(whole.min, vec2(whole.width(), TOP));
    let bottom = Rect::from_min_max(pos2(whole.left(), whole.bottom() - BOTTOM), whole.max);
    let tabs = Rect::from_min_size(top.left_bottom(), vec2(whole.width(), if several { TABS } else { 0.0 }));
    let hint = bottom.with_min_y(bottom.top() - if hinted { HINT } else { 0.0 }).with_max_y(bottom.top());
    let middle = Rect::from_min_max(pos2(whole.left(), tabs.bottom()), pos2(whole.right(), hint.top()));
    let width = |shows: bool, dragged: Option<f32>, usual: f32| {
        if !shows {
            return STRIP;
        }
        let most = ((whole.width() - LEAST_CENTRE) / 2.0).max(LEAST_SIDE);
        dragged.filter(|width| width.is_finite()).unwrap_or(usual).clamp(LEAST_SIDE, most)
    };
    let usual_left = (whole.width() * 0.2315).clamp(244.0, 320.0);
    let usual_right = (whole.width() * 0.243).clamp(LEAST_SIDE, 360.0);
    let left = middle.with_max_x(middle.left() + width(sides.workload, widths.workload, usual_left));
    let right = middle.with_min_x(middle.right() - width(sides.machines, widths.machines, usual_right));
    let centre = Rect::from_min_max(
        pos2(left.right(), middle.top()),
        pos2(right.left().max(left.right()), middle.bottom()),
    );
    let (left, right) = (sides.workload.then_some(left), sides.machines.then_some(right));
    Regions { top, tabs: several.then_some(tabs), left, centre, right, hint: hinted.then_some(hint), bottom }
}

/// Paints the surfaces and the hairlines between them.
pub(crate) fn paint(ui: &Ui, look: &Tokens, regions: &Regions) {
    let painter = ui.painter();
    let middle = ui.max_rect().with_min_y(regions.top.bottom()).with_max_y(regions.centre.bottom());
    painter.rect_filled(middle, 0.0, look.surface);
    painter.rect_filled(regions.centre, 0.0, look.canvas);
    for side in [Some(regions.top), regions.tabs, Some(regions.bottom)].into_iter().flatten() {
        painter.rect_filled(side, 0.0, look.surface);
    }
    let line = Stroke::new(1.0, look.line);
    painter.hline(regions.top.x_range(), regions.top.bottom() - 0.5, line);
    if let Some(tabs) = regions.tabs {
        painter.hline(tabs.x_range(), tabs.bottom() - 0.5, line);
    }
    painter.hline(regions.bottom.x_range(), regions.bottom.top() + 0.5, line);
    if let Some(hint) = regions.hint {
        painter.rect_filled(hint, 0.0, look.accent.gamma_multiply(0.12));
    }
    painter.vline(regions.centre.left() - 0.5, regions.centre.y_range(), line);
    painter.vline(regions.centre.right() + 0.5, regions.centre.y_range(), line);
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

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Sides = Sides { workload: true, machines: true };

    fn window(width: f32) -> Rect {
        Rect::from_min_size(pos2(0.0, 0.0), vec2(width, 600.0))
    }

    #[test]
    fn a_side_is_as_wide_as_it_was_dragged_and_leaves_room_for_the_centre() {
        let widths = Widths { workload: Some(300.0), machines: Some(5000.0) };
        let wide = regions(window(1280.0), BOTH, widths, (true, false));
        assert_eq!(wide.left.map(|left| left.width()), Some(300.0));
        assert!(wide.centre.width() >= LEAST_CENTRE, "{:?}", wide.centre);
        let odd = Widths { workload: Some(f32::NAN), machines: Some(-3.0) };
        let small = regions(window(900.0), BOTH, odd, (false, true));
        assert_eq!(
            small.right.map(|right| right.width()),
            Some(LEAST_SIDE),
            "no narrower than it can be read"
        );
        assert_eq!(small.left.map(|left| left.width()), Some(244.0), "what is no width is none");
    }

    #[test]
    fn a_hidden_side_leaves_a_strip() {
        let none = regions(
            window(900.0),
            Sides { workload: false, machines: false },
            Widths::default(),
            (false, false),
        );
        assert!(none.left.is_none() && none.right.is_none());
        assert!((none.centre.width() - (900.0 - 2.0 * STRIP)).abs() < 1e-3, "{:?}", none.centre);
    }
}
