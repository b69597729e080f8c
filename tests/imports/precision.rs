//! How a checkpoint is stored is what its configuration publishes, matrix by matrix.

use std::fs;

use plimsoll::engine::memory::{Placement, weights};
use plimsoll::import::{Imported, Note, import};
use plimsoll::spec::{Container, GpuLayers, Quantization};
use plimsoll::units::whole;
use serde_json::{Value, json};

/// Parameters of linear layers of one layer, of both layers, and of everything else, of the model below.
const LAYER: u64 = 256 * (256 + 128 + 128 + 256) + 3 * 256 * 512;
const LINEAR: u64 = 2 * LAYER;
const REST: u64 = 2 * 256 * 1024 + 5 * 256;
/// Rows of all linear layers, and columns.
const ROWS: u64 = 2 * (256 + 128 + 128 + 256 + 512 + 512 + 256);
const COLUMNS: u64 = 2 * (4 * 256 + 2 * 256 + 512);
/// Linear matrices.
const MATRICES: u64 = 14;

/// A llama of two layers, 256 wide, with more keys.
fn llama(more: &Value) -> String {
    let mut config = json!({
        "model_type": "llama", "hidden_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 512, "vocab_size": 1024,
        "max_position_embeddings": 2048, "torch_dtype": "bfloat16",
    });
    let (Some(all), Some(more)) = (config.as_object_mut(), more.as_object()) else { return String::new() };
    all.extend(more.clone());
    config.to_string()
}

fn imported(text: &str) -> Imported {
    with_beside(text, None)
}

/// The same with ModelOpt's own file beside it.
fn with_beside(text: &str, beside: Option<&Value>) -> Imported {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("config.json");
    fs::write(&path, text).expect("writable");
    if let Some(beside) = beside {
        fs::write(folder.path().join("hf_quant_config.json"), beside.to_string()).expect("writable");
    }
    import(&path).expect("a configuration")
}

/// The format of a configuration, and bytes of its weights.
fn weighed(text: &str) -> (Quantization, u64) {
    weighed_of(imported(text))
}

fn weighed_of(imported: Imported) -> (Quantization, u64) {
    let stored = imported.file_type.expect("it says how it is stored");
    let model = imported.into_model().expect("known");
    (stored, whole(weights(&model, stored, Placement::Gpu, GpuLayers::Auto).total().get()))
}

fn of(config: &Value) -> (Quantization, u64) {
    weighed(&llama(&json!({ "quantization_config": config })))
}

