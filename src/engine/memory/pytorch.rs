//! What Hugging Face Transformers allocates on PyTorch while it generates.
//!
//! Every tensor lives as long as a name in the Python code refers to it. Prefill is one pass; the
//! cache grows by concatenation, so one layer's old and new array are there together.

use super::framework::{
    HALF, Inner, MOST_TOKENS, attention, each_layer, has_indexer, index_key, inner, projections,
    recurrent_width, state, stored, widest_layer,
};
use super::kinds::{self, Rows, kinds};
use super::{
    Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want, nearest, weights,
};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{
    AttentionKernel, Block, Inference, Keep, KvPrecision, Logits, Mixer, Model, Quantization, Runtime,
    overhead,
};
use crate::units::{Band, count};

const SOURCE: &str =
    "analytical, from the shapes of a transformers forward pass; no inference run was measured";

/// CUDA's context and libraries in one process, and cuBLAS's workspace.
const CUDA: Band<f64> = overhead::CUDA_CONTEXT.amount;
/// Python with its imports, on the processor or on Metal.
const PROCESS: Band<f64> = overhead::PYTHON_PROCESS.amount;
/// Share of what comes and goes that the caching allocator holds beyond it: blocks too small to be used again.
const SLACK: f64 = overhead::ALLOCATOR_SLACK.amount;

/// A request as Transformers runs it: one batch of sequences of one length.
struct Request {
    batch: f64,
    prompt: f64,
    end: f64,
    eager: bool,
    all_logits: bool,
    dequantizes: bool,
}

/// Memory of Transformers for this model and use.
pub(super) fn budget(model: &Model, inference: &Inference, want: Want) -> Budget {
    let Want { placement, detail } = want;
    let mut unknown = Vec::new();
    let quantization = nearest::quantization(model, inference.quantization, Runtime::PyTorch, &mut unknown);
    nearest::cache(inference.kv_precision, &[KvPrecision::F16], &mut unknown);
    nearest::check_context(model, inference, &mut unknown);
    nearest::check_layers(model, &mut unknown);
    if placement != Placement::Gpu && matches!(quantization, Quantization::Awq | Quantization::Gptq) {
        unknown.push(Unknown::QuantizationUnsupported);
    }
    let request = request(inference, placement, quantization);
    let held = weights(model, quantization, placement, inference.gpu_layers);
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let pass = Pass { model, request: &request, place, detail };

    let weights = stored(detail, model, quantization, held.total(), inference.vision);
    let resident = [
        pass.part(PartName::Weights, Basis::Shapes, Worked::exact(weights)),
        pass.part(PartName::Overhead, Basis::Observed, overhead(detail, placement)),
    ];
    let phase = |name, parts: &[Part]| Phase { name, parts: [&resident[..], parts].concat() };
    let phases = vec![
        phase(PhaseName::Load, &[]),
        phase(PhaseName::Prefill, &pass.prefill()),
        phase(PhaseName::Decode, &pass.decode()),
    ];
    Budget { weights_file: Some(held.file), unknown, ..Budget::new(placement, phases) }
}

/// What surrounds PyTorch's allocations.
fn overhead(detail: Detail, placement: Placement) -> Worked {
    let (name, range) = match placement {
        Placement::Gpu => ("context_and_libraries", CUDA),
        Placement::Cpu | Placement::Metal => ("process", PROCESS),
    };
    let end = |bytes| {
        Figure::found(
            detail,
            "driver context, libraries and Python: observed range, by driver and card",
            name,
            bytes,
        )
    };
    Worked::band(end(range.low), end(range.best), end(range.high))
}

fn request(inference: &Inference, placement: Placement, quantization: Quantization) -> Request {
    let batch = inference.concurrency.clamp(1, MOST_TOKENS);
    let end = (inference.context / batch).clamp(1, MOST_TOKENS);
    Request {
        batch: count(batch),
        prompt: count(end.saturating_sub(inference.generate).max(1)),
        end: count(end),
        // Metal's and the processor's attention write the scores out.
        eager: inference.attention == AttentionKernel::Eager || placement == Placement::Metal,
        all_logits: inference.logits == Logits::All,
        dequantizes: quantization != Quantization::Bf16,
    }
}

/// What a layer keeps of a sequence of `tokens`; latent attention is kept as whole heads.
fn kept(block: &Block, tokens: f64) -> Option<Rows> {
    let values = match &block.mixer {
        Mixer::Attention(_) | Mixer::Parallel(..) => 2.0 * projections(block).1,
        Mixer::Mla(mla) => projections(block).1 + f64::from(mla.heads) * f64::from(mla.value),
        Mixer::Listed(listed) => listed.tokens()?.of_a_token(),
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => return None,
    };
    Some(Rows { tokens: seen(block, tokens), values })
}

