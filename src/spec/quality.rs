//! What quantizations cost in quality, as others measured it.

use std::cmp::Reverse;

use serde::{Deserialize, Deserializer};

use super::{Figure, Model, Quantization, Runtime};

/// How quality was scored, in the order in which one is preferred where there are several.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
pub enum QualityMetric {
    /// Perplexity on the test set of wikitext-2; lower is better, and the loss is how much it grew, in percent.
    Perplexity,
    /// MMLU-Pro, in points of a hundred.
    MmluPro,
    /// MMLU, in points of a hundred.
    Mmlu,
    /// Average of the tasks of the Open LLM Leaderboard, version 1, in points of a hundred.
    OpenLlm,
    /// The same as a share of what the 16-bit weights score, in percent.
    OpenLlmRecovery,
}

impl QualityMetric {
    /// As in JSON and text: `perplexity`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Perplexity => "perplexity",
            Self::MmluPro => "MMLU-Pro",
            Self::Mmlu => "MMLU",
            Self::OpenLlm | Self::OpenLlmRecovery => "Open LLM v1",
        }
    }

    /// What a loss is counted in.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Perplexity | Self::OpenLlmRecovery => "%",
            Self::MmluPro | Self::Mmlu | Self::OpenLlm => "points",
        }
    }
}

/// A score of 16-bit weights, and of the same model quantized.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// Of the 16-bit weights.
    pub before: f64,
    /// Of the quantized ones.
    pub after: f64,
}

/// One measurement of what a quantization costs.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct QualityLoss {
    /// The quantization.
    #[serde(deserialize_with = "quantization")]
    pub quantization: Quantization,
    /// Id of the model that it was measured on.
    pub model: String,
    /// That model as people read it.
    pub name: String,
    /// Its parameters, by which the nearest model is found.
    pub parameters: f64,
    /// How it was scored.
    pub metric: QualityMetric,
    /// Both scores.
    pub scores: Figure<Scores>,
    /// Whether an importance matrix helped to choose the scales.
    #[serde(default)]
    pub imatrix: bool,
}

fn quantization<'de, D: Deserializer<'de>>(from: D) -> Result<Quantization, D::Error> {
    Quantization::parse(&String::deserialize(from)?).map_err(serde::de::Error::custom)
}

impl QualityLoss {
    /// How much worse the quantized model scores, in the unit of its metric; below zero where it scored better.
    pub fn loss(&self) -> f64 {
        let Scores { before, after } = *self.scores.value();
        match self.metric {
            QualityMetric::Perplexity => (after / before - 1.0) * 100.0,
            QualityMetric::MmluPro
            | QualityMetric::Mmlu
            | QualityMetric::OpenLlm
            | QualityMetric::OpenLlmRecovery => before - after,
        }
    }

    /// Whether another measurement can be held against this one: the same model, scored the same way.
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.model == other.model && self.metric == other.metric
    }
}

/// What is known of how a model answers in a quantization.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quality<'a> {
    /// The weights in 16 bit, which losses are counted from.
    SixteenBit,
    /// The model itself was measured in it.
    Own(&'a QualityLoss),
    /// The model of the nearest size that was measured in it.
    Nearest(&'a QualityLoss),
}

impl<'a> Quality<'a> {
    /// Of a model in a quantization; `None` where nobody measured any model in it.
    pub fn of(model: &Model, quantization: Quantization, known: &'a [QualityLoss]) -> Option<Self> {
        if quantization.bits() >= 16 {
            return Some(Self::SixteenBit);
        }
        let of_format = || known.iter().filter(|loss| loss.quantization == quantization);
        // Most files are made without an importance matrix where the format needs none.
        let preferred = |loss: &&QualityLoss| (loss.metric, loss.imatrix);
        let own = of_format().filter(|loss| loss.model == model.id).min_by_key(preferred);
        let far = |loss: &QualityLoss| (loss.parameters / *model.parameters.value()).ln().abs();
        let nearest = || {
            let by_size = |a: &&QualityLoss, b: &&QualityLoss| {
                far(a).total_cmp(&far(b)).then_with(|| preferred(a).cmp(&preferred(b)))
            };
            of_format().min_by(by_size)
        };
        own.map(Self::Own).or_else(|| nearest().map(Self::Nearest))
    }

    /// The measurement, where there is one.
    pub const fn measured(self) -> Option<&'a QualityLoss> {
        match self {
            Self::SixteenBit => None,
            Self::Own(loss) | Self::Nearest(loss) => Some(loss),
        }
    }

    /// How much worse than 16-bit weights, in the unit of its metric.
    pub fn loss(self) -> f64 {
        self.measured().map_or(0.0, QualityLoss::loss)
    }
}

