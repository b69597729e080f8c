//! The machine this program runs on.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;

use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use super::command::{self, LONGEST, of_io};
use super::probe;
use super::world::{NvmlReading, Output, Platform, ProbeError, SystemReading, World};

/// The machine this program runs on, read for real.
#[derive(Clone, Debug, Default)]
pub struct ThisMachine {
    helper: Option<PathBuf>,
}

impl ThisMachine {
    /// Asks libraries of others through this program itself, which must answer the hidden command
    /// [`super::PROBE`]. [`ThisMachine::default`] asks none.
    pub fn through_this_program() -> Self {
        Self { helper: std::env::current_exe().ok() }
    }
}

impl World for ThisMachine {
    fn platform(&self) -> Platform {
        match std::env::consts::OS {
            "macos" => Platform::MacOs,
            "linux" => Platform::Linux,
            "windows" => Platform::Windows,
            _ => Platform::Other,
        }
    }

    fn run(&self, program: &str, arguments: &[&str], limit: Duration) -> Result<Output, ProbeError> {
        command::run(program, arguments, limit)
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ProbeError> {
        // Looked at before opening: opening a named pipe waits for someone to write to it.
        if !fs::metadata(path).map_err(|error| of_io(&error))?.is_file() {
            return Err(ProbeError::Failed("not a regular file".to_owned()));
        }
        let file = File::open(path).map_err(|error| of_io(&error))?;
        let longest = u64::try_from(LONGEST).unwrap_or(u64::MAX);
        let mut bytes = Vec::new();
        file.take(longest.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| of_io(&error))?;
        if bytes.len() > LONGEST { Err(ProbeError::TooLong(LONGEST)) } else { Ok(bytes) }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ProbeError> {
        let entries = fs::read_dir(folder).map_err(|error| of_io(&error))?;
        let mut names: Vec<String> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        Ok(names)
    }

    fn system(&self) -> SystemReading {
        let wanted = RefreshKind::nothing()
            .with_memory(MemoryRefreshKind::nothing().with_ram())
            .with_cpu(CpuRefreshKind::nothing());
        let Ok(system) = System::new_with_specifics(wanted) else {
            return SystemReading::default();
        };
        SystemReading {
            total: system.total_memory(),
            available: system.available_memory(),
            cpu: system.cpus().first().map(|cpu| cpu.brand().trim().to_owned()).unwrap_or_default(),
            cores: System::physical_core_count().ok().and_then(|cores| u32::try_from(cores).ok()),
            os_name: System::name().ok(),
            os_version: System::os_version().ok(),
        }
    }

    fn nvml(&self) -> Result<NvmlReading, ProbeError> {
        // Who has no helper, as a test, asks no library.
        let helper = self.helper.as_ref().and_then(|helper| helper.to_str()).ok_or(ProbeError::NotFound)?;
        probe::nvml(|arguments, limit| command::run(helper, arguments, limit))
    }

    fn today(&self) -> String {
        time::OffsetDateTime::now_utc().date().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_is_written_as_the_catalog_writes_days() {
        let today = ThisMachine::default().today();
        let digits = |part: &str, length| part.len() == length && part.bytes().all(|c| c.is_ascii_digit());
        let parts: Vec<&str> = today.split('-').collect();
        let [year, month, day] = parts.as_slice() else { panic!("{today}") };
        assert!(digits(year, 4) && digits(month, 2) && digits(day, 2), "{today}");
        assert!(today.as_str() > "2026-01-01", "{today}");
    }

    #[test]
    fn a_missing_file_or_folder_is_not_found() {
        assert_eq!(ThisMachine::default().read("no/such/file"), Err(ProbeError::NotFound));
        assert_eq!(ThisMachine::default().list("no/such/folder"), Err(ProbeError::NotFound));
    }
}
