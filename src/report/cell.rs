//! A cell of a Markdown table.

/// A text as a cell of a table: a bar would end it, a new line the table.
pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
