//! This system's language, and how its region writes numbers.

use std::time::Duration;

use crate::detect::{Platform, World};
use crate::units::Numbers;

const LIMIT: Duration = Duration::from_secs(2);

/// What the system says of language and region, as far as it says it: of environment variables the first that is set, and
/// on systems that keep it elsewhere what is kept there; empty where nothing is said.
pub(super) fn system_locale(world: &dyn World, variables: &[Option<String>]) -> String {
    let kept = match world.platform() {
        Platform::MacOs => world.run("defaults", &["read", "-g", "AppleLocale"], LIMIT),
        Platform::Windows => {
            let key = r"HKCU\Control Panel\International";
            world.run("reg", &["query", key, "/v", "LocaleName"], LIMIT)
        }
        _ => return variables.iter().flatten().next().cloned().unwrap_or_default(),
    };
    let kept = kept.ok().filter(|output| output.success);
    let kept = kept.and_then(|output| output.text.split_whitespace().next_back().map(str::to_owned));
    kept.or_else(|| variables.iter().flatten().next().cloned()).unwrap_or_default()
}

/// The language of a locale in its two or three letters: `de` of `de_AT.UTF-8`.
pub(super) fn language_of(locale: &str) -> String {
    locale.split(['_', '-', '.', '@']).next().unwrap_or_default().to_lowercase()
}

/// Signs of the Unicode Common Locale Data Repository (release 46) by language, and by region where that differs:
/// `de_DE.UTF-8`, `pt-BR`. What is not listed writes `1,234.5`.
pub(super) fn numbers_of(locale: &str) -> Numbers {
    let [comma_point, point_comma, space_comma, _, quote_point] = Numbers::KNOWN;
    let name = locale.split(['.', '@']).next().unwrap_or_default();
    let mut parts = name.split(['_', '-']);
    let language = parts.next().unwrap_or_default().to_lowercase();
    // A script, as in `sr_Latn_RS`, is longer than a region.
    let region = parts.find(|part| part.len() <= 3).unwrap_or_default().to_uppercase();
    match (language.as_str(), region.as_str()) {
        ("de" | "en" | "it", "CH") | ("de", "LI") => quote_point,
        ("es", "MX" | "419" | "DO" | "GT" | "HN" | "NI" | "PA" | "PE" | "PR" | "SV" | "US") => comma_point,
        ("de", "AT")
        | ("pt", "PT")
        | ("en", "FI" | "SE" | "ZA")
        | ("es", "CR")
        | (
            "af" | "be" | "bg" | "cs" | "et" | "fi" | "fr" | "hu" | "hy" | "kk" | "lt" | "lv" | "nb" | "nn"
            | "no" | "pl" | "ru" | "sk" | "sq" | "sv" | "uk" | "uz",
            _,
        ) => space_comma,
        ("en", "AT" | "BE" | "DE" | "DK" | "NL" | "SI")
        | (
            "ca" | "da" | "de" | "el" | "es" | "eu" | "fo" | "gl" | "hr" | "id" | "is" | "it" | "mk" | "nl"
            | "pt" | "ro" | "sl" | "sr" | "tr" | "vi",
            _,
        ) => point_comma,
        _ => comma_point,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_stands_before_the_region() {
        for (locale, language) in
            [("de_AT.UTF-8", "de"), ("pt-BR", "pt"), ("sr_Latn_RS", "sr"), ("C", "c"), ("", "")]
        {
            assert_eq!(language_of(locale), language, "{locale}");
        }
    }

    #[test]
    fn numbers_are_those_of_the_language_and_the_region() {
        for (locale, sample) in [
            ("C", "1,234.5"),
            ("", "1,234.5"),
            ("en_US.UTF-8", "1,234.5"),
            ("ja_JP.UTF-8", "1,234.5"),
            ("de_DE.UTF-8", "1.234,5"),
            ("de_CH@euro", "1’234.5"),
            ("pt-BR", "1.234,5"),
            ("pt-PT", "1\u{a0}234,5"),
            ("fr_FR", "1\u{a0}234,5"),
            ("sr_Latn_RS", "1.234,5"),
            ("es_MX", "1,234.5"),
            ("es", "1.234,5"),
        ] {
            assert_eq!(numbers_of(locale).sample(), sample, "{locale}");
        }
    }
}
