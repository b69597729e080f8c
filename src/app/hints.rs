//! What is told in the first minutes, one hint at a time; each is dismissed for good.

use super::command::Command;
use super::settings::Settings;
use crate::app::text;

/// How many there are.
const COUNT: usize = 4;

/// What is worth knowing first, in the order it is told; `keys` open the palette.
fn told(at: usize, keys: &str) -> Option<String> {
    Some(match at {
        0 => text::move_a_slider().to_owned(),
        1 => text::click_a_machine().to_owned(),
        2 => text::click_a_part().to_owned(),
        3 => text::finds_every_preset_model_machine(&keys),
        _ => return None,
    })
}

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
    let text = told(settings.hints_read, keys)?;
    Some(Hint {
        text,
        place: text::hints_of(&(settings.hints_read + 1), &COUNT),
        more: settings.hints_read + 1 < COUNT,
    })
}

/// Dismisses the hint that is told now.
pub(super) fn dismissed(settings: &Settings) -> Command {
    Command::Settings(Settings { hints_read: settings.hints_read + 1, ..settings.clone() })
}

/// Settings under which no hint is told, or all are told from the first on.
pub(super) fn with_hints(settings: &Settings, told: bool) -> Settings {
    Settings { hints_read: if told { 0 } else { COUNT }, ..settings.clone() }
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
