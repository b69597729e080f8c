//! What sharing a language model out to several devices gains and costs.

use crate::engine::estimate::site;
use crate::engine::graph;
use crate::engine::memory::{Placement, split};
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{
    GpuLayers, Link, Machine, Memory, PeerToPeer, Runtime, Scenario, Split, TransferTerms, Vendor, shares,
};
use crate::units::{Band, BytesPerSecond, Seconds};

/// Which end of what is only known as a band.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The slow end.
    Slow,
    /// The middle.
    Best,
    /// The fast end.
    Fast,
}

impl End {
    /// Of something that is better the more it is.
    pub(super) fn rate<T>(self, band: Band<T>) -> T {
        match self {
            Self::Slow => band.low,
            Self::Best => band.best,
            Self::Fast => band.high,
        }
    }

    /// Of something that is better the less it is.
    pub(super) fn time<T>(self, band: Band<T>) -> T {
        match self {
            Self::Slow => band.high,
            Self::Best => band.best,
            Self::Fast => band.low,
        }
    }
}

/// How some devices share the work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sharing {
    /// How many.
    pub(super) devices: u32,
    /// What each holds.
    pub(super) split: Split,
    /// What connects them.
    pub(super) link: Link,
    /// What PCI Express moves one way, where that is the link.
    pub(super) pcie: Band<BytesPerSecond>,
    /// Whether the devices talk over PCI Express: cards do in their slots, and in boxes behind Thunderbolt, which carries
    /// it.
    pub(super) over_pcie: bool,
    /// Of that, what cards reach that go through the memory of the host.
    pub(super) hosted: Band<f64>,
    /// What a transfer was measured to take.
    pub(super) transfer: TransferTerms,
    /// Whether one chunk of a prompt follows another from device to device.
    pub(super) pipelines: bool,
    /// Of unlike cards, the share of a chunk's time that the one takes which takes longest.
    pub(super) longest: Option<f64>,
}

/// Bytes of a value that goes from device to device.
const HALF: f64 = 2.0;
/// Sums over all devices that a layer needs: after its mixer and after its feed-forward network.
const SUMS: f64 = 2.0;

/// Seconds from the call to the end of an all-reduce of next to nothing between cards on PCI Express; solved from the
/// rows of one publisher (throughput_tensor.csv), which are scored with it.
const PCIE_LATENCY: Band<Seconds> =
    Band { low: Seconds::new(20e-6), best: Seconds::new(60e-6), high: Seconds::new(90e-6) };
/// Of PCI Express, what an all-reduce of two cards reaches; of more, which share the host's lanes, as much less as there
/// are further ones. Solved from the same rows.
const PCIE_REACHED: f64 = 0.42;
/// Of that, what is left through the memory of the host: each byte goes twice.
const HOSTED: f64 = 0.5;

/// What the seconds of all-reduces on PCI Express rest on.
const ALL_REDUCE_PCIE: &str =
    "ring all-reduce over lanes that all cards share: each sends and receives all but its own shard, twice";
/// What the seconds of all-reduces rest on.
const ALL_REDUCE: &str = "ring all-reduce: every device sends and receives all but its own shard, twice";
/// What the seconds of transfers from device to device rest on.
const HOPS: &str = "transfers between devices by layers, calibration.ron, transfer";
/// What the seconds of a pipelined prompt rest on.
const PIPELINED: &str = "chunks follow one another from device to device, at most four at once";

/// A model as far as its transfers go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    /// Layers.
    pub(super) layers: f64,
    /// Width of the residual stream.
    pub(super) hidden: f64,
}

