#!/usr/bin/env python3
"""MLX grid -> $WORK/mlx.csv (appends; finished case_ids are skipped). Sets: validate, validate_infer, p1, p2."""
import csv, itertools, json, os, sys
sys.path.insert(0, os.path.dirname(__file__))
from mlx_models import M
from mlx_run import run as run_proc, HERE, ROOT
def run(s, timeout=400):
    """noop grid parent (started with no_kernels.so preloaded and MLX_NOOP=1): fork per case, imports already paid"""
    if os.environ.get("MLX_NOOP") != "1" or s.get("backend") == "real": return run_proc(s)
    import tempfile, signal, time
    out = tempfile.NamedTemporaryFile("w+", delete=False); pid = os.fork()
    if pid == 0:
        try:
            signal.alarm(timeout)
            os.dup2(out.fileno(), 1); os.dup2(out.fileno(), 2)
            sys.argv = ["case.py", json.dumps(dict(s, model=M[s["model"]]))]
            exec(compile(open(HERE + "/case.py").read(), "case.py", "exec"), {"__name__": "__main__"})
            sys.stdout.flush()
        except BaseException:
            import traceback; traceback.print_exc()
        os._exit(0)
    os.waitpid(pid, 0)
    txt = open(out.name).read(); os.unlink(out.name)
    rows = [json.loads(l[4:]) for l in txt.splitlines() if l.startswith("ROW ")]
    return rows + [dict(error=txt[-800:])] * (len(s["lags"]) - len(rows))
if os.environ.get("MLX_NOOP") == "1":
    import mlx_lm, mlx_lm.tuner.trainer, mlx_lm.tuner.utils, mlx_lm.generate
OUT = os.environ.get("OUT", ROOT + "/mlx.csv")
COLS = ("case_id,model,model_type,hidden,layers,ffn,heads,kv_heads,head_dim,vocab,tied,experts,task,mode,backend,emu,lag,quant_bits,group_size,lora_rank,lora_layers,lora_keys,"
        "batch,seq,grad_checkpoint,optimizer,kv_bits,prefill_step,params_total,trainable_params,weights_bytes,active_before_train,trainable_bytes,optim_bytes,"
        "peak_iter1,peak_iter2,peak_iter3,peak_bytes,prefill_peak,decode_peak,kv_alloc_bytes,kv_state_bytes,note").split(",")
def spec_id(s):
    return "|".join(str(x) for x in (s["model"], s["task"], s.get("mode", ""), f"q{s.get('bits',0)}", f"r{s.get('lora_rank','')}", f"L{s.get('lora_layers','')}",
        s.get("keytag", "all") if s.get("mode") in ("lora", "dora") else "", f"b{s.get('batch',1)}", f"s{s['seq']}", f"gc{int(s.get('grad_checkpoint', False))}", s.get("optimizer", "adam") if s["task"] == "train" else f"kv{s.get('kv_bits',0)}.st{s.get('prefill_step',2048)}",
        s.get("backend", "noop"), s.get("emu", "none"), f"lag{s.get('lag',0)}", s.get("tag", "")))
def main(specs):
    done = set()
    if os.path.exists(OUT):
        done = {r["case_id"] for r in csv.DictReader(open(OUT))}
    else:
        csv.writer(open(OUT, "w")).writerow(COLS)
    # cases that differ only in lag share one process
    groups = {}
    for s in specs:
        if spec_id(s) in done: continue
        done.add(spec_id(s))
        key = json.dumps({k: v for k, v in s.items() if k not in ("lag", "note")}, sort_keys=True)
        groups.setdefault(key, []).append(s)
    for grp in groups.values():
        rs = run(dict(grp[0], lags=[x.get("lag", 0) for x in grp]))
        for s, r in zip(grp, rs): write(s, r)
