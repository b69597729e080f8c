//! What the engine says held against what was measured, row by row.

mod diffusion;
mod error;
mod gnn;
mod llama_cpp;
mod mlx;
mod mlx_groups;
mod mlx_training;
mod pytorch_training;
mod score;
mod speed;
mod table;
mod trained_model;

pub use diffusion::diffusion;
pub use error::EvidenceError;
pub use gnn::{GnnCase, NeighborCase, gnn_cases, gnn_further_cases, gnn_groups, neighbor_cases};
pub use llama_cpp::{llama_cpp, llama_cpp_graphs};
pub use mlx::{MlxCase, MlxRowError, mlx_cases};
pub use mlx_groups::mlx_groups;
pub use mlx_training::{MlxTrainingCase, mlx_training_cases, mlx_training_groups};
pub use pytorch_training::{PyTorchTrainingCase, pytorch_training_cases, pytorch_training_groups};
pub use score::{Group, Row};
pub use speed::{
    HandedOn, PeakShares, SpeedErrors, SpeedKind, SpeedRow, calibrate, hand_over, hand_over_errors,
    handed_on, peak_shares, speed_errors, speed_rows,
};
