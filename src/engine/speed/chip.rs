//! What of a machine decides its speed.

use crate::spec::{Machine, Memory, Runtime, SpeedGroup, Vendor};
use crate::units::{BytesPerSecond, FlopsPerSecond};

/// The rates of an accelerator, and what kind it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chip {
    /// Memory bandwidth by the datasheet.
    pub bandwidth: BytesPerSecond,
    /// The rate of the shaders in 32 bit.
    pub shaders: FlopsPerSecond,
    /// The dense rate of the matrix units in 16 bit.
    pub matrix: FlopsPerSecond,
    /// The dense rate in 8-bit integers; twice that in 16 bit where the datasheet has none.
    pub integer: FlopsPerSecond,
    /// Two of Apple's dies form one chip (Ultra); other makers' were not measured apart.
    pub two_dies: bool,
    /// One of Apple's first generation (M1), whose shaders unpack more slowly.
    pub first: bool,
    /// Whether llama.cpp runs on it by Vulkan.
    pub vulkan: bool,
    /// Its kind.
    pub kind: ChipKind,
}

/// Kinds of accelerators that behave alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChipKind {
    /// Apple up to the M4.
    Apple,
    /// Apple with matrix units in the GPU: M5 and later.
    AppleMatrix,
    /// NVIDIA `GeForce`, with matrix units held to half their rate where sums are kept in 32 bit.
    NvidiaCard,
    /// NVIDIA workstation and inference cards with graphics memory.
    NvidiaWorkstation,
    /// NVIDIA with stacked memory.
    NvidiaStacked,
    /// NVIDIA that shares memory with the processor.
    NvidiaUnified,
    /// AMD cards before RDNA 3.
    Amd,
    /// AMD that shares memory with the processor, before RDNA 3.5.
    AmdUnified,
    /// AMD's RDNA 3 cards.
    Rdna3,
    /// AMD's RDNA 3.5 with shared memory.
    Rdna35,
    /// AMD's RDNA 4 cards.
    Rdna4,
    /// AMD's data-centre cards with matrix units and stacked memory.
    Cdna,
    /// NVIDIA without matrix units.
    NvidiaPlain,
    /// Cards of others.
    Other,
    /// Others that share memory with the processor.
    OtherUnified,
    /// A processor alone.
    Processor,
}

/// Which engine runs the model, as far as speed was measured by engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpeedEngine {
    /// llama.cpp and what is built on it.
    LlamaCpp,
    /// MLX.
    Mlx,
    /// vLLM.
    Vllm,
    /// An engine made for one model.
    OneModel,
    /// One that no row of the measurements was taken with.
    Unmeasured,
}

impl From<Runtime> for SpeedEngine {
    fn from(runtime: Runtime) -> Self {
        match runtime {
            Runtime::LlamaCpp => Self::LlamaCpp,
            Runtime::Mlx => Self::Mlx,
            Runtime::Vllm => Self::Vllm,
            Runtime::PyTorch | Runtime::Sglang | Runtime::ExLlama => Self::Unmeasured,
        }
    }
}

impl Chip {
    /// Of a machine; nothing where its bandwidth or its arithmetic is unknown.
    pub fn of(machine: &Machine) -> Option<Self> {
        let bandwidth = *machine.bandwidth.as_ref()?.value();
        let peak =
            |of: &Option<crate::spec::Figure<FlopsPerSecond>>| of.as_ref().map(|figure| *figure.value());
        let (fp32, fp16, int8) = (
            peak(&machine.peaks.fp32),
            peak(&machine.peaks.fp16).or(peak(&machine.peaks.bf16)),
            peak(&machine.peaks.int8),
        );
        let shaders = fp32.or(fp16)?;
        let matrix = fp16.unwrap_or(shaders);
        let two_dies =
            machine.vendor == Vendor::Apple && machine.dies.as_ref().is_some_and(|dies| *dies.value() == 2);
        let integer = int8.unwrap_or(matrix * 2.0);
        let kind = kind(machine, int8.zip(fp16).map(|(int8, fp16)| (int8 / fp16).get()));
        // The datasheets of AMD's data-centre cards count packed pairs of 32-bit operations, which unpacking is not.
        let shaders = if kind == ChipKind::Cdna { shaders / 2.0 } else { shaders };
        let first = machine.vendor == Vendor::Apple && generation(&machine.chip) == Some(1);
        Some(Self { bandwidth, shaders, matrix, integer, two_dies, first, vulkan: false, kind })
    }

