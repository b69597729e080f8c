//! The models that measurements name: those of the catalog, and the small ones made for measuring alone.

use plimsoll::catalog::Catalog;
use plimsoll::spec::{Attention, FeedForward, Mixer, Model};
use std::sync::LazyLock;

/// The model a measurement names.
pub(crate) fn named(name: &str) -> Model {
    match name {
        "DeepSeek-R1-671B" => built_in("deepseek-r1"),
        "Llama-3.1-8B-4layer" => with_layers(built_in("llama-3.1-8b"), 4),
        "TinyLlama-1.1B" => built_in("tinyllama-1.1b"),
        "mixtral-8x-small" => small_mixtral(),
        "tiny-llama-test" => tiny("llama-2-7b", 688, 2048),
        "tiny-llama-test-704" => tiny("llama-2-7b", 704, 2048),
        "tiny-qwen3-test" => Model { tied_embeddings: true, ..tiny("qwen3-8b", 768, 4096) },
        other => built_in(&other.to_lowercase()),
    }
}

/// A model as the measured file held it, which for Gemma 3 left out 64 padding rows that published files have.
pub(crate) fn measured_file(name: &str) -> Model {
    let model = named(name);
    let padding = if name == "Gemma-3-27B" { 64 } else { 0 };
    Model { vocabulary: model.vocabulary - padding, ..model }
}

/// The catalog, read once.
static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::built_in);

fn built_in(id: &str) -> Model {
    Model::clone(CATALOG.model(id).expect("a model of the catalog"))
}

fn with_layers(mut model: Model, layers: u32) -> Model {
    for run in &mut model.stack {
        run.repeat = 1;
        for block in &mut run.blocks {
            block.times = layers;
        }
    }
    model
}

/// Four layers of one kind with other widths.
fn reshaped(id: &str, layers: u32, heads: (u32, u32, u32)) -> Model {
    let mut model = with_layers(built_in(id), layers);
    for block in model.stack.iter_mut().flat_map(|run| &mut run.blocks) {
        if let Mixer::Attention(attention) = &mut block.mixer {
            let (heads, kv_heads, head) = heads;
            *attention = Attention { heads, kv_heads, head, ..attention.clone() };
        }
    }
    model
}

fn tiny(like: &str, inner: u32, vocabulary: u32) -> Model {
    let head = if like == "qwen3-8b" { 64 } else { 32 };
    let mut model = Model { hidden: 256, vocabulary, ..reshaped(like, 4, (8, 4, head)) };
    for block in model.stack.iter_mut().flat_map(|run| &mut run.blocks) {
        if let FeedForward::Dense { width, .. } = &mut block.feed_forward {
            *width = inner;
        }
    }
    model
}

fn small_mixtral() -> Model {
    let mut model = Model { hidden: 1024, ..reshaped("mixtral-8x7b", 8, (16, 4, 64)) };
    for block in model.stack.iter_mut().flat_map(|run| &mut run.blocks) {
        if let FeedForward::Experts(experts) = &mut block.feed_forward {
            experts.width = 3584;
        }
    }
    model
}
