//! The tensors of a GGUF file by what they do and where they lie.

use std::collections::BTreeSet;

use super::super::StoredTensor;
use crate::spec::{FileTensor, Role, Tensor};

/// Starts of names of tensors that see or hear: the tower, and what projects from it.
const TOWERS: [&str; 4] = ["v.", "mm.", "a.", "resampler."];

/// What a file's tensors are.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    /// Those of the language model.
    pub tensors: Vec<FileTensor>,
    /// Bytes of layers that only draft tokens.
    pub prediction: u64,
    /// Bytes of the tower that sees or hears.
    pub vision: u64,
    /// The first name that stands twice.
    pub twice: Option<String>,
}

/// Weighs the tensors; layers from `layers` on only draft tokens.
pub(super) fn weigh(tensors: &[StoredTensor], layers: u64) -> Weighed {
    let mut weighed = Weighed::default();
    let mut names = BTreeSet::new();
    for stored in tensors {
        if !names.insert(stored.name.as_str()) && weighed.twice.is_none() {
            weighed.twice = Some(stored.name.clone());
        }
        let (layer, name) = place(&stored.name);
        if is_tower(stored) {
            weighed.vision = weighed.vision.saturating_add(stored.bytes);
        } else if layer.is_some_and(|layer| layer >= layers) || stored.name.starts_with("mtp.") {
            weighed.prediction = weighed.prediction.saturating_add(stored.bytes);
        } else {
            weighed.tensors.push(FileTensor {
                tensor: shape(Role::of_gguf(name), &stored.dimensions),
                layer,
                format: stored.kind,
                count: 1,
                bytes: stored.bytes,
            });
        }
    }
    weighed
}

/// Elements of the tower that sees or hears.
pub(super) fn tower(tensors: &[StoredTensor]) -> u64 {
    let seeing = tensors.iter().filter(|stored| is_tower(stored));
    seeing.fold(0, |sum, stored| sum.saturating_add(stored.elements()))
}

/// Whether a tensor belongs to the tower.
fn is_tower(stored: &StoredTensor) -> bool {
    TOWERS.iter().any(|tower| stored.name.starts_with(tower))
}

/// `blk.3.attn_q.weight` is `attn_q.weight` of layer 3.
fn place(name: &str) -> (Option<u64>, &str) {
    let inside = name.strip_prefix("blk.").and_then(|rest| rest.split_once('.'));
    match inside.map(|(layer, rest)| (layer.parse(), rest)) {
        Some((Ok(layer), rest)) => (Some(layer), rest),
        _ => (None, name),
    }
}

/// Columns, rows, and matrices of a tensor.
fn shape(role: Role, dimensions: &[u64]) -> Tensor {
    let at = |index: usize| dimensions.get(index).copied().unwrap_or(1);
    let narrow = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    let stack = dimensions.iter().skip(2).fold(1_u64, |all, own| all.saturating_mul(*own));
    Tensor { role, columns: narrow(at(0)), rows: narrow(at(1)), stack: narrow(stack) }
}
