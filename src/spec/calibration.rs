//! What engines were measured to achieve: coefficients of the speed formulas, with the measurements behind them.

use serde::{Deserialize, Serialize};

use super::TrainingFit;

/// Which engine on which kind of chip a set of coefficients was fitted for.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum SpeedGroup {
    /// All measurements together: what a chip without a measured family gets.
    Every,
    /// All of Apple.
    Apple,
    /// llama.cpp on Apple silicon, up to the M4.
    AppleLlamaCpp,
    /// MLX on Apple silicon, up to the M4.
    AppleMlx,
    /// llama.cpp on Apple silicon with matrix units in the GPU (M5 and later).
    AppleMatrixLlamaCpp,
    /// MLX on Apple silicon with matrix units in the GPU (M5 and later).
    AppleMatrixMlx,
    /// Engines made for one model.
    OneModelEngine,
    /// All of NVIDIA.
    Nvidia,
    /// NVIDIA cards with graphics memory; for prompts, `GeForce` alone.
    NvidiaCard,
    /// NVIDIA workstation cards, whose power limit holds prompts back.
    NvidiaWorkstation,
    /// NVIDIA data-centre cards with stacked memory.
    NvidiaStacked,
    /// NVIDIA chips that share memory with the processor (DGX Spark).
    NvidiaUnified,
    /// All that is neither Apple nor NVIDIA.
    Neither,
    /// AMD.
    Amd,
    /// AMD's RDNA 3 cards.
    Rdna3,
    /// AMD's RDNA 3.5 with shared memory (Strix Halo), by ROCm.
    Rdna35,
    /// The same by Vulkan.
    Rdna35Vulkan,
    /// AMD's RDNA 4 cards, by ROCm.
    Rdna4,
    /// The same by Vulkan.
    Rdna4Vulkan,
    /// Older and integrated GPUs: Intel, NVIDIA without matrix units.
    OtherGpu,
    /// NVIDIA cards without matrix units (GTX).
    NvidiaPlain,
}

impl SpeedGroup {
    /// The wider group whose figures stand in where this one has none.
    pub const fn wider(self) -> Option<Self> {
        match self {
            Self::Every => None,
            Self::Apple | Self::Nvidia | Self::Neither => Some(Self::Every),
            Self::AppleLlamaCpp | Self::AppleMlx | Self::OneModelEngine => Some(Self::Apple),
            Self::AppleMatrixLlamaCpp => Some(Self::AppleLlamaCpp),
            Self::AppleMatrixMlx => Some(Self::AppleMlx),
            Self::NvidiaCard | Self::NvidiaWorkstation | Self::NvidiaStacked | Self::NvidiaUnified => {
                Some(Self::Nvidia)
            }
            Self::Amd | Self::OtherGpu => Some(Self::Neither),
            Self::Rdna3 | Self::Rdna35 | Self::Rdna4 => Some(Self::Amd),
            Self::NvidiaPlain => Some(Self::OtherGpu),
            Self::Rdna35Vulkan => Some(Self::Rdna35),
            Self::Rdna4Vulkan => Some(Self::Rdna4),
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Every => "all measured machines",
            Self::Apple => "all of Apple",
            Self::AppleLlamaCpp => "llama.cpp on Apple",
            Self::AppleMlx => "MLX on Apple",
            Self::AppleMatrixLlamaCpp => "llama.cpp on M5 and later",
            Self::AppleMatrixMlx => "MLX on M5 and later",
            Self::OneModelEngine => "engines made for one model",
            Self::Nvidia => "all of NVIDIA",
            Self::NvidiaCard => "GeForce and other NVIDIA cards",
            Self::NvidiaWorkstation => "NVIDIA workstation cards",
            Self::NvidiaStacked => "NVIDIA data-centre cards",
            Self::NvidiaUnified => "NVIDIA with shared memory",
            Self::Neither => "neither Apple nor NVIDIA",
            Self::Amd => "AMD",
            Self::Rdna3 => "AMD RDNA 3",
            Self::Rdna35 => "AMD RDNA 3.5 (ROCm)",
            Self::Rdna35Vulkan => "AMD RDNA 3.5 (Vulkan)",
            Self::Rdna4 => "AMD RDNA 4 (ROCm)",
            Self::Rdna4Vulkan => "AMD RDNA 4 (Vulkan)",
            Self::OtherGpu => "older and integrated GPUs",
            Self::NvidiaPlain => "NVIDIA cards without matrix units",
        }
    }
}

