//! How the weights are stored, whatever the runtime.

use super::{Architecture, FileType, Model, Runtime, UnknownName};

/// How the weights are stored, whatever the runtime.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantization {
    /// A GGUF file type.
    Gguf(FileType),
    /// MLX affine quantization.
    Mlx {
        /// Bits a weight.
        bits: u32,
        /// Weights that share a scale and a bias.
        group: u32,
    },
    /// MLX's 4-bit and 8-bit floats.
    MlxFloat(MlxFloat),
    /// `ExLlama`'s formats, of any number of bits a weight.
    Exl {
        /// Hundredths of a bit a weight, the output matrix left out.
        hundredths: u32,
        /// Whether it is EXL3, of `ExLlamaV3`; else EXL2.
        third: bool,
    },
    /// Plain 16-bit weights of a Hugging Face checkpoint.
    Bf16,
    /// 8-bit floats with one scale a channel or block.
    Fp8,
    /// 4-bit integers in groups of 128, activation-aware.
    Awq,
    /// 4-bit integers in groups of 128.
    Gptq,
    /// bitsandbytes NF4 in blocks of 64.
    Nf4,
    /// 4-bit floats in blocks of 16 with FP8 scales.
    NvFp4,
    /// 4-bit floats in blocks of 32 for routed experts, all else in 16 bit, as gpt-oss is published.
    MxFp4,
    /// As the model's own file has it, in a format or a mix that has no name of its own here.
    Own(Container),
}

/// MLX's floats in few bits, in groups that share a scale (`mode` of `mx.quantize`, MLX 0.32).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MlxFloat {
    /// 4 bits, and 8 bits of scale for 32 of them.
    MxFp4,
    /// 8 bits, and 8 bits of scale for 32 of them.
    MxFp8,
    /// 4 bits, and 8 bits of scale for 16 of them.
    NvFp4,
}

impl MlxFloat {
    /// Bits of a weight without its scale.
    pub const fn bits(self) -> u32 {
        match self {
            Self::MxFp4 | Self::NvFp4 => 4,
            Self::MxFp8 => 8,
        }
    }

    /// Weights that share a scale of 8 bits.
    pub const fn group(self) -> u32 {
        match self {
            Self::MxFp4 | Self::MxFp8 => 32,
            Self::NvFp4 => 16,
        }
    }
}

/// A kind of file that weights are stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A GGUF file.
    Gguf,
    /// A folder of MLX.
    Mlx,
    /// A Hugging Face checkpoint.
    Checkpoint,
}

/// MLX in its usual groups of 64.
const fn mlx(bits: u32) -> Quantization {
    Quantization::Mlx { bits, group: 64 }
}

/// EXL3 of so many hundredths of a bit.
const fn exl3(hundredths: u32) -> Quantization {
    Quantization::Exl { hundredths, third: true }
}

/// EXL2 of so many hundredths of a bit.
const fn exl2(hundredths: u32) -> Quantization {
    Quantization::Exl { hundredths, third: false }
}

/// Formats that are not GGUF file types, with their keys.
const NAMED: [(Quantization, &str); 37] = [
    (Quantization::Bf16, "bf16"),
    (mlx(8), "mlx-8bit"),
    (mlx(6), "mlx-6bit"),
    (mlx(5), "mlx-5bit"),
    (mlx(4), "mlx-4bit"),
    (mlx(3), "mlx-3bit"),
    (mlx(2), "mlx-2bit"),
    (Quantization::Mlx { bits: 8, group: 32 }, "mlx-8bit-g32"),
    (Quantization::Mlx { bits: 4, group: 32 }, "mlx-4bit-g32"),
    (Quantization::Mlx { bits: 8, group: 128 }, "mlx-8bit-g128"),
    (Quantization::Mlx { bits: 4, group: 128 }, "mlx-4bit-g128"),
    (Quantization::Fp8, "fp8"),
    (Quantization::Awq, "awq"),
    (Quantization::Gptq, "gptq"),
    (Quantization::Nf4, "nf4"),
    (Quantization::NvFp4, "nvfp4"),
    (Quantization::MxFp4, "mxfp4-hf"),
    (Quantization::MlxFloat(MlxFloat::MxFp8), "mlx-mxfp8"),
    (Quantization::MlxFloat(MlxFloat::NvFp4), "mlx-nvfp4"),
    (Quantization::MlxFloat(MlxFloat::MxFp4), "mlx-mxfp4"),
    (exl3(800), "exl3-8bpw"),
    (exl3(600), "exl3-6bpw"),
    (exl3(500), "exl3-5bpw"),
    (exl3(450), "exl3-4.5bpw"),
    (exl3(400), "exl3-4bpw"),
    (exl3(350), "exl3-3.5bpw"),
    (exl3(300), "exl3-3bpw"),
    (exl3(250), "exl3-2.5bpw"),
    (exl3(200), "exl3-2bpw"),
    (exl2(800), "exl2-8bpw"),
    (exl2(650), "exl2-6.5bpw"),
    (exl2(600), "exl2-6bpw"),
    (exl2(500), "exl2-5bpw"),
    (exl2(465), "exl2-4.65bpw"),
    (exl2(400), "exl2-4bpw"),
    (exl2(350), "exl2-3.5bpw"),
    (exl2(300), "exl2-3bpw"),
];

