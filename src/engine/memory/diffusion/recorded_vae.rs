//! Decoding with a VAE that was recorded, whole or tiled.

use super::pipeline::Size;
use super::record::RecordedVae;
use super::recorded::Amounts;
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;

const COLORS: f64 = 3.0;

/// Tiles along one direction, in latents: one starts at each step, the last ones are cut by the edge.
#[derive(Clone, Copy, Debug)]
struct Rows {
    /// Length of all together.
    all: f64,
    /// Length of the largest, and of those before the last of that length.
    full: [f64; 2],
    /// Length of the last, and of those before it.
    last: [f64; 2],
}

impl Rows {
    fn of(length: f64, [side, step]: [f64; 2]) -> Self {
        let count = (length / step).ceil().max(1.0);
        let at = |index: f64| (length - index * step).min(side);
        let fulls = ((length - side) / step).floor().max(0.0);
        let full = length.min(side);
        // At most two are shorter than the others.
        let cut: f64 =
            (1..=2).map(|after| fulls + f64::from(after)).filter(|index| *index < count).map(at).sum();
        let all = fulls * full + full + cut;
        let last = at(count - 1.0);
        Self { all, full: [full, fulls * full], last: [last, all - last] }
    }

    /// The tiles at which most may be alive, as height, width and what was decoded before: the last of full size, that of the
    /// last row, and the very last.
    fn last_tiles(&self, across: &Self) -> [[f64; 3]; 3] {
        let tile = |[height, above]: [f64; 2], [width, left]: [f64; 2]| {
            [height, width, above * across.all + height * left]
        };
        [tile(self.full, across.full), tile(self.last, across.full), tile(self.last, across.last)]
    }
}

impl RecordedVae {
    /// Bytes that come and go while `batch` images or clips are decoded.
    ///
    /// With VAE tiling, or in parts of a clip's frames, what was decoded before waits to be blended.
    pub fn decoding(&self, size: Size, batch: f64, tiled: bool, value: f64, detail: Detail) -> Peak {
        let tiled = tiled && (size.height > self.tile[0] || size.width > self.tile[0]);
        let frames = self.parts.map_or(size.frames, |[at_once, _]| size.frames.min(at_once));
        let pixels = value * COLORS * self.scale * self.scale * batch;
        let decoded = |latent_frames: f64| 1.0 + (latent_frames - 1.0) * self.frames;
        let pass = |height: f64, width: f64| {
            let amounts = Amounts { batch, height, width, frames, ..Amounts::default() };
            self.record.activations(amounts, value, 0.0, detail)
        };
        let mut peak = if tiled {
            let bytes = decoded(frames) * pixels;
            let tile = |[height, width, before]: [f64; 3]| {
                pass(height, width).with("tiles decoded before", before * bytes)
            };
            let [down, across] = [size.height, size.width].map(|length| Rows::of(length, self.tile));
            let whole = size.height * size.width * bytes;
            let joined = Peak::new(detail)
                .with("all tiles", down.all * across.all * bytes)
                .with("rows of tiles joined, and the image of them", 2.0 * whole);
            down.last_tiles(&across).map(tile).into_iter().fold(joined, Peak::most)
        } else {
            pass(size.height, size.width)
        };
        if let Some([_, step]) = self.parts {
            let before = (size.frames / step).ceil() - 1.0;
            let part = step * self.frames * size.height * size.width * pixels;
            peak = peak.with("frames decoded before", before * part);
        }
        peak
    }
}
