//! Numbers as people write them: `1,008`, `12,5`, `30-35`, `$30K+`, `1.2`.

/// A number as it stands in a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: f64,
    /// Half of what its last digit stands for: how far it may have been rounded.
    pub half_digit: f64,
    /// Where it ends, in bytes.
    pub end: usize,
    /// How it was written, where that has two readings.
    pub doubt: Option<Doubt>,
    /// Whether a letter for thousand or million stood behind it.
    pub suffixed: bool,
}

/// A number that could be read in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A comma before two digits or fewer was read as a decimal comma.
    DecimalComma,
    /// A comma before three digits was read as parting thousands.
    Thousands,
}

/// Digits of a number that are read.
const LONGEST: usize = 24;

/// The number that starts at a byte of a text; nothing where no digit stands there.
pub fn number(text: &str, start: usize) -> Option<Number> {
    let rest = text.get(start..)?;
    let length = digits(rest);
    let written = rest.get(..length)?;
    if !written.starts_with(|sign: char| sign.is_ascii_digit() || sign == '.')
        || !written.contains(|sign: char| sign.is_ascii_digit())
        || written.len() > LONGEST
    {
        return None;
    }
    let (plain, doubt) = plain(written);
    let value: f64 = plain.parse().ok()?;
    let decimals = plain.split_once('.').map_or(0, |(_, after)| after.len());
    let half_digit = 0.5 * 10_f64.powi(-i32::try_from(decimals).unwrap_or(0));
    // `128,000` and `2000` are rounded to their last digit that is not 0, as far as a reader can tell; but only the
    // last two noughts, so that 1,000 is no licence for 1,400.
    let noughts = plain.chars().rev().take_while(|sign| *sign == '0').count().min(2);
    let half_digit = if decimals == 0 && value > 0.0 && noughts < plain.len() {
        half_digit * 10_f64.powi(i32::try_from(noughts).unwrap_or(0))
    } else {
        half_digit
    };
    let end = start + length;
    let (factor, taken) = suffix(text.get(end..).unwrap_or_default());
    Some(Number {
        value: value * factor,
        half_digit: half_digit * factor,
        end: end + taken,
        doubt,
        suffixed: taken > 0,
    })
}

/// How many bytes of a text are digits and what parts them.
fn digits(text: &str) -> usize {
    let signs: Vec<char> = text.chars().take(LONGEST + 2).collect();
    let is_digit = |at: usize| signs.get(at).is_some_and(char::is_ascii_digit);
    let mut length = 0;
    while length < signs.len()
        && (is_digit(length)
            || (matches!(signs.get(length), Some('.' | ','))
                && is_digit(length + 1)
                && (length > 0 || signs.first() == Some(&'.'))))
    {
        length += 1;
    }
    length
}

/// The number with a point for its decimals and nothing else between its digits.
fn plain(written: &str) -> (String, Option<Doubt>) {
    let commas = written.matches(',').count();
    let points = written.matches('.').count();
    let groups: Vec<&str> = written.split(',').collect();
    let by_thousands = |groups: &[&str]| {
        groups.first().is_some_and(|first| (1..=3).contains(&first.len()))
            && groups.iter().skip(1).all(|group| group.len() == 3)
    };
    match (commas, points) {
        (0, 0 | 1) => (written.to_owned(), None),
        // 1.000.000
        (0, _) if by_thousands(&written.split('.').collect::<Vec<_>>()) => (written.replace('.', ""), None),
        // 1.008,5
        (1, 1..) if written.rfind(',') > written.rfind('.') => {
            (written.replace('.', "").replace(',', "."), Some(Doubt::DecimalComma))
        }
        // 1,008.5
        (1.., 1) => (written.replace(',', ""), None),
        (1, 0) if by_thousands(&groups) && groups.first() != Some(&"0") => {
            (written.replace(',', ""), Some(Doubt::Thousands))
        }
        (1, 0) => (written.replace(',', "."), Some(Doubt::DecimalComma)),
        (2.., 0) if by_thousands(&groups) => (written.replace(',', ""), None),
        // 1,2,3: a list, of which this is the first.
        _ => (groups.first().map_or("", |first| first).to_owned(), None),
    }
}

/// The factor of a letter behind a number, and its bytes: `k` for thousand, `M` for million.
fn suffix(rest: &str) -> (f64, usize) {
    let mut signs = rest.chars();
    let factor = match signs.next() {
        Some('k' | 'K') => 1e3,
        Some('M') => 1e6,
        _ => return (1.0, 0),
    };
    // `80kW`, `5MB` and `3kHz` have units of their own.
    if signs.next().is_some_and(char::is_alphanumeric) { (1.0, 0) } else { (factor, 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> f64 {
        number(text, 0).expect("a number").value
    }

    #[test]
    fn numbers_read_as_they_are_meant() {
        let cases = [
            ("1,008 GB/s", 1008.0),
            ("12,5 tok/s", 12.5),
            ("0,18", 0.18),
            ("1.008,5", 1008.5),
            ("2,039.25", 2039.25),
            ("1.2 TB/s", 1.2),
            ("30K+", 30_000.0),
            ("1,000,000", 1_000_000.0),
            ("1.000.000", 1_000_000.0),
            (".5", 0.5),
            ("78.", 78.0),
            ("412W", 412.0),
            ("5MB", 5.0),
        ];
        for (text, value) in cases {
            assert!((read(text) - value).abs() < 1e-9, "{text}: {}", read(text));
        }
        assert!(number("no digits", 0).is_none());
    }

    #[test]
    fn rounding_is_that_of_the_last_digit() {
        let half = |text: &str| number(text, 0).expect("a number").half_digit;
        assert!((half("1.2") - 0.05).abs() < 1e-12);
        assert!((half("614") - 0.5).abs() < 1e-12);
        assert!((half("70") - 5.0).abs() < 1e-12);
        assert!((half("2000") - 50.0).abs() < 1e-12);
    }
}
