"""Peaks of R-GCN, HGT, dense adjacency and batches of small graphs, with real tensors.

Writes assets/evidence/measurements/gnn_networks.csv: `python tests/evidence/gnn/networks.py`. R-GCN and dense layers stand in a
stack as the other layers do; HGT is the network of PyTorch Geometric's `hgt_dblp.py`; batches of graphs are those of its
tutorial on graph classification (`global_mean_pool`, dropout, a linear map), dense ones of its dense examples (a mean over
nodes). Each graph of a batch has its own size; nodes and edges are the mean.
"""
import importlib.metadata, itertools, random, warnings

warnings.filterwarnings("ignore")
import torch
import torch.nn.functional as F
from torch_geometric import nn as G

from live import Live, adam

# architecture, graphs in a batch, nodes, edges, features, hidden, classes, layers, heads, relations, node types, edge features,
# whether it is trained, and with dropout
SETTINGS = [
    ("R-GCN", 0, 3000, 50000, 100, 48, 7, 3, 1, 4, 1, 0, 1, 1),
    ("R-GCN", 0, 8000, 24000, 32, 64, 11, 2, 1, 9, 1, 0, 1, 1),
    ("R-GCN", 0, 3000, 50000, 100, 48, 7, 5, 1, 1, 1, 0, 1, 0),
    ("R-GCN", 0, 1000, 90000, 20, 16, 4, 4, 1, 45, 1, 0, 1, 1),
    ("R-GCN", 0, 3000, 50000, 100, 48, 7, 3, 1, 4, 1, 0, 0, 1),
    ("R-GCN", 0, 9000, 18000, 16, 96, 5, 2, 1, 3, 1, 0, 0, 1),
    ("HGT", 0, 3000, 50000, 100, 48, 7, 2, 4, 5, 3, 0, 1, 0),
    ("HGT", 0, 8000, 24000, 32, 64, 11, 3, 8, 6, 4, 0, 1, 0),
    ("HGT", 0, 2000, 60000, 20, 32, 5, 1, 2, 3, 2, 0, 1, 0),
    ("HGT", 0, 4000, 8000, 64, 32, 4, 4, 2, 8, 4, 0, 1, 0),
    ("HGT", 0, 3000, 50000, 100, 48, 7, 2, 4, 5, 3, 0, 0, 0),
    ("HGT", 0, 9000, 9000, 16, 64, 5, 3, 2, 3, 3, 0, 0, 0),
    ("dense-GCN", 0, 700, 9000, 40, 48, 7, 3, 1, 1, 1, 0, 1, 1),
    ("dense-GCN", 0, 400, 900, 300, 128, 9, 2, 1, 1, 1, 0, 1, 1),
    ("dense-GCN", 0, 700, 9000, 40, 48, 7, 5, 1, 1, 1, 0, 1, 0),
    ("dense-GCN", 0, 700, 9000, 40, 48, 7, 3, 1, 1, 1, 0, 0, 1),
    ("dense-GCN", 32, 90, 300, 18, 64, 6, 3, 1, 1, 1, 0, 1, 1),
    ("dense-GCN", 64, 40, 300, 18, 64, 6, 2, 1, 1, 1, 0, 0, 1),
    ("GCN", 64, 33, 124, 18, 64, 6, 3, 1, 1, 1, 0, 1, 1),
    ("GIN", 128, 23, 50, 21, 96, 12, 4, 1, 1, 1, 0, 1, 1),
    ("SAGE", 256, 39, 146, 4, 32, 2, 3, 1, 1, 1, 0, 1, 0),
    ("GAT", 64, 33, 124, 18, 64, 6, 3, 4, 1, 1, 0, 1, 1),
    ("GATv2", 48, 26, 56, 30, 48, 10, 2, 8, 1, 1, 0, 1, 1),
    ("NNConv", 20, 18, 37, 11, 32, 1, 3, 1, 1, 1, 4, 1, 1),
    ("R-GCN", 32, 24, 51, 14, 64, 2, 3, 1, 3, 1, 0, 1, 1),
    ("GIN", 128, 23, 50, 21, 96, 12, 5, 1, 1, 1, 0, 0, 1),
    ("GCN", 512, 33, 124, 18, 64, 6, 3, 1, 1, 1, 0, 0, 1),
]


