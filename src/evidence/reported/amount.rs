//! Bytes as a reporter printed them: `448.9 MiB`, or between two, `62.5 to 63 GiB`.

use serde::Deserialize;

use crate::units::{Band, Bytes, Display, parse_bytes, show_gib};

/// What was printed with the bytes it may stand for: a figure was rounded to its last digit.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Amount {
    /// As it was printed.
    pub(super) text: String,
    /// The least it can mean.
    pub(super) least: Bytes,
    /// The most.
    pub(super) most: Bytes,
}

impl Amount {
    /// Whether some of it lies inside a band as the terminal prints it, `14.2 to 14.9 GiB`.
    pub(super) fn is_in(&self, band: Band<Bytes>) -> bool {
        // As the terminal prints it, whatever a window shows.
        let shown = |bytes: Bytes| Display::default().while_chosen(|| show_gib(bytes));
        let printed = |bytes: Bytes| Self::try_from(shown(bytes)).ok();
        let least = printed(band.low).map_or(band.low, |low| low.least);
        let most = printed(band.high).map_or(band.high, |high| high.most);
        self.least.get() <= most.get() && least.get() <= self.most.get()
    }

    /// A band in the unit and with the digits of what was printed.
    pub(super) fn like(&self, band: Band<Bytes>) -> String {
        let unit = self.text.rsplit(' ').next().unwrap_or("MiB");
        let one = parse_bytes(&format!("1 {unit}")).map_or(1.0, Bytes::get);
        let digits = decimals(&self.text);
        let shown = band.map(|bytes| format!("{:.digits$}", bytes.get() / one));
        if shown.low == shown.high {
            format!("{} {unit}", shown.best)
        } else {
            format!("{} ({} to {}) {unit}", shown.best, shown.low, shown.high)
        }
    }
}

/// Digits after the point of the finest figure in it.
fn decimals(text: &str) -> usize {
    let of = |word: &str| word.split_once('.').map_or(0, |(_, after)| after.len());
    text.split(' ').map(of).max().unwrap_or(0)
}

impl TryFrom<String> for Amount {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = |text: &str| parse_bytes(text).map_err(|error| format!("`{text}`: {error}"));
        let (number, unit) = text.rsplit_once(' ').ok_or_else(|| format!("`{text}` has no unit"))?;
        let (least, most) = if let Some((least, most)) = number.split_once(" to ") {
            (bytes(&format!("{least} {unit}"))?, bytes(&format!("{most} {unit}"))?)
        } else {
            let digits = decimals(number);
            let last = format!("{:.digits$} {unit}", (0..digits).fold(1.0, |last, _| last / 10.0));
            let (bytes, half) = (bytes(&text)?, bytes(&last)? * 0.5);
            (Bytes::new(bytes.get() - half.get()), bytes + half)
        };
        Ok(Self { text, least, most })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Amount {
        Amount::try_from(text.to_owned()).expect("it reads")
    }

    fn mib(low: f64, high: f64) -> Band<Bytes> {
        Band { low, best: low, high }.map(Bytes::mib)
    }

    #[test]
    fn a_figure_stands_for_all_that_is_rounded_to_it() {
        let printed = amount("448.9 MiB");
        assert!(printed.is_in(mib(448.86, 448.86)) && printed.is_in(mib(449.1, 449.1)), "449 MiB is printed");
        assert!(!printed.is_in(mib(449.6, 460.0)) && printed.is_in(mib(400.0, 500.0)), "450 to 460 MiB is");
        let gib = |gib: f64| mib(gib * 1024.0, gib * 1024.0);
        assert!(amount("14.25 GiB").is_in(gib(14.24)), "14.2 GiB is printed");
        assert!(!amount("14.28 GiB").is_in(gib(14.58)), "14.6 GiB is");
        assert!(!amount("1.42 GiB").is_in(gib(1.06)) && amount("1.1 GiB").is_in(gib(1.06)));
    }

    #[test]
    fn two_figures_are_the_ends() {
        let printed = amount("62.5 to 63 GiB");
        assert!(printed.is_in(mib(62.0 * 1024.0, 62.5 * 1024.0)) && !printed.is_in(mib(1.0, 62.3 * 1024.0)));
        assert_eq!(printed.like(mib(64_000.0, 64_512.0)), "62.5 (62.5 to 63.0) GiB");
    }

    #[test]
    fn what_is_no_amount_says_so() {
        for text in ["448.9", "much MiB", ""] {
            let _why = Amount::try_from(text.to_owned()).expect_err("it has no bytes");
        }
    }
}
