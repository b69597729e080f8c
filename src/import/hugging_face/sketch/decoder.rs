//! Decoders whose layers mix windows, sinks, gates, norms of queries and keys, and experts.

use super::draft::Draft;
use super::given::Given;
use crate::spec::{Role, Span};
use crate::units::{count, whole};

/// What gates the values of attention.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gate {
    None,
    /// One number a head.
    Head,
    /// One number a channel.
    Channel,
}

/// What sets a family apart.
#[derive(Clone, Copy)]
struct Parts {
    /// Norms of a layer, in widths of the residual stream.
    norms: u64,
    /// Whether queries and keys are normed, head by head.
    normed: bool,
    /// What gates attention.
    gate: Gate,
    /// Whether each head has a sink.
    sinks: bool,
    /// Whether a correction of each expert's score is a parameter.
    corrected: bool,
    /// Whether the output matrix is the embedding where the file is silent.
    tied: bool,
}

const PLAIN: Parts =
    Parts { norms: 2, normed: false, gate: Gate::None, sinks: false, corrected: false, tied: false };

/// `AfmoeForCausalLM`: Trinity.
pub(super) fn afmoe(draft: &mut Draft<'_>) -> Option<()> {
    layers(draft, Parts { norms: 4, normed: true, gate: Gate::Channel, corrected: true, ..PLAIN })
}

/// `AriaTextForCausalLM`, `DeepseekOcr2ForConditionalGeneration` and others without parts of their own.
pub(super) fn plain(draft: &mut Draft<'_>) -> Option<()> {
    layers(draft, PLAIN)
}

/// `Cohere2MoeForCausalLM`: attention and network side by side behind one norm.
pub(super) fn cohere2_moe(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    // Its first layers may be dense and wider, which is another layout.
    if given.n("first_k_dense_replace").is_some_and(|dense| dense > 0)
        || given.or("num_shared_experts", 0) > 0
    {
        return None;
    }
    layers(draft, Parts { norms: 1, tied: true, ..PLAIN })
}

/// `DeepseekV2ForCausalLM` with plain attention, as DeepSeek-OCR and the smallest DeepSeek-VL2 have it.
pub(super) fn deepseek_v2(draft: &mut Draft<'_>) -> Option<()> {
    if draft.given.n("kv_lora_rank").is_some() {
        return None;
    }
    layers(draft, PLAIN)
}

/// `GraniteSWAForCausalLM` and `GraniteMoeSWAForCausalLM`.
pub(super) fn granite_windows(draft: &mut Draft<'_>) -> Option<()> {
    layers(draft, Parts { sinks: true, ..PLAIN })
}

/// `LagunaForCausalLM`.
pub(super) fn laguna(draft: &mut Draft<'_>) -> Option<()> {
    let gate = if draft.given.flag("gating", true) { Gate::Head } else { Gate::None };
    layers(draft, Parts { normed: true, gate, corrected: true, ..PLAIN })
}

/// `MellumForCausalLM`.
pub(super) fn normed(draft: &mut Draft<'_>) -> Option<()> {
    layers(draft, Parts { normed: true, ..PLAIN })
}

/// `Molmo2ForConditionalGeneration`: rows of the embedding for what is seen, which no output matrix has.
pub(super) fn molmo2(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let norm = given.0.get("qk_norm_type").and_then(serde_json::Value::as_str);
    if norm.is_some_and(|norm| norm != "qwen3") || !given.flag("use_qk_norm", true) {
        return None;
    }
    layers(draft, Parts { normed: true, ..PLAIN })?;
    draft.outside();
    draft.matrix(Role::TokenEmbedding, draft.hidden, given.or("additional_vocab_size", 128));
    Some(())
}

