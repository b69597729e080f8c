//! How long a graph network's epoch takes: it moves messages along edges, so memory decides.

use super::devices::{End, Sharing};
use super::{Basis, Bound, Chip};
use crate::engine::memory::gnn::Sampled;
use crate::spec::{Gnn, GnnMode, GnnPrecision, Sampling, SpeedGroup, Split};
use crate::units::{Band, Hours, Seconds, count};

/// Speeds of a graph network.
#[derive(Clone, Debug, PartialEq)]
pub struct GnnSpeed {
    /// Seconds of an epoch: every labelled node once.
    pub epoch: Band<Seconds>,
    /// Seconds that no run can be shorter than.
    pub roofline: Seconds,
    /// Hours of the whole run.
    pub run: Band<Hours>,
    /// What holds it back.
    pub bound: Bound,
    /// What the figures rest on.
    pub basis: Basis,
}

/// Share of the bandwidth that gathers and scatters along edges reach; reasoned, for no run was measured: rows of a
/// few hundred bytes in no order, between a tenth and two thirds.
const REACHED: Band<f64> = Band { low: 0.1, best: 0.3, high: 0.65 };
/// Share of the shaders' peak that dense products of such widths reach.
const COMPUTED: f64 = 0.4;
/// Tensors of an edge's width that a layer reads or writes: gathered, weighed, summed.
const MOVES: f64 = 3.0;

/// Speeds of a graph network on a chip, for batches that reach so many nodes and edges.
pub(super) fn speed(gnn: &Gnn, reached: &Sampled, chip: Chip, sharing: Sharing) -> GnnSpeed {
    let width = match gnn.precision {
        GnnPrecision::Fp32 => 4.0,
        GnnPrecision::Fp16 => 2.0,
    };
    let batches = match gnn.sampling {
        Sampling::Full => 1.0,
        Sampling::FanOuts(_) => (count(gnn.nodes) / count(gnn.batch_nodes.max(1))).ceil().max(1.0),
    };
    // Gradients pass the same way back, and those of the weights go over the nodes once more.
    let passes = if gnn.mode == GnnMode::Train { 3.0 } else { 1.0 };
    let layers = count(gnn.layers.max(1));
    let hidden = count(gnn.hidden);
    let moved = reached.edges.best * hidden * width * MOVES * layers * passes
        + reached.nodes.best * (count(gnn.in_width) + hidden * layers) * width * passes;
    let products = 2.0 * reached.nodes.best * hidden * (count(gnn.in_width) + hidden * layers) * passes;
    let devices = f64::from(sharing.devices.max(1));
    let least = (moved / chip.bandwidth).max(products / chip.shaders.max(chip.matrix)) * batches / devices;
    let passed =
        |end: End| passed(gnn, reached, width * passes, sharing) / end.rate(sharing.link.bytes_per_second());
    let at = |share: f64, end: End| {
        let alone = moved / (chip.bandwidth * share) + products / (chip.shaders * COMPUTED);
        (alone / devices + passed(end)) * batches
    };
    let epoch = Band {
        low: at(REACHED.high, End::Fast).max(least),
        best: at(REACHED.best, End::Best),
        high: at(REACHED.low, End::Slow),
    };
    let run = epoch.map(|seconds| Hours::new(seconds * gnn.epochs.max(0.0) / 3600.0));
    let by_link = passed(End::Best) * devices > moved / (chip.bandwidth * REACHED.best);
    let by_memory = moved / (chip.bandwidth * REACHED.best) >= products / (chip.shaders * COMPUTED);
    GnnSpeed {
        epoch: epoch.map(Seconds::new),
        roofline: Seconds::new(least),
        run,
        bound: match (by_link, by_memory) {
            (true, _) => Bound::Devices,
            (false, true) => Bound::Memory,
            (false, false) => Bound::Compute,
        },
        basis: Basis { group: SpeedGroup::Every, rows: 0, machines: 0, measured_here: false },
    }
}

/// Bytes that a device gets from others for a pass: with a part of the graph each, what its neighbours elsewhere
/// say in every layer, half as many as if edges led anywhere. Drawn batches share only the gradients, which are small.
fn passed(gnn: &Gnn, reached: &Sampled, width: f64, sharing: Sharing) -> f64 {
    if sharing.split != Split::Tensor || sharing.devices < 2 {
        return 0.0;
    }
    let devices = f64::from(sharing.devices);
    let (nodes, edges) = (reached.nodes.best, reached.edges.best);
    let elsewhere = 0.5 * nodes * (1.0 - 1.0 / devices) * (1.0 - (-edges / devices / nodes.max(1.0)).exp());
    elsewhere * (count(gnn.in_width) + count(gnn.hidden) * (count(gnn.layers.max(1)) - 1.0)) * width
}
