//! Folders as Hugging Face and MLX have them: a configuration beside safetensors files.

use std::fs;
use std::path::Path;

use crate::checkpoint::safetensors;
use plimsoll::engine::memory::checkpoint_parameter_count;
use plimsoll::import::{Imported, Note, import};
use plimsoll::spec::{FeedForward, Mixer, Model, Quantization};
use plimsoll::units::Bytes;
use serde_json::{Value, json};

fn write(folder: &Path, name: &str, value: &Value) {
    fs::write(folder.join(name), value.to_string()).expect("writable");
}

fn bytes(imported: &Imported) -> Option<u64> {
    imported.exact_bytes.map(Bytes::get).map(plimsoll::units::whole)
}

/// A Llama small enough to list its tensors: one layer.
fn config() -> Value {
    json!({
        "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 160, "vocab_size": 100,
        "max_position_embeddings": 2048, "torch_dtype": "bfloat16",
    })
}

const EMBEDDINGS: [(&str, &str, &[u64]); 3] = [
    ("model.embed_tokens.weight", "BF16", &[100, 64]),
    ("lm_head.weight", "BF16", &[100, 64]),
    ("model.norm.weight", "BF16", &[64]),
];

const LAYER: [(&str, &str, &[u64]); 9] = [
    ("model.layers.0.input_layernorm.weight", "BF16", &[64]),
    ("model.layers.0.self_attn.q_proj.weight", "BF16", &[64, 64]),
    ("model.layers.0.self_attn.k_proj.weight", "BF16", &[32, 64]),
    ("model.layers.0.self_attn.v_proj.weight", "BF16", &[32, 64]),
    ("model.layers.0.self_attn.o_proj.weight", "BF16", &[64, 64]),
    ("model.layers.0.post_attention_layernorm.weight", "BF16", &[64]),
    ("model.layers.0.mlp.gate_proj.weight", "BF16", &[160, 64]),
    ("model.layers.0.mlp.up_proj.weight", "BF16", &[160, 64]),
    ("model.layers.0.mlp.down_proj.weight", "BF16", &[64, 160]),
];

const PARAMETERS: u64 = 2 * 6400 + 64 + 64 * (64 + 32 + 32 + 64) + 3 * 64 * 160 + 128;

fn shards(folder: &Path) {
    let names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    safetensors(&folder.join(names[0]), &EMBEDDINGS);
    safetensors(&folder.join(names[1]), &LAYER);
    let mut map = serde_json::Map::new();
    for (file, tensors) in names.iter().zip([EMBEDDINGS.as_slice(), LAYER.as_slice()]) {
        map.extend(tensors.iter().map(|(name, _, _)| ((*name).to_owned(), json!(file))));
    }
    write(folder, "model.safetensors.index.json", &json!({"metadata": {}, "weight_map": map}));
}

#[test]
fn a_folder_gives_shapes_bytes_and_the_true_count() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "config.json", &config());
    shards(folder.path());
    safetensors(&folder.path().join("consolidated.safetensors"), &EMBEDDINGS);
    for given in [folder.path().to_owned(), folder.path().join("model.safetensors.index.json")] {
        let imported = import(&given).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(bytes(&imported), Some(PARAMETERS * 2));
        assert_eq!(imported.file_type, Some(Quantization::Bf16));
        assert_eq!(imported.notes, [Note::LeftOut { files: 1 }]);
        let model = imported.model.expect("known");
        assert_eq!(format!("{:.0}", model.parameters.value()), PARAMETERS.to_string());
        assert_eq!(checkpoint_parameter_count(&model), PARAMETERS);
    }
}

#[test]
fn a_missing_shard_is_said_and_the_shapes_still_count() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "config.json", &config());
    shards(folder.path());
    fs::remove_file(folder.path().join("model-00002-of-00002.safetensors")).expect("there");
    let imported = import(folder.path()).expect("half a model");
    assert_eq!(imported.notes, [Note::MissingParts { missing: 1, of: 2 }]);
    let model = imported.model.expect("known");
    assert_eq!(format!("{:.0}", model.parameters.value()), PARAMETERS.to_string());
}

#[test]
fn packed_weights_are_counted_from_the_shapes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut mlx = config();
    mlx["quantization"] = json!({"group_size": 64, "bits": 4});
    write(folder.path(), "config.json", &mlx);
    let packed: [(&str, &str, &[u64]); 2] =
        [("model.embed_tokens.weight", "U32", &[100, 8]), ("model.embed_tokens.scales", "BF16", &[100, 1])];
    safetensors(&folder.path().join("model.safetensors"), &packed);
    let imported = import(folder.path()).expect("a model");
    assert_eq!(imported.file_type, Some(Quantization::Mlx { bits: 4, group: 64 }));
    assert_eq!(imported.notes, [Note::CountedFromShapes]);
    assert_eq!(bytes(&imported), Some(3200 + 200));
    let model = imported.model.expect("known");
    assert_eq!(format!("{:.0}", model.parameters.value()), PARAMETERS.to_string());
}

