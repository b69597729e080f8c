//! Unlike cards in one computer: `rtx-5080 + 2x rtx-3090`.

use std::sync::Arc;

use thiserror::Error;

use super::{
    Availability, Body, Devices, Figure, Kind, Machine, Memory, Offer, Peaks, Price, PriceBasis, Rental,
    count_and_id,
};
use crate::units::{Band, Bytes, BytesPerSecond, Dollars, FlopsPerSecond, Watts};

/// Why some machines do not go into one computer together.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum NotTogether {
    /// One of them is no card.
    #[error("`{0}` is no card; only cards go into one computer together, as in `rtx-5080 + 2x rtx-3090`")]
    NoCard(String),
    /// More than any computer holds.
    #[error("{0} cards are more than the {most} that can be asked about", most = Devices::MOST)]
    TooMany(u32),
    /// A rented one among bought ones, or the other way round.
    #[error("`{0}` is rented by the hour; name the card instead")]
    Rented(String),
    /// Nothing stands beside a plus.
    #[error("write a machine on both sides of `+`, as in `rtx-5080 + rtx-3090`")]
    Nothing,
}

/// The machine that is written with `+`, each kind found by its id; nothing where it is one kind.
pub fn joined<E: From<NotTogether>>(
    id: &str,
    find: impl Fn(&str) -> Result<Arc<Machine>, E>,
) -> Option<Result<Machine, E>> {
    let signs: Vec<usize> = signs(id).collect();
    (!signs.is_empty()).then(|| {
        let mut cards = Vec::new();
        let ends = signs.iter().copied().chain([id.len()]);
        let starts = [0].into_iter().chain(signs.iter().map(|at| at + 1));
        for kind in starts.zip(ends).map(|(start, end)| id.get(start..end).unwrap_or_default().trim()) {
            if kind.is_empty() {
                return Err(NotTogether::Nothing.into());
            }
            cards.push(match (find(kind), count_and_id(kind)) {
                (Err(_), Some((count, one))) => (count, find(one)?),
                (found, _) => (1, found?),
            });
        }
        Ok(combined(cards)?)
    })
}

/// Whether several machines are written in it.
pub fn is_joined(id: &str) -> bool {
    signs(id).next().is_some()
}

/// Where a plus joins machines; the sign of a name, as in `Ryzen AI Max+ 395`, joins nothing.
fn signs(id: &str) -> impl Iterator<Item = usize> {
    let ends_a_name =
        |at: usize| id.get(..at).is_some_and(|before| before.to_ascii_lowercase().ends_with("max"));
    id.match_indices('+').map(|(at, _)| at).filter(move |at| !ends_a_name(*at))
}

/// Cards of some kinds in one computer, each kind with its number of cards.
///
/// # Errors
/// Where one of them is no card, or they are too many.
pub fn combined(kinds: Vec<(u32, Arc<Machine>)>) -> Result<Machine, NotTogether> {
    let mut cards: Vec<(u32, Arc<Machine>)> = Vec::new();
    for (count, card) in kinds {
        match (card.memory.value(), &card.offer) {
            (Memory::Discrete { .. }, Some(Offer::Rent(_))) => {
                return Err(NotTogether::Rented(card.id.clone()));
            }
            (Memory::Discrete { .. }, _) => {}
            _ => return Err(NotTogether::NoCard(card.id.clone())),
        }
        match cards.iter_mut().find(|(_, known)| known.id == card.id) {
            Some((known, _)) => *known = known.saturating_add(count),
            None => cards.push((count, card)),
        }
    }
    let devices = cards.iter().fold(0_u32, |sum, (count, _)| sum.saturating_add(*count));
    if devices > Devices::MOST {
        return Err(NotTogether::TooMany(devices));
    }
    if let [(count, card)] = cards.as_slice() {
        let alone = *count == 1;
        return Ok(if alone { Machine::clone(card) } else { card.named_with_devices(*count) });
    }
    let cards: Vec<Arc<Machine>> = cards
        .into_iter()
        .map(|(count, card)| if count == 1 { card } else { Arc::new(card.named_with_devices(count)) })
        .collect();
    whole(cards, devices).ok_or(NotTogether::Nothing)
}

/// One machine of unlike cards: prices and power of all together, memory of the smallest, rates as the layers pass
/// through all of them.
fn whole(cards: Vec<Arc<Machine>>, devices: u32) -> Option<Machine> {
    let least = |of: fn(&Machine) -> f64| cards.iter().min_by(|a, b| of(a).total_cmp(&of(b)));
    let smallest = least(|card| usable(card).get())?;
    let slowest = least(|card| card.bandwidth.as_ref().map_or(0.0, |figure| figure.value().get()))?;
    let joined =
        |of: fn(&Machine) -> &str| cards.iter().map(|card| of(card)).collect::<Vec<&str>>().join(" + ");
    let on_sale = cards.iter().all(|card| card.availability == Availability::OnSale);
    Some(
        Machine {
            id: joined(|card| &card.id),
            aliases: Vec::new(),
            name: joined(|card| &card.name),
            devices,
            memory: smallest.memory.clone(),
            bandwidth: by_layers(
                &cards,
                |card| card.bandwidth.as_ref(),
                BytesPerSecond::get,
                BytesPerSecond::new,
            ),
            peaks: peaks(&cards, &by_layers),
            interconnect: slowest
                .interconnect
                .clone()
                .filter(|_| cards.iter().all(|card| link(card) == link(slowest))),
            load: sum(&cards, |card| card.load.as_ref()),
            idle: sum(&cards, |card| card.idle.as_ref()),
            offer: price(&cards).map(Offer::Buy),
            rental: Rental::default(),
            availability: if on_sale { Availability::OnSale } else { Availability::Discontinued },
            body: Body { form: slowest.body.form.clone(), ..Body::default() },
            released: None,
            runs: Vec::new(),
            // One of them may be this machine with its own card: the system is that one's, and what is free now is not all.
            os: cards.iter().find_map(|card| card.os.clone()),
            now: None,
            note: None,
            ..Machine::clone(slowest)
        }
        .of_cards(cards),
    )
}

