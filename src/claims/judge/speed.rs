//! Speeds of claims against the roofline and against what the engine expects.

use std::sync::Arc;

use super::Judge;
use super::ask::{Asked, Keys, Said, formats};
use super::picked::note;
use crate::claims::quantity::Quantity;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::figure::{Figure, Relation};
use crate::claims::words::model::{ModelIs, ModelSaid};
use crate::engine::speed::InferenceSpeed;
use crate::engine::{Estimate, FigureName, Verdict};
use crate::spec::{Machine, Memory};
use crate::units::{Band, show_figures, show_gib};

/// The format of the fewest bits that people use.
const FEWEST_BITS: &str = "IQ2_XXS";
/// How far above the band of several requests a figure may lie: that band rests on no measurements of several.
const TOGETHER: f64 = 1.5;
/// Requests at once where a claim is of several and does not say how many.
const REQUESTS: f64 = 16.0;
/// Tokens of a prompt where a claim says none: a short question.
pub(super) const PROMPT: u64 = 512;

/// What the engine says of the models and formats that a claim may mean.
struct Expected {
    /// What no decode exceeds, by the reading that allows most.
    bound: f64,
    /// The band over all models of the claim.
    band: Band<f64>,
    /// The reading that is likeliest.
    keys: Keys,
    /// Share of the weights that is offloaded.
    offloaded: f64,
    /// What it would be if all of it lay in the device's memory, by the reading that allows most.
    in_device: f64,
    /// The same in the fewest bits that are in use, where none were said.
    in_fewest_bits: f64,
    /// What the fastest of several models is expected to do at least.
    fastest_low: f64,
    /// The reading that allows most.
    bound_keys: Keys,
    /// The likeliest reading of each model.
    band_keys: Vec<Keys>,
}

