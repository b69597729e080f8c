//! Every tensor of a model, as llama.cpp's GGUF files hold them.
//!
//! The shapes follow `load_arch_tensors` of llama.cpp 0.5.0; Hugging Face checkpoints hold the same
//! parameters, except that rotary frequencies are not stored there.

use crate::spec::architecture::LlamaCpp;
use crate::spec::{
    Architecture, Attention, Block, Experts, FeedForward, GatedDelta, Indexer, LayerEmbedding, Mamba2, Mixer,
    Mla, Model, NormStyle,
};
use crate::spec::{Role, Tensor};

/// Calls `visit` for each tensor outside the layers.
pub fn outer_tensors(model: &Model, visit: &mut impl FnMut(Tensor)) {
    let mut list = List { visit };
    list.matrix(Role::TokenEmbedding, model.hidden, model.vocabulary);
    if let Some(LayerEmbedding { rows, width }) = model.layer_embedding {
        list.matrix(Role::LayerEmbedding, width.saturating_mul(model.layer_count()), rows);
    }
    if !model.tied_embeddings {
        list.matrix(Role::Output, model.hidden, model.vocabulary);
    }
    list.optional(model.output_bias, Role::Bias, model.vocabulary);
    list.vector(Role::Norm, model.hidden);
    list.optional(model.norm_bias, Role::Bias, model.hidden);
    list.optional(model.rope_factors > 0, Role::RopeFactors, model.rope_factors);
}

/// Calls `visit` for each tensor of one layer.
pub fn layer_tensors(model: &Model, block: &Block, visit: &mut impl FnMut(Tensor)) {
    let mut list = List { visit };
    let layout = Layout::of(model);
    match &block.mixer {
        Mixer::Attention(attention) => list.attention(&layout, attention),
        Mixer::Mla(mla) => list.latent_attention(&layout, mla),
        Mixer::Mamba2(mamba) => list.mamba(&layout, mamba),
        Mixer::Parallel(attention, mamba) => {
            list.attention(&layout, attention);
            list.mamba(&layout, mamba);
        }
        Mixer::GatedDelta(delta) => list.gated_delta(&layout, delta),
        Mixer::Listed(listed) => {
            for (role, columns, rows) in &listed.matrices {
                list.matrix(*role, *columns, *rows);
            }
            list.optional(listed.vectors > 0, Role::Vector, listed.vectors);
        }
    }
    match &block.feed_forward {
        FeedForward::Dense { width, gated, bias } => {
            list.dense(&layout, Dense { width: *width, gated: *gated, bias: *bias });
        }
        FeedForward::Experts(experts) => list.experts(&layout, experts),
        FeedForward::None => {}
    }
    for _ in 0..norms(model.norms, &block.feed_forward) {
        list.vector(Role::Norm, model.hidden);
        list.optional(model.norm_bias, Role::Bias, model.hidden);
    }
}

/// Norms as wide as the residual stream in one layer.
const fn norms(style: NormStyle, feed_forward: &FeedForward) -> u32 {
    let each = match style {
        NormStyle::Shared => return 1,
        NormStyle::Pre | NormStyle::Post => 1,
        NormStyle::PreAndPost => 2,
    };
    if matches!(feed_forward, FeedForward::None) { each } else { 2 * each }
}

/// How an architecture's files lay out what several of them write differently.
struct Layout {
    hidden: u32,
    fused_qkv: bool,
    fused_gate_up: bool,
}

impl Layout {
    fn of(model: &Model) -> Self {
        let LlamaCpp { fused_qkv, fused_gate_up, .. } = Architecture::of(model).llama_cpp;
        Self { hidden: model.hidden, fused_qkv, fused_gate_up }
    }
}

/// A dense feed-forward network.
#[derive(Clone, Copy)]
struct Dense {
    width: u32,
    gated: bool,
    bias: bool,
}

/// Hands tensors on, one by one.
struct List<'a, F> {
    visit: &'a mut F,
}

