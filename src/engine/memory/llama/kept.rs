//! Caches and states of the layers in one place, worked out kind by kind.

use super::cache::{ByPlace, LayerCache, LayerState, layers_by_place};
use super::graph::Layout;
use super::settings::Settings;
use crate::engine::memory::Place;
use crate::engine::memory::kinds::{Sum, gathered};
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{Block, Model};
use crate::units::{count, show_grouped};

const MEASURED: &str = "llama.cpp 0.5.0, its own memory breakdown";

/// Keys and values of the layers in one place, or what another cache of theirs holds.
pub(super) fn cache(
    detail: Detail,
    model: &Model,
    (layout, place, bytes): (Layout, Place, u64),
    of: impl Fn(&Block) -> Option<LayerCache>,
) -> Figure {
    if !detail.wanted() {
        return Figure { value: count(bytes), working: None };
    }
    let name = |kind: &LayerCache| {
        let pools = if kind.streams > 1 { format!("{} × ", kind.streams) } else { String::new() };
        let [cells, keys, values] = [kind.cells, kind.keys, kind.values].map(show_grouped);
        format!("layers with {pools}{cells} cells of {keys} + {values} bytes")
    };
    let kinds = kinds(model, layout, place, of);
    let each = |kind: &LayerCache| count(kind.bytes());
    Sum { kinds, bytes: count(bytes), each: &each, name: &name }.figure(detail, MEASURED, |kind, layers| {
        let LayerCache { keys, values, cells, streams } = *kind;
        formula!(
            detail, MEASURED;
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
    let each = |kind: &LayerState| count(kind.bytes());
    Sum { kinds, bytes: count(bytes), each: &each, name: &name }.figure(detail, MEASURED, |kind, layers| {
        let LayerState { convolution, state, slots } = *kind;
        formula!(
            detail, MEASURED;
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
    let here = move |layers: ByPlace, behind: ByPlace| match place {
        Place::Device => layers.device.saturating_sub(behind.device),
        Place::Host => layers.host,
    };
    gathered(layers_by_place(model, border).zip(behind).filter_map(|((block, layers), (_, behind))| {
        let here = here(layers, behind);
        of(block).filter(|_| here > 0).map(|kind| (kind, count(here)))
    }))
}
