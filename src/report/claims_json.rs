//! Judged claims as JSON.

use serde::Serialize;

use crate::claims::{Judged, JudgedTruth, Would};
use crate::units::Band;

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
    band: Option<BandJson>,
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
    /// Of a judged claim.
    pub fn new(judged: &'a Judged) -> Self {
        let claim = &judged.claim;
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
            understood: UnderstoodJson::new(judged),
            assumed: &judged.understood.assumed,
            verdict: judged.verdict().key(),
            reason: judged.reason(),
            findings: judged.found.list.iter().map(finding).collect(),
            bound: judged.found.bound,
            band: judged.found.band.map(Into::into),
            would_be_true_if: judged.found.would.iter().map(WouldJson::new).collect(),
        }
    }
}

impl UnderstoodJson {
    fn new(judged: &Judged) -> Self {
        let says = &judged.understood;
        let figure = says.figure.as_ref();
        let unit = figure.map(|figure| figure.unit.label()).filter(|unit| !unit.is_empty());
        let models: Vec<String> = says.models.iter().map(crate::claims::ModelSaid::id_or_words).collect();
        let words: Vec<&str> = says.models.iter().map(|said| said.words.as_str()).collect();
        Self {
            machine: judged.machine.clone(),
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
    /// Of a judged one.
    pub fn new(judged: &'a JudgedTruth) -> Self {
        Self {
            believed: &judged.truth.believed,
            why: &judged.truth.why,
            fact: &judged.truth.fact,
            source: judged.truth.from.words(),
            claims: judged.judged.iter().map(ClaimJson::new).collect(),
        }
    }
}
