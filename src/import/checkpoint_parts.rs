//! The tensors of a checkpoint by what they do and where they lie.

use std::collections::BTreeMap;

use crate::spec::{FileTensor, Role, Tensor};

/// Layers above this are no numbers of layers.
const MOST_LAYERS: u64 = 1024;

/// Sums over the tensors of one or more files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    sums: BTreeMap<(Option<u64>, Role, &'static str), (u64, u64)>,
    /// Bytes of layers that only draft tokens.
    pub prediction: u64,
    /// Bytes of the towers that see or hear, and what projects from them.
    pub vision: u64,
    /// Layers of the language model, drafting ones that are numbered with them included.
    pub layers: u64,
}

impl Parts {
    /// Counts one tensor; layers from `layers` on only draft tokens.
    pub(super) fn add(&mut self, name: &str, format: &'static str, bytes: u64, layers: Option<u32>) {
        let layer = layer(name);
        if is_vision(name) {
            self.vision = self.vision.saturating_add(bytes);
            return;
        }
        if is_of_prediction(name) {
            self.prediction = self.prediction.saturating_add(bytes);
            return;
        }
        if let Some(layer) = layer.filter(|_| !is_beside(name)) {
            self.layers = self.layers.max(layer + 1);
        }
        if layer.zip(layers).is_some_and(|(layer, layers)| layer >= u64::from(layers)) {
            self.prediction = self.prediction.saturating_add(bytes);
        } else if !name.ends_with("rotary_emb.inv_freq") {
            let sum = self.sums.entry((layer, role(name, layer.is_some()), format)).or_default();
            *sum = (sum.0.saturating_add(1), sum.1.saturating_add(bytes));
        }
    }

    /// Both together.
    pub(super) fn plus(mut self, other: Self) -> Self {
        for (key, (count, bytes)) in other.sums {
            let sum = self.sums.entry(key).or_default();
            *sum = (sum.0.saturating_add(count), sum.1.saturating_add(bytes));
        }
        self.prediction = self.prediction.saturating_add(other.prediction);
        self.vision = self.vision.saturating_add(other.vision);
        self.layers = self.layers.max(other.layers);
        self
    }

    /// As a model's file has them.
    pub(super) fn tensors(&self) -> Vec<FileTensor> {
        let tensor = |role| Tensor { role, columns: 0, rows: 0, stack: 1 };
        self.sums
            .iter()
            .map(|((layer, role, format), (count, bytes))| FileTensor {
                tensor: tensor(*role),
                layer: *layer,
                format,
                count: *count,
                bytes: *bytes,
            })
            .collect()
    }
}

/// What classes call what sees or hears, and what projects from it, in Transformers and in publishers' own code.
const TOWERS: [&str; 46] = [
    "vision_tower",
    "vision_model",
    "vision_encoder",
    "vision_backbone",
    "vision_embedder",
    "vision_embed_tokens",
    "vision_language_adapter",
    "vision_projection",
    "vision_resampler",
    "visual",
    "visual_embeddings_table",
    "vit",
    "vit_large_projector",
    "vpm",
    "sam_model",
    "image_tower",
    "image_newline",
    "view_seperator",
    "video_tower",
    "multi_modal_projector",
    "mm_projector",
    "pre_mm_projector_norm",
    "patch_merger",
    "patch_merge_mlp",
    "merger",
    "mlp1",
    "mlp_AR",
    "projector",
    "connector",
    "aligner",
    "resampler",
    "resampler_model",
    "perceiver",
    "embed_vision",
    "embed_tokens_extend",
    "audio_tower",
    "audio_encoder",
    "audio_model",
    "audio_projector",
    "audio_projection_layer",
    "audio_adapter",
    "apm",
    "embed_audio",
    "speech_encoder",
    "speech_projector",
    "sound_encoder",
];

/// Whether a tensor belongs to the part that sees or hears.
pub(super) fn is_vision(name: &str) -> bool {
    name.split('.').take(2).any(|part| TOWERS.contains(&part))
}

/// Whether a tensor is of layers that only draft tokens and are called so: `mtp.layers.0`, `model.mtp_layers.0`.
pub(super) fn is_of_prediction(name: &str) -> bool {
    name.split('.').take(2).any(|part| part == "mtp" || part.starts_with("mtp_"))
}

/// Whether a tensor is of a model beside the language model, whose layers are counted from 0 again.
fn is_beside(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    first.contains("talker") || first.contains("2wav") || first.contains("encoder") || first.contains("audio")
}

/// The number of the layer that a tensor is in.
fn layer(name: &str) -> Option<u64> {
    let mut parts = name.split('.');
    parts.find(|part| matches!(*part, "layers" | "h" | "blocks"))?;
    parts.next()?.parse().ok().filter(|layer| *layer < MOST_LAYERS)
}

