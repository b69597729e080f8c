//! Comparisons: so many times, so many percent, of two machines or of figures that the text itself gives.

use std::sync::Arc;

use super::Judge;
use super::ask::{Keys, formats};
use super::picked::{box_gb, note};
use crate::claims::quantity::Quantity;
use crate::claims::scan::has;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::figure::{Figure, Relation};
use crate::claims::words::machine::MachineSaid;
use crate::claims::words::model::ModelIs;
use crate::claims::words::unit::Unit;
use crate::engine::Speed;
use crate::spec::{Machine, Quantization, Vendor};
use crate::units::show_figures;

/// How far a factor may lie from the one that follows, where both rest on facts.
const OF_FACTS: f64 = 0.08;
/// The same where the engine estimates it.
const OF_ENGINE: f64 = 0.25;

/// Share of the narrower of two ranges that both must have in common.
const IN_COMMON: f64 = 0.25;

/// How far the rounding of a written factor may reach.
const ROUNDED: f64 = 0.06;

/// A factor as a claim means it: how many times the first is the second.
struct Factor {
    low: f64,
    high: f64,
}

/// `60 %` of, `12 % more`, `2.25x`, `3x slower`.
fn factor(figure: &Figure, low: &str) -> Factor {
    let (mut from, mut to) = (figure.low, figure.high);
    if figure.unit == Unit::Percent {
        let more = [
            "more",
            "faster",
            "higher",
            "gain",
            "improvement",
            "increase",
            "exceeds",
            "better",
            "above",
            "greater",
            "additional",
            "speedup",
            "uplift",
            "cheaper",
            "slower",
            "less",
            "longer",
        ]
        .iter()
        .any(|word| has(low, word));
        let less =
            ["slower", "less", "lower", "cheaper"].iter().any(|word| has(low, word)) && !has(low, "faster");
        (from, to) = (from / 100.0, to / 100.0);
        if more {
            (from, to) = if less { (1.0 - to, 1.0 - from) } else { (1.0 + from, 1.0 + to) };
        }
    } else if ["slower", "cheaper", "less", "fewer"].iter().any(|word| has(low, word))
        && !has(low, "faster")
        && from > 0.0
    {
        (from, to) = (1.0 / to, 1.0 / from);
    }
    Factor { low: from, high: to }
}

