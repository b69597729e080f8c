//! Training on several devices with PyTorch: everything shared out (FSDP), or a copy on each (DDP).

use crate::engine::memory::{Basis, Budget, PartName, PhaseName, Place};
use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::{FineTune, Model, TrainingOffload};

const SOURCE: &str =
    "analytical, from what PyTorch's FSDP and DDP document; no run on several devices was measured";

/// Bytes of an embedding's value.
const HALF: f64 = 2.0;

/// Everything that is held shared out, and what each layer gathers of it while it computes.
///
/// FSDP gathers the embeddings for the whole pass, and of the layers the one that computes and the next one; the
/// gradients of a layer exist whole until they are summed over the devices.
///
/// Of what waits in system memory a device has its shard here, and nothing gathered: that is added where it is moved there.
pub(super) fn sharded(
    mut budget: Budget,
    model: &Model,
    tune: &FineTune,
    (devices, detail): (u32, Detail),
) -> Budget {
    let offload = tune.training_offload;
    for phase in &mut budget.phases {
        let runs = phase.name.passes_layers();
        let backward = phase.name == PhaseName::Backward;
        for part in phase.parts.iter_mut().filter(|part| part.place == Place::Device) {
            let at_once = match part.name {
                PartName::Weights if runs && offload != TrainingOffload::All => 2.0,
                PartName::Gradients if backward && offload == TrainingOffload::None => 1.0,
                PartName::Weights
                | PartName::Gradients
                | PartName::OptimizerState
                | PartName::MasterWeights
                | PartName::Adapters
                | PartName::ReferenceWeights => 0.0,
                _ => continue,
            };
            part.rework(|whole| shard(whole, gathered(model, at_once), devices, detail));
            part.basis = Basis::Modelled;
        }
    }
    budget
}

/// What a pass gathers of all devices.
#[derive(Clone, Copy)]
pub(super) struct Gathered {
    /// Bytes of the embeddings in 16 bit.
    embeddings: f64,
    /// Layers of the model.
    layers: f64,
    /// Layers that are whole at once; none where nothing is gathered.
    at_once: f64,
}

pub(super) fn gathered(model: &Model, at_once: f64) -> Gathered {
    let matrices = if model.tied_embeddings { 1.0 } else { 2.0 };
    let embeddings = matrices * HALF * f64::from(model.hidden) * f64::from(model.vocabulary);
    Gathered { embeddings, layers: f64::from(model.layer_count().max(1)), at_once }
}

/// A device's share, and what is whole there for a while: the embeddings, and some of the layers.
pub(super) fn shard(whole: Figure, gathered: Gathered, devices: u32, detail: Detail) -> Figure {
    let devices = f64::from(devices.max(1));
    if gathered.at_once <= 0.0 {
        return formula!(detail, SOURCE; whole = whole, devices = devices => whole * (1.0 / devices));
    }
    let gathered = whole_for_a_while(&whole, gathered, detail);
    formula!(
        detail, SOURCE;
        whole = whole,
        devices = devices,
        gathered = gathered
        => whole * (1.0 / devices) + gathered * (1.0 - 1.0 / devices)
    )
}

/// What a pass has whole on a device: the embeddings, and some of the layers.
pub(super) fn whole_for_a_while(whole: &Figure, gathered: Gathered, detail: Detail) -> Figure {
    let Gathered { embeddings, layers, at_once } = gathered;
    formula!(
        detail, "the embeddings are gathered for the whole pass, and the layers that compute";
        whole = whole.clone(),
        embeddings = embeddings.min(whole.value),
        layers = layers,
        layers_at_once = at_once
        => min(layers_at_once * ((whole - embeddings) / layers) + embeddings, whole)
    )
}

/// The buckets in which DDP sums gradients over the devices: as large as all gradients.
pub(super) fn add_buckets(budget: &mut Budget, detail: Detail) {
    let parts = budget.phases.iter_mut().flat_map(|phase| &mut phase.parts);
    for part in parts.filter(|part| part.name == PartName::Gradients) {
        part.rework(|gradients| {
            let source =
                "DDP's buckets, in which gradients are summed over the devices, are as large as they";
            formula!(detail, source; gradients = gradients => gradients * 2.0)
        });
    }
}
