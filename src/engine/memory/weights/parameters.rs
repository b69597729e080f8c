//! How many parameters a model has.

use super::tensors::{layer_tensors, outer_tensors};
use crate::spec::{Block, FeedForward, Model};
use crate::spec::{Role, Tensor};

/// Parameters as llama.cpp counts them in a file, stored rotary frequencies included.
pub fn parameter_count(model: &Model) -> u64 {
    sum(model, |tensor, _| tensor.elements())
}

/// Parameters of the Hugging Face checkpoint, which stores no rotary frequencies.
pub fn checkpoint_parameter_count(model: &Model) -> u64 {
    sum(model, |tensor, _| if tensor.role == Role::RopeFactors { 0 } else { tensor.elements() })
}

/// Parameters used for one token: of the routed experts only those it is sent to, of everything else all.
///
/// The token embedding counts whole, as most publishers count it (gpt-oss does not).
pub fn active_parameter_count(model: &Model) -> u64 {
    sum(
        model,
        |tensor, block| {
            if tensor.role == Role::RopeFactors { 0 } else { used(tensor.elements(), tensor, block) }
        },
    )
}

/// The part of a tensor's `amount` that one token uses.
pub(super) fn used(amount: u64, tensor: Tensor, block: Option<&Block>) -> u64 {
    match block.map(|block| &block.feed_forward) {
        Some(FeedForward::Experts(experts)) if tensor.role.is_routed() => {
            let share = (amount / u64::from(experts.count.max(1))).saturating_mul(u64::from(experts.used));
            share.min(amount)
        }
        _ => amount,
    }
}

/// The sum of `each` over all tensors; blocks that repeat are looked at once.
pub(super) fn sum(model: &Model, each: impl Fn(Tensor, Option<&Block>) -> u64) -> u64 {
    let mut total = 0_u64;
    outer_tensors(model, &mut |tensor| total = total.saturating_add(each(tensor, None)));
    for run in &model.stack {
        for block in &run.blocks {
            let mut layer = 0_u64;
            layer_tensors(model, block, &mut |tensor| {
                layer = layer.saturating_add(each(tensor, Some(block)));
            });
            let times = u64::from(run.repeat).saturating_mul(u64::from(block.times));
            total = total.saturating_add(layer.saturating_mul(times));
        }
    }
    total
}
