#!/usr/bin/env python3
"""One MLX memory case per process.  argv[1] = JSON spec, prints one JSON row.
Versions: mlx 0.32.4 (CPU build), mlx-lm 0.32.2, python 3.11.
 backend=real : LD_PRELOAD off, every kernel really runs on the CPU
 backend=noop : no_kernels.so preloaded, kernels dropped, all allocation bookkeeping real
 emu=metal    : mx.fast.rms_norm / rope / sdpa(inference) replaced by single primitives with the memory
                behaviour of the Metal kernels (the CPU build decomposes them); training sdpa is left alone,
                since MLX-Metal also uses the unfused path under grad tracing."""
import json, os, sys, tempfile, time
spec = json.loads(sys.argv[1])
import mlx.core as mx, mlx.nn as nn, mlx.optimizers as optim
from mlx.utils import tree_flatten, tree_map
import numpy as np
NOOP = os.environ.get("MLX_NOOP") == "1"
mx.set_memory_limit(1 << 50)
def _save(path, arrays, *a, **k):      # train() saves adapters at the end: keep the eval, skip writing GBs to disk
    mx.eval(list(arrays.values())); open(path, "w").close()
mx.save_safetensors = _save

if spec.get("emu") == "metal":
    # softmax: one unfusable primitive, donates its input when it can, allocates one same-size output: as RMSNorm/RoPE on Metal
    one = lambda x: mx.softmax(x, axis=-1)
    @mx.custom_function
    def _rms(x, w): return one(x)
    @_rms.vjp
    def _rms_vjp(primals, g, out):
        x, w = primals
        return one(mx.depends(g, [x, w])), mx.zeros_like(w)
    def rms_norm(x, weight, eps, stream=None):
        if weight is None: weight = mx.ones((x.shape[-1],), x.dtype)
        return _rms(x, weight)
    mx.fast.rms_norm = rms_norm
    @mx.custom_function
    def _rope(x): return one(x)
    @_rope.vjp
    def _rope_vjp(primals, g, out): return one(g)
    def rope(a, dims, *, traditional=False, base=None, scale=1.0, offset=0, freqs=None, stream=None): return _rope(a)
    mx.fast.rope = rope
    _sdpa = mx.fast.scaled_dot_product_attention
    def sdpa(q, k, v, *, scale, mask=None, sinks=None, stream=None, **kw):
        if spec["task"] == "train":
            return _sdpa(q, k, v, scale=scale, mask=mask, **kw)
        deps = [k, v] + ([mask] if isinstance(mask, mx.array) else [])
        return one(mx.depends(q, deps))
    mx.fast.scaled_dot_product_attention = sdpa

import importlib
d = spec["model"]
mod = importlib.import_module("mlx_lm.models." + d["model_type"])
args = mod.ModelArgs.from_dict(d)
mx.random.seed(0)
model = mod.Model(args)
dt = getattr(mx, spec.get("dtype", "bfloat16"))
model.set_dtype(dt)
bits = spec.get("bits", 0); gs = spec.get("group_size", 64)
if bits:
    def pred(p, m): return hasattr(m, "to_quantized") and not p.endswith("gate")
    nn.quantize(model, group_size=gs, bits=bits, class_predicate=pred)
