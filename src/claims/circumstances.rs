//! What words of a claim say of its figure: that it is not so, of which number format, dense or sparse, and how a workload
//! runs.

use super::attach::{clause_of, clauses};
use super::scan::{Mentions, has};
use super::understood::Circumstances;
use super::words::unit::Unit;

/// Whether words say that something is not so.
pub fn denied(low: &str) -> bool {
    let words = [
        "cannot",
        "can't",
        "can not",
        "doesn't",
        "does not",
        "won't",
        "will not",
        "not",
        "never",
        "oom",
        "out of memory",
        "unable",
        "fails",
        "fail",
        "no",
        "isn't",
        "didn't",
        "skipped",
        "couldn't",
        "without",
    ];
    words.iter().any(|word| has(low, word))
}

/// The number format of a peak rate.
pub fn precision(low: &str) -> Option<&'static str> {
    let formats = [
        ("fp16", "fp16"),
        ("half precision", "fp16"),
        ("float16", "fp16"),
        ("bf16", "bf16"),
        ("bfloat16", "bf16"),
        ("tf32", "tf32"),
        ("fp32", "fp32"),
        ("float32", "fp32"),
        ("single precision", "fp32"),
        ("int8", "int8"),
        ("fp8", "fp8"),
        ("nvfp4", "fp4"),
        ("fp4", "fp4"),
        ("int4", "int4"),
        ("tops", "int8"),
    ];
    formats.iter().find(|(word, _)| has(low, word)).map(|(_, format)| *format)
}

pub fn sparse(low: &str) -> bool {
    ["sparse", "sparsity", "sparsely", "structured sparsity"].iter().any(|word| has(low, word))
}

/// What a text says of how a workload runs, or a machine is used.
pub fn circumstances(mentions: &Mentions) -> Circumstances {
    let figures = &mentions.figures;
    let first = |unit: Unit| figures.iter().find(|figure| figure.unit == unit).map(|figure| figure.low);
    let after = |words: &[&str]| {
        figures
            .iter()
            .find(|figure| {
                matches!(figure.unit, Unit::Dollars) && {
                    let clause = clause_of(&clauses(&mentions.low), figure.start);
                    mentions
                        .low
                        .get(clause.0..clause.1.max(figure.end))
                        .is_some_and(|text| words.iter().any(|word| has(text, word)))
                }
            })
            .map(|figure| figure.low)
    };
    Circumstances {
        watts: first(Unit::Watts),
        hours_a_day: first(Unit::HoursADay),
        years: first(Unit::Years),
        tariff: first(Unit::DollarsPerKilowattHour),
        requests: first(Unit::Requests),
        tokens: first(Unit::Tokens),
        steps: first(Unit::Steps),
        price: after(&["purchase", "price", "initial"]),
        electricity: after(&["electric*"]),
        maintenance: after(&["maintenance", "repair*"]),
        speculative: mentions.says(&["speculative", "draft model", "mtp", "eagle", "medusa"]),
    }
}
