//! What towers are made of: a configuration's numbers, and the matrices of a layer.

use super::super::sketch::Given;
use crate::units::{count, whole};

/// Most patches of a side that become one token, and most matrices of a kind that are counted.
const FEW: u128 = 64;

/// Keys that a configuration's class has defaults for (Transformers 5.24).
pub(super) struct Defaults {
    /// Width of a token.
    pub hidden: u128,
    /// Inner width of a network.
    pub width: u128,
    /// Layers.
    pub layers: u128,
    /// Pixels of a patch's side.
    pub patch: u128,
}

/// A configuration's numbers, wide enough for their products.
#[derive(Clone, Copy)]
pub(super) struct Wide<'a>(pub Given<'a>);

impl<'a> Wide<'a> {
    /// A number.
    pub(super) fn n(self, key: &str) -> Option<u128> {
        self.0.n(key).map(u128::from)
    }

    /// The same, or the class's.
    pub(super) fn or(self, key: &str, default: u128) -> u128 {
        self.n(key).unwrap_or(default)
    }

    /// A number of things that are few.
    pub(super) fn few(self, key: &str, default: u128) -> u128 {
        self.first(key).unwrap_or(default).min(FEW)
    }

    /// A number, or the first of a list: sides of images are given either way.
    pub(super) fn first(self, key: &str) -> Option<u128> {
        self.n(key).or_else(|| self.0.numbers(key)?.first().copied().map(u128::from))
    }

    /// A width that is so many times another as a key says, or its class.
    pub(super) fn scaled(self, width: u128, (key, class): (&str, f64)) -> u128 {
        let times = self.0.real(key).filter(|times| (0.0..=64.0).contains(times)).unwrap_or(class);
        let width = u64::try_from(width).map_or(0.0, count);
        u128::from(whole((width * times).floor()))
    }

    /// The first of several names under which a number is given.
    pub(super) fn any(self, keys: &[&str]) -> Option<u128> {
        keys.iter().find_map(|key| self.first(key))
    }

    /// Entries of a list.
    pub(super) fn entries(self, key: &str) -> Option<u128> {
        self.0.0.get(key)?.as_array().map(|list| (list.len() as u128).min(FEW))
    }

    /// How many entries of a list are a word.
    pub(super) fn words(self, key: &str, word: &str) -> Option<u128> {
        let list = self.0.0.get(key)?.as_array()?;
        Some(list.iter().filter(|own| own.as_str() == Some(word)).count() as u128)
    }

    /// A part.
    pub(super) fn part(self, key: &str) -> Option<Self> {
        self.0.0.get(key).filter(|part| part.is_object()).map(|part| Wide(Given(part)))
    }

    /// A name.
    pub(super) fn text(self, key: &str) -> Option<&'a str> {
        self.0.0.get(key)?.as_str()
    }

    /// A yes or no.
    pub(super) fn flag(self, key: &str, default: bool) -> bool {
        self.0.flag(key, default)
    }
}

/// A layer of a vision transformer with biases and two norms: four matrices of attention, two of its network.
pub(super) const fn plain_layer(hidden: u128, width: u128) -> u128 {
    4 * (hidden * hidden + hidden) + hidden * width + width + width * hidden + hidden + 4 * hidden
}

/// A matrix with a bias.
pub(super) const fn linear(inputs: u128, outputs: u128) -> u128 {
    inputs * outputs + outputs
}

/// A network of three matrices, the first of which gates the second, with biases.
pub(super) const fn gated(hidden: u128, width: u128) -> u128 {
    2 * linear(hidden, width) + linear(width, hidden)
}

/// Widths that a configuration gives, or its class.
pub(super) fn widths(given: Wide<'_>, class: &Defaults) -> [u128; 4] {
    let layers = given.n("depth").or_else(|| given.n("num_hidden_layers"));
    [
        given.or("hidden_size", class.hidden),
        given.or("intermediate_size", class.width),
        layers.unwrap_or(class.layers).min(1024),
        given.first("patch_size").unwrap_or(class.patch),
    ]
}
