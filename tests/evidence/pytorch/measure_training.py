"""Peaks of fine-tuning steps, measured tensor by tensor; prints rows of assets/evidence/measurements/pytorch_training.csv.

Needs torch, transformers and peft (measured with torch 2.15, transformers 5.23.0, peft 0.21.0). Nothing is
computed: tensors have sizes and no data, and every storage is counted from its allocation to its release.
Not run by the tests. Usage: python tests/evidence/pytorch/measure_training.py [part of parts] >> rows.csv
"""
import contextlib, csv, gc, sys, weakref

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter

COLUMNS = (
    "model,architecture,hidden,layers,ff,experts,experts_used,heads,kv_heads,head,window,vocabulary,tied,method,base,"
    "kbit,amp,adapters_fp32,attention,mask,batch,sequence,checkpointing,optimizer,rank,targets,tuned,keeps_logits,"
    "real,weights,states,forward,backward,step,peak,origin"
).split(",")

# name: (class, architecture, hidden, ffn, heads, kv_heads, head_dim, vocab, tied, further settings)
MODELS = {
    "llama3.1-8b": ("Llama", "llama", 4096, 14336, 32, 8, 128, 128256, 0, {}),
    "qwen2.5-0.5b": ("Qwen2", "qwen2", 896, 4864, 14, 2, 64, 151936, 1, {}),
    "qwen3-8b": ("Qwen3", "qwen3", 4096, 12288, 32, 8, 128, 151936, 0, {}),
    "mistral-7b": ("Mistral", "llama", 4096, 14336, 32, 8, 128, 32000, 0, {"sliding_window": None}),
    "phi3-mini": ("Phi3", "phi3", 3072, 8192, 32, 32, 96, 32064, 0, {"pad_token_id": 0}),
    "gemma-7b": ("Gemma", "gemma", 3072, 24576, 16, 16, 256, 256000, 1, {}),
    "gemma3-4b": ("Gemma3Text", "gemma3", 2560, 10240, 8, 4, 256, 262208, 1, {"sliding_window": 1024}),
    "olmo2-7b": ("Olmo2", "olmo2", 4096, 11008, 32, 32, 128, 100352, 0, {}),
    "qwen3-30b-a3b": ("Qwen3Moe", "qwen3moe", 2048, 768, 32, 4, 128, 151936, 0,
                      {"intermediate_size": 6144, "moe_intermediate_size": 768, "num_experts": 128,
                       "num_experts_per_tok": 8}),
    "mixtral-8x7b": ("Mixtral", "llama", 4096, 14336, 32, 8, 128, 32000, 0,
                     {"num_local_experts": 8, "num_experts_per_tok": 2}),
}


def settings():
    """Every measured step: model, layers, and what differs from a LoRA of rank 16 with autocast."""
    for model in MODELS:
        for layers in (2, 3):
            for gc_on in (0, 1):
                yield model, layers, {"checkpointing": gc_on}
        for gc_on in (0, 1):
            yield model, 3, {"method": "full", "amp": 0, "checkpointing": gc_on}
    for model in ("llama3.1-8b", "qwen3-8b", "qwen2.5-0.5b"):
        yield model, 3, {"attention": "eager", "sequence": 1024}
        yield model, 3, {"attention": "eager", "sequence": 4096, "checkpointing": 1}
        yield model, 3, {"mask": 1, "batch": 2}
        yield model, 3, {"mask": 1, "batch": 3, "checkpointing": 1}
        yield model, 3, {"method": "dora"}
        yield model, 3, {"method": "dora", "checkpointing": 1, "rank": 64}
        yield model, 4, {"tuned": 2}
        yield model, 4, {"tuned": 2, "checkpointing": 1}
        yield model, 3, {"targets": "attn"}
        yield model, 3, {"targets": "qv", "rank": 128}
        yield model, 3, {"method": "full", "base": "fp32"}
        yield model, 3, {"method": "full", "base": "fp32", "checkpointing": 1}
        yield model, 3, {"method": "full", "amp": 0, "optimizer": "adamw-foreach", "sequence": 256}
        yield model, 3, {"method": "full", "amp": 0, "optimizer": "sgd", "sequence": 256}
        yield model, 3, {"adapters_fp32": 0, "amp": 0, "batch": 4, "sequence": 700}
    for model in ("llama3.1-8b", "qwen2.5-0.5b"):
        for optimizer in ("muon", "galore"):
            yield model, 3, {"method": "full", "amp": 0, "optimizer": optimizer, "sequence": 256}
            yield model, 2, {"method": "full", "amp": 0, "optimizer": optimizer, "sequence": 2048, "checkpointing": 1}
        yield model, 3, {"amp": 0, "sequence": 1024}
        yield model, 3, {"amp": 0, "sequence": 1024, "checkpointing": 1, "targets": "qv", "rank": 8, "batch": 2}
    yield "gemma3-4b", 7, {"sequence": 3000}
    yield "gemma3-4b", 7, {"sequence": 3000, "checkpointing": 1}
    yield "qwen3-30b-a3b", 3, {"targets": "attn"}
    yield "gemma3-4b", 8, {"method": "full", "amp": 0, "sequence": 1500}
    yield "olmo2-7b", 3, {"attention": "eager", "sequence": 1500, "batch": 2}
    yield "phi3-mini", 3, {"attention": "eager", "sequence": 1500, "method": "full", "amp": 0}
    yield "qwen3-30b-a3b", 3, {"method": "full", "amp": 0, "sequence": 8192, "checkpointing": 1}
    yield "mixtral-8x7b", 2, {"targets": "attn", "sequence": 8192, "checkpointing": 1}


