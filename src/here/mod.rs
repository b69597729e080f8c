//! The models that lie on this machine, each with how it runs on a machine.

mod answered;
mod model_here;

pub use answered::{Answered, Asked, Listed, NotAnswered, answer, answer_all};
pub use model_here::{LargestContext, ModelHere};
