//! What sets one `model_type` apart: what Transformers' configuration classes say where a file is silent.

use crate::spec::NormStyle;

/// Which layers and parts a model type has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Attention and one network for every token.
    Dense,
    /// Attention and experts.
    Experts,
    /// Latent attention and experts (DeepSeek).
    Latent,
    /// Attention beside a state-space layer (Falcon-H1).
    Parallel,
    /// State-space layers with an attention layer now and then (Granite 4 H).
    Mamba,
    /// Layers that are a mixer or a network alone (Nemotron-H).
    Nemotron,
    /// Linear-attention layers with an attention layer now and then (Qwen3-Next).
    Delta,
}

/// One model type.
#[derive(Clone, Copy)]
pub(super) struct Family {
    /// As in `model_type`.
    pub model_type: &'static str,
    /// llama.cpp's name for it.
    pub architecture: &'static str,
    /// Who publishes it.
    pub publisher: &'static str,
    /// Its layers.
    pub shape: Shape,
    /// Its norms.
    pub norms: NormStyle,
    /// Whether input and output embedding are one where the file is silent.
    pub tied: bool,
    /// Whether queries, keys and values have a bias where the file is silent.
    pub qkv_bias: bool,
    /// Whether the output projection has one wherever queries, keys and values have.
    pub output_bias: bool,
    /// How queries and keys are normed where the file does not say that they are not.
    pub qk_norm: QkNorm,
    /// Of layers with a window: every how many one sees everything.
    pub global_every: Option<u32>,
    /// Key and value heads where the file is silent: as many as heads, or a number.
    pub kv_heads: Heads,
    /// Width of a head where the file is silent; `None` for hidden size ÷ heads.
    pub head: Option<u32>,
    /// Whether a second input matrix gates the first.
    pub gated: bool,
    /// Whether small heads choose the tokens that are attended to.
    pub indexed: bool,
}

/// A count of heads where the file is silent.
#[derive(Clone, Copy)]
pub(super) enum Heads {
    /// As many as query heads.
    All,
    /// So many.
    Fixed(u32),
}

/// Norms on queries and keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum QkNorm {
    /// None.
    None,
    /// One of head width, shared by all heads.
    Head,
    /// One as wide as all heads together.
    Wide,
    /// One of head width unless the file says otherwise (`use_qk_norm`).
    HeadUnlessNot,
    /// One of head width if the file asks for it (`use_qk_norm`).
    HeadIfAsked,
    /// One as wide as all heads if the file asks for it.
    WideIfAsked,
}
