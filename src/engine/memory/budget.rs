//! The tree of named parts that sum to a peak.

use std::sync::Arc;

use crate::engine::working::{Detail, Worked, Workings};
use crate::spec::KvPrecision;
use crate::units::{Band, Bytes};

/// Which kind of memory the parts are laid out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placement {
    /// Everything on the CPU, in system memory.
    Cpu,
    /// Layers on a device with its own allocator, the rest on the host (CUDA, ROCm, Vulkan).
    Gpu,
    /// Apple's Metal on unified memory.
    Metal,
}

/// What is wanted of a budget: for which placement, and whether with workings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// Which kind of memory the parts are laid out for.
    pub placement: Placement,
    /// Whether each part brings its working.
    pub detail: Detail,
}

impl From<Placement> for Want {
    /// The figures alone.
    fn from(placement: Placement) -> Self {
        Self { placement, detail: Detail::Figures }
    }
}

/// Where a part lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In memory the accelerator allocates.
    Device,
    /// In the memory of the process.
    Host,
}

impl Place {
    /// As in JSON: `device`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Host => "host",
        }
    }
}

/// What a part is, in the order parts are stacked; the names are those of `check --json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartName {
    /// Parameters as stored.
    Weights,
    /// Models that read the prompt of an image.
    TextEncoder,
    /// The model that turns noise into an image.
    Denoiser,
    /// The model that turns latents into pixels.
    Vae,
    /// Parameters of what drafts tokens ahead: a second model, or the model's own prediction layers.
    DraftWeights,
    /// Parameters of a model that training holds another against.
    ReferenceWeights,
    /// Full-precision copies of 16-bit parameters.
    MasterWeights,
    /// Trained low-rank matrices.
    Adapters,
    /// What the backward pass computes for each trained parameter.
    Gradients,
    /// What the optimizer keeps for each trained parameter.
    OptimizerState,
    /// Keys and values kept for past tokens.
    KvCache,
    /// Keys by which small heads choose the tokens that are attended to.
    IndexerCache,
    /// States of recurrent and linear-attention layers.
    RecurrentState,
    /// Keys and values that what drafts keeps for past tokens.
    DraftCache,
    /// Prompts that a server keeps after their answer.
    PromptCache,
    /// Earlier states that a server keeps to take a prompt up again from.
    Checkpoints,
    /// Features of a graph's nodes, and its edges.
    Features,
    /// Messages scattered along the edges.
    EdgeMessages,
    /// Intermediate values of a pass, as the runtime reserves them.
    ComputeBuffer,
    /// Intermediate values of what drafts.
    DraftCompute,
    /// Intermediate values of the model that reads images.
    VisionCompute,
    /// Intermediate values of a pass, as a framework allocates them.
    Activations,
    /// Logits inside a pass.
    Logits,
    /// Logits handed back to the program.
    OutputBuffer,
    /// The device runtime's staging memory on the host.
    HostBuffer,
    /// CUDA graphs that a server captures at its start.
    CapturedGraphs,
    /// What surrounds the framework's own allocations: process, driver context, allocator slack.
    Overhead,
}

impl PartName {
    /// The former name of [`PartName::Overhead`].
    #[expect(non_upper_case_globals, reason = "it stands where the variant of this name stood")]
    pub const Runtime: Self = Self::Overhead;

    /// Every part, in the order it is stacked and listed.
    pub const ALL: [Self; 27] = [
        Self::Weights,
        Self::TextEncoder,
        Self::Denoiser,
        Self::Vae,
        Self::DraftWeights,
        Self::ReferenceWeights,
        Self::MasterWeights,
        Self::Adapters,
        Self::Gradients,
        Self::OptimizerState,
        Self::KvCache,
        Self::IndexerCache,
        Self::RecurrentState,
        Self::DraftCache,
        Self::PromptCache,
        Self::Checkpoints,
        Self::Features,
        Self::EdgeMessages,
        Self::ComputeBuffer,
        Self::DraftCompute,
        Self::VisionCompute,
        Self::Activations,
        Self::Logits,
        Self::OutputBuffer,
        Self::HostBuffer,
        Self::CapturedGraphs,
        Self::Overhead,
    ];

    /// Whether it is parameters as they are stored, which no smaller input makes less.
    pub const fn is_stored_model(self) -> bool {
        matches!(self, Self::Weights | Self::DraftWeights | Self::TextEncoder | Self::Denoiser | Self::Vae)
    }

