//! The verdict in words.

use crate::app::answers::Answers;
use crate::app::choices;
use crate::app::names;
use crate::engine::axis::Axis;
use crate::engine::{Budget, CeilingKind, Comparison, Unknown, Verdict};
use crate::spec::Machine;
use crate::units::{Band, Bytes, show_gib};

/// The head of the centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictData {
    /// The verdict; `None` while this machine is being detected.
    pub verdict: Option<Verdict>,
    /// The comparison made.
    pub headline: String,
    /// Phase, band, what is to spare; or what tips it over.
    pub detail: String,
    /// What had to be left out or assumed.
    pub notes: Vec<String>,
}

/// Says the verdict.
pub fn build(answers: &Answers) -> VerdictData {
    let notes = notes(&answers.estimate.budget);
    let Some(machine) = &answers.machine else {
        let need = answers.estimate.budget.peak().map_or(Bytes::ZERO, |phase| phase.total().best);
        return VerdictData {
            verdict: None,
            headline: "Detecting this machine…".to_owned(),
            detail: format!("The workload needs {}", show_gib(need)),
            notes,
        };
    };
    let Some(deciding) = answers.estimate.fit.deciding() else {
        return VerdictData {
            verdict: Some(Verdict::Uncertain),
            headline: format!("Nothing is known to judge {} by", names::in_sentence(machine)),
            detail: String::new(),
            notes,
        };
    };
    VerdictData {
        verdict: Some(answers.estimate.fit.verdict),
        headline: headline(deciding, machine),
        detail: detail(answers, deciding),
        notes,
    }
}

/// `Needs 50.3 of 51.8 GiB allowed on this MacBook Pro M5 Max 64 GB`.
fn headline(deciding: &Comparison, machine: &Machine) -> String {
    format!(
        "Needs {} of {} GiB {} on {}",
        gib(deciding.need.best),
        gib(deciding.ceiling.bytes.best),
        allowed(deciding.ceiling.kind),
        names::in_sentence(machine),
    )
}

/// Who grants the memory.
pub const fn allowed(kind: CeilingKind) -> &'static str {
    match kind {
        CeilingKind::GpuLimit => "allowed",
        CeilingKind::RaisedLimit => "allowed with a raised limit",
        CeilingKind::FreeNow => "free now",
        CeilingKind::Vram => "usable VRAM",
        CeilingKind::System => "usable RAM",
        CeilingKind::VramAndSystem => "VRAM and RAM",
        CeilingKind::Total => "RAM",
    }
}

/// GiB with one decimal, without the unit.
pub fn gib(bytes: Bytes) -> String {
    format!("{:.1}", bytes.as_gib())
}

/// A band in GiB: `50.0 to 50.9 GiB`, or one figure where both ends read the same.
pub fn band(band: Band<Bytes>) -> String {
    let (low, high) = (gib(band.low), gib(band.high));
    if low == high { format!("{low} GiB") } else { format!("{low} to {high} GiB") }
}

fn detail(answers: &Answers, deciding: &Comparison) -> String {
    let ceiling = deciding.ceiling.bytes;
    let need = format!("{} {}", band(deciding.need), deciding.phase.during());
    match deciding.verdict {
        Verdict::Fits | Verdict::Tight => {
            format!("{need}. {} to spare.", show_gib(ceiling.best - deciding.need.best))
        }
        Verdict::Uncertain if !ceiling.is_exact() => {
            format!("{need}. The limit is known only as {}.", band(ceiling))
        }
        Verdict::Uncertain => format!("{need}. That is too close to call."),
        Verdict::DoesNotFit if deciding.weights_alone_too_large => {
            let weights = deciding_weights(answers, deciding);
            format!(
                "The weights alone need {}, {} over the limit. No shorter context helps.",
                show_gib(weights),
                show_gib(weights - ceiling.best),
            )
        }
        Verdict::DoesNotFit => format!(
            "{need}. The weights fit, but what comes with them is {} over the limit.{}",
            show_gib(deciding.need.best - ceiling.best),
            way_out(answers),
        ),
    }
}

/// What would still fit, if a knob of the form says so.
fn way_out(answers: &Answers) -> String {
    for axis in [Axis::Context, Axis::Edges, Axis::Concurrency] {
        if let Some(Some(value)) = answers.largest(axis) {
            return format!(" It fits up to {} {}.", choices::in_full(axis, value), way_out_unit(axis));
        }
    }
    String::new()
}

const fn way_out_unit(axis: Axis) -> &'static str {
    match axis {
        Axis::Context => "tokens of context",
        other => other.unit(),
    }
}

fn deciding_weights(answers: &Answers, deciding: &Comparison) -> Bytes {
    super::plot::peak(&answers.estimate.budget, deciding.ceiling.place)
        .into_iter()
        .flat_map(|phase| &phase.parts)
        .filter(|part| {
            part.name == crate::engine::PartName::Weights
                && deciding.ceiling.place.is_none_or(|place| part.place == place)
        })
        .map(|part| part.bytes.best)
        .sum()
}

fn notes(budget: &Budget) -> Vec<String> {
    budget.unknown.iter().map(|unknown| note(*unknown).to_owned()).collect()
}

/// What was left out or assumed, with what can be done.
pub const fn note(unknown: Unknown) -> &'static str {
    match unknown {
        Unknown::ComputeBuffers => {
            "This runtime's buffers for the model's layers are not known; the figure is a lower bound"
        }
        Unknown::QuantizationUnsupported => {
            "This runtime does not read this weight format; choose one that its slider offers"
        }
        Unknown::KvPrecisionUnsupported => "This runtime has no such KV precision; 16 bit is used",
        Unknown::EagerNeedsPlainCache => {
            "A quantised KV cache needs fused attention in llama.cpp, so fused is used"
        }
        Unknown::ContextBeyondModel => "The context is longer than the model is published for",
        Unknown::OneDeviceOnly => "Several cards are present; this is for one of them",
    }
}
