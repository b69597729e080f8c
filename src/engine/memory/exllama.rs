//! What `ExLlamaV3` needs: weights of any number of bits, a cache in pages of 256 tokens, and what a chunk passes through.
//!
//! Read in ExLlamaV3 1.4.1 (git 4f8ad012): `LinearEXL3` (a matrix is its trellis and a vector of signs on either side;
//! above 144 rows it is unpacked to 16 bit first), `CacheLayer_fp16`, `CacheLayer_quant` and `CacheLayer_mla` (bits in
//! blocks of 32 values with a 16-bit scale), `Embedding` (in system memory) and `Generator` (`max_chunk_size`).
//! `ExLlamaV2` lays the cache out alike.

use super::framework::{
    HALF, Inner, MOST_TOKENS, attention, each_layer, inner, projections, recurrent_width, state,
};
use super::kinds::{self, Sum, kinds};
use super::{Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Want, nearest, weights};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{Block, Inference, KvPrecision, Mixer, Model, Quantization, Runtime, overhead};
use crate::units::{Band, count, show_grouped, whole};

const SOURCE: &str = "from ExLlamaV3's source (1.4.1, git 4f8ad012); no run was measured here";
const CACHE: &str = "CacheLayer_fp16, CacheLayer_quant and CacheLayer_mla of ExLlamaV3: whole pages of 256 tokens, in every layer with attention";

/// Tokens of a page of the cache.
const PAGE: u64 = 256;
/// Bits a weight of the output matrix unless it is converted with another `head_bits`.
const HEAD_BITS: f64 = 6.0;
/// CUDA's context and libraries in one process.
const CONTEXT: Band<f64> = overhead::CUDA_CONTEXT.amount;

/// Memory of `ExLlama` for this model and use.
pub(super) fn budget(model: &Model, inference: &Inference, want: Want) -> Budget {
    let Want { placement, detail } = want;
    let mut unknown = Vec::new();
    let quantization = nearest::quantization(model, inference.quantization, Runtime::ExLlama, &mut unknown);
    let cache = nearest::cache(inference.kv_precision, KvPrecision::ladder(Runtime::ExLlama), &mut unknown);
    nearest::check_context(model, inference, &mut unknown);
    nearest::check_layers(model, &mut unknown);
    let held = weights(model, quantization, placement, inference.gpu_layers);
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let part = |name, basis, worked| Part::worked(name, place, basis, worked);
    let run = Run { model, inference, quantization, cache, detail };
    let vision = if inference.vision { super::projector(model).get() } else { 0.0 };
    let load = vec![
        part(PartName::Weights, Basis::Shapes, Worked::exact(run.weights(held.total().get(), vision))),
        Part::worked(PartName::Weights, Place::Host, Basis::Shapes, Worked::exact(run.embedding())),
        part(PartName::Overhead, Basis::Observed, around(detail)),
        part(PartName::KvCache, Basis::Shapes, Worked::exact(run.cache())),
        part(PartName::RecurrentState, Basis::Modelled, Worked::exact(run.states())),
    ];
    let with = |tokens: f64| {
        let mut parts = load.clone();
        parts.push(part(PartName::Activations, Basis::Modelled, run.activations(tokens)));
        parts.push(part(PartName::Logits, Basis::Modelled, Worked::exact(run.logits())));
        parts
    };
    let chunk = count(inference.prefill_step.min(inference.prompt).clamp(1, MOST_TOKENS));
    let phases = vec![
        Phase { name: PhaseName::Load, parts: load.clone() },
        Phase { name: PhaseName::Prefill, parts: with(chunk) },
        Phase { name: PhaseName::Decode, parts: with(run.sequences()) },
    ];
    Budget { weights_file: Some(held.file), unknown, ..Budget::new(placement, phases) }
}

/// What lies outside PyTorch's allocations.
fn around(detail: Detail) -> Worked {
    let found = |bytes| {
        Figure::found(
            detail,
            "driver context and libraries: observed range, by driver and card",
            "context",
            bytes,
        )
    };
    Worked::band(found(CONTEXT.low), found(CONTEXT.best), found(CONTEXT.high))
}

/// A model as it is run.
struct Run<'a> {
    model: &'a Model,
    inference: &'a Inference,
    quantization: Quantization,
    cache: KvPrecision,
    detail: Detail,
}

/// What a layer keeps of a token: values in the cache's format, and values in 16 bit.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kept {
    packed: f64,
    plain: f64,
}

impl Kept {
    fn of(block: &Block) -> Option<Self> {
        match &block.mixer {
            Mixer::Attention(_) | Mixer::Parallel(..) => {
                Some(Self { packed: 2.0 * projections(block).1, plain: 0.0 })
            }
            // The latent is packed; the part with positions stays as it is.
            Mixer::Mla(mla) => Some(Self { packed: f64::from(mla.kv_rank), plain: f64::from(mla.rope) }),
            Mixer::Listed(listed) => {
                listed.tokens().map(|keep| Self { packed: keep.of_a_token(), plain: 0.0 })
            }
            Mixer::Mamba2(_) | Mixer::GatedDelta(_) => None,
        }
    }
}