impl Sharing {
    /// Of a scenario on a machine.
    pub(super) fn of(scenario: &Scenario, machine: &Machine, transfer: TransferTerms) -> Self {
        let site = site(scenario, machine);
        // How processors share work is not modelled; the answer is for one.
        let devices = if site.placement == Placement::Cpu { 1 } else { site.devices };
        let split = split(scenario);
        let link = match scenario.devices.link {
            Link::Auto => usual_link(machine),
            chosen => chosen,
        };
        let hosted = match scenario.devices.peer_to_peer {
            PeerToPeer::Auto => Band { low: HOSTED, best: 1.0, high: 1.0 },
            PeerToPeer::Yes => Band::exact(1.0),
            PeerToPeer::No => Band::exact(HOSTED),
        };
        let is_card = matches!(machine.memory.value(), Memory::Discrete { .. });
        let boxed = is_card && link == Link::Thunderbolt5;
        Self {
            devices,
            split,
            link,
            pcie: if boxed { link.bytes_per_second() } else { scenario.devices.pcie() },
            over_pcie: link == Link::Pcie || boxed,
            hosted,
            transfer,
            pipelines: pipelines(scenario),
            longest: longest(machine),
        }
    }

    /// One device alone.
    pub(super) fn alone() -> Self {
        Self::layered(1, TransferTerms::default())
    }

    /// Cards of llama.cpp, each with some of the layers.
    fn layered(devices: u32, transfer: TransferTerms) -> Self {
        Self {
            devices,
            split: Split::Layers,
            link: Link::Pcie,
            pcie: Link::Pcie.bytes_per_second(),
            over_pcie: true,
            hosted: Band::exact(1.0),
            transfer,
            pipelines: true,
            longest: None,
        }
    }

    /// Into how many shards each matrix is cut.
    pub(super) fn shards(&self) -> f64 {
        if matches!(self.split, Split::Tensor | Split::Experts) { f64::from(self.devices) } else { 1.0 }
    }

    /// How many work on requests, or on data, of their own.
    pub(super) fn copy_count(&self) -> u32 {
        if self.split == Split::Copies { self.devices } else { 1 }
    }

    /// Seconds of transfers in a pass over all layers, for so many rows of the residual stream.
    pub(super) fn transfer(&self, rows: f64, shape: Shape, end: End, detail: Detail) -> Figure {
        if self.devices < 2 {
            return Figure::default();
        }
        let devices = f64::from(self.devices);
        let link = end.rate(self.link.bytes_per_second());
        match self.split {
            Split::Tensor | Split::Experts if self.over_pcie => formula!(detail, ALL_REDUCE_PCIE;
                layers = shape.layers, all_reduces = SUMS, latency = end.time(PCIE_LATENCY),
                devices = devices, rows = rows, hidden = shape.hidden, bytes_per_value = HALF,
                pcie_bytes_per_s = end.rate(self.pcie), reached = PCIE_REACHED,
                through_host = end.rate(self.hosted)
                => layers * all_reduces
                    * (latency + 2.0 * (1.0 - 1.0 / devices) * (rows * hidden * bytes_per_value)
                        / (pcie_bytes_per_s * reached * through_host / (devices - 1.0)))),
            Split::Tensor | Split::Experts => formula!(detail, ALL_REDUCE;
                layers = shape.layers, all_reduces = SUMS, latency = end.time(self.link.latency()),
                devices = devices, rows = rows, hidden = shape.hidden, bytes_per_value = HALF,
                link_bytes_per_s = link
                => layers * all_reduces
                    * (latency + 2.0 * (1.0 - 1.0 / devices) * (rows * hidden * bytes_per_value) / link_bytes_per_s)),
            Split::Layers => {
                let slower = (self.link.latency().best - Link::Pcie.latency().best).max(Seconds::ZERO);
                formula!(detail, HOPS;
                    devices = devices, hop_s = self.transfer.token_hop, slower_link_s = slower, rows = rows,
                    hidden = shape.hidden, bytes_per_value = HALF, link_bytes_per_s = link,
                    more_s = self.transfer.token
                    => (devices - 1.0)
                        * (hop_s + slower_link_s + 2.0 * (rows * hidden * bytes_per_value) / link_bytes_per_s)
                        + more_s)
            }
            Split::Auto | Split::Copies => Figure::default(),
        }
    }

