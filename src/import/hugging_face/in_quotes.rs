//! Where a text between quotation marks ends; the build script reads records by it too.

/// Bytes of the text that starts here with a quotation mark, its quotes included.
pub(crate) fn length(text: &str) -> usize {
    let mut escaped = false;
    for (at, sign) in text.char_indices().skip(1) {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}
