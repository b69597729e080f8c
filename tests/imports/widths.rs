//! Floats of 32 bit, floats of a width that nobody says, and layers that files and configuration do not agree on.

use std::path::Path;
use std::sync::Arc;

use crate::checkpoint::safetensors;
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::{Assumptions, Estimate, PartName, estimate};
use plimsoll::import::{Imported, Note, import};
use plimsoll::spec::preset::{Models, NoModel, PresetKeys, resolve};
use plimsoll::spec::{Model, Quantization, Runtime};
use plimsoll::units::whole;
use serde_json::{Value, json};

/// Parameters of the llama below.
const PARAMETERS: u64 = 2 * 256 * 1024 + 5 * 256 + 2 * LAYER;
const LAYER: u64 = 256 * (256 + 128 + 128 + 256) + 3 * 256 * 512;

/// A folder with the configuration of a llama of two layers, `dtype` as given.
fn folder(dtype: &Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = json!({
        "model_type": "llama", "hidden_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 512, "vocab_size": 1024, "max_position_embeddings": 2048,
        "tie_word_embeddings": false,
    });
    if !dtype.is_null() {
        config["torch_dtype"] = dtype.clone();
    }
    std::fs::write(folder.path().join("config.json"), config.to_string()).expect("writable");
    folder
}

/// Its tensors in a format, with so many layers.
fn tensors(folder: &Path, format: &str, layers: u64) {
    let mut all: Vec<(String, Vec<u64>)> = vec![
        ("model.embed_tokens.weight".to_owned(), vec![1024, 256]),
        ("lm_head.weight".to_owned(), vec![1024, 256]),
        ("model.norm.weight".to_owned(), vec![256]),
    ];
    for layer in 0..layers {
        let own = [
            ("self_attn.q_proj", vec![256, 256]),
            ("self_attn.k_proj", vec![128, 256]),
            ("self_attn.v_proj", vec![128, 256]),
            ("self_attn.o_proj", vec![256, 256]),
            ("mlp.gate_proj", vec![512, 256]),
            ("mlp.up_proj", vec![512, 256]),
            ("mlp.down_proj", vec![256, 512]),
            ("input_layernorm", vec![256]),
            ("post_attention_layernorm", vec![256]),
        ];
        all.extend(own.map(|(name, shape)| (format!("model.layers.{layer}.{name}.weight"), shape)));
    }
    let all: Vec<(&str, &str, &[u64])> =
        all.iter().map(|(name, shape)| (name.as_str(), format, shape.as_slice())).collect();
    safetensors(&folder.join("model.safetensors"), &all);
}

