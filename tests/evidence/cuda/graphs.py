"""One training step, or one inference, of a graph network with PyTorch Geometric, at the settings of `plimsoll check`."""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

STEPS = 2


def live_networks():
    """The networks that were measured tensor by tensor."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "gnn"))
    import live

    return live


class Code2Vec(nn.Module):
    """Paths between two tokens of a method, summed by attention."""

    def __init__(self, of):
        super().__init__()
        self.tokens = nn.Embedding(of["token_vocabulary"], of["in_width"])
        self.paths = nn.Embedding(of["path_vocabulary"], of["in_width"])
        self.joined = nn.Linear(3 * of["in_width"], of["hidden"], bias=False)
        self.attention = nn.Parameter(torch.randn(of["hidden"], 1))
        self.out = nn.Linear(of["hidden"], of["out_width"], bias=False)

    def forward(self, _, contexts):
        first, path, last = contexts
        context = torch.cat([self.tokens(first), self.paths(path), self.tokens(last)], -1)
        context = torch.tanh(self.joined(context))
        weight = torch.softmax(context @ self.attention, 1)
        return self.out((context * weight).sum(1))


def network(of, device):
    if of["architecture"] == "code2vec":
        with torch.device(device):
            return Code2Vec(of)
    name = {"gcn": "GCN-cached" if of["normalization_cached"] else "GCN"}.get(
        of["architecture"], of["architecture"].upper()
    )
    shape = (of["in_width"], of["hidden"], of["out_width"], of["layers"], of["heads"])
    return live_networks().Net(name, *shape, dropout=of["dropout"]).to(device)


def whole_graph(of, device):
    """Features, edges, labels, and nodes that have a loss, of the whole graph on the device."""
    nodes = of["nodes"]
    x = torch.randn(nodes, of["in_width"], device=device)
    edges = torch.randint(0, nodes, (2, of["edges"]), device=device)
    if of["message_passing"] == "sparse":
        from torch_geometric.utils import coalesce, to_torch_csr_tensor

        edges = to_torch_csr_tensor(coalesce(edges), size=(nodes, nodes))
    return x, edges, torch.randint(0, of["out_width"], (nodes,), device=device), nodes, ()


def methods(of, device):
    """A batch of methods with paths drawn of each."""
    batch, paths = of["batch_nodes"], of["sampling"][0]
    tokens = lambda most: torch.randint(0, most, (batch, paths), device=device)  # noqa: E731
    contexts = (tokens(of["token_vocabulary"]), tokens(of["path_vocabulary"]), tokens(of["token_vocabulary"]))
    return None, contexts, torch.randint(0, of["out_width"], (batch,), device=device), batch, ()


def sampled_graph(of, device):
    """A batch with neighbors drawn hop by hop without repetition from a random graph on the host, as NeighborLoader
    does it, which needs a compiled extra. What it hands over beside the graph is on the device as well."""
    nodes, seeds = of["nodes"], of["batch_nodes"]
    source, target = torch.randint(0, nodes, (2, of["edges"]))
    order = torch.argsort(target)
    source, starts = source[order], torch.searchsorted(target[order], torch.arange(nodes + 1))
    known, frontier, drawn = torch.randperm(nodes)[:seeds], None, []
    frontier = known
    for most in of["sampling"]:
        degree = starts[frontier + 1] - starts[frontier]
        of_edge = torch.repeat_interleave(torch.arange(len(frontier)), degree)
        within = torch.arange(len(of_edge)) - (degree.cumsum(0) - degree)[of_edge]
        # A random rank among the edges of the same node; the lowest are drawn.
        shuffled = torch.argsort(of_edge + torch.rand(len(of_edge), dtype=torch.float64))
        picked = shuffled[within < most]
        edge = starts[frontier][of_edge[picked]] + within[picked]
        drawn.append(torch.stack([source[edge], frontier[of_edge[picked]], order[edge]]))
        found = torch.unique(source[edge])
        frontier = found[~torch.isin(found, known)]
        known = torch.cat([known, frontier])
    local = torch.full((nodes,), -1)
    local[known] = torch.arange(len(known))
    edges = torch.cat(drawn, 1)
    x = torch.randn(len(known), of["in_width"], device=device)
    y = torch.randint(0, of["out_width"], (len(known),), device=device)
    besides = (known.to(device), edges[2].to(device), known[:seeds].to(device))
    return x, torch.stack([local[edges[0]], local[edges[1]]]).to(device), y, seeds, besides


def run(of, device, meter, notes):
    """Two passes with the optimizer's states there already; leaves the peaks in the meter."""
    torch.manual_seed(12)
    net = network(of, device)
    train = of["mode"] == "train"
    net.train(train)
    make = methods if of["architecture"] == "code2vec" else whole_graph if of["sampling"] == "full" else sampled_graph
    x, edges, y, seeds, besides = make(of, device)
    if besides:
        notes.append(f"sampled {len(x)} nodes, {edges.shape[1]} edges")
    optimizer = live_networks().adam(net) if train else None
    meter.ready()
    for _ in range(STEPS if train else 1):
        meter.begin("forward")
        if not train:
            with torch.no_grad():
                net(x, edges)
            continue
        out = net(x, edges)[:seeds]
        loss = F.cross_entropy(out, y[:seeds])
        meter.begin("backward")
        loss.backward()
        del out, loss
        meter.begin("optimizer_step")
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    meter.end()
