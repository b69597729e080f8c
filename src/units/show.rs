//! Quantities as people read them; the only place that formats them.

use super::numbers::{in_groups, written};
use super::{
    Bytes, Display, Dollars, DollarsPerHour, MemoryUnit, Money, Seconds, parse_count, show_decimals,
    show_plain, whole,
};

/// Memory in GiB, or in the unit that was chosen for it: `9.8 GiB`; what is below a GiB in MiB.
pub fn show_gib(bytes: Bytes) -> String {
    let (large, small, times) = match Display::chosen().memory {
        MemoryUnit::GiB => ("GiB", "MiB", 1024.0),
        MemoryUnit::GB => ("GB", "MB", 1000.0),
    };
    let whole = bytes.as_shown();
    let part = whole * times;
    if bytes.get() == 0.0 {
        format!("0 {large}")
    } else if part.abs() < 9.95 {
        format!("{} {small}", show_decimals(part, 1))
    } else if part.abs() < times - 0.5 {
        format!("{} {small}", show_decimals(part, 0))
    } else {
        format!("{} {large}", show_decimals(whole, 1))
    }
}

/// Memory as it stands before other memory, whose unit is said for both where it is the same: `10.2` of `20.8 GiB`.
pub fn show_before(bytes: Bytes, other: Bytes) -> String {
    let (shown, other) = (show_gib(bytes), show_gib(other));
    let unit = other.rsplit_once(' ').map_or("", |(_, unit)| unit);
    shown.strip_suffix(unit).map_or_else(|| shown.clone(), |figure| figure.trim_end().to_owned())
}

/// A file's size in GB of 10⁹ bytes: `4.92 GB`.
pub fn show_gb(bytes: Bytes) -> String {
    let gb = bytes.as_gb();
    format!("{} GB", show_decimals(gb, if gb >= 100.0 { 0 } else { 2 }))
}

/// A whole number with thousands separators: `131,072`.
pub fn show_grouped(value: u64) -> String {
    written(grouped(value))
}

fn grouped(value: u64) -> String {
    in_groups(&value.to_string())
}

/// An amount with what it is of: `1 step`, `1,200 steps`, `0.5 years`.
pub fn show_many(amount: f64, one: &str) -> String {
    let shown = if amount.fract() == 0.0 { show_grouped(whole(amount)) } else { show_plain(amount) };
    // Exactly one is singular.
    let is_one = (amount - 1.0).abs() < f64::EPSILON;
    format!("{shown} {one}{}", if is_one { "" } else { "s" })
}

/// A count in a few characters for axes: `8K` for 8,192, `1.5M`, `70B`.
pub fn show_count(value: f64) -> String {
    written(short_count(value))
}

/// Whether a count is said exactly in a few characters.
pub fn is_short_count(value: f64) -> bool {
    parse_count(&short_count(value)) == Ok(whole(value))
}

fn short_count(value: f64) -> String {
    let binary = value / 1024.0;
    if (1024.0..1_048_576.0).contains(&value) && binary.fract() == 0.0 {
        return format!("{binary}K");
    }
    let (scaled, suffix) = match value.abs() {
        v if v >= 1e12 => (value / 1e12, "T"),
        v if v >= 1e9 => (value / 1e9, "B"),
        v if v >= 1e6 => (value / 1e6, "M"),
        v if v >= 1e4 => (value / 1e3, "k"),
        _ => return grouped(whole(value)),
    };
    let shown = format!("{scaled:.1}");
    format!("{}{suffix}", shown.strip_suffix(".0").unwrap_or(&shown))
}

/// A rate or a size with three figures: `0.83`, `9.41`, `38.2`, `142`, `1,650`.
pub fn show_figures(value: f64) -> String {
    if !value.is_finite() {
        return "unknown".to_owned();
    }
    match value.abs() {
        0.0 => "0".to_owned(),
        v if v >= 99.95 => show_grouped(whole(value.round())),
        v if v >= 9.995 => show_decimals(value, 1),
        _ => show_decimals(value, 2),
    }
}

/// A number of any size: three figures, and a power of ten where it is small or large.
pub fn show_scientific(value: f64) -> String {
    if value == 0.0 || (0.01..1e6).contains(&value.abs()) {
        return show_figures(value);
    }
    show_power(value, 2)
}

/// A number with a power of ten: `1.25e-7`.
pub fn show_power(value: f64, decimals: usize) -> String {
    written(format!("{value:.decimals$e}"))
}

/// A time as people say it: `120 ms`, `4.2 s`, `3.5 min`, `11 h`, `25 days`.
pub fn show_time(time: Seconds) -> String {
    time_unit(time).map_or_else(
        || "unknown".to_owned(),
        |(length, unit)| format!("{} {unit}", in_unit(time.get() / length)),
    )
}

/// Both ends of a time in the unit of the longer: `0.8 to 1.4 s`; each in its own where the shorter is too short for it.
pub fn show_times(low: Seconds, high: Seconds) -> String {
    match time_unit(high) {
        Some((length, unit)) if low.get() / length >= 0.095 => {
            let (low, high) = (in_unit(low.get() / length), in_unit(high.get() / length));
            if low == high { format!("{high} {unit}") } else { format!("{low} to {high} {unit}") }
        }
        _ => show_between(&show_time(low), &show_time(high)),
    }
}

