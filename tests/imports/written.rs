//! Configurations as other programs write them.

use std::fs;

use plimsoll::import::{Imported, Note, import};
use plimsoll::spec::{Attention, FeedForward, Mixer, Model};
use plimsoll::units::whole;
use serde_json::{Value, json};

fn written(text: &str) -> Imported {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.json");
    fs::write(&path, text).expect("writable");
    import(&path).expect("a configuration")
}

fn model(config: &Value) -> (Model, Vec<Note>) {
    let imported = written(&config.to_string());
    (imported.model.expect("known"), imported.notes)
}

fn parameters(config: &Value) -> u64 {
    whole(*model(config).0.parameters.value())
}

fn first_attention(model: &Model) -> &Attention {
    let attention = model.layers().find_map(|block| match &block.mixer {
        Mixer::Attention(attention) => Some(attention),
        _ => None,
    });
    attention.expect("it has attention")
}

#[test]
fn python_s_numbers_and_both_names_of_a_rope_are_read() {
    let text = r#"{"model_type": "llama", "hidden_size": 256.0, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 512, "vocab_size": 1000, "max_position_embeddings": 2048,
        "torch_dtype": "bfloat16", "time_step_limit": [0.0, Infinity], "some": [NaN, -Infinity],
        "rope_scaling": {"type": "llama3", "rope_type": "llama3", "factor": 8.0}}"#;
    let model = written(text).model.expect("known");
    assert_eq!((model.hidden, model.rope_factors), (256, 32));
}

#[test]
fn a_partial_language_part_takes_the_defaults_of_its_class() {
    let config = json!({
        "model_type": "llava", "torch_dtype": "float16", "vision_config": {"hidden_size": 1024},
        "text_config": {"model_type": "llama", "vocab_size": 32064, "max_position_embeddings": 4096},
    });
    let (model, notes) = model(&config);
    // Llama 2 7B with 64 more rows at either end, and CLIP with the widths that its class has beside this one.
    let seen = model.vision.as_ref().map_or(0, |vision| whole(*vision.parameters.value()));
    assert_eq!(whole(*model.parameters.value()), 6_738_415_616 + 2 * 64 * 4096 + seen);
    let layer = 4 * (1024 * 1024 + 1024) + 2 * 1024 * 3072 + 3072 + 1024 + 4 * 1024;
    let patches = 1024 + 3 * 32 * 32 * 1024 + (7 * 7 + 1) * 1024 + 4 * 1024;
    assert_eq!(seen, patches + 12 * layer + 1024 * 4096 + 4096 + 4096 * 4096 + 4096);
    assert!(notes.contains(&Note::Default { key: "hidden_size", value: "4096".to_owned() }), "{notes:?}");
    assert!(notes.contains(&Note::VisionByClass { parameters: seen }), "{notes:?}");
}

#[test]
fn wrappers_say_what_of_them_is_counted() {
    let language = json!({
        "model_type": "qwen2", "hidden_size": 3584, "intermediate_size": 18944, "num_hidden_layers": 28,
        "num_attention_heads": 28, "num_key_value_heads": 4, "vocab_size": 152_064, "max_position_embeddings": 32768,
    });
    let mut plain = language.clone();
    plain["torch_dtype"] = json!("bfloat16");
    let alone = parameters(&plain);
    for (wrapper, key) in
        [("internvl_chat", "llm_config"), ("some_audio", "text_config"), ("vl", "language_config")]
    {
        let config = json!({
            "model_type": wrapper, "torch_dtype": "bfloat16", key: language, "audio_config": {"hidden_size": 1280},
        });
        let (model, notes) = model(&config);
        assert_eq!(whole(*model.parameters.value()), alone, "{wrapper}");
        let said = notes.iter().any(|note| note.to_string().contains("`audio_config`"));
        assert!(said, "{wrapper}: {notes:?}");
    }
}

#[test]
fn an_unknown_type_is_weighed_by_its_embedding_and_said_to_be_unknown() {
    let config =
        json!({"model_type": "hyena", "hidden_size": 2048, "vocab_size": 128_256, "torch_dtype": "bfloat16"});
    let imported = written(&config.to_string());
    assert_eq!(imported.model, None);
    let unknown = imported.notes.iter().any(|note| matches!(note, Note::UnknownArchitecture { .. }));
    assert!(unknown, "{:?}", imported.notes);
    let model = imported.into_model().expect("its embedding is known");
    assert!(model.is_unknown());
    let file = model.file.as_ref().expect("it has bytes");
    assert_eq!(file.tensors().iter().map(|tensor| tensor.bytes).sum::<u64>(), 2 * 2048 * 128_256);
}

