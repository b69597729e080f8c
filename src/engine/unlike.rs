//! Unlike cards in one computer: each card's part is held against its own memory, and the fullest decides.

use std::sync::Arc;

use super::ceilings::Ceiling;
use super::fit::{Comparison, Fit, Verdict, judge};
use super::memory::{Budget, Portion, Site, split};
use crate::spec::{Machine, Scenario, Split, usable};
use crate::units::whole;

/// One kind of card among unlike ones, and what the fullest of it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct CardFit {
    /// The card, with how many of it there are.
    pub card: Arc<Machine>,
    /// What it needs of what it has.
    pub comparison: Comparison,
    /// Its fullest device, to ask for its memory again.
    pub site: Site,
    /// Whether it is the one that decides.
    pub decides: bool,
    /// Whether the work runs on it; a copy of what does not split runs only where it is held.
    pub used: bool,
}

/// The budget and verdict of the card that decides, and what each kind of card holds.
pub(super) struct Decided {
    pub(super) budget: Arc<Budget>,
    pub(super) fit: Fit,
    pub(super) cards: Vec<CardFit>,
}

impl Decided {
    /// The kind of card that the work runs on alone, where it does not run on all.
    pub(super) fn alone(&self) -> Option<&Arc<Machine>> {
        let all = self.cards.iter().all(|card| card.used);
        self.cards.iter().find(|card| card.used && !all).map(|card| &card.card)
    }
}

/// More devices of one kind than this are asked about at their ends only.
const EACH: u32 = 16;

/// Holds what each card needs against its own memory.
///
/// Layers are shared out by memory, so each card has a portion of its own. Shards and copies are alike on all cards,
/// so the smallest decides. Work that no program splits, and that nobody asked a copy of on each, is started on the
/// cards that hold it: where not all do, on the kind with the most room.
pub(super) fn decided(
    scenario: &Scenario,
    machine: &Machine,
    site: Site,
    ceilings: &dyn Fn(&Machine) -> Vec<Ceiling>,
    budget: &mut dyn FnMut(Site) -> Arc<Budget>,
) -> Option<Decided> {
    let by_layers = split(scenario) == Split::Layers;
    let mib = |card: &Machine| whole(usable(card).get() / f64::from(1 << 20));
    let all = machine.cards.iter().map(|card| mib(card).saturating_mul(u64::from(card.devices))).sum();
    let mut before = 0_u64;
    let mut kinds: Vec<(Arc<Machine>, Arc<Budget>, Fit, Site)> = Vec::new();
    for card in &machine.cards {
        let own = mib(card);
        let ceilings = ceilings(card);
        let devices = card.devices.max(1);
        let asked = (0..devices).filter(|device| *device < EACH || *device + 1 == devices);
        let fullest = asked
            .map(|device| {
                let before = before.saturating_add(own.saturating_mul(u64::from(device)));
                let portion = by_layers.then_some(Portion { before, own, all });
                let site = Site { portion, ..site };
                let (budget, fit) = held(budget(site), &ceilings);
                (budget, fit, site)
            })
            .max_by(|a, b| fuller(&a.1, &b.1))?;
        before = before.saturating_add(own.saturating_mul(u64::from(devices)));
        kinds.push((Arc::clone(card), fullest.0, fullest.1, fullest.2));
    }
    let (mut decides, _) = kinds.iter().enumerate().max_by(|(_, a), (_, b)| fuller(&a.2, &b.2))?;
    let held_by_all = kinds.iter().all(|(_, _, fit, _)| fit.verdict <= Verdict::Tight);
    let alone = !held_by_all && unsplit(scenario);
    if alone {
        for (card, needs, fit, at) in &mut kinds {
            *at = Site { devices: card.devices.max(1), ..site };
            (*needs, *fit) = held(budget(*at), &ceilings(card));
        }
        (decides, _) = kinds.iter().enumerate().min_by(|(_, a), (_, b)| fuller(&a.2, &b.2))?;
    }
    let cards = kinds
        .iter()
        .enumerate()
        .filter_map(|(index, (card, _, fit, site))| {
            let comparison = fit.deciding()?.clone();
            let (card, decides) = (Arc::clone(card), index == decides);
            Some(CardFit { card, comparison, site: *site, decides, used: decides || !alone })
        })
        .collect();
    let (_, budget, fit, _) = kinds.into_iter().nth(decides)?;
    Some(Decided { budget, fit, cards })
}

/// Whether no program splits the work and nothing is said of copies: people then start it on one card.
fn unsplit(scenario: &Scenario) -> bool {
    scenario.devices.split == Split::Auto && Split::of(&scenario.workload) == [Split::Copies]
}

fn held(budget: Arc<Budget>, ceilings: &[Ceiling]) -> (Arc<Budget>, Fit) {
    let fit = judge(&budget, ceilings);
    (budget, fit)
}

/// The graver verdict, and among alike ones the fuller card.
fn fuller(a: &Fit, b: &Fit) -> std::cmp::Ordering {
    let filled = |fit: &Fit| fit.deciding().map_or(0.0, Comparison::filled);
    a.verdict.cmp(&b.verdict).then(filled(a).total_cmp(&filled(b)))
}

/// The machine as far as speed goes: by layers the times of the cards' parts add up, which its own rates say; with a
/// shard or a copy on each, all wait for the slowest.
pub(super) fn as_one(scenario: &Scenario, machine: &Arc<Machine>) -> Arc<Machine> {
    if machine.cards.is_empty() || split(scenario) == Split::Layers {
        Arc::clone(machine)
    } else {
        Arc::new(machine.as_slowest())
    }
}
