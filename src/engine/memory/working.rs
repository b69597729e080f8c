//! How one figure was computed, without allocating while it is computed.

/// A formula in words with the user's numbers beside it, and where the formula comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Working {
    /// The formula with its symbols: `layers × cells × (K + V bytes per cell)`.
    pub formula: &'static str,
    /// Each symbol's value, in the order of the formula; unused places have an empty name.
    pub inputs: [(&'static str, f64); 6],
    /// The measurement or source text behind it.
    pub source: &'static str,
}

impl Working {
    /// A formula with up to six inputs; further ones are left out.
    pub fn new(formula: &'static str, inputs: &[(&'static str, f64)], source: &'static str) -> Self {
        let mut kept = [("", 0.0); 6];
        for (place, input) in kept.iter_mut().zip(inputs) {
            *place = *input;
        }
        Self { formula, inputs: kept, source }
    }

    /// With one more factor or divisor, which says by its name what is done with it: `÷ devices`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: f64) -> Self {
        if let Some(place) = self.inputs.iter_mut().find(|(name, _)| name.is_empty()) {
            *place = (name, value);
        }
        self
    }

    /// The inputs that are used.
    pub fn used_inputs(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.inputs.iter().copied().filter(|(name, _)| !name.is_empty())
    }
}