/// Parameters as Transformers 5.24 counts them on the meta device, or as the publisher states them.
#[test]
fn the_catalogs_further_families_reach_their_counts() {
    for (config, expected) in [
        (
            json!({"model_type": "ministral3", "dtype": "bfloat16", "head_dim": 128, "hidden_size": 12288,
                "intermediate_size": 28672, "max_position_embeddings": 262_144, "num_attention_heads": 96,
                "num_hidden_layers": 88, "num_key_value_heads": 8, "tie_word_embeddings": false, "vocab_size": 131_072}),
            125_025_988_608,
        ),
        (
            json!({"model_type": "ernie4_5_moe", "dtype": "bfloat16", "hidden_size": 2560, "intermediate_size": 12288,
                "max_position_embeddings": 131_072, "num_attention_heads": 20, "num_key_value_heads": 4,
                "num_hidden_layers": 28, "vocab_size": 103_424, "moe_num_experts": 64, "moe_k": 6,
                "moe_intermediate_size": 1536, "moe_num_shared_experts": 2, "moe_layer_start_index": 1,
                "moe_layer_end_index": 27, "moe_layer_interval": 1, "use_bias": false, "tie_word_embeddings": true}),
            21_825_437_888,
        ),
        (
            json!({"model_type": "hunyuan_v1_moe", "dtype": "bfloat16", "hidden_size": 4096, "intermediate_size": 3072,
                "max_position_embeddings": 32768, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
                "num_hidden_layers": 32, "vocab_size": 128_167, "num_experts": 64, "moe_topk": [8, 8],
                "num_shared_expert": [1, 1], "moe_intermediate_size": [3072, 3072], "use_qk_norm": true,
                "tie_word_embeddings": true}),
            80_393_183_232,
        ),
        (
            json!({"model_type": "bailing_moe_v2", "torch_dtype": "bfloat16", "hidden_size": 2048,
                "intermediate_size": 5120, "max_position_embeddings": 32768, "num_attention_heads": 16,
                "num_key_value_heads": 4, "head_dim": 128, "num_hidden_layers": 20, "vocab_size": 157_184,
                "num_experts": 256, "num_shared_experts": 1, "num_experts_per_tok": 8, "moe_intermediate_size": 512,
                "first_k_dense_replace": 1, "use_qk_norm": true, "use_qkv_bias": false,
                "moe_router_enable_expert_bias": true, "tie_word_embeddings": false}),
            16_255_643_392,
        ),
        (
            json!({"model_type": "internlm2", "torch_dtype": "bfloat16", "bias": false, "hidden_size": 4096,
                "intermediate_size": 14336, "max_position_embeddings": 32768, "num_attention_heads": 32,
                "num_key_value_heads": 8, "num_hidden_layers": 32, "vocab_size": 92544, "tie_word_embeddings": false}),
            7_737_708_544,
        ),
        (
            json!({"model_type": "exaone", "torch_dtype": "bfloat16", "hidden_size": 4096, "intermediate_size": 14336,
                "max_position_embeddings": 32768, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128,
                "num_layers": 32, "vocab_size": 102_400, "tie_word_embeddings": false}),
            7_818_448_896,
        ),
        (
            json!({"model_type": "glm4_moe_lite", "dtype": "bfloat16", "hidden_size": 2048, "intermediate_size": 10240,
                "moe_intermediate_size": 1536, "num_hidden_layers": 47, "num_attention_heads": 20,
                "n_shared_experts": 1, "n_routed_experts": 64, "kv_lora_rank": 512, "q_lora_rank": 768,
                "qk_rope_head_dim": 64, "v_head_dim": 256, "qk_nope_head_dim": 192, "num_experts_per_tok": 4,
                "first_k_dense_replace": 1, "max_position_embeddings": 202_752, "vocab_size": 154_880}),
            29_943_393_920,
        ),
        (
            json!({"model_type": "chatglm", "torch_dtype": "bfloat16", "hidden_size": 4096, "ffn_hidden_size": 13696,
                "kv_channels": 128, "multi_query_attention": true, "multi_query_group_num": 2, "num_attention_heads": 32,
                "num_layers": 40, "padded_vocab_size": 151_552, "seq_length": 131_072, "add_qkv_bias": true,
                "add_bias_linear": false, "tie_word_embeddings": false}),
            9_399_951_360,
        ),
    ] {
        let (counted, exact) = (parameters(&config), expected);
        let off = counted.abs_diff(exact);
        assert!(off * 100_000 <= exact, "{}: {counted} of {exact}", config["model_type"]);
    }
}

