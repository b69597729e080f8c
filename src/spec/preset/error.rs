//! What is wrong with a preset, where, and what would be right.

use thiserror::Error;

use crate::units::{cut, quoted};

/// A preset that cannot be used; the open scenario stays as it is.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PresetError {
    /// The text is not a preset.
    #[error("{file}:{line}:{column}: {message}")]
    Syntax {
        /// Its file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong and what would be right.
        message: String,
    },
    /// The text is a preset whose values do not go together.
    #[error("{file}: {message}")]
    Content {
        /// Its file.
        file: String,
        /// What is wrong and what would be right.
        message: String,
    },
}

impl PresetError {
    /// From the reader's error of a text, with the place it names and a remedy where one helps.
    pub(crate) fn syntax(error: &ron::error::SpannedError, text: &str, file: &str) -> Self {
        let place = error.span.start;
        let code = if is_cut(error, text) { &ron::Error::Eof } else { &error.code };
        Self::Syntax { file: file.to_owned(), line: place.line, column: place.col, message: message(code) }
    }
}

/// Whether nothing but a word is left where the reader stumbled, so that what is wrong is that the rest is missing. A word that
/// is whole and unknown is followed by its colon.
fn is_cut(error: &ron::error::SpannedError, text: &str) -> bool {
    let place = error.span.start;
    let begun = text.contains(['(', '[']);
    let line = text.lines().skip(place.line.saturating_sub(1));
    let mut left = line.enumerate().flat_map(|(at, line)| {
        let from = if at == 0 { place.col.saturating_sub(1) } else { 0 };
        line.chars().skip(from).chain(std::iter::once('\n'))
    });
    begun
        && left.all(|sign| sign.is_whitespace() || sign.is_alphanumeric() || sign == '_')
        && !matches!(error.code, ron::Error::TrailingCharacters)
}

/// The reader's words, with what would be right.
fn message(code: &ron::Error) -> String {
    match code {
        ron::Error::Eof => {
            "the file ends too early; a preset is `( key: value, … )` with its closing parenthesis".to_owned()
        }
        ron::Error::Message(message) => message.clone(),
        ron::Error::ExceededRecursionLimit => "it is nested too deeply; a preset is flat".to_owned(),
        ron::Error::TrailingCharacters => "something follows the closing parenthesis".to_owned(),
        ron::Error::ExpectedStructLike
        | ron::Error::ExpectedNamedStructLike(_)
        | ron::Error::ExpectedDifferentStructName { .. } => {
            "a preset starts with `(`, as in `( model: \"llama-3.1-8b\", context: 8192 )`".to_owned()
        }
        ron::Error::ExpectedComma => "a comma or the closing parenthesis is missing here".to_owned(),
        ron::Error::ExpectedMapColon => "a colon is missing after the key".to_owned(),
        ron::Error::ExpectedIdentifier => "a key is expected here, as in `context: 8192`".to_owned(),
        ron::Error::NoSuchStructField { found, expected, .. } => {
            format!("there is no field `{}` here; known are {}", quoted(found), expected.join(", "))
        }
        ron::Error::MissingStructField { field, .. } => format!("the field `{field}` is missing"),
        ron::Error::DuplicateStructField { field, .. } => format!("the field `{field}` stands twice"),
        ron::Error::ExpectedStringEnd => "a text is not closed; put a quote at its end".to_owned(),
        ron::Error::UnclosedBlockComment => "a comment is not closed; end it with `*/`".to_owned(),
        ron::Error::InvalidEscape(_) => {
            "this is no escape; write `\\\\` for a backslash, or a raw text as in `r\"C:\\models\"`"
                .to_owned()
        }
        ron::Error::FloatUnderscore | ron::Error::UnderscoreAtBeginning | ron::Error::IntegerOutOfBounds => {
            "this is no number that is taken here; write for example 8192 or 0.5".to_owned()
        }
        // What stood in the file is quoted whole in it.
        other => {
            format!("{}; texts stand in quotes, as in `quantization: \"Q4_K_M\"`", cut(&other.to_string()))
        }
    }
}
