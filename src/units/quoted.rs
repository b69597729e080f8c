//! Text of others inside sentences: short, and without signs that act on a terminal or turn the direction of writing.

/// Most characters of a text that is quoted.
const QUOTE: usize = 80;
/// Most characters of a sentence that quotes something.
const SENTENCE: usize = 600;

/// Whether a terminal acts on a sign, or it turns or breaks lines of text.
pub fn acts(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text from outside as a sentence quotes it: at most 80 characters, and what acts is shown as its code.
pub fn quoted(text: &str) -> String {
    let (start, more) = text.char_indices().nth(QUOTE).map_or((text, ""), |(end, _)| (&text[..end], "…"));
    let mut out = String::with_capacity(start.len() + more.len());
    for sign in start.chars() {
        if acts(sign) { out.extend(sign.escape_default()) } else { out.push(sign) }
    }
    out + more
}

/// A text in one line, with a replacement for each sign that acts: for a window, where codes would only be in the way.
pub fn plain(text: &str) -> String {
    text.chars().map(|sign| if acts(sign) { char::REPLACEMENT_CHARACTER } else { sign }).collect()
}

/// A sentence of another program whose middle is left out where it quotes something long.
pub fn cut(sentence: &str) -> String {
    if sentence.chars().nth(SENTENCE).is_none() {
        return sentence.to_owned();
    }
    let (signs, half) = (sentence.chars().count(), SENTENCE / 2);
    let (start, end) = (sentence.chars().take(half), sentence.chars().skip(signs - half));
    start.chain(std::iter::once('…')).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_short_and_harmless() {
        assert_eq!(quoted("Größe 東京"), "Größe 東京");
        assert_eq!(quoted("a\u{1b}[31m\u{202e}b\nc"), "a\\u{1b}[31m\\u{202e}b\\nc");
        assert_eq!(plain("a\u{202e}b\nc"), "a\u{fffd}b\u{fffd}c");
        let long = quoted(&"é".repeat(1_000_000));
        assert_eq!((long.chars().count(), long.ends_with('…')), (81, true));
    }

    #[test]
    fn a_long_sentence_keeps_its_beginning_and_end() {
        assert_eq!(cut("short"), "short");
        let long = cut(&format!("start {} end", "x".repeat(10_000)));
        assert_eq!(long.chars().count(), SENTENCE + 1);
        assert!(long.starts_with("start x") && long.ends_with("x end") && long.contains('…'), "{long}");
    }
}