/// Defines a struct of coefficients that is also an array.
macro_rules! terms {
    ($(#[$doc:meta])* $name:ident, $count:literal, { $($(#[$term_doc:meta])* $term:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$term_doc])* pub $term: f64,)*
        }

        impl $name {
            /// How many terms there are.
            pub const COUNT: usize = $count;

            /// Every term, in the order they are declared.
            pub const fn to_array(self) -> [f64; $count] {
                [$(self.$term,)*]
            }

            /// The terms in that order.
            pub const fn from_array(terms: [f64; $count]) -> Self {
                let [$($term,)*] = terms;
                Self { $($term,)* }
            }

            /// Term by term.
            #[must_use]
            pub fn times(self, other: Self) -> Self {
                Self { $($term: self.$term * other.$term,)* }
            }

            /// Every term so many times as long.
            #[must_use]
            pub fn slower(self, times: f64) -> Self {
                Self { $($term: self.$term * times,)* }
            }

            /// All terms together.
            pub fn sum(self) -> f64 {
                self.to_array().iter().sum()
            }
        }
    };
}

pub(super) use terms;

terms! {
    /// Terms of the time one token takes to write; every one is at least 0.
    ///
    /// Memory terms are times the datasheet's time (1 would be the datasheet's bandwidth, all of it); unpacking and
    /// attention are times the arithmetic at the shaders' peak.
    DecodeTerms, 24, {
        /// Reading the weights of a dense model.
        memory,
        /// Reading the weights of a mixture of experts.
        memory_experts,
        /// More of reading a dense model, where two dies form one chip (Ultra).
        memory_two_dies,
        /// More of reading a mixture of experts there.
        memory_two_dies_experts,
        /// More of reading on Apple's first generation (M1).
        memory_first,
        /// More of reading bf16 weights by Vulkan, which has no products of them on most chips.
        memory_bf16_vulkan,
        /// More of reading, where a processor with LPDDR memory shares it (not Apple).
        memory_shared,
        /// Unpacking weights stored in blocks of blocks (K-quants).
        unpack_nested,
        /// Unpacking weights stored in plain blocks.
        unpack_simple,
        /// As `unpack_nested`, of a mixture of experts.
        unpack_nested_experts,
        /// As `unpack_simple`, of a mixture of experts.
        unpack_simple_experts,
        /// Unpacking weights whose bits are scattered: in planes (Q2_K, Q3_K) or numbers of a codebook (IQ1 to IQ3).
        unpack_scattered,
        /// More of unpacking on Apple's first generation (M1), in any blocks.
        unpack_first,
        /// Units of 10 µs that a dense layer takes whatever its size.
        layer,
        /// The same of a layer with experts.
        expert_layer,
        /// The same that a recurrent layer adds.
        recurrent_layer,
        /// The same that a layer took more in builds of 2024 and before; in no estimate of today.
        older_layer,
        /// The same that a dense layer took more in builds since then, before the kernels of today; in no estimate.
        earlier_layer,
        /// The same of a layer with experts.
        earlier_expert_layer,
        /// Reading the KV cache.
        cache,
        /// Attention over the tokens before.
        attention,
        /// More of attention in builds of 2024 and before; in no estimate of today.
        older_attention,
        /// Milliseconds a token takes whatever the model.
        fixed,
        /// Tens of shader operations that issue the loads of one byte: few cores do not fill a wide memory.
        issue,
    }
}

terms! {
    /// Terms of the time one token of a prompt takes to read; every one is at least 0.
    ///
    /// Products and attention are times the arithmetic at the peak of the units the engine uses.
    PrefillTerms, 12, {
        /// Multiplying by quantized weights.
        quantized,
        /// Multiplying by 16-bit weights.
        plain,
        /// Multiplying by the weights of a mixture of experts.
        experts,
        /// Attention on the units that multiply matrices, and on all units of Apple's.
        attention,
        /// Attention on the shaders of AMD's Radeon: other kernels on other units.
        attention_shaders,
        /// Reading keys and values anew for each tile of 64 rows of a prompt, times the datasheet's time.
        attention_reads,
        /// Attention in builds of 2024 and before, which wrote the scores out; in no estimate of today.
        older_attention,
        /// Tiles that experts fill only in part, because few tokens go to each.
        expert_tiles,
        /// Reading all experts once a chunk, times the datasheet's time.
        expert_weights,
        /// More of multiplying by a mixture of experts in 16 bit on AMD and by Vulkan, where each expert is a product of
        /// its own.
        experts_plain_apart,
        /// Units of 100 µs that a chunk spends on a dense layer whatever its size.
        layer,
        /// The same on a layer with experts.
        expert_layer,
    }
}

