//! What was measured on this machine, kept in the user's folder and laid over what was detected.

use std::path::{Path, PathBuf};

use super::Detected;
use super::finding::Finding;
use super::reading::show_bandwidth;
use super::warning::Warning;
use super::world::{ProbeError, World};
use crate::spec::{Figure, GpuKind, Kind, Machine, Measured, Memory, Peaks};
use crate::units::{BytesPerSecond, FlopsPerSecond, show_figures};

/// Where a value comes from that was measured here.
pub const MEASURED_HERE: &str = "measured here";

/// The file in the user's folder.
pub fn measured_file(user_folder: &Path) -> PathBuf {
    user_folder.join("measured.ron")
}

/// Why what was measured here is not used.
#[derive(Debug, thiserror::Error)]
pub enum MeasuredError {
    /// The file is there and cannot be read.
    #[error("{}: {_1}", _0.display())]
    Probe(PathBuf, ProbeError),
    /// It is not as it was written.
    #[error("{}:{_1}; `plimsoll measure` writes it anew", _0.display())]
    Damaged(PathBuf, Box<ron::error::SpannedError>),
    /// The runs that were kept are not as they were written.
    #[error("{}:{_1}; mend it, or delete it to keep runs anew", _0.display())]
    DamagedRuns(PathBuf, Box<ron::error::SpannedError>),
    /// It holds rates that no memory has.
    #[error("{}: holds rates that no memory has; `plimsoll measure` writes it anew", _0.display())]
    Unbelievable(PathBuf),
}

/// What was last measured here; `None` where nothing was.
///
/// # Errors
/// In a sentence, when the file cannot be read: with line and column where it is not as it was written.
pub fn read_measured(world: &dyn World, user_folder: &Path) -> Result<Option<Measured>, MeasuredError> {
    let path = measured_file(user_folder);
    let bytes = match world.read(&path.to_string_lossy()) {
        Ok(bytes) => bytes,
        Err(ProbeError::NotFound) => return Ok(None),
        Err(error) => return Err(MeasuredError::Probe(path, error)),
    };
    let text = String::from_utf8_lossy(&bytes);
    let measured: Measured =
        ron::from_str(&text).map_err(|error| MeasuredError::Damaged(path.clone(), Box::new(error)))?;
    if measured.is_believable() { Ok(Some(measured)) } else { Err(MeasuredError::Unbelievable(path)) }
}

impl Detected {
    /// The same with what was measured here where that is the better evidence, a figure at a time.
    ///
    /// Where the processor works, nothing is better than its own rates. Of a machine whose accelerator shares the
    /// memory, processors often cannot draw all of the bandwidth, so a datasheet stands; without one the measured
    /// rate does. Of a machine with a card it is the memory beside the card that was measured.
    #[must_use]
    pub fn with_measured(&self, measured: &Measured) -> Self {
        let mut result = self.clone();
        if measured.processor != self.processor {
            result.warnings.push(Warning::MeasuredElsewhere { processor: measured.processor.clone() });
            return result;
        }
        let origin = || MEASURED_HERE.to_owned();
        let day = || measured.measured_on.clone();
        let bandwidth = Figure(measured.bandwidth(), Kind::Measured, origin(), day());
        let arithmetic = Figure(FlopsPerSecond::new(measured.flops_per_s), Kind::Measured, origin(), day());
        let machine = &mut result.machine;
        match machine.memory.value() {
            // A fraction of what the machine does: worse than not to know.
            _ if measured.development_build => result.warnings.push(Warning::MeasuredByDevelopmentBuild),
            Memory::System { .. } => {
                machine.bandwidth = Some(bandwidth);
                machine.peaks.fp32 = Some(arithmetic);
            }
            Memory::Unified { .. } => {
                lend(machine, measured, GpuKind::Integrated);
                machine.bandwidth.get_or_insert(bandwidth);
            }
            Memory::Discrete { .. } => {
                lend(machine, measured, GpuKind::Discrete);
                machine.system_bandwidth = Some(bandwidth);
            }
        }
        let origin = format!("{MEASURED_HERE} on {}, {}", measured.measured_on, measured.worked_by());
        let memory = show_bandwidth(measured.bandwidth());
        let computed = format!("{} GFLOP/s in 32 bit", show_figures(measured.flops_per_s / 1e9));
        let mut found = |name: &str, value: String, origin: String| {
            result.findings.push(Finding { name: name.to_owned(), value, origin });
        };
        found("Measured bandwidth", memory, origin.clone());
        found("Measured arithmetic", computed, origin);
        if let Some(gpu) = &measured.gpu {
            let rate = show_bandwidth(BytesPerSecond::new(gpu.copy_bytes_per_s));
            let operations = show_figures(gpu.flops_per_s / 1e9);
            let origin = format!("{MEASURED_HERE} on {}, {}", measured.measured_on, gpu.kind.label());
            found("Measured GPU", gpu.adapter.clone(), origin.clone());
            found("Its memory, shaders", format!("{rate}, {operations} GFLOP/s"), origin);
        }
        result
    }
}

/// What was measured on a GPU of that kind takes the place of what no datasheet tells.
fn lend(machine: &mut Machine, measured: &Measured, kind: GpuKind) {
    let Some(gpu) = measured.gpu.as_ref().filter(|gpu| gpu.kind == kind) else { return };
    let here = || (MEASURED_HERE.to_owned(), measured.measured_on.clone());
    let (origin, day) = here();
    let bandwidth = BytesPerSecond::new(gpu.copy_bytes_per_s);
    machine.bandwidth.get_or_insert(Figure(bandwidth, Kind::Measured, origin, day));
    if machine.peaks == Peaks::default() {
        let (origin, day) = here();
        machine.peaks.fp32 = Some(Figure(FlopsPerSecond::new(gpu.flops_per_s), Kind::Measured, origin, day));
    }
}
