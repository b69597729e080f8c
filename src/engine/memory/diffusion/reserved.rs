//! What PyTorch's caching allocator takes of a device for tensors that come and go.

const MIB: u64 = 1 << 20;
/// Sizes are rounded up to this (`kMinBlockSize` of c10/cuda/CUDACachingAllocator.cpp).
const LEAST: u64 = 512;
/// More is taken as this, which no device has.
const MOST: u64 = 1 << 50;
/// Below this a segment of 20 MiB is taken, and split (`kMinLargeAlloc`, `kLargeBuffer`).
const SMALL_SEGMENT_BELOW: u64 = 10 * MIB;
const SMALL_SEGMENT: u64 = 20 * MIB;
/// Larger segments are rounded up to this (`kRoundLarge`).
const ROUNDED: u64 = 2 * MIB;
/// A block keeps what is left of it where that is no more (`kSmallSize`, `should_split`).
const NOT_SPLIT: u64 = MIB;

/// Part of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    segment: u32,
    offset: u64,
    size: u64,
}

impl Block {
    /// Its bytes.
    pub const fn size(self) -> u64 {
        self.size
    }

    const fn end(self) -> u64 {
        self.offset + self.size
    }
}

/// Segments of a device, and which parts of them are free: the smallest free block that is large enough is taken and
/// split, and a segment is never given back (`get_free_block`, `alloc_block`).
#[derive(Clone, Debug, Default)]
pub struct Allocator {
    free: Vec<Block>,
    segments: u32,
    reserved: u64,
}

impl Allocator {
    /// Takes a block of at least so many bytes.
    pub fn take(&mut self, bytes: u64) -> Block {
        let size = bytes.clamp(1, MOST).next_multiple_of(LEAST);
        let large = self.free.iter().enumerate().filter(|(_, block)| block.size >= size);
        let smallest = large.min_by_key(|(_, block)| block.size).map(|(place, _)| place);
        let block = match smallest {
            Some(place) => self.free.swap_remove(place),
            None => self.segment(size),
        };
        if block.size - size <= NOT_SPLIT {
            return block;
        }
        self.free.push(Block { offset: block.offset + size, size: block.size - size, ..block });
        Block { size, ..block }
    }

    /// Gives a block back, which joins the free ones beside it.
    pub fn give_back(&mut self, mut block: Block) {
        while let Some(place) = self.free.iter().position(|other| {
            other.segment == block.segment && (other.end() == block.offset || block.end() == other.offset)
        }) {
            let beside = self.free.swap_remove(place);
            block.offset = block.offset.min(beside.offset);
            block.size += beside.size;
        }
        self.free.push(block);
    }

    /// Bytes of all segments.
    pub const fn reserved(&self) -> u64 {
        self.reserved
    }

    fn segment(&mut self, size: u64) -> Block {
        let size = if size < SMALL_SEGMENT_BELOW { SMALL_SEGMENT } else { size.next_multiple_of(ROUNDED) };
        self.segments += 1;
        self.reserved = self.reserved.saturating_add(size);
        Block { segment: self.segments, offset: 0, size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_split_and_joined_again() {
        let mut device = Allocator::default();
        let [first, second] = [device.take(6 * MIB), device.take(8 * MIB)];
        assert_eq!(device.reserved(), SMALL_SEGMENT, "both lie in one segment");
        device.give_back(first);
        let third = device.take(7 * MIB);
        assert_eq!(device.reserved(), 2 * SMALL_SEGMENT, "6 MiB before and 6 behind are no 7");
        device.give_back(second);
        device.give_back(third);
        let whole = device.take(20 * MIB);
        assert_eq!((whole.size(), device.reserved()), (20 * MIB, 2 * SMALL_SEGMENT));
    }

    #[test]
    fn a_larger_tensor_does_not_reuse_smaller_segments() {
        let mut device = Allocator::default();
        let block = device.take(64 * MIB + 1);
        assert_eq!((block.size(), device.reserved()), (64 * MIB + LEAST, 66 * MIB), "the rest is split off");
        device.give_back(block);
        device.take(128 * MIB);
        assert_eq!(device.reserved(), (66 + 128) * MIB);
    }
}