/// `DeciLMForCausalLM`: Llama of which a search left out heads, networks and whole parts, layer by layer.
pub(super) fn deci(draft: &mut Draft<'_>) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let heads = given.n("num_attention_heads")?.max(1);
    let head = given.n("head_dim").unwrap_or(hidden / heads);
    let blocks = given.0.get("block_configs")?.as_array()?;
    draft.outer(false)?;
    for (layer, block) in (0..draft.layers).zip(blocks) {
        draft.at(layer);
        let (attention, network) = (Given(block.get("attention")?), Given(block.get("ffn")?));
        if attention.flag("replace_with_linear", false) || network.flag("replace_with_linear", false) {
            return None;
        }
        if !attention.flag("no_op", false) {
            let kv_heads = heads / attention.n("n_heads_in_group")?.max(1);
            draft.vector(hidden);
            draft.attention(heads, kv_heads, (head, head), Span::Context);
        }
        if !network.flag("no_op", false) {
            // Two thirds of the multiple, in whole steps of 256.
            let width = 2.0 * network.real("ffn_mult")? * count(hidden) / 3.0;
            draft.vector(hidden);
            draft.gated(whole(width.floor()).next_multiple_of(256));
        }
    }
    Some(())
}

/// The first of some numbers that is there.
fn first(given: Given<'_>, keys: &[&str]) -> Option<u64> {
    keys.iter().find_map(|key| given.n(key))
}

/// Experts of a layer: how many, how many of them a token uses, the width of one, and of what every token uses.
struct Mixture {
    experts: (u64, u64),
    width: u64,
    shared: u64,
}

impl Mixture {
    /// As a configuration gives it, by the names that families have for it.
    fn of(given: Given<'_>) -> Option<Self> {
        let routed =
            first(given, &["n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts"])?;
        let used = first(given, &["num_experts_per_tok", "moe_topk"])?;
        let width = first(given, &["moe_intermediate_size", "intermediate_size"])?;
        let counted = first(given, &["n_shared_experts", "num_shared_experts", "moe_num_shared_experts"]);
        let shared = first(given, &["shared_expert_intermediate_size", "shared_intermediate_size"]);
        let shared = shared.unwrap_or_else(|| counted.unwrap_or(0).saturating_mul(width));
        Some(Self { experts: (routed, used), width, shared })
    }
}

/// Every layer.
fn layers(draft: &mut Draft<'_>, parts: Parts) -> Option<()> {
    let given = draft.given;
    let hidden = draft.hidden;
    let heads = given.n("num_attention_heads")?.max(1);
    let kv_heads = given.or("num_key_value_heads", heads);
    let head = given.n("head_dim").unwrap_or(hidden / heads);
    let each = given.numbers("num_attention_heads_per_layer");
    let kinds = given.names("layer_types");
    let networks = given.names("mlp_layer_types");
    let dense = first(given, &["num_dense_layers", "first_k_dense_replace"]).unwrap_or(0);
    let mixture = Mixture::of(given);
    let bias = u64::from(given.flag("attention_bias", false));
    draft.outer(parts.tied)?;
    for layer in 0..draft.layers {
        let at = usize::try_from(layer).ok()?;
        draft.at(layer);
        draft.vector(parts.norms * hidden);
        let heads = each.as_ref().and_then(|each| each.get(at)).copied().unwrap_or(heads);
        let kind = kinds.as_ref().and_then(|kinds| kinds.get(at)).copied();
        let span = match kind {
            None | Some("full_attention") => Span::Context,
            Some("sliding_attention") => Span::Window(given.n("sliding_window")?),
            Some(_) => return None,
        };
        draft.attention(heads, kv_heads, (head, head), span);
        draft.vector(bias * ((heads + 2 * kv_heads) * head + hidden));
        draft.vector(if parts.normed { 2 * head } else { 0 });
        draft.vector(if parts.sinks { heads } else { 0 });
        let gates = match parts.gate {
            Gate::None => 0,
            Gate::Head => heads,
            Gate::Channel => heads * head,
        };
        draft.matrix(Role::AttentionGate, hidden, gates);
        let named =
            networks.as_ref().and_then(|networks| networks.get(at)).map(|network| *network == "dense");
        match mixture.as_ref().filter(|_| !named.unwrap_or(layer < dense)) {
            Some(Mixture { experts, width, shared }) => {
                draft.experts(*experts, *width, *shared);
                draft.vector(if parts.corrected { experts.0 } else { 0 });
            }
            None => draft.gated(given.n("intermediate_size")?),
        }
    }
    Some(())
}
