//! The built-in models: every record reads, is well formed, and has the layers its publisher states.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::asked::CONTEXT;
use plimsoll::catalog::Catalog;
use plimsoll::engine::memory::{active_parameter_count, checkpoint_parameter_count, parameter_count};
use plimsoll::spec::{Attention, FeedForward, Makes, Mixer, Model};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    title: String,
    url: String,
    date: String,
}

fn catalog() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/catalog")
}

fn evidence() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/evidence/measurements")
}

fn files() -> Vec<(String, Vec<Model>)> {
    let mut files: Vec<_> = std::fs::read_dir(catalog().join("models"))
        .expect("the catalog has a folder of models")
        .map(|entry| entry.expect("the folder can be listed").path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("the file is text");
            let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
            let models =
                ron::from_str(&text).map_err(|error| format!("{name}:{error}")).expect("the file is valid");
            (name, models)
        })
        .collect()
}

fn models() -> Vec<Model> {
    files().into_iter().flat_map(|(_, models)| models).collect()
}

fn attention(mixer: &Mixer) -> Option<&Attention> {
    match mixer {
        Mixer::Attention(attention) | Mixer::Parallel(attention, _) => Some(attention),
        Mixer::Mla(_) | Mixer::Mamba2(_) | Mixer::GatedDelta(_) | Mixer::Listed(_) => None,
    }
}

#[test]
fn a_model_that_is_published_packed_is_taken_so_where_no_format_is_named() {
    let of = |text: &str| {
        let keys = plimsoll::spec::preset::parse(text, "a.ron").expect("a preset").remove(0);
        let preset = plimsoll::spec::preset::resolve(keys, &*CONTEXT).expect("it resolves");
        (preset.scenario.inference().expect("it is read").quantization.key(), preset.notes)
    };
    assert_eq!(of("(model: \"gpt-oss-120b\")").0, "MXFP4_MOE");
    assert_eq!(of("(model: \"gpt-oss-20b\", runtime: \"vllm\")").0, "mxfp4-hf");
    assert_eq!(of("(model: \"gpt-oss-20b\", quantization: \"Q4_K_M\")").0, "Q4_K_M", "as it was asked");
    assert_eq!(of("(model: \"llama-3.1-8b\")").0, "Q4_K_M");
    assert!(of("(model: \"gpt-oss-120b\")").1.is_empty(), "nothing was replaced");
}

#[test]
fn there_are_many_models_and_each_file_is_sorted() {
    let files = files();
    for (name, models) in &files {
        assert!(models.is_sorted_by(|a, b| a.id < b.id), "{name} is not sorted by id");
        assert!(models.iter().all(|model| model.family == models[0].family), "{name} mixes families");
    }
    let count: usize = files.iter().map(|(_, models)| models.len()).sum();
    assert!(count >= 60, "only {count} models");
}

#[test]
fn the_program_carries_every_file() {
    let built_in: BTreeSet<String> =
        Catalog::built_in().models.iter().map(|model| model.id.clone()).collect();
    let written: BTreeSet<String> = models().into_iter().map(|model| model.id).collect();
    assert_eq!(built_in, written, "`built_in.rs` and the folder differ");
}

#[test]
fn ids_are_unique_and_lower_case() {
    let mut seen = BTreeSet::new();
    for model in models() {
        assert!(
            model.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c)),
            "{} is not lower case with dots and hyphens",
            model.id
        );
        assert!(seen.insert(model.id.clone()), "{} stands twice", model.id);
    }
}

#[test]
fn every_source_is_named_and_every_named_source_is_used() {
    let text = std::fs::read_to_string(catalog().join("model_sources.ron")).expect("the sources can be read");
    let sources: BTreeMap<String, Source> = ron::from_str(&text).expect("the sources are valid");
    for (id, source) in &sources {
        assert!(source.url.starts_with("https://"), "{id} has no address");
        assert!(!source.title.is_empty() && source.date.len() == 10, "{id} has no title or date");
    }
    let mut used = BTreeSet::new();
    for model in models() {
        used.insert(model.source);
        used.insert(model.parameters.2);
        used.extend(model.active_parameters.map(|figure| figure.2));
        used.extend(model.vision.map(|vision| vision.parameters.2));
    }
    assert_eq!(used, sources.into_keys().collect(), "sources used and sources named differ");
}

#[test]
fn shapes_agree_with_themselves() {
    for model in models() {
        let id = &model.id;
        // BERT's descendants read 512 tokens.
        let least = if model.makes == Makes::Text { 2048 } else { 512 };
        assert!(model.hidden % 32 == 0 && model.vocabulary > 0 && model.context_max >= least, "{id}");
        for layer in model.layers() {
            if let Some(attention) = attention(&layer.mixer) {
                assert!(attention.heads % attention.kv_heads == 0, "{id}: heads do not share keys evenly");
                assert!(attention.head % 2 == 0, "{id}: a head has no pairs to rotate");
                assert!(!(attention.qk_norm && attention.qk_norm_wide), "{id}: two kinds of norm");
                assert!(
                    attention.window.is_none_or(|window| window < model.context_max),
                    "{id}: idle window"
                );
            }
            if let Mixer::Parallel(_, mamba) | Mixer::Mamba2(mamba) = &layer.mixer {
                assert!(mamba.inner % mamba.heads == 0, "{id}: state heads of uneven width");
            }
            if let FeedForward::Experts(experts) = &layer.feed_forward {
                assert!(0 < experts.used && experts.used < experts.count, "{id}: experts used");
            }
        }
    }
}

