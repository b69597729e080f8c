//! What lies in memory whatever a pass is: the base, what is trained, and the optimizer's state.

use super::super::super::weights::{Role, Tensor, layer_tensors, outer_tensors, packed};
use super::super::super::{Placement, weights};
use super::super::by_kind_of_matrix;
use super::pass::{HALF, Pass, SINGLE};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{FineTune, GpuLayers, Method, Model, Optimizer, Quantization};
use crate::units::count;

/// Values of an 8-bit optimizer's state that share a 32-bit scale (bitsandbytes, `blocksize`).
const BLOCK: f64 = 256.0;
/// Bytes of a value of a matrix packed to 4 bit: half a byte, a byte for 64 values, a 32-bit float for 256 of those.
const PACKED: f64 = 0.5 + 1.0 / 64.0 + SINGLE / (64.0 * 256.0);

/// Bytes that are there from the first operation to the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Resident {
    /// The base.
    pub weights: Worked,
    /// Full-precision copies of 16-bit parameters, where there are some.
    pub master: Option<Figure>,
    /// What the optimizer keeps.
    pub state: Worked,
    /// What comes and goes while it steps: its name, and bytes.
    pub step: (&'static str, f64),
}

impl Resident {
    /// For so many trained bytes, of `width` bytes a value.
    pub fn new(
        model: &Model,
        tune: &FineTune,
        pass: &Pass,
        (trained, width): (f64, f64),
        detail: Detail,
    ) -> Self {
        let counts = Counts::of(model);
        let values = trained / width;
        let masters = tune.master_weights && tune.method == Method::Full && pass.base < SINGLE;
        let width = if masters { SINGLE } else { width };
        let master = formula!(
            detail, "a 32-bit copy of every 16-bit parameter";
            trained_values = values, bytes_per_value = SINGLE => trained_values * bytes_per_value
        );
        Self {
            weights: counts.weights(model, pass, detail),
            master: masters.then_some(master),
            state: state(tune.optimizer, &counts, (values, width), detail),
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
    /// Rows and columns of all matrices together.
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

    fn add(&mut self, tensor: Tensor, layers: f64) {
        self.all += count(tensor.elements()) * layers;
        self.largest = self.largest.max(count(tensor.elements()));
        let sides = f64::from(tensor.rows) + if tensor.rows > 1 { f64::from(tensor.columns) } else { 0.0 };
        self.sums += sides * f64::from(tensor.stack) * layers;
    }

    /// Bytes of the base. Packing to 4 bit reaches matrices of linear layers; experts in one tensor stay in 16
    /// bit with bitsandbytes as it is, and are packed with patches of it: the low end.
    fn weights(&self, model: &Model, pass: &Pass, detail: Detail) -> Worked {
        if !pass.packed {
            let source = "the checkpoint's tensors in one type";
            return Worked::exact(Figure::terms(detail, source, self.all * pass.base, || {
                by_kind_of_matrix(model, |tensor, _| match tensor.role {
                    Role::RopeFactors => 0.0,
                    _ => count(tensor.elements()) * pass.base,
                })
            }));
        }
        let stored = weights(model, Quantization::Nf4, Placement::Gpu, GpuLayers::Auto).total().get();
        let raised = self.raised * (pass.outer - HALF);
        let low = stored + raised;
        // What packing would have saved on experts, by its own share of a plain matrix.
        let kept = if self.stacked > 0.0 { self.stacked * (HALF - PACKED) } else { 0.0 };
        let figure = |value: f64, kept: f64| {
            let source = "bitsandbytes' NF4 with double quantization on the matrices of linear layers; PEFT's prepare_model_for_kbit_training raises the rest";
            Figure::terms(detail, source, value, || {
                by_kind_of_matrix(model, |tensor, outer| packed_bytes(tensor, outer, pass, kept))
            })
        };
        if kept > 0.0 {
            let best = figure(low + kept, HALF - PACKED);
            return Worked::band(figure(low, 0.0), best.clone(), best);
        }
        Worked::exact(figure(low, 0.0))
    }
}

/// Bytes of a tensor of a packed base, whose experts take `kept` bytes a value more.
fn packed_bytes(tensor: Tensor, outer: bool, pass: &Pass, kept: f64) -> f64 {
    let values = count(tensor.elements());
    let raised = match tensor.role {
        Role::RopeFactors => 0.0,
        _ if outer || tensor.role == Role::Norm => values * (pass.outer - HALF),
        _ => 0.0,
    };
    let kept = if tensor.role.is_routed() { values * kept } else { 0.0 };
    count(packed(Quantization::Nf4, tensor)) + raised + kept
}

/// The optimizer's state for `values` of `width` bytes.
///
/// PyTorch's `AdamW` keeps two moments in the parameters' own type; bitsandbytes two bytes with their scales,
/// which its paged variant may move to the host; Adafactor row and column sums of whole matrices, and of
/// adapters next to nothing.
fn state(optimizer: Optimizer, counts: &Counts, (values, width): (f64, f64), detail: Detail) -> Worked {
    let bytes = || {
        formula!(
            detail, "bitsandbytes: two moments of a byte a value, with a 32-bit scale for each block";
            moments = 2.0, trained_values = values, values_per_scale = BLOCK
            => moments * trained_values * (1.0 + 4.0 / values_per_scale)
        )
    };
    match optimizer {
        Optimizer::AdamW | Optimizer::AdamWForeach => Worked::exact(formula!(
            detail, "torch.optim.AdamW: two moments in the parameters' own type";
            moments = 2.0, trained_values = values, bytes_per_value = width
            => moments * trained_values * bytes_per_value
        )),
        Optimizer::AdamW8bit => Worked::exact(bytes()),
        Optimizer::PagedAdamW8bit => {
            let none =
                Figure::found(detail, "bitsandbytes may move all pages to the host", "state_on_device", 0.0);
            Worked::band(none, bytes(), bytes())
        }
        Optimizer::Adafactor => Worked::exact(formula!(
            detail, "Transformers' Adafactor: sums of rows and columns in 32 bit, for the share of the model that is trained";
            rows_and_columns = counts.sums, trained_values = values, parameters = counts.all
            => rows_and_columns * min(trained_values / max(parameters, 1.0), 1.0) * 4.0
        )),
        Optimizer::Lion => Worked::exact(formula!(
            detail, "Lion keeps one moment in the parameters' own type";
            trained_values = values, bytes_per_value = width => trained_values * bytes_per_value
        )),
        Optimizer::Sgd => {
            Worked::exact(Figure::found(detail, "SGD without momentum keeps nothing", "state", 0.0))
        }
    }
}

/// What comes and goes while the optimizer steps: a list-wise step has another copy of all that is trained;
/// Adafactor four 32-bit copies of the largest tensor.
fn step(tune: &FineTune, trained: f64, largest: f64) -> (&'static str, f64) {
    let largest = if tune.method == Method::Full { largest * SINGLE } else { 0.0 };
    match tune.optimizer {
        Optimizer::AdamWForeach => ("list-wise step: a copy of all that is trained", trained),
        Optimizer::Adafactor => ("Adafactor: four 32-bit copies of the largest tensor", 4.0 * largest),
        Optimizer::AdamW
        | Optimizer::AdamW8bit
        | Optimizer::PagedAdamW8bit
        | Optimizer::Lion
        | Optimizer::Sgd => ("nothing", 0.0),
    }
}
