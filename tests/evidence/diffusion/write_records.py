#!/usr/bin/env python3
"""Makes the records of src/engine/memory/diffusion/recorded: `write_records.py OUT [NAME ...]`, then `cargo fmt`.

Each model runs at the sizes below; Transformers' text encoders whole, denoisers with few layers of each kind, for what lives
at a peak does not depend on the depth, and their parameters counted on the meta device at full depth.
Versions: torch 2.15.0, diffusers 0.42.1, transformers 5.24.0.
"""
import pathlib, re, sys, warnings

warnings.filterwarnings("ignore")
import components as C, record as R
import torch, transformers
from diffusers import AutoencoderKLHunyuanVideo, AutoencoderKLLTX2Audio
from diffusers.pipelines.ltx2.connectors import LTX2TextConnectors

torch.set_num_threads(1)
HALF = torch.bfloat16
BY = {"1": "One", "B": "Batch", "N": "Tokens", "BN": "AllTokens", "H": "Height", "W": "Width", "BH": "AllHeight",
      "BW": "AllWidth", "HW": "Area", "BHW": "AllArea", "F": "Frames", "FH": "FramesHeight", "FW": "FramesWidth",
      "FHW": "Volume", "A": "Sound", "BA": "AllSound"}


def numbers(batches):
    return [dict(B=b, N=n) for b in batches for n in (1024, 4096, 2304)]


def images(batches):
    sides = (64, 64), (128, 128), (96, 64), (64, 128), (160, 96)
    return [dict(B=b, H=h, W=w, N=h * w // 4) for b in batches for h, w in sides]


def clips(batches, patch):
    sizes = (5, 32, 32), (9, 32, 32), (5, 64, 32), (5, 32, 64), (9, 48, 64), (13, 64, 48)
    return [dict(B=b, F=f, H=h, W=w, N=f * h * w // patch, A=round(((f - 1) * 8 + 1) / 24 * 25))
            for b in batches for f, h, w in sizes]


def grid(batches):
    return [dict(B=b, N=n, H=int(2 * n**0.5), W=int(2 * n**0.5), F=1, A=126)
            for b in batches for n in (64, 256, 1024, 4096, 16384)]


def sides(batches):
    return [dict(B=b, H=h, W=h, F=f) for b in batches for h in (32, 64, 128, 256) for f in (1, 5, 16, 33)]


def prompts(batches):
    return [dict(B=b) for b in batches]


N, H, F = ["1", "N"], ["1", "H", "W", "HW"], ["1", "N", "F", "H", "W"]


def all_of(names):
    """With what grows with the batch too."""
    return names + ["B"] + ["B" + name for name in names if name != "1"]


JOBS = {
    "flux1_schnell": (C.flux(False, 256), numbers, N, grid),
    "flux2": (C.flux2(), numbers, N, grid),
    "flux2_klein_4b": (C.klein(4), numbers, N, grid),
    "flux2_klein_9b": (C.klein(9), numbers, N, grid),
    "sd35_large": (C.sd3(False), images, N, grid),
    "sd35_medium": (C.sd3(True), images, N, grid),
    "qwen_image": (C.qwen_image(), images, N + ["H", "W"], grid),
    "z_image": (C.z_image(), images, N + ["H", "W"], grid),
    "hunyuan_video": (C.hunyuan(), lambda b: clips(b, 4), F, grid),
    "ltx2": (C.ltx2(), lambda b: clips(b, 1), F + ["A"], grid),
    "mistral_small": (C.llm("mistral-small-3.1-24b", 512), prompts, ["1"], prompts),
    "qwen25_vl_7b": (C.llm("qwen2.5-vl-7b", 162), prompts, ["1"], prompts),
    "qwen3_4b": (C.llm("qwen3-4b", 512), prompts, ["1"], prompts),
    "qwen3_4b_head": (C.llm("qwen3-4b-head", 512), prompts, ["1"], prompts),
    "qwen3_8b": (C.llm("qwen3-8b", 512), prompts, ["1"], prompts),
    "llama3_8b": (C.llm("llama-3-8b", 351), prompts, ["1"], prompts),
    "gemma3_12b": (C.llm("gemma-3-12b", 1024), prompts, ["1"], prompts),
    "qwen_image_vae": (C.vae("qwen-image"), images, H, sides),
    "ltx2_vae": (C.vae("ltx-2"), None, H + ["F", "FH", "FW", "FHW"], sides),
}


def number(value):
    whole, _, part = f"{value:.6f}".rstrip("0").rstrip(".").partition(".")
    if len(whole.lstrip("-")) > 4:
        whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", "_", whole)
    return f"{whole}.{part or 0}"


def moments(found, names):
    lines = ["&["]
    for matrix, alive in found:
        lines += [f"Moment {{ matrix: {number(matrix)}, alive: &["]
        for name, amounts in alive:
            terms = ", ".join(f"(By::{BY[by]}, {number(v)})" for by, v in zip(names, amounts) if abs(v) > 1e-6)
            lines.append(f'("{name}", &[{terms}]),')
        lines.append("] },")
    return "\n".join(lines) + "]"


def write(out, name, job):
    (make, call, full, few), sizes, names, points = job
    found = []
    for names, batches, at in ((names, (1,), (1,)), (all_of(names), (2, 3), (2, 4, 8))):
        if sizes is None:
            if batches != (1,):
                found.append("&[]")
                continue
            cases = [dict(B=1, F=f, H=h, W=w) for f in (3, 5, 8) for h, w in ((8, 8), (16, 8), (8, 16), (16, 12))]
        else:
            cases = sizes(batches)
        runs = [R.run(make(few), call, HALF, case) for case in cases]
        events, solved = R.forms(runs, cases, names)
        found.append(moments(R.moments(events, solved, names, points(at)), names))
    shapes = ", ".join(f"{key}: {number(value)}" for key, value in R.shapes(make(full)).items())
    (pathlib.Path(out) / f"{name}.rs").write_text(
        "use super::{By, Moment, Recorded};\nuse crate::engine::memory::diffusion::stored::Shapes;\n\n"
        f"pub static RECORD: Recorded = Recorded {{ shapes: Shapes {{ {shapes} }}, one: {found[0]}, several: {found[1]} }};\n")


if __name__ == "__main__":
    for name, job in JOBS.items():
        if len(sys.argv) < 3 or name in sys.argv[2:]:
            write(sys.argv[1], name, job)
