//! What of a model decides its speed: what is read and computed for one token.

use crate::engine::memory::{Placement, active_parameter_count, parameter_count, weights};
use crate::spec::{
    Block, FeedForward, FileType, GpuLayers, KeptKind, Listed, Makes, Mixer, Model, Quantization,
};
use crate::units::{Bytes, count};

/// What one token reads and computes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reads {
    /// Weights that one token reads.
    pub bytes: Bytes,
    /// All weights.
    pub file: Bytes,
    /// Parameters.
    pub parameters: f64,
    /// Parameters that one token uses.
    pub active: f64,
    /// Layers.
    pub layers: f64,
    /// Layers with experts.
    pub expert_layers: f64,
    /// Layers with a recurrent state.
    pub recurrent_layers: f64,
    /// Values of keys and values that a token keeps in layers without a window.
    pub kept: f64,
    /// The same in layers with a window.
    pub kept_in_window: f64,
    /// Tokens of that window.
    pub window: f64,
    /// Widths of all query heads of all layers together.
    pub query: f64,
    /// The same of layers with a window alone.
    pub query_in_window: f64,
    /// What these widths are more where latent attention multiplies by what it keeps instead of unfolding it: all heads
    /// by one key and one value of the latent's width.
    pub latent: f64,
    /// Query heads of all layers together.
    pub heads: f64,
    /// Those that look at tokens before; of tokens that are kept one in so many, that share of them.
    pub looking: f64,
    /// Experts of a layer.
    pub experts: f64,
    /// Experts that a token uses.
    pub used: f64,
    /// How weights are stored.
    pub packing: Packing,
    /// Whether they are stored in bf16.
    pub bf16: bool,
}

/// How weights are stored, as far as unpacking them goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packing {
    /// 16 bit: nothing is unpacked.
    #[default]
    Plain,
    /// In plain blocks.
    Simple,
    /// In blocks of blocks (K-quants, `IQ4_XS`).
    Nested,
    /// Scattered: in planes of bits (`Q2_K`, `Q3_K`), or as numbers of a codebook (IQ1 to IQ3).
    Scattered,
}

impl Packing {
    /// How a format is unpacked, by its name; with more than 12 bits a weight there is nothing to unpack.
    ///
    /// Formats of a name differ by tensor; most of a file's tensors are as it is named.
    pub fn named(format: &str, bits: f64) -> Self {
        let named = |parts: &[&str]| parts.iter().any(|part| format.contains(part));
        if bits > 12.0 {
            Self::Plain
        } else if named(&["Q2_K", "Q3_K", "IQ1_", "IQ2_", "IQ3_"]) {
            Self::Scattered
        } else if named(&["_K", "IQ4_XS"]) {
            Self::Nested
        } else {
            Self::Simple
        }
    }
}

impl Reads {
    /// Of a model whose weights are stored so.
    pub fn of(model: &Model, quantization: Quantization) -> Self {
        let stored = weights(model, quantization, Placement::Metal, GpuLayers::Auto);
        let mut reads = Self {
            bytes: stored.per_token,
            file: stored.file,
            parameters: count(parameter_count(model)),
            active: count(active_parameter_count(model)),
            bf16: matches!(quantization, Quantization::Bf16 | Quantization::Gguf(FileType::BF16)),
            packing: Packing::named(
                quantization.key(),
                stored.file.get() * 8.0 / count(parameter_count(model).max(1)),
            ),
            ..Self::default()
        };
        // Rows of these are looked up, and nothing is multiplied with them.
        if model.makes != Makes::Text {
            reads.active -= f64::from(model.vocabulary) * f64::from(model.hidden);
        }
        reads.active -= of_layer_embeddings(model);
        for run in &model.stack {
            for block in &run.blocks {
                reads.add(block, f64::from(run.repeat) * f64::from(block.times));
            }
        }
        reads
    }

    fn add(&mut self, block: &Block, layers: f64) {
        self.layers += layers;
        if let FeedForward::Experts(experts) = &block.feed_forward {
            self.expert_layers += layers;
            self.experts = self.experts.max(f64::from(experts.count));
            self.used = self.used.max(f64::from(experts.used));
        }
        match &block.mixer {
            Mixer::Attention(shape) | Mixer::Parallel(shape, _) => {
                let head = f64::from(shape.head);
                let kept = 2.0 * f64::from(shape.kv_heads) * head * layers;
                match shape.window {
                    Some(window) => {
                        self.query_in_window += f64::from(shape.heads) * head * layers;
                        self.kept_in_window += kept;
                        self.window = self.window.max(f64::from(window));
                    }
                    None => self.kept += kept,
                }
                self.query += f64::from(shape.heads) * head * layers;
                self.heads += f64::from(shape.heads) * layers;
                self.looking += f64::from(shape.heads) * layers;
            }
            Mixer::Mla(mla) => {
                self.kept += (f64::from(mla.kv_rank) + f64::from(mla.rope)) * layers;
                self.heads += f64::from(mla.heads) * layers;
                self.looking += f64::from(mla.heads) * layers;
                let (heads, unfolded) = (f64::from(mla.heads), f64::from(mla.nope) + f64::from(mla.rope));
                self.query += heads * unfolded * layers;
                // Scores by the latent with its rotated part, values by the latent alone.
                let folded = f64::from(mla.kv_rank) + f64::from(mla.rope) / 2.0;
                self.latent += heads * (folded - unfolded).max(0.0) * layers;
            }
            Mixer::Listed(listed) => self.add_listed(listed, layers),
            Mixer::Mamba2(_) | Mixer::GatedDelta(_) => {}
        }
        let recurrent = match &block.mixer {
            Mixer::Mamba2(_) | Mixer::GatedDelta(_) | Mixer::Parallel(..) => true,
            Mixer::Listed(listed) => listed.is_recurrent(),
            Mixer::Attention(_) | Mixer::Mla(_) => false,
        };
        if recurrent {
            self.recurrent_layers += layers;
        }
    }

