//! What MLX packs: every linear and embedding layer, each with bits of its own where the file says so.

use serde_json::Value;

use super::method::{integer_name, small, text};
use super::modules::{EMBEDDING, LINEAR, OUTPUT, ROUTERS, in_layer};
use crate::spec::{Container, Packing, Quantization, Rules, Scales};

/// The format and the rules of MLX's `quantization`, or `None` where its kind is not known.
pub(super) fn read(config: &Value, layers: u64, tied: bool) -> Option<(Quantization, Rules)> {
    let usual = packing(config, None)?;
    let mut rules = Rules::plain(2);
    let of_module = |names: &[String], usual: Option<Packing>| match found(config, names) {
        None => usual,
        Some(Value::Bool(false)) => None,
        Some(own) => packing(own, Some(config)),
    };
    for (role, names) in [OUTPUT, EMBEDDING] {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        rules.kinds.insert(role, of_module(&names, Some(usual)));
    }
    let linear = LINEAR.iter().map(|names| (names, Some(usual)));
    for ((role, names), usual) in linear.chain(ROUTERS.iter().map(|names| (names, None))) {
        rules.kinds.insert(*role, usual);
        for layer in 0..layers {
            let own = of_module(&in_layer(names, layer), usual);
            if own != usual {
                rules.layers.insert((layer, *role), own);
            }
        }
    }
    if tied {
        rules.kinds.remove(&OUTPUT.0);
    }
    let alike = rules.layers.is_empty()
        && [OUTPUT.0, EMBEDDING.0]
            .iter()
            .all(|role| rules.kinds.get(role).is_none_or(|own| *own == Some(usual)));
    let named = match (text(config, "mode").as_deref(), small(config, "bits"), usual.scales) {
        (None | Some("affine"), Some(bits), Scales::Groups(group)) if alike => {
            Some(Quantization::Mlx { bits, group })
        }
        _ => None,
    };
    let named = named.filter(|named| Quantization::known().any(|known| known == *named));
    Some((named.unwrap_or(Quantization::Own(Container::Mlx)), rules))
}

/// What the configuration says of one of these modules.
fn found<'a>(config: &'a Value, names: &[String]) -> Option<&'a Value> {
    let all = config.as_object()?;
    if let Some(own) = names.iter().find_map(|name| all.get(name)) {
        return Some(own);
    }
    let wrapped = |name: &String| {
        let inside = name.strip_prefix("model.").unwrap_or(name);
        [format!("language_model.model.{inside}"), format!("language_model.{name}")]
    };
    names.iter().flat_map(wrapped).find_map(|name| all.get(&name))
}

/// How a module is packed; what it does not say itself stands `above`.
fn packing(own: &Value, above: Option<&Value>) -> Option<Packing> {
    let mode = text(own, "mode").or_else(|| {
        // Bits of its own in a file of another mode are affine.
        above.filter(|_| own.get("bits").is_none()).and_then(|above| text(above, "mode"))
    });
    let bits = small(own, "bits").or_else(|| above.and_then(|above| small(above, "bits")));
    let group = small(own, "group_size").or_else(|| above.and_then(|above| small(above, "group_size")));
    let floats = |name, bits, group| Some(Packing::plain(name, bits).with(Scales::Groups(group), 8.0));
    match mode.as_deref() {
        None | Some("affine") => {
            let bits = bits?;
            let scales = Scales::Groups(group.filter(|group| *group > 0).unwrap_or(64));
            Some(Packing::plain(integer_name(bits)?, f64::from(bits)).with(scales, 32.0))
        }
        Some("mxfp4") => floats("mxfp4", 4.0, 32),
        Some("nvfp4") => floats("nvfp4", 4.0, 16),
        Some("mxfp8") => floats("mxfp8", 8.0, 32),
        Some(_) => None,
    }
}
