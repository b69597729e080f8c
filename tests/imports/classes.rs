//! Small configurations of classes, against the models that Transformers 5.24 builds of them on the meta device.
//!
//! `tests/evidence/configurations/small.py` wrote `tests/classes/language.json` and `towers.json`.

use std::fs;
use std::path::Path;

use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::memory::{Placement, weights};
use plimsoll::engine::{Assumptions, PartName, Unknown, Verdict, estimate};
use plimsoll::import::{Imported, import};
use plimsoll::spec::{
    Block, FeedForward, GpuLayers, Inference, KeptKind, LanguageModel, Mixer, Model, Quantization, Runtime,
    Scenario, Sketch, Workload,
};
use plimsoll::units::whole;
use serde_json::{Map, Value, json};

fn cases(name: &str) -> Map<String, Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/classes").join(name);
    serde_json::from_str(&fs::read_to_string(path).expect("there")).expect("an object")
}

fn read(config: &Value) -> Imported {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.json");
    fs::write(&path, config.to_string()).expect("writable");
    import(&path).expect("a model")
}

/// What a class keeps, where its passes are not modelled.
fn sketch(config: &Value) -> Sketch {
    let imported = read(config);
    let model = imported.model.or(imported.weighed).expect("weighed");
    model.sketch.as_deref().cloned().expect("its caches are known")
}

/// Corrections of each expert's score, which are stored, and are no parameters of the class.
fn corrections(model: &Model) -> f64 {
    let of = |block: &Block| match &block.feed_forward {
        FeedForward::Experts(experts) if experts.score_correction => f64::from(experts.count),
        _ => 0.0,
    };
    model.layers().map(of).sum()
}

/// Parameters of what sees.
fn seen(model: &Model) -> f64 {
    model.vision.as_ref().map_or(0.0, |vision| *vision.parameters.value())
}

#[test]
fn parameters_are_those_of_the_class() {
    for (model_type, case) in cases("language.json") {
        let imported = read(&case["config"]);
        let model = imported.model.as_ref().or(imported.weighed.as_ref()).expect("weighed");
        let (said, right) = (*model.parameters.value(), case["parameters"].as_f64().expect("a count"));
        let said = said - corrections(model) - seen(model);
        assert!((said - right).abs() < 0.5, "{model_type}: {said} of {right}");
        let file: u64 = imported
            .file
            .iter()
            .flat_map(plimsoll::spec::ModelFile::tensors)
            .map(|tensor| tensor.bytes)
            .sum();
        if model.is_unknown() {
            assert_eq!(file, 2 * whole(right), "{model_type}: 16 bit each");
        }
    }
}