fn notes(imported: &Imported) -> String {
    imported.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// One model, whatever is asked for.
struct One(Arc<Model>);

impl Models for One {
    fn find(&self, _key: &str) -> Result<Arc<Model>, NoModel> {
        Ok(Arc::clone(&self.0))
    }

    fn scaled(&self, model: &Model, _parameters: f64) -> Model {
        model.clone()
    }
}

/// The estimate of a file as a person opens it: with what the file says of its format, and these keys over it.
fn opened(imported: Imported, said: &[(&str, &str)], machine: &str) -> Estimate {
    let mut keys = PresetKeys::default();
    for (key, text) in [("model", "it"), ("context", "2048")].iter().chain(said) {
        keys.set(key, text).expect("a key");
    }
    let stored = imported.file_type.expect("known").key();
    if !said.iter().any(|(key, _)| *key == "quantization") {
        keys.set("quantization", stored).expect("a format");
    }
    let model = Arc::new(imported.into_model().expect("known"));
    let preset = resolve(keys, &One(model)).expect("a scenario");
    let catalog = Catalog::built_in();
    let machine = catalog.machine(machine).expect("in the catalog");
    estimate(&preset.scenario, machine, &Assumptions::new(calibration()))
}

/// Bytes of weights that are held.
fn held(estimate: &Estimate) -> u64 {
    let loaded = estimate.budget.phases.first().expect("loaded");
    let weights = loaded.parts.iter().filter(|part| part.name == PartName::Weights);
    weights.map(|part| whole(part.bytes.best.get())).sum()
}

fn of(dtype: &Value, files: Option<&str>, said: &[(&str, &str)], machine: &str) -> u64 {
    let folder = folder(dtype);
    if let Some(format) = files {
        tensors(folder.path(), format, 2);
    }
    held(&opened(import(folder.path()).expect("a model"), said, machine))
}

/// Transformers and MLX take the files' own; vLLM casts 32 bit to 16 (`_resolve_auto_dtype`, vllm/config/model.py,
/// read 2026-11-28), SGLang the same.
#[test]
fn a_width_that_nobody_says_is_that_of_the_files_and_16_bit_without_any() {
    let none = Value::Null;
    for runtime in ["vllm", "sglang", "pytorch"] {
        let runtime = [("runtime", runtime)];
        assert_eq!(of(&none, None, &runtime, "rtx-4090"), 2 * PARAMETERS, "{runtime:?}");
        assert_eq!(of(&none, Some("BF16"), &runtime, "rtx-4090"), 2 * PARAMETERS, "{runtime:?}");
        assert_eq!(of(&none, Some("F16"), &runtime, "rtx-4090"), 2 * PARAMETERS, "{runtime:?}");
    }
    assert_eq!(of(&none, Some("F32"), &[("runtime", "vllm")], "rtx-4090"), 2 * PARAMETERS);
    assert_eq!(of(&none, Some("F32"), &[("runtime", "pytorch")], "rtx-4090"), 4 * PARAMETERS);
    let mac = "apple-m5max-40c-128gb";
    assert_eq!(of(&none, Some("F32"), &[("runtime", "mlx")], mac), 4 * PARAMETERS);
    assert_eq!(of(&none, None, &[("runtime", "mlx")], mac), 2 * PARAMETERS);
    // What a person asks for is what is answered.
    let asked = of(&none, None, &[("runtime", "vllm"), ("quantization", "fp8")], "rtx-4090");
    assert!(asked < 2 * PARAMETERS, "{asked}");
    let said = notes(&import(folder(&none).path()).expect("a model"));
    assert!(said.contains("does not say how its weights are stored; 16 bit is taken"), "{said}");
    assert!(said.contains("unless quantization is set"), "{said}");
    let beside = folder(&none);
    tensors(beside.path(), "BF16", 2);
    let said = notes(&import(beside.path()).expect("a model"));
    assert!(!said.contains("is taken"), "the files say it: {said}");
}

#[test]
fn floats_of_32_bit_are_held_as_each_program_loads_them() {
    let mac = "apple-m5max-40c-128gb";
    for files in [None, Some("F32")] {
        for (dtype, runtime, machine, bytes) in [
            ("float32", "vllm", "rtx-4090", 2),
            ("float32", "sglang", "rtx-4090", 2),
            ("float32", "pytorch", "rtx-4090", 4),
            ("float32", "mlx", mac, 4),
        ] {
            let held = of(&json!(dtype), files, &[("runtime", runtime)], machine);
            assert_eq!(held, bytes * PARAMETERS, "{dtype} in {files:?} by {runtime}");
        }
    }
    // The configuration says 16 bit, and the files have 32.
    for (runtime, machine, bytes) in [("vllm", "rtx-4090", 2), ("pytorch", "rtx-4090", 2), ("mlx", mac, 4)] {
        let held = of(&json!("bfloat16"), Some("F32"), &[("runtime", runtime)], machine);
        assert_eq!(held, bytes * PARAMETERS, "bfloat16 in F32 by {runtime}");
    }
    let wide = import(folder(&json!("float32")).path()).expect("a model");
    assert!(wide.notes.contains(&Note::WideFloats { despite: false }), "{}", notes(&wide));
    let estimate = opened(wide, &[], "rtx-4090");
    let said = format!("{:?}", estimate.resolved.notes);
    assert!(said.contains("Narrowed(Vllm)"), "{said}");
    // llama.cpp's converter writes bf16, and its norms in 32 bit.
    let wide = import(folder(&json!("float32")).path()).expect("a model");
    let estimate = opened(wide, &[("runtime", "llama.cpp")], "rtx-4090");
    let asked = estimate.resolved.scenario.inference().expect("run").quantization;
    assert_eq!(asked, Quantization::parse("BF16").expect("known"));
}

/// An encoder whose layers have no passes here: its tensors are what is known.
#[test]
fn tensors_of_a_known_class_are_narrowed_too() {
    let bert = json!({
        "model_type": "bert", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
        "intermediate_size": 128, "vocab_size": 1000, "max_position_embeddings": 512, "torch_dtype": "float32",
    });
    let read = |runtime: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("config.json"), bert.to_string()).expect("writable");
        held(&opened(import(folder.path()).expect("a model"), &[("runtime", runtime)], "rtx-4090"))
    };
    assert_eq!(read("pytorch"), 2 * read("vllm"));
}

