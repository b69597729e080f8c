//! Axes of named steps, from the smallest to the largest.

use super::Axis;
use crate::engine::graph;
use crate::spec::{
    BasePrecision, DiffusionPrecision, FineTune, KvPrecision, LanguageModel, Method, Named as _,
    Quantization, Runtime, Scenario, Workload,
};
use crate::units::count;

/// Precisions of a pipeline from the smallest to the largest.
const PICTURES: &[DiffusionPrecision] = &[
    DiffusionPrecision::Nf4,
    DiffusionPrecision::Q4_0,
    DiffusionPrecision::Fp8,
    DiffusionPrecision::Q8_0,
    DiffusionPrecision::Bf16,
    DiffusionPrecision::Fp32,
];

/// How a method may hold its base on a runtime, from the smallest to the largest.
const fn bases(method: Method, runtime: Runtime) -> &'static [BasePrecision] {
    match (method, runtime) {
        (Method::Qlora, Runtime::Mlx) => &[BasePrecision::Mlx4, BasePrecision::Mlx8],
        (Method::Qlora, _) => &[BasePrecision::Nf4],
        (_, Runtime::Mlx) => &[BasePrecision::Bf16, BasePrecision::Fp32],
        (_, _) => &[BasePrecision::Bf16, BasePrecision::Fp16, BasePrecision::Fp32],
    }
}

/// The bases a fine-tune can choose from.
fn bases_of(scenario: &Scenario) -> &'static [BasePrecision] {
    match (graph::fine_tune(&scenario.workload), scenario.language()) {
        (Some(FineTune { method, .. }), Some(language)) => bases(method, language.runtime),
        _ => &[],
    }
}

/// The ways to store a model's weights, from large to small.
fn weights(language: &LanguageModel) -> &'static [Quantization] {
    Quantization::ladder_for(&language.base, language.runtime)
}

/// Steps that an axis has here.
pub(super) fn steps(axis: Axis, scenario: &Scenario) -> usize {
    let language = scenario.language();
    match axis {
        Axis::Quantization => language.map_or(0, |language| weights(language).len()),
        Axis::KvPrecision => language.map_or(0, |language| KvPrecision::ladder(language.runtime).len()),
        Axis::BasePrecision => bases_of(scenario).len(),
        Axis::PicturePrecision => PICTURES.len(),
        _ => 0,
    }
}

/// The name of a step.
pub(super) fn name(axis: Axis, scenario: &Scenario, step: usize) -> Option<&'static str> {
    match axis {
        Axis::Quantization => from_the_end(weights(scenario.language()?), step).map(|step| step.key()),
        Axis::KvPrecision => {
            from_the_end(KvPrecision::ladder(scenario.language()?.runtime), step).map(|step| step.key())
        }
        Axis::BasePrecision => bases_of(scenario).get(step).map(|step| step.key()),
        Axis::PicturePrecision => PICTURES.get(step).map(|step| step.key()),
        _ => None,
    }
}

/// Where a scenario stands; 0 for what is not on the ladder.
pub(super) fn place(axis: Axis, scenario: &Scenario) -> f64 {
    let place = match (axis, &scenario.workload) {
        (Axis::PicturePrecision, Workload::Diffusion(diffusion)) => {
            PICTURES.iter().position(|step| *step == diffusion.precision)
        }
        (Axis::BasePrecision, workload) => graph::fine_tune(workload)
            .and_then(|tune| bases_of(scenario).iter().position(|step| *step == tune.precision)),
        (_, workload) => match (graph::inference(workload), scenario.language()) {
            (Some(inference), Some(language)) if axis == Axis::Quantization => {
                weights(language).iter().rev().position(|step| *step == inference.quantization)
            }
            (Some(inference), Some(language)) if axis == Axis::KvPrecision => {
                let ladder = KvPrecision::ladder(language.runtime);
                ladder.iter().rev().position(|step| *step == inference.kv_precision)
            }
            _ => None,
        },
    };
    count(u64::try_from(place.unwrap_or(0)).unwrap_or(0))
}

/// The weight format of a step.
pub(super) fn quantization(language: &LanguageModel, step: usize) -> Option<Quantization> {
    from_the_end(weights(language), step).copied()
}

/// The KV precision of a step.
pub(super) fn kv_precision(language: &LanguageModel, step: usize) -> Option<KvPrecision> {
    from_the_end(KvPrecision::ladder(language.runtime), step).copied()
}

/// The base of a step.
pub(super) fn base(method: Method, runtime: Runtime, step: usize) -> Option<BasePrecision> {
    bases(method, runtime).get(step).copied()
}

/// The precision of a pipeline at a step.
pub(super) fn picture(step: usize) -> Option<DiffusionPrecision> {
    PICTURES.get(step).copied()
}

/// These ladders go down and axes go up, so that memory grows along every axis.
fn from_the_end<T>(ladder: &[T], step: usize) -> Option<&T> {
    ladder.len().checked_sub(step.checked_add(1)?).and_then(|index| ladder.get(index))
}
