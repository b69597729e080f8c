//! What sees: its parameters by its class, a lower bound of another, and the shape that it computes with.

use std::fs;
use std::sync::Arc;

use crate::checkpoint::safetensors;
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::memory::Unknown;
use plimsoll::engine::{Assumptions, Budget, PartName, estimate};
use plimsoll::import::{Imported, Note, import};
use plimsoll::spec::{Inference, LanguageModel, Model, Quantization, Runtime, Scenario, Workload};
use plimsoll::units::whole;
use serde_json::{Value, json};

fn read(config: &Value) -> Imported {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.json");
    fs::write(&path, config.to_string()).expect("writable");
    import(&path).expect("a model")
}

fn text(model_type: &str) -> Value {
    json!({"model_type": model_type, "hidden_size": 2816, "num_hidden_layers": 2, "num_attention_heads": 16,
        "num_key_value_heads": 8, "head_dim": 256, "intermediate_size": 2112, "vocab_size": 1000,
        "max_position_embeddings": 4096, "dtype": "bfloat16"})
}

fn seen(model: &Model) -> u64 {
    model.vision.as_ref().map_or(0, |vision| whole(*vision.parameters.value()))
}

/// What a model takes with an image in sight.
fn budget(model: Arc<Model>, vision: bool) -> Arc<Budget> {
    let runtime = Runtime::Vllm;
    let inference = Inference {
        quantization: Quantization::Bf16,
        vision,
        ..Inference::usual(runtime, model.context_max)
    };
    let scenario = Scenario::new("", Workload::Inference(LanguageModel::named(model, runtime), inference));
    let catalog = Catalog::built_in();
    let machine = catalog.machine("rtx-4090").expect("in the catalog");
    estimate(&scenario, machine, &Assumptions::new(calibration())).budget
}

fn part(budget: &Budget, name: PartName) -> u64 {
    let phase = budget.phases.last().expect("a phase");
    whole(phase.parts.iter().filter(|part| part.name == name).map(|part| part.bytes.best.get()).sum::<f64>())
}

/// Gemma 4 26B as it is published: the tower and its shape are those of the catalog.
#[test]
fn a_published_tower_is_that_of_the_catalog() {
    let catalog = Catalog::built_in();
    let own =
        catalog.models.iter().find(|model| model.id.starts_with("gemma-4-26b")).expect("in the catalog");
    let own = own.vision.as_ref().expect("it sees");
    let mut language = text("gemma4_text");
    let more = json!({"layer_types": ["sliding_attention", "full_attention"], "global_head_dim": 512,
        "sliding_window": 1024, "hidden_size_per_layer_input": 0, "num_kv_shared_layers": 0});
    language.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let config = json!({"model_type": "gemma4", "text_config": language, "audio_config": null,
        "vision_config": {"model_type": "gemma4_vision", "hidden_size": 1152, "intermediate_size": 4304,
            "num_hidden_layers": 27, "num_attention_heads": 16, "num_key_value_heads": 16, "head_dim": 72,
            "patch_size": 16, "pooling_kernel_size": 3, "position_embedding_size": 10240}});
    let model = read(&config).model.expect("its passes are known");
    let vision = model.vision.as_ref().expect("it sees");
    assert_eq!(whole(*vision.parameters.value()), whole(*own.parameters.value()));
    assert_eq!(vision.tower, own.tower);
}

#[test]
fn the_encoder_is_weighed_and_what_it_computes_with_follows_from_its_shape() {
    let config = json!({"model_type": "qwen2_5_vl", "text_config": text("qwen2_5_vl_text"),
        "vision_config": {"depth": 32, "hidden_size": 1280, "intermediate_size": 3420, "num_heads": 16,
            "patch_size": 14, "spatial_merge_size": 2, "temporal_patch_size": 2, "out_hidden_size": 2816}});
    let model = Arc::new(read(&config).into_model().expect("a model"));
    let (with, without) = (budget(Arc::clone(&model), true), budget(Arc::clone(&model), false));
    let more = part(&with, PartName::Weights) - part(&without, PartName::Weights);
    assert_eq!(more, 2 * seen(&model));
    // 92 × 92 patches, three rows of the stream and two of the network, 16 bit each.
    assert_eq!(part(&with, PartName::VisionCompute), 2 * 92 * 92 * (3 * 1280 + 2 * 3420));
    assert!(!with.unknown.contains(&Unknown::VisionCompute));
}

