//! Wrappers of the usual towers: SigLIP, CLIP and InternViT, each with a projector of its own.

use serde_json::Value;

use super::Wrapper;
use super::parts::{Wide, linear, plain_layer, widths};
use super::usual::{self, clip, hidden_of, intern, siglip, siglip_with_head};

/// Parameters of such a tower with its projector; `None` for another class.
pub(super) fn parameters(wrapper: &Wrapper<'_>) -> Option<u128> {
    let Wrapper { kind, outer, text, vision, out, .. } = *wrapper;
    let given = vision?;
    Some(match kind {
        "gemma3" | "shieldgemma2" => {
            let hidden = hidden_of(given, &usual::GEMMA3);
            usual::gemma3(given) + hidden + hidden * out
        }
        "idefics2" => idefics2(given, outer, text, out)?,
        "idefics3" | "smolvlm" => usual::idefics3(given, outer, out),
        "internvl" | "internvl_chat" | "qianfan_ocr" => intern(given, out),
        "llava" => usual::llava(given, outer, out, "clip_vision_model")?,
        "llava_next" | "llava_next_video" => usual::llava(given, outer, out, "clip_vision_model")? + out,
        "llava_onevision" => usual::llava(given, outer, out, "siglip_vision_model")? + out,
        "vipllava" => vip(given, outer, out),
        "video_llava" => 2 * clip(given) + two(hidden_of(given, &usual::CLIP), out),
        "paligemma" => {
            let (tower, hidden) = usual::either(given, "siglip_vision_model")?;
            tower + linear(hidden, out)
        }
        "aya_vision" => cohere(given, outer, out, (out, true)),
        "cohere2_vision" => cohere(given, outer, out, (36_864, false)),
        "aria" => aria(given, outer, out),
        "deepseek_vl" => siglip_with_head(given) + two(hidden_of(given, &usual::SIGLIP), out),
        "video_llama_3" => {
            let hidden = hidden_of(given, &usual::SIGLIP);
            usual::layers_of_siglip(given) + two(hidden, out)
        }
        "paddleocr_vl" => paddle(given, out),
        "minicpmv4_6" | "minicpmv4_7" | "minicpm_ocr" => minicpm(given, outer, out),
        "granite_docling" => docling(given, outer, out)?,
        "phi4_multimodal" => phi4(given, out),
        _ => return None,
    })
}

/// A matrix into the language model's width, and one within it.
const fn two(hidden: u128, out: u128) -> u128 {
    linear(hidden, out) + linear(out, out)
}

/// Idefics 2: a gated network, and a few layers that look at the patches with queries of their own.
fn idefics2(given: Wide<'_>, outer: Wide<'_>, text: Wide<'_>, out: u128) -> Option<u128> {
    let hidden = hidden_of(given, &usual::IDEFICS2);
    let width = text.n("intermediate_size")?;
    let perceiver = outer.part("perceiver_config");
    let of = |key: &str, default: u128| perceiver.map_or(default, |part| part.or(key, default));
    let head = of("resampler_head_dim", 96);
    let (heads, kv_heads) = (of("resampler_n_heads", 16), of("num_key_value_heads", 4));
    let layer = 3 * out + 2 * out * head * heads + 2 * out * head * kv_heads + 12 * out * out;
    let resampler = of("resampler_n_latents", 64) * out + of("resampler_depth", 3) * layer + out;
    Some(usual::idefics2(given) + 2 * hidden * width + width * out + resampler)
}

/// `VipLlava`: patches of several layers side by side, normed.
fn vip(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let wide = outer.entries("vision_feature_layers").unwrap_or(5) * hidden_of(given, &usual::CLIP);
    clip(given) + 2 * wide + two(wide, out)
}

/// Aya and Command A Vision: squares of patches through a gated network of one matrix; Aya norms them before.
fn cohere(given: Wide<'_>, outer: Wide<'_>, out: u128, (width, normed): (u128, bool)) -> u128 {
    let joined = hidden_of(given, &usual::SIGLIP) * outer.few("downsample_factor", 2).pow(2);
    let width = outer.or("alignment_intermediate_size", width);
    let norm = if normed { 2 * joined } else { 0 };
    siglip_with_head(given) + norm + linear(joined, width) + linear(width / 2, out)
}

/// Aria: queries that look at the patches, then a network.
fn aria(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let hidden = hidden_of(given, &usual::IDEFICS2);
    let by_patches = outer.0.0.get("projector_patch_to_query_dict").and_then(Value::as_object);
    let most = by_patches.and_then(|all| all.values().filter_map(Value::as_u64).max());
    let queries = most.map_or(256, |most| u128::from(most.min(1 << 20)));
    let looks = 3 * hidden * hidden + 3 * linear(hidden, hidden) + 2 * linear(hidden, hidden) + 6 * hidden;
    usual::idefics2(given) + queries * hidden + looks + hidden * out + out * out
}

/// `GraniteDocling`: squares of patches by two routes, each of which projects from several depths too.
fn docling(given: Wide<'_>, outer: Wide<'_>, out: u128) -> Option<u128> {
    // A router between the routes has a width of its own.
    if outer.n("density_router_hidden_size").is_some() {
        return None;
    }
    let hidden = hidden_of(given, &usual::SIGLIP);
    let inner = given.or("out_hidden_size", out);
    let depths = given.entries("deepstack_visual_indexes").unwrap_or(3);
    let route = |side: u128| {
        let joined = hidden * side.pow(2);
        joined * inner + depths * (2 * joined + linear(joined, inner) + linear(inner, inner))
    };
    let side = given.few("scale_factor", 4);
    let fine = if given.flag("use_fine_route", true) { route(side / 2) } else { 0 };
    let norms = 2 * hidden + 4 * inner;
    Some(usual::of_siglip(given, &usual::SIGLIP, 512) + norms + route(side) + fine + inner * inner)
}

/// Phi-4-multimodal: SigLIP with its head, marks between images and their parts, and two matrices.
fn phi4(given: Wide<'_>, out: u128) -> u128 {
    let [hidden, width, ..] = widths(given, &usual::PHI4);
    let head = plain_layer(hidden, width) - hidden;
    usual::of_siglip(given, &usual::PHI4, 448) + head + 2 * hidden + two(hidden, out)
}

/// `PaddleOCR`-VL: patches are joined by squares.
fn paddle(given: Wide<'_>, out: u128) -> u128 {
    let hidden = hidden_of(given, &usual::PADDLE);
    let joined = hidden * given.few("spatial_merge_size", 2).pow(2);
    usual::of_siglip(given, &usual::PADDLE, 384) + 2 * hidden + linear(joined, joined) + linear(joined, out)
}

/// `MiniCPM`-V from 4.6 on: squares of patches are joined inside the tower, and again after it.
fn minicpm(given: Wide<'_>, outer: Wide<'_>, out: u128) -> u128 {
    let [hidden, width, ..] = widths(given, &usual::SIGLIP);
    let (joined, inner) = (4 * hidden, 4 * width);
    let inside =
        4 * linear(hidden, hidden) + 2 * hidden + 2 * joined + linear(joined, inner) + linear(inner, hidden);
    let step = |to: u128| 2 * joined + linear(joined, joined) + linear(joined, to);
    let before = outer.few("merger_times", 1).saturating_sub(1);
    siglip(given) + inside + before * step(hidden) + step(out)
}
