#!/usr/bin/env python3
"""Grid of fine-tuning steps -> $WORK/hf.csv (appends; finished case_ids are skipped). Sets: core, validate, extrap, small.  One process per chunk of cases."""
import csv, json, os, subprocess, sys
sys.path.insert(0, os.path.dirname(__file__))
from hf_models import HF
HERE = os.path.dirname(os.path.abspath(__file__)); ROOT = os.environ.get("WORK", "work"); OUT = os.environ.get("OUT", ROOT + "/hf.csv")
COLS = ("case_id,model,hidden,layers,ffn,heads,kv_heads,head_dim,vocab,tied,mode,dtype,amp,adapter_dtype,attn_impl,batch,seq,grad_checkpoint,optimizer,lora_rank,lora_targets,fake,params_total,trainable,"
        "params_bytes,grads_bytes,optim_bytes,act_bytes,logits_bytes,peak_bytes,peak_phase,peak_op,fwd_peak,bwd_peak,opt_peak,fwd_end_act,fwd_end_logits,optim_state_bytes,note").split(",")
def S(model, mode="lora", dtype="bf16", attn="sdpa", b=1, s=2048, gc=False, rank=16, amp=None, **k):
    amp = (mode in ("lora", "qlora")) if amp is None else amp
    return dict(model=model, mode=mode, dtype=dtype, attn=attn, batch=b, seq=s, gc=gc, lora_rank=rank if mode != "full" else "", amp=amp, **k)
def sid(s):
    return "|".join(str(x) for x in (s["model"], s["mode"], s["dtype"], "amp" if s["amp"] else "pure", s["attn"], f"b{s['batch']}", f"s{s['seq']}", f"gc{int(s['gc'])}", s.get("optimizer", "adamw_fused"), f"r{s['lora_rank']}", s.get("targets", "all"),
           "" if s.get("adapter_fp32", True) else "bf16adapter", "keeplogits" if s.get("keep_logits") else "", "noprep" if s.get("prep") is False else "", "real" if s.get("fake") is False else "fake", s.get("tag", ""), "extrap" if s.get("extrap") else ""))
def main(specs, chunk=4):
    done = set()
    if os.path.exists(OUT): done = {r["case_id"] for r in csv.DictReader(open(OUT))}
    else: csv.writer(open(OUT, "w")).writerow(COLS)
    todo = []
    for s in specs:
        if sid(s) not in done: done.add(sid(s)); todo.append(s)
    for i in range(0, len(todo), chunk):
        c = todo[i:i + chunk]
        p = subprocess.run(["nice", "-n", "10", sys.executable, HERE + "/case.py", json.dumps(c)], capture_output=True, text=True, env=dict(os.environ, OMP_NUM_THREADS="2", CUDA_VISIBLE_DEVICES=""))
        rows = [json.loads(l[4:]) for l in p.stdout.splitlines() if l.startswith("ROW ")]
        rows += [dict(error=p.stderr[-400:])] * (len(c) - len(rows))
        for s, r in zip(c, rows):
            mt, d = HF[s["model"]]
            row = dict(case_id=sid(s), model=s["model"], hidden=d["hidden_size"], layers=s.get("layers") or d["num_hidden_layers"], ffn=d["intermediate_size"], heads=d["num_attention_heads"], kv_heads=d["num_key_value_heads"], head_dim=d.get("head_dim") or d["hidden_size"] // d["num_attention_heads"], vocab=d["vocab_size"], tied=int(d["tie_word_embeddings"]),
                mode=s["mode"], dtype=s["dtype"], amp=int(s["amp"]), adapter_dtype=r.get("trainable_dtype", ""), attn_impl=s["attn"], batch=s["batch"], seq=s["seq"], grad_checkpoint=int(s["gc"]), optimizer=s.get("optimizer", "adamw_fused"), lora_rank=s["lora_rank"], lora_targets=s.get("targets", "all") if s["mode"] != "full" else "", fake=int(s.get("fake", True)))
            note = s.get("note", "")
            if s["mode"] == "qlora": note = "APPROX: 4-bit linears emulated (uint8 half size + double-quant absmax, dequantise per matmul)" + ("; prepare_model_for_kbit_training fp32 upcast" if s.get("prep", True) else "; no kbit prep") + ("; " + note if note else "")
            if "error" in r: note = "ERROR " + r["error"].replace("\n", " ")[-300:]
            if s.get("extrap") and "error" not in r: note = (note + "; " if note else "") + f"exact-linear in layers: measured at L={s['extrap'][0]} and {s['extrap'][1]}, extrapolated"
            row["note"] = note
            for k in COLS:
                if k not in row: row[k] = r.get(k, "")
            with open(OUT, "a") as f: csv.DictWriter(f, COLS).writerow(row)
            print(sid(s), round(r.get("peak_bytes", 0) / 2**30, 3), r.get("secs"), note[:80], flush=True)
