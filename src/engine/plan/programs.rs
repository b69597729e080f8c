//! What no setting does: memory that other programs hold now.

use super::idea::Damage;
use super::step::{Act, Step, limit, need, pace, peak};
use crate::engine::{CeilingKind, Estimate};
use crate::units::Bytes;

/// Closing programs, where what is free now is less than is needed after all steps.
pub(super) fn close_programs(now: &Estimate, after: &Estimate) -> Option<Step> {
    let free = after.fit.comparisons.iter().find(|of| of.ceiling.kind == CeilingKind::FreeNow)?;
    if free.verdict.fits() {
        return None;
    }
    let more = free.need.high - free.ceiling.bytes.low;
    Some(Step {
        changes: Vec::new(),
        before: String::new(),
        shown: None,
        action: Some(Act::ClosePrograms { more }),
        damage: Damage::None,
        note: "the same results; nothing of the workload changes",
        delta: Bytes::ZERO,
        total: peak(now),
        need: need(now),
        need_before: need(now),
        limit: limit(now),
        speed: Some(1.0),
        pace: pace(now),
        after: now.resolved.clone(),
        verdict: now.fit.verdict,
    })
}
