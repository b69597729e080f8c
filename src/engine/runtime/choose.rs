//! What people run on a kind of machine, and in which format.

use super::note::Note;
use super::width::plain;
use crate::spec::support::{Fact, Feature, Format, Platform, Support, Target, find};
use crate::spec::{BasePrecision, Chosen, Container, Objective, Optimizer, Quantization, Runtime, Scenario};

/// The program that owners of such a machine run the scenario with: the first that reads the weights there.
pub(super) fn runtime(scenario: &Scenario, target: Target, facts: &'static [Fact]) -> Runtime {
    let mut candidates = candidates(scenario, target.platform);
    let first = candidates.clone().next().unwrap_or_default();
    let Some(inference) = scenario.inference() else { return first };
    let lacks = |runtime, feature| {
        find(facts, runtime, target.platform, feature)
            .is_some_and(|fact| fact.on(target.capability) == Support::No)
    };
    let wanted = plain(scenario, inference.quantization);
    let reads = |runtime: &Runtime| {
        let own = wanted.paired_on(*runtime).unwrap_or(wanted);
        !lacks(*runtime, Feature::Runs) && !lacks(*runtime, Feature::Weights(Format::from(own)))
    };
    candidates.find(reads).unwrap_or(first)
}

/// The programs that people run the scenario with on such a platform, the usual one first.
///
/// No list is allocated: a ranking asks this of every model, format and machine.
pub(super) fn candidates(
    scenario: &Scenario,
    platform: Platform,
) -> impl Iterator<Item = Runtime> + Clone + use<> {
    let three: [Option<Runtime>; 3] = match scenario.inference() {
        Some(inference) => {
            let wanted = plain(scenario, inference.quantization);
            let usual = reader(scenario, platform).unwrap_or_else(|| of_format(wanted, platform));
            // Older cards, which a server does not run on, run the rest.
            let others = [Runtime::PyTorch, Runtime::LlamaCpp];
            let own = matches!(wanted, Quantization::Own(_));
            let instead = |other: &Runtime| match usual {
                Runtime::Vllm => !own && *other != usual,
                Runtime::ExLlama => *other == Runtime::LlamaCpp,
                _ => false,
            };
            let [first, second] = others.map(|other| instead(&other).then_some(other));
            [Some(usual), first, second]
        }
        None => {
            let tune = scenario.tune();
            let own = tune.and_then(|tune| tune.trainer.runtime());
            // mlx-lm learns from examples alone.
            let learns = tune.is_none_or(|tune| tune.objective == Objective::Sft);
            let usual = if platform == Platform::Apple && learns { Runtime::Mlx } else { Runtime::PyTorch };
            [Some(own.unwrap_or(usual)), None, None]
        }
    };
    three.into_iter().flatten()
}

/// The program that alone loads the model's own file, where that is one; Macs have programs of their own.
fn reader(scenario: &Scenario, platform: Platform) -> Option<Runtime> {
    let file = scenario.language()?.model.file.as_deref()?;
    let reader = file.reader.filter(|_| platform != Platform::Apple)?;
    (scenario.inference()?.quantization == file.stored).then_some(reader)
}

/// By the format that the weights are in.
const fn of_format(quantization: Quantization, platform: Platform) -> Runtime {
    match (quantization, platform) {
        (Quantization::Gguf(_) | Quantization::Own(Container::Gguf), _) => Runtime::LlamaCpp,
        (_, Platform::Apple) => Runtime::Mlx,
        (Quantization::Bf16, Platform::Cpu | Platform::Vulkan) => Runtime::PyTorch,
        // EXL2 and EXL3 are ExLlama's alone.
        (Quantization::Exl { .. }, Platform::Cuda) => Runtime::ExLlama,
        (
            Quantization::Mlx { .. }
            | Quantization::MlxFloat(_)
            | Quantization::Exl { .. }
            | Quantization::Own(Container::Mlx),
            _,
        )
        | (_, Platform::Cpu | Platform::Vulkan) => Runtime::LlamaCpp,
        // vLLM reads no bitsandbytes.
        (Quantization::Nf4, _) => Runtime::PyTorch,
        (_, Platform::Cuda | Platform::Rocm | Platform::Xpu | Platform::Windows | Platform::Every) => {
            Runtime::Vllm
        }
    }
}

/// The scenario on that program.
pub(super) fn set(scenario: &mut Scenario, runtime: Runtime) {
    if let Some(language) = scenario.language_mut() {
        language.runtime = runtime;
    }
}