sets = {}
M8 = "llama3.1-8b"
a = [S(M8, s=s, gc=g) for s in (512, 2048) for g in (False, True)] + [S(M8, s=2048, attn=at, gc=g) for at in ("eager", "sdpa_mask") for g in (False, True)]
a += [S(M8, "full", s=2048, gc=g) for g in (False, True)] + [S(M8, "full", "fp32", s=2048, gc=g, amp=True) for g in (False, True)]
a += [S(M8, "qlora", s=2048, gc=g, prep=p) for g in (True, False) for p in (True, False)]
a += [S(M8, s=8192, gc=False), S(M8, s=8192, gc=True), S(M8, s=32768, gc=True), S(M8, s=2048, b=4), S(M8, s=2048, b=8, gc=True)]
a += [S(M8, s=2048, keep_logits=True), S(M8, s=2048, amp=False), S(M8, s=2048, amp=False, adapter_fp32=False), S(M8, s=2048, targets="qv"), S(M8, s=2048, rank=64), S(M8, s=2048, dropout=0.05, tag="dropout0.05")]
sets["core"] = a
v = []
for base in [S("tiny", s=512), S("tiny", "full", "fp32", s=512, amp=False), S("tiny", "full", s=512, gc=True), S("tinyq", s=512, gc=True), S("tinyq", "full", s=512, attn="eager")]:
    v += [dict(base, two_steps=True, tag="2steps"), dict(base, fake=False, two_steps=True, tag="2steps", note="real CPU tensors; sdpa = CPU kernel")]
sets["validate"] = v
def X(*a, **k): return S(*a, extrap=[2, 4], **k)
b = [X(M8, s=2048), X(M8, s=2048, gc=True)]   # against the full-depth core rows
for m in ("llama3.1-70b", "llama2-13b", "qwen2.5-7b", M8):
    for s in (512, 2048, 8192): b += [X(m, s=s, gc=True), X(m, s=s)]
    b += [X(m, "qlora", s=2048, gc=True), X(m, s=2048, attn="eager"), X(m, s=2048, b=4, gc=True)]
b += [X(M8, s=s, gc=g) for s in (1024, 4096, 16384, 32768) for g in (False, True)]
b += [X(M8, s=2048, b=b_, gc=g) for b_ in (2, 4, 8) for g in (False, True)]
b += [X(M8, s=s, attn="eager", gc=g) for s in (512, 4096, 8192) for g in (False, True)] + [X(M8, s=s, attn="sdpa_mask", gc=g) for s in (2048, 8192) for g in (False, True)]
b += [X(M8, "qlora", s=s, gc=g, prep=p) for s in (512, 8192) for g in (True, False) for p in (True, False)]
b += [X(m, s=2048, gc=g) for m in ("mistral-7b", "qwen3-8b", "llama2-7b") for g in (False, True)] + [X(M8, s=2048, rank=8), X(M8, s=2048, rank=64, gc=True), X(M8, s=2048, targets="qv", gc=True), X("llama2-13b", "qlora", s=512, gc=True), X("llama3.1-70b", "qlora", s=512, gc=True), X(M8, s=8192, b=8, gc=True)]
sets["extrap"] = b
c = []
for m in ("llama3.2-1b", "qwen2.5-0.5b"):
    c += [S(m, "full", s=2048), S(m, "full", s=2048, gc=True), S(m, "full", "fp32", s=2048, amp=True), S(m, "full", "fp32", s=2048, amp=False), S(m, "full", s=2048, attn="eager")]
    c += [X(m, s=s, gc=g) for s in (512, 2048, 8192) for g in (False, True)]
c += [S("llama3.2-1b", "full", s=2048, gc=True, optimizer=o) for o in ("adamw_foreach", "sgd", "adafactor")] + [S("llama3.2-1b", "full", s=512), S("llama3.2-1b", "full", s=8192, gc=True), S(M8, "full", s=8192, gc=True), S(M8, "full", s=512), S("llama2-13b", "full", s=2048, gc=True)]
sets["small"] = c
if __name__ == "__main__":
    for n in sys.argv[1:]: print("##", n, len(sets[n]), flush=True); main(sets[n])
