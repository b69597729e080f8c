//! FLUX.1's denoiser: a transformer over the tokens of prompt and image together.

use super::stored::Shapes;
use super::trace::Trace;
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;

// <https://huggingface.co/black-forest-labs/FLUX.1-dev/blob/main/transformer/config.json>
const WIDTH: f64 = 3072.0;
const INNER: f64 = 4.0 * WIDTH;
const HEAD: f64 = 128.0;
const DOUBLE_BLOCKS: f64 = 19.0;
const SINGLE_BLOCKS: f64 = 38.0;
const PROMPT_WIDTH: f64 = 4096.0;
const POOLED: f64 = 768.0;
const TIME: f64 = 256.0;
const PROMPT_TOKENS: f64 = 512.0;
/// Values of a token of latents: 16 channels in squares of 2 × 2.
pub const TOKEN: f64 = 64.0;
/// Values of a token's place.
const PLACE: f64 = 3.0;
const SINGLE: f64 = 4.0;
/// Names of what lives in a block.
const PROJECTIONS: &str = "queries, keys and values";
const ROTATED: &str = "queries and keys with rotary positions";

/// Its parameters.
pub fn shapes() -> Shapes {
    let mut shapes = Shapes::default();
    shapes.linear(TOKEN, WIDTH, 1.0);
    shapes.linear(PROMPT_WIDTH, WIDTH, 1.0);
    // Time, guidance and the pooled prompt.
    shapes.linear(TIME, WIDTH, 2.0);
    shapes.linear(POOLED, WIDTH, 1.0);
    shapes.linear(WIDTH, WIDTH, 3.0);
    // Two streams of six modulations, of queries, keys, values and a way out, and of a feed-forward network.
    shapes.linear(WIDTH, 6.0 * WIDTH, 2.0 * DOUBLE_BLOCKS);
    shapes.linear(WIDTH, WIDTH, 8.0 * DOUBLE_BLOCKS);
    shapes.linear(WIDTH, INNER, 2.0 * DOUBLE_BLOCKS);
    shapes.linear(INNER, WIDTH, 2.0 * DOUBLE_BLOCKS);
    // One stream: three modulations; queries, keys and values; a network beside the attention.
    shapes.linear(WIDTH, 3.0 * WIDTH, SINGLE_BLOCKS);
    shapes.linear(WIDTH, WIDTH, 3.0 * SINGLE_BLOCKS);
    shapes.linear(WIDTH, INNER, SINGLE_BLOCKS);
    shapes.linear(WIDTH + INNER, WIDTH, SINGLE_BLOCKS);
    shapes.rest += HEAD * (4.0 * DOUBLE_BLOCKS + 2.0 * SINGLE_BLOCKS);
    shapes.linear(WIDTH, 2.0 * WIDTH, 1.0);
    shapes.linear(WIDTH, TOKEN, 1.0);
    shapes
}

/// Bytes that come and go in one step for `batch` images of `image` tokens
/// (`FluxTransformer2DModel.forward` of diffusers).
///
/// A single-stream block needs most: its feed-forward values wait while queries are rotated in 32 bit.
pub fn activations(image: f64, batch: f64, value: f64, unpacked: f64, detail: Detail) -> Peak {
    let tokens = image + PROMPT_TOKENS;
    let mut trace = Trace::new(detail, unpacked);
    trace.take("latents and prompt", value * batch * (TOKEN * image + PROMPT_WIDTH * PROMPT_TOKENS + POOLED));
    // Positions twice: as given, and prompt and image joined; cosine and sine of each in 32 bit.
    trace.take("positions of tokens", 2.0 * value * PLACE * tokens);
    trace.take("cosines and sines of positions", 2.0 * SINGLE * HEAD * tokens);
    trace.take("time embedding and modulations", value * batch * 4.0 * WIDTH);
    let row = value * WIDTH * tokens * batch;
    trace.take("block input, prompt and image joined, and norm", 3.0 * row);
    trace.multiply(WIDTH * INNER, "feed-forward projection", 4.0 * row);
    trace.replace(("feed-forward projection", 4.0 * row), ("feed-forward activation", 4.0 * row));
    trace.multiply(WIDTH * WIDTH, PROJECTIONS, 3.0 * row);
    rotate(&mut trace, row, value);
    rotate(&mut trace, row, value);
    trace.take("attention output", row);
    trace.drop(PROJECTIONS, row);
    trace.drop(ROTATED, 2.0 * row);
    trace.take("attention and feed-forward joined", 5.0 * row);
    trace.multiply((WIDTH + INNER) * WIDTH, "output projection", row);
    trace.take("gated output", row);
    trace.peak()
}

/// Heads and tokens of its attention.
pub fn attention(image: f64) -> (f64, f64) {
    (WIDTH / HEAD, image + PROMPT_TOKENS)
}

/// Queries or keys with their rotary positions (`apply_rotary_emb`), in 32 bit; the result takes their place.
fn rotate(trace: &mut Trace, row: f64, value: f64) {
    let single = row / value * SINGLE;
    // In a 32-bit model no copy is made.
    let copy = if value < SINGLE { single } else { 0.0 };
    let (normed, copied) = ("norm of queries or keys", "32-bit copy of queries or keys");
    let (cosines, sines) = ("rotary: product with cosines", "rotary: product with sines");
    let sum = if value < SINGLE { "rotary: sum in 32 bit" } else { ROTATED };
    trace.take(normed, row);
    trace.take(copied, copy);
    trace.take(cosines, single);
    trace.drop(copied, copy);
    trace.take(copied, copy);
    trace.take(sines, single);
    trace.drop(copied, copy);
    trace.take(sum, single);
    trace.drop(cosines, single);
    trace.drop(sines, single);
    if value < SINGLE {
        trace.replace((sum, single), (ROTATED, row));
    }
    trace.drop(normed, row);
    trace.drop(PROJECTIONS, row);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FLUX.1-dev's transformer has 11,901,408,320 parameters (its file of 23,802,816,640 bytes of tensors in 16 bit).
    #[test]
    fn its_parameters_are_those_of_the_published_file() {
        assert!((shapes().count() - 11_901_408_320.0).abs() < 0.5, "{}", shapes().count());
    }
}
