//! Towers of the usual kind: CLIP, SigLIP, InternViT and Pixtral, with what wrappers project from them.

use super::parts::{Defaults, Wide, linear, plain_layer, widths};

/// `CLIPVisionConfig`.
pub(super) const CLIP: Defaults = Defaults { hidden: 768, width: 3072, layers: 12, patch: 32 };
/// `SiglipVisionConfig`.
pub(super) const SIGLIP: Defaults = Defaults { hidden: 768, width: 3072, layers: 12, patch: 16 };
/// `Idefics2VisionConfig`.
pub(super) const IDEFICS2: Defaults = Defaults { hidden: 768, width: 3072, layers: 12, patch: 32 };
/// `PaddleOCRVisionConfig`.
pub(super) const PADDLE: Defaults = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 14 };
/// `Phi4MultimodalVisionConfig`.
pub(super) const PHI4: Defaults = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 14 };
/// The tower that Gemma 3 is published with, of which its configurations leave out what is usual.
pub(super) const GEMMA3: Defaults = Defaults { hidden: 1152, width: 4304, layers: 27, patch: 14 };
const INTERN: Defaults = Defaults { hidden: 1024, width: 4096, layers: 24, patch: 14 };
/// `PixtralVisionConfig`.
pub(super) const PIXTRAL: Defaults = Defaults { hidden: 1024, width: 4096, layers: 24, patch: 16 };

/// The width of a tower's residual stream.
pub(super) fn hidden_of(given: Wide<'_>, class: &Defaults) -> u128 {
    given.or("hidden_size", class.hidden)
}

/// Patches of a side of an image.
fn side(given: Wide<'_>, image: u128, patch: u128) -> u128 {
    given.first("image_size").unwrap_or(image) / patch.max(1)
}

/// A tower like SigLIP's, without a head, by the defaults of its class.
pub(super) fn of_siglip(given: Wide<'_>, class: &Defaults, image: u128) -> u128 {
    let [hidden, width, layers, patch] = widths(given, class);
    let side = side(given, image, patch);
    let patches = linear(3 * patch * patch, hidden) + side * side * hidden;
    patches + layers * plain_layer(hidden, width) + 2 * hidden
}

/// `SiglipVisionModel` without a head.
pub(super) fn siglip(given: Wide<'_>) -> u128 {
    of_siglip(given, &SIGLIP, 224)
}

/// The same with the head that its class has unless told otherwise: a query, attention and a network with one norm.
pub(super) fn siglip_with_head(given: Wide<'_>) -> u128 {
    let [hidden, width, ..] = widths(given, &SIGLIP);
    let head = if given.flag("vision_use_head", true) { plain_layer(hidden, width) - hidden } else { 0 };
    siglip(given) + head
}

/// `SiglipVisionModel` of Gemma 3, which has its head only where it says so.
pub(super) fn gemma3(given: Wide<'_>) -> u128 {
    let [hidden, width, ..] = widths(given, &GEMMA3);
    let head = if given.flag("vision_use_head", false) { plain_layer(hidden, width) - hidden } else { 0 };
    of_siglip(given, &GEMMA3, 896) + head
}

/// SigLIP's layers where positions are not learnt, without a head.
pub(super) fn layers_of_siglip(given: Wide<'_>) -> u128 {
    let [hidden, width, layers, patch] = widths(given, &SIGLIP);
    linear(3 * patch * patch, hidden) + layers * plain_layer(hidden, width) + 2 * hidden
}

/// `Idefics2VisionTransformer`.
pub(super) fn idefics2(given: Wide<'_>) -> u128 {
    of_siglip(given, &IDEFICS2, 224)
}

/// `CLIPVisionModel`: a token for the whole image, and a norm before the first layer.
pub(super) fn clip(given: Wide<'_>) -> u128 {
    let [hidden, width, layers, patch] = widths(given, &CLIP);
    let side = side(given, 224, patch);
    let patches = hidden + 3 * patch * patch * hidden + (side * side + 1) * hidden;
    patches + layers * plain_layer(hidden, width) + 4 * hidden
}

/// `PixtralVisionModel`: no biases, one norm each.
pub(super) fn pixtral(given: Wide<'_>) -> u128 {
    let [hidden, width, layers, patch] = widths(given, &PIXTRAL);
    let layer = 4 * hidden * hidden + 3 * hidden * width + 2 * hidden;
    3 * patch * patch * hidden + hidden + layers * layer
}

/// One of them, by what its configuration calls itself, or else by the wrapper's word, with its width.
pub(super) fn either(given: Wide<'_>, usual: &str) -> Option<(u128, u128)> {
    match given.text("model_type").unwrap_or(usual) {
        "clip_vision_model" => Some((clip(given), hidden_of(given, &CLIP))),
        "siglip_vision_model" => Some((siglip_with_head(given), hidden_of(given, &SIGLIP))),
        "pixtral" => Some((pixtral(given), hidden_of(given, &PIXTRAL))),
        _ => None,
    }
}

/// LLaVA: two matrices project, with biases unless it says otherwise.
pub(super) fn llava(given: Wide<'_>, outer: Wide<'_>, out: u128, usual: &str) -> Option<u128> {
    let (tower, hidden) = either(given, usual)?;
    let biases = if outer.flag("multimodal_projector_bias", true) { 2 * out } else { 0 };
    Some(tower + hidden * out + out * out + biases)
}

/// Idefics 3 and `SmolVLM`: patches are joined, and one matrix without a bias projects.
pub(super) fn idefics3(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let joined = outer.few("scale_factor", 2);
    of_siglip(given, &IDEFICS2, 224) + hidden_of(given, &IDEFICS2) * joined * joined * out
}

/// `InternVisionModel`: scales of what each layer adds; norms and biases as the configuration says.
pub(super) fn intern(given: Wide<'_>, out: u128) -> u128 {
    let [hidden, width, layers, patch] = widths(given, &INTERN);
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
