//! GGUF files that are no language model: what they are, and which file to give instead.

use super::super::error::bounded;
use super::super::{Note, Problem};
use super::header::Header;
use crate::spec::Architecture;
use crate::spec::architecture::Writes;

/// Architecture of what sees or hears, in a file of its own.
const PROJECTOR: &str = "clip";

/// What is wrong with asking about a file that no program runs by itself.
///
/// # Errors
/// With what it is, and which file to give.
pub(super) fn refuse(header: &Header, architecture: &str, complete: bool) -> Result<(), Problem> {
    let kind = header.metadata.text("general.type").unwrap_or_default();
    let model = "give the GGUF of the model itself";
    let what = match (kind, architecture) {
        ("adapter", _) => {
            let what = format!(
                "the file is an adapter of `{}`, which is loaded beside its base",
                bounded(architecture)
            );
            return Err(Problem::content(what, "give the GGUF of the base, or the adapter's PEFT folder"));
        }
        ("imatrix", _) => "the file is an importance matrix, which quantizing reads and no program runs",
        (_, "controlvector") => "the file is a control vector, which is loaded beside a model",
        _ if complete && header.tensors.is_empty() => "the file holds no tensors, at most a vocabulary",
        _ => return Ok(()),
    };
    Err(Problem::content(what, model))
}

/// Whether a file is the part of a model that sees or hears, alone.
pub(super) fn is_projector(header: &Header, architecture: &str) -> bool {
    architecture == PROJECTOR || header.metadata.text("general.type") == Some("mmproj")
}

/// What is said of such a file.
pub(super) fn projector() -> Note {
    Note::Assumed(
        "The part of a model that sees or hears (`--mmproj`), weighed by itself: it is loaded beside the model's own GGUF, which is the file to ask about"
            .to_owned(),
    )
}

/// What is said of an architecture that writes no text token by token; `None` of those that do.
pub(super) fn other_use(architecture: &str) -> Option<&'static str> {
    match Architecture::named(architecture)?.writes {
        Writes::Tokens => None,
        Writes::WholeTexts => Some(
            "A model that refines a whole text at once: it keeps no cache, and what is said of answers token by token does not apply",
        ),
        Writes::Nothing => Some(
            "An encoder, as embedding models are: it writes no text, so that what is said of answers does not apply",
        ),
    }
}

/// What a file says of its use, where it is not to write text.
pub(super) fn pooled(header: &Header, architecture: &str) -> Option<Note> {
    let key = format!("{architecture}.pooling_type");
    let what = match header.metadata.whole(&key, u32::MAX).ok().flatten()? {
        4 => "A model that scores texts, as rerankers do",
        1..=3 => "A model that makes embeddings",
        _ => return None,
    };
    Some(Note::Assumed(format!("{what}: it writes no text, so that what is said of answers does not apply")))
}
