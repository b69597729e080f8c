//! What lies in memory whatever a pass is: the base, what is trained, and the optimiser's state.

use super::super::super::weights::{Role, layer_tensors, outer_tensors};
use super::super::super::{Placement, weights};
use super::pass::{HALF, Pass, SINGLE};
use crate::spec::{FineTune, GpuLayers, Method, Model, Optimizer, Quantization};
use crate::units::{Band, count};

/// Bytes of one value of an 8-bit optimiser's state, with a 32-bit scale for each block of 256.
const BYTE_WITH_SCALE: f64 = 1.0 + SINGLE / 256.0;

/// Bytes that are there from the first moment to the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Resident {
    /// The base.
    pub(super) weights: Band<f64>,
    /// Full-precision copies of 16-bit parameters.
    pub(super) master: f64,
    /// What the optimiser keeps.
    pub(super) state: Band<f64>,
    /// What comes and goes while it steps.
    pub(super) step: f64,
}

impl Resident {
    /// For so many trained bytes, of `width` bytes a value.
    pub(super) fn new(model: &Model, tune: &FineTune, pass: &Pass, (trained, width): (f64, f64)) -> Self {
        let counts = Counts::of(model);
        let values = trained / width;
        let masters = tune.master_weights && tune.method == Method::Full && pass.base < SINGLE;
        let width = if masters { SINGLE } else { width };
        Self {
            weights: counts.weights(model, pass),
            master: if masters { values * SINGLE } else { 0.0 },
            state: state(tune.optimizer, model, values, width, counts.sums),
            step: step(tune, values * width, counts.largest),
        }
    }
}

/// Values of the base by how training holds them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    all: f64,
    /// Embedding, head and every norm, which k-bit preparation raises to 32 bit.
    raised: f64,
    /// Matrices of experts, which lie in tensors of three dimensions.
    stacked: f64,
    /// Rows and columns of every matrix together.
    sums: f64,
    /// Of the largest tensor.
    largest: f64,
}

impl Counts {
    fn of(model: &Model) -> Self {
        let mut counts = Self::default();
        outer_tensors(model, &mut |tensor| {
            if tensor.role != Role::RopeFactors {
                counts.raised += count(tensor.elements());
                counts.add(tensor, 1.0);
            }
        });
        for run in &model.stack {
            for block in &run.blocks {
                let layers = f64::from(run.repeat) * f64::from(block.times);
                layer_tensors(model, block, &mut |tensor| {
                    if tensor.role == Role::Norm {
                        counts.raised += count(tensor.elements()) * layers;
                    }
                    if tensor.role.is_routed() {
                        counts.stacked += count(tensor.elements()) * layers;
                    }
                    counts.add(tensor, layers);
                });
            }
        }
        counts
    }

    fn add(&mut self, tensor: super::super::super::weights::Tensor, layers: f64) {
        self.all += count(tensor.elements()) * layers;
        self.largest = self.largest.max(count(tensor.elements()));
        let sides = f64::from(tensor.rows) + if tensor.rows > 1 { f64::from(tensor.columns) } else { 0.0 };
        self.sums += sides * f64::from(tensor.stack) * layers;
    }

    /// Bytes of the base. Packing to 4 bit reaches matrices of linear layers; experts in one tensor stay in 16
    /// bit with bitsandbytes as it is, and are packed with patches of it: the low end.
    fn weights(&self, model: &Model, pass: &Pass) -> Band<f64> {
        if !pass.packed {
            return Band::exact(self.all * pass.base);
        }
        let stored =
            |quantization| weights(model, quantization, Placement::Gpu, GpuLayers::Auto).total().get();
        let raised = self.raised * (pass.outer - HALF);
        let packed = stored(Quantization::Nf4) + raised;
        let kept = if self.stacked > 0.0 {
            // What packing would have saved on them, by its own share of a plain matrix.
            self.stacked * (HALF - (0.5 + 1.0 / 64.0 + SINGLE / (64.0 * 256.0)))
        } else {
            0.0
        };
        Band { low: packed, best: packed + kept, high: packed + kept }
    }
}

/// Bytes of the optimiser's state for `values` of `width` bytes.
///
/// PyTorch's `AdamW` keeps two moments in the parameters' own type; bitsandbytes two bytes with their scales,
/// which its paged variant may move to the host; Adafactor row and column sums of whole matrices, and of
/// adapters next to nothing.
fn state(optimizer: Optimizer, model: &Model, values: f64, width: f64, sums: f64) -> Band<f64> {
    match optimizer {
        Optimizer::AdamW | Optimizer::AdamWForeach => Band::exact(2.0 * values * width),
        Optimizer::AdamW8bit => Band::exact(2.0 * values * BYTE_WITH_SCALE),
        Optimizer::PagedAdamW8bit => {
            let all = 2.0 * values * BYTE_WITH_SCALE;
            Band { low: 0.0, best: all, high: all }
        }
        Optimizer::Adafactor => {
            let share = (values / Counts::of(model).all.max(1.0)).min(1.0);
            Band::exact(sums * share * SINGLE)
        }
        Optimizer::Lion => Band::exact(values * width),
        Optimizer::Sgd => Band::exact(0.0),
    }
}

/// Bytes that come and go while the optimiser steps: a list-wise step has another copy of all that is trained;
/// Adafactor four 32-bit copies of the largest tensor.
fn step(tune: &FineTune, trained: f64, largest: f64) -> f64 {
    let largest = if tune.method == Method::Full { largest * SINGLE } else { 0.0 };
    match tune.optimizer {
        Optimizer::AdamWForeach => trained,
        Optimizer::Adafactor => 4.0 * largest,
        Optimizer::AdamW
        | Optimizer::AdamW8bit
        | Optimizer::PagedAdamW8bit
        | Optimizer::Lion
        | Optimizer::Sgd => 0.0,
    }
}
