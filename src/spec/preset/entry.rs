//! The entries of a list of presets one by one, so that a bad one costs only itself.

use ron::value::RawValue;

use super::{PresetError, PresetKeys, first_sign, form, parse, past_comments, without_mark};

/// Most presets that one file may hold: each is answered, and shown, by itself.
const MOST: usize = 1_000;

/// A preset of a file, with where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PresetEntry {
    /// Its keys, or what is wrong with them and where.
    pub keys: Result<PresetKeys, PresetError>,
    /// Whether it stands in a list.
    pub listed: bool,
    /// Where it starts.
    start: (usize, usize),
    text: String,
}

impl PresetEntry {
    /// Keys that stand in no text.
    pub fn alone(keys: PresetKeys) -> Self {
        Self { keys: Ok(keys), listed: false, start: (1, 1), text: String::new() }
    }

    /// Line and column, from 1, where a key of it stands; where it starts, for what has no such key.
    pub fn place_of(&self, key: Option<&str>) -> (usize, usize) {
        let at = key.and_then(|key| find_key(&self.text, key)).unwrap_or(0);
        after(self.start, self.text.get(..at).unwrap_or_default())
    }
}

/// Reads a preset file entry by entry: one preset, or a list of them of which some may be wrong.
///
/// # Errors
/// Where the text is no preset and no list, so that no entry can be told from the next.
pub fn parse_each(text: &str, file: &str) -> Result<Vec<PresetEntry>, PresetError> {
    let text = without_mark(text);
    if first_sign(text) != Some('[') {
        let keys = parse(text, file)?.into_iter().next().unwrap_or_default();
        let written = past_comments(text);
        let start = place(text, written);
        return Ok(vec![PresetEntry { keys: Ok(keys), listed: false, start, text: written.to_owned() }]);
    }
    let Ok(entries) = form().from_str::<Vec<&RawValue>>(text) else {
        // The list itself is broken: read as a whole it says where.
        let whole = parse(text, file)?;
        let listed = |keys| PresetEntry { keys: Ok(keys), listed: true, start: (1, 1), text: String::new() };
        return Ok(whole.into_iter().map(listed).collect());
    };
    if let Some(over) = entries.get(MOST) {
        let (line, column) = place(text, past_comments(over.get_ron()));
        let message = format!("more than {MOST} presets in one file; put the rest into another file");
        return Err(PresetError::Syntax { file: file.to_owned(), line, column, message });
    }
    let mut found = Vec::with_capacity(entries.len());
    // Places are counted on from the last one: a long list is read once.
    let (mut known, mut start) = (text, (1, 1));
    for raw in entries {
        let written = past_comments(raw.get_ron());
        let ahead = written.as_ptr().addr().saturating_sub(known.as_ptr().addr());
        start = after(start, known.get(..ahead).unwrap_or_default());
        known = known.get(ahead..).unwrap_or_default();
        let keys = form().from_str::<PresetKeys>(written).map_err(|error| {
            let PresetError::Syntax { file, line, column, message } =
                PresetError::syntax(&error, written, file)
            else {
                return PresetError::syntax(&error, written, file);
            };
            let column = if line == 1 { start.1 + column - 1 } else { column };
            PresetError::Syntax { file, line: start.0 + line - 1, column, message }
        });
        found.push(PresetEntry { keys, listed: true, start, text: written.to_owned() });
    }
    Ok(found)
}

/// The place of a part of a text.
fn place(whole: &str, part: &str) -> (usize, usize) {
    let before = part.as_ptr().addr().saturating_sub(whole.as_ptr().addr());
    after((1, 1), whole.get(..before).unwrap_or_default())
}

/// A place moved on by a text.
fn after((line, column): (usize, usize), text: &str) -> (usize, usize) {
    match text.rsplit_once('\n') {
        Some((above, last)) => (line + 1 + above.matches('\n').count(), last.chars().count() + 1),
        None => (line, column + text.chars().count()),
    }
}

/// Where a key stands in the text of a preset: the word, with a colon after it.
fn find_key(text: &str, key: &str) -> Option<usize> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(key).map(|(at, _)| at).find(|at| {
        let (before, rest) = text.split_at(*at);
        let ends = rest.get(key.len()..).unwrap_or_default().trim_start();
        ends.starts_with(':') && !before.ends_with(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_entry_costs_only_itself_and_says_where_it_is() {
        let text = "// three\n[\n  (model: \"x\"), // one\n  (model: \"y\",\n   contxt: 1),\n  /* z */ (context: 5),\n]\n";
        let entries = parse_each(text, "a.ron").expect("a list");
        let [one, two, three] = entries.as_slice() else { panic!("three entries: {entries:?}") };
        assert!(one.keys.is_ok() && three.keys.is_ok());
        let error = two.keys.as_ref().expect_err("an unknown key").to_string();
        assert!(error.starts_with("a.ron:5:"), "{error}");
        assert_eq!((one.place_of(None), two.place_of(None)), ((3, 3), (4, 3)));
        assert_eq!((three.place_of(None), three.place_of(Some("context"))), ((6, 11), (6, 12)));
        assert_eq!(three.place_of(Some("cont")), (6, 11), "a part of a key is no key");
    }

    #[test]
    fn a_list_without_bound_is_refused_where_it_goes_on() {
        let list = |entries: usize| format!("[\n{}]", "(),\n".repeat(entries));
        assert_eq!(parse_each(&list(MOST), "a.ron").map(|list| list.len()), Ok(MOST));
        let error = parse_each(&list(MOST + 1), "a.ron").expect_err("one more").to_string();
        assert!(error.starts_with("a.ron:1002:1: more than 1000 presets"), "{error}");
    }

    #[test]
    fn what_is_no_list_is_one_entry_and_a_broken_list_says_where() {
        let one = parse_each("\u{feff}\n (model: \"x\")", "a.ron").expect("a preset");
        assert_eq!((one.len(), one[0].listed, one[0].place_of(Some("model"))), (1, false, (2, 3)));
        let error = parse_each("[(model: \"x\"", "a.ron").expect_err("a list without an end").to_string();
        assert!(error.starts_with("a.ron:1:"), "{error}");
    }
}
