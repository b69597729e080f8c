//! What runs where: facts of runtimes on platforms.
//!
//! They stand in `assets/catalog/support.ron`, each once, with its version, source and day; `build.rs` makes constants
//! of them, because the engine reads no files.

use super::{Capability, Container, Machine, Memory, Quantization, Runtime, Server, Trainer, Vendor};

/// What a program computes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// Apple's GPUs, through Metal.
    Apple,
    /// NVIDIA's GPUs, through CUDA.
    Cuda,
    /// AMD's GPUs, through ROCm.
    Rocm,
    /// Intel's GPUs.
    Xpu,
    /// GPUs of any maker, through Vulkan.
    Vulkan,
    /// The processor alone.
    Cpu,
    /// Microsoft's system, whatever the machine.
    Windows,
    /// Every platform without a fact of its own.
    Every,
}

impl Platform {
    /// Of a machine.
    pub const fn of(machine: &Machine) -> Self {
        match (machine.memory.value(), machine.vendor) {
            (Memory::System { .. }, _) => Self::Cpu,
            (_, Vendor::Apple) => Self::Apple,
            (_, Vendor::Nvidia) => Self::Cuda,
            (_, Vendor::Amd) => Self::Rocm,
            (_, Vendor::Intel) => Self::Xpu,
            (_, Vendor::Other) => Self::Vulkan,
        }
    }

    /// As people say it after "on".
    pub const fn label(self) -> &'static str {
        match self {
            Self::Apple => "Apple's GPUs",
            Self::Cuda => "NVIDIA's GPUs",
            Self::Rocm => "AMD's GPUs",
            Self::Xpu => "Intel's GPUs",
            Self::Vulkan => "GPUs with Vulkan alone",
            Self::Cpu => "a processor alone",
            Self::Windows => "Windows",
            Self::Every => "any machine",
        }
    }
}

/// A kind of stored weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// A GGUF file.
    Gguf,
    /// MLX's affine quantization.
    Mlx,
    /// MLX's 4-bit and 8-bit floats.
    MlxFloat,
    /// ExLlama's formats.
    Exl,
    /// Plain 16-bit weights of a checkpoint.
    Bf16,
    /// 8-bit floats.
    Fp8,
    /// Activation-aware 4-bit integers.
    Awq,
    /// GPTQ's integers.
    Gptq,
    /// bitsandbytes NF4.
    Nf4,
    /// bitsandbytes LLM.int8.
    Int8,
    /// NVIDIA's 4-bit floats.
    NvFp4,
    /// The 4-bit floats of the open standard, as gpt-oss is published in.
    MxFp4,
}

impl From<Quantization> for Format {
    fn from(quantization: Quantization) -> Self {
        match quantization {
            Quantization::Gguf(_) | Quantization::Own(Container::Gguf) => Self::Gguf,
            Quantization::Mlx { .. } | Quantization::Own(Container::Mlx) => Self::Mlx,
            Quantization::MlxFloat(_) => Self::MlxFloat,
            Quantization::Exl { .. } => Self::Exl,
            // A mix without a name is read where plain checkpoints are.
            Quantization::Bf16 | Quantization::Own(Container::Checkpoint) => Self::Bf16,
            Quantization::Fp8 => Self::Fp8,
            Quantization::Awq => Self::Awq,
            Quantization::Gptq => Self::Gptq,
            Quantization::Nf4 => Self::Nf4,
            Quantization::NvFp4 => Self::NvFp4,
            Quantization::MxFp4 => Self::MxFp4,
        }
    }
}

/// What a program may be able to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// It runs at all.
    Runs,
    /// A separate program brings it to the platform; how that one allocates is not modelled.
    Plugin,
    /// It reads weights of this kind.
    Weights(Format),
    /// It computes in that format itself; else weights are unpacked for the arithmetic of 16 bit, which is slower.
    Native(Format),
    /// It keeps keys and values in that format.
    Cache(Format),
    /// It computes in 16-bit brain floats.
    Bf16,
    /// It trains.
    Trains,
    /// The kernels of a graph network's library.
    GraphKernels,
    /// Attention writes no score matrix out in the forward pass.
    FusedAttentionForward,
    /// Nor in the backward pass of training.
    FusedAttentionBackward,
    /// Optimizers whose state is 8 bit.
    EightBitOptimizers,
    /// Optimizers that change parameters list by list (`foreach`).
    ForeachOptimizers,
    /// Optimizers whose state moves to the host when the device is full.
    PagedOptimizers,
    /// The optimizer Muon.
    Muon,
    /// The optimizer `GaLore`.
    GaLore,
    /// The optimizer Lion.
    Lion,
    /// The optimizer Adafactor.
    Adafactor,
    /// Cross-entropy without all logits at once.
    ChunkedLoss,
    /// Activations recomputed in the backward pass.
    GradientCheckpointing,
    /// Draft tokens, verified in one pass.
    Speculation,
    /// A cache that is kept for the next request.
    PrefixCaching,
    /// Weights in system memory beside a device.
    Offload,
    /// A shard of each matrix on each device.
    TensorParallel,
    /// Some of the layers on each device.
    PipelineParallel,
    /// Some of the experts on each device.
    ExpertParallel,
    /// Images read beside the text.
    Vision,
    /// A trainer that is built on it.
    TrainedBy(Trainer),
    /// A server around it.
    ServedBy(Server),
    /// Formats of keys and values that a server around it takes.
    CacheOf(Server),
    /// `DeepSpeed`, which shards training and moves it to the host.
    DeepSpeed,
    /// Tensors of 8-bit floats.
    Float8,
}