/// The fixed mix that is nearest to one that is chosen anew for each model, by the name that people give it
/// (`UD-Q4_K_XL`, `IQ4_KSS`); nothing for other names.
fn mixed_by_hand(text: &str) -> Option<&'static str> {
    let wanted = plain(text);
    let of = wanted.strip_prefix("ud-").or_else(|| wanted.ends_with("-xl").then_some(wanted.as_str()))?;
    let bits = of.strip_suffix("-xl").map_or_else(|| of.to_owned(), |bits| format!("{bits}-m"));
    let alike = |file_type: &FileType| {
        let key = plain(file_type.key());
        key == bits
            || key == of
            || bits.strip_suffix("-m").is_some_and(|bits| key == bits || key == bits.replace("-k", "-0"))
    };
    Some(
        FileType::ALL.iter().find(|file_type| alike(file_type)).map_or("Q4_K_M", |file_type| file_type.key()),
    )
}

/// Keys that mean another.
const ALIASES: [(&str, Quantization); 7] = [
    ("gguf", Quantization::Own(Container::Gguf)),
    ("mlx", Quantization::Own(Container::Mlx)),
    ("checkpoint", Quantization::Own(Container::Checkpoint)),
    ("mxfp4", Quantization::Gguf(FileType::MXFP4)),
    ("mlx-bf16", Quantization::Bf16),
    ("q5-k", Quantization::Gguf(FileType::Q5KM)),
    ("q4-k", Quantization::Gguf(FileType::Q4KM)),
];

/// Models whose checkpoints are published packed, by id: their configurations' own `quantization_config` (`fp8`, or
/// `compressed-tensors` of 4 bit with groups, which GPTQ's layout has the bytes of).
const PUBLISHED: [(&str, Quantization); 16] = [
    ("deepseek-r1", Quantization::Fp8),
    ("deepseek-v3", Quantization::Fp8),
    ("deepseek-v3.1", Quantization::Fp8),
    ("deepseek-v3.2", Quantization::Fp8),
    ("devstral-2-123b", Quantization::Fp8),
    ("devstral-small-2-24b", Quantization::Fp8),
    ("kimi-k2", Quantization::Fp8),
    ("kimi-k2-thinking", Quantization::Gptq),
    ("kimi-k2.5", Quantization::Gptq),
    ("kimi-k2.6", Quantization::Gptq),
    ("minimax-m2", Quantization::Fp8),
    ("minimax-m2.5", Quantization::Fp8),
    ("minimax-m2.7", Quantization::Fp8),
    ("ministral-3-14b", Quantization::Fp8),
    ("ministral-3-3b", Quantization::Fp8),
    ("ministral-3-8b", Quantization::Fp8),
];

impl Quantization {
    /// Reads a key, whatever its case and with `-` for `_`: `Q4_K_M`, `mlx-4bit`, `awq`.
    ///
    /// `BF16` in capitals is GGUF's; `bf16` is a Hugging Face checkpoint, which has the same size.
    ///
    /// # Errors
    /// The text is none of the known keys; the error lists them.
    pub fn parse(text: &str) -> Result<Self, UnknownName> {
        let text = text.trim();
        let exact = Self::known().find(|known| known.key() == text);
        // People write 4.0bpw too.
        let wanted = plain(text).replace(".0bpw", "bpw");
        exact
            .or_else(|| Self::known().find(|known| plain(known.key()) == wanted))
            .or_else(|| ALIASES.iter().find(|(alias, _)| *alias == wanted).map(|(_, meant)| *meant))
            .ok_or_else(|| match mixed_by_hand(text) {
                Some(plain) => UnknownName::explained(text, format!(
                    "a mix that its maker chooses anew for each model, which only the file itself tells: give the \
                     .gguf as `model`; the nearest fixed mix is {plain}"
                )),
                None => UnknownName::new("quantization", text, Self::known().map(Self::key)),
            })
    }

    /// Every quantization that has a key: GGUF file types first, each kind from large to small.
    pub fn known() -> impl Iterator<Item = Self> {
        FileType::ALL.into_iter().map(Self::Gguf).chain(NAMED.iter().map(|(named, _)| *named))
    }

