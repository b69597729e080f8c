//! What system and driver keep, by the catalog's rules.

use crate::catalog::MemoryLimits;
use crate::spec::{GpuLimit, Machine, Raise, Vendor};
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

/// What a GPU that shares system memory may take: the larger of its two pools for a runtime that uses one of
/// them, both together for one that uses both.
pub(super) fn shared_pools(carved_out: Bytes, shared: Bytes, raise: Raise) -> GpuLimit {
    let one = carved_out.max(shared);
    let default = Band { low: one, best: one, high: carved_out + shared };
    let basis = match raise {
        Raise::PagesLimit => {
            "what amdgpu sets aside and may share; ttm.pages_limit on the kernel's command line moves it"
        }
        Raise::VariableGraphicsMemory | Raise::SharedMemoryOverride | Raise::WiredLimit => {
            "what is set aside for the GPU, and half of the rest, which Windows lets it share"
        }
    };
    // What is set aside for the GPU cannot be mapped beside it, so more pages help only where little is.
    let raise = Some(raise).filter(|raise| *raise != Raise::PagesLimit || shared > carved_out);
    GpuLimit { raise, ..GpuLimit::fixed(default, basis.to_owned()) }
}

/// The same with how far it can be raised, now that all memory is known; no limit is above that.
pub(super) fn of_total(limit: GpuLimit, total: Bytes) -> GpuLimit {
    let default = limit.default.map(|bytes| bytes.min(total));
    let most = limit.raise.and_then(|_| GpuLimit::most(total, default));
    let raisable_to = limit.raisable_to.map_or(most, |known| most.map(|most| most.min(known)));
    GpuLimit { default, raisable_to, ..limit }
}

/// A limit in the same share of another amount of memory.
pub(super) fn rescaled(limit: &GpuLimit, old: Bytes, new: Bytes) -> Option<GpuLimit> {
    let scaled = |bytes: Bytes| new * (bytes / old);
    (old > Bytes::ZERO).then(|| GpuLimit {
        default: limit.default.map(scaled),
        set: limit.set.map(|set| set.min(new)),
        raisable_to: limit.raisable_to.map(scaled),
        under: Vec::new(),
        ..limit.clone()
    })
}

/// `26` of a detected machine with `macOS 26.1`.
pub(super) fn mac_major(machine: &Machine) -> Option<u32> {
    let os = machine.os.as_ref()?;
    os.name.strip_prefix("macOS ")?.split('.').next()?.parse().ok()
}