/// A group of compressed-tensors: so many bits of a kind, with more said of it.
fn group(bits: u32, kind: &str, more: &Value) -> Value {
    let mut weights = json!({"num_bits": bits, "type": kind});
    if let (Some(all), Some(more)) = (weights.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    json!({
        "quant_method": "compressed-tensors", "format": if kind == "int" { "pack-quantized" } else { "float-quantized" },
        "config_groups": {"group_0": {"weights": weights, "targets": ["Linear"]}}, "ignore": ["lm_head"],
    })
}

#[test]
fn every_method_is_weighed_as_it_packs() {
    let own = Quantization::Own(Container::Checkpoint);
    let groups = |of: u64| LINEAR / of;
    for (config, stored, packed) in [
        (group(8, "float", &json!({})), Quantization::Fp8, LINEAR + 2 * ROWS),
        (group(8, "float", &json!({"strategy": "tensor"})), Quantization::Fp8, LINEAR + 4 * MATRICES),
        (group(4, "int", &json!({"group_size": 128})), own, LINEAR / 2 + 2 * groups(128) + 16 * MATRICES),
        (group(8, "int", &json!({"strategy": "channel"})), own, LINEAR + 2 * ROWS + 16 * MATRICES),
        (
            group(4, "float", &json!({"group_size": 16})),
            Quantization::NvFp4,
            LINEAR / 2 + groups(16) + 8 * MATRICES,
        ),
        (json!({"quant_algo": "FP8", "ignore": ["lm_head"]}), Quantization::Fp8, LINEAR + 8 * MATRICES),
        (
            json!({"quant_method": "modelopt", "quant_algo": "NVFP4"}),
            Quantization::NvFp4,
            LINEAR / 2 + groups(16) + 8 * MATRICES,
        ),
        (
            json!({"quant_method": "fp8", "weight_block_size": [128, 128]}),
            Quantization::Fp8,
            LINEAR + 4 * LINEAR / (128 * 128),
        ),
        (
            json!({"quant_method": "gptq", "bits": 4, "group_size": 128}),
            Quantization::Gptq,
            LINEAR / 2 + groups(128) * 5 / 2 + 4 * COLUMNS,
        ),
        (
            json!({"quant_method": "gptq", "bits": 8, "group_size": 128}),
            own,
            LINEAR + groups(128) * 3 + 4 * COLUMNS,
        ),
        (
            json!({"quant_method": "gptq", "bits": 2, "group_size": -1}),
            own,
            LINEAR / 4 + ROWS * 9 / 4 + 4 * COLUMNS,
        ),
        (
            json!({"quant_method": "awq", "bits": 4, "group_size": 128}),
            Quantization::Awq,
            LINEAR / 2 + groups(128) * 5 / 2,
        ),
        (json!({"quant_method": "awq", "bits": 8, "group_size": 128}), own, LINEAR + groups(128) * 3),
        (
            json!({"quant_method": "auto-round", "bits": 3, "group_size": 128}),
            own,
            LINEAR * 3 / 8 + groups(128) * 19 / 8,
        ),
        (
            json!({"quant_method": "bitsandbytes", "load_in_8bit": true, "load_in_4bit": false}),
            own,
            LINEAR + 4 * ROWS,
        ),
        (
            json!({"quant_method": "bitsandbytes", "load_in_4bit": true}),
            Quantization::Nf4,
            LINEAR / 2 + 4 * groups(64) + 64 * MATRICES,
        ),
        (
            json!({"quant_method": "torchao", "quant_type": {"default": {"_type": "Int4WeightOnlyConfig", "_data": {"group_size": 64}}}}),
            own,
            LINEAR / 2 + 4 * groups(64),
        ),
        (json!({"quant_method": "torchao", "quant_type": "int8_weight_only"}), own, LINEAR + 4 * ROWS),
        (
            json!({"quant_method": "hqq", "quant_config": {"weight_quant_params": {"nbits": 4, "group_size": 64}}}),
            own,
            LINEAR / 2 + 4 * groups(64),
        ),
        (
            json!({"quant_method": "quark", "global_quant_config": {"weight": {"dtype": "fp8_e4m3", "qscheme": "per_tensor"}}}),
            Quantization::Fp8,
            LINEAR + 8 * MATRICES,
        ),
        (
            json!({"quant_method": "exl2", "bits": 4.25, "head_bits": 6}),
            Quantization::Exl { hundredths: 425, third: false },
            LINEAR * 17 / 32,
        ),
        (
            json!({"quant_method": "torchao", "quant_type": {"default": {"_type": "ModuleFqnToConfig", "_data": {
                "module_fqn_to_config": {"_default": {"_type": "Int8DynamicActivationIntxWeightConfig", "_data": {
                    "weight_dtype": {"_type": "torch.dtype", "_data": "int4"},
                    "weight_granularity": {"_type": "PerGroup", "_data": {"group_size": 32}},
                }}},
            }}}}),
            own,
            LINEAR / 2 + 3 * groups(32),
        ),
        (json!({"quant_method": "bitnet", "quantization_mode": "offline"}), own, LINEAR / 4 + 2 * MATRICES),
    ] {
        let head = if config["quant_method"] == "exl2" { 256 * 1024 * 10 / 8 } else { 0 };
        assert_eq!(of(&config), (stored, packed + 2 * REST - head), "{config}");
    }
}

#[test]
fn what_is_left_out_stays_in_16_bit() {
    let attention = 2 * 256 * (256 + 128 + 128 + 256);
    for (pattern, plain) in [
        ("re:.*self_attn.*", attention),
        ("model.layers.1*", LAYER),
        ("language_model.model.layers.0.self_attn*", attention / 2),
        ("mlp.down_proj", 2 * 256 * 512),
    ] {
        let (_, bytes) = of(
            &json!({"quant_method": "bitsandbytes", "load_in_8bit": true, "llm_int8_skip_modules": [pattern]}),
        );
        let all = LINEAR + 4 * ROWS + 2 * REST;
        let more = bytes - all;
        assert!(more <= plain && more > plain * 9 / 10, "{pattern}: {more} of {plain}");
    }
    let mixed = json!({"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION", "quantized_layers": {
        "model.layers.0.mlp.down_proj": {"quant_algo": "FP8"}, "model.layers.1.mlp.up_proj": {"quant_algo": "NVFP4"},
    }});
    let own = 256 * 512 + 8 + 256 * 512 / 2 + 256 * 512 / 16 + 8;
    assert_eq!(of(&mixed).1, own + 2 * (LINEAR - 2 * 256 * 512) + 2 * REST);
}

#[test]
fn mlx_packs_each_module_as_its_entry_says() {
    let of = |config: Value| weighed(&llama(&json!({ "quantization": config })));
    let norms = 2 * 5 * 256;
    let matrices = LINEAR + 2 * 256 * 1024;
    let four = Quantization::Mlx { bits: 4, group: 64 };
    assert_eq!(of(json!({"group_size": 64, "bits": 4})), (four, matrices / 2 + matrices / 64 * 4 + norms));
    let own = Quantization::Own(Container::Mlx);
    for (mode, group, bits) in [("mxfp4", 32, 4), ("nvfp4", 16, 4), ("mxfp8", 32, 8)] {
        let packed = matrices * bits / 8 + matrices / group;
        assert_eq!(
            of(json!({"group_size": group, "bits": bits, "mode": mode})),
            (own, packed + norms),
            "{mode}"
        );
    }
    let down = 256 * 512;
    let (stored, bytes) = of(json!({
        "group_size": 64, "bits": 4, "model.layers.0.mlp.down_proj": {"group_size": 64, "bits": 8}, "lm_head": false,
    }));
    let four_bit = matrices - down - 256 * 1024;
    let expected = four_bit / 2 + four_bit / 64 * 4 + down + down / 64 * 4 + 2 * 256 * 1024 + norms;
    assert_eq!((stored, bytes), (own, expected));
}

#[test]
fn wide_and_unknown_precision_is_said() {
    let wide = llama(&json!({"torch_dtype": "float32"}));
    assert_eq!(weighed(&wide), (Quantization::Own(Container::Checkpoint), 4 * (LINEAR + REST)));
    let strange = llama(&json!({"quantization_config": {"quant_method": "spqr", "bits": 3}}));
    assert_eq!(
        weighed(&strange).1,
        LINEAR * 3 / 8 + 2 * REST,
        "as many bits as it says, and what stays plain"
    );
    let silent = llama(&json!({"quantization_config": {"quant_method": "higgs"}}));
    assert_eq!(weighed(&silent).1, LINEAR / 8 + 2 * REST, "one bit a weight at the least");
    let notes = imported(&strange).notes;
    assert!(notes.iter().any(|note| note.to_string().contains("`spqr`, which is not known")), "{notes:?}");
    let silent = llama(&json!({ "torch_dtype": null }));
    let notes = imported(&silent).notes;
    assert!(matches!(notes.as_slice(), [Note::PrecisionAssumed(_)]), "{notes:?}");
}

#[test]
fn precision_is_found_in_the_part_about_the_language_model() {
    let part: Value = serde_json::from_str(&llama(&json!({
        "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]},
    })))
    .expect("JSON");
    let outer = json!({"model_type": "some_wrapper", "text_config": part}).to_string();
    assert_eq!(weighed(&outer), (Quantization::Fp8, LINEAR + 4 * LINEAR / (128 * 128) + 2 * REST));
}

#[test]
fn an_index_weighs_what_its_method_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let strange = llama(&json!({"quantization_config": {"quant_method": "spqr", "bits": 3}}));
    fs::write(folder.path().join("config.json"), strange).expect("writable");
    let index = json!({"metadata": {"total_size": 123_456.0}, "weight_map": {"a": "model-1.safetensors"}});
    fs::write(folder.path().join("model.safetensors.index.json"), index.to_string()).expect("writable");
    let imported = import(folder.path()).expect("a folder of a model");
    let stored = imported.file_type.expect("said");
    let model = imported.into_model().expect("known");
    let held = weights(&model, stored, Placement::Gpu, GpuLayers::Auto);
    assert_eq!(whole(held.total().get()), 123_456);
}

