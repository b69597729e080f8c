//! A trace simulated forward and backward, as figures or tensor by tensor.

use super::backward::Backward;
use super::forward::Forward;
use super::held::{Item, Kind, put};
use super::trace::{Recorded, Simulated, Tensor, Trace};
use crate::engine::working::Detail;

impl Trace {
    /// Simulates the operations forward and, where a gradient flows to the result, backward.
    pub fn simulate(&self, result: Tensor) -> Simulated {
        let mut nothing_kept = Forward::new(self, false, Detail::Figures);
        nothing_kept.run(result);
        let passing = nothing_kept.most;
        let mut forward = Forward::new(self, result.grad, Detail::Figures);
        forward.run(result);
        let kept = forward.kept(result);
        let most = forward.most;
        let trained = self.trained().map(|node| node.bytes).sum();
        if !result.grad {
            return Simulated { forward: most, passing, trained, ..Simulated::default() };
        }
        let mut backward = Backward::new(self, kept, result, None);
        backward.run();
        let gradients = backward.gradients();
        Simulated { kept, forward: most, passing, backward: backward.most, gradients, trained }
    }

    /// Simulates them once more and lists what lives.
    pub fn recorded(&self, result: Tensor) -> Recorded {
        let mut nothing_kept = Forward::new(self, false, Detail::Workings);
        nothing_kept.run(result);
        let mut trained = Vec::new();
        for node in self.trained() {
            put(&mut trained, Item::new(Kind::Gradients, node.name.text(), node.bytes));
        }
        let mut forward = Forward::new(self, result.grad, Detail::Workings);
        forward.run(result);
        let kept = forward.kept(result);
        let passing = nothing_kept.peak_items();
        if !result.grad {
            return Recorded { forward: forward.peak_items(), passing, trained, ..Recorded::default() };
        }
        let alive = forward.alive.clone();
        let kept_items = forward.items();
        let mut backward = Backward::new(self, kept, result, Some(alive));
        backward.run();
        let gradients = backward.gradient_items();
        Recorded {
            kept: kept_items,
            forward: forward.peak_items(),
            passing,
            backward: backward.peak_items(),
            gradients,
            trained,
        }
    }
}
