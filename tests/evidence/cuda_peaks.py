#!/usr/bin/env python3
"""Peaks of training, graph networks and images in PyTorch on one NVIDIA GPU, beside what Plimsoll predicts.

Nothing is downloaded: models are of random weights. On a fresh Linux machine with a driver, from the repository:

    python3 -m venv /tmp/peaks && /tmp/peaks/bin/pip install -r tests/evidence/cuda_peaks_requirements.txt && \
        /tmp/peaks/bin/python tests/evidence/cuda_peaks.py --minutes 8 --out cuda_peaks.csv

`--compare PLIMSOLL` (a built binary) prints predicted against measured; with `--read FILE` of rows measured before.
`--device cpu --tiny` tries the same code on a processor; its rows are marked `emulation`.
Versions: torch 2.15.0, transformers 5.23.0, peft 0.21.2, diffusers 0.42.1, torch_geometric 2.8.1.
"""

import argparse
import csv
import datetime
import gc
import importlib.metadata
import json
import multiprocessing.connection
import os
import platform
import signal
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

STARTED = time.monotonic()
HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parent / "cuda"))
# Asked through NVML, whether there is a GPU leaves this process without a context, and its children can make theirs.
os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", DIFFUSERS_VERBOSITY="error")
warnings.filterwarnings("ignore")

from cases import CASES, tiny  # noqa: E402
from compare import compare  # noqa: E402

PACKAGES = ["torch", "transformers", "peft", "diffusers", "accelerate", "torch_geometric", "bitsandbytes"]
RUNNERS = {"fine-tune": "training", "graph-sequence": "training", "gnn": "graphs", "diffusion": "images"}
PHASES = ["encode", "denoise", "decode_image", "forward", "backward", "optimizer_step"]
COLUMNS = [
    "mark", "case", "family", "preset", "settings", "outcome", "note", "max_allocated", "max_reserved",
    "reserved_over_allocated", "context", "context_at_end", "device_peak",
    *(f"allocated_{phase}" for phase in PHASES), "after_build", "left_allocated", "device_total",
    "device_free_with_context", "used_before", "seconds", "gpu", "driver", "cuda", "cudnn", "python", *PACKAGES, "date",
]


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def surroundings(device):
    """What all rows of a run share. Makes no context."""
    import torch

    shared = {package: version(package) for package in PACKAGES}
    shared.update(mark="gpu" if device == "cuda" else "emulation", python=platform.python_version())
    shared.update(date=datetime.date.today().isoformat(), cuda=torch.version.cuda or "")
    if device == "cuda":
        from meter import driver

        seen = driver()
        shared.update(gpu=seen["gpu"], driver=seen["driver"], cudnn=torch.backends.cudnn.version() or "")
    return shared


def chosen(arguments):
    cases = [case for case in CASES if arguments.only in f"{case.family} {case.preset} {case.text}"]
    return [tiny(case) for case in cases] if arguments.tiny else cases


def out_of_memory(problem):
    import torch

    text = str(problem)
    return isinstance(problem, (torch.OutOfMemoryError, MemoryError)) or any(
        said in text for said in ("out of memory", "can't allocate memory", "CUBLAS_STATUS_ALLOC_FAILED")
    )