#[test]
fn gemma_4_has_other_heads_where_it_sees_everything() {
    let kinds: Vec<&str> =
        (1..=12).map(|layer| if layer % 6 == 0 { "full_attention" } else { "sliding_attention" }).collect();
    let config = json!({"model_type": "gemma4", "text_config": {
        "model_type": "gemma4_text", "dtype": "bfloat16", "hidden_size": 2816, "intermediate_size": 2112,
        "head_dim": 256, "global_head_dim": 512, "num_attention_heads": 16, "num_key_value_heads": 8,
        "num_global_key_value_heads": 2, "attention_k_eq_v": true, "layer_types": kinds, "num_hidden_layers": 12,
        "enable_moe_block": true, "num_experts": 128, "top_k_experts": 8, "moe_intermediate_size": 704,
        "sliding_window": 1024, "vocab_size": 262_144, "max_position_embeddings": 262_144,
    }});
    let (seen, _) = model(&config);
    assert_eq!(first_attention(&seen).window, Some(1024));
    let global = seen.layers().nth(5).map(|block| (block.mixer.clone(), block.feed_forward.clone()));
    let Some((Mixer::Attention(attention), FeedForward::Experts(experts))) = global else {
        panic!("attention and experts");
    };
    assert_eq!((attention.kv_heads, attention.head, attention.values_are_keys), (2, 512, true));
    assert_eq!((experts.count, experts.used, experts.dense_width), (128, 8, 2112));
    let mut small = config;
    small["text_config"]["hidden_size_per_layer_input"] = json!(256);
    let imported = written(&small.to_string());
    assert_eq!(imported.model, None, "what layers cannot say is not guessed");
    let why = imported.notes.iter().any(|note| matches!(note, Note::NotExpressible { .. }));
    assert!(why && imported.into_model().is_some_and(|model| model.is_unknown()), "a lower bound");
}

#[test]
fn llama_4_looks_back_one_chunk_in_three_of_four_layers() {
    let config = json!({"model_type": "llama4", "text_config": {
        "model_type": "llama4_text", "torch_dtype": "bfloat16", "attention_chunk_size": 8192, "head_dim": 128,
        "hidden_size": 5120, "interleave_moe_layer_step": 1, "intermediate_size": 8192, "intermediate_size_mlp": 16384,
        "max_position_embeddings": 10_485_760, "num_attention_heads": 40, "num_experts_per_tok": 1,
        "num_hidden_layers": 48, "num_key_value_heads": 8, "num_local_experts": 16, "vocab_size": 202_048,
    }});
    assert_eq!(parameters(&config), 107_769_861_120);
    let global = model(&config)
        .0
        .layers()
        .filter(|block| matches!(&block.mixer, Mixer::Attention(own) if own.window.is_none()))
        .count();
    assert_eq!(global, 12);
}

