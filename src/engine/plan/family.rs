//! Which models are smaller ones of a family: of one publisher, and of one name but for size and version.

use std::sync::Arc;

use crate::spec::Model;

/// Share of a model's parameters that a smaller one has at most: less is no step down.
const SMALLER: f64 = 0.9;

/// Models that can stand in for one: those of its version first, then of its generation, then newer ones, and those that
/// it taught; of each the largest first. Older generations stand in for none.
pub fn smaller<'m>(than: &Model, all: impl IntoIterator<Item = &'m Arc<Model>>) -> Vec<&'m Arc<Model>> {
    let (kind, generation) = (kind(&than.id), generation(&than.id));
    let most = than.parameters.value() * SMALLER;
    let mut found: Vec<&Arc<Model>> = all
        .into_iter()
        .filter(|model| model.family == than.family && *model.parameters.value() <= most)
        .filter(|model| {
            let alike = self::kind(&model.id) == kind && self::generation(&model.id) >= generation;
            alike || is_distilled(&model.id, &than.id)
        })
        .filter(|model| model.vision.is_some() >= than.vision.is_some() && model.makes == than.makes)
        .collect();
    found.sort_by(|a, b| {
        let other = |model: &Model| {
            (self::generation(&model.id) != generation, version(&model.id) != version(&than.id))
        };
        let size = |model: &Model| *model.parameters.value();
        let newer = version(&b.id).cmp(&version(&a.id));
        other(a).cmp(&other(b)).then(size(b).total_cmp(&size(a))).then(newer)
    });
    found
}

/// Whether a model was taught by another, by its name: `deepseek-r1-distill-qwen-32b` by `deepseek-r1`.
fn is_distilled(id: &str, from: &str) -> bool {
    id.strip_prefix(from).is_some_and(|rest| rest.starts_with("-distill-"))
}

/// A model's name without its sizes: `qwen2.5-coder` of `qwen2.5-coder-32b`.
fn version(id: &str) -> String {
    let words: Vec<&str> = id.split('-').filter(|word| !is_size(word)).collect();
    words.join("-")
}

/// The same without the numbers of versions: `qwen-coder`.
fn kind(id: &str) -> String {
    let letters = |word: &str| {
        word.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '.').to_owned()
    };
    let version = version(id);
    let words = version.split('-').map(letters).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// The number before the point of a name's version: 3 of `llama-3.3-70b`; 0 where there is none.
fn generation(id: &str) -> u32 {
    let version = version(id);
    let digits = version.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let whole: String = digits.chars().take_while(char::is_ascii_digit).collect();
    whole.parse().unwrap_or(0)
}

/// `70b`, `0.6b`, `270m`, `a3b`, `8x22b`.
fn is_size(word: &str) -> bool {
    let number = word.trim_start_matches('a').strip_suffix(['b', 'm']);
    number.is_some_and(|number| {
        number.starts_with(|digit: char| digit.is_ascii_digit())
            && number.chars().all(|letter| letter.is_ascii_digit() || ['.', 'x'].contains(&letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_by_kind_and_version() {
        for (id, expected) in [
            ("llama-3.3-70b", ("llama-3.3", "llama")),
            ("qwen2.5-coder-32b", ("qwen2.5-coder", "qwen-coder")),
            ("qwen3-30b-a3b", ("qwen3", "qwen")),
            ("mixtral-8x22b", ("mixtral", "mixtral")),
            ("gemma-3-27b", ("gemma-3", "gemma")),
        ] {
            assert_eq!((version(id).as_str(), kind(id).as_str()), expected, "{id}");
        }
        let generations = ["llama-3.3-70b", "qwen2.5-coder-32b", "mixtral-8x22b"].map(generation);
        assert_eq!(generations, [3, 2, 0]);
    }
}
