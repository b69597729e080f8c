//! A report as its file has it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::amount::Amount;
use crate::engine::{PartName, Place};

/// One report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) name: String,
    pub(super) machine: String,
    /// Settings by the keys that `--set` takes.
    pub(super) set: BTreeMap<String, String>,
    pub(super) measured: Vec<Measured>,
    pub(super) source: String,
    pub(super) date: String,
    /// Why it is missed, or what should be known of it.
    #[serde(default)]
    pub(super) comment: String,
}

/// One figure or verdict of a report.
#[derive(Debug, Deserialize)]
pub(super) enum Measured {
    /// Some parts together, where they lie, at the phase that has most of them.
    Part {
        /// By their keys in JSON: `kv_cache`.
        of: Vec<Part>,
        at: Where,
        is: Amount,
    },
    /// All that lies in one place, at the phase that has most.
    Need { at: Where, is: Amount },
    /// What PyTorch's allocator held at most (`torch.cuda.max_memory_reserved`), on a device with room.
    Reserved(Amount),
    /// What these settings add to the device's need, which is also asked without them.
    Adds { by: Vec<String>, is: Amount },
    /// The limit that decides.
    Limit(Amount),
    /// It ran.
    Ran,
    /// It ran out of memory, did not start, or crawled because the card was full.
    OutOfMemory,
}

/// A part by its key.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Part(pub(super) PartName);

impl TryFrom<String> for Part {
    type Error = String;

    fn try_from(key: String) -> Result<Self, Self::Error> {
        let known = PartName::ALL.into_iter().find(|part| part.key() == key);
        known.map(Self).ok_or_else(|| format!("`{key}` is no part"))
    }
}

/// Where parts lie.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) enum Where {
    Device,
    Host,
}

impl Where {
    /// As the engine has it.
    pub(super) const fn place(self) -> Place {
        match self {
            Self::Device => Place::Device,
            Self::Host => Place::Host,
        }
    }
}
