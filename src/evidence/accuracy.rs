//! Everything that is published about the engine's errors.

use super::{
    EvidenceError, Group, SpeedErrors, TrainingRuns, diffusion, gnn_groups, llama_cpp, llama_cpp_graphs,
    mlx_groups, mlx_training_groups, pytorch_training_groups, speed_errors, speed_rows, transfer_errors,
    transfers,
};
use crate::catalog::Catalog;
use crate::spec::Calibration;

/// The errors of every group of measurements that ships.
#[derive(Clone, Debug, PartialEq)]
pub struct Accuracy {
    /// Of memory.
    pub memory: Vec<Group>,
    /// Of speed.
    pub speed: Vec<SpeedErrors>,
}

impl Accuracy {
    /// Holds every measured case against the engine, with a catalog's models and machines.
    ///
    /// # Errors
    /// When a table does not read, or the catalog lacks what was measured.
    pub fn of(catalog: &Catalog, calibration: &Calibration) -> Result<Self, EvidenceError> {
        let mut memory = llama_cpp(catalog)?;
        memory.extend(llama_cpp_graphs()?);
        memory.extend(mlx_groups()?);
        memory.extend(mlx_training_groups()?);
        memory.extend(pytorch_training_groups()?);
        memory.extend(diffusion()?);
        memory.extend(gnn_groups()?);
        let mut speed = speed_errors(&speed_rows(catalog)?, calibration);
        speed.extend(transfer_errors(&transfers(catalog)?, calibration));
        speed.extend(TrainingRuns::read(catalog)?.errors(calibration));
        Ok(Self { memory, speed })
    }
}
