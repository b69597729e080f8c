//! What one layer keeps of a token for the backward pass, in bytes.

use super::super::super::framework::{Inner, attention, inner, projections, recurrent_width};
use crate::spec::{Block, FeedForward, FineTune, Method, Model, Targets};
use crate::units::count;

/// Bytes of a 32-bit value.
const SINGLE: f64 = 4.0;
/// Bytes a router's scores, choices and sorting keep of each expert.
const ROUTED: f64 = 11.0;

/// Widths of a layer in values a token.
#[derive(Clone, Copy, Debug, Default)]
pub struct Widths {
    /// Residual stream.
    pub hidden: f64,
    /// All queries.
    pub query: f64,
    /// Keys, and as many values.
    pub key: f64,
    /// Query heads: rows of the matrix of scores.
    pub heads: f64,
    /// Inside the feed-forward network, of all experts a token uses.
    pub inner: f64,
    /// Residual streams gathered for experts.
    pub gathered: f64,
    /// Queries and keys before their norms, where they have some.
    pub normed: f64,
    experts: f64,
    matrices: f64,
    recurrent: f64,
}

impl Widths {
    /// Of a layer.
    pub fn of(model: &Model, block: &Block) -> Self {
        let hidden = f64::from(model.hidden);
        let (query, key) = projections(block);
        let Inner { dense, used, expert } = inner(block);
        let shape = attention(block);
        let norms = shape.is_some_and(|shape| shape.qk_norm || shape.qk_norm_wide);
        let heads = shape.map_or(0, |shape| shape.heads);
        let heads = if let crate::spec::Mixer::Mla(mla) = &block.mixer { mla.heads } else { heads };
        let experts = if let FeedForward::Experts(experts) = &block.feed_forward { experts.count } else { 0 };
        let gated = !matches!(&block.feed_forward, FeedForward::Dense { gated: false, .. });
        Self {
            hidden,
            query,
            key,
            heads: f64::from(heads),
            inner: dense + used * expert,
            gathered: used * hidden,
            normed: if norms { query + key } else { 0.0 },
            experts: f64::from(experts),
            matrices: if gated { 3.0 } else { 2.0 } * used.max(1.0),
            recurrent: recurrent_width(block),
        }
    }

    /// The larger of each.
    pub const fn max(self, other: Self) -> Self {
        Self {
            hidden: self.hidden.max(other.hidden),
            query: self.query.max(other.query),
            key: self.key.max(other.key),
            heads: self.heads.max(other.heads),
            inner: self.inner.max(other.inner),
            gathered: self.gathered.max(other.gathered),
            normed: self.normed.max(other.normed),
            experts: self.experts.max(other.experts),
            matrices: self.matrices.max(other.matrices),
            recurrent: self.recurrent.max(other.recurrent),
        }
    }

    /// Bytes kept of a token without gradient gradient_checkpointing, by what they are; the mask, which a batch shares, is not
    /// in it.
    ///
    /// Frozen matrices keep nothing: their input's gradient needs only the matrix. What is kept is what a
    /// trained matrix reads, 16 bit wide where the matrix itself is trained and a 32-bit copy of its own where a
    /// 32-bit adapter reads it, and what nonlinear steps read: norms, the gate, and attention, which is not
    /// fused in training and keeps its scores.
    pub fn saved(&self, finetune: &FineTune, sequence: f64, element: f64) -> [(&'static str, f64); 11] {
        let full = finetune.method == Method::Full;
        let read = if full { element } else { SINGLE };
        let attends = full || finetune.targets != Targets::QueryValue;
        let all = full || finetune.targets == Targets::AllLinear;
        let when = |wanted: bool, bytes: f64| if wanted { bytes } else { 0.0 };
        let outputs = self.query + 2.0 * self.key + self.hidden + 2.0 * self.inner + self.hidden;
        let of_trained = self.hidden + when(attends, self.query) + when(all, self.inner + self.hidden);
        [
            ("feed-forward: gate, up, activation and product", element * 4.0 * self.inner),
            ("norms: the residual stream they read", element * 2.0 * self.hidden),
            ("attention: queries", element * self.query),
            ("attention: keys and values", element * 2.0 * self.key),
            ("attention: queries and keys before their norms", element * self.normed),
            ("attention: scores", element * self.heads * sequence),
            ("recurrent layers", element * self.recurrent),
            ("inputs of trained matrices", read * of_trained),
            (
                "experts: tokens gathered and the router's scores",
                when(all, (read + element) * self.gathered + ROUTED * self.experts),
            ),
            ("adapters: values between their two matrices", when(!full, self.adapters(finetune))),
            ("DoRA: outputs of adapted matrices", when(finetune.method == Method::Dora, element * outputs)),
        ]
    }

    /// Bytes of a token that the feed-forward network keeps: gone once its gradient is known.
    pub fn feed_forward(&self, finetune: &FineTune, element: f64) -> f64 {
        let read = match finetune.method {
            Method::Full => element,
            _ if finetune.targets == Targets::AllLinear => SINGLE,
            _ => 0.0,
        };
        (4.0 * element + read) * self.inner
    }

    /// By how many bytes attention reads less than all its matrices with adapters do, for 16-bit values.
    pub fn narrower_reads(&self, finetune: &FineTune) -> f64 {
        match (finetune.method, finetune.targets) {
            (Method::Full, _) => 2.0 * (self.hidden + self.query),
            (_, Targets::QueryValue) => SINGLE * self.query,
            _ => 0.0,
        }
    }

    /// What lies between the two matrices of each adapter.
    fn adapters(&self, finetune: &FineTune) -> f64 {
        let matrices = match finetune.targets {
            Targets::QueryValue => 2.0,
            Targets::Attention => 4.0,
            Targets::AllLinear => 4.0 + self.matrices,
        };
        SINGLE * count(finetune.rank.clamp(1, super::trained::MOST)) * matrices
    }
}
