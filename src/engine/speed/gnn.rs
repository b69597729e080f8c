//! How long a graph network's epoch takes: it moves messages along edges, so memory decides.

use super::devices::{End, Sharing};
use super::{Basis, Bound, Chip, Doubt};
use crate::engine::figures::fact;
use crate::engine::memory::gnn::Sampled;
use crate::engine::{Book, FigureName};
use crate::formula;
use crate::spec::{Gnn, GnnMode, GnnPrecision, Machine, SpeedGroup, Split};
use crate::units::{Band, Bytes, Flops, Hours, Seconds, count};

/// Speeds of a graph network.
#[derive(Clone, Debug, PartialEq)]
pub struct GnnSpeed {
    /// Seconds of an epoch: every labeled node once.
    pub epoch: Band<Seconds>,
    /// Seconds that no run can be shorter than.
    pub roofline: Seconds,
    /// Hours of the whole run.
    pub run: Band<Hours>,
    /// What it is bound by.
    pub bound: Bound,
    /// What the figures rest on.
    pub basis: Basis,
}

/// Share of the bandwidth that gathers and scatters along edges reach; analytical, for no run was measured: rows of a
/// few hundred bytes in no order, between a tenth and two thirds.
const REACHED: Band<f64> = Band { low: 0.1, best: 0.3, high: 0.65 };
/// Share of the shaders' peak that dense products of such widths reach.
const COMPUTED: f64 = 0.4;
/// Tensors of an edge's width that a layer reads or writes: gathered, weighed, summed.
const MOVES: f64 = 3.0;

/// What the share of the bandwidth rests on.
const ANALYTICAL: &str = "analytical, not validated: a share of the bandwidth and of the shaders' peak";

/// Speeds of a graph network on a machine, for batches that reach so many nodes and edges.
pub(super) fn speed(
    gnn: &Gnn,
    reached: &Sampled,
    (machine, chip, sharing): (&Machine, Chip, Sharing),
    book: &mut Book,
) -> GnnSpeed {
    let detail = book.detail();
    let width = match gnn.precision {
        GnnPrecision::Fp32 => 4.0,
        GnnPrecision::Fp16 | GnnPrecision::Bf16 => 2.0,
    };
    let batches = match (gnn.graphs_at_once(), gnn.fan_outs()) {
        (Some(graphs), _) => (count(gnn.graphs) / count(graphs)).ceil().max(1.0),
        (None, None) => 1.0,
        (None, Some(_)) => {
            let share = if gnn.architecture.record().reads_paths { 1.0 } else { gnn.labeled_share };
            (count(gnn.nodes) * share.clamp(0.0, 1.0) / count(gnn.batch_nodes.max(1))).ceil().max(1.0)
        }
    };
    // Gradients pass the same way back, and those of the weights go over the nodes once more.
    let passes = if gnn.mode == GnnMode::Train { 3.0 } else { 1.0 };
    let layers = count(gnn.layers.max(1));
    let (hidden, in_width) = (count(gnn.hidden), count(gnn.in_width));
    let (nodes, edges) = (reached.nodes.best, reached.edges.best);
    // A dense adjacency is multiplied pair by pair.
    let pairs = if gnn.architecture.record().is_dense {
        nodes * nodes / count(gnn.graphs_at_once().unwrap_or(1))
    } else {
        0.0
    };
    let edges = if pairs > 0.0 { 0.0 } else { edges };
    let moved = formula!(detail, "messages of all edges and features of all nodes that a batch reaches";
        edges = edges, hidden = hidden, bytes_per_value = width, moves = MOVES, layers = layers, passes = passes,
        nodes = nodes, in_width = in_width, pairs_of_nodes = pairs
        => edges * hidden * bytes_per_value * moves * layers * passes
            + pairs_of_nodes * bytes_per_value * moves * layers * passes
            + nodes * (in_width + hidden * layers) * bytes_per_value * passes);
    let products = formula!(detail, "two operations a weight and node";
        nodes = nodes, hidden = hidden, in_width = in_width, layers = layers, passes = passes, pairs_of_nodes = pairs
        => 2.0 * nodes * hidden * (in_width + hidden * layers) * passes
            + 2.0 * pairs_of_nodes * hidden * layers * passes);
    let rate = machine.bandwidth.as_ref();
    let bandwidth =
        || rate.map_or(chip.bandwidth.into(), |rate| fact(detail, "bandwidth", rate, chip.bandwidth));
    let devices = f64::from(sharing.devices.max(1));
    let least = formula!(detail, "all bytes at the datasheet's bandwidth, or all operations at the peak";
        moved_bytes = moved.clone(), bandwidth = bandwidth(), operations = products.clone(),
        peak = chip.shaders.max(chip.matrix), batches = batches, devices = devices
        => max(moved_bytes / bandwidth, operations / peak) * batches / devices);
    let transfer = |end: End| {
        let sent = Bytes::new(transferred(gnn, reached, width * passes, sharing));
        (sent / end.rate(sharing.link.bytes_per_second())).get()
    };
    let at = |share: f64, end: End| {
        formula!(detail, ANALYTICAL;
            moved_bytes = moved.clone(), bandwidth = bandwidth(), reached_share = share,
            operations = products.clone(), shaders = chip.shaders, computed_share = COMPUTED, devices = devices,
            transfer_s = transfer(end), batches = batches
            => ((moved_bytes / (bandwidth * reached_share) + operations / (shaders * computed_share)) / devices
                + transfer_s) * batches)
    };
    let low = formula!(detail, "no shorter than the roofline";
        epoch_s = at(REACHED.high, End::Fast), least_s = least.clone() => max(epoch_s, least_s));
    let epoch = Band { low, best: at(REACHED.best, End::Best), high: at(REACHED.low, End::Slow) };
    let epoch = book.band(FigureName::Epoch, epoch);
    let Band { low, best, high } = epoch;
    let hours = |seconds: f64| formula!(detail, "all epochs"; epoch_s = seconds, epochs = gnn.epochs.max(0.0) => epoch_s * epochs / 3600.0);
    let run = book.band(FigureName::RunHours, Band { low: hours(low), best: hours(best), high: hours(high) });
    let (moved, products) = (moved.value, products.value);
    let moving = Bytes::new(moved) / (chip.bandwidth * REACHED.best);
    let by_link = transfer(End::Best) * devices > moving.get();
    let by_memory = moving >= Flops::new(products) / (chip.shaders * COMPUTED);
    GnnSpeed {
        epoch: epoch.map(Seconds::new),
        roofline: Seconds::new(book.exact(FigureName::Roofline, least)),
        run: run.map(Hours::new),
        bound: match (by_link, by_memory) {
            (true, _) => Bound::Devices,
            (false, true) => Bound::Memory,
            (false, false) => Bound::Compute,
        },
        basis: Basis {
            group: SpeedGroup::Every,
            rows: 0,
            machines: 0,
            measured_here: false,
            doubt: Doubt::Unmeasured,
        },
    }
}

