//! The only casts between whole numbers and `f64`.

/// A whole number as `f64`; exact below 2⁵³, far above any count here.
pub const fn count(value: u64) -> f64 {
    value as f64
}

/// The nearest whole number, 0 for anything negative or not a number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates: negative and NaN become 0"
)]
pub const fn whole(value: f64) -> u64 {
    value.round() as u64
}
