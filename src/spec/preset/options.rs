//! Options of programs that say two things of ours at once: how many devices there are and what each of them holds, or how
//! a base is packed and that it is trained beside adapters; or that give a length of each request.

use crate::spec::{BasePrecision, Split};

/// An option of a server, by its own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProgramOption {
    /// So many devices, split so (`tensor_parallel_size`).
    Devices(&'static str, Split),
    /// Whether the experts are shared out whole (`enable_expert_parallel`).
    ExpertParallel(&'static str),
    /// Whether the base is packed as it is loaded (`load_in_4bit`), and in what.
    LoadIn(&'static str, BasePrecision),
    /// Tokens of each request, where `context` is of all at once (`max_model_len`).
    RequestLength(&'static str),
}

/// vLLM's names (`EngineArgs`), `SGLang`'s (`ServerArgs`), and those of Transformers, Accelerate and torchrun.
const OPTIONS: [ProgramOption; 19] = [
    ProgramOption::RequestLength("max_model_len"),
    ProgramOption::RequestLength("context_length"),
    ProgramOption::RequestLength("num_ctx"),
    ProgramOption::RequestLength("ollama_context_length"),
    ProgramOption::LoadIn("load_in_4bit", BasePrecision::Nf4),
    ProgramOption::LoadIn("load_in_8bit", BasePrecision::Int8),
    ProgramOption::Devices("tensor_parallel_size", Split::Tensor),
    ProgramOption::Devices("tp_size", Split::Tensor),
    ProgramOption::Devices("pipeline_parallel_size", Split::Layers),
    ProgramOption::Devices("pp_size", Split::Layers),
    ProgramOption::Devices("data_parallel_size", Split::Copies),
    ProgramOption::Devices("dp_size", Split::Copies),
    ProgramOption::Devices("tp", Split::Tensor),
    ProgramOption::Devices("pp", Split::Layers),
    ProgramOption::Devices("dp", Split::Copies),
    ProgramOption::Devices("num_processes", Split::Auto),
    ProgramOption::Devices("nproc_per_node", Split::Auto),
    ProgramOption::ExpertParallel("enable_expert_parallel"),
    ProgramOption::ExpertParallel("enable_ep_moe"),
];

impl ProgramOption {
    /// The option of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let typed = |known: &str| {
            let name = name.trim_start_matches('-').bytes();
            name.map(|sign| if sign == b'-' { b'_' } else { sign.to_ascii_lowercase() }).eq(known.bytes())
        };
        OPTIONS.into_iter().find(|option| typed(option.name()))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Devices(name, _)
            | Self::ExpertParallel(name)
            | Self::LoadIn(name, _)
            | Self::RequestLength(name) => name,
        }
    }

    /// The setting whose values are its own too.
    pub(super) const fn read_as(self) -> &'static str {
        match self {
            Self::Devices(..) => "devices",
            Self::ExpertParallel(_) | Self::LoadIn(..) => "enforce_eager",
            Self::RequestLength(_) => "context",
        }
    }
}

/// What options have said so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// The option that said how many devices there are, and how many.
    pub(super) devices: Option<(&'static str, u32)>,
    pub(super) experts: bool,
    /// The option that gave the context, where it is of each request.
    pub(super) each: Option<&'static str>,
}
