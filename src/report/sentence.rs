//! A verdict in words, the same in the window, the terminal and every report.

use super::file_label::label_beside_file;
use super::placed_words::placed_headline;
use super::runtime_words::{defaults_words, instead_words, note_words, refusal_words};
use super::setup_words::machine_note;
use crate::engine::runtime::Refusal;
use crate::engine::{CeilingKind, Comparison, Estimate, Part, Phase, Place, Unknown, Verdict};
use crate::spec::{Family, Runtime, Scenario};
use crate::units::{Band, Bytes, count, memory_unit, show_decimals, show_gib, show_grouped};

/// A verdict in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The comparison made: `Needs 41.2 of 96.0 GiB allowed on Mac Studio M5 Max 128GB`.
    pub headline: String,
    /// The band, the phase, and what is to spare or missing.
    pub detail: String,
    /// What qualifies the answer or should be known, a sentence each.
    pub remarks: Vec<String>,
}

/// The verdict of an estimate in words.
pub fn sentence(estimate: &Estimate, machine: &str) -> Sentence {
    let scenario = &*estimate.resolved.scenario;
    if let Some(refusal) = &estimate.resolved.refusal {
        return of_refusal(estimate, refusal);
    }
    let Some(deciding) = estimate.fit.deciding() else {
        return of_unknown_memory(scenario, estimate, machine);
    };
    Sentence {
        headline: headline(deciding, &whose(estimate, machine))
            + &raised(estimate)
            + &placed_headline(estimate),
        detail: detail(scenario, estimate, deciding),
        remarks: remarks(scenario, estimate),
    }
}

/// What does not run, and what to choose instead.
fn of_refusal(estimate: &Estimate, refusal: &Refusal) -> Sentence {
    Sentence {
        headline: refusal_words(refusal),
        detail: instead_words(refusal),
        remarks: estimate.resolved.notes.iter().map(note_words).collect(),
    }
}

/// What is needed, where nobody knows of how much.
fn of_unknown_memory(scenario: &Scenario, estimate: &Estimate, machine: &str) -> Sentence {
    let unknown = "How much memory this machine has is unknown, so whether it fits is too; set it by hand under \
                   This machine, or ask about a machine of the list";
    let peak = estimate.budget.peak();
    let need = peak.map_or_else(|| "an unknown amount".to_owned(), |phase| show_gib(phase.total().best));
    let band = peak.map(Phase::total).filter(|total| !total.is_exact());
    let band = band.map_or_else(String::new, |total| format!("{} ", range(total)));
    let during = peak.map_or_else(String::new, |phase| format!("{} · ", phase.name.during()));
    Sentence {
        headline: format!("Needs {need}; the memory of {machine} is unknown"),
        detail: format!("{band}{during}of an unknown amount"),
        remarks: std::iter::once(unknown.to_owned()).chain(remarks(scenario, estimate)).collect(),
    }
}

/// The machine, or of several devices the fullest.
fn whose(estimate: &Estimate, machine: &str) -> String {
    if let Some(decides) = estimate.cards.iter().find(|card| card.decides) {
        return format!("{} of {machine}", decides.card.name);
    }
    match estimate.budget.devices {
        0 | 1 => machine.to_owned(),
        devices if machine.starts_with(&format!("{devices} × ")) => format!("the fullest of {machine}"),
        devices => format!("the fullest of {devices} devices of {machine}"),
    }
}

/// `Needs X of Y GiB allowed on …`, or that the weights alone are too large.
fn headline(deciding: &Comparison, machine: &str) -> String {
    let need = deciding.need.best.as_shown();
    let allowed = deciding.ceiling.bytes.best.as_shown();
    let digits = usize::from(need.max(allowed) < 1000.0);
    let kind = match deciding.ceiling.kind {
        CeilingKind::System => "usable RAM",
        CeilingKind::Total => "there are",
        CeilingKind::Share => "of the server's share",
        CeilingKind::StaticShare => "of the server's static memory",
        CeilingKind::Vram => "usable",
        _ => "allowed",
    };
    let [need, allowed] = [need, allowed].map(|value| show_decimals(value, digits));
    format!("Needs {need} of {allowed} {} {kind} on {machine}", memory_unit())
}

