//! What an expression may call, by the names that a reader sees.

/// The larger.
pub fn max(one: f64, other: f64) -> f64 {
    one.max(other)
}

/// The smaller.
pub fn min(one: f64, other: f64) -> f64 {
    one.min(other)
}

/// The next whole number above.
pub fn ceil(value: f64) -> f64 {
    value.ceil()
}

/// The next whole number below.
pub fn floor(value: f64) -> f64 {
    value.floor()
}

/// The square root.
pub fn sqrt(value: f64) -> f64 {
    value.sqrt()
}

/// The exponential.
pub fn exp(value: f64) -> f64 {
    value.exp()
}

/// The natural logarithm.
pub fn ln(value: f64) -> f64 {
    value.ln()
}
