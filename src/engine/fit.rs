//! The verdict: a need held against the ceilings.

use super::ceilings::{Ceiling, CeilingKind};
use super::memory::{Budget, Phase, PhaseName, Place, Unknown};
use crate::units::{Band, Bytes};

/// Whether it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Even the high end leaves 10 % of the ceiling.
    Fits,
    /// Even the high end is under the ceiling.
    Tight,
    /// The band straddles the ceiling, or something that decides is unknown.
    Uncertain,
    /// Even the low end is over the ceiling.
    DoesNotFit,
    /// The runtime or the number format does not run on the machine, so nothing is estimated.
    CannotRun,
}

impl Verdict {
    /// Whether it counts as fitting: fits, or tight.
    pub const fn fits(self) -> bool {
        matches!(self, Self::Fits | Self::Tight)
    }

    /// As in JSON: `does-not-fit`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::Tight => "tight",
            Self::Uncertain => "uncertain",
            Self::DoesNotFit => "does-not-fit",
            Self::CannotRun => "cannot-run",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Fits => "Fits",
            Self::Tight => "Tight",
            Self::Uncertain => "Uncertain",
            Self::DoesNotFit => "Does not fit",
            Self::CannotRun => "Cannot run",
        }
    }
}

/// A need against one ceiling.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The ceiling.
    pub ceiling: Ceiling,
    /// What counts against it, at the phase that needs most of it.
    pub need: Band<Bytes>,
    /// That phase.
    pub phase: PhaseName,
    /// The verdict against this ceiling alone.
    pub verdict: Verdict,
    /// Whether the weights alone are over it, so that no shorter context helps.
    pub weights_alone_too_large: bool,
}

impl Comparison {
    /// Share of the ceiling that is filled; infinite when the ceiling is 0.
    pub fn filled(&self) -> f64 {
        (self.need.best / self.ceiling.bytes.best).get()
    }
}

/// The verdict with the comparison that made it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The worst of the deciding comparisons.
    pub verdict: Verdict,
    /// Every ceiling with its need; the deciding one first.
    pub comparisons: Vec<Comparison>,
}

impl Fit {
    /// Of what does not run at all.
    pub const CANNOT_RUN: Self = Self { verdict: Verdict::CannotRun, comparisons: Vec::new() };

    /// The comparison the verdict rests on; `None` where the machine's memory is unknown.
    pub fn deciding(&self) -> Option<&Comparison> {
        self.comparisons.first().filter(|comparison| comparison.ceiling.decides)
    }
}

/// Share of a ceiling that must stay free for an unreserved "fits".
const HEADROOM: f64 = 0.1;

/// Holds a budget against a machine's ceilings.
pub fn judge(budget: &Budget, ceilings: &[Ceiling]) -> Fit {
    let incomplete = is_incomplete(budget);
    let mut comparisons: Vec<Comparison> =
        ceilings.iter().filter_map(|ceiling| compare(budget, ceiling, incomplete)).collect();
    needs_its_share(&mut comparisons, ceilings);
    let deciding = comparisons
        .iter()
        .enumerate()
        .filter(|(_, comparison)| comparison.ceiling.decides && !is_behind_a_share(comparison, &comparisons))
        .max_by(|(_, a), (_, b)| a.verdict.cmp(&b.verdict).then(a.filled().total_cmp(&b.filled())))
        .map(|(index, _)| index);
    if let Some(index) = deciding
        && let Some(head) = comparisons.get_mut(..=index)
    {
        head.rotate_right(1);
    }
    let verdict = deciding.and(comparisons.first()).map_or(Verdict::Uncertain, |first| first.verdict);
    Fit { verdict, comparisons }
}

/// Where a server's share is more than the device has free, the share is what it needs of the device: it takes it whole.
fn needs_its_share(comparisons: &mut [Comparison], ceilings: &[Ceiling]) {
    let Some((share, free)) = share_and_free(ceilings.iter()).filter(|(share, free)| *share > free.best)
    else {
        return;
    };
    let verdict = at_its_start(ceilings.iter());
    let of_device = |of: &&mut Comparison| of.ceiling.decides && of.ceiling.is_of_device();
    for comparison in comparisons.iter_mut().filter(of_device) {
        if comparison.ceiling.bytes == free && share > comparison.need.best {
            comparison.need = Band::exact(share);
            comparison.verdict = comparison.verdict.max(verdict);
        }
    }
}

/// Whether a server's share of the device leaves less to spare than the device does: then the share is what decides, and
/// the device's memory is only what it is a share of.
fn is_behind_a_share(comparison: &Comparison, all: &[Comparison]) -> bool {
    let spare = |of: &Comparison| of.ceiling.bytes.best - of.need.best;
    let nearer = |other: &Comparison| {
        other.ceiling.kind == CeilingKind::Share
            && other.verdict >= comparison.verdict
            && spare(other) < spare(comparison)
    };
    comparison.ceiling.is_of_device() && all.iter().any(nearer)
}

/// vLLM takes its share when it starts, and refuses where less is free (`request_memory` of `vllm/v1/worker/utils.py`).
fn at_its_start<'c>(ceilings: impl Iterator<Item = &'c Ceiling> + Clone) -> Verdict {
    match share_and_free(ceilings) {
        Some((share, free)) if share > free.high => Verdict::DoesNotFit,
        Some((share, free)) if share > free.best => Verdict::Uncertain,
        _ => Verdict::Fits,
    }
}

