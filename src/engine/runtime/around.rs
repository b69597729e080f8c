//! What does not run of the programs around a runtime: trainers, servers, and what holds the parts of a pipeline.

use super::refusal::{Cause, Instead};
use super::sharing;
use crate::spec::support::{Fact, Feature, Format, Platform, Support, Target, find};
use crate::spec::{
    BasePrecision, Diffusion, DiffusionPrecision, KvPrecision, Mixer, Named as _, Runtime, Scenario, Server,
    Split, Trainer, ZeroStage,
};

/// What does not run, what says so, and what to choose.
pub(super) type Refused = (Cause, Option<&'static Fact>, Instead);

/// Query heads that vLLM and `SGLang` cannot share out among so many devices: a tensor-parallel size has to divide them
/// (`ModelConfig.verify_with_parallel_config`).
fn cut_unevenly(scenario: &Scenario, devices: u32) -> Option<u32> {
    let language = scenario.language()?;
    scenario.inference()?;
    let cuts = language.runtime.fills_a_share()
        && devices > 1
        && scenario.devices.split.meant(&scenario.workload) == Split::Tensor;
    let heads = language.model.layers().map(|block| match &block.mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => attention.heads,
        Mixer::Mla(latent) => latent.heads,
        Mixer::Listed(listed) => listed.heads,
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => 0,
    });
    heads.filter(|_| cuts).find(|heads| !heads.is_multiple_of(devices))
}

/// The trainer, the server or the sharding that was asked for, if it does not run there.
pub(super) fn refused(
    scenario: &Scenario,
    runtime: Runtime,
    target: Target,
    facts: &'static [Fact],
) -> Option<Refused> {
    let lacking = |feature| {
        let fact = find(facts, runtime, target.platform, feature)?;
        (fact.on(target.capability) == Support::No).then_some(fact)
    };
    if let Some(heads) = cut_unevenly(scenario, target.devices) {
        let cause = Cause::UnevenHeads { heads, devices: target.devices };
        return Some((cause, None, Instead::Setting { key: "split", value: Split::Layers.key() }));
    }
    if let Some(inference) = scenario.inference() {
        let fact = find(facts, runtime, target.platform, Feature::CacheOf(inference.server))?;
        let kept = inference.cache_types();
        let one_of_its = kept[0] == kept[1] && caches_of(inference.server).contains(&kept[0]);
        let (key, value) = if inference.cache_type_k.is_some() {
            ("cache_type_k", "auto")
        } else if inference.cache_type_v.is_some() {
            ("cache_type_v", "auto")
        } else {
            ("kv_precision", KvPrecision::Q8_0.key())
        };
        let cause = Cause::Setting { key, program: inference.server.label() };
        return (!one_of_its).then_some((cause, Some(fact), Instead::Setting { key, value }));
    }
    let tune = scenario.tune()?;
    if let Some(fact) = lacking(Feature::TrainedBy(tune.trainer)) {
        let instead = if target.platform == Platform::Apple { Trainer::MlxLm } else { Trainer::None };
        let cause = Cause::Trainer(tune.trainer);
        return Some((cause, Some(fact), Instead::Setting { key: "trainer", value: instead.key() }));
    }
    if runtime == Runtime::PyTorch
        && let Some((cause, instead)) = sharing::refused(scenario, tune, target.devices)
    {
        return Some((cause, None, instead));
    }
    let narrow = tune.precision != BasePrecision::Fp32;
    let sharded = tune.zero_stage != ZeroStage::None && narrow;
    let fact = sharded.then(|| lacking(Feature::DeepSpeed)).flatten()?;
    let instead = Instead::Setting { key: "zero_stage", value: ZeroStage::None.key() };
    Some((Cause::DeepSpeed, Some(fact), instead))
}

/// How a server keeps keys and values, both alike; those of llama.cpp where it has no rule of its own.
const fn caches_of(server: Server) -> &'static [KvPrecision] {
    match server {
        Server::Ollama => &[KvPrecision::F16, KvPrecision::Q8_0, KvPrecision::Q4_0],
        Server::None | Server::LlamaServer | Server::LmStudio => &KvPrecision::ALL,
    }
}

/// The part of a pipeline that is asked to be held in what is not there.
pub(super) fn refused_part(diffusion: &Diffusion, target: Target, facts: &'static [Fact]) -> Option<Refused> {
    let parts = [
        ("precision", Some(diffusion.precision)),
        ("text_precision", diffusion.text_precision.asked()),
        ("vae_precision", diffusion.vae_precision.asked()),
    ];
    parts.into_iter().find_map(|(key, held)| {
        let held = held?;
        let feature = match held {
            DiffusionPrecision::Fp8 => Feature::Float8,
            DiffusionPrecision::Nf4 => Feature::Weights(Format::Nf4),
            DiffusionPrecision::Fp32
            | DiffusionPrecision::Bf16
            | DiffusionPrecision::Q8_0
            | DiffusionPrecision::Q4_0 => return None,
        };
        let fact = find(facts, Runtime::PyTorch, target.platform, feature)?;
        let there = fact.on(target.capability) != Support::No;
        let value = DiffusionPrecision::Q8_0.key();
        (!there).then_some((Cause::Part { key, held }, Some(fact), Instead::Setting { key, value }))
    })
}