#[test]
fn an_unknown_type_gives_the_bytes_where_there_are_tensors() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "config.json", &json!({"model_type": "hyena", "hidden_size": [1, 2]}));
    let error = import(folder.path()).expect_err("nothing to go by").to_string();
    assert!(error.starts_with("model_type `hyena` is not known here") && error.len() < 400, "{error}");
    safetensors(&folder.path().join("model.safetensors"), &EMBEDDINGS);
    let imported = import(folder.path()).expect("tensors");
    assert_eq!(imported.model, None);
    assert_eq!(bytes(&imported), Some(2 * (2 * 6400 + 64)));
    assert!(matches!(imported.notes.first(), Some(Note::UnknownArchitecture { .. })), "{:?}", imported.notes);
}

#[test]
fn a_safetensors_file_alone_gives_its_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("weights.safetensors");
    safetensors(&path, &EMBEDDINGS);
    let whole = import(&path).expect("a file");
    assert_eq!((whole.model.is_none(), bytes(&whole)), (true, Some(2 * (2 * 6400 + 64))));
    let length = fs::metadata(&path).expect("there").len();
    fs::OpenOptions::new().write(true).open(&path).expect("there").set_len(length - 1).expect("shorter");
    let cut = import(&path).expect("the header is whole");
    assert_eq!(cut.notes.first(), Some(&Note::EndsEarly { present: length - 1, needed: length }));
    for shorter in 0..200 {
        fs::OpenOptions::new().write(true).open(&path).expect("there").set_len(shorter).expect("shorter");
        assert!(import(&path).is_err(), "{shorter} bytes");
    }
}

#[test]
fn several_models_in_a_folder_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a.gguf", "b-00001-of-00002.gguf", "b-00002-of-00002.gguf"] {
        fs::write(folder.path().join(name), b"GGUF").expect("writable");
    }
    let error = import(folder.path()).expect_err("which one?").to_string();
    assert!(
        error.contains("holds 2 GGUF models; give one of them: a.gguf, b-00001-of-00002.gguf"),
        "{error}"
    );
}

/// A model of a configuration alone.
fn model(config: &Value) -> (Model, Vec<Note>) {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "config.json", config);
    let imported = import(&folder.path().join("config.json")).expect("a configuration");
    (imported.model.expect("known"), imported.notes)
}

/// Gemma 3 27B as published: a wrapper with a vision part, whose language part leaves keys out.
#[test]
fn gemma_3_inside_its_wrapper() {
    let (model, notes) = model(&json!({
        "model_type": "gemma3", "mm_tokens_per_image": 256, "vision_config": {"hidden_size": 1152},
        "text_config": {
            "model_type": "gemma3_text", "hidden_size": 5376, "intermediate_size": 21504, "head_dim": 128,
            "num_attention_heads": 32, "num_hidden_layers": 62, "num_key_value_heads": 16,
            "sliding_window": 1024, "rope_scaling": {"factor": 8.0, "rope_type": "linear"},
        },
    }));
    // Its tower is counted by its class: 423,060,336 with the projector, as its weights index has it.
    let tower = model.vision.as_ref().map(|vision| *vision.parameters.value());
    assert_eq!(tower, Some(423_060_336.0));
    assert!(notes.iter().any(|note| note.to_string().contains("423,060,336")), "{notes:?}");
    assert!(notes.contains(&Note::Default { key: "vocab_size", value: "262208".to_owned() }), "{notes:?}");
    // 27,009,002,240 with the 262,144 rows that a GGUF file keeps of its embedding.
    assert_eq!(checkpoint_parameter_count(&model), 27_009_002_240 + 64 * 5376);
    let global: Vec<usize> = model
        .layers()
        .enumerate()
        .filter(
            |(_, block)| matches!(&block.mixer, Mixer::Attention(attention) if attention.window.is_none()),
        )
        .map(|(index, _)| index)
        .collect();
    assert_eq!(global, [5, 11, 17, 23, 29, 35, 41, 47, 53, 59]);
}

