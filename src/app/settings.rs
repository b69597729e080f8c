//! What a person sets for the window as a whole, whatever is asked in it.

use serde::{Deserialize, Serialize};

use crate::units::{Display, MemoryUnit, Money};

/// Settings that are kept from one session to the next; undo leaves them alone.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Settings {
    /// Whether memory is shown in GB of 10⁹ bytes instead of GiB.
    pub decimal: bool,
    /// Code of the currency.
    pub currency: String,
    /// How much of the currency a dollar is; nothing where nobody said, and then dollars are shown.
    pub per_dollar: Option<f64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { decimal: false, currency: "USD".to_owned(), per_dollar: None }
    }
}

impl Settings {
    /// The least and most of a currency that a dollar is.
    pub(super) const RATES: std::ops::RangeInclusive<f64> = 0.0001..=1e6;

    /// How the window shows memory and money.
    pub(super) fn display(&self) -> Display {
        let known = Money::KNOWN.into_iter().find(|(code, _)| *code == self.currency);
        let rate = self.per_dollar.filter(|rate| Self::RATES.contains(rate));
        let money = match (known, rate) {
            (Some((code, sign)), Some(per_dollar)) if code != "USD" => Money { sign, per_dollar },
            _ => Money::default(),
        };
        Display { memory: if self.decimal { MemoryUnit::GB } else { MemoryUnit::GiB }, money }
    }

    /// Makes something as files have it, in GiB and dollars, whatever the window shows.
    pub(super) fn in_files<T>(&self, make: impl FnOnce() -> T) -> T {
        Display::default().choose();
        let made = make();
        self.display().choose();
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_currency_is_shown_when_its_rate_is_said() {
        let mut settings = Settings { currency: "EUR".to_owned(), ..Settings::default() };
        assert_eq!(settings.display(), Display::default());
        settings.per_dollar = Some(0.86);
        assert_eq!(settings.display().money, Money { sign: "€", per_dollar: 0.86 });
        settings.per_dollar = Some(f64::NAN);
        assert_eq!(settings.display().money, Money::default());
        settings.decimal = true;
        assert_eq!(settings.display().memory, MemoryUnit::GB);
    }
}