impl Judge<'_> {
    /// A comparison.
    pub(super) fn ratio(&self, claim: &mut Understood) -> Findings {
        let Some(figure) = claim.figure.clone() else {
            return Findings::none("comparison", "no figure is said");
        };
        let factor = factor(&figure, &claim.low);
        let own = own_figures(claim, &figure, &factor);
        let by_engine = self.by_engine(claim, &figure, &factor);
        match (own, by_engine) {
            (Some(own), Some(engine)) => own.and(engine),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => {
                Findings::none("comparison", "it does not name two machines that the catalog has")
            }
        }
    }

    /// The factor that catalog and engine give.
    fn by_engine(&self, claim: &mut Understood, figure: &Figure, factor: &Factor) -> Option<Findings> {
        let of = claim.of?;
        if let Some(found) = self.programs(claim, figure, factor) {
            return Some(found);
        }
        let over = claim.over.clone()?;
        let mut first = self.machine_of(claim)?;
        let mut second = self.pick(&over, claim).machine().cloned()?;
        let said = claim.machine.clone()?;
        let other = |machine: &Machine| of == Quantity::Compute || fact(machine, of).is_none();
        if said.count == 1 && other(&first) {
            first = self.with_fact(&said, claim, of).unwrap_or(first);
        }
        if other(&second) {
            second = self.with_fact(&over, claim, of).unwrap_or(second);
        }
        let mut within = String::new();
        let (a, b, tolerance) = match of {
            Quantity::Decode | Quantity::Prefill => {
                let (formats, _) = formats(claim, Some(&first));
                let mut pairs = Vec::new();
                for format in &formats {
                    let a = self.speed_of(claim, &first, (of, *format));
                    let b = self.speed_of(claim, &second, (of, *format));
                    pairs.extend(a.zip(b).map(|pair| (pair, *format)));
                }
                // Of the formats that may be meant, the one that agrees best.
                let middle = factor.low.midpoint(factor.high);
                let off = |(pair, _): &((f64, f64), Quantization)| (pair.0 / pair.1 / middle).ln().abs();
                let ((a, b), format) = pairs.into_iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
                within = format!(" in {}", format.key());
                (a, b, OF_ENGINE)
            }
            Quantity::ImageTime => {
                let (a, b) = (self.image_time(claim, &first)?, self.image_time(claim, &second)?);
                return Some(of_times((a, b), (&first, &second), figure, factor));
            }
            Quantity::TrainingSpeed => {
                (self.training_speed(claim, &first)?, self.training_speed(claim, &second)?, 2.0 * OF_ENGINE)
            }
            other => (fact(&first, other)?, fact(&second, other)?, OF_FACTS),
        };
        let ratio = a / b;
        let value = |value: f64| show_figures(value);
        let what = of.label();
        // What data sheets print for NVIDIA's cards is with sparsity, twice the dense rate.
        let sparse = of == Quantity::Compute
            && first.vendor == Vendor::Nvidia
            && !holds(factor, ratio, figure, tolerance)
            && holds(factor, ratio * 2.0, figure, tolerance);
        let reason = format!(
            "{what}{within}: {} of {} over {} of {} is {} times{}",
            value(a),
            first.name,
            value(b),
            second.name,
            show_figures(ratio),
            if sparse { "; twice that only with 2:4 sparsity on one side" } else { "" }
        );
        // `A against B` may mean either way round where the words leave it open.
        let fits = |ratio: f64| holds(factor, ratio, figure, tolerance);
        let right = fits(ratio) || (!claim.low.contains("than") && fits(1.0 / ratio));
        let verdict = if right {
            ClaimVerdict::Plausible
        } else if matches!(of, Quantity::Bandwidth | Quantity::MemorySize | Quantity::Compute) {
            ClaimVerdict::Wrong
        } else {
            ClaimVerdict::Implausible
        };
        Some(Findings::of("comparison", verdict, reason).bounded(ratio))
    }

    /// The first machine of a name whose figure is known; of peak rates the highest, which is what a chip is told by:
    /// `H100` is the SXM module.
    fn with_fact(&self, said: &MachineSaid, claim: &Understood, of: Quantity) -> Option<Arc<Machine>> {
        let mut known = self.pick(said, claim).all.into_iter().filter(|machine| fact(machine, of).is_some());
        if of != Quantity::Compute {
            return known.next();
        }
        let rate = |machine: &Arc<Machine>| fact(machine, of).unwrap_or_default();
        known.reduce(|best, next| if rate(&next) > rate(&best) { next } else { best })
    }

    /// One program against another on the same machine.
    fn programs(&self, claim: &mut Understood, figure: &Figure, factor: &Factor) -> Option<Findings> {
        if !(claim.low.contains("mlx") && claim.low.contains("llama.cpp") && claim.low.contains("faster")) {
            return None;
        }
        let machine =
            self.machine_of(claim).or_else(|| self.catalog.machine("apple-m4max-40c-128gb").ok().cloned())?;
        let speed = |runtime: &str, format: &str| {
            let keys: Keys = vec![
                ("model", "llama-3.1-8b".to_owned()),
                ("quantization", format.to_owned()),
                ("runtime", runtime.to_owned()),
                ("context", "2048".to_owned()),
                ("prompt", "512".to_owned()),
            ];
            self.answers(&keys, &machine).map(|speed| speed.decode.best.get())
        };
        let ratio = speed("mlx", "mlx-4bit")? / speed("llama.cpp", "Q4_K_M")?;
        let names = ["applesilicon".to_owned()];
        let fact = self.facts.specs("mlx_over_llama_cpp", &names).next();
        let measured = fact.map_or_else(String::new, |spec| {
            let values: Vec<String> = spec.values.iter().map(|value| format!("{value}")).collect();
            format!(
                "; measured {} % {} ({})",
                values.join(", ").replace('-', "−"),
                spec.note.as_deref().unwrap_or(""),
                spec.from.words()
            )
        });
        note(claim, format!("an 8B model in 4 bit on {}", machine.name));
        let reason = format!("{} times by the engine's estimate{measured}", show_figures(ratio));
        let within = fact.is_none_or(|spec| {
            spec.values.iter().any(|percent| {
                factor.low - 0.03 <= 1.0 + percent / 100.0 && 1.0 + percent / 100.0 <= factor.high + 0.03
            })
        });
        let verdict = if within || holds(factor, ratio, figure, 0.05) {
            ClaimVerdict::Plausible
        } else {
            ClaimVerdict::Implausible
        };
        Some(Findings::of("comparison", verdict, reason).bounded(ratio))
    }

    /// Tokens a second of a claim's model, or of a usual one, on a machine.
    fn speed_of(
        &self,
        claim: &mut Understood,
        machine: &Arc<Machine>,
        (of, format): (Quantity, Quantization),
    ) -> Option<f64> {
        let model = claim.models.first().cloned().filter(|said| !matches!(said.is, ModelIs::Pipeline(_)));
        let model = model.unwrap_or_else(|| {
            note(claim, "no model is named: computed with an 8B in 4 bit".to_owned());
            super::room::sized(8.0)
        });
        let mut keys = self.run_keys(claim, &model, format.key())?;
        if of == Quantity::Prefill {
            keys.retain(|(key, _)| *key != "prompt" && *key != "context");
            keys.push(("prompt", "4096".to_owned()));
            keys.push(("context", "5120".to_owned()));
        }
        let speed = self.answers(&keys, machine)?;
        Some(if of == Quantity::Prefill { speed.prefill.best.get() } else { speed.decode.best.get() })
    }

    fn image_time(&self, claim: &mut Understood, machine: &Arc<Machine>) -> Option<f64> {
        let pipeline = claim.models.iter().find_map(|said| match said.is {
            ModelIs::Pipeline(key) => Some(key),
            _ => None,
        });
        let mut keys: Keys =
            vec![("family", "diffusion".to_owned()), ("pipeline", pipeline.unwrap_or("sdxl").to_owned())];
        if pipeline.is_none() {
            note(claim, "no pipeline is named: computed with SDXL".to_owned());
        }
        if claim.low.contains("4bit") || claim.low.contains("4-bit") {
            keys.push(("precision", "q4_0".to_owned()));
        }
        keys.push(("residency", "component".to_owned()));
        match self.estimate(&keys, machine)?.speed? {
            Speed::Images(speed) => Some(speed.image.best.get()),
            _ => None,
        }
    }

    fn training_speed(&self, claim: &mut Understood, machine: &Arc<Machine>) -> Option<f64> {
        let model = claim.models.first().cloned().unwrap_or_else(|| super::room::sized(8.0));
        let keys = self.tune_keys(claim, &model, Some(1024))?;
        match self.estimate(&keys, machine)?.speed? {
            Speed::Training(speed) => Some(speed.tokens.best.get()),
            _ => None,
        }
    }
}

