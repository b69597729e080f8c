//! Wan's models that turn latents into a clip: causal in time, one latent frame at a time.
//!
//! Each convolution keeps the last two frames it read, so that the next latent frame can go on from there. The
//! pipelines run it in 32 bit.

use super::tape::Tape;
use super::tiles::Tiles;

/// A clip's autoencoder, by its published `vae/config.json`.
#[derive(Debug)]
pub(super) struct VideoVae {
    /// Parameters of encoder and decoder.
    pub(super) parameters: f64,
    /// Channels of the latents.
    pub(super) latents: f64,
    /// Channels between the ends of each stage, from the coarsest.
    pub(super) stages: [Stage; 4],
    /// Whether each stage has a way around it.
    pub(super) around: bool,
    /// Channels of what comes out: three colours, of one pixel or of four.
    pub(super) colours: f64,
    /// Pixels on a side of one latent.
    pub(super) scale: f64,
}

/// Channels of a stage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage {
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
pub(super) const WAN22: VideoVae = VideoVae {
    parameters: 704_688_668.0,
    latents: 48.0,
    stages: [
        Stage { from: 1024.0, to: 1024.0, rise: Rise::SpaceAndTime(1024.0) },
        Stage { from: 1024.0, to: 1024.0, rise: Rise::SpaceAndTime(1024.0) },
        Stage { from: 1024.0, to: 512.0, rise: Rise::Space(512.0) },
        Stage { from: 512.0, to: 256.0, rise: Rise::Not },
    ],
    around: true,
    colours: 12.0,
    scale: 16.0,
};

/// <https://huggingface.co/Wan-AI/Wan2.2-T2V-A14B-Diffusers/blob/main/vae/config.json>
pub(super) const WAN21: VideoVae = VideoVae {
    parameters: 126_892_531.0,
    latents: 16.0,
    stages: [
        Stage { from: 384.0, to: 384.0, rise: Rise::SpaceAndTime(192.0) },
        Stage { from: 192.0, to: 384.0, rise: Rise::SpaceAndTime(192.0) },
        Stage { from: 192.0, to: 192.0, rise: Rise::Space(96.0) },
        Stage { from: 96.0, to: 96.0, rise: Rise::Not },
    ],
    around: false,
    colours: 3.0,
    scale: 8.0,
};

const VALUE: f64 = 4.0;
/// Frames a convolution keeps of what it read.
const KEPT: f64 = 2.0;
/// Frames one latent frame turns into, but for the first, which stays one.
pub(super) const FRAMES: f64 = 4.0;
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

impl VideoVae {
    /// Bytes that come and go while `batch` clips of `frames` latent frames of `height` × `width` are decoded.
    pub(super) fn decoding(&self, height: f64, width: f64, frames: f64, batch: f64, tiled: bool) -> f64 {
        let latents = VALUE * self.latents * frames * height * width * batch;
        let side = TILE / self.scale;
        // In the end: the clip, and once more with its pixels put in order or cut to the range of colours.
        let clip = self.clip(height, width, 1.0 + FRAMES * (frames - 1.0), batch);
        if !tiled || (height <= side && width <= side) {
            let decoding = self.chunks(height, width, frames, batch, true);
            return 2.0 * latents + decoding.max(2.0 * clip);
        }
        let (rows, columns) = (Tiles::new(height, side), Tiles::new(width, side));
        let tile = rows.full * columns.full;
        let done = rows.before * columns.all + rows.full * columns.before;
        let waiting = clip * done / (height * width);
        let decoding = waiting + self.chunks(rows.full, columns.full, frames, batch, false);
        let joining = clip * (rows.all * columns.all / (height * width) + 3.0);
        let converted = VALUE * self.latents * tile * batch;
        latents + converted + decoding.max(joining)
    }

    /// Weights of its largest layer, a 3 × 3 × 3 convolution.
    pub(super) const fn largest(&self) -> f64 {
        let channels = self.stages[0].from;
        channels * channels * 27.0
    }

    /// Bytes of a finished clip.
    fn clip(&self, height: f64, width: f64, frames: f64, batch: f64) -> f64 {
        let positions = height * width * self.area();
        VALUE * self.colours * positions * frames * batch
    }

    /// Positions that come out for one latent, before pixels are put in order.
    const fn area(&self) -> f64 {
        self.scale * self.scale * 3.0 / self.colours
    }

    /// The turns of one clip or tile; the finished frames are joined after each, or at the end.
    fn chunks(&self, height: f64, width: f64, frames: f64, batch: f64, joined: bool) -> f64 {
        let mut tape = Tape::new(0.0, 0.0);
        let grid = Frames { height, width, count: 1.0, batch };
        let one = self.clip(height, width, 1.0, batch);
        self.turn(&mut tape, Turn::First, grid);
        if frames > 1.0 {
            self.turn(&mut tape, Turn::Second, grid);
            // What the last turn gave keeps its name beside the frames it was joined to.
            if joined {
                tape.replace(one, 5.0 * one);
            }
        }
        if frames > 2.0 {
            let done = FRAMES * (frames - 3.0) * one;
            tape.take(done);
            self.turn(&mut tape, Turn::Later, grid);
            if joined {
                tape.drop(FRAMES * one);
                tape.replace(5.0 * one + done, 9.0 * one + done);
            }
        }
        if !joined {
            tape.take((1.0 + FRAMES * (frames - 1.0)) * one);
        }
        tape.peak()
    }

