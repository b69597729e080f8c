//! The architectures of llama.cpp whose layers the spec can express.

use crate::spec::NormStyle;

/// What sets one architecture of llama.cpp apart where tensors and settings do not tell.
pub(super) struct Architecture {
    /// As in `general.architecture`.
    pub name: &'static str,
    /// Which norms a layer has.
    pub norms: NormStyle,
    /// Where some layers have a sliding window: every how many layers one sees everything.
    pub global_every: Option<u32>,
}

/// Builds one row of the table.
const fn row(name: &'static str, norms: NormStyle, global_every: Option<u32>) -> Architecture {
    Architecture { name, norms, global_every }
}

/// The architectures whose layers the spec can express.
pub(super) const KNOWN: [Architecture; 44] = [
    row("apertus", NormStyle::Pre, None),
    row("arcee", NormStyle::Pre, None),
    row("bailingmoe2", NormStyle::Pre, None),
    row("chatglm", NormStyle::Pre, None),
    row("cohere2", NormStyle::Shared, Some(4)),
    row("command-r", NormStyle::Shared, None),
    row("deepseek2", NormStyle::Pre, None),
    row("dots1", NormStyle::Pre, None),
    row("ernie4_5", NormStyle::Pre, None),
    row("ernie4_5-moe", NormStyle::Pre, None),
    row("exaone", NormStyle::Pre, None),
    row("exaone4", NormStyle::Post, Some(4)),
    row("falcon-h1", NormStyle::Pre, None),
    row("gemma", NormStyle::Pre, None),
    row("gemma2", NormStyle::PreAndPost, Some(2)),
    row("gemma3", NormStyle::PreAndPost, Some(6)),
    row("gemma4", NormStyle::PreAndPost, Some(6)),
    row("glm4", NormStyle::PreAndPost, None),
    row("glm4moe", NormStyle::Pre, None),
    row("gpt-oss", NormStyle::Pre, Some(2)),
    row("granite", NormStyle::Pre, None),
    row("granitehybrid", NormStyle::Pre, None),
    row("granitemoe", NormStyle::Pre, None),
    row("hunyuan-dense", NormStyle::Pre, None),
    row("hunyuan-moe", NormStyle::Pre, None),
    row("internlm2", NormStyle::Pre, None),
    row("llama", NormStyle::Pre, None),
    row("minimax-m2", NormStyle::Pre, None),
    row("mistral3", NormStyle::Pre, None),
    row("olmo2", NormStyle::Post, Some(4)),
    row("phi3", NormStyle::Pre, None),
    row("qwen2", NormStyle::Pre, None),
    row("qwen2moe", NormStyle::Pre, None),
    row("qwen2vl", NormStyle::Pre, None),
    row("qwen3", NormStyle::Pre, None),
    row("qwen35", NormStyle::Pre, None),
    row("qwen35moe", NormStyle::Pre, None),
    row("qwen3moe", NormStyle::Pre, None),
    row("qwen3next", NormStyle::Pre, None),
    row("qwen3vl", NormStyle::Pre, None),
    row("qwen3vlmoe", NormStyle::Pre, None),
    row("seed_oss", NormStyle::Pre, None),
    row("smollm3", NormStyle::Pre, None),
    row("starcoder2", NormStyle::Pre, None),
];
