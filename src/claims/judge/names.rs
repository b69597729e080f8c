//! Whether there is what a claim names.

use super::Judge;
use crate::claims::facts::Sizes;
use crate::claims::understood::Understood;
use crate::claims::verdict::{ClaimVerdict, Findings};
use crate::claims::words::machine::MachineSaid;
use crate::claims::words::model::{ModelIs, ModelSaid};
use crate::units::show_figures;

impl Judge<'_> {
    /// Machines and models of a claim that there are none of.
    pub(super) fn names(&self, claim: &Understood) -> Findings {
        let mut found = Findings::default();
        for machine in claim.machine.iter().chain(&claim.over) {
            found = found.and(self.machine_exists(machine, claim));
        }
        for model in &claim.models {
            found = found.and(self.model_exists(model));
        }
        found
    }

    fn machine_exists(&self, said: &MachineSaid, claim: &Understood) -> Findings {
        let Some(unknown) = &said.unknown else { return self.pick(said, claim).findings };
        let name = &unknown.name;
        if let Some(absent) = self.facts.absent(&unknown.key) {
            let reason = format!("there is no {}: {} ({})", absent.name, absent.reason, absent.from.words());
            let verdict = if claim.denied { ClaimVerdict::Plausible } else { ClaimVerdict::Wrong };
            return Findings::of("machine", verdict, reason);
        }
        let data = self.catalog.data_of();
        match &unknown.beside {
            // A name of a known line with a word behind it that none of the line has.
            Some(beside) => {
                let reason = format!("no {name} is known, as of {data}; {beside} is");
                let verdict = if claim.denied { ClaimVerdict::Plausible } else { ClaimVerdict::Wrong };
                Findings::of("machine", verdict, reason)
            }
            None => Findings::of("machine", ClaimVerdict::Wrong, format!("no {name} is known, as of {data}")),
        }
    }

    /// Whether a model came in the size that is said.
    fn model_exists(&self, said: &ModelSaid) -> Findings {
        if said.is != ModelIs::Unknown {
            return Findings::default();
        }
        let name = &said.name;
        let same = |sizes: &&Sizes| {
            sizes.head == name.head
                && sizes.version.as_deref() == name.version.as_deref()
                && sizes.tag.as_ref().is_none_or(|tag| name.tags.contains(tag))
                && (sizes.tag.is_some() || !name.tags.iter().any(|tag| tag.starts_with(['v', 'r', 'k'])))
        };
        let listed = self.facts.families.iter().find(same);
        let list = |sizes: &[f64]| {
            sizes
                .iter()
                .map(|size| {
                    format!("{}B", show_figures(*size).trim_end_matches(".00").trim_end_matches(".0"))
                })
                .collect::<Vec<_>>()
                .join(", ")
        };
        match (listed, name.size) {
            (Some(sizes), Some(size))
                if sizes.sizes.iter().any(|known| (known - size).abs() <= 0.02 * known) =>
            {
                Findings::none(
                    "model",
                    format!(
                        "{} is none of the catalog; {} came in {}",
                        said.words,
                        sizes.name,
                        list(&sizes.sizes)
                    ),
                )
            }
            (Some(sizes), Some(_)) => Findings::of(
                "model",
                ClaimVerdict::Wrong,
                format!(
                    "there is no {}: {} came in {} ({})",
                    said.words,
                    sizes.name,
                    list(&sizes.sizes),
                    sizes.from.words()
                ),
            ),
            _ => {
                let sizes = self.lexicon.models.sizes(name);
                let known =
                    if sizes.is_empty() { String::new() } else { format!("; known are {}", list(&sizes)) };
                Findings::none(
                    "model",
                    format!("{} is none of the catalog as of {}{known}", said.words, self.catalog.data_of()),
                )
            }
        }
    }

    /// Whether a model is known not to be one that computes every weight for each token.
    pub(super) fn may_have_experts(&self, said: &ModelSaid) -> bool {
        said.name.active.is_some()
            || self.facts.families.iter().any(|sizes| {
                sizes.head == said.name.head
                    && sizes.version.as_deref() == said.name.version.as_deref()
                    && sizes.experts
                    && sizes.tag.as_ref().is_none_or(|tag| said.name.tags.contains(tag))
                    && said.name.size.is_some_and(|size| {
                        sizes.sizes.iter().any(|known| (known - size).abs() <= 0.02 * known)
                    })
            })
    }
}