    /// A layer by what it lists; of tokens that are kept one in so many, its heads see that share.
    fn add_listed(&mut self, listed: &Listed, layers: f64) {
        let query = f64::from(listed.heads) * f64::from(listed.head) * layers;
        self.heads += f64::from(listed.heads) * layers;
        for keep in listed.kept(KeptKind::Tokens).chain(&listed.reads) {
            let kept = keep.of_a_token() * layers;
            if let Some(window) = keep.window() {
                self.kept_in_window += kept;
                self.window = self.window.max(f64::from(window));
            } else {
                self.kept += kept;
            }
        }
        let Some(main) = listed.looks_at() else {
            // Tokens of an encoder look at one another.
            if !listed.is_recurrent() {
                self.query += query;
                self.looking += f64::from(listed.heads) * layers;
            }
            return;
        };
        let share = main.of_a_token() / main.numbers().max(1.0);
        let seen = query * share;
        self.query += seen;
        if let Some(latent) = listed.latent() {
            let folded = f64::from(main.keys) - (f64::from(main.keys) - f64::from(latent)) / 2.0;
            let more = (folded - f64::from(listed.head)).max(0.0);
            self.latent += f64::from(listed.heads) * more * share * layers;
        }
        self.looking += f64::from(listed.heads) * share * layers;
        self.query_in_window += if main.window().is_some() { seen } else { 0.0 };
    }

    /// Share of what a token reads that belongs to routed experts: of all parameters, those that a token skips lie in
    /// experts it does not use.
    pub fn routed_share(&self) -> f64 {
        if self.experts <= self.used || self.active <= 0.0 {
            return 0.0;
        }
        let used = self.used / self.experts;
        let routed = (self.parameters - self.active) / (1.0 - used);
        (routed * used / self.active).clamp(0.0, 1.0)
    }

    /// Whether tokens go to some experts of many.
    pub fn has_experts(&self) -> bool {
        self.expert_layers > 0.0
    }

    /// Widths of all query heads without a window; `folded` where latent attention multiplies by what it keeps.
    pub fn query_of_all(&self, folded: bool) -> f64 {
        self.query - self.query_in_window + if folded { self.latent } else { 0.0 }
    }

    /// Widths of all query heads times the tokens that each sees after so many.
    pub fn attended(&self, depth: f64, folded: bool) -> f64 {
        self.query_of_all(folded) * depth + self.query_in_window * depth.min(self.window)
    }

    /// Width of a query head; 0 of a model without.
    pub fn head_width(&self) -> f64 {
        if self.looking > 0.0 { self.query / self.looking } else { 0.0 }
    }

    /// Values of keys and values that are read after so many tokens.
    pub fn kept_values(&self, depth: f64) -> f64 {
        self.kept * depth + self.kept_in_window * depth.min(self.window)
    }
}

/// Parameters of embeddings of the layers' own: one of so many rows for each layer.
fn of_layer_embeddings(model: &Model) -> f64 {
    model
        .layer_embedding
        .as_ref()
        .map_or(0.0, |table| f64::from(table.rows) * f64::from(table.width) * f64::from(model.layer_count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_unpacked_as_their_blocks_lie() {
        for (format, packing) in [
            ("Q4_0", Packing::Simple),
            ("MXFP4_MOE", Packing::Simple),
            ("IQ4_NL", Packing::Simple),
            ("IQ4_XS", Packing::Nested),
            ("Q4_K_M", Packing::Nested),
            ("Q6_K", Packing::Nested),
            ("Q3_K_M", Packing::Scattered),
            ("Q2_K", Packing::Scattered),
            ("IQ3_XXS", Packing::Scattered),
            ("IQ1_S", Packing::Scattered),
        ] {
            assert_eq!(Packing::named(format, 4.5), packing, "{format}");
        }
        assert_eq!(Packing::named("BF16", 16.0), Packing::Plain);
    }
}