/// The first checkpoints of `ModelOpt` say how they are packed in a file beside.
#[test]
fn what_modelopt_wrote_beside_is_read() {
    let own = json!({"quant_algo": "NVFP4", "group_size": 16, "exclude_modules": ["lm_head", "model.layers.1.mlp*"]});
    let beside = json!({"producer": {"name": "modelopt"}, "quantization": own});
    let bare = llama(&json!({}));
    let read = with_beside(&bare, Some(&beside));
    assert!(read.notes.iter().any(|note| note.to_string().contains("hf_quant_config.json")));
    let packed = weighed_of(read);
    assert_eq!(packed, of(&own));
    assert!(packed.1 < weighed(&bare).1);
    // What the configuration says comes first; what cannot be read says nothing.
    let said =
        llama(&json!({"quantization_config": {"quant_method": "fp8", "activation_scheme": "dynamic"}}));
    assert_eq!(weighed_of(with_beside(&said, Some(&beside))), weighed(&said));
    assert_eq!(weighed_of(with_beside(&bare, Some(&json!("no object")))), weighed(&bare));
}

/// A checkpoint in 8-bit floats without scales was "not known here" and answered in 4 bit.
#[test]
fn plain_8_bit_floats_are_a_byte_a_value() {
    let (stored, bytes) = weighed(&llama(&json!({ "torch_dtype": "float8_e4m3fn" })));
    let (_, wide) = weighed(&llama(&json!({})));
    assert_eq!((stored, 2 * bytes), (Quantization::Own(Container::Checkpoint), wide));
}
