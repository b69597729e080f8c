"""Samples neighborhoods with PyTorch Geometric's NeighborLoader and trains on one, counting live tensor bytes.

Writes assets/evidence/measurements/neighbor_loader.csv. Not run by CI: it needs torch, torch_geometric and
pyg-lib or torch-sparse.

    python tests/evidence/gnn/neighbor_loader.py > assets/evidence/measurements/neighbor_loader.csv
"""

import importlib.metadata
import itertools
import sys
import warnings

warnings.filterwarnings("ignore")

import torch
import torch.nn.functional as F
from torch_geometric.data import Data
from torch_geometric.loader import NeighborLoader

from live import Live, Net, adam

NODES = 100_000
FEATURES, HIDDEN, CLASSES, HEADS = 128, 256, 40, 4
BATCHES = 20
# mean degree, whether each edge is there both ways, batch, fan-outs, architecture
SETTINGS = [
    (10, False, 1024, [25, 10], "SAGE"),
    (10, False, 1024, [15, 10, 5], "SAGE"),
    (10, False, 1024, [10, 10], "GCN"),
    (10, False, 256, [5, 5, 5, 5], "GAT"),
    (4, False, 1024, [25, 10], "GIN"),
    (4, False, 1024, [3, 3, 3], "GAT"),
    (25, False, 1024, [25, 10], "GAT"),
    (25, False, 1024, [15, 10, 5], "GCN"),
    (25, False, 128, [10, 10], "SAGE"),
    (100, False, 512, [10, 10], "GIN"),
    (100, False, 1, [25, 10], "SAGE"),
    (10, True, 1024, [25, 10], "SAGE"),
    (10, True, 1024, [10, 10], "GCN"),
    (25, True, 256, [15, 10, 5], "GAT"),
]


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
        net = Net(architecture, FEATURES, HIDDEN, CLASSES, layers, HEADS)
        optimizer = adam(net)
        tensors = [value for value in batch.to_dict().values() if isinstance(value, torch.Tensor)]
        for tensor in tensors:
            live.add(tensor)
        live.since()
        out = net(batch.x, batch.edge_index)[: batch.batch_size]
        loss = F.cross_entropy(out, batch.y[: batch.batch_size])
        forward = live.since()
        loss.backward()
        backward = live.since()
        del optimizer
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
