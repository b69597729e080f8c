//! A day as people write it.

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `2026-11-27` as `27 November 2026`; whatever else is given stays as it is.
pub(super) fn in_words(day: &str) -> String {
    let mut parts = day.split('-');
    let (Some(year), Some(month), Some(date), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return day.to_owned();
    };
    let month = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.checked_sub(1)?));
    match (month, date.parse::<u8>()) {
        (Some(month), Ok(date)) => format!("{date} {month} {year}"),
        _ => day.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn a_day_is_written_out() {
        assert_eq!(in_words("2026-11-07"), "7 November 2026");
        for other in ["2026-13-01", "2026-00-01", "2026-11", "", "x-y-z"] {
            assert_eq!(in_words(other), other);
        }
    }
}
