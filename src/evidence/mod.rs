//! What was measured, and how the engine does against it.

mod mlx;

pub use mlx::{MlxCase, MlxRowError, mlx_cases};
