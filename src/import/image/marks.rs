//! Tensors by which a denoiser, a text encoder or a VAE is told from others.

use std::collections::BTreeSet;

/// Something that only some models have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::import) enum Mark {
    Chroma,
    Flux,
    Flux2,
    FluxGuidance,
    HiDream,
    HunyuanVideo,
    Ltx,
    LtxAudio,
    Lumina,
    QwenImage,
    Sd3,
    Sd3Dual,
    UNet,
    UNetPooled,
    Wan,
    WanImage,
    Clip,
    T5,
    Vae,
    ControlNet,
    /// More than a text encoder: the decoder of T5, or what sees in CLIP.
    Whole,
}

/// Modules that are there once in each such model, and what they tell.
const MODULES: [(&str, Mark); 38] = [
    ("distilled_guidance_layer.in_proj", Mark::Chroma),
    ("double_blocks.0.img_attn.qkv", Mark::Flux),
    ("single_transformer_blocks.0.norm.linear", Mark::Flux),
    ("double_stream_modulation_img.lin", Mark::Flux2),
    ("double_stream_modulation_img.linear", Mark::Flux2),
    ("guidance_in.in_layer", Mark::FluxGuidance),
    ("time_text_embed.guidance_embedder.linear_1", Mark::FluxGuidance),
    ("double_stream_blocks.0.block.adaLN_modulation.1", Mark::HiDream),
    ("double_blocks.0.img_attn_qkv", Mark::HunyuanVideo),
    ("context_embedder.time_text_embed.timestep_embedder.linear_1", Mark::HunyuanVideo),
    ("patchify_proj", Mark::Ltx),
    ("audio_patchify_proj", Mark::LtxAudio),
    ("audio_proj_in", Mark::LtxAudio),
    ("noise_refiner.0.attention_norm1", Mark::Lumina),
    ("txt_norm", Mark::QwenImage),
    ("joint_blocks.0.x_block.attn.qkv", Mark::Sd3),
    ("pos_embed.proj", Mark::Sd3),
    ("joint_blocks.0.x_block.attn2.qkv", Mark::Sd3Dual),
    ("transformer_blocks.0.attn2.add_q_proj", Mark::Sd3Dual),
    ("transformer_blocks.0.attn2.to_q", Mark::Sd3Dual),
    ("time_embed.0", Mark::UNet),
    ("time_embedding.linear_1", Mark::UNet),
    ("label_emb.0.0", Mark::UNetPooled),
    ("add_embedding.linear_1", Mark::UNetPooled),
    ("blocks.0.self_attn.norm_q", Mark::Wan),
    ("blocks.0.attn1.norm_q", Mark::Wan),
    ("img_emb.proj.1", Mark::WanImage),
    ("blocks.0.cross_attn.k_img", Mark::WanImage),
    ("text_model.final_layer_norm", Mark::Clip),
    ("encoder.block.0.layer.0.SelfAttention.q", Mark::T5),
    ("enc.blk.0.attn_q", Mark::T5),
    ("decoder.conv_in", Mark::Vae),
    ("decoder.conv1", Mark::Vae),
    ("controlnet_cond_embedding.conv_in", Mark::ControlNet),
    ("controlnet_blocks.0", Mark::ControlNet),
    ("input_hint_block.0", Mark::ControlNet),
    ("decoder.block.0.layer.0.SelfAttention.q", Mark::Whole),
    ("vision_model.post_layernorm", Mark::Whole),
];

/// What was seen of a file's tensors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::import) struct Marks {
    /// What was found.
    pub found: BTreeSet<Mark>,
    /// Values of the prompt that attention of a UNet reads: 768, 1,024 or 2,048.
    pub prompt: Option<u64>,
    /// Width of the residual stream, where a norm shows it.
    pub width: Option<u64>,
    /// Blocks of the kind that the model is made of.
    pub blocks: u64,
    /// Channels of latents, of a VAE.
    pub latents: Option<u64>,
    /// Rank of an adapter.
    pub rank: Option<u64>,
}

impl Marks {
    /// Looks at one tensor of a model by its module; dimensions as PyTorch writes them, the rows first.
    pub(in crate::import) fn look(&mut self, module: &str, dimensions: &[u64]) {
        if let Some((_, mark)) = MODULES.iter().find(|(known, _)| *known == module) {
            self.found.insert(*mark);
            match mark {
                Mark::Wan | Mark::Lumina | Mark::Clip => {
                    self.width = dimensions.last().copied().or(self.width);
                }
                Mark::Vae if dimensions.len() > 1 => self.latents = dimensions.get(1).copied(),
                _ => {}
            }
        }
        if self.prompt.is_none() && module.ends_with("attn2.to_k") && dimensions.len() == 2 {
            self.prompt = dimensions.get(1).copied();
        }
        let block = ["joint_blocks.", "transformer_blocks.", "blocks."]
            .iter()
            .find_map(|start| module.strip_prefix(start)?.split('.').next()?.parse::<u64>().ok());
        self.blocks = self.blocks.max(block.map_or(0, |block| block.saturating_add(1).min(1024)));
    }

    /// The same of an adapter: what it is of, and its rank.
    pub(in crate::import) fn look_at_adapter(&mut self, name: &str, dimensions: &[u64]) {
        let down = name.contains("lora_down") || name.contains("lora_A") || name.contains("lora.down");
        if down && let [rank, inputs] = dimensions {
            self.rank = Some(self.rank.map_or(*rank, |known| known.max(*rank)));
            if name.contains("attn2_to_k") || name.contains("attn2.to_k") {
                self.prompt = Some(*inputs);
            }
            if name.contains("self_attn_q") || name.contains("self_attn.q") || name.contains("attn1.to_q") {
                self.width = Some(*inputs);
            }
        }
        for (piece, mark) in [
            ("double_blocks", Mark::Flux),
            ("single_transformer_blocks", Mark::Flux),
            ("joint_blocks", Mark::Sd3),
            ("txt_mlp", Mark::QwenImage),
            ("txt_mod", Mark::QwenImage),
            ("cross_attn", Mark::Wan),
            ("attn2_to_k", Mark::UNet),
            ("attn2.to_k", Mark::UNet),
        ] {
            if name.contains(piece) {
                self.found.insert(mark);
            }
        }
    }

    /// Whether a mark was seen.
    pub(in crate::import) fn has(&self, mark: Mark) -> bool {
        self.found.contains(&mark)
    }

    /// Both together.
    pub(in crate::import) fn plus(mut self, other: Self) -> Self {
        self.found.extend(other.found);
        self.prompt = self.prompt.or(other.prompt);
        self.width = self.width.or(other.width);
        self.blocks = self.blocks.max(other.blocks);
        self.latents = self.latents.or(other.latents);
        self.rank = self.rank.max(other.rank);
        self
    }
}