    /// Seconds of prefill of a prompt that takes one device so many, in so many chunks.
    ///
    /// By layers, a chunk goes from device to device while the next follows: the last is out after as many further
    /// chunks as there are, at the pace of the device with most layers and at most four on their way.
    pub(super) fn prompt(
        &self,
        seconds: Figure,
        (tokens, chunk): (f64, f64),
        shape: Shape,
        end: End,
        detail: Detail,
    ) -> Figure {
        if self.devices < 2 {
            return seconds;
        }
        let chunks = (tokens / chunk).ceil().max(1.0);
        let devices = f64::from(self.devices);
        let hop = || {
            formula!(detail, HOPS;
                tokens = tokens, hop_s_per_token = self.transfer.chunk_hop_token, hop_s = self.transfer.chunk_hop
                => tokens / 2.0 * hop_s_per_token + hop_s)
        };
        match self.split {
            Split::Tensor | Split::Experts => {
                formula!(detail, "each device computes its shard, then all-reduces";
                one_device_s = seconds, devices = devices, chunks = chunks,
                transfer_s = self.transfer(tokens / chunks, shape, end, detail)
                => one_device_s / devices + chunks * transfer_s)
            }
            // Not every run was seen to have several chunks on their way.
            Split::Layers if end == End::Slow || !self.pipelines => formula!(detail, HOPS;
                one_device_s = seconds, chunks = chunks, devices = devices, chunk_hop_s = hop()
                => one_device_s + chunks * devices * chunk_hop_s),
            Split::Layers if let Some(longest) = self.longest => formula!(detail, PIPELINED;
                one_device_s = seconds, chunks = chunks, longest_share = longest, devices = devices,
                at_once = ON_THEIR_WAY, chunk_hop_s = hop()
                => (chunks - 1.0) * (one_device_s / chunks) * max(longest_share, 1.0 / at_once)
                    + one_device_s / chunks
                    + chunk_hop_s * (chunks + devices - 1.0)),
            Split::Layers => formula!(detail, PIPELINED;
                one_device_s = seconds, chunks = chunks, layers = shape.layers + 1.0, devices = devices,
                at_once = ON_THEIR_WAY, chunk_hop_s = hop()
                => (chunks - 1.0) * (one_device_s / chunks)
                    * max(ceil(layers / devices) / layers, 1.0 / at_once)
                    + one_device_s / chunks
                    + chunk_hop_s * (chunks + devices - 1.0)),
            Split::Auto | Split::Copies => seconds,
        }
    }
}

/// The share of a chunk's time that one of unlike cards takes for its layers, of the card that takes longest.
fn longest(machine: &Machine) -> Option<f64> {
    let mut times = Vec::with_capacity(machine.cards.len());
    for (card, share) in machine.cards.iter().zip(shares(&machine.cards)) {
        let peak = card.peaks.fp16.as_ref().or(card.peaks.fp32.as_ref())?.value().get();
        times.push((share / peak, f64::from(card.devices.max(1))));
    }
    let all: f64 = times.iter().map(|(time, _)| time).sum();
    times.iter().map(|(time, devices)| time / devices / all).reduce(f64::max)
}

/// llama.cpp has several chunks on their way where all of the model is on devices, and vLLM has; others wait for each.
fn pipelines(scenario: &Scenario) -> bool {
    let inference = graph::inference(&scenario.workload);
    match scenario.language().map(|language| language.runtime) {
        Some(Runtime::LlamaCpp) => inference
            .is_some_and(|inference| inference.gpu_layers == GpuLayers::Auto && inference.cpu_experts == 0),
        Some(runtime) if runtime.fills_a_share() => true,
        _ => false,
    }
}

/// Chunks of a prompt that llama.cpp has on their way at once.
const ON_THEIR_WAY: f64 = 4.0;

/// What connects such devices where nothing is said: what they are made for, else what is usual for their kind.
fn usual_link(machine: &Machine) -> Link {
    if let Some(interconnect) = &machine.interconnect {
        return interconnect.value().link();
    }
    let unified = matches!(machine.memory.value(), Memory::Unified { .. });
    match machine.vendor {
        Vendor::Apple => Link::Thunderbolt5,
        Vendor::Nvidia if unified => Link::Network200,
        // USB4 carries what Thunderbolt's low end does.
        _ if unified => Link::Thunderbolt5,
        _ => Link::Pcie,
    }
}

