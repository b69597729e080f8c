//! A figure against the baseline's.

use super::lines::Against;
use crate::units::{Bytes, Dollars, show_dollars, show_figures, show_gib};

/// `7.1 ×`, `+$1,200`, `−3.2 GiB`; nothing where it is not held against anything.
pub(super) fn difference(against: Against, value: f64, baseline: f64) -> Option<String> {
    let signed = |show: &dyn Fn(f64) -> String| {
        let more = value - baseline;
        let shown = show(more.abs());
        let none = shown == show(0.0);
        let sign = if more < 0.0 { "−" } else { "+" };
        if none { "the same".to_owned() } else { format!("{sign}{shown}") }
    };
    match against {
        Against::Nothing => None,
        Against::Ratio if baseline <= 0.0 => None,
        Against::Ratio => Some(format!("{} ×", show_figures(value / baseline))),
        Against::Gib => Some(signed(&|bytes| show_gib(Bytes::new(bytes)))),
        Against::Dollars => Some(signed(&|dollars| show_dollars(Dollars::new(dollars)))),
        Against::Watts => Some(signed(&|watts| format!("{watts:.0} W"))),
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
            (Against::Dollars, 800.0, 2000.0, Some("−$1,200")),
            (Against::Gib, gib(5.0), gib(1.8), Some("+3.2 GiB")),
            (Against::Watts, 90.0, 90.2, Some("the same")),
            (Against::Nothing, 1.0, 2.0, None),
        ] {
            assert_eq!(difference(against, value, baseline).as_deref(), said);
        }
    }
}
