//! Other ways than the gentlest: the shortest, the best, the fastest, and what people would think of first.

use super::greedy::Allowed;
use super::idea::{Damage, IDEAS, To};
use super::search::{Alternative, At, Search, Taken};
use super::step::Step;
use crate::engine::solve::fits;

/// Ways of one step that are told beside the plan, each with its key.
const OF_ONE_STEP: [(&str, &str); 5] = [
    ("fewer bits", "quantization"),
    ("smaller model", "model"),
    ("sampled neighbors", "sampling"),
    ("more devices", "devices"),
    ("next machine", "machine"),
];

/// The speed after steps over the speed before them; as before where it is unknown.
fn pace(steps: &[Step]) -> f64 {
    steps.iter().filter_map(|step| step.speed).product()
}

impl Search<'_> {
    /// Every other way that fits and is not the plan itself.
    pub(super) fn other_ways(
        &self,
        now: &At,
        (gentle, steps): (&[Taken], &[Step]),
        other: &[Taken],
    ) -> Vec<Alternative> {
        let mut ways: Vec<Alternative> = Vec::new();
        if let Some(short) = self.fewest(now, &|_| true)
            && short.len() < gentle.len()
        {
            let (steps, reaches) = self.described(now, &short);
            ways.push(Alternative { name: "shortest", steps, reaches });
        }
        if other != gentle && !other.is_empty() {
            let (others, reaches) = self.described(now, other);
            let keeps = other.iter().all(|taken| taken.idea.damage.keeps_quality());
            let faster = pace(&others) > pace(steps);
            let known = ways.iter_mut().find(|known| known.steps == others);
            match known {
                Some(known) if keeps => known.name = "shortest, best quality",
                None if reaches.fits() && keeps => {
                    ways.push(Alternative { name: "best quality", steps: others, reaches });
                }
                None if reaches.fits() && faster => {
                    ways.push(Alternative { name: "faster", steps: others, reaches });
                }
                _ => {}
            }
        }
        for (name, key) in OF_ONE_STEP {
            let Some(alone) = self.alone(key, now).filter(|alone| alone.idea.to != To::FewerPaths) else {
                continue;
            };
            let (other, reaches) = self.described(now, &[alone]);
            if reaches.fits() && other != steps && ways.iter().all(|known| known.steps != other) {
                ways.push(Alternative { name, steps: other, reaches });
            }
        }
        ways
    }

    /// The fewest steps of some damage: one that does it alone, the gentlest of those; else the two that do.
    pub(super) fn fewest(&self, now: &At, allowed: Allowed<'_>) -> Option<Vec<Taken>> {
        let mut useful: Vec<(Taken, At)> = Vec::new();
        let here = || IDEAS.iter().filter(|idea| idea.to != To::NextMachine && allowed(idea.damage));
        for idea in here() {
            if let Ok(Some((changes, next))) = self.tried(idea, now, &[]) {
                let taken = Taken { idea, changes };
                if fits(&next.1.fit) && idea.damage != Damage::Money {
                    return Some(vec![taken]);
                }
                useful.push((taken, next));
            }
        }
        for (first, at) in &useful {
            for idea in here().filter(|idea| idea.key != first.idea.key) {
                if let Ok(Some((changes, next))) = self.tried(idea, at, &first.changes)
                    && fits(&next.1.fit)
                {
                    return Some(vec![first.clone(), Taken { idea, changes }]);
                }
            }
        }
        None
    }
}
