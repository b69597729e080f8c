//! What a runtime uses in place of a format it does not have.

use super::framework::index_key;
use super::{Unknown, bits_per_weight};
use crate::spec::{FeedForward, Inference, KvPrecision, Model, Quantization, Runtime};

/// The weight format, or the runtime's own that is nearest in bits a weight; that is then said.
pub(super) fn quantization(
    model: &Model,
    asked: Quantization,
    runtime: Runtime,
    unknown: &mut Vec<Unknown>,
) -> Quantization {
    if asked.runs_on(runtime) {
        return asked;
    }
    unknown.push(Unknown::QuantizationUnsupported);
    let bits = bits_per_weight(model, asked).get();
    let distance = |step: Quantization| (bits_per_weight(model, step).get() - bits).abs();
    let ladder = Quantization::ladder(runtime).iter().copied();
    ladder.min_by(|a, b| distance(*a).total_cmp(&distance(*b))).unwrap_or(Quantization::Bf16)
}

/// The cache format among those of a runtime, widest first, that is nearest in size; a stand-in is then said.
pub(super) fn cache(asked: KvPrecision, has: &[KvPrecision], unknown: &mut Vec<Unknown>) -> KvPrecision {
    // Both kinds of 16-bit floats take the same room.
    let asked = if asked == KvPrecision::Bf16 { KvPrecision::F16 } else { asked };
    if has.contains(&asked) {
        return asked;
    }
    let distance = |format: KvPrecision| (width(format) - width(asked)).abs();
    let used = has.iter().copied().min_by(|a, b| distance(*a).total_cmp(&distance(*b))).unwrap_or_default();
    unknown.push(Unknown::KvPrecisionUnsupported(used));
    used
}

/// Bytes a value takes.
fn width(format: KvPrecision) -> f64 {
    let (elements, bytes) = format.block();
    f64::from(bytes) / f64::from(elements.max(1))
}

/// Says so where layers compute what no run was compared with.
pub(super) fn check_layers(model: &Model, unknown: &mut Vec<Unknown>) {
    let blocks = model.stack.iter().flat_map(|run| &run.blocks);
    let mut unmeasured = blocks.filter(|block| {
        let latent = matches!(&block.feed_forward, FeedForward::Experts(experts) if experts.latent > 0);
        latent || index_key(block) > 0.0
    });
    if unmeasured.next().is_some() && !unknown.contains(&Unknown::ComputeBuffers) {
        unknown.push(Unknown::ComputeBuffers);
    }
}

/// Says so where one sequence is longer than the model is published for.
pub(super) fn check_context(model: &Model, inference: &Inference, unknown: &mut Vec<Unknown>) {
    if inference.context / inference.concurrency.max(1) > u64::from(model.context_max) {
        unknown.push(Unknown::ContextBeyondModel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_format_is_replaced_by_the_nearest_in_size() {
        let mlx = [KvPrecision::F16, KvPrecision::Mlx8, KvPrecision::Mlx4];
        let cases = [
            (KvPrecision::Q8_0, &mlx[..], KvPrecision::Mlx8, 1),
            (KvPrecision::Q4_0, &mlx[..], KvPrecision::Mlx4, 1),
            (KvPrecision::Mlx4, &mlx[..], KvPrecision::Mlx4, 0),
            (KvPrecision::Q4_0, &[KvPrecision::F16, KvPrecision::Fp8][..], KvPrecision::Fp8, 1),
            (KvPrecision::Fp8, &[KvPrecision::F16][..], KvPrecision::F16, 1),
        ];
        for (asked, has, expected, said) in cases {
            let mut unknown = Vec::new();
            assert_eq!(cache(asked, has, &mut unknown), expected, "{asked:?} among {has:?}");
            assert_eq!(unknown.len(), said, "{asked:?} among {has:?}");
        }
    }
}