    /// As in presets and file names: `Q4_K_M`, `mlx-4bit`; `gguf`, `mlx` or `checkpoint` for what has no name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Gguf(file_type) => file_type.key(),
            Self::Own(Container::Gguf) => "gguf",
            Self::Own(Container::Checkpoint) => "checkpoint",
            other => NAMED.iter().find(|(named, _)| *named == other).map_or("mlx", |(_, key)| key),
        }
    }

    /// What the quantization slider offers for a model, from the largest to the smallest.
    pub fn ladder_for(model: &Model, runtime: Runtime) -> &'static [Self] {
        let own = Architecture::of(model).ladders.iter().find(|(of, _)| *of == runtime);
        own.map_or_else(|| Self::ladder(runtime), |(_, formats)| formats)
    }

    /// The format that a model is published in, where that is packed and other small formats of a runtime save nothing.
    pub fn published(model: &Model, runtime: Runtime) -> Option<Self> {
        let serves = matches!(runtime, Runtime::Vllm | Runtime::Sglang);
        if let Some((_, format)) = PUBLISHED.iter().find(|(id, _)| serves && model.id == *id) {
            return Some(*format);
        }
        let own = Self::ladder_for(model, runtime);
        own.last().copied().filter(|_| own != Self::ladder(runtime))
    }

    /// What the quantization slider of a runtime offers for most models, from the largest to the smallest.
    pub const fn ladder(runtime: Runtime) -> &'static [Self] {
        match runtime {
            Runtime::LlamaCpp => &[
                Self::Gguf(FileType::F16),
                Self::Gguf(FileType::Q8_0),
                Self::Gguf(FileType::Q6K),
                Self::Gguf(FileType::Q5KM),
                Self::Gguf(FileType::Q4KM),
                Self::Gguf(FileType::Q4_0),
                Self::Gguf(FileType::IQ4XS),
                Self::Gguf(FileType::Q3KM),
                Self::Gguf(FileType::Q2K),
                Self::Gguf(FileType::IQ2M),
                Self::Gguf(FileType::IQ2XXS),
            ],
            Runtime::Mlx => const { &[Self::Bf16, mlx(8), mlx(6), mlx(5), mlx(4), mlx(3), mlx(2)] },
            Runtime::PyTorch => &[Self::Bf16, Self::Fp8, Self::Nf4],
            Runtime::Vllm | Runtime::Sglang => &[Self::Bf16, Self::Fp8, Self::NvFp4, Self::Gptq, Self::Awq],
            Runtime::ExLlama => {
                const { &[Self::Bf16, exl3(800), exl3(600), exl3(500), exl3(400), exl3(300), exl3(200)] }
            }
        }
    }

    /// The runtime that most people run this format with.
    pub const fn runtime(self) -> Runtime {
        match self {
            Self::Gguf(_) | Self::Own(Container::Gguf) => Runtime::LlamaCpp,
            Self::Mlx { .. } | Self::MlxFloat(_) | Self::Own(Container::Mlx) => Runtime::Mlx,
            Self::Exl { .. } => Runtime::ExLlama,
            Self::Nf4 => Runtime::PyTorch,
            Self::Bf16
            | Self::Fp8
            | Self::Awq
            | Self::Gptq
            | Self::NvFp4
            | Self::MxFp4
            | Self::Own(Container::Checkpoint) => Runtime::Vllm,
        }
    }

    /// Bits a value, without scales.
    pub fn bits(self) -> u32 {
        match self {
            Self::Gguf(FileType::F16 | FileType::BF16) | Self::Bf16 => 16,
            Self::Gguf(file_type) => {
                let digit = file_type.key().chars().find_map(|sign| sign.to_digit(10));
                if file_type.key().starts_with('F') { 32 } else { digit.unwrap_or(4) }
            }
            Self::Mlx { bits, .. } => bits,
            Self::MlxFloat(float) => float.bits(),
            Self::Exl { hundredths, .. } => (hundredths / 100).max(2),
            Self::Fp8 => 8,
            Self::Awq | Self::Gptq | Self::Nf4 | Self::NvFp4 | Self::MxFp4 | Self::Own(_) => 4,
        }
    }

    /// The format of a runtime with as many bits a value, which people use there in place of this one.
    pub fn paired_on(self, runtime: Runtime) -> Option<Self> {
        if self.runs_on(runtime) {
            return Some(self);
        }
        if matches!(self, Self::Own(_)) {
            // How many bits it has is known of the file alone: what is nearest is found by weighing.
            return None;
        }
        let bits = self.bits();
        match (runtime, bits) {
            // The same values, in a checkpoint and in a file of llama.cpp.
            (Runtime::LlamaCpp, _) if self == Self::MxFp4 => Some(Self::Gguf(FileType::MXFP4)),
            (Runtime::Vllm | Runtime::Sglang | Runtime::PyTorch, _)
                if self == Self::Gguf(FileType::MXFP4) =>
            {
                Some(Self::MxFp4)
            }
            (Runtime::LlamaCpp, 16..) => Some(Self::Gguf(FileType::BF16)),
            (_, 16..) => Some(Self::Bf16),
            (Runtime::Mlx, 2..=6 | 8) => Some(mlx(bits)),
            (Runtime::Mlx, 1) => Some(mlx(2)),
            (Runtime::LlamaCpp, 8) => Some(Self::Gguf(FileType::Q8_0)),
            (Runtime::LlamaCpp, 6) => Some(Self::Gguf(FileType::Q6K)),
            (Runtime::LlamaCpp, 5) => Some(Self::Gguf(FileType::Q5KM)),
            (Runtime::LlamaCpp, 4) => Some(Self::Gguf(FileType::Q4KM)),
            (Runtime::LlamaCpp, 3) => Some(Self::Gguf(FileType::Q3KM)),
            (Runtime::LlamaCpp, 2) => Some(Self::Gguf(FileType::Q2K)),
            (Runtime::ExLlama, 2..=8) => Some(exl3(if bits == 7 { 800 } else { bits * 100 })),
            (Runtime::ExLlama, _) => Some(exl3(200)),
            (Runtime::Vllm | Runtime::Sglang | Runtime::PyTorch, 8) => Some(Self::Fp8),
            (Runtime::Vllm | Runtime::Sglang, 4) => Some(Self::Awq),
            (Runtime::PyTorch, 4) => Some(Self::Nf4),
            _ => None,
        }
    }

    /// Whether it is a file of llama.cpp's.
    pub const fn is_gguf(self) -> bool {
        matches!(self, Self::Gguf(_) | Self::Own(Container::Gguf))
    }

    /// Whether a runtime reads this format.
    pub const fn runs_on(self, runtime: Runtime) -> bool {
        match self {
            Self::Gguf(_) | Self::Own(Container::Gguf) => matches!(runtime, Runtime::LlamaCpp),
            Self::Mlx { .. } | Self::MlxFloat(_) | Self::Own(Container::Mlx) => {
                matches!(runtime, Runtime::Mlx)
            }
            Self::Exl { .. } => matches!(runtime, Runtime::ExLlama),
            Self::Bf16 => !matches!(runtime, Runtime::LlamaCpp),
            Self::NvFp4 => runtime.fills_a_share(),
            Self::Fp8
            | Self::Awq
            | Self::Gptq
            | Self::Nf4
            | Self::MxFp4
            | Self::Own(Container::Checkpoint) => {
                matches!(runtime, Runtime::PyTorch | Runtime::Vllm | Runtime::Sglang)
            }
        }
    }
}

