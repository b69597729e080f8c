//! Reading real configurations and headers, and the shapes that must come of them.

use std::path::{Path, PathBuf};

use plimsoll::catalog::Catalog;
use plimsoll::engine::memory::checkpoint_parameter_count;
use plimsoll::import::{Imported, Note, import};
use plimsoll::spec::{Block, FeedForward, FileType, Mixer, Model, Quantization};

fn fixture(folder: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder).join(name)
}

fn imported(folder: &str, name: &str) -> Imported {
    import(&fixture(folder, name)).expect("a fixture that reads")
}

fn model(folder: &str, name: &str) -> Model {
    let imported = imported(folder, name);
    let notes = imported.notes;
    imported.model.ok_or(notes).expect("a known architecture")
}

fn windows(model: &Model) -> Vec<Option<u32>> {
    model
        .layers()
        .map(|block| match &block.mixer {
            Mixer::Attention(attention) => attention.window,
            _ => None,
        })
        .collect()
}

/// Every configuration says its own parameter count, which the shapes must reach to the last one but for
/// the frequencies of rotary positions, which a GGUF file stores and nobody learns.
#[test]
fn configurations_give_their_own_parameter_count() {
    let folder = fixture("configs", "");
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder is part of the project") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("readable");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let stated = value["n_params_total"].as_f64().expect("stated");
        let imported = import(&path).unwrap_or_else(|error| panic!("{error}"));
        let model = imported.model.expect("known");
        let counted = *model.parameters.value() + f64::from(model.rope_factors);
        assert!((counted - stated).abs() / stated < 1e-5, "{}: {counted} of {stated}", model.name);
        assert_eq!(
            Some(u64::from(model.layer_count())),
            value["num_hidden_layers"].as_u64(),
            "{}",
            model.name
        );
        assert_eq!(Some(u64::from(model.hidden)), value["hidden_size"].as_u64(), "{}", model.name);
        assert_eq!(Some(model.architecture.as_str()), value["gguf_arch"].as_str(), "{}", model.name);
        assert_eq!(
            Some(checkpoint_parameter_count(&model)),
            value["n_params_total"].as_u64().map(|all| all - u64::from(model.rope_factors)),
            "{}",
            model.name
        );
        seen += 1;
    }
    assert_eq!(seen, 13);
}

#[test]
fn windows_stand_where_the_models_have_them() {
    let gemma = windows(&model("configs", "Gemma-2-9B.json"));
    let expected: Vec<_> = (0..42).map(|layer| (layer % 2 == 0).then_some(4096)).collect();
    assert_eq!(gemma, expected);
    let oss = windows(&model("configs", "gpt-oss-20b.json"));
    assert_eq!(oss, (0..24).map(|layer| (layer % 2 == 0).then_some(128)).collect::<Vec<_>>());
}

#[test]
fn experts_and_mixers() {
    let deepseek = model("configs", "DeepSeek-V2-Lite.json");
    let layers: Vec<&Block> = deepseek.layers().collect();
    assert!(matches!(layers[0].feed_forward, FeedForward::Dense { width: 10_944, gated: true, bias: false }));
    let FeedForward::Experts(experts) = &layers[1].feed_forward else { panic!("experts from layer 1") };
    assert_eq!((experts.count, experts.used, experts.width, experts.shared_width), (64, 6, 1408, 2816));
    assert!(matches!(&layers[1].mixer, Mixer::Mla(mla) if mla.kv_rank == 512 && mla.q_rank.is_none()));

    let next = model("configs", "Qwen3-Next-80B-A3B.json");
    let linear: Vec<bool> = next.layers().map(|block| matches!(block.mixer, Mixer::GatedDelta(_))).collect();
    assert_eq!(linear, (0..48).map(|layer| layer % 4 != 3).collect::<Vec<_>>());

    let active = *model("configs", "Qwen3-30B-A3B.json").active_parameters.expect("experts").value();
    assert!((active / 3.3e9 - 1.0).abs() < 0.05, "published as A3B, {active}");
}

/// The same model read from a configuration and from a GGUF header is the same model.
#[test]
fn both_forms_of_a_model_agree() {
    for (config, header) in [
        ("Llama-3.2-1B.json", "Llama-3.2-1B-Q8_0.header.gguf"),
        ("Mixtral-8x7B.json", "Mixtral-8x7B-Q4_K_M.header.gguf"),
        ("DeepSeek-V2-Lite.json", "DeepSeek-V2-Lite-Q4_K_M.header.gguf"),
        ("Falcon-H1-7B.json", "Falcon-H1-7B-Q4_K_M.header.gguf"),
        ("gpt-oss-20b.json", "gpt-oss-20b-MXFP4_MOE.header.gguf"),
    ] {
        let from_config = model("configs", config);
        let mut from_header = model("headers", header);
        let published = *from_config.parameters.value();
        let stored = *from_header.parameters.value();
        assert!((stored - published).abs() / published < 1e-6, "{config}: {stored} and {published}");
        from_header.id.clone_from(&from_config.id);
        from_header.name.clone_from(&from_config.name);
        from_header.family.clone_from(&from_config.family);
        from_header.parameters.0 = published;
        from_header.active_parameters.clone_from(&from_config.active_parameters);
        assert_eq!(from_header, from_config);
    }
}

#[test]
fn headers_give_the_bytes_of_their_tensors() {
    let table = std::fs::read_to_string(fixture("headers", "tensor_bytes.csv")).expect("the table");
    for row in table.lines().skip(1) {
        let (file, bytes) = row.split_once(',').expect("two columns");
        let imported = imported("headers", file);
        let exact = imported.exact_bytes.expect("tensors").get();
        assert_eq!(format!("{exact:.0}"), bytes, "{file}");
        assert!(imported.notes.iter().any(|note| matches!(note, Note::EndsEarly { .. })), "{file} is cut");
    }
    let mixtral = imported("headers", "Mixtral-8x7B-Q4_K_M.header.gguf");
    assert_eq!(mixtral.file_type, Some(Quantization::Gguf(FileType::Q4KM)));
    assert_eq!(mixtral.what, "GGUF v3, llama, Q4_K_M, 323 tensors");
    let first = mixtral.tensors.first().expect("tensors");
    assert_eq!((first.name.as_str(), first.kind), ("token_embd.weight", "Q4_K"));
    assert_eq!(first.dimensions, [4096, 32_000]);
}

/// The built-in catalog and the import learnt the same models from different files.
#[test]
fn the_catalog_has_the_same_shapes() {
    let catalog = Catalog::built_in();
    for entry in std::fs::read_dir(fixture("configs", "")).expect("part of the project") {
        let path = entry.expect("a file").path();
        let imported = import(&path).expect("a fixture that reads").model.expect("known");
        let known = catalog.model(&imported.id).expect("in the catalog");
        assert_eq!(imported.stack, known.stack, "{}", imported.id);
        assert_eq!(
            (imported.hidden, imported.vocabulary, imported.tied_embeddings, imported.norms),
            (known.hidden, known.vocabulary, known.tied_embeddings, known.norms),
            "{}",
            imported.id
        );
        assert_eq!(imported.architecture, known.architecture, "{}", imported.id);
        assert_eq!(imported.rope_factors, known.rope_factors, "{}", imported.id);
    }
}
