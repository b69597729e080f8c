#!/usr/bin/env python3
"""Writes down what a layer of PyTorch Geometric allocates and frees, forward and backward, as amounts that depend on
nodes, edges and widths.

Networks of four layers run with real tensors at many small sizes. What each layer takes and frees comes in the same order
every time; from the amounts follows what each tensor is made of. Nothing is fitted: what does not come out to the byte
stops the program.
"""
import gc, itertools, re, sys, warnings, weakref

warnings.filterwarnings("ignore")
import numpy, torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch_geometric import nn as G

torch.manual_seed(1)
WIDTHS = "ioh"


class Recorder(TorchDispatchMode):
    def __init__(self, held):
        super().__init__()
        self.events, self.known, self.number = [], {}, 0
        self.held = held

    def add(self, tensor, name):
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key in self.held or key in self.known or not storage.nbytes():
            return
        self.known[key] = self.number
        self.events.append(["take", self.number, storage.nbytes(), name])
        weakref.finalize(storage, self.drop, key, self.number).atexit = False
        self.number += 1

    def drop(self, key, number):
        self.known.pop(key, None)
        self.events.append(["drop", number])

    def of(self, tensor):
        return self.known.get(tensor.untyped_storage()._cdata)

    def mark(self, *what):
        self.events.append(["mark", *what])

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            if isinstance(leaf, torch.Tensor) and leaf.layout == torch.strided:
                self.add(leaf, function.overloadpacket.__name__.lstrip("_"))
        return out


