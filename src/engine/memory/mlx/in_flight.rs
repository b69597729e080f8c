//! How far MLX may run ahead of Metal at most: as many command buffers as it lets be in flight.

/// Command buffers that may wait for the device while the host fills the next (`MAX_ACTIVE_TASKS` of MLX).
const WAITING: usize = 10;
/// Values that one buffer's operations read and write before it is committed, each array counted once, on Max and
/// Ultra chips; others commit at 40 Mi. MLX calls the limit megabytes and counts values.
const VALUES: f64 = 50.0 * 1024.0 * 1024.0;
/// Operations of one buffer.
const OPERATIONS: u32 = 50;
/// Bytes of a value of 16 bit.
const VALUE_BYTES: f64 = 2.0;

/// Memory that operations in flight read last, by the command buffer that they are in.
///
/// MLX keeps what an operation reads until its command buffer is complete. Weights and what an earlier buffer computed
/// are not counted, which also fill a buffer, so this is the most.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct InFlight {
    buffers: [f64; WAITING + 1],
    open: usize,
    values: f64,
    operations: u32,
    committed: usize,
    held: f64,
}

impl InFlight {
    /// An operation that allocates so many bytes and is the last to read some.
    pub(super) fn encode(&mut self, allocated: f64, freed: f64) {
        if let Some(open) = self.buffers.get_mut(self.open) {
            *open += freed;
        }
        self.held += freed;
        self.values += allocated / VALUE_BYTES;
        self.operations += 1;
        if self.values > VALUES || self.operations > OPERATIONS {
            self.commit();
        }
    }

    /// Bytes that wait to be freed.
    pub(super) const fn held(&self) -> f64 {
        self.held
    }

    /// Whether as many buffers wait as may.
    pub(super) const fn is_full(&self) -> bool {
        self.committed >= WAITING
    }

    /// Starts the next buffer, for which the oldest has to be complete.
    fn commit(&mut self) {
        self.open = (self.open + 1) % (WAITING + 1);
        if let Some(oldest) = self.buffers.get_mut(self.open) {
            self.held -= *oldest;
            *oldest = 0.0;
        }
        self.values = 0.0;
        self.operations = 0;
        self.committed += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::whole;

    #[test]
    fn what_was_read_waits_for_its_buffer() {
        let mut few_values = InFlight::default();
        assert!(!few_values.is_full(), "nothing was encoded");
        for _ in 0..2000 {
            few_values.encode(2.0, 1.0);
        }
        assert!(few_values.is_full());
        assert!((510..=561).contains(&whole(few_values.held())), "51 operations in each of 10 or 11 buffers");
        let mut large = InFlight::default();
        for _ in 0..2000 {
            large.encode(VALUES * VALUE_BYTES * 2.0, 7.0);
        }
        assert_eq!(whole(large.held()), 70, "a large operation has a buffer of its own");
    }
}
