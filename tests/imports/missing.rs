//! What is not said, or not there, is said to be so, and is weighed by what is.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::checkpoint::safetensors;
use plimsoll::catalog::{Catalog, calibration};
use plimsoll::engine::memory::{Placement, weights};
use plimsoll::engine::{Assumptions, Estimate, Verdict, estimate};
use plimsoll::import::{Imported, Note, import};
use plimsoll::spec::{GpuLayers, Inference, LanguageModel, Model, Quantization, Runtime, Scenario, Workload};
use plimsoll::units::whole;
use serde_json::{Value, json};

/// Parameters of the llama below.
const PARAMETERS: u64 = 2 * 256 * 1024 + 5 * 256 + 2 * (256 * (256 + 128 + 128 + 256) + 3 * 256 * 512);

/// A llama of two layers, with these keys over its own; `null` takes one away.
fn llama(more: &Value) -> Value {
    let mut config = json!({
        "model_type": "llama", "hidden_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 512, "vocab_size": 1024, "max_position_embeddings": 2048,
        "torch_dtype": "bfloat16",
    });
    let all = config.as_object_mut().expect("an object");
    all.extend(more.as_object().expect("an object").clone());
    all.retain(|_, value| !value.is_null());
    config
}

/// A folder with a configuration and an index of files that are not there.
fn folder(config: &Value, total: Option<u64>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "config.json", config);
    if let Some(total) = total {
        let names = json!({"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"});
        let index = json!({"metadata": {"total_size": total}, "weight_map": names});
        write(folder.path(), "model.safetensors.index.json", &index);
    }
    folder
}

fn write(folder: &Path, name: &str, value: &Value) {
    fs::write(folder.join(name), value.to_string()).expect("writable");
}

fn read(config: &Value) -> Imported {
    import(folder(config, None).path()).expect("a configuration")
}

