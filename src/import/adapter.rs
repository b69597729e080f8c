//! Adapters of language models: PEFT's folders, and llama.cpp's files.

use std::path::Path;

use serde_json::{Value, json};

use super::error::bounded;
use super::open::read_text;
use super::{ImportError, Imported, Note, Problem, name, safetensors};
use crate::spec::{Adapter, FileWeights, Method, ModelFile, Quantization, Rules, Targets};
use crate::units::{Bytes, count};

/// What says what an adapter is.
pub(super) const CONFIG: &str = "adapter_config.json";
/// Its tensors.
const WEIGHTS: &str = "adapter_model.safetensors";
/// The same as mlx-lm writes them.
const WEIGHTS_OF_MLX: &str = "adapters.safetensors";
/// The largest such file that is read; each module may be listed in it.
const LARGEST: u64 = 4 << 20;
/// Largest rank that is believed.
const MOST_RANK: u64 = 1 << 16;

/// Modules of attention, as families call them.
const ATTENTION: [&str; 12] = [
    "q_proj",
    "k_proj",
    "v_proj",
    "o_proj",
    "qkv_proj",
    "query_key_value",
    "c_attn",
    "wqkv",
    "Wqkv",
    "query",
    "key",
    "value",
];

/// The adapter of a folder.
///
/// # Errors
/// When its configuration is no JSON, or a header is damaged.
pub(super) fn import_folder(folder: &Path) -> Result<Imported, ImportError> {
    let path = folder.join(CONFIG);
    let text = read_text(&path, LARGEST).map_err(|problem| problem.at(&path))?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| Problem::json(&error, "PEFT writes it beside the adapter").at(&path))?;
    let of_mlx = value.get("peft_type").is_none() && value.get("fine_tune_type").is_some();
    let value = if of_mlx { as_peft(&value) } else { value };
    let kind = value.get("peft_type").and_then(Value::as_str).unwrap_or("LORA");
    if !kind.eq_ignore_ascii_case("lora") {
        return Err(Problem::content(
            format!("an adapter of the kind `{}`", bounded(kind)),
            "LoRA and DoRA are known here; ask about its base model by itself",
        )
        .at(&path));
    }
    let Some(base) =
        value.get("base_model_name_or_path").and_then(Value::as_str).filter(|base| !base.is_empty())
    else {
        return Err(Problem::content(
            "the adapter does not name its base model",
            "add `base_model_name_or_path`, or ask about the base model by itself",
        )
        .at(&path));
    };
    let near = folder.join(base);
    if near.join(CONFIG).is_file() && !near.join("config.json").is_file() {
        return Err(Problem::content(
            "the base model that it names is an adapter too",
            "name the model itself in `base_model_name_or_path`",
        )
        .at(&path));
    }
    let named = if of_mlx { WEIGHTS_OF_MLX } else { WEIGHTS };
    let weights = folder.join(named);
    let totals = if weights.is_file() {
        Some(safetensors::read(&weights, None).map_err(|problem| problem.at(&weights))?)
    } else {
        None
    };
    let rank = rank(&value);
    let modules = modules(&value);
    let mut notes = vec![Note::Assumed(words(&value, base, rank, &modules))];
    match &totals {
        None => {
            notes
                .push(Note::Assumed(format!("`{named}` is not beside it, so its own bytes are not counted")));
        }
        Some(totals) if totals.present < totals.needed => {
            notes.push(Note::EndsEarly { present: totals.present, needed: totals.needed });
        }
        Some(_) => {}
    }
    let flag = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    let adapter = Adapter {
        name: name::folder_name(folder),
        base: beside(base, folder),
        method: if flag("use_dora") { Method::Dora } else { Method::Lora },
        rank,
        targets: targets(&modules),
        bytes: totals.as_ref().map_or(0, |totals| totals.bytes),
    };
    Ok(imported(adapter, notes, "PEFT adapter"))
}

