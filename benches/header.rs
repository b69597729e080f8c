//! What reading a model file costs; figures are read as ratios between runs on one machine.

#![expect(missing_docs, reason = "the macro of criterion writes the group")]

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "the tests of `import` write other files with it")]
mod support;

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use plimsoll::import::import;
use support::Gguf;

/// Tokens of a large vocabulary: with their scores and types about five megabytes.
const TOKENS: usize = 250_000;

/// A header of five megabytes: a small model with the vocabulary of a large one.
fn header(path: &Path) {
    let words: Vec<String> = (0..TOKENS).map(|token| format!("token{token}")).collect();
    Gguf::new(3, false).words("tokenizer.ggml.tokens", &words).small_model("llama").write(path);
}

/// Its tokens are stepped over, never kept.
fn headers(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("large.gguf");
    header(&path);
    criterion.bench_function("header of 5 MB", |bencher| {
        bencher.iter(|| import(black_box(&path)).expect("a model"));
    });
}

criterion_group!(benches, headers);
criterion_main!(benches);
