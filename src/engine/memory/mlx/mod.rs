//! What Apple's MLX allocates to run a language model with mlx-lm.
//!
//! MLX reserves nothing: arrays come and go as a graph is evaluated. A pass of tokens is therefore played
//! operation by operation on a [`Tape`](tape::Tape), in the order MLX evaluates the graph, and the peak read
//! off. The order, the donation of inputs and the growth of caches follow mlx 0.32 and mlx-lm 0.32.

mod attention;
mod cache;
mod feed_forward;
mod layers;
mod pass;
mod recurrent;
mod request;
mod supported;
mod tape;

use super::{
    Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want, Working, nearest,
};
use crate::spec::{Inference, Model, Runtime};
use crate::units::{Band, Bytes, count};
use layers::Layers;
use request::Request;
use tape::{Ahead, Peak};

const SOURCE: &str =
    "mlx 0.32.4 and mlx-lm 0.32.2: 78 measured runs, 72 of them with Metal's allocation rules";

/// Memory of MLX for this model and use.
///
/// The low end assumes that the device keeps pace with the host; the best figure that the host runs ahead by
/// one of Metal's command buffers, eleven operations, or by the processor's queue; the high end twice that.
pub(super) fn budget(model: &Model, inference: &Inference, want: Want) -> Budget {
    let Want { placement, .. } = want;
    let mut unknown = Vec::new();
    let quantization = nearest::quantization(model, inference.quantization, Runtime::Mlx, &mut unknown);
    let ahead = if placement == Placement::Cpu { Ahead::Processor } else { Ahead::Metal };
    let request = Request::new(inference, supported::cache(model, inference, &mut unknown), ahead);
    nearest::check_context(model, inference, &mut unknown);
    if placement == Placement::Gpu {
        unknown.push(Unknown::ComputeBuffers);
    }
    let stored = super::weights(model, quantization, placement, inference.gpu_layers);
    let weights = stored.total().get() + if inference.vision { super::projector(model).get() } else { 0.0 };
    let layers = Layers::new(model, &request, supported::is_quantized(quantization));

    let place = if placement == Placement::Cpu { Place::Host } else { Place::Device };
    let (read, written) = (layers.reading(weights), layers.writing(weights));
    let logits = 3.0 * pass::HALF * f64::from(model.vocabulary) * request.sequences;
    let phases = vec![
        phase(PhaseName::Load, place, model, &request, [weights, 0.0, 0.0, 0.0], None),
        phase(
            PhaseName::Prefill,
            place,
            model,
            &request,
            [weights, layers.kept_reading(), layers.state(), 0.0],
            Some(read),
        ),
        phase(
            PhaseName::Decode,
            place,
            model,
            &request,
            [weights, layers.kept_writing(), layers.state(), logits],
            Some(written),
        ),
    ];
    Budget { weights_file: Some(stored.file), unknown, ..Budget::new(placement, phases) }
}

/// The parts of a phase: what is known by shape, and the rest of the peak as activations.
fn phase(
    name: PhaseName,
    place: Place,
    model: &Model,
    request: &Request,
    [weights, cache, state, logits]: [f64; 4],
    peak: Option<Peak>,
) -> Phase {
    let exact = |name, bytes: f64, basis, working| Part {
        name,
        place,
        bytes: Band::exact(Bytes::new(bytes)),
        basis,
        working,
        workings: None,
    };
    let mut parts = vec![exact(PartName::Weights, weights, Basis::Exact, weights_working(model))];
    let Some(peak) = peak else { return Phase { name, parts } };
    if cache > 0.0 {
        parts.push(exact(PartName::KvCache, cache, Basis::Exact, cache_working(request)));
    }
    if state > 0.0 {
        parts.push(exact(PartName::RecurrentState, state, Basis::Exact, state_working(request)));
    }
    if logits > 0.0 {
        parts.push(exact(PartName::Logits, logits, Basis::Exact, logits_working(model, request)));
    }
    let rest = peak.plus(-(weights + cache + state + logits));
    let bytes = Band { low: rest.low.max(0.0), best: rest.best.max(0.0), high: rest.high.max(0.0) };
    parts.push(Part {
        name: PartName::Activations,
        place,
        bytes: bytes.map(Bytes::new),
        basis: Basis::Modelled,
        working: activations_working(model, request, name),
        workings: None,
    });
    Phase { name, parts }
}

fn weights_working(model: &Model) -> Working {
    Working::new(
        "matrices × (bits ÷ 8 + 4 ÷ group) + the rest × 2",
        &[("parameters", *model.parameters.value())],
        "mlx.nn.quantize: packed values with a 16-bit scale and bias for each group",
    )
}

fn cache_working(request: &Request) -> Working {
    Working::new(
        "Σ layers (tokens in steps of 256) × (keys + values) × bytes a value × sequences",
        &[
            ("tokens", count(request.growth.end)),
            ("bytes a value", request.format.element()),
            ("sequences", request.sequences),
        ],
        SOURCE,
    )
}

fn state_working(request: &Request) -> Working {
    Working::new(
        "Σ recurrent layers (convolution taps + state) × sequences",
        &[("sequences", request.sequences)],
        SOURCE,
    )
}

fn logits_working(model: &Model, request: &Request) -> Working {
    Working::new(
        "3 × 2 × vocabulary × sequences: logits, their exponentials, and the row of the token before",
        &[("vocabulary", f64::from(model.vocabulary)), ("sequences", request.sequences)],
        SOURCE,
    )
}

fn activations_working(model: &Model, request: &Request, name: PhaseName) -> Working {
    let tokens = if name == PhaseName::Decode { 1.0 } else { count(request.chunk()) };
    Working::new(
        "largest moment of a layer: residual, norm, projections, attention or feed-forward network, and what the device has yet to read",
        &[
            ("tokens at once", tokens),
            ("sequences at once", request.together),
            ("residual width", f64::from(model.hidden)),
            ("operations ahead", count(u64::from(request.ahead.operations()))),
        ],
        SOURCE,
    )
}
