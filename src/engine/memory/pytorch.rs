//! What Hugging Face Transformers allocates on PyTorch while it generates.
//!
//! Every tensor lives as long as a name in the Python code refers to it. The prompt is read in one pass; the
//! cache grows by concatenation, so one layer's old and new array are there together.

use super::framework::{
    HALF, Inner, MOST_TOKENS, SINGLE, attention, each_layer, inner, projections, recurrent_width, state,
    widest_layer,
};
use super::{
    Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want, Working, nearest,
    projector, weights,
};
use crate::spec::{
    AttentionKernel, Block, Inference, KvPrecision, Logits, Mixer, Model, Quantization, Runtime,
};
use crate::units::{Band, Bytes, count};

const SOURCE: &str = "reasoned from the shapes of a transformers forward pass; no inference run was measured";

/// CUDA's context and libraries in one process, and cuBLAS's workspace: 0.3 to 0.6 GB and up to 0.1 GB.
const CUDA: Band<f64> = Band { low: 0.3e9, best: 0.5e9, high: 0.7e9 };
/// Python with its imports, on the processor or on Metal.
const PROCESS: Band<f64> = Band { low: 0.3e9, best: 0.45e9, high: 0.8e9 };
/// Share of what comes and goes that the caching allocator holds beyond it: blocks too small to be used again.
const SLACK: f64 = 0.15;

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
    let Want { placement, .. } = want;
    let mut unknown = Vec::new();
    let quantization = nearest::quantization(model, inference.quantization, Runtime::PyTorch, &mut unknown);
    nearest::cache(inference.kv_precision, &[KvPrecision::F16], &mut unknown);
    nearest::check_context(model, inference, &mut unknown);
    if placement != Placement::Gpu && matches!(quantization, Quantization::Awq | Quantization::Gptq) {
        unknown.push(Unknown::QuantizationUnsupported);
    }
    let request = request(inference, placement, quantization);
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

    let resident = [
        part(
            PartName::Weights,
            Band::exact((stored.total() + vision).get()),
            Basis::Exact,
            Working::new(
                "Σ tensors × their bytes a weight",
                &[("parameters", *model.parameters.value())],
                "the checkpoint's own tensors; embeddings and output stay at 16 bit",
            ),
        ),
        part(
            PartName::Overhead,
            if placement == Placement::Gpu { CUDA } else { PROCESS },
            Basis::Observed,
            Working::new("driver context, libraries and Python", &[], "observed range, by driver and card"),
        ),
    ];
    let phases = vec![
        Phase { name: PhaseName::Load, parts: resident.to_vec() },
        Phase { name: PhaseName::Prefill, parts: [&resident[..], &reading(model, &request, &part)].concat() },
        Phase { name: PhaseName::Decode, parts: [&resident[..], &writing(model, &request, &part)].concat() },
    ];
    Budget { weights_file: Some(stored.file), unknown, ..Budget::new(placement, phases) }
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

/// Values a layer keeps of a sequence of `tokens`; latent attention is kept as whole heads.
fn kept(block: &Block, tokens: f64) -> f64 {
    match &block.mixer {
        Mixer::Attention(shape) | Mixer::Parallel(shape, _) => {
            let held =
                shape.window.map_or(tokens, |window| tokens.min(f64::from(window.max(1)) - 1.0).max(1.0));
            2.0 * projections(block).1 * held
        }
        Mixer::Mla(mla) => (projections(block).1 + f64::from(mla.heads) * f64::from(mla.value)) * tokens,
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => 0.0,
    }
}

type Make<'a> = dyn Fn(PartName, Band<f64>, Basis, Working) -> Part + 'a;

/// Caches and states after `tokens` of each sequence.
fn caches(model: &Model, request: &Request, tokens: f64, part: &Make<'_>) -> [Part; 2] {
    let cache = HALF * request.batch * each_layer(model, |block| kept(block, tokens));
    let states = request.batch * each_layer(model, state);
    let inputs = [("tokens", tokens), ("sequences", request.batch)];
    [
        part(
            PartName::KvCache,
            Band::exact(cache),
            Basis::Exact,
            Working::new("Σ layers tokens × (keys + values) × 2 × sequences", &inputs, SOURCE),
        ),
        part(
            PartName::RecurrentState,
            Band::exact(states),
            Basis::Modelled,
            Working::new("Σ recurrent layers (convolution taps + state) × sequences", &inputs[1..], SOURCE),
        ),
    ]
}

