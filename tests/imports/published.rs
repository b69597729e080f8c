//! Configurations as publishers write them, where that is not how Transformers does: other names for the same, layers that
//! a search left out, types that nobody else uses, and parts of wrappers that are said.

use std::fs;
use std::path::Path;

use plimsoll::import::{Imported, import};
use plimsoll::spec::{KeptKind, Model};
use plimsoll::units::whole;
use serde_json::{Value, json};

fn read(config: &Value) -> Imported {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.json");
    fs::write(&path, config.to_string()).expect("writable");
    import(&path).expect("a model")
}

/// A class's small configuration, as Transformers writes it.
fn class(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/classes/language.json");
    let cases: Value = serde_json::from_str(&fs::read_to_string(path).expect("there")).expect("an object");
    cases[name]["config"].clone()
}

/// What a class without passes is said to be.
fn weighed(config: &Value) -> Model {
    let imported = read(config);
    let model = imported.model.or(imported.weighed).expect("weighed");
    assert!(model.sketch.is_some(), "{:?}", imported.notes);
    model
}

/// Those of the language model.
fn parameters(model: &Model) -> u64 {
    let seen = model.vision.as_ref().map_or(0.0, |vision| *vision.parameters.value());
    whole(*model.parameters.value() - seen)
}

fn kept(model: &Model, kind: KeptKind) -> u64 {
    model.sketch.as_ref().map_or(0, |sketch| whole(sketch.values(kind, 1000)))
}