    /// One latent frame through the decoder; its frames stay.
    fn turn(&self, tape: &mut Tape, turn: Turn, mut grid: Frames) {
        let deepest = self.stages[0].from;
        let input = grid.all(self.latents);
        tape.take(input);
        convolution(tape, turn, grid, self.latents, deepest);
        let size = grid.all(deepest);
        // In the middle a residual block, attention within the frame, and another.
        residual(tape, turn, grid, deepest, deepest);
        tape.drop(size);
        tape.take(8.0 * size);
        tape.drop(8.0 * size);
        residual(tape, turn, grid, deepest, deepest);
        tape.drop(size);
        for stage in &self.stages {
            grid = self.stage(tape, turn, grid, *stage);
        }
        let last = self.stages[3].to;
        norm(tape, grid.all(last));
        tape.drop(grid.all(last));
        tape.replace(grid.all(last), grid.all(last));
        convolution(tape, turn, grid, last, self.colours);
    }

    /// Residual blocks, and what follows; the input goes, the output is new.
    fn stage(&self, tape: &mut Tape, turn: Turn, grid: Frames, stage: Stage) -> Frames {
        let input = grid.all(stage.from);
        if self.around {
            tape.take(input);
        }
        let mut channels = stage.from;
        for block in 0..BLOCKS {
            residual(tape, turn, grid, channels, stage.to);
            if block > 0 {
                tape.drop(grid.all(channels));
            }
            channels = stage.to;
        }
        let (risen, out) = rise(tape, turn, grid, stage);
        if self.around && stage.rise != Rise::Not {
            // The way around repeats channels, puts them in order and is added.
            let repeats = if matches!(stage.rise, Rise::SpaceAndTime(_)) { 2.0 } else { 1.0 };
            let copied = 4.0 * grid.all(out) * repeats;
            tape.take(copied);
            tape.replace(copied, copied);
            tape.replace(risen.all(out), risen.all(out));
            tape.drop(copied);
        }
        if self.around {
            tape.drop(input);
        }
        tape.drop(input);
        risen
    }
}

/// More pixels, and more frames after the first turn; the input goes, the output is new.
fn rise(tape: &mut Tape, turn: Turn, grid: Frames, stage: Stage) -> (Frames, f64) {
    let input = grid.all(stage.to);
    let (out, doubled) = match stage.rise {
        Rise::Not => return (grid, stage.to),
        Rise::Space(out) => (out, false),
        Rise::SpaceAndTime(out) => (out, turn != Turn::First),
    };
    let mut frames = grid;
    if doubled {
        let kept = turn.kept_in_time();
        keep(tape, grid, stage.to, turn != Turn::First);
        let joined = if kept > 0.0 { grid.of(stage.to, grid.count + kept) } else { 0.0 };
        tape.take(joined);
        tape.replace(joined, grid.of(stage.to, grid.count + KEPT));
        tape.replace(grid.of(stage.to, grid.count + KEPT), 2.0 * input);
        tape.drop(grid.of(stage.to, kept));
        frames.count *= 2.0;
        tape.replace(2.0 * input, 2.0 * input);
    }
    // Frames one after another: a copy where there are several.
    let copy = if frames.count > 1.0 { frames.all(stage.to) } else { 0.0 };
    tape.take(copy);
    tape.drop(if doubled { frames.all(stage.to) } else { 0.0 });
    let risen = Frames { height: 2.0 * frames.height, width: 2.0 * frames.width, ..frames };
    tape.take(risen.all(stage.to));
    tape.replace(risen.all(stage.to), risen.all(out));
    tape.drop(copy + input);
    (risen, out)
}

/// A residual block: norm, activation and convolution, twice; its input stays, its output is new.
fn residual(tape: &mut Tape, turn: Turn, grid: Frames, from: f64, to: f64) {
    let (input, output) = (grid.all(from), grid.all(to));
    let around = if (from - to).abs() > 0.0 { output } else { 0.0 };
    if around > 0.0 {
        tape.take(input);
        tape.replace(input, output);
    }
    norm(tape, input);
    tape.replace(input, input);
    convolution(tape, turn, grid, from, to);
    norm(tape, output);
    tape.drop(output);
    tape.replace(output, output);
    convolution(tape, turn, grid, to, to);
    tape.replace(output, output);
    tape.drop(around);
}

/// A norm: divided by its length, times a scale, times a weight, plus nothing. Its input stays.
fn norm(tape: &mut Tape, size: f64) {
    tape.take(size);
    tape.take(size);
    tape.replace(size, size);
    tape.replace(size, size);
    tape.drop(size);
}

/// A convolution over three frames; its input goes, its output is new.
fn convolution(tape: &mut Tape, turn: Turn, grid: Frames, from: f64, to: f64) {
    let kept = turn.kept();
    keep(tape, grid, from, turn != Turn::First);
    let joined = if kept > 0.0 { grid.of(from, grid.count + kept) } else { 0.0 };
    tape.take(joined);
    tape.replace(joined, grid.padded(from));
    tape.replace(grid.padded(from), grid.all(to));
    tape.drop(grid.all(from) + grid.of(from, kept));
}

/// The last frames a convolution reads, kept for the next turn; a single one is joined with the one before it.
fn keep(tape: &mut Tape, grid: Frames, channels: f64, one_before: bool) {
    let own = grid.of(channels, grid.count.min(KEPT));
    tape.take(own);
    if grid.count < KEPT && one_before {
        tape.replace(own, grid.of(channels, KEPT));
    }
}