/// PaliGemma as it is published names no size of its images: its class has one.
#[test]
fn what_a_class_has_by_default_is_part_of_the_shape() {
    let config = json!({"model_type": "paligemma", "text_config": text("gemma"), "vision_config": {
        "model_type": "siglip_vision_model", "hidden_size": 1152, "intermediate_size": 4304, "num_attention_heads": 16,
        "num_hidden_layers": 27, "num_image_tokens": 256, "patch_size": 14, "vision_use_head": false}});
    let model = read(&config).model.expect("its passes are known");
    let tower = model.vision.expect("it sees").tower.expect("a shape");
    assert_eq!((tower.side, tower.heads, tower.merge, tower.fixed), (224, 16, 1, true));
}

/// An encoder that no class of Transformers has: the matrices of its layers, and it is said that there is more.
#[test]
fn an_encoder_of_an_unknown_class_is_a_lower_bound() {
    let vision = json!({"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16,
        "intermediate_size": 4096, "patch_size": 14, "image_size": 448});
    let mut config = json!({"model_type": "some_vl", "text_config": text("qwen3"), "vision_config": vision});
    let imported = read(&config);
    let least = 24 * (4 * 1024 * 1024 + 2 * 1024 * 4096);
    assert!(imported.notes.contains(&Note::VisionAtLeast { parameters: least }), "{:?}", imported.notes);
    let model = Arc::new(imported.into_model().expect("a model"));
    assert_eq!(seen(&model), least);
    assert!(budget(model, true).unknown.contains(&Unknown::VisionCompute));
    config["vision_config"] = json!({"architecture": "mobilenetv5"});
    let imported = read(&config);
    assert!(imported.notes.contains(&Note::VisionNotCounted), "{:?}", imported.notes);
}

/// A model of which no layer is known still sees.
#[test]
fn the_encoder_of_an_unknown_model_is_part_of_its_lower_bound() {
    let vision = json!({"hidden_size": 1024, "num_hidden_layers": 24, "num_attention_heads": 16, "intermediate_size": 4096});
    let config = json!({"model_type": "hyena_vl", "dtype": "bfloat16", "vision_config": vision,
        "text_config": {"model_type": "hyena", "hidden_size": 2048, "vocab_size": 1000}});
    let model = Arc::new(read(&config).into_model().expect("weighed"));
    let more = part(&budget(Arc::clone(&model), true), PartName::Weights)
        - part(&budget(Arc::clone(&model), false), PartName::Weights);
    assert_eq!((more, model.is_unknown()), (2 * seen(&model), true));
}

