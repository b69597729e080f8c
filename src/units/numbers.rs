//! How numbers are written: which sign stands before the fraction and which between groups of three digits.

use super::Display;

/// Signs of a written number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Before the fraction.
    pub decimal: char,
    /// Between groups of three digits.
    pub group: char,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { decimal: '.', group: ',' }
    }
}

/// A space that no line is broken at.
const SPACE: char = '\u{a0}';

impl Numbers {
    /// The ways that are offered: `1,234.5`, `1.234,5`, `1 234,5`, `1 234.5`, `1’234.5`.
    pub const KNOWN: [Self; 5] = [
        Self { decimal: '.', group: ',' },
        Self { decimal: ',', group: '.' },
        Self { decimal: ',', group: SPACE },
        Self { decimal: '.', group: SPACE },
        Self { decimal: '.', group: '’' },
    ];

    /// A number written so, by which a person knows the way: `1.234,5`.
    pub fn sample(self) -> String {
        self.written("1,234.5")
    }

    /// A number of the form `1,234.5`, with its unit, written so.
    fn written(self, number: &str) -> String {
        let sign = |sign: char| match sign {
            '.' => self.decimal,
            ',' => self.group,
            other => other,
        };
        number.chars().map(sign).collect()
    }

    /// What a person typed who writes numbers so, in the form that is read everywhere: `1.234,5 GB` becomes `1234.5 GB`.
    /// A sign that does not stand before three digits each time is no separator: `9.5` is nine and a half for everybody.
    pub fn read(self, typed: &str) -> String {
        let is_number =
            |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’' | ' ' | SPACE | '\u{202f}');
        let start = typed.find(|c: char| c.is_ascii_digit()).unwrap_or(typed.len());
        let (before, rest) = typed.split_at(start);
        let end = rest.find(|c| !is_number(c)).unwrap_or(rest.len());
        let end = rest.get(..end).map_or(0, |number| number.trim_end_matches([' ', SPACE]).len());
        let (number, after) = rest.split_at(end);
        // Words with a number in them are words.
        if self == Self::default() || before.chars().any(char::is_alphanumeric) {
            return typed.to_owned();
        }
        let (whole, fraction) = match number.split_once(self.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (number, None),
        };
        // A list is none.
        if fraction.is_some_and(|fraction| !fraction.bytes().all(|byte| byte.is_ascii_digit())) {
            return typed.to_owned();
        }
        let groups: Vec<&str> = whole.split(|c| self.separates(c)).collect();
        let of_three = |group: &&str| group.len() == 3;
        let first = groups.first().is_some_and(|first| (1..=3).contains(&first.len()));
        if groups.len() > 1 && !(first && groups.iter().skip(1).all(of_three)) {
            return typed.to_owned();
        }
        let fraction = fraction.map_or_else(String::new, |fraction| format!(".{fraction}"));
        format!("{before}{}{fraction}{after}", groups.concat())
    }

    /// Whether a sign is typed between groups: the one that is written, or what keyboards have for it.
    fn separates(self, sign: char) -> bool {
        match self.group {
            SPACE => matches!(sign, ' ' | SPACE | '\u{202f}'),
            '’' => matches!(sign, '’' | '\''),
            group => sign == group,
        }
    }
}

/// A number of the form `1,234.5`, with its unit, as it is written on this thread.
pub(super) fn written(number: String) -> String {
    let numbers = Display::chosen().numbers;
    if numbers == Numbers::default() { number } else { numbers.written(&number) }
}