def layer(kind, i, o, s, last):
    h = 1 if last else s["h"]
    if kind == "gat":
        return G.GATConv(i, o // h, heads=h)
    if kind == "gatv2":
        return G.GATv2Conv(i, o // h, heads=h)
    if kind == "transformer":
        return G.TransformerConv(i, o // h, heads=h)
    if kind == "rgcn":
        return G.RGCNConv(i, o, num_relations=s["r"])
    if kind == "nnconv":
        return G.NNConv(i, o, torch.nn.Linear(s["d"], i * o), aggr="mean")
    if kind == "gine":
        return G.GINEConv(torch.nn.Sequential(torch.nn.Linear(i, o), torch.nn.ReLU(), torch.nn.Linear(o, o)), edge_dim=s["d"])
    if kind == "dense":
        return G.DenseGCNConv(i, o)
    raise SystemExit(kind)


def run(kind, s, layers=4, train=True):
    widths = [s["i"]] + [s["w"]] * (layers - 1) + [s["o"]]
    net = torch.nn.ModuleList(layer(kind, a, b, s, k == layers - 1) for k, (a, b) in enumerate(itertools.pairwise(widths)))
    net.train(train)
    n, e = s["n"], s["e"]
    x = torch.randn(n, s["i"]) if kind != "dense" else torch.randn(1, n, s["i"])
    y = torch.randint(0, s["o"], (n,))
    edges = torch.stack([torch.randint(0, n // 2, (e,)), torch.randint(n // 2, n, (e,))])
    more = {"rgcn": [edges, torch.arange(e) % s.get("r", 3)], "nnconv": [edges, torch.randn(e, s.get("d", 4))],
            "gine": [edges, torch.randn(e, s.get("d", 4))], "dense": [torch.ones(1, n, n)]}.get(kind, [edges])
    gc.collect()
    held = {t.untyped_storage()._cdata for t in [x, y, *more, *net.parameters(), *net.buffers()]}
    rec = Recorder(held)

    def hook(*what):
        def on(grad):
            rec.mark(*what, rec.of(grad))
        return on
    with rec, (torch.enable_grad() if train else torch.no_grad()):
        for k, conv in enumerate(net):
            rec.mark("F", k, rec.of(x))
            if train and x.requires_grad:
                x.register_hook(hook("BE", k))
            out = conv(x, *more)
            rec.mark("FE", k, rec.of(out))
            if train:
                out.register_hook(hook("B", k))
            x = out
            del out
            if k < layers - 1:
                x = x.relu()
                if train:
                    x = torch.native_dropout(x, 0.5, True)[0]
        if train:
            loss = F.cross_entropy(x.reshape(-1, x.shape[-1]), y)
            del x
            rec.mark("L", 0, None)
            loss.backward()
        rec.mark("END", 0, None)
    kept = dict(params=sum(p.numel() for p in net.parameters()), tensors=len(list(net.parameters())))
    return rec.events, kept


def segments(events):
    """Events of each layer forward and backward; what is taken forward and freed elsewhere is freed when its layer's backward begins."""
    seg, cur, born, out_of, grad_of, into = {}, None, {}, {}, {}, {}
    for ev in events:
        if ev[0] == "mark":
            what, k, number = ev[1], ev[2], ev[3]
            if what == "F":
                cur = ("F", k); seg[cur] = []; into[k] = number
            elif what == "FE":
                out_of[number] = k; cur = None
            elif what == "B":
                cur = ("B", k); seg[cur] = []; grad_of[k] = number
            elif what == "BE":
                seg[("B", k)].append(["into", number]); cur = None
            elif what == "END":
                cur = None
            continue
        if ev[0] == "take":
            if cur:
                born[ev[1]] = cur
                seg[cur].append(["take", ev[1], ev[2], ev[3]])
        else:
            number = ev[1]
            home = born.get(number)
            if cur and number == into.get(cur[1]):
                seg[cur].append(["input"])
            elif cur and cur[0] == "B" and number == grad_of.get(cur[1]):
                seg[cur].append(["gradient"])
            elif home and number not in out_of:
                if cur and cur[1] == home[1]:
                    seg[cur].append(["drop", number])
                elif home[0] == "F":
                    seg.setdefault(("late", home[1]), []).append(["drop", number])
    return seg


MONOMIALS = {
    "gatv2": "1 i o io n ni no nh e ei eo eh",
    "transformer": "1 o io n ni no nh e ei eo eh",
    "nnconv": "1 i o io iod n ni no e ei eo eio ed",
    "gine": "1 i o io oo id n ni no e ei eo ed",
    "dense": "1 o io n ni no nn nni nno",
}


def resolve(kind, runs=34, train=True):
    """Every segment with amounts as coefficients of the monomials."""
    names = MONOMIALS[kind].split()
    rng = numpy.random.default_rng(7)
    sizes, all_segments, params = [], [], []
    for _ in range(runs):
        h = int(rng.integers(2, 5))
        s = dict(n=int(rng.integers(20, 60)) * 2, e=int(rng.integers(60, 400)), i=int(rng.integers(3, 20)), h=h,
                 w=h * int(rng.integers(2, 9)), o=int(rng.integers(3, 20)), d=int(rng.integers(2, 9)))
        events, kept = run(kind, s, train=train)
        sizes.append(s); all_segments.append(segments(events)); params.append(kept)
    out = {}
    for key in all_segments[0]:
        part, k = key
        first = all_segments[0][key]
        shape = [tuple(ev[:1]) + ((ev[3],) if ev[0] == "take" else ()) for ev in first]
        for other in all_segments[1:]:
            if [tuple(ev[:1]) + ((ev[3],) if ev[0] == "take" else ()) for ev in other[key]] != shape:
                raise SystemExit(f"the order differs: {kind} {key}")
        widths = [(s["i"] if k == 0 else s["w"], s["o"] if k == 3 else s["w"], 1 if k == 3 else s["h"]) for s in sizes]
        # Of a middle layer input and output are of one width; a last layer has one head.
        terms = names
        if k in (1, 2):
            terms = ["".join(sorted(name.replace("i", "o"))) for name in names]
        if k == 3:
            terms = [name.replace("h", "") or "1" for name in terms]
        terms = list(dict.fromkeys(terms))
        rows = []
        for s, (i, o, h) in zip(sizes, widths):
            at = dict(s, i=i, o=o, h=h)
            rows.append([float(numpy.prod([at[c] for c in name])) if name != "1" else 1.0 for name in terms])
        rows = numpy.array(rows)
        events = []
        for j, ev in enumerate(first):
            if ev[0] != "take":
                events.append(list(ev)); continue
            amounts = numpy.array([a[key][j][2] for a in all_segments], float)
            solved, *_ = numpy.linalg.lstsq(rows, amounts, rcond=None)
            solved = numpy.round(solved * 4) / 4
            if numpy.abs(rows @ solved - amounts).max() > 0.5:
                raise SystemExit(f"no amount: {kind} {key} {ev} {solved}")
            events.append(["take", ev[1], {term: v for term, v in zip(terms, solved) if v}, ev[3]])
        out[f"{part}{k}"] = events
    return out


def main():
    import json
    for kind in sys.argv[1:] or MONOMIALS:
        record = resolve(kind)
        record["I0"] = resolve(kind, train=False)["F0"]
        print(json.dumps({kind: record}))


if __name__ == "__main__":
    main()
