//! Ticks of an axis.

use crate::app::text;
use crate::engine::axis::Axis;
use crate::spec::Scenario;
use crate::units::{is_short_count, show_count};

/// A tick of the axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    /// On the axis.
    pub value: f64,
    /// As it is written.
    pub label: String,
}

/// The steps of a stepped axis.
pub(super) fn steps(least: f64, most: f64) -> impl Iterator<Item = f64> {
    std::iter::successors(Some(least), |step| Some(step + 1.0)).take_while(move |step| *step <= most)
}

/// Ticks that a person would choose.
pub(super) fn ticks(scenario: &Scenario, axis: Axis, (least, most): (f64, f64)) -> Vec<Tick> {
    let tick = |value: f64| Tick { value, label: tick_text(scenario, axis, value) };
    if axis.is_stepped() {
        return steps(least, most).map(tick).collect();
    }
    if !axis.is_log() {
        return even(axis, least, most).map(tick).collect();
    }
    let base: f64 = match axis {
        Axis::NODES | Axis::EDGES | Axis::MODEL_SIZE => 10.0,
        _ => 2.0,
    };
    let first = least.log(base).ceil();
    std::iter::successors(Some(first), |power| Some(power + 1.0))
        .map(|power| base.powf(power).round())
        .take_while(|value| *value <= most * 1.0001)
        .map(tick)
        .collect()
}

/// A value of an axis in a few characters, thousands as `1k` beside `10k`.
pub(super) fn tick_text(scenario: &Scenario, axis: Axis, value: f64) -> String {
    // A power of ten has no figures after its point.
    if axis == Axis::MODEL_SIZE && is_short_count(value) {
        return show_count(value);
    }
    let text = axis.brief(scenario, value);
    let thousands = value / 1000.0;
    if (1.0..10.0).contains(&thousands) && thousands.fract() == 0.0 && text.contains(',') {
        return text::plot_k(&thousands);
    }
    text
}

/// Round values at even distances, about six of them.
fn even(axis: Axis, least: f64, most: f64) -> impl Iterator<Item = f64> {
    let rough = ((most - least) / 6.0).max(1e-9);
    let decade = 10_f64.powf(rough.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].map(|step| step * decade);
    let step = match axis {
        Axis::RESOLUTION => 256.0,
        _ => round.into_iter().find(|step| *step >= rough).unwrap_or(10.0 * decade),
    };
    let step = if axis.is_fractional() { step } else { step.max(1.0) };
    let first = (least / step).ceil() * step;
    std::iter::successors(Some(first), move |value| Some(value + step))
        .take_while(move |value| *value <= most * 1.0001)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::data::tests::asked_of;

    #[test]
    fn a_power_of_ten_has_no_figures_after_its_point() {
        let (state, _) = asked_of("llama-3.1-8b", "rtx-4090-24gb");
        let ticks = ticks(&state.scenario, Axis::MODEL_SIZE, (1e8, 1e12));
        let said: Vec<&str> = ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(said, ["100M", "1B", "10B", "100B", "1T"]);
    }
}
