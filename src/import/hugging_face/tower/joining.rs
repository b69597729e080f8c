//! Towers that see an image of any size and join its patches by squares: those of Qwen, GLM, ERNIE, Kimi and their like.

use super::Wrapper;
use super::parts::{Defaults, Wide, gated, linear, plain_layer, widths};

/// Parameters of such a tower with its projector; `None` for another class.
pub(super) fn parameters(wrapper: &Wrapper<'_>) -> Option<u128> {
    let given = wrapper.vision?;
    let out = wrapper.out;
    Some(match wrapper.kind {
        "qwen2_vl" => qwen2(given, out),
        "qwen2_5_vl" | "qwen2_5_omni" | "qwen2_5_omni_thinker" => qwen2_5(given, None),
        "exaone4_5" => qwen2_5(given, Some(8)),
        "hyperclovax_vision_v2" => qwen2_5(given, None) + linear(given.or("out_hidden_size", 3584), out),
        "qwen3_vl" | "qwen3_vl_moe" | "qwen3_omni_moe" | "qwen3_omni_moe_thinker" | "cosmos3_omni" => {
            qwen3(given, 3)
        }
        // Of these nothing is projected from several depths.
        "qwen3_5" | "qwen3_5_moe" => qwen3(given, 0),
        "glm4v" | "glm4v_moe" | "glm46v" | "glmga" => glm4(given),
        "glm_ocr" => glm_normed(given, given.or("out_hidden_size", 1536) * given.few("in_channels", 3)),
        "glm5_next" => glm_normed(given, given.or("projection_intermediate_size", 10_240)),
        "ernie4_5_vl_moe" => ernie(given, out),
        "kimi_k25" => kimi(given, out),
        "minimax_m3_vl" => minimax(given, wrapper.outer, out),
        "hy_v4_vl" => hunyuan(given, out),
        _ => return None,
    })
}

/// Values of a patch of so many images.
const fn pixels(patch: u128, frames: u128) -> u128 {
    3 * frames * patch * patch
}

/// `Qwen2VisionTransformerPretrainedModel`: what it calls its width is that of the language model.
fn qwen2(given: Wide<'_>, out: u128) -> u128 {
    let hidden = given.or("embed_dim", 1280);
    let width = hidden * given.few("mlp_ratio", 4);
    let layers = given.or("depth", 32).min(1024);
    let patches =
        pixels(given.first("patch_size").unwrap_or(14), given.few("temporal_patch_size", 2)) * hidden;
    let merged = hidden * given.few("spatial_merge_size", 2).pow(2);
    let out = given.or("hidden_size", out);
    patches + layers * plain_layer(hidden, width) + 2 * hidden + linear(merged, merged) + linear(merged, out)
}

