//! Decoders of the usual kind: attention and a network in each layer, which differ in norms, biases and learnt positions.

use super::draft::Draft;
use crate::spec::{Role, Span};

/// Numbers that a configuration may call one or another way.
fn first(draft: &Draft<'_>, keys: &[&str]) -> Option<u64> {
    keys.iter().find_map(|key| draft.given.n(key))
}

/// Heads, key and value heads, and the width of one.
fn heads(draft: &Draft<'_>) -> Option<(u64, u64, u64)> {
    let heads = first(draft, &["num_attention_heads", "n_head", "n_heads", "num_heads"])?.max(1);
    let kv_heads = draft.given.n("num_key_value_heads").unwrap_or(heads);
    let head = draft.given.n("head_dim").unwrap_or(draft.hidden / heads);
    Some((heads, kv_heads, head))
}

/// The inner width of the network.
fn width(draft: &Draft<'_>) -> u64 {
    let keys = ["intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim"];
    first(draft, &keys).filter(|width| *width > 0).unwrap_or(4 * draft.hidden)
}

/// What sets one of them apart; the rest is Llama's.
#[derive(Clone, Copy)]
struct Usual {
    /// Numbers of a layer's norms, in widths of the residual stream.
    norms: u64,
    /// Numbers of the last norm, in the same.
    last: u64,
    /// Biases of queries, keys and values.
    projected: bool,
    /// Of what projects back from the heads.
    output: bool,
    /// Of the network.
    network: bool,
    /// Whether a second input matrix gates the first.
    gated: bool,
    /// Whether the output matrix is the embedding where the file is silent.
    tied: bool,
}

const LLAMA: Usual =
    Usual { norms: 2, last: 1, projected: false, output: false, network: false, gated: true, tied: false };

/// Norms with biases, biases everywhere, no gate: GPT-2 and those after it.
const GPT: Usual =
    Usual { norms: 4, last: 2, projected: true, output: true, network: true, gated: false, tied: true };

impl Usual {
    /// The embedding, learnt positions, and the last norm.
    fn outer(self, draft: &mut Draft<'_>, positions: u64) -> Option<()> {
        draft.outer(self.tied)?;
        draft.vector((self.last - 1) * draft.hidden);
        draft.vector(positions * draft.hidden);
        Some(())
    }

    /// Attention of one layer, with its norms.
    fn attention(self, draft: &mut Draft<'_>, (heads, kv_heads, head): (u64, u64, u64), span: Span) {
        draft.vector(self.norms * draft.hidden);
        draft.attention(heads, kv_heads, (head, head), span);
        draft.vector(if self.projected { (heads + 2 * kv_heads) * head } else { 0 });
        draft.vector(if self.output { draft.hidden } else { 0 });
    }

    /// The network of one layer.
    fn network(self, draft: &mut Draft<'_>, width: u64) {
        if self.gated {
            draft.gated(width);
        } else {
            draft.matrix(Role::Up, draft.hidden, width);
            draft.matrix(Role::Down, width, draft.hidden);
        }
        let inner = if self.gated { 2 * width } else { width };
        draft.vector(if self.network { inner + draft.hidden } else { 0 });
    }

    /// All layers alike; `beside` adds what a family has besides.
    fn layers(self, draft: &mut Draft<'_>, beside: impl Fn(&mut Draft<'_>, (u64, u64, u64))) -> Option<()> {
        let (shape, width) = (heads(draft)?, width(draft));
        for layer in 0..draft.layers {
            draft.at(layer);
            self.attention(draft, shape, Span::Context);
            self.network(draft, width);
            beside(draft, shape);
        }
        Some(())
    }
}

/// A bias of the output matrix.
fn output_bias(draft: &mut Draft<'_>) -> Option<()> {
    draft.outside();
    draft.vector(draft.given.rows("vocab_size")?);
    Some(())
}

/// `GPT2LMHeadModel`.
pub(super) fn gpt2(draft: &mut Draft<'_>) -> Option<()> {
    let positions = first(draft, &["n_positions", "max_position_embeddings", "n_ctx"])?;
    GPT.outer(draft, positions)?;
    GPT.layers(draft, |_, _| {})
}

/// `GPTBigCodeForCausalLM`: one head of keys and values.
pub(super) fn gpt_bigcode(draft: &mut Draft<'_>) -> Option<()> {
    let (heads, _, head) = heads(draft)?;
    let kv_heads = if draft.given.flag("multi_query", true) { 1 } else { heads };
    let (positions, width) = (first(draft, &["n_positions", "max_position_embeddings"])?, width(draft));
    GPT.outer(draft, positions)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        GPT.attention(draft, (heads, kv_heads, head), Span::Context);
        GPT.network(draft, width);
    }
    Some(())
}

