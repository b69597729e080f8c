//! torchao: configurations by the names of their classes, for all modules or one by one.

use serde_json::{Map, Value};

use super::method::{Method, eight_float, groups, integer_name, mxfp4, mxfp8, nvfp4, text};
use crate::spec::{Packing, Quantization, Scales};

/// torchao, by the name of its configuration; of one that names modules, by that of all others.
pub(super) fn method(config: &Value) -> Option<Method> {
    let kind = config.get("quant_type")?;
    match kind {
        Value::String(name) => kind_of(&name.to_lowercase(), config.get("quant_type_kwargs")),
        _ => config_of(kind.get("default")?),
    }
}

/// One configuration of torchao: `{"_type": "Int4WeightOnlyConfig", "_data": {…}}`.
pub(super) fn config_of(config: &Value) -> Option<Method> {
    let inside = config.get("_data");
    let name = text(config, "_type")?;
    if let Some(named) = modules(config) {
        return match named.get("_default") {
            Some(default) if !default.is_null() => config_of(default),
            _ => Some(Method::of(None, Packing::plain("16 bit", 16.0))),
        };
    }
    kind_of(&name, inside)
}

/// The modules that a configuration of torchao names, each with a configuration or none.
pub(super) fn modules(config: &Value) -> Option<&Map<String, Value>> {
    let inside = config.get("_data")?;
    ["module_fqn_to_config", "fqn_to_config"].iter().find_map(|key| inside.get(*key)?.as_object())
}

/// The number format of weights that a configuration is set to: `int4`, `float8_e4m3fn`.
fn dtype_name(inside: Option<&Value>) -> Option<&str> {
    let dtype = inside?.get("weight_dtype")?;
    let name = dtype.get("_data").unwrap_or(dtype).as_str()?;
    Some(name.trim_start_matches("torch."))
}

/// A kind of torchao's, by its name in lower case, with what it is set to.
fn kind_of(name: &str, inside: Option<&Value>) -> Option<Method> {
    let plain: String = name.chars().filter(|sign| *sign != '_').collect();
    let data = |value: &Value| value.get("_data").cloned();
    let granularity = ["weight_granularity", "granularity"].iter().find_map(|key| inside?.get(*key));
    let grouped = granularity.and_then(data).and_then(|inside| inside.get("group_size")?.as_i64());
    let size = inside.and_then(|inside| inside.get("group_size")).and_then(Value::as_i64).or(grouped);
    let scales = |size: Option<i64>| size.map_or(Scales::Rows, |size| groups(Some(size), 128));
    // Integers of any width: a scale and a zero point a group or a row.
    let bits = dtype_name(inside).and_then(|name| name.strip_prefix("int")?.parse().ok());
    // Unsigned integers of a few bits are packed by layouts of their own.
    if plain.contains("uintx") {
        return None;
    }
    let packing = if plain.contains("intxweight") {
        let bits: u32 = bits.filter(|bits| (1..=8).contains(bits)).unwrap_or(8);
        // A channel an axis is said by a granularity without a size.
        let scales = if granularity.is_some() { scales(size) } else { groups(size, 32) };
        Packing::plain(integer_name(bits)?, f64::from(bits)).with(scales, 16.0 + 8.0)
    } else if plain.contains("int4") {
        Packing::plain("int4", 4.0).with(groups(size, 128), 32.0)
    } else if plain.contains("int8") {
        Packing::plain("int8", 8.0).with(scales(size), 32.0)
    } else if plain.contains("float8") {
        return Some(Method::of(Some(Quantization::Fp8), eight_float().with(Scales::Rows, 32.0)));
    } else if plain.contains("nvfp4") {
        return Some(Method::of(Some(Quantization::NvFp4), nvfp4()));
    } else if plain.contains("mxfp4") || dtype_name(inside).is_some_and(|name| name.contains("float4")) {
        mxfp4()
    } else if plain.contains("mx") {
        // 8-bit floats are what both of its configurations take where they are not told.
        mxfp8()
    } else {
        return None;
    };
    Some(Method::of(None, packing))
}
