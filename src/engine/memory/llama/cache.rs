//! What is kept from one pass to the next: keys and values, and the states of recurrent layers.

use super::settings::Settings;
use crate::spec::{Block, Mixer, Model};

/// Bytes of the cache of one layer; every buffer ends on a multiple of 32.
pub(super) fn layer_bytes(block: &Block, settings: &Settings) -> u64 {
    let (keys, values, cells) = match &block.mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => {
            let width = u64::from(attention.kv_heads).saturating_mul(u64::from(attention.head));
            let cells =
                attention.window.map_or(settings.cells, |window| settings.window_cells(u64::from(window)));
            (width, width, cells)
        }
        Mixer::Mla(mla) => (u64::from(mla.kv_rank) + u64::from(mla.rope), 0, settings.cells),
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => return 0,
    };
    let tensor = |width| {
        settings
            .row_bytes(width)
            .saturating_mul(cells)
            .saturating_mul(settings.streams)
            .min(1 << 50)
            .next_multiple_of(32)
    };
    tensor(keys) + tensor(values)
}

/// Bytes of the state of one layer, for every slot: the last inputs of the convolution, and the state.
pub(super) fn state_bytes(block: &Block, settings: &Settings) -> u64 {
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
        Mixer::Attention(_) | Mixer::Mla(_) => return 0,
    };
    let recent = u64::from(taps.saturating_sub(1)).saturating_mul(channels);
    let floats =
        |count: u64| count.saturating_mul(4).saturating_mul(settings.slots).min(1 << 50).next_multiple_of(32);
    floats(recent) + floats(state)
}

/// Bytes on either side of the border between host and device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ByPlace {
    /// Of the layers on the accelerator.
    pub(super) device: u64,
    /// Of the layers on the host.
    pub(super) host: u64,
}

/// What all layers keep of one kind, by where each layer is.
pub(super) fn by_place(model: &Model, first_on_device: u64, of_layer: impl Fn(&Block) -> u64) -> ByPlace {
    let mut sum = ByPlace::default();
    let mut index = 0_u64;
    for run in &model.stack {
        let length: u64 = run.blocks.iter().map(|block| u64::from(block.times)).sum();
        let mut start = index;
        for block in &run.blocks {
            let bytes = of_layer(block);
            let times = u64::from(block.times);
            let rounds = u64::from(run.repeat);
            let on_host = layers_before(first_on_device, start, times, length, rounds);
            let on_device = times.saturating_mul(rounds).saturating_sub(on_host);
            sum.host = sum.host.saturating_add(bytes.saturating_mul(on_host));
            sum.device = sum.device.saturating_add(bytes.saturating_mul(on_device));
            start = start.saturating_add(times);
        }
        index = index.saturating_add(length.saturating_mul(u64::from(run.repeat)));
    }
    sum
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
    use super::layers_before;

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
