//! Wan's denoiser: a transformer over the tokens of a clip.

use super::stored::Shapes;
use super::tape::Tape;

/// Shape of a Wan transformer, by its published `transformer/config.json`.
#[derive(Debug)]
pub(super) struct Wan {
    /// Width of a token.
    pub(super) width: f64,
    /// Inner width of the feed-forward network.
    pub(super) inner: f64,
    /// Layers.
    pub(super) layers: f64,
    /// Channels of the latents.
    pub(super) latents: f64,
    /// Whether each token has a time of its own, and so modulations of its own.
    pub(super) time_of_token: bool,
}

/// <https://huggingface.co/Wan-AI/Wan2.2-TI2V-5B-Diffusers/blob/main/transformer/config.json>
pub(super) const SMALL: Wan =
    Wan { width: 3072.0, inner: 14_336.0, layers: 30.0, latents: 48.0, time_of_token: true };

/// <https://huggingface.co/Wan-AI/Wan2.2-T2V-A14B-Diffusers/blob/main/transformer/config.json>
pub(super) const LARGE: Wan =
    Wan { width: 5120.0, inner: 13_824.0, layers: 40.0, latents: 16.0, time_of_token: false };

const HEAD: f64 = 128.0;
const TIME: f64 = 256.0;
const PROMPT_WIDTH: f64 = 4096.0;
const PROMPT_TOKENS: f64 = 512.0;
/// Positions of the latents in one token: 1 × 2 × 2.
pub(super) const PATCH: f64 = 4.0;
/// Shift, scale and gate of attention and of the feed-forward network.
const MODULATIONS: f64 = 6.0;
const SINGLE: f64 = 4.0;

impl Wan {
    /// Its parameters.
    pub(super) fn shapes(&self) -> Shapes {
        let (width, layers) = (self.width, self.layers);
        let mut shapes = Shapes::default();
        shapes.convolution(self.latents, width, PATCH);
        shapes.linear(TIME, width, 1.0);
        shapes.linear(width, width, 1.0);
        shapes.linear(width, MODULATIONS * width, 1.0);
        shapes.linear(PROMPT_WIDTH, width, 1.0);
        shapes.linear(width, width, 1.0);
        shapes.linear(width, width, 8.0 * layers);
        shapes.linear(width, self.inner, layers);
        shapes.linear(self.inner, width, layers);
        shapes.linear(width, self.latents * PATCH, 1.0);
        // Norms of queries and keys; what diffusers keeps in 32 bit: the norm before the prompt, the tables of
        // modulations, and the embedding of the time.
        let tables = (2.0 + MODULATIONS) * width * layers + 2.0 * width;
        shapes.rest += 4.0 * width * layers + tables;
        shapes.kept_single = tables + (TIME + width + 2.0) * width;
        shapes
    }

    /// Bytes that come and go in one step for `batch` clips of `tokens`.
    ///
    /// The widest moments lie in the feed-forward network and in the sum after it, which is in 32 bit.
    pub(super) fn activations(&self, tokens: f64, batch: f64, value: f64, unpacked: f64) -> f64 {
        let (width, inner) = (self.width, self.inner);
        let rows = tokens * batch;
        let mut tape = Tape::new(0.0, unpacked);
        // Latents, the prompt as read and as embedded, cosine and sine of each place.
        tape.take(value * self.latents * PATCH * rows);
        tape.take(value * batch * PROMPT_TOKENS * (PROMPT_WIDTH + width));
        tape.take(2.0 * SINGLE * HEAD * tokens);
        // The embedding of each time and its modulations, then those of the layer in 32 bit.
        let times = if self.time_of_token { rows } else { batch };
        tape.take(times * (SINGLE + value * width * (1.0 + MODULATIONS)));
        let row = value * width * rows;
        let single = SINGLE * width * rows;
        // In a 32-bit model `float()` makes no copy.
        let copy = if value < SINGLE { 1.0 } else { 0.0 };
        tape.take(row);
        let modulations = times * SINGLE * MODULATIONS * width;
        tape.take(modulations * (1.0 + copy));
        tape.drop(modulations * copy);
        self.attend(&mut tape, row, single, copy);
        // The layer's input, the residual, the last attention's result and the norm are named now.
        normed(&mut tape, single, row, copy);
        tape.drop(row);
        let network = value * inner * rows;
        tape.multiply(width * inner, network);
        tape.replace(network, network);
        tape.multiply(inner * width, row);
        tape.drop(network);
        summed(&mut tape, single, row, copy, true);
        tape.peak()
    }

    /// Heads and tokens of its attention.
    pub(super) fn attention(&self, tokens: f64) -> (f64, f64) {
        (self.width / HEAD, tokens)
    }

    /// Attention of the clip to itself, then to the prompt; four rows stay: the layer's input, the residual, the
    /// attention's result, the norm.
    fn attend(&self, tape: &mut Tape, row: f64, single: f64, copy: f64) {
        let matrix = self.width * self.width;
        normed(tape, single, row, copy);
        tape.multiply(matrix, 3.0 * row);
        // The norms of queries and keys: squares in 32 bit beside a 32-bit copy.
        tape.take(single * copy);
        tape.take(single);
        tape.drop(single * (1.0 + copy));
        // Queries are turned by their place in halves.
        tape.take(row);
        tape.take(1.5 * single);
        tape.drop(1.5 * single);
        tape.drop(row);
        tape.take(row);
        tape.drop(3.0 * row);
        tape.multiply(matrix, row);
        tape.drop(row);
        summed(tape, single, row, copy, false);
        normed(tape, single, row, copy);
        tape.drop(row);
        tape.multiply(matrix, row);
        tape.take(row);
        tape.drop(row);
        tape.multiply(matrix, row);
        tape.drop(row);
        // The second result takes the first one's name; so does the sum the residual's.
        tape.drop(row);
        tape.replace(row, row);
    }
}

/// A norm in 32 bit, scaled and shifted, and brought back to the model's type.
fn normed(tape: &mut Tape, single: f64, row: f64, copy: f64) {
    tape.take(single * copy);
    tape.take(single);
    tape.drop(single * copy);
    tape.replace(single, single);
    tape.replace(single, single);
    if copy > 0.0 {
        tape.replace(single, row);
    }
}

/// A gated result added to the residual in 32 bit; of a network the result is widened first.
fn summed(tape: &mut Tape, single: f64, row: f64, copy: f64, widened: bool) {
    let wide = if widened { copy * single } else { 0.0 };
    tape.take(copy * single);
    tape.take(wide);
    tape.take(single);
    tape.drop(wide);
    tape.take(single);
    tape.drop(single + copy * single);
    if copy > 0.0 {
        tape.replace(single, row);
    }
}