#[test]
fn shapes_sum_to_the_published_parameters() {
    for model in models() {
        let tower = model.vision.as_ref().map_or(0.0, |vision| vision.parameters.0);
        let shapes = checkpoint_parameter_count(&model) as f64 + tower;
        let off = (shapes / model.parameters.0 - 1.0).abs();
        assert!(off < 1e-6, "{}: the shapes hold {shapes}, published are {}", model.id, model.parameters.0);
    }
}

/// Files the quantiser was measured on count the same parameters, to the unit.
#[test]
fn measured_files_hold_the_same_parameters() {
    let text = std::fs::read_to_string(evidence().join("gguf_sizes.csv")).expect("the table can be read");
    let models: BTreeMap<_, _> = models().into_iter().map(|model| (model.id.clone(), model)).collect();
    let mut seen = BTreeSet::new();
    for row in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let mut cells = row.split(',');
        let name = cells.next().expect("a row has a model").to_lowercase();
        let measured: u64 = cells.nth(1).expect("and parameters").parse().expect("which are a number");
        let id = if name == "deepseek-r1-671b" { "deepseek-r1" } else { name.as_str() };
        let mut model = models[id].clone();
        if id == "gemma-3-27b" {
            // The measured file left out the 64 padding rows, which published files have.
            model.vocabulary -= 64;
        }
        assert_eq!(parameter_count(&model), measured, "{id}");
        seen.insert(name);
    }
    assert!(seen.len() >= 20, "only {} models were compared", seen.len());
}

#[test]
fn mixtures_use_about_what_is_published() {
    for model in models() {
        if let Some(published) = &model.active_parameters {
            // Publishers round, and some leave the embedding out.
            let share = active_parameter_count(&model) as f64 / published.0;
            assert!((0.95..1.5).contains(&share), "{}: {share} of the published active parameters", model.id);
        }
    }
}

#[test]
fn mixtures_state_what_one_token_uses() {
    for model in models() {
        let routed = model.layers().any(|layer| matches!(layer.feed_forward, FeedForward::Experts(_)));
        assert_eq!(model.active_parameters.is_some(), routed, "{}", model.id);
        let active = model.active_parameters.map_or(0.0, |figure| figure.0);
        assert!(active < model.parameters.0, "{}: more active than there are", model.id);
    }
}

#[test]
fn towers_are_a_part_of_the_model() {
    let mut seeing = 0;
    for model in models() {
        if let Some(vision) = model.vision {
            seeing += 1;
            let share = vision.parameters.0 / model.parameters.0;
            assert!((0.0005..0.2).contains(&share), "{}: a tower of {share} of the model", model.id);
            assert!((1..4096).contains(&vision.tokens_per_image), "{}: tokens of an image", model.id);
        }
    }
    assert!(seeing >= 10, "only {seeing} models see");
}

#[test]
fn layers_number_as_published() {
    let models: BTreeMap<_, _> = models().into_iter().map(|model| (model.id.clone(), model)).collect();
    for (id, layers, windowed) in [
        ("llama-3.1-8b", 32, 0),
        ("llama-3.1-405b", 126, 0),
        ("llama-3.3-70b", 80, 0),
        ("qwen2.5-14b", 48, 0),
        ("qwen3-30b-a3b", 48, 0),
        ("qwen3-235b-a22b", 94, 0),
        ("gemma-2-9b", 42, 21),
        ("gemma-3-1b", 26, 22),
        ("gemma-3-4b", 34, 29),
        ("gemma-3-27b", 62, 52),
        ("gemma-4-31b", 60, 50),
        ("gpt-oss-20b", 24, 12),
        ("gpt-oss-120b", 36, 18),
        ("command-r7b", 32, 24),
        ("mixtral-8x22b", 56, 0),
        ("glm-4.5-air", 46, 0),
    ] {
        let model = &models[id];
        assert_eq!(model.layer_count(), layers, "layers of {id}");
        let local = model.layers().filter_map(|layer| attention(&layer.mixer)).filter(|a| a.window.is_some());
        assert_eq!(local.count(), windowed, "windowed layers of {id}");
    }
}

#[test]
fn hybrids_keep_attention_where_published() {
    let models: BTreeMap<_, _> = models().into_iter().map(|model| (model.id.clone(), model)).collect();
    for (id, layers, attends) in [
        ("granite-4.0-h-tiny", 40, vec![5, 15, 25, 35]),
        ("granite-4.0-h-small", 40, vec![5, 15, 25, 35]),
        ("qwen3-next-80b-a3b", 48, (0..12).map(|round| 4 * round + 3).collect()),
        ("falcon-h1-7b", 44, (0..44).collect()),
    ] {
        let model = &models[id];
        assert_eq!(model.layer_count(), layers, "layers of {id}");
        let at: Vec<usize> = model
            .layers()
            .enumerate()
            .filter(|(_, layer)| attention(&layer.mixer).is_some())
            .map(|(i, _)| i)
            .collect();
        assert_eq!(at, attends, "attention layers of {id}");
    }
}

#[test]
fn leading_layers_are_dense_where_published() {
    let models: BTreeMap<_, _> = models().into_iter().map(|model| (model.id.clone(), model)).collect();
    for (id, layers, dense) in
        [("deepseek-v2-lite", 27, 1), ("deepseek-r1", 61, 3), ("kimi-k2", 61, 1), ("glm-4.5", 92, 3)]
    {
        let model = &models[id];
        assert_eq!(model.layer_count(), layers, "layers of {id}");
        let leading = model
            .layers()
            .take_while(|layer| matches!(layer.feed_forward, FeedForward::Dense { .. }))
            .count();
        assert_eq!(leading, dense, "dense layers of {id}");
    }
}
