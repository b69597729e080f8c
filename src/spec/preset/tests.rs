//! Presets: what is read, what is refused and how it is said, and that what is written reads back.

use std::sync::Arc;

use super::*;
use crate::spec::{BasePrecision, Family, GraphTask, MOST_CONTEXT, Model, Runtime, Setting, Workload};

/// A small model under any name but `nothing`.
struct AnyName;

fn small() -> Model {
    let text = r#"(
        id: "llama-3.1-8b", name: "Llama 3.1 8B", family: "Meta", architecture: "llama", source: "test",
        parameters: (8030261248, Derived, "test", "2026-11-20"),
        hidden: 4096, vocabulary: 128256, context_max: 131072, rope_factors: 64,
        stack: [(repeat: 32, blocks: [(
            mixer: Attention((heads: 32, kv_heads: 8, head: 128)),
            feed_forward: Dense(width: 14336, gated: true),
        )])],
    )"#;
    ron::from_str(text).expect("a model")
}

impl Models for AnyName {
    fn find(&self, key: &str) -> Result<Arc<Model>, NoModel> {
        if key == "nothing" {
            Err(NoModel("unknown model `nothing`".to_owned()))
        } else {
            Ok(Arc::new(small()))
        }
    }

    fn scaled(&self, model: &Model, parameters: f64) -> Model {
        let mut scaled = model.clone();
        scaled.parameters.0 = parameters;
        scaled
    }
}

fn read(text: &str) -> Result<Preset, String> {
    let keys = parse(text, "a.ron").map_err(|error| error.to_string())?;
    resolve(keys.into_iter().next().expect("one preset"), &AnyName).map_err(|error| error.to_string())
}

fn inference(preset: &Preset) -> crate::spec::Inference {
    match &preset.scenario.workload {
        Workload::Inference(_, inference) => *inference,
        other => panic!("{other:?}"),
    }
}