/// Parameters as Transformers 5.24 counts them on the meta device, which leaves the scores' corrections out.
#[test]
fn small_heads_that_choose_tokens_and_experts_without_gates_are_counted() {
    let zeros_then = |zeros: usize, ones: usize| [vec![0; zeros], vec![1; ones]].concat();
    for (config, expected) in [
        (
            json!({"model_type": "deepseek_v32", "first_k_dense_replace": 3, "hidden_size": 7168, "index_head_dim": 128,
                "index_n_heads": 64, "intermediate_size": 18432, "kv_lora_rank": 512, "max_position_embeddings": 163_840,
                "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1,
                "num_attention_heads": 128, "num_experts_per_tok": 8, "num_hidden_layers": 61, "q_lora_rank": 1536,
                "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128, "vocab_size": 129_280}),
            671_877_929_216,
        ),
        (
            json!({"model_type": "glm_moe_dsa", "first_k_dense_replace": 3, "hidden_size": 6144, "index_head_dim": 128,
                "index_n_heads": 32, "intermediate_size": 12288, "kv_lora_rank": 512, "max_position_embeddings": 202_752,
                "moe_intermediate_size": 2048, "n_routed_experts": 256, "n_shared_experts": 1,
                "num_attention_heads": 64, "num_experts_per_tok": 8, "num_hidden_layers": 78, "q_lora_rank": 2048,
                "qk_nope_head_dim": 192, "qk_rope_head_dim": 64, "v_head_dim": 256, "vocab_size": 154_880}),
            743_911_199_232,
        ),
        (
            json!({"model_type": "minimax_m3", "dense_intermediate_size": 12288, "head_dim": 128, "hidden_size": 6144,
                "intermediate_size": 3072, "max_position_embeddings": 1_048_576, "moe_intermediate_size": 3072,
                "moe_layer_freq": zeros_then(3, 57), "n_shared_experts": 1, "num_attention_heads": 64,
                "num_experts_per_tok": 4, "num_hidden_layers": 60, "num_key_value_heads": 4, "num_local_experts": 128,
                "shared_intermediate_size": 3072, "vocab_size": 200_064, "use_qk_norm": true,
                "sparse_attention_config": {"sparse_index_dim": 128, "sparse_num_index_heads": 4}}),
            426_174_565_632,
        ),
        (
            json!({"model_type": "nemotron_h", "conv_kernel": 4, "expand": 2, "head_dim": 128, "hidden_size": 2688,
                "hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME", "intermediate_size": 1856,
                "mamba_head_dim": 64, "mamba_num_heads": 64, "max_position_embeddings": 262_144,
                "moe_intermediate_size": 1856, "moe_shared_expert_intermediate_size": 3712, "n_groups": 8,
                "n_routed_experts": 128, "n_shared_experts": 1, "num_attention_heads": 32, "num_experts_per_tok": 6,
                "num_hidden_layers": 52, "num_key_value_heads": 2, "ssm_state_size": 128, "vocab_size": 131_072}),
            31_577_937_344,
        ),
        (
            json!({"model_type": "nemotron_h", "conv_kernel": 4, "expand": 2, "head_dim": 128, "hidden_size": 4096,
                "hybrid_override_pattern": "MEMEMEM*EMEMEMEM*EMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEMEM*EMEMEMEM*EMEMEMEME",
                "intermediate_size": 2688, "mamba_head_dim": 64, "mamba_num_heads": 128,
                "max_position_embeddings": 262_144, "moe_intermediate_size": 2688, "moe_latent_size": 1024,
                "moe_shared_expert_intermediate_size": 5376, "n_groups": 8, "n_routed_experts": 512,
                "n_shared_experts": 1, "num_attention_heads": 32, "num_experts_per_tok": 22, "num_hidden_layers": 88,
                "num_key_value_heads": 2, "ssm_state_size": 128, "vocab_size": 131_072}),
            120_668_687_360,
        ),
    ] {
        let counted = parameters(&config);
        assert!(counted.abs_diff(expected) * 100_000 <= expected, "{}: {counted}", config["model_type"]);
    }
}

/// Python's reader takes the last of two, and says nothing.
#[test]
fn of_a_key_that_stands_twice_the_last_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.json");
    let twice = r#"{"model_type": "llama", "hidden_size": 4096, "hidden_size": 64, "num_hidden_layers": 2,
        "num_attention_heads": 4, "intermediate_size": 128, "vocab_size": 200, "max_position_embeddings": 2048,
        "torch_dtype": "bfloat16"}"#;
    std::fs::write(&path, twice).expect("writable");
    let read = plimsoll::import::import(&path).expect("a model");
    assert_eq!(read.model.as_ref().expect("known").hidden, 64);
    let notes = read.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    assert!(notes.contains("`hidden_size` stands twice"), "{notes}");
    std::fs::write(&path, twice.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 0"))
        .expect("writable");
    let error = plimsoll::import::import(&path).expect_err("no layers").to_string();
    assert!(error.contains("`num_hidden_layers` is 0") && !error.contains("at line"), "{error}");
}

/// Its weights follow from what it does say.
#[test]
fn a_configuration_without_a_context_is_weighed_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.json");
    let bare = r#"{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
        "intermediate_size": 128, "vocab_size": 200, "torch_dtype": "bfloat16"}"#;
    std::fs::write(&path, bare).expect("writable");
    let read = plimsoll::import::import(&path).expect("a model");
    let notes = read.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    assert!(notes.contains("does not say for how many tokens"), "{notes}");
    assert_eq!(read.model.expect("known").context_max, 1 << 20);
}
