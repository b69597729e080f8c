//! The largest values that are believed: well above any model, well below an overflow.

/// Layers.
pub(super) const LAYERS: u32 = 1024;
/// Width of the residual stream.
pub(super) const HIDDEN: u32 = 1 << 20;
/// Heads of any kind.
pub(super) const HEADS: u32 = 4096;
/// Width of a head, of a rank, of a state.
pub(super) const HEAD: u32 = 1 << 16;
/// Inner width of a feed-forward network or of a recurrent layer.
pub(super) const WIDTH: u32 = 1 << 22;
/// Experts.
pub(super) const EXPERTS: u32 = 1 << 14;
/// Rows of the token embedding.
pub(super) const VOCABULARY: u32 = 1 << 25;
/// Tokens of context, and of a sliding window.
pub(super) const CONTEXT: u32 = 1 << 31;
