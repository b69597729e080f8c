//! How many bits a method packs a weight in, where it is not known, not said, or not possible.

use serde_json::Value;

use super::super::super::error::bounded;
use super::Published;
use super::method::{GROUP, block, text, value};
use super::modules::LINEAR;
use crate::spec::{Container, Packing, Quantization, Rules};

/// Keys under which methods say how many bits a weight has.
const BITS: [&str; 5] = ["bits", "nbits", "num_bits", "w_bit", "weight_bits"];

/// Methods whose packing is known, so that what is not understood is a number of theirs.
const METHODS: [&str; 14] = [
    "gptq",
    "gptq_marlin",
    "awq",
    "awq_marlin",
    "auto-round",
    "auto_round",
    "intel/auto-round",
    "compressed-tensors",
    "compressed_tensors",
    "hqq",
    "exl2",
    "exl3",
    "affine",
    "mlx",
];

/// A number of bits as it is written, by whatever name and wherever methods keep it.
fn written_bits(config: &Value) -> Option<(&'static str, &Value)> {
    let own = |part: &Value, key: &str| part.get(key).is_some_and(|bits| !bits.is_null());
    let here = BITS.iter().find(|key| own(config, key)).and_then(|key| Some((*key, config.get(*key)?)));
    here.or_else(|| {
        let inside =
            ["quant_config", "weight_quant_params", "weights"].iter().filter_map(|key| config.get(*key));
        let groups =
            config.get("config_groups").and_then(Value::as_object).into_iter().flat_map(|all| all.values());
        inside.chain(groups).filter(|part| part.is_object()).find_map(written_bits)
    })
}

/// Of a method that is not known the bits that it names are counted, or one a weight: a lower bound, as scales and
/// what stays in 16 bit come on top.
pub(super) fn unknown(name: &str, config: &Value, container: Container) -> Published {
    let written = written_bits(config);
    let named = written.and_then(|(_, bits)| value(bits)).filter(|bits| (1.0..=16.0).contains(bits));
    let why = match written {
        Some((key, bits)) if named.is_none() || METHODS.contains(&name) => {
            format!(
                "`{key}` of its quantization is {}, which is no number of bits that `{}` packs",
                bounded(&bits.to_string()),
                bounded(name)
            )
        }
        _ => format!("Packed by `{}`, which is not known here", bounded(name)),
    };
    let note = format!(
        "{why}: without the files its matrices are counted at {} bit a weight{}, which is a lower bound",
        named.unwrap_or(1.0),
        if named.is_some() { " as it says" } else { "" },
    );
    let packing = Packing::plain("packed", named.unwrap_or(1.0));
    let mut rules = Rules { at_least: true, ..Rules::plain(2) };
    rules.kinds.extend(LINEAR.iter().map(|(role, _)| (*role, Some(packing))));
    Published {
        stored: Some(Quantization::Own(container)),
        rules: Some(rules),
        unknown: true,
        wide: false,
        reader: None,
        notes: vec![note],
    }
}

/// Methods that pack integers in groups, of four bits where they do not say.
const INTEGERS: [&str; 7] =
    ["gptq", "gptq_marlin", "awq", "awq_marlin", "auto-round", "auto_round", "intel/auto-round"];

/// What is taken where a method that packs integers does not say of how many bits, or names a group or a block that cannot
/// be.
pub(super) fn assumed(config: &Value) -> Vec<String> {
    let name = text(config, "quant_method").unwrap_or_default();
    let mut notes = Vec::new();
    if INTEGERS.contains(&name.as_str()) {
        if written_bits(config).is_none() {
            notes.push(format!("`{name}` does not say of how many bits it packs; 4 are taken"));
        }
        let size = |size: &Value| size.as_i64().is_some_and(|size| size == -1 || (1..=GROUP).contains(&size));
        notes.extend(impossible(config, "group_size", size, "a scale a row is taken"));
        notes.extend(impossible(config, "q_group_size", size, "a scale a row is taken"));
    }
    notes.extend(impossible(
        config,
        "weight_block_size",
        |sides| block(sides).is_some(),
        "128 of either side are taken",
    ));
    notes
}

/// The same of MLX's own form.
pub(super) fn assumed_of_mlx(config: &Value) -> Vec<String> {
    let size = |size: &Value| size.as_i64().is_some_and(|size| (1..=GROUP).contains(&size));
    impossible(config, "group_size", size, "64 are taken").into_iter().collect()
}

/// A key whose value cannot be, and what is taken.
fn impossible(config: &Value, key: &str, can_be: impl Fn(&Value) -> bool, taken: &str) -> Option<String> {
    let value = config.get(key).filter(|value| !value.is_null() && !can_be(value))?;
    let shown = bounded(&value.to_string());
    Some(format!("`{key}` of its quantization is {shown}, which cannot be; {taken}"))
}
