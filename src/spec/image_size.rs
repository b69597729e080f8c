//! The size of an image that a model reads.

use super::settings::{Setting, Value, ValueError};
use crate::spec::settings::{Entry, Given};

/// Width and height of an image in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageSize {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

/// Most pixels of a side.
const LARGEST: u32 = 65_536;

impl ImageSize {
    /// Of `1024x768`, or `1024` for a square; nothing for another text or a side beyond 65,536.
    pub fn parse(text: &str) -> Option<Self> {
        let side = |text: &str| text.trim().parse::<u32>().ok().filter(|side| (1..=LARGEST).contains(side));
        let (width, height) = text.split_once(['x', 'X', '×']).unwrap_or((text, text));
        Some(Self { width: side(width)?, height: side(height)? })
    }
}

/// An image, or `auto`.
impl Value for Option<ImageSize> {
    fn read(_: &Setting, text: &str) -> Result<Given<Self>, ValueError> {
        if text.eq_ignore_ascii_case("auto") {
            return Ok(Given::plain(None));
        }
        let not = || ValueError::not(text, "no size of an image; write auto, 1024x768, or 1024 for a square");
        ImageSize::parse(text).map(|size| Given::plain(Some(size))).ok_or_else(not)
    }

    fn entry(&self) -> Entry {
        self.map_or_else(
            || Entry::from("auto"),
            |size| Entry::Text(format!("{}x{}", size.width, size.height)),
        )
    }
}
