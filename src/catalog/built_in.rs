//! The catalog that ships inside the program. `build.rs` lists the records of `assets/catalog/machines` and
//! `assets/catalog/models`, each with its text and the names it is found by.

use super::entry::Written;

/// A file's name as problems show it, and its text.
pub(super) type Embedded = (&'static str, &'static str);

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$((concat!("<built-in>/", $path), include_str!(concat!("../../assets/catalog/", $path)))),*]
    };
}

include!(concat!(env!("OUT_DIR"), "/catalog_records.rs"));

/// Where figures come from.
pub(super) const SOURCES: &[Embedded] = embedded!["model_sources.ron", "sources.ron"];

/// What systems keep for themselves.
pub(super) const MEMORY_LIMITS: Embedded =
    ("<built-in>/memory_limits.ron", include_str!("../../assets/catalog/memory_limits.ron"));

/// What quantizations cost in quality.
pub(super) const QUALITY: Embedded =
    ("<built-in>/quality.ron", include_str!("../../assets/catalog/quality.ron"));

macro_rules! presets {
    ($($name:literal),* $(,)?) => {
        &[$(Written {
            file: concat!("<built-in>/presets/", $name, ".ron"),
            line: 1,
            column: 1,
            id: $name,
            aliases: &[],
            text: include_str!(concat!("../../presets/", $name, ".ron")),
        }),*]
    };
}

/// Files of `presets`, by name without ending, in the order they are offered.
pub(super) static PRESETS: &[Written] = presets![
    "chat-8b",
    "chat-70b",
    "coding-agent-32b",
    "five-agents-8b",
    "mixtral-8x22b",
    "gpt-oss-120b",
    "deepseek-r1-671b",
    "tool-calling-qlora-8b",
    "qlora-13b",
    "lora-13b",
    "lora-30b",
    "lora-70b",
    "lora-70b-16bit",
    "parse-trees-16k-8b",
    "parse-trees-32k-8b",
    "function-trees-8b",
    "function-graphs-8b",
    "program-graph-8b",
    "whole-program-gnn",
    "whole-program-gnn-sampled",
    "code2vec",
    "sd-1.5",
    "sdxl",
    "flux-1-dev",
    "wan-2.2-5b",
    "wan-2.2-a14b",
    "sdxl-lora",
];
