//! Speeds, times and room of training.

use std::sync::Arc;

use super::Judge;
use super::ask::{Asked, Keys};
use super::picked::note;
use super::speed::missing;
use crate::claims::quantity::Quantity;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::figure::Relation;
use crate::claims::words::model::{ModelIs, ModelSaid};
use crate::engine::{FigureName, Speed, Verdict};
use crate::spec::{Machine, Vendor};
use crate::units::{show_figures, show_gib};

/// Share of a machine's peak rate that no published run is above; what is below it is above the band at most.
const REACHED: f64 = 0.7;

impl Judge<'_> {
    /// Whether a claim is about training.
    pub(super) fn trains(claim: &Understood) -> bool {
        let either = [" or light fine-tun", " or fine-tun", " or train", " and fine-tun"];
        let plain = either.iter().fold(claim.low.clone(), |low, words| low.replace(words, ""));
        ["train", "fine-tun", "finetun", "lora", "fine tun"].iter().any(|word| plain.contains(word))
    }

    /// Keys of a fine-tune of a claim's model.
    pub(super) fn tune_keys(
        &self,
        claim: &mut Understood,
        model: &ModelSaid,
        sequence: Option<u64>,
    ) -> Option<Keys> {
        let mut keys = self.model_keys(model, claim)?;
        let bits = claim
            .format
            .as_ref()
            .and_then(|said| said.bits.or_else(|| said.format.map(crate::spec::Quantization::bits)));
        let method = if claim.low.contains("full fine") {
            "full"
        } else if claim.low.contains("qlora") || (bits == Some(4) && !claim.low.contains("16")) {
            "qlora"
        } else {
            "lora"
        };
        keys.push(("family", "fine-tune".to_owned()));
        keys.push(("method", method.to_owned()));
        if let Some(sequence) = sequence {
            keys.push(("sequence", sequence.to_string()));
            note(claim, format!("fine-tuned with {method}, one sequence at a time"));
        } else {
            note(claim, format!("fine-tuned with {method}, one sequence of 2,048 tokens at a time"));
        }
        Some(keys)
    }

    /// Tokens a second of a run, or its hours.
    pub(super) fn training(&self, claim: &mut Understood) -> Findings {
        let pipeline = claim.models.iter().find_map(|said| match said.is {
            ModelIs::Pipeline(key) => Some(key),
            _ => None,
        });
        if claim.quantity == Quantity::RunTime {
            let reason = match pipeline {
                Some(_) => {
                    "neither steps, images nor rank of the run are said, and its time follows from them"
                }
                None => {
                    "neither examples, tokens nor epochs of the run are said, and its time follows from them"
                }
            };
            if claim.low.contains("examples") && pipeline.is_none() {
                return self.run_of_examples(claim);
            }
            return Findings::none("speed", reason);
        }
        let Some((machine, models)) = self.who(claim) else { return missing(claim) };
        let Some(model) = models.first() else { return missing(claim) };
        let Some(keys) = self.tune_keys(claim, model, None) else { return missing(claim) };
        let speed = self.estimate(&keys, &machine).and_then(|estimate| estimate.speed);
        let Some((Speed::Training(speed), figure)) = speed.zip(claim.figure.clone()) else {
            return Findings::none("speed", "it does not fit, or the machine's rates are not known");
        };
        let band = speed.tokens.map(crate::units::TokensPerSecond::get);
        let bound = speed.roofline.get();
        let says = format!("{} to {} tok/s are expected", show_figures(band.low), show_figures(band.high));
        let (verdict, reason) = if figure.low > bound * 1.1 {
            (
                ClaimVerdict::Impossible,
                format!("more than the machine's peak rate computes, {} tok/s", show_figures(bound)),
            )
        } else if figure.low > (band.high * 1.05).max(bound * REACHED) {
            (ClaimVerdict::Implausible, says)
        } else if figure.high < band.low * 0.95 && figure.relation != Relation::AtLeast {
            (ClaimVerdict::Pessimistic, says)
        } else {
            (ClaimVerdict::Plausible, says)
        };
        let asked = |figure| Asked { machine: Arc::clone(&machine), set: keys.clone(), figure };
        let (bound_of, band_of) = (asked(FigureName::Roofline), asked(FigureName::TrainTokens));
        Findings::of("speed", verdict, reason).bounded(bound).expected(band, Some(bound_of), band_of)
    }

    /// Hours of a run over so many examples of a usual length.
    fn run_of_examples(&self, claim: &mut Understood) -> Findings {
        let Some((machine, models)) = self.who(claim) else { return missing(claim) };
        let Some(model) = models.first() else { return missing(claim) };
        let Some(mut keys) = self.tune_keys(claim, model, None) else { return missing(claim) };
        let examples = claim.low.split("example").next().and_then(number_before).unwrap_or(1000.0);
        keys.push(("examples", format!("{examples:.0}")));
        keys.push(("tokens_per_example", "1200".to_owned()));
        keys.push(("epochs", "3".to_owned()));
        note(
            claim,
            format!(
                "{} examples of 1,200 tokens, in three epochs",
                crate::units::show_grouped(crate::units::whole(examples))
            ),
        );
        let speed = self.estimate(&keys, &machine).and_then(|estimate| estimate.speed);
        let Some((Speed::Training(speed), figure)) = speed.zip(claim.figure.clone()) else {
            return Findings::none("speed", "it does not fit, or the machine's rates are not known");
        };
        let band = speed.run.map(crate::units::Hours::get);
        // Examples of a quarter or of three times that length are as usual.
        let says = format!("{} to {} h are expected", show_figures(band.low), show_figures(band.high));
        let (verdict, reason) = if figure.high < band.low / 4.0 {
            (ClaimVerdict::Implausible, says)
        } else if figure.low > band.high * 3.0 {
            (ClaimVerdict::Pessimistic, says)
        } else {
            (ClaimVerdict::Plausible, says)
        };
        let mut found = Findings::of("speed", verdict, reason);
        found.band = Some(band);
        found.band_of = vec![Asked { machine, set: keys, figure: FigureName::RunHours }];
        found
    }

    /// Whether sequences or a context of some length fit.
    pub(super) fn context(&self, claim: &mut Understood) -> Findings {
        let Some((machine, models)) = self.who(claim) else {
            return Findings::none(
                "capacity",
                "it does not name both a machine and a model that the catalog has",
            );
        };
        let (Some(model), Some(figure)) = (models.first(), claim.figure.clone()) else {
            return missing(claim);
        };
        let trains = Self::trains(claim);
        let mut found = Findings::default();
        let ends = if figure.high > figure.low { vec![figure.low, figure.high] } else { vec![figure.low] };
        for tokens in ends {
            let length = crate::units::whole(if tokens < 1000.0 { tokens * 1024.0 } else { tokens });
            let keys = if trains {
                self.tune_keys(claim, model, Some(length))
            } else {
                self.context_keys(claim, model, &machine, length)
            };
            let Some(estimate) = keys.and_then(|keys| self.estimate(&keys, &machine)) else { continue };
            found = found.and(of_length(&estimate, length, claim.denied, &machine));
        }
        if found.list.is_empty() { missing(claim) } else { found }
    }

    fn context_keys(
        &self,
        claim: &mut Understood,
        model: &ModelSaid,
        machine: &Arc<Machine>,
        length: u64,
    ) -> Option<Keys> {
        let (formats, _) = super::ask::formats(claim, Some(machine));
        let mut keys = self.model_keys(model, claim)?;
        keys.push(("quantization", formats.first()?.key().to_owned()));
        keys.push(("context", length.to_string()));
        Some(keys)
    }
}

