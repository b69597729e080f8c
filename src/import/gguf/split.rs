//! Models in several files: `name-00001-of-00003.gguf`.

use std::path::{Path, PathBuf};

/// Most parts of one model.
const MOST_PARTS: u32 = 4096;

/// One part of a model, by its file name without the ending.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// The name all parts share.
    pub base: &'a str,
    /// How many parts there are.
    pub of: u32,
}

/// Reads `name-00001-of-00003`; `None` for any other name.
pub(crate) fn part_of(stem: &str) -> Option<Part<'_>> {
    let (rest, of) = stem.rsplit_once("-of-")?;
    let (base, number) = rest.rsplit_once('-')?;
    let five_digits =
        |text: &str| (text.len() == 5).then(|| text.parse::<u32>().ok().filter(|n| *n > 0)).flatten();
    let (number, of) = (five_digits(number)?, five_digits(of)?);
    (number <= of && of <= MOST_PARTS && !base.is_empty()).then_some(Part { base, of })
}

/// Every part of the model that this file belongs to, itself alone if it is whole.
pub(super) fn parts(path: &Path) -> Vec<PathBuf> {
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let Some(part) = stem.and_then(part_of) else { return vec![path.to_owned()] };
    (1..=part.of)
        .map(|number| path.with_file_name(format!("{}-{number:05}-of-{:05}.gguf", part.base, part.of)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts() {
        assert_eq!(part_of("big-Q4_K_M-00002-of-00003"), Some(Part { base: "big-Q4_K_M", of: 3 }));
        for whole in ["big", "big-1-of-3", "big-00004-of-00003", "big-00000-of-00003", "-00001-of-00001"] {
            assert_eq!(part_of(whole), None, "{whole}");
        }
        let parts = parts(Path::new("/m/big-00002-of-00003.gguf"));
        assert_eq!(parts.len(), 3);
        assert_eq!(parts.first().map(PathBuf::as_path), Some(Path::new("/m/big-00001-of-00003.gguf")));
    }
}
