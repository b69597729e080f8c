//! Modules that a method leaves as they are, and those with a packing of their own.

use serde_json::Value;

use super::compressed::group;
use super::known::method as method_of;
use super::method::{flag, hqq_tags, hqq_weights, modelopt_algorithm, quark_weights, small, text};
use super::modules::OUTPUT;
use super::pattern::Patterns;
use super::torchao;
use crate::spec::Packing;

/// Keys under which the libraries list what they leave as it is.
const LEFT_OUT: [&str; 8] = [
    "ignore",
    "modules_to_not_convert",
    "ignored_layers",
    "exclude",
    "exclude_modules",
    "llm_int8_skip_modules",
    "skip_modules",
    "modules_in_block_to_not_quantize",
];

/// Modules that stay in 16 bit.
pub(super) fn left_out(config: &Value) -> Patterns {
    let inside = config.get("quantization").or_else(|| config.get("quant_config"));
    let lists = [Some(config), inside].into_iter().flatten();
    let list =
        lists.flat_map(|part| LEFT_OUT.iter().filter_map(|key| part.get(*key))).find(|list| list.is_array());
    Patterns::of(list)
}

/// Modules with a packing of their own: mixed ModelOpt, several groups of compressed-tensors, extra bits of others.
pub(super) fn singles(config: &Value) -> Vec<(Patterns, Option<Packing>)> {
    let mut found = Vec::new();
    let mut add = |name: &str, packing: Option<Packing>| {
        let mut patterns = Patterns::default();
        patterns.add(name);
        found.push((patterns, packing));
    };
    for (name, own) in config.get("quantized_layers").and_then(Value::as_object).into_iter().flatten() {
        let algorithm = text(own, "quant_algo").unwrap_or_default();
        add(name, modelopt_algorithm(&algorithm, own).map(|method| method.packing));
    }
    for (name, own) in config.get("extra_config").and_then(Value::as_object).into_iter().flatten() {
        let wide = small(own, "bits").is_some_and(|bits| bits >= 16);
        add(
            name,
            if wide { None } else { method_of(&with_method(config, own)).map(|method| method.packing) },
        );
    }
    for (name, own) in config.get("dynamic").and_then(Value::as_object).into_iter().flatten() {
        // GPTQModel: `-:` leaves a module out, `+:` gives it settings of its own; the rest is an expression.
        let expression = name.trim_start_matches("+:").trim_start_matches("-:");
        let packing = if name.starts_with("-:") {
            None
        } else {
            method_of(&with_method(config, own)).map(|method| method.packing)
        };
        add(&format!("re:{expression}"), packing);
    }
    // Quark lays settings of single layers, by wildcard, over those of all.
    for (name, own) in config.get("layer_quant_config").and_then(Value::as_object).into_iter().flatten() {
        add(name, quark_weights(own).map(|method| method.packing));
    }
    // HQQ by tags: what none names stays as it is.
    for (tag, own) in hqq_tags(config).into_iter().flatten() {
        add(tag, hqq_weights(own).map(|method| method.packing));
    }
    let modules = config.get("quant_type").and_then(|kind| torchao::modules(kind.get("default")?));
    for (name, own) in modules.into_iter().flatten().filter(|(name, _)| *name != "_default") {
        let packing = torchao::config_of(own).map(|method| method.packing);
        add(name, packing);
    }
    for own in groups(config) {
        let format = text(own, "format").or_else(|| text(config, "format"));
        let packing = own.get("weights").and_then(|weights| group(weights, format.as_deref()));
        for target in targets(own).filter(|target| !is_class(target)) {
            add(target, packing.as_ref().map(|method| method.packing));
        }
    }
    found
}

/// The groups of compressed-tensors.
fn groups(config: &Value) -> impl Iterator<Item = &Value> {
    let groups = config.get("config_groups").and_then(Value::as_object);
    groups.into_iter().flat_map(serde_json::Map::values).filter(|group| group.is_object())
}

/// What a group is of: classes of modules, their names, or expressions.
fn targets(group: &Value) -> impl Iterator<Item = &str> {
    group.get("targets").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Whether a target is a class, as `Linear`, and no name of a module.
fn is_class(target: &str) -> bool {
    target.starts_with(|sign: char| sign.is_ascii_uppercase()) && !target.contains(['.', '*', ':'])
}

/// Whether every group names its modules, so that none is of all others.
pub(super) fn names_modules_alone(config: &Value) -> bool {
    let mut all = groups(config).peekable();
    all.peek().is_some() && all.all(|group| targets(group).next().is_some() && !targets(group).any(is_class))
}

/// How the output matrix is packed, where it is: what is of all linear matrices is of it too with compressed-tensors, with
/// others where it is named.
pub(super) fn head(
    config: &Value,
    usual: Packing,
    left_out: &Patterns,
    singles: &[(Patterns, Option<Packing>)],
) -> Option<Packing> {
    let of_all = || groups(config).any(|group| targets(group).any(|target| target == "Linear"));
    let names = ["quantized_layers", "extra_config"].iter().filter_map(|key| config.get(*key));
    let named = names.into_iter().any(|part| part.get("lm_head").is_some());
    let grouped =
        matches!(text(config, "quant_method").as_deref(), Some("compressed-tensors" | "compressed_tensors"));
    let asked = flag(config, "lm_head").unwrap_or(false) || (grouped && of_all());
    if !asked && !named {
        return None;
    }
    let names = OUTPUT.1.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    own(&names, asked.then_some(usual), left_out, singles)
}

/// The settings of one module laid over those of all.
fn with_method(config: &Value, own: &Value) -> Value {
    let mut all = config.clone();
    if let (Some(all), Some(own)) = (all.as_object_mut(), own.as_object()) {
        all.retain(|key, _| key != "extra_config" && key != "dynamic");
        all.extend(own.clone());
    }
    all
}

/// The packing of one module.
pub(super) fn own(
    names: &[String],
    usual: Option<Packing>,
    left_out: &Patterns,
    singles: &[(Patterns, Option<Packing>)],
) -> Option<Packing> {
    if left_out.matches(names) {
        return None;
    }
    singles.iter().find(|(patterns, _)| patterns.matches(names)).map_or(usual, |(_, packing)| *packing)
}
