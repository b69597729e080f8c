//! Adapters of language models: what PEFT writes beside them is read, and their base is weighed with them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::checkpoint::safetensors;
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::{Assumptions, Estimate, PartName, estimate};
use plimsoll::import::import;
use plimsoll::spec::preset::{Models, NoModel, Preset, PresetKeys, resolve};
use plimsoll::spec::{Method, Model, Targets};
use plimsoll::units::whole;
use serde_json::{Value, json};

/// The catalog, and files by their path.
struct Known(Catalog);

impl Models for Known {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        if let Some(model) = self.0.model_of_repository(key).filter(|_| !Path::new(key).exists()) {
            return Ok(Arc::clone(model));
        }
        let imported = import(Path::new(key)).map_err(|error| NoModel(error.to_string()))?;
        let model = imported.on_base(&|base| self.find(base))?;
        model.map(Arc::new).ok_or_else(|| NoModel(key.to_owned()))
    }

    fn scaled(&self, model: &Model, _: f64) -> Model {
        model.clone()
    }
}

/// Bytes of the adapter that [`adapter`] writes.
const BYTES: u64 = 2 * (64 * 4096 + 4096 * 64);

/// A folder as PEFT writes it.
fn adapter(config: &Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("adapter_config.json"), config.to_string()).expect("writable");
    let module = "base_model.model.model.layers.0.self_attn.q_proj";
    safetensors(
        &folder.path().join("adapter_model.safetensors"),
        &[
            (&format!("{module}.lora_A.weight"), "F16", &[64, 4096]),
            (&format!("{module}.lora_B.weight"), "F16", &[4096, 64]),
        ],
    );
    folder
}

fn config() -> Value {
    json!({
        "peft_type": "LORA", "base_model_name_or_path": "meta-llama/Meta-Llama-3.1-8B-Instruct", "r": 64,
        "lora_alpha": 16, "target_modules": ["q_proj", "v_proj"], "modules_to_save": null, "use_dora": false,
    })
}

fn asked(folder: &Path, more: &[(&str, &str)]) -> Result<Preset, String> {
    let mut keys = PresetKeys::default();
    for (key, value) in [("model", folder.to_str().expect("text"))].iter().chain(more) {
        keys.set(key, value).expect("a key");
    }
    resolve(keys, &Known(Catalog::built_in())).map_err(|error| error.to_string())
}

fn answered(preset: &Preset) -> Estimate {
    let catalog = Catalog::built_in();
    let machine = catalog.machine("rtx-4090").expect("in the catalog");
    estimate(&preset.scenario, machine, &Assumptions::new(calibration()))
}

fn adapters(estimate: &Estimate) -> u64 {
    let parts = estimate.budget.phases.iter().flat_map(|phase| &phase.parts);
    parts
        .filter(|part| part.name == PartName::Adapters)
        .map(|part| whole(part.bytes.best.get()))
        .max()
        .unwrap_or(0)
}

#[test]
fn an_adapter_is_run_beside_its_base() {
    let folder = adapter(&config());
    let preset =
        asked(folder.path(), &[("runtime", "llama.cpp"), ("quantization", "Q4_K_M")]).expect("a scenario");
    assert!(preset.scenario.name.starts_with("Llama 3.1 8B"), "{}", preset.scenario.name);
    assert!(preset.notes.iter().any(|note| note.contains("rank 64, alpha 16")), "{:?}", preset.notes);
    assert_eq!(adapters(&answered(&preset)), BYTES);
    // vLLM copies it into a slot of the rank, which is a part already.
    let preset = asked(folder.path(), &[("runtime", "vllm")]).expect("a scenario");
    let inference = preset.scenario.inference().expect("it is run");
    assert_eq!((inference.max_loras, inference.max_lora_rank), (1, 64));
}

#[test]
fn an_adapter_is_trained_as_it_was() {
    for (more, method, targets) in [
        (json!({}), Method::Lora, Targets::QueryValue),
        (
            json!({"target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"]}),
            Method::Lora,
            Targets::Attention,
        ),
        (json!({"target_modules": "all-linear"}), Method::Lora, Targets::AllLinear),
        (
            json!({"target_modules": ["q_proj", "gate_proj"], "use_dora": true}),
            Method::Dora,
            Targets::AllLinear,
        ),
    ] {
        let mut config = config();
        for (key, value) in more.as_object().expect("keys") {
            config[key] = value.clone();
        }
        let folder = adapter(&config);
        let preset = asked(folder.path(), &[("family", "fine-tune")]).expect("a scenario");
        let tune = preset.scenario.tune().expect("it is trained");
        assert_eq!((tune.method, tune.rank, tune.targets), (method, 64, targets), "{config}");
        // What is given has the last word.
        let preset = asked(folder.path(), &[("family", "fine-tune"), ("rank", "8")]).expect("a scenario");
        assert_eq!(preset.scenario.tune().expect("it is trained").rank, 8);
    }
}

#[test]
fn a_base_that_is_not_here_is_said() {
    let mut other = config();
    other["base_model_name_or_path"] = json!("someone/some-model-of-their-own");
    let refused = asked(adapter(&other).path(), &[]).expect_err("no such base");
    assert!(refused.contains("someone/some-model-of-their-own"), "{refused}");
    other["base_model_name_or_path"] = json!(".");
    let refused = asked(adapter(&other).path(), &[]).expect_err("an adapter of itself");
    assert!(refused.contains("an adapter too"), "{refused}");
    let base = tempfile::tempdir().expect("a folder");
    let llama = json!({
        "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 1, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 160, "vocab_size": 100, "max_position_embeddings": 2048,
    });
    fs::write(base.path().join("config.json"), llama.to_string()).expect("writable");
    other["base_model_name_or_path"] = json!(base.path().to_str());
    assert!(asked(adapter(&other).path(), &[]).is_ok());
}
