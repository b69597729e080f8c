//! The name of a model in its parts: `qwen2.5-coder-14b` is Qwen, 2.5, coder, 14 billion.

use super::atoms::{Atom, AtomKind, atoms, glued};

/// A model's name in its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ModelName {
    /// The family: `llama`.
    pub head: String,
    /// The version: `3.1`.
    pub version: Option<String>,
    /// Parameters in billions.
    pub size: Option<f64>,
    /// Active parameters in billions, as `A3B` says them.
    pub active: Option<f64>,
    /// Further words: `coder`, `r1`, `distill`, `8x7`.
    pub tags: Vec<String>,
    /// Dates and further versions, which people leave out.
    pub loose: Vec<String>,
}

/// Words that every model may have in its name.
pub const FILLERS: &[&str] =
    &["instruct", "it", "chat", "base", "hf", "gguf", "mlx", "instruction", "preview"];

/// Two words that are one family.
const JOINED: &[(&str, &str, &str)] = &[
    ("code", "llama", "codellama"),
    ("gpt", "oss", "gptoss"),
    ("tiny", "llama", "tinyllama"),
    ("star", "coder", "starcoder"),
];

impl ModelName {
    /// Of an id of the catalog.
    pub fn of_id(id: &str) -> Self {
        let atoms = atoms(id);
        let (name, _) = read(&atoms, 0, |_| true);
        name
    }
}

/// Reads a name from an atom on, as far as its words are known ones; how many atoms it takes.
pub fn read(atoms: &[Atom], at: usize, is_word: impl Fn(&str) -> bool) -> (ModelName, usize) {
    let mut name = ModelName::default();
    let mut place = at;
    let first = atoms.get(at).map_or("", |atom| atom.low.as_str());
    let second_at = at + 1 + usize::from(atoms.get(at + 1).is_some_and(|atom| atom.is("-")));
    let second = atoms.get(second_at).map_or("", |atom| atom.low.as_str());
    match JOINED.iter().find(|(one, two, _)| *one == first && *two == second) {
        Some((.., joined)) => {
            (*joined).clone_into(&mut name.head);
            place = second_at + 1;
        }
        None => {
            first.clone_into(&mut name.head);
            place += 1;
        }
    }
    let mut taken = place - at;
    // No name has more parts than that.
    while place < atoms.len() && place - at < 24 {
        let Some(here) = atoms.get(place) else { break };
        let before = atoms.get(place - 1);
        match here.kind {
            AtomKind::Sign => {
                let joins = ["-", "_", ".", ":", "/"].contains(&here.low.as_str())
                    && before.is_some_and(|before| glued(before, here));
                let opens = here.is("(")
                    && atoms
                        .get(place + 1)
                        .is_some_and(|next| is_size(atoms, place + 1) && next.kind == AtomKind::Number);
                if !joins && !opens {
                    break;
                }
                place += 1;
                continue;
            }
            AtomKind::Number => {
                let Some(used) = number(atoms, place, &mut name) else { break };
                place += used;
            }
            AtomKind::Word => {
                let Some(used) = word(atoms, place, &mut name, &is_word) else { break };
                place += used;
            }
        }
        taken = place - at;
    }
    (name, taken)
}

/// Whether a number of billions or millions starts there: `70B`.
fn is_size(atoms: &[Atom], at: usize) -> bool {
    atoms.get(at).zip(atoms.get(at + 1)).is_some_and(|(number, letter)| {
        number.kind == AtomKind::Number
            && number.number().is_some()
            && ["b", "bn", "billion"].contains(&letter.low.as_str())
            && (glued(number, letter) || letter.capital || letter.low.len() > 1)
    })
}

