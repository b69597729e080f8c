//! Every idea in its order, until it fits: what helps is taken, and what saves too little by itself is tried with others.

use super::after::laid_over;
use super::idea::{Damage, IDEAS, Idea, To};
use super::not_offered::{NotOffered, Why};
use super::search::{At, Search, Taken, changes_of, lowers};
use crate::engine::solve::{Change, fits};

/// Which damage is taken.
pub(super) type Allowed<'f> = &'f dyn Fn(Damage) -> bool;

impl Search<'_> {
    /// Every idea in its order, until it fits; where it does not, or for money alone, the same without pairs, which can stand
    /// in the way of what comes after them.
    pub(super) fn tried_in_order(
        &self,
        now: &At,
        allowed: Allowed<'_>,
        not_offered: &mut Vec<NotOffered>,
    ) -> Vec<Taken> {
        let mut told = Vec::new();
        let with_pairs = self.greedy((now, true), allowed, &mut told);
        let reaches = self.reaches(&with_pairs);
        let costs = |taken: &[Taken]| taken.iter().any(|taken| taken.idea.damage == Damage::Money);
        if reaches && !costs(&with_pairs) {
            not_offered.extend(told);
            return with_pairs;
        }
        let mut told_alone = Vec::new();
        let alone = self.greedy((now, false), allowed, &mut told_alone);
        let better = self.reaches(&alone) && (!reaches || !costs(&alone));
        let (taken, told) = if better { (alone, told_alone) } else { (with_pairs, told) };
        not_offered.extend(told);
        taken
    }

    /// Every idea in its order, until it fits.
    fn greedy(
        &self,
        (now, pairs): (&At, bool),
        allowed: Allowed<'_>,
        not_offered: &mut Vec<NotOffered>,
    ) -> Vec<Taken> {
        let mut taken: Vec<Taken> = Vec::new();
        let mut here = now.clone();
        // What saves too little by itself may save enough with another, or after others.
        let mut idle: Vec<Taken> = Vec::new();
        let here_at_all = |idea: &&Idea| allowed(idea.damage) && idea.to != To::NextMachine;
        for idea in IDEAS.iter().filter(here_at_all) {
            let done = changes_of(&taken);
            let found = match self.tried(idea, &here, &done) {
                Ok(found) => found,
                Err(why) => {
                    let tried = idle_of(idea, &why);
                    not_offered.push(why);
                    let found = tried
                        .as_ref()
                        .filter(|_| pairs)
                        .and_then(|tried| self.paired(tried, &idle, &here, &done));
                    idle.extend(tried.filter(|_| found.is_none()));
                    found
                }
            };
            let Some((changes, next)) = found else { continue };
            if take(&mut taken, &mut idle, (idea, changes), &next) {
                return taken;
            }
            here = next;
            // Before anything graver, what was idle may help now.
            for Taken { idea, .. } in idle.clone() {
                let Ok(Some((changes, next))) = self.tried(idea, &here, &changes_of(&taken)) else {
                    continue;
                };
                if take(&mut taken, &mut idle, (idea, changes), &next) {
                    return taken;
                }
                here = next;
            }
        }
        taken
    }

    /// What saves too little by itself with another that does: the changes of both where they save enough.
    fn paired(&self, tried: &Taken, idle: &[Taken], here: &At, done: &[Change]) -> Option<(Vec<Change>, At)> {
        let others = idle.iter().filter(|other| other.idea.key != tried.idea.key);
        let mut pairs = others.map(|other| {
            let both: Vec<Change> = tried.changes.iter().chain(&other.changes).cloned().collect();
            let next = self.at(&laid_over(done, &both));
            (both, next)
        });
        pairs.find_map(|(both, next)| {
            let next = next.filter(|next| next.1.resolved.refusal.is_none())?;
            (fits(&next.1.fit) || lowers(here, &next)).then_some((both, next))
        })
    }
}

/// What is tried again with others: a setting of one value that saves too little by itself, and costs no money.
fn idle_of(idea: &'static Idea, why: &NotOffered) -> Option<Taken> {
    let little = matches!(why.why, Why::SavesNothing | Why::SavesOnly(_));
    let alone = matches!(idea.to, To::Value(_)) && idea.damage < Damage::Less;
    (little && alone).then(|| Taken { idea, changes: vec![Change::new(idea.key, why.value.as_str())] })
}

/// Takes a step in place of one of its key, and says whether it fits then.
fn take(
    taken: &mut Vec<Taken>,
    idle: &mut Vec<Taken>,
    (idea, changes): (&'static Idea, Vec<Change>),
    next: &At,
) -> bool {
    idle.retain(|other| changes.iter().all(|change| change.key != other.idea.key));
    taken.retain(|before| before.idea.key != idea.key);
    taken.push(Taken { idea, changes });
    fits(&next.1.fit)
}
