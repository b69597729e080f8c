//! Number formats of tensors, of files, and of the KV cache.

/// How one tensor is stored: llama.cpp's block formats, and the plain ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum TensorType {
    F32,
    F16,
    BF16,
    Q8_0,
    Q6K,
    Q5K,
    Q5_0,
    Q5_1,
    Q4K,
    Q4_0,
    Q4_1,
    Q3K,
    Q2K,
    IQ4XS,
    IQ4NL,
    IQ3XXS,
    IQ3S,
    IQ2XXS,
    IQ2XS,
    IQ2S,
    IQ1S,
    IQ1M,
    MXFP4,
}

impl TensorType {
    /// Elements of one block, and the bytes it takes.
    pub const fn block(self) -> (u32, u32) {
        match self {
            Self::F32 => (1, 4),
            Self::F16 | Self::BF16 => (1, 2),
            Self::Q8_0 => (32, 34),
            Self::Q5_0 => (32, 22),
            Self::Q5_1 => (32, 24),
            Self::Q4_0 | Self::IQ4NL => (32, 18),
            Self::Q4_1 => (32, 20),
            Self::MXFP4 => (32, 17),
            Self::Q6K => (256, 210),
            Self::Q5K => (256, 176),
            Self::Q4K => (256, 144),
            Self::Q3K | Self::IQ3S => (256, 110),
            Self::Q2K => (256, 84),
            Self::IQ4XS => (256, 136),
            Self::IQ3XXS => (256, 98),
            Self::IQ2XXS => (256, 66),
            Self::IQ2XS => (256, 74),
            Self::IQ2S => (256, 82),
            Self::IQ1S => (256, 50),
            Self::IQ1M => (256, 56),
        }
    }
}

/// A llama.cpp file type: a recipe that picks a format for each tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum FileType {
    F32,
    F16,
    BF16,
    Q8_0,
    Q6K,
    Q5KM,
    Q5KS,
    Q5_0,
    Q4KM,
    Q4KS,
    Q4_1,
    Q4_0,
    IQ4NL,
    IQ4XS,
    Q3KL,
    Q3KM,
    Q3KS,
    IQ3M,
    IQ3XXS,
    Q2K,
    IQ2M,
    IQ2XXS,
    MXFP4,
}

/// How the weights are stored, whatever the runtime.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantization {
    /// A GGUF file type.
    Gguf(FileType),
    /// MLX affine quantisation.
    Mlx {
        /// Bits a weight.
        bits: u32,
        /// Weights that share a scale and a bias.
        group: u32,
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
}

/// How keys and values are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum KvPrecision {
    /// 16-bit floats.
    #[default]
    F16,
    /// llama.cpp 8-bit blocks of 32 with a scale.
    Q8_0,
    /// llama.cpp 4-bit blocks of 32 with a scale.
    Q4_0,
    /// MLX 8-bit groups of 64.
    Mlx8,
    /// MLX 4-bit groups of 64.
    Mlx4,
    /// 8-bit floats (vLLM).
    Fp8,
}
