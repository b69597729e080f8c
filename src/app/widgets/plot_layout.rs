//! Where labels and grid lines of the plot stand.

use eframe::egui::{Color32, Ui};

use super::Scale;
use crate::app::data::plot::{Line, PlotData};
use crate::app::fonts;

/// The scale of a plot's axis.
pub(super) fn scale(data: &PlotData) -> Scale {
    Scale {
        least: data.range.0,
        most: data.range.1,
        log: data.axis.is_log(),
        stepped: data.axis.is_stepped(),
    }
}

/// Room that the longest label at the right takes, of no more than `most`.
pub(super) fn label_room(ui: &Ui, data: &PlotData, most: f32) -> f32 {
    let width = |line: &Line| {
        let galley = ui.painter().layout_no_wrap(line.label(), fonts::small_strong(), Color32::PLACEHOLDER);
        galley.size().x
    };
    (data.lines.iter().map(width).fold(0.0, f32::max) + 38.0).min(most)
}

/// Middles of texts of these heights moved down, then up from the bottom, until none overlaps the next.
pub(super) fn apart(wanted: &[f32], heights: &[f32], bottom: f32) -> Vec<f32> {
    let gap = |above: usize| {
        let height = |at: usize| heights.get(at).copied().unwrap_or_default();
        f32::midpoint(height(above), height(above + 1))
    };
    let mut placed: Vec<f32> = Vec::with_capacity(wanted.len());
    for (at, y) in wanted.iter().enumerate() {
        let least = placed.last().map_or(f32::NEG_INFINITY, |above| above + gap(at - 1));
        placed.push(y.max(least));
    }
    let mut most = bottom;
    for at in (0..placed.len()).rev() {
        if let Some(y) = placed.get_mut(at) {
            *y = y.min(most);
            most = *y - at.checked_sub(1).map_or(0.0, gap);
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_move_apart_and_stay_above_the_bottom() {
        assert_eq!(apart(&[10.0, 12.0, 50.0], &[15.0; 3], 60.0), [10.0, 25.0, 50.0]);
        assert_eq!(apart(&[55.0, 58.0], &[15.0; 2], 60.0), [45.0, 60.0]);
        assert_eq!(apart(&[10.0, 12.0], &[30.0, 15.0], 60.0), [10.0, 32.5], "one of two rows is higher");
    }
}
