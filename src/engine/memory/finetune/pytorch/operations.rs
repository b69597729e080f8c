//! The operations that the layers of Transformers and PEFT are made of.

use super::pass::{HALF, Pass, SINGLE};
use super::trace::{Keeps, Tensor, Trace};
use crate::spec::architecture::Transformers;
use crate::spec::{Architecture, Model, Targets};

/// Which matrix of a layer an adapter may sit on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matrix {
    /// Queries or values.
    QueryValue,
    /// Keys, or the output of attention.
    OtherAttention,
    /// Of the feed-forward network.
    FeedForward,
}

/// A parameter that PEFT adapts as a whole: a stack of matrices.
pub struct Parameter {
    /// Matrices.
    pub stack: f64,
    /// Values a row of each takes in.
    pub inner: f64,
    /// Values each gives.
    pub outer: f64,
    /// Its rank as a multiple of the rank asked for.
    pub ranks: f64,
}

/// What an architecture's code writes in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// By its name.
    pub habits: &'static Transformers,
    /// Norms subtract the mean and have a bias.
    pub centred: bool,
}

impl Style {
    /// Of a model's code in Transformers.
    pub fn of(model: &Model) -> Self {
        Self { habits: &Architecture::of(model).transformers, centred: model.norm_bias }
    }
}

/// Operations of one trace.
pub struct Operations<'a> {
    /// How this architecture's code is written.
    pub style: Style,
    /// The trace.
    pub trace: &'a mut Trace,
    /// What is run.
    pub pass: &'a Pass,
    /// Whether this layer is trained, or has adapters.
    pub tuned: bool,
}

