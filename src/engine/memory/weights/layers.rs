//! The size of all layers, by place.
//!
//! Of tensors whose format depends on their position only the positions are counted, so that a model of a
//! hundred layers costs little more than one of a few.

use super::layer::{By, Layer, Size, Varying};
use super::recipe::Recipe;
use super::split::Split;
use crate::spec::Model;

/// What the layers take on the device and on the host.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) device: Size,
    pub(super) host: Size,
    /// Of what is on the host, routed experts.
    pub(super) host_routed: u64,
    pub(super) tensors: u64,
}

/// Layers, tensors with values and last feed-forward matrices, up to some layer or within some stretch.
#[derive(Clone, Copy, Default)]
struct Tally {
    layers: u64,
    values: u64,
    downs: u64,
}

impl Tally {
    fn of(layer: &Layer) -> Self {
        let downs = layer.varying().map(|varying| u64::from(varying.by == By::Down)).sum();
        Self { layers: 1, values: u64::from(layer.has_values), downs }
    }

    /// After so many times `stretch`.
    const fn after(self, stretch: Self, times: u64) -> Self {
        Self {
            layers: self.layers + stretch.layers * times,
            values: self.values + stretch.values * times,
            downs: self.downs + stretch.downs * times,
        }
    }

    const fn by(self, by: By) -> u64 {
        match by {
            By::Layer => self.layers,
            By::Value => self.values,
            By::Down => self.downs,
        }
    }
}

/// Where layers of one kind stand: `times` in a row, every `round` again.
#[derive(Clone, Copy)]
struct Course {
    first: Tally,
    each: Tally,
    times: u64,
    round: Tally,
    repeat: u64,
}

/// How many of something lie on the device and on the host.
#[derive(Clone, Copy, Default)]
struct Number {
    device: u64,
    host: u64,
}

impl Course {
    /// Every stretch: its layers on the device and on the host, and the position it starts at, counted by `by`.
    fn stretches(&self, split: Split, by: By) -> impl Iterator<Item = (Number, u64)> {
        (0..self.repeat).map(move |round| {
            let layer = self.first.layers + self.round.layers * round;
            let host = split.on_host(layer, self.times);
            let number = Number { device: self.times - host, host };
            (number, self.first.by(by) + self.round.by(by) * round)
        })
    }

    /// The layers.
    fn layers(&self, split: Split) -> Number {
        self.stretches(split, By::Layer).fold(Number::default(), |sum, (number, _)| Number {
            device: sum.device + number.device,
            host: sum.host + number.host,
        })
    }

    /// The layers in which a tensor is special; it stands `later` in its layer among those counted one by one.
    fn special(&self, split: Split, varying: &Varying, later: u64, of: u64) -> Number {
        let step = self.each.by(varying.by);
        let special = |from: u64, layers: u64| {
            if step == 1 {
                return varying.when.before(from + layers, of) - varying.when.before(from, of);
            }
            (0..layers)
                .map(|layer| from + layer * step)
                .map(|place| varying.when.before(place + 1, of) - varying.when.before(place, of))
                .sum()
        };
        self.stretches(split, varying.by).fold(Number::default(), |sum, (number, start)| {
            let start = start + later;
            Number {
                device: sum.device + special(start + number.host * step, number.device),
                host: sum.host + special(start, number.host),
            }
        })
    }
}

impl Layers {
    pub(super) fn new(model: &Model, recipe: &Recipe, split: Split) -> Self {
        let mut all = Self::default();
        let mut first = Tally::default();
        for run in &model.stack {
            let kinds: Vec<_> = run
                .blocks
                .iter()
                .map(|block| (Layer::new(model, block, recipe), u64::from(block.times)))
                .collect();
            let round = kinds
                .iter()
                .fold(Tally::default(), |round, (layer, times)| round.after(Tally::of(layer), *times));
            let repeat = u64::from(run.repeat);
            let mut inside = first;
            for (layer, times) in &kinds {
                let each = Tally::of(layer);
                all.take(layer, Course { first: inside, each, times: *times, round, repeat }, recipe, split);
                inside = inside.after(each, *times);
            }
            first = first.after(round, repeat);
        }
        all
    }

    fn take(&mut self, layer: &Layer, course: Course, recipe: &Recipe, split: Split) {
        let number = course.layers(split);
        self.tensors += layer.tensors * course.times * course.repeat;
        self.device += layer.steady * number.device;
        self.host += layer.steady * number.host;
        self.host_routed = self.host_routed.saturating_add(layer.steady_routed.saturating_mul(number.host));
        let mut later = 0;
        for varying in layer.varying() {
            let of = if varying.by == By::Value { recipe.value_like() } else { recipe.layers() };
            let special = course.special(split, varying, later, of);
            self.device += varying.size(special.device, number.device);
            self.host += varying.size(special.host, number.host);
            let (usual, better) = varying.routed;
            let routed = better
                .saturating_mul(special.host)
                .saturating_add(usual.saturating_mul(number.host - special.host));
            self.host_routed = self.host_routed.saturating_add(routed);
            later += u64::from(varying.by == By::Down);
        }
    }
}

impl Varying {
    /// Of so many layers, of which some are special.
    fn size(&self, special: u64, all: u64) -> Size {
        self.special * special + self.usual * (all - special)
    }
}
