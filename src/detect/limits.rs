//! What system and driver keep, by the catalog's rules.

use crate::catalog::MemoryLimits;
use crate::spec::{GpuLimit, Machine, Vendor};
use crate::units::{Band, Bytes};

/// The GPU limit of a Mac, with the one the user set.
pub(super) fn mac(total: Bytes, macos_major: Option<u32>, set: Option<Bytes>) -> GpuLimit {
    MemoryLimits::built_in().gpu_limit(total, macos_major, set)
}

/// What driver and an empty context keep, as the catalog knows it of this maker's cards. Where the driver
/// tells its own share, no end of the band lies below that.
pub(super) fn driver(vendor: Vendor, reserved: Option<Bytes>) -> Band<Bytes> {
    let known = MemoryLimits::built_in().driver_reserve(vendor);
    let Some(reserved) = reserved else { return known };
    known.map(|bytes| bytes.max(reserved))
}

/// A limit in the same share of another amount of memory.
pub(super) fn rescaled(limit: &GpuLimit, old: Bytes, new: Bytes) -> Option<GpuLimit> {
    let scaled = |bytes: Bytes| new * (bytes / old);
    (old > Bytes::ZERO).then(|| GpuLimit {
        default: limit.default.map(scaled),
        set: limit.set.map(|set| set.min(new)),
        raisable_to: limit.raisable_to.map(scaled),
        basis: limit.basis.clone(),
    })
}

/// `26` of a detected machine with `macOS 26.1`.
pub(super) fn mac_major(machine: &Machine) -> Option<u32> {
    let os = machine.os.as_ref()?;
    os.name.strip_prefix("macOS ")?.split('.').next()?.parse().ok()
}