/// `GPTNeoForCausalLM`.
pub(super) fn gpt_neo(draft: &mut Draft<'_>) -> Option<()> {
    let usual = Usual { projected: false, ..GPT };
    let positions = first(draft, &["max_position_embeddings"])?;
    usual.outer(draft, positions)?;
    usual.layers(draft, |_, _| {})
}

/// `GPTJForCausalLM` and `CodeGenForCausalLM`: one norm, no biases of attention, one of the output.
pub(super) fn gptj(draft: &mut Draft<'_>) -> Option<()> {
    let usual = Usual { norms: 2, projected: false, output: false, tied: false, ..GPT };
    usual.outer(draft, 0)?;
    usual.layers(draft, |_, _| {})?;
    output_bias(draft)
}

/// `GPTNeoXForCausalLM`.
pub(super) fn gpt_neox(draft: &mut Draft<'_>) -> Option<()> {
    let bias = draft.given.flag("attention_bias", true);
    let usual = Usual { tied: false, projected: bias, output: bias, ..GPT };
    usual.outer(draft, 0)?;
    usual.layers(draft, |_, _| {})
}

/// `OPTForCausalLM`: two more rows of positions; the embedding may be narrower.
pub(super) fn opt(draft: &mut Draft<'_>) -> Option<()> {
    let hidden = draft.hidden;
    if draft.given.or("word_embed_proj_dim", hidden) != hidden
        || !draft.given.flag("do_layer_norm_before", true)
    {
        return None;
    }
    let positions = draft.given.n("max_position_embeddings")? + 2;
    GPT.outer(draft, positions)?;
    GPT.layers(draft, |_, _| {})
}

/// `BloomForCausalLM`: a norm behind the embedding.
pub(super) fn bloom(draft: &mut Draft<'_>) -> Option<()> {
    GPT.outer(draft, 0)?;
    draft.vector(2 * draft.hidden);
    GPT.layers(draft, |_, _| {})
}

/// `MptForCausalLM`: norms without biases, none anywhere.
pub(super) fn mpt(draft: &mut Draft<'_>) -> Option<()> {
    let usual = Usual { gated: false, tied: true, ..LLAMA };
    usual.outer(draft, 0)?;
    usual.layers(draft, |_, _| {})
}

/// `FalconForCausalLM`: of the first models one head of keys, of the later ones a few; one norm or two beside another.
pub(super) fn falcon(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let (heads, _, head) = heads(draft)?;
    let new = given.flag("new_decoder_architecture", false);
    let kv_heads = if new {
        given.n("num_kv_heads").unwrap_or(heads)
    } else if given.flag("multi_query", true) {
        1
    } else {
        heads
    };
    let norms = match given.n("num_ln_in_parallel_attn") {
        Some(norms) if new => norms,
        None if new => 2,
        _ if given.flag("parallel_attn", true) => 1,
        _ => 2,
    };
    let bias = given.flag("bias", false);
    let usual = Usual {
        norms: 2 * norms,
        last: 2,
        projected: bias,
        output: bias,
        network: bias,
        gated: false,
        tied: true,
    };
    let width = width(draft);
    usual.outer(draft, 0)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        usual.attention(draft, (heads, kv_heads, head), Span::Context);
        usual.network(draft, width);
    }
    Some(())
}

/// `PhiForCausalLM`: one norm, a bias of the output.
pub(super) fn phi(draft: &mut Draft<'_>) -> Option<()> {
    let usual = Usual { norms: 2, tied: false, ..GPT };
    let normed = draft.given.flag("qk_layernorm", false);
    usual.outer(draft, 0)?;
    usual.layers(draft, |draft, (_, _, head)| draft.vector(if normed { 4 * head } else { 0 }))?;
    output_bias(draft)
}

/// `PhimoeForCausalLM`.
pub(super) fn phimoe(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let bias = given.flag("attention_bias", false);
    let usual = Usual { norms: 4, last: 2, projected: bias, output: bias, ..LLAMA };
    let (shape, width) = (heads(draft)?, width(draft));
    let experts = (given.n("num_local_experts")?, given.n("num_experts_per_tok")?);
    usual.outer(draft, 0)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        usual.attention(draft, shape, Span::Context);
        draft.experts(experts, width, 0);
    }
    if given.flag("lm_head_bias", false) { output_bias(draft) } else { Some(()) }
}