    /// The same with a bandwidth that was measured on the machine itself.
    #[must_use]
    pub const fn with_bandwidth(self, bandwidth: BytesPerSecond) -> Self {
        Self { bandwidth, ..self }
    }

    /// The same with llama.cpp by a backend.
    #[must_use]
    pub const fn by(self, vulkan: bool) -> Self {
        Self { vulkan, ..self }
    }

    /// Whether it is one of AMD's whose 8-bit products are no faster than those in 16 bit, or whose engine uses none.
    pub const fn is_amd(&self) -> bool {
        matches!(
            self.kind,
            ChipKind::Amd
                | ChipKind::AmdUnified
                | ChipKind::Rdna3
                | ChipKind::Rdna35
                | ChipKind::Rdna4
                | ChipKind::Cdna
        )
    }

    /// The rate of its fastest units: no figure is above what they allow.
    pub const fn peak(&self) -> FlopsPerSecond {
        self.matrix.max(self.integer).max(self.shaders)
    }

    /// Whether the processor shares its memory, outside Apple.
    pub const fn shares_memory(&self) -> bool {
        matches!(
            self.kind,
            ChipKind::NvidiaUnified | ChipKind::AmdUnified | ChipKind::Rdna35 | ChipKind::OtherUnified
        )
    }

    /// Whether it is one of Apple's.
    pub const fn is_apple(&self) -> bool {
        matches!(self.kind, ChipKind::Apple | ChipKind::AppleMatrix)
    }

    /// The group whose coefficients decode takes.
    pub const fn decode_group(&self, engine: SpeedEngine) -> SpeedGroup {
        match (engine, self.kind) {
            (SpeedEngine::OneModel, _) => SpeedGroup::OneModelEngine,
            (SpeedEngine::Unmeasured, _) => self.family(),
            (SpeedEngine::Mlx, ChipKind::Apple) => SpeedGroup::AppleMlx,
            (SpeedEngine::Mlx, ChipKind::AppleMatrix) => SpeedGroup::AppleMatrixMlx,
            (_, ChipKind::Apple) => SpeedGroup::AppleLlamaCpp,
            (_, ChipKind::AppleMatrix) => SpeedGroup::AppleMatrixLlamaCpp,
            (_, ChipKind::NvidiaCard | ChipKind::NvidiaWorkstation) => SpeedGroup::NvidiaCard,
            // No row was measured on AMD's data-centre cards: with stacked memory too, they take NVIDIA's.
            (_, ChipKind::NvidiaStacked | ChipKind::Cdna) => SpeedGroup::NvidiaStacked,
            (_, ChipKind::NvidiaUnified) => SpeedGroup::NvidiaUnified,
            (_, ChipKind::Amd | ChipKind::AmdUnified) => SpeedGroup::Amd,
            (_, ChipKind::Rdna3) => SpeedGroup::Rdna3,
            (_, ChipKind::Rdna35) if self.vulkan => SpeedGroup::Rdna35Vulkan,
            (_, ChipKind::Rdna35) => SpeedGroup::Rdna35,
            (_, ChipKind::Rdna4) if self.vulkan => SpeedGroup::Rdna4Vulkan,
            (_, ChipKind::Rdna4) => SpeedGroup::Rdna4,
            (_, ChipKind::NvidiaPlain) => SpeedGroup::NvidiaPlain,
            (_, ChipKind::Other | ChipKind::OtherUnified) => SpeedGroup::OtherGpu,
            (_, ChipKind::Processor) => SpeedGroup::Every,
        }
    }

    /// The group whose coefficients prefill takes.
    pub const fn prefill_group(&self, engine: SpeedEngine) -> SpeedGroup {
        match (engine, self.kind) {
            (SpeedEngine::LlamaCpp | SpeedEngine::Mlx | SpeedEngine::Vllm, ChipKind::NvidiaWorkstation) => {
                SpeedGroup::NvidiaWorkstation
            }
            _ => self.decode_group(engine),
        }
    }