/// The same of what chooses the tokens that are attended to.
fn kept_by_indexer(block: &Block, tokens: f64) -> Option<Rows> {
    let values = index_key(block);
    (values > 0.0).then(|| Rows { tokens: seen(block, tokens), values })
}

/// Of `tokens` those that a layer keeps.
fn seen(block: &Block, tokens: f64) -> f64 {
    let window = match &block.mixer {
        Mixer::Listed(listed) => listed.tokens().and_then(Keep::window),
        _ => attention(block).and_then(|shape| shape.window),
    };
    window.map_or(tokens, |window| tokens.min(f64::from(window.max(1)) - 1.0).max(1.0))
}

/// Values a layer keeps of a sequence of `tokens`.
fn kept_values(block: &Block, tokens: f64) -> f64 {
    let caches = [kept(block, tokens), kept_by_indexer(block, tokens)];
    caches.into_iter().flatten().map(|rows| rows.values * rows.tokens).sum()
}

/// A pass of a request over a model.
struct Pass<'a> {
    model: &'a Model,
    request: &'a Request,
    place: Place,
    detail: Detail,
}

impl Pass<'_> {
    fn part(&self, name: PartName, basis: Basis, worked: Worked) -> Part {
        Part::worked(name, self.place, basis, worked)
    }

    /// Parts that come in prefill, one pass over the whole prompt.
    fn prefill(&self) -> Vec<Part> {
        let Self { model, request, detail, .. } = *self;
        let rows = request.prompt * request.batch;
        let layer = self.widest(rows, request.prompt, request.prompt);
        let unpacked = if request.dequantizes { largest_matrix(detail, model) } else { Figure::from(0.0) };
        let best = formula!(
            detail, SOURCE;
            layer = layer,
            unpacked_matrix = unpacked
            => layer + unpacked_matrix
        );
        let low = formula!(detail, SOURCE; best = best.clone() => best * 0.9);
        let high = formula!(
            detail, SLACK_SOURCE;
            best = best.clone(),
            slack = SLACK,
            sequences = request.batch,
            kept_values = self.kept_values(request.prompt)
            => best * (1.0 + slack) + slack * 2.0 * sequences * kept_values
        );
        let mut parts = self.caches(request.prompt);
        let activations = self.part(PartName::Activations, Basis::Modelled, Worked::band(low, best, high));
        parts.extend([activations, self.logits(if request.all_logits { rows } else { request.batch })]);
        parts
    }

    /// Parts that come while the answer is written to its end.
    fn decode(&self) -> Vec<Part> {
        let Self { model, request, detail, .. } = *self;
        let best = formula!(
            detail, "analytical: a layer's old keys stay until the longer copy is made; the values follow";
            layer = self.widest(request.batch, 1.0, request.end),
            sequences = request.batch,
            kept_values = widest_layer(model, |block| kept_values(block, request.end))
            => layer + 2.0 * sequences * kept_values / 2.0
        );
        let high = formula!(
            detail, SLACK_SOURCE;
            best = best.clone(),
            slack = SLACK,
            sequences = request.batch,
            tokens = request.end,
            query_width = widest_layer(model, |block| projections(block).0),
            kept_values = self.kept_values(request.end)
            => best + 2.0 * 2.0 * sequences * tokens * query_width + slack * 2.0 * sequences * kept_values
        );
        let mut parts = self.caches(request.end);
        let activations = Worked::band(best.clone(), best, high);
        let activations = self.part(PartName::Activations, Basis::Modelled, activations);
        parts.extend([activations, self.logits(request.batch)]);
        parts
    }

    /// Caches and states after `tokens` of each sequence.
    fn caches(&self, tokens: f64) -> Vec<Part> {
        let Self { model, request, detail, .. } = *self;
        let cache = self.cache(|block| kept(block, tokens));
        let states = kinds::states(detail, SOURCE, kinds(model, state), request.batch);
        let mut parts = vec![
            self.part(PartName::KvCache, Basis::Shapes, Worked::exact(cache)),
            self.part(PartName::RecurrentState, Basis::Modelled, Worked::exact(states)),
        ];
        if has_indexer(model) {
            let keys = self.cache(|block| kept_by_indexer(block, tokens));
            parts.push(self.part(PartName::IndexerCache, Basis::Shapes, Worked::exact(keys)));
        }
        parts
    }

    /// Bytes of one kind of cache of all layers and sequences.
    fn cache(&self, of: impl Fn(&Block) -> Option<Rows>) -> Figure {
        let Self { model, request, detail, .. } = *self;
        let values = each_layer(model, |block| of(block).map_or(0.0, |rows| rows.values * rows.tokens));
        let bytes = HALF * request.batch * values;
        if !detail.wanted() {
            return Figure::from(bytes);
        }
        kinds::cache(detail, SOURCE, kinds(model, of), (bytes, request.batch, HALF))
    }

    /// Values all layers keep of a sequence of `tokens`.
    fn kept_values(&self, tokens: f64) -> f64 {
        each_layer(self.model, |block| kept_values(block, tokens))
    }

    /// Bytes of the widest layer for so many rows, queries and keys of each sequence.
    fn widest(&self, rows: f64, queries: f64, keys: f64) -> Figure {
        let blocks = self.model.stack.iter().flat_map(|run| &run.blocks);
        let layer = |block: &Block, detail| {
            formula!(
                detail, SOURCE;
                rows = rows,
                feed_forward = feed_forward(detail, self.model, block),
                mixer = mixer(detail, self.model, block),
                scores = scores(detail, block, self.request, (queries, keys))
                => max(feed_forward, mixer) * rows + scores
            )
        };
        let bytes = |block: &&Block| layer(block, Detail::Figures).value;
        let widest = blocks.rev().max_by(|one, other| bytes(one).total_cmp(&bytes(other)));
        widest.map_or_else(|| Figure::from(0.0), |block| layer(block, self.detail))
    }

    /// Logits, and the 32-bit copy of each sequence's last row that is sampled from, with its probabilities.
    fn logits(&self, rows: f64) -> Part {
        let logits = formula!(
            self.detail, SOURCE;
            vocabulary = f64::from(self.model.vocabulary),
            rows = rows,
            sequences = self.request.batch
            => vocabulary * (2.0 * rows + 8.0 * sequences)
        );
        self.part(PartName::Logits, Basis::Modelled, Worked::exact(logits))
    }
}

