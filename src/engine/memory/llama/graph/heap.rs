//! The free list of one reserved buffer: best fit, grown at its end.

/// A free stretch of the buffer.
#[derive(Clone, Copy, Debug)]
struct Gap {
    start: u64,
    bytes: u64,
}

/// Where nothing is; also the size of the open end, too large to run out.
const OPEN_END: u64 = u64::MAX / 4;

/// Addresses of one buffer that grows as far as its tensors need.
#[derive(Debug)]
pub(super) struct Heap {
    /// Free stretches by address; the last one is the open end.
    gaps: Vec<Gap>,
    align: u64,
    peak: u64,
}

impl Heap {
    /// An empty buffer whose tensors start at multiples of `align`, a power of two.
    pub(super) fn new(align: u64) -> Self {
        let mut gaps = Vec::with_capacity(32);
        gaps.push(Gap { start: 0, bytes: OPEN_END });
        Self { gaps, align, peak: 0 }
    }

    /// The furthest address ever in use: what has to be reserved.
    pub(super) const fn peak(&self) -> u64 {
        self.peak
    }

    /// That many bytes with the padding behind them.
    pub(super) const fn padded(&self, bytes: u64) -> u64 {
        bytes.saturating_add(self.align - 1) & !(self.align - 1)
    }

    /// Takes the smallest inner gap that holds `bytes`, of equals the last one; else grows at the end.
    pub(super) fn take(&mut self, bytes: u64) -> u64 {
        let bytes = self.padded(bytes);
        let inner = self.gaps.len().saturating_sub(1);
        let mut place = inner;
        let mut smallest = u64::MAX;
        for (index, gap) in self.gaps.iter().take(inner).enumerate() {
            if gap.bytes >= bytes && gap.bytes <= smallest {
                place = index;
                smallest = gap.bytes;
            }
        }
        let Some(gap) = self.gaps.get_mut(place) else { return 0 };
        let start = gap.start;
        gap.start += bytes;
        gap.bytes = gap.bytes.saturating_sub(bytes);
        if gap.bytes == 0 {
            self.gaps.remove(place);
        }
        self.peak = self.peak.max(start + bytes);
        start
    }

    /// Gives a stretch back and joins it to the free ones beside it.
    pub(super) fn give(&mut self, start: u64, bytes: u64) {
        let bytes = self.padded(bytes);
        if bytes == 0 {
            return;
        }
        let at = self.gaps.iter().position(|gap| gap.start > start).unwrap_or(self.gaps.len());
        let joins_before = at > 0 && self.gaps.get(at - 1).is_some_and(|gap| gap.start + gap.bytes == start);
        let joins_after = self.gaps.get(at).is_some_and(|gap| start + bytes == gap.start);
        match (joins_before, joins_after) {
            (true, true) => {
                let after = self.gaps.remove(at);
                if let Some(before) = self.gaps.get_mut(at - 1) {
                    before.bytes = before.bytes.saturating_add(bytes).saturating_add(after.bytes);
                }
            }
            (true, false) => {
                if let Some(before) = self.gaps.get_mut(at - 1) {
                    before.bytes += bytes;
                }
            }
            (false, true) => {
                if let Some(after) = self.gaps.get_mut(at) {
                    after.start = start;
                    after.bytes = after.bytes.saturating_add(bytes);
                }
            }
            (false, false) => self.gaps.insert(at, Gap { start, bytes }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freed_stretch_is_used_again_before_the_buffer_grows() {
        let mut heap = Heap::new(32);
        let first = heap.take(100);
        let second = heap.take(64);
        heap.give(first, 100);
        assert_eq!((first, second, heap.take(128)), (0, 128, 0), "128 padded bytes fit the first gap");
        assert_eq!(heap.peak(), 192, "the buffer did not grow");
    }

    #[test]
    fn the_tightest_gap_wins() {
        let mut heap = Heap::new(32);
        let wide = heap.take(320);
        heap.take(32);
        let tight = heap.take(64);
        heap.take(32);
        heap.give(wide, 320);
        heap.give(tight, 64);
        assert_eq!(heap.take(64), tight, "best fit, not first fit");
    }

    #[test]
    fn neighbors_join_whatever_the_order_they_are_freed_in() {
        for order in [[0_usize, 1, 2], [2, 1, 0], [0, 2, 1], [1, 0, 2]] {
            let mut heap = Heap::new(32);
            let places = [heap.take(32), heap.take(32), heap.take(32)];
            let guard = heap.take(32);
            for index in order {
                heap.give(*places.get(index).expect("three places"), 32);
            }
            assert_eq!(heap.take(96), 0, "order {order:?} leaves one gap of 96");
            assert_eq!(guard, 96, "the guard lies behind it");
        }
    }
}
