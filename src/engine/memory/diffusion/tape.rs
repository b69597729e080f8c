//! The order in which PyTorch allocates and frees while a model computes.

/// Bytes live while operations run one after another, and the most there were.
///
/// A tensor lives as long as a name in the Python code refers to it; each model takes and drops its tensors in
/// the order its code does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tape {
    live: f64,
    peak: f64,
    unpacked: f64,
}

impl Tape {
    /// A device that holds `live` bytes, where a matrix costs `unpacked` bytes a weight while it is used.
    pub(super) const fn new(live: f64, unpacked: f64) -> Self {
        Self { live, peak: live, unpacked }
    }

    /// A new tensor.
    pub(super) const fn take(&mut self, bytes: f64) {
        self.live += bytes;
        self.peak = self.peak.max(self.live);
    }

    /// The last name of a tensor goes.
    pub(super) const fn drop(&mut self, bytes: f64) {
        self.live -= bytes;
    }

    /// A result takes the name of what it was computed from.
    pub(super) const fn replace(&mut self, old: f64, new: f64) {
        self.take(new);
        self.drop(old);
    }

    /// A result of a matrix of `weights`, which is unpacked first where it is stored in fewer bits.
    pub(super) const fn multiply(&mut self, weights: f64, result: f64) {
        let unpacked = weights * self.unpacked;
        self.take(unpacked + result);
        self.drop(unpacked);
    }

    /// The most that was live.
    pub(super) const fn peak(&self) -> f64 {
        self.peak
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_before_the_old_tensor_goes() {
        let mut tape = Tape::new(10.0, 2.0);
        tape.take(5.0);
        tape.replace(5.0, 7.0);
        let is = |tape: &Tape, bytes: f64| (tape.peak() - bytes).abs() < 1e-9;
        assert!(is(&tape, 22.0), "old and new together");
        tape.multiply(4.0, 1.0);
        assert!(is(&tape, 26.0), "17 are left; the matrix unpacks to 8 beside the result");
        tape.take(1.0);
        assert!(is(&tape, 26.0), "the unpacked matrix has gone");
    }
}
