//! What sees or hears in a wrapper, where its class is known: its parameters, with what projects from it.

use serde_json::Value;

use super::sketch::Given;
use super::tower_parts::{Defaults, Wide, linear, plain_layer, widths};
use super::tower_usual as usual;

/// Parameters of the tower and its projector; `None` where its class is not one of those that are known.
pub(super) fn parameters(document: &Value, inner: &Value) -> Option<u64> {
    let part = |key: &str| document.get(key).filter(|part| part.is_object()).map(|part| Wide(Given(part)));
    let out = Wide(Given(inner)).n("hidden_size")?;
    // Each width is below a million, so that no product here is beyond 128 bits.
    let counted = match document.get("model_type")?.as_str()? {
        "qwen3_vl" | "qwen3_vl_moe" | "qwen3_5" | "qwen3_5_moe" => Some(qwen3(part("vision_config")?, out)),
        "qwen2_5_vl" => Some(qwen2_5(part("vision_config")?, out)),
        "kimi_k25" => Some(kimi(part("vision_config")?, out)),
        "lfm2_vl" => Some(lfm2(part("vision_config")?, Wide(Given(document)), out)),
        "mistral3" => Some(pixtral(part("vision_config")?, Wide(Given(document)), out)),
        "gemma3" => Some(gemma3(part("vision_config")?, out)),
        "idefics3" | "smolvlm" => Some(usual::idefics3(part("vision_config")?, Wide(Given(document)), out)),
        "internvl" | "internvl_chat" => Some(usual::intern(part("vision_config")?, out)),
        "llava" => usual::llava(part("vision_config")?, out, false),
        "llava_next" | "llava_next_video" | "llava_onevision" => {
            usual::llava(part("vision_config")?, out, true)
        }
        "paligemma" => usual::paligemma(part("vision_config")?, out),
        "voxtral" => Some(voxtral(part("audio_config")?, out)),
        _ => None,
    };
    u64::try_from(counted?).ok().filter(|count| *count < 1 << 53)
}

/// `Qwen3VLVisionModel`: learnt positions, and projectors from several depths.
fn qwen3(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let (frames, merge) = (given.or("temporal_patch_size", 2), given.or("spatial_merge_size", 2));
    let out = given.or("out_hidden_size", out);
    let merged = hidden * merge * merge;
    let depths = given.0.numbers("deepstack_visual_indexes").map_or(3, |list| list.len() as u128);
    let projector = |norm: u128| 2 * norm + linear(merged, merged) + linear(merged, out);
    let patches =
        linear(3 * frames * patch * patch, hidden) + given.or("num_position_embeddings", 2304) * hidden;
    patches + layers * plain_layer(hidden, width) + projector(hidden) + depths * projector(merged)
}

/// `Qwen2_5_VisionTransformerPretrainedModel`: a gated network, norms without biases.
fn qwen2_5(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1280, width: 3420, layers: 32, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let (frames, merge) = (given.or("temporal_patch_size", 2), given.or("spatial_merge_size", 2));
    let merged = hidden * merge * merge;
    let layer = 4 * (hidden * hidden + hidden) + 3 * hidden * width + 2 * width + hidden + 2 * hidden;
    let out = given.or("out_hidden_size", out);
    let projector = hidden + linear(merged, merged) + linear(merged, out);
    3 * frames * patch * patch * hidden + layers * layer + projector
}

/// `Kimi_K25VisionModel`.
fn kimi(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let places = given.or("pos_emb_height", 64) * given.or("pos_emb_width", 64);
    let merged = 4 * hidden;
    let projector = 2 * hidden + linear(merged, merged) + linear(merged, out);
    let patches = linear(3 * patch * patch, hidden) + places * hidden;
    patches + layers * plain_layer(hidden, width) + 2 * hidden + projector
}

/// `Siglip2VisionModel` of LFM2-VL, with the head that it keeps.
fn lfm2(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 768, width: 3072, layers: 12, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let layer = plain_layer(hidden, width);
    // The head is a query, attention and a network with one norm.
    let head = if given.0.flag("vision_use_head", true) { hidden + layer - 2 * hidden } else { 0 };
    let merged = hidden * 4;
    let inner = outer.or("projector_hidden_size", 2560);
    let projector = 2 * merged + linear(merged, inner) + linear(inner, out);
    let patches = linear(3 * patch * patch, hidden) + given.or("num_patches", 256) * hidden;
    patches + layers * layer + 2 * hidden + head + projector
}

/// `PixtralVisionModel` of Mistral Small 3: no biases, one norm each, patches merged before they are projected.
fn pixtral(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1024, width: 4096, layers: 24, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let merge = outer.or("spatial_merge_size", 2);
    let layer = 4 * hidden * hidden + 3 * hidden * width + 2 * hidden;
    let projector = hidden + hidden * merge * merge * hidden + hidden * out + out * out;
    3 * patch * patch * hidden + hidden + layers * layer + projector
}

/// `SiglipVisionModel` of Gemma 3: a norm and one matrix project.
fn gemma3(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let side = given.or("image_size", 896) / patch.max(1);
    let patches = linear(3 * patch * patch, hidden) + side * side * hidden;
    patches + layers * plain_layer(hidden, width) + 2 * hidden + hidden + hidden * out
}

/// `VoxtralEncoder`: Whisper's, whose keys have no bias; four frames are projected together.
fn voxtral(given: Wide<'_>, out: u128) -> u128 {
    let class = Defaults { hidden: 1280, width: 5120, layers: 32, patch: 0 };
    let [hidden, width, layers, _] = widths(given, &class);
    let (bins, places) = (given.or("num_mel_bins", 128), given.or("max_source_positions", 1500));
    let convolutions = linear(3 * bins, hidden) + linear(3 * hidden, hidden);
    let layer = plain_layer(hidden, width) - hidden;
    let projector = width * out + out * out;
    convolutions + places * hidden + layers * layer + 2 * hidden + projector
}
