//! Every model type that is known, as Transformers' configuration classes have it.

use super::family::{Family, Heads, QkNorm, Shape};
use super::sketch::is_class;
use crate::spec::NormStyle;

/// What most families share: Llama.
const LLAMA: Family = Family {
    model_type: "llama",
    architecture: "llama",
    publisher: "Meta",
    shape: Shape::Dense,
    norms: NormStyle::Pre,
    tied: false,
    qkv_bias: false,
    output_bias: true,
    qk_norm: QkNorm::None,
    global_every: None,
    kv_heads: Heads::All,
    head: None,
    gated: true,
    indexed: false,
};

const QWEN2: Family = Family {
    model_type: "qwen2",
    architecture: "qwen2",
    publisher: "Alibaba",
    qkv_bias: true,
    output_bias: false,
    ..LLAMA
};

const GEMMA: Family = Family {
    model_type: "gemma",
    architecture: "gemma",
    publisher: "Google",
    tied: true,
    head: Some(256),
    kv_heads: Heads::Fixed(16),
    ..LLAMA
};

const GEMMA3: Family = Family {
    model_type: "gemma3_text",
    architecture: "gemma3",
    norms: NormStyle::PreAndPost,
    qk_norm: QkNorm::Head,
    global_every: Some(6),
    kv_heads: Heads::Fixed(4),
    ..GEMMA
};

const DEEPSEEK: Family = Family {
    model_type: "deepseek_v3",
    architecture: "deepseek2",
    publisher: "DeepSeek",
    shape: Shape::Latent,
    ..LLAMA
};

const COHERE: Family = Family {
    model_type: "cohere",
    architecture: "command-r",
    publisher: "Cohere",
    norms: NormStyle::Shared,
    qk_norm: QkNorm::WideIfAsked,
    tied: true,
    ..LLAMA
};

const QWEN3: Family = Family {
    model_type: "qwen3",
    architecture: "qwen3",
    qkv_bias: false,
    output_bias: true,
    qk_norm: QkNorm::Head,
    head: Some(128),
    ..QWEN2
};

const QWEN3_MOE: Family = Family {
    model_type: "qwen3_moe",
    architecture: "qwen3moe",
    shape: Shape::Experts,
    head: None,
    kv_heads: Heads::Fixed(4),
    ..QWEN3
};

const QWEN3_NEXT: Family = Family {
    model_type: "qwen3_next",
    architecture: "qwen3next",
    shape: Shape::Delta,
    head: Some(256),
    kv_heads: Heads::Fixed(2),
    ..QWEN3
};

const QWEN35: Family = Family { model_type: "qwen3_5", architecture: "qwen35", ..QWEN3_NEXT };

const QWEN35_MOE: Family = Family { model_type: "qwen3_5_moe", architecture: "qwen35moe", ..QWEN3_NEXT };

const OLMO2: Family = Family {
    model_type: "olmo2",
    architecture: "olmo2",
    publisher: "Ai2",
    norms: NormStyle::Post,
    qk_norm: QkNorm::Wide,
    ..LLAMA
};

const EXAONE4: Family = Family {
    model_type: "exaone4",
    architecture: "exaone4",
    publisher: "LG AI Research",
    norms: NormStyle::Post,
    qk_norm: QkNorm::Head,
    global_every: Some(4),
    ..LLAMA
};

const GEMMA4: Family = Family { model_type: "gemma4_text", architecture: "gemma4", ..GEMMA3 };

const LLAMA4: Family = Family {
    model_type: "llama4_text",
    architecture: "llama4",
    shape: Shape::Experts,
    kv_heads: Heads::Fixed(8),
    head: Some(128),
    global_every: Some(4),
    ..LLAMA
};

const MISTRAL: Family =
    Family { model_type: "mistral", publisher: "Mistral AI", kv_heads: Heads::Fixed(8), ..LLAMA };

const MINIMAX_M3: Family = Family {
    model_type: "minimax_m3",
    architecture: "minimax-m3",
    publisher: "MiniMax",
    shape: Shape::Experts,
    qk_norm: QkNorm::Head,
    indexed: true,
    ..LLAMA
};

