//! How large ceilings are, as computations that can be opened.

use std::borrow::Cow;

use super::figures::fact;
use super::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::Machine;
use crate::spec::overhead::{self, Overhead};
use crate::units::{Band, Bytes};

/// What a ceiling is of.
pub(super) type Source = Cow<'static, str>;

/// A limit that somebody sets: stated or observed, not computed.
pub(super) fn set(detail: Detail, source: &Source, bytes: Band<Bytes>) -> Worked {
    let end = |bytes: Bytes| Figure::found(detail, source.clone(), "limit", bytes.get());
    Worked::band(end(bytes.low), end(bytes.best), end(bytes.high))
}

/// A capacity of a machine, with where it was read.
pub(super) fn capacity(detail: Detail, machine: &Machine, bytes: Bytes) -> Figure {
    fact(detail, "memory", &machine.memory, bytes.get())
}

/// An amount of `overhead.ron` as an input.
fn amount(detail: Detail, name: &'static str, of: &Overhead<f64>) -> Figure {
    if detail.wanted() {
        Figure::found(
            detail,
            format!("{}, source {}, {}", of.kind.label(), of.source, of.date),
            name,
            of.amount,
        )
    } else {
        of.amount.into()
    }
}

/// An amount of bytes of `overhead.ron` as an input.
fn bytes_of(detail: Detail, name: &'static str, of: &Overhead<Bytes>) -> Figure {
    let Overhead { amount: bytes, name: constant, kind, source, date } = *of;
    amount(detail, name, &Overhead { amount: bytes.get(), name: constant, kind, source, date })
}

/// Memory that programs can have of `total`: all but a bare system at best, all but a comfortable one at worst.
pub(super) fn left_by_system(detail: Detail, total: &Figure) -> Worked {
    let comfortable = || {
        formula!(detail, "memory of a system with a desktop and some programs";
            total = total.clone(),
            usual_share = amount(detail, "usual_share", &overhead::SYSTEM_USUAL_SHARE),
            usual_least = bytes_of(detail, "usual_least", &overhead::SYSTEM_USUAL_LEAST),
            most_share = amount(detail, "most_share", &overhead::SYSTEM_USUAL_MOST_SHARE)
            => min(max(total * usual_share, usual_least), total * most_share))
    };
    let bare = || {
        formula!(detail, "memory of a bare system";
            total = total.clone(),
            least = bytes_of(detail, "least", &overhead::SYSTEM_LEAST),
            least_share = amount(detail, "least_share", &overhead::SYSTEM_LEAST_SHARE)
            => min(least, total * least_share))
    };
    Worked::band(
        formula!(detail, "memory less what a system with a desktop and some programs keeps";
            total = total.clone(), comfortable_system = comfortable() => total - comfortable_system),
        formula!(detail, "memory less what an operating system keeps for itself, between bare and comfortable";
            total = total.clone(), comfortable_system = comfortable(), bare_system = bare()
            => total - 0.5 * (comfortable_system + bare_system)),
        formula!(detail, "memory less what a bare system keeps";
            total = total.clone(), bare_system = bare() => total - bare_system),
    )
}

/// Device memory less what is kept of it, by the words for who keeps it.
pub(super) fn left_by_driver(detail: Detail, device: &Figure, kept: Band<Bytes>, by: &'static str) -> Worked {
    let end = |kept: Bytes| {
        formula!(detail, "device memory less what is kept of it";
            device_memory = device.clone(), kept = Figure::found(detail, by, "kept", kept.get())
            => max(device_memory - kept, 0.0))
    };
    Worked::band(end(kept.high), end(kept.best), end(kept.low))
}

/// Device and system memory together.
pub(super) fn both_pools(detail: Detail, device: &Worked, system: &Worked) -> Worked {
    let end = |of: fn(&Worked) -> Figure| {
        formula!(detail, "device memory and system memory together";
            usable_vram = of(device), usable_ram = of(system) => usable_vram + usable_ram)
    };
    Worked::band(end(Worked::low), end(Worked::best), end(Worked::high))
}
