//! Checkpoints that leave zeros out, as compressed-tensors 0.12.2 stores them.

use crate::two_layers::packed_as;
use serde_json::{Value, json};

/// Parameters of linear layers of both layers, and of everything else, of the model below.
const LINEAR: u64 = 2 * (256 * (256 + 128 + 128 + 256) + 3 * 256 * 512);
const REST: u64 = 2 * 256 * 1024 + 5 * 256;
const ROWS: u64 = 2 * (256 + 128 + 128 + 256 + 512 + 512 + 256);
const MATRICES: u64 = 14;

fn sparsity(format: &str, ignore: &[&str]) -> Value {
    json!({
        "format": format, "sparsity_structure": "2:4", "global_sparsity": 0.5, "registry_requires_subclass": false,
        "targets": ["Linear"], "ignore": ignore,
    })
}

fn scheme(bits: u32, kind: &str, more: &Value, format: &str) -> Value {
    let mut weights = json!({"num_bits": bits, "type": kind, "symmetric": true});
    weights.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    json!({
        "quant_method": "compressed-tensors", "format": format, "ignore": ["lm_head"],
        "config_groups": {"group_0": {"weights": weights, "targets": ["Linear"]}},
    })
}

#[test]
fn two_of_four_values_are_half_of_them_and_a_bit_each() {
    let alone = json!({
        "quant_method": "compressed-tensors", "format": "dense", "config_groups": {}, "ignore": [],
        "sparsity_config": sparsity("sparse-24-bitmask", &["lm_head"]),
    });
    let shape = 16 * MATRICES;
    assert_eq!(packed_as(&alone), (LINEAR + LINEAR / 8 + shape + 2 * REST, String::new()));
    let mut eight = scheme(8, "float", &json!({"strategy": "channel"}), "float-quantized");
    let dense = packed_as(&eight).0;
    assert_eq!(dense, LINEAR + 2 * ROWS + 2 * REST);
    eight["sparsity_config"] = sparsity("sparse-24-bitmask", &["lm_head"]);
    assert_eq!(packed_as(&eight), (LINEAR / 2 + LINEAR / 8 + 2 * ROWS + shape + 2 * REST, String::new()));
    // A module that keeps all of its values: the largest of each layer.
    eight["sparsity_config"] = sparsity("sparse-24-bitmask", &["re:.*down_proj"]);
    let down = 2 * 256 * 512;
    let thin = LINEAR - down;
    assert_eq!(packed_as(&eight).0, thin / 2 + thin / 8 + down + 2 * ROWS + 16 * (MATRICES - 2) + 2 * REST);
    eight["sparsity_config"] = json!({"format": "dense", "sparsity_structure": "0:0", "ignore": []});
    assert_eq!(packed_as(&eight), (dense, String::new()));
}

#[test]
fn marlin_keeps_half_of_the_integers_and_a_bit_a_value() {
    let group = scheme(4, "int", &json!({"strategy": "group", "group_size": 128}), "marlin-24");
    assert_eq!(packed_as(&group), (LINEAR / 4 + LINEAR / 8 + LINEAR / 128 * 2 + 2 * REST, String::new()));
    let rows = scheme(8, "int", &json!({"strategy": "channel"}), "marlin-24");
    assert_eq!(packed_as(&rows), (LINEAR / 2 + LINEAR / 8 + 2 * ROWS + 2 * REST, String::new()));
}

#[test]
fn values_that_are_left_out_anywhere_are_counted_by_their_share() {
    let mut alone = json!({
        "quant_method": "compressed-tensors", "config_groups": {}, "sparsity_config": sparsity("sparse-bitmask", &[]),
    });
    alone["sparsity_config"]["global_sparsity"] = json!(0.75);
    let (bytes, said) = packed_as(&alone);
    assert_eq!(bytes, LINEAR / 2 + LINEAR / 8 + 8 * ROWS + 16 * MATRICES + 2 * REST);
    assert!(said.contains("25 % of its matrices' values are stored"), "{said}");
}

/// A scheme of experts or of attention alone is no scheme of all matrices.
#[test]
fn groups_that_name_their_modules_leave_the_others_as_they_are() {
    let mut named = scheme(8, "int", &json!({"strategy": "channel"}), "int-quantized");
    named["config_groups"]["group_0"]["targets"] = json!(["re:.*mlp.*"]);
    let networks = 2 * 3 * 256 * 512;
    let rows = 2 * (512 + 512 + 256);
    assert_eq!(packed_as(&named).0, networks + 2 * rows + 2 * (LINEAR - networks) + 2 * REST);
    // Of two groups the one of all linear matrices is that of the rest, whatever it is called.
    let both = json!({
        "quant_method": "compressed-tensors", "format": "mixed-precision", "ignore": ["lm_head"],
        "config_groups": {
            "group_0": {"targets": ["re:.*mlp.*"], "format": "int-quantized",
                "weights": {"num_bits": 8, "type": "int", "strategy": "channel"}},
            "group_1": {"targets": ["Linear"], "format": "float-quantized",
                "weights": {"num_bits": 8, "type": "float", "strategy": "tensor"}},
        },
    });
    assert_eq!(packed_as(&both).0, LINEAR + 2 * rows + 4 * 8 + 2 * REST);
}
