//! What went wrong while looking, and what the user can do about it.

use thiserror::Error;

use super::world::ProbeError;
use crate::units::{Bytes, show_gib};

/// Something about this machine that is not known, or not what it seems.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Warning {
    /// A value could not be read at all.
    #[error("{what} could not be read from {origin} ({problem}); set it by hand under This machine")]
    NotRead {
        /// The value.
        what: &'static str,
        /// The command, file or library.
        origin: String,
        /// Why not.
        problem: ProbeError,
    },
    /// A value was read and cannot be true.
    #[error(
        "{what} from {origin} reads `{text}`, which cannot be right, so it is left out; set it by hand under This machine"
    )]
    NotPlausible {
        /// The value.
        what: &'static str,
        /// The command, file or library.
        origin: String,
        /// What was read, shortened.
        text: String,
    },
    /// No source told how much memory there is.
    #[error("How much memory this machine has is unknown; set it by hand under This machine")]
    MemoryUnknown,
    /// A limit is set that is larger than the memory.
    #[error("The GPU limit is set to {} on {} of memory; set iogpu.wired_limit_mb lower, or to 0 for the default", show_gib(*.set), show_gib(*.total))]
    LimitAboveMemory {
        /// The limit that is set.
        set: Bytes,
        /// All memory.
        total: Bytes,
    },
    /// An Intel Mac, or a Mac whose chip is not told.
    #[error("This Mac has no Apple chip that could be read, so workloads are evaluated on the CPU")]
    NoAppleChip,
    /// An NVIDIA card without NVIDIA's driver.
    #[error("An NVIDIA card is here without NVIDIA's driver, so it is not counted; install the driver")]
    NvidiaNotInstalled,
    /// NVIDIA's driver is there and does not work.
    #[error("NVIDIA's driver does not answer ({0}); restart, and if that does not help install it anew")]
    NvidiaDriver(ProbeError),
    /// Records of the catalog fit alike and differ.
    #[error("The catalog has {name} with different bandwidths; set the right one by hand under This machine")]
    RecordsDiffer {
        /// The chip or card.
        name: String,
    },
    /// A card does not tell how much memory it has.
    #[error("{name} does not tell its memory; set it by hand under This machine")]
    CardMemoryUnknown {
        /// The card.
        name: String,
    },
    /// The card's name is in the catalog, with another amount of memory.
    #[error("{name} has {}, not the {} of the catalog, so its speed is left unknown; it may be a slice or another version of the card", show_gib(*.found), show_gib(*.known))]
    MemoryDiffers {
        /// The card.
        name: String,
        /// What the driver says.
        found: Bytes,
        /// What the catalog says.
        known: Bytes,
    },
    /// A laptop version, which shares only the name with the desktop card.
    #[error(
        "{name} is slower than the desktop card of that name and is not in the catalog; set its bandwidth by hand under This machine"
    )]
    LaptopCard {
        /// The card.
        name: String,
    },
    /// Nothing in the catalog answers to the name.
    #[error(
        "{name} is not in the catalog, so its bandwidth is unknown and speed is not estimated; set it by hand under This machine"
    )]
    NotInCatalog {
        /// The chip or card.
        name: String,
    },
    /// The catalog knows the chip, not with this number of GPU cores.
    #[error("The catalog has no {chip} with {cores} GPU cores, so its compute rate is left unknown")]
    CoresNotInCatalog {
        /// The chip.
        chip: String,
        /// GPU cores that were counted.
        cores: u32,
    },
    /// Cards of different kinds; one of them is evaluated.
    #[error("Evaluated on {used} alone; {others} is here too and is not counted")]
    OtherCards {
        /// The card that counts.
        used: String,
        /// The others.
        others: String,
    },
    /// WSL sees a share of the machine's memory.
    #[error("WSL gives Linux {} of this machine's memory; a larger memory= line in .wslconfig gives it more", show_gib(*.0))]
    WslShare(Bytes),
    /// A container or service may use less than the machine has.
    #[error("A control group limits programs here to {} of {}; start the container with a larger memory limit to use the rest", show_gib(*.limit), show_gib(*.total))]
    GroupLimit {
        /// The limit.
        limit: Bytes,
        /// All memory.
        total: Bytes,
    },
    /// A value set by the user cannot be.
    #[error("{what} set by you is not possible and is not used; correct or clear it under This machine")]
    NotPossible {
        /// The value.
        what: &'static str,
    },
    /// Rates that were measured on another machine lie in the user's folder.
    #[error("What was measured on {processor} is not used here; `plimsoll measure` measures this machine")]
    MeasuredElsewhere {
        /// The processor it was measured on.
        processor: String,
    },
    /// Rates that a build for development measured.
    #[error(
        "A build for development measured this machine, far too slowly to be used; measure again with a release build"
    )]
    MeasuredByDevelopmentBuild,
}
