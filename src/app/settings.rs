//! What a person sets for the window as a whole, whatever is asked in it.

use serde::{Deserialize, Serialize};

use crate::units::{Display, MemoryUnit, Money, Numbers};

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
    /// How numbers are written, by a number written so; nothing where they are written as the system does.
    pub numbers: Option<String>,
    /// How the system writes them.
    #[serde(skip)]
    pub system: Numbers,
    /// How many of the first hints were dismissed.
    pub hints_read: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            decimal: false,
            currency: "USD".to_owned(),
            per_dollar: None,
            numbers: None,
            system: Numbers::default(),
            hints_read: 0,
        }
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
        let memory = if self.decimal { MemoryUnit::GB } else { MemoryUnit::GiB };
        Display { memory, money, numbers: self.chosen_numbers().unwrap_or(self.system) }
    }

    /// How a person chose to have numbers written, where one did.
    pub(super) fn chosen_numbers(&self) -> Option<Numbers> {
        Numbers::KNOWN.into_iter().find(|numbers| self.numbers.as_ref() == Some(&numbers.sample()))
    }

    /// Makes something as files have it, in GiB, dollars and with a decimal point, whatever the window shows.
    pub(super) fn in_files<T>(make: impl FnOnce() -> T) -> T {
        Display::default().while_chosen(make)
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

    #[test]
    fn numbers_are_the_systems_until_somebody_chooses() {
        let german = Numbers { decimal: ',', group: '.' };
        let mut settings = Settings { system: german, ..Settings::default() };
        assert_eq!(settings.display().numbers, german);
        settings.numbers = Some("1,234.5".to_owned());
        assert_eq!(settings.display().numbers, Numbers::default());
        settings.numbers = Some("no number".to_owned());
        assert_eq!(settings.display().numbers, german);
    }
}
