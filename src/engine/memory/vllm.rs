//! What vLLM needs: weights, the pass it profiles at start, captured graphs, and pages of keys and values.
//!
//! vLLM then takes the share of the card it is told to, 0.9 by default, and fills it with further pages. What
//! is said here is the need, the least share with which the workload runs.

use super::framework::{
    HALF, Inner, MOST_TOKENS, SINGLE, each_layer, inner, projections, recurrent_width, state, widest_layer,
};
use super::{
    Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want, Working, nearest,
    projector, weights,
};
use crate::spec::{Block, Inference, KvPrecision, Mixer, Model, Runtime};
use crate::units::{Band, Bytes, count};

const SOURCE: &str = "reasoned from vLLM's documented paged cache and profiling run; no run was measured";

/// Tokens of one page.
const PAGE: u64 = 16;
/// Sequences vLLM provides for at once unless told otherwise; it profiles sampling with as many.
const SAMPLED: f64 = 256.0;
/// CUDA's context, NCCL and what else lies outside PyTorch's allocator.
const CONTEXT: Band<f64> = Band { low: 0.3e9, best: 0.6e9, high: 1.0e9 };
/// Captured CUDA graphs, by the number of batch sizes and layers.
const GRAPHS: Band<f64> = Band { low: 0.1e9, best: 0.5e9, high: 1.5e9 };

/// Memory vLLM needs for this model and use.
pub(super) fn budget(model: &Model, inference: &Inference, want: Want) -> Budget {
    let Want { placement, .. } = want;
    let mut unknown = Vec::new();
    let quantization = nearest::quantization(model, inference.quantization, Runtime::Vllm, &mut unknown);
    let cache = nearest::cache(inference.kv_precision, &[KvPrecision::F16, KvPrecision::Fp8], &mut unknown);
    let element = if cache == KvPrecision::Fp8 { 1.0 } else { HALF };
    nearest::check_context(model, inference, &mut unknown);
    if placement != Placement::Gpu {
        unknown.push(Unknown::ComputeBuffers);
    }
    let stored = weights(model, quantization, placement, inference.gpu_layers);
    let vision = if inference.vision { projector(model) } else { Bytes::ZERO };
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let part = |name, bytes: Band<f64>, basis, working| Part {
        name,
        place,
        bytes: bytes.map(Bytes::new),
        basis,
        working,
        workings: None,
    };

    let held = part(
        PartName::Weights,
        Band::exact((stored.total() + vision).get()),
        Basis::Exact,
        Working::new(
            "Σ tensors × their bytes a weight",
            &[("parameters", *model.parameters.value())],
            "the checkpoint's own tensors; embeddings and output stay at 16 bit",
        ),
    );
    let graphs = if placement == Placement::Gpu { GRAPHS } else { Band::exact(0.0) };
    let surroundings = part(
        PartName::Overhead,
        CONTEXT + graphs,
        Basis::Observed,
        Working::new(
            "driver context + captured graphs",
            &[("context", CONTEXT.best), ("graphs", graphs.best)],
            "observed range, by card, model and version; enforce_eager saves the graphs",
        ),
    );
    let pages = pages(model, inference, element, &part);
    let profile = activations(model, inference, &part);
    let [cache, states] = pages;
    let running = vec![held.clone(), cache, states, surroundings.clone(), profile.clone()];
    let phases = vec![
        Phase { name: PhaseName::Load, parts: vec![held, profile, surroundings] },
        Phase { name: PhaseName::Prefill, parts: running.clone() },
        Phase { name: PhaseName::Decode, parts: running },
    ];
    Budget { weights_file: Some(stored.file), unknown, ..Budget::new(placement, phases) }
}

type Make<'a> = dyn Fn(PartName, Band<f64>, Basis, Working) -> Part + 'a;

/// Tokens in whole pages that a layer holds for all sequences, a common start of their prompts held once.
struct Paged {
    each: u64,
    shared: u64,
    sequences: u64,
}

impl Paged {
    fn new(inference: &Inference) -> Self {
        let sequences = inference.concurrency.clamp(1, MOST_TOKENS);
        let each = (inference.context / sequences).clamp(1, MOST_TOKENS);
        let share =
            if inference.prefix_share.is_finite() { inference.prefix_share.clamp(0.0, 1.0) } else { 0.0 };
        let common = crate::units::whole(count(inference.prompt.min(each)) * share);
        Self { each, shared: common / PAGE * PAGE, sequences }
    }

