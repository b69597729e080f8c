//! Towers of one family each: those of Llama, Gemma, Mistral, Ovis, Step, Molmo and LFM.

use super::Wrapper;
use super::parts::{Defaults, Wide, linear, plain_layer, widths};
use super::usual::{PIXTRAL, hidden_of, pixtral};

/// Parameters of such a tower with its projector; `None` for another class.
pub(super) fn parameters(wrapper: &Wrapper<'_>) -> Option<u128> {
    let Wrapper { kind, outer, vision, out, .. } = *wrapper;
    let given = vision?;
    Some(match kind {
        "gemma4" => gemma4(given, out),
        "gemma4_unified" => gemma4_unified(given, out),
        "llama4" => llama4(given, out),
        "mllama" => mllama(given, out),
        "lfm2_vl" => lfm2(given, outer, out),
        "lfm3_vl" => lfm3(given, outer, out),
        "mistral3" | "lighton_ocr" | "mistral_large4" => mistral(given, outer, out),
        "molmo2" => molmo(given, outer, out),
        "ovis2" => ovis(given, outer, out),
        "step3p7" => step(given, outer, out),
        _ => return None,
    })
}

/// `Gemma4VisionModel`: a table of positions for each direction, four norms a layer, heads normed.
fn gemma4(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 768, width: 3072, layers: 16, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let head = given.or("head_dim", 64);
    let heads = given.or("num_attention_heads", 12);
    let kept = 2 * head * given.or("num_key_value_heads", heads);
    let layer = hidden * (2 * head * heads + kept) + 2 * head + 3 * hidden * width + 4 * hidden;
    let patches = 2 * given.or("position_embedding_size", 10_240) * hidden + 3 * patch * patch * hidden;
    patches + layers * layer + hidden * out
}

/// `Gemma4UnifiedVisionEmbedder`: no layers; squares of patches are normed and projected.
fn gemma4_unified(given: Wide<'_>, out: u128) -> u128 {
    let side = given.or("patch_size", 16) * given.few("pooling_kernel_size", 3);
    let (pixels, hidden) = (3 * side * side, given.or("mm_embed_dim", 3840));
    let places = 2 * given.or("mm_posemb_size", 1120) * hidden;
    2 * pixels + linear(pixels, hidden) + 4 * hidden + places + given.or("output_proj_dims", 3840) * out
}

/// `Llama4VisionModel`: squares of patches side by side into a network, then one matrix.
fn llama4(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 768, width: 5632, layers: 34, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let side = given.first("image_size").unwrap_or(448) / patch.max(1);
    let (inner, end) = (given.or("projector_input_dim", 4096), given.or("projector_output_dim", 4096));
    let patches = hidden + 3 * patch * patch * hidden + (side * side + 1) * hidden;
    let projector = width * inner + end * end + given.or("vision_output_dim", 7680) * out;
    patches + layers * plain_layer(hidden, width) + 4 * hidden + projector
}

/// `MllamaVisionModel`: positions for each arrangement of tiles, and layers that see all of them.
fn mllama(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1280, width: 5120, layers: 32, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let side = given.first("image_size").unwrap_or(448) / patch.max(1);
    let places = side * side + 1;
    let arrangements = 1 + given.entries("supported_aspect_ratios").unwrap_or(8);
    let of_tiles = arrangements * given.few("max_num_tiles", 4) * hidden;
    let positions = places * hidden + places * of_tiles + 2 * of_tiles + 3;
    let layer = plain_layer(hidden, width) - 4 * hidden;
    let global = given.or("num_global_layers", 8).min(1024) * (layer + 2);
    let patches = hidden + 3 * patch * patch * hidden + positions;
    patches + layers * layer + global + 4 * hidden + linear(given.or("vision_output_dim", 7680), out)
}

/// `Siglip2VisionModel` of LFM2-VL, with the head that it keeps.
fn lfm2(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 768, width: 3072, layers: 12, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let layer = plain_layer(hidden, width);
    // The head is a query, attention and a network with one norm.
    let head = if given.flag("vision_use_head", true) { hidden + layer - 2 * hidden } else { 0 };
    let merged = hidden * 4;
    let inner = outer.or("projector_hidden_size", 2560);
    let projector = 2 * merged + linear(merged, inner) + linear(inner, out);
    let patches = linear(3 * patch * patch, hidden) + given.or("num_patches", 256) * hidden;
    patches + layers * layer + 2 * hidden + head + projector
}

