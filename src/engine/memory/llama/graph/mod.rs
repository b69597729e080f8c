//! The graph llama.cpp reserves its compute buffers for, and how much they hold.
//!
//! Before it runs, llama.cpp builds the largest graph it may need (one full chunk over a full cache) and
//! lays its tensors out with ggml's allocator. The same is done here with a short graph: the layers of a
//! stack repeat, so a few of each kind reach the same peak as all of them.
//! Element-wise steps that overwrite their only operand are left out; they move no memory.

mod allocate;
mod attention;
mod build;
mod feed_forward;
mod gated_delta;
mod heap;
mod kernel;
mod listed;
mod mamba;
mod metal;
mod mla;
mod peak;
mod sample;
mod stack;
mod trace;

pub(super) use peak::{Buffer, Buffers};
pub(super) use stack::{Layout, buffers, device_buffer};
