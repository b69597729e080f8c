//! Checked claims as JSON.

use std::sync::Arc;

use serde::Serialize;

use super::working_json::{WorkingJson, WorkingsJson};
use crate::claims::{Asked, Checked, JudgedTruth, Would};
use crate::engine::working::Workings;
use crate::units::Band;

/// How a figure of the engine came about that a claim is held against.
pub type Opened<'a> = &'a dyn Fn(&Asked) -> Option<Arc<Workings>>;

/// A claim with what was understood and what is found of it.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimJson<'a> {
    id: &'a str,
    text: &'a str,
    about: &'a str,
    document: Option<&'a str>,
    place: Option<&'a str>,
    understood: UnderstoodJson,
    assumed: &'a [String],
    verdict: &'static str,
    reason: &'a str,
    findings: Vec<FindingJson<'a>>,
    bound: Option<f64>,
    /// How the bound came about, where the engine gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    bound_working: Option<WorkingJson>,
    band: Option<BandJson>,
    /// How the band came about: one a model that the claim may mean.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    band_workings: Vec<BandWorkingJson>,
    would_be_true_if: Vec<WouldJson<'a>>,
}

/// What was understood; what was not said is null.
#[derive(Clone, Debug, Serialize)]
pub struct UnderstoodJson {
    machine: Option<String>,
    machine_words: Option<String>,
    compared_with: Option<String>,
    model: Option<String>,
    model_words: Option<String>,
    quantization: Option<String>,
    runtime: Option<&'static str>,
    quantity: &'static str,
    value: Option<f64>,
    value_high: Option<f64>,
    unit: Option<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
struct FindingJson<'a> {
    aspect: &'static str,
    verdict: &'static str,
    reason: &'a str,
}

#[derive(Clone, Debug, Serialize)]
struct BandWorkingJson {
    machine: String,
    set: std::collections::BTreeMap<&'static str, String>,
    figure: &'static str,
    #[serde(flatten)]
    workings: WorkingsJson,
}

impl BandWorkingJson {
    fn new(asked: &Asked, workings: &Workings) -> Self {
        Self {
            machine: asked.machine.id.clone(),
            set: asked.set.iter().map(|(key, value)| (*key, value.clone())).collect(),
            figure: asked.figure.key(),
            workings: workings.into(),
        }
    }
}

#[derive(Clone, Copy, Debug, Serialize)]
struct BandJson {
    low: f64,
    best: f64,
    high: f64,
}

#[derive(Clone, Debug, Serialize)]
struct WouldJson<'a> {
    what: &'a str,
    set: std::collections::BTreeMap<&'static str, &'a str>,
    value: Option<f64>,
}

impl From<Band<f64>> for BandJson {
    fn from(band: Band<f64>) -> Self {
        Self { low: band.low, best: band.best, high: band.high }
    }
}

impl<'a> WouldJson<'a> {
    fn new(would: &'a Would) -> Self {
        let set = would.set.iter().map(|(key, value)| (*key, value.as_str())).collect();
        Self { what: &would.what, set, value: would.value }
    }
}

impl<'a> ClaimJson<'a> {
    /// Of a checked claim, with how the figures came about that it is held against.
    pub fn new(checked: &'a Checked, opened: Opened<'_>) -> Self {
        let claim = &checked.claim;
        let finding = |finding: &'a crate::claims::Finding| FindingJson {
            aspect: finding.aspect,
            verdict: finding.verdict.key(),
            reason: &finding.reason,
        };
        Self {
            id: &claim.id,
            text: &claim.text,
            about: &claim.about,
            document: claim.document.as_deref(),
            place: Some(claim.place.as_str()).filter(|place| !place.is_empty()),
            understood: UnderstoodJson::new(checked),
            assumed: &checked.understood.assumed,
            verdict: checked.verdict().key(),
            reason: checked.reason(),
            findings: checked.found.list.iter().map(finding).collect(),
            bound: checked.found.bound,
            bound_working: checked
                .found
                .bound_of
                .as_ref()
                .and_then(opened)
                .map(|workings| WorkingJson::from(workings.best.as_ref())),
            band_workings: checked
                .found
                .band_of
                .iter()
                .filter_map(|asked| Some(BandWorkingJson::new(asked, &*opened(asked)?)))
                .collect(),
            band: checked.found.band.map(Into::into),
            would_be_true_if: checked.found.would.iter().map(WouldJson::new).collect(),
        }
    }
}

impl UnderstoodJson {
    fn new(checked: &Checked) -> Self {
        let says = &checked.understood;
        let figure = says.figure.as_ref();
        let unit = figure.map(|figure| figure.unit.label()).filter(|unit| !unit.is_empty());
        let models: Vec<String> = says.models.iter().map(crate::claims::ModelSaid::id_or_words).collect();
        let words: Vec<&str> = says.models.iter().map(|said| said.words.as_str()).collect();
        Self {
            machine: checked.machine.clone(),
            machine_words: says.machine.as_ref().map(|said| said.words.clone()),
            compared_with: says.over.as_ref().map(|said| said.words.clone()),
            model: (!models.is_empty()).then(|| models.join(", ")),
            model_words: (!words.is_empty()).then(|| words.join(", ")),
            quantization: says.format.as_ref().map(crate::claims::FormatSaid::key_or_words),
            runtime: says.runtime.as_ref().map(|said| said.runtime.key()),
            quantity: says.quantity.key(),
            value: figure.map(|figure| figure.low),
            value_high: figure.filter(|figure| figure.high > figure.low).map(|figure| figure.high),
            unit,
        }
    }
}

/// Something widely believed, with what is found of it.
#[derive(Clone, Debug, Serialize)]
pub struct TruthJson<'a> {
    believed: &'a str,
    why: &'a str,
    fact: &'a str,
    source: String,
    claims: Vec<ClaimJson<'a>>,
}

impl<'a> TruthJson<'a> {
    /// Of a checked one.
    pub fn new(checked: &'a JudgedTruth, opened: Opened<'_>) -> Self {
        Self {
            believed: &checked.truth.believed,
            why: &checked.truth.why,
            fact: &checked.truth.fact,
            source: checked.truth.from.words(),
            claims: checked.checked.iter().map(|checked| ClaimJson::new(checked, opened)).collect(),
        }
    }
}
