//! How keys and values are kept.

use super::{Runtime, UnknownName};

/// How keys and values are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum KvPrecision {
    /// 16-bit floats.
    #[default]
    F16,
    /// 32-bit floats (llama.cpp).
    F32,
    /// 16-bit floats with the exponent of 32-bit ones.
    Bf16,
    /// llama.cpp 8-bit blocks of 32 with a scale.
    Q8_0,
    /// llama.cpp 5-bit blocks of 32 with a scale and a least value.
    Q5_1,
    /// llama.cpp 5-bit blocks of 32 with a scale.
    Q5_0,
    /// llama.cpp 4-bit blocks of 32 with a scale and a least value.
    Q4_1,
    /// llama.cpp 4-bit blocks of 32 on a curve, with a scale.
    Iq4Nl,
    /// llama.cpp 4-bit blocks of 32 with a scale.
    Q4_0,
    /// MLX 8-bit groups of 64.
    Mlx8,
    /// MLX 4-bit groups of 64.
    Mlx4,
    /// 8-bit floats (vLLM, `SGLang`).
    Fp8,
    /// 4-bit floats with an 8-bit scale for 16 of them (vLLM, `SGLang`).
    NvFp4,
    /// `ExLlama`'s 8-bit blocks of 32 with a 16-bit scale.
    Exl8,
    /// The same in 6 bits.
    Exl6,
    /// The same in 4 bits.
    Exl4,
    /// The same in 2 bits (`ExLlamaV3`).
    Exl2,
}

impl KvPrecision {
    /// Every one, widest first.
    pub const ALL: [Self; 17] = [
        Self::F32,
        Self::F16,
        Self::Bf16,
        Self::Mlx8,
        Self::Q8_0,
        Self::Exl8,
        Self::Fp8,
        Self::Exl6,
        Self::Q5_1,
        Self::Q5_0,
        Self::Q4_1,
        Self::Mlx4,
        Self::NvFp4,
        Self::Q4_0,
        Self::Iq4Nl,
        Self::Exl4,
        Self::Exl2,
    ];

    /// Elements of one block, and the bytes it takes, scales included.
    pub const fn block(self) -> (u32, u32) {
        match self {
            Self::F32 => (1, 4),
            Self::F16 | Self::Bf16 => (1, 2),
            Self::Q8_0 | Self::Exl8 => (32, 34),
            Self::Q5_1 => (32, 24),
            Self::Q5_0 => (32, 22),
            Self::Q4_1 => (32, 20),
            Self::Q4_0 | Self::Iq4Nl | Self::Exl4 => (32, 18),
            Self::Mlx8 => (64, 68),
            Self::Mlx4 => (64, 36),
            Self::Fp8 => (1, 1),
            Self::NvFp4 => (16, 9),
            Self::Exl6 => (32, 26),
            Self::Exl2 => (32, 10),
        }
    }

    /// As in presets: `q8_0`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::F16 => "f16",
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::Q5_1 => "q5_1",
            Self::Q5_0 => "q5_0",
            Self::Q4_1 => "q4_1",
            Self::Iq4Nl => "iq4_nl",
            Self::Q8_0 => "q8_0",
            Self::Q4_0 => "q4_0",
            Self::Mlx8 => "mlx-8bit",
            Self::Mlx4 => "mlx-4bit",
            Self::Fp8 => "fp8",
            Self::NvFp4 => "nvfp4",
            Self::Exl8 => "exl-8bit",
            Self::Exl6 => "exl-6bit",
            Self::Exl4 => "exl-4bit",
            Self::Exl2 => "exl-2bit",
        }
    }

    /// Whether llama.cpp stores it in blocks with a scale.
    pub const fn is_in_blocks(self) -> bool {
        self.block().0 > 1
    }

    /// Every one that llama.cpp takes for keys or values (`kv_cache_types` of its arguments), widest first.
    pub const LLAMA_CPP: [Self; 9] = [
        Self::F32,
        Self::F16,
        Self::Bf16,
        Self::Q8_0,
        Self::Q5_1,
        Self::Q5_0,
        Self::Q4_1,
        Self::Q4_0,
        Self::Iq4Nl,
    ];

    /// Those a slider of a runtime offers, widest first.
    pub const fn ladder(runtime: Runtime) -> &'static [Self] {
        match runtime {
            Runtime::LlamaCpp => &[Self::F16, Self::Q8_0, Self::Q5_1, Self::Q5_0, Self::Q4_1, Self::Q4_0],
            Runtime::Mlx => &[Self::F16, Self::Mlx8, Self::Mlx4],
            Runtime::PyTorch => &[Self::F16],
            Runtime::Vllm | Runtime::Sglang => &[Self::F16, Self::Fp8, Self::NvFp4],
            Runtime::ExLlama => &[Self::F16, Self::Exl8, Self::Exl6, Self::Exl4, Self::Exl2],
        }
    }

    /// Reads a key, whatever its case.
    ///
    /// # Errors
    /// The text is none of the known keys; the error lists them.
    pub fn parse(text: &str) -> Result<Self, UnknownName> {
        let wanted = text.trim().to_ascii_lowercase().replace('_', "-");
        Self::ALL
            .into_iter()
            .find(|precision| precision.key().replace('_', "-") == wanted)
            .or_else(|| ALIASES.iter().find(|(alias, _)| *alias == wanted).map(|(_, meant)| *meant))
            .ok_or_else(|| UnknownName::new("KV precision", text, Self::ALL.map(Self::key)))
    }
}

/// Names that mean another: those of ExLlama's `cache_mode` and of `--kv-cache-dtype`.
const ALIASES: [(&str, KvPrecision); 12] = [
    // mlx-lm's `--kv-bits`.
    ("8", KvPrecision::Mlx8),
    ("4", KvPrecision::Mlx4),
    ("auto", KvPrecision::F16),
    ("float16", KvPrecision::F16),
    ("fp16", KvPrecision::F16),
    ("q8", KvPrecision::Exl8),
    ("q6", KvPrecision::Exl6),
    ("q4", KvPrecision::Exl4),
    ("q2", KvPrecision::Exl2),
    ("fp8-e4m3", KvPrecision::Fp8),
    ("fp8-e5m2", KvPrecision::Fp8),
    ("bfloat16", KvPrecision::Bf16),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_reads_back() {
        for precision in KvPrecision::ALL {
            assert_eq!(KvPrecision::parse(precision.key()), Ok(precision));
            assert_eq!(KvPrecision::parse(&precision.key().to_uppercase()), Ok(precision));
        }
    }

    #[test]
    fn an_unknown_key_names_the_known_ones() {
        let error = KvPrecision::parse("int3").expect_err("no such precision").to_string();
        assert!(error.contains("int3") && error.contains("q8_0") && error.contains("mlx-4bit"), "{error}");
    }

    #[test]
    fn ladders_go_down() {
        for runtime in Runtime::ALL {
            let widths: Vec<f64> = KvPrecision::ladder(runtime)
                .iter()
                .map(|precision| f64::from(precision.block().1) / f64::from(precision.block().0))
                .collect();
            assert!(widths.windows(2).all(|pair| pair[0] > pair[1]), "{runtime:?} {widths:?}");
        }
    }
}
