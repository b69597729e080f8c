//! The seconds of a prompt.

use super::chip::SpeedEngine;
use super::decode::{DecodeModel, measured};
use super::devices::End;
use super::terms::{
    ATTENTION_ROWS, Prompt, attends_on_shaders, attention_peak, prefill_terms, prompt_peak, wider_tiles,
};
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{Inference, PrefillTerms};

/// What products rest on.
const PRODUCTS: &str = "two operations a parameter at the peak of the units that multiply prompts";

/// Seconds of one token of a prompt.
pub(super) struct PromptToken {
    /// All of them.
    pub(super) whole: Figure,
    /// Those of attention.
    pub(super) attention: Figure,
}

impl PromptToken {
    /// Its attention, with what else a token takes where others fill the pass with it.
    pub(super) fn among(&self, others: &Self, detail: Detail) -> Self {
        let whole = formula!(detail, "a token of a full pass, which attends to its own text alone";
            full_s = others.whole.clone(), full_attention_s = others.attention.clone(),
            attention_s = self.attention.clone()
            => full_s - full_attention_s + attention_s);
        Self { whole, attention: self.attention.clone() }
    }

    /// What attention takes of the time.
    pub(super) fn attention_share(&self, detail: Detail) -> Figure {
        formula!(detail, "what attention takes of the time";
            attention_s = self.attention.clone(), token_s = self.whole.clone() => attention_s / token_s)
    }
}