/// `Lfm3VlVisionModel`: layers of short convolutions over the image, and of attention with normed heads.
fn lfm3(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1024, width: 2560, layers: 14, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let heads = given.or("num_attention_heads", 16).max(1);
    let head = hidden / heads;
    let kept = head * given.or("num_key_value_heads", 8);
    let attending = given.words("layer_types", "full_attention").unwrap_or(6).min(layers);
    let attention = 2 * hidden * hidden + 2 * hidden * kept + 2 * head;
    let convolution = 4 * hidden * hidden + given.few("conv_kernel_size", 3).pow(2) * hidden;
    let each = 3 * hidden * width + 2 * hidden;
    let patches = 3 * given.few("temporal_patch_size", 2) * patch * patch * hidden + hidden;
    let joined = hidden * given.few("spatial_merge_size", 2).pow(2);
    let inner = outer.or("projector_hidden_size", 4096);
    let biases = if outer.flag("projector_bias", true) { inner + out } else { 0 };
    let projector = 2 * hidden + joined * inner + inner * out + biases;
    patches + layers * each + attending * attention + (layers - attending) * convolution + projector
}

/// Pixtral of Mistral Small 3 and later: patches are normed and joined before they are projected.
fn mistral(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let hidden = hidden_of(given, &PIXTRAL);
    let joined = hidden * outer.few("spatial_merge_size", 2).pow(2);
    let biases = if outer.flag("multimodal_projector_bias", false) { 2 * out } else { 0 };
    pixtral(given) + hidden + joined * hidden + hidden * out + out * out + biases
}

/// `Molmo2VisionModel`: patches of several layers side by side, pooled by attention, then a gated network.
fn molmo(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1152, width: 4304, layers: 25, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let adapter = outer.part("adapter_config");
    let of = |key: &str, default: u128| adapter.map_or(default, |part| part.or(key, default));
    let seen = adapter.and_then(|part| part.entries("vision_feature_layer")).unwrap_or(2) * hidden;
    let (pooled, inner) = (of("hidden_size", 1152), of("intermediate_size", 18_944));
    let pooling = 3 * linear(seen, pooled) + linear(pooled, pooled);
    let projector = 2 * pooled * inner + inner * of("text_hidden_size", out);
    let patches = given.or("num_position_embeddings", 729) * hidden + linear(3 * patch * patch, hidden);
    patches + layers * plain_layer(hidden, width) + pooling + projector
}

/// `Ovis2VisionModel`: an image's tokens are rows of a table, by how likely each is.
fn ovis(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1024, width: 2816, layers: 24, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let side = given.first("image_size").unwrap_or(224) / patch.max(1);
    let words = given.or("vocab_size", 16_384);
    let likely = words.saturating_sub(given.or("num_visual_indicator_tokens", 5));
    let joined = hidden * given.few("hidden_stride", 1).pow(2);
    let attention = if given.flag("qkv_bias", false) { 4 * hidden } else { 0 };
    let network = if given.flag("mlp_bias", false) { 2 * width + hidden } else { 0 };
    let layer = 4 * hidden * hidden + attention + 3 * hidden * width + network + 2 * hidden;
    let patches = linear(3 * patch * patch, hidden) + side * side * hidden + hidden;
    patches + layers * layer + hidden + joined * likely + 2 * likely + words * outer.or("hidden_size", out)
}

/// `Step3p5VisionModel`: scales of what each layer adds, and two convolutions that halve each side.
fn step(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1536, width: 8960, layers: 47, patch: 14 };
    let [hidden, _, layers, patch] = widths(given, &class);
    // Its class takes no width from the file, but a ratio.
    let width = given.scaled(hidden, ("mlp_ratio", 8960.0 / 1536.0));
    let places = given.or("max_position_embeddings", 2704);
    let halves = linear(9 * hidden, 2 * hidden) + linear(18 * hidden, 4 * hidden);
    let bias = if outer.flag("projector_bias", false) { out } else { 0 };
    let patches = 3 * patch * patch * hidden + places * hidden + 2 * hidden;
    patches + layers * (plain_layer(hidden, width) + 2 * hidden) + halves + 4 * hidden * out + bias
}