fn notes(config: &Value) -> String {
    read(config).notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// `config` with these keys, and without those.
fn with(mut config: Value, keys: &Value, without: &[&str]) -> Value {
    let all = config.as_object_mut().expect("an object");
    all.retain(|key, _| !without.contains(&key.as_str()));
    all.extend(keys.as_object().expect("an object").clone());
    config
}

/// Kimi's own files: layers counted from 1, and what the linear ones have in a part of its own.
fn kimi() -> Value {
    let of_transformers =
        ["layer_types", "mlp_layer_types", "linear_head_dim", "linear_num_heads", "linear_conv_kernel_dim"];
    let own = json!({"first_k_dense_replace": 1, "linear_attn_config": {"full_attn_layers": [2], "kda_layers": [1, 3],
        "num_heads": 4, "head_dim": 16, "short_conv_kernel_size": 4}});
    with(class("kimi_linear"), &own, &of_transformers)
}

#[test]
fn kimis_own_names_say_the_same() {
    let (own, other) = (weighed(&kimi()), weighed(&class("kimi_linear")));
    assert_eq!((parameters(&own), own.sketch), (parameters(&other), other.sketch));
}

/// Kimi K3: its reference code (`modeling_kimi_linear.py` of moonshotai/Kimi-K3, 2026-07-27). Gates of full rank, gates of
/// attention, experts on a narrower stream with a norm, and for each part of a layer a query and a norm over blocks.
#[test]
fn kimi_k3_is_kimi_linear_with_what_it_adds() {
    let mut config = kimi();
    config["linear_attn_config"]["use_full_rank_gate"] = json!(true);
    let adds = json!({"mla_use_output_gate": true, "routed_expert_hidden_size": 32, "latent_moe_use_norm": true,
        "attn_res_block_size": 2});
    let config = with(config, &adds, &[]);
    let wrapped = json!({"model_type": "kimi_k3", "architectures": ["KimiK3ForConditionalGeneration"],
        "text_config": config, "vision_config": {}});
    let (k3, linear) = (weighed(&wrapped), weighed(&kimi()));
    let gates = 2 * (64 * 64 - 2 * 64 * 16) + 64 * 64;
    let experts = 2 * (6 * 3 * 32 * 40 - 6 * 3 * 64 * 40 + 2 * 64 * 32 + 32);
    let more = gates + experts + (4 * 3 + 2) * 64;
    assert_eq!(i64::try_from(parameters(&k3)), Ok(212_872 + more));
    assert_eq!(k3.sketch, linear.sketch);
}

#[test]
fn layers_that_a_search_left_out_are_not_counted() {
    let attention = |group: Value| json!({"n_heads_in_group": group, "no_op": group.is_null()});
    let network = |times: Value| json!({"ffn_mult": times, "no_op": times.is_null()});
    let mut config = json!({
        "model_type": "nemotron-nas", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
        "num_key_value_heads": null, "intermediate_size": null, "vocab_size": 100, "tie_word_embeddings": false,
        "block_configs": [
            {"attention": attention(json!(2)), "ffn": network(json!(2.0))},
            {"attention": attention(json!(null)), "ffn": network(json!(2.0))},
            {"attention": attention(json!(4)), "ffn": network(json!(null))},
        ],
    });
    let deci = weighed(&config);
    // The network is two thirds of twice as wide, in steps of 256.
    let heads = |kv_heads: u64| 64 + 2 * 64 * 64 + 2 * 64 * 16 * kv_heads;
    let networks = 2 * (64 + 3 * 64 * 256);
    assert_eq!(parameters(&deci), 2 * 64 * 100 + 64 + heads(2) + heads(1) + networks);
    assert_eq!(kept(&deci, KeptKind::Tokens), 2 * (2 + 1) * 16 * 1000);
    config["block_configs"][0]["attention"]["replace_with_linear"] = json!(true);
    assert!(read(&config).weighed.expect("weighed").sketch.is_none(), "another layout");
}

/// MiniMax-Text-01 and ERNIE 4.5 VL list what Transformers names, and MiMo V2.5 has another name for its window.
#[test]
fn lists_of_the_first_files_say_what_names_do() {
    let minimax = with(class("minimax"), &json!({"attn_type_list": [0, 0, 1, 0]}), &["layer_types"]);
    let minimax = with(minimax, &json!({"model_type": "minimax_text_01"}), &[]);
    assert_eq!(weighed(&minimax).sketch, weighed(&class("minimax")).sketch);
    let mimo = with(
        class("mimo_v2_flash"),
        &json!({"model_type": "mimo_v2", "sliding_window_size": 8}),
        &["sliding_window"],
    );
    assert_eq!(weighed(&mimo).sketch, weighed(&class("mimo_v2_flash")).sketch);
    let text = class("ernie4_5_vl_moe")["text_config"].clone();
    let flat = json!({"model_type": "ernie4_5_moe_vl", "moe_num_experts": [4, 4], "moe_layer_start_index": [1, 1],
        "vision_config": {}});
    let flat = weighed(&with(text, &flat, &["mlp_layer_types"]));
    assert_eq!(parameters(&flat), parameters(&weighed(&class("ernie4_5_vl_moe"))));
}

/// Ring 2 with linear layers: the last of each group of two sees everything, and keeps keys and values.
#[test]
fn ring_has_linear_layers_in_groups() {
    let ring = weighed(&json!({
        "model_type": "bailing_moe_linear", "hidden_size": 64, "num_hidden_layers": 5, "num_attention_heads": 4,
        "num_key_value_heads": 2, "head_dim": 16, "layer_group_size": 2, "intermediate_size": 96,
        "moe_intermediate_size": 40, "num_experts": 6, "num_experts_per_tok": 2, "num_shared_experts": 1,
        "first_k_dense_replace": 1, "use_qk_norm": true, "vocab_size": 200, "tie_word_embeddings": false,
    }));
    let attention = 3 * (2 * 64 * 64 + 2 * 64 * 32 + 2 * 16);
    let linear = 2 * (5 * 64 * 64 + 64 + 2 * 16);
    let networks = 3 * 64 * 96 + 4 * (6 * 64 + 3 * 64 * 40 * 7);
    assert_eq!(parameters(&ring), 2 * 64 * 200 + 64 + 5 * 2 * 64 + attention + linear + networks);
    assert_eq!(kept(&ring, KeptKind::Tokens), 3 * 2 * 2 * 16 * 1000, "two groups and what is left");
    assert_eq!(kept(&ring, KeptKind::State), 2 * 4 * 16 * 16);
}

#[test]
fn weights_follow_the_class_whatever_its_type_is_called() {
    let small = json!({"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 160,
        "num_key_value_heads": 2, "vocab_size": 100, "max_position_embeddings": 2048});
    let llama = |kind: &str, class: &str| {
        with(small.clone(), &json!({"model_type": kind, "architectures": [class]}), &[])
    };
    let named = read(&llama("llama", "LlamaForCausalLM")).model.expect("known");
    let other = llama("Yi", "LlamaForCausalLM");
    assert_eq!(read(&other).model.expect("by its class").stack, named.stack);
    assert!(notes(&other).contains("`Yi` is read as `llama`"), "{}", notes(&other));
    assert!(read(&llama("Yi", "YiForCausalLM")).model.is_none(), "of a class of its own nothing is taken");
    let reference = with(class("deepseek_v4"), &json!({"model_type": "deepseek_ref"}), &[]);
    let reference = with(reference, &json!({"architectures": ["DeepseekV4ForCausalLM"]}), &[]);
    assert_eq!(weighed(&reference).sketch, weighed(&class("deepseek_v4")).sketch);
}

#[test]
fn deepseek_ocr_has_plain_attention() {
    let language = json!({
        "architectures": ["DeepseekV2ForCausalLM"], "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4,
        "num_key_value_heads": 4, "intermediate_size": 96, "moe_intermediate_size": 40, "n_routed_experts": 6,
        "n_shared_experts": 2, "num_experts_per_tok": 2, "first_k_dense_replace": 1, "kv_lora_rank": null,
        "q_lora_rank": null, "qk_nope_head_dim": 0, "qk_rope_head_dim": 0, "v_head_dim": 0, "use_mla": false,
        "vocab_size": 200, "max_position_embeddings": 8192,
    });
    let config = json!({"model_type": "deepseek_vl_v2", "architectures": ["DeepseekOCRForCausalLM"],
        "language_config": language, "vision_config": {"model_type": "vision"}});
    let model = weighed(&config);
    let sparse = 6 * 64 + 3 * 64 * 40 * (6 + 2);
    let layers = 3 * (2 * 64 + 4 * 64 * 64) + 3 * 64 * 96 + 2 * sparse;
    assert_eq!(parameters(&model), 2 * 64 * 200 + 64 + layers);
    assert_eq!(kept(&model, KeptKind::Tokens), 3 * 2 * 64 * 1000);
}

#[test]
fn minicpm_v_is_what_its_version_stands_on() {
    let of = |version: Value| {
        read(&json!({"model_type": "minicpmv", "version": version, "hidden_size": 64, "num_hidden_layers": 2,
            "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 160, "vocab_size": 100,
            "head_dim": 16, "max_position_embeddings": 2048, "vision_config": {}}))
    };
    let architecture = |version| of(version).model.map(|model| model.architecture);
    assert_eq!(architecture(json!(4.5)).as_deref(), Some("qwen3"));
    assert_eq!(architecture(json!(2.6)).as_deref(), Some("qwen2"));
    assert_eq!(architecture(json!(9)), None);
}

#[test]
fn flat_wrappers_are_their_language_models() {
    let small = json!({"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
        "intermediate_size": 160, "vocab_size": 100, "max_position_embeddings": 2048, "attention_bias": true});
    let of = |kind: &str, more: Value| {
        read(&with(with(small.clone(), &json!({"model_type": kind}), &[]), &more, &[]))
            .model
            .expect("known")
            .stack
    };
    assert_eq!(of("dots_ocr", json!({"vision_config": {}})), of("qwen2", json!({})));
    assert_eq!(of("phi3_v", json!({"img_processor": {}, "embd_layer": {}})), of("phi3", json!({})));
}

#[test]
fn parts_of_a_wrapper_are_said_once() {
    let llama = json!({"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
        "intermediate_size": 160, "vocab_size": 100, "max_position_embeddings": 2048});
    let heard = json!({"model_type": "voxtral", "text_config": llama, "audio_config": {"hidden_size": 64}});
    let said = notes(&heard);
    assert!(said.contains("What sees or hears") && !said.contains("`audio_config`"), "{said}");
    let qwen = with(llama, &json!({"model_type": "qwen2_5_omni_text"}), &[]);
    let omni = notes(&json!({"model_type": "qwen2_5_omni", "talker_config": {}, "token2wav_config": {},
        "thinker_config": {"model_type": "qwen2_5_omni_thinker", "text_config": qwen, "audio_config": {},
            "vision_config": {}}}));
    let small = with(class("gemma3n_text"), &json!({}), &[]);
    let small =
        json!({"model_type": "gemma3n", "text_config": small, "audio_config": {}, "vision_config": {}});
    let small = notes(&small);
    assert!(small.contains("`audio_config`") && small.contains("image encoder is not counted"), "{small}");
    for part in ["`talker_config`", "`token2wav_config`", "What sees or hears has"] {
        assert!(omni.contains(part), "{part} in {omni}");
    }
    assert!(!omni.contains("`audio_config`"), "{omni}");
}

#[test]
fn what_reads_both_ways_writes_no_text() {
    let gemma = json!({"model_type": "gemma3_text", "architectures": ["Gemma3TextModel"], "hidden_size": 64,
        "num_hidden_layers": 6, "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 16, "vocab_size": 100,
        "intermediate_size": 160, "sliding_window": 512, "max_position_embeddings": 2048});
    assert!(notes(&gemma).contains("embedding"));
    let named = with(gemma.clone(), &json!({"architectures": ["Gemma3ForCausalLM"]}), &[]);
    assert!(!notes(&named).contains("embedding"));
    let both = with(named, &json!({"use_bidirectional_attention": true}), &[]);
    assert!(notes(&both).contains("embedding"));
}
