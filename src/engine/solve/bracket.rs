//! The last whole number that still holds, found in few questions.

use crate::units::{count, whole};

/// How far from holding a value is: at most 0 where it holds, and more the further it is beyond.
pub(super) type Gap = f64;

/// The last of `least..=most` whose gap is at most 0, and whether the range ended there; `None` where not even the
/// least holds. The one after it does not hold, whatever the shape of the gap in between.
///
/// Memory grows almost in a line with most settings, so the crossing of a line is tried first; where that does not
/// halve what is left, halving does.
pub(super) fn last_that_holds(
    (least, most): (u64, u64),
    start: u64,
    gap: &mut dyn FnMut(u64) -> Gap,
) -> Option<(u64, bool)> {
    let mut low = (least, gap(least));
    if low.1 > 0.0 {
        return None;
    }
    let mut high = climb(&mut low, most, start, gap)?;
    if high.1 <= 0.0 {
        return Some((most, true));
    }
    let mut halve = false;
    while high.0 - low.0 > 1 {
        let width = high.0 - low.0;
        let tried = if halve { low.0 + width / 2 } else { crossing(low, high) };
        let tried = (tried.clamp(low.0 + 1, high.0 - 1), 0.0);
        let tried = (tried.0, gap(tried.0));
        if tried.1 <= 0.0 {
            low = tried;
        } else {
            high = tried;
        }
        halve = high.0 - low.0 > width / 2;
    }
    Some((low.0, false))
}

/// A value above that does not hold, or the most there is; `low` is raised to the highest known to hold.
fn climb(low: &mut (u64, Gap), most: u64, start: u64, gap: &mut dyn FnMut(u64) -> Gap) -> Option<(u64, Gap)> {
    let mut next = start.clamp(low.0, most);
    for _ in 0..=u64::BITS {
        let here = if next == low.0 { *low } else { (next, gap(next)) };
        if here.1 > 0.0 || next == most {
            return Some(here);
        }
        *low = here;
        next = next.saturating_mul(4).saturating_add(1).min(most);
    }
    None
}

/// Where a line through both crosses 0; halfway where it cannot be told.
fn crossing(low: (u64, Gap), high: (u64, Gap)) -> u64 {
    let width = count(high.0 - low.0);
    let share = -low.1 / (high.1 - low.1);
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.5 };
    low.0.saturating_add(whole((width * share).floor()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solved(most: u64, edge: u64, shape: impl Fn(f64) -> f64) -> (Option<(u64, bool)>, usize) {
        let mut asked = 0;
        let found = last_that_holds((1, most), 1, &mut |value| {
            asked += 1;
            shape(count(value)) - shape(count(edge))
        });
        (found, asked)
    }

    #[test]
    fn the_last_whole_number_is_found_exactly_whatever_the_shape() {
        for edge in [1, 2, 3, 255, 256, 131_071, 999_999_999, 1_000_000_000_000] {
            for (name, shape) in [
                ("line", (|x| x) as fn(f64) -> f64),
                ("square", |x| x * x),
                ("root", f64::sqrt),
                ("steps of 256", |x| (x / 256.0).ceil()),
            ] {
                let (found, asked) = solved(1_000_000_000_000_000, edge, shape);
                let edge = if name == "steps of 256" { edge.div_ceil(256) * 256 } else { edge };
                assert_eq!(found, Some((edge, false)), "{name} to {edge}");
                assert!(asked < 130, "{name} to {edge}: {asked} questions");
            }
        }
    }

    #[test]
    fn a_line_takes_few_questions() {
        let (_, asked) = solved(100_000_000, 131_072, |x| x);
        assert!(asked <= 16, "{asked} questions");
    }

    #[test]
    fn a_line_is_crossed_where_it_is_0_and_halfway_where_nothing_can_be_told() {
        assert_eq!(crossing((10, -1.0), (20, 4.0)), 12, "a fifth of the way");
        assert_eq!(crossing((10, f64::NEG_INFINITY), (20, f64::INFINITY)), 15);
        assert_eq!(crossing((10, 0.0), (20, 0.0)), 15, "level");
    }

    #[test]
    fn the_ends_of_the_range_are_known_as_such() {
        assert_eq!(solved(100, 200, |x| x).0, Some((100, true)), "all hold");
        assert_eq!(solved(100, 0, |x| x).0, None, "none hold");
    }
}
