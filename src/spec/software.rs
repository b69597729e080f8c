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
const UNSLOTH: (&str, &str) = ("SW-UNSLOTH", "2026-08-22");
const AXOLOTL: (&str, &str) = ("SW-AXOLOTL", "2026-07-24");
const DEEPSPEED: (&str, &str) = ("SW-DEEPSPEED", "2026-08-22");
const COMFY: (&str, &str) = ("SW-COMFYUI", "2026-08-21");
const LM_STUDIO: (&str, &str) = ("SW-LM-STUDIO", "2026-04-29");
const MFLUX: (&str, &str) = ("SW-MFLUX", "2026-11-27");
const DGL: (&str, &str) = ("SW-DGL", "2024-09-03");

const APPLE: &[Software] = &[
    fact("llama.cpp", Works::Yes, "Metal", GGML),
    fact("MLX", Works::Yes, "macOS 14 or newer", MLX),
    fact("vLLM", Works::Partly, "through a plugin that is no part of it", VLLM),
    fact("PyG", Works::Partly, "its extension wheels for macOS are for the CPU only", PYG),
    fact("Ollama", Works::Yes, "Metal", OLLAMA),
    fact("LM Studio", Works::Yes, "macOS 14 or newer; not on Macs with Intel's processors", LM_STUDIO),
    fact("ComfyUI", Works::Yes, "desktop app and by hand", COMFY),
    fact("mflux", Works::Yes, "image models of MLX", MFLUX),
    fact("Unsloth", Works::Yes, "through MLX", UNSLOTH),
    fact(
        "axolotl",
        Works::Partly,
        "its page on Macs names no 16 bit, bitsandbytes, QLoRA or DeepSpeed",
        AXOLOTL,
    ),
    fact("DeepSpeed", Works::Partly, "its accelerator for MPS has neither bf16 nor fp16", DEEPSPEED),
    fact("DGL", Works::Partly, "a build exists; use of the GPU is not stated", DGL),
    fact("Docker with a GPU", Works::No, "containers on macOS reach no Metal", ("SW-DOCKER", "2026-11-27")),
];
const NVIDIA: &[Software] = &[
    fact("CUDA", Works::Yes, "compute capability 5.0 or newer with Ollama", OLLAMA),
    fact("llama.cpp", Works::Yes, "CUDA and Vulkan", GGML),
    fact("vLLM", Works::Yes, "", VLLM),
    fact("MLX", Works::Partly, "on Linux, from compute capability 7.5", MLX),
    fact("bitsandbytes", Works::Yes, "from compute capability 6.0", BNB),
    fact("PyG", Works::Yes, "extension wheels for Linux and Windows", PYG),
    fact("Ollama", Works::Yes, "compute capability 5.0 or newer, driver 550 or newer", OLLAMA),
    fact("LM Studio", Works::Yes, "Windows and Linux", LM_STUDIO),
    fact(
        "ComfyUI",
        Works::Yes,
        "from the RTX 20 series with CUDA 13; a build with CUDA 12.6 for the GTX 10 series",
        COMFY,
    ),
    fact("Unsloth", Works::Yes, "RTX 30, 40 and 50, Blackwell, DGX Spark", UNSLOTH),
    fact("axolotl", Works::Yes, "Ampere or newer for bf16 and flash attention", AXOLOTL),
    fact("DeepSpeed", Works::Yes, "Pascal to Hopper are listed as tested", DEEPSPEED),
    fact("DGL", Works::Partly, "builds for CUDA 11.8 and 12.0 of September 2024", DGL),
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
    fact("Ollama", Works::Yes, "ROCm 7 on Linux; on Windows RX 7600 to 7900, others through Vulkan", OLLAMA),
    fact("ComfyUI", Works::Yes, "ROCm 7.2 on Linux; RDNA2 to RDNA4 on Windows", COMFY),
    fact("Unsloth", Works::Yes, "Windows, WSL and Linux; not RDNA1 and older", UNSLOTH),
    fact("axolotl", Works::Yes, "", AXOLOTL),
    fact("DeepSpeed", Works::Partly, "MI100 and MI200 are listed as tested", DEEPSPEED),
    fact("Docker with a GPU", Works::Yes, "through /dev/kfd and /dev/dri", OLLAMA),
];
const INTEL: &[Software] = &[
    fact("llama.cpp", Works::Yes, "SYCL and Vulkan", GGML),
    fact("vLLM", Works::Yes, "", VLLM),
    fact("bitsandbytes", Works::Yes, "Max, Arc A and Arc B", BNB),
    fact("Ollama", Works::Yes, "through Vulkan", OLLAMA),
    fact("ComfyUI", Works::Yes, "Windows and Linux", COMFY),
    fact("Unsloth", Works::Yes, "", UNSLOTH),
    fact("DeepSpeed", Works::Partly, "Data Center GPU Max", DEEPSPEED),
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
