//! Which machine of the catalog a claim means.

use std::sync::Arc;

use super::Judge;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::machine::MachineSaid;
use crate::spec::{Form, Machine, Memory, Offer, Vendor};
use crate::units::{show_grouped, whole};

/// The machines that a name and what is said with it leave.
#[derive(Clone, Debug, Default)]
pub(super) struct Picked {
    /// Those that are left, the one that is taken first.
    pub(super) all: Vec<Arc<Machine>>,
    /// What does not exist of what was said with the name.
    pub(super) findings: Findings,
    /// What was taken for granted.
    pub(super) assumed: Option<String>,
}

impl Picked {
    /// The machine that is taken.
    pub(super) fn machine(&self) -> Option<&Arc<Machine>> {
        self.all.first()
    }
}

/// Memory in what the box calls GB.
pub(super) fn box_gb(machine: &Machine) -> Option<f64> {
    machine.memory.value().capacity().map(crate::units::Bytes::as_gib)
}

impl Judge<'_> {
    /// The machine that a claim is about, as it is taken.
    pub(super) fn machine_of(&self, claim: &mut Understood) -> Option<Arc<Machine>> {
        let said = claim.machine.clone()?;
        let picked = self.pick(&said, claim);
        if let Some(assumed) = picked.assumed.clone() {
            note(claim, assumed);
        }
        let machine = picked.machine().cloned()?;
        Some(if said.count > 1 { Arc::new(machine.named_with_devices(said.count)) } else { machine })
    }

    /// The machines that a name may mean, the fastest and largest first.
    pub(super) fn pick(&self, said: &MachineSaid, claim: &Understood) -> Picked {
        let all: Vec<Arc<Machine>> =
            said.places.iter().filter_map(|place| self.catalog.machines.get(*place)).cloned().collect();
        let mut picked = Picked { all, ..Picked::default() };
        if picked.all.is_empty() {
            return picked;
        }
        let is_laptop =
            |machine: &Machine| machine.body.form.as_ref().is_some_and(|form| *form.value() == Form::Laptop);
        // Other forms are a part of what a machine is sold as: Ti, Super, Mini, Studio.
        let is = |machine: &Machine, form: &str| match form {
            "laptop" => is_laptop(machine),
            _ => machine.name.to_lowercase().contains(form),
        };
        for form in &said.forms {
            keep(&mut picked.all, |machine| is(machine, form));
        }
        if !said.forms.contains(&"laptop") {
            // MacBooks are what people mean by a chip of Apple's as well.
            keep(&mut picked.all, |machine| machine.vendor == Vendor::Apple || !is_laptop(machine));
        }
        keep(&mut picked.all, |machine| !matches!(machine.offer, Some(Offer::Rent(_))));
        let discrete = picked
            .all
            .first()
            .is_some_and(|machine| matches!(machine.memory.value(), Memory::Discrete { .. }));
        if let Some(memory) = said.memory {
            let sizes = sizes(&picked.all);
            let whole = memory / f64::from(said.count.max(1));
            let has = |machine: &Arc<Machine>| {
                box_gb(machine).is_some_and(|gb| (gb - memory).abs() < 1.0 || (gb - whole).abs() < 1.0)
            };
            if picked.all.iter().any(has) {
                picked.all.retain(has);
            } else if !(discrete && memory > 24.0 && claim.low.contains("ram"))
                && claim.quantity != crate::claims::quantity::Quantity::MemorySize
            {
                picked.findings = picked.findings.and(Findings::of(
                    "machine",
                    if claim.denied { ClaimVerdict::Plausible } else { ClaimVerdict::Wrong },
                    format!("there is no {} with {memory} GB; it comes with {}", said.words, list(&sizes)),
                ));
            }
        }
        if let Some(cores) =
            said.cores.filter(|_| picked.all.iter().any(|machine| machine.gpu_cores.is_some()))
        {
            let known = cores_of(&picked.all);
            if picked.all.iter().any(|machine| machine.gpu_cores == Some(cores)) {
                picked.all.retain(|machine| machine.gpu_cores == Some(cores));
            } else if claim.quantity != crate::claims::quantity::Quantity::GpuCores {
                picked.findings = picked.findings.and(Findings::of(
                    "machine",
                    ClaimVerdict::Wrong,
                    format!(
                        "there is no {} with {cores} GPU cores; it comes with {}",
                        said.words,
                        list(&known)
                    ),
                ));
            }
        }
        // The best there is by that name, so that nothing is called impossible that some machine of the name could do.
        let speed = |machine: &Machine| machine.bandwidth.as_ref().map_or(0.0, |figure| figure.value().get());
        let size =
            |machine: &Machine| machine.memory.value().capacity().map_or(0.0, crate::units::Bytes::get);
        let is_chip = |machine: &Machine| said.forms.is_empty() && machine.devices == 1 && is_base(machine);
        picked.all.sort_by(|a, b| {
            is_chip(b)
                .cmp(&is_chip(a))
                .then_with(|| speed(b).total_cmp(&speed(a)))
                .then_with(|| size(b).total_cmp(&size(a)))
                .then_with(|| b.gpu_cores.cmp(&a.gpu_cores))
        });
        let first = picked.machine().cloned();
        if let Some(first) = first.filter(|first| differ(&picked.all, first)) {
            picked.assumed = Some(format!("{} taken as {}", said.words, first.name));
        }
        picked
    }
}

