//! Models that write no text: what is read at once, how fast, and what is not there.

use assert_cmd::Command;
use serde_json::Value;

fn said(arguments: &[&str]) -> Value {
    let home = tempfile::tempdir().expect("a folder");
    let output = Command::cargo_bin("plimsoll")
        .expect("the program is built")
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .args(["check", "chat-8b", "--machine", "rtx-4090", "--json", "--model"])
        .args(arguments)
        .output()
        .expect("it runs");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn parts(answer: &Value) -> Vec<String> {
    let phases = answer["memory"]["phases"].as_array().expect("phases");
    let parts = phases.iter().flat_map(|phase| phase["parts"].as_array().expect("parts"));
    parts.map(|part| part["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn texts_are_read_at_once_and_nothing_is_written() {
    for (model, what) in [("bge-m3", "embeddings"), ("bge-reranker-v2-m3", "scores")] {
        let answer = said(&[model, "--set", "concurrency=32", "--set", "prompt=256"]);
        let speed = &answer["speed"];
        assert_eq!(speed["decode_tokens_per_s"], Value::Null, "{model}");
        let best = |key: &str| speed[key]["best"].as_f64().expect(key);
        assert!((best("texts_per_s") * 256.0 / best("prefill_tokens_per_s") - 1.0).abs() < 1e-9, "{model}");
        assert!((best("texts_at_once_s") * best("texts_per_s") / 32.0 - 1.0).abs() < 1e-9, "{model}");
        let parts = parts(&answer);
        assert!(!parts.iter().any(|name| ["kv_cache", "logits"].contains(&name.as_str())), "{parts:?}");
        let notes = answer["notes"].to_string();
        assert!(
            notes.contains(what) && notes.contains("32 texts are read at once, of 256 tokens each"),
            "{notes}"
        );
        assert!(!notes.contains("ignored"), "{notes}");
    }
}

#[test]
fn an_embedding_model_of_a_decoder_keeps_keys_and_values_in_llama_cpp() {
    let answer = said(&["qwen3-embedding-0.6b", "--set", "concurrency=4"]);
    assert!(parts(&answer).iter().any(|name| name == "kv_cache"));
    // 28 layers, 4 × 512 cells, keys and values of 8 heads of 128 in 16 bit.
    let phase = &answer["memory"]["phases"][1]["parts"];
    let cache = phase.as_array().expect("parts").iter().find(|part| part["name"] == "kv_cache").expect("one");
    assert_eq!(cache["best"].as_f64(), Some(28.0 * 2048.0 * 2.0 * 2.0 * 1024.0));
}

#[test]
fn a_text_longer_than_the_model_reads_is_cut_and_said() {
    let answer = said(&["mxbai-embed-large", "--set", "prompt=4096"]);
    let notes = answer["notes"].to_string();
    assert!(notes.contains("at most 512 tokens"), "{notes}");
}