/// A comparison of times, where the shorter is the faster.
fn of_times(
    (a, b): (f64, f64),
    (first, second): (&Machine, &Machine),
    figure: &Figure,
    factor: &Factor,
) -> Findings {
    let ratio = b / a;
    let reason = format!(
        "{} s on {} and {} s on {}: {} times",
        show_figures(a),
        first.name,
        show_figures(b),
        second.name,
        show_figures(ratio)
    );
    let right =
        holds(factor, ratio, figure, 2.0 * OF_ENGINE) || holds(factor, 1.0 / ratio, figure, 2.0 * OF_ENGINE);
    let verdict = if right { ClaimVerdict::Plausible } else { ClaimVerdict::Implausible };
    Findings::of("comparison", verdict, reason).bounded(ratio)
}

/// A figure of the catalog that a comparison is of.
fn fact(machine: &Machine, of: Quantity) -> Option<f64> {
    let several = f64::from(machine.devices.max(1));
    match of {
        Quantity::Bandwidth => machine.bandwidth.as_ref().map(|figure| figure.value().as_gb_per_s()),
        Quantity::MemorySize => box_gb(machine).map(|gb| gb * several),
        Quantity::Compute => machine.peaks.fp16.as_ref().map(|figure| figure.value().get() / 1e12 * several),
        Quantity::Power => machine.load.as_ref().map(|figure| figure.value().get()),
        Quantity::Price => match machine.offer.as_ref()? {
            crate::spec::Offer::Buy(price) => Some(price.value().get()),
            crate::spec::Offer::Rent(_) => None,
        },
        _ => None,
    }
}