/// Granite 4.0 H Tiny: attention in layers 5, 15, 25 and 35, state-space layers elsewhere.
#[test]
fn granite_mixes_state_space_layers_with_attention() {
    let kinds: Vec<&str> = (0..40).map(|layer| if layer % 10 == 5 { "attention" } else { "mamba" }).collect();
    let (model, _) = model(&json!({
        "model_type": "granitemoehybrid", "hidden_size": 1536, "num_hidden_layers": 40,
        "num_attention_heads": 12, "num_key_value_heads": 4, "intermediate_size": 512,
        "shared_intermediate_size": 1024, "num_local_experts": 64, "num_experts_per_tok": 6,
        "mamba_n_heads": 48, "mamba_d_head": 64, "mamba_expand": 2, "mamba_d_state": 128,
        "mamba_n_groups": 1, "mamba_d_conv": 4, "mamba_conv_bias": true, "vocab_size": 100_352,
        "max_position_embeddings": 131_072, "tie_word_embeddings": true, "layer_types": kinds,
    }));
    assert_eq!(checkpoint_parameter_count(&model), 6_939_037_248);
}

/// DeepSeek-V3 and R1: 671 billion without the layer that predicts a second token.
#[test]
fn deepseek_v3() {
    let (model, notes) = model(&json!({
        "model_type": "deepseek_v3", "hidden_size": 7168, "num_hidden_layers": 61,
        "num_attention_heads": 128, "num_key_value_heads": 128, "q_lora_rank": 1536, "kv_lora_rank": 512,
        "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "intermediate_size": 18432,
        "moe_intermediate_size": 2048, "n_routed_experts": 256, "num_experts_per_tok": 8,
        "n_shared_experts": 1, "first_k_dense_replace": 3, "moe_layer_freq": 1, "vocab_size": 129_280,
        "max_position_embeddings": 163_840, "num_nextn_predict_layers": 1, "topk_method": "noaux_tc",
        "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]},
    }));
    assert_eq!(checkpoint_parameter_count(&model), 671_026_419_200);
    assert_eq!(notes, [Note::PredictionLayers { layers: 1 }]);
    let dense =
        model.layers().filter(|block| matches!(block.feed_forward, FeedForward::Dense { .. })).count();
    assert_eq!(dense, 3);
}

/// Counts known from the published checkpoints of families that no other test reads.
#[test]
fn further_families_reach_their_published_counts() {
    for (config, published) in [
        // Phi-4.
        (
            json!({"model_type": "phi3", "hidden_size": 5120, "num_hidden_layers": 40, "num_attention_heads": 40,
                "num_key_value_heads": 10, "intermediate_size": 17920, "vocab_size": 100_352,
                "max_position_embeddings": 16384, "sliding_window": null}),
            14_659_507_200_u64,
        ),
        // Mistral 7B v0.3.
        (
            json!({"model_type": "mistral", "hidden_size": 4096, "num_hidden_layers": 32,
                "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
                "vocab_size": 32768, "max_position_embeddings": 32768, "sliding_window": null}),
            7_248_023_552,
        ),
        // StarCoder2 7B.
        (
            json!({"model_type": "starcoder2", "hidden_size": 4608, "num_hidden_layers": 32,
                "num_attention_heads": 36, "num_key_value_heads": 4, "intermediate_size": 18432,
                "vocab_size": 49152, "max_position_embeddings": 16384, "use_bias": true,
                "sliding_window": 4096}),
            7_173_923_840,
        ),
        // OLMo 2 7B.
        (
            json!({"model_type": "olmo2", "hidden_size": 4096, "num_hidden_layers": 32,
                "num_attention_heads": 32, "intermediate_size": 11008, "vocab_size": 100_352,
                "max_position_embeddings": 4096, "tie_word_embeddings": false}),
            7_298_617_344,
        ),
        // Qwen1.5-MoE A2.7B.
        (
            json!({"model_type": "qwen2_moe", "hidden_size": 2048, "num_hidden_layers": 24,
                "num_attention_heads": 16, "num_key_value_heads": 16, "intermediate_size": 5632,
                "moe_intermediate_size": 1408, "shared_expert_intermediate_size": 5632, "num_experts": 60,
                "num_experts_per_tok": 4, "vocab_size": 151_936, "max_position_embeddings": 8192}),
            14_315_784_192,
        ),
    ] {
        let (model, _) = model(&config);
        assert_eq!(checkpoint_parameter_count(&model), published, "{config}");
        assert_eq!(format!("{:.0}", model.parameters.value()), published.to_string(), "{config}");
    }
}

