//! What vLLM needs: weights, the pass it profiles at start, captured graphs, and pages of keys and values.
//!
//! vLLM then fills the rest of the share of the card it is told to take with further pages. What is said here is the
//! need of what is asked; what the share has room for is `engine::serving`.

pub(super) mod mixed;
mod profile;

use super::framework::{
    MOST_TOKENS, attention, each_layer, has_indexer, index_bytes, projections, served_state, stored,
};
use super::kinds::{self, Sum, kinds};
use super::sharing::Sharing;
use super::{
    Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Role, Unknown, Want, layer_tensors,
    nearest, weights,
};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{Block, Inference, KvPrecision, Mixer, Model, Runtime};
use crate::units::{Band, Bytes, count, show_grouped, whole};

const SOURCE: &str = "analytical, from vLLM's documented paged cache and profiling run; no run was measured";
const PAGES: &str = "analytical, from vLLM's documented paged cache; vLLM fills the rest of its share of the card, 0.9 by default, with more pages";

/// Tokens of one page.
const PAGE: u64 = 16;
/// Captured CUDA graphs, by the number of batch sizes and layers.
const GRAPHS: Band<f64> = Band { low: 0.1e9, best: 0.5e9, high: 1.5e9 };

/// Memory vLLM needs for this model and use.
pub(super) fn budget(model: &Model, inference: &Inference, want: Want, sharing: Sharing) -> Budget {
    let Want { placement, detail } = want;
    let mut unknown = Vec::new();
    let quantization = nearest::quantization(model, inference.quantization, Runtime::Vllm, &mut unknown);
    let cache = nearest::cache(inference.kv_precision, KvPrecision::ladder(Runtime::Vllm), &mut unknown);
    let (elements, bytes) = cache.block();
    let element = f64::from(bytes) / f64::from(elements);
    nearest::check_context(model, inference, &mut unknown);
    nearest::check_layers(model, &mut unknown);
    if placement != Placement::Gpu {
        unknown.push(Unknown::ComputeBuffers);
    }
    let held = weights(model, quantization, placement, inference.gpu_layers);
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let part = |name, basis, worked| Part::worked(name, place, basis, worked);

    let weights = stored(detail, model, quantization, held.total(), inference.vision);
    let published = mixed::published(detail, (model, quantization), weights);
    let mut fixed = weights_by_place(detail, &published, (inference, placement));
    let graphs = placement == Placement::Gpu && !inference.enforce_eager;
    let found = |name, bytes: Band<f64>| {
        Worked::band(
            Figure::found(detail, AROUND, name, bytes.low),
            Figure::found(detail, AROUND, name, bytes.best),
            Figure::found(detail, AROUND, name, bytes.high),
        )
    };
    let overhead = part(PartName::Overhead, Basis::Observed, sharing.around(detail));
    fixed.push(overhead);
    if graphs {
        fixed.push(part(PartName::CapturedGraphs, Basis::Observed, found("captured_graphs", GRAPHS)));
    }
    if inference.max_loras > 0 {
        let slots = Worked::exact(adapter_slots(detail, model, inference));
        fixed.push(part(PartName::Adapters, Basis::Shapes, slots));
    }
    let profile =
        part(PartName::Activations, Basis::Modelled, profile::activations(detail, model, inference, sharing));
    let paged = Paged::new(inference);
    let cache = paged.cache(detail, model, PagedLayer::of, element);
    let cache = part(PartName::KvCache, Basis::Shapes, Worked::exact(cache));
    let states = kinds::states(detail, SOURCE, kinds(model, served_state), count(paged.sequences));
    let states = part(PartName::RecurrentState, Basis::Modelled, Worked::exact(states));
    let mut load = fixed;
    load.push(profile);
    let mut running = load.clone();
    running.extend([cache, states]);
    if has_indexer(model) {
        let keys = paged.cache(detail, model, PagedLayer::of_indexer, 1.0);
        running.push(part(PartName::IndexerCache, Basis::Shapes, Worked::exact(keys)));
    }
    let phases = vec![
        Phase { name: PhaseName::Load, parts: load },
        Phase { name: PhaseName::Prefill, parts: running.clone() },
        Phase { name: PhaseName::Decode, parts: running },
    ];
    Budget { weights_file: Some(held.file), unknown, ..Budget::new(placement, phases) }
}

const AROUND: &str = "observed range, by card, model and version; enforce_eager saves the captured graphs";

/// The weights, of which `cpu_offload_gb` lies in the memory of the host.
pub(super) fn weights_by_place(
    detail: Detail,
    weights: &Band<Figure>,
    (inference, placement): (&Inference, Placement),
) -> Vec<Part> {
    let part = |place, of: &dyn Fn(Figure) -> Figure| {
        let Band { low, best, high } = weights.clone();
        Part::worked(PartName::Weights, place, Basis::Shapes, Worked::band(of(low), of(best), of(high)))
    };
    let away = Bytes::gib(inference.cpu_offload_gb.max(0.0)).get();
    let whole = |weights| weights;
    if placement == Placement::Cpu {
        return vec![part(Place::Host, &whole)];
    }
    if away <= 0.0 {
        return vec![part(Place::Device, &whole)];
    }
    let here = |weights| {
        formula!(
            detail, OFFLOADED; weights = weights, offloaded = away => max(weights - offloaded, 0.0)
        )
    };
    let there =
        |weights| formula!(detail, OFFLOADED; weights = weights, offloaded = away => min(weights, offloaded));
    vec![part(Place::Device, &here), part(Place::Host, &there)]
}

