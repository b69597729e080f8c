//! Presets: scenarios people keep, one RON file each, with the keys that `--set` shares.

mod entry;
mod error;
mod keys;
mod options;
mod resolve;
mod taken;
mod write;

pub use entry::{PresetEntry, parse_each};
pub use error::PresetError;
pub use keys::{KeyError, PresetKeys};
pub use resolve::{Models, NoModel, Preset, ResolveError, resolve};
pub use write::{entries, write};

/// Reads a preset file: one preset, or a list of them.
///
/// # Errors
/// With file, line and column, and what would be right there.
pub fn parse(text: &str, file: &str) -> Result<Vec<PresetKeys>, PresetError> {
    let text = without_mark(text);
    let starts_a_list = first_sign(text) == Some('[');
    let read = if starts_a_list {
        form().from_str::<Vec<PresetKeys>>(text)
    } else {
        form().from_str::<PresetKeys>(text).map(|keys| vec![keys])
    };
    read.map_err(|error| PresetError::syntax(&error, text, file))
}

/// The text without the mark of its byte order, which some editors write.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The form of RON that people write here: a value that may be left out is written without `Some(…)`.
pub(crate) fn form() -> ron::Options {
    ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
}

/// The first character that is neither white space, comment nor an extension.
fn first_sign(text: &str) -> Option<char> {
    past_comments(text).chars().next()
}

/// A text from its first character on that is neither white space, comment nor an extension.
fn past_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after).trim_start();
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after).trim_start();
        } else if let Some(extension) = rest.strip_prefix("#![") {
            rest = extension.split_once(")]").map_or("", |(_, after)| after).trim_start();
        } else {
            return rest;
        }
    }
}

#[cfg(test)]
mod tests;