impl Judge<'_> {
    /// A speed of generating against the roofline and the band.
    pub(super) fn decode(&self, claim: &mut Understood) -> Findings {
        let Some((machine, models)) = self.who(claim) else { return missing(claim) };
        let mut found = self.room_for(claim, &machine, &models);
        if found.list.iter().any(|finding| finding.verdict == ClaimVerdict::Impossible) {
            return found;
        }
        if let [model] = models.as_slice()
            && model.is == ModelIs::Unknown
            && (self.may_have_experts(model) || model.name.size.is_none())
        {
            return found
                .and(Findings::none("speed", "how many weights a token reads is not known for this model"));
        }
        let Some(expected) = self.expected(claim, &machine, &models) else {
            return found.and(Findings::none(
                "speed",
                "the machine's memory bandwidth is not known, or this does not run there",
            ));
        };
        found = found.and(self.held(claim, &expected, &machine));
        found
    }

    /// The machine and models of a claim, where both are known.
    pub(super) fn who(&self, claim: &mut Understood) -> Option<(Arc<Machine>, Vec<ModelSaid>)> {
        let machine = self.machine_of(claim)?;
        self.settle_runtime(claim, &machine);
        let models = claim.models.clone();
        (!models.is_empty()).then_some((machine, models))
    }

    /// Takes what people run on a machine for a program that is not estimated there.
    pub(super) fn settle_runtime(&self, claim: &mut Understood, machine: &Arc<Machine>) {
        let Some(said) = claim.runtime.clone() else { return };
        let (formats, _) = formats(claim, Some(machine));
        let Some(format) = formats.first() else { return };
        let keys: Keys = vec![
            ("model", "llama-3.2-1b".to_owned()),
            ("quantization", format.key().to_owned()),
            ("runtime", said.runtime.key().to_owned()),
        ];
        let runs =
            self.estimate(&keys, machine).is_some_and(|estimate| estimate.fit.verdict != Verdict::CannotRun);
        if !runs {
            claim.other_runtime = true;
            note(
                claim,
                format!("{} is not estimated there: computed with what people run on it", said.words),
            );
        }
    }

    /// Keys of a claim's model in a format.
    pub(super) fn run_keys(&self, claim: &mut Understood, model: &ModelSaid, format: &str) -> Option<Keys> {
        let mut keys = self.model_keys(model, claim)?;
        let tokens = claim.with.tokens.filter(|tokens| *tokens >= 1.0).map(crate::units::whole);
        let prompt = tokens.unwrap_or(PROMPT);
        keys.push(("quantization", format.to_owned()));
        keys.push(("context", (prompt + 512).max(2048).to_string()));
        keys.push(("prompt", prompt.to_string()));
        if let Some(runtime) = claim.runtime.as_ref().filter(|_| !claim.other_runtime) {
            keys.push(("runtime", runtime.runtime.key().to_owned()));
        }
        if claim.quantity == Quantity::Aggregate {
            let requests = requests(claim);
            keys.push(("concurrency", format!("{requests:.0}")));
            keys.retain(|(key, _)| *key != "context");
            keys.push((
                "context",
                format!("{:.0}", requests * crate::units::count((prompt + 512).min(2048))),
            ));
        }
        Some(keys)
    }

    fn expected(
        &self,
        claim: &mut Understood,
        machine: &Arc<Machine>,
        models: &[ModelSaid],
    ) -> Option<Expected> {
        let (formats, said) = formats(claim, Some(machine));
        if said == Said::Nothing && claim.format.is_none() {
            note(claim, "4 bits a weight assumed: none were said".to_owned());
        }
        if claim.quantity == Quantity::Aggregate && !says_requests(claim) {
            note(claim, format!("{REQUESTS:.0} requests at once assumed: no number was said"));
        }
        let roomy = roomy(machine);
        let mut all: Option<Expected> = None;
        for model in models {
            for (index, format) in formats.iter().enumerate() {
                let keys = self.run_keys(claim, model, format.key())?;
                let Some(speed) = self.answers(&keys, machine) else { continue };
                let aggregate = claim.quantity == Quantity::Aggregate;
                let requests = requests(claim);
                let band = figure(&speed, aggregate.then_some(requests));
                let bound = if aggregate { f64::INFINITY } else { speed.roofline.get() };
                let in_device = if aggregate {
                    f64::INFINITY
                } else {
                    let alone = self.answers(&keys, &roomy).map_or(bound, |speed| speed.roofline.get());
                    let mut shared = keys.clone();
                    shared.push(("split", "tensor".to_owned()));
                    let by_tensor = if machine.devices > 1 { self.answers(&shared, &roomy) } else { None };
                    by_tensor.map_or(alone, |speed| speed.roofline.get().max(alone))
                };
                let offloaded = speed.offloaded + speed.on_disk;
                all = Some(match all {
                    None => Expected {
                        bound,
                        band,
                        bound_keys: keys.clone(),
                        band_keys: vec![keys.clone()],
                        keys,
                        offloaded,
                        in_device,
                        in_fewest_bits: 0.0,
                        fastest_low: band.low,
                    },
                    Some(mut known) => Expected {
                        bound_keys: if bound > known.bound { keys.clone() } else { known.bound_keys },
                        band_keys: {
                            known.band_keys.extend((index == 0).then_some(keys));
                            known.band_keys
                        },
                        bound: known.bound.max(bound),
                        fastest_low: if index == 0 {
                            known.fastest_low.max(band.low)
                        } else {
                            known.fastest_low
                        },
                        // Another format of as many bits allows more and expects no more than the likeliest.
                        band: if index == 0 { joined(known.band, band) } else { known.band },
                        in_device: known.in_device.max(in_device),
                        ..known
                    },
                });
            }
            if said == Said::Nothing {
                let keys = self.run_keys(claim, model, FEWEST_BITS)?;
                let most = self.answers(&keys, &roomy).map_or(0.0, |speed| speed.roofline.get());
                all = all.map(|known| Expected { in_fewest_bits: known.in_fewest_bits.max(most), ..known });
            }
        }
        all
    }

    /// A figure held against what is expected.
    fn held(&self, claim: &mut Understood, expected: &Expected, machine: &Arc<Machine>) -> Findings {
        let Some(figure) = claim.figure.clone() else { return Findings::none("speed", "no figure is said") };
        let band = expected.band;
        let low = figure.low;
        let together = claim.quantity == Quantity::Aggregate;
        let (verdict, reason) = compared(claim, &figure, expected, machine);
        let would = if verdict >= ClaimVerdict::Implausible && claim.quantity == Quantity::Decode {
            self.would_be_true(low, (&expected.keys, machine), expected.in_device)
        } else {
            Vec::new()
        };
        let mut found = Findings::of("speed", verdict, reason);
        let asked = |set: &Keys, figure| Asked { machine: Arc::clone(machine), set: set.clone(), figure };
        found.bound = Some(expected.bound).filter(|bound| bound.is_finite());
        found.bound_of = found.bound.map(|_| asked(&expected.bound_keys, FigureName::Roofline));
        found.band = Some(band);
        let of_band = if together { FigureName::Aggregate } else { FigureName::Decode };
        found.band_of = expected.band_keys.iter().map(|keys| asked(keys, of_band)).collect();
        found.would = would;
        if verdict == ClaimVerdict::Impossible && claim.with.speculative {
            found = Findings::of(
                "speed",
                ClaimVerdict::Plausible,
                "above what one token a pass allows; with speculative decoding a pass yields several",
            );
        }
        found
    }

    /// Whether a claim's models fit the machine at all, where they are said to run on it.
    pub(super) fn room_for(
        &self,
        claim: &mut Understood,
        machine: &Arc<Machine>,
        models: &[ModelSaid],
    ) -> Findings {
        let (formats, said) = formats(claim, Some(machine));
        // The smallest of the formats that may be meant.
        let smallest = if said == Said::Format { formats.first() } else { formats.last() };
        let Some(format) = smallest else { return Findings::default() };
        let mut found = Findings::default();
        for model in models {
            let Some(keys) = self.run_keys(claim, model, format.key()) else { continue };
            let Some(estimate) = self.estimate(&keys, machine) else { continue };
            found = found.and(self.room_of(&keys, &estimate, machine, model));
        }
        found
    }

    /// What an estimate says of room, where there is too little.
    pub(super) fn room_of(
        &self,
        keys: &Keys,
        estimate: &Estimate,
        machine: &Arc<Machine>,
        model: &ModelSaid,
    ) -> Findings {
        match estimate.fit.verdict {
            Verdict::CannotRun => Findings::none("runtime", "that program is not estimated on that machine"),
            Verdict::DoesNotFit if !matches!(machine.memory.value(), Memory::Discrete { .. }) => {
                let Some(deciding) = estimate.fit.deciding() else { return Findings::default() };
                let mut raised = keys.clone();
                raised.push(("raised_limit", "4000GiB".to_owned()));
                let with_more = self.estimate(&raised, machine);
                if with_more.is_some_and(|estimate| estimate.fit.verdict != Verdict::DoesNotFit) {
                    let reason = format!(
                        "{} needs {}, and fits only with the GPU's limit raised",
                        model.words,
                        show_gib(deciding.need.best)
                    );
                    return Findings::of("capacity", ClaimVerdict::Plausible, reason);
                }
                let reason = format!(
                    "{} needs {}, and {} has {} for it",
                    model.words,
                    show_gib(deciding.need.best),
                    machine.name,
                    show_gib(deciding.ceiling.bytes.best)
                );
                Findings::of("capacity", ClaimVerdict::Impossible, reason)
                    .bounded(deciding.ceiling.bytes.best.as_gb())
            }
            _ => Findings::default(),
        }
    }
}

