"""What is measured: presets that ship, and settings around them, the most telling first.

`settings` are keys of `plimsoll check PRESET --set key=value`, all that the peak depends on, so that a row stays
what it is when a preset changes. `runs` is what the run needs beside them and `plimsoll` works out by itself.
`seconds` is what a case is thought to take at most on an H100, without the imports; one that no longer fits the
time left is not begun.
"""

from dataclasses import dataclass, field

TRAINING = {
    "runtime": "pytorch", "method": "lora", "micro_batch": 1, "rank": 16, "tuned_layers": "all", "precision": "bf16",
    "optimizer": "adamw", "targets": "all-linear", "gradient_checkpointing": True, "chunked_loss": False,
    "attention": "fused", "gradient_accumulation_steps": 1, "padded": False, "adapters_fp32": True,
    "master_weights": False, "kbit_preparation": False, "autocast": True, "return_logits": False,
}
GRAPH = {
    "runtime": "pytorch", "heads": 4, "mode": "train", "sampling": "full", "message_passing": "scatter",
    "precision": "fp32", "dropout": False, "normalization_cached": False, "in_width": 128, "hidden": 256,
    "out_width": 64, "layers": 3, "nodes": 1_000_000, "edges": 10_000_000,
}
IMAGE = {
    "mode": "generate", "frames": 1, "batch": 1, "precision": "bf16", "residency": "all", "guidance": True,
    "vae_tiling": False, "gradient_checkpointing": False, "width": 1024, "height": 1024,
}
# What has no meaning for some networks and is said to none of them.
ONLY_OF = {"heads": ("gat",), "normalization_cached": ("gcn",), "batch_nodes": ("code2vec", "sage")}


@dataclass
class Case:
    family: str
    preset: str
    settings: dict
    seconds: int = 8
    runs: dict = field(default_factory=dict)

    @property
    def all(self):
        return {**self.settings, **self.runs}

    @property
    def text(self):
        """The settings as `--set` takes them, one after another."""
        return ";".join(f"{key}={text_of(value)}" for key, value in self.settings.items())


def text_of(value):
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def training(preset, model, sequence, seconds=8, **changes):
    settings = {"model": model, "sequence": sequence, **TRAINING, **changes}
    if settings["method"] == "qlora":
        settings.update(precision="nf4", kbit_preparation=True, **changes)
    if settings["method"] == "full":
        settings.update(autocast=False)
        for key in ("rank", "targets", "adapters_fp32", "kbit_preparation"):
            del settings[key]
    return Case("fine-tune", preset, settings, seconds, filled(settings, TRAINING))


def trees(preset, sequence, seconds, **changes):
    """Graphs as text, as the preset has them: the longest sequence, which `plimsoll` works out, decides the peak."""
    settings = {"max_sequence": sequence, **TRAINING, **changes}
    if settings["method"] == "qlora":
        settings.update(precision="nf4", kbit_preparation=True)
    return Case("graph-sequence", preset, settings, seconds, {"model": "llama-3.1-8b", "sequence": sequence})


def graph(architecture, preset="whole-program-gnn", seconds=5, **changes):
    settings = {"architecture": architecture, **GRAPH, **changes}
    for key, owners in ONLY_OF.items():
        if architecture not in owners:
            settings.pop(key, None)
    return Case("gnn", preset, settings, seconds, filled(settings, GRAPH))


def image(preset, pipeline, seconds=12, **changes):
    settings = {"pipeline": pipeline, **IMAGE, **changes}
    return Case("diffusion", preset, settings, seconds, filled(settings, IMAGE))


def filled(settings, defaults):
    """What was left out of the settings and the code that runs them still reads."""
    return {key: value for key, value in defaults.items() if key not in settings}


CODE2VEC = dict(nodes=700_000, edges=200, hidden=384, out_width=260_000, layers=1, sampling=[200], batch_nodes=1024,
                token_vocabulary=1_300_000, path_vocabulary=900_000)
