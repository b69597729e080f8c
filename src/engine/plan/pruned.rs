//! Steps without what proves needless, in an order in which each does something, and none further than it has to go.

use super::idea::{Idea, To};
use super::search::{Search, Taken, changes_of};
use crate::spec::Setting;
use crate::units::Bytes;

impl Search<'_> {
    /// The same without what proves needless, the gravest damage first.
    pub(super) fn pruned(&self, mut taken: Vec<Taken>) -> Vec<Taken> {
        if !self.reaches(&taken) {
            return taken;
        }
        let mut order: Vec<&'static Idea> = taken.iter().map(|taken| taken.idea).collect();
        order.sort_by_key(|idea| std::cmp::Reverse(idea.damage));
        // Leaving one out can make another needless, so all are asked again until none is.
        loop {
            let before = taken.len();
            for idea in &order {
                let without: Vec<Taken> = taken.iter().filter(|taken| taken.idea != *idea).cloned().collect();
                if without.len() < taken.len() && self.reaches(&without) {
                    taken = without;
                }
            }
            if taken.len() == before {
                return self.ordered(self.no_further(taken));
            }
        }
    }

    /// The same with what changes neither memory nor the verdict where it stands behind what it needs for that.
    fn ordered(&self, mut taken: Vec<Taken>) -> Vec<Taken> {
        let Some(now) = self.at(&[]) else { return taken };
        for _ in 0..taken.len() {
            let (steps, _) = self.described(&now, &taken);
            let before = std::iter::once(now.1.fit.verdict).chain(steps.iter().map(|step| step.verdict));
            let idle = steps.iter().zip(before).position(|(step, before)| {
                step.delta == Bytes::ZERO && step.need == step.need_before && step.verdict == before
            });
            match idle {
                Some(at) if at + 1 < taken.len() && steps.len() == taken.len() => {
                    let step = taken.remove(at);
                    taken.push(step);
                }
                _ => return taken,
            }
        }
        taken
    }

    /// The same with what was moved as far as it goes, for want of others, moved back to where it fits with those.
    fn no_further(&self, mut taken: Vec<Taken>) -> Vec<Taken> {
        for at in 0..taken.len() {
            let Some(Taken { idea, changes }) = taken.get(at).cloned() else { continue };
            if !matches!(idea.to, To::MostOr(_)) {
                continue;
            }
            let others: Vec<Taken> = taken.iter().filter(|other| other.idea != idea).cloned().collect();
            let done = changes_of(&others);
            let Some(here) = self.at(&done) else { continue };
            let Some(setting) = Setting::find(&here.1.resolved.scenario, idea.key) else { continue };
            let Some(most) = self.most(setting, &here, &done) else { continue };
            let mut nearer = taken.clone();
            if let Some(change) = nearer.get_mut(at).and_then(|taken| taken.changes.first_mut()) {
                change.value = most.text;
            }
            if nearer.get(at).is_some_and(|taken| taken.changes != changes) && self.reaches(&nearer) {
                taken = nearer;
            }
        }
        taken
    }
}
