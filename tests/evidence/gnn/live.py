"""Counts the bytes of tensors that are alive, and makes the networks that are measured."""

import gc
import itertools
import weakref

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch_geometric.nn import GATConv, GatedGraphConv, GCNConv, GINConv, SAGEConv


def parts(tensor):
    """The dense tensors that a tensor is made of."""
    if tensor.layout == torch.strided:
        return [tensor]
    if tensor.layout == torch.sparse_csc:
        return [tensor.ccol_indices(), tensor.row_indices(), tensor.values()]
    return [tensor.crow_indices(), tensor.col_indices(), tensor.values()]


class Live(TorchDispatchMode):
    """Bytes of storages that are alive, and the most there were."""

    def __init__(self):
        super().__init__()
        self.sizes, self.live, self.peak = {}, 0, 0

    def add(self, tensor):
        for part in parts(tensor):
            storage = part.untyped_storage()
            key = storage._cdata
            if key not in self.sizes:
                self.sizes[key] = storage.nbytes()
                weakref.finalize(storage, self.drop, key)
                self.live += storage.nbytes()
                self.peak = max(self.peak, self.live)

    def drop(self, key):
        self.live -= self.sizes.pop(key)

    def since(self):
        """The peak since the last call; counting starts anew from what is alive."""
        peak, self.peak = self.peak, self.live
        return peak

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kept = self.all_kept(function, args)
        result = function(*args, **(kwargs or {})) if kept is None else kept
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor):
                self.add(leaf)
        return result

    @staticmethod
    def all_kept(function, args):
        """What a mask picks of a tensor without data: all of it, as no edge here goes from a node to itself."""
        if function is not torch.ops.aten.index.Tensor or type(args[0]).__name__ != "FakeTensor":
            return None
        masks = [index for index in args[1] if index is not None and index.dtype == torch.bool]
        return args[0].new_empty(args[0].shape) if masks else None


class Net(torch.nn.Module):
    """Layers with ReLU and dropout between them; of a gated network, steps between two linear maps."""

    def __init__(self, architecture, inward, hidden, outward, layers, heads, dropout=True):
        super().__init__()
        self.dropout = dropout
        self.gated = architecture == "GGNN"
        if self.gated:
            self.into, self.out = torch.nn.Linear(inward, hidden), torch.nn.Linear(hidden, outward)
            self.steps = GatedGraphConv(hidden, layers)
            return
        widths = [inward] + [hidden] * (layers - 1) + [outward]
        ends = list(itertools.pairwise(widths))
        self.layers = torch.nn.ModuleList(
            layer(architecture, a, b, hidden, 1 if k == layers - 1 else heads) for k, (a, b) in enumerate(ends)
        )

    def forward(self, x, edge_index):
        if self.gated:
            # By the same name, so that the features' map is freed when the steps are done.
            x = self.into(x)
            x = self.steps(x, edge_index)
            return self.out(x)
        for conv in self.layers[:-1]:
            x = conv(x, edge_index)
            x = x.relu()
            if self.training and self.dropout:
                # As on a GPU, where dropout keeps a mask of one byte; the processor's own keeps numbers.
                x = torch.native_dropout(x, 0.5, True)[0]
        return self.layers[-1](x, edge_index)


def layer(architecture, inward, outward, hidden, heads):
    if architecture in ("GCN", "GCN-cached"):
        return GCNConv(inward, outward, cached=architecture == "GCN-cached")
    if architecture == "SAGE":
        return SAGEConv(inward, outward)
    if architecture == "GAT":
        return GATConv(inward, outward // heads, heads=heads)
    linear = torch.nn.Linear
    return GINConv(torch.nn.Sequential(linear(inward, hidden), torch.nn.ReLU(), linear(hidden, outward)))


def adam(net):
    """An optimiser whose states are there already, as after the first step."""
    optimizer = torch.optim.Adam(net.parameters())
    for parameter in net.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    gc.collect()
    return optimizer
