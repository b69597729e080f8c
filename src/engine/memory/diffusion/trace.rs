//! The order in which PyTorch allocates and frees while a model computes.

use super::reserved::{Allocator, Block};
use crate::engine::memory::alive::{Beyond, Ledger, Peak};
use crate::engine::working::Detail;
use crate::units::{count, whole};

/// A block has less than this more than the tensor that it was taken for.
const MOST_MORE: f64 = 1024.0 * 1024.0 + 512.0;

/// Bytes live while operations run one after another, and the most there were.
///
/// A tensor lives as long as a name in the Python code refers to it (reference counting, `torch.Tensor`); each model
/// takes and drops its tensors in the order its code does.
#[derive(Clone, Debug)]
pub struct Trace {
    live: f64,
    peak: f64,
    unpacked: f64,
    ledgers: Option<Ledgers>,
    /// The most there were with the workspaces of convolutions.
    worked: f64,
    device: Allocator,
    blocks: Vec<(&'static str, Block)>,
}

/// What is live now, and what was at the peak, by the operation that made it.
#[derive(Clone, Debug, Default)]
struct Ledgers {
    now: Ledger<()>,
    peak: Ledger<()>,
}

impl Trace {
    /// An empty device, where a matrix costs `unpacked` bytes a weight while it is used.
    pub fn new(detail: Detail, unpacked: f64) -> Self {
        Self {
            live: 0.0,
            peak: 0.0,
            unpacked,
            ledgers: detail.wanted().then(Ledgers::default),
            worked: 0.0,
            device: Allocator::default(),
            blocks: Vec::new(),
        }
    }

    /// A new tensor.
    pub fn take(&mut self, name: &'static str, bytes: f64) {
        self.live += bytes;
        let more = self.live > self.peak;
        self.peak = self.peak.max(self.live);
        self.worked = self.worked.max(self.live);
        if bytes > 0.0 {
            let block = self.device.take(whole(bytes));
            self.blocks.push((name, block));
        }
        if let Some(ledgers) = &mut self.ledgers {
            ledgers.now.add((), name, bytes);
            if more {
                ledgers.peak = ledgers.now.clone();
            }
        }
    }

    /// A new tensor that a convolution of another gives: cuDNN's units for matrices want both with their channels last,
    /// and work on copies.
    pub fn convolve(&mut self, input: f64, name: &'static str, output: f64) {
        self.take(name, output);
        self.worked = self.worked.max(self.live + input + output);
        let copies = self.device.take(whole(input + output));
        self.device.give_back(copies);
    }

    /// The last name of a tensor goes.
    pub fn drop(&mut self, name: &'static str, bytes: f64) {
        let gone = self.blocks_of(name, bytes);
        self.forget(name, bytes, gone);
    }

    /// The oldest block of that name that has as many bytes; else the newest of that name, until they are as many.
    fn blocks_of(&mut self, name: &'static str, bytes: f64) -> Vec<Block> {
        // What has no bytes took no block, and gives none back.
        if bytes < 1.0 {
            return Vec::new();
        }
        let of_size = |block: &Block| (0.0..MOST_MORE).contains(&(count(block.size()) - bytes));
        let oldest = self.blocks.iter().position(|(known, block)| *known == name && of_size(block));
        if let Some(place) = oldest {
            return vec![self.blocks.remove(place).1];
        }
        let (mut found, mut left) = (Vec::new(), bytes);
        while left >= 1.0
            && let Some(place) = self.blocks.iter().rposition(|(known, _)| *known == name)
        {
            let (_, block) = self.blocks.remove(place);
            left -= count(block.size());
            found.push(block);
        }
        found
    }

    fn forget(&mut self, name: &'static str, bytes: f64, gone: Vec<Block>) {
        for block in gone {
            self.device.give_back(block);
        }
        self.live -= bytes;
        if let Some(ledgers) = &mut self.ledgers {
            ledgers.now.add((), name, -bytes);
        }
    }

    /// The same tensor under another name.
    pub fn rename(&mut self, old: &'static str, new: &'static str, bytes: f64) {
        let renamed = self.blocks_of(old, bytes);
        self.blocks.extend(renamed.into_iter().map(|block| (new, block)));
        if let Some(ledgers) = &mut self.ledgers {
            ledgers.now.add((), old, -bytes);
            ledgers.now.add((), new, bytes);
        }
    }