#[test]
fn towers_are_counted_by_their_class() {
    let mut wrong = Vec::new();
    for (model_type, case) in cases("towers.json") {
        let imported = read(&case["config"]);
        let model = imported.model.as_ref().or(imported.weighed.as_ref()).expect("weighed");
        let (said, right) = (seen(model), case["tower"].as_f64().expect("a count"));
        let all = case["parameters"].as_f64().expect("a count") + corrections(model);
        let is_whole = imported.model.is_some() || model.sketch.is_some();
        if (said - right).abs() > 0.5 || (is_whole && (model.parameters.value() - all).abs() > 0.5) {
            wrong.push(format!("{model_type}: {said} of {right}, {} of {all}", model.parameters.value()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn caches_are_those_of_the_class() {
    let cases = cases("language.json");
    let config = |name: &str| &cases[name]["config"];
    // Each layer keeps the last 16 tokens; two keep one of four and one of 128, and choose among the first kind.
    let deepseek = sketch(config("deepseek_v4"));
    let tokens = |context: u64| 32 * (6 * context.min(16) + 2 * (context / 4) + 2 * (context / 128));
    for context in [8, 1024, 100_000] {
        assert_eq!(whole(deepseek.values(KeptKind::Tokens, context)), tokens(context));
        assert_eq!(whole(deepseek.values(KeptKind::Indexer, context)), 2 * 16 * (context / 4));
    }
    // Two layers see everything, two the last 8 tokens; keys are wider than values.
    let mimo = sketch(config("mimo_v2_flash"));
    assert_eq!(whole(mimo.values(KeptKind::Tokens, 1000)), 2 * 2 * 40 * 1000 + 2 * 4 * 40 * 8);
    // Two convolutions over three tokens keep two.
    let lfm = sketch(config("lfm2"));
    assert_eq!(whole(lfm.values(KeptKind::State, 1000)), 2 * 64 * 2);
    assert_eq!(whole(lfm.values(KeptKind::Tokens, 1000)), 2 * 2 * 16 * 1000);
    // Of latent attention the vector that keys and values come from; of linear layers a state each head.
    let kimi = sketch(config("kimi_linear"));
    assert_eq!(whole(kimi.values(KeptKind::Tokens, 1000)), (32 + 8) * 1000);
    assert_eq!(whole(kimi.values(KeptKind::State, 1000)), 2 * (4 * 16 * 16 + 3 * 4 * 16 * 3));
    // Layers that share keys keep none.
    let gemma = sketch(config("gemma4_text"));
    assert_eq!(whole(gemma.values(KeptKind::Tokens, 1000)), 2 * 32 * 1000 + 2 * 2 * 16 * 8);
    // Half of the layers see the last 8 tokens by a wider latent vector of fewer heads, and choose nothing.
    let dots = sketch(config("dots3_note_text"));
    assert_eq!(whole(dots.values(KeptKind::Tokens, 1000)), 2 * (32 + 8) * 1000 + 2 * (48 + 8) * 8);
    assert_eq!(whole(dots.values(KeptKind::Indexer, 1000)), 2 * 16 * 1000);
    // One of four layers takes the tokens that another chose.
    for name in ["hy_v4", "glm_moe_dsa_shared"] {
        let shared = sketch(config(name));
        assert_eq!(whole(shared.values(KeptKind::Tokens, 1000)), 4 * (32 + 8) * 1000);
        assert_eq!(whole(shared.values(KeptKind::Indexer, 1000)), 3 * 16 * 1000);
    }
    // What a class calls by the names of Transformers is what the first files list.
    assert_eq!(sketch(config("deepseek_v4_named")), deepseek);
    // One layer of four sees everything.
    for name in ["granite_swa", "granitemoe_swa", "laguna"] {
        let windows = sketch(config(name));
        assert_eq!(whole(windows.values(KeptKind::Tokens, 1000)), 2 * 2 * 16 * (1000 + 3 * 8));
    }
    // Three linear layers keep a square a head; of a state-space layer its state and the last inputs.
    let minimax = sketch(config("minimax"));
    assert_eq!(whole(minimax.values(KeptKind::Tokens, 1000)), 2 * 2 * 16 * 1000);
    assert_eq!(whole(minimax.values(KeptKind::State, 1000)), 3 * 4 * 16 * 16);
    let bamba = sketch(config("bamba"));
    assert_eq!(whole(bamba.values(KeptKind::State, 1000)), 3 * (128 * 16 + (128 + 2 * 2 * 16) * 3));
    // Layers that look at an image keep nothing of the text.
    assert_eq!(whole(sketch(config("mllama")).values(KeptKind::Tokens, 1000)), 2 * 2 * 2 * 16 * 1000);
    // Encoders keep nothing.
    assert_eq!(sketch(config("bert")).caches, []);
}

/// Transformers 5 writes kinds of layers by other names than the first files, and what single layers have of their own.
#[test]
fn kinds_of_layers_are_read_by_either_name() {
    let cases = cases("language.json");
    let mut granite = cases["granitemoehybrid"]["config"].clone();
    let new = read(&granite).model.expect("its passes are known");
    granite["layer_types"] = json!(["mamba", "mamba", "attention", "mamba"]);
    assert_eq!(read(&granite).model.expect("the same").stack, new.stack);
    let attends = |block: &&Block| matches!(block.mixer, Mixer::Attention(_));
    assert_eq!(new.layers().filter(attends).count(), 1);
    let gemma = read(&cases["gemma4_unified_text"]["config"]).model.expect("its passes are known");
    let heads = gemma.layers().filter_map(|block| match &block.mixer {
        Mixer::Attention(own) => Some((own.head, own.kv_heads, own.window)),
        _ => None,
    });
    let (window, global) = ((16, 2, Some(8)), (32, 1, None));
    assert_eq!(heads.collect::<Vec<_>>(), [window, window, window, window, window, global]);
    // What single layers of another family have is not taken for what all have.
    let qwen = |own: Value| {
        read(&json!({
            "model_type": "qwen3", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "head_dim": 16,
            "num_key_value_heads": 2, "intermediate_size": 160, "vocab_size": 100, "max_position_embeddings": 2048,
            "per_layer_config": own,
        }))
    };
    assert!(qwen(json!({})).model.is_some() && qwen(json!(null)).model.is_some());
    let other = qwen(json!({"1": {"intermediate_size": 320}}));
    assert!(other.model.is_none() && other.weighed.is_some());
}

#[test]
fn classes_by_their_lists_are_answered_whole() {
    let case = &cases("language.json")["kimi_linear"];
    let imported = read(&case["config"]);
    let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    assert!(!notes.iter().any(|note| note.contains("lower bound")), "{notes:?}");
    let model = std::sync::Arc::new(imported.into_model().expect("a model"));
    let stored = Quantization::Bf16;
    let inference = Inference {
        quantization: stored,
        context: 4096,
        ..Inference::usual(Runtime::PyTorch, model.context_max)
    };
    let language = LanguageModel::named(model, Runtime::PyTorch);
    let scenario = Scenario::new("", Workload::Inference(language, inference));
    let catalog = Catalog::built_in();
    let machine = catalog.machine("rtx-4090").expect("in the catalog");
    let answer = estimate(&scenario, machine, &Assumptions::new(calibration()));
    let phase = answer.budget.phases.last().expect("a phase");
    let part =
        |name| phase.parts.iter().find(|part| part.name == name).map(|part| whole(part.bytes.best.get()));
    assert_eq!(part(PartName::Weights), Some(2 * case["parameters"].as_u64().expect("a count")));
    assert_eq!(part(PartName::KvCache), Some(2 * 40 * 4096));
    // Two layers: states in 32 bit, the last inputs of the convolutions in 16.
    assert_eq!(part(PartName::RecurrentState), Some(2 * (4 * 4 * 16 * 16 + 2 * 3 * 4 * 16 * 3)));
    assert_eq!(
        answer.fit.verdict,
        Verdict::Uncertain,
        "what PyTorch computes with was compared with nothing"
    );
    assert!(answer.budget.unknown.contains(&Unknown::ComputeBuffers) && answer.speed.is_some());
}

#[test]
fn encoders_and_rerankers_are_said_to_be_such() {
    let cases = cases("language.json");
    let notes = |config: &Value| {
        let imported = read(config);
        imported.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert!(notes(&cases["bert"]["config"]).contains("embedding"), "an encoder");
    let mut qwen = json!({
        "model_type": "qwen3", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 4, "head_dim": 16,
        "num_key_value_heads": 2, "intermediate_size": 160, "vocab_size": 100, "max_position_embeddings": 2048,
        "architectures": ["Qwen3ForSequenceClassification"],
    });
    assert!(notes(&qwen).contains("rerank"), "a reranker");
    qwen["architectures"] = json!(["Qwen3ForCausalLM"]);
    assert!(!notes(&qwen).contains("rerank"));
    assert_eq!(read(&qwen).file_type, Some(Quantization::Bf16), "a width that is not said is 16 bit");
}

#[test]
fn experts_in_four_bits_beside_the_rest_in_eight_are_weighed_so() {
    let mut config = cases("language.json")["deepseek_v4"]["config"].clone();
    let weighed = |config: &Value| {
        let model = read(config).into_model().expect("a model");
        let stored = model.file.as_ref().expect("its file").stored;
        whole(weights(&model, stored, Placement::Cpu, GpuLayers::Auto).total().get())
    };
    let plain = weighed(&config);
    config["expert_dtype"] = json!("fp4");
    let packed = weighed(&config);
    // Six layers of eight experts of 3 × 64 × 48; 4 bits and an 8-bit scale for each 32, where 48 columns need two.
    let (wide, narrow) = (6 * 8 * 64 * 48, 6 * 8 * 48 * 64);
    let fp4 = |values: u64, columns: u64| values / 2 + values / columns * columns.div_ceil(32);
    let experts = 2 * fp4(wide, 64) + fp4(narrow, 48);
    assert_eq!(plain - packed, 2 * (2 * wide + narrow) - experts);
}

/// Models that see by their language model's class: GLM-4.1V and 4.6V as GLM-4, GLM-4.5V and 4.6V of 106B as GLM-4.5, each with
/// a bias on queries, keys and values. The counts are those of the classes without what sees.
#[test]
fn glm_that_sees_has_the_language_model_of_its_class() {
    let small = json!({"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "vocab_size": 200, "max_position_embeddings": 4096, "tie_word_embeddings": false});
    let experts = json!({"head_dim": 16, "n_routed_experts": 8, "num_experts_per_tok": 2, "moe_intermediate_size": 40,
        "first_k_dense_replace": 1, "n_shared_experts": 1});
    for (model_type, inner, more, right) in [
        ("glm4v", "glm4v_text", json!({}), 87_872.0),
        ("glm46v", "glm4v_text", json!({}), 87_872.0),
        ("glm4v_moe", "glm4v_moe_text", experts, 138_816.0),
    ] {
        let mut text = small.as_object().expect("keys").clone();
        text.extend(more.as_object().expect("keys").clone());
        text.insert("model_type".to_owned(), json!(inner));
        let imported = read(&json!({"model_type": model_type, "text_config": text, "vision_config": {}}));
        let model = imported.model.expect("its passes are known");
        let said = *model.parameters.value() - corrections(&model) - seen(&model);
        assert!((said - right).abs() < 0.5, "{model_type}: {said} of {right}");
    }
}
