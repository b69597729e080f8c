//! A shard of a model: some of its layers, or a share of each matrix.

use std::ops::Range;
use std::sync::Arc;

use crate::engine::memory::parameter_count;
use crate::spec::{
    Attention, Block, Experts, FeedForward, Figure, GatedDelta, KeptKind, Kind, Listed, Mamba2, Mixer, Mla,
    Model, Role, Run,
};
use crate::units::count;

/// Some consecutive layers of a model; the first part has the embedding, the last one the output matrix.
pub(crate) fn slice(model: &Model, layers: Range<u64>) -> Model {
    let all = u64::from(model.layer_count());
    let (first, last) = (layers.start == 0, layers.end >= all);
    let mut part = model.clone();
    part.stack = stack(model, layers.clone());
    if let Some(file) = &model.file {
        part.file = Some(Arc::new(file.slice(layers, (first, last), model.tied_embeddings)));
    }
    if !first {
        part.vision = None;
    }
    if !last {
        part.prediction_layers = 0;
    }
    if !(first && last) {
        // One matrix over the vocabulary at either end, and none between.
        part.tied_embeddings = true;
        if !first && !last {
            part.vocabulary = 0;
        }
    }
    counted(part)
}

/// The layers of a range, as runs: the rest of a round, whole rounds, and the beginning of one.
fn stack(model: &Model, layers: Range<u64>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut index = 0_u64;
    for run in &model.stack {
        let length: u64 = run.blocks.iter().map(|block| u64::from(block.times)).sum();
        let end = index.saturating_add(length.saturating_mul(u64::from(run.repeat)));
        let (from, to) = (layers.start.max(index), layers.end.min(end));
        if length > 0 && from < to {
            let (from, to) = (from - index, to - index);
            let (first_whole, after_whole) = (from.div_ceil(length), to / length);
            if first_whole < after_whole {
                push(&mut runs, run, from % length..length, from % length != 0);
                let rounds = u32::try_from(after_whole - first_whole).unwrap_or(u32::MAX);
                runs.push(Run { repeat: rounds, ..run.clone() });
                push(&mut runs, run, 0..to % length, to % length != 0);
            } else if from / length == (to - 1) / length {
                push(&mut runs, run, from % length..(to - 1) % length + 1, true);
            } else {
                push(&mut runs, run, from % length..length, true);
                push(&mut runs, run, 0..to % length, to % length != 0);
            }
        }
        index = end;
    }
    runs
}

/// Adds some layers of one round.
fn push(runs: &mut Vec<Run>, of: &Run, layers: Range<u64>, wanted: bool) {
    if !wanted {
        return;
    }
    let mut blocks = Vec::new();
    let mut index = 0_u64;
    for block in &of.blocks {
        let end = index + u64::from(block.times);
        let (from, to) = (layers.start.max(index), layers.end.min(end));
        if from < to {
            blocks.push(Block { times: u32::try_from(to - from).unwrap_or(block.times), ..block.clone() });
        }
        index = end;
    }
    runs.push(Run { repeat: 1, blocks });
}

/// The fullest of so many equal parts of each matrix: heads, widths and experts' widths shared out, norms and the
/// router on every device; the embedding and the output matrix too, unless they are shared out.
pub(super) fn shard(model: &Model, devices: u32, vocabulary: bool) -> Model {
    let mut part = model.clone();
    part.file = model.file.as_ref().map(|file| Arc::new(file.shard(devices, vocabulary)));
    if vocabulary {
        part.vocabulary = part.vocabulary.div_ceil(devices.max(1));
        // vLLM, which shares the vocabulary out, does so with the matrices of the image encoder too.
        if let Some(vision) = &mut part.vision {
            vision.parameters.0 /= count(u64::from(devices.max(1)));
        }
    }
    for run in &mut part.stack {
        for block in &mut run.blocks {
            shard_mixer(&mut block.mixer, devices.max(1), model.hidden);
            shard_network(&mut block.feed_forward, devices.max(1));
        }
    }
    counted(part)
}

/// The fullest of so many parts of the routed experts, with everything else on every device.
pub(super) fn shard_experts(model: &Model, devices: u32) -> Model {
    let mut part = model.clone();
    part.file = model.file.as_ref().map(|file| Arc::new(file.shard(devices, false)));
    for run in &mut part.stack {
        for block in &mut run.blocks {
            if let FeedForward::Experts(experts) = &mut block.feed_forward {
                experts.count = experts.count.div_ceil(devices.max(1));
            }
        }
    }
    counted(part)
}

fn shard_mixer(mixer: &mut Mixer, devices: u32, hidden: u32) {
    match mixer {
        Mixer::Attention(attention) => shard_attention(attention, devices),
        Mixer::Mla(Mla { heads, .. }) => *heads = heads.div_ceil(devices),
        Mixer::Mamba2(mamba) => shard_states(mamba, devices),
        Mixer::Parallel(attention, mamba) => {
            shard_attention(attention, devices);
            shard_states(mamba, devices);
        }
        Mixer::GatedDelta(GatedDelta { key_heads, value_heads, .. }) => {
            *key_heads = key_heads.div_ceil(devices);
            *value_heads = value_heads.div_ceil(devices);
        }
        Mixer::Listed(listed) => shard_listed(listed, devices, hidden),
    }
}