/// A machine that stands for its chip: no computer that is sold under a name of its own.
fn is_base(machine: &Machine) -> bool {
    let id = &machine.id;
    !["mac-", "macbook-", "imac-", "rent-", "dgx-a", "dgx-h", "dgx-b"]
        .iter()
        .any(|start| id.starts_with(start))
}

/// Whether the machines of a name differ in what speed and room follow from.
fn differ(all: &[Arc<Machine>], first: &Machine) -> bool {
    all.iter().any(|machine| {
        box_gb(machine) != box_gb(first)
            || machine.bandwidth.as_ref().map(|figure| figure.value().get())
                != first.bandwidth.as_ref().map(|figure| figure.value().get())
    })
}

/// Keeps those that are so, where any are.
fn keep(all: &mut Vec<Arc<Machine>>, is_so: impl Fn(&Machine) -> bool) {
    if all.iter().any(|machine| is_so(machine)) {
        all.retain(|machine| is_so(machine));
    }
}

/// The memory sizes of some machines.
pub(super) fn sizes(all: &[Arc<Machine>]) -> Vec<f64> {
    let mut sizes: Vec<f64> = all.iter().filter_map(|machine| box_gb(machine)).map(f64::round).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    sizes
}

/// The numbers of GPU cores of some machines.
pub(super) fn cores_of(all: &[Arc<Machine>]) -> Vec<f64> {
    let mut cores: Vec<f64> = all.iter().filter_map(|machine| machine.gpu_cores).map(f64::from).collect();
    cores.sort_by(f64::total_cmp);
    cores.dedup();
    cores
}

/// `36, 48, 64 or 128`.
pub(super) fn list(values: &[f64]) -> String {
    let word = |value: &f64| {
        // Thousands are set apart, as everywhere else.
        if *value >= 1000.0 { show_grouped(whole(value.round())) } else { value.to_string() }
    };
    let words: Vec<String> = values.iter().map(word).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// Says once what was taken for granted.
pub(super) fn note(claim: &mut Understood, words: String) {
    if !claim.assumed.contains(&words) {
        claim.assumed.push(words);
    }
}

impl Judge<'_> {
    /// The id of the machine that a claim names, with how many of it: `2x rtx-3090-24gb`.
    pub(in crate::claims) fn machine_named(&self, claim: &mut Understood) -> Option<String> {
        self.machine_of(claim).map(|machine| machine.id.clone())
    }
}
