//! A text as runs of letters and numbers, which names and figures are made of.

/// A run of letters, a number, or a sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    /// In lower case.
    pub low: String,
    /// Whether its first letter is a capital.
    pub capital: bool,
    /// What it is.
    pub kind: AtomKind,
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// What an atom is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtomKind {
    /// Letters alone.
    Word,
    /// Digits, with what parts them.
    Number,
    /// One of anything else.
    Sign,
}

impl Atom {
    /// Whether it is that word.
    pub fn is(&self, word: &str) -> bool {
        self.low == word
    }

    /// The number it is, where it is a plain one.
    pub fn number(&self) -> Option<f64> {
        if self.kind == AtomKind::Number { self.low.parse().ok() } else { None }
    }
}

/// The atoms of a text in order; spaces are none.
pub fn atoms(text: &str) -> Vec<Atom> {
    let mut found: Vec<Atom> = Vec::new();
    let mut signs = text.char_indices().peekable();
    while let Some((start, sign)) = signs.next() {
        if sign.is_whitespace() {
            continue;
        }
        let mut end = start + sign.len_utf8();
        let kind = if sign.is_ascii_digit() {
            AtomKind::Number
        } else if sign.is_alphabetic() {
            AtomKind::Word
        } else {
            AtomKind::Sign
        };
        while let Some(&(at, next)) = signs.peek() {
            let after = text.get(at + next.len_utf8()..).and_then(|rest| rest.chars().next());
            let goes_on = match kind {
                AtomKind::Word => next.is_alphabetic(),
                // A point or comma belongs to a number where a digit follows.
                AtomKind::Number => {
                    next.is_ascii_digit()
                        || (matches!(next, '.' | ',') && after.is_some_and(|after| after.is_ascii_digit()))
                }
                AtomKind::Sign => false,
            };
            if !goes_on {
                break;
            }
            end = at + next.len_utf8();
            signs.next();
        }
        let low = text.get(start..end).unwrap_or_default().to_lowercase();
        found.push(Atom { low, capital: sign.is_uppercase(), kind, start, end });
    }
    found
}

/// Whether nothing stands between two atoms that follow one another.
pub fn glued(before: &Atom, after: &Atom) -> bool {
    before.end == after.start
}