mx.eval(model.parameters()); mx.clear_cache(); 
row = dict(spec); row["model"] = d.get("name", d["model_type"])
row["weights_active"] = mx.get_active_memory()
row["weights_bytes"] = sum(v.nbytes for _, v in tree_flatten(model.parameters()))
row["params_total"] = sum(v.size * (32 // bits if (bits and v.dtype == mx.uint32) else 1) for k, v in tree_flatten(model.parameters()) if not (bits and (k.endswith("scales") or k.endswith("biases"))))
mx.reset_peak_memory()

def do_train():
    row["trainable_params"] = sum(v.size for _, v in tp); row["trainable_bytes"] = sum(v.nbytes for _, v in tp)
    row["trainable_dtypes"] = ",".join(sorted({str(v.dtype).split(".")[-1] for _, v in tp}))
    B, S = spec["batch"], spec["seq"]
    # iterate_batches pads to 1+32k and cuts to max_seq_length=S+1, the loss drops the last token: S tokens reach the model
    data = [(np.random.randint(0, args.vocab_size, S + 1).tolist(), 0) for _ in range(B)]
    opt = {"adam": optim.Adam, "adamw": optim.AdamW, "sgd": optim.SGD, "adafactor": optim.Adafactor}[spec.get("optimizer", "adam")](learning_rate=1e-5)
    peaks = []
    class CB(TrainingCallback):
        def on_train_loss_report(self, info): peaks.append((mx.get_peak_memory(), mx.get_active_memory())); mx.reset_peak_memory()
        def on_val_loss_report(self, info): pass
    tmp = tempfile.mkdtemp()
    t = time.time(); mx.clear_cache(); mx.reset_peak_memory()
    layer_cls = type(model.layers[0]); orig_call = layer_cls.__call__   # trainer.grad_checkpoint() patches the class
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        train(model, opt, data, None, TrainingArgs(batch_size=B, iters=spec.get("iters", 2), steps_per_report=1, steps_per_save=10**9,
              max_seq_length=S + 1, adapter_file=Path(tmp) / "a.safetensors", grad_checkpoint=spec.get("grad_checkpoint", False),
              grad_accumulation_steps=spec.get("accum", 1)), training_callback=CB())
    layer_cls.__call__ = orig_call
    os.remove(Path(tmp) / "a.safetensors")
    row["peak_iters"] = [p for p, _ in peaks]; row["active_iters"] = [a for _, a in peaks]
    row["peak_bytes"] = max(row["peak_iters"]); row["secs"] = round(time.time() - t, 1)
    row["optim_bytes"] = sum(v.nbytes for _, v in tree_flatten(opt.state) if isinstance(v, mx.array) and v.size > 1)

def do_infer():
    S, step = spec["seq"], spec.get("prefill_step", 2048)
    prompt = mx.array(np.random.randint(0, args.vocab_size, S), dtype=mx.int32); mx.eval(prompt)
    cache = make_prompt_cache(model)
    kw = {}
    if spec.get("kv_bits"): kw = dict(kv_bits=spec["kv_bits"], kv_group_size=64, quantized_kv_start=spec.get("kv_start", 0))
    n = spec.get("gen", 4); pre = None; t = time.time()
    mx.clear_cache(); mx.reset_peak_memory()
    # in noop mode .item() reads an untouched buffer: the token value is meaningless and harmless
    for i, (tok, _) in enumerate(generate_step(prompt, model, max_tokens=n, prompt_cache=cache, prefill_step_size=step, **kw)):
        if i == 0: pre = mx.get_peak_memory(); mx.reset_peak_memory()
    row["prefill_peak"] = pre; row["decode_peak"] = mx.get_peak_memory(); row["peak_bytes"] = max(pre, row["decode_peak"])
    row["kv_alloc_bytes"] = sum(v.nbytes for c in cache for _, v in tree_flatten([c.keys, c.values]) if v is not None)
    row["kv_state_bytes"] = sum(v.nbytes for c in cache for _, v in tree_flatten(c.state) if isinstance(v, mx.array))
    row["kv_type"] = type(cache[0]).__name__; row["secs"] = round(time.time() - t, 1)

import contextlib, gc, io
from pathlib import Path
if spec["task"] == "train":
    from mlx_lm.tuner.trainer import train, TrainingArgs
    from mlx_lm.tuner.utils import linear_to_lora_layers
    from mlx_lm.tuner.callbacks import TrainingCallback
    mode = spec["mode"]
    model.freeze()
    L = len(model.layers)
    nl = spec.get("lora_layers", 16); nl = L if nl in (-1, "all") else min(nl, L)
    if mode == "full":
        for l in model.layers[-nl:]: l.unfreeze()
        if spec.get("unfreeze_all"): model.unfreeze()
    else:
        cfg = {"rank": spec["lora_rank"], "dropout": spec.get("dropout", 0.0), "scale": 20.0}
        if spec.get("lora_keys"): cfg["keys"] = spec["lora_keys"]
        linear_to_lora_layers(model, nl, cfg, use_dora=(mode == "dora"))
    mx.eval(model.parameters()); mx.clear_cache()
    tp = tree_flatten(model.trainable_parameters())
else:
    from mlx_lm.models.cache import make_prompt_cache
    from mlx_lm.generate import generate_step
    model.eval()
base = dict(row); base["active_before_train"] = mx.get_active_memory()
for lag in spec.get("lags", [spec.get("lag", 0)]):
    os.environ["MLX_LAG"] = str(lag)       # read by the shim at every dispatch
    row = dict(base, lag=lag)
    do_train() if spec["task"] == "train" else do_infer()
    if spec["task"] == "train": tp = None; tp = tree_flatten(model.trainable_parameters())
    gc.collect(); mx.clear_cache()
    print("ROW " + json.dumps(row), flush=True)
