//! The order in which MLX allocates and frees while it evaluates a graph.

use super::in_flight::InFlight;
use super::peak::{End, Ledger, Peak};

/// Operations the host runs ahead of a device, at best knowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    /// One of Metal's command buffers.
    Metal,
    /// The queue of the processor's stream.
    Processor,
}

impl Ahead {
    /// How many operations.
    pub(super) const fn operations(self) -> u32 {
        match self {
            Self::Metal => 11,
            Self::Processor => 50,
        }
    }
}

/// Operations remembered: a power of two, so that a place is found without a division, above all of
/// [`Ahead::operations`] and of twice the processor's.
const REMEMBERED: usize = 128;

/// The stream of values between layers.
pub(super) const RESIDUAL: &str = "residual stream";
/// Keys and values that are kept.
pub(super) const CACHED: &str = "KV cache";
/// States of recurrent layers.
pub(super) const STATE: &str = "recurrent state";

/// What an operation is the last to read: names of what computed it, and bytes.
type Reads<'a> = &'a [(&'static str, f64)];

/// Bytes live while operations run one after another.
///
/// The host allocates a result when it encodes an operation; what the operation reads is freed only
/// when the device has run it. So the peak depends on how far the host runs ahead: not at all, by
/// as much as is known, or as far as it may: all of Metal's command buffers in flight, or twice the
/// processor's queue.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    live: f64,
    ahead: usize,
    copies_always: bool,
    freed: [f64; REMEMBERED],
    next: usize,
    held: f64,
    held_far: f64,
    in_flight: InFlight,
    peak: Peak,
    ledger: Option<Ledger>,
}

impl Trace {
    /// A device on which `resident` bytes are already held; what they are of is noted where workings are wanted.
    pub(super) fn new(resident: f64, ahead: Ahead, ledger: Option<Ledger>) -> Self {
        let end = || End { bytes: resident, alive: ledger.as_ref().map(|ledger| ledger.alive(0.0, 0.0)) };
        let peak = Peak { low: end(), best: end(), high: end() };
        Self {
            live: resident,
            ahead: ahead.operations() as usize,
            copies_always: matches!(ahead, Ahead::Processor),
            freed: [0.0; REMEMBERED],
            next: 0,
            held: 0.0,
            held_far: 0.0,
            in_flight: InFlight::default(),
            peak,
            ledger,
        }
    }

    /// The same with what layers before have in flight.
    pub(super) fn behind(self, in_flight: InFlight) -> Self {
        Self { in_flight, ..self }
    }

    /// What is in flight now.
    pub(super) const fn in_flight(&self) -> InFlight {
        self.in_flight
    }

    /// An operation that allocates its result and is the last to read some of its sources.
    pub(super) fn op(&mut self, name: &'static str, allocates: f64, reads: Reads<'_>) {
        self.copying(name, (allocates, 0.0), reads);
    }

    /// An operation that on the processor first copies some of its input into whole rows; Metal may not.
    pub(super) fn copying(&mut self, name: &'static str, (allocates, copies): (f64, f64), reads: Reads<'_>) {
        self.live += allocates;
        if let Some(ledger) = &mut self.ledger {
            ledger.add(name, allocates);
        }
        if allocates + copies > 0.0 {
            let copies_always = if self.copies_always { copies } else { 0.0 };
            self.peak.low.raise(self.live, (copies_always, 0.0), self.ledger.as_ref());
            self.peak.best.raise(self.live, (copies, self.held), self.ledger.as_ref());
            let far = self.held_far.max(self.in_flight.held());
            self.peak.high.raise(self.live, (copies, far), self.ledger.as_ref());
        }
        let mut frees = 0.0;
        for (of, bytes) in reads {
            frees += bytes;
            if let Some(ledger) = &mut self.ledger {
                ledger.add(of, -bytes);
            }
        }
        self.live -= frees;
        self.retain(copies + frees);
        if !self.copies_always {
            self.in_flight.encode(allocates + copies, copies + frees);
        }
    }

    /// Operations that only look at memory differently, such as a reshape or a transposition.
    pub(super) fn views(&mut self, count: usize) {
        for _ in 0..count {
            self.retain(0.0);
        }
    }

    /// The most that was live.
    pub(super) fn peak(self) -> Peak {
        self.peak
    }

    /// Keeps what an operation read until the device has caught up.
    fn retain(&mut self, bytes: f64) {
        self.held += bytes - self.freed_before(self.ahead);
        self.held_far += bytes - self.freed_before(2 * self.ahead);
        if let Some(place) = self.freed.get_mut(self.next % REMEMBERED) {
            *place = bytes;
        }
        self.next += 1;
    }

    /// What the operation `count` before the next one freed.
    fn freed_before(&self, count: usize) -> f64 {
        self.freed.get((self.next + REMEMBERED - count) % REMEMBERED).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::whole;

    #[test]
    fn what_was_read_stays_as_long_as_the_device_trails() {
        let mut trace = Trace::new(100.0, Ahead::Metal, None);
        trace.op("first", 10.0, &[("resident", 50.0)]);
        trace.views(Ahead::Metal.operations() as usize - 1);
        trace.op("second", 20.0, &[]);
        let peak = trace.clone().peak();
        assert_eq!(whole(peak.low.bytes), 110, "the first result, before its input went");
        assert_eq!(whole(peak.best.bytes), 130, "the eleventh operation after still finds the input held");
        trace.op("third", 5.0, &[]);
        let peak = trace.peak();
        assert_eq!(whole(peak.best.bytes), 130, "the twelfth does not");
        assert_eq!(
            whole(peak.high.bytes),
            135,
            "unless the host is further ahead, as it may be by ten buffers"
        );
    }
}
