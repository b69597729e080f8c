//! What Apple's MLX allocates to run a language model with mlx-lm.
//!
//! MLX reserves nothing: arrays come and go as a graph is evaluated. A pass of tokens is therefore simulated
//! operation by operation in a [`Trace`](trace::Trace), in the order MLX evaluates the graph, and the peak read
//! off. The order, the donation of inputs and the growth of caches follow mlx 0.32 and mlx-lm 0.32.

mod attention;
mod cache;
mod feed_forward;
mod in_flight;
mod layers;
mod order;
mod pass;
mod peak;
mod recurrent;
mod request;
mod supported;
mod trace;

use super::framework::stored;
use super::{Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want, nearest};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{Inference, Model, Runtime};
use crate::units::Bytes;
use layers::Layers;
use peak::{End, Peak};
use request::Request;
use trace::Ahead;

const SOURCE: &str =
    "mlx 0.32.4 and mlx-lm 0.32.2: 78 measured runs, 72 of them with Metal's allocation rules";

/// Memory of MLX for this model and use.
///
/// The low end assumes that the device keeps pace with the host; the best figure that the host runs ahead by
/// one of Metal's command buffers, eleven operations, or by the processor's queue; the high end that as many buffers
/// are in flight as MLX lets be, or twice the processor's queue.
pub(super) fn budget(model: &Model, inference: &Inference, want: Want) -> Budget {
    let Want { placement, detail } = want;
    let mut unknown = Vec::new();
    let quantization = nearest::quantization(model, inference.quantization, Runtime::Mlx, &mut unknown);
    let ahead = if placement == Placement::Cpu { Ahead::Processor } else { Ahead::Metal };
    let request = Request::new(inference, supported::cache(model, inference, &mut unknown), ahead);
    nearest::check_context(model, inference, &mut unknown);
    nearest::check_layers(model, &mut unknown);
    if placement == Placement::Gpu {
        unknown.push(Unknown::ComputeBuffers);
    }
    let held = super::weights(model, quantization, placement, inference.gpu_layers);
    let weights = stored(detail, model, quantization, held.total(), inference.vision);
    let layers = Layers::new(model, &request, supported::is_quantized(quantization), detail);
    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let logits = formula!(
        detail, "mlx-lm: logits, their exponentials, and the row of the token before";
        vocabulary = f64::from(model.vocabulary),
        sequences = request.sequences
        => 3.0 * 2.0 * vocabulary * sequences
    );
    let state = layers.state(detail);
    let (prefill, decode) = (layers.prefill(weights.value), layers.decode(weights.value));
    let none = Figure::from(0.0);
    let [cache, indexer] = layers.kept_in_prefill();
    let prefill = parts(place, detail, [weights.clone(), cache, indexer, state.clone(), none], prefill);
    let [cache, indexer] = layers.kept_in_decode();
    let decode = parts(place, detail, [weights.clone(), cache, indexer, state, logits], decode);
    let weights = Part::worked(PartName::Weights, place, Basis::Exact, Worked::exact(weights));
    let phases = vec![
        Phase { name: PhaseName::Load, parts: vec![weights] },
        Phase { name: PhaseName::Prefill, parts: prefill },
        Phase { name: PhaseName::Decode, parts: decode },
    ];
    Budget { weights_file: Some(held.file), unknown, ..Budget::new(placement, phases) }
}

/// The parts of a phase: what is known by shape, and the rest of the peak as activations.
fn parts(place: Place, detail: Detail, known: [Figure; 5], peak: Peak) -> Vec<Part> {
    let [weights, cache, indexer, state, logits] =
        [&known[0], &known[1], &known[2], &known[3], &known[4]].map(|figure| figure.value);
    let rest = |end: End| {
        formula!(
            detail, "what is live at the peak beside the other parts";
            peak = end.figure(detail, SOURCE),
            weights = weights,
            kv_cache = cache,
            indexer_cache = indexer,
            recurrent_state = state,
            logits = logits
            => max(peak - (weights + kv_cache + indexer_cache + recurrent_state + logits), 0.0)
        )
    };
    let rest = Worked::band(rest(peak.low), rest(peak.best), rest(peak.high));
    let names = [
        PartName::Weights,
        PartName::KvCache,
        PartName::IndexerCache,
        PartName::RecurrentState,
        PartName::Logits,
    ];
    let part = |(name, figure)| Part::worked(name, place, Basis::Exact, Worked::exact(figure));
    let mut parts: Vec<Part> = names.into_iter().zip(known).map(part).collect();
    parts.retain(|part| part.name == PartName::Weights || part.bytes.best > Bytes::ZERO);
    parts.push(Part::worked(PartName::Activations, place, Basis::Modelled, rest));
    parts
}