/// What mlx-lm writes (the arguments of its training, mlx_lm/lora.py) by the names of PEFT.
fn as_peft(value: &Value) -> Value {
    let parameters = value.get("lora_parameters");
    let of = |key: &str| parameters.and_then(|parameters| parameters.get(key)).cloned().unwrap_or_default();
    let kind = value.get("fine_tune_type").and_then(Value::as_str).unwrap_or("lora").to_lowercase();
    json!({
        "peft_type": if kind == "dora" { "lora" } else { &kind },
        "use_dora": kind == "dora",
        "base_model_name_or_path": value.get("model").cloned().unwrap_or_default(),
        "r": of("rank"),
        "target_modules": of("keys"),
    })
}

/// A base that lies in a folder is named from where the adapter lies.
fn beside(base: &str, folder: &Path) -> String {
    let near = folder.join(base);
    if near.exists() { near.to_string_lossy().into_owned() } else { base.to_owned() }
}

/// Its rank; of matrices with ranks of their own the largest.
fn rank(value: &Value) -> u64 {
    let own = value.get("r").and_then(Value::as_u64).unwrap_or(0);
    let pattern = value.get("rank_pattern").and_then(Value::as_object);
    let others = pattern.into_iter().flat_map(|ranks| ranks.values().filter_map(Value::as_u64));
    others.fold(own, u64::max).min(MOST_RANK)
}

/// The modules that it trains; empty for all linear ones.
fn modules(value: &Value) -> Vec<String> {
    match value.get("target_modules") {
        Some(Value::Array(list)) => {
            let name = |module: &Value| {
                module.as_str().map(|name| name.rsplit('.').next().unwrap_or(name).to_owned())
            };
            let mut names: Vec<String> = list.iter().filter_map(name).collect();
            names.sort_unstable();
            names.dedup();
            names
        }
        Some(Value::String(one)) if one != "all-linear" => vec![one.clone()],
        _ => Vec::new(),
    }
}

/// The nearest set of modules that training knows.
fn targets(modules: &[String]) -> Targets {
    let is = |name: &str| modules.iter().any(|module| module == name);
    let only =
        |known: &[&str]| !modules.is_empty() && modules.iter().all(|module| known.contains(&module.as_str()));
    if only(&["q_proj", "v_proj"]) && is("q_proj") {
        Targets::QueryValue
    } else if only(&ATTENTION) {
        Targets::Attention
    } else {
        Targets::AllLinear
    }
}

/// What an adapter is, in a sentence.
fn words(value: &Value, base: &str, rank: u64, modules: &[String]) -> String {
    let alpha = value
        .get("lora_alpha")
        .and_then(Value::as_f64)
        .map_or(String::new(), |alpha| format!(", alpha {alpha}"));
    let on = if modules.is_empty() {
        "all linear layers".to_owned()
    } else {
        let shown: Vec<&str> = modules.iter().take(8).map(String::as_str).collect();
        bounded(&shown.join(", "))
    };
    let saved = value.get("modules_to_save").and_then(Value::as_array).is_some_and(|saved| !saved.is_empty());
    let saved = if saved {
        "; modules it saves whole are in its bytes, and not in a training that is asked"
    } else {
        ""
    };
    format!(
        "An adapter of `{}`, rank {rank}{alpha}, on {on}: the base is weighed in 16 bit unless asked otherwise, the adapter beside it{saved}",
        bounded(base)
    )
}

/// An adapter without its base, which whoever knows models finds.
pub(super) fn imported(adapter: Adapter, notes: Vec<Note>, what: &str) -> Imported {
    let bytes = (adapter.bytes > 0).then(|| Bytes::new(count(adapter.bytes)));
    let file = ModelFile::of(Quantization::Bf16, FileWeights::Rules(Rules::plain(2)));
    let what = format!("{what} of rank {}", adapter.rank);
    Imported {
        model: None,
        exact_bytes: bytes,
        file_type: Some(Quantization::Bf16),
        file: Some(ModelFile { adapter: Some(adapter), ..file }),
        weighed: None,
        image: None,
        tensors: Vec::new(),
        notes,
        what,
    }
}
