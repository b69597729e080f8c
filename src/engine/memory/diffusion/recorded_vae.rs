//! Decoding with a VAE that was recorded, whole or tiled.

use super::pipeline::Size;
use super::record::RecordedVae;
use super::recorded::Amounts;
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;

const COLORS: f64 = 3.0;

impl RecordedVae {
    /// Bytes that come and go while `batch` images or clips are decoded.
    ///
    /// With VAE tiling, or in parts of a clip's frames, what was decoded before waits to be blended.
    pub fn decoding(&self, size: Size, batch: f64, tiled: bool, value: f64, detail: Detail) -> Peak {
        let [side, step] = self.tile;
        let tiled = tiled && (size.height > side || size.width > side);
        let (height, width) =
            if tiled { (size.height.min(side), size.width.min(side)) } else { (size.height, size.width) };
        let frames = self.parts.map_or(size.frames, |[at_once, _]| size.frames.min(at_once));
        let amounts = Amounts { batch, height, width, frames, ..Amounts::default() };
        let pixels = value * COLORS * self.scale * self.scale * batch;
        let decoded = |latent_frames: f64| 1.0 + (latent_frames - 1.0) * self.frames;
        let mut peak = self.record.activations(amounts, value, 0.0, detail);
        if tiled {
            let along = |length: f64| (length / step).ceil();
            let before = along(size.height) * along(size.width) - 1.0;
            peak = peak.with("tiles decoded before", before * height * width * decoded(frames) * pixels);
        }
        if let Some([_, step]) = self.parts {
            let before = (size.frames / step).ceil() - 1.0;
            let part = step * self.frames * size.height * size.width * pixels;
            peak = peak.with("frames decoded before", before * part);
        }
        peak
    }
}
