"""Peaks of one pass of graph networks, counted as live tensor bytes.

Writes assets/evidence/measurements/gnn_further.csv. Not run by CI: it needs torch and torch_geometric.

    python tests/evidence/gnn/peaks.py > assets/evidence/measurements/gnn_further.csv
"""

import contextlib
import importlib.metadata
import warnings

warnings.filterwarnings("ignore")

import torch
import torch.nn.functional as F
from torch._subclasses.fake_tensor import FakeTensorMode
from torch_geometric.utils import coalesce, to_torch_csr_tensor

from live import Live, Net, adam

# architecture, nodes, edges, features, hidden, classes, layers, heads, and what differs from a first training pass
# in 32 bit with dropout and scatter (edge messages)
SETTINGS = [
    ("GCN", 3000, 50000, 100, 48, 7, 5, 1, ""),
    ("GCN", 3000, 50000, 100, 48, 7, 1, 1, ""),
    ("GCN", 200000, 600000, 16, 8, 3, 2, 1, ""),
    ("GCN", 3000, 50000, 100, 48, 7, 2, 1, "no dropout"),
    ("GCN-cached", 30000, 500000, 100, 48, 7, 4, 1, "two passes"),
    ("GCN-cached", 30000, 500000, 100, 48, 7, 4, 1, "infer, two passes"),
    ("SAGE", 3000, 50000, 500, 48, 7, 5, 1, ""),
    ("SAGE", 3000, 5000, 100, 48, 70, 1, 1, ""),
    ("SAGE", 3000, 50000, 100, 48, 7, 3, 1, "no dropout"),
    ("SAGE", 3000, 50000, 100, 48, 7, 3, 1, "infer, half"),
    ("SAGE", 3000, 50000, 100, 48, 7, 3, 1, "half"),
    ("GAT", 3000, 50000, 100, 48, 7, 5, 6, ""),
    ("GAT", 3000, 9000, 100, 64, 300, 2, 8, ""),
    ("GAT", 3000, 50000, 100, 48, 7, 1, 1, ""),
    ("GAT", 3000, 50000, 100, 48, 7, 3, 2, "no dropout"),
    ("GAT", 3000, 50000, 100, 48, 7, 3, 4, "half"),
    ("GAT", 3000, 50000, 100, 48, 7, 6, 4, "infer"),
    ("GIN", 3000, 50000, 100, 48, 7, 5, 1, ""),
    ("GIN", 3000, 50000, 100, 48, 7, 1, 1, ""),
    ("GIN", 3000, 50000, 100, 48, 7, 3, 1, "no dropout"),
    ("GIN", 300000, 300000, 10, 48, 700, 4, 1, ""),
    ("GGNN", 3000, 50000, 40, 48, 7, 1, 1, ""),
    ("GGNN", 3000, 50000, 40, 48, 7, 20, 1, ""),
    ("GGNN", 100, 500, 40, 400, 7, 20, 1, ""),
    ("GGNN", 3000, 50000, 40, 48, 7, 20, 1, "infer"),
    ("GGNN", 3000, 50000, 40, 48, 7, 6, 1, "half"),
    ("GCN", 50, 100, 500, 512, 7, 8, 1, ""),
    ("GIN", 50, 100, 500, 512, 7, 8, 1, ""),
    ("SAGE", 50, 100, 500, 512, 7, 8, 1, ""),
    ("GAT", 50, 100, 500, 512, 7, 8, 4, ""),
    ("GCN", 3000, 50000, 100, 48, 7, 5, 1, "matrix"),
    ("GIN", 3000, 50000, 100, 48, 7, 5, 1, "matrix"),
    ("SAGE", 3000, 50000, 100, 48, 7, 5, 1, "matrix"),
    ("GCN-cached", 3000, 50000, 100, 48, 7, 3, 1, "matrix, two passes"),
    ("GGNN", 3000, 50000, 40, 48, 7, 6, 1, "infer, matrix"),
    ("SAGE", 3000, 50000, 100, 48, 7, 3, 1, "matrix, no dropout"),
]


def measure(architecture, nodes, edges, features, hidden, classes, layers, heads, how):
    """Peaks of forward and backward, the larger of all passes."""
    # A sparse product needs data; all else runs on tensors without.
    shapes = contextlib.nullcontext() if "matrix" in how else FakeTensorMode()
    with shapes, Live() as live:
        net = Net(architecture, features, hidden, classes, layers, heads, "no dropout" not in how)
        net.train("infer" not in how)
        x, y = torch.randn(nodes, features), torch.randint(0, classes, (nodes,))
        if "matrix" in how:
            adjacency = to_torch_csr_tensor(coalesce(torch.randint(0, nodes, (2, edges))), size=(nodes, nodes))
        else:
            adjacency = torch.zeros((2, edges), dtype=torch.long)
        optimizer = adam(net) if net.training else None
        forward = backward = 0
        for _ in range(2 if "two passes" in how else 1):
            live.since()
            if not net.training:
                with torch.no_grad():
                    net(x, adjacency)
                forward = max(forward, live.since())
                continue
            optimizer.zero_grad(set_to_none=True)
            out = net(x, adjacency)
            loss = F.cross_entropy(out, y)
            forward = max(forward, live.since())
            loss.backward()
            backward = max(backward, live.since())
            optimizer.step()
            del out, loss
    return forward, backward


def main():
    torch.manual_seed(12)
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("torch", "torch_geometric"))
    print(f"# Peaks in further settings, in bytes of live tensors; {versions}; passes 2: the larger of a first and a second.")
    print(
        "arch,impl,nodes,edges,in_dim,hidden,out_dim,layers,heads,dtype,mode,fake,dropout,passes,"
        "edge_bytes,feature_bytes,params_bytes,optim_bytes,fwd_peak,bwd_peak,peak_bytes"
    )
    for *shape, how in SETTINGS:
        torch.set_default_dtype(torch.float16 if "half" in how else torch.float32)
        forward, backward = measure(*shape, how)
        row = [shape[0], "csr" if "matrix" in how else "edge_index", *shape[1:]]
        row += ["fp16" if "half" in how else "fp32", "infer" if "infer" in how else "train"]
        row += [int("matrix" not in how), int("no dropout" not in how), 2 if "two passes" in how else 1]
        print(",".join(map(str, row + [0, 0, 0, 0, forward, backward, max(forward, backward)])), flush=True)


if __name__ == "__main__":
    main()
