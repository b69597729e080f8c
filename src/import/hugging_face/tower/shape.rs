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
    let hidden = if kind == "qwen2_vl" { n(&["embed_dim"])? } else { n(&["vt_hidden_size", "hidden_size"])? };
    let width = match kind {
        "qwen2_vl" => hidden.checked_mul(n(&["mlp_ratio"]).unwrap_or(4))?,
        "glm4v" | "glm4v_moe" | "glm46v" | "glmga" => n(&["out_hidden_size"])?,
        _ => n(&["vt_intermediate_size", "intermediate_size"])?,
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
    let heads = n(&["vt_num_attention_heads", "num_heads", "num_attention_heads"])?;
    let patch = n(&["patch_size"])?;
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
        _ => n(&["image_size", "max_image_size"])?,
    };
    let fixed = !(is_free(kind) || pixtral || matches!(kind, "minimax_m3_vl" | "hy_v4_vl"));
    Some(Tower { hidden, width, gated, heads, patch, merge, side, fixed })
}
