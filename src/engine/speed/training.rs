//! How long training takes, by the operations it needs and the share of the peak that runs were measured to reach.

use super::{Basis, Bound, Chip, Reads};
use crate::spec::{Calibration, FineTune, LanguageModel, Method, SpeedGroup, TunedLayers};
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
    chip: Chip,
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
    let tokens = reached.map(|share| share * peak / operations);
    let all = count(tune.examples) * count(tune.tokens_per_example) * tune.epochs.max(0.0);
    let hours = |speed: f64| Hours::new(all / speed / 3600.0);
    Some(TrainingSpeed {
        tokens: tokens.map(TokensPerSecond::new),
        roofline: TokensPerSecond::new(peak / operations),
        run: Band { low: hours(tokens.high), best: hours(tokens.best), high: hours(tokens.low) },
        operations: Flops::new(operations),
        share: reached.map(Ratio::new),
        bound: Bound::Compute,
        basis: Basis { group: share.group, rows: share.rows, machines: share.machines, measured_here: false },
    })
}

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
    let again = if tune.checkpointing { tuned } else { 0.0 };
    forward * (1.0 + tuned + weights + again)
}
