//! Which modules a configuration leaves as they are: names, wildcards and regular expressions.

use regex_lite::Regex;
use serde_json::Value;

use super::modules::unwrapped;

/// Most patterns that are looked at.
const MOST: usize = 8192;

/// One pattern.
enum Pattern {
    /// A module and all below it, wherever it stands.
    Part(String),
    /// With `*` for anything.
    Wildcard(String),
    /// From the start of the name, as Python's `re.match` has it.
    Regex(Regex),
}

/// Modules that are left out.
#[derive(Default)]
pub(super) struct Patterns {
    patterns: Vec<Pattern>,
    /// The first that could not be understood.
    pub unknown: Option<String>,
}

impl Patterns {
    /// Of a list of texts; everything else in it is passed over.
    pub(super) fn of(list: Option<&Value>) -> Self {
        let mut patterns = Self::default();
        let texts = list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        for text in texts.take(MOST) {
            patterns.add(text);
        }
        patterns
    }

    /// One more.
    pub(super) fn add(&mut self, text: &str) {
        let pattern = if let Some(expression) = text.strip_prefix("re:") {
            match Regex::new(&format!("^(?:{expression})")) {
                Ok(regex) => Pattern::Regex(regex),
                Err(_not_understood) => {
                    self.unknown.get_or_insert_with(|| text.to_owned());
                    return;
                }
            }
        } else if text.contains('*') {
            Pattern::Wildcard(unwrapped(text))
        } else {
            Pattern::Part(unwrapped(text))
        };
        self.patterns.push(pattern);
    }

    /// Whether none is given.
    pub(super) const fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether one of the names of a module matches.
    pub(super) fn matches(&self, names: &[String]) -> bool {
        names.iter().any(|name| self.patterns.iter().any(|pattern| pattern.matches(name)))
    }
}

impl Pattern {
    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Part(part) => is_part(name, part),
            Self::Wildcard(pattern) => wildcard(pattern, name),
            Self::Regex(regex) => regex.is_match(name),
        }
    }
}

/// Whether whole components of a name are the part: `lm_head`, `self_attn`, `model.layers.0`.
fn is_part(name: &str, part: &str) -> bool {
    let part = part.trim_matches('.');
    !part.is_empty()
        && name.match_indices(part).any(|(at, _)| {
            let before = name.get(..at).unwrap_or_default();
            let after = name.get(at + part.len()..).unwrap_or_default();
            (before.is_empty() || before.ends_with('.')) && (after.is_empty() || after.starts_with('.'))
        })
}

/// Whether a text is a pattern with `*` for anything.
fn wildcard(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut last = first;
    let mut any = false;
    for piece in pieces {
        any = true;
        last = piece;
        let Some(at) = rest.find(piece) else { return false };
        rest = rest.get(at + piece.len()..).unwrap_or_default();
    }
    rest.is_empty() || (any && (last.is_empty() || text.ends_with(last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        let mut patterns = Patterns::default();
        patterns.add(pattern);
        patterns.matches(&[name.to_owned()])
    }

    #[test]
    fn patterns_match_as_the_libraries_match_them() {
        let attention = "model.layers.1.self_attn.q_proj";
        let expert = "model.layers.1.mlp.experts.0.gate_proj";
        for (pattern, name, expected) in [
            ("lm_head", "lm_head", true),
            ("self_attn", attention, true),
            ("model.layers.1", "model.layers.10.mlp.up_proj", false),
            ("model.layers.1.", attention, true),
            ("re:.*self_attn.*", attention, true),
            (r"re:.*mlp\.(gate|up)_proj.*", "model.layers.0.mlp.up_proj", true),
            (r"re:.*mlp\.(gate|up)_proj.*", expert, false),
            ("re:self_attn", attention, false),
            ("language_model.model.layers.1.self_attn*", attention, true),
            ("*.experts.*", expert, true),
            ("*gate", expert, false),
            ("model.layers.0*", attention, false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
        let mut patterns = Patterns::default();
        patterns.add("re:(?!x)");
        assert_eq!(patterns.unknown.as_deref(), Some("re:(?!x)"));
    }
}
