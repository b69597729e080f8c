//! JSON as Python writes it, as the standard has it.

use super::in_quotes;

/// The same text with `Infinity` and `NaN` as `null`, and whole numbers written as `4.0` as `4`: Python's `json`
/// writes the one, and configurations hold the other. Everything stays in its line, and but for `NaN` in its column.
pub(super) fn standard(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    // Some editors begin a file with a mark of its encoding.
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while let Some(first) = rest.chars().next() {
        let taken = if first == '"' {
            let length = in_quotes::length(rest);
            out.push_str(rest.get(..length).unwrap_or(rest));
            length
        } else if let Some(word) =
            ["-Infinity", "Infinity", "NaN"].iter().find(|word| rest.starts_with(**word))
        {
            out.push_str("null");
            out.extend(std::iter::repeat_n(' ', word.len().saturating_sub(4)));
            word.len()
        } else if first.is_ascii_digit() {
            let length = rest.find(|sign: char| !is_of_number(sign)).unwrap_or(rest.len());
            number(rest.get(..length).unwrap_or(rest), &mut out);
            length
        } else {
            out.push(first);
            first.len_utf8()
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

/// Whether a character is part of a number.
const fn is_of_number(sign: char) -> bool {
    matches!(sign, '0'..='9' | '.' | 'e' | 'E' | '+' | '-')
}

/// A number, without a fraction of nothing but zeros.
fn number(text: &str, out: &mut String) {
    match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.chars().all(|digit| digit == '0') => {
            out.push_str(whole);
            out.extend(std::iter::repeat_n(' ', fraction.len() + 1));
        }
        _ => out.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_python_writes_becomes_json_in_its_place() {
        for (written, standard_form) in [
            (r#"{"a": [0.0, Infinity]}"#, r#"{"a": [0  , null    ]}"#),
            (r#"{"a": -Infinity, "b": NaN}"#, r#"{"a": null     , "b": null}"#),
            (r#"{"bits": 4.0, "x": 4.25, "y": 1e6}"#, r#"{"bits": 4  , "x": 4.25, "y": 1e6}"#),
            (r#"{"NaN": "4.0 \" Infinity"}"#, r#"{"NaN": "4.0 \" Infinity"}"#),
            ("{\"cut", "{\"cut"),
            ("\u{feff}{}", "{}"),
        ] {
            assert_eq!(standard(written), standard_form);
        }
    }
}
