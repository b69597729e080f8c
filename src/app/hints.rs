//! What is told in the first minutes, one hint at a time; each is dismissed for good.

use super::command::Command;
use super::settings::Settings;

/// What is worth knowing first, in the order it is told. `{keys}` stands for the keys of the palette.
const HINTS: [&str; 4] = [
    "Move a slider at the left or type a value: verdict, curves and every machine follow at once",
    "Click a machine at the right to evaluate on it, tick some to lay them side by side under Compare",
    "Click a part of the bar or any figure to see its formula, its numbers and its source",
    "{keys} finds every preset, model, machine and command by name",
];

/// A hint as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    /// What it says.
    pub text: String,
    /// Which of all hints it is: `1 of 4`.
    pub place: String,
    /// Whether others follow.
    pub more: bool,
}

/// The hint that is told now; `None` where all were dismissed. `keys` opens the palette.
pub(super) fn hint(settings: &Settings, keys: &str) -> Option<Hint> {
    let text = HINTS.get(settings.hints_read)?;
    Some(Hint {
        text: text.replace("{keys}", keys),
        place: format!("{} of {}", settings.hints_read + 1, HINTS.len()),
        more: settings.hints_read + 1 < HINTS.len(),
    })
}

/// Dismisses the hint that is told now.
pub(super) fn dismissed(settings: &Settings) -> Command {
    Command::Settings(Settings { hints_read: settings.hints_read + 1, ..settings.clone() })
}

/// Settings under which no hint is told, or all are told from the first on.
pub(super) fn with_hints(settings: &Settings, told: bool) -> Settings {
    Settings { hints_read: if told { 0 } else { HINTS.len() }, ..settings.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_told_one_by_one_and_then_no_more() {
        let mut settings = Settings::default();
        let mut told = Vec::new();
        while let Some(hint) = hint(&settings, "Ctrl+K") {
            told.push(hint);
            settings.hints_read += 1;
        }
        assert_eq!(told.len(), 4);
        assert!(told.iter().all(|hint| !hint.text.contains('{')), "{told:?}");
        assert!(
            told[3].text.starts_with("Ctrl+K ") && !told[3].more && told[0].place == "1 of 4",
            "{told:?}"
        );
        assert_eq!(hint(&with_hints(&Settings::default(), false), ""), None);
        assert!(hint(&with_hints(&settings, true), "").is_some());
    }
}