class Tracker(TorchDispatchMode):
    """Counts the bytes of every storage while it lives."""

    def __init__(self):
        super().__init__()
        self.live, self.now, self.peak = {}, 0, 0

    def add(self, tensor):
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key in self.live:
            return
        self.live[key] = storage.nbytes()
        self.now += self.live[key]
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self.drop, key)

    def drop(self, key):
        self.now -= self.live.pop(key, 0)

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        out = function(*args, **(kwargs or {}))
        for tensor in tree_iter(out):
            if isinstance(tensor, torch.Tensor):
                self.add(tensor)
        return out


def config(name, layers, attention):
    import transformers
    cls, _, hidden, ffn, heads, kv_heads, head, vocab, tied, more = MODELS[name]
    keys = dict(hidden_size=hidden, intermediate_size=ffn, num_attention_heads=heads, num_key_value_heads=kv_heads,
                vocab_size=vocab, tie_word_embeddings=bool(tied), num_hidden_layers=layers,
                max_position_embeddings=65536)
    if cls not in ("Phi3", "Olmo2", "Qwen2"):
        keys["head_dim"] = head
    made = getattr(transformers, cls + "Config")(**{**keys, **more})
    made._attn_implementation, made.use_cache = attention, False
    return made


def adapted(model, of, layers):
    from peft import LoraConfig, get_peft_model
    import peft.tuners.tuners_utils as tuners
    # Tensors without data cannot be moved, and lie where they belong.
    tuners.BaseTunerLayer._move_adapter_to_device_of_base_layer = lambda *a, **k: None
    torch.nn.Module.to = lambda self, *a, **k: self
    every = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    targets = {"all": "all-linear", "qv": ["q_proj", "v_proj"], "attn": every[:4]}[of["targets"]]
    more = {}
    if of["tuned"]:
        more["layers_to_transform"], targets = list(range(layers - of["tuned"], layers)), every
    if not of["adapters_fp32"]:
        torch.set_default_dtype(torch.bfloat16)
    wanted = LoraConfig(r=of["rank"], target_modules=targets, lora_dropout=0.0, task_type="CAUSAL_LM",
                        use_dora=of["method"] == "dora", **more)
    made = get_peft_model(model, wanted, autocast_adapter_dtype=bool(of["adapters_fp32"]))
    torch.set_default_dtype(torch.float32)
    return made


def apart(model):
    """Matrices of the layers, and everything else: vectors, embedding and head."""
    names = dict(model.named_parameters())
    inner = [one for name, one in names.items() if one.dim() == 2 and ".layers." in name]
    return inner, [one for one in names.values() if not any(one is other for other in inner)]


