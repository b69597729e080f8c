//! What the engine predicts held against what was measured, row by row.

mod accuracy;
mod diffusion;
mod diffusion_training;
mod error;
mod gnn;
mod gnn_networks;
mod llama_cpp;
pub mod logs;
mod mlx;
mod mlx_training;
mod pytorch_training;
mod reported;
mod score;
mod shape;
mod speed;
mod table;
mod trl_training;

pub use accuracy::Accuracy;
pub(crate) use accuracy::percent;
pub use diffusion::diffusion;
pub use diffusion_training::diffusion_training_groups;
pub use error::EvidenceError;
pub use gnn::{GnnCase, NeighborCase, gnn_cases, gnn_further_cases, gnn_groups, neighbor_cases};
pub use gnn_networks::gnn_network_groups;
pub use llama_cpp::{llama_cpp, llama_cpp_graphs};
pub use mlx::{MlxCase, MlxRules, mlx_cases, mlx_groups};
pub use mlx_training::{MlxTrainingCase, mlx_training_cases, mlx_training_groups};
pub use pytorch_training::{PyTorchTrainingCase, pytorch_training_cases, pytorch_training_groups};
pub use reported::{Finding, Report, Reported, reported};
pub use score::{Group, MeasuredOn, Row, Validation};
pub use speed::{
    SpeedErrors, SpeedKind, SpeedPoint, SpeedRow, TrainingRuns, Transfer, calibrate, calibration_text,
    speed_errors, speed_rows, tensor_errors, transfer_errors, transfers,
};
pub use trl_training::trl_training_groups;
