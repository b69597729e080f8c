//! Where an axis of a chart has its marks: at 1, 2 and 5 times a power of ten.

use crate::app::text;

/// The least step of 1, 2 or 5 times a power of ten that is no less than `least`.
pub(crate) fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.max(1e-12).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().find(|step| step * power >= least * (1.0 - 1e-9));
    step.unwrap_or(10.0) * power
}

/// Marks from `low` to `high`, about `count` of them and at least one; on a log axis at decades, and between them where
/// there is room.
pub(crate) fn marks((low, high): (f64, f64), log: bool, count: f64) -> Vec<f64> {
    if !low.is_finite() || !high.is_finite() || low >= high {
        return Vec::new();
    }
    // A chart squeezed to nothing asks for fewer than none, and steps of less than nothing never end.
    let count = count.max(1.0);
    if log && low > 0.0 {
        let decades = (high / low).log10();
        // Within less than a decade, even steps are as round.
        if decades > 0.7 {
            let between: &[f64] = if decades > count * 0.6 { &[1.0] } else { &[1.0, 2.0, 5.0] };
            let every = if decades > count { (decades / count).ceil() } else { 1.0 };
            let first = low.log10().floor();
            let powers = std::iter::successors(Some(first), |power| Some(power + every));
            let powers = powers.take_while(|power| 10_f64.powf(*power) <= high);
            let all = powers.flat_map(|power| between.iter().map(move |of| of * 10_f64.powf(power)));
            return all.filter(|value| (low..=high).contains(value)).collect();
        }
    }
    let step = round_step((high - low) / count);
    let first = (low / step - 1e-9).ceil() * step;
    std::iter::successors(Some(first), |value| Some(value + step))
        .take_while(|value| *value <= high + step * 1e-9)
        .take(100)
        // Sums of steps are not exact: -0 and 0.30000000000000004 are neither.
        .map(|value| (value / step).round() * step + 0.0)
        .collect()
}

/// Times that are round: seconds, minutes and hours up to a day.
const ROUND_TIMES: [f64; 17] = [
    1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0,
    21_600.0, 43_200.0,
];
const DAY: f64 = 86_400.0;

/// Marks of an axis of times, in seconds: at round seconds, minutes, hours or days.
pub(crate) fn time_marks((low, high): (f64, f64), log: bool, count: f64) -> Vec<f64> {
    if !low.is_finite() || !high.is_finite() || low >= high {
        return Vec::new();
    }
    let count = count.max(1.0);
    if log && low > 0.0 && high > 5.0 * low {
        let below = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].into_iter();
        let days = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3].map(|days| days * DAY);
        let all: Vec<f64> =
            below.chain(ROUND_TIMES).chain(days).filter(|time| (low..=high).contains(time)).collect();
        let every = (crate::units::count(all.len() as u64) / count).ceil().max(1.0);
        let every = usize::try_from(crate::units::whole(every)).unwrap_or(1);
        let marks: Vec<f64> = all.into_iter().step_by(every).collect();
        // What is shorter or longer than all of these has decades.
        return if marks.len() > 1 { marks } else { self::marks((low, high), log, count) };
    }
    let least = (high - low) / count;
    let step = match ROUND_TIMES.into_iter().find(|step| *step >= least * (1.0 - 1e-9)) {
        Some(step) if least > 0.5 => step,
        Some(_) => round_step(least),
        None => round_step(least / DAY).max(1.0) * DAY,
    };
    let first = (low / step - 1e-9).ceil();
    std::iter::successors(Some(first), |at| Some(at + 1.0))
        .map(|at| at * step + 0.0)
        .take_while(|value| *value <= high + step * 1e-9)
        .take(100)
        .collect()
}

/// A round time as it is read: `30 s`, `15 min`, `1.5 h`, `2 days`.
pub(crate) fn time_text(seconds: f64) -> String {
    let (length, unit) = match seconds {
        s if s < 59.5 => (1.0, text::axis_marks_s()),
        s if s < 3_570.0 => (60.0, text::axis_marks_min()),
        s if s < DAY - 1.0 => (3_600.0, text::axis_marks_h()),
        _ => (DAY, if seconds < 1.5 * DAY { text::axis_marks_day() } else { text::axis_marks_days() }),
    };
    format!("{} {unit}", mark_text(seconds / length))
}

/// A mark as it is read: `0.5`, `20`, `1,500`.
pub(crate) fn mark_text(value: f64) -> String {
    use crate::units::{show_grouped, show_plain, whole};
    if value.abs() >= 1000.0 {
        return show_grouped(whole(value.abs().round()));
    }
    // Zero has no sign.
    show_plain((value * 1e3).round() / 1e3 + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_at_every_size() {
        for height in [3.0, 4.0, 6.0, 9.0, 20.0] {
            for top in [0.3, 1.7, 22.0, 85.0, 512.0, 40_000.0] {
                let marks = marks((0.0, top), false, height);
                assert!(marks.len() >= 2, "{top} over {height}: {marks:?}");
                let step = marks[1] - marks[0];
                let first = step / 10_f64.powf((step.log10() + 1e-9).floor());
                assert!([1.0, 2.0, 5.0].iter().any(|of| (first - of).abs() < 1e-6), "{step} of {top}");
                for mark in marks {
                    let read: f64 = mark_text(mark).replace(',', "").parse().expect("a number");
                    assert!((read - mark).abs() <= mark.abs() * 1e-6 + 5e-4, "{mark} is read as {read}");
                }
            }
        }
    }

    #[test]
    fn times_have_round_marks_that_are_read_as_they_stand() {
        for (top, count, expected) in [
            (500.0, 5.0, ["0 s", "2 min", "4 min", "6 min", "8 min"].as_slice()),
            (2_000.0, 4.0, &["0 s", "10 min", "20 min", "30 min"]),
            (4_000.0, 5.0, &["0 s", "15 min", "30 min", "45 min", "1 h"]),
            (12.0, 3.0, &["0 s", "5 s", "10 s"]),
            (3.0 * DAY, 3.0, &["0 s", "1 day", "2 days", "3 days"]),
        ] {
            let read: Vec<String> = time_marks((0.0, top), false, count).into_iter().map(time_text).collect();
            assert_eq!(read, expected, "{top} over {count}");
        }
        let log: Vec<String> = time_marks((20.0, 4_000.0), true, 9.0).into_iter().map(time_text).collect();
        assert_eq!(log, ["30 s", "1 min", "2 min", "5 min", "10 min", "15 min", "30 min", "1 h"]);
        for (low, high) in [(0.001, 0.004), (1e-5, 2e-4), (1e9, 1e12), (3.0, 3.0)] {
            for log in [false, true] {
                let found = time_marks((low, high), log, 4.0);
                assert!(found.len() < 30 && (low >= high || !found.is_empty()), "{low} to {high}: {found:?}");
            }
        }
    }

    #[test]
    fn a_log_axis_has_decades() {
        assert_eq!(marks((0.7, 300.0), true, 5.0), [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0]);
        assert_eq!(marks((0.7, 3e6), true, 7.0), [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6]);
        assert_eq!(marks((40.0, 70.0), true, 4.0), [40.0, 50.0, 60.0, 70.0]);
        assert!(marks((5.0, 5.0), true, 4.0).is_empty());
    }

    #[test]
    fn a_chart_without_room_has_marks_too_and_few() {
        for count in [f64::NAN, -3.0, -0.2, 0.0, 0.3] {
            for log in [false, true] {
                let found = marks((0.7, 3e6), log, count);
                assert!(found.len() < 4, "{count}, {log}: {found:?}");
            }
        }
    }
}
