//! The machine this program runs on.

use std::fs::{self, File};
use std::io::Read as _;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

use super::command::{self, LONGEST, of_io};
use super::nvml;
use super::world::{NvmlReading, Output, Platform, ProbeError, SystemReading, World};

/// A broken driver may keep its library from ever answering.
const NVML_LIMIT: Duration = Duration::from_secs(5);

/// The machine this program runs on, read for real.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThisMachine;

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
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            // Nobody listens any more when the time was up.
            let _late = send.send(nvml::read());
        });
        let late = |_late: mpsc::RecvTimeoutError| ProbeError::TimedOut(NVML_LIMIT.as_secs());
        receive.recv_timeout(NVML_LIMIT).map_err(late)?
    }

    fn today(&self) -> String {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        day(since.as_secs() / 86_400)
    }
}

/// The date so many days after 1970-01-01, in the Gregorian calendar.
fn day(days: u64) -> String {
    let mut left = days;
    let mut year = 1970_u64;
    while left >= days_of(year) {
        left -= days_of(year);
        year += 1;
    }
    let february = if days_of(year) == 366 { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if left < length {
            break;
        }
        left -= length;
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", left + 1)
}

const fn days_of(year: u64) -> u64 {
    if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        for (days, expected) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_453, "2025-12-31"),
            (20_778, "2026-11-21"),
        ] {
            assert_eq!(day(days), expected);
        }
    }

    #[test]
    fn a_missing_file_or_folder_is_not_found() {
        assert_eq!(ThisMachine.read("no/such/file"), Err(ProbeError::NotFound));
        assert_eq!(ThisMachine.list("no/such/folder"), Err(ProbeError::NotFound));
    }
}
