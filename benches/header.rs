//! What reading a model file costs, and what hostile ones do; figures are read, never asserted.
//!
//! To be reached: a header of 5 MB in 2 ms and 8 MiB, each hostile file refused in 100 ms and 64 MiB.

#![expect(missing_docs, reason = "the macro of criterion writes the group")]

mod memory;
#[path = "../tests/support/mod.rs"]
#[expect(dead_code, reason = "the tests of `import` write other files with it")]
mod support;

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};

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
    memory::of("header of 5 MB", || import(&path).expect("a model"));
    criterion.bench_function("header of 5 MB", |bencher| {
        bencher.iter(|| import(black_box(&path)).expect("a model"));
    });
}

/// Files that claim what cannot be: those of the tests, and some that are large on disk.
fn hostile_files(folder: &Path) -> Vec<PathBuf> {
    let given = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_inputs/models");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(given).expect("files").flatten().map(|entry| entry.path()).collect();
    // A terabyte of nothing, with a list of a hundred billion texts.
    let mut list = b"GGUF".to_vec();
    list.extend(3_u32.to_le_bytes());
    list.extend([1_u64.to_le_bytes(); 3].concat());
    list.extend(b"k");
    list.extend([9_u32.to_le_bytes(), 8_u32.to_le_bytes()].concat());
    list.extend(100_000_000_000_u64.to_le_bytes());
    // Safetensors whose header claims to be as long, and one of names without end.
    let claimed = [&(1_u64 << 39).to_le_bytes()[..], b"{\"a\":"].concat();
    let names = [&(64_u64 << 20).to_le_bytes()[..], b"{\"", &vec![b'a'; 64 << 20]].concat();
    // A configuration of brackets, and one of eight megabytes.
    let nested = ["[".repeat(1 << 20), "]".repeat(1 << 20)].concat();
    let nested = format!("{{\"model_type\": \"llama\", \"a\": {nested}}}").into_bytes();
    let long = format!("{{\"model_type\": \"{}\"}}", "a".repeat(9 << 20)).into_bytes();
    for (name, bytes, length) in [
        ("list.gguf", list, Some(1_u64 << 40)),
        ("claimed.safetensors", claimed, Some(1 << 40)),
        ("names.safetensors", names, None),
        ("nested.json", nested, None),
        ("long.json", long, None),
    ] {
        let path = folder.join(name);
        fs::write(&path, bytes).expect("writable");
        if let Some(length) = length {
            let file = fs::OpenOptions::new().write(true).open(&path).expect("there");
            file.set_len(length).expect("a hole");
        }
        paths.push(path);
    }
    paths.sort();
    paths
}

/// Each by itself: the slowest and the hungriest count, not the mean.
fn hostile(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut group = criterion.benchmark_group("hostile");
    group.sample_size(10);
    for path in hostile_files(folder.path()) {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        memory::of(&name, || import(&path).is_err());
        group.bench_function(name, |bencher| bencher.iter(|| import(black_box(&path)).is_err()));
    }
    group.finish();
}

criterion_group!(benches, headers, hostile);
criterion_main!(benches);
