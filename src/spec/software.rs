//! What programs run on whose accelerators: facts of their makers, each with its version, source and day.

use super::{Machine, Memory, Vendor};

/// How far a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Works {
    /// Its maker supports it.
    Yes,
    /// With a limit that the note names.
    Partly,
    /// It does not.
    No,
}

impl Works {
    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
        }
    }
}

/// Whether one program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Software {
    /// The program.
    pub name: &'static str,
    /// How far it runs.
    pub works: Works,
    /// On what, or with what limit.
    pub note: &'static str,
    /// Id of the source in `sources.ron`.
    pub source: &'static str,
    /// Day it was read, `YYYY-MM-DD`.
    pub date: &'static str,
}

const fn fact(
    name: &'static str,
    works: Works,
    note: &'static str,
    (source, date): (&'static str, &'static str),
) -> Software {
    Software { name, works, note, source, date }
}

const GGML: (&str, &str) = ("SW-GGML", "2026-08-21");
const OLLAMA: (&str, &str) = ("SW-OLLAMA", "2026-08-21");
const MLX: (&str, &str) = ("SW-MLX", "2026-08-22");
const VLLM: (&str, &str) = ("SW-VLLM", "2026-11-27");
const PYG: (&str, &str) = ("SW-PYG", "2026-08-17");
const BNB: (&str, &str) = ("SW-BNB", "2026-08-19");

const APPLE: &[Software] = &[
    fact("llama.cpp", Works::Yes, "Metal", GGML),
    fact("MLX", Works::Yes, "macOS 14 or newer", MLX),
    fact("vLLM", Works::Partly, "through a plugin that is no part of it", VLLM),
    fact("PyG", Works::Partly, "its extension wheels for macOS are for the CPU only", PYG),
    fact("Docker with a GPU", Works::No, "containers on macOS reach no Metal", ("SW-DOCKER", "2026-11-27")),
];
const NVIDIA: &[Software] = &[
    fact("CUDA", Works::Yes, "compute capability 5.0 or newer with Ollama", OLLAMA),
    fact("llama.cpp", Works::Yes, "CUDA and Vulkan", GGML),
    fact("vLLM", Works::Yes, "", VLLM),
    fact("MLX", Works::Partly, "on Linux, from compute capability 7.5", MLX),
    fact("bitsandbytes", Works::Yes, "from compute capability 6.0", BNB),
    fact("PyG", Works::Yes, "extension wheels for Linux and Windows", PYG),
    fact("Docker with a GPU", Works::Yes, "with the NVIDIA Container Toolkit", OLLAMA),
];
const AMD: &[Software] = &[
    fact(
        "ROCm",
        Works::Partly,
        "Ollama on Linux lists RDNA2 to RDNA4, Ryzen AI Max and Instinct MI100 to MI350X",
        OLLAMA,
    ),
    fact("llama.cpp", Works::Yes, "ROCm and Vulkan", GGML),
    fact("vLLM", Works::Yes, "with ROCm", VLLM),
    fact("MLX", Works::No, "it has no ROCm backend", MLX),
    fact("bitsandbytes", Works::Partly, "CDNA from gfx908, RDNA2 to RDNA4", BNB),
    fact("PyG", Works::Partly, "extension wheels by an external project", PYG),
    fact("Docker with a GPU", Works::Yes, "through /dev/kfd and /dev/dri", OLLAMA),
];
const INTEL: &[Software] = &[
    fact("llama.cpp", Works::Yes, "SYCL and Vulkan", GGML),
    fact("vLLM", Works::Yes, "", VLLM),
    fact("bitsandbytes", Works::Yes, "Max, Arc A and Arc B", BNB),
    fact("Docker with a GPU", Works::Yes, "images with SYCL of llama.cpp", ("SW-LLAMA-DOCKER", "2026-11-27")),
];

/// Every fact, for the audit.
pub const FACTS: [&[Software]; 4] = [APPLE, NVIDIA, AMD, INTEL];

/// What is known to run on a machine's accelerator or not; empty where nobody said.
pub const fn software(machine: &Machine) -> &'static [Software] {
    match (machine.memory.value(), machine.vendor) {
        (Memory::System { .. }, _) | (_, Vendor::Other) => &[],
        (_, Vendor::Apple) => APPLE,
        (_, Vendor::Nvidia) => NVIDIA,
        (_, Vendor::Amd) => AMD,
        (_, Vendor::Intel) => INTEL,
    }
}