/// Formats and optimizers that the program has, in place of equivalent ones of another; each is said.
pub(super) fn formats(
    scenario: &mut Scenario,
    (chosen, platform): (Chosen, Platform),
    facts: &'static [Fact],
    notes: &mut Vec<Note>,
) {
    let Some(runtime) = scenario.language().map(|language| language.runtime) else { return };
    if let Some(inference) = scenario.inference_mut() {
        let from = inference.quantization;
        if let Some(to) = paired(from, runtime, chosen) {
            inference.quantization = to;
            notes.extend((!same(from, to)).then_some(Note::Weights { from, to, runtime }));
        }
    }
    let Some(tune) = scenario.tune_mut() else { return };
    let (base, optimizer) = (tune.precision, tune.optimizer);
    tune.precision = base_of(base, runtime);
    if tune.precision != base {
        // What PEFT does to a 4-bit base is of PyTorch.
        tune.kbit_preparation = runtime == Runtime::PyTorch;
        notes.push(Note::Base { from: base, to: tune.precision, runtime });
    }
    if chosen == Chosen::Auto
        && let Some((to, fact)) = replaced(optimizer, runtime, platform, facts)
    {
        tune.optimizer = to;
        notes.push(Note::Optimizer { from: optimizer, to, fact });
    }
}

/// The runtime's format of as many bits. On a runtime that was asked for few are taken as equivalent: MLX's for any
/// other, because all models are there in it, llama.cpp's for MLX's, and the same values in files of two kinds.
fn paired(from: Quantization, runtime: Runtime, chosen: Chosen) -> Option<Quantization> {
    let to = from.paired_on(runtime).filter(|to| *to != from)?;
    let equivalent = match (from, to) {
        // All models are there in EXL3 too.
        (_, Quantization::Mlx { .. } | Quantization::Exl { .. })
        | (Quantization::Mlx { .. }, Quantization::Gguf(_)) => true,
        _ => same(from, to),
    };
    (chosen == Chosen::Auto || equivalent).then_some(to)
}

/// Whether both are the same values in files of two kinds.
fn same(from: Quantization, to: Quantization) -> bool {
    let four = |it| {
        matches!(it, Quantization::MxFp4) || matches!(it, Quantization::Gguf(crate::spec::FileType::MXFP4))
    };
    (from.bits() == 16 && to.bits() == 16) || (four(from) && four(to))
}

/// How a runtime holds such a base.
const fn base_of(base: BasePrecision, runtime: Runtime) -> BasePrecision {
    match (base, runtime) {
        (BasePrecision::Nf4, Runtime::Mlx) => BasePrecision::Mlx4,
        (BasePrecision::Int8, Runtime::Mlx) => BasePrecision::Mlx8,
        (BasePrecision::Fp16, Runtime::Mlx) => BasePrecision::Bf16,
        (BasePrecision::Mlx4, Runtime::PyTorch) => BasePrecision::Nf4,
        (BasePrecision::Mlx8, Runtime::PyTorch) => BasePrecision::Int8,
        (other, _) => other,
    }
}

/// The optimizer that stands in for one that is not there.
fn replaced(
    optimizer: Optimizer,
    runtime: Runtime,
    platform: Platform,
    facts: &'static [Fact],
) -> Option<(Optimizer, &'static Fact)> {
    let fact = missing(optimizer, runtime, platform, facts)?;
    let eight_bit = find(facts, runtime, platform, Feature::EightBitOptimizers);
    let narrow =
        optimizer == Optimizer::PagedAdamW8bit && eight_bit.is_some_and(|fact| fact.support == Support::Yes);
    Some((if narrow { Optimizer::AdamW8bit } else { Optimizer::AdamW }, fact))
}

/// The fact that an optimizer is not there, if it is not.
pub(super) fn missing(
    optimizer: Optimizer,
    runtime: Runtime,
    platform: Platform,
    facts: &'static [Fact],
) -> Option<&'static Fact> {
    let lacks = |feature| find(facts, runtime, platform, feature).filter(|fact| fact.support == Support::No);
    match optimizer {
        Optimizer::AdamWForeach => lacks(Feature::ForeachOptimizers),
        Optimizer::AdamW8bit | Optimizer::Lion8bit => lacks(Feature::EightBitOptimizers),
        Optimizer::PagedAdamW => lacks(Feature::PagedOptimizers),
        Optimizer::GaLore => lacks(Feature::GaLore),
        Optimizer::Muon => lacks(Feature::Muon),
        Optimizer::Lion => lacks(Feature::Lion),
        Optimizer::Adafactor => lacks(Feature::Adafactor),
        Optimizer::PagedAdamW8bit => {
            lacks(Feature::EightBitOptimizers).or_else(|| lacks(Feature::PagedOptimizers))
        }
        Optimizer::AdamW | Optimizer::Sgd => None,
    }
}
