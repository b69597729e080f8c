//! What does not stay on the device for a whole step: gradients that the optimizer takes as they come, and what
//! checkpointing keeps, where it waits in system memory.

use super::super::super::weights::{layer_tensors, outer_tensors};
use super::super::super::{Basis, Budget, Part, PartName, PhaseName, Place, Placement, Want};
use super::pass::{MOST, Pass};
use crate::engine::working::{Detail, Worked};
use crate::formula;
use crate::spec::{FineTune, Method, Model};
use crate::units::{Bytes, count};

/// Gradients of one tensor at a time, where each parameter is changed as soon as its own has come
/// (`register_optim_in_bwd_hooks` of torchtune); accumulation needs all of them.
pub fn gradients(budget: &mut Budget, model: &Model, tune: &FineTune, detail: Detail) {
    if !tune.optimizer_in_backward || tune.gradient_accumulation_steps > 1 {
        return;
    }
    let pass = Pass::new(tune, tune.attention);
    let largest = if tune.method == Method::Full { largest(model) * pass.base } else { 0.0 };
    let parts = budget.phases.iter_mut().flat_map(|phase| &mut phase.parts);
    for part in parts.filter(|part| part.name == PartName::Gradients) {
        part.rework(|all| {
            formula!(
                detail, "each gradient is let go when its parameter has been changed: that of the largest tensor is the most";
                gradients = all, largest_tensor = largest => min(gradients, largest_tensor)
            )
        });
    }
}

/// Values of the largest tensor.
fn largest(model: &Model) -> f64 {
    let mut most = 0.0_f64;
    outer_tensors(model, &mut |tensor| most = most.max(count(tensor.elements())));
    for block in model.stack.iter().flat_map(|run| &run.blocks) {
        layer_tensors(model, block, &mut |tensor| most = most.max(count(tensor.elements())));
    }
    most
}

/// The inputs of recomputed layers in system memory; two are on the device, one coming and one in use.
pub fn checkpoints(budget: &mut Budget, model: &Model, tune: &FineTune, want: Want) {
    if !tune.checkpoint_offload || !tune.gradient_checkpointing || want.placement != Placement::Gpu {
        return;
    }
    let pass = Pass::new(tune, tune.attention);
    let offloaded = (f64::from(model.layer_count()) - 2.0).max(0.0);
    let one = count(tune.micro_batch.min(MOST))
        * count(tune.sequence.min(MOST))
        * f64::from(model.hidden)
        * pass.stream();
    for phase in &mut budget.phases {
        if !matches!(phase.name, PhaseName::Forward | PhaseName::Backward) {
            continue;
        }
        let mut kept = Bytes::ZERO;
        for part in phase.parts.iter_mut().filter(|part| part.name == PartName::Activations) {
            kept = part.bytes.best;
            part.rework(|all| {
                formula!(
                    want.detail, "Unsloth's offloaded checkpointing: the inputs of all layers but two wait in system memory";
                    activations = all, offloaded_layers = offloaded, input = one
                    => activations - min(offloaded_layers * input, activations)
                )
            });
        }
        let host = formula!(
            want.detail, "inputs of recomputed layers, in pinned system memory";
            offloaded_layers = offloaded, input = one, activations = kept.get()
            => min(offloaded_layers * input, activations)
        );
        phase.parts.push(Part::worked(
            PartName::Activations,
            Place::Host,
            Basis::Modelled,
            Worked::exact(host),
        ));
    }
}
