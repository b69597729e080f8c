//! Statements without a figure: what programs and chips can do, how something grows, when a machine was sold.

use super::Judge;
use crate::claims::quantity::Quantity;
use crate::claims::scan::has;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::engine::nowhere;
use crate::engine::working::Detail;
use crate::spec::Availability;
use crate::units::{Bytes, show_gib};

/// Months by the names that texts have for them.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Judge<'_> {
    /// What facts say to what a claim says that something can or cannot do.
    pub(super) fn abilities(&self, claim: &Understood) -> Findings {
        let about = |groups: &[Vec<String>]| {
            groups.iter().all(|words| words.iter().any(|word| has(&claim.low, word)))
        };
        let mut found = Findings::default();
        for ability in self.facts.abilities.iter().filter(|ability| about(&ability.about)) {
            let denied = [
                "no", "not", "cannot", "can't", "without", "lacks", "lack", "none", "never", "isn't",
                "doesn't", "don't", "absent",
            ]
            .iter()
            .any(|word| has(&claim.low, word));
            let agrees = denied != ability.holds;
            let since = ability.since.as_ref().map_or_else(String::new, |since| format!(" since {since}"));
            let verdict = if agrees { ClaimVerdict::Plausible } else { ClaimVerdict::Wrong };
            found = found.and(Findings::of(
                "statement",
                verdict,
                format!("{}{since} ({})", ability.fact, ability.from.words()),
            ));
        }
        found
    }

    /// When a machine was sold, against what was expected or said of it.
    pub(super) fn launch(&self, claim: &mut Understood) -> Findings {
        let Some(said) = claim.machine.clone() else {
            return Findings::none("launch", "it names no machine that the catalog has");
        };
        let picked = self.pick(&said, claim);
        let released = picked.all.iter().filter_map(|machine| machine.released.clone()).min();
        let sold = picked.all.iter().any(|machine| machine.availability != Availability::Announced);
        let Some(released) = released else {
            return Findings::none("launch", "the catalog does not say when it was first sold");
        };
        let reason = format!("{} was first sold in {released}", said.words);
        let expected = [
            "expected",
            "rumor*",
            "rumour*",
            "not been announced",
            "not announced",
            "delayed",
            "schedule*",
            "will",
            "upcoming",
            "late 2026",
            "reportedly",
        ]
        .iter()
        .any(|word| has(&claim.low, word));
        let months = months(&claim.low);
        let right = months.iter().any(|(year, month)| {
            let said = month.map_or_else(|| format!("{year}"), |month| format!("{year}-{month:02}"));
            released.starts_with(&said)
        });
        let verdict = match (expected && sold, right, months.is_empty()) {
            (true, ..) => ClaimVerdict::Outdated,
            (false, true, _) | (false, _, true) => ClaimVerdict::Plausible,
            _ => ClaimVerdict::Wrong,
        };
        Findings::of("launch", verdict, reason)
    }

    /// How memory grows with the length of a sequence.
    pub(super) fn scaling(&self, claim: &mut Understood) -> Findings {
        if !has(&claim.low, "attention") {
            return Findings::none("scaling", "what grows, and with what, was not understood");
        }
        let scores = |kernel: &str, tokens: u64| -> Option<Bytes> {
            let keys = vec![
                ("family", "fine-tune".to_owned()),
                ("model", "llama-3.1-8b".to_owned()),
                ("method", "lora".to_owned()),
                ("runtime", "pytorch".to_owned()),
                ("attention", kernel.to_owned()),
                ("sequence", tokens.to_string()),
            ];
            let scenario = self.scenario(&keys)?;
            let total = nowhere(&scenario, Detail::Figures).budget.peak()?.total().best;
            Some(total)
        };
        let pairs = |kernel: &str| Some((scores(kernel, 4096)?, scores(kernel, 8192)?));
        let (Some(eager), Some(fused)) = (pairs("eager"), pairs("fused")) else {
            return Findings::none("scaling", "the engine could not be asked");
        };
        claim.assumed.push("an 8B model trained with LoRA on PyTorch".to_owned());
        let reason = format!(
            "only where scores are written out: from 4,096 to 8,192 tokens {} become {} then, and {} become {} with fused attention, which programs use by default",
            show_gib(eager.0),
            show_gib(eager.1),
            show_gib(fused.0),
            show_gib(fused.1)
        );
        let quadratic =
            has(&claim.low, "quadratic*") || claim.low.contains("n^2") || claim.low.contains("n²");
        debug_assert!(claim.quantity == Quantity::Scaling, "only of what grows");
        Findings::of(
            "scaling",
            if quadratic { ClaimVerdict::Outdated } else { ClaimVerdict::Plausible },
            reason,
        )
    }
}

/// The years of a text, each with its month where one is said.
fn months(low: &str) -> Vec<(u32, Option<usize>)> {
    let words: Vec<&str> =
        low.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let year = |word: &str| word.parse::<u32>().ok().filter(|year| (2015..=2035).contains(year));
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(year) = year(word) else { continue };
        let before = words.get(at.saturating_sub(3)..at).unwrap_or_default();
        let month = before.iter().rev().find_map(|word| MONTHS.iter().position(|month| month == word));
        found.push((year, month.map(|month| month + 1)));
    }
    found
}
