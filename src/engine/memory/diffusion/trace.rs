//! The order in which PyTorch allocates and frees while a model computes.

use crate::engine::memory::alive::{Ledger, Peak};
use crate::engine::working::Detail;

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
        Self { live: 0.0, peak: 0.0, unpacked, ledgers: detail.wanted().then(Ledgers::default) }
    }

    /// A new tensor.
    pub fn take(&mut self, name: &'static str, bytes: f64) {
        self.live += bytes;
        let more = self.live > self.peak;
        self.peak = self.peak.max(self.live);
        if let Some(ledgers) = &mut self.ledgers {
            ledgers.now.add((), name, bytes);
            if more {
                ledgers.peak = ledgers.now.clone();
            }
        }
    }

    /// The last name of a tensor goes.
    pub fn drop(&mut self, name: &'static str, bytes: f64) {
        self.live -= bytes;
        if let Some(ledgers) = &mut self.ledgers {
            ledgers.now.add((), name, -bytes);
        }
    }

    /// The same tensor under another name.
    pub fn rename(&mut self, old: &'static str, new: &'static str, bytes: f64) {
        if let Some(ledgers) = &mut self.ledgers {
            ledgers.now.add((), old, -bytes);
            ledgers.now.add((), new, bytes);
        }
    }

    /// A result takes the place of what it was computed from.
    pub fn replace(&mut self, (old, before): (&'static str, f64), (new, after): (&'static str, f64)) {
        self.take(new, after);
        self.drop(old, before);
    }

    /// A result of a matrix of `weights`, which is unpacked first where it is stored in fewer bits.
    pub fn multiply(&mut self, weights: f64, name: &'static str, result: f64) {
        const UNPACKED: &str = "matrix unpacked to 16 bit";
        let unpacked = weights * self.unpacked;
        self.live += unpacked;
        if let Some(ledgers) = &mut self.ledgers {
            ledgers.now.add((), UNPACKED, unpacked);
        }
        self.take(name, result);
        self.drop(UNPACKED, unpacked);
    }

    /// The most that was live.
    pub fn peak(&self) -> Peak {
        Peak { bytes: self.peak, alive: self.ledgers.as_ref().map(|ledgers| ledgers.peak.of(())) }
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
}
