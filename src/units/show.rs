//! Quantities as people read them; the only place that formats them.

use super::{Bytes, whole};

/// Memory in GiB: `9.8 GiB`; what is below a GiB in MiB.
pub fn show_gib(bytes: Bytes) -> String {
    let gib = bytes.as_gib();
    let mib = gib * 1024.0;
    if bytes.get() == 0.0 {
        "0 GiB".to_owned()
    } else if mib.abs() < 9.95 {
        format!("{mib:.1} MiB")
    } else if mib.abs() < 1023.5 {
        format!("{mib:.0} MiB")
    } else {
        format!("{gib:.1} GiB")
    }
}

/// A file's size in GB of 10⁹ bytes: `4.92 GB`.
pub fn show_gb(bytes: Bytes) -> String {
    let gb = bytes.as_gb();
    if gb >= 100.0 { format!("{gb:.0} GB") } else { format!("{gb:.2} GB") }
}

/// A whole number with thousands separators: `131,072`.
pub fn show_grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A count in a few characters for axes: `8K` for 8,192, `1.5M`, `70B`.
pub fn show_count(value: f64) -> String {
    let binary = value / 1024.0;
    if (1024.0..1_048_576.0).contains(&value) && binary.fract() == 0.0 {
        return format!("{binary}K");
    }
    let (scaled, suffix) = match value.abs() {
        v if v >= 1e12 => (value / 1e12, "T"),
        v if v >= 1e9 => (value / 1e9, "B"),
        v if v >= 1e6 => (value / 1e6, "M"),
        v if v >= 1e4 => (value / 1e3, "k"),
        _ => return show_grouped(whole(value)),
    };
    let shown = format!("{scaled:.1}");
    format!("{}{suffix}", shown.strip_suffix(".0").unwrap_or(&shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_and_files() {
        assert_eq!(show_gib(Bytes::gib(9.84)), "9.8 GiB");
        assert_eq!(show_gib(Bytes::mib(30.0)), "30 MiB");
        assert_eq!(show_gib(Bytes::mib(0.5)), "0.5 MiB");
        assert_eq!(show_gib(Bytes::mib(1023.6)), "1.0 GiB");
        assert_eq!(show_gb(Bytes::new(4_920_000_000.0)), "4.92 GB");
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
