//! What a look through a store costs: 500 models, and stores that mean no good. Figures are read, never asserted.
//!
//! To be reached: 500 models in a second, each hostile store done with in 100 ms and 64 MiB.

#![expect(missing_docs, reason = "the macro of criterion writes the group")]

mod memory;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::Assumptions;
use plimsoll::here::{Asked, answer_all};
use plimsoll::import::stores::{Found, Search, Step, ThisDisk};
use plimsoll::spec::Model;
use plimsoll::spec::preset::NoModel;

fn found(folder: &Path) -> Vec<Found> {
    let steps = Search::of_folders(&ThisDisk, [folder.to_owned()]);
    steps
        .filter_map(|step| match step {
            Step::Model(found) => Some(*found),
            Step::Looked | Step::Problem(_) => None,
        })
        .collect()
}

/// 500 models of five kinds in folders as LM Studio lays them out.
fn models(folder: &Path) {
    let headers = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/headers");
    let mut kinds: Vec<_> = fs::read_dir(headers)
        .expect("headers")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "gguf"))
        .collect();
    kinds.sort();
    for number in 0..500 {
        let own = folder.join(format!("publisher-{}/model-{number}", number % 20));
        fs::create_dir_all(&own).expect("a folder");
        fs::hard_link(&kinds[number % kinds.len()], own.join(format!("model-{number}.gguf")))
            .or_else(|_| fs::copy(&kinds[number % kinds.len()], own.join("model.gguf")).map(|_| ()))
            .expect("a model");
    }
}

/// A store of Ollama's whose manifests name blobs that are not there, or that lead out of it.
fn manifest_store(folder: &Path) {
    let of = folder.join("manifests/registry.ollama.ai/library/model");
    fs::create_dir_all(&of).expect("folders");
    fs::create_dir_all(folder.join("blobs")).expect("a folder");
    for number in 0..500 {
        let digest = if number % 2 == 0 {
            format!("sha256:{number:064}")
        } else {
            "sha256:../../../../etc/passwd".to_owned()
        };
        let layer = format!(
            "{{\"mediaType\": \"application/vnd.ollama.image.model\", \"digest\": \"{digest}\", \"size\": 18446744073709551615}}"
        );
        let text = format!("{{\"schemaVersion\": 2, \"layers\": [{}]}}", vec![layer; 100].join(","));
        fs::write(of.join(format!("{number}")), text).expect("writable");
    }
}

fn stores(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stores");
    group.sample_size(10);
    let folder = tempfile::tempdir().expect("a folder");
    models(folder.path());
    memory::of("500 models found", || found(folder.path()).len());
    group.bench_function("500 models found", |bencher| bencher.iter(|| found(folder.path())));
    let catalog = Catalog::built_in();
    let machine = Arc::clone(catalog.machine("apple-m5max-40c-128gb").expect("in the catalog"));
    let base = |key: &str| -> Result<Arc<Model>, NoModel> { Err(NoModel(key.to_owned())) };
    let asked = Asked {
        machine: &machine,
        assumptions: Assumptions::new(calibration()),
        base: &base,
        today: "2026-11-27",
    };
    group.bench_function("500 models found and answered", |bencher| {
        bencher.iter(|| answer_all(found(folder.path()), &asked).len());
    });
    let hostile = tempfile::tempdir().expect("a folder");
    for number in 0..100_000 {
        fs::write(hostile.path().join(format!("{number}.gguf")), "").expect("a file");
    }
    memory::of("100,000 files", || found(hostile.path()).len());
    group.bench_function("100,000 files", |bencher| bencher.iter(|| found(hostile.path()).len()));
    let links = tempfile::tempdir().expect("a folder");
    #[cfg(unix)]
    for number in 0..100 {
        let to = if number % 2 == 0 { Path::new("/") } else { links.path() };
        std::os::unix::fs::symlink(to, links.path().join(format!("link-{number}"))).expect("a link");
    }
    memory::of("links to everything", || found(links.path()).len());
    group.bench_function("links to everything", |bencher| bencher.iter(|| found(links.path()).len()));
    let deep = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(deep.path().join("a/".repeat(400))).expect("folders");
    memory::of("folders in folders", || found(deep.path()).len());
    group.bench_function("folders in folders", |bencher| bencher.iter(|| found(deep.path()).len()));
    let manifests = tempfile::tempdir().expect("a folder");
    manifest_store(manifests.path());
    memory::of("manifests that point nowhere", || found(manifests.path()).len());
    group.bench_function("manifests that point nowhere", |bencher| {
        bencher.iter(|| found(manifests.path()).len());
    });
    group.finish();
}

criterion_group!(benches, stores);
criterion_main!(benches);
