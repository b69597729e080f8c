//! How long training takes, by the operations it needs and the share of the peak that runs were measured to reach.

use super::devices::{End, Sharing};
use super::{Basis, Bound, Chip, Reads};
use crate::spec::{Calibration, FineTune, LanguageModel, Method, SpeedGroup, Split, TunedLayers};
use crate::units::{Band, Flops, Hours, Ratio, TokensPerSecond, count};

/// Speeds of a fine-tune.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingSpeed {
    /// Tokens a second.
    pub tokens: Band<TokensPerSecond>,
    /// What no run can exceed: the peak over the operations of a token.
    pub roofline: TokensPerSecond,
    /// Hours of the whole run.
    pub run: Band<Hours>,
    /// Operations of one token, recomputed ones included.
    pub operations: Flops,
    /// Share of the peak that is reached (MFU with what is recomputed).
    pub share: Band<Ratio>,
    /// What holds it back.
    pub bound: Bound,
    /// What the figures rest on.
    pub basis: Basis,
}

/// What unpacking 4-bit weights for every product costs: QLoRA over LoRA on one card, 2,413 over 3,083 and 8,035
/// over 8,210 tokens a second.
const PACKED: f64 = 0.88;

/// Speeds of a fine-tune on a chip.
pub(super) fn speed(
    language: &LanguageModel,
    tune: &FineTune,
    reads: &Reads,
    (chip, sharing): (Chip, Sharing),
    calibration: &Calibration,
) -> Option<TrainingSpeed> {
    let share = calibration.training(chip.training_group())?;
    let operations = operations(language, tune, reads);
    let peak = chip.training_peak();
    let packed = if tune.precision.is_quantized() { PACKED } else { 1.0 };
    let (low, best, high) = share.share;
    // Nothing says whether training uses the matrix units of an M5: the low end is without them.
    let low =
        if chip.training_group() == SpeedGroup::AppleMatrixMlx { low * chip.shaders / peak } else { low };
    let reached = Band { low, best, high }.map(|share| (share * packed).min(1.0));
    // By layers one device computes after the other; else each has sequences of its own.
    let at_work = if sharing.split == Split::Layers { 1.0 } else { f64::from(sharing.devices) };
    let alone = reached.map(|share| share * peak / operations);
    let pass = count(tune.micro_batch.max(1)) * count(tune.sequence.max(1));
    let moved = moved(tune, reads, sharing);
    let link = sharing.link.bytes_per_second();
    let spent = |end: End| moved / end.rate(link);
    // At best the link works while the devices compute, at worst after them.
    let slow = pass / alone.low + spent(End::Slow);
    let fast = (pass / alone.high).max(spent(End::Fast));
    let best = (pass / alone.best + 0.5 * spent(End::Best)).max(spent(End::Best));
    let tokens = Band { low: slow, best, high: fast }.map(|seconds| at_work * pass / seconds);
    let waits = spent(End::Best) > pass / alone.best;
    let all = count(tune.examples) * count(tune.tokens_per_example) * tune.epochs.max(0.0);
    let hours = |speed: f64| Hours::new(all / speed / 3600.0);
    Some(TrainingSpeed {
        tokens: tokens.map(TokensPerSecond::new),
        roofline: TokensPerSecond::new(at_work * peak / operations),
        run: Band { low: hours(tokens.high), best: hours(tokens.best), high: hours(tokens.low) },
        operations: Flops::new(operations),
        share: reached.map(Ratio::new),
        bound: if waits { Bound::Devices } else { Bound::Compute },
        basis: Basis { group: share.group, rows: share.rows, machines: share.machines, measured_here: false },
    })
}

/// Bytes that each device sends for a pass: of parts, the parameters gathered forward and backward and the gradients
/// summed; of copies, the gradients summed once a step.
fn moved(tune: &FineTune, reads: &Reads, sharing: Sharing) -> f64 {
    let others = 1.0 - 1.0 / f64::from(sharing.devices.max(1));
    let width = if tune.precision.is_quantized() { QUANTIZED } else { HALF };
    let held = reads.parameters * width;
    let gradients = if tune.method == Method::Full { reads.parameters * HALF } else { 0.0 };
    match sharing.split {
        Split::Tensor => others * (2.0 * held + gradients),
        Split::Copies => 2.0 * others * gradients / count(tune.gradient_accumulation_steps.max(1)),
        Split::Layers | Split::Auto => 0.0,
    }
}

/// Bytes of a 16-bit parameter.
const HALF: f64 = 2.0;
/// Bytes of a 4-bit parameter with its scales.
const QUANTIZED: f64 = 0.53;

/// Operations of one token: once forward, once for the gradients of values, once for those of weights where all are
/// trained, and once more forward where activations are recomputed; attention over the half of a sequence before it.
fn operations(language: &LanguageModel, tune: &FineTune, reads: &Reads) -> f64 {
    let forward = 2.0 * reads.active + 2.0 * reads.query * count(tune.sequence);
    let layers = f64::from(language.model.layer_count()).max(1.0);
    let tuned = match tune.tuned_layers {
        TunedLayers::All => 1.0,
        TunedLayers::Last(last) => (count(last) / layers).min(1.0),
    };
    let weights = if tune.method == Method::Full { tuned } else { 0.0 };
    let again = if tune.gradient_checkpointing { tuned } else { 0.0 };
    forward * (1.0 + tuned + weights + again)
}
