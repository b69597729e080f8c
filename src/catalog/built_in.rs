//! The catalog that ships inside the program, file by file.

/// A file's name as problems show it, and its text.
pub(super) type Embedded = (&'static str, &'static str);

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$((concat!("<built-in>/", $path), include_str!(concat!("../../assets/catalog/", $path)))),*]
    };
}

/// Files of `assets/catalog/machines`.
pub(super) const MACHINES: &[Embedded] = embedded![
    "machines/amd.ron",
    "machines/apple.ron",
    "machines/nvidia.ron",
    "machines/other.ron",
    "machines/rental.ron",
];

/// Files of `assets/catalog/models`.
pub(super) const MODELS: &[Embedded] = embedded![
    "models/01ai.ron",
    "models/ai2.ron",
    "models/arcee.ron",
    "models/baidu.ron",
    "models/bigcode.ron",
    "models/bytedance.ron",
    "models/cohere.ron",
    "models/deepseek.ron",
    "models/google.ron",
    "models/huggingface.ron",
    "models/ibm.ron",
    "models/inclusion-ai.ron",
    "models/internlm.ron",
    "models/lg.ron",
    "models/meta.ron",
    "models/microsoft.ron",
    "models/minimax.ron",
    "models/mistral.ron",
    "models/moonshot.ron",
    "models/nvidia.ron",
    "models/openai.ron",
    "models/qwen.ron",
    "models/rednote.ron",
    "models/swiss-ai.ron",
    "models/tencent.ron",
    "models/tii.ron",
    "models/tinyllama.ron",
    "models/upstage.ron",
    "models/zai.ron",
];

/// Where figures come from.
pub(super) const SOURCES: &[Embedded] = embedded!["model_sources.ron", "sources.ron"];

/// What systems keep for themselves.
pub(super) const MEMORY_LIMITS: Embedded =
    ("<built-in>/memory_limits.ron", include_str!("../../assets/catalog/memory_limits.ron"));

macro_rules! presets {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../presets/", $name, ".ron")))),*]
    };
}

/// Files of `presets`, by name without ending, in the order they are offered.
pub(super) const PRESETS: &[Embedded] = presets![
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
