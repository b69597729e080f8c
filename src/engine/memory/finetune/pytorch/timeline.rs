//! A pass from the first layer to the loss and back, and its peaks.

use super::head::Head;
use super::held::Held;
use super::kinds::Kinds;
use super::layer::Layer;
use super::listing::{Items, list};
use super::pass::Pass;
use super::trace::Simulated;
use super::walk::Walk;
use crate::engine::working::Detail;
use crate::spec::{Block, FineTune, Model, TunedLayers};

/// More layers than any model has; further ones are not simulated.
const MOST_LAYERS: usize = 4096;

/// What a pass takes above what is resident.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peaks {
    /// At the peak up to the loss.
    pub forward: Held,
    /// At the peak of the gradients.
    pub backward: Held,
    /// Bytes of everything that is trained.
    pub trained: f64,
    /// The same tensor by tensor; nothing where only figures were asked.
    pub items: Option<Items>,
}

/// Simulates every kind of layer once, and goes through all of them.
pub fn peaks(model: &Model, tune: &FineTune, pass: &Pass, detail: Detail) -> Peaks {
    let blocks: Vec<&Block> = model.layers().take(MOST_LAYERS).collect();
    let first = first_tuned(tune, blocks.len());
    let mut kinds = Kinds::new(pass);
    // A gradient reaches a layer's input below the first trained one only where the embedding is trained, or
    // where PEFT makes it require one (`enable_input_require_grads`) so that recomputed layers have one.
    let opened = pass.gradient_checkpointing || (pass.full && first == 0);
    let layers: Vec<(usize, Simulated)> = blocks
        .iter()
        .enumerate()
        .map(|(at, block)| {
            kinds.simulate(Layer { model, block, tuned: at >= first, flows: opened || at > first })
        })
        .collect();
    let trains_all = pass.full && first == 0;
    let head = Head::new(model, pass, trains_all);
    let walk = Walk { model, pass, trains_all, kinds: &kinds, layers: &layers, head: &head };
    let (forward, backward) = (walk.forward(), walk.backward());
    Peaks {
        forward: forward.0,
        backward: backward.0,
        trained: walk.trained(),
        items: detail.wanted().then(|| list(&walk, forward.1, backward.1)),
    }
}

/// The lowest layer that is trained.
fn first_tuned(tune: &FineTune, layers: usize) -> usize {
    match tune.tuned_layers {
        TunedLayers::All => 0,
        TunedLayers::Last(last) => layers.saturating_sub(usize::try_from(last).unwrap_or(usize::MAX)),
    }
}
