#!/usr/bin/env python3
"""Writes down what a model of diffusers allocates and frees, as amounts that depend on the size of what it makes.

A model runs several times on tensors without data, at different sizes. Every run allocates and frees in the same order;
so each tensor has one amount for each run, and from these follows what it is made of: so many bytes, so many for each
token, for each image, for each token of each image. What is live at a moment is the sum. Of all moments those are kept
at which the peak lies for some size. Nothing is fitted: an amount that does not come out to the byte stops the program.
"""
import itertools, re, weakref
import numpy, torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

PRODUCTS = {torch.ops.aten.addmm.default, torch.ops.aten.mm.default, torch.ops.aten.linear.default}


class Recorder(TorchDispatchMode):
    """Every storage as it comes and goes, with the module and operation that made it."""

    def __init__(self, model):
        super().__init__()
        self.events, self.serial, self.stack = [], {}, []
        self.weights = {p.untyped_storage()._cdata: p.numel() for p in model.parameters()}
        self.held = set(self.weights) | {b.untyped_storage()._cdata for b in model.buffers()}
        self.paths = {m: re.sub(r"(\.\d+)+(?=\.|$)", "", n) for n, m in model.named_modules()}

    def watch(self, module):
        module.register_forward_pre_hook(lambda m, *_: self.stack.append(self.paths.get(m, "")))
        module.register_forward_hook(self.leave, always_call=True)

    def leave(self, *_):
        self.stack.pop()

    def add(self, tensor, op, weight):
        try:
            storage = tensor.untyped_storage()
        except Exception:
            return
        key = storage._cdata
        if key in self.held or storage.nbytes() == 0:
            return
        self.held.add(key)
        number = len(self.serial)
        self.serial[number] = None
        path = ".".join(self.stack[-1].split(".")[-3:]) if self.stack else ""
        name = f"{path}: {op}" if path else op
        self.events.append(("take", number, storage.nbytes(), name, weight))
        weakref.finalize(storage, self.drop, key, number).atexit = False

    def drop(self, key, number):
        self.held.discard(key)
        self.events.append(("drop", number, 0, "", 0))

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        weight = 0
        if function in PRODUCTS:
            for a in args:
                if isinstance(a, torch.Tensor):
                    weight = max(weight, self.weights.get(a.untyped_storage()._cdata, 0))
        result = function(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor):
                self.add(leaf, function.overloadpacket.__name__.lstrip("_"), weight)
        return result


def build(make, dtype, keep_single=True):
    """The model in a type; diffusers keeps in 32 bit what `_keep_in_fp32_modules` names."""
    old = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    model = make().eval()
    torch.set_default_dtype(old)
    single = getattr(model, "_keep_in_fp32_modules", None) or []
    kept = 0
    for path, module in model.named_modules():
        for name, p in list(module._parameters.items()):
            if p is None or not p.is_floating_point():
                continue
            if keep_single and any(s in f"{path}.{name}".split(".") for s in single) and dtype != torch.float32:
                kept += p.numel()
                continue
            module._parameters[name] = torch.nn.Parameter(p.detach().to(dtype), requires_grad=False)
        for name, b in list(module._buffers.items()):
            if b is not None and b.is_floating_point() and dtype != torch.float32:
                module._buffers[name] = b.to(dtype)
    return model, kept


def run(make, call, dtype, size, prepare=None):
    """Events of one run."""
    with FakeTensorMode(allow_non_fake_inputs=True):
        model, _ = build(make, dtype)
        if prepare:
            prepare(model)
        recorder = Recorder(model)
        for module in model.modules():
            recorder.watch(module)
        with torch.no_grad(), recorder:
            out = call(model, dtype, size)
        events = list(recorder.events)
        del out
    return events


