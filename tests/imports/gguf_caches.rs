//! What a GGUF file says that its model keeps for past tokens, where no layer of it has a record: against the rules of
//! llama.cpp (ggml 0.25: `create_memory`, and each architecture's `load_arch_hparams`).

use std::sync::Arc;

use crate::support::Gguf;
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::{Assumptions, PartName, Verdict, estimate};
use plimsoll::import::{Note, import};
use plimsoll::spec::{
    Inference, Kept, KeptKind, KvPrecision, LanguageModel, Model, Runtime, Scenario, Sketch, Span, Workload,
};
use plimsoll::units::whole;

const CONTEXT: u64 = 8192;

/// A file of an architecture: its width, its layers, its heads; `set` adds what it says beside.
fn file(architecture: &str, layers: u32, set: impl Fn(Gguf, &dyn Fn(&str) -> String) -> Gguf) -> Gguf {
    let key = |name: &str| format!("{architecture}.{name}");
    let base = Gguf::new(3, false)
        .say("general.architecture", architecture)
        .number("general.file_type", 1)
        .number(&key("embedding_length"), 64)
        .number(&key("block_count"), layers)
        .number(&key("context_length"), 65_536);
    set(base, &key).tensor("token_embd.weight", &[64, 100]).tensor("output_norm.weight", &[64])
}

fn model(file: &Gguf) -> (Arc<Model>, Vec<Note>) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("small.gguf");
    file.write(&path);
    let imported = import(&path).expect("a file");
    assert!(imported.model.is_none(), "{:?}", imported.notes);
    let notes = imported.notes.clone();
    (Arc::new(imported.into_model().expect("weighed")), notes)
}

fn kept(file: &Gguf) -> Sketch {
    let (model, notes) = model(file);
    assert!(notes.iter().any(|note| matches!(note, Note::SketchOnly { .. })), "{notes:?}");
    model.sketch.as_deref().cloned().expect("its caches are known")
}

/// Bytes of a part at a context of 8,192, with what is set.
fn bytes(file: &Gguf, part: PartName, set: impl Fn(&mut Inference)) -> u64 {
    let (model, _) = model(file);
    let mut inference = Inference { context: CONTEXT, ..Inference::usual(Runtime::LlamaCpp, 8192) };
    set(&mut inference);
    let language = LanguageModel::named(model, Runtime::LlamaCpp);
    let scenario = Scenario::new("", Workload::Inference(language, inference));
    let catalog = Catalog::built_in();
    let machine = catalog.machine("rtx-4090").expect("in the catalog");
    let answer = estimate(&scenario, machine, &Assumptions::new(calibration()));
    assert_eq!(answer.fit.verdict, Verdict::Uncertain, "buffers are not known");
    let decode = answer.budget.phases.last().expect("phases");
    decode.parts.iter().filter(|own| own.name == part).map(|own| whole(own.bytes.best.get())).sum()
}

const fn tokens(layers: u64, span: Span, keys: u64, values: u64) -> Kept {
    Kept { kind: KeptKind::Tokens, layers, keys, values, span }
}

const fn states(layers: u64, convolution: u64, state: u64) -> Kept {
    Kept { kind: KeptKind::State, layers, keys: convolution, values: state, span: Span::Once }
}

#[test]
fn short_convolutions_keep_their_last_inputs() {
    let lfm2 = file("lfm2", 4, |file, key| {
        file.number(&key("attention.head_count"), 4)
            .numbers(&key("attention.head_count_kv"), &[0, 0, 2, 0])
            .number(&key("shortconv.l_cache"), 3)
    });
    let expected = [tokens(1, Span::Context, 32, 32), states(3, 64 * 2, 0)];
    assert_eq!(kept(&lfm2).caches, expected);
    assert_eq!(bytes(&lfm2, PartName::KvCache, |_| {}), CONTEXT * 64 * 2);
    assert_eq!(bytes(&lfm2, PartName::RecurrentState, |_| {}), 3 * 128 * 4);
    // Keys and values each in their own format.
    let packed = bytes(&lfm2, PartName::KvCache, |inference| {
        inference.cache_type_k = Some(KvPrecision::Q8_0);
        inference.cache_type_v = Some(KvPrecision::Q4_0);
    });
    assert_eq!(packed, CONTEXT * (34 + 18));
}

