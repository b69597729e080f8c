//! Methods that say of single modules, or by another name, how they are packed.

use crate::two_layers::packed_as;
use serde_json::{Value, json};

/// Parameters of linear layers: of attention, of networks, and of both, in two layers; and of everything else.
const ATTENTION: u64 = 2 * 256 * (256 + 128 + 128 + 256);
const NETWORKS: u64 = 2 * 3 * 256 * 512;
const LINEAR: u64 = ATTENTION + NETWORKS;
const REST: u64 = 2 * 256 * 1024 + 5 * 256;
const ROWS: u64 = 2 * (256 + 128 + 128 + 256 + 512 + 512 + 256);
const COLUMNS: u64 = 2 * (4 * 256 + 2 * 256 + 512);
/// Parameters of the output matrix.
const HEAD: u64 = 1024 * 256;

/// Bytes where nothing has to be said.
fn plain(config: &Value) -> u64 {
    let (bytes, notes) = packed_as(config);
    assert_eq!(notes, "", "{config}");
    bytes
}

#[test]
fn the_output_matrix_is_packed_where_a_method_says_so() {
    let four = |values: u64| values / 2 + values / 128 * 5 / 2;
    let gptq = json!({"quant_method": "gptq", "bits": 4, "group_size": 128, "desc_act": false});
    let usual = plain(&gptq);
    assert_eq!(usual, four(LINEAR) + 4 * COLUMNS + 2 * REST);
    let mut with_head = gptq.clone();
    with_head["lm_head"] = json!(true);
    assert_eq!(plain(&with_head), usual - 2 * HEAD + four(HEAD) + 4 * 256);
    let of_auto_round = |head: Value| {
        plain(
            &json!({"quant_method": "auto-round", "bits": 4, "group_size": 128, "extra_config": {"lm_head": head}}),
        )
    };
    let wide = of_auto_round(json!({"bits": 16, "data_type": "float"}));
    assert_eq!(wide, four(LINEAR) + 2 * REST);
    assert_eq!(of_auto_round(json!({"bits": 4})), wide - 2 * HEAD + four(HEAD));
    // compressed-tensors packs every linear matrix that it does not leave out.
    let of_tensors = |ignore: &[&str]| {
        let weights = json!({"num_bits": 8, "type": "float", "strategy": "tensor"});
        plain(&json!({
            "quant_method": "compressed-tensors", "format": "float-quantized", "ignore": ignore,
            "config_groups": {"group_0": {"weights": weights, "targets": ["Linear"]}},
        }))
    };
    assert_eq!(of_tensors(&["lm_head"]) - of_tensors(&[]), HEAD - 4);
}

#[test]
fn floats_of_auto_round_and_torchao_are_those_that_are_named() {
    let of_auto_round = |kind: &str, bits: u64, group: i64| {
        plain(&json!({"quant_method": "auto-round", "bits": bits, "group_size": group, "data_type": kind}))
    };
    assert_eq!(of_auto_round("mx_fp", 4, 32), LINEAR / 2 + LINEAR / 32 + 2 * REST);
    assert_eq!(of_auto_round("mx_fp", 8, 32), LINEAR + LINEAR / 32 + 2 * REST);
    assert_eq!(of_auto_round("nv_fp4_with_static_gs", 4, 16), LINEAR / 2 + LINEAR / 16 + 8 * 14 + 2 * REST);
    assert_eq!(of_auto_round("fp8", 8, -1), LINEAR + 4 * ROWS + 2 * REST);
    let of_torchao = |name: &str, dtype: Option<&str>| {
        let data = dtype
            .map_or(json!({}), |dtype| json!({"weight_dtype": {"_type": "torch.dtype", "_data": dtype}}));
        packed_as(
            &json!({"quant_method": "torchao", "quant_type": {"default": {"_type": name, "_data": data}}}),
        )
    };
    for (name, dtype, bytes) in [
        ("MXFPInferenceConfig", Some("float8_e4m3fn"), LINEAR),
        ("MXDynamicActivationMXWeightConfig", Some("float4_e2m1fn_x2"), LINEAR / 2),
        ("MXDynamicActivationMXWeightConfig", None, LINEAR),
    ] {
        let right = bytes + LINEAR / 32 + 2 * REST;
        assert_eq!(of_torchao(name, dtype), (right, String::new()), "{name} of {dtype:?}");
    }
    let (bytes, said) = of_torchao("UIntXWeightOnlyConfig", None);
    assert!(said.contains("lower bound") && bytes < LINEAR + 2 * REST, "{said}");
}

#[test]
fn layers_with_settings_of_their_own_have_them() {
    let quark = json!({
        "quant_method": "quark", "exclude": ["lm_head"],
        "global_quant_config": {"weight": {"dtype": "fp4", "qscheme": "per_group", "group_size": 32}},
        "layer_quant_config": {"*self_attn*": {"weight": {"dtype": "fp8_e4m3", "qscheme": "per_tensor"}}},
    });
    assert_eq!(plain(&quark), ATTENTION + 8 * 8 + NETWORKS / 2 + NETWORKS / 32 + 2 * REST);
    let hqq = json!({
        "quant_method": "hqq", "skip_modules": ["lm_head"], "quant_config": {
            "mlp.gate_proj": {"weight_quant_params": {"nbits": 4, "group_size": 64}},
            "mlp.up_proj": {"weight_quant_params": {"nbits": 4, "group_size": 64}},
            "mlp.down_proj": {"weight_quant_params": {"nbits": 2, "group_size": 64}},
        },
    });
    let third = NETWORKS / 3;
    let (four, two) = (2 * third, third);
    let packed = four / 2 + two / 4 + NETWORKS / 64 * 4;
    assert_eq!(plain(&hqq), packed + 2 * ATTENTION + 2 * REST);
}
