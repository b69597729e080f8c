//! Training a low-rank adapter of a UNet, as diffusers' SDXL script does it.
//!
//! The base is frozen; adapters of queries, keys, values and their way out are in 32 bit, the pass in 16 bit with
//! norms in 32 bit (automatic mixed precision). What the backward pass reads is summed block by block.

use super::unet::{Grid, PROMPT_TOKENS, Unet, Visit};
use crate::engine::memory::alive::{Beyond, Ledger, Peak};
use crate::engine::working::Detail;

/// Bytes a value of 16 bit takes.
const HALF: f64 = 2.0;
/// Bytes a value of 32 bit takes.
const SINGLE: f64 = 4.0;
/// Attention heads are this wide; each keeps one sum a token.
const HEAD: f64 = 64.0;

/// What one training step of an adapter needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Training {
    /// Parameters of the adapters.
    pub adapters: f64,
    /// Live at most until the loss is known.
    pub forward: Peak,
    /// Live at most while gradients are computed, without the gradients of the adapters.
    pub backward: Peak,
}

/// How a step is computed.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Latents.
    pub grid: Grid,
    /// Images at once.
    pub batch: f64,
    /// Rank of the adapters.
    pub rank: f64,
    /// Bytes of a value of the pass.
    pub value: f64,
    /// Whether blocks are computed again in the backward pass: gradient gradient_checkpointing.
    pub gradient_checkpointing: bool,
}

/// Sums while the UNet is walked.
struct Sums {
    /// Kept for the backward pass.
    kept: f64,
    /// The same by what it is, where workings are asked.
    ledger: Option<Ledger<()>>,
    /// The most while a block that is computed again computes its gradients.
    again: Peak,
    /// The most while a block that is computed again is computed first.
    passing: Peak,
    /// Whether a gradient flows through here: an adapter lies before.
    reached: bool,
}

/// Parameters of the adapters: two matrices beside each of four in both attentions.
pub fn adapters(unet: &Unet, rank: f64) -> f64 {
    let mut layers = 0.0;
    unet.blocks(|visit| {
        if let Visit::Block { to: width, layers: count, .. }
        | Visit::Joined { to: width, layers: count, .. }
        | Visit::Middle { channels: width, layers: count, .. } = visit
        {
            layers += count * (14.0 * width + 2.0 * unet.prompt);
        }
    });
    rank * layers
}

/// One step.
pub fn train(unet: &Unet, step: &Step, detail: Detail) -> Training {
    let mut sums = Sums {
        kept: 0.0,
        ledger: detail.wanted().then(Ledger::default),
        again: Peak::new(detail),
        passing: Peak::new(detail),
        reached: false,
    };
    let positions = |depth: usize| step.grid.at(depth) * step.batch;
    unet.blocks(|visit| match visit {
        Visit::Block { depth, from, to, layers } => {
            sums.residual(step, from, to, positions(depth));
            sums.transformer(unet, step, to, layers, positions(depth));
        }
        Visit::Middle { depth, channels, layers } => {
            sums.residual(step, channels, channels, positions(depth));
            sums.transformer(unet, step, channels, layers, positions(depth));
            sums.residual(step, channels, channels, positions(depth));
        }
        Visit::Joined { depth, from, skip, to, layers, .. } => {
            sums.residual(step, from + skip, to, positions(depth));
            sums.transformer(unet, step, to, layers, positions(depth));
        }
        Visit::Down { depth, channels } => sums.convolution(step, channels * positions(depth)),
        Visit::Risen { depth, channels, last: false } => {
            sums.convolution(step, channels * positions(depth - 1));
        }
        Visit::Rise | Visit::Risen { last: true, .. } => {}
    });
    // The way out: norm, activation, convolution.
    let finest = unet.levels.first().map_or(0.0, |level| level.channels) * positions(0);
    sums.keep("output norm and activation", (2.0 * SINGLE + step.value) * finest);
    let adapters = adapters(unet, step.rank);
    // The adapters' 16-bit copies are made once for a pass; with gradient checkpointing they are made again.
    let copies = if step.value < SINGLE { step.value * adapters } else { 0.0 };
    let kept = sums.kept_peak().with(COPIES, if step.gradient_checkpointing { 0.0 } else { copies });
    // The first gradient in 32 bit and what the activation makes of it, where the convolution's input has gone;
    // in the forward pass, what that convolution reads and writes.
    let edge = kept.with("output convolution and the first gradient", (2.0 * SINGLE - HALF) * finest);
    Training {
        adapters,
        forward: edge.clone().most(sums.passing.with(COPIES, copies)),
        backward: edge.most(sums.again),
    }
}