def write(s, r):
    cid = spec_id(s); d = M[s["model"]]
    pi = (r.get("peak_iters") or [None] * 3) + [None] * 3
    real = s.get("backend", "noop") == "real"
    note = s.get("note", "")
    if "error" in r: note = "ERROR " + r["error"].replace("\n", " ")[-300:]
    row = dict(case_id=cid, model=d["name"], model_type=d["model_type"], hidden=d["hidden_size"], layers=d["num_hidden_layers"], ffn=d.get("moe_intermediate_size") or d["intermediate_size"], heads=d["num_attention_heads"], kv_heads=d["num_key_value_heads"],
        head_dim=d.get("head_dim") or d["hidden_size"] // d["num_attention_heads"], vocab=d["vocab_size"], tied=int(d["tie_word_embeddings"]), experts=d.get("num_experts") or d.get("num_local_experts") or 0,
        task=s["task"], mode=s.get("mode", ""), backend="cpu-real" if real else "cpu-noop", emu=s.get("emu", "none"), lag="" if real else s.get("lag", 0), quant_bits=s.get("bits", 0), group_size=s.get("group_size", 64) if s.get("bits") else "",
        lora_rank=s.get("lora_rank", ""), lora_layers=s.get("lora_layers", ""), lora_keys=" ".join(s.get("lora_keys") or ["all-linear"]) if s.get("mode") in ("lora", "dora") else "", batch=s.get("batch", 1), seq=s["seq"],
        grad_checkpoint=int(s.get("grad_checkpoint", False)), optimizer=s.get("optimizer", "adam") if s["task"] == "train" else "", kv_bits=s.get("kv_bits", 0), prefill_step=s.get("prefill_step", 2048) if s["task"] == "infer" else "",
        peak_iter1=pi[0], peak_iter2=pi[1], peak_iter3=pi[2], note=note)
    for k in COLS:
        if k not in row: row[k] = r.get(k, "")
    with open(OUT, "a") as f: csv.DictWriter(f, COLS).writerow(row)
    print(cid, round(r.get("peak_bytes", 0) / 2**30, 3) if "error" not in r else note, flush=True)
def T(model, mode="lora", bits=0, rank=8, layers=16, b=1, s=512, gc=False, **k):
    return dict(model=model, task="train", mode=mode, bits=bits, lora_rank=rank if mode != "full" else "", lora_layers=layers, batch=b, seq=s, grad_checkpoint=gc, **k)
def I(model, s, bits=0, kv=0, step=2048, **k):
    return dict(model=model, task="infer", bits=bits, seq=s, kv_bits=kv, prefill_step=step, **k)
QV = dict(lora_keys=["self_attn.q_proj", "self_attn.v_proj"], keytag="qv")
def variants(base, lags=(0, 11), emus=("metal",)):
    return [dict(base, emu=e, lag=l) for e in emus for l in lags]
sets = {}
# validation: real compute against the no-op shim (run with plain python3: each case its own process)
v = []
for m in ("tiny", "tinyq"):
    for base in [T(m, s=256, layers=-1), T(m, s=256, layers=-1, gc=True), T(m, "full", s=256, layers=-1), T(m, bits=4, s=256, layers=-1), T(m, b=2, s=512, layers=-1)]:
        v += [dict(base, backend="real", note="real CPU compute")] + [dict(base, backend="noop", lag=l, note="validation twin of the real run") for l in (0, 11, 50)]
sets["validate"] = v
sets["validate_infer"] = [x for m in ("tiny", "tinyq") for base in (I(m, 512), I(m, 512, bits=4, kv=8)) for x in ([dict(base, backend="real", note="real CPU compute")] + [dict(base, lag=l, note="validation twin of the real run") for l in (0, 50)])]
p1 = []
for gc in (False, True):
    for s in (512, 1024, 2048, 4096): p1 += variants(T("llama3.1-8b", bits=4, s=s, gc=gc))
    for s in (512, 2048, 4096): p1 += variants(T("llama3.1-8b", s=s, gc=gc)) + variants(T("qwen2.5-7b", bits=4, s=s, gc=gc))
    p1 += variants(T("llama3.1-8b", bits=4, s=2048, b=4, gc=gc)) + variants(T("llama3.1-8b", bits=4, s=2048, layers=-1, gc=gc)) + variants(T("llama3.1-8b", "full", layers=-1, s=512, gc=gc)) + variants(T("llama3.1-8b", "full", layers=16, s=512, gc=gc))
    for s in (512, 2048): p1 += variants(T("qwen3-0.6b", s=s, gc=gc)) + variants(T("llama3.2-1b", s=s, gc=gc)) + variants(T("qwen2.5-0.5b", s=s, gc=gc)) + variants(T("tinyllama-1.1b", s=s, gc=gc)) + variants(T("mixtral-small", bits=4, s=s, gc=gc))
