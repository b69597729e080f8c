//! A model file is weighed by its own tensors, and an unknown one by nothing else.

use std::path::Path;
use std::sync::Arc;

use crate::support::Gguf;
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::memory::{Placement, Unknown, weights};
use plimsoll::engine::{Assumptions, Estimate, Verdict, estimate};
use plimsoll::import::{Note, import};
use plimsoll::spec::{
    Container, FileType, GpuLayers, Inference, LanguageModel, Model, Quantization, Runtime, Scenario,
    Workload,
};
use plimsoll::units::whole;

/// Bytes of a tensor type's blocks: number, elements, bytes.
const F32: (u32, u64, u64) = (0, 1, 4);
const Q8_0: (u32, u64, u64) = (8, 32, 34);
const Q4_K: (u32, u64, u64) = (12, 256, 144);
const TQ2_0: (u32, u64, u64) = (35, 256, 66);

fn stored(elements: u64, (_, block, bytes): (u32, u64, u64)) -> u64 {
    elements / block * bytes
}

/// A llama of two layers, 256 wide, whose attention and networks are stored in the types that are given.
fn llama(file: Gguf, attention: (u32, u64, u64), network: (u32, u64, u64)) -> (Gguf, u64) {
    let mut file = file
        .one_of_each_kind()
        .words("tokenizer.ggml.tokens", &["one".to_owned()])
        .flags("tokenizer.ggml.some_flags", &[true, false])
        .say("general.architecture", "llama")
        .number("llama.embedding_length", 256)
        .number("llama.block_count", 2)
        .number("llama.context_length", 4096)
        .number("llama.attention.head_count", 4)
        .number("llama.attention.head_count_kv", 2);
    let mut sum = 0;
    let mut add = |name: &str, dimensions: &[u64], kind: (u32, u64, u64)| {
        let bytes = stored(dimensions.iter().product(), kind);
        sum += bytes;
        file =
            std::mem::replace(&mut file, Gguf::new(3, false)).typed_tensor(name, dimensions, kind.0, bytes);
    };
    add("token_embd.weight", &[256, 1024], Q8_0);
    add("output_norm.weight", &[256], F32);
    for layer in 0..2 {
        add(&format!("blk.{layer}.attn_norm.weight"), &[256], F32);
        add(&format!("blk.{layer}.ffn_norm.weight"), &[256], F32);
        for (name, rows) in [("q", 256), ("k", 128), ("v", 128), ("output", 256)] {
            add(&format!("blk.{layer}.attn_{name}.weight"), &[256, rows], attention);
        }
        add(&format!("blk.{layer}.ffn_gate.weight"), &[256, 512], network);
        add(&format!("blk.{layer}.ffn_up.weight"), &[256, 512], network);
        add(&format!("blk.{layer}.ffn_down.weight"), &[512, 256], network);
    }
    (file, sum)
}

/// The model of a file as scenarios have it.
fn model(file: &Gguf) -> (Arc<Model>, Vec<Note>, Quantization) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("some.gguf");
    file.write(&path);
    let imported = import(&path).expect("a model file");
    let (notes, stored) = (imported.notes.clone(), imported.file_type.expect("it is stored somehow"));
    (Arc::new(imported.into_model().expect("a model")), notes, stored)
}

fn bytes(model: &Model, quantization: Quantization, placement: Placement, layers: GpuLayers) -> [u64; 3] {
    let weights = weights(model, quantization, placement, layers);
    [weights.device, weights.host, weights.file].map(|bytes| whole(bytes.get()))
}

fn answered(model: &Arc<Model>, quantization: Quantization, machine: &str) -> Estimate {
    let catalog = Catalog::built_in();
    let machine = catalog.machine(machine).expect("in the catalog");
    let inference = Inference { quantization, ..Inference::usual(Runtime::LlamaCpp, model.context_max) };
    let language = LanguageModel::named(Arc::clone(model), Runtime::LlamaCpp);
    let scenario = Scenario::new("", Workload::Inference(language, inference));
    estimate(&scenario, machine, &Assumptions::new(calibration()))
}