/// The unit a time is said in, with its seconds.
fn time_unit(time: Seconds) -> Option<(f64, &'static str)> {
    match time.get() {
        s if !s.is_finite() => None,
        s if s < 0.9995 => Some((1e-3, "ms")),
        s if s < 99.5 => Some((1.0, "s")),
        s if s < 5_970.0 => Some((60.0, "min")),
        s if s < 358_200.0 => Some((3600.0, "h")),
        _ => Some((86_400.0, "days")),
    }
}

/// Two figures, whole from ten on, and separators from ten thousand on.
fn in_unit(value: f64) -> String {
    match value {
        v if v < 0.095 => format!("{v:.0}"),
        v if v < 0.995 => show_decimals(v, 2),
        v if v < 9.95 => show_decimals(v, 1),
        v if v < 9_999.5 => format!("{v:.0}"),
        v => show_grouped(whole(v.round())),
    }
}

/// Dollars, or the currency that was chosen: cents below a hundred, whole ones above.
pub fn show_dollars(dollars: Dollars) -> String {
    let Money { sign, per_dollar } = Display::chosen().money;
    let value = dollars.get() * per_dollar;
    match value.abs() {
        0.0 => format!("{sign}0"),
        v if v >= 99.5 => format!("{sign}{}", show_grouped(whole(value.round()))),
        v if v >= 0.095 => format!("{sign}{}", show_decimals(value, 2)),
        _ => format!("{sign}{}", show_decimals(value, 4)),
    }
}

/// A price in whole dollars, or in the currency that was chosen: `$1,999`.
pub fn show_price(dollars: Dollars) -> String {
    let Money { sign, per_dollar } = Display::chosen().money;
    format!("{sign}{}", show_grouped(whole((dollars.get() * per_dollar).round())))
}

/// A rent, without its unit of time: `$0.39`.
pub fn show_rent(rent: DollarsPerHour) -> String {
    let Money { sign, per_dollar } = Display::chosen().money;
    format!("{sign}{}", show_decimals(rent.get() * per_dollar, 2))
}

/// Both ends of a band with one unit between them where they share it: `38 to 45 s`.
pub fn show_between(low: &str, high: &str) -> String {
    if low == high {
        return low.to_owned();
    }
    match (low.rsplit_once(' '), high.rsplit_once(' ')) {
        (Some((figure, unit)), Some((_, same))) if unit == same => format!("{figure} to {high}"),
        _ => format!("{low} to {high}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many_and_a_unit_is_said_once() {
        let said =
            [(1.0, "step"), (1200.0, "step"), (0.5, "year"), (0.0, "hour")].map(|(n, one)| show_many(n, one));
        assert_eq!(said, ["1 step", "1,200 steps", "0.5 years", "0 hours"]);
        let pair = |a: f64, b: f64| {
            let [a, b] = [a, b].map(Bytes::gib);
            format!("{} of {}", show_before(a, b), show_gib(b))
        };
        assert_eq!(pair(10.2, 20.8), "10.2 of 20.8 GiB");
        assert_eq!(pair(0.5, 20.8), "512 MiB of 20.8 GiB");
        assert_eq!(pair(1234.5, 2000.0), "1,234.5 of 2,000.0 GiB");
    }

    #[test]
    fn times_in_the_unit_of_the_longer() {
        for (low, high, said) in [
            (0.829, 1.4, "0.83 to 1.4 s"),
            (20.0, 204.0, "0.33 to 3.4 min"),
            (38.0, 45.0, "38 to 45 s"),
            (0.02, 4.0, "20 ms to 4.0 s"),
            (7.0, 7.01, "7.0 s"),
            (1e9, 2e9, "11,574 to 23,148 days"),
            (1.0, f64::INFINITY, "1.0 s to unknown"),
        ] {
            assert_eq!(show_times(Seconds::new(low), Seconds::new(high)), said);
        }
        assert_eq!(show_time(Seconds::new(0.12)), "120 ms");
        assert_eq!(show_time(Seconds::new(90.0)), "90 s");
        assert_eq!(show_time(Seconds::new(150.0)), "2.5 min");
        assert_eq!(show_time(Seconds::new(3.5 * 3600.0)), "3.5 h");
        assert_eq!(show_time(Seconds::new(41.0 * 3600.0)), "41 h");
        assert_eq!(show_time(Seconds::new(3.0 * 86_400.0 * 365.0)), "1095 days");
    }

    #[test]
    fn memory_and_files() {
        assert_eq!(show_gib(Bytes::gib(9.84)), "9.8 GiB");
        assert_eq!(show_gib(Bytes::mib(30.0)), "30 MiB");
        assert_eq!(show_gib(Bytes::mib(0.5)), "0.5 MiB");
        assert!(show_gib(Bytes::mib(1023.4)).ends_with(" MiB"), "what is shown as 1,023 is no GiB");
        assert_eq!(show_gib(Bytes::mib(1023.6)), "1.0 GiB");
        assert_eq!(show_gb(Bytes::new(4_920_000_000.0)), "4.92 GB");
        assert_eq!(show_gb(Bytes::new(99_990_000_000.0)), "99.99 GB");
        assert_eq!(show_gb(Bytes::new(142_400_000_000.0)), "142 GB", "no decimals from 100 on");
    }

    #[test]
    fn counts() {
        assert_eq!(show_grouped(1_234_567), "1,234,567");
        assert_eq!(show_count(8192.0), "8K");
        assert_eq!(show_count(1_500_000.0), "1.5M");
        assert_eq!(show_count(70e9), "70B");
        assert_eq!(show_count(1000.0), "1,000");
    }
}