impl PrefillTerms {
    /// What attention takes of them.
    pub fn of_attention(&self) -> f64 {
        self.attention + self.attention_shaders + self.attention_reads + self.older_attention
    }
}

/// Coefficients of one group, with how far measurements lay from them.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fitted<T> {
    /// For which group.
    pub group: SpeedGroup,
    /// The coefficients.
    pub terms: T,
    /// Measured speeds over leave-one-machine-out predictions: nine in ten lay between these.
    pub band: (f64, f64),
    /// The same of mixtures of experts, which lie further apart.
    pub band_experts: (f64, f64),
    /// Measurements behind it.
    pub rows: u32,
    /// Machines behind it.
    pub machines: u32,
    /// Sources of the measurements, as `throughput.csv` names them.
    pub sources: Vec<String>,
}

/// What engines were measured to achieve.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// Writing an answer.
    pub decode: Vec<Fitted<DecodeTerms>>,
    /// Prefill.
    pub prefill: Vec<Fitted<PrefillTerms>>,
    /// How much further prefill lies from its group where attention takes its time.
    #[serde(default)]
    pub attention_band: AttentionBand,
    /// Training a language model.
    pub training: TrainingFit,
    /// Images and clips.
    pub images: Vec<PeakShare>,
    /// Handing work on from device to device.
    #[serde(default)]
    pub transfer: TransferFit,
}

/// How much further from a prediction speeds of prompts lie than their group's band, were all of the time attention's.
///
/// Kernels of attention differ from program to program and from head size to head size; products hardly do. Of a prompt
/// that is attention to a share, the ends move by so much to the power of the share.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AttentionBand {
    /// One in twenty measured prompts lay below; at most 1.
    pub low: f64,
    /// One in twenty lay above; at least 1.
    pub high: f64,
    /// Measured prompts behind it.
    pub rows: u32,
    /// Machines behind it.
    pub machines: u32,
}

impl Default for AttentionBand {
    fn default() -> Self {
        Self { low: 1.0, high: 1.0, rows: 0, machines: 0 }
    }
}

/// What several devices, each with some of the layers, were measured to take longer than one.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TransferFit {
    /// The seconds.
    pub terms: TransferTerms,
    /// Measurements behind it.
    pub rows: u32,
    /// Machines behind it.
    pub machines: u32,
    /// Sources of the measurements.
    pub sources: Vec<String>,
}

/// Seconds of handing work on.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TransferTerms {
    /// Seconds more of a token, whatever the number of devices: without one graph of all work.
    pub token: f64,
    /// Seconds more of a token for each device after the first.
    pub token_hop: f64,
    /// Seconds in which a chunk of a prompt is transferred.
    pub chunk_hop: f64,
    /// Seconds more of that for each token that a chunk sees.
    pub chunk_hop_token: f64,
}

impl Calibration {
    /// The figures for writing on this group, or on the nearest wider one that was measured.
    pub fn decode(&self, group: SpeedGroup) -> Option<&Fitted<DecodeTerms>> {
        nearest(&self.decode, group)
    }

    /// The figures for reading prompts on this group, or on the nearest wider one that was measured.
    pub fn prefill(&self, group: SpeedGroup) -> Option<&Fitted<PrefillTerms>> {
        nearest(&self.prefill, group)
    }

    /// The figures for images on this group; a maker that was not measured takes no other's.
    pub fn images(&self, group: SpeedGroup) -> Option<&PeakShare> {
        self.images.iter().find(|each| each.group == group)
    }
}

fn nearest<T>(fitted: &[Fitted<T>], group: SpeedGroup) -> Option<&Fitted<T>> {
    let found = fitted.iter().find(|each| each.group == group);
    found.or_else(|| nearest(fitted, group.wider()?))
}

/// What of a peak a denoiser was measured to achieve on a family of chips.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PeakShare {
    /// The family: a maker's chips, or all.
    pub group: SpeedGroup,
    /// Share of the dense 16-bit peak of matrix units, on Apple up to the M4 of the shaders': low, middle and high.
    pub share: (f64, f64, f64),
    /// Measurements behind it.
    pub rows: u32,
    /// Machines behind it.
    pub machines: u32,
    /// Sources of the measurements, as their table names them.
    pub sources: Vec<String>,
}
