//! Laws of MLX, PyTorch and vLLM inference that hold for every model of the catalog and any input.

use plimsoll::catalog::Catalog;
use plimsoll::engine::memory::{Basis, Budget, PartName, Phase, PhaseName, Placement, Unknown, budget};
use plimsoll::spec::{
    AttentionKernel, Inference, KvPrecision, LanguageModel, Makes, Model, Quantization, Runtime, Scenario,
    Workload,
};
use plimsoll::units::whole;
use std::sync::Arc;

const RUNTIMES: [Runtime; 5] =
    [Runtime::Mlx, Runtime::PyTorch, Runtime::Vllm, Runtime::Sglang, Runtime::ExLlama];
const PLACEMENTS: [Placement; 3] = [Placement::Cpu, Placement::Gpu, Placement::Metal];

fn chat() -> Inference {
    Inference {
        quantization: Quantization::Bf16,
        context: 8192,
        prompt: 4096,
        generate: 512,
        ..Inference::default()
    }
}

fn of(model: &Arc<Model>, runtime: Runtime, inference: Inference, placement: Placement) -> Budget {
    let language = LanguageModel::named(Arc::clone(model), runtime);
    let scenario = Scenario::new("", Workload::Inference(language, inference));
    budget(&scenario, placement)
}

fn peak(budget: &Budget) -> f64 {
    budget.peak().expect("a phase").total().best.get()
}

fn named(budget: &Budget, phase: PhaseName, part: PartName) -> f64 {
    let found: &Phase = budget.phases.iter().find(|found| found.name == phase).expect("the phase");
    found.named(part).best.get()
}

fn model(id: &str) -> Arc<Model> {
    Arc::clone(Catalog::built_in().model(id).expect("a model of the catalog"))
}

#[test]
fn every_figure_is_a_number_in_order() {
    for model in &Catalog::built_in().models {
        for runtime in RUNTIMES {
            for placement in PLACEMENTS {
                absurd().for_each(|inference| check(&of(model, runtime, inference, placement), model));
            }
        }
    }
}

/// Uses nobody has, up to the largest numbers there are.
fn absurd() -> impl Iterator<Item = Inference> {
    [0, 1, 255, 8192, 1_000_000_000_000, u64::MAX].into_iter().flat_map(|size| {
        [0, 1, 7, u64::MAX].into_iter().map(move |concurrency| Inference {
            context: size,
            prompt: size / 2,
            generate: size / 3,
            prefill_step: size,
            concurrency,
            prefix_share: if size == 0 { f64::NAN } else { 0.5 },
            ..chat()
        })
    })
}

fn check(budget: &Budget, model: &Model) {
    // What writes no text is loaded and prefilled.
    let phases = if model.makes == Makes::Text { 3 } else { 2 };
    assert_eq!(budget.phases.len(), phases, "{}", model.id);
    for part in budget.phases.iter().flat_map(|phase| &phase.parts) {
        let (low, best, high) = (part.bytes.low.get(), part.bytes.best.get(), part.bytes.high.get());
        assert!(high.is_finite() && low >= 0.0, "{}: {part:?}", model.id);
        assert!(low <= best && best <= high, "{}: {part:?}", model.id);
    }
}

#[test]
fn more_context_or_requests_never_need_less() {
    for model in &Catalog::built_in().models {
        for runtime in RUNTIMES {
            let mut last = 0.0;
            for context in [1024, 2048, 4096, 8192, 16_384, 65_536] {
                let need = peak(&of(model, runtime, Inference { context, ..chat() }, Placement::Gpu));
                assert!(need >= last * 0.9999, "{} {runtime:?} {context}: {need} after {last}", model.id);
                last = need;
            }
            let one = peak(&of(model, runtime, chat(), Placement::Gpu));
            let four = Inference { concurrency: 4, context: 4 * 8192, ..chat() };
            let four = peak(&of(model, runtime, four, Placement::Gpu));
            assert!(four >= one, "{} {runtime:?}: four requests {four}, one {one}", model.id);
        }
    }
}

#[test]
fn nothing_of_a_program_that_was_never_run_is_called_exact() {
    for runtime in [Runtime::PyTorch, Runtime::Vllm, Runtime::Sglang, Runtime::ExLlama] {
        let budget = of(&model("llama-3.1-8b"), runtime, chat(), Placement::Gpu);
        let mut parts = budget.phases.iter().flat_map(|phase| &phase.parts);
        assert!(parts.clone().all(|part| part.basis != Basis::Exact), "{runtime:?}");
        assert!(parts.any(|part| part.name == PartName::KvCache && part.basis == Basis::Shapes));
    }
}