impl Operations<'_> {
    /// Whether the base's own parameters of this layer are trained.
    pub const fn trains(&self) -> bool {
        self.pass.full && self.tuned
    }

    /// A result that nothing is saved for.
    pub fn map(&mut self, operation: &'static str, of: Tensor, width: f64) -> Tensor {
        self.trace.run(operation, &[of], (of.values, width), Keeps::default())
    }

    /// In another width; nothing where it has that already.
    pub fn cast(&mut self, of: Tensor, width: f64) -> Tensor {
        if (of.width - width).abs() < 0.5 { of } else { self.map("cast", of, width) }
    }

    /// Sum of two; the wider one decides the width.
    pub fn sum(&mut self, a: Tensor, b: Tensor) -> Tensor {
        let keeps = Keeps { passes: (a.width - b.width).abs() < 0.5, ..Keeps::default() };
        self.trace.run("sum", &[a, b], (a.values, a.width.max(b.width)), keeps)
    }

    /// Product of two, value by value: each is saved for the other's gradient.
    pub fn product(&mut self, a: Tensor, b: Tensor) -> Tensor {
        let keeps = Keeps { first: b.grad, second: a.grad, ..Keeps::default() };
        self.trace.run("product", &[a, b], (a.values.max(b.values), a.width.max(b.width)), keeps)
    }

    /// A function whose gradient needs its input, such as SiLU.
    pub fn activation(&mut self, of: Tensor) -> Tensor {
        self.trace.run("activation", &[of], (of.values, of.width), Keeps { first: true, ..Keeps::default() })
    }

    /// A matrix product with a matrix that is in the trace.
    pub fn matmul(
        &mut self,
        operation: &'static str,
        x: Tensor,
        matrix: Tensor,
        (values, width): (f64, f64),
    ) -> Tensor {
        let keeps = Keeps { first: matrix.grad, second: x.grad, ..Keeps::default() };
        self.trace.run(operation, &[x, matrix], (values, width), keeps)
    }

    /// The base's matrix and, where it has one, its adapter.
    pub fn linear(
        &mut self,
        module: &'static str,
        x: Tensor,
        (inner, outer): (f64, f64),
        matrix: Matrix,
    ) -> Tensor {
        self.trace.within(module);
        let base = if self.pass.packed {
            self.packed(x, inner, outer)
        } else {
            self.stored(x, inner, outer, self.pass.base)
        };
        if self.has_adapter(matrix) { self.adapted(x, base, inner, outer) } else { base }
    }

    /// A matrix that is stored in full.
    pub fn stored(&mut self, x: Tensor, inner: f64, outer: f64, width: f64) -> Tensor {
        let rows = x.values / inner.max(1.0);
        let weight = self.trace.parameter("matrix", inner * outer, width, self.trains());
        let computed = self.pass.product(x.width.max(width));
        let x = self.cast(x, computed);
        // A frozen copy lives as long as its product's gradient function; nothing is cast twice in one layer.
        let weight = self.cast(weight, computed);
        self.matmul("matrix product", x, weight, (rows * outer, computed))
    }

    /// A matrix packed in 4 bit: unpacked for its product and again for the gradient, its input never saved.
    fn packed(&mut self, x: Tensor, inner: f64, outer: f64) -> Tensor {
        let rows = x.values / inner.max(1.0);
        let unpacked = inner * outer * HALF;
        let (copied, result) =
            if x.width > HALF { (x.values * HALF, rows * outer * HALF) } else { (0.0, 0.0) };
        let keeps = Keeps {
            forward: unpacked + copied + result,
            backward: unpacked + copied + result,
            ..Keeps::default()
        };
        self.trace.run("matrix product", &[x], (rows * outer, x.width), keeps)
    }

    fn has_adapter(&self, matrix: Matrix) -> bool {
        let Some(adapters) = self.pass.adapters.filter(|_| self.tuned) else { return false };
        match (matrix, adapters.targets) {
            (Matrix::QueryValue, _)
            | (Matrix::OtherAttention, Targets::Attention | Targets::AllLinear)
            | (Matrix::FeedForward, Targets::AllLinear) => true,
            (Matrix::OtherAttention | Matrix::FeedForward, _) => false,
        }
    }

    /// PEFT's `result + B(A(x)) × scaling`.
    fn adapted(&mut self, x: Tensor, base: Tensor, inner: f64, outer: f64) -> Tensor {
        let Some(adapters) = self.pass.adapters else { return base };
        let rows = x.values / inner.max(1.0);
        let computed = self.pass.product(adapters.width);
        let wide = self.cast(x, adapters.width);
        let down = self.trace.parameter("adapter A", inner * adapters.rank, adapters.width, true);
        let down = self.cast(down, computed);
        let narrow = self.cast(wide, computed);
        let middle = self.matmul("product with adapter A", narrow, down, (rows * adapters.rank, computed));
        let up = self.trace.parameter("adapter B", adapters.rank * outer, adapters.width, true);
        let up = self.cast(up, computed);
        let low = self.matmul("product with adapter B", middle, up, (rows * outer, computed));
        let scaled = self.map("adapter output scaled", low, computed);
        let scaled = if adapters.magnitudes { self.magnified(scaled, base, inner, outer) } else { scaled };
        let sum = self.sum(base, scaled);
        self.cast(sum, base.width)
    }

    /// DoRA: base and low-rank result times a trained magnitude over the norm of each row of the sum of both
    /// matrices, which is computed without gradient.
    fn magnified(&mut self, low: Tensor, base: Tensor, inner: f64, outer: f64) -> Tensor {
        let matrix = inner * outer;
        let magnitude = self.trace.parameter("magnitude", outer, SINGLE, true);
        let norms = Keeps { forward: matrix * (SINGLE + SINGLE + SINGLE), ..Keeps::default() };
        let scale = self.trace.run("magnitude over norms", &[magnitude], (outer, SINGLE), norms);
        let of_base = self.product(base, scale);
        let of_low = self.product(low, scale);
        self.sum(of_base, of_low)
    }

    /// A norm and its scale.
    pub fn norm(&mut self, module: &'static str, x: Tensor, across: f64) -> Tensor {
        self.trace.within(module);
        if self.style.centred { self.centred(x, across) } else { self.root_mean_square(x, across) }
    }

    /// In 32 bit, then back; the scale before or after that.
    fn root_mean_square(&mut self, x: Tensor, across: f64) -> Tensor {
        let rows = x.values / across.max(1.0);
        let single = x.values * SINGLE;
        let wide = self.cast(x, SINGLE);
        let keeps = Keeps {
            first: true,
            beside: rows * SINGLE,
            forward: single,
            backward: 3.0 * single,
            ..Keeps::default()
        };
        let normed = self.trace.run("root mean square", &[wide], (x.values, SINGLE), keeps);
        let scale = self.trace.parameter("scale", across, self.pass.outer, self.trains());
        if self.style.habits.wide_scale {
            let scaled = self.product_with_scale(normed, scale);
            return self.cast(scaled, x.width);
        }
        let normed = self.cast(normed, x.width);
        self.product_with_scale(normed, scale)
    }

    /// One kernel, which autocast runs in 32 bit and whose result stays so.
    fn centred(&mut self, x: Tensor, across: f64) -> Tensor {
        let rows = x.values / across.max(1.0);
        let width = if self.pass.autocast { SINGLE } else { x.width };
        let wide = self.cast(x, width);
        let scale = self.trace.parameter("scale and bias", 2.0 * across, self.pass.outer, self.trains());
        let keeps = Keeps { first: true, beside: 2.0 * rows * SINGLE, ..Keeps::default() };
        self.trace.run("layer norm", &[wide, scale], (x.values, width), keeps)
    }

    fn product_with_scale(&mut self, x: Tensor, scale: Tensor) -> Tensor {
        let keeps = Keeps { first: scale.grad, ..Keeps::default() };
        self.trace.run("product with the scale", &[x, scale], (x.values, x.width.max(scale.width)), keeps)
    }
}
