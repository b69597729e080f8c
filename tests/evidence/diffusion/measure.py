#!/usr/bin/env python3
"""Peaks of the models of pipelines at settings that no record was made from, without data.

With `few` before the pipelines a denoiser runs with a few layers of each kind and its parameters are those of all: what lives at
a peak does not depend on the depth, as the rows measured at full depth show.

Writes rows of assets/evidence/measurements/diffusion.csv of the set `pipelines`: `measure.py [PIPELINE …]`.
Versions: torch 2.15.0, diffusers 0.42.1, transformers 5.24.0.
"""
import sys
import warnings

warnings.filterwarnings("ignore")

import components as C
import record as R
import torch

torch.set_num_threads(1)
HALF = torch.bfloat16
FEW = "few" in sys.argv


def peak(events):
    live = most = 0
    sizes = {}
    for event in events:
        if event[0] == "take":
            sizes[event[1]] = event[2]
            live += event[2]
            most = max(most, live)
        else:
            live -= sizes[event[1]]
    return most


def size(pipeline, width, height, frames, batch):
    """What a pipeline hands to its denoiser for a clip or an image of so many pixels."""
    scale, step, side = {"ltx-2": (32, 8, 1), "hunyuan-video": (8, 4, 2), "wan2.1-1.3b": (8, 4, 2)}.get(pipeline, (8, 1, 2))
    h, w, f = height // scale, width // scale, (frames - 1) // step + 1
    return dict(B=batch, F=f, H=h, W=w, N=f * h * w // side**2, A=round(((f - 1) * step + 1) / 24 * 25))


def row(pipeline, component, model, at, width, height, frames, batch, tiled=False):
    make, call, full, few = model
    events = R.run(make(few if FEW else full), call, HALF, at)
    of = R.shapes(make(full))
    count = of["matrices"] + of["kernels"] + of["rest"]
    held = 2 * count + 2 * of["kept_single"] + 2 * beside(pipeline, component)
    print(pipeline, component, width, height, frames, batch, "bf16", int(tiled), "pipelines", count, held,
          held + peak(events), sep=",", flush=True)


def beside(pipeline, component):
    """Parameters that lie beside a model and do nothing in its pass: LTX-2's VAE of sound and its vocoder."""
    if (pipeline, component) != ("ltx-2", "vae_decode"):
        return 0
    from diffusers import AutoencoderKLLTX2Audio
    from diffusers.pipelines.ltx2.vocoder import LTX2Vocoder
    with torch.device("meta"):
        return sum(p.numel() for made in (AutoencoderKLLTX2Audio(), LTX2Vocoder()) for p in made.parameters())


IMAGES = [(768, 1360, 1), (1536, 1024, 1), (1824, 1824, 1), (1024, 1024, 2), (640, 896, 3)]
CLIPS = {"wan2.1-1.3b": [(832, 480, 33, 1), (480, 832, 17, 1), (624, 624, 5, 2)],
         "hunyuan-video": [(544, 960, 17, 1), (720, 400, 25, 1), (320, 512, 9, 2)],
         "ltx-2": [(1216, 704, 57, 2), (512, 768, 97, 2), (960, 544, 25, 1)]}
DENOISERS = {"flux.1-schnell": C.flux(False, 256), "flux.2-dev": C.flux2(),
             "flux.2-klein-4b": C.klein(4), "flux.2-klein-9b": C.klein(9), "sd3.5-medium": C.sd3(True),
             "sd3.5-large": C.sd3(False), "qwen-image": C.qwen_image(), "z-image": C.z_image(),
             "wan2.1-1.3b": C.wan(12, 30, 8960), "hunyuan-video": C.hunyuan(), "ltx-2": C.ltx2()}
VAES = {"flux.2-dev": "flux.2", "flux.2-klein-4b": "flux.2", "qwen-image": "qwen-image", "ltx-2": "ltx-2", "hunyuan-video": "hunyuan-video"}


def denoiser(pipeline):
    cases = CLIPS.get(pipeline) or [(w, h, 1, b) for w, h, b in IMAGES]
    for width, height, frames, batch in cases:
        if pipeline == "z-image" and batch > 2:
            continue
        row(pipeline, "denoiser", DENOISERS[pipeline], size(pipeline, width, height, frames, batch), width, height, frames,
            batch)


def vae(pipeline):
    if pipeline not in VAES:
        return
    clips = pipeline in ("ltx-2", "hunyuan-video")
    sizes = ([(512, 768, 49), (704, 480, 25)] if pipeline == "ltx-2" else [(320, 512, 33), (256, 384, 61)]) if clips else [
        (768, 1360, 1), (1536, 1024, 1), (1824, 1824, 1)]
    for tiled in (False, True):
        if tiled and pipeline == "ltx-2":
            # The last tile of a row must not be one latent wide, which the class refuses.
            sizes = [(512, 768, 49), (960, 544, 17)]
        for width, height, frames in sizes:
            at = size(pipeline, width, height, frames, 1)
            row(pipeline, "vae_decode", C.vae(VAES[pipeline], tiled), at, width, height, frames, 1, tiled)


def main():
    for pipeline in [name for name in sys.argv[1:] if name != "few"] or DENOISERS:
        for part in (denoiser, vae):
            try:
                part(pipeline)
            except Exception as error:
                print(f"# {pipeline} {part.__name__}: {error!r}"[:300], file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
