//! What an operating system lets the GPU take of memory that is shared, and how that is raised.

use super::{Os, overhead};
use crate::units::{Band, Bytes, whole};

/// What the operating system lets the GPU take of unified memory.
#[derive(Clone, Debug, PartialEq)]
pub struct GpuLimit {
    /// The default limit; a band where it is not known exactly.
    pub default: Band<Bytes>,
    /// A limit set by the user (`iogpu.wired_limit_mb`), if one is set.
    pub set: Option<Bytes>,
    /// The most it may be raised to; `None` where nothing raises it, or not safely.
    pub raisable_to: Option<Bytes>,
    /// How it is raised.
    pub raise: Option<Raise>,
    /// Whether what lies on the host counts against it too: it is then no cap on the GPU but what the system leaves of
    /// all memory.
    pub whole_pool: bool,
    /// The limits of the same machine under other systems.
    pub under: Vec<(Os, Self)>,
    /// What the default rests on, for the tooltip.
    pub basis: String,
}

/// What raises a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub enum Raise {
    /// macOS, until it is restarted.
    WiredLimit,
    /// Linux, on the kernel's command line: pages of 4 KiB that the GPU may map.
    PagesLimit,
    /// Windows: memory that AMD's settings, or the firmware, set aside for the GPU.
    VariableGraphicsMemory,
    /// Windows: how much of the memory Intel's driver lets the GPU share.
    SharedMemoryOverride,
}

/// Sizes in GB that AMD Software and firmware offer to be set aside.
const SET_ASIDE: [u64; 10] = [1, 2, 4, 8, 16, 24, 32, 48, 64, 96];

impl Raise {
    /// What is typed, or chosen, for a limit of so many bytes.
    pub fn command(self, to: Bytes) -> String {
        match self {
            Self::WiredLimit => format!("sudo sysctl iogpu.wired_limit_mb={}", units(to, 1_048_576.0)),
            Self::PagesLimit => format!("ttm.pages_limit={}", units(to, 4096.0)),
            Self::VariableGraphicsMemory => {
                let asked = units(to, 1_073_741_824.0);
                let step = SET_ASIDE.into_iter().find(|step| *step >= asked).unwrap_or(asked);
                format!("{step} GB")
            }
            Self::SharedMemoryOverride => format!("{} GB", units(to, 1_073_741_824.0)),
        }
    }

    /// Where that goes.
    pub const fn place(self) -> &'static str {
        match self {
            Self::WiredLimit => "in a terminal; it is lost at reboot",
            Self::PagesLimit => "on the kernel's command line; it counts from the next start",
            Self::VariableGraphicsMemory => {
                "as Variable Graphics Memory in AMD Software, or as UMA frame buffer in the firmware"
            }
            Self::SharedMemoryOverride => "as Shared GPU Memory Override in Intel Graphics Software",
        }
    }

    /// What goes wrong where a system is left too little.
    pub const fn starved(self) -> &'static str {
        match self {
            Self::WiredLimit => "macOS then freezes instead of refusing",
            Self::PagesLimit => "Linux then ends programs, or swaps",
            Self::VariableGraphicsMemory | Self::SharedMemoryOverride => {
                "Windows then pages to disk, and models load slowly or not at all"
            }
        }
    }
}

/// Whole units, never more than there are bytes.
fn units(bytes: Bytes, unit: f64) -> u64 {
    whole((bytes.get() / unit).floor())
}

impl GpuLimit {
    /// A limit of its own, that nothing raises.
    pub const fn fixed(default: Band<Bytes>, basis: String) -> Self {
        Self {
            default,
            set: None,
            raisable_to: None,
            raise: None,
            whole_pool: false,
            under: Vec::new(),
            basis,
        }
    }

    /// The most the limit may be raised to: memory less [`raise_reserve`], and `None` where that is
    /// no more than the system gives anyway.
    pub fn most(total: Bytes, default: Band<Bytes>) -> Option<Bytes> {
        let most = total - raise_reserve(total);
        (most > default.best).then_some(most)
    }

    /// The limit under a system; the one it has where nothing else is known.
    pub fn with_system(&self, os: Os) -> &Self {
        self.under.iter().find(|(known, _)| *known == os).map_or(self, |(_, limit)| limit)
    }
}

/// Memory to keep for the operating system when the GPU limit is raised: a sixteenth, 8 to 16 GiB.
///
/// Over the limit a Mac freezes instead of refusing, so the reserve is generous;
/// owners of 256 GB machines set 240 GiB.
pub fn raise_reserve(total: Bytes) -> Bytes {
    let share = total * overhead::RAISE_SHARE.amount;
    share.max(overhead::RAISE_LEAST.amount).min(overhead::RAISE_MOST.amount).min(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_typed_as_they_stand() {
        assert_eq!(Raise::WiredLimit.command(Bytes::gib(56.0)), "sudo sysctl iogpu.wired_limit_mb=57344");
        // 25,165,824 pages gave 96 GiB on a 128 GB machine (nix-amd-ai, issue 42, 2026-08-27).
        assert_eq!(Raise::PagesLimit.command(Bytes::gib(96.0)), "ttm.pages_limit=25165824");
    }
}