/// Whether a length fits.
fn of_length(estimate: &crate::engine::Estimate, length: u64, denied: bool, machine: &Machine) -> Findings {
    let Some(deciding) = estimate.fit.deciding() else { return Findings::default() };
    let runtime = estimate.resolved.runtime.name();
    let needs = format!(
        "{} tokens need {} with {runtime}; {} has {} for it",
        crate::units::show_grouped(length),
        show_gib(deciding.need.best),
        machine.name,
        show_gib(deciding.ceiling.bytes.best)
    );
    let fits = match estimate.fit.verdict {
        Verdict::DoesNotFit | Verdict::CannotRun => false,
        Verdict::Fits | Verdict::Tight | Verdict::Uncertain => true,
    };
    let unsure = estimate.fit.verdict == Verdict::Uncertain;
    let mac = machine.vendor == Vendor::Apple;
    let verdict = match (fits, denied) {
        _ if unsure => ClaimVerdict::Plausible,
        (true, false) | (false, true) => ClaimVerdict::Plausible,
        // Where it does not fit, shorter sequences, or gradients that are checkpointed, would.
        (true, true) | (false, false) => ClaimVerdict::Wrong,
    };
    let hint = if mac && !fits { "; gradient checkpointing needs less" } else { "" };
    Findings::of("capacity", verdict, format!("{needs}{hint}"))
}

/// The number at the end of a text: `1,000` of `1,000 tool-calling`.
fn number_before(text: &str) -> Option<f64> {
    let mut starts = text.char_indices().filter(|(at, sign)| {
        sign.is_ascii_digit()
            && !text.get(..*at).is_some_and(|head| {
                head.ends_with(|before: char| before.is_ascii_digit() || before == ',' || before == '.')
            })
    });
    let (at, _) = starts.next_back()?;
    crate::claims::words::amount::number(text, at)
        .map(|number| number.value)
        .filter(|value| (1.0..=1e9).contains(value))
}