p1 += variants(T("llama3.2-3b", s=96, b=4, **QV)) + variants(T("llama3.2-3b", s=128, b=4, **QV)) + variants(T("llama3.2-3b", s=160, b=4, **QV))
for bits in (4, 0):
    for s in (512, 8192, 32768): p1 += variants(I("llama3.1-8b", s, bits=bits))
for kv in (8, 4):
    for s in (2048, 8192, 32768): p1 += variants(I("llama3.1-8b", s, bits=4, kv=kv))
p1 += variants(I("llama3.1-8b", 8192, bits=4, step=512)) + variants(I("llama3.1-8b", 8192, bits=4, step=8192)) + variants(I("qwen3-30b-a3b", 8192, bits=4)) + variants(I("qwen3-0.6b", 8192)) + variants(I("qwen3-0.6b", 32768)) + variants(I("qwen2.5-0.5b", 8192)) + variants(I("llama3.1-70b", 8192, bits=4))
sets["p1"] = p1
p2 = []
for m in ("llama3.1-8b-4l", "qwen2.5-0.5b", "llama3.2-1b", "qwen3-0.6b", "tinyllama-1.1b"):
    p2 += variants(T(m, s=1024)) + variants(T(m, s=1024, rank=16)) + variants(T(m, s=1024, rank=64)) + variants(T(m, s=1024, layers=4)) + variants(T(m, s=1024, layers=-1)) + variants(T(m, s=1024, **QV))
    p2 += variants(T(m, b=2, s=1024)) + variants(T(m, b=4, s=1024, gc=True)) + variants(T(m, bits=4, s=1024)) + variants(T(m, s=4096)) + variants(T(m, s=4096, gc=True)) + variants(T(m, s=256))
    p2 += variants(T(m, "full", layers=-1, s=512)) + variants(T(m, "full", layers=-1, s=2048, gc=True)) + variants(T(m, "full", layers=-1, s=2048))
p2 += variants(T("llama3.1-8b", bits=4, s=1024, rank=64)) + variants(T("llama3.1-8b", bits=4, s=1024, layers=4)) + variants(T("llama3.1-8b", bits=4, s=1024, **QV)) + variants(T("llama3.1-8b", "dora", s=1024)) + variants(T("llama3.1-8b", bits=8, s=1024)) + variants(T("llama3.1-8b", bits=4, s=8192, gc=True))
for m in ("llama2-13b", "llama3.1-70b", "qwen3-30b-a3b", "mistral-7b", "qwen3-8b"):
    for s in (512, 2048):
        for gc in (False, True): p2 += variants(T(m, bits=4, s=s, gc=gc))
for o in ("adamw", "sgd", "adafactor"): p2 += variants(T("llama3.2-1b", s=512, optimizer=o)) + variants(T("llama3.2-1b", "full", layers=-1, s=512, optimizer=o))
p2 += [dict(x, accum=4, tag="accum4", iters=4) for x in variants(T("llama3.2-1b", s=512))]
p2 += [dict(T("llama3.2-1b", s=s, gc=gc, bits=bits), emu="none", lag=l) for s in (512, 2048) for gc in (False, True) for bits in (0, 4) for l in (0, 50)]
for m in ("qwen3-0.6b", "llama3.2-1b", "mixtral-small", "qwen2.5-0.5b", "qwen3-30b-a3b", "llama3.1-70b"):
    for s in (2048, 8192, 32768): p2 += variants(I(m, s, bits=4))
    for kv in (8, 4): p2 += variants(I(m, 8192, bits=4, kv=kv))
sets["p2"] = p2
if __name__ == "__main__":
    for name in sys.argv[1:]:
        print("##", name, len(sets[name]), flush=True); main(sets[name])