    /// As in JSON and presets: `kv_cache`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::KvCache => "kv_cache",
            Self::IndexerCache => "indexer_cache",
            Self::RecurrentState => "recurrent_state",
            Self::ComputeBuffer => "compute_buffer",
            Self::OutputBuffer => "output_buffer",
            Self::Activations => "activations",
            Self::Logits => "logits",
            Self::Gradients => "gradients",
            Self::OptimizerState => "optimizer_state",
            Self::MasterWeights => "master_weights",
            Self::ReferenceWeights => "reference_weights",
            Self::Adapters => "adapters",
            Self::Features => "features",
            Self::EdgeMessages => "edge_messages",
            Self::TextEncoder => "text_encoder",
            Self::Denoiser => "denoiser",
            Self::Vae => "vae",
            Self::DraftWeights => "draft_weights",
            Self::DraftCache => "draft_cache",
            Self::DraftCompute => "draft_compute",
            Self::VisionCompute => "vision_compute",
            Self::PromptCache => "prompt_cache",
            Self::Checkpoints => "context_checkpoints",
            Self::HostBuffer => "host_buffer",
            Self::CapturedGraphs => "cuda_graphs",
            Self::Overhead => "overhead",
        }
    }

    /// As people read it: `KV cache`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Weights => "Weights",
            Self::KvCache => "KV cache",
            Self::IndexerCache => "Indexer cache",
            Self::RecurrentState => "Recurrent state",
            Self::ComputeBuffer => "Compute",
            Self::OutputBuffer => "Output",
            Self::Activations => "Activations",
            Self::Logits => "Logits",
            Self::Gradients => "Gradients",
            Self::OptimizerState => "Optimizer state",
            Self::MasterWeights => "Master weights",
            Self::ReferenceWeights => "Reference weights",
            Self::Adapters => "Adapters",
            Self::Features => "Features",
            Self::EdgeMessages => "Edge messages",
            Self::TextEncoder => "Text encoder",
            Self::Denoiser => "Denoiser",
            Self::Vae => "VAE",
            Self::DraftWeights => "Draft weights",
            Self::DraftCache => "Draft cache",
            Self::DraftCompute => "Draft compute",
            Self::VisionCompute => "Vision compute",
            Self::PromptCache => "Prompt cache",
            Self::Checkpoints => "Checkpoints",
            Self::HostBuffer => "Host buffer",
            Self::CapturedGraphs => "CUDA graphs",
            Self::Overhead => "Overhead",
        }
    }
}

/// What a figure rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// It follows from tensor shapes; compared with the program to the byte.
    Exact,
    /// It follows from tensor shapes; no run of the program was compared with it.
    Shapes,
    /// A model of how the program allocates; checked against measurements, with an error band.
    Modelled,
    /// A range taken from observations.
    Observed,
}

impl Basis {
    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Shapes => "by_shape",
            Self::Modelled => "modelled",
            Self::Observed => "observed",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Shapes => "by shape",
            Self::Modelled => "modelled",
            Self::Observed => "observed range",
        }
    }
}

/// One named part of a phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is.
    pub name: PartName,
    /// Where it lies.
    pub place: Place,
    /// How much.
    pub bytes: Band<Bytes>,
    /// What the figure rests on.
    pub basis: Basis,
    /// How it was computed, to be computed again; nothing where only figures were asked.
    pub workings: Option<Arc<Workings>>,
}

impl Part {
    /// A part whose bytes are what its working comes to.
    pub fn worked(name: PartName, place: Place, basis: Basis, worked: Worked) -> Self {
        let bytes = worked.bytes();
        Self { name, place, bytes, basis, workings: worked.workings }
    }
}

/// A moment of a run with its own memory need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhaseName {
    /// Reading the model into memory.
    Load,
    /// Prefill: the prompt in one pass or in chunks.
    Prefill,
    /// Writing the answer.
    Decode,
    /// Computing the loss.
    Forward,
    /// Computing gradients.
    Backward,
    /// Changing the parameters.
    OptimizerStep,
    /// Encoding the prompt of an image.
    Encode,
    /// Turning noise into latents.
    Denoise,
    /// Turning latents into pixels.
    DecodeImage,
}

impl PhaseName {
    /// Whether a model that is trained passes its layers: forward, backward, or to write what is learned from.
    pub const fn passes_layers(self) -> bool {
        matches!(self, Self::Forward | Self::Backward | Self::Decode)
    }

    /// As in JSON: `prefill`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Prefill => "prefill",
            Self::Decode => "decode",
            Self::Forward => "forward",
            Self::Backward => "backward",
            Self::OptimizerStep => "optimizer_step",
            Self::Encode => "encode",
            Self::Denoise => "denoise",
            Self::DecodeImage => "decode_image",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Prefill => "prefill",
            Self::Decode => "decode",
            Self::Forward => "forward",
            Self::Backward => "backward",
            Self::OptimizerStep => "optimizer step",
            Self::Encode => "encode",
            Self::Denoise => "denoise",
            Self::DecodeImage => "VAE decode",
        }
    }

    /// As a sentence goes on: `in prefill`.
    pub const fn during(self) -> &'static str {
        match self {
            Self::Load => "while loading the model",
            Self::Prefill => "in prefill",
            Self::Decode => "in decode",
            Self::Forward => "in the forward pass",
            Self::Backward => "in the backward pass",
            Self::OptimizerStep => "in the optimizer step",
            Self::Encode => "while encoding the prompt",
            Self::Denoise => "while denoising",
            Self::DecodeImage => "while the VAE decodes",
        }
    }
}

