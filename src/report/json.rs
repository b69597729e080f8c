//! The JSON that other programs read: bytes and seconds are plain numbers.

use serde::Serialize;

use super::band_json::BandJson;
use super::machine_json::{MachineDetailsJson, machine_details};
use super::plan_json::PlanJson;
use super::rules::RuleSaid;
use super::speed_json::{CostJson, SpeedJson, cost_json, speed_json};
use super::working_json::WorkingsJson;
use super::workload_json::WorkloadJson;
use super::{Answer, Beside, Report, Since, sentence};
use crate::engine::{CardFit, Phase};
use crate::spec::Scenario;
use crate::units::Bytes;

/// The version of this form; it changes when a field changes its meaning.
const SCHEMA: &str = "plimsoll/2";

#[derive(Clone, Debug, Serialize)]
struct MachineJson {
    id: String,
    name: String,
    /// `null` where it is unknown.
    capacity_bytes: Option<f64>,
    /// Devices that share the work; memory is that of the fullest one.
    devices: u32,
    /// Of unlike cards, what the fullest of each kind holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cards: Vec<CardJson>,
    details: MachineDetailsJson,
}

/// One kind of card among unlike ones.
#[derive(Clone, Debug, Serialize)]
struct CardJson {
    id: String,
    devices: u32,
    need_bytes: BandJson,
    ceiling_bytes: BandJson,
    verdict: &'static str,
    decides: bool,
    /// Whether the work runs on it.
    used: bool,
}

