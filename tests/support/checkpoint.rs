//! Writes small safetensors files.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

/// Writes a safetensors file of these tensors, its data as a hole.
pub(crate) fn safetensors(path: &Path, tensors: &[(&str, &str, &[u64])]) {
    let mut header = serde_json::Map::new();
    header.insert("__metadata__".to_owned(), json!({"format": "pt"}));
    let mut offset = 0;
    for (name, format, shape) in tensors {
        let width = match *format {
            "U8" | "I8" | "F8_E4M3" => 1,
            "BF16" | "F16" => 2,
            _ => 4,
        };
        let end = offset + shape.iter().product::<u64>() * width;
        header.insert(
            (*name).to_owned(),
            json!({"dtype": format, "shape": shape, "data_offsets": [offset, end]}),
        );
        offset = end;
    }
    let text = Value::Object(header).to_string();
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend(text.as_bytes());
    fs::write(path, &bytes).expect("writable");
    let file = fs::OpenOptions::new().write(true).open(path).expect("there");
    file.set_len(bytes.len() as u64 + offset).expect("a hole");
}
