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
    /// Of pages that go to system memory when the device is full, those that are on the device while one tensor is changed.
    pub paged: Option<Figure>,
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
        let masters = tune.master_weights.are_kept() && tune.method == Method::Full && pass.base < SINGLE;
        let width = if masters { SINGLE } else { width };
        let master = formula!(
            detail, "a 32-bit copy of every 16-bit parameter";
            trained_values = values, bytes_per_value = SINGLE => trained_values * bytes_per_value
        );
        Self {
            weights: counts.weights(model, pass, detail),
            master: masters.then_some(master),
            state: state(tune, &counts, (values, width), detail),
            paged: paged(tune, &counts, values, detail),
            step: step(tune, values * width, &counts),
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
    /// Matrices of the layers.
    matrices: f64,
    /// Longer sides of those, and shorter sides.
    long: f64,
    short: f64,
    /// The shorter side of the largest of them, and its values.
    widest: (f64, f64),
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
                    counts.add_matrix(tensor, layers);
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

    /// A matrix of a layer, which `GaLore` and Muon treat apart from vectors, embedding and head.
    fn add_matrix(&mut self, tensor: Tensor, layers: f64) {
        if tensor.rows < 2 || tensor.columns < 2 {
            return;
        }
        let [rows, columns] = [tensor.rows, tensor.columns].map(f64::from);
        let stack = f64::from(tensor.stack) * layers;
        self.matrices += count(tensor.elements()) * layers;
        self.long += rows.max(columns) * stack;
        self.short += rows.min(columns) * stack;
        if rows * columns > self.widest.1 {
            self.widest = (rows.min(columns), rows * columns);
        }
    }

    /// Bytes of the base. Packing to 4 bit reaches matrices of linear layers; experts in one tensor stay in 16
    /// bit with bitsandbytes as it is, and are packed with patches of it, as Unsloth's: the low end.
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
        if pass.eight {
            return Self::eight_bit(model, pass, detail);
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
            let (all, unpacked) = (figure(low, 0.0), figure(low + kept, HALF - PACKED));
            let best = if pass.packs_experts { all.clone() } else { unpacked.clone() };
            return Worked::band(all, best, unpacked);
        }
        Worked::exact(figure(low, 0.0))
    }
}

