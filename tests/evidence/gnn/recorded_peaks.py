"""Peaks of networks of layers that were recorded, at settings that no record was made from, with real tensors.

Prints rows of assets/evidence/measurements/gnn_further.csv: `python tests/evidence/gnn/recorded_peaks.py`.
"""
import itertools, warnings

warnings.filterwarnings("ignore")
import torch
import torch.nn.functional as F
from torch_geometric import nn as G

from live import Live, adam

# layer, nodes, edges, features, hidden, classes, layers, heads, whether it is trained, and with dropout
SETTINGS = [
    ("GATv2", 3000, 50000, 100, 48, 7, 3, 4, True, True),
    ("GATv2", 2000, 9000, 60, 64, 30, 2, 8, True, True),
    ("GATv2", 3000, 50000, 100, 48, 7, 5, 2, True, False),
    ("GATv2", 3000, 50000, 100, 48, 7, 3, 4, False, True),
    ("NNConv", 1500, 6000, 30, 16, 7, 3, 1, True, True),
    ("NNConv", 800, 9000, 24, 32, 12, 2, 1, True, True),
    ("NNConv", 1500, 6000, 30, 16, 7, 4, 1, True, False),
    ("NNConv", 1500, 6000, 30, 16, 7, 3, 1, False, True),
]
EDGE_WIDTH = 16


class Net(torch.nn.Module):
    def __init__(self, kind, inward, hidden, outward, layers, heads, dropout):
        super().__init__()
        self.dropout = dropout
        ends = list(itertools.pairwise([inward] + [hidden] * (layers - 1) + [outward]))
        def one(a, b, last):
            if kind == "NNConv":
                return G.NNConv(a, b, torch.nn.Linear(EDGE_WIDTH, a * b), aggr="mean")
            h = 1 if last else heads
            return G.GATv2Conv(a, b // h, heads=h)
        self.layers = torch.nn.ModuleList(one(a, b, k == layers - 1) for k, (a, b) in enumerate(ends))

    def forward(self, x, *edges):
        for conv in self.layers[:-1]:
            x = conv(x, *edges)
            x = x.relu()
            if self.training and self.dropout:
                x = torch.native_dropout(x, 0.5, True)[0]
        return self.layers[-1](x, *edges)


def measure(kind, nodes, edges, features, hidden, classes, layers, heads, train, dropout):
    with Live() as live:
        net = Net(kind, features, hidden, classes, layers, heads, dropout)
        net.train(train)
        x, y = torch.randn(nodes, features), torch.randint(0, classes, (nodes,))
        # No edge goes from a node to itself.
        half = nodes // 2
        index = torch.stack([torch.randint(0, half, (edges,)), torch.randint(half, nodes, (edges,))])
        more = [index] + ([torch.randn(edges, EDGE_WIDTH)] if kind == "NNConv" else [])
        optimizer = adam(net) if train else None
        live.since()
        if not train:
            with torch.no_grad():
                net(x, *more)
            return live.since(), 0
        optimizer.zero_grad(set_to_none=True)
        out = net(x, *more)
        loss = F.cross_entropy(out, y)
        forward = live.since()
        loss.backward()
        return forward, live.since()


if __name__ == "__main__":
    torch.manual_seed(12)
    for *shape, train, dropout in SETTINGS:
        forward, backward = measure(*shape, train, dropout)
        row = [shape[0], "edge_index", *shape[1:], "fp32", "train" if train else "infer", 0, int(dropout), 1, 0, 0, 0, 0]
        print(",".join(map(str, row + [forward, backward, max(forward, backward)])), flush=True)
