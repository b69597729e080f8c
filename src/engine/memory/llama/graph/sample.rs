//! A few layers that stand for all of a model.

use crate::spec::{Block, Model};

/// Rounds of a run after which a buffer has reached its peak.
const ROUNDS: u32 = 2;
/// Layers of one block after which a buffer has reached its peak.
const LAYERS: u64 = 4;

/// Where a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// On the host.
    Host,
    /// On the device, but for its routed experts.
    WithoutExperts,
    /// On the device.
    Device,
}

/// A few layers that stand for all, each with where it is: between two borders up to so many rounds of each run, and
/// layers of each block.
pub(super) fn sample(model: &Model, first_on_device: u64, first_experts: u64) -> Vec<(&Block, Side)> {
    let mut layers = Vec::with_capacity(32);
    let mut index = 0_u64;
    let borders = [first_on_device, first_experts.max(first_on_device)];
    for run in &model.stack {
        let mut rounds_seen = [0_u32; 3];
        let rounds = if run.blocks.len() > 1 { ROUNDS } else { ROUNDS * 2 };
        let length: u64 = run.blocks.iter().map(|block| u64::from(block.times)).sum();
        for _ in 0..run.repeat.min(MOST_ROUNDS) {
            let side = borders.iter().filter(|border| index >= **border).count();
            let end = index.saturating_add(length);
            let crosses = borders.iter().any(|border| index < *border && end > *border);
            let Some(seen) = rounds_seen.get_mut(side) else { break };
            *seen += 1;
            if *seen > rounds && !crosses {
                index = end;
                continue;
            }
            for block in &run.blocks {
                let times = u64::from(block.times);
                let before = borders.map(|border| border.saturating_sub(index).min(times));
                let few = |layers: u64| usize::try_from(layers.min(LAYERS)).unwrap_or(0);
                let of = |side, layers| std::iter::repeat_n((block, side), few(layers));
                layers.extend(of(Side::Host, before[0]));
                layers.extend(of(Side::WithoutExperts, before[1] - before[0]));
                layers.extend(of(Side::Device, times - before[1]));
                index = index.saturating_add(times);
            }
        }
    }
    layers
}

/// More rounds than any model has.
const MOST_ROUNDS: u32 = 4096;