impl Counts {
    /// Bytes of a base in 8 bit: `Linear8bitLt` keeps a byte a value and a 32-bit scale a row; what is no linear layer
    /// stays in 16 bit, experts in one tensor among it.
    fn eight_bit(model: &Model, pass: &Pass, detail: Detail) -> Worked {
        let bytes = |tensor: Tensor, outer: bool| {
            let values = count(tensor.elements());
            let rows = f64::from(tensor.rows) * f64::from(tensor.stack);
            match tensor.role {
                Role::RopeFactors => 0.0,
                _ if outer || tensor.role == Role::Norm => values * pass.outer,
                _ if tensor.rows < 2 || tensor.stack > 1 => values * HALF,
                Role::Router | Role::SharedRouter => values * HALF,
                _ => values + SINGLE * rows,
            }
        };
        let terms = by_kind_of_matrix(model, &bytes);
        let all = terms.iter().map(|term| term.value).sum();
        let source = "bitsandbytes' Linear8bitLt on the matrices of linear layers; PEFT's prepare_model_for_kbit_training raises the rest";
        Worked::exact(Figure::terms(detail, source, all, || terms.clone()))
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
/// of which the pages of its paged variant go to the host; Adafactor row and column sums of whole matrices, and of
/// adapters next to nothing.
fn state(tune: &FineTune, counts: &Counts, (values, width): (f64, f64), detail: Detail) -> Worked {
    let optimizer = tune.optimizer;
    let full = tune.method == Method::Full;
    let bytes = || {
        formula!(
            detail, "bitsandbytes: two moments of a byte a value, with a 32-bit scale for each block";
            moments = 2.0, trained_values = values, values_per_scale = BLOCK
            => moments * trained_values * (1.0 + 4.0 / values_per_scale)
        )
    };
    match optimizer {
        Optimizer::PagedAdamW => Worked::exact(formula!(
            detail, "bitsandbytes' paged 32-bit AdamW: two moments in 32 bit";
            moments = 2.0, trained_values = values => moments * trained_values * 4.0
        )),
        Optimizer::GaLore if full => Worked::exact(formula!(
            detail, "galore_torch: of each matrix two moments of its longer side × rank and a projection of its shorter side × rank; AdamW for the rest";
            rank = count(tune.galore_rank), longer_sides = counts.long, shorter_sides = counts.short,
            other_values = (counts.all - counts.matrices).max(0.0), bytes_per_value = width
            => bytes_per_value * (rank * (2.0 * longer_sides + shorter_sides) + 2.0 * other_values)
        )),
        Optimizer::Muon if full => Worked::exact(formula!(
            detail, "torch.optim.Muon: one momentum of each matrix of the layers, AdamW's two moments for the rest";
            matrices = counts.matrices, other_values = (counts.all - counts.matrices).max(0.0),
            bytes_per_value = width
            => bytes_per_value * (matrices + 2.0 * other_values)
        )),
        Optimizer::AdamW | Optimizer::AdamWForeach | Optimizer::GaLore => Worked::exact(formula!(
            detail, "torch.optim.AdamW: two moments in the parameters' own type";
            moments = 2.0, trained_values = values, bytes_per_value = width
            => moments * trained_values * bytes_per_value
        )),
        Optimizer::AdamW8bit | Optimizer::PagedAdamW8bit => Worked::exact(bytes()),
        Optimizer::Adafactor => Worked::exact(formula!(
            detail, "Transformers' Adafactor: sums of rows and columns in 32 bit, for the share of the model that is trained";
            rows_and_columns = counts.sums, trained_values = values, parameters = counts.all
            => rows_and_columns * min(trained_values / max(parameters, 1.0), 1.0) * 4.0
        )),
        Optimizer::Lion8bit => Worked::exact(formula!(
            detail, "bitsandbytes: one moment of a byte a value, with a 32-bit scale for each block";
            trained_values = values, values_per_scale = BLOCK => trained_values * (1.0 + 4.0 / values_per_scale)
        )),
        Optimizer::Muon => Worked::exact(formula!(
            detail, "torch.optim.Muon: one momentum of each matrix; adapters are matrices";
            trained_values = values, bytes_per_value = width => trained_values * bytes_per_value
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

/// Pages of a paged optimizer that are on the device at once, where it is full; of adapters, which are small, all.
///
/// bitsandbytes allocates them with `cudaMallocManaged` (`functional.py`, `get_paged`) and fetches those of a tensor before it
/// changes it (`optim/optimizer.py`, `prefetch_state`); the driver moves pages to the host as others are wanted.
fn paged(tune: &FineTune, counts: &Counts, values: f64, detail: Detail) -> Option<Figure> {
    let moments = match tune.optimizer {
        Optimizer::PagedAdamW => 2.0 * SINGLE,
        Optimizer::PagedAdamW8bit => 2.0 * (1.0 + SINGLE / BLOCK),
        _ => return None,
    };
    Some(formula!(
        detail, "bitsandbytes: both moments of the largest tensor, which are fetched while it is changed";
        largest_tensor = counts.largest.min(values), bytes_per_value = moments
        => largest_tensor * bytes_per_value
    ))
}

/// What comes and goes while the optimizer steps: a list-wise step has another copy of all that is trained;
/// Adafactor four 32-bit copies of the largest tensor.
fn step(tune: &FineTune, trained: f64, counts: &Counts) -> (&'static str, f64) {
    let full = tune.method == Method::Full;
    let largest = if full { counts.largest * SINGLE } else { 0.0 };
    let (short, values) = counts.widest;
    match tune.optimizer {
        Optimizer::AdamWForeach => ("list-wise step: a copy of all that is trained", trained),
        Optimizer::Adafactor => ("Adafactor: four 32-bit copies of the largest tensor", 4.0 * largest),
        Optimizer::Muon if full => (
            "Muon: the largest matrix in 16 bit and its next iterate, beside products of its shorter side",
            values * 3.0 * HALF + short * short * 2.0 * HALF,
        ),
        // Its AdamW is not fused: a root and an update of the largest tensor are there at once.
        Optimizer::GaLore if full => (
            "GaLore: two copies of the largest tensor, or a matrix in 32 bit with its singular vectors",
            (2.0 * counts.largest * trained / counts.all.max(1.0)).max(values * 3.0 * SINGLE),
        ),
        Optimizer::AdamW
        | Optimizer::AdamW8bit
        | Optimizer::PagedAdamW8bit
        | Optimizer::PagedAdamW
        | Optimizer::GaLore
        | Optimizer::Muon
        | Optimizer::Lion8bit
        | Optimizer::Lion
        | Optimizer::Sgd => ("nothing", 0.0),
    }
}
