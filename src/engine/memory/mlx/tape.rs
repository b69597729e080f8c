//! The order in which MLX allocates and frees while it evaluates a graph.

/// Operations the host runs ahead of the device by the best reading of Metal's command buffers.
const AHEAD: usize = 11;

/// Twice that: two command buffers in flight instead of one.
const FAR_AHEAD: usize = 2 * AHEAD;

/// Operations remembered: the next power of two, so that a place is found without a division.
const REMEMBERED: usize = FAR_AHEAD.next_power_of_two();

/// Bytes live while operations run one after another.
///
/// The host allocates a result when it encodes an operation; what the operation reads is freed only
/// when the device has run it. So the peak depends on how far the host runs ahead: not at all, by
/// [`AHEAD`] operations, or by [`FAR_AHEAD`].
#[derive(Clone, Debug)]
pub(super) struct Tape {
    live: f64,
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
    /// The host is [`AHEAD`].
    pub(super) best: f64,
    /// The host is [`FAR_AHEAD`].
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
    pub(super) const fn new(live: f64) -> Self {
        Self {
            live,
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

    /// An operation that first copies some of its input into rows it can read.
    pub(super) fn copying(&mut self, allocates: f64, copies: f64, frees: f64) {
        self.live += allocates;
        if allocates + copies > 0.0 {
            self.peak = self.peak.max(Peak {
                low: self.live,
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
        self.held += bytes - self.freed_before(AHEAD);
        self.held_far += bytes - self.freed_before(FAR_AHEAD);
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

    #[test]
    fn what_was_read_stays_as_long_as_the_device_trails() {
        let mut tape = Tape::new(100.0);
        tape.op(10.0, 50.0);
        tape.views(AHEAD - 1);
        tape.op(20.0, 0.0);
        let peak = tape.peak();
        assert_eq!(peak.low, 110.0, "the first result, before its input went");
        assert_eq!(peak.best, 130.0, "the eleventh operation after still finds the input held");
        tape.op(5.0, 0.0);
        assert_eq!(tape.peak().best, 130.0, "the twelfth does not");
        assert_eq!(tape.peak().high, 135.0, "unless the host is further ahead");
    }
}