/// A number with separators between groups of three digits before its point: `-37,141.9`.
pub(super) fn in_groups(number: &str) -> String {
    let (whole, fraction) = number.split_at(number.find('.').unwrap_or(number.len()));
    let digits = whole.trim_start_matches(['-', '+']).len();
    let signs = whole.len() - digits;
    let mut shown = String::with_capacity(number.len() + digits / 3);
    for (index, sign) in whole.chars().enumerate() {
        if index > signs && (whole.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(sign);
    }
    shown + fraction
}

/// A number with so many decimals, as numbers are written on this thread.
pub fn show_decimals(value: f64, decimals: usize) -> String {
    written(in_groups(&format!("{value:.decimals$}")))
}

/// A difference with its sign and so many decimals, as numbers are written on this thread.
pub fn show_signed(value: f64, decimals: usize) -> String {
    written(in_groups(&format!("{value:+.decimals$}")))
}

/// A number with as many decimals as it has, as numbers are written on this thread.
pub fn show_plain(value: f64) -> String {
    written(value.to_string())
}

/// What was typed into a field, in the form that is read everywhere.
pub fn read_number(typed: &str) -> String {
    Display::chosen().numbers.read(typed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{Bytes, Dollars, show_count, show_dollars, show_figures, show_gib, show_grouped};

    const GERMAN: Numbers = Numbers { decimal: ',', group: '.' };
    const FRENCH: Numbers = Numbers { decimal: ',', group: SPACE };

    #[test]
    fn numbers_are_written_as_chosen() {
        let display = Display { numbers: GERMAN, ..Display::default() };
        let shown = display.while_chosen(|| {
            [
                show_gib(Bytes::gib(1234.5)),
                show_grouped(1_234_567),
                show_figures(0.25),
                show_count(1_500_000.0),
                show_dollars(Dollars::new(1999.0)),
                show_decimals(-4.25, 1),
                show_signed(4.75, 1),
                show_plain(0.18),
            ]
        });
        assert_eq!(shown, ["1.234,5 GiB", "1.234.567", "0,25", "1,5M", "$1.999", "-4,2", "+4,8", "0,18"]);
        assert_eq!(show_figures(0.25), "0.25", "the choice is taken back");
        let samples = Numbers::KNOWN.map(Numbers::sample);
        assert_eq!(samples[..2], ["1,234.5", "1.234,5"]);
    }

    #[test]
    fn the_whole_part_is_in_groups_of_three() {
        assert_eq!(show_decimals(37_141.94, 1), "37,141.9");
        assert_eq!(show_decimals(-1_234_567.0, 0), "-1,234,567");
        assert_eq!(show_signed(4174.3, 0), "+4,174");
        assert_eq!(show_signed(-123.46, 1), "-123.5");
        assert_eq!(show_decimals(999.0, 2), "999.00");
        assert_eq!(show_decimals(f64::INFINITY, 1), "inf");
    }

    #[test]
    fn what_is_written_is_read_again() {
        for numbers in Numbers::KNOWN {
            for number in ["1,234,567", "0.25", "8,192", "12.5", "1,999.95", "512"] {
                let read = numbers.read(&numbers.written(number));
                assert_eq!(read.replace(',', ""), number.replace(',', ""), "{numbers:?}");
            }
        }
    }

    #[test]
    fn a_sign_that_separates_nothing_is_read_as_everywhere() {
        for (numbers, typed, read) in [
            (GERMAN, "8.192", "8192"),
            (GERMAN, "1,5M", "1.5M"),
            (GERMAN, "9.5", "9.5"),
            (GERMAN, "1.5B", "1.5B"),
            (GERMAN, "1.234,5 GB", "1234.5 GB"),
            (GERMAN, "€1.999", "€1999"),
            (GERMAN, "q4_k_m", "q4_k_m"),
            (GERMAN, "M5 Max 1.234", "M5 Max 1.234"),
            (FRENCH, "8 192", "8192"),
            (FRENCH, "32 GiB", "32 GiB"),
            (FRENCH, "15, 10", "15, 10"),
            (GERMAN, "15, 10", "15, 10"),
            (Numbers::default(), "8,192", "8,192"),
            (GERMAN, "", ""),
        ] {
            assert_eq!(numbers.read(typed), read, "{typed}");
        }
    }
}