impl From<&CardFit> for CardJson {
    fn from(of: &CardFit) -> Self {
        Self {
            id: of.card.id.clone(),
            devices: of.card.devices,
            need_bytes: of.comparison.need.into(),
            ceiling_bytes: of.comparison.ceiling.bytes.into(),
            verdict: of.comparison.verdict.key(),
            decides: of.decides,
            used: of.used,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct PartJson {
    name: &'static str,
    place: &'static str,
    bytes: f64,
    low: f64,
    best: f64,
    high: f64,
    basis: &'static str,
    #[serde(flatten)]
    workings: WorkingsJson,
}

#[derive(Clone, Debug, Serialize)]
struct PhaseJson {
    name: &'static str,
    bytes: f64,
    device_bytes: f64,
    host_bytes: f64,
    parts: Vec<PartJson>,
}

#[derive(Clone, Debug, Serialize)]
struct CeilingJson {
    kind: &'static str,
    bytes: BandJson,
    counts: &'static str,
    need_bytes: BandJson,
    verdict: &'static str,
    decides: bool,
    basis: String,
    #[serde(flatten)]
    workings: WorkingsJson,
}

#[derive(Clone, Debug, Serialize)]
struct MemoryJson {
    ceiling_bytes: Option<f64>,
    ceiling: Option<&'static str>,
    /// What counts against the ceiling.
    need_bytes: Option<BandJson>,
    /// Everything, device and host, at the phase that needs most.
    peak_bytes: Option<BandJson>,
    peak_phase: Option<&'static str>,
    phases: Vec<PhaseJson>,
    weights_file_bytes: Option<f64>,
    /// What PyTorch's allocator holds of a device with room, without the driver's context.
    #[serde(skip_serializing_if = "Option::is_none")]
    reserved_bytes: Option<BandJson>,
    ceilings: Vec<CeilingJson>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct ServingJson {
    kv_capacity_tokens: u64,
    max_concurrency: f64,
}

/// One answer as `check --json` prints it.
#[derive(Clone, Debug, Serialize)]
pub struct AnswerJson {
    schema: &'static str,
    workload: WorkloadJson,
    machine: MachineJson,
    verdict: &'static str,
    sentence: String,
    detail: String,
    /// The program that answers for the machine, and whether it was asked for.
    runtime: &'static str,
    runtime_chosen: &'static str,
    /// Why it cannot run; else `null`.
    reason: Option<String>,
    memory: Option<MemoryJson>,
    /// What a server that takes a share of the device has room for; `null` for other programs.
    serving: Option<ServingJson>,
    speed: Option<SpeedJson>,
    cost: Option<CostJson>,
    notes: Vec<String>,
}

/// One answer as `check --json` prints it; `notes` come before the remarks of the verdict.
pub fn answer_json(scenario: &Scenario, answer: &Answer, notes: &[String]) -> AnswerJson {
    let words = sentence(&answer.estimate, &answer.machine.name);
    let resolved = &answer.estimate.resolved;
    let runs = resolved.refusal.is_none();
    AnswerJson {
        schema: SCHEMA,
        workload: WorkloadJson::of(scenario),
        machine: MachineJson {
            id: answer.machine.id.clone(),
            name: answer.machine.name.clone(),
            capacity_bytes: answer.machine.memory.value().capacity().map(Bytes::get),
            devices: answer.machine.devices.max(answer.estimate.budget.devices),
            cards: answer.estimate.cards.iter().map(CardJson::from).collect(),
            details: machine_details(&answer.machine),
        },
        verdict: answer.estimate.fit.verdict.key(),
        reason: (!runs).then(|| format!("{}; {}", words.headline, words.detail)),
        sentence: words.headline,
        detail: words.detail,
        runtime: resolved.runtime.key(),
        runtime_chosen: resolved.chosen.key(),
        memory: runs.then(|| memory(answer)),
        serving: answer.estimate.serving.map(|serving| ServingJson {
            kv_capacity_tokens: serving.kv_capacity_tokens,
            max_concurrency: serving.max_concurrency,
        }),
        speed: speed_json(answer),
        cost: cost_json(answer),
        notes: notes.iter().cloned().chain(words.remarks).collect(),
    }
}

/// Memory, part by part and phase by phase.
fn memory(answer: &Answer) -> MemoryJson {
    let budget = &answer.estimate.budget;
    let deciding = answer.estimate.fit.deciding();
    let peak = budget.peak();
    MemoryJson {
        ceiling_bytes: deciding.map(|comparison| comparison.ceiling.bytes.best.get()),
        ceiling: deciding.map(|comparison| comparison.ceiling.kind.key()),
        need_bytes: deciding.map(|comparison| comparison.need.into()),
        peak_bytes: peak.map(|phase| phase.total().into()),
        peak_phase: peak.map(|phase| phase.name.key()),
        phases: budget.phases.iter().map(phase).collect(),
        weights_file_bytes: budget.weights_file.map(Bytes::get),
        reserved_bytes: budget.reserved.map(Into::into),
        ceilings: answer.estimate.fit.comparisons.iter().map(ceiling).collect(),
    }
}

/// One ceiling and what counts against it.
fn ceiling(comparison: &crate::engine::Comparison) -> CeilingJson {
    CeilingJson {
        kind: comparison.ceiling.kind.key(),
        bytes: comparison.ceiling.bytes.into(),
        counts: comparison.ceiling.place.map_or("everything", crate::engine::Place::key),
        need_bytes: comparison.need.into(),
        verdict: comparison.verdict.key(),
        decides: comparison.ceiling.decides,
        basis: comparison.ceiling.basis.to_string(),
        workings: comparison.ceiling.workings.as_deref().map(WorkingsJson::from).unwrap_or_default(),
    }
}

/// One phase and its parts.
fn phase(phase: &Phase) -> PhaseJson {
    PhaseJson {
        name: phase.name.key(),
        bytes: phase.total().best.get(),
        device_bytes: phase.in_place(crate::engine::Place::Device).best.get(),
        host_bytes: phase.in_place(crate::engine::Place::Host).best.get(),
        parts: phase
            .parts
            .iter()
            .map(|part| PartJson {
                name: part.name.key(),
                place: part.place.key(),
                bytes: part.bytes.best.get(),
                low: part.bytes.low.get(),
                best: part.bytes.best.get(),
                high: part.bytes.high.get(),
                basis: part.basis.key(),
                workings: part.workings.as_deref().map(WorkingsJson::from).unwrap_or_default(),
            })
            .collect(),
    }
}

#[derive(Serialize)]
struct EntryErrorJson<'a> {
    schema: &'static str,
    entry: usize,
    error: ErrorJson<'a>,
}

/// `null` where no place is known.
#[derive(Serialize)]
struct ErrorJson<'a> {
    message: &'a str,
    line: Option<usize>,
    column: Option<usize>,
}

/// An entry of a list, from 1, that gave no answer, as `check --json` prints it in the answer's place.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn entry_error_json(
    entry: usize,
    message: &str,
    place: Option<(usize, usize)>,
) -> serde_json::Result<String> {
    let (line, column) = place.unzip();
    serde_json::to_string(&EntryErrorJson {
        schema: SCHEMA,
        entry,
        error: ErrorJson { message, line, column },
    })
}

#[derive(Serialize)]
struct SinceJson<'a> {
    made_on: &'a str,
    version: &'a str,
    data_of: &'a str,
    changes: Vec<ChangeJson<'a>>,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    machine: &'a str,
    what: &'a str,
    was: &'a str,
    is: &'a str,
}

