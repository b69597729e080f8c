//! The order in which MLX allocates and frees while it evaluates a graph.

/// Operations the host runs ahead of a device, at best knowledge; at the high end twice as many.
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

/// Operations remembered: a power of two, so that a place is found without a division, above all of twice
/// [`Ahead::operations`].
const REMEMBERED: usize = 128;

/// Bytes live while operations run one after another.
///
/// The host allocates a result when it encodes an operation; what the operation reads is freed only
/// when the device has run it. So the peak depends on how far the host runs ahead: not at all, by
/// as much as is known, or by twice that.
#[derive(Clone, Debug)]
pub(super) struct Tape {
    live: f64,
    ahead: usize,
    copies_always: bool,
    freed: [f64; REMEMBERED],
    next: usize,
    held: f64,
    held_far: f64,
    peak: Peak,
}

/// The most that was live, by how far the host runs ahead.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Peak {
    /// The device keeps pace and reads grouped keys and values in place.
    pub(super) low: f64,
    /// The host is as far ahead as is known.
    pub(super) best: f64,
    /// The host is twice as far ahead.
    pub(super) high: f64,
}

impl Peak {
    /// The larger of each.
    pub(super) const fn max(self, other: Self) -> Self {
        Self {
            low: self.low.max(other.low),
            best: self.best.max(other.best),
            high: self.high.max(other.high),
        }
    }

    /// All three with as many bytes more.
    pub(super) const fn plus(self, bytes: f64) -> Self {
        Self { low: self.low + bytes, best: self.best + bytes, high: self.high + bytes }
    }
}

impl Tape {
    /// A device on which `live` bytes are already held.
    pub(super) const fn new(live: f64, ahead: Ahead) -> Self {
        Self {
            live,
            ahead: ahead.operations() as usize,
            copies_always: matches!(ahead, Ahead::Processor),
            freed: [0.0; REMEMBERED],
            next: 0,
            held: 0.0,
            held_far: 0.0,
            peak: Peak { low: live, best: live, high: live },
        }
    }

    /// An operation that allocates its result and is the last to read `frees` bytes.
    pub(super) fn op(&mut self, allocates: f64, frees: f64) {
        self.copying(allocates, 0.0, frees);
    }

    /// An operation that on the processor first copies some of its input into whole rows; Metal may not.
    pub(super) fn copying(&mut self, allocates: f64, copies: f64, frees: f64) {
        self.live += allocates;
        if allocates + copies > 0.0 {
            self.peak = self.peak.max(Peak {
                low: self.live + if self.copies_always { copies } else { 0.0 },
                best: self.live + copies + self.held,
                high: self.live + copies + self.held_far,
            });
        }
        self.live -= frees;
        self.retain(copies + frees);
    }

    /// Operations that only look at memory differently, such as a reshape or a transposition.
    pub(super) fn views(&mut self, count: usize) {
        for _ in 0..count {
            self.retain(0.0);
        }
    }

    /// The most that was live.
    pub(super) const fn peak(&self) -> Peak {
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
        let mut tape = Tape::new(100.0, Ahead::Metal);
        tape.op(10.0, 50.0);
        tape.views(Ahead::Metal.operations() as usize - 1);
        tape.op(20.0, 0.0);
        let peak = tape.peak();
        assert_eq!(whole(peak.low), 110, "the first result, before its input went");
        assert_eq!(whole(peak.best), 130, "the eleventh operation after still finds the input held");
        tape.op(5.0, 0.0);
        assert_eq!(whole(tape.peak().best), 130, "the twelfth does not");
        assert_eq!(whole(tape.peak().high), 135, "unless the host is further ahead");
    }
}
