#!/usr/bin/env python3
"""GNN full-batch grid -> $WORK/gnn.csv.  Versions: torch 2.15.0, torch_geometric 2.8.1 (pure python, no torch_scatter/pyg_lib)."""
import csv, gc, json, os, sys, time, warnings, contextlib
warnings.filterwarnings("ignore")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pytorch"))
import torch, torch.nn as nn, torch.nn.functional as F
torch.set_num_threads(2)
import torch_geometric.nn as g
import torch_geometric.nn.conv.gcn_conv as gcnm, torch_geometric.nn.conv.gat_conv as gatm
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._pytree import tree_leaves
from livemem import LiveMem
ROOT = os.environ.get("WORK", "work"); OUT = os.environ.get("OUT", ROOT + "/gnn.csv")
COLS = "case_id,arch,impl,nodes,edges,in_dim,hidden,out_dim,layers,heads,dtype,mode,fake,peak_bytes,edge_bytes,feature_bytes,params_bytes,grads_bytes,optim_bytes,act_bytes,peak_phase,peak_op,fwd_peak,bwd_peak,fwd_end_act,infer_or_fwd_saved,note".split(",")
_arsl, _rsl, _asl = gcnm.add_remaining_self_loops, gatm.remove_self_loops, gatm.add_self_loops
def loops(n): return torch.arange(n).view(1, -1).repeat(2, 1)
def fake_arsl(ei, ea=None, fill_value=None, num_nodes=None):
    # same allocations as the real one with no pre-existing self loops (the real one is data dependent: boolean masks)
    m = ei[0] != ei[1]; ei2 = ei.clone()
    if ea is not None: ea = torch.cat([ea.clone(), torch.full((num_nodes,), float(fill_value))])
    return torch.cat([ei2, loops(num_nodes)], 1), ea