/// Quantizations from the least loss of quality to the most: by their bits a value, in the order of the known ones where
/// those are alike, and by what was measured wherever two were measured on one model.
pub fn best_first(model: &Model, quantizations: &[Quantization], known: &[QualityLoss]) -> Vec<Quantization> {
    let place = |of: Quantization| Quantization::known().position(|known| known == of).unwrap_or(usize::MAX);
    let mut sorted = quantizations.to_vec();
    sorted.sort_by_cached_key(|of| (Reverse(of.bits()), place(*of)));
    sorted.dedup();
    let tables = Table::all(model, known);
    let mut ordered: Vec<Quantization> = Vec::with_capacity(sorted.len());
    for quantization in sorted {
        // It goes ahead of those behind which it stands by bits alone, as far as measurements say that it is better.
        let worse = ordered.iter().rposition(|other| !is_better(quantization, *other, &tables));
        ordered.insert(worse.map_or(0, |at| at + 1), quantization);
    }
    ordered
}

/// What one model was measured in, scored one way: losses that can be held against each other.
struct Table<'a> {
    model: &'a str,
    metric: QualityMetric,
    /// How far that model is from the one in question: its own is nearest, then perplexity ahead of benchmarks, whose
    /// scores vary by chance, then the nearest size.
    far: (bool, QualityMetric, f64),
    losses: Vec<(Quantization, bool, f64)>,
}

impl<'a> Table<'a> {
    /// Of all that was measured, the nearest to a model first.
    fn all(model: &Model, known: &'a [QualityLoss]) -> Vec<Self> {
        let mut tables: Vec<Self> = Vec::new();
        for loss in known {
            let same = |table: &Self| table.metric == loss.metric && table.model == loss.model;
            let at = tables.iter().rposition(same).unwrap_or_else(|| {
                let size = (loss.parameters / *model.parameters.value()).ln().abs();
                tables.push(Self {
                    model: &loss.model,
                    metric: loss.metric,
                    far: (loss.model != model.id, loss.metric, size),
                    losses: Vec::new(),
                });
                tables.len() - 1
            });
            let losses = &mut tables[at].losses;
            match losses.iter_mut().find(|(of, ..)| *of == loss.quantization) {
                // Most files are made without an importance matrix where the format needs none.
                Some(known) if known.1 && !loss.imatrix => *known = (loss.quantization, false, loss.loss()),
                Some(_) => {}
                None => losses.push((loss.quantization, loss.imatrix, loss.loss())),
            }
        }
        tables.sort_by(|a, b| (a.far.0, a.far.1).cmp(&(b.far.0, b.far.1)).then(a.far.2.total_cmp(&b.far.2)));
        tables
    }

    fn loss(&self, quantization: Quantization) -> Option<f64> {
        self.losses.iter().find(|(of, ..)| *of == quantization).map(|(.., loss)| *loss)
    }
}

/// Whether the nearest model on which both were measured says so.
fn is_better(one: Quantization, other: Quantization, tables: &[Table<'_>]) -> bool {
    let both = |table: &Table<'_>| table.loss(one).zip(table.loss(other));
    tables.iter().find_map(both).is_some_and(|(one, other)| one < other)
}

/// Quantizations that files for a runtime come in, the best first: what its slider offers, and every other of its own
/// that was measured. What has a ladder of its own is published in that alone.
pub fn offered(model: &Model, runtime: Runtime, known: &[QualityLoss]) -> Vec<Quantization> {
    let ladder = Quantization::ladder_for(model, runtime);
    let mut all = ladder.to_vec();
    if ladder == Quantization::ladder(runtime) {
        all.extend(known.iter().map(|loss| loss.quantization).filter(|of| of.runtime() == runtime));
    }
    best_first(model, &all, known)
}
