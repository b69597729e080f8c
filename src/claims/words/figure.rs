//! Figures in a text: a number or a range with its unit, and whether it is said to be a least or a most.

use super::amount::{Doubt, Number, number};
use super::unit::{Unit, unit};

/// A number or range with its unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The lower end, in the unit that it is held in.
    pub low: f64,
    /// The higher end; the same where one number stands.
    pub high: f64,
    /// How far an end may have been rounded.
    pub half_digit: f64,
    /// Its unit.
    pub unit: Unit,
    /// What is said of it.
    pub relation: Relation,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What has two readings in it.
    pub doubt: Option<Doubt>,
    /// Whether it is said to be rough.
    pub rough: bool,
}

/// What a figure bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It is the value.
    Is,
    /// The value is it or more.
    AtLeast,
    /// The value is it or less.
    AtMost,
}

const AT_LEAST: &[&str] = &[
    "at least",
    "more than",
    "over",
    "above",
    "exceeds",
    "exceed",
    "exceeding",
    "north of",
    ">",
    ">=",
    "minimum of",
    "no less than",
    "upwards of",
    "beyond",
    "mindestens",
    "better than",
    "upward of",
];
const AT_MOST: &[&str] = &[
    "up to",
    "at most",
    "less than",
    "under",
    "below",
    "<",
    "<=",
    "maximum of",
    "no more than",
    "as much as",
    "bis zu",
];
const ROUGH: &[&str] = &[
    "about",
    "around",
    "roughly",
    "approximately",
    "approx",
    "approx.",
    "nearly",
    "almost",
    "circa",
    "ca.",
    "est.",
    "some",
    "ungefähr",
    "rund",
];

/// The figures of a text outside of what is taken by names.
pub fn figures(text: &str, taken: &[(usize, usize)]) -> Vec<Figure> {
    let mut found: Vec<Figure> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let in_name = taken.iter().find(|(start, end)| (*start..*end).contains(&at));
        if let Some((_, end)) = in_name {
            at = (*end).max(at + 1);
            continue;
        }
        let digit = bytes.get(at).is_some_and(u8::is_ascii_digit);
        let in_word = at > 0
            && bytes.get(at - 1).is_some_and(|before| before.is_ascii_alphanumeric() || *before == b'_');
        match figure(text, at).filter(|_| digit && !in_word) {
            Some(figure) => {
                at = figure.end.max(at + 1);
                found.push(figure);
            }
            None if digit => at = number(text, at).map_or(at + 1, |number| number.end.max(at + 1)),
            None => at += 1,
        }
    }
    with_shared_units(text, joined_times(text, found))
}

/// The figure that starts at a byte.
fn figure(text: &str, start: usize) -> Option<Figure> {
    let first = number(text, start)?;
    let money = currency(text, start);
    let second = second(text, &first);
    let last = second.as_ref().map_or(first, |(_, last)| *last);
    let own = unit(text.get(last.end..)?);
    // Of `200 W - 300 W` the first has a unit of its own.
    let (mut kind, factor, taken) = match own {
        Some(found) => found,
        None if money.is_some() => (Unit::None, 1.0, 0),
        None => (Unit::None, 1.0, 0),
    };
    let mut end = last.end + taken;
    if let Some(currency) = money {
        let (per, more) = per_what(text.get(last.end..)?);
        kind = if currency == Unit::Euros { Unit::Euros } else { per.unwrap_or(currency) };
        end = last.end + more;
    } else if kind == Unit::Dollars {
        let (per, more) = per_what(text.get(end..)?);
        kind = per.unwrap_or(kind);
        end += more;
    }
    let factor = if money.is_some() { 1.0 } else { factor };
    let (mut low, mut high) = (first.value.min(last.value), first.value.max(last.value));
    // `30-35K` and `1-2K` leave the letter to the last.
    if second.is_some() && last.suffixed && !first.suffixed && first.value < last.value / 100.0 {
        (low, high) = (first.value * 1e3, last.value);
    }
    let before = before(text, start, money.is_some());
    let plus = text.get(last.end..).is_some_and(|rest| rest.starts_with('+'))
        || text.get(end..).is_some_and(|rest| rest.starts_with('+'));
    let relation = if plus || said(&before, AT_LEAST) {
        Relation::AtLeast
    } else if said(&before, AT_MOST) {
        Relation::AtMost
    } else {
        Relation::Is
    };
    let relation = if second.is_some() { Relation::Is } else { relation };
    Some(Figure {
        low: low * factor,
        high: high * factor,
        half_digit: first.half_digit.max(last.half_digit) * factor,
        unit: kind,
        relation,
        start: if money.is_some() { start.saturating_sub(1) } else { start },
        end,
        doubt: first.doubt.or(last.doubt),
        rough: before.trim_end_matches([' ', '$', '(']).ends_with('~') || said(&before, ROUGH),
    })
}

