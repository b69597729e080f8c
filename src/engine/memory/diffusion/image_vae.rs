//! The models that turn a image into latents and back, of SD 1.5, SDXL and FLUX.1.

use super::tiles::Tiles;
use super::trace::Trace;
use super::unet::{BLOCK_OUTPUT, residual};
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;

/// A image's autoencoder, by its published `vae/config.json`.
#[derive(Debug)]
pub struct ImageVae {
    /// Parameters.
    pub parameters: f64,
    /// Channels of the latents.
    pub latents: f64,
    /// Whether latents pass a convolution of their own before they are decoded.
    pub converts: bool,
    /// Side of a tile in pixels; three quarters of it lie between the starts of two tiles.
    pub tile: f64,
}

/// <https://huggingface.co/stable-diffusion-v1-5/stable-diffusion-v1-5/blob/main/vae/config.json>
pub const SD15: ImageVae = ImageVae { parameters: 83_653_863.0, latents: 4.0, converts: true, tile: 512.0 };

/// <https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/vae/config.json>
pub const SDXL: ImageVae = ImageVae { tile: 1024.0, ..SD15 };

/// <https://huggingface.co/black-forest-labs/FLUX.1-dev/blob/main/vae/config.json>
pub const FLUX: ImageVae =
    ImageVae { parameters: 83_819_683.0, latents: 16.0, converts: false, tile: 1024.0 };

/// Channels of each level, the finest first.
const LEVELS: [f64; 4] = [128.0, 256.0, 512.0, 512.0];
/// Residual blocks of a level on the way down; one more on the way up.
const BLOCKS: usize = 2;
const COLORS: f64 = 3.0;
/// Weights of the largest layer, a 3 × 3 convolution.
pub const LARGEST: f64 = 512.0 * 512.0 * 9.0;
/// Pixels on a side of one latent.
pub const SCALE: f64 = 8.0;

/// What attention in the middle gives, one after the other.
const ATTENTION: &str = "middle attention";
/// What the first convolution gives.
const INPUT: &str = "input convolution";

impl ImageVae {
    /// Side of a tile in latents.
    pub fn side(&self) -> f64 {
        self.tile / SCALE
    }

    /// Bytes that come and go while `batch` latents of `height` × `width` are decoded
    /// (`AutoencoderKL.decode` of diffusers).
    pub fn decoding(
        &self,
        [height, width]: [f64; 2],
        batch: f64,
        tiled: bool,
        value: f64,
        detail: Detail,
    ) -> Peak {
        let latents = Peak::new(detail).with("latents", value * self.latents * height * width * batch);
        let convert = |peak: Peak, positions: f64| {
            let bytes = if self.converts { value * self.latents * positions * batch } else { 0.0 };
            peak.with("latents after their own convolution", bytes)
        };
        let side = self.side();
        if !tiled || (height <= side && width <= side) {
            return convert(latents, height * width).plus(decoder(height * width, batch, value, detail));
        }
        // The last tile of full size is the peak: all before it wait to be blended.
        let (rows, columns) = (Tiles::new(height, side), Tiles::new(width, side));
        let done = rows.before * columns.all + rows.full * columns.before;
        let colors = value * COLORS * SCALE * SCALE * batch;
        let tile = rows.full * columns.full;
        let waiting = Peak::new(detail).with("tiles decoded before", colors * done);
        let decoding = convert(waiting, tile).plus(decoder(tile, batch, value, detail));
        // In the end all tiles are there, the rows cut from them, and the image.
        let joining = Peak::new(detail).with(
            "all tiles decoded, rows blended from them, and the image",
            colors * (rows.all * columns.all + 2.0 * height * width),
        );
        latents.plus(decoding.most(joining))
    }

    /// Bytes that come and go while `batch` images of `height` × `width` pixels are encoded
    /// (`AutoencoderKL.encode` of diffusers).
    pub fn encoding(height: f64, width: f64, batch: f64, value: f64, detail: Detail) -> Peak {
        const DOWN: &str = "downsampling convolution";
        let mut trace = Trace::new(detail, 0.0);
        trace.take("image", value * COLORS * height * width * batch);
        let mut positions = height * width;
        let (mut name, mut input) = (INPUT, value * LEVELS[0] * positions * batch);
        trace.take(name, input);
        for channels in LEVELS {
            // A level's input keeps its name outside it.
            let mut held = 0.0;
            for _ in 0..BLOCKS {
                let output = value * channels * positions * batch;
                residual(&mut trace, if held > 0.0 { held } else { input }, output, false);
                trace.drop(BLOCK_OUTPUT, held);
                held = output;
            }
            // Padded by a row and a column, then every second one is kept.
            trace.take("padded for downsampling", held);
            positions /= 4.0;
            let output = value * channels * positions * batch;
            trace.convolve(held, DOWN, output);
            trace.drop("padded for downsampling", held);
            trace.drop(BLOCK_OUTPUT, held);
            trace.drop(name, input);
            (name, input) = (DOWN, output);
        }
        worked(&trace, value)
    }
}

/// The decoder on one piece of latents; `latents` positions, a stage doubles each side.
fn decoder(latents: f64, batch: f64, value: f64, detail: Detail) -> Peak {
    let (upsampled, convolved) = ("upsampled", "upsampling convolution");
    let mut trace = Trace::new(detail, 0.0);
    let mut positions = latents;
    let deepest = LEVELS[LEVELS.len() - 1];
    let size = value * deepest * positions * batch;
    // In the middle: a residual block, attention with queries, keys, values and a result, another block.
    trace.take(INPUT, size);
    residual(&mut trace, size, size, false);
    (0..6).for_each(|_| trace.take(ATTENTION, size));
    (0..6).for_each(|_| trace.drop(ATTENTION, size));
    residual(&mut trace, size, size, false);
    trace.drop(INPUT, size);
    trace.drop(BLOCK_OUTPUT, size);
    let (mut name, mut input) = (BLOCK_OUTPUT, size);
    for (level, channels) in LEVELS.into_iter().enumerate().rev() {
        let mut held = 0.0;
        let output = value * channels * positions * batch;
        for _ in 0..=BLOCKS {
            residual(&mut trace, if held > 0.0 { held } else { input }, output, false);
            trace.drop(BLOCK_OUTPUT, held);
            held = output;
        }
        if level > 0 {
            // Each position four times, then a convolution.
            positions *= 4.0;
            trace.take(upsampled, 4.0 * output);
            trace.convolve(4.0 * output, convolved, 4.0 * output);
            trace.drop(upsampled, 4.0 * output);
            trace.drop(BLOCK_OUTPUT, output);
            held = 4.0 * output;
        }
        trace.drop(name, input);
        (name, input) = (convolved, held);
    }
    trace.take("output norm", input);
    trace.take("output activation", input);
    trace.drop("output norm", input);
    trace.convolve(input, "image", value * COLORS * positions * batch);
    worked(&trace, value)
}

/// In 32 bit cuDNN has kernels that take tensors as they lie; it may choose others still.
fn worked(trace: &Trace, value: f64) -> Peak {
    if value < 4.0 { trace.peak() } else { trace.peak().without_workspaces() }
}
