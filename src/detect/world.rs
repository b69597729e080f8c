//! The world outside, as detection sees it: commands, files and two libraries, all replaceable.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The operating systems that are read in their own way.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Platform {
    MacOs,
    Linux,
    Windows,
    Other,
}

/// Why something could not be read.
#[derive(Clone, Debug, Deserialize, Error, PartialEq, Eq, Serialize)]
pub enum ProbeError {
    /// There is no such command or file; on most machines that is ordinary.
    #[error("not found")]
    NotFound,
    /// It is there, and this user may not read it.
    #[error("not allowed")]
    NotAllowed,
    /// It did not answer in time and was stopped.
    #[error("no answer within {0} s")]
    TimedOut(u64),
    /// It answered with more than anything useful could be.
    #[error("more than {0} bytes")]
    TooLong(usize),
    /// It said that it failed.
    #[error("{0}")]
    Failed(String),
}

/// What a command printed, and whether it was content with itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its standard output; bytes that are no text are replaced.
    pub text: String,
    /// Whether it ended with status 0.
    pub success: bool,
}

/// Memory, processor and operating system, as the sysinfo library reads them everywhere.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SystemReading {
    /// All memory the operating system manages, bytes; 0 when unknown.
    pub total: u64,
    /// Memory a new program may have without swapping, bytes.
    pub available: u64,
    /// Processor as it names itself.
    pub cpu: String,
    /// Physical processor cores.
    pub cores: Option<u32>,
    /// `Debian GNU/Linux`, `Darwin`, `Windows`.
    pub os_name: Option<String>,
    /// `12`, `26.1`, `11 (26100)`.
    pub os_version: Option<String>,
}

/// What NVIDIA's management library (NVML) says.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct NvmlReading {
    /// Driver version, `580.95.05`.
    pub driver: Option<String>,
    /// How many devices the library counts; 0 where only the cards are known.
    pub count: u32,
    /// Cards in the library's order; none where it counts more than there can be.
    pub cards: Vec<NvmlCard>,
}

/// One card in NVML's words; what it refuses to say is `None`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct NvmlCard {
    /// `NVIDIA GeForce RTX 4090`.
    pub name: Option<String>,
    /// Device memory; `None` also where the card shares system memory.
    pub memory: Option<NvmlMemory>,
    /// Power limit that is enforced, milliwatts.
    pub power_limit_mw: Option<u32>,
    /// Largest PCIe generation of card and slot.
    pub pcie_generation: Option<u32>,
    /// Largest PCIe width of card and slot, lanes.
    pub pcie_lanes: Option<u32>,
    /// What the library said where it refused.
    pub problems: Vec<String>,
}

/// Device memory in NVML's words, bytes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NvmlMemory {
    /// All of it.
    pub total: u64,
    /// Not allocated.
    pub free: u64,
    /// Kept by driver and firmware.
    pub reserved: u64,
}

/// Everything detection asks of the machine it runs on. Each answer is bounded in time and size.
pub trait World {
    /// Which operating system this is.
    fn platform(&self) -> Platform;

    /// Runs a command without a shell and without input; after `limit` it is stopped.
    ///
    /// # Errors
    /// When it cannot be started, does not end in time or prints too much.
    fn run(&self, program: &str, arguments: &[&str], limit: Duration) -> Result<Output, ProbeError>;

    /// Reads a file, at most a few MiB.
    ///
    /// # Errors
    /// When it is absent, not readable or too long.
    fn read(&self, path: &str) -> Result<Vec<u8>, ProbeError>;

    /// Names in a folder, sorted.
    ///
    /// # Errors
    /// When it is absent or not readable.
    fn list(&self, folder: &str) -> Result<Vec<String>, ProbeError>;

    /// Memory, processor and operating system.
    fn system(&self) -> SystemReading;

    /// NVIDIA cards.
    ///
    /// # Errors
    /// [`ProbeError::NotFound`] where the library is not installed, which is ordinary.
    fn nvml(&self) -> Result<NvmlReading, ProbeError>;

    /// Today as `YYYY-MM-DD`, for the date of a reading.
    fn today(&self) -> String;
}
