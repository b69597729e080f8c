//! Many contenders are shared out to the processor's cores.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::thread::available_parallelism;

use crate::engine::Assumptions;
use crate::engine::rank::{Contender, Row, rank};
use crate::spec::{Machine, QualityLoss};

/// Contenders for which a thread is worth its start.
const EACH: usize = 16;

/// A row for each of the contenders on each of the machines, in that order.
pub(super) fn ranked<'a>(
    contenders: &[Contender],
    machines: &[Arc<Machine>],
    assumptions: &Assumptions<'_>,
    known: &'a [QualityLoss],
) -> Vec<Row<'a>> {
    let most = contenders.len() / EACH;
    let threads = if most > 1 { available_parallelism().map_or(1, usize::from).min(most) } else { 1 };
    if threads == 1 {
        return rank(contenders, machines, assumptions, known);
    }
    let size = contenders.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let parts = contenders.chunks(size);
        let started: Vec<_> =
            parts.map(|part| scope.spawn(move || rank(part, machines, assumptions, known))).collect();
        started
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}
