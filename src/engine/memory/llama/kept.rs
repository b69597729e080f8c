//! Caches and states of the layers in one place, worked out kind by kind.

use super::cache::{LayerCache, LayerState, layers_by_place};
use super::graph::Layout;
use super::settings::Settings;
use crate::engine::memory::Place;
use crate::engine::working::{Detail, Figure, Term};
use crate::formula;
use crate::spec::{Block, Model};
use crate::units::{count, show_grouped};

const MEASURED: &str = "llama.cpp 0.5.0, its own memory breakdown";

/// What the layers in one place keep: one expression where they are all of one kind, else a term a kind.
struct Kept<'a, K> {
    /// A kind of layer and how many of it are there.
    kinds: Vec<(K, f64)>,
    bytes: u64,
    name: &'a dyn Fn(&K) -> String,
}

impl<K: Copy> Kept<'_, K> {
    /// The figure; `alone` computes it where there is one kind of layer.
    fn figure(
        self,
        detail: Detail,
        each: impl Fn(K) -> u64,
        alone: impl FnOnce(&'static str, K, f64) -> Figure,
    ) -> Figure {
        let bytes = count(self.bytes);
        if let [(kind, layers)] = *self.kinds {
            let figure = alone(MEASURED, kind, layers);
            // Rows that are no multiple of 32 are padded, which the terms count.
            if figure.value.to_bits() == bytes.to_bits() {
                return figure;
            }
        }
        Figure::terms(detail, MEASURED, bytes, || {
            let term = |(kind, layers): (K, f64)| Term {
                name: (self.name)(&kind).into(),
                count: layers,
                value: layers * count(each(kind)),
            };
            self.kinds.into_iter().map(term).collect()
        })
    }
}

/// Keys and values of the layers in one place.
pub(super) fn cache(
    detail: Detail,
    model: &Model,
    settings: &Settings,
    (layout, place, bytes): (Layout, Place, u64),
) -> Figure {
    if !detail.wanted() {
        return Figure { value: count(bytes), working: None };
    }
    let name = |kind: &LayerCache| {
        let pools = if kind.streams > 1 { format!("{} × ", kind.streams) } else { String::new() };
        let [cells, keys, values] = [kind.cells, kind.keys, kind.values].map(show_grouped);
        format!("layers with {pools}{cells} cells of {keys} + {values} bytes")
    };
    let kinds = kinds(model, layout, place, |block| LayerCache::of(block, settings));
    Kept { kinds, bytes, name: &name }.figure(detail, LayerCache::bytes, |source, kind, layers| {
        let LayerCache { keys, values, cells, streams } = kind;
        formula!(
            detail, source;
            layers = layers,
            streams = count(streams),
            cells = count(cells),
            key_bytes = count(keys),
            value_bytes = count(values)
            => layers * streams * cells * (key_bytes + value_bytes)
        )
    })
}

/// Recurrent states of the layers in one place.
pub(super) fn state(
    detail: Detail,
    model: &Model,
    settings: &Settings,
    (layout, place, bytes): (Layout, Place, u64),
) -> Figure {
    if !detail.wanted() {
        return Figure { value: count(bytes), working: None };
    }
    let name = |kind: &LayerState| {
        let [slots, convolution, state] = [kind.slots, kind.convolution, kind.state].map(show_grouped);
        format!(
            "layers with {slots} slots of ({convolution} convolution inputs + a state of {state}) × 4 bytes"
        )
    };
    let kinds = kinds(model, layout, place, |block| LayerState::of(block, settings));
    Kept { kinds, bytes, name: &name }.figure(detail, LayerState::bytes, |source, kind, layers| {
        let LayerState { convolution, state, slots } = kind;
        formula!(
            detail, source;
            layers = layers,
            slots = count(slots),
            convolution_inputs = count(convolution),
            state = count(state)
            => layers * slots * 4.0 * (convolution_inputs + state)
        )
    })
}

/// The kinds of layers in one place, each with how many there are.
fn kinds<K: PartialEq>(
    model: &Model,
    layout: Layout,
    place: Place,
    of: impl Fn(&Block) -> Option<K>,
) -> Vec<(K, f64)> {
    let border = match place {
        Place::Device => layout.first_on_device,
        Place::Host => layout.first_on_any,
    };
    let behind = layers_by_place(model, layout.behind_device);
    let mut kinds: Vec<(K, f64)> = Vec::new();
    for ((block, layers), (_, behind)) in layers_by_place(model, border).zip(behind) {
        let here = match place {
            Place::Device => layers.device.saturating_sub(behind.device),
            Place::Host => layers.host,
        };
        let (Some(kind), true) = (of(block), here > 0) else { continue };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, layers)) => *layers += count(here),
            None => kinds.push((kind, count(here))),
        }
    }
    kinds
}