fn notes(imported: &Imported) -> String {
    imported.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn model(imported: Imported) -> Arc<Model> {
    Arc::new(imported.into_model().expect("something is known"))
}

/// Bytes of the weights in a format.
fn held(model: &Model, format: Quantization) -> u64 {
    whole(weights(model, format, Placement::Gpu, GpuLayers::Auto).total().get())
}

fn answered(model: &Arc<Model>, runtime: Runtime, machine: &str) -> Estimate {
    let stored = model.file.as_ref().map_or(Quantization::Bf16, |file| file.stored);
    let inference = Inference { quantization: stored, ..Inference::usual(runtime, model.context_max) };
    let language = LanguageModel::named(Arc::clone(model), runtime);
    let scenario = Scenario::new("", Workload::Inference(language, inference));
    let catalog = Catalog::built_in();
    let machine = catalog.machine(machine).expect("in the catalog");
    estimate(&scenario, machine, &Assumptions::new(calibration()))
}

#[test]
fn bits_that_are_not_said_are_an_assumption_that_an_index_overrules() {
    for method in ["gptq", "awq", "auto-round"] {
        let of = |bits: Value| json!({"quant_method": method, "group_size": 128, "bits": bits});
        let silent = llama(&json!({"quantization_config": of(Value::Null)}));
        let said = llama(&json!({"quantization_config": of(json!(4))}));
        assert!(notes(&read(&silent)).contains("does not say of how many bits it packs; 4 are taken"));
        assert!(!notes(&read(&said)).contains("are taken"));
        let format = read(&silent).file_type.expect("named");
        assert_eq!(held(&model(read(&silent)), format), held(&model(read(&said)), format));
        let beside = import(folder(&silent, Some(777_777)).path()).expect("a folder");
        assert_eq!(held(&model(beside), format), 777_777);
    }
}

/// With the key and what it says, and as a lower bound.
#[test]
fn bits_that_cannot_be_are_said_and_never_taken_for_four() {
    let group =
        |bits: Value| json!({"g": {"weights": {"num_bits": bits, "type": "int"}, "targets": ["Linear"]}});
    for (config, key, value) in [
        (json!({"quant_method": "awq", "bits": -4}), "bits", "-4"),
        (json!({"quant_method": "gptq", "bits": 17}), "bits", "17"),
        (json!({"quant_method": "gptq", "bits": 0}), "bits", "0"),
        (json!({"quant_method": "awq", "w_bit": "four"}), "w_bit", "\"four\""),
        (json!({"quant_method": "exl2", "bits": -3}), "bits", "-3"),
        (
            json!({"quant_method": "hqq", "quant_config": {"weight_quant_params": {"nbits": 99}}}),
            "nbits",
            "99",
        ),
        (json!({"quant_method": "compressed-tensors", "config_groups": group(json!(-4))}), "num_bits", "-4"),
        (json!({"group_size": 64, "bits": 1e9}), "bits", "1000000000"),
    ] {
        let imported = read(&llama(&json!({"quantization_config": config})));
        let said = notes(&imported);
        assert!(said.contains(&format!("`{key}` of its quantization is {value}")), "{config}: {said}");
        assert!(said.contains("lower bound"), "{config}: {said}");
        let format = imported.file_type.expect("named");
        assert!(held(&model(imported), format) < 2 * PARAMETERS * 2 / 3, "{config}");
    }
    // A number in a text is one.
    let text = read(&llama(
        &json!({"quantization_config": {"quant_method": "gptq", "bits": "4", "group_size": 128}}),
    ));
    assert_eq!(text.file_type, Some(Quantization::Gptq), "{}", notes(&text));
    let group =
        read(&llama(&json!({"quantization_config": {"quant_method": "gptq", "bits": 4, "group_size": 0}})));
    assert!(
        notes(&group).contains("`group_size` of its quantization is 0, which cannot be"),
        "{}",
        notes(&group)
    );
}

/// Of a part that is no object nothing is passed over, and an empty one says nothing.
#[test]
fn what_is_no_description_of_a_method_is_said() {
    for said in [json!("fp8"), json!([1, 2])] {
        let imported = read(&llama(&json!({"quantization_config": said})));
        assert!(notes(&imported).contains("is not known here"), "{said}: {}", notes(&imported));
    }
    let empty = read(&llama(&json!({"quantization_config": {}, "quantization": null})));
    assert_eq!((empty.file_type, notes(&empty).as_str()), (Some(Quantization::Bf16), ""));
    let each = read(&llama(
        &json!({"torch_dtype": null, "dtype": {"default": "bfloat16", "vision_config": "float32"}}),
    ));
    assert_eq!(each.file_type, Some(Quantization::Bf16));
    let floats = read(&llama(&json!({"quantization_config": {"quant_method": "mxfp8"}})));
    let format = floats.file_type.expect("named");
    let linear = 2 * (256 * (256 + 128 + 128 + 256) + 3 * 256 * 512);
    assert_eq!(held(&model(floats), format), linear + linear / 32 + 2 * (PARAMETERS - linear));
}

/// Forms of known methods that other programs write, and numbers of theirs that cannot be.
#[test]
fn what_else_methods_write_is_weighed_as_they_pack() {
    let of = |config: Value| {
        let imported = read(&llama(&json!({"quantization_config": config})));
        let (said, format) = (notes(&imported), imported.file_type.expect("named"));
        (held(&model(imported), format), said)
    };
    let linear = 2 * (256 * (256 + 128 + 128 + 256) + 3 * 256 * 512);
    let rest = 2 * (PARAMETERS - linear);
    let rows = 2 * (256 + 128 + 128 + 256 + 512 + 512 + 256);
    for (config, right) in [
        (json!({"quant_method": "fp8", "weight_block_size": [1, 128]}), linear + linear / 128 * 4),
        (
            json!({"quant_method": "compressed-tensors", "kv_cache_scheme": {}, "config_groups": {}}),
            2 * linear,
        ),
        (json!({"quant_method": "eetq"}), linear + 2 * rows),
        (
            json!({"quant_method": "modelopt", "quantization": {"quant_algo": "NVFP4", "group_size": 16}}),
            linear / 2 + linear / 16 + 8 * 14,
        ),
    ] {
        assert_eq!(of(config.clone()), (right + rest, String::new()), "{config}");
    }
    for method in ["gptq", "awq"] {
        let named = |name: String| of(json!({"quant_method": name, "bits": 4, "group_size": 128}));
        assert_eq!(named(format!("{method}_marlin")), named(method.to_owned()));
    }
    let (bytes, said) = of(json!({"quant_method": "fp8", "weight_block_size": [0, 128]}));
    assert!(said.contains("`weight_block_size` of its quantization is [0,128], which cannot be"), "{said}");
    assert_eq!(bytes, of(json!({"quant_method": "fp8", "weight_block_size": [128, 128]})).0);
    for size in [-64, 0] {
        let imported = read(&llama(&json!({"quantization": {"group_size": size, "bits": 4}})));
        assert!(notes(&imported).contains(&format!("`group_size` of its quantization is {size}")));
        assert_eq!(imported.file_type, Some(Quantization::Mlx { bits: 4, group: 64 }));
    }
}

/// A class says what a type would.
#[test]
fn a_configuration_without_a_type_is_read_by_its_class() {
    let classed = read(&llama(&json!({"model_type": null, "architectures": ["LlamaForCausalLM"]})));
    assert!(classed.model.is_some() && notes(&classed).contains("by its class"), "{}", notes(&classed));
    let folder = folder(&json!({"hidden_size": 64, "vocab_size": 100}), None);
    let error = import(folder.path()).expect_err("nothing to go by").to_string();
    assert!(error.contains("has no `model_type`"), "{error}");
    safetensors(&folder.path().join("model.safetensors"), &[("a.weight", "BF16", &[100, 64])]);
    let weighed = import(folder.path()).expect("its tensors");
    assert!(notes(&weighed).contains("names no type"), "{}", notes(&weighed));
    assert_eq!(held(&model(weighed), Quantization::Bf16), 2 * 6400);
}

/// The note names no number that is not the one that is answered.
#[test]
fn what_does_not_say_how_it_is_stored_is_weighed_as_it_is_said_to_be() {
    let silent = read(&llama(&json!({"torch_dtype": null})));
    assert_eq!(silent.file_type, Some(Quantization::Bf16));
    assert!(notes(&silent).contains("16 bit is taken, as models are published"), "{}", notes(&silent));
    let known = model(silent);
    assert_eq!(held(&known, Quantization::Bf16), 2 * PARAMETERS);
    assert!(held(&known, Quantization::parse("Q4_K_M").expect("known")) < PARAMETERS);
    assert!(!known.file.as_ref().expect("it has notes").stated);
    let unknown = read(&json!({"model_type": "hyena", "hidden_size": 2048, "vocab_size": 128_256}));
    assert!(notes(&unknown).contains("16 bit is taken"), "{}", notes(&unknown));
    assert_eq!(held(&model(unknown), Quantization::Bf16), 2 * 2048 * 128_256);
}

#[test]
fn an_unknown_type_has_a_verdict_on_every_machine() {
    for config in [
        json!({"model_type": "hyena", "hidden_size": 2048, "vocab_size": 128_256}),
        json!({"model_type": "t5", "d_model": 512, "vocab_size": 32_128, "num_layers": 6}),
        json!({"model_type": "bert", "hidden_size": 768, "vocab_size": 30_522}),
    ] {
        let imported = read(&config);
        assert!(notes(&imported).contains("lower bound"), "{}", notes(&imported));
        assert!(imported.notes.iter().all(|note| note.to_string().len() < 300), "{}", notes(&imported));
        let model = model(imported);
        for (runtime, machine) in [
            (Runtime::Vllm, "rtx-4090"),
            (Runtime::LlamaCpp, "rtx-4090"),
            (Runtime::LlamaCpp, "apple-m5max-40c-128gb"),
            (Runtime::Mlx, "apple-m5max-40c-128gb"),
        ] {
            let verdict = answered(&model, runtime, machine).fit.verdict;
            assert_eq!(verdict, Verdict::Uncertain, "{config} by {runtime:?} on {machine}");
        }
    }
}

#[test]
fn what_gives_nothing_to_weigh_is_refused_in_a_short_sentence() {
    for (name, known) in [("t5", false), ("whisper", false), ("bert", true)] {
        let error =
            import(folder(&json!({"model_type": name}), None).path()).expect_err("nothing").to_string();
        let says = if known { "lacks numbers that its layers follow from" } else { "is not known here" };
        assert!(error.contains(says) && error.contains("safetensors") && error.len() < 400, "{error}");
    }
}

#[test]
fn files_that_are_not_there_are_weighed_by_what_their_index_says() {
    let total = 2 * PARAMETERS;
    let agreeing = import(folder(&llama(&json!({})), Some(total)).path()).expect("a folder");
    let expected = [Note::IndexBeside { bytes: total }, Note::NoParts { of: 2 }];
    assert!(expected.iter().all(|note| agreeing.notes.contains(note)), "{}", notes(&agreeing));
    assert_eq!(held(&model(agreeing), Quantization::Bf16), total);
    // It holds other numbers than the configuration says.
    let other = import(folder(&llama(&json!({})), Some(2 * total)).path()).expect("a folder");
    assert!(other.notes.contains(&Note::IndexDecides { bytes: 2 * total }), "{}", notes(&other));
    assert_eq!(held(&model(other), Quantization::Bf16), 2 * total);
    // Nothing is known of the layers, and of the weights all that the index says.
    let hyena = json!({"model_type": "hyena", "hidden_size": 64, "vocab_size": 100});
    let unknown = import(folder(&hyena, Some(9_000_000)).path()).expect("a folder");
    let said = notes(&unknown);
    assert!(
        said.contains("None of the 2 file(s)") && !said.contains("nothing but the token embedding"),
        "{said}"
    );
    let model = model(unknown);
    assert_eq!(held(&model, model.file.as_ref().expect("weighed").stored), 9_000_000);
}

#[test]
fn files_of_an_unknown_type_are_counted_and_not_said_to_be_missing() {
    let folder = folder(&json!({"model_type": "hyena", "hidden_size": 64, "vocab_size": 100}), None);
    let tensors: [(&str, &str, &[u64]); 2] = [
        ("model.embed_tokens.weight", "BF16", &[100, 64]),
        ("model.layers.0.filter.weight", "BF16", &[64, 640]),
    ];
    safetensors(&folder.path().join("model.safetensors"), &tensors);
    let imported = import(folder.path()).expect("a folder");
    let said = notes(&imported);
    assert!(
        !said.contains("nothing but the token embedding") && !said.contains("how its weights are stored"),
        "{said}"
    );
    assert_eq!(imported.file_type, Some(Quantization::Bf16), "the tensors say so");
    let model = model(imported);
    assert_eq!(held(&model, Quantization::Bf16), 2 * (6400 + 64 * 640));
    assert_eq!(answered(&model, Runtime::Mlx, "apple-m5max-40c-128gb").fit.verdict, Verdict::Uncertain);
}

#[test]
fn a_part_without_the_others_says_how_many_there_should_be() {
    let of = |name: &str| {
        let folder = folder(&llama(&json!({})), None);
        let tensors: [(&str, &str, &[u64]); 1] = [("model.embed_tokens.weight", "BF16", &[1024, 256])];
        safetensors(&folder.path().join(name), &tensors);
        notes(&import(folder.path()).expect("a folder"))
    };
    let said = of("model-00001-of-00003.safetensors");
    assert!(said.contains("2 of 3 parts of the model are not in the folder"), "{said}");
    assert!(!of("half-of-3.safetensors").contains("parts of the model"), "it is no number of parts");
}