#[test]
fn hybrids_tell_their_recurrent_layers_by_their_heads() {
    let jamba = file("jamba", 3, |file, key| {
        file.number(&key("attention.head_count"), 4)
            .numbers(&key("attention.head_count_kv"), &[0, 4, 0])
            .number(&key("ssm.conv_kernel"), 4)
            .number(&key("ssm.inner_size"), 128)
            .number(&key("ssm.state_size"), 16)
    });
    assert_eq!(kept(&jamba).caches, [tokens(1, Span::Context, 64, 64), states(2, 3 * 128, 16 * 128)]);
    let nemotron = file("nemotron_h", 4, |file, key| {
        file.numbers(&key("attention.head_count"), &[0, 4, 0, 0])
            .numbers(&key("attention.head_count_kv"), &[0, 2, 0, 0])
            .numbers(&key("feed_forward_length"), &[0, 0, 256, 0])
            .number(&key("attention.key_length"), 16)
            .number(&key("attention.value_length"), 16)
            .number(&key("ssm.conv_kernel"), 4)
            .number(&key("ssm.inner_size"), 128)
            .number(&key("ssm.state_size"), 16)
            .number(&key("ssm.group_count"), 2)
    });
    let expected = [tokens(1, Span::Context, 32, 32), states(2, 3 * (128 + 2 * 2 * 16), 16 * 128)];
    assert_eq!(kept(&nemotron).caches, expected, "networks keep nothing");
    let kimi = file("kimi-linear", 4, |file, key| {
        file.number(&key("attention.head_count"), 4)
            .numbers(&key("attention.head_count_kv"), &[0, 0, 0, 1])
            .number(&key("attention.key_length"), 48)
            .number(&key("attention.value_length"), 32)
            .number(&key("attention.key_length_mla"), 24)
            .number(&key("attention.value_length_mla"), 16)
            .number(&key("ssm.conv_kernel"), 4)
            .number(&key("kda.head_dim"), 16)
    });
    assert_eq!(
        kept(&kimi).caches,
        [tokens(1, Span::Context, 48, 0), states(3, 3 * 3 * 4 * 16, 16 * 16 * 4)],
        "latent vectors have no values beside them"
    );
    let rwkv = file("rwkv7", 2, |file, key| file.number(&key("wkv.head_size"), 16));
    assert_eq!(kept(&rwkv).caches, [states(2, 2 * 64, 64 * 16)]);
}

#[test]
fn windows_are_those_of_the_architecture_or_of_the_file() {
    let heads = |file: Gguf, key: &dyn Fn(&str) -> String| {
        file.number(&key("attention.head_count"), 4)
            .number(&key("attention.head_count_kv"), 2)
            .number(&key("attention.sliding_window"), 512)
    };
    let mimo = file("mimo2", 3, |file, key| {
        heads(file, key)
            .flags(&key("attention.sliding_window_pattern"), &[false, true, true])
            .number(&key("attention.key_length"), 24)
            .number(&key("attention.value_length"), 16)
    });
    let expected = [tokens(1, Span::Context, 48, 32), tokens(2, Span::Window(512), 48, 32)];
    assert_eq!(kept(&mimo).caches, expected);
    // A window has room for itself and one chunk of 512.
    assert_eq!(bytes(&mimo, PartName::KvCache, |_| {}), (CONTEXT + 2 * 1024) * 80 * 2);
    assert_eq!(bytes(&mimo, PartName::KvCache, |inference| inference.swa_full = true), 3 * CONTEXT * 80 * 2);
    // Gemma 3n: four of five slide, and the first twenty alone have keys.
    let gemma = file("gemma3n", 25, heads);
    let expected = [tokens(4, Span::Context, 32, 32), tokens(16, Span::Window(512), 32, 32)];
    assert_eq!(kept(&gemma).caches, expected);
    // The small Gemma 4 says how many share, and widens its heads where everything is seen.
    let small = file("gemma4", 4, |file, key| {
        heads(file, key)
            .flags(&key("attention.sliding_window_pattern"), &[true, false, true, false])
            .number(&key("attention.shared_kv_layers"), 2)
            .number(&key("attention.key_length"), 32)
            .number(&key("attention.value_length"), 32)
            .number(&key("attention.key_length_swa"), 16)
            .number(&key("attention.value_length_swa"), 16)
    });
    let expected = [tokens(1, Span::Context, 64, 64), tokens(1, Span::Window(512), 32, 32)];
    assert_eq!(kept(&small).caches, expected);
    // The first of four sees everything.
    let cohere = file("cohere2moe", 8, heads);
    let expected = [tokens(2, Span::Context, 32, 32), tokens(6, Span::Window(512), 32, 32)];
    assert_eq!(kept(&cohere).caches, expected);
}

