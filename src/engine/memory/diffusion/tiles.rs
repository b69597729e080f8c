//! How an image is cut into overlapping tiles.

/// Part of a tile after which the next one starts.
const STEP: f64 = 0.75;

/// One direction of a tiled image, in latents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tiles {
    /// Length of all tiles together; more than the image, for they overlap.
    pub all: f64,
    /// Length of those before the last one of full size.
    pub before: f64,
    /// Length of the largest.
    pub full: f64,
}

impl Tiles {
    /// Tiles of `side` along a `length`: one starts at each step, the last ones are cut by the edge.
    pub fn new(length: f64, side: f64) -> Self {
        let step = side * STEP;
        let count = (length / step).ceil();
        let last_full = ((length - side) / step).floor().max(0.0);
        let full = length.min(side);
        let cut: f64 = (1..=2)
            .map(|after| last_full + f64::from(after))
            .filter(|index| *index < count)
            .map(|index| (length - index * step).min(side))
            .sum();
        Self { all: (last_full + 1.0) * full + cut, before: last_full * full, full }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_start_at_every_step() {
        // Of 256: 0 to 128, 96 to 224, 192 to 256.
        assert_eq!(Tiles::new(256.0, 128.0), Tiles { all: 320.0, before: 128.0, full: 128.0 });
        // Of 224: 0 to 128, 96 to 224, 192 to 224.
        assert_eq!(Tiles::new(224.0, 128.0), Tiles { all: 288.0, before: 128.0, full: 128.0 });
        // Of 129: 0 to 128, 96 to 129.
        assert_eq!(Tiles::new(129.0, 128.0), Tiles { all: 161.0, before: 0.0, full: 128.0 });
        assert_eq!(Tiles::new(40.0, 128.0), Tiles { all: 40.0, before: 0.0, full: 40.0 });
    }
}