/// That a limit was raised, which the verdict rests on.
fn raised(estimate: &Estimate) -> String {
    limit_by_hand(estimate)
        .map_or_else(String::new, |(how, to, _)| format!(", with the limit {how} to {}", show_gib(to)))
}

/// How a limit was moved, to what, and what it is as the machine is shipped.
fn limit_by_hand(estimate: &Estimate) -> Option<(&'static str, Bytes, Option<Bytes>)> {
    let of = |kind| {
        let mut ceilings = estimate.fit.comparisons.iter().map(|each| &each.ceiling);
        ceilings.find(|ceiling| ceiling.kind == kind).map(|ceiling| ceiling.bytes.best)
    };
    let to = of(CeilingKind::RaisedLimit)?;
    let shipped = of(CeilingKind::GpuLimit);
    let how = if shipped.is_some_and(|shipped| to < shipped) { "lowered" } else { "raised" };
    Some((how, to, shipped))
}

/// What one would make smaller first.
const fn smaller(scenario: &Scenario) -> &'static str {
    match scenario.workload.family() {
        Family::Inference => "shorter context",
        Family::FineTune => "shorter sequence",
        Family::GraphSequence | Family::Gnn => "smaller graph",
        Family::Diffusion => "smaller image",
    }
}

/// Why a verdict is uncertain: what of the need or of the limit is known as a range only.
fn why(scenario: &Scenario, estimate: &Estimate, deciding: &Comparison) -> String {
    if estimate.budget.unknown.contains(&Unknown::Architecture) {
        return "only the weights are known, and caches and buffers come on top".to_owned();
    }
    if estimate.budget.unknown.contains(&Unknown::ComputeBuffers) {
        let runtime = scenario.language().map_or(Runtime::PyTorch, |language| language.runtime).name();
        return format!("how {runtime} lays out its buffers here was not measured");
    }
    let what = match (deciding.need.is_exact(), deciding.ceiling.bytes.is_exact()) {
        (false, true) => "the need is",
        (true, false) => "the limit is",
        _ => "need and limit are",
    };
    format!("{what} known as a range only")
}

/// Band, phase, and what is to spare or missing; the two ways of not fitting are told apart.
fn detail(scenario: &Scenario, estimate: &Estimate, deciding: &Comparison) -> String {
    let need = if deciding.need.is_exact() { String::new() } else { format!("{} ", range(deciding.need)) };
    let during = deciding.phase.during();
    let spare = deciding.ceiling.bytes.best - deciding.need.best;
    let rest = match deciding.verdict {
        Verdict::DoesNotFit if deciding.weights_alone_too_large => {
            format!("the weights alone do not fit, so no {} helps", smaller(scenario))
        }
        Verdict::DoesNotFit => format!(
            "the weights fit, and what comes on top tips it over by {}",
            show_gib(Bytes::ZERO.max(Bytes::ZERO - spare))
        ),
        Verdict::Uncertain => {
            let (missing, side) =
                if spare.get() >= 0.0 { (spare, "to spare") } else { (Bytes::ZERO - spare, "over") };
            format!(
                "{} {side} by the best estimate; uncertain because {}",
                show_gib(missing),
                why(scenario, estimate, deciding)
            )
        }
        Verdict::Fits | Verdict::Tight if estimate.fit.verdict == Verdict::Uncertain => format!(
            "{} to spare; uncertain because how much system memory is beside the device is not known",
            show_gib(spare)
        ),
        Verdict::Fits | Verdict::Tight | Verdict::CannotRun => format!("{} to spare", show_gib(spare)),
    };
    let limit = match limit_by_hand(estimate) {
        Some((how, to, Some(shipped))) if deciding.ceiling.kind == CeilingKind::RaisedLimit => {
            format!(" · limit {how} by hand, to {} from {}", show_gib(to), show_gib(shipped))
        }
        _ if deciding.ceiling.bytes.is_exact() => String::new(),
        _ => format!(" · limit {}", range(deciding.ceiling.bytes)),
    };
    format!("{need}{during} · {rest}{limit}")
}

