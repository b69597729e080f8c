//! Nemotron-H: each of its layers is a mixer or a network alone, and a network follows the mixer before it.

use super::super::Problem;
use super::super::limits::LAYERS;
use super::super::stack::Layer;
use super::config::{Keys, Source};
use super::layers::{attention, experts, mamba2};
use crate::spec::architecture::Class;
use crate::spec::{FeedForward, Mixer};

/// What one of its layers is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mamba,
    Attention,
    Experts,
    Dense,
}

/// Its kinds of layers: a letter each, or a word each.
fn kinds(config: &Keys) -> Option<Vec<Kind>> {
    if let Some(words) = &config.layers_block_type {
        let kind = |word: &String| match word.as_str() {
            "mamba" | "linear_attention" => Some(Kind::Mamba),
            "attention" | "full_attention" => Some(Kind::Attention),
            "moe" => Some(Kind::Experts),
            "mlp" => Some(Kind::Dense),
            _ => None,
        };
        return words.iter().map(kind).collect();
    }
    let kind = |letter| match letter {
        'M' => Some(Kind::Mamba),
        '*' => Some(Kind::Attention),
        'E' => Some(Kind::Experts),
        '-' => Some(Kind::Dense),
        _ => None,
    };
    config.hybrid_override_pattern.as_ref()?.chars().map(kind).collect()
}

/// How many layers its files number: mixers and networks each have a number.
pub(super) fn numbered(config: &Keys) -> Option<u32> {
    kinds(config).and_then(|kinds| u32::try_from(kinds.len()).ok())
}

/// Whether its layers are mixers, each with at most one network after it.
pub(super) fn is_expressible(config: &Keys) -> bool {
    let is_network = |kind: Option<&Kind>| matches!(kind, None | Some(Kind::Experts | Kind::Dense));
    kinds(config).is_some_and(|kinds| {
        !is_network(kinds.first())
            && kinds.len() <= LAYERS as usize
            && kinds.windows(2).all(|pair| !(is_network(pair.first()) && is_network(pair.last())))
    })
}

/// The mixers, each with the network that follows it.
pub(super) fn layers(source: &mut Source<'_>, class: &Class, hidden: u32) -> Result<Vec<Layer>, Problem> {
    let kinds = kinds(source.config).unwrap_or_default();
    let mut layers: Vec<Layer> = Vec::new();
    for (index, kind) in kinds.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let network = match kind {
            Kind::Mamba => {
                layers.push((Mixer::Mamba2(mamba2(source, class, hidden)?), FeedForward::None));
                continue;
            }
            Kind::Attention => {
                let own = attention(source, class, hidden, index, None)?;
                layers.push((Mixer::Attention(own), FeedForward::None));
                continue;
            }
            Kind::Experts => FeedForward::Experts(experts(source, class)?),
            Kind::Dense => FeedForward::Dense {
                width: source.required("intermediate_size", source.config.intermediate_size, 1 << 22)?,
                gated: false,
                bias: source.config.mlp_bias.unwrap_or(false),
            },
        };
        if let Some(last) = layers.last_mut() {
            last.1 = network;
        }
    }
    Ok(layers)
}