/// Each device has rows of what makes heads and states, and columns of what leads back; ranks that all heads read, what
/// chooses tokens, and what nobody is known to cut are on every device, and a key head is not cut.
fn shard_listed(listed: &mut Listed, devices: u32, hidden: u32) {
    let least = |width: u32, part: u32| width.div_ceil(devices).max(part.min(width));
    let head = listed.head;
    // The first of two matrices of a gate leads into its rank.
    let ranks: Vec<u32> = listed
        .matrices
        .iter()
        .filter(|(role, columns, _)| *role == Role::AttentionGate && *columns != hidden)
        .map(|(_, columns, _)| *columns)
        .collect();
    for (role, columns, rows) in &mut listed.matrices {
        match role {
            Role::Key | Role::Value => *rows = least(*rows, head),
            Role::AttentionGate if ranks.contains(rows) => {}
            Role::Query
            | Role::QueryUp
            | Role::QueryKeyValue
            | Role::LatentKey
            | Role::LatentValue
            | Role::AttentionGate
            | Role::RecurrentIn
            | Role::RecurrentRates
            | Role::Convolution => *rows = rows.div_ceil(devices),
            Role::AttentionOutput | Role::RecurrentOut => *columns = columns.div_ceil(devices),
            _ => {}
        }
    }
    listed.heads = listed.heads.div_ceil(devices);
    for keep in &mut listed.keeps {
        let heads = keep.keys.checked_div(head).unwrap_or(1).max(1);
        let of_a_head = keep.values / heads;
        match keep.kind {
            KeptKind::State => {
                keep.keys = keep.keys.div_ceil(devices);
                keep.values = keep.values.div_ceil(devices);
            }
            // What stands for keys and values of all heads is on every device.
            KeptKind::Tokens if keep.values > 0 => {
                keep.keys = least(keep.keys, head);
                keep.values = least(keep.values, of_a_head);
            }
            _ => {}
        }
    }
}

/// With more devices than key heads, each device has one.
const fn shard_attention(attention: &mut Attention, devices: u32) {
    attention.heads = attention.heads.div_ceil(devices);
    attention.kv_heads = attention.kv_heads.div_ceil(devices);
}

const fn shard_states(mamba: &mut Mamba2, devices: u32) {
    mamba.inner = mamba.inner.div_ceil(devices);
    mamba.heads = mamba.heads.div_ceil(devices);
    mamba.groups = mamba.groups.div_ceil(devices);
}

const fn shard_network(network: &mut FeedForward, devices: u32) {
    match network {
        FeedForward::Dense { width, .. } => *width = width.div_ceil(devices),
        FeedForward::Experts(Experts { width, shared_width, dense_width, .. }) => {
            *width = width.div_ceil(devices);
            *shared_width = shared_width.div_ceil(devices);
            *dense_width = dense_width.div_ceil(devices);
        }
        FeedForward::None => {}
    }
}

/// With its own number of parameters.
fn counted(mut part: Model) -> Model {
    let Figure(_, _, source, date) = part.parameters.clone();
    let parameters = count(parameter_count(&part));
    part.parameters = Figure(parameters, Kind::Derived, source, date);
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(times: u32, width: u32) -> Block {
        Block {
            times,
            mixer: Mixer::Attention(Attention { heads: 8, kv_heads: 2, head: 64, ..Attention::default() }),
            feed_forward: FeedForward::Dense { width, gated: true, bias: false },
        }
    }

    fn model() -> Model {
        let figure = Figure(1.0, Kind::Derived, String::new(), String::new());
        Model {
            id: String::new(),
            name: String::new(),
            family: String::new(),
            architecture: "llama".to_owned(),
            parameters: figure,
            active_parameters: None,
            source: String::new(),
            hidden: 512,
            vocabulary: 1000,
            tied_embeddings: false,
            context_max: 8192,
            norms: crate::spec::NormStyle::Pre,
            norm_bias: false,
            layer_embedding: None,
            makes: crate::spec::Makes::Text,
            rope_factors: 0,
            output_bias: false,
            stack: vec![
                Run { repeat: 1, blocks: vec![block(2, 100)] },
                Run { repeat: 4, blocks: vec![block(5, 200), block(1, 300)] },
                Run { repeat: 1, blocks: vec![block(3, 200)] },
            ],
            vision: None,
            prediction_layers: 0,
            file: None,
            sketch: None,
        }
    }

    #[test]
    fn a_slice_has_the_layers_of_its_range_in_order() {
        let model = model();
        let all: Vec<&Block> = model.layers().collect();
        for from in 0..all.len() {
            for to in from..=all.len() {
                let part = slice(&model, from as u64..to as u64);
                let widths = |layers: Vec<&Block>| -> Vec<FeedForward> {
                    layers.into_iter().map(|block| block.feed_forward.clone()).collect()
                };
                let expected = widths(all.get(from..to).expect("in range").to_vec());
                assert_eq!(widths(part.layers().collect()), expected, "{from}..{to}");
                let empty = part.stack.iter().any(|run| run.repeat == 0 || run.blocks.is_empty());
                assert!(!empty, "{from}..{to} has a run without layers: {:?}", part.stack);
            }
        }
    }

    #[test]
    fn the_parts_of_a_model_have_all_its_parameters() {
        let model = model();
        let whole = count(parameter_count(&model));
        let parts: f64 =
            [0..7, 7..20, 20..29].map(|layers| *slice(&model, layers).parameters.value()).iter().sum();
        // The last norm is one of each part.
        assert!((parts - whole - 2.0 * 512.0).abs() < 0.5, "{parts} of {whole}");
    }

    #[test]
    fn a_shard_has_its_part_of_every_matrix_and_all_norms() {
        let model = model();
        let part = shard(&model, 2, true);
        let halves = 2.0 * part.parameters.value();
        let norms = (29.0 * 2.0 + 1.0) * 512.0;
        assert!((halves - norms - count(parameter_count(&model))).abs() < 0.5, "{halves}");
    }
}