const OFFLOADED: &str = "cpu_offload_gb of the weights stay in system memory and are read over the bus";

/// Slots of adapters: for each matrix of each layer two of the largest rank, in 16 bit.
pub(super) fn adapter_slots(detail: Detail, model: &Model, inference: &Inference) -> Figure {
    let sides = each_layer(model, |block| {
        let mut sides = 0.0;
        layer_tensors(model, block, &mut |tensor| {
            let adapted = tensor.rows > 1 && !matches!(tensor.role, Role::Router | Role::SharedRouter);
            if adapted {
                sides += f64::from(tensor.stack) * (f64::from(tensor.columns) + f64::from(tensor.rows));
            }
        });
        sides
    });
    formula!(
        detail, "vLLM's adapter slots: each of max_loras has room for max_lora_rank on all linear modules of the layers";
        slots = count(inference.max_loras),
        rank = count(inference.max_lora_rank),
        columns_and_rows = sides
        => slots * rank * 2.0 * columns_and_rows
    )
}

/// Tokens in whole pages that a layer holds for all sequences, a common start of their prompts held once.
struct Paged {
    each: u64,
    shared: u64,
    sequences: u64,
    /// Tokens of a prompt read at once.
    step: u64,
}

impl Paged {
    fn new(inference: &Inference) -> Self {
        let sequences = inference.concurrency.clamp(1, MOST_TOKENS);
        let each = (inference.context / sequences).clamp(1, MOST_TOKENS);
        let share =
            if inference.prefix_share.is_finite() { inference.prefix_share.clamp(0.0, 1.0) } else { 0.0 };
        let common = crate::units::whole(count(inference.prompt.min(each)) * share);
        let step = inference.batched_tokens().clamp(1, MOST_TOKENS);
        Self { each, shared: common / PAGE * PAGE, sequences, step }
    }

    /// Tokens there is room for in one layer that looks back `window` tokens and reads `step` at once.
    fn tokens(&self, detail: Detail, window: Option<u32>) -> Figure {
        let whole = self.each.div_ceil(PAGE);
        if let Some(window) = window {
            let seen = u64::from(window).max(1) - 1;
            let room = seen.saturating_add(self.step).div_ceil(PAGE).saturating_add(1);
            if room.saturating_mul(PAGE) < whole * PAGE {
                return formula!(
                    detail, "pages of 16 tokens for the window and one prefill chunk, of every sequence";
                    pages = count(room),
                    sequences = count(self.sequences)
                    => pages * 16.0 * sequences
                );
            }
        }
        formula!(
            detail, "pages of 16 tokens of every sequence; a common start of their prompts is held once";
            pages = count(whole),
            shared_tokens = count(self.shared.min(whole * PAGE)),
            sequences = count(self.sequences)
            => (pages * 16.0 - shared_tokens) * sequences + shared_tokens
        )
    }

    /// Pages of one kind of all layers, with so many bytes a value.
    fn cache(
        &self,
        detail: Detail,
        model: &Model,
        of: fn(&Block) -> Option<PagedLayer>,
        element: f64,
    ) -> Figure {
        let tokens = |layer: &PagedLayer| self.tokens(Detail::Figures, layer.window).value;
        let each = |layer: &PagedLayer| layer.values * element * tokens(layer);
        let bytes = each_layer(model, |block| of(block).map_or(0.0, |layer| each(&layer)));
        if !detail.wanted() {
            return Figure::from(bytes);
        }
        let name = |layer: &PagedLayer| {
            let [tokens, values] = [tokens(layer), layer.values].map(|number| show_grouped(whole(number)));
            format!("layers with {tokens} tokens of {values} values, {element} bytes each")
        };
        let kinds = kinds(model, of);
        Sum { kinds, bytes, each: &each, name: &name }.figure(detail, PAGES, |layer, layers| {
            formula!(
                detail, PAGES;
                layers = layers,
                values_per_token = layer.values,
                tokens = self.tokens(detail, layer.window),
                bytes_per_value = element
                => layers * (values_per_token * bytes_per_value * tokens)
            )
        })
    }
}

/// What one layer keeps in pages.
#[derive(Clone, Copy, Debug, PartialEq)]
struct PagedLayer {
    /// Values of a token.
    values: f64,
    /// Tokens it looks back; all where there is no window.
    window: Option<u32>,
}

impl PagedLayer {
    /// Its keys and values.
    fn of(block: &Block) -> Option<Self> {
        match &block.mixer {
            Mixer::Attention(shape) | Mixer::Parallel(shape, _) => {
                let values = 2.0 * projections(block).1;
                Some(Self { values, window: shape.window })
            }
            Mixer::Mla(mla) => {
                let values = f64::from(mla.kv_rank) + f64::from(mla.rope);
                Some(Self { values, window: None })
            }
            Mixer::Listed(listed) => {
                listed.tokens().map(|keep| Self { values: keep.of_a_token(), window: keep.window() })
            }
            Mixer::Mamba2(_) | Mixer::GatedDelta(_) => None,
        }
    }

    /// Its key for what chooses the tokens that are attended to, in bytes.
    fn of_indexer(block: &Block) -> Option<Self> {
        let values = index_bytes(block);
        (values > 0.0).then(|| Self { values, window: attention(block).and_then(|shape| shape.window) })
    }
}
