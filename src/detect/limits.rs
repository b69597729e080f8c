//! What system and driver keep, by the catalog's rules.

use crate::spec::{GpuLimit, Machine, Vendor};
use crate::units::{Band, Bytes};

/// The GPU limit of a Mac, with the one the user set.
pub(super) fn mac(total: Bytes, macos_major: Option<u32>, set: Option<Bytes>) -> GpuLimit {
    let default = Band { low: total * 2.0 / 3.0, best: total * 0.75, high: total * 0.84 };
    GpuLimit { default, set, raisable_to: None, basis: format!("macOS {macos_major:?}") }
}

/// What the driver keeps where it does not say: what the catalog knows of this maker's cards. What it does
/// say is its own share; an empty context comes on top.
pub(super) fn driver(vendor: Vendor, reserved: Option<Bytes>) -> Band<Bytes> {
    let _ = vendor;
    let context = Band { low: Bytes::new(0.3e9), best: Bytes::new(0.45e9), high: Bytes::new(0.6e9) };
    context + Band::exact(reserved.unwrap_or(Bytes::ZERO))
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
