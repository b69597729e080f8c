//! The tensors of a model by kind, shape and format: the terms that its weights are the sum of.

use super::layer::{By, bytes, counted_by};
use super::packing::packed;
use super::recipe::{Pick, Recipe, When};
use super::spot::Spot;
use super::stored::{Stored, each};
use super::tensors::{layer_tensors, outer_tensors};
use super::view::has_values;
use crate::engine::working::Term;
use crate::spec::{Block, FileType, Model, Quantization, TensorType};
use crate::spec::{Role, Tensor};
use crate::units::count;
use std::collections::BTreeMap;

/// Like tensors of one format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    tensor: Tensor,
    format: &'static str,
}

/// How many, and bytes of all.
#[derive(Clone, Copy, Default)]
struct Sum {
    times: u64,
    bytes: u64,
}

/// The terms of what lies somewhere, the largest first.
pub(crate) fn terms(
    model: &Model,
    quantization: Quantization,
    lies_there: &dyn Fn(Spot) -> bool,
) -> Vec<Term> {
    let mut sums: BTreeMap<Kind, Sum> = BTreeMap::new();
    let mut several = |spot: Spot, format, times: u64, bytes: u64| {
        if bytes > 0 && lies_there(spot) {
            let sum = sums.entry(Kind { tensor: spot.tensor, format }).or_default();
            *sum = Sum { times: sum.times + times, bytes: sum.bytes.saturating_add(bytes) };
        }
    };
    let file = model.file_as(quantization);
    if let Some(file) = file {
        each(model, file, &mut |Stored { spot, format, count, bytes }| {
            let bytes = if quantization.is_gguf() { bytes.saturating_add(31) & !31 } else { bytes };
            several(spot, format, count, bytes);
        });
    }
    let mut take = |spot: Spot, format, each| several(spot, format, 1, each);
    match quantization {
        _ if file.is_some() => {}
        Quantization::Gguf(file_type) => in_gguf(model, file_type, &mut take),
        _ => in_checkpoint(model, quantization, &mut take),
    }
    let named = |role: Role| match quantization {
        _ if quantization.is_gguf() => role.in_gguf(),
        _ => role.in_checkpoint(),
    };
    let mut terms: Vec<Term> = sums
        .into_iter()
        .map(|(kind, sum)| Term {
            name: format!("{}, {}, {}", named(kind.tensor.role), shape(kind.tensor), kind.format).into(),
            count: count(sum.times),
            value: count(sum.bytes),
        })
        .collect();
    terms.sort_by(|one, other| other.value.total_cmp(&one.value));
    terms
}

/// `4096 × 14336`, of many experts `8 × 4096 × 14336`.
fn shape(tensor: Tensor) -> String {
    let Tensor { columns, rows, stack, .. } = tensor;
    match (stack, rows) {
        _ if columns == 0 => "all".to_owned(),
        (1, 1) => columns.to_string(),
        (1, _) => format!("{columns} × {rows}"),
        _ => format!("{stack} × {columns} × {rows}"),
    }
}

/// Every tensor of a checkpoint with its format and bytes.
fn in_checkpoint(model: &Model, quantization: Quantization, take: &mut impl FnMut(Spot, &'static str, u64)) {
    let mut visit = |tensor: Tensor, layer| {
        let bytes = packed(quantization, tensor);
        let plain = bytes == tensor.elements().saturating_mul(2);
        take(Spot { tensor, layer }, if plain { "16 bit" } else { quantization.key() }, bytes);
    };
    outer_tensors(model, &mut |tensor| visit(tensor, None));
    for (layer, block) in model.layers().enumerate() {
        layer_tensors(model, block, &mut |tensor| visit(tensor, Some(layer as u64)));
    }
}

/// Every tensor of a file of llama.cpp with its format and bytes.
fn in_gguf(model: &Model, file_type: FileType, take: &mut impl FnMut(Spot, &'static str, u64)) {
    let recipe = Recipe::new(model, file_type);
    let mut place = |spot: Spot, format: TensorType| take(spot, format.key(), bytes(spot.tensor, format));
    outer_tensors(model, &mut |tensor| {
        place(Spot { tensor, layer: None }, recipe.pick(tensor).usual);
    });
    let mut position = Position::default();
    for block in model.layers() {
        layer_tensors(model, block, &mut |tensor| {
            let format = position.format(&recipe, tensor);
            place(Spot { tensor, layer: Some(position.layer) }, format);
        });
        position.next_layer(block);
    }
}

/// Where the quantizer is: it counts layers, tensors with values, and last feed-forward matrices.
#[derive(Default)]
struct Position {
    layer: u64,
    values: u64,
    downs: u64,
}

impl Position {
    /// The format of a tensor here.
    fn format(&mut self, recipe: &Recipe, tensor: Tensor) -> TensorType {
        let Pick { usual, special, when } = recipe.pick(tensor);
        if when == When::Never {
            return usual;
        }
        let (at, of) = match counted_by(recipe, tensor) {
            By::Layer => (self.layer, recipe.layers()),
            By::Value => (self.values, recipe.value_like()),
            By::Down => {
                self.downs += 1;
                (self.downs - 1, recipe.layers())
            }
        };
        if when.before(at + 1, of) > when.before(at, of) { special } else { usual }
    }

    fn next_layer(&mut self, block: &Block) {
        self.layer += 1;
        self.values += u64::from(has_values(&block.mixer));
    }
}