/// Reads a number of a name: a size, a version, a mixture's size, a date; how many atoms it takes.
fn number(atoms: &[Atom], at: usize, name: &mut ModelName) -> Option<usize> {
    let here = atoms.get(at)?;
    let value = here.number()?;
    let next = atoms.get(at + 1);
    // `8x7B`.
    if let (Some(times), Some(each), true) =
        (next.filter(|next| next.is("x") && glued(here, next)), atoms.get(at + 2), name.size.is_none())
    {
        let each_value = each.number()?;
        let letter =
            usize::from(atoms.get(at + 3).is_some_and(|letter| letter.is("b") && glued(each, letter)));
        name.tags.push(format!("{value}{}{each_value}", times.low));
        return Some(3 + letter);
    }
    if is_size(atoms, at) {
        if name.size.is_some() {
            return None;
        }
        name.size = Some(value);
        return Some(2);
    }
    match next.filter(|next| glued(here, next)) {
        Some(next) if next.is("m") && name.size.is_none() => {
            name.size = Some(value / 1e3);
            return Some(2);
        }
        Some(next) if next.is("t") && name.size.is_none() => {
            name.size = Some(value * 1e3);
            return Some(2);
        }
        // A unit: the number is no part of the name.
        Some(next) if next.kind == AtomKind::Word => return None,
        _ => {}
    }
    // `gpt-oss 120` and `Qwen3 32`: a size without its letter stands alone only behind a hyphen.
    let before = at.checked_sub(1).and_then(|before| atoms.get(before));
    let loosely = before.is_some_and(|before| before.kind == AtomKind::Word && !glued(before, here));
    if here.low.len() >= 4 && !here.low.contains('.') {
        name.loose.push(here.low.clone());
        return Some(1);
    }
    if name.version.is_none() && name.size.is_none() {
        // `on Llama 3 tok/s`: what follows as a unit makes the number an amount.
        if loosely
            && next.is_some_and(|next| {
                ["tok", "tokens", "t", "gb", "w", "%", "x", "times", "s"].contains(&next.low.as_str())
            })
        {
            return None;
        }
        name.version = Some(here.low.trim_end_matches(".0").to_owned());
        return Some(1);
    }
    None
}

/// Reads a word of a name; how many atoms it takes.
fn word(atoms: &[Atom], at: usize, name: &mut ModelName, is_word: &impl Fn(&str) -> bool) -> Option<usize> {
    let here = atoms.get(at)?;
    let next = atoms.get(at + 1).filter(|next| next.kind == AtomKind::Number && glued(here, next));
    if let Some(number) = next {
        let after = atoms.get(at + 2).filter(|after| glued(number, after));
        return match (here.low.as_str(), after) {
            ("a", Some(letter)) if letter.is("b") || letter.is("m") => {
                name.active = number.number().map(|value| if letter.is("m") { value / 1e3 } else { value });
                Some(3)
            }
            ("v", _) => {
                // `v0.3` of Mistral is a version that people leave out; `V3` of DeepSeek is its name.
                if number.low.starts_with('0') {
                    name.loose.push(format!("v{}", number.low));
                } else {
                    name.tags.push(format!("v{}", number.low));
                }
                Some(2)
            }
            ("r" | "k" | "m" | "z" | "llm", _) => {
                name.tags.push(format!("{}{}", here.low, number.low));
                Some(2)
            }
            // `distill-qwen3`: a family inside a name.
            (word, _) if is_word(word) => {
                name.tags.push(word.to_owned());
                Some(1)
            }
            _ => None,
        };
    }
    if FILLERS.contains(&here.low.as_str()) {
        return Some(1);
    }
    if is_word(&here.low) {
        name.tags.push(here.low.clone());
        return Some(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_their_parts() {
        let name = ModelName::of_id("qwen2.5-coder-14b");
        assert_eq!(
            (name.head.as_str(), name.version.as_deref(), name.size),
            ("qwen", Some("2.5"), Some(14.0))
        );
        assert_eq!(name.tags, ["coder"]);
        let name = ModelName::of_id("qwen3-30b-a3b-2507");
        assert_eq!((name.size, name.active, name.loose.len()), (Some(30.0), Some(3.0), 1));
        let name = ModelName::of_id("mixtral-8x22b");
        assert_eq!((name.tags.as_slice(), name.size), (["8x22".to_owned()].as_slice(), None));
        let name = ModelName::of_id("deepseek-r1");
        assert_eq!((name.head.as_str(), name.tags.as_slice()), ("deepseek", ["r1".to_owned()].as_slice()));
        let name = ModelName::of_id("gpt-oss-120b");
        assert_eq!((name.head.as_str(), name.size), ("gptoss", Some(120.0)));
    }
}