def fake_rsl(ei, ea=None): m = ei[0] != ei[1]; return ei.clone(), ea
def fake_asl(ei, ea=None, fill_value=None, num_nodes=None): return torch.cat([ei, loops(num_nodes)], 1), ea
class Net(nn.Module):
    def __init__(s, arch, i, h, o, L, heads):
        super().__init__(); s.arch = arch; s.convs = nn.ModuleList(); d = i
        for l in range(L):
            last = l == L - 1; out = o if last else h
            if arch == "GCN": c = g.GCNConv(d, out)
            elif arch == "GCN-cached": c = g.GCNConv(d, out, cached=True)
            elif arch == "SAGE": c = g.SAGEConv(d, out)
            elif arch == "GAT": c = g.GATConv(d, out if last else h // heads, heads=1 if last else heads, concat=not last)
            elif arch == "GIN": c = g.GINConv(nn.Sequential(nn.Linear(d, h), nn.ReLU(), nn.Linear(h, out)))
            s.convs.append(c); d = out
    def forward(s, x, e):
        for l, c in enumerate(s.convs):
            x = c(x, e)
            if l < len(s.convs) - 1:
                x = F.relu(x)
                if s.training: x = torch.native_dropout(x, 0.5, True)[0]
        return x
class GGNN(nn.Module):
    def __init__(s, i, h, o, steps, heads=1):
        super().__init__(); s.inp = nn.Linear(i, h); s.c = g.GatedGraphConv(h, steps); s.out = nn.Linear(h, o)
    def forward(s, x, e): return s.out(F.relu(s.c(F.relu(s.inp(x)), e)))
class Code2Vec(nn.Module):
    """nodes := batch of methods, edges := contexts per method, in_dim := embed; paper vocabularies"""
    def __init__(s, i, h, o, layers, heads, tok=1301136, path=911417):
        super().__init__(); s.t = nn.Embedding(tok, i); s.p = nn.Embedding(path, i); s.fc = nn.Linear(3 * i, h, bias=False); s.a = nn.Parameter(torch.empty(h, 1)); s.o = nn.Linear(h, o, bias=False)
    def forward(s, x, e):
        src, pth, dst = e
        c = torch.cat([s.t(src), s.p(pth), s.t(dst)], -1)
        if s.training: c = torch.native_dropout(c, 0.25, True)[0]
        c = torch.tanh(s.fc(c)); w = torch.softmax(c @ s.a, 1)
        return s.o((c * w).sum(1))
def run(s):
    fake = s["fake"]; gcnm.add_remaining_self_loops = fake_arsl if fake else _arsl
    gatm.remove_self_loops, gatm.add_self_loops = (fake_rsl, fake_asl) if fake else (_rsl, _asl)
    N, E = s["nodes"], s["edges"]; arch = s["arch"]
    with (FakeTensorMode() if fake else contextlib.nullcontext()):
        cls = {"GGNN": GGNN, "code2vec": Code2Vec}.get(arch)
        m = cls(s["in_dim"], s["hidden"], s["out_dim"], s["layers"], s["heads"]) if cls else Net(arch, s["in_dim"], s["hidden"], s["out_dim"], s["layers"], s["heads"])
        dt = torch.float32
        ri = (lambda hi, sh: torch.zeros(sh, dtype=torch.int64)) if fake else (lambda hi, sh: torch.randint(0, hi, sh))
        lm = LiveMem()
        if arch == "code2vec":
            x = torch.empty(0); e = (ri(1301136, (N, E)), ri(911417, (N, E)), ri(1301136, (N, E))); el = list(e); y = ri(s["out_dim"], (N,))
        else:
            x = torch.empty(N, s["in_dim"], dtype=dt) if fake else torch.randn(N, s["in_dim"], dtype=dt); y = ri(s["out_dim"], (N,))
            e = ri(N, (2, E))
            if s["impl"] == "csr":
                i = torch.unique(e, dim=1); 
                adj = torch.sparse_coo_tensor(i.flip(0), torch.ones(i.shape[1]), (N, N)).coalesce().to_sparse_csr(); del i
                row_ei = None; e = adj; el = [adj.crow_indices(), adj.col_indices(), adj.values()]
            else: el = [e]
        for p in m.parameters(): lm.retag(p, "param")
        for b in m.buffers(): lm.retag(b, "buffer")
        for t in el: lm.retag(t, "edges")
        if x.numel(): lm.retag(x, "features")
        lm.retag(y, "input")
        lm.hook_grads(m); train = s["mode"] == "train"; m.train(train)
        if train:
            opt = torch.optim.Adam(m.parameters(), foreach=False)
            for p in m.parameters(): p.grad = torch.empty_like(p) if fake else torch.zeros_like(p)
            opt.step(); opt.zero_grad(set_to_none=True)
            for st in opt.state.values():
                for v in st.values():
                    if isinstance(v, torch.Tensor): lm.retag(v, "optim")
        eb = sum(t.numel() * t.element_size() for t in el)
        with lm:
            lm.reset_peak(); lm.phase = "fwd"
            if train:
                out = m(x, e); loss = F.cross_entropy(out, y); af = dict(lm.tot); lm.phase = "bwd"; loss.backward(); del loss, out; lm.phase = "opt"; opt.step()
            else:
                with torch.no_grad(): out = m(x, e)
                af = dict(lm.tot)
        ap = lm.at_peak
        return dict(peak_bytes=lm.peak, edge_bytes=eb, feature_bytes=x.numel() * x.element_size(), params_bytes=sum(p.numel() * p.element_size() for p in m.parameters()), grads_bytes=ap.get("grad", 0), optim_bytes=ap.get("optim", 0),
                    act_bytes=ap.get("act", 0), peak_phase=lm.peak_phase, peak_op=lm.peak_op, fwd_peak=lm.phase_peak.get("fwd"), bwd_peak=lm.phase_peak.get("bwd"), fwd_end_act=af.get("act", 0), infer_or_fwd_saved=af.get("act", 0))
def C(arch, n, e, i=128, h=256, o=40, L=3, heads=1, mode="train", impl="edge_index", fake=True, **k): return dict(arch=arch, nodes=n, edges=e, in_dim=i, hidden=h, out_dim=o, layers=L, heads=heads, mode=mode, impl=impl, fake=fake, **k)
def sid(s): return "|".join(str(s[k]) for k in "arch impl nodes edges in_dim hidden out_dim layers heads mode".split()) + ("|fake" if s["fake"] else "|real")
cs = []
SZ = [(10_000, 100_000), (100_000, 1_000_000), (1_000_000, 10_000_000), (5_000_000, 50_000_000)]
for a in ("GCN", "GCN-cached", "SAGE", "GAT", "GIN"):
    h = 4 if a == "GAT" else 1
    for n, e in SZ: cs += [C(a, n, e, heads=h), C(a, n, e, heads=h, mode="infer")]
    for i, hd in ((64, 64), (128, 128), (256, 256), (512, 512), (512, 64)): cs.append(C(a, 1_000_000, 10_000_000, i, hd, heads=h))
    for L in (2, 4): cs.append(C(a, 1_000_000, 10_000_000, L=L, heads=h))
    cs.append(C(a, 100_000, 10_000_000, heads=h)); cs.append(C(a, 1_000_000, 1_000_000, heads=h))
for hd in (1, 2, 8): cs.append(C("GAT", 1_000_000, 10_000_000, heads=hd))
for n, e in SZ:
    for st in (4, 8): cs.append(C("GGNN", n, e, 128, 128, 40, st))
    cs.append(C("GGNN", n, e, 128, 128, 40, 4, mode="infer"))
for b in (256, 1024, 4096): cs.append(C("code2vec", b, 200, 128, 384, 261245, 1))
cs.append(C("code2vec", 1024, 200, 128, 384, 261245, 1, mode="infer"))
real = []
for a in ("GCN", "GCN-cached", "SAGE", "GAT", "GIN", "GGNN"):
    h = 4 if a == "GAT" else 1
    for n, e in SZ[:2]: real.append(C(a, n, e, 128, 128 if a == "GGNN" else 256, 40, 4 if a == "GGNN" else 3, h, fake=False))
csr = []
for a in ("SAGE", "GIN", "GGNN", "GCN-cached", "GCN"):
    for n, e in SZ[:2]:
        for mode in ("train", "infer"): csr.append(C(a, n, e, 128, 128 if a == "GGNN" else 256, 40, 4 if a == "GGNN" else 3, 1, mode=mode, impl="csr", fake=False))
if __name__ == "__main__":
    done = set()
    if os.path.exists(OUT): done = {r["case_id"] for r in csv.DictReader(open(OUT))}
    else: csv.writer(open(OUT, "w")).writerow(COLS)
    what = sys.argv[1:] or ["fake", "real", "csr"]
    for s in [c for w in what for c in {"fake": cs, "real": real, "csr": csr}[w]]:
        if sid(s) in done: continue
        done.add(sid(s)); note = "real CPU tensors" if not s["fake"] else "fake tensors, real size"
        if s["arch"] == "code2vec": note += "; nodes=batch of methods, edges=contexts per method; vocab 1301136 tokens, 911417 paths"
        if s["arch"] == "GGNN": note += "; layers = propagation steps (GatedGraphConv)"
        t = time.time()
        try: r = run(s)
        except Exception as ex:
            import traceback; r = {}; note = "ERROR " + traceback.format_exc()[-300:].replace("\n", " ")
        gc.collect()
        row = {k: r.get(k, s.get(k, "")) for k in COLS}; row.update(case_id=sid(s), dtype="fp32", fake=int(s["fake"]), note=note)
        with open(OUT, "a") as f: csv.DictWriter(f, COLS).writerow(row)
        print(sid(s), round(r.get("peak_bytes", 0) / 2**30, 3), round(time.time() - t, 1), r.get("peak_op", note), flush=True)
