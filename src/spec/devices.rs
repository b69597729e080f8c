//! Several devices at once: how many, how they are connected, and what each of them holds.

use super::named::choices;
use super::settings::{Choice, Place, Setting, settings};
use super::{Family, Inference, Named as _, Residency, Runtime, Scenario, TrainingOffload, Workload};
use crate::units::{Band, BytesPerSecond, Seconds};

settings! {
    /// How many devices share the work, and how.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    Devices in DEVICES for &Family::ALL, of Scenario::shared, Scenario::shared_mut;

    /// Devices or machines that share the work: `auto` or `all` for as many as the machine has, or a number.
    count as "devices": Option<u32> = None, Setting {
        label: "Devices", unit: "devices", place: Place::Main, range: (1.0, 1024.0), ..Setting::WIDTH
    };
    /// What each device holds.
    split: Split = Split::Auto, Setting {
        label: "Split", place: Place::Main, when: multi_device, among: Some(splits), ..Setting::PLAIN
    };
    /// What connects the devices.
    link: Link = Link::Auto, Setting {
        label: "Link", place: Place::Main, when: multi_device, ..Setting::PLAIN
    };
    /// Generation of PCI Express between cards, and to the system's memory: `auto` for the card's own or 4, or 1 to 6.
    pcie_generation: Option<u32> = None, Setting {
        label: "PCIe generation", range: (1.0, 6.0), when: crosses_a_link, ..Setting::WIDTH
    };
    /// Lanes of PCI Express that each card has: `auto` for its own or 16; 4 in an external box or a small slot.
    pcie_lanes: Option<u32> = None, Setting {
        label: "PCIe lanes", unit: "lanes", range: (1.0, 16.0), when: crosses_a_link, ..Setting::WIDTH
    };
    /// Whether cards reach each other's memory over PCI Express: `auto` as usual for their kind.
    peer_to_peer: PeerToPeer = PeerToPeer::Auto, Setting {
        label: "Peer-to-peer", when: multi_device, ..Setting::PLAIN
    };
}

impl Devices {
    /// More than this are no machine and no cluster that is asked about here.
    pub const MOST: u32 = 1024;
}

choices! {
    /// Whether cards reach each other's memory over PCI Express.
    #[derive(Default)]
    PeerToPeer {
        /// Not known.
        #[default]
        Auto = "auto", "not known";
        /// They do.
        Yes = "true" | "yes" | "on", "yes";
        /// All goes through the memory of the host.
        No = "false" | "no" | "off", "no";
    }
}

choices! {
    /// What connects devices.
    #[derive(Default)]
    Link {
        /// What is usual: NVLink between data-center modules, Thunderbolt between Macs, 200G between DGX Sparks,
        /// else PCIe.
        #[default]
        Auto = "auto", "as usual";
        /// Cards in one machine, 16 lanes each.
        Pcie = "pcie", "PCIe";
        /// NVIDIA's own between data-center modules.
        NvLink = "nvlink", "NVLink";
        /// Remote direct memory access over Thunderbolt 5 (macOS 26.2 and later).
        Thunderbolt5 = "thunderbolt5" | "thunderbolt-5" | "thunderbolt 5" | "Thunderbolt 5 RDMA" | "tb5", "Thunderbolt 5";
        /// Two hundred gigabits a second of Ethernet or InfiniBand.
        Network200 = "200g" | "200GbE", "200G network";
    }
}

/// Bytes a second of one lane of the first generation of PCI Express, which doubles with each further one.
const LANE: f64 = 0.246e9;

impl Devices {
    /// What PCI Express moves one way, by its generation and lanes; where they are not known, between half of
    /// generation 4 × 16 and all of generation 5 × 16.
    pub fn pcie(&self) -> Band<BytesPerSecond> {
        let of = |generation: u32, lanes: u32| {
            let lane = LANE * 2_f64.powf(f64::from(generation.min(6)) - 1.0);
            BytesPerSecond::new(lane * f64::from(lanes))
        };
        match (self.pcie_generation, self.pcie_lanes) {
            (None, None) => Band { low: of(4, 8), best: of(4, 16), high: of(5, 16) },
            (generation, lanes) => Band::exact(of(generation.unwrap_or(4), lanes.unwrap_or(16))),
        }
    }
}

impl Link {
    /// Bytes a second that one device sends to another.
    ///
    /// The high end is the datasheet's: PCIe 5.0 × 16 and PCIe 4.0 × 16 as best, NVLink 4 and 3, 80 Gb/s, 200 Gb/s.
    /// The low ends are what is left of them through the memory of the host, where cards cannot reach each other, or
    /// after protocol.
    pub const fn bytes_per_second(self) -> Band<BytesPerSecond> {
        match self {
            Self::Auto | Self::Pcie => rates(8e9, 25e9, 63e9),
            Self::NvLink => rates(200e9, 300e9, 450e9),
            Self::Thunderbolt5 => rates(5e9, 7e9, 10e9),
            Self::Network200 => rates(15e9, 22e9, 25e9),
        }
    }

