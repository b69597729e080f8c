//! FLUX.1's denoiser: a transformer over the tokens of prompt and picture together.

use super::stored::Shapes;
use super::tape::Tape;

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
pub(super) const TOKEN: f64 = 64.0;
/// Values of a token's place.
const PLACE: f64 = 3.0;
const SINGLE: f64 = 4.0;

/// Its parameters.
pub(super) fn shapes() -> Shapes {
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

/// Bytes that come and go in one step for `batch` pictures of `picture` tokens.
///
/// A block of one stream needs most: its network's values wait while queries are turned in 32 bit.
pub(super) fn activations(picture: f64, batch: f64, value: f64, unpacked: f64) -> f64 {
    let tokens = picture + PROMPT_TOKENS;
    let mut tape = Tape::new(0.0, unpacked);
    tape.take(value * batch * (TOKEN * picture + PROMPT_WIDTH * PROMPT_TOKENS + POOLED));
    // Places twice: as given, and prompt and picture joined; cosine and sine of each in 32 bit.
    tape.take(2.0 * value * PLACE * tokens);
    tape.take(2.0 * SINGLE * HEAD * tokens);
    // The embedding of the time and the block's three modulations.
    tape.take(value * batch * 4.0 * WIDTH);
    let row = value * WIDTH * tokens * batch;
    // The block's input, prompt and picture joined, the norm, and the network's inner values.
    tape.take(3.0 * row);
    tape.multiply(WIDTH * INNER, 4.0 * row);
    tape.replace(4.0 * row, 4.0 * row);
    tape.multiply(WIDTH * WIDTH, 3.0 * row);
    turned(&mut tape, row, value);
    turned(&mut tape, row, value);
    // Attention, joined with the network's values; the way out, and that times its gate.
    tape.take(row);
    tape.drop(3.0 * row);
    tape.take(5.0 * row);
    tape.multiply((WIDTH + INNER) * WIDTH, row);
    tape.take(row);
    tape.peak()
}

/// Heads and tokens of its attention.
pub(super) fn attention(picture: f64) -> (f64, f64) {
    (WIDTH / HEAD, picture + PROMPT_TOKENS)
}

/// Queries or keys turned by their place, in 32 bit; the result takes their place.
fn turned(tape: &mut Tape, row: f64, value: f64) {
    let single = row / value * SINGLE;
    // In a 32-bit model no copy is made.
    let copy = if value < SINGLE { single } else { 0.0 };
    tape.take(row);
    tape.take(copy);
    tape.take(single);
    tape.drop(copy);
    tape.take(copy);
    tape.take(single);
    tape.drop(copy);
    tape.take(single);
    tape.drop(2.0 * single);
    if value < SINGLE {
        tape.replace(single, row);
    }
    tape.drop(2.0 * row);
}
