//! A graph network with PyTorch Geometric: a script of a few lines over a graph that was saved.

use crate::engine::Resolved;
use crate::spec::gnn_kinds::GeometricModel;
use crate::spec::{Gnn, GnnMode, GnnPrecision, MessagePassing};

/// Why no few lines start it, a sentence without its full stop; nothing where they do.
pub(super) fn why_not(gnn: &Gnn, resolved: &Resolved) -> Option<&'static str> {
    if resolved.scenario.devices.count.unwrap_or(1) > 1 {
        Some("how several devices share a graph is a program of its own")
    } else if gnn.graphs_at_once().is_some() {
        Some("graphs of a batch are told apart by a readout, which is a program of its own")
    } else if gnn.architecture.record().geometric == GeometricModel::Layers {
        Some(
            "PyTorch Geometric has layers of such a network and no model of them, so that it is a program of its own",
        )
    } else {
        None
    }
}

/// Trains or runs a model of `torch_geometric.nn.models` on the graph in `graph.pt`.
pub(super) fn script(gnn: &Gnn, resolved: &Resolved) -> Option<String> {
    if why_not(gnn, resolved).is_some() {
        return None;
    }
    let sparse = gnn.message_passing == MessagePassing::Sparse && gnn.architecture.record().multiplies;
    let (model_half, data_half) = match gnn.precision {
        GnnPrecision::Fp32 => ("", ""),
        GnnPrecision::Fp16 => (".half()", "; data.x = data.x.half()"),
        GnnPrecision::Bf16 => (".to(torch.bfloat16)", "; data.x = data.x.to(torch.bfloat16)"),
    };
    let edges = if sparse { "adj_t" } else { "edge_index" };
    let transform = if sparse { "import torch_geometric.transforms as T; " } else { "" };
    let (imported, model) = model(gnn);
    let head = format!(
        "import torch; device = \"cuda\" if torch.cuda.is_available() else \"mps\"; from torch_geometric.nn import \
         {imported}; {transform}data = torch.load(\"graph.pt\", weights_only=False){data_half}; model = \
         {model}.to(device){model_half}"
    );
    let body = match gnn.fan_outs() {
        Some(hops) => sampled(gnn, hops, (edges, sparse)),
        None => whole(gnn, (edges, sparse)),
    };
    Some(format!("python -c '{head}; {body}'"))
}

/// What is imported for the network, and what makes it.
fn model(gnn: &Gnn) -> (&'static str, String) {
    let Gnn { in_width, hidden, layers, out_width, heads, .. } = gnn;
    let kind = gnn.architecture.record();
    let GeometricModel::Model { name, more, heads: takes_heads } = kind.geometric else {
        let parts = format!(
            "Sequential(\"x, edge_index\", [(torch.nn.Linear({in_width}, {hidden}), \"x -> x\"), \
             (GatedGraphConv({hidden}, num_layers={layers}), \"x, edge_index -> x\"), \
             (torch.nn.Linear({hidden}, {out_width}), \"x -> x\")])"
        );
        return ("GatedGraphConv, Sequential", parts);
    };
    let heads = if takes_heads { format!(", heads={heads}") } else { String::new() };
    let cached = if kind.caches && gnn.normalization_cached { ", cached=True" } else { "" };
    let dropout = if gnn.dropout { ", dropout=0.5" } else { "" };
    let made = format!(
        "{name}(in_channels={in_width}, hidden_channels={hidden}, num_layers={layers}, \
         out_channels={out_width}{dropout}{more}{heads}{cached})"
    );
    (name, made)
}

/// What keeps training in `fp16` from dividing by nothing: an `eps` of Adam that is a number there, which 1e-8 is not, and
/// a loss large enough that the squares of gradients are. Each is empty in other formats.
fn held_in_range(gnn: &Gnn) -> (&'static str, &'static str) {
    if gnn.precision == GnnPrecision::Fp16 { (", eps=1e-4", "1024 * ") } else { ("", "") }
}

/// Sampled neighborhoods, a batch of nodes at a time.
fn sampled(gnn: &Gnn, hops: &[u64], (edges, sparse): (&str, bool)) -> String {
    let (steady, scaled) = held_in_range(gnn);
    let hops: Vec<String> = hops.iter().map(u64::to_string).collect();
    let transform = if sparse { ", transform=T.ToSparseTensor()" } else { "" };
    let nodes = if gnn.labeled_share < 1.0 { ", input_nodes=data.train_mask" } else { "" };
    let loader = format!(
        "from torch_geometric.loader import NeighborLoader; loader = NeighborLoader(data, num_neighbors=[{}], \
         batch_size={}, num_workers={}{nodes}{transform})",
        hops.join(", "),
        gnn.batch_nodes,
        gnn.loader_workers
    );
    match gnn.mode {
        GnnMode::Infer => format!(
            "{loader}; torch.set_grad_enabled(False); model.eval(); outputs = [model(batch.x, batch.{edges})[:batch.batch_size].cpu() \
             for batch in (batch.to(device) for batch in loader)]"
        ),
        GnnMode::Train => format!(
            "{loader}; optimizer = torch.optim.Adam(model.parameters(){steady}); loss = lambda batch: \
             {scaled}torch.nn.functional.cross_entropy(model(batch.x, batch.{edges})[:batch.batch_size], \
             batch.y[:batch.batch_size]); [(optimizer.zero_grad(), loss(batch.to(device)).backward(), \
             optimizer.step()) for epoch in range({}) for batch in loader]",
            gnn.epochs.ceil()
        ),
    }
}

/// The whole graph at once.
fn whole(gnn: &Gnn, (edges, sparse): (&str, bool)) -> String {
    let (steady, scaled) = held_in_range(gnn);
    let moved = if sparse { "data = T.ToSparseTensor()(data).to(device)" } else { "data = data.to(device)" };
    let labeled = if gnn.labeled_share < 1.0 { "[data.train_mask]" } else { "" };
    match gnn.mode {
        GnnMode::Infer => format!(
            "{moved}; torch.set_grad_enabled(False); model.eval(); outputs = model(data.x, data.{edges})"
        ),
        GnnMode::Train => format!(
            "{moved}; optimizer = torch.optim.Adam(model.parameters(){steady}); loss = lambda: \
             {scaled}torch.nn.functional.cross_entropy(model(data.x, data.{edges}){labeled}, data.y{labeled}); \
             [(optimizer.zero_grad(), loss().backward(), optimizer.step()) for epoch in range({})]",
            gnn.epochs.ceil()
        ),
    }
}
