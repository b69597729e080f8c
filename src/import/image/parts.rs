//! Which model of a pipeline a tensor belongs to, by its name.

use crate::spec::ImagePart;

/// Where a tensor belongs, as far as its name alone tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) enum Place {
    /// A model that the name says.
    Of(ImagePart),
    /// The one model of a file that holds nothing else.
    Bare,
}

/// Prefixes of checkpoints that hold a whole pipeline, as their authors' code and ComfyUI write them.
const PREFIXES: [(&str, ImagePart); 21] = [
    ("model.diffusion_model.", ImagePart::Denoiser),
    ("diffusion_model.", ImagePart::Denoiser),
    ("model_ema.diffusion_model", ImagePart::Denoiser),
    ("first_stage_model.", ImagePart::Vae),
    ("vae.", ImagePart::Vae),
    ("cond_stage_model.model.", ImagePart::ClipG),
    ("cond_stage_model.", ImagePart::ClipL),
    ("conditioner.embedders.0.", ImagePart::ClipL),
    ("conditioner.embedders.1.", ImagePart::ClipG),
    ("text_encoders.clip_l.", ImagePart::ClipL),
    ("text_encoders.clip_g.", ImagePart::ClipG),
    ("text_encoders.t5xxl.", ImagePart::T5),
    ("text_encoders.umt5xxl.", ImagePart::T5),
    ("text_encoders.", ImagePart::LanguageModel),
    ("control_model.", ImagePart::Control),
    ("controlnet_", ImagePart::Control),
    ("control_add_embedding.", ImagePart::Control),
    ("input_hint_block.", ImagePart::Control),
    ("ip_adapter.", ImagePart::Control),
    ("image_proj.", ImagePart::Control),
    ("vace_blocks.", ImagePart::Control),
];

/// Pieces of names that only tensors of an adapter have: LoRA, DoRA, LoHa, LoKr, OFT.
const ADAPTERS: [&str; 14] = [
    ".lora_A.",
    ".lora_B.",
    ".lora_up.",
    ".lora_down.",
    ".lora_mid.",
    ".lora.up.",
    ".lora.down.",
    ".lora_a",
    ".lora_b",
    ".hada_w",
    ".lokr_w",
    ".dora_scale",
    ".lora_magnitude_vector",
    ".oft_blocks",
];

/// Whether a tensor belongs to an adapter.
pub(in crate::import) fn is_adapter(name: &str) -> bool {
    ADAPTERS.iter().any(|piece| name.contains(piece))
        || name.rsplit('.').next() == Some("alpha")
        || name.starts_with("lora_unet_")
        || name.starts_with("lora_te")
}

/// The model of a tensor, and its name inside of it.
pub(in crate::import) fn place(name: &str) -> (Place, &str) {
    if is_adapter(name) {
        return (Place::Of(ImagePart::Adapter), name);
    }
    let known =
        PREFIXES.iter().find_map(|(prefix, part)| Some((Place::Of(*part), name.strip_prefix(prefix)?)));
    known.unwrap_or((Place::Bare, name))
}

/// A name without its last word and without what packed formats write behind it: the module.
pub(in crate::import) fn module(name: &str) -> &str {
    let ends = name.split_once(".weight.").or_else(|| name.rsplit_once('.'));
    ends.map_or(name, |(module, _)| module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_the_model_that_a_tensor_belongs_to() {
        for (name, part) in [
            ("model.diffusion_model.input_blocks.0.0.weight", Some(ImagePart::Denoiser)),
            ("first_stage_model.decoder.conv_in.weight", Some(ImagePart::Vae)),
            (
                "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight",
                Some(ImagePart::ClipL),
            ),
            ("conditioner.embedders.1.model.ln_final.weight", Some(ImagePart::ClipG)),
            ("text_encoders.t5xxl.transformer.shared.weight", Some(ImagePart::T5)),
            ("lora_unet_mid_block_attentions_0_proj_in.lora_down.weight", Some(ImagePart::Adapter)),
            ("transformer.single_transformer_blocks.0.attn.to_k.lora_A.weight", Some(ImagePart::Adapter)),
            ("control_model.zero_convs.0.0.weight", Some(ImagePart::Control)),
            ("double_blocks.0.img_attn.qkv.weight", None),
            // SVDQuant keeps a low-rank branch in the model itself.
            ("transformer_blocks.0.mlp_fc1.lora_down", None),
            ("model.layers.0.self_attn.q_proj.weight", None),
        ] {
            assert_eq!(place(name).0, part.map_or(Place::Bare, Place::Of), "{name}");
        }
        assert_eq!(module("a.b.weight.quant_state.bitsandbytes__nf4"), "a.b");
        assert_eq!(module("a.b.weight"), "a.b");
    }
}
