//! What of a model lies in slower memory: the system's, beside a card, or the disk, behind either.

use super::Reads;
use super::asked::Asked;
use super::devices::End;
use crate::engine::memory::{PartName, Place};
use crate::engine::working::{Detail, Figure};
use crate::engine::{CeilingKind, Comparison, Verdict};
use crate::formula;
use crate::spec::{GpuLayers, Inference, Link, Machine, Memory, Runtime};
use crate::units::{Band, BytesPerSecond, count};

/// Bandwidth of the system's memory beside a card, where the machine does not say: two channels of DDR5.
const SYSTEM_MEMORY: Band<BytesPerSecond> = rates(40e9, 60e9, 90e9);
/// What a mapped file is read with from a solid-state disk, a page fault at a time.
const DISK: Band<BytesPerSecond> = rates(1e9, 2.5e9, 6e9);
/// How many times what does not fit into memory is read again for each token: a file that is swept through in order
/// pushes out what comes next, unless the system keeps some of it.
const READ_AGAIN: Band<f64> = Band { low: 1.0, best: 1.5, high: 3.0 };

/// What the seconds of offloaded weights rest on.
const READ_IN_PLACE: &str = "offloaded weights are read where they lie: system memory, then disk";
/// What the seconds of copying them rest on.
const COPIED: &str = "offloaded weights are copied to the device once for each prefill chunk";

/// A band of bytes a second.
const fn rates(low: f64, best: f64, high: f64) -> Band<BytesPerSecond> {
    Band { low: BytesPerSecond::new(low), best: BytesPerSecond::new(best), high: BytesPerSecond::new(high) }
}

/// Shares of a model in slower memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Offload {
    /// Of all weights, in whole layers, in the system's memory.
    layers: f64,
    /// Of the routed experts of the other layers, in the system's memory.
    experts: f64,
    /// Of all weights, what even the system's memory has no room for.
    disk: f64,
    /// Bandwidth of the system's memory; where the device itself reads it over its link, what that moves.
    system: Band<BytesPerSecond>,
    /// What the link of the card moves one way.
    pcie: Band<BytesPerSecond>,
}

impl Offload {
    /// Nothing.
    pub(super) const NONE: Self = Self {
        layers: 0.0,
        experts: 0.0,
        disk: 0.0,
        system: SYSTEM_MEMORY,
        pcie: Link::Pcie.bytes_per_second(),
    };

    /// Whether anything is.
    pub(super) fn is_some(&self) -> bool {
        self.layers > 0.0 || self.experts > 0.0 || self.disk > 0.0
    }

    /// Share of all weights that lies in the system's memory instead of a card's.
    pub(super) fn of_weights(&self, reads: &Reads) -> f64 {
        self.share(stored_routed_share(reads))
    }

    /// Share of all weights that no memory has room for.
    pub(super) const fn on_disk(&self) -> f64 {
        self.disk
    }

    /// Share of what is read, of which some belongs to routed experts.
    pub(super) fn share(&self, routed: f64) -> f64 {
        self.layers + (1.0 - self.layers) * self.experts * routed
    }

    /// Share of all weights that is read from disk, some of it again and again.
    fn disk_share(&self, end: End) -> f64 {
        (self.disk * end.time(READ_AGAIN)).min(1.0)
    }

    /// Seconds of reading so many bytes, of which a share is offloaded.
    pub(super) fn seconds(&self, bytes: Figure, share: f64, end: End, detail: Detail) -> Figure {
        if !self.is_some() {
            return Figure::default();
        }
        formula!(detail, READ_IN_PLACE;
            bytes = bytes, offloaded_share = share, system_bytes_per_s = end.rate(self.system),
            disk_share = self.disk_share(end), disk_bytes_per_s = end.rate(DISK)
            => bytes * offloaded_share / system_bytes_per_s + bytes * disk_share / disk_bytes_per_s)
    }

    /// Seconds in which offloaded weights are copied to the device, for each chunk of a prompt.
    pub(super) fn copy_seconds(&self, reads: &Reads, end: End, detail: Detail) -> Figure {
        if !self.is_some() {
            return Figure::default();
        }
        formula!(detail, COPIED;
            file_bytes = reads.file, offloaded_share = self.of_weights(reads),
            system_bytes_per_s = end.rate(self.system), pcie_bytes_per_s = end.rate(self.pcie),
            disk_share = self.disk_share(end), disk_bytes_per_s = end.rate(DISK)
            => file_bytes * offloaded_share / min(system_bytes_per_s, pcie_bytes_per_s)
                + file_bytes * disk_share / disk_bytes_per_s)
    }
}

/// Of all weights as they are stored, the share of routed experts.
fn stored_routed_share(reads: &Reads) -> f64 {
    if reads.experts <= reads.used || reads.parameters <= 0.0 {
        return 0.0;
    }
    let skipped = reads.parameters - reads.active;
    (skipped / (1.0 - reads.used / reads.experts) / reads.parameters).clamp(0.0, 1.0)
}

