//! The claims of the documents that this program was made to judge.

use std::sync::LazyLock;

use serde::Deserialize;

use super::document::{Claim, one_claim};
use super::scan::Lexicon;

const TEXT: &str = include_str!("../../assets/evidence/claims.ron");

/// A claim as a document makes it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// `C142`.
    pub id: String,
    /// The document's number.
    pub document: String,
    /// Under which of its headings.
    pub place: String,
    /// What it is about, where the words themselves leave that to their place.
    #[serde(default)]
    pub about: String,
    /// Its words, shortened.
    pub text: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shipped {
    claims: Vec<Record>,
}

/// Every claim, in the order of the documents; none where the file cannot be read, which a test rules out.
pub fn shipped() -> &'static [Record] {
    static CLAIMS: LazyLock<Shipped> = LazyLock::new(|| ron::from_str(TEXT).unwrap_or_default());
    &CLAIMS.claims
}

impl Record {
    /// As it is understood.
    pub fn claim(&self, lexicon: &Lexicon) -> Claim {
        Claim {
            id: self.id.clone(),
            text: self.text.clone(),
            about: self.about.clone(),
            document: Some(self.document.clone()),
            place: self.place.clone(),
            says: one_claim(&self.text, &self.about, lexicon),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_is_read() {
        let read: Result<Shipped, _> = ron::from_str(TEXT);
        let read = read.map_err(|error| error.to_string()).expect("claims");
        assert_eq!(read.claims.len(), 237);
        for (index, record) in read.claims.iter().enumerate() {
            assert_eq!(record.id, format!("C{:03}", index + 1));
        }
    }
}