/// What is kept, by what it is.
const COPIES: &str = "16-bit copies of the adapters";
const INPUTS: &str = "inputs of checkpointed blocks";
const NORMS: &str = "norms in 32 bit";
const CONVOLUTIONS: &str = "inputs of convolutions";

impl Sums {
    /// Keeps a tensor for the backward pass.
    fn keep(&mut self, name: &'static str, bytes: f64) {
        self.kept += bytes;
        if let Some(ledger) = &mut self.ledger {
            ledger.add((), name, bytes);
        }
    }

    /// What is kept so far.
    fn kept_peak(&self) -> Peak {
        Peak {
            bytes: self.kept,
            beyond: Beyond::default(),
            alive: self.ledger.as_ref().map(|ledger| ledger.of(())),
        }
    }

    /// Adds what a block keeps: all it will read again, or only its input and then all for a while
    /// (`torch.utils.checkpoint`).
    fn block(&mut self, step: &Step, block: &Block<'_>) {
        if step.gradient_checkpointing {
            self.keep(INPUTS, block.input);
            if self.kept + block.passing > self.passing.bytes {
                self.passing = self.kept_peak().with("a block in its forward pass", block.passing);
            }
            if self.reached && self.kept + block.again > self.again.bytes {
                self.again = self.kept_peak().with("a block computed again, and its gradients", block.again);
            }
        } else if self.reached {
            for (name, bytes) in block.inside {
                self.keep(name, *bytes);
            }
        }
    }

    /// Norm's input and output in 32 bit and the convolution's input, twice; what a shortcut reads.
    fn residual(&mut self, step: &Step, from: f64, to: f64, positions: f64) {
        let input = step.value * from * positions;
        let shortcut = if (from - to).abs() > 0.0 { input } else { 0.0 };
        let each = 2.0 * SINGLE + step.value;
        // Gradients of the second activation, while all is there; of the first, while only its norm is.
        let second = each * from + (2.0 * each - step.value) * to;
        let first = (2.0 * each - step.value) * from;
        self.block(
            step,
            &Block {
                inside: &[
                    (NORMS, 2.0 * SINGLE * (from + to) * positions),
                    (CONVOLUTIONS, step.value * (from + to) * positions),
                    ("inputs of shortcut convolutions", shortcut),
                ],
                input,
                passing: each * from * positions,
                again: second.max(first) * positions,
            },
        );
    }

    /// A convolution between levels keeps what it reads.
    fn convolution(&mut self, step: &Step, values: f64) {
        if self.reached {
            self.keep(CONVOLUTIONS, step.value * values);
        }
    }