impl<F: FnMut(Tensor)> List<'_, F> {
    fn stack(&mut self, role: Role, columns: u32, rows: u32, stack: u32) {
        (self.visit)(Tensor { role, columns, rows, stack });
    }

    fn matrix(&mut self, role: Role, columns: u32, rows: u32) {
        self.stack(role, columns, rows, 1);
    }

    fn vector(&mut self, role: Role, width: u32) {
        self.stack(role, width, 1, 1);
    }

    fn optional(&mut self, present: bool, role: Role, width: u32) {
        if present {
            self.vector(role, width);
        }
    }

    fn attention(&mut self, layout: &Layout, attention: &Attention) {
        let heads = attention.heads.saturating_mul(attention.head);
        let kv = attention.kv_heads.saturating_mul(attention.head);
        let query = if attention.output_gate { heads.saturating_mul(2) } else { heads };
        let hidden = layout.hidden;
        if layout.fused_qkv {
            let rows = query.saturating_add(kv.saturating_mul(2));
            self.matrix(Role::QueryKeyValue, hidden, rows);
            self.optional(attention.qkv_bias, Role::Bias, rows);
        } else {
            let values = (!attention.values_are_keys).then_some((Role::Value, kv));
            for (role, rows) in [(Role::Query, query), (Role::Key, kv)].into_iter().chain(values) {
                self.matrix(role, hidden, rows);
                self.optional(attention.qkv_bias, Role::Bias, rows);
            }
        }
        self.matrix(Role::AttentionOutput, heads, hidden);
        self.optional(attention.output_bias, Role::Bias, hidden);
        if attention.qk_norm_wide {
            self.vector(Role::Norm, heads);
            self.vector(Role::Norm, kv);
        } else if attention.qk_norm {
            self.vector(Role::Norm, attention.head);
            self.vector(Role::Norm, attention.head);
        }
        self.optional(attention.sinks, Role::Vector, attention.heads);
        if let Some(Indexer { heads, head }) = attention.indexer {
            self.matrix(Role::Other, hidden, heads.saturating_mul(head));
            self.matrix(Role::Other, hidden, head);
            self.vector(Role::Norm, head);
            self.vector(Role::Norm, head);
        }
    }

    fn latent_attention(&mut self, layout: &Layout, mla: &Mla) {
        let queries = mla.heads.saturating_mul(mla.nope.saturating_add(mla.rope));
        if let Some(rank) = mla.q_rank {
            self.matrix(Role::QueryDown, layout.hidden, rank);
            self.vector(Role::Norm, rank);
            self.matrix(Role::QueryUp, rank, queries);
        } else {
            self.matrix(Role::Query, layout.hidden, queries);
        }
        self.matrix(Role::LatentDown, layout.hidden, mla.kv_rank.saturating_add(mla.rope));
        self.vector(Role::Norm, mla.kv_rank);
        self.stack(Role::LatentKey, mla.nope, mla.kv_rank, mla.heads);
        self.stack(Role::LatentValue, mla.kv_rank, mla.value, mla.heads);
        self.matrix(Role::AttentionOutput, mla.heads.saturating_mul(mla.value), layout.hidden);
        if let Some(Indexer { heads, head }) = mla.indexer {
            let queries = mla.q_rank.unwrap_or(layout.hidden);
            self.matrix(Role::Other, queries, heads.saturating_mul(head));
            self.matrix(Role::Other, layout.hidden, head);
            self.vector(Role::Norm, head);
            self.vector(Role::Bias, head);
            self.matrix(Role::Vector, layout.hidden, heads);
        }
    }

    fn mamba(&mut self, layout: &Layout, mamba: &Mamba2) {
        let shared = mamba.groups.saturating_mul(mamba.state).saturating_mul(2);
        let channels = mamba.inner.saturating_add(shared);
        let inputs = mamba.inner.saturating_add(channels).saturating_add(mamba.heads);
        self.matrix(Role::RecurrentIn, layout.hidden, inputs);
        self.matrix(Role::Convolution, mamba.conv, channels);
        self.optional(mamba.conv_bias, Role::Bias, channels);
        for _ in ["time step", "decay", "skip"] {
            self.vector(Role::Vector, mamba.heads);
        }
        self.optional(mamba.norm, Role::Norm, mamba.inner);
        self.matrix(Role::RecurrentOut, mamba.inner, layout.hidden);
    }

    fn gated_delta(&mut self, layout: &Layout, delta: &GatedDelta) {
        let keys = delta.key_heads.saturating_mul(delta.key_head);
        let values = delta.value_heads.saturating_mul(delta.value_head);
        let channels = keys.saturating_mul(2).saturating_add(values);
        self.matrix(Role::QueryKeyValue, layout.hidden, channels);
        self.matrix(Role::AttentionGate, layout.hidden, values);
        self.matrix(Role::RecurrentRates, layout.hidden, delta.value_heads.saturating_mul(2));
        self.matrix(Role::Convolution, delta.conv, channels);
        for _ in ["time step", "decay"] {
            self.vector(Role::Vector, delta.value_heads);
        }
        self.vector(Role::Norm, delta.value_head);
        self.matrix(Role::RecurrentOut, values, layout.hidden);
    }

    fn dense(&mut self, layout: &Layout, network: Dense) {
        let Dense { width, gated, bias } = network;
        let hidden = layout.hidden;
        if gated && layout.fused_gate_up {
            self.matrix(Role::Up, hidden, width.saturating_mul(2));
            self.optional(bias, Role::Bias, width.saturating_mul(2));
        } else {
            if gated {
                self.matrix(Role::Gate, hidden, width);
                self.optional(bias, Role::Bias, width);
            }
            self.matrix(Role::Up, hidden, width);
            self.optional(bias, Role::Bias, width);
        }
        self.matrix(Role::Down, width, hidden);
        self.optional(bias, Role::Bias, hidden);
    }

    fn experts(&mut self, layout: &Layout, experts: &Experts) {
        let Experts { count, width, .. } = *experts;
        let hidden = layout.hidden;
        if experts.dense_width > 0 {
            self.dense(layout, Dense { width: experts.dense_width, gated: true, bias: false });
        }
        self.matrix(Role::Router, hidden, count);
        self.optional(experts.bias, Role::Bias, count);
        self.optional(experts.score_correction, Role::Vector, count);
        let inside = if experts.latent > 0 { experts.latent } else { hidden };
        if experts.latent > 0 {
            self.matrix(Role::Other, hidden, experts.latent);
            self.matrix(Role::Other, experts.latent, hidden);
        }
        if !experts.ungated {
            self.stack(Role::ExpertGate, inside, width, count);
        }
        self.stack(Role::ExpertUp, inside, width, count);
        self.stack(Role::ExpertDown, width, inside, count);
        if experts.bias {
            for rows in [width, width, hidden] {
                self.matrix(Role::Bias, rows, count);
            }
        }
        if experts.shared_width > 0 {
            if !experts.ungated {
                self.matrix(Role::SharedGate, hidden, experts.shared_width);
            }
            self.matrix(Role::SharedUp, hidden, experts.shared_width);
            self.matrix(Role::SharedDown, experts.shared_width, hidden);
        }
        self.optional(experts.shared_gate, Role::SharedRouter, hidden);
    }
}
