//! Towers of the usual kind: CLIP, SigLIP and InternViT, with what wrappers project from them.

use super::tower_parts::{Defaults, Wide, linear, plain_layer, widths};

const CLIP: Defaults = Defaults { hidden: 768, width: 3072, layers: 12, patch: 32 };
const SIGLIP: Defaults = Defaults { hidden: 768, width: 3072, layers: 12, patch: 16 };
const INTERN: Defaults = Defaults { hidden: 1024, width: 4096, layers: 24, patch: 14 };

/// Patches of a side of an image.
fn side(given: Wide<'_>, image: u128, patch: u128) -> u128 {
    given.first("image_size").unwrap_or(image) / patch.max(1)
}

/// `SiglipVisionModel` without a head.
fn siglip(given: Wide<'_>) -> u128 {
    let [hidden, width, layers, patch] = widths(given, &SIGLIP);
    let side = side(given, 224, patch);
    let patches = linear(3 * patch * patch, hidden) + side * side * hidden;
    patches + layers * plain_layer(hidden, width) + 2 * hidden
}

/// `CLIPVisionModel`: a token for the whole image, and a norm before the first layer.
fn clip(given: Wide<'_>) -> u128 {
    let [hidden, width, layers, patch] = widths(given, &CLIP);
    let side = side(given, 224, patch);
    let patches = hidden + 3 * patch * patch * hidden + (side * side + 1) * hidden;
    patches + layers * plain_layer(hidden, width) + 4 * hidden
}

/// One of both, by what its configuration calls itself, with its width.
fn either(given: Wide<'_>) -> Option<(u128, u128)> {
    match given.text("model_type")? {
        "clip_vision_model" => Some((clip(given), widths(given, &CLIP)[0])),
        "siglip_vision_model" => Some((siglip(given), widths(given, &SIGLIP)[0])),
        _ => None,
    }
}

/// LLaVA: two matrices project; the later ones mark the end of a row of patches.
pub(super) fn llava(given: Wide<'_>, out: u128, newline: bool) -> Option<u128> {
    let (tower, hidden) = either(given)?;
    Some(tower + linear(hidden, out) + linear(out, out) + if newline { out } else { 0 })
}

/// `PaliGemma`: one matrix projects.
pub(super) fn paligemma(given: Wide<'_>, out: u128) -> Option<u128> {
    let (tower, hidden) = either(given)?;
    Some(tower + linear(hidden, out))
}

/// Idefics 3 and `SmolVLM`: patches are joined, and one matrix without a bias projects.
pub(super) fn idefics3(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let [hidden, ..] = widths(given, &SIGLIP);
    let joined = outer.or("scale_factor", 2);
    siglip(given) + hidden * joined * joined * out
}

/// `InternVisionModel`: scales of what each layer adds; norms and biases as the configuration says.
pub(super) fn intern(given: Wide<'_>, out: u128) -> u128 {
    let [hidden, width, layers, patch] = widths(given, &INTERN);
    let patch = given.first("patch_size").unwrap_or(patch);
    let side = side(given, 448, patch);
    let biased = given.flag("qkv_bias", given.flag("attention_bias", false));
    let biases = if biased { 0 } else { 3 * hidden };
    let norms = if given.text("norm_type") == Some("rms_norm") { 2 * hidden } else { 0 };
    let normed = given.flag("use_qk_norm", given.flag("qk_normalization", false));
    let layer =
        plain_layer(hidden, width) + 2 * hidden + if normed { 2 * hidden } else { 0 } - biases - norms;
    let patches = hidden + (side * side + 1) * hidden + linear(3 * patch * patch, hidden);
    patches + layers * layer + 8 * hidden + linear(4 * hidden, out) + linear(out, out)
}
