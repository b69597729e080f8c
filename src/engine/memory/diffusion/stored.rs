//! How many bytes the parameters of a model take.

use crate::engine::working::{Detail, Figure};
use crate::formula;
use crate::spec::DiffusionPrecision;

const SHAPES: &str = "the models' published config.json; packed formats reach matrices, fp8 convolutions too";

/// Parameters of a model by how a packed format treats them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shapes {
    /// Weights of linear layers.
    pub matrices: f64,
    /// Weights of convolutions.
    pub kernels: f64,
    /// Norms, biases and embeddings; no format packs them.
    pub rest: f64,
    /// Among the rest, what stays in 32 bit in a 16-bit model.
    pub kept_single: f64,
    /// Among the matrices, what bitsandbytes neither packs nor leaves in 16 bit (`_keep_in_fp32_modules` of Transformers).
    pub single_beside_packed: f64,
    /// Weights of the largest single layer.
    pub largest: f64,
}

impl Shapes {
    /// A linear layer with a bias.
    pub const fn linear(&mut self, inputs: f64, outputs: f64, times: f64) {
        self.matrix(inputs, outputs, times);
        self.rest += outputs * times;
    }

    /// A linear layer without a bias.
    pub const fn matrix(&mut self, inputs: f64, outputs: f64, times: f64) {
        self.matrices += inputs * outputs * times;
        self.largest = self.largest.max(inputs * outputs);
    }

    /// A convolution with a bias, `taps` weights for each pair of channels.
    pub const fn convolution(&mut self, inputs: f64, outputs: f64, taps: f64) {
        self.kernels += inputs * outputs * taps;
        self.rest += outputs;
        self.largest = self.largest.max(inputs * outputs * taps);
    }

    /// An embedding table.
    pub const fn table(&mut self, rows: f64, width: f64) {
        self.rest += rows * width;
        self.largest = self.largest.max(rows * width);
    }

    /// Parameters in all.
    pub const fn count(&self) -> f64 {
        self.matrices + self.kernels + self.rest
    }

    /// Bytes of all parameters as stored.
    pub const fn bytes(&self, precision: DiffusionPrecision) -> f64 {
        let value = value(precision);
        let single = self.single(precision);
        (self.matrices - single) * matrix(precision)
            + single * 4.0
            + self.kernels * kernel(precision)
            + self.rest * value
            + self.kept_single * (4.0 - value)
    }

    /// Weights of matrices that a packed format leaves in 32 bit.
    const fn single(&self, precision: DiffusionPrecision) -> f64 {
        match precision {
            DiffusionPrecision::Nf4 => self.single_beside_packed,
            _ => 0.0,
        }
    }

    /// Bytes of the largest single layer as stored.
    pub const fn largest_bytes(&self, precision: DiffusionPrecision) -> f64 {
        self.largest * value(precision)
    }

    /// Bytes of so many models of these shapes.
    pub fn figure(&self, detail: Detail, precision: DiffusionPrecision, models: f64) -> Figure {
        let value = value(precision);
        formula!(
            detail, SHAPES;
            models = models,
            matrix_weights = self.matrices - self.single(precision),
            bytes_per_matrix_weight = matrix(precision),
            convolution_weights = self.kernels,
            bytes_per_convolution_weight = kernel(precision),
            norms_biases_and_embeddings = self.rest,
            bytes_per_value = value,
            values_kept_in_32_bit = self.kept_single,
            matrices_left_in_32_bit = self.single(precision)
            => models * (matrix_weights * bytes_per_matrix_weight
                + matrices_left_in_32_bit * 4.0
                + convolution_weights * bytes_per_convolution_weight
                + norms_biases_and_embeddings * bytes_per_value
                + values_kept_in_32_bit * (4.0 - bytes_per_value))
        )
    }

    /// Bytes of the largest single layer of so many models of these shapes, one after another.
    pub fn largest_figure(&self, detail: Detail, precision: DiffusionPrecision, models: f64) -> Figure {
        formula!(
            detail, SHAPES;
            models = models, weights_of_the_largest_layer = self.largest, bytes_per_value = value(precision)
            => models * (weights_of_the_largest_layer * bytes_per_value)
        )
    }
}

/// Bytes of a value that is computed with.
pub const fn value(precision: DiffusionPrecision) -> f64 {
    match precision {
        DiffusionPrecision::Fp32 => 4.0,
        _ => 2.0,
    }
}

/// Bytes of a weight of a convolution.
const fn kernel(precision: DiffusionPrecision) -> f64 {
    match precision {
        DiffusionPrecision::Fp8 => 1.0,
        _ => value(precision),
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
pub const fn unpacked(precision: DiffusionPrecision) -> f64 {
    match precision {
        DiffusionPrecision::Fp32 | DiffusionPrecision::Bf16 => 0.0,
        DiffusionPrecision::Fp8
        | DiffusionPrecision::Q8_0
        | DiffusionPrecision::Q4_0
        | DiffusionPrecision::Nf4 => 2.0,
    }
}
