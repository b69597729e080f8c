//! Wan's models that turn latents into a clip: causal in time, one latent frame at a time.
//!
//! Each convolution keeps the last two frames it read, so that the next latent frame can go on from there. The
//! pipelines run it in 32 bit.

use super::tiles::Tiles;
use super::trace::Trace;
use crate::engine::memory::alive::Peak;
use crate::engine::working::Detail;

/// A clip's autoencoder, by its published `vae/config.json`.
#[derive(Debug)]
pub struct VideoVae {
    /// Parameters of encoder and decoder.
    pub parameters: f64,
    /// Channels of the latents.
    pub latents: f64,
    /// Channels between the ends of each stage, from the coarsest.
    pub stages: [Stage; 4],
    /// Whether each stage has a way around it.
    pub around: bool,
    /// Channels of what comes out: three colors, of one pixel or of four.
    pub colors: f64,
    /// Pixels on a side of one latent.
    pub scale: f64,
}

/// Channels of a stage.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    from: f64,
    to: f64,
    /// What follows the residual blocks.
    rise: Rise,
}

/// How a stage ends.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rise {
    /// Twice the frames, and twice the pixels in each direction; with these channels.
    SpaceAndTime(f64),
    /// Twice the pixels in each direction; with these channels.
    Space(f64),
    /// As it is.
    Not,
}

/// <https://huggingface.co/Wan-AI/Wan2.2-TI2V-5B-Diffusers/blob/main/vae/config.json>
pub const WAN22: VideoVae = VideoVae {
    parameters: 704_688_668.0,
    latents: 48.0,
    stages: [
        Stage { from: 1024.0, to: 1024.0, rise: Rise::SpaceAndTime(1024.0) },
        Stage { from: 1024.0, to: 1024.0, rise: Rise::SpaceAndTime(1024.0) },
        Stage { from: 1024.0, to: 512.0, rise: Rise::Space(512.0) },
        Stage { from: 512.0, to: 256.0, rise: Rise::Not },
    ],
    around: true,
    colors: 12.0,
    scale: 16.0,
};

/// <https://huggingface.co/Wan-AI/Wan2.2-T2V-A14B-Diffusers/blob/main/vae/config.json>
pub const WAN21: VideoVae = VideoVae {
    parameters: 126_892_531.0,
    latents: 16.0,
    stages: [
        Stage { from: 384.0, to: 384.0, rise: Rise::SpaceAndTime(192.0) },
        Stage { from: 192.0, to: 384.0, rise: Rise::SpaceAndTime(192.0) },
        Stage { from: 192.0, to: 192.0, rise: Rise::Space(96.0) },
        Stage { from: 96.0, to: 96.0, rise: Rise::Not },
    ],
    around: false,
    colors: 3.0,
    scale: 8.0,
};

const VALUE: f64 = 4.0;
/// Frames a convolution keeps of what it read.
const KEPT: f64 = 2.0;
/// Frames one latent frame turns into, but for the first, which stays one.
pub const FRAMES: f64 = 4.0;
/// Residual blocks of a stage.
const BLOCKS: usize = 3;
/// Side of a tile in pixels.
const TILE: f64 = 256.0;

/// A stack of frames of one size.
#[derive(Clone, Copy, Debug)]
struct Frames {
    height: f64,
    width: f64,
    count: f64,
    batch: f64,
}

impl Frames {
    /// Bytes of that many channels and frames.
    fn of(self, channels: f64, frames: f64) -> f64 {
        VALUE * channels * frames * self.height * self.width * self.batch
    }

    /// Bytes of all its frames.
    fn all(self, channels: f64) -> f64 {
        self.of(channels, self.count)
    }

    /// Bytes of what a 3 × 3 × 3 convolution reads: two frames before, and a border.
    fn padded(self, channels: f64) -> f64 {
        let border = Self { height: self.height + 2.0, width: self.width + 2.0, ..self };
        border.of(channels, self.count + KEPT)
    }
}

/// Which latent frame is decoded: the first and second find fewer frames kept than all others.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Turn {
    First,
    Second,
    Later,
}