#[test]
fn sizes_take_suffixes_and_quotes() {
    let preset = read(r#"(model: "x", context: "32k", concurrency: 4, generate: "1k")"#).expect("a preset");
    let settings = inference(&preset);
    assert_eq!((settings.context, settings.concurrency, settings.generate), (32_768, 4, 1024));
    assert_eq!(settings.prompt, 8192 - 1024, "a prompt that is not given fills its slot");
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases = [
        "(model: \"x\",\n  contxt: 8192)",
        "(model: \"x\", context: \"8q\")",
        "(model: \"x\", context: -1)",
        "(model: \"x\", quantization: \"Q9_K\")",
        "(model: \"x\", context: 8192",
        "(model: \"x\" context: 8192)",
        "(model: \"x\", attention: \"flash\")",
        "(model: \"x\", model: \"y\")",
        "model: \"x\"",
        "",
        "(model: \"x\", nodes: 5, family: \"inference\")",
        "(model: \"x\", family: \"graph-sequence\", context: 4096)",
        "(model: \"nothing\")",
        "(family: \"gmm\")",
        "(family: \"gnn\", model: \"x\")",
        "(family: \"gnn\", runtime: \"mlx\")",
        "(family: \"gnn\", sampling: \"some\")",
        "(family: \"gnn\", sampling: [15, -1])",
        "(family: \"gnn\", precision: \"nf4\")",
        "(family: \"gnn\", mode: \"lora\")",
        "(family: \"diffusion\", precision: \"bf32\")",
        "(family: \"diffusion\", pipeline: \"sd3\")",
        "(family: \"diffusion\", guidance: \"much\")",
        "(family: \"diffusion\", mode: \"train\")",
        "(family: \"fine-tune\", runtime: \"llama.cpp\")",
        "(family: \"fine-tune\", method: \"full\", precision: \"nf4\")",
        "(family: \"fine-tune\", method: \"qlora\", precision: \"bf16\")",
        "(family: \"fine-tune\", runtime: \"mlx\", precision: \"nf4\")",
        "(family: \"fine-tune\", precision: \"mlx-4bit\")",
        "(family: \"fine-tune\", quantization: \"Q4_K_M\")",
        "(family: \"fine-tune\", tuned_layers: \"most\")",
        "(family: \"fine-tune\", rank: 0)",
        "(family: \"graph-sequence\", sequence: 2048)",
        "(family: \"graph-sequence\", mode: \"train\", quantization: \"Q4_K_M\")",
        "(family: \"graph-sequence\", mode: \"infer\", method: \"lora\")",
        "(family: \"graph-sequence\", max_sequence: \"short\")",
        "(model: \"x\", prefix_share: 1.5)",
        "(model: \"x\", context: 1e400)",
        "(model: \"x\", context: 0.5)",
        "(model: \"x\", context: [1, 2, 3])",
        "(model: \"x\", prefixed: true)",
        "(family: \"fine-tune\", tuned_layers: 0)",
    ];
    let said: Vec<String> = cases
        .iter()
        .map(|text| match read(text) {
            Ok(preset) => format!("{text}\n    => accepted: {}", preset.notes.join("; ")),
            Err(message) => format!("{text}\n    => {message}"),
        })
        .collect();
    insta::assert_snapshot!(said.join("\n\n"));
}

#[test]
fn a_context_beyond_all_measure_is_lowered_and_said() {
    let preset = read(r#"(model: "x", context: 1000000000000)"#).expect("a preset");
    assert_eq!(inference(&preset).context, MOST_CONTEXT);
    assert_eq!(preset.notes.len(), 1, "{:?}", preset.notes);
    assert!(preset.notes[0].contains("lowered to 100,000,000"), "{:?}", preset.notes);
}

#[test]
fn what_is_written_reads_back_the_same() {
    for text in [
        r#"(model: "x", context: "32k", kv_precision: "q8_0", ubatch: 1024, gpu_layers: 12, attention: "eager")"#,
        r#"(family: "graph-sequence", name: "A \"graph\"", model: "x", nodes: "10k", edges: "1.5M", tokens_per_edge: 2.5)"#,
        r#"(family: "graph-sequence", max_sequence: "16k", packing: true, size_spread: 3.5, runtime: "mlx", method: "qlora")"#,
        r#"(family: "fine-tune", method: "dora", tuned_layers: 8, optimizer: "lion", tokens_per_example: 300, epochs: 2.5)"#,
        r#"(family: "gnn", architecture: "gat", sampling: [15, 10, 5], mode: "infer", precision: "fp16", nodes: "10M")"#,
        r#"(family: "diffusion", pipeline: "wan2.2-5b", frames: 121, guidance: 5.0, residency: "component", vae_tiling: true)"#,
        r#"(family: "diffusion", mode: "lora", rank: 32, gradient_checkpointing: true, precision: "fp16")"#,
        r#"(model: "x", model_size: "34B", runtime: "mlx", prefix_share: 0.25, logits: "all", vision: true)"#,
    ] {
        let first = read(text).expect("a preset");
        let written = write(&first.scenario, None);
        let second = read(&written).unwrap_or_else(|error| panic!("{error} in {written}"));
        assert_eq!(first.scenario, second.scenario, "{written}");
    }
}

#[test]
fn keys_are_set_from_text_as_from_a_file() {
    let mut keys = PresetKeys::default();
    keys.set("context", "32k").expect("a size");
    keys.set("unified_kv", "yes").expect("a flag");
    let settings = inference(&resolve(keys.clone(), &AnyName).expect("a scenario"));
    assert_eq!((settings.context, settings.unified_kv), (32_768, true));
    let unknown = keys.set("contxt", "1").expect_err("no such key").to_string();
    assert!(unknown.ends_with("did you mean context?; `plimsoll list settings` lists them all"), "{unknown}");
    let twice = keys.set("context", "16k").expect_err("given before").to_string();
    assert_eq!(twice, "key `context` is given twice");
    let wrong = PresetKeys::default().set("context", "many").expect_err("no number").to_string();
    assert!(wrong.starts_with("context: `many` is not a number"), "{wrong}");
}

#[test]
fn keys_of_before_go_on_working_and_say_their_new_name() {
    let preset = read(r#"(model: "x", calls: 3, tool_tokens: 10, speculative: 4)"#).expect("a preset");
    let settings = inference(&preset);
    assert_eq!((settings.agent_loop.turns, settings.agent_loop.tool_output_tokens), (3, 10));
    assert_eq!(settings.speculation.draft_tokens, 4);
    assert!(preset.notes.contains(&"`calls` is now `turns`".to_owned()), "{:?}", preset.notes);
    let both = read(r#"(model: "x", calls: 3, turns: 4)"#).expect_err("one setting twice");
    assert!(both.ends_with("key `turns` is given twice"), "{both}");
    let before = Setting::all().filter(|setting| !setting.was.is_empty());
    for setting in before {
        assert_eq!(Setting::named(setting.was).map(|found| found[0].key), Ok(setting.key));
        let mut keys = PresetKeys::default();
        let value = setting.default().expect("a default").text();
        keys.set(setting.was, &value).expect("a key of before");
        assert!(keys.set(setting.key, &value).is_err(), "{} is given twice", setting.key);
    }
}

#[test]
fn a_list_of_presets_is_read_in_order() {
    let text = "// two\n[(model: \"x\", context: 4096), (model: \"x\", context: 8192)]";
    let keys = parse(text, "a.ron").expect("two presets");
    let contexts: Vec<u64> = keys
        .into_iter()
        .map(|keys| inference(&resolve(keys, &AnyName).expect("a scenario")).context)
        .collect();
    assert_eq!(contexts, [4096, 8192]);
}

#[test]
fn the_family_follows_from_the_keys_where_none_is_named() {
    for (text, family) in [
        (r#"(model: "x")"#, Family::Inference),
        ("(nodes: 100, edges: 300)", Family::GraphSequence),
        ("(nodes: 100, edges: 300, hidden: 64)", Family::Gnn),
        (r#"(method: "qlora", rank: 8)"#, Family::FineTune),
        (r#"(pipeline: "sdxl", rank: 8)"#, Family::Diffusion),
        (r#"(nodes: 100, method: "lora")"#, Family::GraphSequence),
    ] {
        assert_eq!(read(text).expect("a preset").scenario.workload.family(), family, "{text}");
    }
}

#[test]
fn graphs_are_read_or_trained_on_as_the_keys_say() {
    let task = |text: &str| match read(text).expect("a preset").scenario.workload {
        Workload::GraphSequence(language, sequence) => (language.runtime, sequence.task),
        other => panic!("{other:?}"),
    };
    for text in [
        r#"(family: "graph-sequence")"#,
        r#"(family: "graph-sequence", method: "qlora")"#,
        r#"(family: "graph-sequence", mode: "train")"#,
    ] {
        assert!(matches!(task(text), (Runtime::PyTorch, GraphTask::Train(_))), "{text}");
    }
    for text in [
        r#"(family: "graph-sequence", quantization: "Q4_K_M")"#,
        r#"(family: "graph-sequence", mode: "infer")"#,
    ] {
        assert!(matches!(task(text), (Runtime::LlamaCpp, GraphTask::Read(_))), "{text}");
    }
}

#[test]
fn another_family_takes_over_what_it_knows() {
    let mut over = PresetKeys::default();
    over.set("family", "fine-tune").expect("a family");
    let keys = parse(r#"(model: "x", context: 4096, quantization: "Q4_K_M", attention: "eager")"#, "a.ron");
    let below = keys.expect("a preset").remove(0);
    let preset = resolve(over.over(below), &AnyName).expect("a fine-tune");
    let Workload::FineTune(_, tune) = preset.scenario.workload else { panic!("a fine-tune") };
    assert_eq!(tune.attention, crate::spec::AttentionKernel::Eager);
}

#[test]
fn a_base_follows_from_method_and_runtime() {
    let base = |text: &str| match read(text).expect("a preset").scenario.workload {
        Workload::FineTune(_, tune) => tune.precision,
        other => panic!("{other:?}"),
    };
    for (text, precision) in [
        (r#"(method: "lora")"#, BasePrecision::Bf16),
        (r#"(method: "qlora")"#, BasePrecision::Nf4),
        (r#"(method: "qlora", runtime: "mlx")"#, BasePrecision::Mlx4),
        (r#"(method: "full", precision: "fp32")"#, BasePrecision::Fp32),
    ] {
        assert_eq!(base(text), precision, "{text}");
    }
}

#[test]
fn marks_of_byte_order_and_extensions_are_passed_over() {
    let list = "\u{feff}#![enable(implicit_some)]\n// two\n[(model: \"x\"), (model: \"y\")]";
    assert_eq!(parse(list, "a.ron").expect("two presets").len(), 2);
    assert_eq!(parse("\u{feff}(model: \"x\")", "a.ron").expect("a preset").len(), 1);
    let deep = format!("(model: {}", "(".repeat(100_000));
    let error = parse(&deep, "a.ron").expect_err("no preset").to_string();
    assert!(!error.contains("serde_stacker"), "{error}");
}
