//! What chips have: bandwidth, cores, clocks, power.

use super::Judge;
use super::picked::{Picked, cores_of, list};
use crate::claims::quantity::Quantity;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::figure::{Figure, Relation};
use crate::claims::words::machine::{MachineSaid, key};
use crate::units::show_figures;

/// How far a figure may lie from a fact and still be the same one, rounded.
const SAME: f64 = 0.015;

/// Whether a figure says a value: to its last digit, or nearly where it is said to be rough.
pub(super) fn says(figure: &Figure, value: f64) -> bool {
    let slack = (SAME * value).max(figure.half_digit.min(0.06 * value))
        + if figure.rough { 0.06 * value } else { 0.0 };
    figure.low - slack <= value && value <= figure.high + slack
}

impl Judge<'_> {
    /// The machines that a claim may be about, whatever size and cores it says; none where it names none.
    pub(super) fn all_of(&self, claim: &Understood) -> Option<(MachineSaid, Picked)> {
        let said = claim.machine.clone()?;
        let picked = self.pick(&said, claim);
        (!picked.all.is_empty()).then_some((said, picked))
    }

    /// Names that facts know a machine by: what the text said, and its chip.
    pub(super) fn fact_names(&self, claim: &Understood) -> Vec<String> {
        let Some(said) = &claim.machine else { return Vec::new() };
        let mut names = vec![key(&said.words)];
        let picked = self.pick(said, claim);
        for machine in &picked.all {
            names.push(key(&machine.chip));
            names.push(key(&machine.name));
        }
        names.sort();
        names.dedup();
        names
    }

    /// Memory bandwidth.
    pub(super) fn bandwidth(&self, claim: &mut Understood) -> Findings {
        let Some((said, picked)) = self.all_of(claim) else {
            return Findings::none("bandwidth", "it names no machine that the catalog has");
        };
        let Some(figure) = claim.figure.clone() else {
            return Findings::none("bandwidth", "no figure is said");
        };
        let mut known: Vec<f64> = picked
            .all
            .iter()
            .filter_map(|machine| machine.bandwidth.as_ref())
            .map(|figure| figure.value().as_gb_per_s())
            .collect();
        known.sort_by(f64::total_cmp);
        known.dedup_by(|a, b| (*a - *b).abs() < 0.5);
        let Some(most) = known.last().copied() else {
            return Findings::none("bandwidth", "the catalog has no bandwidth of it");
        };
        let count = f64::from(said.count);
        let all = list(&known.iter().map(|value| (value * 10.0).round() / 10.0).collect::<Vec<_>>());
        let matched =
            known.iter().any(|value| says(&figure, *value) || (count > 1.0 && says(&figure, value * count)));
        let own = if matched || (figure.relation == Relation::AtLeast && figure.low <= most) {
            Findings::of("bandwidth", ClaimVerdict::Plausible, format!("{} has {all} GB/s", said.words))
        } else {
            Findings::of("bandwidth", ClaimVerdict::Wrong, format!("{} has {all} GB/s", said.words))
        };
        own.bounded(most).and(self.above_other(claim, figure.low))
    }

    /// A bandwidth that is said to be above that of another machine.
    fn above_other(&self, claim: &Understood, value: f64) -> Findings {
        let Some(over) = &claim.over else { return Findings::default() };
        let picked = self.pick(over, claim);
        let mut theirs: Vec<f64> = picked
            .all
            .iter()
            .filter_map(|machine| machine.bandwidth.as_ref())
            .map(|figure| figure.value().as_gb_per_s())
            .collect();
        theirs.sort_by(f64::total_cmp);
        theirs.dedup_by(|a, b| (*a - *b).abs() < 0.5);
        let Some(least) = theirs.first().copied() else { return Findings::default() };
        let all = list(&theirs);
        if value > least {
            Findings::of("comparison", ClaimVerdict::Plausible, format!("{} has {all} GB/s", over.words))
        } else {
            let reason =
                format!("{} has {all} GB/s, which {} does not exceed", over.words, show_figures(value));
            Findings::of("comparison", ClaimVerdict::Wrong, reason)
        }
    }

    /// GPU cores.
    pub(super) fn gpu_cores(&self, claim: &mut Understood) -> Findings {
        let Some(mut said) = claim.machine.clone() else {
            return Findings::none("cores", "it names no machine that the catalog has");
        };
        said.cores = None;
        let picked = self.pick(&said, claim);
        let known = cores_of(&picked.all);
        let (Some(figure), false) = (claim.figure.clone(), known.is_empty()) else {
            return Findings::none("cores", "the catalog has no count of its GPU cores");
        };
        let has = |value: f64| known.iter().any(|known| (known - value).abs() < 0.5);
        let right = has(figure.low) && has(figure.high);
        let verdict = if right { ClaimVerdict::Plausible } else { ClaimVerdict::Wrong };
        Findings::of("cores", verdict, format!("{} has {} GPU cores", said.words, list(&known)))
    }

    /// A figure of a chip that facts have.
    pub(super) fn spec(&self, claim: &mut Understood) -> Findings {
        let Some(figure) = claim.figure.clone() else { return Findings::none("figure", "no figure is said") };
        // `(40-core)` of a machine whose GPU has so many.
        if claim.quantity == Quantity::CpuCores && !claim.low.contains("cpu") {
            let gpu = self.gpu_cores(claim);
            if gpu.gravest().is_some_and(|finding| finding.verdict == ClaimVerdict::Plausible) {
                claim.quantity = Quantity::GpuCores;
                return gpu;
            }
        }
        let names = self.fact_names(claim);
        let known: Vec<_> = self.facts.specs(claim.quantity.key(), &names).collect();
        let Some(first) = known.first() else {
            let what = claim.quantity.label();
            return Findings::none("figure", format!("the catalog has no {what} of it"));
        };
        let values: Vec<f64> = known.iter().flat_map(|spec| spec.values.clone()).collect();
        let right = values.iter().any(|value| says(&figure, *value))
            || (figure.relation == Relation::AtMost
                && values.iter().any(|value| *value >= figure.low * 0.98));
        let note = first.note.as_ref().map_or_else(String::new, |note| format!(" {note}"));
        let reason = format!("{}: {}{note} ({})", claim.quantity.label(), list(&values), first.from.words());
        let verdict = if right { ClaimVerdict::Plausible } else { ClaimVerdict::Wrong };
        Findings::of("figure", verdict, reason)
    }

    /// Power under load or idle.
    pub(super) fn power(&self, claim: &mut Understood) -> Findings {
        let Some(figure) = claim.figure.clone() else { return Findings::none("power", "no figure is said") };
        let Some(machine) = self.machine_of(claim) else {
            return Findings::none("power", "it names no machine that the catalog has");
        };
        let names = self.fact_names(claim);
        let idle = claim.quantity == Quantity::IdlePower;
        let supply = self
            .facts
            .specs("power_supply", &names)
            .next()
            .map(|spec| (spec.values.iter().copied().fold(0.0, f64::max), spec.from.words()));
        if let Some((supply, from)) = supply.filter(|(supply, _)| figure.low > supply * 1.02) {
            let reason = format!("its power supply delivers {supply:.0} W at most ({from})");
            return Findings::of("power", ClaimVerdict::Impossible, reason).bounded(supply);
        }
        let measured: Vec<_> =
            self.facts.specs(if idle { "idle_power_measured" } else { "power_measured" }, &names).collect();
        let fact = if idle { machine.idle.as_ref() } else { machine.load.as_ref() };
        let mut values: Vec<f64> = measured.iter().flat_map(|spec| spec.values.clone()).collect();
        let maker = fact.map(|figure| figure.value().get());
        values.extend(maker);
        let Some(most) = values.iter().copied().reduce(f64::max) else {
            return Findings::none("power", "the catalog has no power of it");
        };
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let of_maker = maker.map_or_else(String::new, |watts| {
            format!("{} W {}", show_figures(watts), if idle { "idle" } else { "under load" })
        });
        let of_others = measured.first().map_or_else(String::new, |spec| {
            let note = spec.note.as_deref().unwrap_or("measured");
            format!(
                "; {} to {} W {note} ({})",
                show_figures(spec.values.iter().copied().fold(f64::INFINITY, f64::min)),
                show_figures(spec.values.iter().copied().fold(0.0, f64::max)),
                spec.from.words()
            )
        });
        let whole_rig = ["rig", "pc", "system", "workstation", "wall", "whole"]
            .iter()
            .any(|word| crate::claims::scan::has(&claim.low, word));
        let room = if whole_rig { 350.0 } else { 0.0 };
        let exact = if measured.is_empty() { 0.6 } else { 0.85 };
        let reason = format!("{of_maker}{of_others}");
        let verdict = if figure.low > (most + room) * 1.25 {
            ClaimVerdict::Implausible
        } else if figure.high < least * exact && figure.relation != Relation::AtLeast {
            if measured.is_empty() { ClaimVerdict::Implausible } else { ClaimVerdict::Wrong }
        } else {
            ClaimVerdict::Plausible
        };
        Findings::of("power", verdict, reason.trim_start_matches("; ")).bounded(most)
    }
}