/// The second number of a range, with where it starts.
fn second(text: &str, first: &Number) -> Option<(usize, Number)> {
    let rest = text.get(first.end..)?;
    let joins = ["-", " - ", " to ", " bis ", "...", "~", "–"];
    let join = joins.iter().find(|join| rest.starts_with(*join)).copied();
    let (join_len, start) = match join {
        Some(join) => (join.len(), first.end + join.len()),
        None => {
            // `16K tokens to 32K tokens`, `200 W - 300 W`: the same unit behind both.
            let (_, _, taken) = unit(rest)?;
            let after = rest.get(taken..)?;
            let join = joins.iter().find(|join| after.starts_with(*join) && **join != "~")?;
            (taken + join.len(), first.end + taken + join.len())
        }
    };
    let sign = usize::from(text.get(start..).is_some_and(|rest| rest.starts_with(['$', '~'])));
    let second = number(text, start + sign)?;
    // `4-bit`, `8-7`: a range grows; and what follows a slash of units is no range.
    let suffix = if second.suffixed && !first.suffixed { 1e3 } else { 1.0 };
    let grows = second.value >= first.value * if join_len > 0 { 1.0 } else { suffix };
    grows.then_some((start, second))
}

/// The currency before a number.
fn currency(text: &str, start: usize) -> Option<Unit> {
    let before = text.get(..start)?.trim_end_matches(['~', ' ']);
    match before.chars().next_back() {
        Some('$') => Some(Unit::Dollars),
        Some('€') => Some(Unit::Euros),
        _ => None,
    }
}

/// What a price is for, and the bytes of that: `/hr`, `per month`, `/kWh`.
fn per_what(rest: &str) -> (Option<Unit>, usize) {
    let window: String = rest.chars().take(24).collect::<String>().to_ascii_lowercase();
    let words: &[(&str, Unit)] = &[
        ("/kwh", Unit::DollarsPerKilowattHour),
        (" per kwh", Unit::DollarsPerKilowattHour),
        (" a kwh", Unit::DollarsPerKilowattHour),
        (" per kilowatt-hour", Unit::DollarsPerKilowattHour),
        (" a kilowatt-hour", Unit::DollarsPerKilowattHour),
        ("/hour", Unit::DollarsPerHour),
        ("/hr", Unit::DollarsPerHour),
        ("/h", Unit::DollarsPerHour),
        (" per hour", Unit::DollarsPerHour),
        (" an hour", Unit::DollarsPerHour),
        (" hourly", Unit::DollarsPerHour),
        ("/month", Unit::DollarsPerMonth),
        ("/mo", Unit::DollarsPerMonth),
        (" per month", Unit::DollarsPerMonth),
        (" a month", Unit::DollarsPerMonth),
        (" per million", Unit::DollarsPerMillionTokens),
        ("/m tok", Unit::DollarsPerMillionTokens),
        ("/1m", Unit::DollarsPerMillionTokens),
        (" per 1m", Unit::DollarsPerMillionTokens),
    ];
    let found = words.iter().find(|(word, _)| window.starts_with(word));
    found.map_or((None, 0), |(word, unit)| (Some(*unit), word.len()))
}

/// What stands in the few words before a number, in lower case.
fn before(text: &str, start: usize, money: bool) -> String {
    let start = if money { start.saturating_sub(1) } else { start };
    let head = text.get(..start).unwrap_or_default();
    let tail: Vec<char> = head.chars().rev().take(24).collect();
    tail.into_iter().rev().collect::<String>().to_lowercase()
}

