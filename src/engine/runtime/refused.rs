//! Whether what was asked for runs on a machine.

use super::refusal::{Cause, Instead, Refusal};
use super::{around, choose};
use crate::spec::support::{Fact, Feature, Format, Platform, Support, Target, find};
use crate::spec::{BasePrecision, Chosen, FileType, Method, Optimizer, Quantization, Runtime, Scenario};

/// Why a scenario does not run with its runtime and formats, if it does not; what people run there follows from what
/// was asked.
pub(super) fn refusal(
    (asked, scenario): (&Scenario, &Scenario),
    chosen: Chosen,
    target: Target,
    facts: &'static [Fact],
) -> Option<Refusal> {
    let platform = target.platform;
    if let Some(diffusion) = scenario.diffusion() {
        let (cause, fact, instead) = around::refused_part(diffusion, target, facts)?;
        let older = fact.is_some_and(|fact| fact.support != Support::No);
        return Some(Refusal { runtime: Runtime::PyTorch, platform, chosen, older, cause, fact, instead });
    }
    let runtime = scenario.language()?.runtime;
    let instead = Instead::Runtime(choose::runtime(asked, target, facts));
    let refuse = |cause, fact: Option<&'static Fact>, instead| {
        let older = fact.is_some_and(|fact| fact.support != Support::No);
        Some(Refusal { runtime, platform, chosen, older, cause, fact, instead })
    };
    let lacking = |fact: &&'static Fact| fact.on(target.capability) == Support::No;
    let runs = find(facts, runtime, platform, Feature::Runs);
    if let Some(fact) = runs.filter(lacking) {
        let plugin = find(facts, runtime, platform, Feature::Plugin);
        return refuse(Cause::Runtime(plugin), Some(fact), instead);
    }
    if !is_modelled(runtime, platform) {
        return refuse(Cause::NotModelled, runs, instead);
    }
    if let Some(inference) = scenario.inference() {
        let quantization = inference.quantization;
        let fact = find(facts, runtime, platform, Feature::Weights(Format::from(quantization)));
        let lacks = fact.as_ref().is_some_and(lacking);
        if lacks || !quantization.runs_on(runtime) {
            let own = quantization.paired_on(runtime).filter(|own| *own != quantization);
            let usual = match runtime {
                Runtime::LlamaCpp => Quantization::Gguf(FileType::Q4KM),
                _ => Quantization::Bf16,
            };
            let instead = if chosen == Chosen::Auto { Instead::Weights(usual) } else { instead };
            let instead = own.map_or(instead, Instead::Weights);
            let reads = fact.is_some_and(|fact| fact.on(target.capability) != Support::No);
            let cause =
                if reads { Cause::WeightsNotModelled(quantization) } else { Cause::Weights(quantization) };
            return refuse(cause, fact.filter(|_| lacks || reads), instead);
        }
    }
    if let Some((cause, fact, instead)) = around::refused(scenario, runtime, target, facts) {
        return refuse(cause, fact, instead);
    }
    let tune = scenario.tune()?;
    if !trains_on(tune.precision, runtime) {
        let instead = Instead::Base(BasePrecision::usual(tune.method, runtime));
        return refuse(Cause::Base(tune.precision), None, instead);
    }
    if tune.method != Method::Full
        && let Some(format) = packed(tune.precision)
        && let Some(fact) = find(facts, runtime, platform, Feature::Weights(format)).filter(lacking)
    {
        return refuse(Cause::Base(tune.precision), Some(fact), instead);
    }
    let fact = choose::missing(tune.optimizer, runtime, platform, facts)?;
    refuse(Cause::Optimizer(tune.optimizer), Some(fact), Instead::Optimizer(Optimizer::AdamW))
}

/// Whether it is known how a runtime lays memory out there. MLX's CUDA back end was never measured, and is not what
/// owners of such machines run; nor is `SGLang`'s MLX back end.
const fn is_modelled(runtime: Runtime, platform: Platform) -> bool {
    match runtime {
        Runtime::Mlx => matches!(platform, Platform::Apple),
        Runtime::Sglang => !matches!(platform, Platform::Apple),
        Runtime::LlamaCpp | Runtime::PyTorch | Runtime::Vllm | Runtime::ExLlama => true,
    }
}

/// The format of a base that bitsandbytes packs.
const fn packed(base: BasePrecision) -> Option<Format> {
    match base {
        BasePrecision::Nf4 => Some(Format::Nf4),
        BasePrecision::Int8 => Some(Format::Int8),
        _ => None,
    }
}

/// Whether a runtime holds such a base.
const fn trains_on(base: BasePrecision, runtime: Runtime) -> bool {
    match base {
        BasePrecision::Nf4 | BasePrecision::Int8 => matches!(runtime, Runtime::PyTorch),
        BasePrecision::Mlx4 | BasePrecision::Mlx8 => matches!(runtime, Runtime::Mlx),
        BasePrecision::Bf16 | BasePrecision::Fp16 | BasePrecision::Fp32 => true,
    }
}
