//! The convolutional denoisers of Stable Diffusion: UNets with attention to the prompt.

use super::stored::Shapes;
use super::tape::Tape;

/// Shape of a UNet, by its published `unet/config.json`.
#[derive(Debug)]
pub(super) struct Unet {
    /// Each level from the finest: its channels, and the transformer layers after each of its residual blocks.
    pub(super) levels: &'static [Level],
    /// Transformer layers in the middle.
    pub(super) middle: f64,
    /// Width of the prompt's values.
    pub(super) prompt: f64,
    /// Width of what else conditions a picture: pooled prompt and sizes; 0 for none.
    pub(super) added: f64,
    /// Whether the ways into and out of a transformer are matrices, or convolutions of one tap.
    pub(super) linear_projection: bool,
}

/// One level of a UNet.
#[derive(Debug)]
pub(super) struct Level {
    /// Channels.
    pub(super) channels: f64,
    /// Transformer layers after each residual block; 0 for none.
    pub(super) layers: f64,
}

/// <https://huggingface.co/stable-diffusion-v1-5/stable-diffusion-v1-5/blob/main/unet/config.json>
pub(super) const SD15: Unet = Unet {
    levels: &[
        Level { channels: 320.0, layers: 1.0 },
        Level { channels: 640.0, layers: 1.0 },
        Level { channels: 1280.0, layers: 1.0 },
        Level { channels: 1280.0, layers: 0.0 },
    ],
    middle: 1.0,
    prompt: 768.0,
    added: 0.0,
    linear_projection: false,
};

/// <https://huggingface.co/stabilityai/stable-diffusion-xl-base-1.0/blob/main/unet/config.json>
pub(super) const SDXL: Unet = Unet {
    levels: &[
        Level { channels: 320.0, layers: 0.0 },
        Level { channels: 640.0, layers: 2.0 },
        Level { channels: 1280.0, layers: 10.0 },
    ],
    middle: 10.0,
    prompt: 2048.0,
    added: 2816.0,
    linear_projection: true,
};

/// Residual blocks of a level on the way down; one more on the way up.
const BLOCKS: usize = 2;
/// Channels of the latents.
pub(super) const LATENTS: f64 = 4.0;
/// Tokens of a prompt.
pub(super) const PROMPT_TOKENS: f64 = 77.0;
/// Weights of a 3 × 3 convolution for each pair of channels.
const TAPS: f64 = 9.0;
/// Most levels a UNet here has, and most tensors it keeps for the way up.
const MOST_LEVELS: usize = 4;
const MOST_SKIPS: usize = MOST_LEVELS * (BLOCKS + 1);

impl Unet {
    /// Width of the embedding of the time: four times the first level.
    pub(super) fn time(&self) -> f64 {
        4.0 * self.levels.first().map_or(0.0, |level| level.channels)
    }

    /// What each residual block reads and writes, and the transformer layers behind it; first, then down, middle
    /// and up.
    pub(super) fn blocks(&self, mut visit: impl FnMut(Visit)) {
        let first = self.levels.first().map_or(0.0, |level| level.channels);
        let mut skips = [0.0; MOST_SKIPS];
        let mut kept = 0;
        let mut keep = |channels: f64, kept: &mut usize| {
            if let Some(place) = skips.get_mut(*kept) {
                *place = channels;
            }
            *kept += 1;
        };
        let mut channels = first;
        keep(channels, &mut kept);
        let last = self.levels.len().saturating_sub(1);
        for (depth, level) in self.levels.iter().enumerate() {
            for _ in 0..BLOCKS {
                visit(Visit::Block { depth, from: channels, to: level.channels, layers: level.layers });
                channels = level.channels;
                keep(channels, &mut kept);
            }
            if depth < last {
                visit(Visit::Down { depth, channels });
                keep(channels, &mut kept);
            }
        }
        visit(Visit::Middle { depth: last, channels, layers: self.middle });
        for (depth, level) in self.levels.iter().enumerate().rev() {
            visit(Visit::Rise);
            for index in 0..=BLOCKS {
                kept = kept.saturating_sub(1);
                let skip = skips.get(kept).copied().unwrap_or(0.0);
                visit(Visit::Joined {
                    depth,
                    from: channels,
                    skip,
                    to: level.channels,
                    layers: level.layers,
                    first: index == 0,
                });
                channels = level.channels;
            }
            visit(Visit::Risen { depth, channels, last: depth == 0 });
        }
    }