/// Whether the words before a number end in one of these, with at most one more word between.
fn said(before: &str, words: &[&str]) -> bool {
    let before = before.trim_end_matches([' ', '$', '(', '~']);
    let rest = |skip: usize| {
        let mut parts: Vec<&str> = before.split_whitespace().collect();
        parts.truncate(parts.len().saturating_sub(skip));
        parts.join(" ")
    };
    [0, 1].iter().any(|skip| {
        let phrase = rest(*skip);
        words.iter().any(|word| {
            phrase.ends_with(word)
                && (!word.starts_with(|sign: char| sign.is_alphabetic())
                    || phrase.len() == word.len()
                    || phrase
                        .get(..phrase.len() - word.len())
                        .is_some_and(|head| !head.ends_with(char::is_alphanumeric)))
        })
    })
}

/// `3 hours 40 minutes` and `3h40` as one time.
fn joined_times(text: &str, figures: Vec<Figure>) -> Vec<Figure> {
    let mut joined: Vec<Figure> = Vec::new();
    for figure in figures {
        let between = joined.last().and_then(|last| text.get(last.end..figure.start)).map(str::trim);
        match joined.last_mut() {
            Some(last)
                if last.unit == Unit::Hours
                    && figure.unit == Unit::Seconds
                    && matches!(between, Some("" | "and" | ",")) =>
            {
                last.low += figure.low / 3600.0;
                last.high += figure.high / 3600.0;
                last.half_digit = figure.half_digit / 3600.0;
                last.end = figure.end;
            }
            _ => joined.push(figure),
        }
    }
    joined
}

/// `76 and 142 tok/s`: a number without a unit in a list has the unit of the next.
fn with_shared_units(text: &str, mut figures: Vec<Figure>) -> Vec<Figure> {
    for at in (1..figures.len()).rev() {
        let Some((last, next)) = figures.get(at - 1).zip(figures.get(at)) else { continue };
        let between = text.get(last.end..next.start).map_or("", str::trim);
        if last.unit == Unit::None
            && next.unit != Unit::None
            && [",", "and", "or", "/", "vs", "vs.", "&", "against"].contains(&between)
        {
            let unit = next.unit;
            if let Some(figure) = figures.get_mut(at - 1) {
                figure.unit = unit;
            }
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_their_units() {
        let read = |text: &str| -> Vec<(f64, f64, Unit)> {
            figures(text, &[]).iter().map(|figure| (figure.low, figure.high, figure.unit)).collect()
        };
        assert_eq!(read("at 30-35 tok/s"), [(30.0, 35.0, Unit::TokensPerSecond)]);
        assert_eq!(read("$2,500-3,500"), [(2500.0, 3500.0, Unit::Dollars)]);
        assert_eq!(read("2 to 5 tokens per second"), [(2.0, 5.0, Unit::TokensPerSecond)]);
        assert_eq!(read("$2.50-4.00/hr"), [(2.5, 4.0, Unit::DollarsPerHour)]);
        assert_eq!(read("76 and 142 tok/s").len(), 2);
        assert_eq!(read("12,5 tok/s"), [(12.5, 12.5, Unit::TokensPerSecond)]);
        assert_eq!(read("8 hours daily, $0.18/kWh, five years").len(), 2);
        let [time] = figures("3 hours 40 minutes", &[]).try_into().expect("one time");
        assert!((time.low - 3.666_666).abs() < 1e-3, "{time:?}");
    }

    #[test]
    fn what_is_said_of_a_figure_is_kept() {
        let relation = |text: &str| figures(text, &[]).first().map(|figure| (figure.relation, figure.rough));
        assert_eq!(relation("up to 614 GB/s"), Some((Relation::AtMost, false)));
        assert_eq!(relation("~42 GB"), Some((Relation::Is, true)));
        assert_eq!(relation("300W+"), Some((Relation::AtLeast, false)));
        assert_eq!(relation("over 400 watts"), Some((Relation::AtLeast, false)));
    }
}
