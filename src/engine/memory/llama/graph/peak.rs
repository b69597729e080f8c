//! What is alive in a buffer when it has grown to its full size.

use super::heap::Heap;
use super::trace::Name;
use crate::engine::working::Alive;
use crate::units::count;
use std::collections::BTreeMap;

/// What llama.cpp reserves for intermediate values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Buffers {
    /// In memory the accelerator allocates.
    pub(crate) device: Buffer,
    /// In the memory of the process.
    pub(crate) host: Buffer,
}

/// A buffer that was laid out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Buffer {
    /// Bytes of it.
    pub(crate) bytes: u64,
    /// What they are of when it has grown to them; nothing where workings are not wanted.
    pub(crate) alive: Vec<Alive>,
}

/// The lists of both buffers, each of the moment it last grew.
#[derive(Debug, Default)]
pub(super) struct Peaks {
    device: Buffer,
    host: Buffer,
}

impl Peaks {
    /// Lists what is held if the buffer has grown.
    pub(super) fn watch(&mut self, heap: &Heap, host: bool, held: impl Iterator<Item = (Name, u64)>) {
        let buffer = if host { &mut self.host } else { &mut self.device };
        if heap.peak() > buffer.bytes {
            *buffer = Buffer { bytes: heap.peak(), alive: alive(heap, held) };
        }
    }

    /// What both buffers must hold.
    pub(super) fn reserved(self, [device, host]: &[Heap; 2]) -> Buffers {
        Buffers {
            device: Buffer { bytes: device.peak(), ..self.device },
            host: Buffer { bytes: host.peak(), ..self.host },
        }
    }
}

/// What is held, the largest first, and what lies between: tensors start at multiples of the alignment, and a gap
/// that is too small for the next tensor stays free.
fn alive(heap: &Heap, held: impl Iterator<Item = (Name, u64)>) -> Vec<Alive> {
    let mut by_name: BTreeMap<Name, (u64, u64)> = BTreeMap::new();
    let (mut bytes, mut padded) = (0_u64, 0_u64);
    for (name, size) in held.filter(|(_, size)| *size > 0) {
        let of_name = by_name.entry(name).or_default();
        *of_name = (of_name.0 + 1, of_name.1.saturating_add(size));
        bytes = bytes.saturating_add(size);
        padded = padded.saturating_add(heap.padded(size));
    }
    let mut list: Vec<Alive> = by_name
        .into_iter()
        .map(|(name, (times, size))| {
            let copy = if name.copy { ", copied to where it is used" } else { "" };
            let times = if times > 1 { format!("{times} × ") } else { String::new() };
            Alive { name: format!("{times}{}{copy}", name.text).into(), bytes: count(size) }
        })
        .collect();
    list.sort_by(|one, other| other.bytes.total_cmp(&one.bytes));
    let between =
        [("gaps between tensors", heap.peak().saturating_sub(padded)), ("alignment", padded - bytes)];
    let between = between.into_iter().filter(|(_, size)| *size > 0);
    list.extend(between.map(|(name, size)| Alive { name: name.into(), bytes: count(size) }));
    list
}
