//! Graphics cards, whoever told of them, and which of them a workload is evaluated on.

use super::finding::Notes;
use super::warning::Warning;
use crate::spec::{GpuLimit, Vendor};
use crate::units::{Bytes, Watts, show_gib};

/// One card or built-in GPU.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Card {
    pub(super) name: String,
    pub(super) vendor: Vendor,
    pub(super) kind: CardKind,
    /// The most the driver lets it draw.
    pub(super) power_limit: Option<Watts>,
    /// The library or folder that told of it.
    pub(super) origin: String,
}

/// Where a card's memory is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum CardKind {
    /// On the card.
    Own {
        total: Bytes,
        /// `None` where the driver does not tell.
        free: Option<Bytes>,
        /// What driver and firmware keep, where they tell.
        reserved: Option<Bytes>,
    },
    /// It shares system memory.
    Shared {
        /// Taken from system memory before the operating system counts it.
        carved_out: Bytes,
        /// Of the carve-out, not in use.
        carved_out_free: Bytes,
        /// What the driver lets the GPU take.
        limit: Option<GpuLimit>,
    },
    /// The driver does not tell its memory.
    Unknown,
    /// The driver tells what cannot be; that is said where it is read.
    Absurd,
}

/// Cards of one kind that work together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) card: Card,
    pub(super) count: u32,
    /// The least that is free on one of them, since the fullest decides.
    pub(super) free: Option<Bytes>,
}

/// How much two cards of one kind may differ: a display on one of them keeps a little.
const SAME_SIZE: f64 = 0.02;

/// Picks the kind of card to judge: the largest memory on one card, then the most cards. Cards with memory
/// of their own come before a shared GPU, unless `known_shared` says that the catalog lists that GPU as a
/// machine for such work.
pub(super) fn choose(
    cards: &[Card],
    known_shared: impl Fn(&Card) -> bool,
    notes: &mut Notes,
) -> Option<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for card in cards {
        let (CardKind::Own { .. } | CardKind::Shared { .. }) = card.kind else { continue };
        match groups.iter_mut().find(|group| same_kind(&group.card, card)) {
            Some(group) => {
                group.count = group.count.saturating_add(1);
                group.free = group.free.zip(free(card)).map(|(least, free)| least.min(free));
            }
            None => groups.push(Group { card: card.clone(), count: 1, free: free(card) }),
        }
    }
    let counts = |card: &Card| matches!(card.kind, CardKind::Own { .. }) || known_shared(card);
    let rank = |group: &Group| (counts(&group.card), size(&group.card).get(), group.count);
    let best = groups.iter().max_by(|one, other| {
        let (first, size, count) = rank(one);
        let (other_first, other_size, other_count) = rank(other);
        first.cmp(&other_first).then(size.total_cmp(&other_size)).then(count.cmp(&other_count))
    })?;
    // A desktop processor's own small GPU beside a card is nothing anyone would miss.
    let others = groups.iter().filter(|group| *group != best && counts(&group.card));
    let others: Vec<String> = others.map(said).collect();
    if !others.is_empty() {
        notes.warn(Warning::OtherCards { used: said(best), others: others.join(", ") });
    }
    Some(best.clone())
}

fn same_kind(one: &Card, other: &Card) -> bool {
    let (one_size, other_size) = (size(one).get(), size(other).get());
    one.name == other.name && (one_size - other_size).abs() <= SAME_SIZE * one_size.max(other_size)
}

/// The memory a workload may have on one card.
fn size(card: &Card) -> Bytes {
    match &card.kind {
        CardKind::Own { total, .. } => *total,
        CardKind::Shared { limit, carved_out, .. } => {
            limit.as_ref().map_or(*carved_out, |limit| limit.default.best)
        }
        CardKind::Unknown | CardKind::Absurd => Bytes::ZERO,
    }
}

fn free(card: &Card) -> Option<Bytes> {
    if let CardKind::Own { free, .. } = card.kind { free } else { None }
}

/// As it is named in a sentence: `2 × NVIDIA GeForce RTX 3090 (24.0 GiB)`.
fn said(group: &Group) -> String {
    let times = if group.count > 1 { format!("{} × ", group.count) } else { String::new() };
    format!("{times}{} ({})", group.card.name, show_gib(size(&group.card)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str, gib: f64, free: f64) -> Card {
        Card {
            name: name.to_owned(),
            vendor: Vendor::Nvidia,
            kind: CardKind::Own { total: Bytes::gib(gib), free: Some(Bytes::gib(free)), reserved: None },
            power_limit: None,
            origin: "test".to_owned(),
        }
    }

    #[test]
    fn cards_of_one_kind_are_one_group_with_the_least_free() {
        let mut notes = Notes::default();
        let cards = [card("A", 24.0, 23.0), card("A", 23.9, 20.0)];
        let group = choose(&cards, |_card| false, &mut notes).expect("a group");
        assert_eq!((group.count, group.free), (2, Some(Bytes::gib(20.0))));
        assert_eq!(notes.warnings, []);
    }

    #[test]
    fn the_larger_card_is_judged_and_the_other_named() {
        let mut notes = Notes::default();
        let cards = [card("A", 24.0, 23.0), card("B", 32.0, 31.0), card("A", 24.0, 23.0)];
        let group = choose(&cards, |_card| false, &mut notes).expect("a group");
        assert_eq!((group.card.name.as_str(), group.count), ("B", 1));
        let said = notes.warnings.first().expect("a warning").to_string();
        assert_eq!(said, "Evaluated on B (32.0 GiB) alone; 2 × A (24.0 GiB) is here too and is not counted");
    }

    #[test]
    fn a_shared_gpu_comes_first_only_when_the_catalog_knows_it() {
        let shared = Card {
            kind: CardKind::Shared {
                carved_out: Bytes::gib(96.0),
                carved_out_free: Bytes::gib(96.0),
                limit: None,
            },
            ..card("shared", 0.0, 0.0)
        };
        let cards = [shared, card("A", 24.0, 23.0)];
        let chosen = |known| choose(&cards, |_card| known, &mut Notes::default()).expect("a group").card.name;
        assert_eq!(chosen(false), "A");
        assert_eq!(chosen(true), "shared");
    }
}