    /// All of its maker.
    const fn family(&self) -> SpeedGroup {
        match self.kind {
            ChipKind::Apple | ChipKind::AppleMatrix => SpeedGroup::Apple,
            ChipKind::NvidiaCard
            | ChipKind::NvidiaWorkstation
            | ChipKind::NvidiaStacked
            | ChipKind::NvidiaUnified => SpeedGroup::Nvidia,
            ChipKind::Amd
            | ChipKind::AmdUnified
            | ChipKind::Rdna3
            | ChipKind::Rdna35
            | ChipKind::Rdna4
            | ChipKind::Cdna => SpeedGroup::Amd,
            ChipKind::NvidiaPlain | ChipKind::Other | ChipKind::OtherUnified => SpeedGroup::Neither,
            ChipKind::Processor => SpeedGroup::Every,
        }
    }
}

/// `GeForce` does 8-bit products at four times the rate of 16-bit ones with 32-bit sums, all others at twice.
fn kind(machine: &Machine, integer_share: Option<f64>) -> ChipKind {
    let unified = matches!(machine.memory.value(), Memory::Unified { .. });
    let stacked = ["GA100", "GH100", "GH200", "GB100", "GB102", "GB110", "GB200", "GB300", "GV100", "GP100"]
        .contains(&machine.chip.as_str());
    match (machine.vendor, machine.memory.value()) {
        (_, Memory::System { .. }) => ChipKind::Processor,
        (Vendor::Apple, _) => match generation(&machine.chip) {
            Some(5..) => ChipKind::AppleMatrix,
            _ => ChipKind::Apple,
        },
        (Vendor::Nvidia, _) if unified => ChipKind::NvidiaUnified,
        (Vendor::Nvidia, _) if stacked => ChipKind::NvidiaStacked,
        (Vendor::Nvidia, _) => match integer_share {
            Some(share) if share >= 2.5 => ChipKind::NvidiaCard,
            Some(_) => ChipKind::NvidiaWorkstation,
            None => ChipKind::NvidiaPlain,
        },
        (Vendor::Amd, _) => amd(&machine.chip, unified),
        _ => {
            if unified {
                ChipKind::OtherUnified
            } else {
                ChipKind::Other
            }
        }
    }
}

/// AMD's generations by the names of their chips.
fn amd(chip: &str, unified: bool) -> ChipKind {
    let named = |names: &[&str]| names.iter().any(|name| chip.starts_with(name));
    if named(&["MI", "Aldebaran", "Aqua Vanjaram", "Arcturus"]) {
        ChipKind::Cdna
    } else if named(&["Strix", "Gorgon"]) {
        ChipKind::Rdna35
    } else if named(&["Navi 3", "Navi3"]) {
        ChipKind::Rdna3
    } else if named(&["Navi 4", "Navi4"]) {
        ChipKind::Rdna4
    } else if unified {
        ChipKind::AmdUnified
    } else {
        ChipKind::Amd
    }
}

/// The number in `M5 Max`.
fn generation(chip: &str) -> Option<u32> {
    let digits = chip.split('M').nth(1)?;
    digits.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

impl Chip {
    /// The family whose share of the peak training takes.
    pub const fn training_group(&self) -> SpeedGroup {
        match self.kind {
            ChipKind::NvidiaStacked => SpeedGroup::NvidiaStacked,
            ChipKind::NvidiaCard | ChipKind::NvidiaWorkstation => SpeedGroup::NvidiaCard,
            ChipKind::Apple => SpeedGroup::Apple,
            ChipKind::AppleMatrix => SpeedGroup::AppleMatrixMlx,
            ChipKind::NvidiaUnified => SpeedGroup::Nvidia,
            ChipKind::Amd
            | ChipKind::AmdUnified
            | ChipKind::Rdna3
            | ChipKind::Rdna35
            | ChipKind::Rdna4
            | ChipKind::Cdna
            | ChipKind::NvidiaPlain
            | ChipKind::Other
            | ChipKind::OtherUnified => SpeedGroup::Neither,
            ChipKind::Processor => SpeedGroup::Every,
        }
    }

    /// The rate that training is held against: of matrix units in 16 bit, of shaders where there are none.
    pub const fn training_peak(&self) -> FlopsPerSecond {
        match self.kind {
            ChipKind::Apple | ChipKind::Processor => self.shaders,
            _ => self.matrix,
        }
    }

    /// The rate that no training and no denoiser exceeds: that of the fastest units that multiply in 16 bit.
    pub fn training_roof(&self) -> FlopsPerSecond {
        match self.kind {
            ChipKind::Apple | ChipKind::Processor => self.shaders.max(self.matrix),
            _ => self.matrix.max(self.integer / 2.0).max(self.shaders),
        }
    }
}
