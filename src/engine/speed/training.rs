//! How long training takes, by the time of its passes and how far measured runs lay from that.

use super::devices::{End, Sharing};
use super::host::Host;
use super::training_pass::TrainingWork;
use super::{Basis, Bound, Chip, Doubt, Reads};
use crate::engine::figures::fact;
use crate::engine::working::{Detail, Figure};
use crate::engine::{Book, FigureName};
use crate::formula;
use crate::spec::{Calibration, FineTune, LanguageModel, Machine};
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
    /// Share of the peak that is reached, with what is recomputed (hardware FLOPs utilization).
    pub share: Band<Ratio>,
    /// What it is bound by.
    pub bound: Bound,
    /// What the figures rest on.
    pub basis: Basis,
}

/// How much wider the band is on a chip that no run was measured on.
const BORROWED: (f64, f64) = (0.8, 1.25);

/// What the low and high ends rest on.
const BAND: &str = "leave-one-machine-out: nine in ten measured runs lay inside this share of the prediction";

/// Where a fine-tune runs.
#[derive(Clone, Copy)]
pub(super) struct On<'a> {
    pub(super) machine: &'a Machine,
    pub(super) chip: Chip,
    pub(super) sharing: Sharing,
    /// The memory beside it, where there is some.
    pub(super) host: Option<Host>,
}

/// Speeds of a fine-tune on a machine.
pub(super) fn speed(
    (language, tune): (&LanguageModel, &FineTune),
    reads: &Reads,
    On { machine, chip, sharing, host }: On<'_>,
    calibration: &Calibration,
    book: &mut Book,
) -> Option<TrainingSpeed> {
    let detail = book.detail();
    let fit = &calibration.training;
    let work = TrainingWork::of((language, tune), reads, (chip, sharing, host), calibration);
    let (slowest, fastest) = work.trained_by();
    let (slow, fast) = (fit.band(slowest)?, fit.band(fastest)?);
    let (low, high) = if work.borrows() {
        (slow.band.0 * BORROWED.0, fast.band.1 * BORROWED.1)
    } else {
        (slow.band.0, fast.band.1)
    };
    let peak = peak(machine, chip, detail);
    let flops = work.flops(detail);
    let devices = work.pass_tokens() / (count(tune.micro_batch.max(1)) * count(tune.sequence.max(1)));
    let roofline = formula!(detail, "all operations at the peak";
        devices = devices, peak = peak.clone(), flops_per_token = flops.clone()
        => devices * peak / flops_per_token);
    let tokens = count(tune.micro_batch.max(1)) * count(tune.sequence.max(1)) * devices;
    let best = formula!(detail, "tokens of a pass in its time, none faster than the roofline";
        pass_tokens = tokens, pass_s = work.likely(&fit.terms, detail), most_per_s = roofline.value
        => min(pass_tokens / pass_s, most_per_s));
    let band = Band {
        low: formula!(detail, BAND;
            pass_tokens = tokens, pass_s = work.pass(&fit.terms, slowest, End::Slow, detail), low_share = low,
            best_per_s = best.value
            => min(pass_tokens / pass_s * low_share, best_per_s)),
        high: formula!(detail, BAND;
            pass_tokens = tokens, pass_s = work.pass(&fit.terms, fastest, End::Fast, detail), high_share = high,
            best_per_s = best.value, most_per_s = roofline.value
            => min(max(pass_tokens / pass_s * high_share, best_per_s), most_per_s)),
        best,
    };
    let tokens = book.band(FigureName::TrainTokens, band);
    let reached = |speed: f64| {
        formula!(detail, "operations of all tokens over the peak";
            tokens_per_s = speed, flops_per_token = flops.clone(), devices = devices, peak = peak.clone()
            => tokens_per_s * flops_per_token / devices / peak)
    };
    let Band { low, best, high } = tokens;
    let shares = Band { low: reached(low), best: reached(best), high: reached(high) };
    let share = book.band(FigureName::ShareOfPeak, shares);
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
        share: share.map(Ratio::new),
        bound: work.bound(&fit.terms),
        basis: Basis {
            group: chip.training_group(),
            rows: fast.rows,
            machines: fast.machines,
            measured_here: false,
            doubt: match (work.borrows(), slowest == fastest) {
                _ if work.waits_for_unknown() => Doubt::Offload,
                (true, _) => Doubt::Unmeasured,
                (false, false) => Doubt::Kernels,
                (false, true) => Doubt::Spread,
            },
        },
    })
}

/// The peak that no training exceeds.
fn peak(machine: &Machine, chip: Chip, detail: Detail) -> Figure {
    let peak = chip.training_roof();
    let stated = [&machine.peaks.fp16, &machine.peaks.bf16, &machine.peaks.fp32];
    let stated =
        stated.into_iter().flatten().find(|figure| figure.value().get().to_bits() == peak.get().to_bits());
    stated.map_or(peak.into(), |figure| fact(detail, "peak", figure, peak))
}
