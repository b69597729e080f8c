//! Wan's denoiser: a transformer over the tokens of a clip.

use super::stored::Shapes;
use super::trace::Trace;
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;

/// Shape of a Wan transformer, by its published `transformer/config.json`.
#[derive(Debug)]
pub struct Wan {
    /// Width of a token.
    pub width: f64,
    /// Inner width of the feed-forward network.
    pub inner: f64,
    /// Layers.
    pub layers: f64,
    /// Channels of the latents.
    pub latents: f64,
    /// Whether each token has a time of its own, and so modulations of its own.
    pub time_of_token: bool,
}

/// <https://huggingface.co/Wan-AI/Wan2.2-TI2V-5B-Diffusers/blob/main/transformer/config.json>
pub const SMALL: Wan =
    Wan { width: 3072.0, inner: 14_336.0, layers: 30.0, latents: 48.0, time_of_token: true };

/// <https://huggingface.co/Wan-AI/Wan2.1-T2V-1.3B-Diffusers/blob/main/transformer/config.json>
pub const WAN21_SMALL: Wan =
    Wan { width: 1536.0, inner: 8960.0, layers: 30.0, latents: 16.0, time_of_token: false };

/// Of Wan 2.1 14B too: <https://huggingface.co/Wan-AI/Wan2.2-T2V-A14B-Diffusers/blob/main/transformer/config.json>
pub const LARGE: Wan =
    Wan { width: 5120.0, inner: 13_824.0, layers: 40.0, latents: 16.0, time_of_token: false };

const HEAD: f64 = 128.0;
const TIME: f64 = 256.0;
const PROMPT_WIDTH: f64 = 4096.0;
const PROMPT_TOKENS: f64 = 512.0;
/// Positions of the latents in one token: 1 × 2 × 2.
pub const PATCH: f64 = 4.0;
/// Shift, scale and gate of attention and of the feed-forward network.
const MODULATIONS: f64 = 6.0;
const SINGLE: f64 = 4.0;
/// Names of what lives in a layer.
const NORM: &str = "norm";
const RESIDUAL: &str = "residual";
const PROJECTIONS: &str = "queries, keys and values";