impl DecodeModel<'_> {
    /// Tokens of a prompt computed at once.
    pub(super) fn chunk(&self, inference: &Inference) -> u64 {
        match self.engine {
            SpeedEngine::LlamaCpp => inference.ubatch,
            _ => inference.batched_tokens(),
        }
    }

    /// A coefficient of prefill with the measurements behind it.
    fn fitted_prefill(&self, name: &'static str, value: f64) -> Figure {
        let of = || format!("calibration.ron, prefill, {}", measured(self.prefill));
        if self.detail.wanted() { Figure::found(self.detail, of(), name, value) } else { value.into() }
    }

    /// Seconds of multiplying one token by all weights.
    pub(super) fn products(&self, terms: PrefillTerms) -> Figure {
        let fitted = self.prefill.terms;
        // One of the three is not 0: plain, quantized, or a mixture of experts.
        let factor = if terms.experts_plain_apart > 0.0 {
            fitted.experts + fitted.experts_plain_apart
        } else if terms.experts > 0.0 {
            fitted.experts
        } else if terms.plain > 0.0 {
            fitted.plain
        } else {
            fitted.quantized
        };
        formula!(self.detail, PRODUCTS;
            products = self.fitted_prefill("products", factor), active_parameters = self.reads.active,
            peak = prompt_peak(&self.chip, self.reads.packing, false)
            => 2.0 * active_parameters / peak * products)
    }

    /// Seconds of a token of a prompt with so many tokens before it.
    pub(super) fn prompt_token(&self, (tokens, depth): (f64, f64), chunk: f64, end: End) -> Figure {
        self.shared_prompt(self.token_alone((tokens, depth), chunk).whole, (tokens, chunk), end)
    }

    /// Seconds of a token on one device that holds all weights, and what of them attention takes.
    pub(super) fn token_alone(&self, (tokens, depth): (f64, f64), chunk: f64) -> PromptToken {
        let folded = self.engine == SpeedEngine::LlamaCpp;
        let prompt = Prompt { tokens, depth, chunk, older: false, one_model: false, folded };
        let terms = prefill_terms(&self.reads, &self.chip, &prompt);
        let fitted = self.prefill.terms;
        let each = tokens.min(chunk).max(1.0);
        let attention_peak = attention_peak(&self.chip, self.reads.packing, false);
        let fitted_attention = if attends_on_shaders(&self.chip) {
            self.fitted_prefill("attention_shaders", fitted.attention_shaders)
        } else {
            self.fitted_prefill("attention", fitted.attention)
        };
        let attention = formula!(self.detail,
            "four operations a value of the query and token that it sees, half the prompt; tiles that narrow heads fill in part read keys and values";
            attention = fitted_attention,
            query_values = self.reads.query_of_all(folded),
            window_query_values = self.reads.query_in_window, window = self.reads.window,
            depth = depth, tokens = tokens, peak = attention_peak,
            tiles_wider = wider_tiles(&self.reads, &self.chip),
            attention_reads = self.fitted_prefill("attention_reads", fitted.attention_reads),
            bytes_per_value = 2.0 * self.cache_width, cached_values = self.reads.kept,
            window_cached_values = self.reads.kept_in_window, rows_at_once = ATTENTION_ROWS,
            bandwidth = self.bandwidth.clone()
            => 4.0 * (query_values * (depth + tokens / 2.0)
                    + window_query_values * min(depth + tokens / 2.0, window)) / peak * attention * tiles_wider
                + bytes_per_value * (cached_values * (depth + tokens / 2.0)
                    + window_cached_values * min(depth + tokens / 2.0, window))
                    / rows_at_once / bandwidth * attention_reads);
        let per_chunk = if self.reads.has_experts() {
            formula!(self.detail, "all experts read once a chunk, and launch overhead of each layer";
                expert_weights = self.fitted_prefill("expert_weights", fitted.expert_weights),
                file_bytes = self.reads.file, bandwidth = self.bandwidth.clone(), layers = self.reads.layers,
                layer = self.fitted_prefill("layer", fitted.expert_layer)
                => file_bytes / bandwidth * expert_weights + layers * layer / 10000.0)
        } else {
            formula!(self.detail, "launch overhead of each layer";
                layers = self.reads.layers, layer = self.fitted_prefill("layer", fitted.layer)
                => layers * layer / 10000.0)
        };
        // Experts whose tiles few tokens fill.
        let tiles = if terms.expert_tiles > 0.0 {
            formula!(self.detail, "tiles of 64 rows that few tokens of an expert fill only in part";
                expert_tiles = self.fitted_prefill("expert_tiles", fitted.expert_tiles),
                active_parameters = self.reads.active, peak = prompt_peak(&self.chip, self.reads.packing, false),
                chunk_tokens = each, used = self.reads.used, experts = self.reads.experts
                => 2.0 * active_parameters / peak
                    * min(64.0 / max(chunk_tokens * used / experts, 1.0), 32.0) * expert_tiles)
        } else {
            Figure::default()
        };
        let whole = formula!(self.detail, "products, attention, and what each chunk takes whatever its tokens";
            products_s = self.products(terms), attention_s = attention.clone(), tiles_s = tiles, chunk_s = per_chunk,
            chunk_tokens = each
            => products_s + attention_s + tiles_s + chunk_s / chunk_tokens);
        PromptToken { whole, attention }
    }

    /// Seconds of a token with what several devices and offloaded weights make of it.
    pub(super) fn shared_prompt(&self, token: Figure, (tokens, chunk): (f64, f64), end: End) -> Figure {
        let each = tokens.min(chunk).max(1.0);
        let whole = formula!(self.detail, "all tokens of the prompt on one device";
            token_s = token, tokens = tokens => token_s * tokens);
        let whole = self.sharing.prompt(whole, (tokens, chunk), self.shape, end, self.detail);
        formula!(self.detail, "the prompt, and offloaded weights once a chunk";
            prompt_s = whole, tokens = tokens, chunk_tokens = each,
            copy_s = self.offload.copy_seconds(&self.reads, end, self.detail)
            => prompt_s / tokens + copy_s / chunk_tokens)
    }

    /// Tokens a second of a prompt that no engine can exceed: the operations at the peak, or the weights of one token
    /// read once a chunk.
    pub(super) fn prefill_roofline(&self, chunk: f64) -> Figure {
        formula!(self.detail, "operations at the peak, or weights read once a chunk at the datasheet's bandwidth";
            devices = self.devices_at_work(), peak = self.chip.peak(), active_parameters = self.reads.active,
            chunk_tokens = chunk, bandwidth = self.bandwidth.clone(), bytes_per_token = self.reads.bytes
            => devices * min(peak / (2.0 * active_parameters), chunk_tokens * bandwidth / bytes_per_token))
    }

    /// Devices that work on one request at once, at best.
    pub(super) fn devices_at_work(&self) -> f64 {
        if self.sharing.copy_count() > 1 { 1.0 } else { f64::from(self.sharing.devices) }
    }
}
