//! How many bytes the parameters of a model take.

use crate::spec::DiffusionPrecision;

/// Parameters of a model by how a packed format treats them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Shapes {
    /// Weights of linear layers.
    pub(super) matrices: f64,
    /// Weights of convolutions.
    pub(super) kernels: f64,
    /// Norms, biases and embeddings; no format packs them.
    pub(super) rest: f64,
    /// Among the rest, what stays in 32 bit in a 16-bit model.
    pub(super) kept_single: f64,
    /// Weights of the largest single layer.
    pub(super) largest: f64,
}

impl Shapes {
    /// A linear layer with a bias.
    pub(super) const fn linear(&mut self, inputs: f64, outputs: f64, times: f64) {
        self.matrix(inputs, outputs, times);
        self.rest += outputs * times;
    }

    /// A linear layer without a bias.
    pub(super) const fn matrix(&mut self, inputs: f64, outputs: f64, times: f64) {
        self.matrices += inputs * outputs * times;
        self.largest = self.largest.max(inputs * outputs);
    }

    /// A convolution with a bias, `taps` weights for each pair of channels.
    pub(super) const fn convolution(&mut self, inputs: f64, outputs: f64, taps: f64) {
        self.kernels += inputs * outputs * taps;
        self.rest += outputs;
        self.largest = self.largest.max(inputs * outputs * taps);
    }

    /// An embedding table.
    pub(super) const fn table(&mut self, rows: f64, width: f64) {
        self.rest += rows * width;
        self.largest = self.largest.max(rows * width);
    }

    /// Parameters in all.
    pub(super) const fn count(&self) -> f64 {
        self.matrices + self.kernels + self.rest
    }

    /// Bytes of all parameters as stored.
    pub(super) const fn bytes(&self, precision: DiffusionPrecision) -> f64 {
        let value = value(precision);
        let kernel = match precision {
            DiffusionPrecision::Fp8 => 1.0,
            _ => value,
        };
        self.matrices * matrix(precision)
            + self.kernels * kernel
            + self.rest * value
            + self.kept_single * (4.0 - value)
    }

    /// Bytes of the largest single layer as stored.
    pub(super) const fn largest_bytes(&self, precision: DiffusionPrecision) -> f64 {
        self.largest * value(precision)
    }
}

/// Bytes of a value that is computed with.
pub(super) const fn value(precision: DiffusionPrecision) -> f64 {
    match precision {
        DiffusionPrecision::Fp32 => 4.0,
        _ => 2.0,
    }
}

/// Bytes of a weight of a linear layer: GGUF blocks of 32 with a 16-bit scale; NF4 blocks of 64 with a 32-bit one,
/// which is as much.
const fn matrix(precision: DiffusionPrecision) -> f64 {
    match precision {
        DiffusionPrecision::Fp32 => 4.0,
        DiffusionPrecision::Bf16 => 2.0,
        DiffusionPrecision::Fp8 => 1.0,
        DiffusionPrecision::Q8_0 => 34.0 / 32.0,
        DiffusionPrecision::Q4_0 | DiffusionPrecision::Nf4 => 0.5 + 2.0 / 32.0,
    }
}

/// Bytes a weight of a matrix takes more while it is used: packed ones are unpacked to 16 bit.
pub(super) const fn unpacked(precision: DiffusionPrecision) -> f64 {
    match precision {
        DiffusionPrecision::Fp32 | DiffusionPrecision::Bf16 => 0.0,
        DiffusionPrecision::Fp8
        | DiffusionPrecision::Q8_0
        | DiffusionPrecision::Q4_0
        | DiffusionPrecision::Nf4 => 2.0,
    }
}