impl Wan {
    /// Its parameters.
    pub fn shapes(&self) -> Shapes {
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

    /// Bytes that come and go in one step for `batch` clips of `tokens`
    /// (`WanTransformer3DModel.forward` of diffusers).
    ///
    /// The peak lies in the feed-forward network or in the sum after it, which is in 32 bit.
    pub fn activations(&self, tokens: f64, batch: f64, value: f64, unpacked: f64, detail: Detail) -> Peak {
        let (width, inner) = (self.width, self.inner);
        let rows = tokens * batch;
        let mut trace = Trace::new(detail, unpacked);
        trace.take("latents", value * self.latents * PATCH * rows);
        trace.take(
            "prompt, as encoded and as embedded",
            value * batch * PROMPT_TOKENS * (PROMPT_WIDTH + width),
        );
        trace.take("cosines and sines of positions", 2.0 * SINGLE * HEAD * tokens);
        // The embedding of each time and its modulations, then those of the layer in 32 bit.
        let times = if self.time_of_token { rows } else { batch };
        trace.take("time embedding and modulations", times * (SINGLE + value * width * (1.0 + MODULATIONS)));
        let row = value * width * rows;
        let single = SINGLE * width * rows;
        // In a 32-bit model `float()` makes no copy.
        let copy = if value < SINGLE { 1.0 } else { 0.0 };
        trace.take("layer input", row);
        let modulations = times * SINGLE * MODULATIONS * width;
        trace.take("modulations of the layer in 32 bit", modulations);
        trace.take("32-bit copy of the modulations", modulations * copy);
        trace.drop("32-bit copy of the modulations", modulations * copy);
        self.attend(&mut trace, row, single, copy);
        // The layer's input, the residual, the last attention's result and the norm are named now.
        normed(&mut trace, single, row, copy);
        trace.drop(NORM, row);
        let network = value * inner * rows;
        let (hidden, activation) = ("feed-forward: projection", "feed-forward: activation");
        trace.multiply(width * inner, hidden, network);
        trace.replace((hidden, network), (activation, network));
        trace.multiply(inner * width, "feed-forward: output projection", row);
        trace.drop(activation, network);
        summed(&mut trace, single, row, copy, true);
        trace.peak()
    }

    /// Heads and tokens of its attention.
    pub fn attention(&self, tokens: f64) -> (f64, f64) {
        (self.width / HEAD, tokens)
    }

    /// Attention of the clip to itself, then to the prompt (`WanAttnProcessor`); four rows stay: the layer's input, the
    /// residual, the attention's result, the norm.
    fn attend(&self, trace: &mut Trace, row: f64, single: f64, copy: f64) {
        let (mixed, projected) = ("attention output", "attention: output projection");
        let (copied, squares) = ("32-bit copy of queries or keys", "squares of queries or keys");
        let (rotated, halves) = ("queries with rotary positions", "rotary: halves in 32 bit");
        let matrix = self.width * self.width;
        normed(trace, single, row, copy);
        trace.multiply(matrix, PROJECTIONS, 3.0 * row);
        // The norms of queries and keys: squares in 32 bit beside a 32-bit copy.
        trace.take(copied, single * copy);
        trace.take(squares, single);
        trace.drop(copied, single * copy);
        trace.drop(squares, single);
        // Queries are rotated by their position in halves.
        trace.take(rotated, row);
        trace.take(halves, 1.5 * single);
        trace.drop(halves, 1.5 * single);
        trace.drop(PROJECTIONS, row);
        trace.take(mixed, row);
        trace.drop(rotated, row);
        trace.drop(PROJECTIONS, 2.0 * row);
        trace.multiply(matrix, projected, row);
        trace.drop(mixed, row);
        summed(trace, single, row, copy, false);
        normed(trace, single, row, copy);
        trace.drop(NORM, row);
        trace.multiply(matrix, PROJECTIONS, row);
        trace.take(mixed, row);
        trace.drop(PROJECTIONS, row);
        trace.multiply(matrix, projected, row);
        trace.drop(mixed, row);
        // The second result takes the first one's name; so does the sum the residual's.
        trace.drop(projected, row);
        trace.replace((RESIDUAL, row), (RESIDUAL, row));
    }
}

/// A norm in 32 bit (`FP32LayerNorm`), scaled and shifted, and brought back to the model's type.
fn normed(trace: &mut Trace, single: f64, row: f64, copy: f64) {
    let (copied, wide) = ("32-bit copy for the norm", "norm in 32 bit");
    let last = if copy > 0.0 { wide } else { NORM };
    trace.take(copied, single * copy);
    trace.take(wide, single);
    trace.drop(copied, single * copy);
    trace.replace((wide, single), (wide, single));
    trace.replace((wide, single), (last, single));
    if copy > 0.0 {
        trace.replace((last, single), (NORM, row));
    }
}

/// A gated result added to the residual in 32 bit; of a network the result is widened first.
fn summed(trace: &mut Trace, single: f64, row: f64, copy: f64, widened: bool) {
    let (copied, result) = ("32-bit copy of the residual", "32-bit copy of the result");
    let gated = "gated result in 32 bit";
    let sum = if copy > 0.0 { "sum with the residual in 32 bit" } else { RESIDUAL };
    let wide = if widened { copy * single } else { 0.0 };
    trace.take(copied, copy * single);
    trace.take(result, wide);
    trace.take(gated, single);
    trace.drop(result, wide);
    trace.take(sum, single);
    trace.drop(gated, single);
    trace.drop(copied, copy * single);
    if copy > 0.0 {
        trace.replace((sum, single), (RESIDUAL, row));
    }
}