def measure(case, device):
    """Runs a case in this process; what was found of it."""
    import importlib

    import torch
    from meter import CudaMeter, LiveMeter

    began, notes, found = time.monotonic(), [], {}
    if device == "cpu":
        torch.set_num_threads(2)
    meter = CudaMeter() if device == "cuda" else LiveMeter()
    try:
        runner = importlib.import_module(RUNNERS[case.family])
        with meter:
            try:
                runner.run(case.all, device, meter, notes)
                outcome = "measured"
            finally:
                found = meter.row()
        gc.collect()
        found["left_allocated"] = meter.left()
    except Exception as problem:
        outcome = "out of memory" if out_of_memory(problem) else "error"
        last = traceback.extract_tb(problem.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        notes.append(f"{type(problem).__name__} at {where}: {str(problem)[:300]}".replace("\n", " "))
    return {**found, "outcome": outcome, "note": "; ".join(notes), "seconds": round(time.monotonic() - began, 1)}


def child(place, arguments, result):
    """The process of one case: forked with all imports done, or begun anew where CUDA was already woken."""
    import torch

    if arguments.device == "cuda" and torch.cuda._is_in_bad_fork() or arguments.fresh:
        asked = [sys.executable, str(HERE), "--device", arguments.device, "--only", arguments.only]
        asked += ["--tiny"] * arguments.tiny + ["--case", str(place), "--result", str(result)]
        os.execv(sys.executable, asked)
    result.write_text(json.dumps(measure(chosen(arguments)[place], arguments.device)))


def in_a_process(place, arguments, most):
    """What a case found; its process is ended when its time is up."""
    with tempfile.TemporaryDirectory() as folder:
        result, began = Path(folder) / "row.json", time.monotonic()
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(place, arguments, result)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        status = wait(pid, began + most)
        if result.exists():
            return json.loads(result.read_text())
    seconds = round(time.monotonic() - began, 1)
    if status is None:
        return {"outcome": "time was up", "seconds": seconds, "note": f"ended after {most:.0f} s"}
    # The system's own killer leaves no message: the host's memory was too small.
    outcome = "out of memory" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else "error"
    return {"outcome": outcome, "seconds": seconds, "note": f"the process ended with status {status}"}


def wait(pid, until):
    """Its exit status, or none where it had to be ended."""
    handle = os.pidfd_open(pid)
    try:
        if not multiprocessing.connection.wait([handle], max(0, until - time.monotonic())):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return None
        return os.waitpid(pid, 0)[1]
    finally:
        os.close(handle)


def opened(path, mark):
    """The rows' file to append to; rows of a GPU and of an emulation do not go into one."""
    if path.exists():
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        if rows and list(rows[0]) != COLUMNS:
            sys.exit(f"{path} has other columns")
        if any(row["mark"] != mark for row in rows):
            sys.exit(f"{path} has rows marked otherwise than `{mark}`; give another --out")
        return path.open("a", newline="")
    file = path.open("w", newline="")
    csv.DictWriter(file, COLUMNS, lineterminator="\n").writeheader()
    return file


def measure_all(arguments):
    import torch  # noqa: F401 What the children would all import, once.

    for name in {"fine-tune": ["transformers", "peft"], "gnn": ["torch_geometric.nn"], "diffusion": ["diffusers"]}.values():
        for package in name:
            __import__(package)
    import meter  # noqa: F401

    shared, until = surroundings(arguments.device), STARTED + arguments.minutes * 60
    path = arguments.out or Path("cuda_peaks.csv" if arguments.device == "cuda" else "cuda_peaks_emulation.csv")
    print(f"{shared.get('gpu', 'processor, emulation')}; imports took {time.monotonic() - STARTED:.0f} s", flush=True)
    rows = []
    with opened(path, shared["mark"]) as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", extrasaction="raise")
        for place, case in enumerate(chosen(arguments)):
            left = until - time.monotonic()
            found = {"outcome": "not begun", "note": f"{left:.0f} s were left"}
            if left > case.seconds:
                found = in_a_process(place, arguments, left)
            key = f"{case.family} {case.preset} {place}"
            row = {**shared, "case": key, "family": case.family, "preset": case.preset, "settings": case.text, **found}
            writer.writerow(row)
            file.flush()
            rows.append({column: row.get(column, "") for column in COLUMNS})
            gib = f"{row['max_allocated'] / 2**30:.3f} GiB" if row.get("max_allocated") else ""
            print(f"{key}: {row['outcome']} {gib} {row.get('seconds', '')} s {row['note']}", flush=True)
    print(f"{len(rows)} rows to {path} after {time.monotonic() - STARTED:.0f} s")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--tiny", action="store_true", help="shapes that a processor does in seconds")
    parser.add_argument("--minutes", type=float, default=8, help="time for all, imports included")
    parser.add_argument("--out", type=Path, help="rows are appended to this file")
    parser.add_argument("--only", default="", help="cases with this in family, preset or settings")
    parser.add_argument("--fresh", action="store_true", help="a new interpreter for each case, not a fork")
    parser.add_argument("--compare", metavar="PLIMSOLL", help="a built binary to ask for predictions")
    parser.add_argument("--read", type=Path, help="with --compare: rows measured before")
    parser.add_argument("--machine", default="h100-sxm-80gb", help="with --compare: an id of `plimsoll list machines`")
    parser.add_argument("--case", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--result", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case is not None:
        found = measure(chosen(arguments)[arguments.case], arguments.device)
        return arguments.result.write_text(json.dumps(found))
    if arguments.read:
        with arguments.read.open(newline="") as file:
            rows = list(csv.DictReader(file))
    else:
        rows = measure_all(arguments)
    if arguments.compare:
        compare(arguments.compare, rows, arguments.machine)


if __name__ == "__main__":
    main()