impl Turn {
    /// Frames a convolution finds kept.
    const fn kept(self) -> f64 {
        match self {
            Self::First => 0.0,
            Self::Second => 1.0,
            Self::Later => KEPT,
        }
    }

    /// Frames a convolution that doubles frames finds kept; it rests in the first turn.
    const fn kept_in_time(self) -> f64 {
        match self {
            Self::First | Self::Second => 0.0,
            Self::Later => KEPT,
        }
    }
}

/// Names of what lives in a turn.
const ACTIVATION: &str = "activation";
const CONVOLUTION: &str = "convolution";
const NORM: &str = "norm";
const KEPT_FRAMES: &str = "frames kept for the next turn";
const JOINED: &str = "frames joined with those kept";
const PADDED: &str = "frames padded for a convolution";
const BLOCK_OUTPUT: &str = "residual block: output";
const UPSAMPLED: &str = "upsampling convolution";
const DECODED: &str = "frames of the last turns";
const FINISHED: &str = "finished frames joined";

impl VideoVae {
    /// Side of a tile in latents.
    pub fn side(&self) -> f64 {
        TILE / self.scale
    }

    /// Bytes that come and go while `batch` clips of `frames` latent frames of `height` × `width` are decoded
    /// (`AutoencoderKLWan.decode` of diffusers).
    pub fn decoding(
        &self,
        [height, width, frames]: [f64; 3],
        batch: f64,
        tiled: bool,
        detail: Detail,
    ) -> Peak {
        let latents = VALUE * self.latents * frames * height * width * batch;
        let side = self.side();
        let start = Peak::new(detail).with("latents", latents);
        // In the end: the clip, and once more with its pixels put in order or cut to the range of colors.
        let clip = self.clip(height, width, 1.0 + FRAMES * (frames - 1.0), batch);
        if !tiled || (height <= side && width <= side) {
            let decoding = self.chunks([height, width, frames], batch, true, detail);
            let end = Peak::new(detail).with("clip, and its pixels in order", 2.0 * clip);
            return start.with("latents after their own convolution", latents).plus(decoding.most(end));
        }
        let (rows, columns) = (Tiles::new(height, side), Tiles::new(width, side));
        let tile = rows.full * columns.full;
        let done = rows.before * columns.all + rows.full * columns.before;
        let decoding = Peak::new(detail)
            .with("tiles decoded before", clip * done / (height * width))
            .plus(self.chunks([rows.full, columns.full, frames], batch, false, detail));
        let joining = Peak::new(detail).with(
            "all tiles decoded, rows blended from them, the clip, and its range cut",
            clip * (rows.all * columns.all / (height * width) + 3.0),
        );
        let converted = VALUE * self.latents * tile * batch;
        start.with("tile of latents after its own convolution", converted).plus(decoding.most(joining))
    }

    /// Weights of its largest layer, a 3 × 3 × 3 convolution.
    pub const fn largest(&self) -> f64 {
        let channels = self.stages[0].from;
        channels * channels * 27.0
    }

    /// Bytes of a finished clip.
    fn clip(&self, height: f64, width: f64, frames: f64, batch: f64) -> f64 {
        let positions = height * width * self.area();
        VALUE * self.colors * positions * frames * batch
    }

    /// Positions that come out for one latent, before pixels are put in order.
    const fn area(&self) -> f64 {
        self.scale * self.scale * 3.0 / self.colors
    }

    /// The turns of one clip or tile; the finished frames are joined after each, or at the end.
    fn chunks(&self, [height, width, frames]: [f64; 3], batch: f64, joined: bool, detail: Detail) -> Peak {
        let mut trace = Trace::new(detail, 0.0);
        let grid = Frames { height, width, count: 1.0, batch };
        let one = self.clip(height, width, 1.0, batch);
        self.turn(&mut trace, Turn::First, grid);
        if frames > 1.0 {
            self.turn(&mut trace, Turn::Second, grid);
            // What the last turn gave keeps its name beside the frames it was joined to.
            if joined {
                trace.replace((DECODED, one), (FINISHED, 5.0 * one));
            }
        }
        if frames > 2.0 {
            let done = FRAMES * (frames - 3.0) * one;
            let name = if joined { FINISHED } else { DECODED };
            trace.take(name, done);
            self.turn(&mut trace, Turn::Later, grid);
            if joined {
                trace.drop(DECODED, FRAMES * one);
                trace.replace((FINISHED, 5.0 * one + done), (FINISHED, 9.0 * one + done));
            }
        }
        if !joined {
            trace.take(FINISHED, (1.0 + FRAMES * (frames - 1.0)) * one);
        }
        trace.peak()
    }

