//! Choices as people read them.

use crate::spec::{
    AttentionKernel, DiffusionMode, Family, GnnMode, GnnPrecision, Logits, MessagePassing, Residency, Split,
    Workload,
};

pub(super) const fn attention(kernel: AttentionKernel) -> &'static str {
    match kernel {
        AttentionKernel::Fused => "fused",
        AttentionKernel::Eager => "eager",
    }
}

pub(super) const fn logits(logits: Logits) -> &'static str {
    match logits {
        Logits::Last => "last token (server)",
        Logits::All => "all tokens (library)",
    }
}

pub(super) const fn residency(residency: Residency) -> &'static str {
    match residency {
        Residency::All => "all on the device",
        Residency::Component => "one model at a time",
        Residency::Sequential => "layer by layer",
    }
}

pub(super) const fn diffusion_mode(mode: DiffusionMode) -> &'static str {
    match mode {
        DiffusionMode::Generate => "make pictures",
        DiffusionMode::Lora => "train a LoRA",
    }
}

pub(super) const fn gnn_mode(mode: GnnMode) -> &'static str {
    match mode {
        GnnMode::Train => "train",
        GnnMode::Infer => "infer",
    }
}

pub(super) const fn gnn_precision(precision: GnnPrecision) -> &'static str {
    match precision {
        GnnPrecision::Fp32 => "32 bit",
        GnnPrecision::Fp16 => "16 bit",
    }
}

pub(super) const fn message_passing(passing: MessagePassing) -> &'static str {
    match passing {
        MessagePassing::Scatter => "written out",
        MessagePassing::Sparse => "sparse matrix",
    }
}

/// What each device holds, in the words of the family.
pub(super) const fn split(split: Split, workload: &Workload) -> &'static str {
    match (split, workload.family()) {
        (Split::Tensor, Family::Gnn) => "a part on each",
        (Split::Tensor, Family::FineTune) => "everything shared",
        _ => split.label(),
    }
}
