//! How one tensor is stored.

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
    /// Elements of one block, a power of two, and the bytes it takes.
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

    /// As llama.cpp writes it: `Q6_K`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::F32 => "F32",
            Self::F16 => "F16",
            Self::BF16 => "BF16",
            Self::Q8_0 => "Q8_0",
            Self::Q6K => "Q6_K",
            Self::Q5K => "Q5_K",
            Self::Q5_0 => "Q5_0",
            Self::Q5_1 => "Q5_1",
            Self::Q4K => "Q4_K",
            Self::Q4_0 => "Q4_0",
            Self::Q4_1 => "Q4_1",
            Self::Q3K => "Q3_K",
            Self::Q2K => "Q2_K",
            Self::IQ4XS => "IQ4_XS",
            Self::IQ4NL => "IQ4_NL",
            Self::IQ3XXS => "IQ3_XXS",
            Self::IQ3S => "IQ3_S",
            Self::IQ2XXS => "IQ2_XXS",
            Self::IQ2XS => "IQ2_XS",
            Self::IQ2S => "IQ2_S",
            Self::IQ1S => "IQ1_S",
            Self::IQ1M => "IQ1_M",
            Self::MXFP4 => "MXFP4",
        }
    }

    /// Whether it stores blocks with a scale instead of plain floats.
    pub const fn is_quantized(self) -> bool {
        !matches!(self, Self::F32 | Self::F16 | Self::BF16)
    }
}
