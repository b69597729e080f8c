//! A llama of two layers, packed as a configuration says.

use plimsoll::engine::memory::{Placement, weights};
use plimsoll::import::import;
use plimsoll::spec::GpuLayers;
use plimsoll::units::whole;
use serde_json::{Value, json};

/// Bytes of the weights of a llama of two layers, and what is said of them.
pub(crate) fn packed_as(config: &Value) -> (u64, String) {
    let all = json!({
        "model_type": "llama", "hidden_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": 512, "vocab_size": 1024,
        "max_position_embeddings": 2048, "torch_dtype": "bfloat16", "quantization_config": config,
    });
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("config.json"), all.to_string()).expect("writable");
    let imported = import(folder.path()).expect("a configuration");
    let notes = imported.notes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let stored = imported.file_type.expect("said");
    let model = imported.into_model().expect("known");
    (whole(weights(&model, stored, Placement::Gpu, GpuLayers::Auto).total().get()), notes)
}
