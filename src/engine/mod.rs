//! What follows: memory, ceilings and verdicts. Pure functions of their arguments.

pub mod api;
pub mod axis;
mod ceiling_size;
pub mod ceilings;
pub mod cost;
pub mod estimate;
pub mod figures;
pub mod fit;
pub mod graph;
mod least_weights;
pub mod machine_notes;
pub mod memory;
mod placing;
pub mod plan;
pub mod rank;
pub mod runtime;
pub mod scale;
pub mod serving;
pub mod solve;
pub mod speed;
mod unlike;
mod usage;
pub mod working;

pub use api::ApiCost;
pub use ceilings::{Ceiling, CeilingKind, ceilings, usable_by_programs, worked_ceilings};
pub use cost::{Cost, Spending, WorkCost, break_even, spending};
pub use estimate::{
    Assumptions, Estimate, Held, Question, as_asked, ceilings_at, estimate, nowhere, placement, site,
};
pub use figures::{Book, FigureName};
pub use fit::{Comparison, Fit, Verdict, judge};
pub use machine_notes::{MachineNote, least_that_fits};
pub use memory::{
    Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Portion, Site, Unknown, Want, budget,
    budget_at,
};
pub use runtime::{Resolved, resolve};
pub use serving::Serving;
pub use speed::{Made, Speed};
pub use unlike::CardFit;
pub use usage::Use;
