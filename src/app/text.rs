//! Every text of the window by its name, from `assets/text/en.ron`. A translation is such a file in the folder `text` of
//! the user's own, under the name of its language: `de.ron`. What it lacks stays English.
//!
//! Sentences of the engine, of reports and of the declarations of settings are not among them.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write as _};
use std::path::Path;

use crate::report::read_text;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// A text in a table of constants: it is asked for where it is said.
pub(super) type Text = fn() -> &'static str;

/// The texts of a language, in the order of their names.
#[derive(Clone, Copy)]
pub(super) struct Texts(&'static [&'static str]);

thread_local! {
    static CHOSEN: Cell<Texts> = const { Cell::new(Texts(&ENGLISH)) };
}

/// What the names of texts stand for on this thread.
fn plain(at: usize) -> &'static str {
    CHOSEN.get().0.get(at).copied().unwrap_or_default()
}

/// A text with what its places stand for.
fn filled(at: usize, put: &[(&str, &dyn Display)]) -> String {
    let mut out = String::new();
    let mut parts = plain(at).split('{');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (place, rest) = part.split_once('}').unwrap_or((part, ""));
        if let Some((_, what)) = put.iter().find(|(name, _)| *name == place) {
            // A string takes whatever is written to it.
            let _written = write!(out, "{what}").is_ok();
        }
        out.push_str(rest);
    }
    out
}

/// What stands in braces.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(place, _)| place).collect()
}

impl Texts {
    /// Those of a language, and what is wrong with its file. Where the user's folder has none, they are English.
    pub(super) fn of(folder: Option<&Path>, language: &str) -> (Self, Vec<String>) {
        let named = !language.is_empty() && language.chars().all(|sign| sign.is_ascii_alphanumeric());
        let file = folder.map(|folder| folder.join("text").join(format!("{language}.ron")));
        let Some(file) = file.filter(|file| named && file.exists()) else {
            return (Self(&ENGLISH), Vec::new());
        };
        let texts = read_text(&file).map_err(|error| error.to_string());
        let texts = texts.and_then(|text| {
            ron::from_str::<BTreeMap<String, String>>(&text).map_err(|error| error.to_string())
        });
        let path = file.display();
        match texts {
            Ok(texts) => {
                let (texts, wrong) = Self::over_english(texts);
                (texts, wrong.into_iter().map(|wrong| format!("{path}: {wrong}")).collect())
            }
            Err(error) => (Self(&ENGLISH), vec![format!("{path}: {error}")]),
        }
    }

    /// Texts laid over the English ones, and those that could not be: they stay English.
    fn over_english(texts: BTreeMap<String, String>) -> (Self, Vec<String>) {
        let mut all = ENGLISH.to_vec();
        let mut wrong = Vec::new();
        for (name, text) in texts {
            let known = NAMES.binary_search(&name.as_str()).ok();
            let Some(stands) = known.and_then(|at| all.get_mut(at)) else {
                wrong.push(is_no_text(&name));
                continue;
            };
            if places(&text) == places(stands) {
                // Read once, at the start, and kept until the end.
                *stands = Box::leak(text.into_boxed_str());
            } else {
                wrong.push(has_other_places(&name, stands));
            }
        }
        (Self(Box::leak(all.into_boxed_slice())), wrong)
    }

    /// Says something while some texts are others, for tests of what must not hang on a text.
    #[cfg(test)]
    pub(super) fn while_these<T>(texts: &[(&str, &str)], said: impl FnOnce() -> T) -> T {
        let owned = texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let (texts, wrong) = Self::over_english(owned.collect());
        assert_eq!(wrong, Vec::<String>::new());
        texts.choose();
        let said = said();
        Self(&ENGLISH).choose();
        said
    }

    /// Those that are chosen on this thread.
    pub(super) fn chosen() -> Self {
        CHOSEN.get()
    }

    /// From now on names of texts stand for these, on this thread.
    pub(super) fn choose(self) {
        CHOSEN.set(self);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn german(texts: &[(&str, &str)]) -> (Texts, Vec<String>) {
        let owned = texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Texts::over_english(owned.collect())
    }

    #[test]
    fn a_translation_says_what_it_has_and_the_rest_stays_english() {
        let (texts, wrong) =
            german(&[("command_undo", "Rückgängig"), ("save_report_as", "Bericht als {format} sichern…")]);
        assert_eq!(wrong, Vec::<String>::new());
        texts.choose();
        assert_eq!((command_undo(), command_redo()), ("Rückgängig", "Redo"));
        assert_eq!(save_report_as(&"CSV"), "Bericht als CSV sichern…");
        Texts(&ENGLISH).choose();
        assert_eq!(save_report_as(&"CSV"), "Save report as CSV…");
    }

    #[test]
    fn what_a_translation_has_wrong_is_said_and_stays_english() {
        let (texts, wrong) =
            german(&[("command_undoo", "Rückgängig"), ("save_report_as", "Bericht als {Format}")]);
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].contains("command_undoo") && wrong[1].contains("save_report_as"), "{wrong:?}");
        texts.choose();
        assert_eq!(save_report_as(&"CSV"), "Save report as CSV…");
        Texts(&ENGLISH).choose();
    }

    #[test]
    fn a_file_is_found_by_its_language_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("text")).expect("a folder");
        std::fs::write(folder.path().join("text/de.ron"), "{\"command_undo\": \"Rückgängig\"}")
            .expect("a file");
        std::fs::write(folder.path().join("text/fr.ron"), "{\"command_undo\": 3}").expect("a file");
        let undo_in = |language: &str| {
            let (texts, wrong) = Texts::of(Some(folder.path()), language);
            texts.choose();
            let said = command_undo().to_owned();
            Texts(&ENGLISH).choose();
            (said, wrong.len())
        };
        assert_eq!(undo_in("de"), ("Rückgängig".to_owned(), 0));
        assert_eq!(undo_in("it"), ("Undo".to_owned(), 0));
        assert_eq!(undo_in("../text/de"), ("Undo".to_owned(), 0));
        assert_eq!(undo_in("fr"), ("Undo".to_owned(), 1), "a file that is none is said");
    }
}
