//! The verdict in words, and what would still fit.

use crate::app::answers::Answers;
use crate::app::form;
use crate::app::names;
use crate::app::text;
use crate::engine::axis::Axis;
use crate::engine::{CeilingKind, Comparison, Speed, Verdict};
use crate::report::{rate, sentence, speed_line, taken_for_granted, time};
use crate::spec::Scenario;
use crate::units::{Band, Bytes, show_before, show_decimals, show_gib};

/// The head of the centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VerdictData {
    /// The verdict; `None` while this machine is being detected.
    pub verdict: Option<Verdict>,
    /// The comparison made.
    pub headline: String,
    /// Phase, band, what is to spare; or what tips it over.
    pub detail: String,
    /// How fast it runs, where that is known.
    pub speed: Option<String>,
    /// What qualifies the answer, and what would still fit.
    pub notes: Vec<String>,
}

/// Says the verdict.
pub(crate) fn build(scenario: &Scenario, answers: &Answers) -> VerdictData {
    let Some(machine) = &answers.machine else {
        let need = answers.estimate.budget.peak().map_or(Bytes::ZERO, |phase| phase.total().best);
        return VerdictData {
            verdict: None,
            headline: text::detecting_this_machine().to_owned(),
            detail: text::the_workload_needs(&show_gib(need)),
            speed: None,
            notes: Vec::new(),
        };
    };
    let words = sentence(&answers.estimate, &names::in_sentence(machine));
    let serving = answers.estimate.serving.map(|serving| serving.line());
    let notes = serving.into_iter().chain(way_out(scenario, answers)).chain(words.remarks);
    let notes = taken_for_granted(machine).into_iter().chain(notes).chain(of_file(scenario)).collect();
    VerdictData {
        verdict: Some(answers.estimate.fit.verdict),
        headline: words.headline,
        detail: words.detail,
        speed: answers.speed().map(|speed| text::about(&best(speed), &speed_line(speed))),
        notes,
    }
}

/// The best estimate alone, which the bands after it are of: `16.1 tok/s`.
fn best(speed: &Speed) -> String {
    match speed {
        Speed::Inference(speed) => rate(Band::exact(speed.decode.best)),
        Speed::Reading(speed) => rate(Band::exact(speed.tokens.best)),
        Speed::Training(speed) => rate(Band::exact(speed.tokens.best)),
        Speed::Gnn(speed) => text::verdict_an_epoch(&time(Band::exact(speed.epoch.best))),
        Speed::Images(speed) => format!("{} {}", time(Band::exact(speed.image.best)), speed.made().label()),
    }
}

/// What was assumed of the file in hand: it stays on screen for as long as the answer is of that file.
fn of_file(scenario: &Scenario) -> Vec<String> {
    let model = scenario.language().and_then(|language| language.model.file.as_ref());
    let images = scenario.diffusion().and_then(|diffusion| diffusion.file.as_ref());
    model.map(|file| file.notes.clone()).or_else(|| images.map(|file| file.notes.clone())).unwrap_or_default()
}

/// What would still fit, where the context tips it over.
fn way_out(scenario: &Scenario, answers: &Answers) -> Option<String> {
    let deciding = answers.estimate.fit.deciding()?;
    if deciding.verdict <= Verdict::Tight || deciding.weights_alone_too_large {
        return None;
    }
    let axis = form::first_axis(scenario);
    let value = answers.largest(axis).value()?;
    let what = match axis {
        Axis::CONTEXT => text::tokens_of_context(),
        other => other.unit(),
    };
    Some(text::up_to_fit(&axis.in_full(value), &what))
}

/// Who grants the memory.
pub(crate) fn allowed(kind: CeilingKind) -> &'static str {
    match kind {
        CeilingKind::GpuLimit => text::allowed(),
        CeilingKind::RaisedLimit => text::allowed_raised(),
        CeilingKind::FreeNow => text::free_now(),
        CeilingKind::Share => text::the_servers_share(),
        CeilingKind::StaticShare => text::the_servers_static_memory(),
        CeilingKind::Vram => text::usable_vram(),
        CeilingKind::System => text::usable_ram(),
        CeilingKind::VramAndSystem => text::vram_and_ram(),
        CeilingKind::Total => text::verdict_ram(),
    }
}

/// Memory with one decimal, without the unit.
pub(crate) fn gib(bytes: Bytes) -> String {
    show_decimals(bytes.as_shown(), 1)
}

/// A band: `50.0 to 50.9 GiB`, or one figure where both ends read the same.
pub(crate) fn band(band: Band<Bytes>) -> String {
    let (low, high) = (show_gib(band.low), show_gib(band.high));
    if low == high {
        return low;
    }
    text::verdict_to(&show_before(band.low, band.high), &high)
}

/// What is left under a ceiling, or by how much it is overrun.
pub(crate) fn spare(comparison: &Comparison) -> String {
    let spare = comparison.ceiling.bytes.best - comparison.need.best;
    if spare.get() < 0.0 { text::verdict_over(&show_gib(spare * -1.0)) } else { show_gib(spare) }
}
