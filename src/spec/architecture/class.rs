//! What sets one `model_type` apart: what Transformers' configuration classes say where a file is silent.

/// Which layers and parts a model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
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

/// A count of heads where the file is silent.
#[derive(Clone, Copy, Debug)]
pub enum Heads {
    /// As many as query heads.
    All,
    /// So many.
    Fixed(u32),
}

/// Norms on queries and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QkNorm {
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

/// Whether the scores by which experts are chosen are corrected by a learnt number of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// They are not.
    Never,
    /// They are.
    Always,
    /// They are unless the file says otherwise (`moe_router_enable_expert_bias`).
    UnlessNot,
}

/// By which names a configuration calls what most call otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyNames {
    /// By those that most use.
    Usual,
    /// Ling and Ring of Inclusion AI.
    Bailing,
    /// GLM before 4.
    ChatGlm,
    /// ERNIE 4.5 with experts.
    Ernie,
    /// EXAONE before 4.
    Exaone,
    /// EXAONE with experts.
    ExaoneMoe,
    /// Gemma 4.
    Gemma4,
    /// Hunyuan with experts.
    Hunyuan,
    /// Hunyuan 3.
    HunyuanV3,
    /// InternLM 2.
    InternLm2,
    /// InternLM 3.
    InternLm3,
    /// Llama 4.
    Llama4,
    /// MiniMax M3.
    MiniMax3,
    /// Nemotron-H.
    Nemotron,
}

/// Numbers that a class has where its part of a wrapper's configuration leaves them out (Transformers 5.24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// Rows of the embedding.
    pub vocabulary: u32,
    /// Width of the residual stream.
    pub hidden: u32,
    /// Width inside the feed-forward network.
    pub intermediate: u32,
    /// Layers.
    pub layers: u32,
    /// Query heads.
    pub heads: u32,
    /// Key and value heads.
    pub kv_heads: u32,
    /// Tokens that it is made for.
    pub context: u32,
}

impl Defaults {
    /// Vocabulary, hidden and intermediate width, layers, query heads, key heads, tokens.
    pub const fn new([vocabulary, hidden, intermediate, layers, heads, kv_heads, context]: [u32; 7]) -> Self {
        Self { vocabulary, hidden, intermediate, layers, heads, kv_heads, context }
    }
}

/// One model type.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// As in `model_type`; empty where no configuration is read by this record.
    pub model_type: &'static str,
    /// Who publishes it.
    pub publisher: &'static str,
    /// Its layers.
    pub shape: Shape,
    /// Whether input and output embedding are one where the file is silent.
    pub tied: bool,
    /// Whether queries, keys and values have a bias where the file is silent.
    pub qkv_bias: bool,
    /// Whether the output projection has one wherever queries, keys and values have.
    pub output_bias: bool,
    /// How queries and keys are normed.
    pub qk_norm: QkNorm,
    /// Of layers with a window: every how many one sees everything; `None` where no layer has one.
    pub global_every: Option<u32>,
    /// Whether a window that the file names is used only if the file asks for it (`use_sliding_window`).
    pub window_if_asked: bool,
    /// Whether layers of the kind that has a window see everything where the file names none.
    pub window_optional: bool,
    /// Whether layers that see everything have heads of their own (`global_head_dim`, `attention_k_eq_v`), and layers may
    /// share keys or have embeddings of their own, which no layer known here expresses.
    pub global_heads: bool,
    /// Key and value heads where the file is silent.
    pub kv_heads: Heads,
    /// Width of a head where the file is silent; `None` for hidden size ÷ heads.
    pub head: Option<u32>,
    /// Whether each head has a learnt sink.
    pub sinks: bool,
    /// Whether small heads choose the tokens that are attended to.
    pub indexed: bool,
    /// Whether a second input matrix gates the first.
    pub gated: bool,
    /// Whether norms have a bias, and matrices too unless the file says otherwise (`use_bias`).
    pub biased: bool,
    /// Whether the output matrix has a bias if the file asks for biases (`use_bias`).
    pub head_bias_asked: bool,
    /// Whether the expert that every token uses is gated.
    pub shared_gate: bool,
    /// Whether experts have biases.
    pub expert_bias: bool,
    /// Whether the scores of experts are corrected.
    pub score_correction: Correction,
    /// Whether a layer with experts has a network for every token beside them, with three more norms, a scale of the
    /// router's input and one of each expert.
    pub dense_beside_experts: bool,
    /// Learnt numbers of a layer that no tensor of the usual layers holds.
    pub layer_numbers: u32,
    /// What its configuration calls by other names.
    pub names: KeyNames,
    /// Numbers of the class.
    pub defaults: Option<Defaults>,
    /// Whether files leave heads, vocabulary and context to the class also where they are no part of a wrapper's.
    pub leaves_out: bool,
}

impl Class {
    /// What most have.
    pub const USUAL: Self = Self {
        model_type: "",
        publisher: "",
        shape: Shape::Dense,
        tied: false,
        qkv_bias: false,
        output_bias: true,
        qk_norm: QkNorm::None,
        global_every: None,
        window_if_asked: false,
        window_optional: false,
        global_heads: false,
        kv_heads: Heads::All,
        head: None,
        sinks: false,
        indexed: false,
        gated: true,
        biased: false,
        head_bias_asked: false,
        shared_gate: false,
        expert_bias: false,
        score_correction: Correction::Never,
        dense_beside_experts: false,
        layer_numbers: 0,
        names: KeyNames::Usual,
        defaults: None,
        leaves_out: false,
    };

    /// The numbers that its files leave to it.
    pub const fn left_out(&self) -> Option<Defaults> {
        if self.leaves_out { self.defaults } else { None }
    }
}