#[test]
fn an_index_alone_says_the_width() {
    let index = |folder: &Path, bytes: u64| {
        let index = json!({"metadata": {"total_size": bytes}, "weight_map": {"a": "model-00001-of-00001.safetensors"}});
        std::fs::write(folder.join("model.safetensors.index.json"), index.to_string()).expect("writable");
    };
    let narrow = folder(&Value::Null);
    index(narrow.path(), 2 * PARAMETERS);
    let narrow = import(narrow.path()).expect("a model");
    assert!(!notes(&narrow).contains("is taken"), "{}", notes(&narrow));
    assert_eq!(narrow.file_type, Some(Quantization::Bf16));
    for runtime in ["vllm", "pytorch"] {
        let wide = folder(&Value::Null);
        index(wide.path(), 4 * PARAMETERS);
        let wide = import(wide.path()).expect("a model");
        assert!(wide.notes.contains(&Note::WideFloats { despite: false }), "{}", notes(&wide));
        let expected = if runtime == "vllm" { 2 } else { 4 } * PARAMETERS;
        assert_eq!(held(&opened(wide, &[("runtime", runtime)], "rtx-4090")), expected, "{runtime}");
    }
}

#[test]
fn layers_that_files_and_configuration_do_not_agree_on_are_said() {
    for (held, says) in [(1, "hold 1 layers"), (2, ""), (3, "programs run 2")] {
        let folder = folder(&json!("bfloat16"));
        tensors(folder.path(), "BF16", held);
        let read = import(folder.path()).expect("a model");
        let said = notes(&read);
        let differs = read.notes.contains(&Note::LayersDiffer { held, said: 2 });
        assert_eq!(differs, held != 2, "{said}");
        assert!(said.contains(says) && !said.contains("only draft tokens"), "{said}");
        let file = read.file.expect("weighed");
        let tensors: u64 = file.tensors().iter().map(|tensor| tensor.bytes).sum();
        let run = held.min(2);
        assert_eq!(tensors, 2 * (2 * 256 * 1024 + 256 + run * (LAYER + 512)), "{held} layers");
        assert_eq!(file.prediction, 0);
    }
}

/// vLLM 0.33 has no method for what bitsandbytes and others pack; it was asked all the same where the format has no name.
#[test]
fn what_transformers_alone_loads_is_asked_of_it() {
    for (method, reader) in [
        (json!({"quant_method": "bitsandbytes", "load_in_8bit": true}), Runtime::PyTorch),
        (
            json!({"quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_quant_type": "nf4"}),
            Runtime::PyTorch,
        ),
        (json!({"quant_method": "eetq"}), Runtime::PyTorch),
        (json!({"quant_method": "gptq", "bits": 8, "group_size": 128}), Runtime::Vllm),
    ] {
        let folder = folder(&json!("bfloat16"));
        let path = folder.path().join("config.json");
        let mut config: Value =
            serde_json::from_str(&std::fs::read_to_string(&path).expect("there")).expect("JSON");
        config["quantization_config"] = method.clone();
        std::fs::write(&path, config.to_string()).expect("writable");
        let estimate = opened(import(folder.path()).expect("a model"), &[], "rtx-4090");
        assert_eq!(estimate.resolved.runtime, reader, "{method}");
    }
}
