//! Where a tensor stands in a model.

use crate::spec::{Role, Tensor};

/// A tensor and the layer it is in; none for those outside the layers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    /// What it is.
    pub(crate) tensor: Tensor,
    /// Its layer, counted from 0.
    pub(crate) layer: Option<u64>,
}

impl Spot {
    /// Whether it belongs to routed experts: their matrices, and what is added to their products.
    pub(crate) const fn is_expert(&self) -> bool {
        self.tensor.role.is_routed() || (matches!(self.tensor.role, Role::Bias) && self.tensor.rows > 1)
    }
}
