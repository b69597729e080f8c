//! Layers, one by one, as the short list of runs that a model keeps.

use crate::spec::{Block, FeedForward, Mixer, Run};

/// The longest round that is looked for: every sixth layer is global in Gemma 3.
const LONGEST_ROUND: usize = 12;

/// One layer.
pub(super) type Layer = (Mixer, FeedForward);

/// The most first layers that may differ from the rounds behind them.
const MOST_BEFORE: usize = 4;

/// Blocks that are short enough as they are.
const SHORT: usize = 6;

/// The same layers as runs: what differs first, the shortest round that repeats, what is left of one, and a last layer of
/// its own; else neighbors
/// of one shape joined.
pub(super) fn stack(layers: &[Layer]) -> Vec<Run> {
    let repeats = |(from, to): (usize, usize), round: usize| {
        let rest = layers.get(from..to).unwrap_or_default();
        round * 3 <= rest.len() && rest.iter().zip(rest.iter().skip(round)).all(|(a, b)| a == b)
    };
    let found = if rounds(layers).iter().map(|run| run.blocks.len()).sum::<usize>() <= SHORT {
        None
    } else {
        // The last layer may have what is computed behind all of them.
        let all = layers.len();
        let ends = |from: usize| [(from, all), (from, all.saturating_sub(1))];
        let mut ends = (0..=MOST_BEFORE).flat_map(ends);
        ends.find(|ends| (2..=LONGEST_ROUND).any(|round| repeats(*ends, round)))
    };
    let (from, to) = found.unwrap_or((0, layers.len()));
    let (rest, last) = layers.split_at(to);
    let (before, rest) = rest.split_at(from);
    let mut runs: Vec<Run> = Vec::new();
    if !before.is_empty() {
        runs.push(Run { repeat: 1, blocks: joined(before) });
    }
    runs.extend(rounds(rest));
    if !last.is_empty() {
        runs.push(Run { repeat: 1, blocks: joined(last) });
    }
    runs
}

/// Layers as the shortest round that repeats, and what is left of one.
fn rounds(layers: &[Layer]) -> Vec<Run> {
    let repeats = |round: usize| layers.iter().zip(layers.iter().skip(round)).all(|(a, b)| a == b);
    let round = (1..=LONGEST_ROUND).find(|&round| round * 2 <= layers.len() && repeats(round));
    let Some(round) = round else {
        return vec![Run { repeat: 1, blocks: joined(layers) }];
    };
    let (first, _) = layers.split_at(round);
    let rounds = u32::try_from(layers.len() / round).unwrap_or(u32::MAX);
    let mut runs = vec![if round == 1 {
        Run { repeat: 1, blocks: joined(layers) }
    } else {
        Run { repeat: rounds, blocks: joined(first) }
    }];
    let rest = layers.chunks_exact(round).remainder();
    if !rest.is_empty() {
        runs.push(Run { repeat: 1, blocks: joined(rest) });
    }
    runs
}

/// Neighbors of one shape as one block.
fn joined(layers: &[Layer]) -> Vec<Block> {
    layers
        .chunk_by(|a, b| a == b)
        .filter_map(|same| {
            let (mixer, feed_forward) = same.first()?.clone();
            Some(Block { times: u32::try_from(same.len()).unwrap_or(u32::MAX), mixer, feed_forward })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Attention;

    fn layer(window: Option<u32>) -> Layer {
        (Mixer::Attention(Attention { window, ..Attention::default() }), FeedForward::None)
    }

    #[test]
    fn every_layer_stays_in_its_place() {
        for count in [1, 2, 5, 12, 26, 42, 62] {
            for period in [1, 2, 4, 6] {
                let layers: Vec<Layer> =
                    (1..=count).map(|n| layer((n % period != 0).then_some(1024))).collect();
                let runs = stack(&layers);
                let unrolled: Vec<Layer> = runs
                    .iter()
                    .flat_map(|run| std::iter::repeat_n(&run.blocks, run.repeat as usize).flatten())
                    .flat_map(|block| {
                        std::iter::repeat_n(
                            (block.mixer.clone(), block.feed_forward.clone()),
                            block.times as usize,
                        )
                    })
                    .collect();
                assert_eq!(unrolled, layers, "{count} layers, every {period}th");
                assert!(runs.len() <= 2, "{count} layers, every {period}th");
            }
        }
    }
}
