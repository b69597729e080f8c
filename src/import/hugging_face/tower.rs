//! What sees or hears in a wrapper, where its class is known: its parameters, with what projects from it.

use serde_json::Value;

use super::sketch::Given;

/// Keys that a configuration's class has defaults for (Transformers 5.24).
struct Defaults {
    hidden: u64,
    width: u64,
    layers: u64,
    patch: u64,
}

/// Parameters of the tower and its projector; `None` where its class is not one of those that are known.
pub(super) fn parameters(document: &Value, inner: &Value) -> Option<u64> {
    let part = |key: &str| document.get(key).filter(|part| part.is_object()).map(Given);
    let out = Given(inner).n("hidden_size")?;
    match document.get("model_type")?.as_str()? {
        "qwen3_vl" | "qwen3_vl_moe" | "qwen3_5" | "qwen3_5_moe" => qwen3(part("vision_config")?, out),
        "qwen2_5_vl" => qwen2_5(part("vision_config")?, out),
        "kimi_k25" => kimi(part("vision_config")?, out),
        "lfm2_vl" => lfm2(part("vision_config")?, Given(document), out),
        "mistral3" => pixtral(part("vision_config")?, Given(document), out),
        "gemma3" => gemma3(part("vision_config")?, out),
        "voxtral" => voxtral(part("audio_config")?, out),
        _ => None,
    }
}

/// A layer of a vision transformer with biases and two norms: four matrices of attention, two of its network.
const fn plain_layer(hidden: u64, width: u64) -> u64 {
    4 * (hidden * hidden + hidden) + hidden * width + width + width * hidden + hidden + 4 * hidden
}

/// A matrix with a bias.
const fn linear(inputs: u64, outputs: u64) -> u64 {
    inputs * outputs + outputs
}

/// Widths that a configuration gives, or its class.
fn widths(given: Given<'_>, class: &Defaults) -> [u64; 4] {
    let layers = given.n("depth").or_else(|| given.n("num_hidden_layers"));
    [
        given.or("hidden_size", class.hidden),
        given.or("intermediate_size", class.width),
        layers.unwrap_or(class.layers).min(1024),
        given.or("patch_size", class.patch),
    ]
}

/// `Qwen3VLVisionModel`: learnt positions, and projectors from several depths.
fn qwen3(given: Given<'_>, out: u64) -> Option<u64> {
    let class = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let (frames, merge) = (given.or("temporal_patch_size", 2), given.or("spatial_merge_size", 2));
    let out = given.or("out_hidden_size", out);
    let merged = hidden * merge * merge;
    let depths = given.numbers("deepstack_visual_indexes").map_or(3, |list| list.len() as u64);
    let projector = |norm: u64| 2 * norm + linear(merged, merged) + linear(merged, out);
    let patches =
        linear(3 * frames * patch * patch, hidden) + given.or("num_position_embeddings", 2304) * hidden;
    Some(patches + layers * plain_layer(hidden, width) + projector(hidden) + depths * projector(merged))
}

/// `Qwen2_5_VisionTransformerPretrainedModel`: a gated network, norms without biases.
fn qwen2_5(given: Given<'_>, out: u64) -> Option<u64> {
    let class = Defaults { hidden: 1280, width: 3420, layers: 32, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let (frames, merge) = (given.or("temporal_patch_size", 2), given.or("spatial_merge_size", 2));
    let merged = hidden * merge * merge;
    let layer = 4 * (hidden * hidden + hidden) + 3 * hidden * width + 2 * width + hidden + 2 * hidden;
    let out = given.or("out_hidden_size", out);
    let projector = hidden + linear(merged, merged) + linear(merged, out);
    Some(3 * frames * patch * patch * hidden + layers * layer + projector)
}

/// `Kimi_K25VisionModel`.
fn kimi(given: Given<'_>, out: u64) -> Option<u64> {
    let class = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let places = given.or("pos_emb_height", 64) * given.or("pos_emb_width", 64);
    let merged = 4 * hidden;
    let projector = 2 * hidden + linear(merged, merged) + linear(merged, out);
    let patches = linear(3 * patch * patch, hidden) + places * hidden;
    Some(patches + layers * plain_layer(hidden, width) + 2 * hidden + projector)
}

/// `Siglip2VisionModel` of LFM2-VL, with the head that it keeps.
fn lfm2(given: Given<'_>, outer: Given<'_>, out: u64) -> Option<u64> {
    let class = Defaults { hidden: 768, width: 3072, layers: 12, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let layer = plain_layer(hidden, width);
    // The head is a query, attention and a network with one norm.
    let head = if given.flag("vision_use_head", true) { hidden + layer - 2 * hidden } else { 0 };
    let merged = hidden * 4;
    let inner = outer.or("projector_hidden_size", 2560);
    let projector = 2 * merged + linear(merged, inner) + linear(inner, out);
    let patches = linear(3 * patch * patch, hidden) + given.or("num_patches", 256) * hidden;
    Some(patches + layers * layer + 2 * hidden + head + projector)
}

/// `PixtralVisionModel` of Mistral Small 3: no biases, one norm each, patches merged before they are projected.
fn pixtral(given: Given<'_>, outer: Given<'_>, out: u64) -> Option<u64> {
    let class = Defaults { hidden: 1024, width: 4096, layers: 24, patch: 16 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let merge = outer.or("spatial_merge_size", 2);
    let layer = 4 * hidden * hidden + 3 * hidden * width + 2 * hidden;
    let projector = hidden + hidden * merge * merge * hidden + hidden * out + out * out;
    Some(3 * patch * patch * hidden + hidden + layers * layer + projector)
}

/// `SiglipVisionModel` of Gemma 3: a norm and one matrix project.
fn gemma3(given: Given<'_>, out: u64) -> Option<u64> {
    let class = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 14 };
    let [hidden, width, layers, patch] = widths(given, &class);
    let side = given.or("image_size", 896) / patch.max(1);
    let patches = linear(3 * patch * patch, hidden) + side * side * hidden;
    Some(patches + layers * plain_layer(hidden, width) + 2 * hidden + hidden + hidden * out)
}

/// `VoxtralEncoder`: Whisper's, whose keys have no bias; four frames are projected together.
fn voxtral(given: Given<'_>, out: u64) -> Option<u64> {
    let class = Defaults { hidden: 1280, width: 5120, layers: 32, patch: 0 };
    let [hidden, width, layers, _] = widths(given, &class);
    let (bins, places) = (given.or("num_mel_bins", 128), given.or("max_source_positions", 1500));
    let convolutions = linear(3 * bins, hidden) + linear(3 * hidden, hidden);
    let layer = plain_layer(hidden, width) - hidden;
    let projector = width * out + out * out;
    Some(convolutions + places * hidden + layers * layer + 2 * hidden + projector)
}