fn link(card: &Machine) -> Option<super::Interconnect> {
    card.interconnect.as_ref().map(|figure| *figure.value())
}

/// Memory of a card that programs can have.
pub fn usable(card: &Machine) -> Bytes {
    match card.memory.value() {
        Memory::Discrete { vram, driver: Band { best, .. }, .. } => (*vram - *best).max(Bytes::ZERO),
        Memory::Unified { total, .. } | Memory::System { total } => *total,
    }
}

/// What its cards hold of all there is: shares that sum to 1.
pub fn shares(cards: &[Arc<Machine>]) -> Vec<f64> {
    let held: Vec<f64> =
        cards.iter().map(|card| usable(card).get() * f64::from(card.devices.max(1))).collect();
    let all: f64 = held.iter().sum();
    held.into_iter().map(|held| if all > 0.0 { held / all } else { 0.0 }).collect()
}

/// What figures of several cards rest on.
const DERIVED: &str = "its cards, layers shared out by their memory";

/// The rate at which layers pass, some on each card: the times of the parts add up.
fn by_layers<Q: Copy>(
    cards: &[Arc<Machine>],
    of: fn(&Machine) -> Option<&Figure<Q>>,
    get: fn(Q) -> f64,
    new: fn(f64) -> Q,
) -> Option<Figure<Q>> {
    let mut time = 0.0;
    for (card, share) in cards.iter().zip(shares(cards)) {
        time += share / get(*of(card)?.value());
    }
    let day = cards.iter().filter_map(|card| of(card)).map(|figure| figure.3.clone()).max()?;
    Some(Figure(new(1.0 / time), Kind::Derived, DERIVED.to_owned(), day))
}

/// The rate of the slowest card, which the others wait for where each has a shard of every layer.
fn by_shards<Q: Copy>(
    cards: &[Arc<Machine>],
    of: fn(&Machine) -> Option<&Figure<Q>>,
    get: fn(Q) -> f64,
    _new: fn(f64) -> Q,
) -> Option<Figure<Q>> {
    let all: Option<Vec<&Figure<Q>>> = cards.iter().map(|card| of(card)).collect();
    all?.into_iter().min_by(|a, b| get(*a.value()).total_cmp(&get(*b.value()))).cloned()
}

/// A way in which a rate of several cards follows from theirs.
type Rate<Q> = dyn Fn(
    &[Arc<Machine>],
    fn(&Machine) -> Option<&Figure<Q>>,
    fn(Q) -> f64,
    fn(f64) -> Q,
) -> Option<Figure<Q>>;

fn peaks(cards: &[Arc<Machine>], rate: &Rate<FlopsPerSecond>) -> Peaks {
    let of = |peak: fn(&Machine) -> Option<&Figure<FlopsPerSecond>>| {
        rate(cards, peak, FlopsPerSecond::get, FlopsPerSecond::new)
    };
    Peaks {
        fp32: of(|card| card.peaks.fp32.as_ref()),
        fp16: of(|card| card.peaks.fp16.as_ref()),
        bf16: of(|card| card.peaks.bf16.as_ref()),
        int8: of(|card| card.peaks.int8.as_ref()),
        fp8: of(|card| card.peaks.fp8.as_ref()),
        fp4: of(|card| card.peaks.fp4.as_ref()),
    }
}

/// Of all cards; unknown where one's is.
fn sum(cards: &[Arc<Machine>], of: fn(&Machine) -> Option<&Figure<Watts>>) -> Option<Figure<Watts>> {
    let mut watts = 0.0;
    for card in cards {
        watts += of(card)?.value().get();
    }
    let day = cards.iter().filter_map(|card| of(card)).map(|figure| figure.3.clone()).max()?;
    Some(Figure(Watts::new(watts), Kind::Derived, "the sum of its cards".to_owned(), day))
}

/// Of all cards together; where their bases differ, that is said.
fn price(cards: &[Arc<Machine>]) -> Option<Price> {
    let prices: Option<Vec<&Price>> = cards
        .iter()
        .map(|card| match &card.offer {
            Some(Offer::Buy(price)) => Some(price),
            Some(Offer::Rent(_)) | None => None,
        })
        .collect();
    let prices = prices?;
    let first = prices.first()?;
    let alike = prices.iter().all(|price| price.basis == first.basis);
    let dollars = prices.iter().map(|price| price.value().get()).sum();
    // No fresher than its oldest part.
    let asked = prices.iter().map(|price| price.day()).min()?.to_owned();
    Some(Price {
        figure: Figure(
            Dollars::new(dollars),
            Kind::Derived,
            "the sum of its cards".to_owned(),
            first.figure.3.clone(),
        ),
        basis: if alike { first.basis } else { PriceBasis::Mixed },
        asked: Some(asked),
    })
}

impl Machine {
    fn of_cards(self, cards: Vec<Arc<Self>>) -> Self {
        Self { cards, ..self }
    }

    /// The same machine where each card has a shard of every layer: all wait for the slowest.
    #[must_use]
    pub fn as_slowest(&self) -> Self {
        let cards = &self.cards;
        Self {
            bandwidth: by_shards(
                cards,
                |card| card.bandwidth.as_ref(),
                BytesPerSecond::get,
                BytesPerSecond::new,
            ),
            peaks: peaks(cards, &by_shards),
            ..self.clone()
        }
    }
}