    /// One latent frame through the decoder (`WanDecoder3d.forward`); its frames stay.
    fn turn(&self, trace: &mut Trace, turn: Turn, mut grid: Frames) {
        const LATENT: &str = "latent frame";
        let deepest = self.stages[0].from;
        trace.take(LATENT, grid.all(self.latents));
        convolution(trace, turn, grid, (LATENT, self.latents), deepest);
        let size = grid.all(deepest);
        // In the middle a residual block, attention within the frame, and another.
        residual(trace, turn, grid, deepest, deepest);
        trace.drop(CONVOLUTION, size);
        trace.take("middle attention", 8.0 * size);
        trace.drop("middle attention", 8.0 * size);
        residual(trace, turn, grid, deepest, deepest);
        trace.drop(BLOCK_OUTPUT, size);
        let mut name = BLOCK_OUTPUT;
        for stage in &self.stages {
            (grid, name) = self.stage(trace, turn, (grid, name), *stage);
        }
        let last = self.stages[3].to;
        norm(trace, grid.all(last));
        trace.drop(name, grid.all(last));
        trace.replace((NORM, grid.all(last)), (ACTIVATION, grid.all(last)));
        convolution(trace, turn, grid, (ACTIVATION, last), self.colors);
        trace.rename(CONVOLUTION, DECODED, grid.all(self.colors));
    }

