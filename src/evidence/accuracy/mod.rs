//! Everything that is published about the engine's errors.

mod json;
mod markdown;

use super::{
    EvidenceError, Group, Reported, SpeedErrors, TrainingRuns, diffusion, diffusion_training_groups,
    gnn_groups, gnn_network_groups, llama_cpp, llama_cpp_graphs, mlx_groups, mlx_training_groups,
    pytorch_training_groups, reported, speed_errors, speed_rows, tensor_errors, transfer_errors, transfers,
    trl_training_groups,
};
use crate::catalog::Catalog;
use crate::spec::Calibration;

/// The errors of every group of measurements that ships, and the reports of real hardware.
#[derive(Clone, Debug, PartialEq)]
pub struct Accuracy {
    /// What people measured on their own machines; never in one group with what was emulated.
    pub reported: Reported,
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
        Self::step_by_step(catalog, calibration, &mut |_, _| {})
    }

    /// The same, which says after each table how many of all of them are done.
    ///
    /// # Errors
    /// When a table does not read, or the catalog lacks what was measured.
    pub fn step_by_step(
        catalog: &Catalog,
        calibration: &Calibration,
        done: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, EvidenceError> {
        type Memory<'a> = (&'static str, &'a dyn Fn() -> Result<Vec<Group>, EvidenceError>);
        type Speed<'a> = &'a dyn Fn() -> Result<Vec<SpeedErrors>, EvidenceError>;
        let tables: [Memory<'_>; 10] = [
            ("llama.cpp 0.5.0", &|| llama_cpp(catalog)),
            ("llama.cpp 0.5.0", &llama_cpp_graphs),
            ("MLX 0.32.4", &mlx_groups),
            ("MLX 0.32.4", &mlx_training_groups),
            ("PyTorch 2.15, PEFT 0.21", &pytorch_training_groups),
            ("TRL 1.16", &trl_training_groups),
            ("diffusers 0.42.1", &diffusion),
            ("diffusers 0.42.1, PEFT 0.21", &diffusion_training_groups),
            ("PyTorch Geometric 2.8.1", &gnn_groups),
            ("PyTorch Geometric 2.8.1", &gnn_network_groups),
        ];
        let speeds: [Speed<'_>; 4] = [
            &|| Ok(speed_errors(&speed_rows(catalog)?, calibration)),
            &|| Ok(transfer_errors(&transfers(catalog)?, calibration)),
            &|| tensor_errors(catalog, calibration),
            &|| Ok(TrainingRuns::read(catalog, calibration)?.errors(calibration)),
        ];
        let all = tables.len() + speeds.len() + 1;
        done(0, all);
        let mut memory = Vec::new();
        for (at, (program, groups)) in tables.into_iter().enumerate() {
            memory.extend(of_program(program, groups()?));
            done(at + 1, all);
        }
        let mut speed = Vec::new();
        for (at, errors) in speeds.into_iter().enumerate() {
            speed.extend(errors()?);
            done(tables.len() + at + 1, all);
        }
        Ok(Self { reported: reported(catalog, calibration)?, memory, speed })
    }

    /// As JSON: the errors of each group and what it rests on; each case of memory too where asked for `all`.
    pub fn json(&self, all: bool) -> serde_json::Value {
        json::value(self, all)
    }

    /// As tables of Markdown: the reports with those that disagree, then memory and speed, every group, those that are
    /// off most first.
    pub fn markdown(&self) -> String {
        markdown::text(self)
    }
}

/// Groups with the program and version that was measured, as `measurements/README.md` has it.
fn of_program(program: &'static str, groups: Vec<Group>) -> Vec<Group> {
    groups.into_iter().map(|group| Group { program, ..group }).collect()
}

/// A share in percent; `0 %` only of nothing.
pub(crate) fn percent(share: f64) -> String {
    match share.abs() {
        0.0 => "0 %".to_owned(),
        ..0.000_05 => "<0.01 %".to_owned(),
        _ => format!("{} %", crate::units::show_decimals(share * 100.0, 2)),
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_small_error_is_not_called_none() {
        let shown = [0.0, 0.000_018, 0.000_05, 0.001_6, -0.25, f64::INFINITY].map(percent);
        assert_eq!(shown, ["0 %", "<0.01 %", "0.01 %", "0.16 %", "-25.00 %", "inf %"]);
    }
}