/// What of a model has to be offloaded, or was asked to. Nothing where no part of it can: it does not run then.
pub(super) fn offload(asked: &Asked<'_>, reads: &Reads) -> Option<Offload> {
    let Asked { inference, machine, fit, .. } = *asked;
    let layers = count(u64::from(asked.language.model.layer_count()));
    // No other program hears what stays in system memory.
    let hears = asked.language.runtime == Runtime::LlamaCpp;
    let wanted = match inference.gpu_layers {
        GpuLayers::Count(on_card) if hears => (1.0 - count(on_card) / (layers + 1.0)).clamp(0.0, 1.0),
        GpuLayers::Count(_) | GpuLayers::Auto => 0.0,
    };
    let experts = match inference.cpu_experts {
        _ if !hears => 0.0,
        0 => 0.0,
        Inference::ALL_LAYERS => 1.0,
        first => (count(first) / layers.max(1.0)).min(1.0),
    };
    let said = asked.sharing.pcie.is_exact() || asked.sharing.link == Link::Thunderbolt5;
    let pcie = if said { asked.sharing.pcie } else { Link::Pcie.bytes_per_second() };
    let mut offload = Offload { layers: wanted, experts, disk: 0.0, system: system_memory(machine), pcie };
    if let Some(lent) = lent(asked) {
        offload = Offload { layers: lent, system: slower(offload.system, pcie), ..offload };
    }
    let over = |of: fn(&Comparison) -> bool| {
        let over = fit.comparisons.iter().filter(|each| each.ceiling.decides && of(each));
        over.map(|each| each.need.best.get() - each.ceiling.bytes.best.get()).fold(0.0, f64::max)
    };
    let from_card = over(|each| each.ceiling.kind != CeilingKind::System);
    let from_host = over(|each| each.ceiling.kind == CeilingKind::System);
    if from_card <= 0.0 && from_host <= 0.0 {
        return Some(offload);
    }
    let may_fit = fit.verdict != Verdict::DoesNotFit;
    if !hears {
        return may_fit.then_some(offload);
    }
    match machine.memory.value() {
        Memory::Discrete { .. } => {}
        // A mapped file may be larger than the memory that it is read into.
        Memory::System { .. } => {
            let held = weights(asked, Place::Host);
            offload.disk = (from_host / held).min(1.0);
            return (held >= from_host).then_some(offload);
        }
        // Where memory is one pool and the GPU has all layers, what is over does not run; what may fit has its speed.
        Memory::Unified { .. } => return may_fit.then_some(offload),
    }
    let held = weights(asked, Place::Device);
    if held < from_card {
        return None;
    }
    // Experts go first: of them a token reads few.
    // Of several devices each has its part of the file, but of copies all.
    let devices = f64::from(asked.budget.devices.max(1) / asked.sharing.copy_count().max(1)).max(1.0);
    let file = reads.file.get() / devices;
    let routed = file * stored_routed_share(reads) * (1.0 - offload.layers);
    let others = file * (1.0 - stored_routed_share(reads)) * (1.0 - offload.layers);
    let movable = (held - others).clamp(0.0, routed * (1.0 - offload.experts));
    let experts_over = from_card.min(movable);
    if routed > 0.0 {
        offload.experts = (offload.experts + experts_over / routed).min(1.0);
    }
    let rest = held - experts_over;
    if rest > 0.0 {
        let further = ((from_card - experts_over) / rest).clamp(0.0, 1.0);
        offload.layers += (1.0 - offload.layers) * further;
    }
    // What leaves the card takes room in the system's memory, where that is known.
    let room = fit.comparisons.iter().find(|each| each.ceiling.kind == CeilingKind::System);
    if let Some(room) = room {
        let from_all = from_card * f64::from(asked.budget.devices.max(1));
        let beyond = room.need.best.get() + from_all - room.ceiling.bytes.best.get();
        offload.disk = (beyond / reads.file.get().max(1.0)).clamp(0.0, 1.0);
    }
    Some(offload)
}

/// Share of a card's weights that vLLM and SGLang leave in the system's memory (`cpu_offload_gb`), where the card reads
/// them over its link in every pass (`UVAOffloader`). Where both are one memory there is no link.
fn lent(asked: &Asked<'_>) -> Option<f64> {
    let asks = asked.language.runtime.fills_a_share() && asked.inference.cpu_offload_gb > 0.0;
    let is_card = matches!(asked.machine.memory.value(), Memory::Discrete { .. });
    let [there, here] = [Place::Host, Place::Device].map(|place| weights(asked, place));
    (asks && is_card && there > 0.0).then(|| there / (there + here))
}

/// The slower of two at each end.
fn slower(one: Band<BytesPerSecond>, other: Band<BytesPerSecond>) -> Band<BytesPerSecond> {
    let least = |a: BytesPerSecond, b: BytesPerSecond| if b < a { b } else { a };
    Band {
        low: least(one.low, other.low),
        best: least(one.best, other.best),
        high: least(one.high, other.high),
    }
}

/// Bytes of weights in a place, at the phase that needs most of it.
fn weights(asked: &Asked<'_>, place: Place) -> f64 {
    let parts = asked.budget.peak_in(place).map(|phase| phase.parts.as_slice()).unwrap_or_default();
    let own = parts.iter().filter(|part| part.name == PartName::Weights && part.place == place);
    own.map(|part| part.bytes.best.get()).sum()
}

/// The bandwidth of the memory beside a card: as it was measured, within a tenth, or that of most computers. Of shared
/// memory a processor alone reaches a part.
pub(super) fn system_memory(machine: &Machine) -> Band<BytesPerSecond> {
    if let (Memory::Unified { .. }, Some(shared)) = (machine.memory.value(), &machine.bandwidth) {
        let all = *shared.value();
        return Band { low: all * 0.25, best: all * 0.5, high: all * 0.9 };
    }
    machine.system_bandwidth.as_ref().map_or(SYSTEM_MEMORY, |measured| {
        let best = *measured.value();
        Band { low: best * 0.9, best, high: best * 1.1 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn experts_on_the_host_are_those_of_the_layers_that_are_not() {
        let half = Offload { layers: 0.5, experts: 0.5, ..Offload::NONE };
        assert!((half.share(1.0) - 0.75).abs() < 1e-12, "half, and half of the other half");
        assert!((half.share(0.0) - 0.5).abs() < 1e-12, "without experts the layers alone");
        assert!((Offload::NONE.share(1.0)).abs() < 1e-12, "nothing");
    }
}
