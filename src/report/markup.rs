//! Text as it stands in a report: made harmless for HTML and SVG, and between quotation marks.

use crate::spec::Scenario;

/// A text as it stands between tags or in quotes of an attribute: no sign of it is markup, and none moves the cursor
/// or turns the direction of writing.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\r' | '\t' => out.push(' '),
            sign if sign.is_control() || turns(sign) => out.push('\u{fffd}'),
            sign => out.push(sign),
        }
    }
    out
}

/// Whether a sign turns the direction of writing, so that a name could read as another.
const fn turns(sign: char) -> bool {
    matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The same of what is copied, line by line.
pub(super) fn escaped_lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<String>>().join("\n")
}

/// What a scenario is called in a sentence.
pub(super) fn quoted(scenario: &Scenario) -> String {
    format!("“{}”", scenario.name)
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn no_sign_of_a_text_is_markup() {
        let hostile = "</td><script>alert('1' & \"2\")</script>\u{202e}\u{7}\n";
        let shown = escaped(hostile);
        assert!(!shown.contains(['<', '>', '"', '\'', '\n', '\u{202e}', '\u{7}']), "{shown}");
        assert!(
            shown.starts_with("&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)"),
            "{shown}"
        );
        assert_eq!(escaped("Größe 東京 7×8 “B”"), "Größe 東京 7×8 “B”");
    }
}