impl<'a> From<&'a Since> for SinceJson<'a> {
    fn from(since: &'a Since) -> Self {
        let Since { made_on, version, data_of, changes } = since;
        let change = |of: &'a super::Change| ChangeJson {
            machine: &of.machine,
            what: of.what,
            was: &of.was,
            is: &of.is,
        };
        Self { made_on, version, data_of, changes: changes.iter().map(change).collect() }
    }
}

#[derive(Serialize)]
struct ReportJson<'a> {
    schema: &'static str,
    made_on: &'a str,
    version: &'a str,
    data_of: &'a str,
    /// What a saved report said then that is different now; `null` where none was opened.
    since: Option<SinceJson<'a>>,
    answers: Vec<AnswerJson>,
    /// Another scenario on the same machines, where two are compared.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beside: Vec<AnswerJson>,
    /// Rules of thumb that bear on it, held against its figures.
    rules: Vec<RuleJson<'a>>,
    /// What would make it fit each machine that it does not fit, as `plan --json` says it.
    plans: Vec<&'a PlanJson>,
    /// The same of the other scenario.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beside_rules: Vec<RuleJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    beside_plans: Vec<&'a PlanJson>,
}

/// A rule of thumb with what it comes to here.
#[derive(Serialize)]
struct RuleJson<'a> {
    id: &'a str,
    says: &'a str,
    /// `yes` `partly` `no` `not-computed`.
    holds: &'a str,
    figures: &'a str,
}

impl<'a> From<&'a RuleSaid> for RuleJson<'a> {
    fn from(rule: &'a RuleSaid) -> Self {
        Self { id: rule.id, says: rule.says, holds: rule.holds.key(), figures: &rule.figures }
    }
}

fn beside(other: &Beside) -> Vec<AnswerJson> {
    other.answers.iter().map(|answer| answer_json(&other.scenario, answer, &[])).collect()
}

/// A whole comparison.
pub fn report_json(report: &Report) -> String {
    let others = || report.other.iter();
    let whole = ReportJson {
        schema: SCHEMA,
        made_on: &report.made_on,
        version: &report.version,
        data_of: &report.data_of,
        since: report.since.as_ref().map(SinceJson::from),
        answers: report
            .answers
            .iter()
            .map(|answer| answer_json(&report.scenario, answer, &report.notes))
            .collect(),
        beside: others().flat_map(beside).collect(),
        rules: report.rules.iter().map(RuleJson::from).collect(),
        plans: report.plans.iter().map(|plan| &plan.json).collect(),
        beside_rules: others().flat_map(|other| other.rules.iter().map(RuleJson::from)).collect(),
        beside_plans: others().flat_map(|other| other.plans.iter().map(|plan| &plan.json)).collect(),
    };
    serde_json::to_string_pretty(&whole)
        .map_or_else(|error| format!("{{\"error\":{:?}}}", error.to_string()), |text| text + "\n")
}