/// Further families, held against the built-in catalog, which was written from other files.
#[test]
fn further_families_are_the_models_of_the_catalog() {
    let catalog = plimsoll::catalog::Catalog::built_in();
    let shape = |model_type: &str, hidden: u32, layers: u32, heads: u32, kv_heads: u32, vocabulary: u32| {
        json!({
            "model_type": model_type, "hidden_size": hidden, "num_hidden_layers": layers,
            "num_attention_heads": heads, "num_key_value_heads": kv_heads, "vocab_size": vocabulary,
            "max_position_embeddings": 32_768,
        })
    };
    for (id, base, rest) in [
        (
            "qwen3.5-0.8b",
            shape("qwen3_5_text", 1024, 24, 8, 2, 248_320),
            json!({"intermediate_size": 3584, "tie_word_embeddings": true, "head_dim": 256,
                "linear_num_key_heads": 16, "linear_num_value_heads": 16}),
        ),
        (
            "qwen3.5-122b-a10b",
            shape("qwen3_5_moe_text", 3072, 48, 32, 2, 248_320),
            json!({"head_dim": 256, "linear_num_value_heads": 64, "num_experts": 256,
                "num_experts_per_tok": 8, "moe_intermediate_size": 1024,
                "shared_expert_intermediate_size": 1024}),
        ),
        (
            "exaone-4.0-32b",
            shape("exaone4", 5120, 64, 40, 8, 102_400),
            json!({"intermediate_size": 27_392, "sliding_window": 4096, "sliding_window_pattern": "LLLG"}),
        ),
        (
            "minimax-m2",
            shape("minimax_m2", 3072, 62, 48, 8, 200_064),
            json!({"head_dim": 128, "intermediate_size": 1536, "num_local_experts": 256,
                "num_experts_per_tok": 8}),
        ),
        (
            "glm-4-32b-0414",
            shape("glm4", 6144, 61, 48, 2, 151_552),
            json!({"intermediate_size": 23_040, "head_dim": 128, "attention_bias": false}),
        ),
        ("smollm3-3b", shape("smollm3", 2048, 36, 16, 4, 128_256), json!({"intermediate_size": 11_008})),
        (
            "seed-oss-36b",
            shape("seed_oss", 5120, 64, 80, 8, 155_136),
            json!({"intermediate_size": 27_648, "head_dim": 128, "attention_bias": true,
                "attention_out_bias": false}),
        ),
        ("apertus-8b", shape("apertus", 4096, 32, 32, 8, 131_072), json!({"intermediate_size": 21_504})),
        ("afm-4.5b", shape("arcee", 2560, 36, 20, 4, 128_004), json!({"intermediate_size": 18_432})),
        (
            "dots.llm1-142b",
            shape("dots1", 4096, 62, 32, 32, 152_064),
            json!({"intermediate_size": 10_944, "moe_intermediate_size": 1408, "n_routed_experts": 128,
                "n_shared_experts": 2, "num_experts_per_tok": 6, "first_k_dense_replace": 1}),
        ),
        (
            "command-a-111b",
            shape("cohere2", 12_288, 64, 96, 8, 256_000),
            json!({"intermediate_size": 36_864, "sliding_window": 4096, "sliding_window_pattern": 4}),
        ),
        (
            "granite-3.1-1b-a400m",
            shape("granitemoe", 1024, 24, 16, 8, 49_155),
            json!({"intermediate_size": 512, "num_local_experts": 32, "num_experts_per_tok": 8,
                "tie_word_embeddings": true}),
        ),
        (
            "hunyuan-7b",
            shape("hunyuan_v1_dense", 4096, 32, 32, 8, 128_167),
            json!({"intermediate_size": 14_336, "tie_word_embeddings": true}),
        ),
    ] {
        let mut config = base;
        let (all, rest) = (config.as_object_mut().expect("an object"), rest);
        all.extend(rest.as_object().expect("an object").clone());
        let (model, _) = model(&config);
        let known = catalog.model(id).expect("in the catalog");
        assert_eq!(model.stack, known.stack, "{id}");
        assert_eq!(
            (&model.architecture, model.norms, model.norm_bias, model.tied_embeddings),
            (&known.architecture, known.norms, known.norm_bias, known.tied_embeddings),
            "{id}"
        );
        assert_eq!(checkpoint_parameter_count(&model), checkpoint_parameter_count(known), "{id}");
        // Apertus has two numbers of each network's function, which llama.cpp keeps as settings and no tensor holds.
        let beside = if known.architecture == "apertus" { 2 * u64::from(known.layer_count()) } else { 0 };
        assert_eq!(
            format!("{:.0}", model.parameters.value()),
            (checkpoint_parameter_count(known) + beside).to_string(),
            "{id}"
        );
    }
}
