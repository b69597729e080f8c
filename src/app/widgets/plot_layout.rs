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

/// Room that the longest label at the right takes.
pub(super) fn label_room(ui: &Ui, data: &PlotData) -> f32 {
    let width = |line: &Line| {
        let galley =
            ui.painter().layout_no_wrap(line.label.clone(), fonts::small_strong(), Color32::PLACEHOLDER);
        galley.size().x
    };
    data.lines.iter().map(width).fold(0.0, f32::max) + 26.0
}

/// Heights moved down, then up from the bottom, until each is `gap` from the next.
pub(super) fn apart(wanted: &[f32], gap: f32, bottom: f32) -> Vec<f32> {
    let mut placed: Vec<f32> = Vec::with_capacity(wanted.len());
    for y in wanted {
        let least = placed.last().map_or(f32::NEG_INFINITY, |above| above + gap);
        placed.push(y.max(least));
    }
    let mut most = bottom;
    for y in placed.iter_mut().rev() {
        *y = y.min(most);
        most = *y - gap;
    }
    placed
}

/// A round step for a few lines, about one every 50 points.
pub(super) fn y_step(top: f64, height: f64) -> f64 {
    let rough = top / (height / 55.0).clamp(2.0, 10.0);
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= rough).unwrap_or(10.0);
    step * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_move_apart_and_stay_above_the_bottom() {
        assert_eq!(apart(&[10.0, 12.0, 50.0], 15.0, 60.0), [10.0, 25.0, 50.0]);
        assert_eq!(apart(&[55.0, 58.0], 15.0, 60.0), [45.0, 60.0]);
    }

    #[test]
    fn steps_are_round() {
        assert!((y_step(85.0, 380.0) - 20.0).abs() < 1e-9, "every 20 GiB");
        assert!((y_step(0.9, 380.0) - 0.2).abs() < 1e-9, "every 0.2 GiB");
        for height in [150.0, 260.0, 380.0, 550.0, 900.0] {
            for top in [0.3, 1.7, 12.0, 20.0, 26.0, 107.5, 512.0, 4000.0] {
                let step = y_step(top, height);
                let first = step / 10_f64.powf(step.log10().floor());
                assert!(
                    [1.0, 2.0, 5.0, 10.0].iter().any(|of| (first - of).abs() < 1e-6),
                    "{step} is said as it is"
                );
            }
        }
    }
}