/// `StableLmForCausalLM`: norms with biases; one where attention and network are side by side.
pub(super) fn stablelm(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    if given.flag("qk_layernorm", false) {
        return None;
    }
    let norms = if given.flag("use_parallel_residual", false) { 2 } else { 4 };
    let usual = Usual { norms, last: 2, projected: given.flag("use_qkv_bias", false), ..LLAMA };
    usual.outer(draft, 0)?;
    usual.layers(draft, |_, _| {})
}

/// `OlmoForCausalLM`: norms without learnt numbers.
pub(super) fn olmo(draft: &mut Draft<'_>) -> Option<()> {
    let bias = draft.given.flag("attention_bias", false);
    let usual = Usual { norms: 0, projected: bias, output: bias, ..LLAMA };
    draft.outer(usual.tied)?;
    draft.without_last_norm();
    usual.layers(draft, |_, _| {})
}

/// `OlmoeForCausalLM`: norms over all queries and all keys, and experts.
pub(super) fn olmoe(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let (shape, width) = (heads(draft)?, width(draft));
    let experts = (given.n("num_experts")?, given.n("num_experts_per_tok")?);
    let bias = given.flag("attention_bias", false);
    let usual = Usual { projected: bias, output: bias, ..LLAMA };
    usual.outer(draft, 0)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        usual.attention(draft, shape, Span::Context);
        draft.vector((shape.0 + shape.1) * shape.2);
        draft.experts(experts, width, 0);
    }
    Some(())
}

/// `NemotronForCausalLM`: norms with biases, no gate.
pub(super) fn nemotron(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let bias = given.flag("attention_bias", false);
    let network = given.flag("mlp_bias", false);
    let usual =
        Usual { norms: 4, last: 2, projected: bias, output: bias, network, gated: false, tied: false };
    usual.outer(draft, 0)?;
    usual.layers(draft, |_, _| {})
}

/// `BitNetForCausalLM`: a norm behind attention and one inside the network.
pub(super) fn bitnet(draft: &mut Draft<'_>) -> Option<()> {
    let width = width(draft);
    let usual = Usual { norms: 3, ..LLAMA };
    usual.outer(draft, 0)?;
    usual.layers(draft, |draft, _| draft.vector(width))
}

/// `GlmForCausalLM`, `HeliumForCausalLM`, `HyperCLOVAXForCausalLM` and Llama by other names.
pub(super) fn llama(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let bias = given.flag("attention_bias", false);
    let kind = given.0.get("model_type").and_then(serde_json::Value::as_str);
    // GLM has none behind the heads, and HyperCLOVA X norms there too.
    let output = bias && kind != Some("glm");
    let norms = if kind == Some("hyperclovax") && given.flag("use_post_norm", true) { 4 } else { 2 };
    let usual = Usual { norms, projected: bias, output, network: given.flag("mlp_bias", false), ..LLAMA };
    usual.outer(draft, 0)?;
    usual.layers(draft, |_, _| {})
}

/// `GraniteMoeSharedForCausalLM`: experts, and a network that every token uses.
pub(super) fn granite_shared(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let (shape, width) = (heads(draft)?, width(draft));
    let experts = (given.n("num_local_experts")?, given.n("num_experts_per_tok")?);
    let shared = given.or("shared_intermediate_size", 0);
    let bias = given.flag("attention_bias", false);
    let usual = Usual { projected: bias, output: bias, ..LLAMA };
    usual.outer(draft, 0)?;
    for layer in 0..draft.layers {
        draft.at(layer);
        usual.attention(draft, shape, Span::Context);
        draft.experts(experts, width, shared);
    }
    Some(())
}

/// `PersimmonForCausalLM`: norms on queries and keys with biases.
pub(super) fn persimmon(draft: &mut Draft<'_>) -> Option<()> {
    let usual = Usual { tied: false, ..GPT };
    let normed = draft.given.flag("qk_layernorm", true);
    usual.outer(draft, 0)?;
    usual.layers(draft, |draft, (_, _, head)| draft.vector(if normed { 4 * head } else { 0 }))
}

/// `MinistralForCausalLM`, `CwmForCausalLM` and others whose layers take turns with a window.
pub(super) fn windowed(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let (shape, width) = (heads(draft)?, width(draft));
    let kinds = given.names("layer_types")?;
    let window = given.n("sliding_window");
    LLAMA.outer(draft, 0)?;
    for (layer, kind) in (0..draft.layers).zip(kinds) {
        draft.at(layer);
        let slides = window.filter(|_| kind == "sliding_attention");
        LLAMA.attention(draft, shape, slides.map_or(Span::Context, Span::Window));
        LLAMA.network(draft, width);
    }
    Some(())
}
