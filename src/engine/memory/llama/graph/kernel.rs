//! The shape of a call of an attention kernel.

/// One call of the attention kernel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kernel {
    /// Query heads.
    pub(super) heads: u64,
    /// Heads of the cache.
    pub(super) kv_heads: u64,
    /// Width of a key in the cache.
    pub(super) key: u64,
    /// Width of a value in the cache.
    pub(super) value: u64,
    /// Cells of one pool.
    pub(super) cells: u64,
    /// Whether values are part of the keys.
    pub(super) shared: bool,
}
