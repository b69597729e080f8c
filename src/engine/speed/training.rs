//! How long training takes, by the operations it needs and the share of the peak that runs were measured to reach.

use super::devices::{End, Sharing};
use super::{Basis, Bound, Chip, Reads};
use crate::engine::figures::fact;
use crate::engine::working::{Detail, Figure};
use crate::engine::{Book, FigureName};
use crate::formula;
use crate::spec::{
    Calibration, FineTune, LanguageModel, Machine, Method, PeakShare, SpeedGroup, Split, TunedLayers,
};
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
    pub flops: Flops,
    /// Share of the peak that is reached (MFU with what is recomputed).
    pub share: Band<Ratio>,
    /// What it is bound by.
    pub bound: Bound,
    /// What the figures rest on.
    pub basis: Basis,
}

/// What unpacking 4-bit weights for every product costs: QLoRA over LoRA on one card, 2,413 over 3,083 and 8,035
/// over 8,210 tokens a second. Two of the 64 published runs, which are scored with it.
const PACKED: f64 = 0.88;

/// Where a fine-tune runs.
#[derive(Clone, Copy)]
pub(super) struct On<'a> {
    pub(super) machine: &'a Machine,
    pub(super) chip: Chip,
    pub(super) sharing: Sharing,
}

/// Speeds of a fine-tune on a machine.
pub(super) fn speed(
    (language, tune): (&LanguageModel, &FineTune),
    reads: &Reads,
    On { machine, chip, sharing }: On<'_>,
    calibration: &Calibration,
    book: &mut Book,
) -> Option<TrainingSpeed> {
    let detail = book.detail();
    let fitted = calibration.training(chip.training_group())?;
    let flops = flops(language, tune, reads, detail);
    let peak = peak(machine, chip, detail);
    let reached = book.band(FigureName::ShareOfPeak, reached(tune, chip, fitted, detail));
    let Band { low, best, high } = reached;
    // By layers one device computes after the other; else each has sequences of its own.
    let at_work = if sharing.split == Split::Layers { 1.0 } else { f64::from(sharing.devices) };
    let pass = count(tune.micro_batch.max(1)) * count(tune.sequence.max(1));
    let computed = |share: f64| {
        formula!(detail, "operations at the share of the peak that is reached";
            pass_tokens = pass, flops_per_token = flops.clone(), peak = peak.clone(), share_of_peak = share
            => pass_tokens * flops_per_token / (share_of_peak * peak))
    };
    let moved = transferred(tune, reads, sharing, detail);
    let spent = |end: End| {
        formula!(detail, "bytes that each device sends at the bandwidth of the link";
            sent_bytes = moved.clone(), link_bytes_per_s = end.rate(sharing.link.bytes_per_second())
            => sent_bytes / link_bytes_per_s)
    };
    // At best the link works while the devices compute, at worst after them.
    let band = Band {
        low: formula!(detail, "transfers after computing";
            devices = at_work, pass_tokens = pass, compute_s = computed(low), transfer_s = spent(End::Slow)
            => devices * pass_tokens / (compute_s + transfer_s)),
        best: formula!(detail, "half of the transfers while the devices compute";
            devices = at_work, pass_tokens = pass, compute_s = computed(best), transfer_s = spent(End::Best)
            => devices * pass_tokens / max(compute_s + 0.5 * transfer_s, transfer_s)),
        high: formula!(detail, "all transfers while the devices compute";
            devices = at_work, pass_tokens = pass, compute_s = computed(high), transfer_s = spent(End::Fast)
            => devices * pass_tokens / max(compute_s, transfer_s)),
    };
    let waits = spent(End::Best).value > computed(reached.best).value;
    let tokens = book.band(FigureName::TrainTokens, band);
    let roofline = formula!(detail, "all operations at the peak";
        devices = at_work, peak = peak, flops_per_token = flops.clone() => devices * peak / flops_per_token);
    let Band { low, best, high } = tokens;
    let hours = |speed: f64| {
        formula!(detail, "tokens of all examples in all epochs";
            examples = count(tune.examples), tokens_per_example = count(tune.tokens_per_example),
            epochs = tune.epochs.max(0.0), tokens_per_s = speed
            => examples * tokens_per_example * epochs / tokens_per_s / 3600.0)
    };
    let run = book.band(FigureName::RunHours, Band { low: hours(high), best: hours(best), high: hours(low) });
    Some(TrainingSpeed {
        tokens: tokens.map(TokensPerSecond::new),
        roofline: TokensPerSecond::new(book.exact(FigureName::Roofline, roofline)),
        run: run.map(Hours::new),
        flops: Flops::new(flops.value),
        share: reached.map(Ratio::new),
        bound: if waits { Bound::Devices } else { Bound::Compute },
        basis: Basis {
            group: fitted.group,
            rows: fitted.rows,
            machines: fitted.machines,
            measured_here: false,
        },
    })
}