def shapes(make):
    """Parameters by how packed formats treat them, of the whole model on the meta device."""
    with torch.device("meta"):
        model = make()
    single = getattr(model, "_keep_in_fp32_modules", None) or []
    of = dict(matrices=0, kernels=0, rest=0, kept_single=0, largest=0)
    for path, module in model.named_modules():
        for name, p in module._parameters.items():
            if p is None:
                continue
            n = p.numel()
            linear = isinstance(module, torch.nn.Linear) and name == "weight"
            kernel = isinstance(module, torch.nn.modules.conv._ConvNd) and name == "weight"
            kept = any(s in f"{path}.{name}".split(".") for s in single)
            if kept:
                of["kept_single"] += n
            of["matrices" if linear and not kept else "kernels" if kernel and not kept else "rest"] += n
            of["largest"] = max(of["largest"], n)
    return of


def monomials(names, size):
    """What an amount may depend on: `1`, `B`, `N`, `BN` …"""
    return [float(numpy.prod([size[letter] for letter in name])) if name != "1" else 1.0 for name in names]


def forms(runs, sizes, names):
    """For each event what it allocates as coefficients of the monomials."""
    first = runs[0]
    for other in runs[1:]:
        if [(e[0], e[1], e[3]) for e in other] != [(e[0], e[1], e[3]) for e in first]:
            for k, (a, b) in enumerate(itertools.zip_longest(first, other)):
                if a is None or b is None or (a[0], a[1], a[3]) != (b[0], b[1], b[3]):
                    raise SystemExit(f"the order differs at {k}: {a} {b}")
    matrix = numpy.array([monomials(names, size) for size in sizes])
    amounts = numpy.array([[e[2] for e in events] for events in runs], dtype=float)
    solved, *_ = numpy.linalg.lstsq(matrix, amounts, rcond=None)
    solved = numpy.round(solved * 4096) / 4096
    wrong = numpy.abs(matrix @ solved - amounts).max(axis=0)
    for k in numpy.nonzero(wrong > 1.0)[0][:5]:
        raise SystemExit(f"no amount in {names}: {first[k]} {[e[k][2] for e in runs]} {solved[:, k]}")
    return first, solved


def moments(events, solved, names, grid):
    """The moments at which the peak lies at some size, with what is live then by name."""
    live = numpy.zeros(len(names))
    totals, weights, places = [], [], []
    taken = {}
    for k, event in enumerate(events):
        if event[0] == "take":
            taken[event[1]] = k
            live = live + solved[:, k]
            totals.append(live.copy()); weights.append(event[4]); places.append(k)
        else:
            live = live - solved[:, taken[event[1]]]
    totals, weights = numpy.array(totals), numpy.array(weights, dtype=float)
    points = numpy.array([monomials(names, size) for size in grid])
    chosen = []
    for unpacked in (0.0, 2.0):
        at = totals @ points.T + unpacked * weights[:, None]
        for column in at.T:
            best = int(column.argmax())
            if not any(numpy.allclose(totals[best], totals[c]) and weights[best] == weights[c] for c in chosen):
                chosen.append(best)
    return [moment(events, solved, names, places[c], weights[c], points) for c in chosen]


def moment(events, solved, names, place, weight, points):
    alive = {}
    for k, event in enumerate(events[: place + 1]):
        if event[0] == "take":
            alive[event[1]] = (event[3], solved[:, k])
        else:
            alive.pop(event[1], None)
    grouped = {}
    for name, amount in alive.values():
        grouped[name] = grouped.get(name, 0) + amount
    whole = sum(grouped.values()) @ points.T
    rest, tensors = numpy.zeros(len(names)), []
    for name, amount in grouped.items():
        if ((amount @ points.T) / whole).max() < 0.01:
            rest = rest + amount
        else:
            tensors.append((name, amount))
    if rest.any():
        tensors.append(("smaller tensors", rest))
    return weight, tensors


def text(kind, names, moments, indent="            "):
    """Moments as the catalog writes them."""
    lines = []
    for weight, tensors in moments:
        lines.append(f"{indent}(matrix: {weight:.0f}.0, alive: [")
        for name, amount in tensors:
            terms = ", ".join(f'"{n}": {v:g}' if v != round(v) else f'"{n}": {v:.1f}' for n, v in zip(names, amount) if v)
            lines.append(f'{indent}    ("{name}", {{{terms}}}),')
        lines.append(f"{indent}]),")
    return "\n".join(lines)