/// Bytes that a device gets from others for a pass: with a shard of the graph each, what its neighbors elsewhere
/// hold in every layer, half as many as if edges led anywhere. Sampled batches share only the gradients, which are
/// small.
fn transferred(gnn: &Gnn, reached: &Sampled, width: f64, sharing: Sharing) -> f64 {
    if sharing.split != Split::Tensor || sharing.devices < 2 {
        return 0.0;
    }
    let devices = f64::from(sharing.devices);
    let (nodes, edges) = (reached.nodes.best, reached.edges.best);
    let elsewhere = 0.5 * nodes * (1.0 - 1.0 / devices) * (1.0 - (-edges / devices / nodes.max(1.0)).exp());
    elsewhere * (count(gnn.in_width) + count(gnn.hidden) * (count(gnn.layers.max(1)) - 1.0)) * width
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_gets_what_its_neighbors_elsewhere_hold() {
        let gnn = Gnn { in_width: 100, hidden: 64, layers: 3, ..Gnn::default() };
        let reached = Sampled { nodes: Band::exact(1000.0), edges: Band::exact(2000.0), labeled: 1000.0 };
        let two = Sharing { devices: 2, split: Split::Tensor, ..Sharing::alone() };
        // Half of 1,000 nodes lie elsewhere; the 1,000 edges of a half lead to 1 - 1/e of them, and half of that is taken:
        // the features, and what two of three layers give.
        let nodes = 0.5 * 500.0 * (1.0 - (-1.0_f64).exp());
        let bytes = nodes * (100.0 + 2.0 * 64.0) * 4.0;
        assert!((transferred(&gnn, &reached, 4.0, two) / bytes - 1.0).abs() < 1e-12);
        for alone in [Sharing { split: Split::Copies, ..two }, Sharing { devices: 1, ..two }] {
            assert!(transferred(&gnn, &reached, 4.0, alone).abs() < f64::EPSILON, "{alone:?}");
        }
    }
}
