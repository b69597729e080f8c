//! What `SGLang` needs: weights and a pool of keys and values, which are its static memory, and what a chunk and the
//! captured graphs take beside them.
//!
//! Read in SGLang 0.5.23: `handle_gpu_memory_settings` (`mem_fraction_static`, chunked prefill and graphs by device
//! memory), `KVCacheConfigurator` (the pool is what the share leaves) and `ReqToTokenPool` (a table of tokens for every
//! request it provides for). What the share has room for is `engine::serving`.

use super::framework::{
    Inner, MOST_TOKENS, attention, each_layer, has_indexer, index_bytes, inner, projections, recurrent_width,
    served_state, stored,
};
use super::kinds::{self, Sum, kinds};
use super::sharing::Sharing;
use super::{
    Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want, nearest, weights,
};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{Block, Inference, KvPrecision, Mixer, Model, Runtime};
use crate::units::{count, show_grouped, whole};

const SOURCE: &str = "analytical, from SGLang's source (0.5.23); no run was measured";
const POOL: &str =
    "MHATokenToKVPool and MLATokenToKVPool of SGLang: a place for every token of every request";

/// Captured graphs a batch size, by the reserve that SGLang itself keeps for them (2 MB each at most).
const GRAPH: f64 = 2.0 * 1024.0 * 1024.0;
/// Requests that SGLang provides for at least where nothing is said (`resolve_max_num_reqs`), and at most.
const REQUESTS: (f64, f64) = (2048.0, 4096.0);

/// Memory `SGLang` needs for this model and use.
pub(super) fn budget(model: &Model, inference: &Inference, want: Want, sharing: Sharing) -> Budget {
    let Want { placement, detail } = want;
    let mut unknown = Vec::new();
    let quantization = nearest::quantization(model, inference.quantization, Runtime::Sglang, &mut unknown);
    let cache = nearest::cache(inference.kv_precision, KvPrecision::ladder(Runtime::Sglang), &mut unknown);
    nearest::check_context(model, inference, &mut unknown);
    nearest::check_layers(model, &mut unknown);
    if placement != Placement::Gpu {
        unknown.push(Unknown::ComputeBuffers);
    }
    let held = weights(model, quantization, placement, inference.gpu_layers);
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let part = |name, basis, worked| Part::worked(name, place, basis, worked);
    let served = Served { model, inference, sharing, detail };
    let all = stored(detail, model, quantization, held.total(), inference.vision);
    let all = super::vllm::mixed::published(detail, (model, quantization), all);
    let mut load = super::vllm::weights_by_place(detail, &all, (inference, placement));
    load.push(part(PartName::Overhead, Basis::Observed, sharing.around(detail)));
    if placement == Placement::Gpu && !inference.enforce_eager {
        load.push(part(PartName::CapturedGraphs, Basis::Modelled, served.graphs()));
    }
    if inference.max_loras > 0 {
        let slots = Worked::exact(super::vllm::adapter_slots(detail, model, inference));
        load.push(part(PartName::Adapters, Basis::Shapes, slots));
    }
    let (elements, bytes) = cache.block();
    let element = f64::from(bytes) / f64::from(elements);
    let states = kinds::states(detail, SOURCE, kinds(model, served_state), served.sequences());
    let mut running = load.clone();
    running.push(part(PartName::OutputBuffer, Basis::Shapes, served.request_table()));
    running.push(part(PartName::KvCache, Basis::Shapes, Worked::exact(served.pool(Kept::of, element))));
    if has_indexer(model) {
        let keys = served.pool(Kept::of_indexer, 1.0);
        running.push(part(PartName::IndexerCache, Basis::Shapes, Worked::exact(keys)));
    }
    running.push(part(PartName::RecurrentState, Basis::Modelled, Worked::exact(states)));
    running.push(part(PartName::Activations, Basis::Modelled, served.activations()));
    let phases = vec![
        Phase { name: PhaseName::Load, parts: load },
        Phase { name: PhaseName::Prefill, parts: running.clone() },
        Phase { name: PhaseName::Decode, parts: running },
    ];
    Budget { weights_file: Some(held.file), unknown, ..Budget::new(placement, phases) }
}

/// A model as it is served.
struct Served<'a> {
    model: &'a Model,
    inference: &'a Inference,
    sharing: Sharing,
    detail: Detail,
}

/// What one layer keeps of a token.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Kept {
    /// Values in the cache's format.
    values: f64,
    /// Tokens it looks back; all where there is no window.
    window: Option<u32>,
}