impl Run<'_> {
    fn sequences(&self) -> f64 {
        count(self.inference.concurrency.clamp(1, MOST_TOKENS))
    }

    /// Values of the embedding, which lies in system memory in 16 bit.
    fn embedding(&self) -> Figure {
        formula!(
            self.detail, "Embedding prefers the CPU (prefer_cpu) and is looked up there, in 16 bit";
            vocabulary = f64::from(self.model.vocabulary),
            hidden = f64::from(self.model.hidden)
            => vocabulary * hidden * 2.0
        )
    }

    /// Everything but the embedding; a head that is tied to it is stored once more by itself.
    fn weights(&self, stored: f64, vision: f64) -> Figure {
        let tied = self.model.tied_embeddings && self.model.vocabulary > 0;
        let bits = match self.quantization {
            Quantization::Exl { .. } => HEAD_BITS,
            _ => 16.0,
        };
        formula!(
            self.detail, "all matrices but the embedding; EXL3 stores a tied head by itself, in 6 bits";
            checkpoint = stored,
            vocabulary = f64::from(self.model.vocabulary),
            hidden = f64::from(self.model.hidden),
            head_bits = if tied { bits } else { 0.0 },
            vision_tower = vision
            => checkpoint - vocabulary * hidden * 2.0 + vocabulary * hidden * head_bits / 8.0 + vision_tower
        )
    }

    /// Bytes of a value of the cache.
    fn element(&self) -> f64 {
        let (elements, bytes) = self.cache.block();
        f64::from(bytes) / f64::from(elements)
    }

    /// Tokens there is room for, in whole pages.
    fn tokens(&self) -> f64 {
        count(self.inference.context.clamp(1, MOST_TOKENS).div_ceil(PAGE).saturating_mul(PAGE))
    }

    fn cache(&self) -> Figure {
        let (tokens, element, detail) = (self.tokens(), self.element(), self.detail);
        let each = |kept: &Kept| tokens * (kept.packed * element + kept.plain * HALF);
        let bytes = each_layer(self.model, |block| Kept::of(block).map_or(0.0, |kept| each(&kept)));
        let name = |kept: &Kept| {
            let [tokens, packed] = [tokens, kept.packed].map(|number| show_grouped(whole(number)));
            let plain = kept.plain;
            format!(
                "layers with {tokens} tokens of {packed} values, {element} bytes each, and {plain} of 2 bytes"
            )
        };
        let kinds = kinds(self.model, Kept::of);
        Sum { kinds, bytes, each: &each, name: &name }.figure(detail, CACHE, |kept, layers| {
            formula!(
                detail, CACHE;
                layers = layers,
                tokens = tokens,
                values_per_token = kept.packed,
                bytes_per_value = element,
                plain_values = kept.plain
                => layers * (tokens * (values_per_token * bytes_per_value + plain_values * 2.0))
            )
        })
    }

    fn states(&self) -> Figure {
        kinds::states(self.detail, SOURCE, kinds(self.model, state), self.sequences())
    }

    /// What a layer computes with for so many tokens, with the largest matrix unpacked where there are many.
    ///
    /// The high end has one layer's cache in 16 bit: kernels that do not read it packed unpack it first (`get_kv`).
    fn activations(&self, tokens: f64) -> Worked {
        let detail = self.detail;
        let unpacks = tokens > UNPACKS_FROM && matches!(self.quantization, Quantization::Exl { .. });
        let unpacked = if unpacks { largest(self.model) } else { 0.0 };
        let passing = formula!(
            detail, SOURCE;
            tokens = tokens,
            hidden = f64::from(self.model.hidden),
            widest = widest(self.model)
            => tokens * (4.0 * hidden + 2.0 * widest)
        );
        let packed = !matches!(self.cache, KvPrecision::F16);
        let layer = if packed { self.one_layer() } else { 0.0 };
        let low = formula!(detail, SOURCE; passing = passing.clone() => passing * 0.5);
        let best = formula!(
            detail, "one matrix at a time is unpacked to 16 bit (reconstruct_hgemm)";
            passing = passing.clone(), unpacked_matrix = unpacked => passing + unpacked_matrix
        );
        let high = formula!(
            detail, "the caching allocator keeps both, and one layer's cache unpacked to 16 bit";
            passing = passing, unpacked_matrix = unpacked, unpacked_cache = layer
            => 2.0 * passing + 2.0 * unpacked_matrix + unpacked_cache
        );
        Worked::band(low, best, high)
    }

    /// Bytes of one layer's keys and values in 16 bit.
    fn one_layer(&self) -> f64 {
        let blocks = self.model.stack.iter().flat_map(|run| &run.blocks);
        let widest = blocks.filter_map(Kept::of).map(|kept| kept.packed).fold(0.0, f64::max);
        widest * self.tokens() * HALF
    }

    /// Logits of the last token of each sequence, and what samples from them in 32 bit.
    fn logits(&self) -> Figure {
        formula!(
            self.detail, SOURCE;
            vocabulary = f64::from(self.model.vocabulary),
            sequences = self.sequences()
            => vocabulary * sequences * (2.0 + 8.0)
        )
    }
}

/// Rows from which on a matrix is unpacked first (`AUTO_RECONSTRUCT_THRESHOLD`).
const UNPACKS_FROM: f64 = 144.0;

/// Values a token of the widest layer: queries, keys and values, or both halves of a gated network and their product.
fn widest(model: &Model) -> f64 {
    let blocks = model.stack.iter().flat_map(|run| &run.blocks);
    let width = |block: &Block| {
        let Inner { dense, used, expert } = inner(block);
        let (query, key) = projections(block);
        (3.0 * dense).max(used * 3.0 * expert).max(2.0 * query + 2.0 * key).max(recurrent_width(block))
    };
    blocks.map(width).fold(0.0, f64::max)
}

/// Bytes of the largest matrix of a layer in 16 bit.
fn largest(model: &Model) -> f64 {
    let blocks = model.stack.iter().flat_map(|run| &run.blocks);
    let width = |block: &Block| {
        let Inner { dense, expert, .. } = inner(block);
        let query = attention(block).map_or(0.0, |_| projections(block).0);
        dense.max(expert).max(query)
    };
    HALF * f64::from(model.hidden) * blocks.map(width).fold(0.0, f64::max)
}