    /// Tokens there is room for in one layer that looks back `window` tokens and reads `step` at once.
    fn tokens(&self, window: Option<u32>, step: u64) -> f64 {
        let whole = self.each.div_ceil(PAGE) * PAGE;
        if let Some(window) = window {
            let seen = (u64::from(window).max(1) - 1).saturating_add(step).div_ceil(PAGE).saturating_add(1);
            let room = seen.saturating_mul(PAGE);
            if room < whole {
                return count(room) * count(self.sequences);
            }
        }
        count(whole - self.shared.min(whole)) * count(self.sequences) + count(self.shared.min(whole))
    }
}

/// Pages of keys and values, and states of recurrent layers.
fn pages(model: &Model, inference: &Inference, element: f64, part: &Make<'_>) -> [Part; 2] {
    let paged = Paged::new(inference);
    let step = inference.prefill_step.clamp(1, MOST_TOKENS);
    let bytes = element
        * each_layer(model, |block| match &block.mixer {
            Mixer::Attention(shape) | Mixer::Parallel(shape, _) => {
                2.0 * projections(block).1 * paged.tokens(shape.window, step)
            }
            Mixer::Mla(mla) => (f64::from(mla.kv_rank) + f64::from(mla.rope)) * paged.tokens(None, step),
            Mixer::Mamba2(_) | Mixer::GatedDelta(_) => 0.0,
        });
    let states = count(paged.sequences) * each_layer(model, state);
    [
        part(
            PartName::KvCache,
            Band::exact(bytes),
            Basis::Exact,
            Working::new(
                "Σ layers ((pages × 16 − shared) × sequences + shared) × (keys + values) × bytes a value; vLLM fills the rest of its share (0.9 of the card) with more pages",
                &[
                    ("pages", count(paged.each.div_ceil(PAGE))),
                    ("shared", count(paged.shared)),
                    ("sequences", count(paged.sequences)),
                    ("bytes a value", element),
                ],
                SOURCE,
            ),
        ),
        part(
            PartName::RecurrentState,
            Band::exact(states),
            Basis::Modelled,
            Working::new(
                "Σ recurrent layers (convolution taps + state) × sequences",
                &[("sequences", count(paged.sequences))],
                SOURCE,
            ),
        ),
    ]
}

/// What the profiling run at start finds: its largest moment stays reserved.
fn activations(model: &Model, inference: &Inference, part: &Make<'_>) -> Part {
    let rows = count(inference.prefill_step.clamp(1, MOST_TOKENS));
    let hidden = f64::from(model.hidden);
    let layer = rows * widest_layer(model, |block| moment(hidden, block));
    // Logits and their 32-bit copy; sorting for top-p brings probabilities and 64-bit indices.
    let row = SAMPLED * f64::from(model.vocabulary);
    let sampled = |bytes: f64| row * bytes;
    let bytes = Band {
        low: layer.max(sampled(HALF + SINGLE)),
        best: layer.max(sampled(HALF + 2.0 * SINGLE)) + rows * HALF * hidden,
        high: 1.3 * layer.max(sampled(HALF + 3.0 * SINGLE + 8.0)) + rows * HALF * hidden,
    };
    part(
        PartName::Activations,
        bytes,
        Basis::Modelled,
        Working::new(
            "max(tokens × largest moment of a layer, 256 rows of logits × 10) + tokens × residual × 2",
            &[
                ("tokens", rows),
                ("largest moment", layer / rows),
                ("vocabulary", f64::from(model.vocabulary)),
                ("residual width", hidden),
            ],
            SOURCE,
        ),
    )
}

/// Bytes a token at the widest moment of a layer, with fused norms and a fused gate.
fn moment(hidden: f64, block: &Block) -> f64 {
    let (query, key) = projections(block);
    let Inner { dense, used, expert } = inner(block);
    let feed_forward = (3.0 * dense).max(used * (3.0 * expert).max(expert + hidden));
    let attention = 2.0 * query + 2.0 * key;
    HALF * (2.0 * hidden + feed_forward.max(attention).max(recurrent_width(block)))
}