    /// Norm around the transformer, then what each layer keeps.
    fn transformer(&mut self, unet: &Unet, step: &Step, width: f64, layers: f64, positions: f64) {
        if layers == 0.0 {
            return;
        }
        let row = width * positions;
        if self.reached {
            self.keep(NORMS, SINGLE * row);
        }
        // Projections in and out by convolution keep what they read; matrices that are frozen do not.
        if !unet.linear_projection {
            self.keep(CONVOLUTIONS, step.value * row * if self.reached { 2.0 } else { 1.0 });
        }
        let prompts = PROMPT_TOKENS * step.batch;
        // Both attentions: three norms in 32 bit; the adapters' own copies of what they read: four times itself,
        // twice towards the prompt; queries, keys, values and the result; the rank's values.
        let norms = 3.0 * SINGLE * row;
        let copies = step.value * (6.0 * row + 2.0 * unet.prompt * prompts);
        let attention = step.value * (6.0 * row + 2.0 * width * prompts) + 2.0 * SINGLE * row / HEAD;
        let ranks = step.value * step.rank * (6.0 * positions + 2.0 * prompts);
        // Feed-forward: gate and values, and the gate's activation.
        let network = step.value * 12.0 * row;
        let layer = norms + copies + attention + ranks + network;
        // Gradients of the product of gate and values, of both, and of the residual.
        let gradients = step.value * 13.0 * row;
        for _ in 0..crate::units::whole(layers) {
            // Of the first layer no gradient flows further back than its adapters.
            let unread = if self.reached { 0.0 } else { SINGLE * row };
            self.reached = true;
            self.block(
                step,
                &Block {
                    inside: &[
                        (NORMS, norms - unread),
                        ("inputs of adapters", copies),
                        ("queries, keys, values and attention outputs", attention),
                        ("low-rank values of adapters", ranks),
                        ("feed-forward: gate, values and activation", network),
                    ],
                    input: step.value * row,
                    passing: network + step.value * 4.0 * row,
                    again: layer + gradients,
                },
            );
        }
    }
}

/// What a block keeps or takes, in bytes.
struct Block<'a> {
    /// All its backward pass reads, by what it is.
    inside: &'a [(&'static str, f64)],
    /// What it is computed again from.
    input: f64,
    /// The most while it is computed.
    passing: f64,
    /// The most while it is computed again and its gradients are.
    again: f64,
}

#[cfg(test)]
mod tests {
    use super::super::unet::{SD15, SDXL};
    use super::*;

    fn step(side: f64, batch: f64, rank: f64, gradient_checkpointing: bool) -> Step {
        Step {
            grid: Grid { height: side / 8.0, width: side / 8.0 },
            batch,
            rank,
            value: HALF,
            gradient_checkpointing,
        }
    }

    fn near(predicted: f64, measured: f64, share: f64) {
        assert!((predicted / measured - 1.0).abs() < share, "{predicted} against {measured}");
    }

    #[test]
    fn adapters_have_their_published_sizes() {
        near(adapters(&SDXL, 16.0) * SINGLE, 92_897_280.0, 1e-12);
        near(adapters(&SDXL, 64.0) * SINGLE, 371_589_120.0, 1e-12);
        near(adapters(&SD15, 4.0), 797_184.0, 1e-12);
    }

    /// Peaks of live tensors with diffusers 0.42.1 and torch 2.15, fake tensors, automatic mixed precision.
    #[test]
    fn training_peaks_are_met() {
        for (side, batch, rank, gradient_checkpointing, forward, backward) in [
            (1024.0, 1.0, 16.0, false, 7_809_125_652.0, 7_778_911_892.0),
            (512.0, 1.0, 16.0, false, 2_041_580_820.0, 2_027_095_700.0),
            (1024.0, 2.0, 16.0, false, 15_569_644_584.0, 15_518_453_536.0),
            (1024.0, 1.0, 64.0, false, 8_008_488_852.0, 7_950_565_652.0),
            (1024.0, 1.0, 16.0, true, 663_004_052.0, 721_537_044.0),
            (1024.0, 4.0, 16.0, true, 2_512_493_648.0, 2_885_983_032.0),
            (512.0, 1.0, 16.0, true, 200_876_948.0, 180_668_436.0),
        ] {
            let training = train(&SDXL, &step(side, batch, rank, gradient_checkpointing), Detail::Figures);
            let share = if gradient_checkpointing { 0.035 } else { 0.005 };
            near(training.forward.bytes, forward, share);
            near(training.backward.bytes, backward, 0.005);
        }
        for (gradient_checkpointing, backward) in [(false, 1_169_219_592.0), (true, 274_517_320.0)] {
            let training = train(&SD15, &step(512.0, 1.0, 16.0, gradient_checkpointing), Detail::Figures);
            near(training.backward.bytes, backward, 0.015);
        }
    }
}