#[test]
fn indexers_keep_keys_of_their_own() {
    let latent = |architecture: &str, context| {
        file(architecture, 2, |file, key| {
            file.number(&key("attention.head_count"), 4)
                .number(&key("attention.head_count_kv"), 1)
                .number(&key("attention.key_length"), 48)
                .number(&key("attention.value_length"), 32)
                .number(&key("attention.key_length_mla"), 24)
                .number(&key("attention.value_length_mla"), 16)
                .number(&key("attention.indexer.key_length"), 32)
                .number(&key("context_length"), context)
        })
    };
    let index =
        |layers, keys, values| Kept { kind: KeptKind::Indexer, layers, keys, values, span: Span::Context };
    for architecture in ["deepseek32", "glm-dsa"] {
        let caches = kept(&latent(architecture, 65_536)).caches;
        assert_eq!(caches, [tokens(2, Span::Context, 48, 0), index(2, 32, 0)], "{architecture}");
    }
    // Which layers of GLM 5.2 choose by themselves is in no setting of a file without the list.
    assert!(model(&latent("glm-dsa", 1 << 20)).0.sketch.is_none());
    let minimax = file("minimax-m3", 3, |file, key| {
        file.number(&key("attention.head_count"), 4)
            .number(&key("attention.head_count_kv"), 2)
            .number(&key("leading_dense_block_count"), 1)
            .number(&key("attention.indexer.key_length"), 32)
    });
    assert_eq!(kept(&minimax).caches, [tokens(3, Span::Context, 32, 32), index(2, 32, 16)]);
}

#[test]
fn deepseek_4_keeps_the_last_tokens_whole_and_all_compressed() {
    let deepseek = file("deepseek4", 3, |file, key| {
        file.number(&key("attention.head_count"), 4)
            .number(&key("attention.head_count_kv"), 1)
            .number(&key("attention.key_length"), 32)
            .number(&key("attention.value_length"), 32)
            .number(&key("attention.sliding_window"), 128)
            .number(&key("attention.indexer.key_length"), 64)
            .numbers(&key("attention.compress_ratios"), &[0, 4, 128])
    });
    let kept = kept(&deepseek);
    let values = f64::from(3 * 128 * 32 + (8192 / 4 + 8192 / 128) * 32);
    assert!((kept.values(KeptKind::Tokens, CONTEXT) - values).abs() < 0.5);
    // Whole steps of 256: the window of 128 with a chunk of 512, one of four, one of 128.
    let cache = (3 * 768 + CONTEXT / 4 + 256) * 32 * 2;
    assert_eq!(bytes(&deepseek, PartName::KvCache, |_| {}), cache);
    assert_eq!(bytes(&deepseek, PartName::IndexerCache, |_| {}), CONTEXT / 4 * 64 * 2);
    let state = 2 * (8 * 64 + 8 * 128 + 128 * 32) * 4;
    assert_eq!(bytes(&deepseek, PartName::RecurrentState, |_| {}), state);
}

#[test]
fn older_models_keep_every_head() {
    let gpt2 = file("gpt2", 2, |file, key| file.number(&key("attention.head_count"), 4));
    assert_eq!(kept(&gpt2).caches, [tokens(2, Span::Context, 64, 64)]);
    let deci = file("deci", 3, |file, key| {
        file.numbers(&key("attention.head_count"), &[4, 0, 4])
            .numbers(&key("attention.head_count_kv"), &[2, 0, 1])
    });
    let expected = [tokens(1, Span::Context, 16, 16), tokens(1, Span::Context, 32, 32)];
    assert_eq!(kept(&deci).caches, expected, "a layer without heads keeps nothing");
}

#[test]
fn encoders_keep_nothing_and_are_said_to_be_such() {
    let (bert, notes) = model(&file("bert", 2, |file, key| file.number(&key("attention.head_count"), 4)));
    assert_eq!(bert.sketch.as_deref(), Some(&Sketch::default()));
    assert!(notes.iter().any(|note| note.to_string().contains("An encoder")), "{notes:?}");
    let (llada, notes) = model(&file("llada", 2, |file, key| file.number(&key("attention.head_count"), 4)));
    assert_eq!(llada.sketch.as_deref(), Some(&Sketch::default()));
    assert!(notes.iter().any(|note| note.to_string().contains("whole text at once")), "{notes:?}");
}

#[test]
fn what_a_file_does_not_say_is_not_guessed() {
    // Which layers slide is in the file alone.
    let silent = file("mimo2", 2, |file, key| {
        file.number(&key("attention.head_count"), 4).number(&key("attention.sliding_window"), 512)
    });
    let headless = file("gpt2", 2, |file, _| file);
    for file in [silent, headless] {
        let (model, notes) = model(&file);
        assert!(model.sketch.is_none() || model.sketch == Some(Arc::new(Sketch::default())), "{notes:?}");
    }
}