def layer(kind, inward, outward, hidden, heads, relations, edge_width):
    linear = torch.nn.Linear
    return {
        "GCN": lambda: G.GCNConv(inward, outward),
        "SAGE": lambda: G.SAGEConv(inward, outward),
        "GAT": lambda: G.GATConv(inward, outward // heads, heads=heads),
        "GATv2": lambda: G.GATv2Conv(inward, outward // heads, heads=heads),
        "GIN": lambda: G.GINConv(torch.nn.Sequential(linear(inward, hidden), torch.nn.ReLU(), linear(hidden, outward))),
        "NNConv": lambda: G.NNConv(inward, outward, linear(edge_width, inward * outward), aggr="mean"),
        "R-GCN": lambda: G.RGCNConv(inward, outward, num_relations=relations),
        "dense-GCN": lambda: G.DenseGCNConv(inward, outward),
    }[kind]()


class Net(torch.nn.Module):
    """Layers with ReLU between them, and dropout there or, of graphs, before the classifier."""

    def __init__(self, kind, graphs, inward, hidden, outward, layers, heads, relations, edge_width, dropout):
        super().__init__()
        self.dropout, self.graphs, self.dense = dropout, graphs, kind == "dense-GCN"
        widths = [inward] + [hidden] * (layers - 1) + [hidden if graphs else outward]
        ends = list(itertools.pairwise(widths))
        self.layers = torch.nn.ModuleList(
            layer(kind, a, b, hidden, 1 if k == layers - 1 else heads, relations, edge_width) for k, (a, b) in enumerate(ends))
        self.classifier = torch.nn.Linear(hidden, outward) if graphs else None

    def dropped(self, x):
        # As on a GPU, where dropout keeps a mask of one byte.
        return torch.native_dropout(x, 0.5, True)[0] if self.training and self.dropout else x

    def forward(self, x, *edges, batch=None):
        for conv in self.layers[:-1]:
            x = conv(x, *edges)
            x = x.relu()
            if not self.graphs:
                x = self.dropped(x)
        x = self.layers[-1](x, *edges)
        if not self.graphs:
            return x
        x = x.mean(dim=1) if self.dense else G.global_mean_pool(x, batch)
        x = self.dropped(x)
        return self.classifier(x)


class Hgt(torch.nn.Module):
    """The network of `hgt_dblp.py`."""

    def __init__(self, inward, hidden, outward, layers, heads, metadata):
        super().__init__()
        self.first = metadata[0][0]
        self.maps = torch.nn.ModuleDict({kind: torch.nn.Linear(inward, hidden) for kind in metadata[0]})
        self.layers = torch.nn.ModuleList(G.HGTConv(hidden, hidden, metadata, heads) for _ in range(layers))
        self.classes = torch.nn.Linear(hidden, outward)

    def forward(self, x, edges):
        x = {kind: self.maps[kind](rows).relu_() for kind, rows in x.items()}
        for conv in self.layers:
            x = conv(x, edges)
        return self.classes(x[self.first])


def parted(total, parts):
    """Whole numbers that differ and sum to a total."""
    shares = [random.uniform(0.5, 1.5) for _ in range(parts)]
    ends = [round(total * part / sum(shares)) for part in itertools.accumulate(shares)]
    return [b - a for a, b in itertools.pairwise([0, *ends])]


def pairs(nodes, edges):
    """Edges, none from a node to itself."""
    half = nodes // 2
    return torch.stack([torch.randint(0, half, (edges,)), torch.randint(half, nodes, (edges,))])


def inputs(kind, graphs, nodes, edges, features, classes, relations, types, edge_width):
    if kind == "HGT":
        n, e = nodes // types, edges // relations
        names = [f"n{k}" for k in range(types)]
        metadata = (names, [(names[k % types], f"r{k}", names[(k + 1) % types]) for k in range(relations)])
        x = {name: torch.randn(n, features) for name in names}
        return [x, {edge: torch.randint(0, n, (2, e)) for edge in metadata[1]}], torch.randint(0, classes, (n,)), {}, metadata
    if kind == "dense-GCN":
        count = graphs or 1
        # A mean of one graph's rows has a batch of one.
        rows = [torch.randn(count, nodes, features), torch.ones(count, nodes, nodes)]
        return rows, torch.randint(0, classes, (graphs or nodes,)), {}, None
    if not graphs:
        more = [torch.arange(edges) % relations] if kind == "R-GCN" else []
        return [torch.randn(nodes, features), pairs(nodes, edges), *more], torch.randint(0, classes, (nodes,)), {}, None
    sizes, edged = parted(graphs * nodes, graphs), parted(graphs * edges, graphs)
    starts = [0, *itertools.accumulate(sizes)]
    index = torch.cat([pairs(max(n, 2), e) + start for n, e, start in zip(sizes, edged, starts)], dim=1)
    batch = torch.arange(graphs).repeat_interleave(torch.tensor(sizes))
    total = graphs * edges
    more = {"R-GCN": [torch.arange(total) % relations], "NNConv": [torch.randn(total, edge_width or 1)]}.get(kind, [])
    labels = torch.randint(0, classes, (graphs,))
    return [torch.randn(graphs * nodes, features), index, *more], labels, dict(batch=batch), None


def measure(kind, graphs, nodes, edges, features, hidden, classes, layers, heads, relations, types, edge_width, train, dropout):
    with Live() as live:
        given, y, more, metadata = inputs(kind, graphs, nodes, edges, features, classes, relations, types, edge_width)
        net = Hgt(features, hidden, classes, layers, heads, metadata) if metadata else Net(
            kind, graphs, features, hidden, classes, layers, heads, relations, edge_width, dropout)
        net.train(bool(train))
        optimizer = adam(net) if train else None
        live.since()
        if not train:
            with torch.no_grad():
                net(*given, **more)
            return live.since(), 0
        optimizer.zero_grad(set_to_none=True)
        out = net(*given, **more)
        loss = F.cross_entropy(out.reshape(-1, out.shape[-1]), y)
        forward = live.since()
        loss.backward()
        return forward, live.since()


def main():
    torch.manual_seed(12)
    random.seed(12)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "torch_geometric"))
    print(f"# Peaks of one pass in bytes of live tensors; {versions}; nodes and edges are the mean of a batch's graphs.")
    print("arch,graphs,nodes,edges,in_dim,hidden,out_dim,layers,heads,relations,node_types,edge_width,train,dropout,fwd_peak,bwd_peak")
    for row in SETTINGS:
        print(",".join(map(str, [row[0].lower(), *row[1:], *measure(*row)])), flush=True)


if __name__ == "__main__":
    main()
