//! What follows: memory, ceilings and verdicts. Pure functions of their arguments.

pub mod ceilings;
pub mod estimate;
pub mod fit;
pub mod memory;

pub use ceilings::{Ceiling, CeilingKind, ceilings};
pub use estimate::{Estimate, estimate};
pub use fit::{Comparison, Fit, Verdict, judge};
pub use memory::{Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Working, budget};