/// `5.8 to 6.1 GiB`, or one value where both read the same.
fn range(band: Band<Bytes>) -> String {
    let (low, high) = (show_gib(band.low), show_gib(band.high));
    if low == high {
        return high;
    }
    let unit = format!(" {}", memory_unit());
    match (low.strip_suffix(&unit), high.ends_with(&unit)) {
        (Some(low), true) => format!("{low} to {high}"),
        _ => format!("{low} to {high}"),
    }
}

/// What should be known beside the verdict.
fn remarks(scenario: &Scenario, estimate: &Estimate) -> Vec<String> {
    let mut remarks: Vec<String> = estimate.resolved.notes.iter().map(note_words).collect();
    remarks.extend(estimate.budget.unknown.iter().map(|unknown| unknown_text(*unknown, scenario)));
    let mut comparisons = estimate.fit.comparisons.iter();
    let free = comparisons.find(|comparison| comparison.ceiling.kind == CeilingKind::FreeNow);
    if let Some(free) = free
        && estimate.fit.verdict <= Verdict::Uncertain
    {
        remarks.push(free_now(free));
    }
    remarks.extend(estimate.machine_notes.iter().map(machine_note));
    if !estimate.cards.is_empty() {
        remarks.push(each_card(estimate));
    }
    remarks.extend(waiting(scenario, estimate));
    remarks.extend(estimate.resolved.defaults.map(|defaults| defaults_words(&estimate.resolved, defaults)));
    remarks.extend(label_beside_file(scenario));
    remarks.extend(reserved(estimate));
    if let Some(host) = host_part(estimate) {
        let band = if wide(host) { format!(" ({})", range(host)) } else { String::new() };
        remarks.push(format!("Beside the device it takes {}{band} of system memory", show_gib(host.best)));
    }
    remarks
}

/// What the allocator takes where it is no hurry to give back, if that is well above the need.
fn reserved(estimate: &Estimate) -> Option<String> {
    let (reserved, need) = (estimate.budget.reserved?.high, estimate.fit.deciding()?.need.best);
    let runs = estimate.fit.verdict <= Verdict::Uncertain;
    (runs && reserved > need * 1.02).then(|| {
        format!(
            "Where there is room PyTorch keeps up to {}, as the card's tools show it, and gives back what it does not use \
             where there is less",
            show_gib(reserved)
        )
    })
}

/// The need against what is free at this moment.
fn free_now(free: &Comparison) -> String {
    let shown = show_gib(free.ceiling.bytes.best);
    match free.verdict {
        Verdict::Fits | Verdict::Tight => format!("It fits what is free now, {shown}"),
        Verdict::Uncertain | Verdict::CannotRun => {
            format!("Whether it fits what is free now, {shown}, is uncertain")
        }
        Verdict::DoesNotFit => format!(
            "Only {shown} are free now: close programs to free {} more",
            show_gib(free.need.best - free.ceiling.bytes.best)
        ),
    }
}

/// What each of unlike cards holds of what it has.
fn each_card(estimate: &Estimate) -> String {
    let each = estimate.cards.iter().map(|card| {
        let Comparison { need, ceiling, .. } = &card.comparison;
        format!("{} {} of {}", card.card.name, show_gib(need.best), show_gib(ceiling.bytes.best))
    });
    let each = each.collect::<Vec<_>>().join(", ");
    match estimate.cards.iter().find(|card| card.used) {
        Some(used) if estimate.cards.iter().any(|card| !card.used) => {
            format!("Nothing splits this over unlike cards; it runs on {} alone: {each}", used.card.name)
        }
        _ => format!("Of unlike cards each is held against its own memory: {each}"),
    }
}

/// That a server takes fewer requests at once than are asked of it, and lets the others wait.
fn waiting(scenario: &Scenario, estimate: &Estimate) -> Option<String> {
    let serving = estimate.serving?;
    let asked = scenario.inference()?.concurrency;
    let fewer = serving.max_concurrency >= 1.0 && serving.max_concurrency < count(asked);
    fewer.then(|| {
        format!(
            "It starts and answers {} requests of this length at once; the others of the {} wait",
            show_decimals(serving.max_concurrency, 1),
            show_grouped(asked)
        )
    })
}

