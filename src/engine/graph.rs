//! From program graphs to the tokens a language model reads or learns from.

use crate::spec::{FineTune, Graph, GraphSequence, GraphTask, Inference, Workload};
use crate::units::{Tokens, count, whole};

/// Tokens that write out the median graph: nodes × tokens per node + edges × tokens per edge.
pub fn tokens(graph: &Graph) -> Tokens {
    let nodes = count(graph.nodes) * graph.tokens_per_node;
    let edges = count(graph.edges) * graph.tokens_per_edge;
    Tokens::new((nodes + edges).max(0.0))
}

/// How long the graphs of a data set are when written out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lengths {
    /// Half of them are shorter.
    pub median: Tokens,
    /// 19 of 20 are shorter.
    pub p95: Tokens,
    /// The longest: the size that the largest of so many graphs has in half of all data sets.
    pub longest: Tokens,
    /// Tokens of all divided by their number.
    pub mean: Tokens,
}

/// The 95th percentile of a standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_6;

/// Beyond this many tokens no quantity here means anything, and no graph is counted longer.
const MOST: f64 = 1e15;

/// The spread of lengths, each cut where the graphs are.
///
/// Sizes are log-normal: ln(length) is normal with deviation σ = ln(p95 ÷ median) ÷ 1.645. Of n graphs the longest
/// lies at the quantile ½^(1/n), and the mean of those cut at c is
/// m·e^(σ²/2)·Φ(k − σ) + c·Φ(−k) with k = ln(c ÷ m) ÷ σ.
pub fn lengths(graph: &Graph) -> Lengths {
    let median = tokens(graph).get();
    let cut = graph.max_sequence.map_or(MOST, count).min(MOST);
    let deviation = graph.size_spread.max(1.0).ln() / Z95;
    let at = |z: f64| Tokens::new((median * (deviation * z).exp()).min(cut));
    let largest = 0.5_f64.powf(1.0 / count(graph.graphs.max(1)));
    let longest = at(normal_quantile(largest)).get();
    let mean = if deviation <= 0.0 || median <= 0.0 {
        median.min(cut)
    } else {
        // No graph is longer than the longest, so the tail beyond it counts as cut there.
        let end = longest.max(median.min(cut));
        let k = (end / median).ln() / deviation;
        median * (deviation * deviation / 2.0).exp() * normal_share(k - deviation) + end * normal_share(-k)
    };
    Lengths {
        median: at(0.0),
        p95: Tokens::new(at(Z95).get().min(longest.max(at(0.0).get()))),
        longest: Tokens::new(longest),
        mean: Tokens::new(mean.min(longest)),
    }
}

/// What the language model is asked to do, with prompt and context that hold the longest graph.
pub fn as_inference(graph: &Graph, inference: &Inference) -> Inference {
    let prompt = whole(lengths(graph).longest.get().ceil()).max(1);
    let slots = inference.concurrency.max(1);
    let context = prompt.saturating_add(inference.generate).saturating_mul(slots);
    Inference { context, prompt, ..*inference }
}

/// The fine-tune, with a sequence that holds the longest graph, and the mean that decides the time.
///
/// Packed, graphs share sequences and every sequence is full; else shorter ones of a batch are padded.
pub fn as_fine_tune(graph: &Graph, tune: &FineTune) -> FineTune {
    let lengths = lengths(graph);
    let sequence = whole(lengths.longest.get().ceil()).max(1);
    let mean = whole(lengths.mean.get().ceil()).clamp(1, sequence);
    let uneven = graph.size_spread > 1.0 && graph.graphs > 1 && tune.micro_batch > 1;
    let (examples, tokens_per_example, padded) = if graph.packing {
        let full = (count(graph.graphs) * lengths.mean.get() / count(sequence)).ceil();
        (whole(full).max(1), sequence, tune.padded)
    } else {
        (graph.graphs.max(1), mean, tune.padded || uneven)
    };
    FineTune { sequence, examples, tokens_per_example, padded, ..*tune }
}

/// The inference a workload comes down to, if a language model answers in it.
pub fn inference(workload: &Workload) -> Option<Inference> {
    match workload {
        Workload::Inference(_, inference) => Some(*inference),
        Workload::GraphSequence(_, GraphSequence { graph, task: GraphTask::Read(inference) }) => {
            Some(as_inference(graph, inference))
        }
        Workload::GraphSequence(..) | Workload::FineTune(..) | Workload::Gnn(_) | Workload::Diffusion(_) => {
            None
        }
    }
}

