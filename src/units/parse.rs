//! Sizes and counts as people type them: `8k`, `1.5M`, `24GiB`.

use thiserror::Error;

use super::{Bytes, quoted, whole};

/// Text that is no size or count.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ParseQuantityError {
    /// It does not start with a number.
    #[error("`{text}` is not a number; write for example {example}")]
    NotANumber {
        /// What was typed.
        text: String,
        /// What would be right.
        example: &'static str,
    },
    /// A separator that does not stand before exactly three digits could as well be a decimal comma.
    #[error(
        "`{text}` can be read in two ways; a comma stands only before exactly three digits, as in 1,500: write {right}"
    )]
    Separator {
        /// What was typed.
        text: String,
        /// What was probably meant, written so that it has one reading.
        right: String,
    },
    /// The unit is unknown here.
    #[error("unknown unit `{unit}` in `{text}`; known are {known}")]
    UnknownUnit {
        /// What was typed.
        text: String,
        /// The part after the number.
        unit: String,
        /// The units that are known.
        known: &'static str,
    },
    /// It is below zero, infinite or not a number.
    #[error("`{text}` is out of range; it must be 0 or more and finite")]
    OutOfRange {
        /// What was typed.
        text: String,
    },
}

/// A count such as nodes, edges or examples: `8192`, `8,192`, `10k` (10,000), `1.5M`, `13B`.
///
/// # Errors
/// When the text is no number, has an unknown suffix, or is negative.
pub fn parse_count(text: &str) -> Result<u64, ParseQuantityError> {
    scaled(text, 1e3, "k (1,000), M (10⁶), B or G (10⁹), T (10¹²)")
}

/// A number of tokens, where the field says `8k` for 8,192; the other suffixes are decimal.
///
/// # Errors
/// When the text is no number, has an unknown suffix, or is negative.
pub fn parse_tokens(text: &str) -> Result<u64, ParseQuantityError> {
    scaled(text, 1024.0, "k (1,024), M (10⁶), B or G (10⁹), T (10¹²)")
}

/// A count whose suffix `k` stands for `kilo`.
fn scaled(text: &str, kilo: f64, known: &'static str) -> Result<u64, ParseQuantityError> {
    let (number, unit) = split(text, "8192, 8k or 1.5M")?;
    let factor = match unit {
        "" => 1.0,
        "k" | "K" => kilo,
        "m" | "M" => 1e6,
        "b" | "B" | "g" | "G" => 1e9,
        "t" | "T" => 1e12,
        _ => {
            return Err(ParseQuantityError::UnknownUnit { text: quoted(text), unit: quoted(unit), known });
        }
    };
    Ok(whole(number * factor))
}

/// A size of memory or of a file: `24GiB`, `614 MB`, `1000` (bytes).
///
/// # Errors
/// When the text is no number, has an unknown unit, or is negative.
pub fn parse_bytes(text: &str) -> Result<Bytes, ParseQuantityError> {
    let (number, unit) = split(text, "24GiB")?;
    let factor = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        "tib" => 1_099_511_627_776.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        _ => {
            return Err(ParseQuantityError::UnknownUnit {
                text: quoted(text),
                unit: quoted(unit),
                known: "B, KiB, MiB, GiB, TiB, kB, MB, GB, TB",
            });
        }
    };
    Ok(Bytes::new(number * factor))
}

/// A plain number, as a price or a share is typed: `0.18`, `1,999`; a dollar sign before it and a percent sign after it
/// are passed over.
///
/// # Errors
/// When the text is no number, could be read in two ways, or is negative.
pub fn parse_number(text: &str) -> Result<f64, ParseQuantityError> {
    let plain = text.trim().trim_start_matches('$').trim_end_matches('%');
    match split(plain, "0.18 or 1,999")? {
        (number, "") => Ok(number),
        (_, unit) => Err(ParseQuantityError::UnknownUnit {
            text: quoted(text),
            unit: quoted(unit),
            known: "none, a number alone",
        }),
    }
}

/// Signs that may stand between groups of three digits.
const SEPARATORS: [char; 3] = [',', '_', '\u{202f}'];

/// The number at the start, without thousands separators, and the trimmed rest.
fn split<'a>(text: &'a str, example: &'static str) -> Result<(f64, &'a str), ParseQuantityError> {
    let trimmed = text.trim();
    let end = trimmed
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+') || SEPARATORS.contains(&c)))
        .unwrap_or(trimmed.len());
    let (digits, unit) = trimmed.split_at(end);
    if !is_grouped(digits) {
        let right = one_reading(digits) + unit;
        return Err(ParseQuantityError::Separator { text: quoted(text), right });
    }
    let number: f64 =
        digits.replace(SEPARATORS, "").parse().map_err(|_ignored: std::num::ParseFloatError| {
            ParseQuantityError::NotANumber { text: quoted(text), example }
        })?;
    if !number.is_finite() || number < 0.0 {
        return Err(ParseQuantityError::OutOfRange { text: quoted(text) });
    }
    Ok((number, unit.trim()))
}

