//! What sees or hears in a wrapper: its parameters with what projects from it, and the shape of what sees.
//!
//! Where its class is known they are those that Transformers 5.24 builds; of others the layers alone, a lower bound.

mod hearing;
mod joining;
mod least;
mod own;
mod parts;
mod plain;
mod shape;
mod usual;

use serde_json::Value;

use self::parts::Wide;
use super::sketch::Given;
use crate::spec::Tower;

/// What sees or hears in a wrapper.
#[derive(Clone, Copy)]
pub(in crate::import) struct Seen {
    /// Parameters, with what projects from it.
    pub parameters: u64,
    /// Whether it has more than these, because its class is not known.
    pub at_least: bool,
    /// Whether what hears is counted too.
    pub hears: bool,
    /// The shape of what sees.
    pub shape: Option<Tower>,
    /// Whether an image is cut into tiles, each of which is seen by itself.
    pub tiles: bool,
}

/// A wrapper's parts.
#[derive(Clone, Copy)]
struct Wrapper<'a> {
    kind: &'a str,
    outer: Wide<'a>,
    text: Wide<'a>,
    vision: Option<Wide<'a>>,
    audio: Option<Wide<'a>>,
    /// Width of the language model.
    out: u128,
}

/// More parameters than any tower has.
const MOST: u64 = 1 << 53;

/// What sees or hears in a configuration; `None` where it says nothing of its size. `width` is that of the language model.
pub(super) fn read(document: &Value, text: &Value, width: Option<u64>) -> Option<Seen> {
    let thinks = document.get("thinker_config").filter(|part| part.is_object());
    let outer = thinks.unwrap_or(document);
    let part = |key: &str| outer.get(key).filter(|part| part.is_object()).map(|part| Wide(Given(part)));
    let kind = document.get("model_type")?.as_str()?;
    let (vision, audio) = (part("vision_config"), part("audio_config"));
    let width = width.filter(|width| *width > 0).map(u128::from);
    let known = width.and_then(|out| {
        let (outer, text) = (Wide(Given(outer)), Wide(Given(text)));
        let wrapper = Wrapper { kind, outer, text, vision, audio, out };
        let shape = vision.and_then(|_| shape::shape(&wrapper));
        parameters(&wrapper).map(|(count, hears)| (count, hears, shape))
    });
    // Each width is below a million, so that no product here is beyond 128 bits.
    let narrow = |count: u128| u64::try_from(count).ok().filter(|count| *count < MOST);
    if let Some((count, hears, shape)) = known {
        let parameters = narrow(count)?;
        return Some(Seen { parameters, at_least: false, hears, shape, tiles: shape::is_tiled(kind) });
    }
    let parameters = narrow(least::vision(vision?)?).filter(|count| *count > 0)?;
    Some(Seen { parameters, at_least: true, hears: false, shape: None, tiles: false })
}

/// Parameters by the class, and whether what hears is among them.
fn parameters(wrapper: &Wrapper<'_>) -> Option<(u128, bool)> {
    if let "voxtral" = wrapper.kind {
        return Some((hearing::voxtral(wrapper.audio?, wrapper.out), true));
    }
    let seen = joining::parameters(wrapper)
        .or_else(|| plain::parameters(wrapper))
        .or_else(|| own::parameters(wrapper))?;
    let heard = hearing::beside(wrapper);
    Some((seen + heard.unwrap_or(0), heard.is_some()))
}
