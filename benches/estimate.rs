//! What an estimate costs; figures are read as ratios between runs on one machine.

#![expect(missing_docs, reason = "the macro of criterion writes the group")]

use criterion::{Criterion, criterion_group, criterion_main};
use plimsoll::catalog::{Catalog, calibration, quality};
use plimsoll::engine::estimate::fit;
use plimsoll::engine::memory::{Placement, budget, weights};
use plimsoll::engine::rank::{Contender, best_first, rank};
use plimsoll::engine::solve::largest;
use plimsoll::engine::{Assumptions, Question};
use plimsoll::spec::{
    FileType, GpuLayers, Inference, LanguageModel, Model, Quantization, Runtime, Scenario, Setting, Workload,
};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

/// A built-in model.
fn model(file: &str, id: &str) -> Model {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/catalog/models");
    let text = std::fs::read_to_string(folder.join(file)).expect("the built-in file is there");
    let models: Vec<Model> = ron::from_str(&text).expect("the built-in file is valid");
    models.into_iter().find(|model| model.id == id).expect("the model is built in")
}

/// Weights of models with few and many layers, of one shape and of several.
fn weights_group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("weights");
    let q4 = Quantization::Gguf(FileType::Q4KM);
    for (file, id) in [
        ("meta.ron", "llama-3.1-8b"),
        ("meta.ron", "llama-3.3-70b"),
        ("deepseek.ron", "deepseek-r1"),
        ("google.ron", "gemma-3-27b"),
        ("qwen.ron", "qwen3-next-80b-a3b"),
    ] {
        let model = model(file, id);
        group.bench_function(id, |bencher| {
            bencher.iter(|| weights(black_box(&model), q4, Placement::Gpu, GpuLayers::Auto));
        });
    }
    let model = model("meta.ron", "llama-3.1-8b");
    group.bench_function("llama-3.1-8b in MLX", |bencher| {
        let four = Quantization::Mlx { bits: 4, group: 64 };
        bencher.iter(|| weights(black_box(&model), four, Placement::Metal, GpuLayers::Auto));
    });
    group.finish();
}

/// Every machine of the catalog at once, as the first frame of the window asks.
fn machines_group(criterion: &mut Criterion) {
    let catalog = Catalog::built_in();
    let scenario = chat(model("meta.ron", "llama-3.1-8b"));
    let assumptions = Assumptions::new(calibration());
    criterion.bench_function(&format!("chat on {} machines", catalog.machines.len()), |bencher| {
        bencher.iter(|| {
            let mut question = Question::new(black_box(&scenario));
            for machine in &catalog.machines {
                black_box(question.on(machine, &assumptions));
            }
        });
    });
    criterion.bench_function("catalog of machines, parsed whole", |bencher| {
        bencher.iter(|| black_box(Catalog::built_in()).machines.len());
    });
}

fn chat(model: Model) -> Scenario {
    let language = LanguageModel::named(Arc::new(model), Runtime::LlamaCpp);
    Scenario::new(
        "Chat",
        Workload::Inference(
            language,
            Inference {
                context: 8192,
                prompt: 1024,
                generate: 256,
                prefill_step: 512,
                ..Inference::default()
            },
        ),
    )
}

/// Fifty models on 120 machines, each in the best of twelve quantizations.
fn rank_group(criterion: &mut Criterion) {
    let catalog = Catalog::built_in();
    let assumptions = Assumptions::new(calibration());
    let machines: Vec<_> = catalog.machines.iter().step_by(3).take(120).cloned().collect();
    let formats = [
        FileType::F16,
        FileType::Q8_0,
        FileType::Q6K,
        FileType::Q5KM,
        FileType::Q5KS,
        FileType::Q4KM,
        FileType::Q4KS,
        FileType::IQ4XS,
        FileType::Q4_0,
        FileType::Q3KM,
        FileType::Q2K,
        FileType::IQ2XXS,
    ];
    let formats = formats.map(Quantization::Gguf);
    let contenders: Vec<Contender> = catalog
        .models
        .iter()
        .step_by(3)
        .take(50)
        .filter_map(|model| {
            let scenario = chat(model.as_ref().clone());
            Contender::new(&scenario, &[], &best_first(model, &formats, quality()))
        })
        .collect();
    let name = format!("{} models on {} machines", contenders.len(), machines.len());
    criterion.bench_function(&name, |bencher| {
        bencher.iter(|| rank(black_box(&contenders), &machines, &assumptions, quality()));
    });
}

/// All of llama.cpp's memory, most of it the graph that is laid out for the compute buffers.
fn compute_group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compute");
    for (file, id) in [
        ("meta.ron", "llama-3.1-8b"),
        ("meta.ron", "llama-3.3-70b"),
        ("google.ron", "gemma-3-27b"),
        ("qwen.ron", "qwen3-30b-a3b"),
        ("qwen.ron", "qwen3-next-80b-a3b"),
    ] {
        let scenario = chat(model(file, id));
        group.bench_function(id, |bencher| {
            bencher.iter(|| budget(black_box(&scenario), Placement::Metal));
        });
    }
    group.finish();
}

/// The fullest of several cards, by layers.
fn devices_group(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("devices");
    for devices in [2, 8] {
        let mut scenario = chat(model("meta.ron", "llama-3.3-70b"));
        scenario.devices.count = Some(devices);
        group.bench_function(format!("70B on {devices}"), |bencher| {
            bencher.iter(|| budget(black_box(&scenario), Placement::Gpu));
        });
    }
    group.finish();
}

/// The most of a setting that fits, by the settings that people solve for.
fn solve_group(criterion: &mut Criterion) {
    let catalog = Catalog::built_in();
    let machine = catalog.machine("rtx-4090-24gb").expect("it is built in");
    let scenario = chat(model("meta.ron", "llama-3.1-8b"));
    let mut group = criterion.benchmark_group("solve");
    for key in ["context", "concurrency", "ubatch", "quantization"] {
        let setting = Setting::find(&scenario, key).expect("a setting of it");
        group.bench_function(key, |bencher| {
            bencher
                .iter(|| largest(black_box(&scenario), setting, &scenario, &mut |asked| fit(asked, machine)));
        });
    }
    group.finish();
}

criterion_group!(
    benches,
    weights_group,
    compute_group,
    devices_group,
    machines_group,
    rank_group,
    solve_group
);
criterion_main!(benches);