    /// Its parameters.
    pub(super) fn shapes(&self) -> Shapes {
        let mut shapes = Shapes::default();
        let (first, time) = (self.levels.first().map_or(0.0, |level| level.channels), self.time());
        shapes.convolution(LATENTS, first, TAPS);
        shapes.convolution(first, LATENTS, TAPS);
        shapes.rest += 2.0 * first;
        shapes.linear(first, time, 1.0);
        shapes.linear(time, time, 1.0);
        if self.added > 0.0 {
            shapes.linear(self.added, time, 1.0);
            shapes.linear(time, time, 1.0);
        }
        self.blocks(|visit| match visit {
            Visit::Block { from, to, layers, .. } => {
                residual_shapes(&mut shapes, from, to, time);
                self.transformer_shapes(&mut shapes, to, layers);
            }
            Visit::Joined { from, skip, to, layers, .. } => {
                residual_shapes(&mut shapes, from + skip, to, time);
                self.transformer_shapes(&mut shapes, to, layers);
            }
            Visit::Middle { channels, layers, .. } => {
                residual_shapes(&mut shapes, channels, channels, time);
                residual_shapes(&mut shapes, channels, channels, time);
                self.transformer_shapes(&mut shapes, channels, layers);
            }
            Visit::Down { channels, .. } | Visit::Risen { channels, last: false, .. } => {
                shapes.convolution(channels, channels, TAPS);
            }
            Visit::Rise | Visit::Risen { last: true, .. } => {}
        });
        shapes
    }

    fn transformer_shapes(&self, shapes: &mut Shapes, width: f64, layers: f64) {
        if layers == 0.0 {
            return;
        }
        if self.linear_projection {
            shapes.linear(width, width, 2.0);
        } else {
            shapes.convolution(width, width, 1.0);
            shapes.convolution(width, width, 1.0);
        }
        // Queries, keys, values of itself; queries of the prompt; both ways out have a bias.
        shapes.matrix(width, width, 4.0 * layers);
        shapes.matrix(self.prompt, width, 2.0 * layers);
        shapes.linear(width, width, 2.0 * layers);
        shapes.linear(width, 8.0 * width, layers);
        shapes.linear(4.0 * width, width, layers);
        shapes.rest += 2.0 * width + 6.0 * width * layers;
    }

    /// Bytes that come and go in one step for `batch` latents of `height` × `width`.
    pub(super) fn activations(&self, grid: Grid, batch: f64, value: f64, unpacked: f64) -> f64 {
        let mut tape = Tape::new(0.0, unpacked);
        let cost = |channels: f64, depth: usize| value * channels * grid.at(depth) * batch;
        let conditions = self.time() * if self.added > 0.0 { 2.0 } else { 1.0 } + self.added;
        tape.take(cost(LATENTS, 0));
        tape.take(value * batch * (PROMPT_TOKENS * self.prompt + conditions));
        tape.take(cost(self.levels.first().map_or(0.0, |level| level.channels), 0));
        // A block's input keeps its name outside until the block is done, what was kept for it until the next.
        let (mut block_input, mut held, mut released) = (0.0, 0.0, 0.0);
        self.blocks(|visit| match visit {
            Visit::Block { depth, from, to, layers } => {
                let (input, output) = (cost(from, depth), cost(to, depth));
                residual(&mut tape, input, output, true);
                if layers > 0.0 {
                    self.transformer(&mut tape, output, to);
                    tape.drop(output);
                }
            }
            Visit::Down { depth, channels } => tape.take(cost(channels, depth + 1)),
            Visit::Middle { depth, channels, layers } => {
                let size = cost(channels, depth);
                residual(&mut tape, size, size, true);
                if layers > 0.0 {
                    self.transformer(&mut tape, size, channels);
                    tape.drop(size);
                }
                residual(&mut tape, size, size, true);
                tape.drop(size);
                block_input = size;
                held = size;
            }
            Visit::Rise => {
                tape.drop(released);
                released = 0.0;
            }
            Visit::Joined { depth, from, skip, to, layers, first } => {
                let joined = cost(from + skip, depth);
                tape.take(joined);
                if !first {
                    tape.drop(held);
                }
                released += cost(skip, depth);
                let output = cost(to, depth);
                residual(&mut tape, joined, output, true);
                tape.drop(joined);
                if layers > 0.0 {
                    self.transformer(&mut tape, output, to);
                    tape.drop(output);
                }
                held = output;
            }
            Visit::Risen { depth, channels, last } => {
                if !last {
                    let output = cost(channels, depth - 1);
                    tape.take(output);
                    tape.replace(held, output);
                    tape.drop(output);
                    held = output;
                }
                tape.drop(block_input);
                block_input = held;
            }
        });
        tape.peak()
    }