#[test]
fn the_tensors_of_a_file_decide_and_not_its_label() {
    let q4 = Quantization::Gguf(FileType::Q4KM);
    let (file, sum) = llama(Gguf::new(3, false).number("general.file_type", 15), Q8_0, Q4_K);
    let (mixed, _, label) = model(&file);
    assert_eq!(label, q4);
    let [device, host, whole_file] = bytes(&mixed, q4, Placement::Gpu, GpuLayers::Auto);
    assert_eq!(whole_file, sum);
    let embedding = stored(256 * 1024, Q8_0);
    assert_eq!((device, host), (sum, embedding), "a tied embedding lies on both sides");
    // One layer of two on the device, with the output; the other and the embedding on the host.
    let layer = (sum - embedding - 1024) / 2;
    let partly = bytes(&mixed, q4, Placement::Gpu, GpuLayers::Count(2));
    assert_eq!(partly, [embedding + 1024 + layer, embedding + layer, sum]);
    // Another quantization is another file, by the rules of llama.cpp's quantizer.
    let other = Quantization::Gguf(FileType::Q8_0);
    assert_eq!(bytes(&mixed, other, Placement::Gpu, GpuLayers::Auto), {
        bytes(&mixed.without_file(), other, Placement::Gpu, GpuLayers::Auto)
    });
}

#[test]
fn a_type_without_a_recipe_is_weighed_all_the_same() {
    let (file, sum) = llama(Gguf::new(3, false).number("general.file_type", 37), TQ2_0, TQ2_0);
    let (ternary, notes, label) = model(&file);
    assert_eq!(label, Quantization::Own(Container::Gguf));
    assert!(matches!(notes.as_slice(), [Note::OtherFileType { .. }]), "{notes:?}");
    assert_eq!(bytes(&ternary, label, Placement::Cpu, GpuLayers::Auto), [0, sum, sum]);
    let fit = answered(&ternary, label, "rtx-4090");
    assert_eq!(fit.fit.verdict, Verdict::Fits);
    assert_eq!(fit.budget.weights_file.map(|bytes| whole(bytes.get())), Some(sum));
}

#[test]
fn prediction_layers_and_towers_are_parts_of_their_own() {
    let (file, sum) = llama(Gguf::new(3, false).number("general.file_type", 15), Q8_0, Q4_K);
    let head = stored(512 * 256, Q4_K);
    let file = file
        .number("llama.nextn_predict_layers", 1)
        .number("llama.block_count", 3)
        .typed_tensor("blk.2.nextn.eh_proj.weight", &[512, 256], Q4_K.0, head)
        .typed_tensor("v.blk.0.attn_q.weight", &[256, 32], F32.0, 4 * 256 * 32);
    let (seeing, notes, label) = model(&file);
    let [device, _, whole_file] = bytes(&seeing, label, Placement::Gpu, GpuLayers::Auto);
    assert_eq!((device, whole_file), (sum, sum + head + 4 * 256 * 32));
    assert!(notes.contains(&Note::PredictionBytes { bytes: head }), "{notes:?}");
    assert!(notes.contains(&Note::TowerInFile { bytes: 4 * 256 * 32 }), "{notes:?}");
    assert_eq!(seeing.vision.as_ref().map(|vision| whole(*vision.parameters.value())), Some(256 * 32));
}

#[test]
fn of_an_unknown_architecture_the_weights_are_a_lower_bound_with_a_verdict() {
    let small = Gguf::new(3, false).small_model("hyena");
    let (model, notes, label) = model(&small);
    assert!(
        model.is_unknown() && matches!(notes.first(), Some(Note::UnknownArchitecture { .. })),
        "{notes:?}"
    );
    let unsure = answered(&model, label, "rtx-4090");
    assert_eq!(unsure.fit.verdict, Verdict::Uncertain, "what comes on top is not known");
    assert_eq!(unsure.budget.unknown, [Unknown::Architecture]);
    assert!(unsure.speed.is_none(), "nothing is known of what a token reads");

    let giant = small.typed_tensor("blk.0.giant.weight", &[1 << 20, 1 << 16], 1, 1 << 37);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("giant.gguf");
    std::fs::write(&path, giant.bytes()).expect("writable");
    let imported = import(&path).expect("a header");
    assert!(imported.notes.iter().any(|note| matches!(note, Note::EndsEarly { .. })), "{:?}", imported.notes);
    let giant = Arc::new(imported.into_model().expect("its bytes are known"));
    assert_eq!(answered(&giant, label, "rtx-4090").fit.verdict, Verdict::DoesNotFit);
}

