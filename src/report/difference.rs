//! A figure against the baseline's.

use crate::units::{Bytes, Dollars, show_dollars, show_figures, show_gib};

/// How a figure is held against the baseline's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// Not at all.
    Nothing,
    /// As so many times.
    Ratio,
    /// More or less memory.
    Gib,
    /// More or less money.
    Dollars,
    /// More or less power.
    Watts,
}

/// `7.1 ×`, `+$1,200`, `−3.2 GiB`; nothing where both read the same, or it is not held against anything.
pub fn difference(against: Against, value: f64, baseline: f64) -> Option<String> {
    let signed = |show: &dyn Fn(f64) -> String| {
        let sign = if value < baseline { "−" } else { "+" };
        let differs = show(value) != show(baseline);
        differs.then(|| format!("{sign}{}", show((value - baseline).abs())))
    };
    match against {
        Against::Nothing => None,
        Against::Ratio => {
            let ratio = show_figures(value / baseline);
            (baseline > 0.0 && ratio != show_figures(1.0)).then(|| format!("{ratio} ×"))
        }
        Against::Gib => signed(&|bytes| show_gib(Bytes::new(bytes))),
        Against::Dollars => signed(&|dollars| show_dollars(Dollars::new(dollars))),
        Against::Watts => signed(&|watts| format!("{watts:.0} W")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_held_against_the_baseline() {
        let gib = |value: f64| Bytes::gib(value).get();
        for (against, value, baseline, said) in [
            (Against::Ratio, 71.0, 10.0, Some("7.10 ×")),
            (Against::Ratio, 71.0, 0.0, None),
            (Against::Ratio, 71.0, 71.01, None),
            (Against::Dollars, 800.0, 2000.0, Some("−$1,200")),
            (Against::Gib, gib(5.0), gib(1.8), Some("+3.2 GiB")),
            (Against::Gib, gib(17.02), gib(16.98), None),
            (Against::Watts, 90.0, 90.2, None),
            (Against::Nothing, 1.0, 2.0, None),
        ] {
            assert_eq!(difference(against, value, baseline).as_deref(), said);
        }
    }
}
