//! What the engine says held against what was measured, row by row.

mod error;
mod llama_cpp;
mod score;
mod table;

pub use error::EvidenceError;
pub use llama_cpp::{llama_cpp, llama_cpp_graphs};
pub use score::{Group, Row};
