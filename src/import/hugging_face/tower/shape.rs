//! The shape of what sees, which what it computes with follows from.

use super::Wrapper;
use crate::spec::Tower;

/// Tokens of a side of the image that llama.cpp provides memory for where a model takes images of any size
/// (`clip.cpp`, `set_warmup_n_tokens`).
const TOKENS: u32 = 46;
/// Pixels of a side of the square that Gemma 4's 280 tokens come of.
const GEMMA4: u32 = 800;

/// Whether a class cuts an image into tiles.
pub(super) fn is_tiled(kind: &str) -> bool {
    matches!(
        kind,
        "llava_next"
            | "llava_next_video"
            | "llava_onevision"
            | "idefics2"
            | "idefics3"
            | "smolvlm"
            | "internvl"
            | "internvl_chat"
            | "qianfan_ocr"
            | "llama4"
            | "aya_vision"
            | "cohere2_vision"
            | "aria"
            | "molmo2"
            | "ovis2"
            | "lfm2_vl"
            | "step3p7"
            | "minicpmv4_6"
            | "minicpmv4_7"
            | "minicpm_ocr"
    )
}

/// Whether a class takes images of any size, without cutting them.
fn is_free(kind: &str) -> bool {
    matches!(
        kind,
        "qwen2_vl"
            | "qwen2_5_vl"
            | "qwen2_5_omni"
            | "qwen2_5_omni_thinker"
            | "exaone4_5"
            | "hyperclovax_vision_v2"
            | "qwen3_vl"
            | "qwen3_vl_moe"
            | "qwen3_5"
            | "qwen3_5_moe"
            | "qwen3_omni_moe"
            | "qwen3_omni_moe_thinker"
            | "cosmos3_omni"
            | "glm4v"
            | "glm4v_moe"
            | "glm46v"
            | "glmga"
            | "glm_ocr"
            | "glm5_next"
            | "ernie4_5_vl_moe"
            | "kimi_k25"
            | "video_llama_3"
            | "paddleocr_vl"
    )
}

/// What a class takes where its configuration is silent; 0 where it has no such number, or it is not known.
#[derive(Default)]
struct Usual {
    hidden: u32,
    width: u32,
    heads: u32,
    patch: u32,
    image: u32,
}

/// The defaults of a wrapper's tower (Transformers 5.24); of Gemma 3 those that it is published with.
fn usual(wrapper: &Wrapper<'_>) -> Usual {
    let of = |[hidden, width, heads, patch, image]: [u32; 5]| Usual { hidden, width, heads, patch, image };
    let own = wrapper.vision.and_then(|given| given.text("model_type"));
    match (wrapper.kind, own) {
        ("gemma3" | "shieldgemma2", _) => of([1152, 4304, 16, 14, 896]),
        ("gemma4", _) => of([768, 3072, 12, 16, 0]),
        ("qwen2_vl", _) => of([1280, 5120, 16, 14, 0]),
        (
            "qwen2_5_vl" | "qwen2_5_omni" | "qwen2_5_omni_thinker" | "exaone4_5" | "hyperclovax_vision_v2",
            _,
        ) => of([3584, 3420, 16, 14, 0]),
        (
            "qwen3_vl"
            | "qwen3_vl_moe"
            | "qwen3_5"
            | "qwen3_5_moe"
            | "qwen3_omni_moe"
            | "qwen3_omni_moe_thinker"
            | "cosmos3_omni",
            _,
        ) => of([1152, 4304, 16, 16, 0]),
        ("kimi_k25", _) => of([1152, 4304, 16, 14, 0]),
        ("internvl" | "internvl_chat" | "qianfan_ocr", _) => of([1024, 4096, 16, 14, 448]),
        ("mistral3" | "lighton_ocr" | "mistral_large4", _) | (_, Some("pixtral")) => {
            of([1024, 4096, 16, 16, 1024])
        }
        ("llama4", _) => of([768, 5632, 16, 14, 448]),
        ("llava_onevision" | "paligemma" | "aya_vision" | "cohere2_vision" | "deepseek_vl", None)
        | (_, Some("siglip_vision_model")) => of([768, 3072, 12, 16, 224]),
        ("llava" | "llava_next" | "llava_next_video" | "vipllava", None) | (_, Some("clip_vision_model")) => {
            of([768, 3072, 12, 32, 224])
        }
        ("idefics2" | "idefics3" | "smolvlm" | "aria", _) => of([768, 3072, 12, 32, 224]),
        _ => Usual::default(),
    }
}

/// The shape of a wrapper's tower, where its class is a transformer over patches.
pub(super) fn shape(wrapper: &Wrapper<'_>) -> Option<Tower> {
    let given = wrapper.vision?;
    let narrow = |number: u128| u32::try_from(number).ok().filter(|number| *number > 0);
    let n = |keys: &[&str]| given.any(keys).and_then(narrow);
    let kind = wrapper.kind;
    // Tiles are seen together, or there are no layers.
    if matches!(kind, "mllama" | "gemma4_unified" | "video_llava") {
        return None;
    }
    let Usual { hidden: class, width, heads, patch, image } = usual(wrapper);
    let or = |keys: &[&str], class: u32| n(keys).or(Some(class)).filter(|number| *number > 0);
    let hidden =
        or(if kind == "qwen2_vl" { &["embed_dim"] } else { &["vt_hidden_size", "hidden_size"] }, class)?;
    let width = match kind {
        "qwen2_vl" => hidden.checked_mul(n(&["mlp_ratio"]).unwrap_or(4))?,
        "glm4v" | "glm4v_moe" | "glm46v" | "glmga" => or(&["out_hidden_size"], 4096)?,
        _ => or(&["vt_intermediate_size", "intermediate_size"], width)?,
    };
    let pixtral = given.text("model_type") == Some("pixtral")
        || matches!(kind, "mistral3" | "lighton_ocr" | "mistral_large4");
    let gated = pixtral
        || matches!(
            kind,
            "gemma4"
                | "ovis2"
                | "exaone4_5"
                | "hyperclovax_vision_v2"
                | "glm4v"
                | "glm4v_moe"
                | "glm46v"
                | "glmga"
                | "glm_ocr"
                | "glm5_next"
        )
        || kind.starts_with("qwen2_5_");
    let heads = or(&["vt_num_attention_heads", "num_heads", "num_attention_heads"], heads)?;
    let patch = or(&["patch_size"], patch)?;
    let merge = match kind {
        "gemma4" => n(&["pooling_kernel_size"]).unwrap_or(3),
        _ if pixtral => wrapper.outer.any(&["spatial_merge_size"]).and_then(narrow).unwrap_or(1),
        _ if is_free(kind) => n(&["spatial_merge_size", "merge_kernel_size"]).unwrap_or(2),
        _ => 1,
    };
    let step = patch.checked_mul(merge)?;
    let side = match kind {
        "gemma4" => GEMMA4,
        _ if is_free(kind) => step.checked_mul(TOKENS)?,
        _ => or(&["image_size", "max_image_size"], image)?,
    };
    let fixed = !(is_free(kind) || pixtral || matches!(kind, "minimax_m3_vl" | "hy_v4_vl"));
    Some(Tower { hidden, width, gated, heads, patch, merge, side, fixed })
}
