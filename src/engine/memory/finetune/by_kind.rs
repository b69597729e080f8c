//! A sum over the tensors of a model by kind of matrix, for workings.

use super::super::weights::{Role, Tensor, layer_tensors, outer_tensors};
use crate::engine::working::Term;
use crate::spec::Model;
use crate::units::count;

/// What every tensor comes to, given whether it lies outside the layers, summed by kind of matrix.
pub fn by_kind_of_matrix(model: &Model, mut of: impl FnMut(Tensor, bool) -> f64) -> Vec<Term> {
    let mut terms = Vec::new();
    outer_tensors(model, &mut |tensor| add(&mut terms, tensor, 1.0, of(tensor, true)));
    for run in &model.stack {
        for block in &run.blocks {
            let layers = f64::from(run.repeat) * f64::from(block.times);
            layer_tensors(model, block, &mut |tensor| {
                let each = of(tensor, false);
                add(&mut terms, tensor, layers, each);
            });
        }
    }
    terms
}

/// Adds so many tensors of so many bytes each.
pub fn add(terms: &mut Vec<Term>, tensor: Tensor, tensors: f64, each: f64) {
    let (name, tensors, value) =
        (kind(tensor.role), tensors * count(u64::from(tensor.stack)), tensors * each);
    if value <= 0.0 {
        return;
    }
    match terms.iter_mut().find(|term| term.name == name) {
        Some(term) => {
            term.count += tensors;
            term.value += value;
        }
        None => terms.push(Term { name: name.into(), count: tensors, value }),
    }
}

/// What a tensor is to a reader.
const fn kind(role: Role) -> &'static str {
    match role {
        Role::TokenEmbedding => "token embedding",
        Role::LayerEmbedding => "embeddings of the layers",
        Role::Output => "output projection",
        Role::Query => "query projections",
        Role::Key => "key projections",
        Role::Value => "value projections",
        Role::QueryKeyValue => "query, key and value projections",
        Role::AttentionOutput => "attention output projections",
        Role::AttentionGate => "attention gates",
        Role::QueryDown | Role::QueryUp => "latent query projections",
        Role::LatentDown | Role::LatentKey | Role::LatentValue => "latent key and value projections",
        Role::Up | Role::Gate => "gate and up projections",
        Role::Down => "down projections",
        Role::ExpertUp | Role::ExpertGate => "experts' gate and up projections",
        Role::ExpertDown => "experts' down projections",
        Role::SharedUp | Role::SharedGate | Role::SharedDown => "shared experts",
        Role::Router | Role::SharedRouter => "routers",
        Role::RecurrentIn | Role::RecurrentRates | Role::RecurrentOut => "projections of recurrent layers",
        Role::Convolution => "short convolutions",
        Role::Norm => "norms",
        Role::Bias => "biases",
        Role::Vector | Role::RopeFactors | Role::Other => "other vectors",
    }
}