#[test]
fn heads_that_cannot_be_and_names_that_stand_twice_are_noted() {
    let file = Gguf::new(3, false).small_model("llama").tensor("blk.0.attn_q.weight", &[64, 64]);
    let (_, notes, _) = model(&file);
    assert!(notes.contains(&Note::Twice { name: "blk.0.attn_q.weight".to_owned() }), "{notes:?}");
    let crooked = Gguf::new(3, false).small_model("llama").number("llama.attention.head_count_kv", 3);
    let folder = tempfile::tempdir().expect("a folder");
    crooked.write(&folder.path().join("crooked.gguf"));
    let notes = import(&folder.path().join("crooked.gguf")).expect("a file").notes;
    assert!(notes.contains(&Note::ImpossibleHeads { heads: 4, kv_heads: 3 }), "{notes:?}");
}

/// What no program runs is noted, never said to fit.
#[test]
fn impossible_settings_are_noted_and_fit_nowhere() {
    type Change = fn(Gguf, &str) -> Gguf;
    let changes: [(Change, bool); 4] = [
        (|file, own| file.number(&format!("{own}.attention.head_count_kv"), 3), true),
        (|file, own| file.number(&format!("{own}.attention.head_count_kv"), 8), true),
        (|file, own| file.number(&format!("{own}.attention.head_count"), 0), false),
        (|file, own| file.number(&format!("{own}.embedding_length"), 0), false),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("crooked.gguf");
    for architecture in ["llama", "hyena"] {
        for (change, is_read) in &changes {
            let file = Gguf::new(3, false).small_model(architecture);
            change(file, architecture).write(&path);
            let imported = match import(&path) {
                Ok(imported) => imported,
                Err(error) => {
                    assert!(!is_read && error.to_string().contains("is 0 at byte"), "{error}");
                    continue;
                }
            };
            let said =
                imported.notes.iter().any(|note| note.to_string().contains("no program runs this file"));
            assert!(said, "{architecture}: {:?}", imported.notes);
            let label = imported.file_type.expect("labelled");
            let model = Arc::new(imported.into_model().expect("weighed"));
            assert_eq!(answered(&model, label, "rtx-4090").fit.verdict, Verdict::Uncertain);
        }
    }
}

/// llama.cpp loads no file whose tensors are not those that its number of layers makes.
#[test]
fn layers_that_a_file_holds_and_does_not_say_are_noted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("layers.gguf");
    for (said, drafting, is_right) in
        [(2, 0, true), (1, 0, false), (3, 0, false), (3, 1, true), (4, 1, false)]
    {
        let file = Gguf::new(3, false).small_model("llama").number("llama.block_count", said);
        file.number("llama.nextn_predict_layers", drafting).write(&path);
        let notes = import(&path).expect("its tensors").notes;
        let notes = notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        let words = format!("The file holds 2 layers and says that it has {said}: no program runs this file");
        assert_eq!(notes.contains(&words), !is_right, "{said} of which {drafting} draft: {notes}");
        assert!(!notes.contains("only draft tokens"), "{notes}");
    }
}

#[test]
fn long_texts_of_a_file_are_cut() {
    let file = Gguf::new(3, false).say("general.name", &"a".repeat(900)).small_model("llama");
    let (named, _, _) = model(&file);
    assert_eq!(named.name.chars().count(), 81, "{}", named.name);
    let error = import(Path::new("no/such/file.gguf")).expect_err("there is none").to_string();
    assert!(error.contains("no/such/file.gguf"), "{error}");
}
