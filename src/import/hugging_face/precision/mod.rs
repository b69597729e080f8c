//! How a checkpoint stores its weights, as its configuration publishes it.

mod bits;
mod compressed;
mod known;
mod method;
mod mlx;
mod modules;
mod pattern;
mod singles;
mod sparse;
mod torchao;

use std::path::Path;

use serde_json::Value;

use self::bits::{assumed, assumed_of_mlx, unknown};
use self::known::method as method_of;
use self::method::{flag, text};
use self::modules::{EMBEDDING, LINEAR, OUTPUT, in_layer};
use self::singles::{head, left_out, names_modules_alone, own, singles};
use super::super::error::bounded;
use super::super::open::read_text;
use super::LARGEST;
use crate::spec::{Container, Packing, Quantization, Role, Rules, Runtime};

/// How a checkpoint stores its weights.
pub(in crate::import) struct Published {
    /// The name of it, where the configuration says anything.
    pub stored: Option<Quantization>,
    /// The rules for its matrices, where they are more than the name says.
    pub rules: Option<Rules>,
    /// Whether the method is one that is not known here.
    pub unknown: bool,
    /// Whether nothing is packed and all lies in 32 bit.
    pub wide: bool,
    /// The one runtime that loads it, where the method is its alone.
    pub reader: Option<Runtime>,
    /// What was assumed, a sentence each.
    pub notes: Vec<String>,
}

/// What is looked at of a model.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// Its layers.
    pub layers: u64,
    /// Whether its output matrix is the token embedding.
    pub tied: bool,
    /// Whether it has linear layers with modules of their own, as Qwen3-Next.
    pub delta: bool,
}

/// What `ModelOpt` writes beside a `config.json` that says nothing of it.
pub(super) fn beside(path: &Path, document: &Value) -> Option<Value> {
    let said = ["quantization", "quantization_config", "compression_config"];
    let parts = [Some(document), document.get("text_config")];
    if parts
        .into_iter()
        .flatten()
        .any(|part| said.iter().any(|key| part.get(*key).is_some_and(Value::is_object)))
    {
        return None;
    }
    let is_config = path.file_name().is_some_and(|name| name == "config.json");
    let beside = is_config.then(|| path.with_file_name("hf_quant_config.json"))?;
    let text = read_text(&beside, LARGEST).ok()?;
    let mut written: Value = serde_json::from_str(&text).ok()?;
    let own = written.get_mut("quantization")?.take();
    own.get("quant_algo").is_some_and(Value::is_string).then_some(own)
}

/// Reads it from the configuration, or from the part about the language model.
pub(super) fn read(outer: &Value, inner: &Value, shape: Shape) -> Published {
    let of_all = of_all(outer, inner, shape);
    let published = Published { reader: reader(outer, inner), ..of_all };
    // DeepSeek V4 says the form of its experts apart from that of the rest.
    if text(inner, "expert_dtype").as_deref() != Some("fp4") {
        return published;
    }
    let mut rules = published.rules.unwrap_or_else(|| Rules::plain(2));
    for role in [Role::ExpertGate, Role::ExpertUp, Role::ExpertDown] {
        rules.kinds.insert(role, Some(method::mxfp4()));
    }
    Published { rules: Some(rules), ..published }
}

/// Methods that Transformers loads and vLLM 0.33.0 has not (quantization/__init__.py of its wheel).
const OF_TRANSFORMERS: [&str; 10] = [
    "bitsandbytes",
    "bitsandbytes_4bit",
    "bitsandbytes_8bit",
    "eetq",
    "quanto",
    "higgs",
    "spqr",
    "vptq",
    "aqlm",
    "sinq",
];

/// The one runtime that loads what a method packs.
fn reader(outer: &Value, inner: &Value) -> Option<Runtime> {
    let name =
        [outer, inner].into_iter().find_map(|part| text(part.get("quantization_config")?, "quant_method"))?;
    OF_TRANSFORMERS.contains(&name.as_str()).then_some(Runtime::PyTorch)
}

/// The same, of all matrices alike.
fn of_all(outer: &Value, inner: &Value, shape: Shape) -> Published {
    let find = |key: &str| {
        let says =
            |value: &&Value| !(value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty));
        [outer, inner].into_iter().find_map(|part| part.get(key).filter(says))
    };
    if let Some(config) = find("quantization").filter(|config| config.is_object()) {
        return of_mlx(config, shape);
    }
    if let Some(config) = find("quantization_config").or_else(|| find("compression_config")) {
        let Some(keys) = config.as_object() else {
            let said = config.as_str().map_or_else(|| config.to_string(), str::to_owned);
            return unknown(&said, config, Container::Checkpoint);
        };
        // MLX writes its own under both names.
        let named = keys.contains_key("quant_method") || keys.contains_key("quant_algo");
        if !named && keys.contains_key("group_size") {
            return of_mlx(config, shape);
        }
        return of_method(config, shape);
    }
    let parts = || [inner, outer].into_iter();
    let said = ["dtype", "torch_dtype"].iter().find_map(|key| parts().find_map(|part| kind(part.get(*key)?)));
    plain(said.as_deref())
}

/// The number format of a `dtype`: one for all, or one each part, of which that of the text counts.
fn kind(dtype: &Value) -> Option<String> {
    let parts = ["text_config", "default", ""];
    let own = dtype.as_str().or_else(|| parts.iter().find_map(|part| dtype.get(*part)?.as_str()));
    own.map(str::to_lowercase)
}

