//! NVIDIA's management library, loaded at run time: only in the helper process (`probe`), which it may crash.

use super::world::{NvmlReading, ProbeError};

/// macOS has no driver for NVIDIA cards.
#[cfg(target_os = "macos")]
pub(super) fn read() -> Result<NvmlReading, ProbeError> {
    Err(ProbeError::NotFound)
}

#[cfg(not(target_os = "macos"))]
pub(super) use loaded::read;

#[cfg(not(target_os = "macos"))]
mod loaded {
    use std::ffi::OsStr;

    use nvml_wrapper::error::NvmlError;
    use nvml_wrapper::{Device, Nvml};

    use super::{NvmlReading, ProbeError};
    use crate::detect::reading::MOST_DEVICES;
    use crate::detect::world::{NvmlCard, NvmlMemory};

    /// Where WSL keeps the library when the loader does not know the folder.
    const WSL_LIBRARY: &str = "/usr/lib/wsl/lib/libnvidia-ml.so.1";

    /// All cards the library knows.
    pub(crate) fn read() -> Result<NvmlReading, ProbeError> {
        let nvml = Nvml::init()
            .or_else(|first| {
                Nvml::builder().lib_path(OsStr::new(WSL_LIBRARY)).init().map_err(|_same: NvmlError| first)
            })
            .map_err(|error| in_our_words(&error))?;
        let count = nvml.device_count().map_err(|error| in_our_words(&error))?;
        let believable = usize::try_from(count).is_ok_and(|count| count <= MOST_DEVICES);
        let cards = (0..if believable { count } else { 0 }).map(|index| match nvml.device_by_index(index) {
            Ok(device) => card(&device),
            Err(error) => {
                NvmlCard { problems: vec![format!("card {index}: {error}")], ..NvmlCard::default() }
            }
        });
        Ok(NvmlReading { driver: nvml.sys_driver_version().ok(), count, cards: cards.collect() })
    }

    fn card(device: &Device<'_>) -> NvmlCard {
        let mut problems = Vec::new();
        let name = device.name().map_err(|error| problems.push(format!("name: {error}"))).ok();
        let memory = device.memory_info().map_err(|error| problems.push(format!("memory: {error}"))).ok();
        NvmlCard {
            name,
            memory: memory.map(|memory| NvmlMemory {
                total: memory.total,
                free: memory.free,
                reserved: memory.reserved,
            }),
            power_limit_mw: device.enforced_power_limit().ok(),
            pcie_generation: device.max_pcie_link_gen().ok(),
            pcie_lanes: device.max_pcie_link_width().ok(),
            problems,
        }
    }

    /// A library that is not installed is ordinary; every other error is told as it is.
    fn in_our_words(error: &NvmlError) -> ProbeError {
        match error {
            NvmlError::LibloadingError(_) | NvmlError::LibraryNotFound => ProbeError::NotFound,
            other => ProbeError::Failed(other.to_string()),
        }
    }
}