#[test]
fn what_a_runtime_lacks_is_said() {
    let llama = model("llama-3.1-8b");
    for runtime in RUNTIMES {
        let gguf = Quantization::parse("Q4_K_M").expect("a file type");
        let found = of(&llama, runtime, Inference { quantization: gguf, ..chat() }, Placement::Gpu);
        assert!(found.unknown.contains(&Unknown::QuantizationUnsupported), "{runtime:?} reads no GGUF");
        let cache = Inference { kv_precision: KvPrecision::Q4_0, ..chat() };
        let found = of(&llama, runtime, cache, Placement::Gpu);
        assert!(
            found.unknown.iter().any(|unknown| matches!(unknown, Unknown::KvPrecisionUnsupported(_))),
            "{runtime:?} has no q4_0 cache"
        );
        let far = Inference { context: 1_000_000_000_000, ..chat() };
        let found = of(&llama, runtime, far, Placement::Gpu);
        assert!(found.unknown.contains(&Unknown::ContextBeyondModel), "{runtime:?} has 10¹² tokens");
    }
    let batch = Inference { kv_precision: KvPrecision::Mlx8, concurrency: 4, ..chat() };
    let found = of(&llama, Runtime::Mlx, batch, Placement::Metal);
    assert!(
        found.unknown.contains(&Unknown::KvPrecisionUnsupported(KvPrecision::F16)),
        "mlx-lm's batches are 16 bit"
    );
    let found = of(&llama, Runtime::Mlx, chat(), Placement::Gpu);
    assert!(found.unknown.contains(&Unknown::ComputeBuffers), "MLX on CUDA was not modelled");
}

#[test]
fn vllm_keeps_whole_pages_and_a_common_start_once() {
    let llama = model("llama-3.1-8b");
    let a_token = 32.0 * 2.0 * 8.0 * 128.0 * 2.0;
    let cache = |inference| {
        let found = of(&llama, Runtime::Vllm, inference, Placement::Gpu);
        whole(named(&found, PhaseName::Decode, PartName::KvCache) / a_token)
    };
    assert_eq!(cache(Inference { context: 1000, ..chat() }), 1008, "63 pages of 16");
    let four = Inference { context: 4 * 1000, prompt: 900, concurrency: 4, ..chat() };
    assert_eq!(cache(four), 4 * 1008, "nothing in common");
    let common = Inference { prefix_share: 0.5, ..four };
    assert_eq!(cache(common), 4 * (1008 - 448) + 448, "450 tokens in common are 28 whole pages");
    assert_eq!(cache(Inference { kv_precision: KvPrecision::Fp8, ..common }), 1344, "half the bytes");
}

#[test]
fn pytorch_writes_scores_out_only_when_eager() {
    let llama = model("llama-3.1-8b");
    let activations = |attention, prompt: u64| {
        let inference = Inference { context: prompt + 512, prompt, attention, ..chat() };
        let found = of(&llama, Runtime::PyTorch, inference, Placement::Gpu);
        named(&found, PhaseName::Prefill, PartName::Activations)
    };
    let (fused, longer) =
        (activations(AttentionKernel::Fused, 4096), activations(AttentionKernel::Fused, 8192));
    assert!((longer / fused - 2.0).abs() < 0.01, "fused attention grows with the prompt: {fused} {longer}");
    let eager = activations(AttentionKernel::Eager, 4096) - fused;
    assert_eq!(whole(eager), 4096 * 4096 * (32 * 8 + 2), "scores, their sum with the mask, their softmax");
}

#[test]
fn mlx_models_that_look_back_a_window_forget_the_rest() {
    let cache = |id: &str, context| {
        let found = of(&model(id), Runtime::Mlx, Inference { context, ..chat() }, Placement::Metal);
        named(&found, PhaseName::Decode, PartName::KvCache)
    };
    let growth = cache("gpt-oss-20b", 65_536) - cache("gpt-oss-20b", 32_768);
    assert_eq!(whole(growth), 32_768 * 12 * 2 * 8 * 64 * 2, "only the twelve full layers grow");
}

/// DeepSeek V3.2 keeps a latent vector of 512 and 64 a token and layer, and a key of 128 for what chooses tokens: 8 bits and
/// a 32-bit scale in a server, 16 bits elsewhere.
#[test]
fn what_chooses_tokens_keeps_keys_of_its_own() {
    let deepseek = model("deepseek-v3.2");
    for (runtime, placement, a_token, a_key) in [
        (Runtime::Vllm, Placement::Gpu, 2.0 * 576.0, 132.0),
        (Runtime::Sglang, Placement::Gpu, 2.0 * 576.0, 132.0),
        (Runtime::LlamaCpp, Placement::Gpu, 2.0 * 576.0, 256.0),
        (Runtime::Mlx, Placement::Metal, 2.0 * 576.0, 256.0),
        (Runtime::PyTorch, Placement::Gpu, 2.0 * 128.0 * (192.0 + 128.0), 256.0),
    ] {
        let found = of(&deepseek, runtime, Inference { context: 8192, ..chat() }, placement);
        let bytes = |part| named(&found, PhaseName::Decode, part);
        let tokens = bytes(PartName::KvCache) / (61.0 * a_token);
        assert!((8192.0..=8448.0).contains(&tokens), "{runtime:?}: {tokens}");
        assert!((bytes(PartName::IndexerCache) - 61.0 * a_key * tokens).abs() < 1.0, "{runtime:?}");
        let plain = of(&model("deepseek-v3"), runtime, Inference { context: 8192, ..chat() }, placement);
        let mut parts = plain.phases.iter().flat_map(|phase| &phase.parts);
        assert!(parts.all(|part| part.name != PartName::IndexerCache), "{runtime:?}");
    }
}
