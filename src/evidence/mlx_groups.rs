//! MLX inference as groups of errors.

use super::{Group, MlxCase, MlxRowError, Row, mlx_cases};
use crate::engine::memory::{Budget, PartName, Phase, PhaseName};
use crate::units::{Band, Bytes};

/// Operations that Metal runs ahead in the reading that the best estimate is made for.
const AHEAD: u64 = 11;

/// Peaks of reading and writing on Metal against the best estimate, the same without run-ahead against the low
/// end, and the processor's apart: its kernels allocate in their own way.
///
/// # Errors
/// When a row of the table does not read.
pub fn mlx_groups() -> Result<Vec<Group>, MlxRowError> {
    let mut best = Group::new("MLX on Metal, prefill and decode peaks", true);
    let mut low = Group::new("MLX on Metal, no run-ahead, against the low end", false);
    let mut processor = Group::new("MLX on the processor", false);
    for case in mlx_cases()? {
        let budget = case.estimate();
        let (group, end): (&mut Group, fn(Band<Bytes>) -> Bytes) = match (case.metal, case.ahead) {
            (true, Some(AHEAD)) => (&mut best, |band| band.best),
            (true, _) => (&mut low, |band| band.low),
            (false, Some(0)) => (&mut processor, |band| band.low),
            (false, _) => (&mut processor, |band| band.best),
        };
        for (phase, measured) in [(PhaseName::Prefill, case.prefill), (PhaseName::Decode, case.decode)] {
            group.rows.push(Row {
                name: name(&case, phase),
                predicted: needed(&budget, phase, end),
                measured,
            });
        }
    }
    Ok(vec![best, low, processor])
}

/// What a phase needs without what surrounds MLX's own allocations.
fn needed(budget: &Budget, name: PhaseName, end: fn(Band<Bytes>) -> Bytes) -> Bytes {
    let of = |phase: &Phase| {
        phase.parts.iter().filter(|part| part.name != PartName::Overhead).map(|part| end(part.bytes)).sum()
    };
    budget.phases.iter().find(|phase| phase.name == name).map_or(Bytes::ZERO, of)
}

fn name(case: &MlxCase, phase: PhaseName) -> String {
    format!("{} {}", case.scenario.name, phase.key())
}
