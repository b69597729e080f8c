//! What Apple's backend reserves with an operation beside its result.

use super::build::size;
use super::kernel::Kernel;
use crate::engine::memory::llama::settings::Settings;

/// Queries and cells one threadgroup of the fused kernel takes.
const QUERIES: u64 = 8;
const CELLS: u64 = 64;
/// Workgroups of the kernel for few queries, whose partial results are kept side by side.
const WORKGROUPS: u64 = 32;
/// Below this many queries a pool the small kernel runs.
const FEW_QUERIES: u64 = 20;

/// Scratch behind the result of fused attention: padding of the last cells, a map of masked blocks,
/// partial results, and a 16-bit copy of the layer's whole cache, which is reserved even where it is
/// already 16 bit.
pub(super) fn fused_extra(kernel: &Kernel, settings: &Settings) -> u64 {
    let pools = settings.streams.max(1);
    let queries = settings.tokens / pools;
    let few = queries < FEW_QUERIES && kernel.key.is_multiple_of(32);

    let unpacked = settings.unpacked_kv() && queries >= 32;
    let row = |width: u64, stored: u64| if unpacked { 2 * width } else { stored };
    let value_row = if kernel.shared { kernel.key } else { kernel.value };
    let (keys, values) =
        (settings.key_row(kernel.key * kernel.kv_heads), settings.value_row(value_row * kernel.kv_heads));
    let tail = size(&[kernel.kv_heads, pools, row(kernel.key, keys)])
        + size(&[kernel.kv_heads, pools, row(value_row, values)])
        + size(&[2, queries, pools]);
    let padding = size(&[CELLS, tail]);

    let (query_step, cell_step) = if few { (1, 32) } else { (QUERIES, CELLS) };
    let blocks = size(&[kernel.cells.div_ceil(cell_step), queries.div_ceil(query_step), pools]);
    let blocks = blocks.next_multiple_of(32);

    let partial = size(&[4, queries.min(32), kernel.heads, pools, WORKGROUPS, kernel.value + 2]);

    let keys = size(&[2, kernel.key, kernel.cells, kernel.kv_heads, pools]).next_multiple_of(16);
    let values = size(&[2, kernel.value, kernel.cells, kernel.kv_heads, pools]).next_multiple_of(16);
    padding + blocks + partial + keys + if kernel.shared { 0 } else { values }
}

/// Scratch behind a product with chosen experts: how many rows each takes, which, and scale factors.
pub(super) fn experts_extra(experts: u64, rows: u64) -> u64 {
    size(&[4, experts]) + size(&[4, experts, rows]) + 8 + 256 * 4
}