    /// From the call to the first byte of an all-reduce.
    pub const fn latency(self) -> Band<Seconds> {
        match self {
            Self::Auto | Self::Pcie => times(10e-6, 20e-6, 50e-6),
            Self::NvLink => times(6e-6, 10e-6, 20e-6),
            Self::Thunderbolt5 => times(15e-6, 40e-6, 120e-6),
            Self::Network200 => times(10e-6, 25e-6, 60e-6),
        }
    }
}

/// A band of bytes a second.
const fn rates(low: f64, best: f64, high: f64) -> Band<BytesPerSecond> {
    Band { low: BytesPerSecond::new(low), best: BytesPerSecond::new(best), high: BytesPerSecond::new(high) }
}

/// A band of seconds.
const fn times(low: f64, best: f64, high: f64) -> Band<Seconds> {
    Band { low: Seconds::new(low), best: Seconds::new(best), high: Seconds::new(high) }
}

choices! {
    /// What each of several devices holds.
    #[derive(Default)]
    Split {
        /// What the program does by itself.
        #[default]
        Auto = "auto", "as the program does";
        /// Some of the layers, one device after the other.
        Layers = "layers" | "layer", "by layers";
        /// A shard of each matrix, or of the graph, all at once.
        Tensor = "tensor", "by tensor";
        /// Everything but the routed experts, of which each has some; each answers its own share of the requests.
        Experts = "experts" | "expert" | "expert-parallel", "by experts";
        /// Everything, each with its own share of the work.
        Copies = "copies", "a copy on each";
    }
}

impl Split {
    /// Those that exist for a workload; the first is what the program does by itself.
    pub fn of(workload: &Workload) -> &'static [Self] {
        const LAYERS_FIRST: &[Split] = &[Split::Layers, Split::Tensor, Split::Copies];
        const TENSOR_FIRST: &[Split] = &[Split::Tensor, Split::Layers, Split::Copies];
        const COPIES: &[Split] = &[Split::Copies];
        const WITH_EXPERTS: &[Split] = &[Split::Tensor, Split::Layers, Split::Experts, Split::Copies];
        let read = |runtime| match runtime {
            Runtime::LlamaCpp | Runtime::PyTorch | Runtime::ExLlama => LAYERS_FIRST,
            Runtime::Mlx => TENSOR_FIRST,
            Runtime::Vllm | Runtime::Sglang => WITH_EXPERTS,
        };
        let trained = |runtime| if runtime == Runtime::PyTorch { TENSOR_FIRST } else { COPIES };
        match workload {
            Workload::Inference(language, _) => read(language.runtime),
            Workload::FineTune(language, _) => trained(language.runtime),
            Workload::GraphSequence(language, sequence) => match &sequence.task {
                super::GraphTask::Read(_) => read(language.runtime),
                super::GraphTask::Train(_) => trained(language.runtime),
            },
            Workload::Gnn(gnn) if gnn.fan_outs().is_none() && gnn.graphs_at_once().is_none() => {
                &[Self::Tensor]
            }
            Workload::Gnn(_) | Workload::Diffusion(_) => COPIES,
        }
    }

    /// The one that is meant for a workload.
    pub fn meant(self, workload: &Workload) -> Self {
        let there = Self::of(workload);
        if there.contains(&self) { self } else { there.first().copied().unwrap_or(Self::Copies) }
    }

    /// As people read it, in the words of a family.
    pub fn label_in(self, family: Family) -> &'static str {
        match (self, family) {
            (Self::Tensor, Family::Gnn) => "a part on each",
            (Self::Tensor, Family::FineTune) => "fully sharded (FSDP)",
            _ => self.label(),
        }
    }
}

/// What the program does by itself, and every other way there is.
fn splits(scenario: &Scenario) -> Vec<Choice> {
    let workload = &scenario.workload;
    let usual = Split::Auto.meant(workload).label_in(workload.family());
    let others =
        Split::of(workload).iter().map(|split| (split.key(), split.label_in(workload.family()).to_owned()));
    std::iter::once((Split::Auto.key(), format!("{usual} (usual)"))).chain(others).collect()
}

fn multi_device(scenario: &Scenario) -> bool {
    scenario.devices.count.unwrap_or(1) > 1
}

/// Whether something goes from card to card, or waits in the system's memory.
fn crosses_a_link(scenario: &Scenario) -> bool {
    let offloads = scenario.tune().is_some_and(|tune| tune.training_offload != TrainingOffload::None);
    let waits = scenario.diffusion().is_some_and(|diffusion| diffusion.residency != Residency::All);
    let reads = scenario.inference().is_some_and(Inference::offloads);
    multi_device(scenario) || offloads || waits || reads
}

/// Requests that each of some devices answers, where each holds a copy: the fullest one's.
pub fn share_of_requests(inference: &Inference, devices: u32) -> Inference {
    let devices = u64::from(devices.max(1));
    let concurrency = inference.concurrency.div_ceil(devices).max(1);
    let slot = inference.context / inference.concurrency.max(1);
    Inference { concurrency, context: slot.saturating_mul(concurrency).max(1), ..*inference }
}