/// Nothing packed: as wide as the configuration says.
fn plain(kind: Option<&str>) -> Published {
    let published =
        |stored, rules, notes| Published { stored, rules, unknown: false, wide: false, reader: None, notes };
    match kind.map(|kind| kind.strip_prefix("torch.").unwrap_or(kind)) {
        Some("bfloat16" | "float16" | "half") => published(Some(Quantization::Bf16), None, Vec::new()),
        Some("float32" | "float") => {
            let stored = Some(Quantization::Own(Container::Checkpoint));
            Published { wide: true, ..published(stored, Some(Rules::plain(4)), Vec::new()) }
        }
        Some(float8) if float8.starts_with("float8") => {
            let note = "Stored in 8-bit floats without scales".to_owned();
            published(Some(Quantization::Own(Container::Checkpoint)), Some(Rules::plain(1)), vec![note])
        }
        Some(other) => {
            published(None, None, vec![format!("Stored as `{}`, which is not known here", bounded(other))])
        }
        None => published(
            None,
            None,
            vec!["The configuration does not say how its weights are stored".to_owned()],
        ),
    }
}

/// MLX's own form.
fn of_mlx(config: &Value, shape: Shape) -> Published {
    match mlx::read(config, shape.layers, shape.tied) {
        Some((stored, rules)) => {
            let notes = assumed_of_mlx(config);
            let unknown = !notes.is_empty();
            Published { stored: Some(stored), rules: Some(rules), unknown, wide: false, reader: None, notes }
        }
        None => unknown(&text(config, "mode").unwrap_or_else(|| "mlx".to_owned()), config, Container::Mlx),
    }
}

/// One of the methods of Hugging Face checkpoints.
fn of_method(config: &Value, shape: Shape) -> Published {
    let Some(dense) = method_of(config) else {
        let name = text(config, "quant_method").or_else(|| text(config, "quant_algo"));
        let name = name.unwrap_or_else(|| "no method that is named".to_owned());
        return unknown(&name, config, Container::Checkpoint);
    };
    let experts_only = matches!(text(config, "quant_method").as_deref(), Some("mxfp4" | "gpt_oss_mxfp4"));
    let left_out = left_out(config);
    let mut singles = singles(config);
    let dense_packing = dense.packing;
    let (method, keeps_all) = sparse::thinned(config, dense);
    let stays = (dense_packing.bits < 16.0).then_some(dense_packing);
    singles.extend(keeps_all.filter(|ignored| !ignored.is_empty()).map(|ignored| (ignored, stays)));
    // Groups that name modules leave all others as they are.
    let named_alone = names_modules_alone(config);
    let mut rules = Rules::plain(2);
    for (role, names) in LINEAR {
        let is_packed = (!experts_only || role.is_routed()) && !named_alone;
        let usual = is_packed.then_some(method.packing);
        rules.kinds.insert(role, usual);
        // What MLX calls experts would match what others call dense.
        // Gates are called otherwise where layers are linear ones of Qwen's kind.
        let foreign =
            if shape.delta { ["self_attn.g_proj", "self_attn.b_proj"] } else { ["linear_attn."; 2] };
        let only = names.iter().all(|name| foreign.iter().any(|other| name.starts_with(other)));
        let is_its_own = |name: &&str| {
            !name.contains("switch_mlp") && (only || !foreign.iter().any(|other| name.starts_with(other)))
        };
        let names: Vec<&str> = names.iter().copied().filter(is_its_own).collect();
        if left_out.is_empty() && singles.is_empty() {
            continue;
        }
        let each: Vec<Option<Packing>> = (0..shape.layers)
            .map(|layer| own(&in_layer(&names, layer), usual, &left_out, &singles))
            .collect();
        let common = most(&each, usual);
        rules.kinds.insert(role, common);
        let others = each.iter().enumerate().filter(|(_, own)| **own != common);
        rules.layers.extend(others.map(|(layer, own)| ((layer as u64, role), *own)));
    }
    let head = method.output.or_else(|| head(config, method.packing, &left_out, &singles));
    if let Some(head) = head.filter(|_| !shape.tied) {
        rules.kinds.insert(OUTPUT.0, Some(head));
    }
    outside(config, method.packing, shape.tied, &mut rules);
    let taken = assumed(config);
    // What an index says counts more than what is taken.
    let unknown = !taken.is_empty();
    let notes = left_out.unknown.iter().map(|pattern| {
        format!("What `{}` leaves in 16 bit was not understood; it is counted as packed", bounded(pattern))
    });
    let notes = taken.into_iter().chain(notes).chain(sparse::by_share(config)).collect();
    let stored = method.stored.unwrap_or(if experts_only {
        Quantization::MxFp4
    } else {
        Quantization::Own(Container::Checkpoint)
    });
    Published { stored: Some(stored), rules: Some(rules), unknown, wide: false, reader: None, notes }
}

/// Embedding and output matrix, which torchao alone packs, where it is told to.
fn outside(config: &Value, usual: Packing, tied: bool, rules: &mut Rules) {
    let modules = config.get("quant_type").and_then(|kind| torchao::modules(kind.get("default")?));
    if let Some(own) = modules.and_then(|modules| modules.get("model.embed_tokens")) {
        rules.kinds.insert(EMBEDDING.0, torchao::config_of(own).map(|method| method.packing));
    }
    let asked = flag(config, "include_input_output_embeddings").unwrap_or(false);
    let own = modules.and_then(|modules| modules.get("lm_head"));
    if (asked || own.is_some()) && !tied {
        let packing = own.map_or(Some(usual), |own| torchao::config_of(own).map(|method| method.packing));
        rules.kinds.insert(OUTPUT.0, packing);
    }
}

/// What most layers have; `usual` where there is none.
fn most(each: &[Option<Packing>], usual: Option<Packing>) -> Option<Packing> {
    let times = |of: &Option<Packing>| each.iter().filter(|own| *own == of).count();
    each.iter().max_by_key(|own| times(own)).copied().unwrap_or(usual)
}