const GLM4: Family = Family {
    model_type: "glm4",
    architecture: "glm4",
    publisher: "Z.ai",
    norms: NormStyle::PreAndPost,
    output_bias: false,
    kv_heads: Heads::Fixed(2),
    head: Some(128),
    ..LLAMA
};

const GLM4V: Family = Family { model_type: "glm4v", qkv_bias: true, head: None, ..GLM4 };

const GLM4_MOE: Family = Family {
    model_type: "glm4_moe",
    architecture: "glm4moe",
    publisher: "Z.ai",
    shape: Shape::Experts,
    qk_norm: QkNorm::HeadIfAsked,
    output_bias: false,
    kv_heads: Heads::Fixed(8),
    ..LLAMA
};

const APERTUS: Family = Family {
    model_type: "apertus",
    architecture: "apertus",
    publisher: "Swiss AI",
    qk_norm: QkNorm::Head,
    gated: false,
    ..LLAMA
};

const ERNIE45: Family =
    Family { model_type: "ernie4_5", architecture: "ernie4_5", publisher: "Baidu", tied: true, ..LLAMA };

const HUNYUAN: Family = Family {
    model_type: "hunyuan_v1_dense",
    architecture: "hunyuan-dense",
    publisher: "Tencent",
    qk_norm: QkNorm::Head,
    ..LLAMA
};

const GRANITE: Family = Family { model_type: "granite", architecture: "granite", publisher: "IBM", ..LLAMA };