/// `Qwen2_5_VisionTransformerPretrainedModel`: a gated network, norms without biases. EXAONE's has fewer heads of keys.
fn qwen2_5(given: Wide<'_>, kv_heads: Option<u128>) -> u128 {
    let class = Defaults { hidden: 3584, width: 3420, layers: 32, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let heads = given.or("num_heads", 16).max(1);
    let kept = kv_heads.map_or(hidden, |usual| hidden / heads * given.or("num_key_value_heads", usual));
    let merged = hidden * given.few("spatial_merge_size", 2).pow(2);
    let layer = 2 * linear(hidden, hidden) + 2 * linear(hidden, kept) + gated(hidden, width) + 2 * hidden;
    let projector = hidden + linear(merged, merged) + linear(merged, given.or("out_hidden_size", 3584));
    pixels(patch, given.few("temporal_patch_size", 2)) * hidden + layers * layer + projector
}

/// `Qwen3VLVisionModel`: learnt positions, and projectors from several depths.
fn qwen3(given: Wide<'_>, depths: u128) -> u128 {
    let class = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let out = given.or("out_hidden_size", 3584);
    let merged = hidden * given.few("spatial_merge_size", 2).pow(2);
    let depths = if depths > 0 { given.entries("deepstack_visual_indexes").unwrap_or(depths) } else { 0 };
    let projector = |norm: u128| 2 * norm + linear(merged, merged) + linear(merged, out);
    let patches = linear(pixels(patch, given.few("temporal_patch_size", 2)), hidden)
        + given.or("num_position_embeddings", 2304) * hidden;
    patches + layers * plain_layer(hidden, width) + projector(hidden) + depths * projector(merged)
}

/// What GLM projects with: patches are joined by a convolution, then a matrix, a norm and a gated network.
fn glm_merger(given: Wide<'_>, hidden: u128, out: u128, width: u128) -> u128 {
    let joined = given.few("spatial_merge_size", 2).pow(2);
    linear(hidden * joined, out) + out * out + 2 * out + 3 * out * width
}

/// `Glm4vVisionModel`: its layers' networks are as wide as the language model.
fn glm4(given: Wide<'_>) -> u128 {
    let class = Defaults { hidden: 1536, width: 13_696, layers: 24, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let out = given.or("out_hidden_size", 4096);
    let side = given.first("image_size").unwrap_or(336) / patch.max(1);
    let biases = if given.flag("attention_bias", false) { 3 * hidden } else { 0 };
    let layer = 4 * hidden * hidden + biases + 3 * hidden * out + 2 * hidden;
    let patches = linear(pixels(patch, given.few("temporal_patch_size", 2)), hidden) + side * side * hidden;
    patches + layers * layer + 2 * hidden + glm_merger(given, hidden, out, width)
}

/// `GlmOcrVisionModel` and `Glm5NextVisionModel`: heads are normed, and positions are not learnt.
fn glm_normed(given: Wide<'_>, inner: u128) -> u128 {
    let class = Defaults { hidden: 1024, width: 4096, layers: 24, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let out = given.or("out_hidden_size", 1536);
    let head = hidden / given.or("num_heads", 16).max(1);
    let biases = if given.flag("attention_bias", true) { 5 * hidden + 2 * width } else { 0 };
    let layer = 4 * hidden * hidden + 3 * hidden * width + biases + 2 * head + 2 * hidden;
    let patches = linear(pixels(patch, given.few("temporal_patch_size", 2)), hidden);
    patches + layers * layer + hidden + glm_merger(given, hidden, out, inner)
}

/// `Ernie4_5_VLMoeVisionTransformerPretrainedModel`: patches are joined in space, then in time.
fn ernie(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1280, width: 5120, layers: 32, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let merged = hidden * given.few("spatial_merge_size", 2).pow(2);
    let frames = given.few("temporal_merge_size", 2);
    let step = |inputs: u128| linear(inputs, merged) + linear(merged, merged) + 2 * merged;
    let projector = step(merged) + step(merged * frames) + linear(merged, out) + out;
    pixels(patch, 1) * hidden + layers * plain_layer(hidden, width) + 2 * hidden + projector
}

/// `Kimi_K25VisionModel`.
fn kimi(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let places = given.or("pos_emb_height", 64) * given.or("pos_emb_width", 64);
    let merged = 4 * hidden;
    let projector = 2 * hidden + linear(merged, merged) + linear(merged, out);
    let patches = linear(pixels(patch, 1), hidden) + places * hidden;
    patches + layers * plain_layer(hidden, width) + 2 * hidden + projector
}

/// `MiniMaxM3VLVisionModel`: each patch is projected, then the joined ones.
fn minimax(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1280, width: 5120, layers: 32, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let inner = outer.or("projector_hidden_size", 6144);
    let merged = outer.or("merged_hidden_size", 24_576);
    let projector = linear(hidden, inner) + linear(inner, out) + linear(merged, inner) + linear(inner, out);
    let patches = pixels(patch, given.few("temporal_patch_size", 2)) * hidden;
    patches + layers * plain_layer(hidden, width) + 2 * hidden + projector
}

/// `HYV4VLVisionModel`: learnt positions of the largest image, and a mark at the end of a row.
fn hunyuan(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1536, width: 6144, layers: 40, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let out = given.or("out_hidden_size", out);
    let side = given.or("max_image_size", 2048) / patch.max(1);
    let joined = hidden * given.few("spatial_merge_size", 2).pow(2);
    let patches = linear(pixels(patch, 1), hidden) + (side * side + 1) * hidden;
    let projector = hidden + linear(joined, joined) + linear(joined, out) + out;
    patches + layers * plain_layer(hidden, width) + projector
}