impl Kept {
    fn of(block: &Block) -> Option<Self> {
        match &block.mixer {
            Mixer::Attention(shape) | Mixer::Parallel(shape, _) => {
                Some(Self { values: 2.0 * projections(block).1, window: shape.window })
            }
            Mixer::Mla(mla) => {
                Some(Self { values: f64::from(mla.kv_rank) + f64::from(mla.rope), window: None })
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

impl Served<'_> {
    fn sequences(&self) -> f64 {
        count(self.inference.concurrency.clamp(1, MOST_TOKENS))
    }

    /// Tokens of one request.
    fn each(&self) -> f64 {
        count((self.inference.context / self.inference.concurrency.max(1)).clamp(1, MOST_TOKENS))
    }

    fn chunk(&self) -> f64 {
        count(self.inference.batched_tokens().clamp(1, MOST_TOKENS))
    }

    /// Graphs for batches up to the decode batch that is captured; the reserve is what the program keeps for them.
    fn graphs(&self) -> Worked {
        let batches = f64::from(self.inference.max_num_seqs.unwrap_or(GRAPH_BATCH).min(GRAPH_BATCH_MOST));
        let figure = |share: f64| {
            formula!(
                self.detail, "reserve_for_graph_mb of SGLang: 2 MB for each sequence of the largest captured batch, and 8 MB for each of up to 60 chunk lengths";
                sequences = batches, each = GRAPH, chunk_lengths = CHUNK_LENGTHS, share = share
                => share * (sequences * each + chunk_lengths * 4.0 * each)
            )
        };
        Worked::band(figure(0.25), figure(1.0), figure(1.5))
    }

    /// Where the tokens of every request lie in the pool: 32 bit a token of the longest request, for all requests that
    /// are provided for.
    fn request_table(&self) -> Worked {
        let asked = self.inference.max_num_seqs.map(f64::from);
        let figure = |requests: f64| {
            formula!(
                self.detail, "ReqToTokenPool of SGLang: a 32-bit place for each token of each request that is provided for, 2,048 to 4,096 unless max_running_requests says how many";
                requests = requests, tokens_per_request = self.each() => requests * tokens_per_request * 4.0
            )
        };
        // No more requests are provided for than half the pool has tokens.
        let least =
            asked.unwrap_or(REQUESTS.0).min(self.sequences().max(self.each() * self.sequences() / 2.0));
        Worked::band(figure(least), figure(asked.unwrap_or(REQUESTS.0)), figure(asked.unwrap_or(REQUESTS.1)))
    }

    /// Tokens a layer keeps of all requests: a common start of their prompts lies in the radix cache once.
    fn tokens(&self, window: Option<u32>) -> f64 {
        let (each, sequences) = (self.each(), self.sequences());
        if let Some(window) = window {
            let room = f64::from(window) + self.chunk();
            if room < each {
                return room * sequences;
            }
        }
        let share = self.inference.prefix_share;
        let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
        let shared = (count(self.inference.prompt).min(each) * share).floor();
        (each - shared) * sequences + shared
    }

    /// A place for every token of what all layers keep of one kind, with so many bytes a value.
    fn pool(&self, of: fn(&Block) -> Option<Kept>, element: f64) -> Figure {
        let detail = self.detail;
        let tokens = |kept: &Kept| self.tokens(kept.window);
        let each = |kept: &Kept| kept.values * element * tokens(kept);
        let bytes = each_layer(self.model, |block| of(block).map_or(0.0, |kept| each(&kept)));
        let name = |kept: &Kept| {
            let [tokens, values] = [tokens(kept), kept.values].map(|number| show_grouped(whole(number)));
            format!("layers with {tokens} tokens of {values} values, {element} bytes each")
        };
        Sum { kinds: kinds(self.model, of), bytes, each: &each, name: &name }.figure(
            detail,
            POOL,
            |kept, layers| {
                formula!(
                    detail, POOL;
                    layers = layers,
                    values_per_token = kept.values,
                    tokens = tokens(kept),
                    bytes_per_value = element
                    => layers * (values_per_token * bytes_per_value * tokens)
                )
            },
        )
    }

    /// What a chunk of a prompt passes through, and logits of the requests that decode.
    fn activations(&self) -> Worked {
        let detail = self.detail;
        let layer = formula!(
            detail, SOURCE;
            tokens = self.chunk(),
            hidden = f64::from(self.model.hidden),
            widest = widest(self.model)
            => tokens * 2.0 * (2.0 * hidden + widest)
        );
        let logits = formula!(
            detail, "logits of the requests that decode, in 16 and in 32 bit";
            requests = self.sequences(), vocabulary = self.sharing.logits(self.model)
            => requests * vocabulary * 6.0
        );
        Worked::band(
            formula!(detail, SOURCE; layer = layer.clone() => layer * 0.7),
            formula!(detail, SOURCE; layer = layer.clone(), logits = logits.clone() => layer + logits),
            formula!(detail, SOURCE; layer = layer, logits = logits => layer * 1.6 + logits * 2.0),
        )
    }
}

/// Largest batch of decode that is captured on a device of middle size, and on any.
const GRAPH_BATCH: u32 = 48;
const GRAPH_BATCH_MOST: u32 = 512;
/// Lengths of a chunk that are captured up to 8,192 tokens (`generate_prefill_cuda_graph_batch_sizes`).
const CHUNK_LENGTHS: f64 = 58.0;

/// Values a token of the widest layer.
fn widest(model: &Model) -> f64 {
    let blocks = model.stack.iter().flat_map(|run| &run.blocks);
    let width = |block: &Block| {
        let Inner { dense, used, expert } = inner(block);
        let (query, key) = projections(block);
        let experts = used * (3.0 * expert).max(expert + f64::from(model.hidden));
        (3.0 * dense).max(experts).max(2.0 * query + 2.0 * key).max(recurrent_width(block))
    };
    blocks.map(width).fold(0.0, f64::max)
}