/// The same machine with room for any model: what its bandwidth alone allows.
fn roomy(machine: &Arc<Machine>) -> Arc<Machine> {
    let mut wide = (**machine).clone();
    if let Memory::Discrete { vram, .. } = &mut wide.memory.0 {
        *vram = crate::units::Bytes::gib(16_384.0);
    }
    Arc::new(wide)
}

/// Of one request, or of so many: at most what all of them generate while none of their prompts is computed, which is
/// how such figures are often counted.
fn figure(speed: &InferenceSpeed, requests: Option<f64>) -> Band<f64> {
    let decode = speed.decode.map(crate::units::TokensPerSecond::get);
    let Some(requests) = requests else { return decode };
    let all = speed.aggregate.map(crate::units::TokensPerSecond::get);
    Band { high: all.high.max(decode.high * requests), ..all }
}

/// How a figure lies to what is expected, and why.
fn compared(
    claim: &Understood,
    figure: &Figure,
    expected: &Expected,
    machine: &Machine,
) -> (ClaimVerdict, String) {
    let band = expected.band;
    let slack = figure.half_digit.min(0.05 * figure.low) + if figure.rough { 0.05 * figure.low } else { 0.0 };
    let (low, high) = (figure.low, figure.high);
    let offloads = expected.offloaded > 0.0;
    let says = format!("{} to {}", show_figures(band.low), show_figures(band.high));
    let together = claim.quantity == Quantity::Aggregate;
    if low - slack > expected.in_device && low - slack <= expected.in_fewest_bits {
        let reason = format!(
            "{}; in fewer bits there is room for it: {FEWEST_BITS} allows {} tok/s",
            over(low, expected.in_device, machine),
            show_figures(expected.in_fewest_bits)
        );
        (ClaimVerdict::Implausible, reason)
    } else if low - slack > expected.in_device {
        (ClaimVerdict::Impossible, over(low, expected.in_device, machine))
    } else if offloads && low - slack > expected.bound {
        let reason = format!(
            "{:.0} % of the weights do not fit the {} of device memory and are read from the system's, which gives {says} tok/s on a usual computer; {} would need system memory several times as fast",
            expected.offloaded * 100.0,
            machine.memory.value().capacity().map_or_else(String::new, show_gib),
            show_figures(low),
        );
        (ClaimVerdict::Implausible, reason)
    } else if low - slack > expected.bound && machine.devices > 1 {
        let reason = format!(
            "{}, device after device; only where each computes a part of every layer {} tok/s are possible",
            over(low, expected.bound, machine),
            show_figures(expected.in_device)
        );
        (ClaimVerdict::Implausible, reason)
    } else if low - slack > expected.bound {
        (ClaimVerdict::Impossible, over(low, expected.bound, machine))
    } else if low - slack > band.high && expected.bound.is_finite() {
        let reason = format!(
            "{:.0} % of what the memory can deliver ({} tok/s); {says} are expected by what was measured",
            low / expected.bound * 100.0,
            show_figures(expected.bound)
        );
        (ClaimVerdict::Implausible, reason)
    } else if together && low <= band.high * TOGETHER && low - slack > band.high {
        let reason = format!(
            "{says} tok/s are expected of {:.0} requests, by measurements of single ones, which do not rule out half as much again",
            requests(claim)
        );
        (ClaimVerdict::Plausible, reason)
    } else if low - slack > band.high {
        (ClaimVerdict::Implausible, format!("{says} tok/s are expected"))
    } else if high > expected.bound * 1.05 && figure.relation == Relation::Is {
        (
            ClaimVerdict::Implausible,
            format!(
                "the upper end is above what the memory can deliver, {} tok/s",
                show_figures(expected.bound)
            ),
        )
    } else if claim.models.len() > 1 && high + slack < expected.fastest_low {
        let reason = format!(
            "the smallest of them is expected at {} tok/s or more",
            show_figures(expected.fastest_low)
        );
        (ClaimVerdict::Pessimistic, reason)
    } else if (high + slack) * 1.05 < band.low && figure.relation != Relation::AtLeast {
        (ClaimVerdict::Pessimistic, format!("about {} tok/s are expected ({says})", show_figures(band.best)))
    } else if offloads {
        let reason = format!(
            "about {} tok/s are expected ({says}): {:.0} % of the weights are read from system memory",
            show_figures(band.best),
            expected.offloaded * 100.0
        );
        (ClaimVerdict::Plausible, reason)
    } else {
        (ClaimVerdict::Plausible, format!("about {} tok/s are expected ({says})", show_figures(band.best)))
    }
}