class Both:
    """Muon for the matrices of the layers, AdamW for the rest, as its authors use it."""

    def __init__(self, model):
        inner, outer = apart(model)
        self.parts = [torch.optim.Muon(inner, lr=1e-3), torch.optim.AdamW(outer, fused=True)]

    def step(self):
        for part in self.parts:
            part.step()

    def zero_grad(self, set_to_none=True):
        for part in self.parts:
            part.zero_grad(set_to_none=set_to_none)


def galore(model):
    """galore_torch 1.0 as Transformers' optim="galore_adamw" sets it up: rank 128 on the matrices of the layers."""
    from galore_torch import GaLoreAdamW
    inner, outer = apart(model)
    groups = [{"params": outer},
              {"params": inner, "rank": 128, "update_proj_gap": 200, "scale": 0.25, "proj_type": "std"}]
    return GaLoreAdamW(groups, lr=1e-4, no_deprecation_warning=True)


def measure(name, layers, changes):
    of = dict(method="lora", base="bf16", amp=1, adapters_fp32=1, attention="fused", mask=0, batch=1, sequence=2048,
              checkpointing=0, optimizer="adamw", rank=16, targets="all", tuned=None)
    of.update(changes)
    from transformers import AutoModelForCausalLM
    import transformers.masking_utils as masking
    masking.find_packed_sequence_indices = lambda *a, **k: None
    tracker = Tracker()
    torch.set_default_dtype({"bf16": torch.bfloat16, "fp32": torch.float32}[of["base"]])
    with FakeTensorMode(allow_non_fake_inputs=True), tracker, torch.device("cpu"):
        attention = "eager" if of["attention"] == "eager" else "sdpa"
        model = AutoModelForCausalLM.from_config(config(name, layers, attention))
        model.tie_weights()
        torch.set_default_dtype(torch.float32)
        if of["method"] != "full":
            model = adapted(model, of, layers)
        if of["checkpointing"]:
            model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
            if of["method"] != "full":
                model.enable_input_require_grads()
        model.train()
        trained = [one for one in model.parameters() if one.requires_grad]
        gc.collect()
        weights = tracker.now
        step = {
            "adamw": lambda: torch.optim.AdamW(trained, fused=True),
            "adamw-foreach": lambda: torch.optim.AdamW(trained, foreach=True),
            "sgd": lambda: torch.optim.SGD(trained, lr=0.1),
            "muon": lambda: Both(model),
            "galore": lambda: galore(model),
        }[of["optimizer"]]()
        tokens = torch.zeros(of["batch"], of["sequence"], dtype=torch.long)
        more = {"attention_mask": torch.ones_like(tokens)} if of["mask"] else {}
        base = 0
        for _ in range(2):
            peaks = []
            base = tracker.now
            tracker.peak = 0
            cast = torch.autocast("cpu", dtype=torch.bfloat16) if of["amp"] else contextlib.nullcontext()
            with cast:
                loss = model(input_ids=tokens, labels=tokens, **more).loss
            peaks.append(tracker.peak)
            tracker.peak = 0
            loss.backward()
            del loss
            peaks.append(tracker.peak)
            tracker.peak = tracker.now
            step.step()
            peaks.append(tracker.peak)
            step.zero_grad(set_to_none=True)
    shape = MODELS[name]
    more = shape[9]
    experts = more.get("num_experts", more.get("num_local_experts", 0))
    tokens = of["batch"] * of["sequence"] * 8 * (2 if of["mask"] else 1)
    return dict(
        model=name, architecture=shape[1], hidden=shape[2], layers=layers, ff=shape[3], experts=experts,
        experts_used=more.get("num_experts_per_tok", 0), heads=shape[4], kv_heads=shape[5], head=shape[6],
        window=more.get("sliding_window") or "", vocabulary=shape[7], tied=shape[8], kbit=0, keeps_logits=0, real=0,
        weights=weights, states=base - weights - tokens, forward=peaks[0], backward=peaks[1], step=peaks[2],
        peak=max(peaks), origin="further", **{**of, "tuned": of["tuned"] or ""},
    )


def main():
    part, parts = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (0, 1)
    rows = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    for at, (name, layers, changes) in enumerate(settings()):
        if at % parts != part:
            continue
        try:
            rows.writerow(measure(name, layers, changes))
        except Exception as problem:  # A setting that this version refuses is said, and left out.
            print(name, layers, changes, type(problem).__name__, problem, file=sys.stderr)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
