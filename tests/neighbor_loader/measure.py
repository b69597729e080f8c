"""Samples neighbourhoods with PyTorch Geometric's NeighborLoader and trains on one, counting live tensor bytes.

Writes assets/evidence/measurements/neighbor_loader.csv. Not run by CI: it needs torch, torch_geometric and
pyg-lib or torch-sparse.

    python tests/neighbor_loader/measure.py > assets/evidence/measurements/neighbor_loader.csv
"""

import gc
import importlib.metadata
import itertools
import sys
import warnings
import weakref

warnings.filterwarnings("ignore")

import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch_geometric.data import Data
from torch_geometric.loader import NeighborLoader
from torch_geometric.nn import GATConv, GCNConv, GINConv, SAGEConv

NODES = 100_000
FEATURES, HIDDEN, CLASSES, HEADS = 128, 256, 40, 4
BATCHES = 20
# mean degree, whether each edge is there both ways, batch, fan-outs, architecture
SETTINGS = [
    (10, False, 1024, [25, 10], "sage"),
    (10, False, 1024, [15, 10, 5], "sage"),
    (10, False, 1024, [10, 10], "gcn"),
    (10, False, 256, [5, 5, 5, 5], "gat"),
    (4, False, 1024, [25, 10], "gin"),
    (4, False, 1024, [3, 3, 3], "gat"),
    (25, False, 1024, [25, 10], "gat"),
    (25, False, 1024, [15, 10, 5], "gcn"),
    (25, False, 128, [10, 10], "sage"),
    (100, False, 512, [10, 10], "gin"),
    (100, False, 1, [25, 10], "sage"),
    (10, True, 1024, [25, 10], "sage"),
    (10, True, 1024, [10, 10], "gcn"),
    (25, True, 256, [15, 10, 5], "gat"),
]


class Live(TorchDispatchMode):
    """Bytes of storages that are alive, and the most there were."""

    def __init__(self):
        super().__init__()
        self.sizes, self.live, self.peak = {}, 0, 0

    def add(self, tensor):
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key not in self.sizes:
            self.sizes[key] = storage.nbytes()
            weakref.finalize(storage, self.drop, key)
            self.live += storage.nbytes()
            self.peak = max(self.peak, self.live)

    def drop(self, key):
        self.live -= self.sizes.pop(key)

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor):
                self.add(leaf)
        return result


class Net(torch.nn.Module):
    """Layers with ReLU and dropout between them."""

    def __init__(self, architecture, layers):
        super().__init__()
        widths = [FEATURES] + [HIDDEN] * (layers - 1) + [CLASSES]
        self.layers = torch.nn.ModuleList(
            self.layer(architecture, a, b, k == layers - 1)
            for k, (a, b) in enumerate(itertools.pairwise(widths))
        )

    @staticmethod
    def layer(architecture, inward, outward, last):
        if architecture == "gcn":
            return GCNConv(inward, outward)
        if architecture == "sage":
            return SAGEConv(inward, outward)
        if architecture == "gat":
            return GATConv(inward, outward if last else outward // HEADS, heads=1 if last else HEADS)
        linear = torch.nn.Linear
        return GINConv(torch.nn.Sequential(linear(inward, HIDDEN), torch.nn.ReLU(), linear(HIDDEN, outward)))

    def forward(self, x, edge_index):
        for layer in self.layers[:-1]:
            # As on a GPU, where dropout keeps a mask of one byte; the processor's own keeps floats.
            x = torch.native_dropout(layer(x, edge_index).relu(), 0.5, True)[0]
        return self.layers[-1](x, edge_index)


def graph(degree, both_ways):
    """A graph of uniformly random edges without features wider than needed."""
    count = NODES * degree // (2 if both_ways else 1)
    edges = torch.randint(0, NODES, (2, count))
    if both_ways:
        edges = torch.cat([edges, edges.flip(0)], dim=1)
    return Data(x=torch.randn(NODES, FEATURES), edge_index=edges, y=torch.randint(0, CLASSES, (NODES,)))


def train_step(batch, architecture, layers):
    """Peak bytes of one training step on a batch; optimiser states are there already."""
    with Live() as live:
        net = Net(architecture, layers)
        optimizer = torch.optim.Adam(net.parameters())
        for parameter in net.parameters():
            parameter.grad = torch.zeros_like(parameter)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        tensors = [value for value in batch.to_dict().values() if isinstance(value, torch.Tensor)]
        for tensor in tensors:
            live.add(tensor)
        gc.collect()
        live.peak = live.live
        out = net(batch.x, batch.edge_index)[: batch.batch_size]
        loss = F.cross_entropy(out, batch.y[: batch.batch_size])
        forward, live.peak = live.peak, live.live
        loss.backward()
        backward = live.peak
    return forward, backward, sum(tensor.untyped_storage().nbytes() for tensor in tensors)


def main():
    names = ["torch", "torch_geometric", "pyg-lib", "torch-sparse"]
    versions = []
    for name in names:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            versions.append(f"{name} absent")
    print(f"# NeighborLoader on random graphs of {NODES} nodes, mean of {BATCHES} batches; {', '.join(versions)}.")
    print("# One training step on the last batch; live tensor bytes on the processor; optimiser states there already.")
    print(
        "nodes,edges,both_ways,batch_nodes,fan_outs,arch,layers,in_dim,hidden,out_dim,heads,"
        "sampled_nodes,sampled_edges,step_nodes,step_edges,batch_bytes,fwd_peak,bwd_peak"
    )
    for degree, both_ways, size, fan_outs, architecture in SETTINGS:
        torch.manual_seed(12)
        data = graph(degree, both_ways)
        loader = NeighborLoader(data, num_neighbors=fan_outs, batch_size=size, shuffle=True)
        nodes = edges = 0
        for batch in itertools.islice(loader, BATCHES):
            nodes += batch.num_nodes
            edges += batch.num_edges
        forward, backward, held = train_step(batch, architecture, len(fan_outs))
        print(
            f"{NODES},{data.num_edges},{int(both_ways)},{size},{'-'.join(map(str, fan_outs))},{architecture},"
            f"{len(fan_outs)},{FEATURES},{HIDDEN},{CLASSES},{HEADS if architecture == 'gat' else 1},"
            f"{nodes / BATCHES:.1f},{edges / BATCHES:.1f},{batch.num_nodes},{batch.num_edges},{held},"
            f"{forward},{backward}"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
