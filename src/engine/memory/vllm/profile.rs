//! The pass that vLLM profiles when it starts: a chunk of tokens through all layers, then sampling.
//!
//! What sampling takes for a logit depends on the program that samples. vLLM's second model runner draws from the
//! logits' 32-bit copy; its first hands them to FlashInfer, which makes probabilities of them; without FlashInfer, and in
//! all of 2025, PyTorch sorts them.

use super::SOURCE;
use crate::engine::memory::framework::{Inner, MOST_TOKENS, inner, projections, recurrent_width};
use crate::engine::memory::sharing::Sharing;
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{Block, Inference, Model};
use crate::units::count;

/// Sequences that vLLM provides for on devices below 70 GiB; where it is more, the resolved scenario says it.
const SEQUENCES: u32 = 256;

/// Logits in 16 bit and their copy in 32 bit, which sampling divides by the temperature.
const COPIED: f64 = 2.0 + 4.0;
const COPIED_SOURCE: &str =
    "vLLM's second model runner, `_dummy_sampler_run`: logits and their copy in 32 bit";
/// Probabilities in 32 bit.
const PROBABILITIES: f64 = 4.0;
const FUSED_SOURCE: &str = "vLLM with FlashInfer's sampling: logits, their copy and probabilities in 32 bit";
/// What PyTorch's sort along rows takes (`segmented_sort_pairs`, aten/src/ATen/native/cuda/Sort.cu): values in 32 bit and
/// indices in 64, the indices it starts from, and the second half of both of cub's double buffers.
const SORTED_BY_ROW: f64 = 4.0 + 8.0 + 8.0 + (4.0 + 8.0);
/// The same where there are fewer rows than 128, which are sorted as one (`segmented_sort_pairs_by_full_sort`): values,
/// indices, two lists of index and row, the sorted keys, and cub's second halves.
const SORTED_WHOLE: f64 = 4.0 + 8.0 + 2.0 * 8.0 + 4.0 + (4.0 + 8.0);
const FULL_SORT_BELOW: f64 = 128.0;
const SORTED_SOURCE: &str =
    "vLLM without FlashInfer: PyTorch sorts the logits for top-p, with the buffers of its sort";
/// What PyTorch gives cuBLAS to work in once a process multiplies (`getChosenWorkspaceSize`, aten/src/ATen/cuda/CUDABlas.cpp):
/// 8.125 MiB, and 32 MiB from Hopper on.
const WORKSPACE: f64 = 8.125 * 1024.0 * 1024.0;
const WORKSPACE_OF_HOPPER: f64 = 32.0 * 1024.0 * 1024.0;
/// What compiled layers may hold beyond their widest operation.
const INDUCTOR: f64 = 1.3;

/// What the profiling run at start finds: its peak stays reserved. Where several devices share each matrix, all of them
/// gather the logits of the whole vocabulary and sample (`LogitsProcessor._gather_logits`): the peak that vLLM prints of
/// Llama 3 8B is 1.26 GiB on one device and on each of two.
pub(super) fn activations(detail: Detail, model: &Model, inference: &Inference, sharing: Sharing) -> Worked {
    let layer = formula!(
        detail, SOURCE;
        tokens = count(inference.batched_tokens().clamp(1, MOST_TOKENS)),
        bytes_per_token = widest(detail, model)
        => tokens * bytes_per_token
    );
    let residual = formula!(
        detail, SOURCE;
        tokens = count(inference.batched_tokens().clamp(1, MOST_TOKENS)),
        hidden = f64::from(model.hidden)
        => tokens * 2.0 * hidden
    );
    let sequences = f64::from(inference.max_num_seqs.unwrap_or(SEQUENCES));
    let logits = formula!(
        detail, "sampling is profiled with max_num_seqs sequences, 256 unless vLLM is told otherwise";
        sequences = sequences,
        vocabulary = sharing.logits(model)
        => sequences * vocabulary
    );
    let sampled = |bytes: f64, source: &'static str, widened: f64, workspace: f64| {
        formula!(
            detail, source;
            layer = layer.clone(),
            margin = widened,
            logits = logits.clone(),
            bytes_per_logit = bytes,
            residual = residual.clone(),
            workspace = workspace
            => max(margin * layer, logits * bytes_per_logit) + residual + workspace
        )
    };
    let sorts = if sequences < FULL_SORT_BELOW { SORTED_WHOLE } else { SORTED_BY_ROW };
    Worked::band(
        sampled(COPIED, COPIED_SOURCE, 1.0, WORKSPACE),
        sampled(COPIED + PROBABILITIES, FUSED_SOURCE, 1.0, WORKSPACE),
        sampled(COPIED + sorts, SORTED_SOURCE, INDUCTOR, WORKSPACE_OF_HOPPER),
    )
}

/// Bytes a token at the peak of the widest layer, with fused norms and a fused gate.
fn widest(detail: Detail, model: &Model) -> Figure {
    let hidden = f64::from(model.hidden);
    let blocks = model.stack.iter().flat_map(|run| &run.blocks);
    let bytes = |block: &&Block| peak(Detail::Figures, hidden, block).value;
    let widest = blocks.rev().max_by(|one, other| bytes(one).total_cmp(&bytes(other)));
    widest.map_or_else(|| Figure::from(0.0), |block| peak(detail, hidden, block))
}

fn peak(detail: Detail, hidden: f64, block: &Block) -> Figure {
    let (query, key) = projections(block);
    let Inner { dense, used, expert } = inner(block);
    formula!(
        detail, "bytes a token: residual and norm, and the feed-forward network, attention or a recurrent layer";
        hidden = hidden,
        dense_width = dense,
        used_experts = used,
        expert_width = expert,
        query = query,
        key = key,
        recurrent = recurrent_width(block)
        => 2.0 * (2.0 * hidden + max(
            max(max(3.0 * dense_width, used_experts * max(3.0 * expert_width, expert_width + hidden)), 2.0 * query + 2.0 * key),
            recurrent
        ))
    )
}
