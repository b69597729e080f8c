//! Several devices at once: how many, how they are connected, and what each of them holds.

use super::{Inference, Named, Runtime, Sampling, Workload};
use crate::units::Band;

/// How many devices share the work, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// Cards or machines; `None` for as many as the machine has.
    pub count: Option<u32>,
    /// How they are connected; `Auto` for what is usual between such devices.
    pub link: Link,
    /// What each holds; `Auto` for what the program does by itself.
    pub split: Split,
}

impl Devices {
    /// More than this are no machine and no cluster that is asked about here.
    pub const MOST: u32 = 1024;
}

/// What connects devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Link {
    /// What is usual: NVLink between data-centre modules, Thunderbolt between Macs, 200G between DGX Sparks,
    /// else PCIe.
    #[default]
    Auto,
    /// Cards in one machine, 16 lanes each.
    Pcie,
    /// NVIDIA's own between data-centre modules.
    NvLink,
    /// Remote direct memory access over Thunderbolt 5 (macOS 26.2 and later).
    Thunderbolt5,
    /// Two hundred gigabits a second of Ethernet or InfiniBand.
    Network200,
}

impl Link {
    /// Bytes a second that one device sends to another.
    ///
    /// The high end is the datasheet's: PCIe 5.0 × 16 and PCIe 4.0 × 16 as best, NVLink 4 and 3, 80 Gb/s, 200 Gb/s.
    /// The low ends are what is left of them through the memory of the host, where cards cannot reach each other, or
    /// after protocol.
    pub const fn bytes_per_second(self) -> Band<f64> {
        match self {
            Self::Auto | Self::Pcie => Band { low: 8e9, best: 25e9, high: 63e9 },
            Self::NvLink => Band { low: 200e9, best: 300e9, high: 450e9 },
            Self::Thunderbolt5 => Band { low: 5e9, best: 7e9, high: 10e9 },
            Self::Network200 => Band { low: 15e9, best: 22e9, high: 25e9 },
        }
    }

    /// Seconds from the call to the first byte of a sum over all devices.
    pub const fn latency(self) -> Band<f64> {
        match self {
            Self::Auto | Self::Pcie => Band { low: 10e-6, best: 20e-6, high: 50e-6 },
            Self::NvLink => Band { low: 6e-6, best: 10e-6, high: 20e-6 },
            Self::Thunderbolt5 => Band { low: 15e-6, best: 40e-6, high: 120e-6 },
            Self::Network200 => Band { low: 10e-6, best: 25e-6, high: 60e-6 },
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Auto => "as usual",
            Self::Pcie => "PCIe",
            Self::NvLink => "NVLink",
            Self::Thunderbolt5 => "Thunderbolt 5",
            Self::Network200 => "200G network",
        }
    }
}

impl Named for Link {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("auto", Self::Auto),
        ("pcie", Self::Pcie),
        ("nvlink", Self::NvLink),
        ("thunderbolt5", Self::Thunderbolt5),
        ("200g", Self::Network200),
        ("thunderbolt-5", Self::Thunderbolt5),
        ("thunderbolt 5", Self::Thunderbolt5),
        ("Thunderbolt 5 RDMA", Self::Thunderbolt5),
        ("tb5", Self::Thunderbolt5),
        ("200GbE", Self::Network200),
    ];
}

/// What each of several devices holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Split {
    /// What the program does by itself.
    #[default]
    Auto,
    /// Some of the layers, one device after the other.
    Layers,
    /// A part of every matrix, or of the graph, all at once.
    Tensor,
    /// Everything, each with its own share of the work.
    Copies,
}

impl Split {
    /// Those that exist for a workload; the first is what the program does by itself.
    pub fn of(workload: &Workload) -> &'static [Self] {
        const LAYERS_FIRST: &[Split] = &[Split::Layers, Split::Tensor, Split::Copies];
        const TENSOR_FIRST: &[Split] = &[Split::Tensor, Split::Layers, Split::Copies];
        const COPIES: &[Split] = &[Split::Copies];
        let read = |runtime| match runtime {
            Runtime::LlamaCpp | Runtime::PyTorch => LAYERS_FIRST,
            Runtime::Mlx | Runtime::Vllm => TENSOR_FIRST,
        };
        let trained = |runtime| if runtime == Runtime::PyTorch { TENSOR_FIRST } else { COPIES };
        match workload {
            Workload::Inference(language, _) => read(language.runtime),
            Workload::FineTune(language, _) => trained(language.runtime),
            Workload::GraphSequence(language, sequence) => match &sequence.task {
                super::GraphTask::Read(_) => read(language.runtime),
                super::GraphTask::Train(_) => trained(language.runtime),
            },
            Workload::Gnn(gnn) if gnn.sampling == Sampling::Full => &[Self::Tensor],
            Workload::Gnn(_) | Workload::Diffusion(_) => COPIES,
        }
    }

    /// The one that is meant for a workload.
    pub fn meant(self, workload: &Workload) -> Self {
        let there = Self::of(workload);
        if there.contains(&self) { self } else { there.first().copied().unwrap_or(Self::Copies) }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Auto => "as the program does",
            Self::Layers => "by layers",
            Self::Tensor => "by tensor",
            Self::Copies => "a copy on each",
        }
    }
}

impl Named for Split {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("auto", Self::Auto),
        ("layers", Self::Layers),
        ("tensor", Self::Tensor),
        ("copies", Self::Copies),
        ("layer", Self::Layers),
    ];
}

/// Requests that each of some devices answers, where each holds a copy: the fullest one's.
pub fn share_of_requests(inference: &Inference, devices: u32) -> Inference {
    let devices = u64::from(devices.max(1));
    let concurrency = inference.concurrency.div_ceil(devices).max(1);
    let slot = inference.context / inference.concurrency.max(1);
    Inference { concurrency, context: slot.saturating_mul(concurrency).max(1), ..*inference }
}