/// Names of modules, and what they do; of several that stand in a name the last one decides.
const MODULES: [(&str, Role); 44] = [
    ("embed_tokens", Role::TokenEmbedding),
    ("tok_embeddings", Role::TokenEmbedding),
    ("word_embeddings", Role::TokenEmbedding),
    ("wte", Role::TokenEmbedding),
    ("lm_head", Role::Output),
    ("output_layer", Role::Output),
    ("embed_out", Role::Output),
    ("q_proj", Role::Query),
    ("wq", Role::Query),
    ("k_proj", Role::Key),
    ("wk", Role::Key),
    ("v_proj", Role::Value),
    ("wv", Role::Value),
    ("qkv_proj", Role::QueryKeyValue),
    ("wqkv", Role::QueryKeyValue),
    ("query_key_value", Role::QueryKeyValue),
    ("in_proj_qkvz", Role::QueryKeyValue),
    ("in_proj_qkv", Role::QueryKeyValue),
    ("o_proj", Role::AttentionOutput),
    ("wo", Role::AttentionOutput),
    ("in_proj_z", Role::AttentionGate),
    ("q_a_proj", Role::QueryDown),
    ("q_b_proj", Role::QueryUp),
    ("kv_a_proj_with_mqa", Role::LatentDown),
    ("kv_b_proj", Role::LatentKey),
    ("in_proj_ba", Role::RecurrentRates),
    ("in_proj_a", Role::RecurrentRates),
    ("in_proj_b", Role::RecurrentRates),
    ("in_proj", Role::RecurrentIn),
    ("out_proj", Role::RecurrentOut),
    ("conv1d", Role::Convolution),
    ("gate_proj", Role::Gate),
    ("w1", Role::Gate),
    ("up_proj", Role::Up),
    ("w3", Role::Up),
    ("gate_up_proj", Role::Up),
    ("gate_and_up_proj", Role::Up),
    ("fc1", Role::Up),
    ("down_proj", Role::Down),
    ("w2", Role::Down),
    ("fc2", Role::Down),
    ("router", Role::Router),
    ("shared_expert_gate", Role::SharedRouter),
    ("sinks", Role::Vector),
];

/// What a tensor does, by the modules in its name.
fn role(name: &str, in_layer: bool) -> Role {
    let module = |part: &str| MODULES.iter().find(|(known, _)| *known == part).map(|(_, role)| *role);
    let Some(found) = name.rsplit('.').find_map(module) else {
        return match name.rsplit('.').nth(1) {
            Some("gate") if in_layer => Role::Router,
            Some("output") if !in_layer => Role::Output,
            _ if name.contains("norm") || name.contains("ln_") => Role::Norm,
            _ => Role::Other,
        };
    };
    let shared = name.contains("shared_expert") || name.contains("shared_mlp");
    match found {
        Role::Gate if shared => Role::SharedGate,
        Role::Up if shared => Role::SharedUp,
        Role::Down if shared => Role::SharedDown,
        Role::Gate if name.contains("experts") || name.contains("switch_mlp") => Role::ExpertGate,
        Role::Up if name.contains("experts") || name.contains("switch_mlp") => Role::ExpertUp,
        Role::Down if name.contains("experts") || name.contains("switch_mlp") => Role::ExpertDown,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Transformers 5.24 saves the classes that see or hear, and as publishers' own code does.
    #[test]
    fn towers_are_known_by_the_names_that_classes_save_them_under() {
        for name in [
            "model.vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight",
            "vit.layers.0.mlp.fc1.weight",
            "model.vision_backbone.image_vit.transformer.resblocks.0.ffn_norm.bias",
            "model.connector.modality_projection.proj.weight",
            "model.aligner.fc1.weight",
            "mlp_AR.linear_1.weight",
            "mlp1.1.weight",
            "image_newline",
            "vpm.encoder.layers.0.mlp.fc1.weight",
            "model.embed_tokens_extend.image_embed.img_projection.0.weight",
            "thinker.audio_tower.layers.0.fc1.weight",
        ] {
            assert!(is_vision(name), "{name}");
        }
        for name in ["model.layers.0.mlp.up_proj.weight", "model.language_model.layers.1.mlp.gate.weight"] {
            assert!(!is_vision(name), "{name}");
        }
    }

    #[test]
    fn names_of_checkpoints_say_what_a_tensor_does() {
        for (name, role, layer) in [
            ("model.embed_tokens.weight", Role::TokenEmbedding, None),
            ("lm_head.weight", Role::Output, None),
            ("model.layers.3.self_attn.q_proj.qweight", Role::Query, Some(3)),
            ("model.layers.3.mlp.experts.17.down_proj.weight_packed", Role::ExpertDown, Some(3)),
            ("model.layers.3.mlp.shared_experts.up_proj.weight", Role::SharedUp, Some(3)),
            ("model.layers.3.mlp.gate.weight", Role::Router, Some(3)),
            ("model.layers.3.input_layernorm.weight", Role::Norm, Some(3)),
            ("model.language_model.layers.5.block_sparse_moe.experts.0.w1.weight", Role::ExpertGate, Some(5)),
            ("backbone.something.weight", Role::Other, None),
        ] {
            assert_eq!((super::role(name, layer.is_some()), super::layer(name)), (role, layer), "{name}");
        }
    }
}