/// Seconds of a token on some devices, each with some of the layers, that one device alone takes so many for.
pub fn layered_token(seconds: f64, devices: u32, terms: TransferTerms) -> f64 {
    let sharing = Sharing::layered(devices, terms);
    seconds + sharing.transfer(1.0, Shape { layers: 0.0, hidden: 0.0 }, End::Best, Detail::Figures).value
}

/// The same of the prefill of so many tokens, in chunks of so many, with a model of so many layers.
pub fn layered_prompt(
    seconds: f64,
    (tokens, chunk): (f64, f64),
    devices: u32,
    layers: f64,
    terms: TransferTerms,
) -> f64 {
    let sharing = Sharing::layered(devices, terms);
    let shape = Shape { layers, hidden: 0.0 };
    sharing.prompt(seconds.into(), (tokens, chunk), shape, End::Best, Detail::Figures).value
}

/// The same where no chunk follows another before that is done.
pub fn layered_prompt_in_turn(
    seconds: f64,
    (tokens, chunk): (f64, f64),
    devices: u32,
    terms: TransferTerms,
) -> f64 {
    let shape = Shape { layers: 0.0, hidden: 0.0 };
    let sharing = Sharing::layered(devices, terms);
    sharing.prompt(seconds.into(), (tokens, chunk), shape, End::Slow, Detail::Figures).value
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { layers: 80.0, hidden: 8192.0 };

    fn of(split: Split) -> Sharing {
        let transfer = TransferTerms { token: 1e-3, token_hop: 2e-4, chunk_hop: 3e-4, chunk_hop_token: 1e-6 };
        Sharing { split, link: Link::NvLink, over_pcie: false, ..Sharing::layered(4, transfer) }
    }

    fn near(one: f64, other: f64) {
        assert!((one / other - 1.0).abs() < 1e-12, "{one} is not {other}");
    }

    #[test]
    fn an_all_reduce_moves_twice_all_but_a_devices_own_shard() {
        // Two rows of 8,192 values of two bytes, of which every device sends three quarters twice.
        let each = 10e-6 + 2.0 * 0.75 * (2.0 * 8192.0 * 2.0) / 300e9;
        let seconds = of(Split::Tensor).transfer(2.0, SHAPE, End::Best, Detail::Figures).value;
        near(seconds, 80.0 * 2.0 * each);
    }

    #[test]
    fn by_layers_a_token_goes_over_every_link_but_one() {
        let seconds = of(Split::Layers).transfer(1.0, SHAPE, End::Best, Detail::Figures).value;
        near(seconds, 3.0 * (2e-4 + 2.0 * (8192.0 * 2.0) / 300e9) + 1e-3);
        for split in [Split::Copies, Split::Auto] {
            let seconds = of(split).transfer(1.0, SHAPE, End::Best, Detail::Figures).value;
            assert!(seconds.abs() < f64::EPSILON, "{split:?}");
        }
    }

    #[test]
    fn chunks_of_a_prompt_follow_one_another() {
        // Eight chunks of a second each, 81 layers on four devices: the fullest has 21 of them.
        let prompt =
            |split, end| of(split).prompt(8.0.into(), (4096.0, 512.0), SHAPE, end, Detail::Figures).value;
        let hop = 4096.0 / 2.0 * 1e-6 + 3e-4;
        near(prompt(Split::Layers, End::Best), 1.0 + 7.0 * 21.0 / 81.0 + hop * 11.0);
        near(prompt(Split::Layers, End::Slow), 8.0 + 8.0 * 4.0 * hop);
        near(prompt(Split::Copies, End::Best), 8.0);
        // A prompt of one chunk goes over all four devices and nothing follows it.
        let one = of(Split::Layers).prompt(8.0.into(), (300.0, 512.0), SHAPE, End::Best, Detail::Figures);
        near(one.value, 8.0 + (300.0 / 2.0 * 1e-6 + 3e-4) * 4.0);
    }
}
