//! The settings of a measured run of llama.cpp, and what it allocated.

use serde::Deserialize;

use crate::evidence::table::{Size, flag};
use crate::spec::{AttentionKernel, Inference, KvPrecision, Logits, Quantization, Runtime};
use crate::units::Bytes;

/// The columns of settings that all tables of llama.cpp have.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Setting {
    pub(super) n_ctx: u64,
    pub(super) n_seq_max: u64,
    pub(super) n_ubatch: u64,
    pub(super) kv_type: CacheType,
    #[serde(deserialize_with = "flag")]
    pub(super) flash_attn: bool,
    /// Rows of logits that may be asked for; 0 for one a token, as the library does.
    pub(super) n_outputs_max: u64,
    #[serde(deserialize_with = "flag")]
    pub(super) kv_unified: bool,
}

/// How keys and values are stored.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum CacheType {
    F16,
    #[serde(rename = "q8_0")]
    Q8,
    #[serde(rename = "q4_0")]
    Q4,
}

impl Setting {
    /// The use that was measured, on a whole device.
    pub(super) fn inference(self, quantization: Quantization) -> Inference {
        Inference {
            quantization,
            kv_precision: match self.kv_type {
                CacheType::F16 => KvPrecision::F16,
                CacheType::Q8 => KvPrecision::Q8_0,
                CacheType::Q4 => KvPrecision::Q4_0,
            },
            context: self.n_ctx,
            prompt: self.n_ctx,
            generate: 0,
            concurrency: self.n_seq_max,
            unified_kv: self.kv_unified,
            ubatch: self.n_ubatch,
            prefill_step: self.n_ubatch,
            attention: if self.flash_attn { AttentionKernel::Fused } else { AttentionKernel::Eager },
            logits: if self.n_outputs_max == 0 { Logits::All } else { Logits::Last },
            ..Inference::usual(Runtime::LlamaCpp, u32::MAX)
        }
    }

    /// As the rows of a group are named.
    pub(super) fn name(self, model: &str) -> String {
        let Self { n_ctx, n_seq_max, n_ubatch, kv_type, flash_attn, n_outputs_max, kv_unified } = self;
        format!(
            "{model} context {n_ctx} slots {n_seq_max} chunk {n_ubatch} cache {kv_type:?} fused {flash_attn} \
             outputs {n_outputs_max} unified {kv_unified}"
        )
    }
}

/// What llama.cpp says it allocated on a device and on the host.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Allocated {
    #[serde(rename = "dev_model_bytes")]
    pub(super) dev_model: Size,
    #[serde(rename = "dev_ctx_bytes")]
    pub(super) dev_ctx: Size,
    #[serde(rename = "dev_compute_bytes")]
    pub(super) dev_compute: Size,
    #[serde(rename = "host_model_bytes")]
    pub(super) host_model: Size,
    /// Not in the table of several devices, which keep all caches.
    #[serde(default, rename = "host_ctx_bytes")]
    pub(super) host_ctx: Size,
    #[serde(rename = "host_compute_bytes")]
    pub(super) host_compute: Size,
}

impl Allocated {
    /// All of it.
    pub(super) fn total(self) -> Bytes {
        self.dev_model.bytes()
            + self.dev_ctx.bytes()
            + self.dev_compute.bytes()
            + self.host_model.bytes()
            + self.host_ctx.bytes()
            + self.host_compute.bytes()
    }
}