    /// Residual blocks, and what follows; the input goes, the output is new.
    fn stage(
        &self,
        trace: &mut Trace,
        turn: Turn,
        (grid, name): (Frames, &'static str),
        stage: Stage,
    ) -> (Frames, &'static str) {
        const COPY: &str = "copy of the stage's input";
        let input = grid.all(stage.from);
        if self.around {
            trace.take(COPY, input);
        }
        let mut channels = stage.from;
        for block in 0..BLOCKS {
            residual(trace, turn, grid, channels, stage.to);
            if block > 0 {
                trace.drop(BLOCK_OUTPUT, grid.all(channels));
            }
            channels = stage.to;
        }
        let (risen, out) = rise(trace, turn, grid, stage);
        let mut output = if stage.rise == Rise::Not { BLOCK_OUTPUT } else { UPSAMPLED };
        if self.around && stage.rise != Rise::Not {
            // The shortcut repeats channels, puts them in order and is added.
            let repeats = if matches!(stage.rise, Rise::SpaceAndTime(_)) { 2.0 } else { 1.0 };
            let copied = 4.0 * grid.all(out) * repeats;
            let (repeated, ordered) = ("shortcut of a stage: repeated", "shortcut of a stage: in order");
            trace.take(repeated, copied);
            trace.replace((repeated, copied), (ordered, copied));
            output = "stage with its shortcut";
            trace.replace((UPSAMPLED, risen.all(out)), (output, risen.all(out)));
            trace.drop(ordered, copied);
        }
        if self.around {
            trace.drop(COPY, input);
        }
        trace.drop(name, input);
        (risen, output)
    }
}

/// More pixels, and more frames after the first turn (`WanResample`); the input goes, the output is new.
fn rise(trace: &mut Trace, turn: Turn, grid: Frames, stage: Stage) -> (Frames, f64) {
    const DOUBLED: &str = "frames doubled in time";
    const ONE_BY_ONE: &str = "frames one after another";
    let input = grid.all(stage.to);
    let (out, doubled) = match stage.rise {
        Rise::Not => return (grid, stage.to),
        Rise::Space(out) => (out, false),
        Rise::SpaceAndTime(out) => (out, turn != Turn::First),
    };
    let mut frames = grid;
    if doubled {
        let kept = turn.kept_in_time();
        keep(trace, grid, stage.to, turn != Turn::First);
        let joined = if kept > 0.0 { grid.of(stage.to, grid.count + kept) } else { 0.0 };
        let padded = grid.of(stage.to, grid.count + KEPT);
        trace.take(JOINED, joined);
        trace.replace((JOINED, joined), (PADDED, padded));
        trace.replace((PADDED, padded), (DOUBLED, 2.0 * input));
        trace.drop(KEPT_FRAMES, grid.of(stage.to, kept));
        frames.count *= 2.0;
        trace.replace((DOUBLED, 2.0 * input), (DOUBLED, 2.0 * input));
    }
    // Frames one after another: a copy where there are several.
    let copy = if frames.count > 1.0 { frames.all(stage.to) } else { 0.0 };
    trace.take(ONE_BY_ONE, copy);
    trace.drop(DOUBLED, if doubled { frames.all(stage.to) } else { 0.0 });
    let risen = Frames { height: 2.0 * frames.height, width: 2.0 * frames.width, ..frames };
    trace.take("frames upsampled", risen.all(stage.to));
    trace.replace(("frames upsampled", risen.all(stage.to)), (UPSAMPLED, risen.all(out)));
    trace.drop(ONE_BY_ONE, copy);
    trace.drop(BLOCK_OUTPUT, input);
    (risen, out)
}

/// A residual block (`WanResidualBlock`): norm, activation and convolution, twice; its input stays, its output is new.
fn residual(trace: &mut Trace, turn: Turn, grid: Frames, from: f64, to: f64) {
    const SHORTCUT: &str = "residual block: shortcut convolution";
    let (input, output) = (grid.all(from), grid.all(to));
    let around = if (from - to).abs() > 0.0 { output } else { 0.0 };
    if around > 0.0 {
        trace.take("residual block: frames of the shortcut", input);
        trace.replace(("residual block: frames of the shortcut", input), (SHORTCUT, output));
    }
    norm(trace, input);
    trace.replace((NORM, input), (ACTIVATION, input));
    convolution(trace, turn, grid, (ACTIVATION, from), to);
    norm(trace, output);
    trace.drop(CONVOLUTION, output);
    trace.replace((NORM, output), (ACTIVATION, output));
    convolution(trace, turn, grid, (ACTIVATION, to), to);
    trace.replace((CONVOLUTION, output), (BLOCK_OUTPUT, output));
    trace.drop(SHORTCUT, around);
}

/// A norm (`WanRMS_norm`): divided by its length, times a scale, times a weight, plus nothing. Its input stays.
fn norm(trace: &mut Trace, size: f64) {
    let (divided, scaled) = ("norm: divided by its length", "norm: scaled");
    trace.take(divided, size);
    trace.take(scaled, size);
    trace.replace((scaled, size), (scaled, size));
    trace.replace((scaled, size), (NORM, size));
    trace.drop(divided, size);
}

/// A convolution over three frames (`WanCausalConv3d`); its input goes, its output is new.
fn convolution(trace: &mut Trace, turn: Turn, grid: Frames, (input, from): (&'static str, f64), to: f64) {
    let kept = turn.kept();
    keep(trace, grid, from, turn != Turn::First);
    let joined = if kept > 0.0 { grid.of(from, grid.count + kept) } else { 0.0 };
    trace.take(JOINED, joined);
    trace.replace((JOINED, joined), (PADDED, grid.padded(from)));
    trace.replace((PADDED, grid.padded(from)), (CONVOLUTION, grid.all(to)));
    trace.drop(input, grid.all(from));
    trace.drop(KEPT_FRAMES, grid.of(from, kept));
}

/// The last frames a convolution reads, kept for the next turn; a single one is joined with the one before it.
fn keep(trace: &mut Trace, grid: Frames, channels: f64, one_before: bool) {
    let own = grid.of(channels, grid.count.min(KEPT));
    trace.take(KEPT_FRAMES, own);
    if grid.count < KEPT && one_before {
        trace.replace((KEPT_FRAMES, own), (KEPT_FRAMES, grid.of(channels, KEPT)));
    }
}
