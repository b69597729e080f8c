#!/usr/bin/env python3
"""Peaks of a step of training an adapter at settings that no record was made from, the whole model deep, without data.

Writes rows of assets/evidence/measurements/diffusion_training.csv: `training_peaks.py [PIPELINE …]`. What the adapters and
their gradients take stands beside the peak. Versions: torch 2.15.0, diffusers 0.42.1, peft 0.21.2.
"""
import sys

import record as R
import training as T

SIZES = [(768, 1360, 16), (1024, 1024, 32), (640, 896, 8)]


def most(events):
    """The peak, without the adapters' gradients, which stay to the end."""
    alive = set()
    for event in events:
        if event[0] == "take":
            alive.add(event[1])
        elif event[0] == "drop":
            alive.discard(event[1])
    live = peak = 0
    sizes = {}
    for event in events:
        if event[1] in alive or event[0] == "mark":
            continue
        if event[0] == "take":
            sizes[event[1]] = event[2]
            live += event[2]
            peak = max(peak, live)
        else:
            live -= sizes[event[1]]
    return peak


def main():
    for which in sys.argv[1:] or T.T:
        make, _, full, _ = T.T[which]["m"]
        of = R.shapes(make(full))
        count = of["matrices"] + of["kernels"] + of["rest"]
        for width, height, rank in SIZES:
            for checkpointing in (True, False):
                size = dict(B=1, N=width * height // 256, H=height // 8, W=width // 8, R=rank)
                events, adapters, kinds = T.run(which, full, size, checkpointing)
                print(which, width, height, 1, rank, int(checkpointing), 2 * count, adapters, most(events), sep=",", flush=True)


if __name__ == "__main__":
    main()
