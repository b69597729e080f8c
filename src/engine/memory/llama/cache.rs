//! What is kept from one pass to the next: keys and values, and the states of recurrent layers.

use super::settings::Settings;
use crate::spec::{Block, Inference, Keep, Kept, KeptKind, Mixer, Model, Span};
use crate::units::count;

/// What one layer keeps of every token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LayerCache {
    /// Bytes of the keys of one cell.
    pub(super) keys: u64,
    /// Bytes of the values of one cell; 0 where values are part of the keys.
    pub(super) values: u64,
    /// Cells of one pool.
    pub(super) cells: u64,
    /// Pools of cells: one a slot, or one for all.
    pub(super) streams: u64,
}

impl LayerCache {
    /// Of a layer that has a cache, as `llama_kv_cache` lays it out.
    pub(super) fn of(block: &Block, settings: &Settings) -> Option<Self> {
        let (keys, values, cells) = match &block.mixer {
            Mixer::Attention(attention) | Mixer::Parallel(attention, _) => {
                let width = u64::from(attention.kv_heads).saturating_mul(u64::from(attention.head));
                let cells = attention
                    .window
                    .map_or(settings.cells, |window| settings.window_cells(u64::from(window)));
                (width, width, cells)
            }
            Mixer::Mla(mla) => (u64::from(mla.kv_rank) + u64::from(mla.rope), 0, settings.cells),
            Mixer::Listed(listed) => return Some(Self::listed(listed.tokens()?, settings)),
            Mixer::Mamba2(_) | Mixer::GatedDelta(_) => return None,
        };
        let (keys, values) = (settings.key_row(keys), settings.value_row(values));
        Some(Self { keys, values, cells, streams: settings.streams })
    }

    /// Keys of what chooses the tokens that a layer attends to, in the format of values.
    pub(super) fn of_indexer(block: &Block, settings: &Settings) -> Option<Self> {
        let (indexer, window) = match &block.mixer {
            Mixer::Attention(own) | Mixer::Parallel(own, _) => (own.indexer?, own.window),
            Mixer::Mla(mla) => (mla.indexer?, None),
            Mixer::Listed(listed) => return Some(Self::listed(listed.indexer()?, settings)),
            Mixer::Mamba2(_) | Mixer::GatedDelta(_) => return None,
        };
        let cells = window.map_or(settings.cells, |window| settings.window_cells(u64::from(window)));
        let row = settings.value_row(u64::from(indexer.head));
        Some(Self { keys: 0, values: row, cells, streams: settings.streams })
    }

    /// What a layer keeps of the last tokens beside what grows with the context.
    pub(super) fn beside(block: &Block, settings: &Settings) -> Option<Self> {
        let Mixer::Listed(listed) = &block.mixer else { return None };
        Some(Self::listed(listed.beside()?, settings))
    }

    fn listed(keep: &Keep, settings: &Settings) -> Self {
        let (keys, values) = (u64::from(keep.keys), u64::from(keep.values));
        let (keys, values) = (settings.key_row(keys), settings.value_row(values));
        Self { keys, values, cells: cells(keep.span, settings), streams: settings.streams }
    }

    /// Bytes of it; every tensor ends on a multiple of 32.
    pub(super) fn bytes(self) -> u64 {
        let tensor = |row: u64| {
            row.saturating_mul(self.cells)
                .saturating_mul(self.streams)
                .min(1 << 50)
                .next_multiple_of(ALIGNMENT)
        };
        tensor(self.keys) + tensor(self.values)
    }
}

/// Every tensor starts at a multiple of this many bytes.
const ALIGNMENT: u64 = 32;

/// Bytes of the cache of one layer, what chooses tokens included.
pub(super) fn layer_bytes(block: &Block, settings: &Settings) -> u64 {
    let caches = [LayerCache::of, LayerCache::beside, LayerCache::of_indexer].map(|of| of(block, settings));
    caches.into_iter().flatten().map(LayerCache::bytes).sum()
}

/// What one recurrent layer keeps of every slot, in 32-bit values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LayerState {
    /// The last inputs of the convolution.
    pub(super) convolution: u64,
    /// The state.
    pub(super) state: u64,
    /// Slots that have one, and for each draft token another to go back to.
    pub(super) slots: u64,
}

impl LayerState {
    /// Of a layer that has a state, as `llama_memory_recurrent` lays it out.
    pub(super) fn of(block: &Block, settings: &Settings) -> Option<Self> {
        let (channels, taps, state) = match &block.mixer {
            Mixer::Mamba2(mamba) | Mixer::Parallel(_, mamba) => (
                u64::from(mamba.inner) + 2 * u64::from(mamba.groups) * u64::from(mamba.state),
                mamba.conv,
                u64::from(mamba.state).saturating_mul(u64::from(mamba.inner)),
            ),
            Mixer::GatedDelta(delta) => {
                let keys = u64::from(delta.key_heads) * u64::from(delta.key_head);
                let values = u64::from(delta.value_heads) * u64::from(delta.value_head);
                (2 * keys + values, delta.conv, values.saturating_mul(u64::from(delta.key_head)))
            }
            Mixer::Listed(listed) => {
                let keep = listed.state()?;
                // Numbers of the convolution are those that it keeps.
                (u64::from(keep.keys), 2, u64::from(keep.values))
            }
            Mixer::Attention(_) | Mixer::Mla(_) => return None,
        };
        let convolution = u64::from(taps.saturating_sub(1)).saturating_mul(channels);
        let slots = settings.slots.saturating_mul(settings.kept_states.saturating_add(1));
        Some(Self { convolution, state, slots })
    }

