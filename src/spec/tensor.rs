//! What a tensor does, and its shape.

use serde::{Deserialize, Serialize};

/// What a tensor does; quantizers decide by it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Role {
    /// One row a token of the vocabulary.
    TokenEmbedding,
    /// One row a token of the vocabulary for each layer (Gemma 3n and 4), of which a token reads its own.
    LayerEmbedding,
    /// From the last layer to a score for each token of the vocabulary.
    Output,
    /// Queries.
    Query,
    /// Keys.
    Key,
    /// Values.
    Value,
    /// Queries, keys and values in one matrix.
    QueryKeyValue,
    /// From the heads back to the residual stream.
    AttentionOutput,
    /// Gate of a gated delta-rule layer.
    AttentionGate,
    /// Into the low rank of latent queries.
    QueryDown,
    /// From the low rank of latent queries to the heads.
    QueryUp,
    /// Into the compressed key and value vector.
    LatentDown,
    /// From the compressed vector to the keys of each head.
    LatentKey,
    /// From the compressed vector to the values of each head.
    LatentValue,
    /// First matrix of a dense feed-forward network.
    Up,
    /// Gate of a dense feed-forward network.
    Gate,
    /// Last matrix of a dense feed-forward network.
    Down,
    /// First matrices of all routed experts.
    ExpertUp,
    /// Gates of all routed experts.
    ExpertGate,
    /// Last matrices of all routed experts.
    ExpertDown,
    /// First matrix of the shared experts.
    SharedUp,
    /// Gate of the shared experts.
    SharedGate,
    /// Last matrix of the shared experts.
    SharedDown,
    /// Chooses the experts of a token.
    Router,
    /// One gate for the shared experts.
    SharedRouter,
    /// Into a recurrent layer.
    RecurrentIn,
    /// Rates of a gated delta-rule layer, from its input.
    RecurrentRates,
    /// Out of a recurrent layer.
    RecurrentOut,
    /// Taps of a short convolution.
    Convolution,
    /// Scale of a normalisation.
    Norm,
    /// Added to the result of a matrix.
    Bias,
    /// Any other learnt vector: sinks, decays, score corrections.
    Vector,
    /// Rotary frequencies, stored in GGUF files only.
    RopeFactors,
    /// A matrix of a file that no layer known here has.
    Other,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 34] = [
        Self::TokenEmbedding,
        Self::LayerEmbedding,
        Self::Output,
        Self::Query,
        Self::Key,
        Self::Value,
        Self::QueryKeyValue,
        Self::AttentionOutput,
        Self::AttentionGate,
        Self::QueryDown,
        Self::QueryUp,
        Self::LatentDown,
        Self::LatentKey,
        Self::LatentValue,
        Self::Up,
        Self::Gate,
        Self::Down,
        Self::ExpertUp,
        Self::ExpertGate,
        Self::ExpertDown,
        Self::SharedUp,
        Self::SharedGate,
        Self::SharedDown,
        Self::Router,
        Self::SharedRouter,
        Self::RecurrentIn,
        Self::RecurrentRates,
        Self::RecurrentOut,
        Self::Convolution,
        Self::Norm,
        Self::Bias,
        Self::Vector,
        Self::RopeFactors,
        Self::Other,
    ];

    /// Whether llama.cpp's quantizer may pick a format for it; the rest stays in 32-bit floats.
    pub const fn is_quantized(self) -> bool {
        !matches!(
            self,
            Self::Router
                | Self::SharedRouter
                | Self::Convolution
                | Self::Norm
                | Self::Bias
                | Self::Vector
                | Self::RopeFactors
        )
    }

    /// Whether it belongs to routed experts, of which a token uses only some.
    pub const fn is_routed(self) -> bool {
        matches!(self, Self::ExpertUp | Self::ExpertGate | Self::ExpertDown)
    }
}

/// One tensor: `stack` matrices of `rows` rows with `columns` elements each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tensor {
    /// What it does.
    pub role: Role,
    /// Elements of a row, the direction in which quantizers form blocks.
    pub columns: u32,
    /// Rows of one matrix.
    pub rows: u32,
    /// Matrices: the routed experts, or the heads of latent attention.
    pub stack: u32,
}

impl Tensor {
    /// Parameters in it.
    pub const fn elements(self) -> u64 {
        (self.columns as u64).saturating_mul(self.rows as u64).saturating_mul(self.stack as u64)
    }
}