/// A name without case and with one kind of dash.
fn plain(text: &str) -> String {
    text.to_ascii_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_back() {
        for known in Quantization::known() {
            assert_eq!(Quantization::parse(known.key()), Ok(known));
        }
    }

    #[test]
    fn case_and_dashes_do_not_matter() {
        let q4 = Quantization::Gguf(FileType::Q4KM);
        for text in ["q4_k_m", "Q4-K-M", " Q4_K_M ", "q4_k"] {
            assert_eq!(Quantization::parse(text), Ok(q4));
        }
        assert_eq!(Quantization::parse("MLX-4bit"), Ok(mlx(4)));
        assert_eq!(Quantization::parse("mxfp4"), Ok(Quantization::Gguf(FileType::MXFP4)));
    }

    #[test]
    fn a_mix_that_only_a_file_tells_is_explained_with_the_nearest() {
        for (text, nearest) in [
            ("UD-Q4_K_XL", "Q4_K_M"),
            ("ud-q2_k_xl", "Q2_K"),
            ("UD-IQ2_M", "IQ2_M"),
            ("UD-Q6_K_XL", "Q6_K"),
            ("Q8_K_XL", "Q8_0"),
        ] {
            let error = Quantization::parse(text).expect_err("no fixed mix").to_string();
            assert!(error.contains("give the .gguf"), "{error}");
            assert!(error.ends_with(&format!("the nearest fixed mix is {nearest}")), "{text}: {error}");
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known() {
        let error = Quantization::parse("Q4_K_XXL").expect_err("no such file type").to_string();
        assert!(error.contains("Q4_K_XXL") && error.contains("Q4_K_M") && error.contains("nvfp4"), "{error}");
    }

    #[test]
    fn a_slider_offers_what_its_runtime_reads() {
        for runtime in Runtime::ALL {
            for step in Quantization::ladder(runtime) {
                assert!(step.runs_on(runtime), "{runtime:?} {}", step.key());
            }
        }
    }
}