    /// Bytes of it; every tensor ends on a multiple of 32.
    pub(super) fn bytes(self) -> u64 {
        let floats = |count: u64| {
            count.saturating_mul(4).saturating_mul(self.slots).min(1 << 50).next_multiple_of(ALIGNMENT)
        };
        floats(self.convolution) + floats(self.state)
    }
}

/// Bytes of the state of one layer, for every slot.
pub(super) fn state_bytes(block: &Block, settings: &Settings) -> u64 {
    LayerState::of(block, settings).map_or(0, LayerState::bytes)
}

/// The cells of a run, for models of which what they keep is known and no layer.
pub(crate) struct Cells(Settings);

impl Cells {
    /// Of a run as it is asked for.
    pub(crate) fn of(inference: &Inference) -> Self {
        Self(Settings::new(inference))
    }

    /// Bytes of what some layers keep.
    pub(crate) fn bytes(&self, kept: &Kept) -> f64 {
        let settings = &self.0;
        let (keys, values) = (kept.keys, kept.values);
        let one = if kept.kind == KeptKind::State {
            let slots = settings.slots.saturating_mul(settings.kept_states.saturating_add(1));
            LayerState { convolution: keys, state: values, slots }.bytes()
        } else {
            let cells = cells(kept.span, settings);
            let (keys, values) = (settings.key_row(keys), settings.value_row(values));
            LayerCache { keys, values, cells, streams: settings.streams }.bytes()
        };
        count(kept.layers) * count(one)
    }
}

/// Cells of one pool that spans so much.
fn cells(span: Span, settings: &Settings) -> u64 {
    match span {
        Span::Context => settings.cells,
        Span::Window(window) => settings.window_cells(window),
        // DeepSeek V4's caches of compressed tokens.
        Span::Every(tokens) => settings.compressed_cells(tokens),
        Span::Once => 1,
    }
}

/// Layers or bytes on either side of the border between host and device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ByPlace {
    /// Of the layers on the accelerator.
    pub(super) device: u64,
    /// Of the layers on the host.
    pub(super) host: u64,
}

/// What all layers keep of one kind, by where each layer is.
pub(super) fn by_place(model: &Model, first_on_device: u64, of_layer: impl Fn(&Block) -> u64) -> ByPlace {
    layers_by_place(model, first_on_device).fold(ByPlace::default(), |sum, (block, layers)| {
        let bytes = of_layer(block);
        ByPlace {
            device: sum.device.saturating_add(bytes.saturating_mul(layers.device)),
            host: sum.host.saturating_add(bytes.saturating_mul(layers.host)),
        }
    })
}

/// Each block of the stack with how many layers of it are on either side of a border.
pub(super) fn layers_by_place(model: &Model, border: u64) -> impl Iterator<Item = (&Block, ByPlace)> {
    let runs = model.stack.iter().scan(0_u64, |index, run| {
        let first = *index;
        let length: u64 = run.blocks.iter().map(|block| u64::from(block.times)).sum();
        *index = first.saturating_add(length.saturating_mul(u64::from(run.repeat)));
        Some((run, first, length))
    });
    runs.flat_map(move |(run, first, length)| {
        run.blocks.iter().scan(first, move |start, block| {
            let (times, rounds) = (u64::from(block.times), u64::from(run.repeat));
            let host = layers_before(border, *start, times, length, rounds);
            *start = start.saturating_add(times);
            Some((block, ByPlace { device: times.saturating_mul(rounds).saturating_sub(host), host }))
        })
    })
}

/// Of `times` layers at `start`, again after every `length` layers for some rounds, those before a border.
fn layers_before(border: u64, start: u64, times: u64, length: u64, rounds: u64) -> u64 {
    if length == 0 {
        return 0;
    }
    let reach = border.saturating_sub(start);
    let whole_rounds = (reach / length).min(rounds);
    let rest = if whole_rounds < rounds { (reach - whole_rounds * length).min(times) } else { 0 };
    whole_rounds.saturating_mul(times).saturating_add(rest)
}

#[cfg(test)]
mod tests {
    use super::{Cells, layers_before};
    use crate::spec::{Inference, Kept, KeptKind, Span};

    /// Of 32 keys and 32 values in 16 bit a cell has 128 bytes.
    #[test]
    fn what_spans_so_much_has_as_many_cells() {
        let cells = Cells::of(&Inference { context: 8192, ubatch: 512, ..Inference::default() });
        for (span, held) in [
            (Span::Context, 8192.0),
            // The window and one chunk; a compressed token for every four; one for all.
            (Span::Window(512), 1024.0),
            (Span::Every(4), 2048.0),
            (Span::Once, 1.0),
        ] {
            let kept = Kept { kind: KeptKind::Tokens, layers: 3, keys: 32, values: 32, span };
            assert!(
                (cells.bytes(&kept) - 3.0 * 128.0 * held).abs() < 0.5,
                "{span:?}: {}",
                cells.bytes(&kept)
            );
        }
    }

    #[test]
    fn layers_before_a_border_are_those_counted_one_by_one() {
        for (start, times, length, rounds) in [(0, 5, 6, 4), (5, 1, 6, 4), (3, 2, 7, 3), (0, 32, 32, 1)] {
            for border in 0..40 {
                let by_hand = (0..rounds)
                    .flat_map(|round| (0..times).map(move |layer| start + round * length + layer))
                    .filter(|layer| *layer < border)
                    .count() as u64;
                assert_eq!(layers_before(border, start, times, length, rounds), by_hand, "border {border}");
            }
        }
    }
}