    /// A result takes the place of what it was computed from.
    pub fn replace(&mut self, (old, before): (&'static str, f64), (new, after): (&'static str, f64)) {
        let gone = self.blocks_of(old, before);
        self.take(new, after);
        self.forget(old, before, gone);
    }

    /// A convolution's result takes the place of what it was computed from.
    pub fn convolve_over(&mut self, (old, before): (&'static str, f64), (new, after): (&'static str, f64)) {
        let gone = self.blocks_of(old, before);
        self.convolve(before, new, after);
        self.forget(old, before, gone);
    }

    /// A result of a matrix of `weights`, which is unpacked first where it is stored in fewer bits.
    pub fn multiply(&mut self, weights: f64, name: &'static str, result: f64) {
        const UNPACKED: &str = "matrix unpacked to 16 bit";
        let unpacked = weights * self.unpacked;
        self.live += unpacked;
        if unpacked > 0.0 {
            let block = self.device.take(whole(unpacked));
            self.blocks.push((UNPACKED, block));
        }
        if let Some(ledgers) = &mut self.ledgers {
            ledgers.now.add((), UNPACKED, unpacked);
        }
        self.take(name, result);
        self.drop(UNPACKED, unpacked);
    }

    /// The most that was live.
    pub fn peak(&self) -> Peak {
        let beyond = Beyond {
            workspaces: self.worked - self.peak,
            workspaces_at_most: self.worked - self.peak,
            reserved: (count(self.device.reserved()) - self.peak).max(0.0),
        };
        Peak { bytes: self.peak, beyond, alive: self.ledgers.as_ref().map(|ledgers| ledgers.peak.of(())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_before_the_old_tensor_goes() {
        let mut trace = Trace::new(Detail::Workings, 2.0);
        trace.take("latents", 10.0);
        trace.take("input", 5.0);
        trace.replace(("input", 5.0), ("output", 7.0));
        let is = |trace: &Trace, bytes: f64, names: &[&str]| {
            let peak = trace.peak();
            assert!((peak.bytes - bytes).abs() < 1e-9, "{peak:?}");
            let alive = peak.alive.expect("workings were asked");
            assert_eq!(alive.iter().map(|tensor| &*tensor.name).collect::<Vec<_>>(), names);
            assert!((alive.iter().map(|tensor| tensor.bytes).sum::<f64>() - bytes).abs() < 1e-9);
        };
        is(&trace, 22.0, &["latents", "input", "output"]);
        // 17 are left; the matrix unpacks to 8 beside the result.
        trace.multiply(4.0, "product", 1.0);
        is(&trace, 26.0, &["latents", "output", "matrix unpacked to 16 bit", "product"]);
        trace.take("sum", 1.0);
        is(&trace, 26.0, &["latents", "output", "matrix unpacked to 16 bit", "product"]);
    }

    #[test]
    fn what_has_no_bytes_gives_back_no_block_of_its_name() {
        let mut trace = Trace::new(Detail::Figures, 0.0);
        trace.take("block", 4096.0);
        trace.drop("block", 0.0);
        assert_eq!(trace.blocks.len(), 1, "it lives still");
        trace.replace(("block", 4096.0), ("block", 8192.0));
        assert_eq!(trace.blocks.len(), 1, "the old one goes, and not the new");
        trace.drop("block", 8192.0);
        assert!(trace.blocks.is_empty());
    }

    #[test]
    fn a_convolution_works_on_copies_and_its_blocks_stay_with_the_allocator() {
        const MIB: f64 = 1024.0 * 1024.0;
        let mut trace = Trace::new(Detail::Figures, 0.0);
        trace.take("input", 64.0 * MIB);
        trace.convolve_over(("input", 64.0 * MIB), ("output", 32.0 * MIB));
        let Peak { bytes, beyond, .. } = trace.peak();
        assert!((bytes - 96.0 * MIB).abs() < 1.0, "{bytes}");
        assert!((beyond.workspaces - 96.0 * MIB).abs() < 1.0, "copies of both: {beyond:?}");
        assert!((beyond.reserved - 96.0 * MIB).abs() < 1.0, "{beyond:?}");
        trace.drop("output", 0.0);
        trace.take("next", 90.0 * MIB);
        assert!((trace.peak().beyond.reserved - 70.0 * MIB).abs() < 1.0, "the copies' block is used again");
    }
}