/// Whether separators, all alike, stand before exactly three digits each, and none after the decimal point.
/// Elsewhere a comma could be a decimal comma: `1,5` is one and a half to half of the world.
fn is_grouped(digits: &str) -> bool {
    let Some(separator) = digits.chars().find(|c| SEPARATORS.contains(c)) else { return true };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut groups = whole.trim_start_matches(['-', '+']).split(separator);
    let of_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len())
        && of_digits(first)
        && groups.all(|group| group.len() == 3 && of_digits(group))
        && !fraction.contains(SEPARATORS)
}

/// The number as it was probably meant: the last separator as the decimal point where it is the only one of its
/// kind, else no separators at all.
fn one_reading(digits: &str) -> String {
    let last = digits.rfind(SEPARATORS).unwrap_or_default();
    let (head, tail) = digits.split_at(last);
    let tail = tail.trim_start_matches(SEPARATORS);
    let separators = [',', '_', '\u{202f}', '.'];
    if head.contains(SEPARATORS) || tail.is_empty() || tail.contains('.') {
        digits.replace(SEPARATORS, "")
    } else {
        format!("{}.{tail}", head.replace(separators, ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts() {
        for (text, expected) in [
            ("8192", 8192),
            ("8,192", 8192),
            ("10k", 10_000),
            ("1.5M", 1_500_000),
            (" 13 B ", 13_000_000_000),
        ] {
            assert_eq!(parse_count(text), Ok(expected), "{text}");
        }
        assert_eq!(parse_tokens("8k"), Ok(8192));
        assert_eq!(parse_tokens("128K"), Ok(131_072));
        for text in ["", "k", "-3", "8x", "1e400", "nan", "--", "1.2.3"] {
            assert!(parse_count(text).is_err(), "{text}");
        }
    }

    #[test]
    fn separators_stand_before_three_digits() {
        for (text, expected) in [
            ("1,234", 1_234),
            ("1,234,567", 1_234_567),
            ("12,345.5k", 12_345_500),
            ("123,456M", 123_456_000_000),
            ("1_000_000", 1_000_000),
            ("1\u{202f}000\u{202f}000", 1_000_000),
        ] {
            assert_eq!(parse_count(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_decimal_comma_is_never_read_as_thousands() {
        for (text, right) in [
            ("1,5", "1.5"),
            ("1,5B", "1.5B"),
            ("1,50 M", "1.50 M"),
            ("1.234,5", "1234.5"),
            ("1.234,567", "1234.567"),
            ("1,2345", "1.2345"),
            ("1234,567", "1234.567"),
            ("12,34,567", "1234567"),
            ("1,234,56", "123456"),
            ("1,234_567", "1234567"),
            ("1.5,", "1.5"),
            (",5", ".5"),
            ("1,,000", "1000"),
            ("8,", "8"),
        ] {
            let wrong = ParseQuantityError::Separator { text: text.to_owned(), right: right.to_owned() };
            assert_eq!(parse_count(text), Err(wrong.clone()), "{text}");
            assert_eq!(parse_tokens(text), Err(wrong.clone()), "{text}");
            assert!(parse_bytes(text).is_err(), "{text}");
            assert!(parse_number(text).is_err(), "{text}");
        }
        assert_eq!(parse_number("$1,999"), Ok(1999.0));
        assert_eq!(parse_number("55 %"), Ok(55.0));
        assert!(parse_number("0,18").is_err_and(|error| error.to_string().contains("write 0.18")));
        assert!(parse_number("5 kW").is_err() && parse_number("-3").is_err() && parse_number("").is_err());
    }

    #[test]
    fn sizes() {
        assert_eq!(parse_bytes("24GiB"), Ok(Bytes::gib(24.0)));
        assert_eq!(parse_bytes("24 gb"), Ok(Bytes::new(24e9)));
        // Powers of 1,024 have an i; the others are of 1,000.
        for (text, bytes) in [
            ("7", 7),
            ("7 B", 7),
            ("3KiB", 3 << 10),
            ("3MiB", 3 << 20),
            ("3GiB", 3 << 30),
            ("3TiB", 3 << 40),
            ("3kB", 3_000),
            ("3MB", 3_000_000),
            ("3GB", 3_000_000_000),
            ("3TB", 3_000_000_000_000),
        ] {
            assert_eq!(parse_bytes(text).map(|size| whole(size.get())), Ok(bytes), "{text}");
        }
        assert!(parse_bytes("24 gigs").is_err());
    }
}
