//! The field's own words everywhere: retired phrases, as patterns over code, window, help, reports and documents.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A phrase that a reader from llama.cpp, vLLM, PyTorch, PyG or diffusers would not search for.
struct Retired {
    /// As a regular expression over one line.
    pattern: &'static str,
    /// What the field says.
    field: &'static str,
    /// Parts of paths where the phrase stands for something else, each with the reason.
    allowed: &'static [(&'static str, &'static str)],
}

const fn retired(pattern: &'static str, field: &'static str) -> Retired {
    Retired { pattern, field, allowed: &[] }
}

const RETIRED: &[Retired] = &[
    retired(r"(?i)(?:\b|_)tapes?(?:\b|_)|Tape\b", "trace"),
    retired(r"(?i)\b(?:re)?play(?:s|ed|ing)?(?:\b|_)|\bplay_|Played\b", "simulate, simulated"),
    retired(r"\bMoments\b|\bmoments\(|mod moments|largest moment|worst moment|widest moment", "peak"),
    retired(r"(?i)\bpictures?(?:\b|_)|PictureSpeed|Pictures\b|_pictures?\b", "image"),
    retired(r"(?i)image decoder\b|in tiles\b", "VAE, VAE tiling"),
    retired(r"\bRooms\b|mod rooms|rooms::", "residency"),
    retired(r"(?i)\bforetold\b|Foretold", "predicted"),
    retired(r"(?i)machines? (?:that were )?left out", "leave-one-machine-out"),
    retired(r"(?i)\breasoned\b", "analytical, not validated"),
    retired(r"(?i)\bhand(?:s|ed|ing)?[ _](?:over|on)\b|HandOver|HandedOn|hand_over", "transfer"),
    retired(r"fn passing|\.passing\(|sum over all devices", "transfer, all-reduce"),
    retired(r"mod several|several::|fn several|parted\b|Parted\b|(?i)\bparting by", "multi-device; sharded"),
    retired(r"\bAway\b|mod away|away::|_away\b|(?i)\blies? away|kept on device", "offload, offloaded"),
    retired(
        r"struct Writing|Writing<|(?i)writing, all|while writing|speed of writing|tokens written",
        "decode",
    ),
    retired(r"(?i)reading a prompt|reading the prompt|fn reading|prompt is read", "prefill"),
    retired(r"(?i)first token after", "time to first token (TTFT)"),
    retired(r"(?i)requests together|fn together\b", "aggregate throughput"),
    retired(r"(?i)guess(?:es|ed|ing)? ahead|guesses that hold|\bdrafted\b", "draft tokens, acceptance rate"),
    retired(r"\bDRAWING\b|(?i)drawing a token|let drawing", "sampling"),
    retired(r"(?i)keeps? what was read|prefix_cached", "prefix caching"),
    retired(r"(?i)calls a task|tokens of a tool|\btool_tokens\b", "turns (tool calls), tool output tokens"),
    retired(r"(?i)held? back by|holds? it back", "bound by"),
    retired(r"(?i)starting each layer", "launch overhead"),
    retired(r"(?i)tera-operations|operations for each byte", "TFLOP/s, arithmetic intensity (FLOP/byte)"),
    retired(r"PartName::Runtime\b", "PartName::Overhead"),
    retired(r"(?i)\bknobs?(?:\b|_)|knobs!", "setting"),
    retired(r"(?i)recompute activations", "gradient checkpointing"),
    retired(r"(?i)passes a step|\baccumulation:", "gradient accumulation steps"),
    retired(r"(?i)loss in chunks|\bfused_loss\b", "chunked cross-entropy"),
    retired(r"(?i)every matrix\b|adapters on\b", "target modules: all linear"),
    retired(r"(?i)\bkeeps_logits\b|holds the logits", "return_logits"),
    retired(r"(?i)short graphs share", "packing"),
    retired(r"(?i)messages written out", "scatter (edge messages)"),
    retired(r"(?i)gone through", "epochs"),
    retired(r"(?i)drawn neighbou?rs|hears from", "sampled neighbors, aggregates"),
    retired(r"(?i)spread of sizes", "p95 ÷ median"),
    retired(r"(?i)\bdearer\b|judged on|\bJudged\b|judge on", "more expensive, evaluated on"),
    retired(
        r"fn speak|\bspoken\b|fn seeing|fn bring\b|fn fetch_",
        "output projection, vision, copy to device",
    ),
    retired(r"which is within what is not known", "Uncertain: needs … because …"),
    retired(
        r"(?i)\b(?:de)?quantis|\boptimis(?:er|e[sd]?)\b|\bneighbours?\b|\blabelled\b|\bcolours?\b",
        "US spelling",
    ),
];

/// Where an old name stands because it goes on working, or is that of a column.
const OLD_NAMES: [&str; 4] = ["was: \"", "alias = \"", "serde(rename = \"", "speculative: 4"];

/// What a person reads or a programmer searches.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![root.join("README.md"), root.join("ARCHITECTURE.md"), root.join("CONTRIBUTING.md")];
    let mut folders = vec![root.join("src"), root.join("presets")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs" || ending == "ron") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn nothing_is_said_in_a_private_dialect() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let texts: Vec<(String, String)> = files()
        .into_iter()
        .filter_map(|path| {
            let name = path.strip_prefix(root).ok()?.to_string_lossy().into_owned();
            fs::read_to_string(&path).ok().map(|text| (name, text))
        })
        .collect();
    let mut report = String::new();
    let mut all = 0;
    for retired in RETIRED {
        let pattern = Regex::new(retired.pattern).expect("a pattern");
        let mut places = Vec::new();
        for (name, text) in &texts {
            if retired.allowed.iter().any(|(path, _)| name.contains(path)) {
                continue;
            }
            for (line, content) in text.lines().enumerate() {
                if pattern.is_match(content) && !OLD_NAMES.iter().any(|old| content.contains(old)) {
                    places.push(format!("{name}:{}: {}", line + 1, content.trim()));
                }
            }
        }
        all += places.len();
        if !places.is_empty() {
            writeln!(report, "{} of /{}/, say: {}", places.len(), retired.pattern, retired.field)
                .expect("a text");
            for place in places.iter().take(5) {
                writeln!(report, "    {place}").expect("a text");
            }
        }
    }
    assert!(all == 0, "{all} places in words that are not the field's:\n{report}");
}

#[test]
fn a_retired_phrase_is_found_and_its_neighbor_is_not() {
    let is_found = |text: &str| {
        RETIRED.iter().any(|retired| Regex::new(retired.pattern).expect("a pattern").is_match(text))
    };
    for phrase in
        ["let mut tape = Tape::new()", "Writing, all", "first token after 2 s", "Quantisation", "a knob"]
    {
        assert!(is_found(phrase), "{phrase}");
    }
    for phrase in ["let mut trace = Trace::new()", "decode", "TTFT 2 s", "Quantization", "several devices"] {
        assert!(!is_found(phrase), "{phrase}");
    }
}
