//! The memory bar: parts of the peak phase against every ceiling.

use super::held::Held;
use crate::app::answers::Answers;
use crate::engine::{CeilingKind, PartName, PhaseName, Place};
use crate::units::show_decimals;

/// One part of the bar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Segment {
    /// Which part.
    pub part: PartName,
    /// Where it lies.
    pub place: Place,
    /// Its size in GiB.
    pub gib: f64,
}

impl Segment {
    /// Its name; of a part on the host beside one on the device, with that said.
    pub(crate) const fn label(&self) -> &'static str {
        self.part.label()
    }
}

/// A ceiling on the bar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Which ceiling.
    pub kind: CeilingKind,
    /// With its figure: `GPU limit 51.8`.
    pub label: String,
    /// Where, in GiB.
    pub gib: f64,
    /// Whether the verdict rests on it.
    pub decides: bool,
}

/// What the bar shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct BarData {
    /// Parts from the left, none of them empty.
    pub segments: Vec<Segment>,
    /// Ceilings from low to high.
    pub marks: Vec<Mark>,
    /// GiB at the right end.
    pub scale: f64,
    /// What each phase needs, in GiB.
    pub phases: Vec<(PhaseName, f64)>,
    /// What lies elsewhere and does not count here, in GiB.
    pub elsewhere: f64,
}

/// Parts below this do not show.
const LEAST: f64 = 0.0005;

/// Lays out the bar.
pub(crate) fn build(answers: &Answers) -> BarData {
    let place = answers.estimate.fit.deciding().and_then(|deciding| deciding.ceiling.place);
    let budget = &answers.estimate.budget;
    let held = Held::of(&answers.estimate);
    let peak = held.peak(budget);
    let mut segments: Vec<Segment> = Vec::new();
    for part in peak.into_iter().flat_map(|phase| &phase.parts).filter(|part| held.counts(part)) {
        let gib = part.bytes.best.as_shown();
        match segments.iter_mut().find(|segment| segment.part == part.name) {
            Some(segment) => segment.gib += gib,
            None => segments.push(Segment { part: part.name, place: part.place, gib }),
        }
    }
    segments.retain(|segment| segment.gib >= LEAST);
    segments.sort_by_key(|segment| segment.part);
    let elsewhere = peak
        .into_iter()
        .flat_map(|phase| &phase.parts)
        .filter(|part| !held.counts(part))
        .map(|part| part.bytes.best.as_shown())
        .sum();
    let marks = marks(answers, place);
    let need: f64 = segments.iter().map(|segment| segment.gib).sum();
    let highest = marks.iter().map(|mark| mark.gib).fold(0.0, f64::max);
    let phases = budget.phases.iter().map(|phase| (phase.name, held.need(phase).best.as_shown())).collect();
    BarData { segments, marks, scale: (need.max(highest) * 1.04).max(0.1), phases, elsewhere }
}

/// The ceilings that count the same parts as the deciding one, and the whole pool.
fn marks(answers: &Answers, place: Option<Place>) -> Vec<Mark> {
    let comparisons = &answers.estimate.fit.comparisons;
    let mut marks: Vec<Mark> = comparisons
        .iter()
        .enumerate()
        .filter(|(_, comparison)| {
            comparison.ceiling.place == place
                || matches!(comparison.ceiling.kind, CeilingKind::Total | CeilingKind::FreeNow)
        })
        .map(|(index, comparison)| {
            let gib = comparison.ceiling.bytes.best.as_shown();
            let kind = comparison.ceiling.kind;
            Mark {
                kind,
                label: format!("{} {}", kind.label(), show_decimals(gib, 1)),
                gib,
                decides: index == 0,
            }
        })
        .collect();
    marks.sort_by(|a, b| a.gib.total_cmp(&b.gib));
    marks
}
