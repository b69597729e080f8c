"""Peaks of a case, phase by phase: of CUDA's caching allocator and of the driver, or counted tensor by tensor.

On a GPU, `allocated` and `reserved` are PyTorch's own counts, and the context is what the driver says is gone beside
them. On a processor nothing counts, so that live tensors are counted as for the tables measured without a GPU; there
is no context and nothing reserved, and such rows are marked as emulation.
"""

import gc
import os
import subprocess
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "pytorch"))
from livemem import LiveMem


def visible_device():
    """What NVML and nvidia-smi call the first device that CUDA sees."""
    return os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip() or "0"


def driver():
    """Name, driver, free and total bytes of the GPU as the driver tells them, without making a context."""
    try:
        return from_nvml()
    except ImportError:
        return from_nvidia_smi()


def from_nvml():
    import pynvml as nvml

    nvml.nvmlInit()
    try:
        name = visible_device()
        handle = nvml.nvmlDeviceGetHandleByIndex(int(name)) if name.isdigit() else nvml.nvmlDeviceGetHandleByUUID(name)
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        texts = (nvml.nvmlDeviceGetName(handle), nvml.nvmlSystemGetDriverVersion())
        gpu, version = (text.decode() if isinstance(text, bytes) else text for text in texts)
        return {"gpu": gpu, "driver": version, "free": memory.free, "total": memory.total}
    finally:
        nvml.nvmlShutdown()


def from_nvidia_smi():
    """The same, in whole MiB."""
    query = ["nvidia-smi", "-i", visible_device(), "--query-gpu=name,driver_version,memory.free,memory.total"]
    line = subprocess.run(query + ["--format=csv,noheader,nounits"], capture_output=True, text=True, check=True).stdout
    gpu, version, free, total = (field.strip() for field in line.split(","))
    return {"gpu": gpu, "driver": version, "free": int(free) << 20, "total": int(total) << 20}


class Meter:
    """What all meters do: peaks by phase, the largest of all visits to a phase."""

    def __init__(self):
        self.phases, self.now = {}, None

    def begin(self, name):
        """Counts for this phase from here on; the phase before it ends."""
        self.end()
        self.now = name
        self.reset()

    def end(self):
        if self.now is not None:
            self.phases[self.now] = max(self.phases.get(self.now, 0), self.peak())
            self.now = None

    def row(self):
        phases = {f"allocated_{name}": peak for name, peak in self.phases.items()}
        return {**phases, "max_allocated": max(self.phases.values(), default="")}


class CudaMeter(Meter):
    """PyTorch's allocator and the driver."""

    def __enter__(self):
        before = driver()
        self.free_before, self.used_before = before["free"], before["total"] - before["free"]
        torch.zeros(1, device="cuda")
        torch.cuda.synchronize()
        self.context = self.outside()
        self.mem_get_info = torch.cuda.mem_get_info()
        return self

    def __exit__(self, *problem):
        return False

    def outside(self):
        """Bytes gone from the device since before the context that PyTorch's allocator does not hold."""
        return self.free_before - driver()["free"] - torch.cuda.memory_reserved()

    def ready(self):
        """The models are made; what making them took is given back."""
        gc.collect()
        torch.cuda.synchronize()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        self.weights = torch.cuda.memory_allocated()

    def reset(self):
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()

    def peak(self):
        torch.cuda.synchronize()
        return torch.cuda.max_memory_allocated()

    def row(self):
        """All figures; to be asked before the tensors are dropped."""
        self.end()
        reserved, outside = torch.cuda.max_memory_reserved(), self.outside()
        figures = super().row()
        peak = figures["max_allocated"]
        return {
            **figures,
            "after_build": getattr(self, "weights", ""),
            "max_reserved": reserved,
            "reserved_over_allocated": f"{reserved / peak:.4f}" if peak else "",
            "context": self.context,
            "context_at_end": outside,
            "device_peak": reserved + outside,
            "device_free_with_context": self.mem_get_info[0],
            "device_total": self.mem_get_info[1],
            "used_before": self.used_before,
        }

    @staticmethod
    def left():
        """What is allocated when all tensors of the case are gone: workspaces of cuBLAS and the like."""
        gc.collect()
        torch.cuda.synchronize()
        return torch.cuda.memory_allocated()


class LiveMeter(Meter):
    """Tensors alive on a processor."""

    def __enter__(self):
        self.live = LiveMem()
        self.live.__enter__()
        return self

    def __exit__(self, *problem):
        self.live.__exit__(*problem)
        return False

    def ready(self):
        gc.collect()
        self.weights = self.live.cur

    def reset(self):
        self.live.reset_peak()

    def peak(self):
        return self.live.peak

    def row(self):
        self.end()
        return {**super().row(), "after_build": getattr(self, "weights", "")}

    def left(self):
        gc.collect()
        return self.live.cur
