//! Steps that end on another machine: which one, and what is done before it where it alone is not enough.

use std::sync::Arc;

use super::greedy::Allowed;
use super::idea::{Damage, IDEAS, To};
use super::not_offered::{NotOffered, Why};
use super::search::{At, Search, Taken, changes_of};
use crate::engine::Question;
use crate::engine::solve::{Change, fits};
use crate::spec::{Machine, Offer};

/// What is given up before another machine, the least first.
const GIVEN_UP: [Damage; 5] =
    [Damage::Slower, Damage::Slight, Damage::Less, Damage::MuchSlower, Damage::Quality];

/// Where a machine stands among those that hold it: those to buy first and those that are sold no more last, those of the
/// same kind, the least expensive.
type Place = (u8, bool, f64);

impl Search<'_> {
    /// Steps that reach the verdict, or else the machine that needs none of them, or else the machine that they reach it on;
    /// where there is no such machine, no step, for what does not fit in the end is better left whole.
    pub(super) fn or_another_machine(
        &self,
        taken: Vec<Taken>,
        now: &At,
        allowed: Allowed<'_>,
        not_offered: &mut Vec<NotOffered>,
    ) -> Vec<Taken> {
        if self.reaches(&taken) {
            return taken;
        }
        // What was taken before it can stand in the way of a step that is enough alone.
        if let Some(fewest) = self.fewest(now, &|damage| damage < Damage::Money && allowed(damage)) {
            return fewest;
        }
        if let Some(machine) = self.alone("machine", now) {
            return vec![machine];
        }
        if let Some(both) = self.with_a_machine(now, allowed) {
            return both;
        }
        not_offered.extend(taken.iter().map(|taken| NotOffered {
            key: taken.idea.key,
            value: taken.changes.first().map_or_else(String::new, |change| change.value.clone()),
            why: Why::NotEnough,
        }));
        Vec::new()
    }

    /// What helps and is not enough here, with the machine on which it is: as little is given up as reaches one.
    fn with_a_machine(&self, now: &At, allowed: Allowed<'_>) -> Option<Vec<Taken>> {
        let idea = IDEAS.iter().find(|idea| idea.to == To::NextMachine)?;
        GIVEN_UP.into_iter().find_map(|most| {
            let within = |damage: Damage| damage <= most && allowed(damage);
            let mut taken = self.tried_in_order(now, &within, &mut Vec::new());
            let here = self.at(&changes_of(&taken)).filter(|_| !taken.is_empty())?;
            let machine = self.next_machine(&here)?;
            taken.push(Taken { idea, changes: vec![machine] });
            self.reaches(&taken).then(|| self.pruned(taken))
        })
    }

    /// The least expensive machine that can be bought and holds it, of the same maker and kind where one does; where none
    /// to buy does, one to rent, and where none of these, one that is sold no more.
    pub(super) fn next_machine(&self, here: &At) -> Option<Change> {
        let mut question = Question::new(&here.0);
        let kind = |of: &Machine| (of.vendor, std::mem::discriminant(of.memory.value()));
        let mut best: Option<(Place, &Arc<Machine>)> = None;
        for machine in self.variants.machines() {
            let (had, price) = match &machine.offer {
                Some(Offer::Buy(price)) if machine.can_be_had() => (0, price.value().get()),
                Some(Offer::Rent(rent)) => (1, rent.value().get()),
                Some(Offer::Buy(price)) if machine.was_sold() => (2, price.value().get()),
                _ => continue,
            };
            let place = (had, kind(machine) != kind(self.machine), price);
            let nearer = best.is_none_or(|(other, _)| place < other);
            if nearer && machine.id != self.machine.id && fits(&question.on(machine, self.assumptions).fit) {
                best = Some((place, machine));
            }
        }
        best.map(|(_, machine)| Change::new("machine", machine.id.as_str()))
    }
}