/// Host memory at the peak, where the verdict is about device memory and nothing says the host fits.
fn host_part(estimate: &Estimate) -> Option<Band<Bytes>> {
    let deciding = estimate.fit.deciding()?;
    matches!(deciding.ceiling.kind, CeilingKind::Vram | CeilingKind::Share | CeilingKind::StaticShare)
        .then(|| estimate.budget.peak_in(Place::Host))
        .flatten()
        .map(|phase| phase.in_place(Place::Host))
        .filter(|bytes| bytes.best.get() > 0.0)
}

/// Whether one figure for a band would say too little of it.
fn wide(band: Band<Bytes>) -> bool {
    band.high - band.low > Bytes::gib(1.0)
}

/// What could not be known, and what was done about it.
fn unknown_text(unknown: Unknown, scenario: &Scenario) -> String {
    let language = scenario.language();
    let runtime = language.map_or(Runtime::PyTorch, |language| language.runtime).name();
    let context_max = language.map_or(0, |language| language.model.context_max);
    match unknown {
        Unknown::Architecture => {
            "The layers of this architecture are not known: the weights are exact, and a lower bound of the need"
                .to_owned()
        }
        Unknown::ComputeBuffers => format!(
            "How {runtime} lays this out was not measured: weights and caches are exact, buffers are not"
        ),
        Unknown::UsualBuffers => format!(
            "How {runtime} lays out its buffers for this architecture was not measured: they are taken as it usually does, \
             and the range says how far that may be off"
        ),
        Unknown::Packing => {
            "How this checkpoint packs its weights is not known: what they take is a lower bound".to_owned()
        }
        Unknown::QuantizationUnsupported => {
            format!("{runtime} has no such weight format; the nearest one it has was used")
        }
        Unknown::KvPrecisionUnsupported(used) => {
            let asked = scenario.inference().map_or("this format", |inference| inference.kv_precision.key());
            format!("{runtime} keeps no such cache of this model in {asked}: {} is counted", used.key())
        }
        Unknown::EagerNeedsPlainCache => {
            "A quantized V cache needs fused attention in llama.cpp, so fused attention was used".to_owned()
        }
        Unknown::Vision => {
            "Vision is on, and no image encoder of this model is known: nothing is counted for it; a model of text has none"
                .to_owned()
        }
        Unknown::VisionCompute => {
            "What the image encoder computes with is not counted, because its shape is not known".to_owned()
        }
        Unknown::OlderBuild => {
            "Ollama and LM Studio may have a llama.cpp of before about June 2026 inside, which \
                                reserves 150 to 460 MiB more for computing; the high end has it"
                .to_owned()
        }
        Unknown::ContextBeyondModel => format!(
            "The context is longer than the {} tokens the model is published for",
            show_grouped(u64::from(context_max))
        ),
        Unknown::OneDeviceOnly => {
            "How several processors share this is not modelled; the answer is for one of them".to_owned()
        }
        Unknown::SharedTrainingNotOnMetal => {
            format!(
                "{runtime} shares training out on NVIDIA and AMD; between Macs, MLX does with a copy on each"
            )
        }
        Unknown::SplitUnsupported => {
            format!("{runtime} has no tensor parallelism for this model, so it is split by layers")
        }
        Unknown::TrainingNotModelled => {
            if language.is_some() {
                format!("How {runtime} trains this model is not modelled")
            } else {
                "How this pipeline is trained is not modelled; the figures are those of making an image"
                    .to_owned()
            }
        }
    }
}

/// How a part came about in a line: its formula, and the same with the user's numbers in it.
pub fn part_working(part: &Part) -> String {
    let Some(workings) = &part.workings else { return String::new() };
    let best = &workings.best;
    best.in_numbers().map_or_else(|| best.text(), |numbers| format!("{} = {numbers}", best.text()))
}
