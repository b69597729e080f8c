//! This machine, with where every value was read.
//!
//! Everything outside is asked through [`World`], so that a Mac, a broken driver or a command that hangs is a
//! test. What cannot be read stays unknown and is said as a [`Warning`]; what the catalog knows of the same
//! chip or card is lent with the catalog's own source. [`Overrides`] lays the user's values over the result.

mod apple;
mod build;
mod card;
mod command;
mod drm;
mod finding;
mod group;
mod here;
mod kept;
mod limits;
mod matching;
mod measured;
mod nvidia;
mod nvml;
mod overrides;
mod pci_names;
mod probe;
mod reading;
mod registry;
mod spelling;
mod stand_in;
mod surroundings;
mod warning;
mod world;

use std::sync::Arc;

pub use finding::Finding;
pub use here::ThisMachine;
pub use kept::{kept_file, read_kept, with_kept};
pub use measured::{MEASURED_HERE, measured_file, read_measured};
pub use overrides::{Overrides, SET_BY_YOU};
pub use probe::{PROBE, answer as probe_answer};
pub use warning::Warning;
pub use world::{NvmlCard, NvmlMemory, NvmlReading, Output, Platform, ProbeError, SystemReading, World};

use crate::spec::Machine;
use finding::Notes;

/// Id of the detected machine.
pub const THIS: &str = "this";

/// The machine found, how each value was found, and what could not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Detected {
    /// The machine; its id is [`THIS`].
    pub machine: Machine,
    /// Its processor as it names itself.
    pub processor: String,
    /// Values with the command, file, library or catalog record they come from.
    pub findings: Vec<Finding>,
    /// What is missing or not what it seems, each with what to do about it.
    pub warnings: Vec<Warning>,
}

/// Looks at the machine behind `world` and fills what it does not tell from the same machine in `catalog`.
///
/// Takes up to some seconds (macOS asks its drivers); call it off the frame thread.
pub fn detect(world: &dyn World, catalog: &[Arc<Machine>]) -> Detected {
    let mut notes = Notes::default();
    let system = world.system();
    let machine = if world.platform() == Platform::MacOs {
        build::mac(world, &system, catalog, &mut notes)
    } else {
        build::pc(world, &system, catalog, &mut notes)
    };
    Detected { machine, processor: system.cpu, findings: notes.findings, warnings: notes.warnings }
}