    /// Heads and tokens of the finest attention; heads are 64 wide, and 8 in the older model.
    pub(super) fn widest_attention(&self, grid: Grid) -> (f64, f64) {
        let finest = self.levels.iter().enumerate().find(|(_, level)| level.layers > 0.0);
        let heads = |channels: f64| if self.linear_projection { channels / 64.0 } else { 8.0 };
        finest.map_or((0.0, 0.0), |(depth, level)| (heads(level.channels), grid.at(depth)))
    }

    /// A transformer of one layer or more: each layer needs the same. Its input stays, its output is new.
    fn transformer(&self, tape: &mut Tape, size: f64, width: f64) {
        let projection = if self.linear_projection { width * width } else { 0.0 };
        tape.take(size);
        tape.multiply(projection, size);
        tape.drop(size);
        // Attention to itself: norm, queries, keys, values, attention, way out, and its division by one.
        tape.take(size);
        tape.multiply(width * width, 3.0 * size);
        tape.take(size);
        tape.multiply(width * width, size);
        tape.drop(size);
        tape.replace(size, size);
        tape.drop(3.0 * size);
        tape.take(size);
        // Attention to the prompt; the first attention's result keeps its name until the second has one.
        tape.replace(size, size);
        tape.multiply(width * width, size);
        tape.take(size);
        tape.multiply(width * width, size);
        tape.drop(size);
        tape.replace(size, size);
        tape.drop(2.0 * size);
        tape.replace(size, size);
        // Feed-forward: gate and values in one matrix, the gate's activation, their product, the way out.
        tape.replace(size, size);
        tape.multiply(8.0 * width * width, 8.0 * size);
        tape.take(4.0 * size);
        tape.take(4.0 * size);
        tape.drop(12.0 * size);
        tape.multiply(4.0 * width * width, size);
        tape.drop(4.0 * size);
        tape.take(size);
        tape.drop(5.0 * size);
        // Out of the transformer, and around it.
        tape.multiply(projection, size);
        tape.drop(size);
        tape.replace(size, size);
    }
}

/// One step through a UNet.
#[derive(Clone, Copy, Debug)]
pub(super) enum Visit {
    /// A residual block on the way down.
    Block { depth: usize, from: f64, to: f64, layers: f64 },
    /// To half the resolution.
    Down { depth: usize, channels: f64 },
    /// Two residual blocks with a transformer between.
    Middle { depth: usize, channels: f64, layers: f64 },
    /// A level on the way up begins.
    Rise,
    /// A residual block on the way up, joined with what was kept on the way down.
    Joined { depth: usize, from: f64, skip: f64, to: f64, layers: f64, first: bool },
    /// A level ends; all but the last double the resolution.
    Risen { depth: usize, channels: f64, last: bool },
}

/// Latents of a picture, halved level by level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    /// Rows.
    pub(super) height: f64,
    /// Columns.
    pub(super) width: f64,
}

impl Grid {
    /// Positions at a depth; each halving rounds up.
    pub(super) fn at(self, depth: usize) -> f64 {
        let halved = |length: f64| (0..depth).fold(length, |length, _| (length / 2.0).ceil());
        halved(self.height) * halved(self.width)
    }
}

fn residual_shapes(shapes: &mut Shapes, from: f64, to: f64, time: f64) {
    shapes.convolution(from, to, TAPS);
    shapes.convolution(to, to, TAPS);
    shapes.rest += 2.0 * from + 2.0 * to;
    shapes.linear(time, to, 1.0);
    if (from - to).abs() > 0.0 {
        shapes.convolution(from, to, 1.0);
    }
}

/// A residual block: norm, activation, convolution, twice; its input stays, its output is new.
pub(super) fn residual(tape: &mut Tape, input: f64, output: f64, timed: bool) {
    tape.take(input);
    tape.replace(input, input);
    tape.replace(input, output);
    if timed {
        tape.replace(output, output);
    }
    tape.replace(output, output);
    tape.replace(output, output);
    tape.replace(output, output);
    // A way around where the channels change, the sum, and its division by one.
    let around = if (input - output).abs() > 0.0 { output } else { 0.0 };
    tape.take(around);
    tape.take(output);
    tape.take(output);
    tape.drop(around + 2.0 * output);
}
