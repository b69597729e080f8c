//! Training on several devices with PyTorch: everything shared out (FSDP), or a copy on each (DDP).

use super::share;
use crate::engine::memory::{Basis, Budget, PartName, PhaseName, Place, Working};
use crate::spec::Model;
use crate::units::{Band, Bytes};

const SOURCE: &str =
    "reasoned from what PyTorch's FSDP and DDP document; no run on several devices was measured";

/// Bytes of an embedding's value.
const HALF: f64 = 2.0;

/// Everything that is held shared out, and what each layer gathers of it while it computes.
///
/// FSDP gathers the embeddings for the whole pass, and of the layers the one that computes and the next one; the
/// gradients of a layer exist whole until they are summed over the devices.
pub(super) fn sharded(mut budget: Budget, model: &Model, devices: u32) -> Budget {
    let share = share(devices);
    let matrices = if model.tied_embeddings { 1.0 } else { 2.0 };
    let outer = matrices * HALF * f64::from(model.hidden) * f64::from(model.vocabulary);
    let layers = f64::from(model.layer_count().max(1));
    for phase in &mut budget.phases {
        let runs = matches!(phase.name, PhaseName::Forward | PhaseName::Backward);
        let backward = phase.name == PhaseName::Backward;
        for part in &mut phase.parts {
            let whole = part.bytes;
            let gathered = match part.name {
                PartName::Weights if runs => gathered(whole, outer, layers, 2.0),
                PartName::Gradients if backward => gathered(whole, outer, layers, 1.0),
                PartName::Weights
                | PartName::Gradients
                | PartName::OptimizerState
                | PartName::MasterWeights
                | PartName::Adapters => Band::exact(0.0),
                _ => continue,
            };
            if part.place == Place::Device {
                part.bytes = whole.map(|bytes| bytes * share)
                    + gathered.map(|bytes| Bytes::new(bytes * (1.0 - share)));
                part.basis = Basis::Modelled;
                part.working = working(whole, gathered, devices);
            }
        }
    }
    budget
}

/// What is whole on a device for a while: the embeddings, and some of the layers.
fn gathered(whole: Band<Bytes>, outer: f64, layers: f64, at_once: f64) -> Band<f64> {
    whole.map(|bytes| {
        let outer = outer.min(bytes.get());
        at_once.mul_add((bytes.get() - outer) / layers, outer).min(bytes.get())
    })
}

fn working(whole: Band<Bytes>, gathered: Band<f64>, devices: u32) -> Working {
    let inputs = [("whole", whole.best.get()), ("devices", f64::from(devices)), ("gathered", gathered.best)];
    let formula = if gathered.best > 0.0 {
        "whole ÷ devices + what is gathered while it computes × (1 − 1 ÷ devices)"
    } else {
        "whole ÷ devices"
    };
    Working::new(formula, &inputs, SOURCE)
}

/// The buckets in which DDP sums gradients over the devices: as large as all gradients.
pub(super) fn add_buckets(budget: &mut Budget) {
    for phase in &mut budget.phases {
        for part in &mut phase.parts {
            if part.name == PartName::Gradients {
                let whole = part.bytes;
                part.bytes = whole.map(|bytes| bytes * 2.0);
                part.working = Working::new(
                    "gradients + buckets of the same size, in which they are summed over the devices",
                    &[("gradients", whole.best.get())],
                    SOURCE,
                );
            }
        }
    }
}