/// The fine-tune a workload comes down to, if a language model is trained in it.
pub fn fine_tune(workload: &Workload) -> Option<FineTune> {
    match workload {
        Workload::FineTune(_, tune) => Some(*tune),
        Workload::GraphSequence(_, GraphSequence { graph, task: GraphTask::Train(tune) }) => {
            Some(as_fine_tune(graph, tune))
        }
        Workload::GraphSequence(..) | Workload::Inference(..) | Workload::Gnn(_) | Workload::Diffusion(_) => {
            None
        }
    }
}

/// Share of a standard normal distribution below z, to 10⁻⁷ (Abramowitz and Stegun 26.2.17).
fn normal_share(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = [0.319_381_53, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let sum = series.iter().rev().fold(0.0, |sum, term| (sum + term) * t);
    let tail = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() * sum;
    if z > 0.0 { 1.0 - tail } else { tail }
}

/// The z below which a share of a standard normal distribution lies, by halving between −9 and 9.
fn normal_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if normal_share(middle) < share { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graphs(count: u64, spread: f64, max_sequence: Option<u64>) -> Graph {
        Graph {
            nodes: 100,
            edges: 200,
            tokens_per_node: 4.0,
            tokens_per_edge: 3.0,
            graphs: count,
            size_spread: spread,
            max_sequence,
            packing: false,
        }
    }

    #[test]
    fn graphs_of_one_size_are_all_as_long_as_the_median() {
        for count in [1, 1_000_000] {
            let lengths = lengths(&graphs(count, 1.0, None));
            for each in [lengths.median, lengths.p95, lengths.longest, lengths.mean] {
                assert!((each.get() - 1000.0).abs() < 1e-6, "{lengths:?}");
            }
        }
    }

    #[test]
    fn the_longest_of_many_is_far_out() {
        // ½^(1/1000) lies at z = 3.1978 of a normal distribution; σ = ln 3 / 1.6449 = 0.6679.
        let lengths = lengths(&graphs(1000, 3.0, None));
        assert!((lengths.p95.get() - 3000.0).abs() < 1.0, "{lengths:?}");
        assert!((lengths.longest.get() / 1000.0 - (0.667_9_f64 * 3.1978).exp()).abs() < 0.01, "{lengths:?}");
        // The mean of the whole distribution is e^(σ²/2) = 1.25; its tail beyond the longest takes little off.
        assert!((1230.0..1250.0).contains(&lengths.mean.get()), "{lengths:?}");
    }

    #[test]
    fn cutting_lowers_the_longest_and_the_mean() {
        let whole = lengths(&graphs(1000, 3.0, None));
        let cut = lengths(&graphs(1000, 3.0, Some(2000)));
        assert!((cut.longest.get() - 2000.0).abs() < 1e-6);
        assert!((cut.p95.get() - 2000.0).abs() < 1e-6);
        assert!(cut.mean < whole.mean && cut.mean.get() > 1000.0, "{cut:?}");
        let short = lengths(&graphs(1000, 3.0, Some(10)));
        assert!(short.mean.get() <= 10.0 && short.mean.get() > 9.9, "{short:?}");
    }

    #[test]
    fn the_mean_is_that_of_a_drawn_sample() {
        // Quantiles at the middle of 100,000 equal shares stand for a draw of that many graphs.
        let graph = graphs(100_000, 4.0, Some(5000));
        let deviation = 4.0_f64.ln() / Z95;
        let sum: f64 = (0..100_000)
            .map(|index| {
                let z = normal_quantile((f64::from(index) + 0.5) / 100_000.0);
                (1000.0 * (deviation * z).exp()).min(5000.0)
            })
            .sum();
        let mean = lengths(&graph).mean.get();
        assert!((mean / (sum / 100_000.0) - 1.0).abs() < 1e-4, "{mean} {}", sum / 100_000.0);
    }

    #[test]
    fn packing_keeps_the_tokens_and_fills_the_sequences() {
        let mut graph = graphs(1000, 3.0, None);
        let tune = FineTune::usual(crate::spec::Method::Lora, crate::spec::Runtime::PyTorch, 131_072);
        let apart = as_fine_tune(&graph, &tune);
        graph.packing = true;
        let packed = as_fine_tune(&graph, &tune);
        assert_eq!(apart.sequence, packed.sequence);
        assert_eq!(packed.tokens_per_example, packed.sequence);
        let tokens = |tune: &FineTune| count(tune.examples) * count(tune.tokens_per_example);
        assert!((tokens(&packed) / tokens(&apart) - 1.0).abs() < 0.01, "{packed:?} {apart:?}");
    }
}
