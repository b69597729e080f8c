//! Days of the calendar as text, `YYYY-MM-DD`.

/// Days from one day to another; a month alone is taken as its first day. `None` where one of them is no day.
pub fn days_between(from: &str, to: &str) -> Option<i64> {
    Some(number(to)? - number(from)?)
}

/// Days since an arbitrary one, by the rule of the Gregorian calendar.
fn number(day: &str) -> Option<i64> {
    let mut parts = day.split('-').map(str::parse::<i64>);
    let year = parts.next()?.ok()?;
    let month = parts.next()?.ok().filter(|month| (1..=12).contains(month))?;
    let date = match parts.next() {
        Some(date) => date.ok().filter(|date| (1..=31).contains(date))?,
        None => 1,
    };
    // Years that begin in March end with the day that leap years add.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(
        365 * year + year.div_euclid(4) - year.div_euclid(100)
            + year.div_euclid(400)
            + (153 * month + 2) / 5
            + date,
    )
}

#[cfg(test)]
mod tests {
    use super::days_between;

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        for (from, to, days) in [
            ("2026-11-27", "2026-11-27", Some(0)),
            ("2026-08-29", "2026-11-27", Some(90)),
            ("2024-02-28", "2024-03-01", Some(2)),
            ("2026-02-28", "2026-03-01", Some(1)),
            ("2025-11-27", "2026-11-27", Some(365)),
            ("2026-09", "2026-10", Some(30)),
            ("2026", "2026-10-01", None),
            ("", "2026-10-01", None),
            ("2026-13-01", "2026-10-01", None),
        ] {
            assert_eq!(days_between(from, to), days, "{from} to {to}");
        }
    }
}