/// Parts that come while the whole prompt is read in one pass.
fn reading(model: &Model, request: &Request, part: &Make<'_>) -> Vec<Part> {
    let rows = request.prompt * request.batch;
    let hidden = f64::from(model.hidden);
    let widest = widest_layer(model, |block| {
        feed_forward(hidden, inner(block)).max(mixer(hidden, block)) * rows
            + scores(block, request, request.prompt, request.prompt)
    });
    let weight = if request.dequantizes { largest_matrix(model) } else { 0.0 };
    let best = widest + weight;
    let mut parts = Vec::from(caches(model, request, request.prompt, part));
    parts.push(part(
        PartName::Activations,
        Band { low: best * 0.9, best, high: best * (1.0 + SLACK) + kept_slack(model, request, request.prompt) },
        Basis::Modelled,
        Working::new(
            "tokens × largest moment of a layer: max(6 × width + 4 × residual, attention) + scores + one matrix unpacked",
            &[("tokens", rows), ("residual width", hidden), ("one matrix unpacked", weight)],
            SOURCE,
        ),
    ));
    parts.push(logits(model, request, if request.all_logits { rows } else { request.batch }, part));
    parts
}

/// Parts that come while an answer is written to its end.
fn writing(model: &Model, request: &Request, part: &Make<'_>) -> Vec<Part> {
    let hidden = f64::from(model.hidden);
    let layer = widest_layer(model, |block| {
        feed_forward(hidden, inner(block)).max(mixer(hidden, block)) * request.batch
            + scores(block, request, 1.0, request.end)
    });
    // The old keys stay until the longer copy is made; the values follow.
    let joined = HALF * request.batch * widest_layer(model, |block| kept(block, request.end)) / 2.0;
    let repeated =
        HALF * 2.0 * request.batch * request.end * widest_layer(model, |block| projections(block).0);
    let best = layer + joined;
    let mut parts = Vec::from(caches(model, request, request.end, part));
    parts.push(part(
        PartName::Activations,
        Band { low: best, best, high: best + repeated + kept_slack(model, request, request.end) },
        Basis::Modelled,
        Working::new(
            "one layer's keys before and after they grow by a token + one token's layer",
            &[("tokens", request.end), ("sequences", request.batch), ("keys once more", joined)],
            SOURCE,
        ),
    ));
    parts.push(logits(model, request, request.batch, part));
    parts
}

/// Logits, and the 32-bit copy of each sequence's last row that is sampled from.
fn logits(model: &Model, request: &Request, rows: f64, part: &Make<'_>) -> Part {
    let vocabulary = f64::from(model.vocabulary);
    part(
        PartName::Logits,
        Band::exact(vocabulary * (HALF * rows + 2.0 * SINGLE * request.batch)),
        Basis::Modelled,
        Working::new(
            "vocabulary × (2 × rows + 8 × sequences): logits, the last row in 32 bit, its probabilities",
            &[("vocabulary", vocabulary), ("rows", rows), ("sequences", request.batch)],
            SOURCE,
        ),
    )
}

/// What the caching allocator keeps of arrays that outgrew their blocks.
fn kept_slack(model: &Model, request: &Request, tokens: f64) -> f64 {
    SLACK * HALF * request.batch * each_layer(model, |block| kept(block, tokens))
}

/// Bytes a token at the widest moment of a feed-forward network: gate, up and their product beside the
/// residual and the norm; experts hold the gathered rows too.
fn feed_forward(hidden: f64, inner: Inner) -> f64 {
    let routed = inner.used * (2.0 * HALF * hidden + 3.0 * HALF * inner.expert);
    2.0 * HALF * hidden + routed.max(3.0 * HALF * inner.dense)
}

/// Bytes a token at the widest moment of a mixer: the norm in 32 bit, or queries and keys turned by their positions.
fn mixer(hidden: f64, block: &Block) -> f64 {
    let (query, key) = projections(block);
    let norm = HALF * hidden + 2.0 * SINGLE * hidden;
    let turned = 2.0 * HALF * hidden + HALF * (4.0 * query + 3.0 * key);
    let recurrent = 2.0 * HALF * hidden + HALF * recurrent_width(block);
    norm.max(turned).max(recurrent)
}

/// Bytes of one layer's scores where they are written out: 16-bit, summed with the mask, and softmax in 32 bit.
fn scores(block: &Block, request: &Request, queries: f64, keys: f64) -> f64 {
    let heads = match &block.mixer {
        Mixer::Mla(mla) => f64::from(mla.heads),
        _ => attention(block).map_or(0.0, |shape| f64::from(shape.heads)),
    };
    if request.eager && heads > 0.0 {
        request.batch * queries * keys * (2.0 * HALF + SINGLE) * heads + request.batch * queries * keys * HALF
    } else {
        0.0
    }
}

/// Bytes of the largest matrix once unpacked to 16 bit, as a packed format needs for many rows.
fn largest_matrix(model: &Model) -> f64 {
    let hidden = f64::from(model.hidden);
    HALF * hidden
        * widest_layer(model, |block| {
            let widths = inner(block);
            projections(block).0.max(widths.dense).max(widths.expert)
        })
}
