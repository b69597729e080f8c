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
    "models/bigcode.ron",
    "models/bytedance.ron",
    "models/cohere.ron",
    "models/deepseek.ron",
    "models/google.ron",
    "models/huggingface.ron",
    "models/ibm.ron",
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
    "models/tencent.ron",
    "models/tii.ron",
    "models/tinyllama.ron",
    "models/zai.ron",
];

/// Where figures come from.
pub(super) const SOURCES: &[Embedded] = embedded!["model_sources.ron", "sources.ron"];

/// What systems keep for themselves.
pub(super) const MEMORY_LIMITS: Embedded =
    ("<built-in>/memory_limits.ron", include_str!("../../assets/catalog/memory_limits.ron"));
