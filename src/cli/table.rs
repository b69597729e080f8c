//! Columns as wide as what stands in them.

use comfy_table::{CellAlignment, Table, presets};

use super::escape::one_line;

/// The lines of a table without borders, two spaces between its columns; those of the columns `right`, counted from
/// 0, end alike instead of beginning alike.
pub(super) fn lines(rows: impl IntoIterator<Item = Vec<String>>, right: &[usize]) -> Vec<String> {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    for row in rows {
        table.add_row(row.iter().map(|cell| one_line(cell)));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if right.contains(&index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_the_longest_and_a_name_is_one_line() {
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows =
            [row(["a", "1", "x"]), row(["  a long name", "1000", ""]), row(["b\n\u{1b}[2J", "20", "y"])];
        assert_eq!(
            lines(rows, &[1]),
            ["a                 1  x", "  a long name  1000", "b\\n\\u{1b}[2J     20  y"]
        );
    }
}
