//! Makes a function of every text of the window, so that a name that is written wrong does not compile, and one that
//! nothing says any more is told by the compiler.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The texts as the program has them.
pub const ENGLISH: &str = "assets/text/en.ron";

/// Names and texts in the order of the names, and a function each: of what is put into it where it has places.
pub fn texts() -> Result<String, Box<dyn Error>> {
    let text = fs::read_to_string(Path::new(ENGLISH))?;
    let texts: BTreeMap<String, String> =
        ron::from_str(&text).map_err(|error| format!("{ENGLISH}:{error}"))?;
    let mut out = String::new();
    writeln!(out, "static NAMES: [&str; {}] = [", texts.len())?;
    for name in texts.keys() {
        writeln!(out, "    {name:?},")?;
    }
    writeln!(out, "];\nstatic ENGLISH: [&str; {}] = [", texts.len())?;
    for text in texts.values() {
        writeln!(out, "    {text:?},")?;
    }
    writeln!(out, "];")?;
    for (at, (name, text)) in texts.iter().enumerate() {
        let places = places(text);
        if places.is_empty() {
            writeln!(out, "pub(super) fn {name}() -> &'static str {{\n    plain({at})\n}}")?;
            continue;
        }
        let named: Vec<String> = places.iter().map(|place| format!("{place}: &dyn Display")).collect();
        let put: Vec<String> = places.iter().map(|place| format!("({place:?}, {place})")).collect();
        let (named, put) = (named.join(", "), put.join(", "));
        writeln!(out, "pub(super) fn {name}({named}) -> String {{\n    filled({at}, &[{put}])\n}}")?;
    }
    Ok(out)
}

/// What stands in braces, each once, in the order in which it is read.
fn places(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for part in text.split('{').skip(1) {
        if let Some((place, _)) = part.split_once('}')
            && !found.contains(&place)
        {
            found.push(place);
        }
    }
    found
}
