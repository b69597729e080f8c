//! llama.cpp's memory under settings no one should use, and laws that hold under any.

use std::sync::Arc;

use plimsoll::catalog::Catalog;
use plimsoll::engine::memory::{Budget, PartName, Place, Placement, Unknown, budget};
use plimsoll::spec::{
    AttentionKernel, GpuLayers, Inference, KvPrecision, LanguageModel, Model, Runtime, Scenario, Workload,
};
use plimsoll::units::Bytes;

const PLACEMENTS: [Placement; 3] = [Placement::Cpu, Placement::Gpu, Placement::Metal];

fn usual() -> Inference {
    Inference { context: 8192, prompt: 1024, generate: 256, prefill_step: 512, ..Inference::default() }
}

fn said(id: &str, inference: Inference, placement: Placement) -> Budget {
    let catalog = Catalog::built_in();
    of(catalog.model(id).expect("a model of the catalog").clone(), inference, placement)
}

fn of(model: Arc<Model>, inference: Inference, placement: Placement) -> Budget {
    let language = LanguageModel::named(model, Runtime::LlamaCpp);
    let scenario = Scenario::new("", Workload::Inference(language, inference));
    budget(&scenario, placement)
}

fn assert_sound(said: &Budget, what: &str) {
    for phase in &said.phases {
        for part in &phase.parts {
            let band = part.bytes;
            let numbers = [band.low.get(), band.best.get(), band.high.get()];
            assert!(numbers.iter().all(|n| n.is_finite() && *n >= 0.0), "{what}: {part:?}");
            assert!(band.low <= band.best && band.best <= band.high, "{what}: {part:?}");
        }
    }
}

fn total(said: &Budget) -> Bytes {
    said.peak().expect("phases").total().best
}

#[test]
fn absurd_settings_give_finite_memory_for_every_model() {
    let catalog = Catalog::built_in();
    for model in &catalog.models {
        for (context, concurrency, ubatch) in [
            (0, 0, 0),
            (1, 1, 1),
            (1_000_000_000_000, 1, 512),
            (1_000_000_000_000, 1_000_000, u64::MAX),
            (u64::MAX, u64::MAX, u64::MAX),
            (256, 10_000, 2048),
            (300, 7, 100),
        ] {
            for attention in [AttentionKernel::Fused, AttentionKernel::Eager] {
                for placement in PLACEMENTS {
                    let inference = Inference { context, concurrency, ubatch, attention, ..usual() };
                    let what = format!("{} {context} {concurrency} {ubatch} {placement:?}", model.id);
                    assert_sound(&of(model.clone(), inference, placement), &what);
                }
            }
        }
    }
}

#[test]
fn more_context_never_needs_less() {
    let catalog = Catalog::built_in();
    for id in ["llama-3.1-8b", "gemma-3-27b", "deepseek-r1", "qwen3-next-80b-a3b", "falcon-h1-7b"] {
        let model = catalog.model(id).expect("a model of the catalog");
        for placement in PLACEMENTS {
            let needs: Vec<Bytes> = (8..20)
                .map(|power| Inference { context: 1 << power, ..usual() })
                .map(|inference| total(&of(model.clone(), inference, placement)))
                .collect();
            assert!(needs.windows(2).all(|pair| pair[0] <= pair[1]), "{id} {placement:?}: {needs:?}");
        }
    }
}

#[test]
fn layers_move_to_the_device_one_by_one() {
    let on_device = |count| {
        let said = said(
            "llama-3.1-8b",
            Inference { gpu_layers: GpuLayers::Count(count), ..usual() },
            Placement::Gpu,
        );
        assert_sound(&said, "a part of the layers");
        let phase = said.peak().expect("phases");
        let kept = |place| {
            let of_place = phase.parts.iter().filter(move |part| part.place == place);
            of_place
                .filter(|part| part.name == PartName::KvCache)
                .map(|part| part.bytes.best.get())
                .sum::<f64>()
        };
        (kept(Place::Device), kept(Place::Host))
    };
    let whole = 1_073_741_824.0;
    assert_eq!(on_device(0), (0.0, whole), "nothing on the device");
    assert_eq!(on_device(1), (0.0, whole), "the output layer goes first");
    assert_eq!(on_device(17), (whole / 2.0, whole / 2.0), "half of 32 layers and the output");
    assert_eq!(on_device(33), (whole, 0.0), "all");
    assert_eq!(on_device(u64::MAX), (whole, 0.0), "no more than all");
}

#[test]
fn weights_left_on_the_host_are_brought_to_the_device_for_long_prompts() {
    let all = said("llama-3.1-8b", usual(), Placement::Gpu);
    let none = said("llama-3.1-8b", Inference { gpu_layers: GpuLayers::Count(0), ..usual() }, Placement::Gpu);
    let buffer = |said: &Budget| {
        let phase = said.peak().expect("phases");
        let parts = phase.parts.iter().filter(|part| part.place == Place::Device);
        parts
            .filter(|part| part.name == PartName::ComputeBuffer)
            .map(|part| part.bytes.best.get())
            .sum::<f64>()
    };
    assert!(
        buffer(&none) > 0.3 * buffer(&all),
        "the device computes with fetched weights: {}",
        buffer(&none)
    );
    assert!(total(&none) < total(&all) * 1.2, "and nothing is held twice");
}

#[test]
fn what_llama_cpp_cannot_do_is_said() {
    let eager = Inference { attention: AttentionKernel::Eager, kv_precision: KvPrecision::Q8_0, ..usual() };
    let refused = said("llama-3.1-8b", eager, Placement::Cpu);
    assert!(refused.unknown.contains(&Unknown::EagerNeedsPlainCache), "{:?}", refused.unknown);
    let fused =
        said("llama-3.1-8b", Inference { attention: AttentionKernel::Fused, ..eager }, Placement::Cpu);
    assert_eq!(total(&refused), total(&fused), "fused attention is on instead");

    let fp8 = said("llama-3.1-8b", Inference { kv_precision: KvPrecision::Fp8, ..usual() }, Placement::Cpu);
    assert_eq!(fp8.unknown, [Unknown::KvPrecisionUnsupported(KvPrecision::F16)], "16 bit is used");
    assert_eq!(total(&fp8), total(&said("llama-3.1-8b", usual(), Placement::Cpu)), "as 16 bit");

    let long = said("llama-3.1-8b", Inference { context: 1 << 20, ..usual() }, Placement::Cpu);
    assert!(long.unknown.contains(&Unknown::ContextBeyondModel), "{:?}", long.unknown);
}

#[test]
fn a_chunk_longer_than_the_context_is_cut() {
    let longer = said("llama-3.1-8b", Inference { context: 512, ubatch: 4096, ..usual() }, Placement::Gpu);
    let equal = said("llama-3.1-8b", Inference { context: 512, ubatch: 512, ..usual() }, Placement::Gpu);
    assert_eq!(total(&longer), total(&equal), "a chunk is never longer than the context");
}

#[test]
fn a_vision_tower_counts_only_where_it_is_loaded() {
    let blind = total(&said("gemma-3-27b", usual(), Placement::Gpu));
    let seeing = total(&said("gemma-3-27b", Inference { vision: true, ..usual() }, Placement::Gpu));
    let tower = (seeing - blind).get();
    assert!((0.5e9..1.5e9).contains(&tower), "Gemma 3's tower and projector in 16 bit: {tower}");
}
