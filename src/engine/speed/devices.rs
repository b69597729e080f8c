//! What sharing a language model out to several devices gains and costs.

use crate::engine::estimate::site;
use crate::engine::graph;
use crate::engine::memory::{Placement, split};
use crate::spec::{GpuLayers, HandOverTerms, Link, Machine, Memory, Runtime, Scenario, Split, Vendor};
use crate::units::Band;

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
    pub(super) const fn rate(self, band: Band<f64>) -> f64 {
        match self {
            Self::Slow => band.low,
            Self::Best => band.best,
            Self::Fast => band.high,
        }
    }

    /// Of something that is better the less it is.
    pub(super) const fn time(self, band: Band<f64>) -> f64 {
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
    /// What handing over was measured to take.
    pub(super) hand_over: HandOverTerms,
    /// Whether one chunk of a prompt follows another from device to device.
    pub(super) pipelines: bool,
}

/// Bytes of a value that goes from device to device.
const HALF: f64 = 2.0;
/// Sums over all devices that a layer needs: after its mixer and after its feed-forward network.
const SUMS: f64 = 2.0;

/// A model as far as handing it on goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shape {
    /// Layers.
    pub(super) layers: f64,
    /// Width of the residual stream.
    pub(super) hidden: f64,
}

impl Sharing {
    /// Of a scenario on a machine.
    pub(super) fn of(scenario: &Scenario, machine: &Machine, hand_over: HandOverTerms) -> Self {
        let site = site(scenario, machine);
        // How processors share work is not modelled; the answer is for one.
        let devices = if site.placement == Placement::Cpu { 1 } else { site.devices };
        let split = split(scenario);
        let link = match scenario.devices.link {
            Link::Auto => usual_link(machine),
            chosen => chosen,
        };
        Self { devices, split, link, hand_over, pipelines: pipelines(scenario) }
    }

    /// One device alone.
    pub(super) fn alone() -> Self {
        Self::layered(1, HandOverTerms::default())
    }

    /// Cards of llama.cpp, each with some of the layers.
    fn layered(devices: u32, hand_over: HandOverTerms) -> Self {
        Self { devices, split: Split::Layers, link: Link::Pcie, hand_over, pipelines: true }
    }

    /// Into how many parts each matrix is cut.
    pub(super) fn parts(&self) -> f64 {
        if self.split == Split::Tensor { f64::from(self.devices) } else { 1.0 }
    }

    /// How many work on requests, or on data, of their own.
    pub(super) fn copy_count(&self) -> u32 {
        if self.split == Split::Copies { self.devices } else { 1 }
    }

    /// Seconds of a pass over all layers that go into handing on, for so many rows of the residual stream.
    pub(super) fn passing(&self, rows: f64, shape: Shape, end: End) -> f64 {
        if self.devices < 2 {
            return 0.0;
        }
        let bytes = rows * shape.hidden * HALF;
        match self.split {
            Split::Tensor => shape.layers * SUMS * self.sum(bytes, end),
            Split::Layers => {
                let slower = (self.link.latency().best - Link::Pcie.latency().best).max(0.0);
                let hop =
                    self.hand_over.token_hop + slower + 2.0 * bytes / end.rate(self.link.bytes_per_second());
                f64::from(self.devices - 1).mul_add(hop, self.hand_over.token)
            }
            Split::Auto | Split::Copies => 0.0,
        }
    }

    /// Seconds of a sum over all devices: every device sends and receives all but its own part, twice.
    fn sum(&self, bytes: f64, end: End) -> f64 {
        let moved = 2.0 * (1.0 - 1.0 / f64::from(self.devices)) * bytes;
        end.time(self.link.latency()) + moved / end.rate(self.link.bytes_per_second())
    }

    /// Seconds of reading a prompt that takes one device so many, in so many chunks.
    ///
    /// By layers, a chunk goes from device to device while the next follows: the last is out after as many further
    /// chunks as there are, at the pace of the device with most layers and at most four on their way.
    pub(super) fn prompt(&self, seconds: f64, tokens: f64, chunk: f64, shape: Shape, end: End) -> f64 {
        if self.devices < 2 {
            return seconds;
        }
        let chunks = (tokens / chunk).ceil().max(1.0);
        let devices = f64::from(self.devices);
        match self.split {
            Split::Tensor => seconds / devices + chunks * self.passing(tokens / chunks, shape, end),
            Split::Layers if end == End::Slow || !self.pipelines => {
                // Not every run was seen to have several chunks on their way.
                seconds + chunks * devices * self.chunk_hop(tokens)
            }
            Split::Layers => {
                let layers = shape.layers + 1.0;
                let share = ((layers / devices).ceil() / layers).max(1.0 / ON_THEIR_WAY);
                let each = seconds / chunks;
                (chunks - 1.0).mul_add(each * share, each) + self.chunk_hop(tokens) * (chunks + devices - 1.0)
            }
            Split::Auto | Split::Copies => seconds,
        }
    }

    /// Seconds of handing a chunk on: its start, and the mask over what it sees.
    fn chunk_hop(&self, tokens: f64) -> f64 {
        (tokens / 2.0).mul_add(self.hand_over.chunk_hop_token, self.hand_over.chunk_hop)
    }
}

/// llama.cpp has several chunks on their way where all of the model is on devices, and vLLM has; others wait for each.
fn pipelines(scenario: &Scenario) -> bool {
    let inference = graph::inference(&scenario.workload);
    match scenario.language().map(|language| language.runtime) {
        Some(Runtime::LlamaCpp) => inference
            .is_some_and(|inference| inference.gpu_layers == GpuLayers::Auto && inference.cpu_experts == 0),
        Some(Runtime::Vllm) => true,
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
pub fn layered_token(seconds: f64, devices: u32, terms: HandOverTerms) -> f64 {
    let sharing = Sharing::layered(devices, terms);
    seconds + sharing.passing(1.0, Shape { layers: 0.0, hidden: 0.0 }, End::Best)
}

/// The same of reading a prompt of so many tokens, in chunks of so many, with a model of so many layers.
pub fn layered_prompt(
    seconds: f64,
    (tokens, chunk): (f64, f64),
    devices: u32,
    layers: f64,
    terms: HandOverTerms,
) -> f64 {
    let sharing = Sharing::layered(devices, terms);
    sharing.prompt(seconds, tokens, chunk, Shape { layers, hidden: 0.0 }, End::Best)
}

/// The same where no chunk follows another before that is done.
pub fn layered_prompt_in_turn(
    seconds: f64,
    (tokens, chunk): (f64, f64),
    devices: u32,
    terms: HandOverTerms,
) -> f64 {
    let shape = Shape { layers: 0.0, hidden: 0.0 };
    Sharing::layered(devices, terms).prompt(seconds, tokens, chunk, shape, End::Slow)
}