SAMPLED = dict(nodes=2_000_000, edges=12_000_000, sampling=[15, 10, 5], batch_nodes=1024)
M8, M13 = "llama-3.1-8b", "llama-2-13b"

CASES = [
    training("lora-13b", M13, 2048, 10, gradient_accumulation_steps=16),
    image("sdxl", "sdxl"),
    graph("ggnn", layers=4),
    training("lora-13b", M8, 2048),
    training("qlora-13b", M13, 2048, 12, method="qlora", gradient_accumulation_steps=16),
    graph("sage"),
    image("sd-1.5", "sd1.5", 8, width=512, height=512),
    trees("parse-trees-16k-8b", 16384, 15),
    graph("gcn"),
    graph("gat"),
    graph("gin"),
    image("flux-1-dev", "flux.1-dev", 20, guidance=False),
    training("lora-13b", "qwen2.5-0.5b", 2048, 6, method="full"),
    training("lora-13b", M8, 2048, gradient_checkpointing=False),
    graph("code2vec", "code2vec", **CODE2VEC),
    image("sdxl-lora", "sdxl", 15, mode="lora", rank=16, gradient_checkpointing=True),
    graph("sage", "whole-program-gnn-sampled", 20, **SAMPLED),
    training("tool-calling-qlora-8b", M8, 2048, 10, method="qlora", micro_batch=2, optimizer="paged-adamw-8bit",
             gradient_accumulation_steps=8),
    training("lora-13b", "llama-3.2-1b", 2048, 6, method="full", gradient_checkpointing=False),
    training("lora-13b", M8, 2048, attention="eager"),
    training("lora-13b", M8, 2048, micro_batch=2, padded=True),
    training("lora-13b", "qwen3-8b", 2048),
    training("lora-13b", M8, 8192, 12),
    trees("function-trees-8b", 8192, 12, method="qlora"),
    training("lora-30b", "qwen3-32b", 2048, 20, gradient_accumulation_steps=16),
    graph("sage", mode="infer"),
    graph("sage", message_passing="sparse"),
    graph("gcn", dropout=True, normalization_cached=True),
    image("sdxl", "sdxl", 15, residency="component"),
    image("sdxl", "sdxl", 10, vae_tiling=True),
    image("sd-1.5", "sd1.5", 8, width=768, height=768, precision="fp32"),
    training("lora-13b", M8, 512, optimizer="sgd", rank=64, targets="query-value"),
    training("lora-13b", "qwen2.5-0.5b", 2048, 6, method="full", precision="fp32", optimizer="adamw-foreach"),
    training("lora-13b", M8, 512, gradient_checkpointing=False),
    image("wan-2.2-5b", "wan2.2-5b", 60, width=832, height=480, frames=49),
    training("lora-70b", "llama-3.3-70b", 2048, 45, method="qlora"),
    graph("ggnn", "whole-program-gnn", 10, nodes=2_000_000, edges=12_000_000, layers=6),
]


def tiny(case):
    """The same case in a shape that a processor does in seconds."""
    settings, runs = dict(case.settings), dict(case.runs)
    if case.family == "fine-tune":
        settings.update(model="smollm2-135m", sequence=64)
        if "8bit" in settings["optimizer"]:
            settings["optimizer"] = "adamw"
    elif case.family == "graph-sequence":
        settings.update(model="smollm2-135m", max_sequence=96)
        runs.update(model="smollm2-135m", sequence=96)
    elif case.family == "gnn":
        settings.update(nodes=3000, edges=20_000)
        if settings["architecture"] == "code2vec":
            settings.update(edges=20, sampling=[20], batch_nodes=16, token_vocabulary=5000, path_vocabulary=3000,
                            out_width=300)
        elif settings["sampling"] != "full":
            settings.update(batch_nodes=16)
    else:
        settings.update(width=64, height=64)
        if settings["frames"] > 1:
            settings.update(frames=5)
        runs["small"] = settings["pipeline"] != "sd1.5"
    return Case(case.family, case.preset, settings, 1, runs)
