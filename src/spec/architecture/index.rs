//! Records by name, in a table that is made when the program is compiled: estimates look records up.

use super::Architecture;
use super::records::FILES;

/// A name and the record it is of.
type Named = (&'static str, &'static Architecture);

/// Room for three times the names there are, so that most lie where they are looked for first.
const SLOTS: usize = 512;

static TABLE: [Option<Named>; SLOTS] = table();

/// The record of a name.
pub(super) fn find(name: &str) -> Option<&'static Architecture> {
    let mut slot = slot(name.as_bytes());
    while let Some((known, architecture)) = TABLE.get(slot).copied().flatten() {
        if known == name {
            return Some(architecture);
        }
        slot = (slot + 1) % SLOTS;
    }
    None
}

/// Where a name is looked for first: the hash of Fowler, Noll and Vo.
const fn slot(name: &[u8]) -> usize {
    let (mut hash, mut at) = (0x811c_9dc5_u32, 0);
    while at < name.len() {
        hash = (hash ^ name[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    (hash ^ (hash >> 16)) as usize % SLOTS
}

const fn table() -> [Option<Named>; SLOTS] {
    let mut all = [None; SLOTS];
    let mut file = 0;
    while file < FILES.len() {
        let mut one = 0;
        while one < FILES[file].len() {
            let record = &FILES[file][one];
            all = with(all, record.name, record);
            let mut other = 0;
            while other < record.also.len() {
                all = with(all, record.also[other], record);
                other += 1;
            }
            one += 1;
        }
        file += 1;
    }
    all
}

/// With one more name, in the next free place.
const fn with(
    mut all: [Option<Named>; SLOTS],
    name: &'static str,
    record: &'static Architecture,
) -> [Option<Named>; SLOTS] {
    let mut slot = slot(name.as_bytes());
    while all[slot].is_some() {
        slot = (slot + 1) % SLOTS;
    }
    all[slot] = Some((name, record));
    all
}
