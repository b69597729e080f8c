//! The convolutional denoisers of Stable Diffusion: UNets with attention to the prompt.

use super::stored::Shapes;
use super::trace::Trace;
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;

/// Shape of a UNet, by its published `unet/config.json`.
#[derive(Debug)]
pub struct Unet {
    /// Each level from the finest: its channels, and the transformer layers after each of its residual blocks.
    pub levels: &'static [Level],
    /// Transformer layers in the middle.
    pub middle: f64,
    /// Width of the prompt's values.
    pub prompt: f64,
    /// Width of what else conditions a image: pooled prompt and sizes; 0 for none.
    pub added: f64,
    /// Whether the ways into and out of a transformer are matrices, or convolutions of one tap.
    pub linear_projection: bool,
}

/// One level of a UNet.
#[derive(Debug)]
pub struct Level {
    /// Channels.
    pub channels: f64,
    /// Transformer layers after each residual block; 0 for none.
    pub layers: f64,
}

/// <https://huggingface.co/stable-diffusion-v1-5/stable-diffusion-v1-5/blob/main/unet/config.json>
pub const SD15: Unet = Unet {
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
pub const SDXL: Unet = Unet {
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
pub const LATENTS: f64 = 4.0;
/// Tokens of a prompt.
pub const PROMPT_TOKENS: f64 = 77.0;
/// Weights of a 3 × 3 convolution for each pair of channels.
const TAPS: f64 = 9.0;
/// Names of what lives between blocks.
pub const BLOCK_OUTPUT: &str = "residual block: output";
const TRANSFORMED: &str = "transformer: output";
const SKIPS: &str = "skip connections";
const JOINED: &str = "joined with a skip connection";
/// Most levels a UNet here has, and most tensors it keeps for the way up.
const MOST_LEVELS: usize = 4;
const MOST_SKIPS: usize = MOST_LEVELS * (BLOCKS + 1);

impl Unet {
    /// Width of the embedding of the time: four times the first level.
    pub fn time(&self) -> f64 {
        4.0 * self.levels.first().map_or(0.0, |level| level.channels)
    }

    /// What each residual block reads and writes, and the transformer layers behind it; first, then down, middle
    /// and up.
    pub fn blocks(&self, mut visit: impl FnMut(Visit)) {
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
    pub fn shapes(&self) -> Shapes {
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

    /// Bytes that come and go in one step for `batch` latents of `height` × `width`
    /// (`UNet2DConditionModel.forward` of diffusers).
    pub fn activations(&self, grid: Grid, batch: f64, value: f64, unpacked: f64, detail: Detail) -> Peak {
        let mut trace = Trace::new(detail, unpacked);
        let cost = |channels: f64, depth: usize| value * channels * grid.at(depth) * batch;
        let conditions = self.time() * if self.added > 0.0 { 2.0 } else { 1.0 } + self.added;
        trace.take("latents", cost(LATENTS, 0));
        trace.take(
            "prompt, time and size embeddings",
            value * batch * (PROMPT_TOKENS * self.prompt + conditions),
        );
        trace.take(SKIPS, cost(self.levels.first().map_or(0.0, |level| level.channels), 0));
        // A block's input keeps its name outside until the block is done, what was kept for it until the next.
        let (mut block_input, mut held, mut released) = ((BLOCK_OUTPUT, 0.0), (BLOCK_OUTPUT, 0.0), 0.0);
        self.blocks(|visit| match visit {
            Visit::Block { depth, from, to, layers } => {
                let (input, output) = (cost(from, depth), cost(to, depth));
                residual(&mut trace, input, output, true);
                let name = self.transformed(&mut trace, output, to, layers);
                trace.rename(name, SKIPS, output);
            }
            Visit::Down { depth, channels } => trace.take(SKIPS, cost(channels, depth + 1)),
            Visit::Middle { depth, channels, layers } => {
                let size = cost(channels, depth);
                residual(&mut trace, size, size, true);
                let name = self.transformed(&mut trace, size, channels, layers);
                residual(&mut trace, size, size, true);
                trace.drop(name, size);
                block_input = (BLOCK_OUTPUT, size);
                held = (BLOCK_OUTPUT, size);
            }
            Visit::Rise => {
                trace.drop(SKIPS, released);
                released = 0.0;
            }
            Visit::Joined { depth, from, skip, to, layers, first } => {
                let joined = cost(from + skip, depth);
                trace.take(JOINED, joined);
                if !first {
                    trace.drop(held.0, held.1);
                }
                released += cost(skip, depth);
                let output = cost(to, depth);
                residual(&mut trace, joined, output, true);
                trace.drop(JOINED, joined);
                held = (self.transformed(&mut trace, output, to, layers), output);
            }
            Visit::Risen { depth, channels, last } => {
                if !last {
                    let output = cost(channels, depth - 1);
                    trace.take("upsampled", output);
                    trace.convolve_over(held, ("upsampling convolution", output));
                    trace.drop("upsampled", output);
                    held = ("upsampling convolution", output);
                }
                trace.drop(block_input.0, block_input.1);
                block_input = held;
            }
        });
        trace.peak()
    }

    /// A residual block's output through its transformer, where one follows; the name of what is left.
    fn transformed(&self, trace: &mut Trace, size: f64, width: f64, layers: f64) -> &'static str {
        if layers <= 0.0 {
            return BLOCK_OUTPUT;
        }
        self.transformer(trace, size, width);
        trace.drop(BLOCK_OUTPUT, size);
        TRANSFORMED
    }

    /// Heads and tokens of the finest attention; heads are 64 wide, and 8 in the older model.
    pub fn widest_attention(&self, grid: Grid) -> (f64, f64) {
        let finest = self.levels.iter().enumerate().find(|(_, level)| level.layers > 0.0);
        let heads = |channels: f64| if self.linear_projection { channels / 64.0 } else { 8.0 };
        finest.map_or((0.0, 0.0), |(depth, level)| (heads(level.channels), grid.at(depth)))
    }

    /// A transformer of one layer or more (`BasicTransformerBlock` of diffusers): each layer needs the same. Its input
    /// stays, its output is new.
    fn transformer(&self, trace: &mut Trace, size: f64, width: f64) {
        let stream = "transformer: input projection";
        let (norm, sum) = ("transformer: norm", "transformer: sum with the residual");
        let (projections, mixed) = ("transformer: queries, keys and values", "transformer: attention output");
        let (projected, result) = ("transformer: output projection", "transformer: attention result");
        let projection = if self.linear_projection { width * width } else { 0.0 };
        trace.take(norm, size);
        trace.multiply(projection, stream, size);
        trace.drop(norm, size);
        // Attention to itself: norm, queries, keys, values, attention, output projection, and its division by one.
        trace.take(norm, size);
        trace.multiply(width * width, projections, 3.0 * size);
        trace.take(mixed, size);
        trace.multiply(width * width, projected, size);
        trace.drop(mixed, size);
        trace.replace((projected, size), (result, size));
        trace.drop(projections, 3.0 * size);
        trace.take(sum, size);
        // Attention to the prompt; the first attention's result keeps its name until the second has one.
        trace.replace((norm, size), (norm, size));
        trace.multiply(width * width, projections, size);
        trace.take(mixed, size);
        trace.multiply(width * width, projected, size);
        trace.drop(mixed, size);
        trace.replace((projected, size), (result, size));
        trace.drop(projections, size);
        trace.drop(result, size);
        trace.replace((sum, size), (sum, size));
        // Feed-forward: gate and values in one matrix, the gate's activation, their product, the output projection.
        let (gate, activation, product) = (
            "feed-forward: gate and values",
            "feed-forward: activation of the gate",
            "feed-forward: product",
        );
        let output = "feed-forward: output projection";
        trace.replace((norm, size), (norm, size));
        trace.multiply(8.0 * width * width, gate, 8.0 * size);
        trace.take(activation, 4.0 * size);
        trace.take(product, 4.0 * size);
        trace.drop(gate, 8.0 * size);
        trace.drop(activation, 4.0 * size);
        trace.multiply(4.0 * width * width, output, size);
        trace.drop(product, 4.0 * size);
        trace.take(sum, size);
        for gone in [stream, norm, result, sum, output] {
            trace.drop(gone, size);
        }
        // Out of the transformer, and around it.
        trace.multiply(projection, projected, size);
        trace.drop(sum, size);
        trace.replace((projected, size), (TRANSFORMED, size));
    }
}

/// One step through a UNet.
#[derive(Clone, Copy, Debug)]
pub enum Visit {
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

/// Latents of a image, halved level by level.
#[derive(Clone, Copy, Debug)]
pub struct Grid {
    /// Rows.
    pub height: f64,
    /// Columns.
    pub width: f64,
}

impl Grid {
    /// Positions at a depth; each halving rounds up.
    pub fn at(self, depth: usize) -> f64 {
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

/// A residual block (`ResnetBlock2D` of diffusers): norm, activation, convolution, twice; its input stays, its output
/// is new.
pub fn residual(trace: &mut Trace, input: f64, output: f64, timed: bool) {
    let (norm, activation, convolution) =
        ("residual block: norm", "residual block: activation", "residual block: convolution");
    trace.take(norm, input);
    trace.replace((norm, input), (activation, input));
    trace.convolve_over((activation, input), (convolution, output));
    if timed {
        trace.replace((convolution, output), (convolution, output));
    }
    trace.replace((convolution, output), (norm, output));
    trace.replace((norm, output), (activation, output));
    trace.convolve_over((activation, output), (convolution, output));
    // A shortcut where the channels change, the sum, and its division by one.
    let shortcut = if (input - output).abs() > 0.0 { output } else { 0.0 };
    if shortcut > 0.0 {
        trace.convolve(input, "residual block: shortcut convolution", shortcut);
    }
    trace.take("residual block: sum", output);
    trace.take(BLOCK_OUTPUT, output);
    trace.drop("residual block: shortcut convolution", shortcut);
    trace.drop("residual block: sum", output);
    trace.drop(convolution, output);
}