/// The share of device memory that a server takes at its start, and what a device has free for it.
pub(super) fn share_and_free<'c>(
    ceilings: impl Iterator<Item = &'c Ceiling> + Clone,
) -> Option<(Bytes, Band<Bytes>)> {
    let share = ceilings.clone().find(|ceiling| ceiling.kind == CeilingKind::Share)?.bytes.best;
    let free =
        ceilings.filter(|ceiling| ceiling.decides && ceiling.is_of_device()).map(|ceiling| ceiling.bytes);
    let free = free.min_by(|a, b| a.best.get().total_cmp(&b.best.get()))?;
    Some((share, free))
}

/// The verdict alone, of any number of ceilings; the same as [`judge`] says.
pub(super) fn verdict_against<'c>(
    budget: &Budget,
    ceilings: impl Iterator<Item = &'c Ceiling> + Clone,
) -> Verdict {
    let incomplete = is_incomplete(budget);
    let start = at_its_start(ceilings.clone());
    let deciding = ceilings.filter(|ceiling| ceiling.decides);
    let verdicts = deciding.filter_map(|ceiling| {
        let phase = budget.peak_by(|phase| ceiling.need(phase).best)?;
        Some(verdict(need(ceiling, phase), ceiling.bytes, incomplete))
    });
    verdicts.max().unwrap_or(Verdict::Uncertain).max(start)
}

/// Whether something that decides is unknown.
fn is_incomplete(budget: &Budget) -> bool {
    let decides =
        [Unknown::Architecture, Unknown::ComputeBuffers, Unknown::Packing, Unknown::TrainingNotModelled];
    decides.iter().any(|it| budget.unknown.contains(it))
}

/// What a phase needs of a ceiling: pages that move to the host when a device is full are no need of it.
fn need(ceiling: &Ceiling, phase: &Phase) -> Band<Bytes> {
    let all = ceiling.need(phase);
    let of_host = ceiling.place == Some(Place::Host);
    let pages = if of_host { Bytes::ZERO } else { phase.pages() };
    Band { high: Bytes::new((all.high - pages).get().max(all.best.get())), ..all }
}

/// One ceiling; `None` for a budget without phases.
fn compare(budget: &Budget, ceiling: &Ceiling, incomplete: bool) -> Option<Comparison> {
    let phase = budget.peak_by(|phase| ceiling.need(phase).best)?;
    let need = need(ceiling, phase);
    let verdict = verdict(need, ceiling.bytes, incomplete);
    let weights_alone_too_large = weights(phase, ceiling.place) > ceiling.bytes.high;
    Some(Comparison { ceiling: ceiling.clone(), need, phase: phase.name, verdict, weights_alone_too_large })
}

/// Bytes of weights that count in a place.
fn weights(phase: &Phase, place: Option<Place>) -> Bytes {
    phase
        .parts
        .iter()
        .filter(|part| part.name.is_stored_model() && place.is_none_or(|place| part.place == place))
        .map(|part| part.bytes.best)
        .sum()
}

/// The rule itself; an incomplete need can still be known not to fit.
fn verdict(need: Band<Bytes>, allowed: Band<Bytes>, incomplete: bool) -> Verdict {
    if need.low > allowed.high {
        Verdict::DoesNotFit
    } else if incomplete || need.high > allowed.low {
        Verdict::Uncertain
    } else if need.high <= allowed.low * (1.0 - HEADROOM) {
        Verdict::Fits
    } else {
        Verdict::Tight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(low: f64, best: f64, high: f64) -> Band<Bytes> {
        Band { low: Bytes::gib(low), best: Bytes::gib(best), high: Bytes::gib(high) }
    }

    #[test]
    fn the_four_verdicts() {
        let allowed = band(100.0, 100.0, 100.0);
        for (need, expected) in [
            (band(80.0, 85.0, 90.0), Verdict::Fits),
            (band(80.0, 85.0, 90.1), Verdict::Tight),
            (band(99.0, 99.5, 100.0), Verdict::Tight),
            (band(99.0, 99.5, 100.1), Verdict::Uncertain),
            (band(100.0, 101.0, 102.0), Verdict::Uncertain),
            (band(100.1, 101.0, 102.0), Verdict::DoesNotFit),
        ] {
            assert_eq!(verdict(need, allowed, false), expected, "{need:?}");
        }
    }

    #[test]
    fn a_ceiling_known_only_as_a_band_makes_the_verdict_uncertain() {
        let need = band(70.0, 70.0, 70.0);
        assert_eq!(verdict(need, band(66.0, 70.0, 75.0), false), Verdict::Uncertain);
        assert_eq!(verdict(need, band(71.0, 73.0, 75.0), false), Verdict::Tight);
    }

    #[test]
    fn what_is_incomplete_never_fits_but_may_be_known_not_to() {
        let allowed = band(100.0, 100.0, 100.0);
        assert_eq!(verdict(band(1.0, 1.0, 1.0), allowed, true), Verdict::Uncertain);
        assert_eq!(verdict(band(101.0, 101.0, 101.0), allowed, true), Verdict::DoesNotFit);
    }
}
