//! How large a model of the same shape may be: a size is no whole number that is counted up to, but one of three digits.

use crate::units::{count, whole};

/// How far above the first size that does not fit larger ones are looked for: a shape grows by whole layers and heads, and
/// what lies beside its weights falls where it has fewer of either.
const BEYOND: f64 = 1.15;

/// A size of three digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Size {
    power: u32,
    /// From 100 to 999.
    digits: u64,
}

impl Size {
    /// The largest that is no more than a number of parameters.
    fn below(parameters: f64) -> Self {
        let mut digits = whole(parameters).max(100);
        let mut power = 0;
        while digits >= 1000 {
            digits /= 10;
            power += 1;
        }
        Self { power, digits }
    }

    fn next(self) -> Self {
        if self.digits >= 999 {
            Self { power: self.power + 1, digits: 100 }
        } else {
            Self { digits: self.digits + 1, ..self }
        }
    }

    fn value(self) -> u64 {
        self.digits.saturating_mul(10_u64.saturating_pow(self.power))
    }
}

/// The most parameters that hold, of three digits, and whether the range ends there; `None` where not even the least
/// hold.
pub(super) fn most((least, most): (f64, f64), holds: &mut dyn FnMut(u64) -> bool) -> Option<(u64, bool)> {
    let (first, last) = (Size::below(least), Size::below(most));
    if !holds(first.value()) {
        return None;
    }
    if holds(last.value()) {
        return Some((last.value(), true));
    }
    let (mut low, mut high) = (first, last);
    while low.next() < high {
        let middle = Size::below((count(low.value()) * count(high.value())).sqrt()).max(low.next());
        if middle >= high {
            break;
        }
        if holds(middle.value()) { low = middle } else { high = middle }
    }
    let (mut found, mut beyond, mut held) = (low, high.next(), false);
    // The size after the one that is found does not hold, however far it lies.
    while beyond < last && (held || count(beyond.value()) <= count(high.value()) * BEYOND) {
        held = holds(beyond.value());
        found = if held { beyond } else { found };
        beyond = beyond.next();
    }
    Some((found.value(), false))
}

/// The size after one that was found.
pub(super) fn after(parameters: u64) -> u64 {
    Size::below(count(parameters)).next().value()
}

#[cfg(test)]
mod tests {
    use super::{after, most};

    #[test]
    fn a_size_has_three_digits_and_the_last_that_holds_is_found_beyond_a_gap() {
        assert_eq!(most((1e8, 1e12), &mut |size| size <= 34_780_000_000), Some((34_700_000_000, false)));
        // One layer more does not fit, and a wider shape of fewer layers does.
        let gap = |size: u64| size <= 32_000_000_000 || (34_000_000_000..=34_900_000_000).contains(&size);
        assert_eq!(most((1e8, 1e12), &mut |size| gap(size)), Some((34_900_000_000, false)));
        let wide = |size: u64| size <= 32_000_000_000 || (36_000_000_000..=38_500_000_000).contains(&size);
        assert_eq!(most((1e8, 1e12), &mut |size| wide(size)), Some((38_500_000_000, false)), "beyond 15 %");
        assert_eq!(most((1e8, 1e12), &mut |_| true), Some((1_000_000_000_000, true)));
        assert_eq!(most((1e8, 1e12), &mut |_| false), None);
        assert_eq!((after(34_700_000_000), after(99_900_000_000)), (34_800_000_000, 100_000_000_000));
    }
}
