//! Text from files, made harmless to a terminal: what moves the cursor, colors, or turns the direction of
//! writing is shown as its code instead of being done.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::units::acts;

/// A text of several lines.
pub(super) fn lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| acts(c) && c != '\n', |c, out| out.extend(c.escape_default()))
}

/// A text of one line: a name, a path, a note. A line break in it is shown too, so that it forges no line.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, acts, |c, out| out.extend(c.escape_default()))
}

/// JSON that reads back as the same value.
pub(super) fn json(text: &str) -> Cow<'_, str> {
    escaped(
        text,
        |c| acts(c) && c != '\n',
        |c, out| {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let written = write!(out, "\\u{unit:04x}");
                debug_assert!(written.is_ok(), "a String takes any text");
            }
        },
    )
}

fn escaped(text: &str, acts: impl Fn(char) -> bool, write: impl Fn(char, &mut String)) -> Cow<'_, str> {
    // Most of what is printed is plain, which is seen byte by byte.
    let breaks = acts('\n');
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') || (byte == b'\n' && !breaks);
    if text.bytes().all(is_plain) || !text.contains(&acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if acts(c) { write(c, &mut out) } else { out.push(c) }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_terminal_acts_on_is_shown() {
        let every = ('\0'..='\u{9f}').filter(|c| c.is_control()).chain("\u{202e}\u{2066}\u{200f}".chars());
        for c in every {
            let text = format!("a{c}b");
            let shown = one_line(&text);
            assert!(shown.starts_with("a\\") && shown.ends_with('b') && shown.is_ascii(), "{shown}");
            let written = serde_json::to_string(&text).expect("JSON");
            assert!(json(&written).is_ascii(), "{written}");
        }
        assert_eq!(one_line("a\nerror: b\u{1b}[31m"), "a\\nerror: b\\u{1b}[31m");
        assert_eq!(lines("a\nb\u{9b}c\n"), "a\nb\\u{9b}c\n");
    }

    #[test]
    fn all_other_text_stays() {
        for text in ["", "RTX 4090 · 24 GiB", "Größe 東京 👩‍🚀", "עברית"] {
            assert_eq!((one_line(text), lines(text), json(text)), (text.into(), text.into(), text.into()));
        }
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({ "name": "a\u{1b}\u{9b}\u{7f}\u{202e}\nb" });
        let text = serde_json::to_string_pretty(&value).expect("JSON");
        let back: serde_json::Value = serde_json::from_str(&json(&text)).expect("JSON");
        assert_eq!(back, value);
    }
}
