//! What an architecture of llama.cpp keeps for past tokens, where the settings of a file do not say it. Those whose
//! layers have records are here only where some of their files have others.

/// Which layers of an architecture look back no further than a window.
#[derive(Clone, Copy)]
pub(super) enum Windows {
    /// None.
    Never,
    /// All but the last of every so many, where the file does not list them.
    AllButLast(u32),
    /// All but the first of every so many, where the file does not list them.
    AllButFirst(u32),
    /// Those that the file lists.
    Listed,
    /// All that have keys.
    Everywhere,
}

/// What of an architecture its settings do not say.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    /// Layers with a window.
    pub windows: Windows,
    /// The window, where the program takes another than the file names; whether only where it names one.
    pub window: Option<(u64, bool)>,
    /// The first so many layers alone have keys of their own, where the file does not say how many share them.
    pub own_keys: Option<u64>,
    /// Of architectures with linear layers that have heads too: every how many layers one keeps keys.
    pub keys_every: Option<u32>,
}

/// Architectures that keep nothing: encoders, and those that write all of a text at once.
pub(super) const WITHOUT: [&str; 14] = [
    "bert",
    "dream",
    "eurobert",
    "gemma-embedding",
    "jina-bert-v2",
    "jina-bert-v3",
    "llada",
    "llada-moe",
    "modern-bert",
    "neo-bert",
    "nomic-bert",
    "nomic-bert-moe",
    "rnd1",
    "wavtokenizer-dec",
];

/// Architectures of which every layer with heads sees all tokens; layers without heads keep a state, or nothing.
const OVER_ALL: [&str; 63] = [
    "arctic",
    "arwkv7",
    "baichuan",
    "bailingmoe",
    "bailingmoe3",
    "bitnet",
    "bloom",
    "chameleon",
    "codeshell",
    "cogvlm",
    "dbrx",
    "deci",
    "deepseek",
    "deepseek2-ocr",
    "deepseek32",
    "deepseek4",
    "falcon",
    "glm-dsa",
    "glm5-next",
    "gpt2",
    "gptneox",
    "grok",
    "grovemoe",
    "hunyuan_vl",
    "hy_v3",
    "hy_v4",
    "jais",
    "jais2",
    "jamba",
    "kimi-k3",
    "kimi-linear",
    "lfm2moe",
    "llama-embed",
    "maincoder",
    "mamba",
    "mamba2",
    "minicpm",
    "minicpm3",
    "minimax-m3",
    "mistral4",
    "mpt",
    "nemotron",
    "nemotron_h",
    "nemotron_h_moe",
    "olmo",
    "olmoe",
    "openelm",
    "orion",
    "paddleocr",
    "pangu-embedded",
    "phi2",
    "phimoe",
    "plamo",
    "plamo2",
    "plm",
    "qwen",
    "refact",
    "rwkv6",
    "rwkv6qwen2",
    "rwkv7",
    "stablelm",
    "starcoder",
    "xverse",
];

/// The rule of an architecture, `None` where it is not known.
pub(super) fn rule(architecture: &str) -> Option<Rule> {
    let windows = match architecture {
        name if OVER_ALL.contains(&name) => Windows::Never,
        "gemma4" | "granite_swa" | "maple" | "mimo2" | "spark2_5" | "step35" => Windows::Listed,
        "afmoe" | "exaone-moe" | "llama4" | "mellum" | "muse-glimmer" => Windows::AllButLast(4),
        "gemma3n" => Windows::AllButLast(5),
        "plamo3" => Windows::AllButLast(8),
        "cohere2moe" | "laguna" | "smallthinker" => Windows::AllButFirst(4),
        "lfm2" => Windows::Everywhere,
        // Of DeepSeek the files from before latent vectors were kept.
        "deepseek2" | "minimax-01" => Windows::Never,
        _ => return None,
    };
    Some(Rule {
        windows,
        window: match architecture {
            "llama4" => Some((8192, false)),
            "smallthinker" => Some((4096, true)),
            _ => None,
        },
        own_keys: (architecture == "gemma3n").then_some(20),
        keys_every: (architecture == "minimax-01").then_some(8),
    })
}

/// What is said of an architecture that writes no text token by token; `None` of those that do.
pub(super) fn other_use(architecture: &str) -> Option<&'static str> {
    match architecture {
        "dream" | "llada" | "llada-moe" | "rnd1" => Some(
            "A model that refines a whole text at once: it keeps no cache, and what is said of answers token by token does not apply",
        ),
        name if WITHOUT.contains(&name) => Some(
            "An encoder, as embedding models are: it writes no text, so that what is said of answers does not apply",
        ),
        _ => None,
    }
}
