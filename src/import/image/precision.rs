//! How the models of a file are packed, and as what they are computed.

use crate::spec::DiffusionPrecision;

/// Words that only packed formats write behind the names of tensors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed {
    /// bitsandbytes: `quant_state.bitsandbytes__nf4`, `absmax`.
    nf4: bool,
    /// SVDQuant: `wscales`, and smoothing of activations.
    svd: bool,
}

impl Packed {
    /// Looks at the name of a tensor.
    pub(super) fn look(&mut self, name: &str) {
        self.nf4 |= name.contains("bitsandbytes__") || name.ends_with(".absmax");
        self.svd |= name.ends_with(".wscales") || name.ends_with(".smooth_factor");
    }

    /// Both together.
    pub(super) const fn plus(self, other: Self) -> Self {
        Self { nf4: self.nf4 || other.nf4, svd: self.svd || other.svd }
    }

    /// The precision that a format is computed as, and its name in words.
    pub(super) fn precision(self, format: &str) -> (DiffusionPrecision, String) {
        if self.svd {
            return (DiffusionPrecision::Nf4, "SVDQuant, 4 bit, computed as nf4".to_owned());
        }
        if self.nf4 {
            return (DiffusionPrecision::Nf4, "bitsandbytes, 4 bit".to_owned());
        }
        match format {
            "F32" | "F64" => (DiffusionPrecision::Fp32, "fp32".to_owned()),
            "BF16" | "F16" => (DiffusionPrecision::Bf16, "16 bit".to_owned()),
            "F8_E4M3" | "F8_E5M2" | "F8_E4M3FNUZ" | "F8_E5M2FNUZ" => {
                (DiffusionPrecision::Fp8, "fp8".to_owned())
            }
            "I8" | "U8" => (DiffusionPrecision::Fp8, "8 bit, computed as fp8".to_owned()),
            "F4" | "I32" | "U32" => (DiffusionPrecision::Nf4, "packed 4 bit, computed as nf4".to_owned()),
            "Q8_0" => (DiffusionPrecision::Q8_0, "mostly Q8_0".to_owned()),
            other => (DiffusionPrecision::Q4_0, format!("mostly {other}, computed as other GGUF blocks")),
        }
    }
}
