//! What would make it fit: ordered steps, each with what it saves and what it costs.

mod after;
mod family;
mod greedy;
mod idea;
mod keyed;
mod machine;
mod named;
mod not_offered;
mod other_ways;
mod others;
mod programs;
mod pruned;
mod running;
mod search;
mod step;
mod values;

pub use family::smaller;
pub use idea::Damage;
pub use keyed::{Keyed, Offered};
pub use not_offered::{NotOffered, Why};
pub use search::{Alternative, Plan, plan};
pub use step::{Act, Step};