/// Whether it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Support {
    /// It does.
    Yes,
    /// In some cases.
    Partial,
    /// It does not.
    No,
}

/// One fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Of which runtime.
    pub runtime: Runtime,
    /// On what.
    pub platform: Platform,
    /// What it may do.
    pub feature: Feature,
    /// Whether it does.
    pub support: Support,
    /// The compute capability from which on; older chips do not.
    pub since: Option<Capability>,
    /// Later targets that do not either, by the order in which they are named.
    pub without: &'static [Capability],
    /// What limits it, or what happens instead; empty where there is nothing to say.
    pub detail: &'static str,
    /// The program or library that decides it: `bitsandbytes`.
    pub program: &'static str,
    /// The version it was read in.
    pub version: &'static str,
    /// Where it was read.
    pub source: &'static str,
    /// The day, `YYYY-MM-DD`.
    pub date: &'static str,
}

impl Fact {
    /// Whether it does on a chip of such a capability; one that is not known is taken as new enough.
    pub fn on(&self, capability: Option<Capability>) -> Support {
        let older = self.since.zip(capability).is_some_and(|(since, own)| own < since);
        let left_out = capability.is_some_and(|own| self.without.contains(&own));
        if older || left_out { Support::No } else { self.support }
    }
}

/// What a machine is to the programs that may run on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// What they compute with.
    pub platform: Platform,
    /// Of NVIDIA's chips, the capability that facts of the runtime tell apart.
    pub capability: Option<Capability>,
    /// Whether several devices share the work.
    pub several: bool,
    /// GiB of device memory from which on the rule holds that a server takes its defaults from.
    pub tier: Option<u16>,
    /// Devices that a server which splits the model has; 1 for what is not served so.
    pub devices: u32,
    /// Whether cards of several makers share the work.
    pub mixed: bool,
    /// What a server opens and places by itself there.
    pub placed: Option<Placed>,
}

/// What a server opens and places by itself where a model does not fit as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Placed {
    /// Tokens of context that are opened, where it is fewer.
    pub context: Option<u64>,
    /// Layers on the GPU, the output counted as one, where it is not all.
    pub layers: Option<u64>,
    /// Layers whose routed experts are on the host.
    pub experts: Option<u64>,
}

impl Target {
    /// A kind of machine of which nothing more is known.
    pub const fn any(platform: Platform) -> Self {
        Self {
            platform,
            capability: None,
            several: false,
            tier: None,
            devices: 1,
            mixed: false,
            placed: None,
        }
    }
}

/// Those of one runtime; facts stand runtime by runtime.
fn of_runtime(facts: &[Fact], runtime: Runtime) -> &[Fact] {
    let start = facts.partition_point(|fact| fact.runtime < runtime);
    let end = facts.partition_point(|fact| fact.runtime <= runtime);
    facts.get(start..end).unwrap_or_default()
}

/// The capability of a machine as the facts of a runtime tell it from others: the highest of those that facts name and
/// that it has, so that machines which all facts treat alike are one kind.
pub fn told_apart(runtime: Runtime, platform: Platform, own: Option<Capability>) -> Option<Capability> {
    let own = own?;
    // Picked out of the facts when they were compiled: a ranking asks this of every model, format and machine.
    let named = NAMED.get(runtime as usize).copied().unwrap_or_default();
    let of = |(on, _): &&(Platform, Capability)| *on == platform || *on == Platform::Every;
    let mut any = false;
    let named = named.iter().filter(of).map(|(_, since)| *since).inspect(|_| any = true);
    let reached = named.filter(|since| *since <= own).max();
    any.then(|| reached.unwrap_or(Capability(0)))
}

/// What is known of a feature: the platform's own fact, else that of every platform.
pub fn find(
    facts: &'static [Fact],
    runtime: Runtime,
    platform: Platform,
    feature: Feature,
) -> Option<&'static Fact> {
    let own = of_runtime(facts, runtime);
    let of = |wanted: Platform| own.iter().find(|fact| fact.platform == wanted && fact.feature == feature);
    of(platform).or_else(|| of(Platform::Every))
}

include!(concat!(env!("OUT_DIR"), "/support.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_that_facts_name_are_all_told_apart() {
        for fact in FACTS {
            let found = told_apart(fact.runtime, fact.platform, fact.since);
            assert_eq!(found, fact.since, "a chip that just has it: {fact:?}");
        }
        let alike = told_apart(Runtime::LlamaCpp, Platform::Cuda, Some(Capability(0)));
        let any = FACTS.iter().any(|fact| fact.runtime == Runtime::LlamaCpp && fact.since.is_some());
        assert_eq!(alike.is_some(), any, "and nothing else is");
    }

    #[test]
    fn facts_stand_runtime_by_runtime() {
        assert!(FACTS.is_sorted_by_key(|fact| fact.runtime), "as they are looked up");
        for fact in FACTS {
            assert!(find(FACTS, fact.runtime, fact.platform, fact.feature).is_some(), "{fact:?}");
        }
    }
}