/// The peak that training is held against.
fn peak(machine: &Machine, chip: Chip, detail: Detail) -> Figure {
    let peak = chip.training_peak();
    let stated = [&machine.peaks.fp16, &machine.peaks.bf16, &machine.peaks.fp32];
    let stated = stated.into_iter().flatten().find(|figure| figure.value().get().to_bits() == peak.to_bits());
    stated.map_or(peak.into(), |figure| fact(detail, "peak", figure, peak))
}

/// The share of the peak that training reaches.
fn reached(tune: &FineTune, chip: Chip, fitted: &PeakShare, detail: Detail) -> Band<Figure> {
    let packed = if tune.precision.is_quantized() { PACKED } else { 1.0 };
    let (low, best, high) = fitted.share;
    let source = || {
        let PeakShare { group, rows, machines, sources, .. } = fitted;
        let of = group.label();
        format!("calibration.ron, training, {of}: {rows} runs on {machines} machines, {}", sources.join(" "))
    };
    let at = |share: f64| {
        let share = if detail.wanted() {
            Figure::found(detail, source(), "fitted_share", share)
        } else {
            share.into()
        };
        formula!(detail, "measured share of the peak, and unpacking of 4-bit weights";
            fitted_share = share, unpacking = packed => min(fitted_share * unpacking, 1.0))
    };
    // Nothing says whether training uses the matrix units of an M5: the low end is without them.
    let without = chip.training_group() == SpeedGroup::AppleMatrixMlx;
    let low = if without { low * chip.shaders / chip.training_peak() } else { low };
    Band { low: at(low), best: at(best), high: at(high) }
}

/// Bytes that each device sends for a pass: of shards, the parameters gathered forward and backward and the gradients
/// reduced; of copies, the gradients reduced once a step.
fn transferred(tune: &FineTune, reads: &Reads, sharing: Sharing, detail: Detail) -> Figure {
    let devices = f64::from(sharing.devices.max(1));
    let width = if tune.precision.is_quantized() { QUANTIZED } else { HALF };
    let trained = if tune.method == Method::Full { reads.parameters } else { 0.0 };
    match sharing.split {
        Split::Tensor => {
            formula!(detail, "sharded: parameters gathered twice, gradients reduced once (FSDP)";
            devices = devices, parameters = reads.parameters, bytes_per_parameter = width,
            trained_parameters = trained, bytes_per_gradient = HALF
            => (1.0 - 1.0 / devices)
                * (2.0 * (parameters * bytes_per_parameter) + trained_parameters * bytes_per_gradient))
        }
        Split::Copies => formula!(detail, "copies: gradients all-reduced once a step";
            devices = devices, trained_parameters = trained, bytes_per_gradient = HALF,
            passes_per_step = count(tune.gradient_accumulation_steps.max(1))
            => 2.0 * (1.0 - 1.0 / devices) * (trained_parameters * bytes_per_gradient) / passes_per_step),
        Split::Layers | Split::Experts | Split::Auto => Figure::default(),
    }
}

/// Bytes of a 16-bit parameter.
const HALF: f64 = 2.0;
/// Bytes of a 4-bit parameter with its scales.
const QUANTIZED: f64 = 0.53;

/// Operations of one token: once forward, once for the gradients of values, once for those of weights where all are
/// trained, and once more forward where activations are recomputed; attention over the half of a sequence before it.
fn flops(language: &LanguageModel, tune: &FineTune, reads: &Reads, detail: Detail) -> Figure {
    let layers = f64::from(language.model.layer_count()).max(1.0);
    let tuned = match tune.tuned_layers {
        TunedLayers::All => 1.0,
        TunedLayers::Last(last) => (count(last) / layers).min(1.0),
    };
    let weights = if tune.method == Method::Full { tuned } else { 0.0 };
    let again = if tune.gradient_checkpointing { tuned } else { 0.0 };
    formula!(detail, "forward, gradients of values and of trained weights, and what gradient checkpointing recomputes";
        active_parameters = reads.active, query_values = reads.query, sequence = count(tune.sequence),
        tuned_layers = tuned, weight_gradients = weights, recomputed = again
        => (2.0 * active_parameters + 2.0 * query_values * sequence)
            * (1.0 + tuned_layers + weight_gradients + recomputed))
}