/// Whether a ratio is the factor that is said.
fn holds(factor: &Factor, ratio: f64, figure: &Figure, tolerance: f64) -> bool {
    let written = figure.half_digit * if figure.unit == Unit::Percent { 0.01 } else { 1.0 };
    let slack =
        (tolerance * ratio).max(written.min(0.15 * ratio)) + if figure.rough { 0.1 * ratio } else { 0.0 };
    match figure.relation {
        Relation::AtLeast => ratio >= factor.low - slack,
        Relation::AtMost => ratio <= factor.high + slack && ratio >= factor.high / 2.5,
        Relation::Is => factor.low - slack <= ratio && ratio <= factor.high + slack,
    }
}

/// The factor that the text's own figures give, where it has two of one unit.
fn own_figures(claim: &Understood, figure: &Figure, factor: &Factor) -> Option<Findings> {
    let usable: Vec<&Figure> = claim.beside.iter().filter(|other| other.low > 0.0).collect();
    let (a, b) = usable.iter().enumerate().find_map(|(index, first)| {
        let second = usable.get(index + 1..)?.iter().find(|second| {
            second.unit == first.unit || second.unit == Unit::None || first.unit == Unit::None
        })?;
        let differ = (first.low - second.low).abs() > 1e-9 || (first.high - second.high).abs() > 1e-9;
        (differ && (first.unit != Unit::None || second.unit != Unit::None)).then_some((*first, *second))
    })?;
    // A factor above one is that of the larger.
    let (a, b) = if (factor.low >= 1.0) == (a.high >= b.high) { (a, b) } else { (b, a) };
    let ratios = [a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high];
    let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
    let most = ratios.iter().copied().fold(0.0, f64::max);
    let slack = 0.03
        + if figure.rough { 0.05 } else { 0.0 }
        + (figure.half_digit / if figure.unit == Unit::Percent { 100.0 } else { 1.0 } / most.max(1e-9))
            .min(ROUNDED);
    // Two ranges that touch at an end alone do not say the same.
    let overlaps = |least: f64, most: f64| {
        let (least, most) = (least * (1.0 - slack), most * (1.0 + slack));
        let common = factor.high.min(most) - factor.low.max(least);
        common >= (factor.high - factor.low).min(most - least) * IN_COMMON
    };
    let right = overlaps(least, most) || overlaps(1.0 / most, 1.0 / least);
    let unit = if a.unit == Unit::None { b.unit } else { a.unit };
    let shown = |figure: &Figure| {
        if figure.high > figure.low {
            format!("{} to {}", show_figures(figure.low), show_figures(figure.high))
        } else {
            show_figures(figure.low)
        }
    };
    let result = if (most - least).abs() < 1e-9 {
        show_figures(least)
    } else {
        format!("{} to {}", show_figures(least), show_figures(most))
    };
    let reason = format!("{} ÷ {} {} = {result}", shown(a), shown(b), unit.label());
    let verdict = if right { ClaimVerdict::Plausible } else { ClaimVerdict::Wrong };
    Some(Findings::of("arithmetic", verdict, reason).bounded(a.low / b.low))
}