/// Whether a claim says how many requests it counts.
fn says_requests(claim: &Understood) -> bool {
    claim.with.requests.is_some_and(|requests| requests >= 2.0)
}

/// Requests that a claim counts together.
fn requests(claim: &Understood) -> f64 {
    claim.with.requests.filter(|requests| *requests >= 2.0).unwrap_or(REQUESTS)
}

fn joined(a: Band<f64>, b: Band<f64>) -> Band<f64> {
    Band { low: a.low.min(b.low), best: a.best.midpoint(b.best), high: a.high.max(b.high) }
}

/// That a figure is above what the memory can deliver.
fn over(low: f64, bound: f64, machine: &Machine) -> String {
    let bandwidth = machine.bandwidth.as_ref().map_or_else(String::new, |figure| {
        format!(" at {} GB/s", show_figures(figure.value().as_gb_per_s()))
    });
    let times = low / bound;
    let of = if times >= 1.95 {
        format!("{} times", show_figures(times))
    } else {
        format!("{:.0} % of", times * 100.0)
    };
    format!(
        "{} tok/s is {of} what the memory can deliver: {} tok/s{bandwidth}",
        show_figures(low),
        show_figures(bound)
    )
}

/// What a speed lacks to be checked.
pub(super) fn missing(claim: &Understood) -> Findings {
    let no_machine = claim.machine.as_ref().is_none_or(|said| said.places.is_empty());
    let reason = match (no_machine, claim.models.is_empty()) {
        (true, true) => "it names neither a machine nor a model that the catalog has",
        (true, false) => "it names no machine that the catalog has",
        (false, _) => "it names no model",
    };
    Findings::none("speed", reason)
}
