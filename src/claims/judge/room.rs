//! Memory: what a machine has, what of it a GPU may take, what a model needs, and whether it fits.

use std::sync::Arc;

use super::Judge;
use super::ask::{Keys, Said, formats};
use super::picked::{box_gb, list, note, sizes};
use super::speed::missing;
use crate::catalog::default_gpu_limit;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::figure::Relation;
use crate::claims::words::model::{ModelIs, ModelSaid};
use crate::engine::working::Detail;
use crate::engine::{PartName, Verdict, ceilings, nowhere};
use crate::spec::{Machine, Memory, Vendor};
use crate::units::{Bytes, show_figures, show_gib};

/// Tokens of context where a claim says none.
const CONTEXT: &str = "8192";
/// What a model may need more than its weights, before a figure is said to be too high.
const TOO_MUCH: f64 = 1.25;

impl Judge<'_> {
    /// Memory that a machine is said to have.
    pub(super) fn memory_size(&self, claim: &mut Understood) -> Findings {
        let Some(figure) = claim.figure.clone() else { return Findings::none("memory", "no figure is said") };
        if claim.low.contains("no apple") {
            return self.largest_of(Vendor::Apple, figure.high);
        }
        let Some(said) = claim.machine.clone() else {
            return Findings::none("memory", "it names no machine that the catalog has");
        };
        // The size is what is asked, so it chooses no machine.
        let mut any = said;
        any.memory = None;
        let picked = self.pick(&any, claim);
        let known = sizes(&picked.all);
        let Some(most) = known.last().copied() else {
            return Findings::none("memory", "no machine of that name is in the catalog");
        };
        let all = list(&known);
        let count = f64::from(any.count);
        let is_size = |value: f64| {
            known.iter().any(|size| (size - value).abs() < 1.0 || (size * count - value).abs() < 1.0)
        };
        let found = if is_size(figure.low) && is_size(figure.high) {
            Findings::of("memory", ClaimVerdict::Plausible, format!("{} comes with {all} GB", any.words))
        } else if figure.relation == Relation::AtLeast && figure.low <= most {
            Findings::of(
                "memory",
                ClaimVerdict::Plausible,
                format!("{} comes with up to {most} GB", any.words),
            )
        } else {
            Findings::of("memory", ClaimVerdict::Wrong, format!("{} comes with {all} GB", any.words))
        };
        found.bounded(most)
    }

    /// The most memory that a maker's machines have.
    fn largest_of(&self, vendor: Vendor, gb: f64) -> Findings {
        let of_maker = self.catalog.machines.iter().filter(|machine| machine.vendor == vendor);
        let largest = of_maker
            .filter_map(|machine| Some((box_gb(machine)?, machine)))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match largest {
            Some((most, machine)) if most > gb => Findings::of(
                "memory",
                ClaimVerdict::Wrong,
                format!("there is one with more: {}", machine.name),
            )
            .bounded(most),
            _ => Findings::of("memory", ClaimVerdict::Plausible, "no larger one is in the catalog"),
        }
    }

    /// The share of unified memory, or the gigabytes of it, that a GPU may take.
    pub(super) fn gpu_share(&self, claim: &mut Understood) -> Findings {
        let Some(figure) = claim.figure.clone() else { return Findings::none("memory", "no figure is said") };
        let percent = figure.unit == crate::claims::words::unit::Unit::Percent;
        let machine = self.machine_of(claim);
        if let Some(machine) = &machine
            && !percent
        {
            return share_of(machine, figure.low);
        }
        if !percent {
            return Findings::none("memory", "it names no machine that the catalog has");
        }
        // Of every size that Macs come with, as macOS sets it.
        let apple = self
            .catalog
            .machines
            .iter()
            .filter(|machine| machine.vendor == Vendor::Apple)
            .cloned()
            .collect::<Vec<_>>();
        let of = |gb: f64, macos: Option<u32>| {
            let total = Bytes::gib(gb);
            (default_gpu_limit(total, macos).0.best / total).get() * 100.0
        };
        let rows: Vec<(f64, f64)> = sizes(&apple)
            .into_iter()
            .filter(|gb| *gb <= 192.0)
            .flat_map(|gb| [(gb, of(gb, Some(15))), (gb, of(gb, Some(26)))])
            .collect();
        let (least, most) = rows
            .iter()
            .fold((100.0_f64, 0.0_f64), |(least, most), (_, share)| (least.min(*share), most.max(*share)));
        let outside =
            rows.iter().filter(|(_, share)| *share < figure.low - 1.0 || *share > figure.high + 1.0).count();
        let says = format!(
            "macOS lets the GPU take {:.0} % of 16 GB and {:.0} % of 128 GB today ({:.0} % up to 32 GB and {:.0} % above before macOS 26): {least:.0} to {most:.0} %, no single share",
            of(16.0, Some(26)),
            of(128.0, Some(26)),
            of(16.0, Some(15)),
            of(64.0, Some(15)),
        );
        let verdict = if figure.low > most + 5.0 || outside * 3 > rows.len() {
            ClaimVerdict::Wrong
        } else if outside > 0 {
            ClaimVerdict::Implausible
        } else {
            ClaimVerdict::Plausible
        };
        let raised = if figure.low > most {
            "; more only where the limit is raised by hand (iogpu.wired_limit_mb)"
        } else {
            ""
        };
        Findings::of("memory", verdict, format!("{says}{raised}")).bounded(most)
    }

    /// Memory that a model is said to need.
    pub(super) fn memory_needed(&self, claim: &mut Understood) -> Findings {
        let (Some(model), Some(figure)) = (claim.models.first().cloned(), claim.figure.clone()) else {
            return missing(claim);
        };
        if let ModelIs::Pipeline(_) = model.is {
            return Findings::none(
                "memory",
                "what it needs follows from its size, precision and what is kept, which are not said",
            );
        }
        let trains = Self::trains(claim);
        let machine = self.machine_of(claim);
        let keys = if trains {
            self.tune_keys(claim, &model, None)
        } else {
            let (formats, said) = formats(claim, machine.as_deref());
            if said == Said::Nothing {
                note(claim, "4 bits a weight assumed: none were said".to_owned());
            }
            formats.first().and_then(|format| self.chat_keys(claim, &model, format.key(), CONTEXT))
        };
        // A run that checkpoints its gradients and never writes all logits out needs less, and many do.
        let checkpointed = keys.as_ref().filter(|_| trains).and_then(|keys| {
            let mut keys = keys.clone();
            keys.push(("gradient_checkpointing", "true".to_owned()));
            keys.push(("chunked_loss", "true".to_owned()));
            let scenario = self.scenario(&keys)?;
            Some(nowhere(&scenario, Detail::Figures).budget.peak()?.total().low)
        });
        let Some(scenario) = keys.and_then(|keys| self.scenario(&keys)) else {
            return Findings::none("memory", "the model's layers are not known");
        };
        let budget = nowhere(&scenario, Detail::Figures).budget;
        let Some(peak) = budget.peak() else {
            return Findings::none("memory", "the model's layers are not known");
        };
        let total = peak.total();
        let total =
            crate::units::Band { low: checkpointed.map_or(total.low, |low| low.min(total.low)), ..total };
        let weights = peak.named(PartName::Weights).best;
        let (least, most) = (weights.as_gb().min(total.low.as_gb()), total.high.as_gb());
        let says = if trains {
            format!(
                "a run needs {} with gradient checkpointing and a chunked loss, up to {} without",
                show_gib(total.low),
                show_gib(total.high)
            )
        } else {
            format!(
                "its weights are {:.1} GB ({}), and with {CONTEXT} tokens of context it needs {}",
                weights.as_gb(),
                show_gib(weights),
                show_gib(total.best)
            )
        };
        let (verdict, reason) = if figure.high < least * 0.88 / 1.074 && figure.relation != Relation::AtLeast
        {
            (if trains { ClaimVerdict::Implausible } else { ClaimVerdict::Wrong }, says)
        } else if figure.low > most * TOO_MUCH && figure.relation != Relation::AtMost {
            (ClaimVerdict::Pessimistic, says)
        } else {
            (ClaimVerdict::Plausible, says)
        };
        let mut found = Findings::of("memory", verdict, reason).bounded(least);
        found.band = Some(total.map(Bytes::as_gb));
        found
    }

    /// Keys of a chat with a model.
    pub(super) fn chat_keys(
        &self,
        claim: &mut Understood,
        model: &ModelSaid,
        format: &str,
        context: &str,
    ) -> Option<Keys> {
        let mut keys = self.model_keys(model, claim)?;
        keys.push(("quantization", format.to_owned()));
        let said = claim.with.tokens.filter(|tokens| *tokens >= 256.0);
        keys.push(("context", said.map_or_else(|| context.to_owned(), |tokens| format!("{tokens:.0}"))));
        if let Some(runtime) = claim.runtime.as_ref().filter(|_| !claim.other_runtime) {
            keys.push(("runtime", runtime.runtime.key().to_owned()));
        }
        Some(keys)
    }

    /// Whether models fit a machine, or so many gigabytes.
    pub(super) fn fits(&self, claim: &mut Understood) -> Findings {
        // `70B in 128GB` of a machine that comes in several sizes: the size that is said.
        let room = claim.figure.as_ref().map(|figure| figure.low);
        let comes_so = |said: &crate::claims::words::machine::MachineSaid, gb: f64| {
            let places = said.places.iter().filter_map(|place| self.catalog.machines.get(*place));
            places.filter_map(|machine| box_gb(machine)).any(|size| (size - gb).abs() < 1.0)
        };
        if let (Some(said), Some(gb)) = (claim.machine.as_mut(), room)
            && said.memory.is_none()
            && comes_so(said, gb)
        {
            said.memory = Some(gb);
        }
        let machine = self.machine_of(claim);
        if let Some(machine) = &machine {
            self.settle_runtime(claim, machine);
        }
        let models = claim.models.clone();
        let (formats, said) = formats(claim, machine.as_deref());
        let trains = Self::trains(claim);
        if said == Said::Nothing && !trains {
            note(claim, "4 bits a weight assumed: none were said".to_owned());
        }
        let mut found = Findings::default();
        for model in &models {
            if matches!(model.is, ModelIs::Pipeline(_))
                || (model.is == ModelIs::Unknown && self.may_have_experts(model))
            {
                continue;
            }
            // Of the formats that may be meant, the one that agrees best.
            let mut best: Option<Findings> = None;
            for format in &formats {
                let keys = if trains {
                    self.tune_keys(claim, model, None)
                } else {
                    self.chat_keys(claim, model, format.key(), CONTEXT)
                };
                let Some(keys) = keys else { continue };
                let one = match &machine {
                    Some(machine) => self.fits_machine(&keys, machine, (model, claim.denied)),
                    None => self.fits_room(&keys, claim, model),
                };
                let grave = |found: &Findings| found.gravest().map(|finding| finding.verdict);
                if best.as_ref().is_none_or(|best| grave(&one) < grave(best)) {
                    best = Some(one);
                }
                if trains || best.as_ref().is_some_and(|best| grave(best) <= Some(ClaimVerdict::Plausible)) {
                    break;
                }
            }
            found = found.and(best.unwrap_or_default());
        }
        if found.list.is_empty() { missing(claim) } else { found }
    }

    fn fits_machine(
        &self,
        keys: &Keys,
        machine: &Arc<Machine>,
        (model, denied): (&ModelSaid, bool),
    ) -> Findings {
        let Some(estimate) = self.estimate(keys, machine) else { return Findings::default() };
        let Some(deciding) = estimate.fit.deciding() else {
            return Findings::of(
                "capacity",
                ClaimVerdict::NotCheckable,
                "it does not run there as it is asked",
            );
        };
        let has = format!(
            "{} needs {}, and {} has {} for it",
            model.words,
            show_gib(deciding.need.best),
            machine.name,
            show_gib(deciding.ceiling.bytes.best)
        );
        let verdict = match (estimate.fit.verdict, denied) {
            (Verdict::Fits | Verdict::Tight, false)
            | (Verdict::DoesNotFit | Verdict::CannotRun, true)
            | (Verdict::Uncertain, _) => ClaimVerdict::Plausible,
            (Verdict::Fits | Verdict::Tight, true) => ClaimVerdict::Wrong,
            (Verdict::DoesNotFit | Verdict::CannotRun, false) => {
                let mut raised = keys.clone();
                raised.push(("raised_limit", "4000GiB".to_owned()));
                let unified = matches!(machine.memory.value(), Memory::Unified { .. });
                let more = if unified { self.estimate(&raised, machine) } else { None };
                if more.is_some_and(|estimate| estimate.fit.verdict != Verdict::DoesNotFit) {
                    let reason = format!("{has}; it fits with the GPU's limit raised");
                    return Findings::of("capacity", ClaimVerdict::Plausible, reason);
                }
                ClaimVerdict::Impossible
            }
        };
        let tight = if estimate.fit.verdict == Verdict::Tight { ": tight" } else { "" };
        let unsure = if estimate.fit.verdict == Verdict::Uncertain { ": close to the limit" } else { "" };
        Findings::of("capacity", verdict, format!("{has}{tight}{unsure}"))
            .bounded(deciding.ceiling.bytes.best.as_gb())
    }

    fn fits_room(&self, keys: &Keys, claim: &Understood, model: &ModelSaid) -> Findings {
        let Some(room) = claim.figure.as_ref().map(|figure| figure.low) else { return missing(claim) };
        let Some(scenario) = self.scenario(keys) else { return Findings::default() };
        let budget = nowhere(&scenario, Detail::Figures).budget;
        let Some(total) = budget.peak().map(crate::engine::Phase::total) else { return Findings::default() };
        let mac =
            ["mac", "macs", "apple", "unified"].iter().any(|word| crate::claims::scan::has(&claim.low, word));
        let has = if mac { default_gpu_limit(Bytes::gib(room), Some(26)).0.best } else { Bytes::gib(room) };
        let says = format!(
            "{} needs {} with {CONTEXT} tokens of context; {room:.0} GB have {} for it",
            model.words,
            show_gib(total.best),
            show_gib(has)
        );
        let verdict = match (total.low <= has, total.high > has, claim.denied) {
            (true, _, false) | (false, _, true) | (true, true, true) => ClaimVerdict::Plausible,
            (true, false, true) => ClaimVerdict::Wrong,
            (false, _, false) => ClaimVerdict::Impossible,
        };
        Findings::of("capacity", verdict, says).bounded(total.best.as_gb())
    }

    /// The largest model that a machine is said to hold.
    pub(super) fn largest_model(&self, claim: &mut Understood) -> Findings {
        let Some(machine) = self.machine_of(claim) else {
            return Findings::none("capacity", "it names no machine that the catalog has");
        };
        let Some(figure) = claim.figure.clone() else { return missing(claim) };
        let billions = figure.high;
        let room = |claim: &mut Understood, billions: f64| {
            let said = sized(billions);
            let (formats, _) = formats(claim, Some(&machine));
            let one = |format: &crate::spec::Quantization, claim: &mut Understood| {
                let keys = self.chat_keys(claim, &said, format.key(), "4096")?;
                Some(self.fits_machine(&keys, &machine, (&said, false)))
            };
            let all: Vec<Findings> = formats.iter().filter_map(|format| one(format, claim)).collect();
            all.into_iter().min_by_key(|found| found.gravest().map(|finding| finding.verdict))
        };
        let Some(found) = room(claim, billions) else { return missing(claim) };
        let is_most = claim.low.contains("max") || figure.relation == Relation::AtMost;
        let fits = !found.list.iter().any(|finding| finding.verdict == ClaimVerdict::Impossible);
        if fits && is_most && figure.relation != Relation::AtLeast {
            let more = room(claim, billions * 1.5);
            let reason = more
                .filter(|more| !more.list.iter().any(|finding| finding.verdict == ClaimVerdict::Impossible));
            if reason.is_some() {
                let reason = format!("{} billion parameters in 4 bit fit too", show_figures(billions * 1.5));
                return Findings::of("capacity", ClaimVerdict::Pessimistic, reason);
            }
        }
        found
    }
}

/// A model of so many billions of parameters, without a name.
pub(super) fn sized(billions: f64) -> ModelSaid {
    ModelSaid {
        words: format!("{billions}B"),
        name: crate::claims::words::model_name::ModelName::default(),
        is: ModelIs::Size(billions),
        assumed: None,
        start: 0,
        end: 0,
    }
}

/// Gigabytes that a GPU is said to have of a machine.
fn share_of(machine: &Machine, gb: f64) -> Findings {
    let limits = ceilings(machine, &crate::spec::Setup::default());
    let Some(limit) = limits.iter().find(|ceiling| ceiling.decides) else {
        return Findings::none("memory", "what the system leaves to the GPU is not known");
    };
    let bytes = limit.bytes;
    let says = format!(
        "{} of {} by default",
        show_gib(bytes.best),
        show_gib(machine.memory.value().capacity().unwrap_or(bytes.best))
    );
    let verdict = if gb > bytes.high.as_gib() * 1.074 + 1.0 {
        ClaimVerdict::Wrong
    } else if gb < bytes.low.as_gib() * 0.85 {
        ClaimVerdict::Pessimistic
    } else {
        ClaimVerdict::Plausible
    };
    Findings::of("memory", verdict, says).bounded(bytes.best.as_gib())
}