/// A phase and its parts; they sum to what the phase needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Which.
    pub name: PhaseName,
    /// Its parts, largest kinds first.
    pub parts: Vec<Part>,
}

impl Phase {
    /// What the phase needs in all.
    pub fn total(&self) -> Band<Bytes> {
        self.parts.iter().map(|part| part.bytes).sum()
    }

    /// What it needs in one place.
    pub fn in_place(&self, place: Place) -> Band<Bytes> {
        self.parts.iter().filter(|part| part.place == place).map(|part| part.bytes).sum()
    }

    /// Of a paged optimizer, what is on the device only as long as nothing else wants the room: it lies on the host too.
    pub fn pages(&self) -> Bytes {
        let states = |place| {
            let parts = self.parts.iter();
            parts.filter(move |part| part.place == place && part.name == PartName::OptimizerState)
        };
        let kept: Bytes = states(Place::Host).map(|part| part.bytes.best).sum();
        let movable = states(Place::Device).map(|part| part.bytes.high.get() - part.bytes.best.get()).sum();
        if kept > Bytes::ZERO { Bytes::new(movable) } else { Bytes::ZERO }
    }

    /// All parts of one name together.
    pub fn named(&self, name: PartName) -> Band<Bytes> {
        self.parts.iter().filter(|part| part.name == name).map(|part| part.bytes).sum()
    }
}

/// The memory of a workload on one placement.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// Which layout this is.
    pub placement: Placement,
    /// Its phases in order; never empty in a budget the engine returns.
    pub phases: Vec<Phase>,
    /// Size of the model file on disk, where the runtime reads one.
    pub weights_file: Option<Bytes>,
    /// What could not be known, in words a user can act on; empty when all is.
    pub unknown: Vec<Unknown>,
    /// What PyTorch's allocator holds of a device that has room, without the driver's context: at least what it must, at
    /// most all that it took and did not give back. Nothing where it is not known.
    pub reserved: Option<Band<Bytes>>,
    /// Devices that share the work; parts on the device are those of the fullest one.
    pub devices: u32,
}

/// Something the estimate had to leave out or clamp, said instead of invented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// The layers of this model are not known: its weights are a lower bound, and all that is said.
    Architecture,
    /// How the runtime lays out its buffers for this architecture or device was not measured.
    ComputeBuffers,
    /// The runtime's buffers for this architecture were not measured: they are laid out as it usually does, with the band
    /// that this leaves.
    UsualBuffers,
    /// How the checkpoint packs its weights is not known: they are a lower bound.
    Packing,
    /// The runtime has no such weight format.
    QuantizationUnsupported,
    /// The runtime has no such KV-cache format; this one is counted.
    KvPrecisionUnsupported(KvPrecision),
    /// A quantized V cache needs fused attention in llama.cpp; it is on.
    EagerNeedsPlainCache,
    /// The server has an older build of the runtime inside, which reserves more than the one that is modelled.
    OlderBuild,
    /// The image encoder is not counted: the file does not tell its size, or the catalog has none.
    Vision,
    /// What the image encoder computes with is not counted: its shape is not known.
    VisionCompute,
    /// The context is longer than the model is published for.
    ContextBeyondModel,
    /// How several processors without a GPU share the work is not modelled; the estimate is for one.
    OneDeviceOnly,
    /// The runtime does not shard this model by tensor; it is split by layers.
    SplitUnsupported,
    /// The framework does not share training out on Apple's GPUs.
    SharedTrainingNotOnMetal,
    /// How this pipeline is trained is not modelled; the phases are those of making an image.
    TrainingNotModelled,
}

impl Budget {
    /// A budget of these phases, with nothing unknown.
    pub const fn new(placement: Placement, phases: Vec<Phase>) -> Self {
        Self { placement, phases, weights_file: None, unknown: Vec::new(), reserved: None, devices: 1 }
    }

    /// The phase that needs most in all, the first of equals.
    pub fn peak(&self) -> Option<&Phase> {
        self.peak_by(|phase| phase.total().best)
    }

    /// The phase that needs most in one place, the first of equals.
    pub fn peak_in(&self, place: Place) -> Option<&Phase> {
        self.peak_by(|phase| phase.in_place(place).best)
    }

    /// The phase with the largest need, the first of equals.
    pub fn peak_by(&self, need: impl Fn(&Phase) -> Bytes) -> Option<&Phase> {
        let mut phases = self.phases.iter();
        let first = phases.next()?;
        let start = (first, need(first));
        let (peak, _) = phases.fold(start, |most, phase| {
            let needed = need(phase);
            if needed > most.1 { (phase, needed) } else { most }
        });
        Some(peak)
    }
}