/// Mistral's own files say the same as the `config.json` beside them.
#[test]
fn params_json_is_read_as_the_configuration_that_says_the_same() {
    let params = json!({"dim": 5120, "n_layers": 40, "head_dim": 128, "hidden_dim": 32_768, "n_heads": 32,
        "n_kv_heads": 8, "norm_eps": 1e-5, "vocab_size": 131_072, "rope_theta": 1e9, "max_seq_len": 131_072,
        "vision_encoder": {"hidden_size": 1024, "num_channels": 3, "max_image_size": 1540, "patch_size": 14,
            "intermediate_size": 4096, "num_hidden_layers": 24, "num_attention_heads": 16, "adapter_bias": false,
            "mm_projector_id": "patch_merge", "spatial_merge_size": 2}});
    let catalog = Catalog::built_in();
    let own = catalog.model("mistral-small-3.1-24b").expect("in the catalog");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("params.json"), params.to_string()).expect("writable");
    for given in [folder.path().to_owned(), folder.path().join("params.json")] {
        let model = import(&given).expect("a model").model.expect("its passes are known");
        assert_eq!((&model.stack, model.context_max), (&own.stack, own.context_max));
        assert_eq!(seen(&model), seen(own));
        let tower = |model: &Model| model.vision.as_ref().and_then(|vision| vision.tower);
        assert_eq!(tower(&model), tower(own));
    }
    let experts = json!({"dim": 4096, "n_layers": 32, "head_dim": 128, "hidden_dim": 14_336, "n_heads": 32,
        "n_kv_heads": 8, "vocab_size": 32_000, "moe": {"num_experts": 8, "num_experts_per_tok": 2}});
    let mixtral = read(&experts).model.expect("its passes are known");
    assert_eq!(mixtral.stack, catalog.model("mixtral-8x7b").expect("in the catalog").stack);
    let llama = json!({"dim": 4096, "n_layers": 32, "n_heads": 32, "n_kv_heads": 8, "vocab_size": 128_256,
        "ffn_dim_multiplier": 1.3, "multiple_of": 1024});
    let llama = read(&llama).model.expect("its passes are known");
    assert_eq!(llama.stack, catalog.model("llama-3.1-8b").expect("in the catalog").stack);
    // What is wrong is said by name; its place in another text would mislead.
    let path = folder.path().join("params.json");
    fs::write(&path, json!({"dim": 0, "n_layers": 2, "n_heads": 2}).to_string()).expect("writable");
    let error = import(&path).expect_err("no width").to_string();
    assert!(error.contains("`hidden_size` is 0, by the names of a `config.json`"), "{error}");
}

/// A tower is apart in a model that sees; what is called like one in another is weights like others.
#[test]
fn what_is_called_like_a_tower_is_one_where_something_sees() {
    let text = json!({
        "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 128, "vocab_size": 200, "max_position_embeddings": 2048,
        "torch_dtype": "bfloat16",
    });
    let vision = json!({"model_type": "siglip_vision_model", "hidden_size": 32, "num_hidden_layers": 1});
    let mut seeing = json!({"model_type": "new_wrapper", "text_config": text, "vision_config": vision});
    seeing["torch_dtype"] = json!("bfloat16");
    for (config, sees) in [(&seeing, true), (&text, false)] {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("config.json"), config.to_string()).expect("writable");
        let tensors: [(&str, &str, &[u64]); 3] = [
            ("model.embed_tokens.weight", "BF16", &[200, 64]),
            ("model.layers.0.mlp.up_proj.weight", "BF16", &[128, 64]),
            ("model.projector.weight", "BF16", &[64, 32]),
        ];
        safetensors(&folder.path().join("model.safetensors"), &tensors);
        let file = import(folder.path()).expect("a model").file.expect("its tensors");
        let held: u64 = file.tensors().iter().map(|tensor| tensor.bytes).sum();
        let tower = 2 * 64 * 32;
        let language = 2 * (200 * 64 + 128 * 64);
        let right = if sees { (language, tower) } else { (language + tower, 0) };
        assert_eq!((held, file.vision), right, "sees: {sees}");
    }
}

/// `Phi4MultimodalForCausalLM` of Transformers 5.24 on the meta device, `image_embed` of it.
#[test]
fn phi_sees_through_siglip_with_its_head() {
    let config = json!({
        "model_type": "phi4_multimodal", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 96, "vocab_size": 200_050, "max_position_embeddings": 4096,
        "torch_dtype": "bfloat16",
        "vision_config": {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
            "num_attention_heads": 4, "patch_size": 8, "image_size": 64},
    });
    let read = read(&config);
    assert!(read.notes.contains(&Note::VisionByClass { parameters: 37_104 }), "{:?}", read.notes);
}