/// Every model type that is known, by name.
const FAMILIES: [Family; 104] = [
    APERTUS,
    Family { model_type: "apertus1p5", ..APERTUS },
    Family { model_type: "apertus1p5_text", ..APERTUS },
    Family { model_type: "arcee", architecture: "arcee", publisher: "Arcee AI", gated: false, ..LLAMA },
    Family {
        model_type: "bailing_moe_v2",
        architecture: "bailingmoe2",
        publisher: "Inclusion AI",
        shape: Shape::Experts,
        qk_norm: QkNorm::HeadUnlessNot,
        output_bias: false,
        ..LLAMA
    },
    Family {
        model_type: "chatglm",
        architecture: "chatglm",
        publisher: "Z.ai",
        output_bias: false,
        qkv_bias: true,
        ..LLAMA
    },
    COHERE,
    Family { model_type: "cohere2", architecture: "cohere2", global_every: Some(4), ..COHERE },
    Family { model_type: "deepseek_v2", ..DEEPSEEK },
    DEEPSEEK,
    Family { model_type: "deepseek_v32", architecture: "deepseek32", indexed: true, ..DEEPSEEK },
    Family {
        model_type: "dots1",
        architecture: "dots1",
        publisher: "rednote",
        shape: Shape::Experts,
        qk_norm: QkNorm::Head,
        ..LLAMA
    },
    // Qwen 2 under what sees.
    Family { model_type: "dots_ocr", publisher: "rednote", ..QWEN2 },
    ERNIE45,
    Family {
        model_type: "ernie4_5_moe",
        architecture: "ernie4_5-moe",
        publisher: "Baidu",
        shape: Shape::Experts,
        tied: true,
        kv_heads: Heads::Fixed(4),
        ..LLAMA
    },
    Family { model_type: "exaone", architecture: "exaone", publisher: "LG AI Research", ..LLAMA },
    EXAONE4,
    Family { model_type: "exaone4_5", ..EXAONE4 },
    Family { model_type: "exaone4_5_text", ..EXAONE4 },
    Family {
        model_type: "exaone_moe",
        architecture: "exaone-moe",
        shape: Shape::Experts,
        norms: NormStyle::Pre,
        ..EXAONE4
    },
    Family {
        model_type: "falcon_h1",
        architecture: "falcon-h1",
        publisher: "TII",
        shape: Shape::Parallel,
        kv_heads: Heads::Fixed(8),
        ..LLAMA
    },
    GEMMA,
    Family {
        model_type: "gemma2",
        architecture: "gemma2",
        norms: NormStyle::PreAndPost,
        global_every: Some(2),
        kv_heads: Heads::Fixed(4),
        ..GEMMA
    },
    Family { model_type: "gemma3", ..GEMMA3 },
    GEMMA3,
    Family { model_type: "gemma4", ..GEMMA4 },
    GEMMA4,
    Family { model_type: "gemma4_unified", ..GEMMA4 },
    Family { model_type: "gemma4_unified_text", ..GEMMA4 },
    GLM4,
    GLM4_MOE,
    Family { model_type: "glm46v", ..GLM4V },
    GLM4V,
    Family { model_type: "glm4v_moe", qkv_bias: true, ..GLM4_MOE },
    Family { model_type: "glm4v_moe_text", qkv_bias: true, ..GLM4_MOE },
    Family { model_type: "glm4v_text", ..GLM4V },
    Family {
        model_type: "glm_moe_dsa",
        architecture: "glm-dsa",
        publisher: "Z.ai",
        indexed: true,
        ..DEEPSEEK
    },
    Family { model_type: "glm4_moe_lite", publisher: "Z.ai", ..DEEPSEEK },
    Family {
        model_type: "gpt_oss",
        architecture: "gpt-oss",
        publisher: "OpenAI",
        shape: Shape::Experts,
        qkv_bias: true,
        global_every: Some(2),
        kv_heads: Heads::Fixed(8),
        head: Some(64),
        ..LLAMA
    },
    Family { model_type: "glm_ocr", head: None, kv_heads: Heads::Fixed(8), ..GLM4 },
    Family { model_type: "glm_ocr_text", head: None, kv_heads: Heads::Fixed(8), ..GLM4 },
    GRANITE,
    Family { model_type: "granite4_vision", ..GRANITE },
    Family { model_type: "granite4_vision_text", ..GRANITE },
    Family { model_type: "granite_docling", tied: true, ..GRANITE },
    Family { model_type: "granite_docling_text", tied: true, ..GRANITE },
    Family { model_type: "granitemoe", architecture: "granitemoe", shape: Shape::Experts, ..GRANITE },
    Family { model_type: "granitemoehybrid", architecture: "granitehybrid", shape: Shape::Mamba, ..GRANITE },
    HUNYUAN,
    Family {
        model_type: "hunyuan_v1_moe",
        architecture: "hunyuan-moe",
        publisher: "Tencent",
        shape: Shape::Experts,
        qk_norm: QkNorm::Head,
        ..LLAMA
    },
    Family { model_type: "hunyuan_vl", tied: true, ..HUNYUAN },
    Family { model_type: "hunyuan_vl_text", tied: true, ..HUNYUAN },
    Family {
        model_type: "hy_v3",
        architecture: "hy-v3",
        publisher: "Tencent",
        shape: Shape::Experts,
        qk_norm: QkNorm::Head,
        ..LLAMA
    },
    Family { model_type: "internlm2", architecture: "internlm2", publisher: "Shanghai AI Lab", ..LLAMA },
    Family { model_type: "internlm3", publisher: "Shanghai AI Lab", ..LLAMA },
    Family { model_type: "iquestcoder", publisher: "IQuest", head: Some(128), ..LLAMA },
    Family { model_type: "kimi_k2", publisher: "Moonshot AI", ..DEEPSEEK },
    LLAMA,
    Family { model_type: "llama4", ..LLAMA4 },
    LLAMA4,
    Family { model_type: "mimo", architecture: "mimo", publisher: "Xiaomi", output_bias: false, ..LLAMA },
    Family {
        model_type: "minimax_m2",
        architecture: "minimax-m2",
        publisher: "MiniMax",
        shape: Shape::Experts,
        qk_norm: QkNorm::Wide,
        ..LLAMA
    },
    MINIMAX_M3,
    Family { model_type: "minimax_m3_vl", ..MINIMAX_M3 },
    Family { model_type: "minimax_m3_vl_text", ..MINIMAX_M3 },
    Family { model_type: "ministral3", architecture: "mistral3", ..MISTRAL },
    MISTRAL,
    Family { model_type: "mistral4", architecture: "mistral4", publisher: "Mistral AI", ..DEEPSEEK },
    Family {
        model_type: "mixtral",
        publisher: "Mistral AI",
        shape: Shape::Experts,
        kv_heads: Heads::Fixed(8),
        ..LLAMA
    },
    Family {
        model_type: "nemotron_h",
        architecture: "nemotron_h_moe",
        publisher: "NVIDIA",
        shape: Shape::Nemotron,
        kv_heads: Heads::Fixed(8),
        head: Some(128),
        ..LLAMA
    },
    OLMO2,
    Family { model_type: "olmo3", global_every: Some(4), ..OLMO2 },
    Family { model_type: "paddleocr_vl", kv_heads: Heads::Fixed(2), head: Some(128), ..ERNIE45 },
    Family { model_type: "paddleocr_vl_text", kv_heads: Heads::Fixed(2), head: Some(128), ..ERNIE45 },
    Family { model_type: "phi3", architecture: "phi3", publisher: "Microsoft", ..LLAMA },
    Family { model_type: "phi3_v", architecture: "phi3", publisher: "Microsoft", ..LLAMA },
    Family { model_type: "phi4_multimodal", architecture: "phi3", publisher: "Microsoft", ..LLAMA },
    // Its adapters for images and speech are said, and not counted.
    Family { model_type: "phi4mm", architecture: "phi3", publisher: "Microsoft", tied: true, ..LLAMA },
    QWEN2,
    Family { model_type: "qwen2_5_omni_text", architecture: "qwen2vl", ..QWEN2 },
    Family { model_type: "qwen2_5_vl", architecture: "qwen2vl", ..QWEN2 },
    Family { model_type: "qwen2_5_vl_text", architecture: "qwen2vl", ..QWEN2 },
    Family { model_type: "qwen2_moe", architecture: "qwen2moe", shape: Shape::Experts, ..QWEN2 },
    Family { model_type: "qwen2_vl", architecture: "qwen2vl", ..QWEN2 },
    Family { model_type: "qwen2_vl_text", architecture: "qwen2vl", ..QWEN2 },
    QWEN3,
    QWEN35,
    QWEN35_MOE,
    Family { model_type: "qwen3_5_moe_text", ..QWEN35_MOE },
    Family { model_type: "qwen3_5_text", ..QWEN35 },
    QWEN3_MOE,
    QWEN3_NEXT,
    Family { model_type: "qwen3_omni_moe", ..QWEN3_MOE },
    Family { model_type: "qwen3_omni_moe_text", ..QWEN3_MOE },
    Family { model_type: "qwen3_vl", architecture: "qwen3vl", ..QWEN3 },
    Family { model_type: "qwen3_vl_moe", architecture: "qwen3vlmoe", ..QWEN3_MOE },
    Family { model_type: "qwen3_vl_moe_text", architecture: "qwen3vlmoe", ..QWEN3_MOE },
    Family { model_type: "qwen3_vl_text", architecture: "qwen3vl", ..QWEN3 },
    Family { model_type: "sarvam_mla", publisher: "Sarvam AI", ..DEEPSEEK },
    Family {
        model_type: "sarvam_moe",
        publisher: "Sarvam AI",
        qk_norm: QkNorm::Head,
        head: None,
        ..GLM4_MOE
    },
    Family {
        model_type: "seed_oss",
        architecture: "seed_oss",
        publisher: "ByteDance",
        output_bias: false,
        ..LLAMA
    },
    Family {
        model_type: "smollm3",
        architecture: "smollm3",
        publisher: "Hugging Face",
        tied: true,
        kv_heads: Heads::Fixed(4),
        ..LLAMA
    },
    Family {
        model_type: "solar_open",
        architecture: "glm4moe",
        publisher: "Upstage",
        shape: Shape::Experts,
        output_bias: false,
        kv_heads: Heads::Fixed(8),
        head: Some(128),
        ..LLAMA
    },
    Family {
        model_type: "starcoder2",
        architecture: "starcoder2",
        publisher: "BigCode",
        gated: false,
        tied: true,
        kv_heads: Heads::Fixed(2),
        ..LLAMA
    },
];

/// A model type by its name.
pub(super) fn family(model_type: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.model_type == model_type)
}

/// Names of the model types that are known.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().map(|family| family.model_type)
}

/// The model type of a class, by its name.
pub(super) fn of_class(class: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| is_class(family.model_type, class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn model_types_are_unique() {
        let mut names: Vec<&str> = FAMILIES.iter().map(|family| family.model_type).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FAMILIES.len());
    }
}