const SLACK_SOURCE: &str = "analytical: the caching allocator keeps blocks too small to be used again";

/// Bytes a token at the peak of a feed-forward network: gate, up and their product beside the
/// residual and the norm; experts hold the gathered rows too.
fn feed_forward(detail: Detail, model: &Model, block: &Block) -> Figure {
    let Inner { dense, used, expert } = inner(block);
    formula!(
        detail, "bytes a token: residual and norm, and gate, up and their product";
        hidden = f64::from(model.hidden),
        used_experts = used,
        expert_width = expert,
        dense_width = dense
        => 4.0 * hidden + max(used_experts * (4.0 * hidden + 6.0 * expert_width), 6.0 * dense_width)
    )
}

/// Bytes a token at the peak of a mixer: the norm in 32 bit, queries and keys rotated by their positions, or what a
/// recurrent layer computes.
fn mixer(detail: Detail, model: &Model, block: &Block) -> Figure {
    let (query, key) = projections(block);
    formula!(
        detail, "bytes a token: a norm in 32 bit, rotary positions, or a recurrent layer";
        hidden = f64::from(model.hidden),
        query = query,
        key = key,
        recurrent = recurrent_width(block)
        => max(max(10.0 * hidden, 4.0 * hidden + 2.0 * (4.0 * query + 3.0 * key)), 4.0 * hidden + 2.0 * recurrent)
    )
}

/// Bytes of one layer's scores where they are written out: 16-bit, summed with the mask, and softmax in 32 bit.
fn scores(detail: Detail, block: &Block, request: &Request, (queries, keys): (f64, f64)) -> Figure {
    let heads = match &block.mixer {
        Mixer::Mla(mla) => f64::from(mla.heads),
        _ => attention(block).map_or(0.0, |shape| f64::from(shape.heads)),
    };
    if !request.eager || heads <= 0.0 {
        return Figure::from(0.0);
    }
    formula!(
        detail, "scores in 16 bit, with the mask, and softmax in 32 bit";
        sequences = request.batch,
        queries = queries,
        keys = keys,
        heads = heads
        => sequences * queries * keys * 8.0 * heads + sequences * queries * keys * 2.0
    )
}

/// Bytes of the largest matrix once unpacked to 16 bit, as a packed format needs for many rows.
fn largest_matrix(detail: Detail, model: &Model) -> Figure {
    formula!(
        detail, "one matrix at a time is unpacked to 16 bit";
        hidden = f64::from(model.hidden),
        largest_width = widest_layer(model, |block| {
            let widths = inner(block);
            projections(block).0.max(widths.dense).max(widths.expert)
        })
        => 2.0 * hidden * largest_width
    )
}
