//! What would make it fit: ordered steps, each with what it saves and what it costs.

mod idea;
mod search;
mod step;

pub use idea::Damage;
pub use search::{Alternative, NotOffered, Plan, Why, plan};
pub use step::Step;
