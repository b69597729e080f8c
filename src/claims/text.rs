//! A text made ready to be read: of bounded length, without what a terminal or a reader's eye would trip over, and
//! cut into the sentences and cells that claims stand in.

/// Letters of a text that are read; what follows is left out, and that is said.
pub const LONGEST_TEXT: usize = 400_000;
/// Letters of one sentence or cell that are read.
const LONGEST_PIECE: usize = 1_500;
/// Sentences and cells of a text that are read.
const MOST_PIECES: usize = 6_000;

/// A sentence, a line or a cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub text: String,
    /// What stands over it: the heads of a table's row and column.
    pub about: String,
    /// The paragraph or table it stands in, counted from 0: what is named in one piece goes on in the next.
    pub paragraph: usize,
}

/// The text on one form of space, dash and quotation mark, without control characters and marks of direction.
pub fn cleaned(text: &str) -> String {
    let mut clean = String::with_capacity(text.len().min(LONGEST_TEXT));
    let signs: Vec<char> = text.chars().take(LONGEST_TEXT).collect();
    for (at, &sign) in signs.iter().enumerate() {
        let digit = |near: Option<&char>| near.is_some_and(char::is_ascii_digit);
        let between_digits =
            digit(at.checked_sub(1).and_then(|before| signs.get(before))) && digit(signs.get(at + 1));
        match sign {
            // A thin or unbroken space between digits parts thousands.
            '\u{a0}' | '\u{2009}' | '\u{202f}' if between_digits => clean.push(','),
            '\n' => clean.push('\n'),
            '\u{2010}'..='\u{2013}' | '\u{2212}' => clean.push('-'),
            '\u{2014}' | '\u{2015}' => clean.push_str(" - "),
            '\u{d7}' | '\u{2715}' => clean.push('x'),
            '\u{2248}' | '\u{223c}' | '\u{2243}' => clean.push('~'),
            '\u{2265}' => clean.push_str(">="),
            '\u{2264}' => clean.push_str("<="),
            '\u{2018}' | '\u{2019}' => clean.push('\''),
            '\u{201c}' | '\u{201d}' | '\u{201e}' => clean.push('"'),
            '\u{bd}' if digit(at.checked_sub(1).and_then(|before| signs.get(before))) => clean.push_str(".5"),
            '\u{bd}' => clean.push_str("0.5"),
            sign if is_unseen(sign) => {}
            sign if sign.is_whitespace() || sign.is_control() => clean.push(' '),
            sign => clean.push(sign),
        }
    }
    clean
}

/// Whether a character has no place on a line: marks of direction, joiners, byte order.
const fn is_unseen(sign: char) -> bool {
    matches!(sign, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

/// The sentences and cells of a text: prose by its full stops, tables of Markdown and CSV by their cells.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut table: Vec<Vec<String>> = Vec::new();
    let mut paragraph = 0;
    let lines: Vec<&str> = text.lines().collect();
    let comma = is_csv(&lines);
    for line in lines {
        if found.len() >= MOST_PIECES {
            break;
        }
        if let Some(cells) = cells(line, comma) {
            table.push(cells);
            continue;
        }
        paragraph = flush(&mut table, paragraph, &mut found);
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            paragraph += 1;
        }
        found.extend(sentences(line).into_iter().map(|text| Piece { text, about: String::new(), paragraph }));
    }
    flush(&mut table, paragraph, &mut found);
    found.truncate(MOST_PIECES);
    found
}

/// Whether the lines are a table with commas: several, with as many commas in each.
fn is_csv(lines: &[&str]) -> bool {
    let columns = |line: &str| csv_cells(line).len();
    let filled: Vec<&&str> = lines.iter().filter(|line| !line.trim().is_empty()).collect();
    let Some(first) = filled.first() else { return false };
    let width = columns(first);
    width >= 2
        && filled.len() >= 2
        && filled.iter().all(|line| columns(line) == width)
        && !first.contains(". ")
}

/// The cells of a line of a table; nothing where it is none.
fn cells(line: &str, comma: bool) -> Option<Vec<String>> {
    let trimmed = line.trim();
    if trimmed.starts_with('|') || trimmed.matches(" | ").count() >= 2 {
        let inner = trimmed.trim_matches('|');
        return Some(inner.split('|').map(|cell| plain(cell.trim())).collect());
    }
    if trimmed.matches('\t').count() >= 1 {
        return Some(trimmed.split('\t').map(|cell| plain(cell.trim())).collect());
    }
    (comma && !trimmed.is_empty()).then(|| csv_cells(trimmed))
}

/// A cell without the marks of Markdown.
fn plain(cell: &str) -> String {
    cell.replace("**", "").replace('`', "")
}

fn csv_cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for sign in line.chars() {
        match sign {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            sign => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(sign);
                }
            }
        }
    }
    cells.into_iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Makes a piece of each cell that holds a figure, under the heads of its row and column.
fn flush(table: &mut Vec<Vec<String>>, paragraph: usize, found: &mut Vec<Piece>) -> usize {
    if table.is_empty() {
        return paragraph;
    }
    let rows = std::mem::take(table);
    let is_rule = |row: &&Vec<String>| !row.iter().all(|cell| cell.chars().all(|sign| "-: ".contains(sign)));
    let rows: Vec<&Vec<String>> = rows.iter().filter(is_rule).collect();
    let Some((head, body)) = rows.split_first() else { return paragraph + 1 };
    // Where the first row has figures of its own it is no head.
    let headed = !body.is_empty();
    let body = if headed { body } else { &rows };
    for row in body {
        let name = row.first().map_or("", String::as_str);
        for (column, cell) in row.iter().enumerate().skip(1) {
            let over = if headed { head.get(column).map_or("", String::as_str) } else { "" };
            if !cell.is_empty() && found.len() < MOST_PIECES {
                let about = clipped(&format!("{name} | {over}"));
                found.push(Piece { text: clipped(cell), about, paragraph: paragraph + 1 });
            }
        }
    }
    paragraph + 2
}

/// A line cut at its full stops, exclamation and question marks, and semicolons.
fn sentences(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut start = 0;
    let signs: Vec<(usize, char)> = line.char_indices().collect();
    for (index, &(at, sign)) in signs.iter().enumerate() {
        let next = signs.get(index + 1).map(|(_, next)| *next);
        let ends = match sign {
            '.' | '!' | '?' => {
                next.is_none_or(|next| next == ' ')
                    && !is_abbreviation(line.get(start..at).unwrap_or_default())
            }
            ';' => true,
            _ => false,
        };
        if ends {
            push(&mut found, line.get(start..at).unwrap_or_default());
            start = at + sign.len_utf8();
        }
    }
    push(&mut found, line.get(start..).unwrap_or_default());
    found
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit([' ', '(']).next().unwrap_or_default().to_ascii_lowercase();
    ["e.g", "i.e", "est", "approx", "ca", "vs", "max", "min", "incl", "bzw", "etc", "no", "fig"]
        .contains(&word.as_str())
}

fn push(found: &mut Vec<String>, text: &str) {
    let text = text.trim();
    if !text.is_empty() {
        found.push(clipped(text));
    }
}

/// The first letters of a text, no more than a sentence has.
pub fn clipped(text: &str) -> String {
    text.chars().take(LONGEST_PIECE).collect()
}
