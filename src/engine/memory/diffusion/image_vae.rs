//! The models that turn a picture into latents and back, of SD 1.5, SDXL and FLUX.1.

use super::tape::Tape;
use super::tiles::Tiles;
use super::unet::residual;

/// A picture's autoencoder, by its published `vae/config.json`.
#[derive(Debug)]
pub(super) struct ImageVae {
    /// Parameters.
    pub(super) parameters: f64,
    /// Channels of the latents.
    pub(super) latents: f64,
    /// Whether latents pass a convolution of their own before they are decoded.
    pub(super) converts: bool,
    /// Side of a tile in pixels; three quarters of it lie between the starts of two tiles.
    pub(super) tile: f64,
}

/// <https://huggingface.co/stable-diffusion-v1-5/stable-diffusion-v1-5/blob/main/vae/config.json>
pub(super) const SD15: ImageVae =
    ImageVae { parameters: 83_653_863.0, latents: 4.0, converts: true, tile: 512.0 };

/// <https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/vae/config.json>
pub(super) const SDXL: ImageVae = ImageVae { tile: 1024.0, ..SD15 };

/// <https://huggingface.co/black-forest-labs/FLUX.1-dev/blob/main/vae/config.json>
pub(super) const FLUX: ImageVae =
    ImageVae { parameters: 83_819_683.0, latents: 16.0, converts: false, tile: 1024.0 };

/// Channels of each level, the finest first.
const LEVELS: [f64; 4] = [128.0, 256.0, 512.0, 512.0];
/// Residual blocks of a level on the way down; one more on the way up.
const BLOCKS: usize = 2;
const COLOURS: f64 = 3.0;
/// Weights of the largest layer, a 3 × 3 convolution.
pub(super) const LARGEST: f64 = 512.0 * 512.0 * 9.0;
/// Pixels on a side of one latent.
pub(super) const SCALE: f64 = 8.0;

impl ImageVae {
    /// Bytes that come and go while `batch` latents of `height` × `width` are decoded.
    pub(super) fn decoding(&self, height: f64, width: f64, batch: f64, tiled: bool, value: f64) -> f64 {
        let latents = value * self.latents * height * width * batch;
        let side = self.tile / SCALE;
        if !tiled || (height <= side && width <= side) {
            let converted = if self.converts { latents } else { 0.0 };
            return latents + converted + decoder(height * width, batch, value);
        }
        // The last tile of full size is the widest moment: all before it wait to be blended.
        let (rows, columns) = (Tiles::new(height, side), Tiles::new(width, side));
        let done = rows.before * columns.all + rows.full * columns.before;
        let colours = value * COLOURS * SCALE * SCALE * batch;
        let tile = rows.full * columns.full;
        let converted = if self.converts { value * self.latents * tile * batch } else { 0.0 };
        let decoding = colours * done + converted + decoder(tile, batch, value);
        // In the end all tiles are there, the rows cut from them, and the picture.
        let joining = colours * (rows.all * columns.all + 2.0 * height * width);
        latents + decoding.max(joining)
    }

    /// Bytes that come and go while `batch` pictures of `height` × `width` pixels are encoded.
    pub(super) fn encoding(height: f64, width: f64, batch: f64, value: f64) -> f64 {
        let mut tape = Tape::new(value * COLOURS * height * width * batch, 0.0);
        let mut positions = height * width;
        let mut input = value * LEVELS[0] * positions * batch;
        tape.take(input);
        for channels in LEVELS {
            // A level's input keeps its name outside it.
            let mut held = 0.0;
            for _ in 0..BLOCKS {
                let output = value * channels * positions * batch;
                residual(&mut tape, if held > 0.0 { held } else { input }, output, false);
                tape.drop(held);
                held = output;
            }
            // Padded by a row and a column, then every second one is kept.
            tape.take(held);
            positions /= 4.0;
            let output = value * channels * positions * batch;
            tape.take(output);
            tape.drop(2.0 * held + input);
            input = output;
        }
        tape.peak()
    }
}

/// The decoder on one piece of latents; `latents` positions, a stage doubles each side.
fn decoder(latents: f64, batch: f64, value: f64) -> f64 {
    let mut tape = Tape::new(0.0, 0.0);
    let mut positions = latents;
    let deepest = LEVELS[LEVELS.len() - 1];
    let size = value * deepest * positions * batch;
    // In the middle: a residual block, attention with queries, keys, values and a result, another block.
    tape.take(size);
    residual(&mut tape, size, size, false);
    tape.take(6.0 * size);
    tape.drop(6.0 * size);
    residual(&mut tape, size, size, false);
    tape.drop(2.0 * size);
    let mut input = size;
    for (level, channels) in LEVELS.into_iter().enumerate().rev() {
        let mut held = 0.0;
        let output = value * channels * positions * batch;
        for _ in 0..=BLOCKS {
            residual(&mut tape, if held > 0.0 { held } else { input }, output, false);
            tape.drop(held);
            held = output;
        }
        if level > 0 {
            // Each position four times, then a convolution.
            positions *= 4.0;
            tape.take(4.0 * output);
            tape.take(4.0 * output);
            tape.drop(5.0 * output);
            held = 4.0 * output;
        }
        tape.drop(input);
        input = held;
    }
    tape.take(input);
    tape.take(input);
    tape.drop(input);
    tape.take(value * COLOURS * positions * batch);
    tape.peak()
}
