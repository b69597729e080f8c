//! compressed-tensors: groups of modules, each with a scheme.

use serde_json::Value;

use super::method::{
    Method, blocks, eight_float, flag, groups as groups_of, integer_name, mxfp4, nvfp4, small, text,
};
use crate::spec::{Packing, Quantization, Scales};

/// The group of weights that compressed-tensors packs.
pub(super) fn compressed_tensors(config: &Value) -> Option<Method> {
    let groups = config.get("config_groups").and_then(Value::as_object);
    // Where no group is named, at most the cache is packed, or zeros are left out.
    let is_sparse = config.get("sparsity_config").is_some();
    let Some(groups) = groups.filter(|groups| !groups.is_empty()) else {
        let plain = || Method::of(Some(Quantization::Bf16), Packing::plain("16 bit", 16.0));
        return (groups.is_some() || is_sparse).then(plain);
    };
    // What a group says that is of all linear matrices goes before those that name theirs.
    let of_all = |group: &Value| {
        let targets = group.get("targets").and_then(Value::as_array);
        targets.is_some_and(|targets| targets.iter().any(|target| target == "Linear"))
    };
    let ordered = groups.values().filter(|group| of_all(group)).chain(groups.values());
    let own = ordered.into_iter().find(|group| group.get("weights").is_some_and(Value::is_object))?;
    let format = text(own, "format").or_else(|| text(config, "format"));
    group(own.get("weights")?, format.as_deref())
}

/// How one group of compressed-tensors packs its matrices.
pub(super) fn group(weights: &Value, format: Option<&str>) -> Option<Method> {
    let bits = small(weights, "num_bits")?;
    let size = weights.get("group_size").and_then(Value::as_i64);
    let float = text(weights, "type").as_deref() == Some("float");
    let strategy = text(weights, "strategy");
    let scales = match strategy.as_deref() {
        Some("tensor") => Scales::None,
        Some("block") => weights.get("block_structure").map_or(Scales::Blocks(128), blocks),
        Some("group" | "tensor_group") => groups_of(size, 128),
        Some("channel") => Scales::Rows,
        _ => match size {
            Some(size) => groups_of(Some(size), 128),
            None => Scales::Rows,
        },
    };
    let one = |packing: Packing, stored| Some(Method::of(stored, packing));
    match (float, bits) {
        (true, 4) if scales == Scales::Groups(32) => one(mxfp4(), None),
        (true, 4) => one(nvfp4(), Some(Quantization::NvFp4)),
        (true, 8) if scales == Scales::Groups(32) => {
            one(Packing::plain("mxfp8", 8.0).with(scales, 8.0), None)
        }
        (true, 8) => {
            let packing = eight_float().with(scales, 16.0);
            let packing = Packing { matrix_bytes: if scales == Scales::None { 4 } else { 0 }, ..packing };
            one(packing, Some(Quantization::Fp8))
        }
        (false, 1..=8) => {
            let symmetric = flag(weights, "symmetric").unwrap_or(true);
            let zero = if symmetric { 0.0 } else { f64::from(bits) };
            // Packed integers bring the shape that they are unpacked to: two 64-bit numbers.
            let shape = if format == Some("pack-quantized") { 16 } else { 0 };
            let packing = Packing::plain(integer_name(bits)?, f64::from(bits)).with(scales, 16.0 + zero);
            if format == Some("marlin-24") {
                return one(marlin(packing), None);
            }
            one(Packing { matrix_bytes: shape, ..packing }, None)
        }
        _ => None,
    }
}

/// Integers that Marlin reads two of four of: half of the values, a bit a value for which, and 16-bit scales.
const fn marlin(packing: Packing) -> Packing {
    let name = if packing.bits > 4.0 { "sparse int8" } else { "sparse int4" };
    Packing { name, bits: packing.bits * 0.5 + 1.0, scale_bits: 16.0, matrix_bytes: 0, ..packing }
}
