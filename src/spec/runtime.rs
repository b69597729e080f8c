//! The program that runs the model.

use serde::{Deserialize, Serialize};

/// The program that runs the model; each allocates memory by its own rules.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Runtime {
    /// llama.cpp and what is built on it (LM Studio, Ollama, koboldcpp).
    #[default]
    #[serde(rename = "llama.cpp")]
    LlamaCpp,
    /// Apple's MLX.
    Mlx,
    /// Hugging Face Transformers on PyTorch.
    #[serde(rename = "pytorch")]
    PyTorch,
    /// vLLM: a paged KV cache that fills the share of memory it is given.
    Vllm,
    /// `SGLang`: a server with a cache of prefixes that fills what its start leaves.
    Sglang,
    /// `ExLlamaV3`, and `ExLlamaV2` with its own format: weights of any number of bits on NVIDIA's cards.
    #[serde(rename = "exllama")]
    ExLlama,
}

/// Who chose the runtime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chosen {
    /// It was asked for.
    Asked,
    /// It is what people run on the machine.
    #[default]
    Auto,
}

impl Chosen {
    /// As in JSON: `auto`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Auto => "auto",
        }
    }
}

impl super::Named for Runtime {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("llama.cpp", Self::LlamaCpp),
        ("mlx", Self::Mlx),
        ("pytorch", Self::PyTorch),
        ("vllm", Self::Vllm),
        ("sglang", Self::Sglang),
        ("exllama", Self::ExLlama),
    ];

    fn label(self) -> &'static str {
        self.name()
    }
}

impl Runtime {
    /// Every runtime, in the order it is offered.
    pub const ALL: [Self; 6] =
        [Self::LlamaCpp, Self::Mlx, Self::PyTorch, Self::Vllm, Self::Sglang, Self::ExLlama];

    /// As in a preset: `llama.cpp`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::LlamaCpp => "llama.cpp",
            Self::Mlx => "mlx",
            Self::PyTorch => "pytorch",
            Self::Vllm => "vllm",
            Self::Sglang => "sglang",
            Self::ExLlama => "exllama",
        }
    }

    /// As people write it: `vLLM`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LlamaCpp => "llama.cpp",
            Self::Mlx => "MLX",
            Self::PyTorch => "PyTorch",
            Self::Vllm => "vLLM",
            Self::Sglang => "SGLang",
            Self::ExLlama => "ExLlama",
        }
    }

    /// Whether it is a server that fills a share of the device's memory at its start.
    pub const fn fills_a_share(self) -> bool {
        matches!(self, Self::Vllm | Self::Sglang)
    }

    /// Whether it trains.
    pub const fn trains(self) -> bool {
        matches!(self, Self::PyTorch | Self::Mlx)
    }
}
