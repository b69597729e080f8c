//! Whether what was asked for runs on a machine.

use super::refusal::{Cause, Instead, Refusal};
use super::{around, choose};
use crate::spec::support::{Fact, Feature, Format, Platform, Support, Target, find};
use crate::spec::{
    BasePrecision, Chosen, FileType, Method, Named as _, Optimizer, Quantization, Runtime, Scenario, Trainer,
};

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
    // A trainer that is built on one runtime would choose the same again.
    let tied = asked.tune().is_some_and(|tune| tune.trainer.runtime() == Some(runtime));
    let instead = if tied && instead == Instead::Runtime(runtime) {
        Instead::Setting { key: "trainer", value: Trainer::None.key() }
    } else {
        instead
    };
    let refuse = |cause, fact: Option<&'static Fact>, instead| {
        let older = fact.is_some_and(|fact| fact.support != Support::No);
        Some(Refusal { runtime, platform, chosen, older, cause, fact, instead })
    };
    if target.mixed && runtime != Runtime::LlamaCpp {
        return refuse(Cause::SeveralMakers, None, Instead::Runtime(Runtime::LlamaCpp));
    }
    let lacking = |fact: &&'static Fact| fact.on(target.capability) == Support::No;
    let runs = find(facts, runtime, platform, Feature::Runs);
    if let Some(fact) = runs.filter(lacking) {
        let plugin = find(facts, runtime, platform, Feature::Plugin);
        return refuse(Cause::Runtime(plugin), Some(fact), instead);
    }
    if !is_modelled(runtime, platform) {
        return refuse(Cause::NotModelled, runs, instead);
    }
    if let Some((asked, holds, context)) = longer_than_model(scenario, runtime) {
        return refuse(Cause::LongerThanModel { asked, holds }, None, Instead::Context(context));
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

/// Tokens of a request, what the model holds, and the context of all requests that would be right, where a server refuses
/// to start: `_get_and_verify_max_len` of vLLM (unless `VLLM_ALLOW_LONG_MAX_MODEL_LEN` is set),
/// `ModelConfig.__init__` of `SGLang` (unless `SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN` is).
fn longer_than_model(scenario: &Scenario, runtime: Runtime) -> Option<(u64, u64, u64)> {
    let inference = scenario.inference().filter(|_| runtime.fills_a_share())?;
    let holds = u64::from(scenario.language()?.model.context_max);
    let requests = inference.concurrency.max(1);
    let asked = inference.context / requests;
    (holds > 0 && asked > holds).then(|| (asked, holds, holds.saturating_mul(requests)))
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
